"""What in a data set or a reward on it deserves a second look, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from guerdon.doctor.data import ColumnInfo, Diagnosis
from guerdon.doctor.frames import Frames
from guerdon.doctor.health import Health
from guerdon.report.figures import number, percent

INVERTED = 0.05
"""Share of boxes with their corners in the wrong order that no longer looks like slips."""


def findings(data: Diagnosis, health: Health | None = None) -> list[str]:
    """Everything that stands out, with what it may mean; empty if nothing does."""
    return [*_of_rows(data), *(text for column in data.columns for text in _of_column(column, data.rows)),
            *(text for boxes in data.boxes for text in _of_boxes(boxes)), *_of_scores(health)]  # fmt: skip


def _of_rows(data: Diagnosis) -> Iterator[str]:
    if data.broken:
        yield f"{len(data.broken):,} rows cannot be read, the first because {data.broken[0]}"
    if data.duplicates:
        yield f"{data.duplicates:,} rows repeat an earlier one word for word, ids aside: they count twice in every mean"
    for lengths in data.lengths:
        if lengths.empty:
            yield f"{lengths.empty:,} rows have an empty {lengths.column}"


def _of_column(column: ColumnInfo, rows: int) -> Iterator[str]:
    if not column.types:
        yield f"the column {column.name!r} is empty"
    elif len(column.types) > 1 and set(column.types) != {"int", "float"}:
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in column.types.items())
        yield f"the column {column.name!r} mixes types: {kinds}"
    elif 0 < column.missing < 0.05 * rows:
        yield f"the column {column.name!r} is missing in {column.missing:,} rows alone: these will be INAPPLICABLE"


def _of_boxes(boxes: Frames) -> Iterator[str]:
    if boxes.frame is None:
        yield f"the frame of the boxes in {boxes.column!r} cannot be told: {boxes.evidence}"
    if boxes.inverted >= INVERTED:
        yield (
            f"{percent(boxes.inverted)} of the boxes in {boxes.column!r} end before they begin: "
            "is it x, y, width, height?"
        )


def _of_scores(health: Health | None) -> Iterator[str]:
    if health is None:
        return
    for flat in health.flat:
        same = "every row" if flat.share == 1.0 else f"{percent(flat.share)} of the rows"
        yield f"{flat.name} is {number(flat.value)} on {same}: it tells few or no rows apart"
    groups = health.groups
    if groups is not None and groups.flat:
        share = percent(groups.flat / groups.groups)
        yield f"{share} of the {groups.groups:,} groups have values that are all the same: no gradient comes from them"
