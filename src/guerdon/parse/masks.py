"""Masks: COCO run lengths as a JSON object, or polygons as JSON lists."""

from __future__ import annotations

from guerdon.geometry import Frame, FrameLike, as_frame
from guerdon.metrics.runs import Mask, as_mask
from guerdon.parse.boxes import boxes
from guerdon.parse.jsons import json_value
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed


def mask(
    text: str, size: tuple[int, int], *, which: Which = "only", frame: FrameLike | Frame | None = None
) -> Parsed[Mask]:
    """The mask of a picture of (height, width) pixels; an explicit none ("None", "[]") is the empty one.

    Read are `{"size": [h, w], "counts": "…"}` and lists of x, y, x, y … or of [x, y] pairs, one or several.
    `frame` names the extent in which polygons count; without it that is pixels.

    >>> mask("[[0, 0, 0.5, 0, 0.5, 1, 0, 1]]", (2, 4), frame="unit").value.edges
    array([0, 4])
    """
    extent = as_frame(frame)
    read = json_value(text, which=which)
    if read.value is None:
        none = boxes(text)
        return Parsed(as_mask([], size), span=none.span) if none.value == [] else Parsed(None, *read[1:])
    try:
        return Parsed(as_mask(read.value or [], size, extent=extent), span=read.span)
    except ValueError as error:
        return malformed(str(error))
