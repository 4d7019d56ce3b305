"""Finding what a text asks for in two images at once, or in neither (Xu et al. 2024).

A response lists boxes that say which image they are in, and for some prompts which group of things they
belong to; groups have no names of their own, so the assignment that agrees best counts. `grounding` is the
reward: F1 over both images, where a box in an image without a target costs. `ap50` and `evaluate` are the
benchmark's figures over a data set: AP at IoU 0.5 of each group number, weighted by its true boxes, and the
share of pairs for which it is right in which images there is something at all. Rows have `boxes`, a list of
true boxes for each image with the group as label.

`evaluate(as_published=True)` repeats the scoring script, whose renaming of groups makes a swap of two groups
one group, reaches only the last pair, and fails without a pair with two groups. Image-level accuracy asks
neither where a box is nor how sure: as a reward it teaches no grounding, see the proofs.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from math import isclose
from typing import Any, NamedTuple

import numpy as np

from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.metrics.detection import Image, average_precisions
from guerdon.parse.boxes import image_boxes
from guerdon.parse.result import Parsed
from guerdon.reward import Reward
from guerdon.rules.boxes import true_boxes
from guerdon.rules.detection import agreement, images, partners
from guerdon.rules.where import compare, read_answer
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _mc_bench as published
from guerdon.world.policy import Floats, Softmax, group_relative

Boxes = list[list[Box]]
"""One list an image."""


class Figures(NamedTuple):
    """The benchmark's two figures, 0–1."""

    ap50: float
    image_accuracy: float


def grounding() -> Reward:
    """F1 of boxes over both images, whatever the groups are called."""
    return images(groups="matched")


@reward("mc_bench.presence", range=(0, 1), binary=True)
def presence(response: str, boxes: Sequence[Any]) -> float | Score:
    """1 if boxes are listed in just those images that have true ones, wherever they are."""
    read = read_answer(partial(image_boxes, images=len(boxes)), response, "answer")
    return compare(read, _true(boxes), lambda found, true: float(_where(found) == _where(true)))


@reward("mc_bench.ap50", range=(0, 1), over="set")
def ap50(response: Sequence[str], boxes: Sequence[Sequence[Any]]) -> float | Score:
    """AP at IoU 0.5 over all rows of a set, a mean over groups weighted by their true boxes.

    Confidences written beside boxes rank them over all images, boxes without one rank as sure. A response that
    cannot be read has no boxes.

    >>> rows = [{"response": "<answer>None</answer>", "boxes": [[[0, 0, 9, 9]], []], "set": 0}]
    >>> ap50()(rows).values
    array([0.])
    """
    pairs: list[tuple[Boxes, Boxes]] = []
    for text, given in zip(response, boxes, strict=True):
        true = _true(given).value
        if true is None:
            return Score.inapplicable(f"the true boxes of row {len(pairs)} of the set cannot be read")
        found = read_answer(partial(image_boxes, images=len(given)), text, "answer").value
        pairs.append((found or [[] for _ in given], true))
    return weighted_ap(pairs)


def evaluate(
    images: Sequence[Mapping[str, Any]],
    annotations: Sequence[Mapping[str, Any]],
    detections: Sequence[Mapping[str, Any]],
    *,
    as_published: bool = False,
) -> Figures:
    """Both figures of detections for a data set in COCO's format; two images with ids in a row are a pair.

    Boxes are [x, y, width, height] in pixels, groups are category ids. Raises ValueError for an odd number of
    images, and as published where no pair has two groups.

    >>> shown = {"image_id": 1, "category_id": 1, "bbox": [0, 0, 9, 9]}
    >>> evaluate([{"id": 1}, {"id": 2}], [shown], [{**shown, "score": 0.9}])
    Figures(ap50=1.0, image_accuracy=1.0)
    """
    ids = sorted(image["id"] for image in images)
    if len(ids) % 2:
        raise ValueError(f"{len(ids)} images are not pairs")
    pairs = list(zip(ids[::2], ids[1::2], strict=True))
    found = published.regrouped(pairs, annotations, detections) if as_published else detections
    here, there = _by_image(found), _by_image(annotations)
    sides = [([here[i] for i in pair], [there[i] for i in pair]) for pair in pairs]
    right = [_where(mine) == _where(theirs) for mine, theirs in sides]
    return Figures(weighted_ap(sides, match_groups=not as_published), sum(right) / len(right) if right else 0.0)


def weighted_ap(pairs: Sequence[tuple[Boxes, Boxes]], *, match_groups: bool = True) -> float:
    """AP at IoU 0.5 of (found, true) boxes, a mean over groups weighted by their true boxes; without any 1 or 0."""
    shown = []
    for found, true in pairs:
        renamed = _renamed(found, true) if match_groups else found
        shown += [_image(mine, theirs) for mine, theirs in zip(renamed, true, strict=True)]
    counts = Counter(label for image in shown for label in image.true_labels)
    if not counts:
        return float(not any(image.boxes for image in shown))
    precisions = average_precisions(shown, (0.5,))
    return sum(precisions[label] * n for label, n in counts.items()) / counts.total()


def _renamed(found: Boxes, true: Boxes) -> Boxes:
    """Groups found under the names of the true ones they agree with most, where there are several of these."""
    if len({box.label for boxes in true for box in boxes}) < 2:
        return found
    names = partners(agreement(found, true, (0.0, 1.0)))
    return [[box._replace(label=names.get(box.label, box.label)) for box in boxes] for boxes in found]


def _image(found: Sequence[Box], true: Sequence[Box]) -> Image:
    scores = [1.0 if box.score is None else box.score for box in found]
    places, true_places = ([box[:4] for box in boxes] for boxes in (found, true))
    return Image(places, [box.label for box in found], scores, true_places, [box.label for box in true])


def _by_image(rows: Sequence[Mapping[str, Any]]) -> dict[int, list[Box]]:
    boxes: dict[int, list[Box]] = defaultdict(list)
    for row in rows:
        x, y, width, height = row["bbox"]
        box = Box(x, y, x + width, y + height, str(row["category_id"]), row.get("score"))
        boxes[row["image_id"]].append(box)
    return boxes


def _where(boxes: Boxes) -> list[bool]:
    return [bool(here) for here in boxes]


def _true(boxes: Sequence[Any]) -> Parsed[Boxes]:
    read = [true_boxes(one) for one in boxes]
    bad = next((one for one in read if one.value is None), None)
    return Parsed([one.value or [] for one in read]) if bad is None else Parsed(None, *bad[1:])


system = System(
    id="mc-bench",
    title="MC-Bench: A Benchmark for Multi-Context Visual Grounding in the Era of MLLMs",
    year=2024,
    url="https://arxiv.org/abs/2410.12332",
    about=__doc__,
    rewards={"grounding": grounding, "presence": presence, "ap50": ap50},
    published=(
        Published(
            "AP50 and image-level accuracy, %",
            "arXiv:2410.12332, from memory and approximate, not checked against the paper",
            ("model", "AP50", "image accuracy"),
            (("best end-to-end models", "20–30", "–"), ("GPT-4o with Grounding DINO", 36, "–"), ("people", "70", "90")),
        ),
    ),
)


JITTERS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
"""Standard deviations of corners, as shares of a box's side."""
PAIRS, CELLS, SIDE = 300, 9, 100
STEPS, PROMPTS, GROUP, RATE = 120, 8, 8, 8.0


@system.proof(claim="AP50 never rises with jitter, and falls from 1 to almost nothing", seconds=10)
def jitter_costs(seed: int) -> Measured:
    """AP50 at a jitter of 40 %, or 1 if it ever rose on the way; the baseline is image-level accuracy there."""
    rng = np.random.default_rng(seed)
    figures = [_jittered(rng, jitter) for jitter in JITTERS]
    falls = isclose(figures[0].ap50, 1.0) and all(a.ap50 >= b.ap50 for a, b in pairwise(figures))
    return Measured(figures[-1].ap50 if falls else 1.0, at_most=0.1, baseline=figures[-1].image_accuracy)


@system.proof(claim="a swap of two groups' names costs nothing", seconds=5)
def swaps_are_free(seed: int) -> Measured:
    """AP50 of perfect boxes whose groups are swapped in every pair; the baseline is scored as published."""
    shown, annotations, detections = _data(np.random.default_rng(seed), groups=2)
    swapped = [{**one, "category_id": 3 - one["category_id"], "score": 1.0} for one in detections]
    sound, old = (evaluate(shown, annotations, swapped, as_published=p).ap50 for p in (False, True))
    return Measured(sound, at_least=1.0, baseline=old)


@system.proof(claim="image-level accuracy as a reward teaches in which image, not where", seconds=15)
def presence_is_blind(seed: int) -> Measured:
    """Share of boxes in the right one of nine places after GRPO; the baseline is trained on F1 over both images."""
    return Measured(_trained("presence", seed), at_most=0.3, baseline=_trained("grounding", seed))


@system.proof(claim="F1 over both images teaches where", seconds=1)
def grounding_sees(seed: int) -> Measured:
    """The same two runs, the other way round."""
    return Measured(_trained("grounding", seed), at_least=0.9, baseline=_trained("presence", seed))


def _data(rng: np.random.Generator, groups: int) -> tuple[list[dict[str, int]], list[Any], list[Any]]:
    """Pairs of images with a box of every group in one or both; the boxes are truth and detections alike."""
    rows: list[dict[str, Any]] = []
    for first in range(1, 2 * PAIRS, 2):
        for group in range(1, groups + 1):
            for image in ((first,), (first + 1,), (first, first + 1))[int(rng.integers(3))]:
                x, y = rng.integers(0, 500, 2).tolist()
                box = [x + 1000 * group, y, *rng.integers(40, 120, 2).tolist()]
                rows.append({"image_id": image, "category_id": group, "bbox": box})
    return [{"id": i} for i in range(1, 2 * PAIRS + 1)], rows, rows


def _jittered(rng: np.random.Generator, jitter: float) -> Figures:
    shown, annotations, detections = _data(rng, groups=1)
    moved = []
    for one in detections:
        x, y, width, height = one["bbox"]
        dx1, dy1, dx2, dy2 = rng.normal(0, jitter, 4) * (width, height, width, height)
        corners = [x + dx1, y + dy1, x + width + dx2, y + height + dy2]
        box = [corners[0], corners[1], max(corners[2] - corners[0], 0.0), max(corners[3] - corners[1], 0.0)]
        moved.append({**one, "bbox": box, "score": float(rng.random())})
    return evaluate(shown, annotations, moved)


@cache
def _trained(teacher: str, seed: int) -> float:
    """Share of boxes in the right place, by a policy that sees where the target is, after GRPO."""
    rng = np.random.default_rng(seed)
    made = grounding() if teacher == "grounding" else presence()
    policy = Softmax([CELLS + 1], CELLS + 1)
    for _ in range(STEPS):
        targets = rng.integers(CELLS + 1, size=(PROMPTS, 2)).repeat(GROUP, axis=0)
        chosen = policy.draw(rng, targets.ravel()).reshape(targets.shape)
        rows = [_row(targets[k].tolist(), chosen[k].tolist()) for k in range(len(targets))]
        values = made(rows).values
        advantages = group_relative(values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(chosen.ravel(), advantages.repeat(2), targets.ravel(), rate=RATE)
    probabilities: Floats = policy.probabilities(np.arange(CELLS + 1))
    return float(np.diag(probabilities)[:CELLS].mean())


def _row(targets: Sequence[int], chosen: Sequence[int]) -> Row:
    """Each of two images has its target in a cell, or nowhere; the response says for each a cell, or nothing."""
    said = [{"image": k, "bbox_2d": _place(cell)} for k, cell in enumerate(chosen, 1) if cell < CELLS]
    boxes = [[_place(cell)] if cell < CELLS else [] for cell in targets]
    return {"response": f"<answer>{json.dumps(said)}</answer>", "boxes": boxes}


def _place(cell: int) -> list[int]:
    y, x = divmod(cell, 3)
    return [x * SIDE, y * SIDE, (x + 1) * SIDE, (y + 1) * SIDE]
