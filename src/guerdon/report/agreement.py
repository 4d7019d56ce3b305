"""How far a component agrees with figures recorded in the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from guerdon.load import cell_at
from guerdon.metrics.stats import Estimate, wilson
from guerdon.report.summary import columns
from guerdon.sample import Broken, Row
from guerdon.scores import ContractError, Scores

TOLERANCE = 1e-6
"""Recorded figures have often been rounded or stored in single precision."""


class Difference(NamedTuple):
    """A row whose value is not the recorded one."""

    key: str
    value: float | None
    recorded: float
    reason: str


@dataclass(frozen=True)
class Agreement:
    """A component beside a recorded column."""

    part: str
    column: str
    n: int
    """Rows with a recorded number."""
    agree: int
    """Of these, rows whose value is the recorded one; a row without a value is not."""
    rate: Estimate
    """Share that agrees, with its Wilson interval."""
    differences: list[Difference]


def agreement(scores: Scores, rows: Sequence[Row], part: str, column: str) -> Agreement:
    """Compare a component (or "total") with a column of the rows, dotted paths allowed.

    Raises ContractError for a component there is not, or a column without any number.
    """
    named = columns(scores)
    if part not in named:
        raise ContractError(f"there is no component {part!r}; there are {', '.join(named)}")
    recorded = {i: x for i, row in enumerate(rows) if (x := _recorded(row, column)) is not None}
    if not recorded:
        raise ContractError(f"no row has a number in the column {column!r} to compare {part} with")
    differences = []
    for i, expected in recorded.items():
        score = named[part][i]
        if score.value is None or abs(score.value - expected) > TOLERANCE:
            differences.append(Difference(scores.key[i], score.value, expected, score.reason))
    agree = len(recorded) - len(differences)
    return Agreement(part, column, len(recorded), agree, wilson(agree, len(recorded)), differences)


def _recorded(row: Row, column: str) -> float | None:
    """A recorded number, true as 1, text as CSV has it; None for anything else."""
    value: Any = None if isinstance(row, Broken) else cell_at(row, column)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if number == number else None
