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
from functools import lru_cache, partial
from math import inf
from typing import Any, Literal, NamedTuple, TypeVar, get_args

import numpy as np

from guerdon.geometry import Box, Frame, FrameLike, as_frame
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.metrics.detection import COCO_THRESHOLDS, average_precision
from guerdon.metrics.pairs import Matcher, Measure, candidates, pair_up, worth
from guerdon.parse.boxes import box as read_box
from guerdon.parse.boxes import boxes as read_boxes
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, gold_text, read_answer
from guerdon.scores import ContractError, Score

T = TypeVar("T")
Source = FrameLike | Literal["resized"]
"""What the coordinates of a response count."""
Labels = Literal["folded", "exact", "ignored"]
"""How labels are compared: without case and outer space, as they are, or not at all."""


def _fold(label: str | None) -> str | None:
    return label and label.strip().casefold()


LABEL_KEYS: dict[str, Callable[[str | None], str | None]] = {
    "folded": _fold,
    "exact": lambda label: label,
    "ignored": lambda _: None,
}
MEASURES, MATCHERS = ({name: name for name in get_args(allowed)} for allowed in (Measure, Matcher))
ONE_BOX = {which: partial(read_box, which=which) for which in get_args(Which)}


class Frames(NamedTuple):
    """What the coordinates of the response and of the true boxes count."""

    response: Source = "pixel"
    image: Any = None
    """(width, height) of the image that the true boxes count pixels of."""
    resized: Any = None
    """(width, height) of the grid that frame="resized" counts."""


SAME_FRAME = Frames()


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
    found = read_answer(ONE_BOX[which], response, within, which)
    true = _only(true_boxes(boxes, Frames(frame, image_size, resized_size)))
    return compare(found, true, lambda p, g: metric.iou(p[:4], g[0][:4]))


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
    found = read_answer(ONE_BOX[which], response, within, which)
    true = _only(true_boxes(boxes, Frames(frame, image_size, resized_size)))
    return compare(found, true, lambda p, g: metric.giou(p[:4], g[0][:4]))


@reward("boxes.diou", range=(-1, 1))
def diou(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    frame: Source = "pixel",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Distance IoU of the response's box and the true one, −1 to 1: it rises as a miss comes nearer.

    IoU − (distance of the centres / diagonal of the common hull)². Zheng et al. 2020,
    https://arxiv.org/abs/1911.08287.

    >>> sample = {"response": "<answer>[0, 5, 10, 15]</answer>", "boxes": [0, 0, 10, 10]}
    >>> diou().one(sample).value == 1 / 3 - 5**2 / (10**2 + 15**2)
    True
    """
    found = read_answer(ONE_BOX[which], response, within, which)
    true = _only(true_boxes(boxes, Frames(frame, image_size, resized_size)))
    return compare(found, true, lambda p, g: metric.diou(p[:4], g[0][:4]))


@reward("boxes.match", range=(0, 1))
def match(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    measure: Measure = "f1",
    threshold: float = 0.5,
    matcher: Matcher = "greedy",
    labels: Labels = "folded",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """F1, recall or precision of pairs of boxes with IoU ≥ threshold and the same label.

    `matcher` is "greedy" (largest overlap first), "hungarian" (largest total overlap) or "ranked" (in the order
    written), all one to one, or "many_to_one": each box takes the true one it overlaps most, so that several
    boxes around one object are all right. Labels count unless no true box has one. measure="larger" is hits over
    the larger number of boxes. No boxes on either side is 1, on exactly one side 0. Recall alone pays for boxes
    everywhere; F1 does not. For graded credit see `boxes.credit`.

    >>> sample = {"response": "<answer>[[0, 0, 10, 10], [50, 50, 60, 60]]</answer>", "boxes": [0, 0, 10, 10]}
    >>> [match(measure=m).one(sample).value for m in ("recall", "precision")]
    [1.0, 0.5]
    """
    one_of("measure", measure, MEASURES)
    one_of("matcher", matcher, MATCHERS)

    def judge(found: list[Box], true: list[Box]) -> float:
        sides = [b[:4] for b in found], [b[:4] for b in true]
        pairs = candidates(*sides, _names(found, true, labels), at_least=threshold)
        return worth(pair_up(pairs, matcher), len(found), len(true), (0.0, 0.0)).measure(measure)

    found = read_answer(read_boxes, response, within)
    return compare(found, true_boxes(boxes, Frames(frame, image_size, resized_size)), judge)


@reward("boxes.detection_ap", range=(0, 1))
def detection_ap(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
    labels: Labels = "folded",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """COCO average precision of this one image: mean over IoU thresholds and over the labels of the true boxes.

    Boxes rank by the model's own confidences where every box has one, else in the order written. No
    boxes on either side is 1, on exactly one side 0. Boxes with a label that the truth lacks, and
    false ones after all hits, cost nothing: as a reward it teaches to list more and more boxes
    (Shen et al. 2025, https://arxiv.org/abs/2504.07615); see `boxes.detection_ap_length`.

    >>> sample = {"response": "<answer>[[50, 50, 60, 60], [0, 0, 10, 10]]</answer>", "boxes": [0, 0, 10, 10]}
    >>> detection_ap().one(sample).value  # the hit ranks second
    0.5
    """
    found = read_answer(read_boxes, response, within)
    true = true_boxes(boxes, Frames(frame, image_size, resized_size))
    return compare(found, true, partial(_average_precision, thresholds=thresholds, labels=labels))


@reward("boxes.detection_ap_length", range=(0, 1))
def detection_ap_length(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
    labels: Labels = "folded",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """`boxes.detection_ap` × min(1, true boxes / boxes in the response), so that surplus boxes cost.

    Shen et al. 2025 (VLM-R1), https://arxiv.org/abs/2504.07615.

    >>> sample = {"response": "<answer>[[0, 0, 10, 10], [50, 50, 60, 60]]</answer>", "boxes": [0, 0, 10, 10]}
    >>> detection_ap().one(sample).value, detection_ap_length().one(sample).value
    (1.0, 0.5)
    """

    def judge(found: list[Box], true: list[Box]) -> float:
        share = min(1.0, len(true) / len(found)) if found else 1.0
        return share * _average_precision(found, true, thresholds, labels)

    found = read_answer(read_boxes, response, within)
    return compare(found, true_boxes(boxes, Frames(frame, image_size, resized_size)), judge)


def true_boxes(given: Any, frames: Frames = SAME_FRAME) -> Parsed[list[Box]]:
    """The true boxes of a row, in the frame of its response; not OK, with a reason, if they cannot be had.

    >>> true_boxes({"bbox_2d": [0, 0, 320, 240], "label": "cat"}, Frames("unit", (640, 480))).value
    [Box(x1=0.0, y1=0.0, x2=0.5, y2=0.5, label='cat', score=None, frame=Frame(width=1.0, height=1.0))]
    """
    if isinstance(given, str):
        read = read_boxes(gold_text(given, "answer"))
        if read.value is None:
            return read
        found = read.value
    else:
        try:
            found = _listed(given)
        except (TypeError, ValueError, KeyError) as error:
            return malformed(f"{str(given)[:80]} is no list of boxes ({error})")
    if frames.response == "pixel":
        return Parsed(found)
    source = _extent(frames.resized) if frames.response == "resized" else as_frame(frames.response)
    if source is None:
        return malformed("no column 'resized_size'")
    return _converted(found, _extent(frames.image), source)


def _listed(given: Any) -> list[Box]:
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, (Box, dict)) or (len(given) == 4 and isinstance(given[0], (int, float, np.number))):
        return [_box(given)]
    return [_box(one) for one in given]


def _box(given: Any) -> Box:
    label = score = frame = None
    if isinstance(given, dict):
        given, label = given["bbox_2d"], given.get("label")
    if isinstance(given, Box):
        x1, y1, x2, y2, label, score, frame = given
    else:
        x1, y1, x2, y2 = map(float, given)
    if not (-inf < x1 <= x2 < inf and -inf < y1 <= y2 < inf):
        raise ValueError(f"{[x1, y1, x2, y2]} is not x1 ≤ x2, y1 ≤ y2")
    return Box(x1, y1, x2, y2, label, score, frame)


def _converted(boxes: list[Box], image: Frame | None, source: Frame) -> Parsed[list[Box]]:
    converted = []
    for x1, y1, x2, y2, label, score, own in boxes:
        frame = own or image
        if frame is None:
            return malformed("no column 'image_size'")
        sx, sy = source[0] / frame[0], source[1] / frame[1]
        converted.append(Box(x1 * sx, y1 * sy, x2 * sx, y2 * sy, label, score, source))
    return Parsed(converted)


def _extent(size: Any) -> Frame | None:
    return None if size is None else _frame(*size)


@lru_cache(maxsize=1024)
def _frame(width: float, height: float) -> Frame | None:
    return as_frame((width, height))


def _only(boxes: Parsed[list[Box]]) -> Parsed[list[Box]]:
    if boxes.value is None or len(boxes.value) == 1:
        return boxes
    return malformed(f"{len(boxes.value)} true boxes where one is wanted")


def one_of(setting: str, value: str, allowed: Mapping[str, T]) -> T:
    """What a setting's value stands for. Raises ContractError unless it is one of those allowed."""
    if value not in allowed:
        raise ContractError(f"{setting}={value!r}: write one of {', '.join(allowed)}")
    return allowed[value]


def _names(found: list[Box], true: list[Box], labels: Labels) -> tuple[list[str | None], list[str | None]]:
    """What of the labels is compared; nothing if no true box has one."""
    key = one_of("labels", labels, LABEL_KEYS)
    if all(box.label is None for box in true):
        key = LABEL_KEYS["ignored"]
    return [key(box.label) for box in found], [key(box.label) for box in true]


def _average_precision(found: list[Box], true: list[Box], thresholds: Sequence[float], labels: Labels) -> float:
    a, b = _names(found, true, labels)
    scores = [box.score for box in found if box.score is not None]
    ranking = scores if len(scores) == len(found) else None
    return average_precision([box[:4] for box in found], a, ranking, [box[:4] for box in true], b, thresholds)
