"""Masks checked against the true one in the column `mask`.

A mask is an array [height, width] of 0 and 1, a COCO run-length encoding, or polygons; the latter two also
as JSON text. Polygons of the truth need the column `image_size`, (width, height). The response is a text;
where a model gives an array, take it from its own column: `iou().reading(response="predicted")`.

`ignore` is the label of pixels in a true array that count for nothing, such as 255. `frame` says what the
response's polygons count: pixels, "unit" 0–1, "per_mille" 0–1000, or (width, height). A mask that cannot be
read, or of another size than the true one, is malformed; a text that says "None" or "[]" is the empty mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import nan
from typing import Any, NamedTuple

import numpy as np

from guerdon.geometry import FrameLike, as_frame
from guerdon.leaf import reward
from guerdon.metrics import masks as metric
from guerdon.metrics.runs import Bools, Floats, Mask, Size, as_array, as_mask, size_of
from guerdon.parse.jsons import json_value
from guerdon.parse.masks import mask as read_mask
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, read_answer
from guerdon.scores import Score
from guerdon.world.clicks import clicks_to


class Truth(NamedTuple):
    """A true mask."""

    mask: Mask
    valid: Bools | None = None
    """The pixels that count; None for all."""


@reward("masks.iou", range=(0, 1))
def iou(
    response: Any,
    mask: Any,
    image_size: Any = None,
    *,
    both_empty: float | None = 1.0,
    ignore: int | None = None,
    frame: FrameLike = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """Pixels in both masks over pixels in either, 0–1. Two empty ones are `both_empty`; None leaves the row out.

    The mean over a data set is what referring segmentation calls gIoU (both_empty=1) or mIoU (0).

    >>> sample = {"response": "<answer>[[0, 0, 2, 0, 2, 2, 0, 2]]</answer>", "mask": np.eye(2, dtype=bool)}
    >>> iou().one(sample).value  # 2 of 4 pixels
    0.5
    """
    true = true_mask(mask, image_size, ignore)
    return _compared(response, true, frame, within, lambda p, g: metric.areas(p, *g).iou(_number(both_empty)))


@reward("masks.dice", range=(0, 1))
def dice(
    response: Any,
    mask: Any,
    image_size: Any = None,
    *,
    both_empty: float | None = 1.0,
    ignore: int | None = None,
    frame: FrameLike = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """Twice the pixels in both masks over the pixels of each, 0–1; 2·IoU / (1 + IoU). Dice 1945.

    Two empty masks are `both_empty`; None leaves the row out.

    >>> sample = {"response": "<answer>[[0, 0, 2, 0, 2, 2, 0, 2]]</answer>", "mask": np.eye(2, dtype=bool)}
    >>> dice().one(sample).value == 2 * 2 / (4 + 2)
    True
    """
    true = true_mask(mask, image_size, ignore)
    return _compared(response, true, frame, within, lambda p, g: metric.areas(p, *g).dice(_number(both_empty)))


@reward("masks.boundary_f", range=(0, 1))
def boundary_f(
    response: Any,
    mask: Any,
    image_size: Any = None,
    *,
    tolerance: float = 0.008,
    both_empty: float | None = 1.0,
    frame: FrameLike = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """F1 of outline pixels that lie within ⌈tolerance · diagonal⌉ pixels of the other outline, 0–1.

    It sees fine outlines that IoU drowns in area. Two empty masks are `both_empty` (None leaves the row out),
    one empty mask is 0. Perazzi et al. 2016 (DAVIS), whose tolerance is the default.

    >>> square = np.pad(np.ones((4, 4), bool), 3)
    >>> row = {"predicted": np.roll(square, 2, axis=1), "mask": square}
    >>> boundary_f().reading(response="predicted").one(row).value  # 8 of 12 outline pixels lie within 1 pixel
    0.6666666666666666
    """
    judge = partial(metric.boundary_f, tolerance=tolerance, both_empty=_number(both_empty))
    return _compared(response, true_mask(mask, image_size), frame, within, lambda p, g: judge(p, g.mask))


@reward("masks.cumulative_iou", range=(0, 1), over="set")
def cumulative_iou(
    response: Sequence[Any],
    mask: Sequence[Any],
    image_size: Sequence[Any] | None = None,
    *,
    ignore: int | None = None,
    frame: FrameLike = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """Σ pixels in both masks / Σ pixels in either over the rows of a set, 0–1: called cIoU. Large objects decide it.

    A response that cannot be read is an empty mask; a set of empty masks is 1. For the mean of single IoUs
    (gIoU) take `masks.iou`.

    >>> whole = {"predicted": np.ones((2, 2), bool), "mask": np.ones((2, 2), bool), "set": 0}
    >>> half = {"predicted": np.array([[1, 0]], bool), "mask": np.array([[1, 1]], bool), "set": 0}
    >>> cumulative_iou().reading(response="predicted")([whole, half]).values  # 5 of 6
    array([0.83333333])
    """
    found: list[metric.Areas] = []
    for one, given, size in zip(response, mask, image_size or [None] * len(mask), strict=True):
        true = true_mask(given, size, ignore).value
        if true is None:
            return Score.inapplicable(f"the true mask of row {len(found)} of the set cannot be read")
        drawn = _drawn(one, size_of(true.mask), frame, within).value
        found.append(metric.areas(np.zeros(size_of(true.mask), np.bool_) if drawn is None else drawn, *true))
    return metric.cumulative_iou(found)


@reward("masks.energy", range=(0, 1))
def energy(heatmap: Any, mask: Any, image_size: Any = None) -> float | Score:
    """Share of a heat map's total that lies in the true mask, 0–1; a map without any is 0.

    `heatmap` is an array [height, width] of finite numbers from 0 up; any other is malformed. The energy-based
    pointing game: Wang et al. 2020 (Score-CAM), https://arxiv.org/abs/1910.01279.

    >>> energy().one({"heatmap": [[3, 1], [0, 0]], "mask": np.array([[1, 0], [0, 0]], bool)}).value
    0.75
    """

    return _heated(metric.energy_inside, heatmap, mask, image_size)


@reward("masks.pointing", range=(0, 1))
def pointing(heatmap: Any, mask: Any, image_size: Any = None) -> float | Score:
    """1 if the hottest pixel of a heat map lies in the true mask, else 0; of several as hot, the share that does.

    A map without heat is 0; what a heat map is says `masks.energy`. The pointing game: Zhang et al. 2018,
    https://arxiv.org/abs/1608.00507. For points in a text see `points.in_mask`.

    >>> pointing().one({"heatmap": [[3, 1], [3, 0]], "mask": np.array([[1, 0], [0, 0]], bool)}).value
    0.5
    """
    return _heated(metric.hottest_inside, heatmap, mask, image_size)


@reward("masks.clicks", range=(None, -1))
def clicks(ious: Sequence[float], *, threshold: float = 0.85, limit: int = 20) -> float | Score:
    """Minus the clicks until the IoU reaches `threshold`; −`limit` if it never does. Later drops do not count.

    `ious` holds the IoU after each click of an interactive segmentation: `guerdon.world.clicks.simulate`
    makes them. NoC@85 in the field, without the sign.

    >>> clicks().one({"ious": [0.3, 0.6, 0.86, 0.9]}).value
    -3.0
    """
    if limit < 1:
        raise ValueError(f"limit={limit}: at least one click")
    if len(ious) == 0:
        return Score.malformed("no clicks")
    return -float(clicks_to(ious, threshold, limit=limit))


def true_mask(given: Any, image_size: Any = None, ignore: int | None = None) -> Parsed[Truth]:
    """The true mask of a row; not OK with a reason if it cannot be had."""
    if isinstance(given, str):
        read = json_value(given)
        if read.value is None:
            return Parsed(None, read.status, None, read.reason)
        given = read.value
    try:
        size = None if image_size is None else (int(image_size[1]), int(image_size[0]))
        if ignore is None:
            return Parsed(Truth(as_mask(given, size)))
        labels = np.asarray(given)
        valid = labels != ignore
        return Parsed(Truth(as_mask(np.where(valid, labels, 0), size), valid))
    except (ValueError, TypeError, IndexError) as error:
        return malformed(str(error))


def _compared(
    response: Any, true: Parsed[Truth], frame: FrameLike, within: str | None, score: Callable[[Mask, Truth], float]
) -> float | Score:
    if true.value is None:
        return Score.inapplicable(f"the true mask cannot be read: {true.reason}")
    value = compare(_drawn(response, size_of(true.value.mask), frame, within), true, score)
    return Score.inapplicable("both masks are empty") if value != value else value


def _drawn(response: Any, size: Size, frame: FrameLike, within: str | None) -> Parsed[Mask]:
    if isinstance(response, str):
        return read_answer(partial(read_mask, size=size, frame=frame), response, within)
    try:
        return Parsed(as_mask(response, size, extent=as_frame(frame)))
    except ValueError as error:
        return malformed(str(error))


def _heated(score: Callable[[Floats, Bools], float], heatmap: Any, mask: Any, image_size: Any) -> float | Score:
    true = true_mask(mask, image_size).value
    if true is None:
        return Score.inapplicable("the true mask cannot be read")
    try:
        return score(np.asarray(heatmap, dtype=np.float64), as_array(true.mask))
    except ValueError as error:
        return Score.malformed(str(error))


def _number(both_empty: float | None) -> float:
    return nan if both_empty is None else both_empty
