"""Parts of a reward that say nothing on these rows: always the same, saturated, or equal within every group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from guerdon.report.summary import columns, is_one_part
from guerdon.sample import Broken, Row
from guerdon.scores import Column, Scores

SATURATED = 0.95
"""Share of rows at the greatest or least value from which on there is little left to learn."""


class Flat(NamedTuple):
    """A component that tells rows apart too rarely, or never."""

    name: str
    value: float
    share: float
    """Of the rows with a value that have this one; 1: a dead component."""


class Groups(NamedTuple):
    """Whether the members of groups get different values: where they do not, a group gives no gradient."""

    column: str
    groups: int
    """Of two or more rows with a value."""
    flat: int
    """Groups whose values are all the same."""
    size: float
    """Rows a group, on average."""


@dataclass(frozen=True)
class Health:
    """What the scores of some rows say about the reward."""

    flat: list[Flat]
    groups: Groups | None
    """None where no column says which rows belong together."""


def health(scores: Scores, rows: Sequence[Row], by: str = "group") -> Health:
    """Look at scores [n] of rows [n]; groups are those of the column `by`."""
    named = scores.components if is_one_part(scores) else columns(scores)
    return Health(
        [flat for name, c in named.items() if (flat := _flat(name, c)) is not None], _groups(scores, rows, by)
    )


def _flat(name: str, column: Column) -> Flat | None:
    values = column.values[~np.isnan(column.values)]
    if len(values) < 2:
        return None
    ends = [(float((values == end).mean()), float(end)) for end in (values.min(), values.max())]
    share, value = max(ends)
    return Flat(name, value, share) if share >= SATURATED else None


def _groups(scores: Scores, rows: Sequence[Row], by: str) -> Groups | None:
    members: dict[str, list[float]] = {}
    for row, value in zip(rows, scores.values.tolist(), strict=True):
        name = None if isinstance(row, Broken) else row.get(by)
        if name is not None and value == value:
            members.setdefault(str(name), []).append(value)
    several = [values for values in members.values() if len(values) > 1]
    if not several:
        return None
    flat = sum(min(values) == max(values) for values in several)
    return Groups(by, len(several), flat, float(np.mean([len(values) for values in several])))
