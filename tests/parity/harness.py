"""Runs the recorded rows of official code through guerdon.

A system has a module here, named as in `guerdon.systems`, with

- `CALLS`: official function → a callable that takes a row's `input` as keyword arguments and returns
  its `expected`, through guerdon's public API;
- `DEVIATES`: official function → (on which inputs, why) guerdon differs on purpose. Optional;
- `WAITING`: official function → what guerdon does not have yet that it needs. Optional.

Its rows are one JSON object a line: `fn`, `input`, `expected`, `source`. A row whose `expected` names an
exception records a crash of the official code and is not compared.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isclose, isnan
from pathlib import Path
from types import ModuleType
from typing import Any

from guerdon.systems import module_name

HERE = Path(__file__).parent
TOLERANCE = 1e-6
CRASH = re.compile(r"(?:raises |EXC:)?[A-Z]\w+(?:Error|Exception)")

Row = Mapping[str, Any]
Call = Callable[..., Any]


@dataclass
class Parity:
    """What became of a system's rows."""

    matched: int = 0
    crashed: int = 0
    """Rows that are not compared: the official code crashed on them."""
    waiting: int = 0
    deviating: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """At least 95 % of the rows match, not counting those that deviate on purpose (one miss is allowed
        in a small file), at most 10 % deviate, and something was compared."""
        compared = self.matched + len(self.failed)
        few_failed = len(self.failed) <= max(1, 0.05 * compared)
        few_deviate = len(self.deviating) <= 0.1 * (compared + len(self.deviating))
        return self.matched > 0 and few_failed and few_deviate

    def __str__(self) -> str:
        counts = f"{self.matched} matched, {len(self.deviating)} deviating, {len(self.failed)} failed"
        return f"{counts}, {self.waiting} waiting, {self.crashed} not compared"


def check(rows: list[Row], module: ModuleType) -> Parity:
    """Run every row. A function that the module neither calls nor waits for fails all its rows."""
    calls: Mapping[str, Call] = module.CALLS
    deviates: Mapping[str, tuple[Callable[[Any], bool], str]] = getattr(module, "DEVIATES", {})
    waiting: Mapping[str, str] = getattr(module, "WAITING", {})
    parity = Parity()
    for row in rows:
        fn = row["fn"]
        if is_crash(row["expected"]):
            parity.crashed += 1
        elif fn in waiting and fn not in calls:
            parity.waiting += 1
        elif (difference := differs(row, calls)) is None:
            parity.matched += 1
        elif fn in deviates and deviates[fn][0](row["input"]):
            parity.deviating.append(f"{difference} ({deviates[fn][1]})")
        else:
            parity.failed.append(difference)
    return parity


def differs(row: Row, calls: Mapping[str, Call]) -> str | None:
    """How guerdon's result differs from the recorded one; None if it does not."""
    shown = f"{row['fn']}({str(row['input'])[:300]}) is {row['expected']!r:.100}"
    if row["fn"] not in calls:
        return f"{shown}, and the module does not say what that function is"
    try:
        result = calls[row["fn"]](**row["input"])
    except Exception as error:
        return f"{shown}, guerdon raised {type(error).__name__}: {error}"
    return None if same(result, row["expected"]) else f"{shown}, guerdon gave {result!r:.100}"


def same(a: Any, b: Any) -> bool:
    """Whether two results agree: numbers to 1e-6, all else exactly."""
    if isinstance(b, (int, float)) and isinstance(a, (int, float)):
        return isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or (isnan(a) and isnan(b))
    if isinstance(b, list) and isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, dict) and isinstance(a, Mapping):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in b)
    return bool(a == b)


def is_crash(expected: Any) -> bool:
    """Whether a recorded result is the name of an exception."""
    if isinstance(expected, dict) and set(expected) == {"error"}:
        expected = expected["error"]
    return isinstance(expected, str) and CRASH.fullmatch(expected) is not None


def golden_rows(system: str) -> list[Row]:
    """All rows of a system: from the folder $GUERDON_GOLDEN, by default one beside the repository, else from
    the copy here. Raises FileNotFoundError where neither has them."""
    beside = os.environ.get("GUERDON_GOLDEN") or HERE.parents[2] / "shared" / "golden"
    for folder in (Path(beside), HERE / "golden"):
        for path in sorted(folder.glob("*.jsonl")):
            if module_name(path.stem) == system:
                return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    raise FileNotFoundError(f"no recorded rows of {system} in {beside} or {HERE / 'golden'}")
