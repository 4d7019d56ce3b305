"""What the benchmarks share: timing two things side by side, and one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One line of a benchmark: seconds per unit of ours and of a named reference, taken in the same run."""

    what: str
    ours: float
    reference: str
    theirs: float
    goal: float | None = None
    """Least ratio theirs / ours."""
    floor: float | None = None
    """Seconds that no implementation could go below, where that is known."""

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.theirs / self.ours


def side_by_side(*calls: Callable[[], Any], repeat: int = 5) -> list[float]:
    """Best seconds of each call. They take turns, so that a busy machine slows all of them alike."""
    best = [float("inf")] * len(calls)
    for _ in range(repeat):
        for i, call in enumerate(calls):
            start = perf_counter()
            call()
            best[i] = min(best[i], perf_counter() - start)
    return best


def show(title: str, figures: Sequence[Figure], *notes: str) -> int:
    """Print the table; returns 1 if a goal was missed, else 0."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in ("figure", "guerdon", "floor", "reference", "", "ratio", "goal"):
        table.add_column(column, justify="left" if column in ("figure", "reference") else "right")
    for f in figures:
        floor = "" if f.floor is None else readable(f.floor)
        goal = "" if f.goal is None else f"≥ {f.goal:g}"
        table.add_row(f.what, readable(f.ours), floor, f.reference, readable(f.theirs), f"{f.ratio:.1f}×", goal)
    console = Console(width=140)
    console.print(table)
    for note in notes:
        console.print(note)
    return int(any(f.goal is not None and f.ratio < f.goal for f in figures))


def readable(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
