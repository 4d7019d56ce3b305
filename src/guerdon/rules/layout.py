"""Layouts planned in words before a picture is drawn, against what was asked for and what was drawn.

A plan says each object and its box, `<|obj_start|>a red cat<|obj_end|> <|box_start|>(36,66),(907,694)<|box_end|>`
(`guerdon.parse.grounded`), and ends where the picture begins, at `<begin_of_image>`. Its coordinates are 0–1000
along each side whatever the picture's shape, unless `frame` says otherwise. A plan without boxes, or with one
that cannot be read, is malformed. After Duan et al. 2025 (GoT-R1), https://arxiv.org/abs/2505.17022.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guerdon.geometry import Box, Frame, FrameLike
from guerdon.leaf import reward
from guerdon.metrics.boxes import iou
from guerdon.metrics.pairs import candidates, pair_up, worth
from guerdon.parse.grounded import grounded_phrases
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.boxes import Frames, true_boxes
from guerdon.rules.where import compare
from guerdon.scores import Score

IMAGE = "<begin_of_image>"
DIRECTIONS = {"left of": (-1, 0), "right of": (1, 0), "above": (0, -1), "below": (0, 1)}
APART = 0.1
"""The IoU up to which two boxes can be side by side."""


def plan(response: str, frame: FrameLike = "per_mille") -> Parsed[list[Box]]:
    """The objects and boxes of a plan, in order."""
    return grounded_phrases(response.partition(IMAGE)[0], frame=frame)


@reward("layout.consistency", range=(0, 1))
def consistency(
    response: str, grounded: Any, image_size: Any = None, *, frame: FrameLike = "per_mille"
) -> float | Score:
    """Σ IoU of planned boxes and those found in the picture for the same phrase, over the larger number of them, 0–1.

    The column `grounded` has the boxes found, labelled with their phrases, in pixels of a picture of
    `image_size`, (width, height). Pairs are one to one, of the greatest total: an object planned twice has to
    be there twice, and one that is missing, or found but not planned, counts 0. Case does not matter. Where
    each phrase is grounded on its own, once, this is the mean over planned objects: R_RI of GoT-R1.

    >>> row = {"response": "<|obj_start|>a cat<|obj_end|><|box_start|>(0,0),(500,500)<|box_end|>",
    ...        "grounded": [{"label": "A cat", "bbox_2d": [0, 0, 100, 100]}], "image_size": (400, 200)}
    >>> consistency().one(row).value  # 0 … 250 by 0 … 500 of 1000
    0.5
    """
    return compare(plan(response, frame), _labelled(grounded, Frames(frame, image_size)), _agreement)


@reward("layout.relations", range=(0, 1))
def relations(
    response: str,
    relations: Sequence[tuple[str, str, str]],
    image_size: Any = None,
    *,
    frame: FrameLike = "per_mille",
) -> float | Score:
    """Share of the relations asked for that hold between planned boxes, 0–1.

    The column `relations` lists [phrase, relation, phrase], with left of, right of, above and below. One holds
    if both phrases (but for case) are planned once, their centres are farther apart that way than the other, and
    their IoU is at most 0.1: boxes over everything, or copies everywhere, are on no side of anything. A picture that
    is not square needs its `image_size`, (width, height). Without relations there is nothing to check.

    >>> cat = "<|obj_start|>a cat<|obj_end|><|box_start|>(0,0),(300,300)<|box_end|>"
    >>> dog = "<|obj_start|>a dog<|obj_end|><|box_start|>(600,0),(900,300)<|box_end|>"
    >>> asked = [("a cat", "left of", "a dog"), ("a cat", "above", "a dog")]
    >>> relations().one({"response": f"{cat} and {dog}", "relations": asked}).value
    0.5
    """
    found = plan(response, frame)
    return compare(found, _asked(relations), lambda boxes, asked: _held(boxes, asked, image_size))


def side_by_side(first: Box, name: str, second: Box) -> bool:
    """Whether a relation clearly holds between two boxes of one frame, as `layout.relations` takes it."""
    across, down = DIRECTIONS[name]
    dx, dy = (first.x1 + first.x2 - second.x1 - second.x2), (first.y1 + first.y2 - second.y1 - second.y2)
    along, aside = (dx * across, abs(dy)) if across else (dy * down, abs(dx))
    return along > aside and iou(first.corners, second.corners) <= APART


def _held(boxes: list[Box], asked: list[tuple[str, str, str]], image_size: Any) -> float:
    if image_size is not None and boxes[0].frame is not None:
        boxes = [box.to(Frame(*image_size)) for box in boxes]
    by_phrase: dict[str, list[Box]] = {}
    for box in boxes:
        by_phrase.setdefault(_fold(box.label), []).append(box)

    def holds(first: str, name: str, second: str) -> bool:
        a, b = by_phrase.get(_fold(first), []), by_phrase.get(_fold(second), [])
        return len(a) == len(b) == 1 and side_by_side(a[0], name, b[0])

    return sum(holds(*one) for one in asked) / len(asked)


def _asked(given: Sequence[Any]) -> Parsed[list[tuple[str, str, str]]]:
    asked = [tuple(one) for one in given]
    wrong = next((one for one in asked if len(one) != 3 or one[1] not in DIRECTIONS), None)
    if wrong is not None:
        return malformed(f"{wrong!r:.80} is not (phrase, {' | '.join(DIRECTIONS)}, phrase)")
    return Parsed([(str(a), name, str(b)) for a, name, b in asked]) if asked else malformed("no relations")


def _labelled(given: Any, frames: Frames) -> Parsed[list[Box]]:
    """What was found in the picture; the same box for the same phrase is one thing, however often it was asked for."""
    found = true_boxes(given, frames)
    if found.value is None:
        return found
    if any(box.label is None for box in found.value):
        return malformed("a box in the picture without its phrase")
    return Parsed(list({(_fold(box.label), *box.corners): box for box in found.value}.values()))


def _agreement(planned: list[Box], drawn: list[Box]) -> float:
    labels = [_fold(box.label) for box in planned], [_fold(box.label) for box in drawn]
    pairs = candidates([box[:4] for box in planned], [box[:4] for box in drawn], labels, at_least=0.0)
    return worth(pair_up(pairs, "hungarian"), len(planned), len(drawn)).measure("larger")


def _fold(label: str | None) -> str:
    return (label or "").strip().casefold()
