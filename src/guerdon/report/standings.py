"""Which entries of a benchmark can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from guerdon.bench.run import Results


class Standing(NamedTuple):
    """Where one entry stands among those that are no baseline."""

    name: str
    low: int
    """Best and worst rank that the items leave plausible, from 1."""
    high: int
    p: float | None
    """That it is no worse than the best entry…"""
    p_baseline: float | None
    """… and no better than the best trivial baseline; paired, and corrected for how many entries there are."""
    equals: tuple[str, ...]
    """Entries that it is not told apart from."""

    @property
    def ranks(self) -> str:
        """As a table has it."""
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"


@dataclass(frozen=True)
class Standings:
    """All of them, the best first."""

    lines: list[Standing]
    note: str = ""

    def of(self, name: str) -> Standing | None:
        """That of one entry."""
        return next((line for line in self.lines if line.name == name), None)


def standings(results: Results) -> Standings:
    """Pending."""
    return Standings([])
