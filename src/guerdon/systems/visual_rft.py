"""Verifiable rewards for perception from a few dozen images (Liu et al. 2025).

Detection is paid for overlap, for confidence that tells hits from misses, and for format; fine-grained
classification for the right name; reasoning grounding for GIoU. Each row has `answer`: the list
`[{'Position': [x1, y1, x2, y2], 'Confidence': c}, …]`, a name, or a box `(x1,y1),(x2,y2)`, in the units of
the response (0–1000 for Qwen2-VL), with or without answer tags.

By default every box that is written counts, an IoU of ½ is a hit, a confidence outside 0–1 is unreadable, and
a name has to be the name. `as_published=True` repeats the official code: the same box twice counts once, any
piece of a name is that name, an empty answer too, and swapped corners make a perfect box. There
`symbolic_check=True`, as released, pays in full whatever math-verify takes for equal, which is any list whose
first box has the right y1.

The confidence term is linear, so the confidence that pays most is 0 or 1, never a probability;
`scoring="brier"` makes honest probabilities pay most.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from guerdon.leaf import reward
from guerdon.metrics.boxes import iou
from guerdon.parse.result import Parsed
from guerdon.parse.tags import layout
from guerdon.reward import Reward
from guerdon.rules import boxes
from guerdon.rules import detection as sets
from guerdon.rules.detection import Scoring
from guerdon.rules.format import tags
from guerdon.rules.where import answer_text, compare, gold_text
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _visual_rft as published
from guerdon.world.policy import Floats, Softmax, group_relative

ACTIONS = ("search", "code", "answer")


def detection(*, scoring: Scoring = "linear", as_published: bool = False, symbolic_check: bool = False) -> Reward:
    """Overlap, confidence and format, 0–3."""
    if as_published:
        check = {"symbolic_check": symbolic_check}
        return published.iou(**check) + published.confidence(**check) + tags(duplicates=True)
    return overlap() + confidence(scoring=scoring) + tags()


def overlap() -> Reward:
    """Σ IoU of one-to-one pairs with IoU ≥ ½ over the larger number of boxes."""
    return sets.credit(measure="larger", clip=(0.5, 1.0), matcher="ranked").reading(boxes="answer").named("iou")


def confidence(*, scoring: Scoring = "linear") -> Reward:
    """Mean of the confidence where a box hits, and of 1 − confidence where it does not."""
    return sets.calibration(scoring=scoring).reading(boxes="answer").named("confidence")


def classification(*, as_published: bool = False, symbolic_check: bool = False) -> Reward:
    """The right name, and format, 0–2."""
    if as_published:
        return published.classification(symbolic_check=symbolic_check) + tags(duplicates=True)
    return name() + tags()


def grounding(*, as_published: bool = False, symbolic_check: bool = False) -> Reward:
    """GIoU + 1 of the one box asked for, and format, 0–3."""
    if as_published:
        return published.grounding(symbolic_check=symbolic_check) + tags(duplicates=True)
    return boxes.giou().reading(boxes="answer") + 1 + tags()


@reward("visual_rft.turn", range=(0, 1), binary=True)
def turn(response: str) -> float:
    """1 for a thought and just one action, a search, code or an answer: a turn of the agents of Visual-ARFT."""
    actions = [action for action in ACTIONS if f"<{action}>" in response]
    return float(len(actions) == 1 and layout(response, f"think {actions[0]}").ok)


@reward("visual_rft.name", range=(0, 1), binary=True)
def name(response: str, answer: str) -> float | Score:
    """1 if the answer is the true name, but for case, spaces and underscores."""

    def same(found: str, true: str) -> float:
        return float(_joined(found) == _joined(true))

    return compare(answer_text(response, "answer"), Parsed(gold_text(answer, "answer")), same)


def _joined(name: str) -> str:
    return "".join(name.replace("_", " ").split()).casefold()


system = System(
    id="visual-rft",
    title="Visual-RFT: Visual Reinforcement Fine-Tuning",
    year=2025,
    url="https://arxiv.org/abs/2503.01785",
    about=__doc__,
    rewards={"detection": detection, "classification": classification, "grounding": grounding, "turn": turn},
    published=(
        Published(
            "Qwen2-VL-2B: one-shot fine-grained classification (mean of four sets), two-shot COCO (8 classes), mAP, %",
            "arXiv:2503.01785, abstract and tables",
            ("training", "classification", "COCO"),
            (("none", 56.0, 19.6), ("supervised", 51.7, "–"), ("Visual-RFT", 80.3, 41.5)),
        ),
    ),
)


NOISE = (0.02, 0.05, 0.08, 0.2, 0.5, 0.8, 1.2)
"""Standard deviations of the corners of a simulated detector, as shares of a box's side."""
DOUBTFUL = 3
"""The noise with which it hits two times of three; with the lesser ones it always does, with the others hardly."""
CONFIDENCES = tuple(i / 10 for i in range(11))
STEPS, PROMPTS, GROUP, BOXES, RATE = 100, 4, 8, 4, 6.0
EXACT_STEPS, EXACT_RATE = 2_000, 10.0
TESTED = 500
"""Images on which a trained policy is judged."""
SEEN = 100
"""Images that an expected reward is taken over."""


class Habit(NamedTuple):
    """How a policy is sure of its boxes after training."""

    auc: float
    """How often a hit is surer than a miss, ties half."""
    error: float
    """Mean |confidence − hit|."""


@system.proof(claim="the confidence term teaches to tell hits from misses", seconds=15)
def confidence_separates(seed: int) -> Measured:
    """AUC of confidence for hits after GRPO; the baseline is trained without the term."""
    return Measured(_trained(True, seed).auc, at_least=0.9, baseline=_trained(False, seed).auc)


@system.proof(claim="and makes confidences right on average", seconds=1)
def errors_shrink(seed: int) -> Measured:
    """Mean |confidence − hit| after GRPO; the baseline is trained without the term."""
    return Measured(_trained(True, seed).error, at_most=0.2, baseline=_trained(False, seed).error)


@system.proof(claim="being linear, it teaches all or nothing, never a probability", seconds=5)
def all_or_nothing(seed: int) -> Measured:
    """Probability of writing 0 or 1 beside boxes that hit two times of three, after ascent of the expected reward;
    the baseline has the Brier score."""
    return Measured(_all_or_nothing("linear", seed), at_least=0.9, baseline=_all_or_nothing("brier", seed))


@system.proof(claim="answers that know nothing, and that the official code pays, earn nothing by default", seconds=15)
def free_lunches(seed: int) -> Measured:
    """The most that any of them earns but for format; the baseline is what they earn on average as published."""
    rng = np.random.default_rng(seed)
    earned, paid = [], []
    for made, old, answer, junk in _lunches(rng):
        row = {"response": f"<think>hm</think><answer>{junk}</answer>", "answer": f"<answer>{answer}</answer>"}
        earned.append(made.one(row).value or 0.0)
        paid.append(old.one(row).value or 0.0)
    return Measured(max(earned), at_most=0.0, baseline=float(np.mean(paid)))


def _lunches(rng: np.random.Generator) -> list[tuple[Reward, Reward, str, str]]:
    """Reward, the same as published, true answer, and an answer that ought to earn nothing."""
    x, y, side = rng.integers(100, 400, 3).tolist()
    true = [x, y, x + side, y + side]
    right_y = f"[{{'Position': [0, {y}, 1, {y + 1}], 'Confidence': 0}}]"
    listed = f"[{{'Position': {true}, 'Confidence': 1}}]"
    flower = str(rng.choice(["tiger lily", "wild rose", "sun flower"]))
    corners, swapped = (f"({a},{b}),({c},{d})" for a, b, c, d in (true, true[2:] + true[:2]))
    return [
        (overlap(), published.iou(symbolic_check=True), listed, right_y),
        (overlap(), published.confidence(symbolic_check=True), listed, right_y),
        (name(), published.classification(), flower, ""),
        (name(), published.classification(), flower, flower[1]),
        (name(), published.classification(), flower, "rose, tiger lily, wild rose, sun flower, daisy"),
        (boxes.giou().reading(boxes="answer") + 1, published.grounding(), corners, swapped),
    ]


@cache
def _trained(term: bool, seed: int) -> Habit:
    """GRPO of a policy that chooses a confidence for each noise of the detector, with or without the term for it."""
    rng = np.random.default_rng(seed)
    teacher = detection() if term else overlap() + tags()
    policy = Softmax([len(NOISE)], len(CONFIDENCES))
    for _ in range(STEPS):
        scenes = [_detected(rng) for _ in range(PROMPTS)]
        noise = np.repeat([levels for levels, _, _ in scenes], GROUP, axis=0)
        chosen = policy.draw(rng, noise.ravel()).reshape(noise.shape)
        rows = [_row(scenes[k // GROUP], list(sure)) for k, sure in enumerate(chosen)]
        advantages = group_relative(teacher(rows).values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(chosen.ravel(), np.repeat(advantages, BOXES), noise.ravel(), rate=RATE)
    return _habit(rng, policy)


def _all_or_nothing(scoring: Scoring, seed: int) -> float:
    rng = np.random.default_rng(seed)
    scenes = [_detected(rng, noise=DOUBTFUL) for _ in range(SEEN)]
    teacher = confidence(scoring=scoring)
    values = np.array([teacher([_row(s, [k] * BOXES) for s in scenes]).mean() for k in range(len(CONFIDENCES))])
    logits = np.zeros(len(CONFIDENCES))
    for _ in range(EXACT_STEPS):
        p = softmax(logits)
        logits += EXACT_RATE * p * (values - p @ values)
    p = softmax(logits)
    return float(p[0] + p[-1])


class Scene(NamedTuple):
    """What a noisy detector found of the true boxes."""

    noise: list[int]
    found: Floats
    true: Floats


def _detected(rng: np.random.Generator, noise: int | None = None) -> Scene:
    corner = np.arange(BOXES)[:, None] * 250 + rng.integers(0, 40, (BOXES, 2))
    side = rng.integers(80, 160, (BOXES, 1))
    true = np.hstack([corner, corner + side]).astype(float)
    level = rng.integers(len(NOISE), size=BOXES) if noise is None else np.full(BOXES, noise)
    moved = true + rng.normal(0, np.array(NOISE)[level][:, None] * side, true.shape)
    found = np.hstack([np.minimum(moved[:, :2], moved[:, 2:]), np.maximum(moved[:, :2], moved[:, 2:])]).round()
    return Scene(level.tolist(), found, true)


def _row(scene: Scene, sure: Sequence[int]) -> Row:
    items = [{"Position": box, "Confidence": CONFIDENCES[k]} for box, k in zip(scene.found.tolist(), sure, strict=True)]
    truth = [{"Position": box, "Confidence": 1} for box in scene.true.tolist()]
    return {"response": f"<think>hm</think><answer>{items}</answer>", "answer": str(truth)}


def _habit(rng: np.random.Generator, policy: Softmax) -> Habit:
    scenes = [_detected(rng) for _ in range(TESTED)]
    hits = np.array([iou(tuple(f), tuple(t)) >= 0.5 for s in scenes for f, t in zip(s.found, s.true, strict=True)])
    sure = np.array(CONFIDENCES)[policy.draw(rng, np.concatenate([scene.noise for scene in scenes]))]
    ahead = np.sign(sure[hits][:, None] - sure[~hits])
    return Habit(float((ahead.mean() + 1) / 2), float(np.abs(sure - hits).mean()))
