"""Which frame the boxes of a column are in, guessed from the numbers, with the evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from guerdon.geometry import Box
from guerdon.parse.boxes import boxes as read_boxes
from guerdon.rules.boxes import true_boxes
from guerdon.sample import Broken, Row, cell
from guerdon.scores import Floats

MAX_OPENED = 200
"""Images whose size is read where no column has it."""
MAX_TEXT = 100_000
"""Characters of a response that are looked through."""
OUTSIDE = 0.02
"""Share of boxes beyond their image from which on the numbers are not its pixels."""
NEAR_THE_END = 950.0
"""Boxes on a scale of 1000 come near its end somewhere, and never beyond."""


@dataclass(frozen=True)
class Frames:
    """What the boxes of a column seem to count."""

    column: str
    boxes: int
    rows: int
    """Rows that have boxes in it."""
    low: float
    high: float
    """Least and greatest coordinate."""
    frame: Literal["unit", "per_mille", "pixel"] | None
    """None where the numbers allow several."""
    evidence: str
    inverted: float
    """Share of boxes whose second corner lies before the first: sizes, perhaps, in place of a corner."""


def guess_frame(rows: Sequence[Row], column: str) -> Frames | None:
    """The frame of a column's boxes; None if it has none. Texts are searched for boxes.

    Numbers never prove a frame: they can only exclude one. The evidence says what they excluded.
    """
    found: list[Box] = []
    sizes: list[Any] = []
    with_boxes = opened = 0
    for row in rows:
        mine = _boxes(row, column)
        if mine:
            with_boxes += 1
            size, tried = _size(row, opened < MAX_OPENED)
            opened += tried
            found += mine
            sizes += [size] * len(mine)
    if not found:
        return None
    corners = np.array([box.corners for box in found])
    frame, evidence = _guess(corners, sizes)
    inverted = float(((corners[:, 2] < corners[:, 0]) | (corners[:, 3] < corners[:, 1])).mean())
    ends = float(corners.min()), float(corners.max())
    return Frames(column, len(found), with_boxes, *ends, frame, evidence, inverted)


def text_of(row: Row, column: str) -> str | None:
    """A cell as rewards get it, if that is a text."""
    try:
        value = cell(row, column)
    except Exception:  # neither text nor messages: its type is told among the columns
        return None
    return value if isinstance(value, str) else None


def _guess(corners: Floats, sizes: Sequence[Any]) -> tuple[Literal["unit", "per_mille", "pixel"] | None, str]:
    high = float(corners.max())
    if high <= 1.0:
        return "unit", "no coordinate is above 1"
    if high > 1000.0:
        return "pixel", f"coordinates go up to {high:g}, beyond 1000"
    outside = [
        x2 > size[0] + 1 or y2 > size[1] + 1
        for (_, _, x2, y2), size in zip(corners.tolist(), sizes, strict=True)
        if size is not None
    ]
    share = sum(outside) / len(outside) if outside else 0.0
    if share > OUTSIDE:
        return "per_mille", f"taken as pixels, {share:.0%} of them lie outside their image; none is above 1000"
    smaller = [size for size in sizes if size is not None and max(size) < 1000]
    if outside and smaller:
        return "pixel", f"all lie within their images, though {len(smaller)} are of images smaller than 1000 pixels"
    if high >= NEAR_THE_END:
        return "per_mille", f"the greatest coordinate is {high:g}, close to 1000 and not above it"
    return None, f"no image sizes to compare with, and coordinates up to {high:g} fit pixels and 0–1000 alike"


def _boxes(row: Row, column: str) -> list[Box]:
    if isinstance(row, Broken):
        return []
    value = text_of(row, "response") if column == "response" else row.get(column)
    if value is None:
        return []
    if not isinstance(value, str):
        found = true_boxes(value).value
        if found or not isinstance(value, (list, tuple)):
            return found or []
        value = json.dumps(value, default=str)  # as a text, boxes with their corners in the wrong order are read, too
    return read_boxes(value[:MAX_TEXT], inverted="keep", partial=True).value or []


def _size(row: Row, may_open: bool) -> tuple[Any, int]:
    """(width, height) of a row's image or None, and whether a file was opened for it."""
    size = row.get("image_size")
    if size is not None:
        return (tuple(size) if len(size) == 2 else None), 0
    if not may_open:
        return None, 0
    try:
        images = cell(row, "images")
        return (images[0].size if images else None), 1
    except Exception:  # an image that cannot be opened says nothing about frames
        return None, 1
