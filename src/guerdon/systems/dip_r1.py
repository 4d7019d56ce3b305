"""Look at what is unclear before deciding: rewards for finding objects in crowds (2025).

A response thinks, lists regions that it looks at more closely, and answers with boxes. Three rewards are summed:
the layout think, look, answer; a weighted mean of precision and recall; and a look reward that pays for looking
where the group of responses to one prompt disagrees. Rows have `boxes`, the true ones, `image_size` and `group`.

No code is public and the look reward's equations could not be read, so it is **a reconstruction** from the
paper's words, and so are the weights (½ for precision, 1 for each of the three): for each true box, the
variance over the group of its best IoU with the boxes of an answer says how unclear it is; those above the
mean variance are worth a look; a response earns the share of them that its look boxes contain. What looks
cover beyond `budget`, a share of the picture, lowers that in proportion, so that looking everywhere is no way
out. Where all responses agree nothing is unclear, and no look pays. Responses whose answer cannot be read say
nothing about what is unclear.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.parse.boxes import boxes as read_boxes
from guerdon.parse.result import Parsed, malformed
from guerdon.reward import Reward
from guerdon.rules.boxes import match, true_boxes
from guerdon.rules.format import tags
from guerdon.rules.where import read_answer
from guerdon.sample import Row
from guerdon.scores import ContractError, Score
from guerdon.systems import Measured, System
from guerdon.world.policy import Floats, Indices, Softmax, group_relative

Cover = Literal["centre", "half"]
MAX_LOOKS = 100
"""Look boxes of one response: the area that they cover takes the cube of their number."""


def total(*, weight: float = 0.5, budget: float = 0.3, threshold: float = 0.5) -> Reward:
    """Layout, accuracy and look, 0–3."""
    return layout() + accuracy(weight=weight, threshold=threshold) + look(budget=budget)


def layout() -> Reward:
    """1 for the blocks think, look and answer, and nothing else."""
    return tags(tags="think look answer")


def accuracy(*, weight: float = 0.5, threshold: float = 0.5) -> Reward:
    """weight · precision + (1 − weight) · recall of one-to-one pairs with IoU ≥ threshold."""
    precision = match(measure="precision", threshold=threshold).named("precision")
    recall = match(measure="recall", threshold=threshold).named("recall")
    return weight * precision + (1 - weight) * recall


@reward("dip_r1.look", range=(0, 1), over="group", shared=("boxes", "image_size"))
def look(
    response: Sequence[str],
    boxes: Any,
    image_size: Any,
    *,
    budget: float = 0.3,
    factor: float = 1.0,
    cover: Cover = "centre",
) -> list[float | Score]:
    """Share of the unclear true boxes that a response's look boxes contain, times min(1, budget / area looked at).

    A true box is unclear if the variance over the group of its best IoU is above `factor` × the mean variance;
    where none is, every look earns 0. It is contained if its centre, or with cover="half" half of its area, is.
    Areas are shares of the picture of `image_size`, (width, height).

    >>> picture = {"boxes": [[0, 0, 10, 10], [50, 50, 60, 60]], "image_size": [100, 100], "group": 0}
    >>> sure, unsure = "[[0, 0, 10, 10]]", "[[0, 0, 10, 10], [50, 50, 60, 60]]"
    >>> said = [("[[45, 45, 65, 65]]", sure), ("[[0, 0, 20, 20]]", unsure), ("[[0, 0, 100, 100]]", unsure)]
    >>> rows = [{"response": f"<look>{l}</look><answer>{a}</answer>", **picture} for l, a in said]
    >>> look()(rows).values
    array([1. , 0. , 0.3])
    """
    if budget <= 0 or cover not in ("centre", "half"):
        raise ContractError(f"dip_r1.look: budget={budget} is positive and cover={cover!r} is centre or half")
    true = true_boxes(boxes)
    if true.value is None:
        return [Score.inapplicable(f"the true boxes cannot be read: {true.reason}") for _ in response]
    unclear = _unclear([read_answer(read_boxes, text, "answer").value for text in response], true.value, factor)
    return [_worth(_looks(text), unclear, image_size, budget, cover) for text in response]


def _unclear(answers: Sequence[list[Box] | None], true: list[Box], factor: float) -> list[Box]:
    places = [box[:4] for box in true]
    read = [metric.iou_matrix([box[:4] for box in answer], places) for answer in answers if answer is not None]
    if not (read and true):
        return []
    variances = np.var([overlap.max(axis=0, initial=0.0) for overlap in read], axis=0)
    # Equal variances differ from their mean by rounding.
    worth_a_look = variances > factor * variances.mean() + 1e-12
    return [box for box, unclear in zip(true, worth_a_look, strict=True) if unclear]


def _looks(text: str) -> Parsed[list[Box]]:
    read = read_answer(read_boxes, text, "look")
    return malformed(f"more than {MAX_LOOKS} look boxes") if len(read.value or ()) > MAX_LOOKS else read


def _worth(looks: Parsed[list[Box]], unclear: list[Box], size: Any, budget: float, cover: Cover) -> float | Score:
    if looks.value is None:
        return Score.malformed(looks.reason)
    if not (unclear and looks.value):
        return 0.0
    width, height = size
    inside = np.clip([box[:4] for box in looks.value], 0, (width, height, width, height))
    area = metric.union_area(inside) / (width * height)
    seen = _contained(np.array([box[:4] for box in unclear]), inside, cover)
    return float(seen.mean()) * min(1.0, budget / area) if area > 0 else 0.0


def _contained(boxes: Floats, looks: Floats, cover: Cover) -> NDArray[np.bool_]:
    if cover == "half":
        area = metric.areas(boxes)
        shared = metric.intersection_matrix(boxes, looks).max(axis=1, initial=0.0)
        return np.asarray((2 * shared >= area) & (area > 0))
    middle = ((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None]
    inside = (looks[:, :2] <= middle) & (middle <= looks[:, 2:])
    return np.asarray(inside.all(axis=-1).any(axis=-1))


system = System(
    id="dip-r1",
    title="DIP-R1: Deep Inspection and Perception with RL Looking Through and Understanding Complex Scenes",
    year=2025,
    url="https://arxiv.org/abs/2505.23179",
    about=__doc__,
    rewards={"total": total, "look": look, "accuracy": accuracy, "format": layout},
)


GRID, CELL, SIDE = 6, 100, 20
"""Cells along each side of the picture, their pixels, and those of an object."""
EASY, HARD = 30, 10
FOUND, SEEN, SOON = 0.5, 0.9, 0.55
"""How likely a detector finds a hard object; one that was looked at, or an easy one; and one that was looked at
by a model that hardly makes use of it yet."""
LOOKS, STEPS, PROMPTS, GROUP, RATE = 3, 30, 2, 8, 8.0
WHOLE = GRID * GRID
"""The option of looking at the whole picture."""


class Crowd(NamedTuple):
    """Where the objects are; the hard ones lie in a patch of 3 x 3 cells."""

    easy: Floats
    hard: Floats
    patch: NDArray[np.bool_]
    """Which cells are in the patch, [cells]."""


@system.proof(claim="the look reward teaches where to look before looking pays: at hard objects", seconds=20)
def looks_find_the_hard(seed: int) -> Measured:
    """Share of looks at cells with hard objects after GRPO, a quarter before, where looking raises the chance to find
    one from 0.5 to 0.55; the baseline has accuracy alone."""
    alone = _trained(seed, looking=False, helped=SOON)
    return Measured(_trained(seed, helped=SOON).on_patch, at_least=0.8, baseline=alone.on_patch)


@system.proof(claim="where looking raises the chance to 0.9, they are found", seconds=15)
def hard_ones_are_found(seed: int) -> Measured:
    """Recall of hard objects after GRPO, 0.5 without looks; the baseline has accuracy alone, which then suffices."""
    return Measured(_trained(seed).recall, at_least=0.75, baseline=_trained(seed, looking=False).recall)


@system.proof(claim="where looks may cover any area, it teaches to look at the whole picture", seconds=15)
def looking_everywhere_pays(seed: int) -> Measured:
    """Share of looks at the whole picture after GRPO, 1 of 37 before; the baseline has a budget of a tenth."""
    return Measured(_narrow(seed, 1.0), at_least=0.5, baseline=_narrow(seed, 0.1))


@system.proof(claim="a budget of area cures that", seconds=15)
def a_budget_cures(seed: int) -> Measured:
    """The same two runs, the other way round."""
    return Measured(_narrow(seed, 0.1), at_most=0.05, baseline=_narrow(seed, 1.0))


class Habits(NamedTuple):
    """What a policy looks at after training."""

    on_patch: float
    """Share of its looks whose cell is in the patch."""
    whole: float
    """Share of its looks at the whole picture."""
    recall: float
    """Expected recall of hard objects by a detector that makes full use of looks."""


def _narrow(seed: int, budget: float) -> float:
    """How often a policy looks at the whole picture whose other looks show one cell, a tenth of the hard objects."""
    return _trained(seed, budget=budget, reach=0, steps=40).whole


@cache
def _trained(
    seed: int, *, looking: bool = True, helped: float = SEEN, budget: float = 0.3, reach: int = 1, steps: int = STEPS
) -> Habits:
    """GRPO of a policy that chooses three regions of one crowd, a cell and `reach` around it or the whole picture."""
    rng = np.random.default_rng(seed)
    crowd = _crowd(rng)
    teacher = layout() + accuracy() + (look(budget=budget) if looking else 0.0)
    policy = Softmax([1], WHOLE + 1)
    alone = np.zeros(PROMPTS * GROUP * LOOKS, np.intp)
    for _ in range(steps):
        looks = policy.draw(rng, alone).reshape(-1, LOOKS)
        rows = [_row(rng, crowd, _regions(chosen, reach), helped, k // GROUP) for k, chosen in enumerate(looks)]
        advantages = group_relative(teacher(rows).values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(looks.ravel(), advantages.repeat(LOOKS), alone, rate=RATE)
    return _habits(rng, crowd, policy, reach)


def _crowd(rng: np.random.Generator) -> Crowd:
    row, column = rng.integers(0, GRID - 2, 2)
    patch = np.zeros((GRID, GRID), np.bool_)
    patch[row : row + 3, column : column + 3] = True
    easy = rng.choice(np.flatnonzero(~patch), EASY)
    hard = np.append(np.flatnonzero(patch), rng.choice(np.flatnonzero(patch)))  # one in every cell, and one more
    return Crowd(_objects(rng, easy), _objects(rng, hard), patch.ravel())


def _objects(rng: np.random.Generator, cells: Indices) -> Floats:
    corner = np.stack([cells % GRID, cells // GRID], axis=1) * CELL + rng.integers(0, CELL - SIDE, (len(cells), 2))
    return np.hstack([corner, corner + SIDE]).astype(float)


def _regions(options: Indices, reach: int) -> Floats:
    """Cells and what lies around them, or the whole picture, [n, 4]."""
    corner = np.stack([options % GRID, options // GRID], axis=1)
    regions = np.hstack([corner - reach, corner + 1 + reach]).clip(0, GRID) * CELL
    return np.where((options == WHOLE)[:, None], [0, 0, GRID * CELL, GRID * CELL], regions).astype(float)


def _seen(crowd: Crowd, regions: Floats) -> NDArray[np.bool_]:
    """Which hard objects were looked at closely; a look at everything is none."""
    close = regions[regions[:, 2] - regions[:, 0] < GRID * CELL]
    return _contained(crowd.hard, close, "centre")


def _row(rng: np.random.Generator, crowd: Crowd, regions: Floats, helped: float, group: int) -> Row:
    chances = np.append(np.full(EASY, SEEN), np.where(_seen(crowd, regions), helped, FOUND))
    objects = np.vstack([crowd.easy, crowd.hard])
    answer = json.dumps(objects[rng.random(EASY + HARD) < chances].tolist())
    looks = json.dumps(regions.tolist())
    return {
        "response": f"<think>a crowd</think><look>{looks}</look><answer>{answer}</answer>",
        "boxes": objects,
        "image_size": (GRID * CELL, GRID * CELL),
        "group": group,
    }


def _habits(rng: np.random.Generator, crowd: Crowd, policy: Softmax, reach: int) -> Habits:
    looks = policy.draw(rng, np.zeros(200 * LOOKS, np.intp)).reshape(-1, LOOKS)
    seen = np.mean([_seen(crowd, _regions(chosen, reach)).mean() for chosen in looks])
    on_patch = np.append(crowd.patch, False)[looks]
    return Habits(float(on_patch.mean()), float((looks == WHOLE).mean()), float(FOUND + (SEEN - FOUND) * seen))
