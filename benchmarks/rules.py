"""Every built-in reward: samples a second on one core, against the 20 000 that a rule has to score.

    python benchmarks/rules.py [id …]

The rows are those of `tests/reward_cases.py`, over and over, so what rewards remember of true answers is at hand, as
it is in training, where each prompt has many responses. A case says why its reward is slower, if it is; symbolic
maths and OCR are not held to the figure. Time is that of `reward(rows)`, statuses and columns included; of the
processor, since a busy machine would have one wait.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time
from typing import Any

from _table import Figure, show

from guerdon import registry
from guerdon.sources import load_file

CASES = load_file(Path(__file__).parents[1] / "tests" / "reward_cases.py").CASES
ROWS, REPEATS = 2_000, 4
BAR = 1 / 20_000


def many(rows: list[dict[str, Any]], n: int) -> list[dict[str, Any]]:
    """At least n rows; each repetition is a group and a set of its own."""
    return [{**row, "group": i, "set": i} for i in range(-(-n // len(rows))) for row in rows]


def figure(id: str) -> Figure:
    """Seconds a sample of one reward."""
    case = CASES[id]
    reward, rows = case.made(registry.lookup(id)), many(list(case.rows), ROWS // 10 if case.slow else ROWS)
    seconds = []
    for _ in range(REPEATS):
        start = process_time()
        reward(rows)
        seconds.append(process_time() - start)
    return Figure(id, min(seconds) / len(rows), "20 000 a second", BAR, goal=None if case.slow else 1)


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    families = tuple(f"guerdon.{family}." for family in registry.FAMILIES)
    every = [factory.id for factory in registry.every() if factory.__module__.startswith(families)]
    uncovered = [id for id in every if id not in CASES]
    figures = [figure(id) for id in sys.argv[1:] or every if id in CASES]
    reasons = [f"{f.what}: {CASES[f.what].slow}" for f in figures if CASES[f.what].slow]
    missed = show("Rewards, per sample", figures, *reasons, *(f"no case: {id}" for id in uncovered))
    return int(missed or bool(uncovered))


if __name__ == "__main__":
    sys.exit(main())
