"""What the pages show works: every Python block and every `guerdon` command in them is run."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
FILES = ROOT / "tests" / "fixtures" / "docs"
"""What the reader of a page is supposed to have at hand."""
FENCE = re.compile(r" *```(\w*)")
EXCUSE = "<!-- not run:"
SECONDS = 120.0


class Block(NamedTuple):
    language: str
    line: int
    """Of the page, where the code begins, from 0."""
    code: str


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The fenced blocks of a page that are not excused."""
    return tuple(fenced(page.read_text().splitlines()))


def fenced(lines: list[str]) -> Iterator[Block]:
    opened: tuple[int, str, bool] | None = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        if fence and opened is None:
            before = next((text for text in reversed(lines[:number]) if text.strip()), "")
            opened = number + 1, fence[1], EXCUSE in before
        elif fence and opened is not None:
            start, language, excused = opened
            if not excused:
                yield Block(language, start, dedent("\n".join(lines[start:number])))
            opened = None
    assert opened is None, f"the block of line {opened} is never closed"


def program(page: Path) -> str:
    """All Python of a page as one program, each line where it stands in the page, so that errors point there."""
    lines: list[str] = []
    for block in blocks(page):
        if block.language == "python":
            lines += [""] * (block.line - len(lines)) + block.code.splitlines()
    return "\n".join(lines)


def commands(page: Path) -> list[str]:
    """Every `guerdon …` line of a page's `bash` and `console` blocks."""
    shown = [
        line.removeprefix("$ ").strip()
        for block in blocks(page)
        if block.language in ("bash", "console")
        for line in block.code.replace("\\\n", " ").splitlines()
    ]
    return [line for line in shown if line.startswith("guerdon ")]


def run(args: list[str], page: Path, folder: Path, **variables: str) -> None:
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    env = {**os.environ, "PATH": path, "NO_COLOR": "1", **variables}
    done = subprocess.run(
        args, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, f"{page}: {args[-1]}\n{done.stdout}{done.stderr}"


def with_any(found: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", found, ids=[str(page.relative_to(ROOT)) for page in found])


def test_the_pages_have_something_to_run() -> None:
    assert any(program(page) for page in PAGES)
    assert any(commands(page) for page in PAGES)


@with_any([page for page in PAGES if program(page)])
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    script = tmp_path / page.with_suffix(".py").name
    script.write_text(program(page))
    run([sys.executable, str(script)], page, tmp_path)


@with_any([page for page in PAGES if commands(page)])
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    for command in commands(page):
        variables = {}
        if "$GUERDON_DATA" in command:
            variables["GUERDON_DATA"] = str(request.getfixturevalue("data_dir").resolve())
        run(["bash", "-c", command], page, tmp_path, **variables)


def test_an_excused_block_is_not_run() -> None:
    page = ["<!-- not run: needs a GPU -->", "```python", "1 / 0", "```", "", "```python", "x = 1", "```"]
    assert [*fenced(page)] == [Block("python", 6, "x = 1")]
