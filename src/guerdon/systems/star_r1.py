"""Which object changed which attribute to which value: credit that neither listing nor silence earns (2025).

Given two images of a scene, a model answers with triplets (object, attribute, new value). A triplet earns
5 points if all three are right, 1.5 for object and attribute, 0.5 for the object; saying too much or
nothing costs. Rows have `answer`, the true triplets.

No code is public and the two penalties are not stated: here each surplus triplet costs 1, more than the 0.5
that naming an attribute of the right object may earn, and an empty answer costs 1 per true triplet. Triplets
are paired one to one, so that no true one pays twice; `as_published=True` reads the paper's sum over predicted
triplets literally: each earns what the nearest true one allows, and the same one again and again.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.special import expit

from guerdon.leaf import reward
from guerdon.metrics.structured import prefix_points
from guerdon.parse.tuples import tuples as read_tuples
from guerdon.reward import Reward
from guerdon.rules import structured
from guerdon.rules.format import tags
from guerdon.rules.where import read_answer
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Floats, Indices, group_relative

CREDITS = (0.5, 1.5, 5.0)
"""For the right object, attribute too, value too."""


def total(*, surplus: float = 1.0, empty: float = 1.0, as_published: bool = False) -> Reward:
    """Accuracy plus format."""
    return accuracy(surplus=surplus, empty=empty, as_published=as_published) + tags()


def accuracy(*, surplus: float = 1.0, empty: float = 1.0, as_published: bool = False) -> Reward:
    """Points for right triplets, less `surplus` for each too many and `empty` × true ones for saying nothing."""
    if as_published:
        return sum_over_predictions(surplus=surplus, empty=empty)
    return structured.tuples(credits=CREDITS, surplus=surplus, empty=empty)


@reward("star_r1.published")
def sum_over_predictions(response: str, answer: Any, *, surplus: float = 1.0, empty: float = 1.0) -> float | Score:
    """As `structured.tuples`, but each predicted triplet earns what the nearest true one allows."""
    found = read_answer(partial(read_tuples, fields=3), response, "answer").value
    true = structured.true_tuples(answer, fields=3, within="answer").value
    if not found or true is None:
        score: float | Score = structured.tuples.fn(response, answer, empty=empty)
        return score
    points = sum(prefix_points([structured.folded(t)], true, CREDITS) for t in found)
    return points - surplus * max(0, len(found) - len(true))


system = System(
    id="star-r1",
    title="STAR-R1: Spatial TrAnsformation Reasoning by Reinforcing Multimodal LLMs",
    year=2025,
    url="https://arxiv.org/abs/2505.15804",
    about=__doc__,
    rewards={"total": total, "accuracy": accuracy, "format": tags},
    published=(
        Published(
            "TRANCE, total accuracy (all triplets right), %",
            "arXiv:2505.15804, abstract; the second is the first plus 37.9 points",
            ("model", "accuracy"),
            (("GPT-4o", 23.5), ("STAR-R1, Qwen2.5-VL-7B", 61.4)),
        ),
    ),
)


OBJECTS, ATTRIBUTES, VALUES = 6, ("colour", "size", "material"), ("first", "second", "third")
NOISE = 0.3
"""Standard deviation of the evidence, which is 1 for what is so and 0 for what is not, plus noise."""
STEPS, PROMPTS, GROUP, RATE = 300, 16, 8, 0.3
LATE = 50
"""Steps at the end over which figures are taken."""
Teacher = Literal["sparse", "unpunished", "punished"]
"""All or nothing, points without the penalties, or points with them."""


class Scenes(NamedTuple):
    """What changed in each scene, and how it looks."""

    answers: list[list[tuple[int, str, str]]]
    objects: Floats
    """[prompts, objects], how much each seems to have changed."""
    attributes: Floats
    """[prompts, objects, 3]"""
    values: Floats


class Late(NamedTuple):
    """How a trained policy answers."""

    exact: float
    """Share of answers with just the true triplets."""
    surplus: float
    """Triplets too many per answer."""


@system.proof(claim="points with penalties teach whole answers that a right-or-wrong reward hardly finds", seconds=15)
def punished_points_learn(seed: int) -> Measured:
    """Share of exact answers late in training; the baseline is trained on whole answers alone."""
    return Measured(_learned("punished", seed).exact, at_least=0.4, baseline=_learned("sparse", seed).exact)


@system.proof(claim="without penalties the points teach to list every object", seconds=15)
def points_alone_are_hacked(seed: int) -> Measured:
    """Surplus triplets per answer late in training, of 6 objects; the baseline is trained with the penalties."""
    return Measured(_learned("unpunished", seed).surplus, at_least=3.5, baseline=_learned("punished", seed).surplus)


@system.proof(claim="the penalties keep the list short", seconds=15)
def penalties_cure(seed: int) -> Measured:
    """The same two runs, the other way round."""
    return Measured(_learned("punished", seed).surplus, at_most=0.5, baseline=_learned("unpunished", seed).surplus)


@cache
def _learned(teacher: Teacher, seed: int) -> Late:
    """GRPO of a log-linear policy of four parameters: slope and bias of naming an object, sharpness of the
    choice of its attribute and of its value."""
    rng = np.random.default_rng(seed)
    penalty = float(teacher != "unpunished")
    points, whole = accuracy(surplus=penalty, empty=penalty), structured.tuples(credits=(0, 0, 1))
    weights, late = np.zeros(4), []
    for step in range(STEPS):
        scenes = _scenes(rng)
        named, chosen, gradients = _act(rng, weights, scenes)
        rows = _rows(scenes, named, chosen)
        sizes = np.array([len(row["answer"]) for row in rows])
        values = (whole(rows).values == sizes) if teacher == "sparse" else points(rows).values
        advantages = group_relative(values.reshape(PROMPTS, GROUP))
        weights += RATE * (advantages[..., None] * gradients).mean(axis=(0, 1))
        if step >= STEPS - LATE:
            surplus = np.maximum(named.sum(axis=-1).ravel() - sizes, 0)
            late.append(((whole(rows).values == sizes).mean(), surplus.mean()))
    return Late(*np.mean(late, axis=0).tolist())


def _scenes(rng: np.random.Generator) -> Scenes:
    shape = (PROMPTS, OBJECTS)
    # One or two objects change: those with the least random keys.
    changed = rng.random(shape).argsort(axis=1).argsort(axis=1) < rng.integers(1, 3, (PROMPTS, 1))
    kinds = rng.integers(3, size=(2, *shape))
    answers = [
        [(o, ATTRIBUTES[kinds[0, p, o]], VALUES[kinds[1, p, o]]) for o in np.flatnonzero(changed[p]).tolist()]
        for p in range(PROMPTS)
    ]
    seen = np.eye(3)[kinds] + rng.normal(0, NOISE, (2, *shape, 3))
    return Scenes(answers, changed + rng.normal(0, NOISE, shape), seen[0], seen[1])


def _act(rng: np.random.Generator, weights: Floats, scenes: Scenes) -> tuple[Indices, Indices, Floats]:
    """Which objects each answer names [prompts, group, objects], their attribute and value [2, …], and
    ∇ log p of each answer [prompts, group, 4]."""
    p = expit(weights[0] * scenes.objects + weights[1])[:, None]
    named = rng.random((PROMPTS, GROUP, OBJECTS)) < p
    chosen, gradients = [], [((named - p) * scenes.objects[:, None]).sum(axis=-1), (named - p).sum(axis=-1)]
    for weight, evidence in zip(weights[2:], (scenes.attributes, scenes.values), strict=True):
        odds = np.exp(weight * evidence)
        odds /= odds.sum(axis=-1, keepdims=True)
        steps = odds.cumsum(axis=-1)[:, None, :, :-1]
        choice = (rng.random((PROMPTS, GROUP, OBJECTS, 1)) > steps).sum(axis=-1)
        seen = np.take_along_axis(evidence[:, None], choice[..., None], axis=-1)[..., 0]
        gradients.append((named * (seen - (odds * evidence).sum(axis=-1)[:, None])).sum(axis=-1))
        chosen.append(choice)
    return named, np.stack(chosen), np.stack(gradients, axis=-1)


def _rows(scenes: Scenes, named: Indices, chosen: Indices) -> list[Row]:
    rows: list[Row] = []
    for p, answer in enumerate(scenes.answers):
        for names, attributes, values in zip(named[p], *chosen[:, p], strict=True):
            said = [f"({o}, {ATTRIBUTES[attributes[o]]}, {VALUES[values[o]]})" for o in np.flatnonzero(names)]
            rows.append({"response": f"<answer>{' '.join(said)}</answer>", "answer": answer})
    return rows
