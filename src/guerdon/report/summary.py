"""Scores in numbers: means with their intervals, coverage, statuses, reasons and times.

Every figure says over how many rows it was taken. A mean that cannot be taken is None, never NaN.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from guerdon.metrics.stats import Estimate, mean_interval
from guerdon.sample import Broken, Row, shared
from guerdon.scores import STATUS_NAMES, Column, Floats, Scores, Status

TOTAL = "total"
DRAWS = 20_000_000
"""Indices drawn for one bootstrap interval: many rows need fewer resamples, and would take minutes."""
STATUSES = (*(s for s in Status if s != Status.SKIPPED), Status.SKIPPED)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
"""In reasons: those that differ in it alone are one."""
MAX_REASON = 160
"""Characters of a reason that are shown."""


class Timing(NamedTuple):
    """Seconds a row took, over the rows that were timed."""

    median: float
    p95: float
    most: float
    total: float


@dataclass(frozen=True)
class Summary:
    """One column of scores, or one group of its rows, in numbers."""

    name: str
    n: int
    """Rows that ran it; SKIPPED ones are not among them."""
    valued: int
    """Rows that have a value."""
    mean: Estimate | None
    """Of the rows that have a value, with its 95 % bootstrap interval; None if none has."""
    low: float | None
    high: float | None
    """Least and greatest value."""
    counts: dict[str, int]
    """Rows per status, by name, the severe ones last and SKIPPED after them."""
    timing: Timing | None

    @property
    def coverage(self) -> float | None:
        """Share of the rows that ran it and have a value, 0–1; None if none ran it."""
        return self.valued / self.n if self.n else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; a figure that does not exist is None."""
        interval = None if self.mean is None or self.constant else [self.mean.low, self.mean.high]
        found: dict[str, Any] = plain(
            {
                "name": self.name, "rows": self.n, "coverage": self.coverage,
                "mean": None if self.mean is None else self.mean.mean, "interval": interval,
                "min": self.low, "max": self.high, "status": self.counts, "seconds": self.timing,
            }
        )  # fmt: skip
        return found

    @property
    def constant(self) -> bool:
        """Whether every value is the same, so that an interval would say nothing."""
        return self.valued > 0 and self.low == self.high


class Reason(NamedTuple):
    """Why rows were not plainly OK. Reasons that differ in numbers alone count as one, worded as the first of them."""

    part: str
    status: str
    text: str
    rows: int
    example: str
    """Key of the first such row."""


def summarise(scores: Scores, clusters: Sequence[Hashable] | None = None) -> list[Summary]:
    """The total, unless a component is the whole reward, then every component.

    `clusters` [n] names what rows share with others, such as their prompt; see `metrics.stats`.
    """
    columns: dict[str, Column] = {} if is_one_part(scores) else {TOTAL: scores}
    return [summary(name, column, clusters) for name, column in {**columns, **scores.components}.items()]


def is_one_part(scores: Scores) -> bool:
    """Whether the first component is the reward itself: a leaf, or a composite with a name."""
    return "reward" in scores.record or scores.record.get("name") is not None


def columns(scores: Scores) -> dict[str, Column]:
    """Every column by the name that tables give it; the total is there under its own name too."""
    return {TOTAL: scores, **scores.components}


def summary(name: str, column: Column, clusters: Sequence[Hashable] | None = None) -> Summary:
    """One column in numbers."""
    valued = ~np.isnan(column.values)
    values = column.values[valued]
    mean = None
    if len(values):
        shared = None if clusters is None else [clusters[i] for i in np.flatnonzero(valued).tolist()]
        mean = interval(values, shared)
    return Summary(
        name,
        int((column.status != Status.SKIPPED).sum()),
        len(values),
        mean,
        float(values.min()) if len(values) else None,
        float(values.max()) if len(values) else None,
        {s.name: n for s in STATUSES if (n := int((column.status == s).sum()))},
        timing(column.seconds),
    )


def interval(values: Floats, clusters: Sequence[Hashable] | None = None) -> Estimate:
    """Mean and 95 % bootstrap interval of values [n], n ≥ 1, with as many resamples as n allows."""
    return mean_interval(values, clusters, resamples=max(200, min(2000, DRAWS // len(values))))


def timing(seconds: Floats | None) -> Timing | None:
    """None where nothing was timed."""
    timed = seconds[~np.isnan(seconds)] if seconds is not None else np.empty(0)
    if not len(timed):
        return None
    median, p95 = np.quantile(timed, [0.5, 0.95])
    return Timing(float(median), float(p95), float(timed.max()), float(timed.sum()))


def groups(scores: Scores, rows: Sequence[Row], by: str) -> list[Summary]:
    """The total within each value of a column of the rows, in order of first appearance."""
    members: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        members.setdefault(group_name(row, by), []).append(i)
    shared = clusters(rows)
    return [
        summary(name, scores.take(index), None if shared is None else [shared[i] for i in index])
        for name, index in members.items()
    ]


def macro_mean(groups: Sequence[Summary]) -> float | None:
    """Mean of the groups' means, in which every group weighs the same; None if none has one."""
    means = [group.mean.mean for group in groups if group.mean]
    return sum(means) / len(means) if means else None


def group_name(row: Row, by: str) -> str:
    """The text that stands for a row's group; "–" where it has none."""
    if isinstance(row, Broken) or (value := row.get(by)) is None:
        return "–"
    return str(value)[:80] or "(empty)"


def clusters(rows: Sequence[Row]) -> list[Hashable] | None:
    """What rows share: their `group`, else prompt and pictures; None where no two rows share one."""
    names = [i if (name := shared(row)) is None else name for i, row in enumerate(rows)]
    return names if len(set(names)) < len(names) else None


def reasons(scores: Scores, most: int | None = None) -> list[Reason]:
    """Why rows were not plainly OK, the most frequent first. A part that only passes on what a part of
    its own says is left out, so every cause counts once.
    """
    found: dict[tuple[str, str, str], Reason] = {}
    for name, column in columns(scores).items():
        parts = _inner(scores, name)
        for i in np.flatnonzero(column.status > Status.OK).tolist():
            if any(part.status[i] > Status.OK for part in parts):
                continue
            status = STATUS_NAMES[Status(int(column.status[i]))]
            text = " ".join(column.reasons.get(i, "no reason given")[:MAX_REASON].split())
            cause = name, status, NUMBER.sub("#", text)
            reason = found.get(cause) or Reason(name, status, text, 0, scores.key[i])
            found[cause] = reason._replace(rows=reason.rows + 1)
    return sorted(found.values(), key=lambda reason: -reason.rows)[:most]


def _inner(scores: Scores, name: str) -> list[Column]:
    if name == TOTAL:
        return list(scores.components.values())
    return [part for other, part in scores.components.items() if other.startswith(f"{name}/")]


def plain(value: Any) -> Any:
    """JSON-ready: dataclasses and named tuples as objects, NaN and infinities as null."""
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, (np.integer, np.bool_)):
        return value.item()
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value
