"""Boxes checked against the true ones in the column `boxes`.

The true boxes are `[x1, y1, x2, y2]`, a list of such, dicts `{"bbox_2d": …, "label": …}`, `Box`es, or any
of these as JSON text. `frame` says what the response's coordinates count: "pixel" the same as the true
boxes, "unit" 0–1, "per_mille" 0–1000, (width, height) any other extent, "resized" the extent in the
column `resized_size`, the grid a processor made. All but "pixel" need the column `image_size`, (width,
height) of the image, unless the true boxes carry their frame.

A response whose boxes cannot be read is malformed; one that says "None" or "[]" has none, which is
right where there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any, Literal

from guerdon.geometry import Box, Frame, FrameLike, as_frame
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.metrics.detection import COCO_THRESHOLDS, average_precision
from guerdon.parse import boxes as parse
from guerdon.parse.jsons import json_value
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, read_answer
from guerdon.scores import Score

Source = FrameLike | Literal["resized"]
"""What the coordinates of a response count."""
Labels = Literal["folded", "exact", "ignored"]
"""How labels are compared: without case and outer space, as they are, or not at all."""
Measure = Literal["f1", "recall", "precision"]


@reward("boxes.iou", range=(0, 1))
def iou(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    frame: Source = "pixel",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Intersection over union of the response's box and the true one, 0–1, in continuous coordinates.

    Needs exactly one true box. A box without area, or with corners in the wrong order, is malformed or 0.

    >>> sample = {"response": "<answer>[5, 0, 15, 10]</answer>", "boxes": [0, 0, 10, 10]}
    >>> iou().one(sample).value  # 50 shared of 150
    0.3333333333333333
    """
    read = partial(parse.box, which=which)
    return _one_box(metric.iou, read, response, boxes, (frame, image_size, resized_size), within)


@reward("boxes.giou", range=(-1, 1))
def giou(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    frame: Source = "pixel",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Generalised IoU of the response's box and the true one, −1 to 1: it still says which miss is nearer.

    IoU − share of the common hull that neither covers. Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630.

    >>> sample = {"response": "<answer>[20, 0, 30, 10]</answer>", "boxes": [0, 0, 10, 10]}
    >>> giou().one(sample).value  # nothing shared, a third of the hull is bare
    -0.3333333333333333
    """
    read = partial(parse.box, which=which)
    return _one_box(metric.giou, read, response, boxes, (frame, image_size, resized_size), within)
