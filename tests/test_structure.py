"""The house stays in order: imports point one way, files and functions stay short, the door stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"
TIERS = (
    ("geometry", "scores", "metrics", "parse", "media"),
    ("sample",),
    ("reward", "batch", "leaf", "returned", "registry", "sources", "load", "preferences", "store", "worker", "child"),
    ("compose", "branch", "normalise", "combine", "shaping", "compare", "spec", "engine", "contained", "world"),
    ("rules", "embed", "judges", "models"),
    ("audit", "bench", "use", "train", "integrations"),
    ("systems",),
    ("report", "doctor", "serve", "cli"),
)
"""A room imports its own tier and those above it in this list."""
TIER = {room: tier for tier, rooms in enumerate(TIERS) for room in rooms}
ASIDE = {"losses"}
"""Imports no other room, so it needs no tier."""
METHODS = {("reward", room) for room in ("compose", "branch", "compare", "spec")}
"""`a + b`, `a >> b`, `a.compare(b)` and `a.spec()` are methods of a reward; each imports its room when called."""
ONLY = {"metrics": {"numpy", "scipy", "rapidfuzz", "sacrebleu", "regex"}, "losses": {"torch"}}
"""Rooms of pure maths, and all they import beside themselves and the standard library."""
HEAVY = {"torch", "transformers", "sympy", "PIL", "pyarrow", "openai", "matplotlib"}


class Import(NamedTuple):
    module: str
    target: str
    lazy: bool
    """Inside a function, so it runs when that is called."""

    @property
    def rooms(self) -> tuple[str, str]:
        return room(self.module), room(self.target)

    @property
    def top(self) -> str:
        return self.target.split(".")[0]

    @property
    def inside(self) -> bool:
        return self.top == "guerdon"

    def __str__(self) -> str:
        return f"{self.module} imports {self.target}"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of guerdon, parsed."""
    found = {}
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text(), str(path))
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import, but for those that only type checkers follow."""
    return tuple(found for name, tree in modules().items() for found in imports_below(name, tree, lazy=False))


def imports_below(module: str, node: ast.AST, lazy: bool) -> Iterator[Import]:
    lazy = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(module, alias.name, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            base = child.module or ""
            yield from (Import(module, submodule(base, alias.name), lazy) for alias in child.names)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        else:
            yield from imports_below(module, child, lazy)


def submodule(base: str, name: str) -> str:
    """`from base import name` imports a module or a thing in one."""
    return f"{base}.{name}" if f"{base}.{name}" in modules() else base


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def functions() -> Iterator[tuple[str, int]]:
    """Every function and its lines, signature and docstring included."""
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_the_walk_finds_the_house() -> None:
    walked, followed = len(modules()), {use.rooms for use in imports()}
    assert walked >= 40
    assert followed >= {("reward", "scores"), ("rules", "parse")}


def test_every_room_has_a_place_in_the_order() -> None:
    assert {room(module) for module in modules()} - {""} - set(TIER) - ASIDE == set()


def test_imports_point_one_way() -> None:
    between = [use for use in imports() if use.inside and "" not in use.rooms and use.rooms[0] != use.rooms[1]]
    checked = [use for use in between if not (use.lazy and use.rooms in METHODS)]
    assert [str(use) for use in checked if not points_down(*use.rooms)] == []


def points_down(importer: str, imported: str) -> bool:
    return importer in TIER and imported in TIER and TIER[imported] <= TIER[importer]


def test_no_module_imports_the_public_names() -> None:
    assert [str(use) for use in imports() if use.target == "guerdon"] == []


@pytest.mark.parametrize("part", [str, room], ids=["modules", "rooms"])
def test_imports_have_no_cycle(part: type[str]) -> None:
    graph: dict[str, set[str]] = {}
    for use in imports():
        source, target = part(use.module), part(use.target)
        if use.inside and not use.lazy and source != target:
            graph.setdefault(source, set()).add(target)
    assert tuple(TopologicalSorter(graph).static_order())  # raises CycleError, which shows the cycle


@pytest.mark.parametrize("name", ONLY)
def test_pure_maths_imports_almost_nothing(name: str) -> None:
    mine = [use for use in imports() if room(use.module) == name]
    allowed = ONLY[name] | sys.stdlib_module_names
    assert [str(use) for use in mine if room(use.target) != name and use.top not in allowed] == []


def test_nothing_imports_the_integrations() -> None:
    into = [use for use in imports() if use.rooms[1] == "integrations" and use.rooms[0] != "integrations"]
    assert [str(use) for use in into] == []


def test_integrations_import_their_hosts_lazily() -> None:
    light = {"guerdon", "numpy"} | sys.stdlib_module_names
    eager = [use for use in imports() if use.rooms[0] == "integrations" and not use.lazy]
    assert [str(use) for use in eager if use.top not in light] == []


def test_files_stay_under_500_lines() -> None:
    lines = {str(path): len(path.read_text().splitlines()) for path in SRC.rglob("*.py")}
    assert {path: n for path, n in lines.items() if n > 500} == {}


def test_functions_stay_under_60_lines() -> None:
    assert [(name, lines) for name, lines in functions() if lines > 60] == []


def test_the_median_function_is_short() -> None:
    assert median(lines for _, lines in functions()) <= 17


def test_the_public_names_are_those_agreed_on() -> None:
    agreed = (ROOT / "tests" / "public_names.txt").read_text().split()
    guerdon = import_module("guerdon")
    assert agreed
    assert sorted(guerdon.__all__) == sorted(agreed)
    assert [name for name in agreed if not hasattr(guerdon, name)] == []


HELP = "import sys; sys.argv = ['guerdon', '--help']; from guerdon.cli import main; main()"


@pytest.mark.parametrize("code", ["import guerdon", HELP], ids=["import", "help"])
def test_the_door_is_light(code: str) -> None:
    watched = HEAVY | {"guerdon"}
    report = f"import atexit, sys; atexit.register(lambda: print(*{watched} & sys.modules.keys(), file=sys.stderr));"
    run = subprocess.run([sys.executable, "-c", report + code], capture_output=True, text=True)
    assert (run.returncode, run.stderr.split()) == (0, ["guerdon"]), run.stderr
