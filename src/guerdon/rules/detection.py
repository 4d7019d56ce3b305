"""Graded credit for sets of boxes, honest confidence in them, and boxes over several images.

Columns, frames and what counts as none are those of `guerdon.rules.boxes`. Labels are compared without case
and outer space, and only where a true box has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from guerdon.geometry import Box, FrameLike
from guerdon.leaf import reward
from guerdon.metrics.pairs import OVERLAPS, Matcher, Measure, Overlap, Pair, Worth, candidates, pair_up, worth
from guerdon.parse.boxes import boxes as read_boxes
from guerdon.parse.boxes import image_boxes
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.boxes import MATCHERS, MEASURES, Frames, Source, one_of, true_boxes
from guerdon.rules.where import compare, read_answer
from guerdon.scores import ContractError, Score

Scoring = Literal["brier", "linear"]
Groups = Literal["named", "matched", "ignored"]
SCORINGS, GROUPS = ({name: name for name in get_args(allowed)} for allowed in (Scoring, Groups))


@reward("boxes.credit", range=(0, 1))
def credit(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    measure: Measure = "f1",
    overlap: Overlap = "iou",
    clip: tuple[float, float] = (0.0, 1.0),
    matcher: Matcher = "hungarian",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """Overlap of the boxes that go together, as precision, recall, F1, or a share of the larger number of boxes.

    A pair is worth its overlap ("iou", "giou" or "diou"), but nothing below clip[0], and 1 from clip[1] on; so
    clip=(0.5, 0.5) counts hits. Precision is Σ worth / boxes found, recall Σ worth / true boxes, "larger"
    Σ worth / the larger of both; with matcher="many_to_one" the best pair of a true box counts for recall.
    The others are one to one: "hungarian" (greatest total), "greedy" (largest first) or "ranked" (by
    falling confidence, else as written). No boxes on either side is 1, on exactly one side 0.

    >>> sample = {"response": "<answer>[[0, 0, 10, 8], [50, 50, 60, 60]]</answer>", "boxes": [0, 0, 10, 10]}
    >>> [credit(measure=m).one(sample).value for m in ("precision", "recall", "larger")]
    [0.4, 0.8, 0.4]
    >>> credit(measure="recall", clip=(0.5, 0.75)).one(sample).value
    1.0
    """
    _check_clip("boxes.credit", clip)
    one_of("measure", measure, MEASURES)
    one_of("overlap", overlap, OVERLAPS)
    one_of("matcher", matcher, MATCHERS)

    def judge(found: list[Box], true: list[Box]) -> float:
        pairs = _pairs(ranked(found) if matcher == "ranked" else found, true, overlap, clip[0])
        return worth(pair_up(pairs, matcher), len(found), len(true), clip).measure(measure)

    found = read_answer(read_boxes, response, within)
    return compare(found, true_boxes(boxes, Frames(frame, image_size, resized_size)), judge)


@reward("boxes.calibration", range=(0, 1))
def calibration(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    threshold: float = 0.5,
    scoring: Scoring = "brier",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """How well the confidence written beside each box says whether it is a hit: mean of 1 − (confidence − hit)².

    A box is a hit (1, else 0) if, by falling confidence, it gets a true box of its label with IoU ≥ threshold.
    Best in expectation is to write the probability of a hit (Brier 1950). With scoring="linear" the mean is of
    1 − |confidence − hit|, as Liu et al. 2025 (Visual-RFT, https://arxiv.org/abs/2503.01785) have it: best is 0
    or 1, whichever is likelier. A box without a confidence in 0–1 is malformed. No boxes where there are none
    is 1, where there are some 0.

    >>> sample = {"response": "<answer>[{'bbox_2d': [0, 0, 9, 9], 'confidence': 0.8}]</answer>", "boxes": [0, 0, 9, 9]}
    >>> [round(calibration(scoring=s).one(sample).value, 2) for s in ("brier", "linear")]
    [0.96, 0.8]
    """
    one_of("scoring", scoring, SCORINGS)

    def judge(found: list[Box], true: list[Box]) -> float:
        if not found:
            return float(not true)
        ordered = ranked(found)
        hits = {row for _, row, _ in pair_up(_pairs(ordered, true, "iou", threshold), "ranked")}
        off = [abs((box.score or 0.0) - (row in hits)) for row, box in enumerate(ordered)]
        return 1 - sum(x * x if scoring == "brier" else x for x in off) / len(off)

    found = _confident(read_answer(read_boxes, response, within))
    return compare(found, true_boxes(boxes, Frames(frame, image_size, resized_size)), judge)


@reward("boxes.images", range=(0, 1))
def images(
    response: str,
    boxes: Sequence[Any],
    image_sizes: Sequence[Any] | None = None,
    *,
    measure: Measure = "f1",
    clip: tuple[float, float] = (0.5, 0.5),
    groups: Groups = "named",
    frame: FrameLike = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """Boxes in several images as precision, recall, F1, or a share of the larger number of boxes, of all images.

    `boxes` holds one list of true boxes an image, empty where there are none; the response lists JSON objects
    that say which image they are in, `{"image": 1, "bbox_2d": …, "label": …}`, counted from 1. Pairs of the
    greatest total IoU within an image and group are worth what `clip` says, by default 1 from an IoU of 0.5 on.
    Labels name groups: the same "named" ones go together, or with "matched" whichever agree best, one to one
    and the same in all images; "ignored" is one group. No boxes on either side is 1, on exactly one side 0.
    For frames other than pixels `image_sizes` has a (width, height) for each image.

    >>> answer = '[{"image": 2, "bbox_2d": [0, 0, 10, 9], "label": "left"}]'
    >>> sample = {"response": f"<answer>{answer}</answer>", "boxes": [[], [{"bbox_2d": [0, 0, 10, 10], "label": "a"}]]}
    >>> [images(groups=g).one(sample).value for g in ("named", "matched")]
    [0.0, 1.0]
    """
    _check_clip("boxes.images", clip)
    one_of("measure", measure, MEASURES)
    one_of("groups", groups, GROUPS)
    sizes = [None] * len(boxes) if image_sizes is None else image_sizes
    true = [true_boxes(one, Frames(frame, size)) for one, size in zip(boxes, sizes, strict=True)]
    if unread := next((one for one in true if one.value is None), None):
        return Score.inapplicable(f"the true boxes cannot be read: {unread.reason}")

    def judge(found: list[list[Box]], true: list[list[Box]]) -> float:
        if groups == "ignored" or all(box.label is None for boxes in true for box in boxes):
            found, true = ([[box._replace(label=None) for box in boxes] for boxes in side] for side in (found, true))
        credits = agreement(found, true, clip)
        same = partners(credits) if groups == "matched" else {name: name for name, _ in credits}
        total = sum(credit for (name, true_name), credit in credits.items() if (name, true_name) in same.items())
        return Worth(total, total, sum(map(len, found)), sum(map(len, true))).measure(measure)

    read = read_answer(lambda text: image_boxes(text, len(boxes)), response, within)
    return compare(read, Parsed([one.value or [] for one in true]), judge)


def ranked(found: Sequence[Box]) -> list[Box]:
    """Boxes by falling confidence where each has one, equal ones as written; else as written."""
    if any(box.score is None for box in found):
        return list(found)
    return sorted(found, key=lambda box: -(box.score or 0.0))


def _pairs(found: Sequence[Box], true: Sequence[Box], overlap: Overlap, at_least: float) -> list[Pair]:
    labels = None
    if any(box.label is not None for box in true):
        labels = [_folded(box) for box in found], [_folded(box) for box in true]
    return candidates([b[:4] for b in found], [b[:4] for b in true], labels, overlap=overlap, at_least=at_least)


def agreement(
    found: Sequence[list[Box]], true: Sequence[list[Box]], clip: tuple[float, float] = (0.5, 0.5)
) -> dict[tuple[str | None, str | None], float]:
    """Σ credit over images of the pairs between each group found and each true one, by their labels."""
    credits: dict[tuple[str | None, str | None], float] = defaultdict(float)
    for here, there in zip(found, true, strict=True):
        together = defaultdict(list)
        for pair in candidates([b[:4] for b in here], [b[:4] for b in there], at_least=clip[0]):
            together[_folded(here[pair[1]]), _folded(there[pair[2]])].append(pair)
        for key, pairs in together.items():
            credits[key] += worth(pair_up(pairs, "hungarian"), 0, 0, clip).found
    return credits


def partners(credits: Mapping[tuple[str | None, str | None], float]) -> dict[str | None, str | None]:
    """Which true group each group found stands for, one to one, so that they agree most in all."""
    names = sorted({name for key in credits for name in key}, key=str)
    pairs = [(credit, names.index(name), names.index(true_name)) for (name, true_name), credit in credits.items()]
    return {names[row]: names[column] for _, row, column in pair_up(pairs, "hungarian")}


def _folded(box: Box) -> str | None:
    return box.label and box.label.strip().casefold()


def _confident(found: Parsed[list[Box]]) -> Parsed[list[Box]]:
    for i, box in enumerate(found.value or ()):
        if box.score is None or not 0 <= box.score <= 1:
            return malformed(f"box {i + 1}: {box.score} is no confidence in 0–1")
    return found


def _check_clip(id: str, clip: tuple[float, float]) -> None:
    if not 0 <= clip[0] <= clip[1] <= 1:
        raise ContractError(f"{id}: clip={clip} is not 0 ≤ floor ≤ ceiling ≤ 1")
