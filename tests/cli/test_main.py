"""The door of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMANDS = ("score", "compare", "doctor", "list", "show", "systems", "reproduce", "demo")
CALL = "import sys; from guerdon.cli import main; main()"


def test_help_names_every_command(run: Any) -> None:
    done = run("--help")
    assert done.code == 0
    assert all(command in done.out for command in COMMANDS)
    assert run().out == done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Any, command: str) -> None:
    done = run(command, "-h")
    assert done.code == 0
    assert f"Usage: guerdon {command}" in done.out


def test_an_unknown_command_is_misuse(run: Any) -> None:
    done = run("nope")
    assert (done.code, done.err) == (2, "error: No such command 'nope'; `guerdon --help` shows what there is\n")


def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path) -> None:
    shell = f'"{sys.executable}" -c "{CALL}" list --json | head -c 10'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (done.stdout[:1], done.stderr) == ("[", "")


def test_warnings_are_one_line(tmp_path: Path) -> None:
    noisy = "import warnings; warnings.warn('the disk is nearly full')"
    (tmp_path / "noisy.py").write_text(noisy)
    (tmp_path / "a.jsonl").write_text('{"response": "x"}')
    command = [sys.executable, "-c", CALL, "score", "a.jsonl", "-r", "length.chars", "--import", "noisy.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.stderr == "warning: the disk is nearly full\n"
