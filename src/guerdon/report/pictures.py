"""The pictures of a sample, small and inside the page, with boxes to be drawn over them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from guerdon.geometry import Box, Frame, as_frame
from guerdon.media import Image
from guerdon.parse.boxes import boxes
from guerdon.parse.tags import tag
from guerdon.rules.boxes import true_boxes
from guerdon.sample import Broken, Row, cell

SIDE = 480
"""Longer side of an embedded picture, in pixels."""
QUALITY = 82
MOST_IMAGES = 4
"""Of one sample."""
MOST_BOXES = 200
"""Drawn on one picture, of each kind."""
MAX_TEXT = 200_000
"""Of a response that is looked through for boxes."""
TARGETS = ("boxes", "box", "bbox", "gt_boxes", "gt", "solution", "answer")
"""Columns that may hold the boxes a response was checked against, likely ones first."""


class Reading(NamedTuple):
    """How the scored reward reads boxes, so that the page shows what it saw."""

    column: str | None = None
    """Of the true boxes, if the reward reads a renamed one."""
    frame: Any = None
    """Of the boxes in responses, as the setting has it; None for the picture's own pixels."""
    within: str | None = None
    """The tag that holds them."""


class Outline(NamedTuple):
    """A box in pixels of the picture as displayed."""

    x: float
    y: float
    width: float
    height: float
    label: str


class Picture(NamedTuple):
    """One picture, or why it cannot be shown."""

    uri: str = ""
    size: tuple[int, int] = (0, 0)
    """(width, height) in its own pixels, which its outlines are in."""
    targets: Sequence[Outline] = ()
    predicted: Sequence[Outline] = ()
    hidden: int = 0
    """Boxes that are not drawn, being too many."""
    problem: str = ""


def reading(record: Any) -> Reading:
    """How the first part of a recorded reward that has boxes reads them."""
    for node in _nodes(record):
        settings = node.get("settings") or {}
        renamed = (node.get("reading") or {}).get("boxes")
        if "frame" in settings or renamed:
            return Reading(renamed, settings.get("frame"), settings.get("within"))
    return Reading()


def pictures(row: Row, how: Reading) -> list[Picture]:
    """The first pictures of a row; boxes lie on the first of them."""
    if isinstance(row, Broken):
        return []
    try:
        images = cell(row, "images") or []
    except Exception as error:  # whatever a row holds costs its own pictures alone
        return [Picture(problem=str(error))]
    return [_picture(image, row if i == 0 else {}, how) for i, image in enumerate(images[:MOST_IMAGES])]


def _picture(image: Image, row: Row, how: Reading) -> Picture:
    try:
        picture = image.pil()
    except Exception as error:  # decoders and lazy handles raise anything
        return Picture(problem=str(error))
    frame = Frame(*map(float, picture.size))
    targets = _outlines(_targets(row, how), frame)
    predicted = _outlines(_predicted(row, how), frame)
    hidden = max(0, len(targets) - MOST_BOXES) + max(0, len(predicted) - MOST_BOXES)
    size = picture.size
    picture.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, optimize=True)
    uri = f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"
    return Picture(uri, size, targets[:MOST_BOXES], predicted[:MOST_BOXES], hidden)


def _predicted(row: Row, how: Reading) -> list[Box]:
    response = cell(row, "response")
    if not isinstance(response, str):
        return []
    text = response[:MAX_TEXT]
    inside = tag(text, how.within, which="first").value if how.within else None
    found = boxes(inside or text, frame=_frame(row, how), inverted="swap", partial=True)
    return found.value or []


def _frame(row: Row, how: Reading) -> Frame | None:
    named = row.get("resized_size") if how.frame == "resized" else how.frame
    try:
        return as_frame(tuple(named) if isinstance(named, list) else named)
    except (ValueError, TypeError):  # another reward's setting of this name
        return None


def _targets(row: Row, how: Reading) -> list[Box]:
    for name in (how.column,) if how.column else TARGETS:
        value = row.get(name)
        found = None if value is None else true_boxes(value).value
        if found:
            return _labelled(found, row.get("labels"))
    return []


def _labelled(found: list[Box], labels: Any) -> list[Box]:
    if not isinstance(labels, (list, tuple)) or len(labels) != len(found):
        return found
    return [box if box.label else box._replace(label=str(label)) for box, label in zip(found, labels, strict=True)]


def _outlines(found: Sequence[Box], frame: Frame) -> list[Outline]:
    moved = [box if box.frame is None else box.to(frame) for box in found]
    return [
        Outline(box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1, (box.label or "")[:60])
        for box in moved
        if all(abs(x) < 1e6 for x in box.corners)
    ]


def _nodes(tree: Any) -> list[Mapping[str, Any]]:
    """Every reward of a record, in order."""
    if isinstance(tree, Mapping):
        return [tree, *(node for value in tree.values() for node in _nodes(value))]
    return [node for value in tree for node in _nodes(value)] if isinstance(tree, (list, tuple)) else []
