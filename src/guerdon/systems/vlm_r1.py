"""Rule rewards for vision-language models, chosen row by row (Shen et al. 2025).

Every training row names how its answer is checked in the column `accu_reward_method`: multiple choice,
yes or no, mathematics, detection by average precision, … The paper's finding is that average precision
as a reward teaches a model to list redundant boxes, and that a factor min(1, true boxes / boxes) cures
it. Rewards are summed with weight 1 each.

Rows have `response`, `answer` (a text, a letter, or boxes as JSON, with or without answer tags) and, for
referring expressions under Qwen, `image_size` and `resized_size`, the (width, height) of the grid that the
processor made. By default answers are read by guerdon's parsers and detection always carries the length
factor. `as_published=True` repeats the official code, with what it pays for by mistake: any text where
nothing is to be found, "I know" for "no", a second answer block, boxes nobody asked for.
"""

from __future__ import annotations

import json
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon import parse
from guerdon.branch import route
from guerdon.leaf import reward
from guerdon.metrics.text import repetition as repeated
from guerdon.normalise import group_normalise
from guerdon.parse.choices import LETTERS
from guerdon.reward import Reward
from guerdon.rules import answers, boxes, detection, format, maths, shape
from guerdon.rules.where import gold_text, read_answer
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _vlm_r1 as published
from guerdon.systems._vlm_r1 import Model

CORRECT = 0.7
"""The accuracy from which the length reward takes an answer for right."""


def accuracy(*, judge: Reward | None = None, as_published: bool = False) -> Reward:
    """The check that the row names in `accu_reward_method`; "default" where it names none that is known.

    Rows that name "llm" are scored by `judge`, and are inapplicable without one.
    """
    methods = _published() if as_published else _methods()
    methods["llm"] = unjudged() if judge is None else judge
    return route(methods, default=methods["default"], by="accu_reward_method")


def tags(*, as_published: bool = False) -> Reward:
    """1 for a think block, an answer block and nothing else. As published, several of each pass."""
    return format.tags(duplicates=as_published)


def length(*, as_published: bool = False) -> Reward:
    """Short right answers and long wrong ones pay more: 1 → 0.5 and −0.5 → 0 over 1024 tokens, along a cosine.

    Reads the column `tokens`. As published every answer counts as right, and beyond 1024 it rises again.
    """
    if as_published:
        return published.length()
    right = accuracy().at_least(CORRECT)
    short = shape.cosine(at_zero=1.0, at_limit=0.5).named("right")
    long = shape.cosine(at_zero=-0.5, at_limit=0.0).named("wrong")
    return (right >> short) + ((1 - right).at_least(1) >> long)


def rec_iou(*, model: Model = "qwen", as_published: bool = False) -> Reward:
    """IoU of the box a referring expression asks for; raw, without a threshold."""
    if as_published:
        return published.rec_iou(model=model)
    return boxes.iou(frame="resized" if model == "qwen" else "pixel").reading(boxes="answer")


def rec_format(*, model: Model = "qwen", as_published: bool = False) -> Reward:
    """1 for a think block and an answer block that holds one box."""
    return published.rec_format(model=model) if as_published else format.tags() >> one_box()


def _methods() -> dict[str | int, Reward]:
    ap = boxes.detection_ap_length().reading(boxes="answer")
    recall = boxes.match(measure="recall").named("recall")
    precision = boxes.match(measure="precision").named("precision")
    position = detection.credit(measure="recall", clip=(0.5, 1.0), matcher="greedy").named("position")
    weighted_sum = 0.7 * position + 0.15 * recall + 0.15 * precision
    return {
        "map": ap,
        "od_ap": ap,
        "od_ap50": boxes.detection_ap_length(thresholds=(0.5,)).reading(boxes="answer"),
        "odLength": ap,
        "weighted_sum": weighted_sum.reading(boxes="answer"),
        "default": by_kind(),
        "mcq": answers.choice(),
        "yes_no": answers.yes_no(),
        "math": maths.math(),
        "all_match": answers.exact(),
    }


def _published() -> dict[str | int, Reward]:
    return {
        "map": published.detection(block=False),
        "od_ap": published.detection(),
        "od_ap50": published.detection(thresholds=(0.5,)),
        "odLength": published.detection(length=True),
        "weighted_sum": published.weighted_sum(),
        "default": published.default(),
        "mcq": published.mcq(),
        "yes_no": published.yes_no(),
        "math": published.math(),
        "all_match": published.all_match(),
    }


@reward("vlm_r1.by_kind", range=(0, 1))
def by_kind(response: str, answer: Any) -> float | Score:
    """A choice, mathematics, a quantity or a text, whichever the true answer is; texts earn their edit ratio."""
    gold = gold_text(answer, "answer").strip()
    if gold in set(LETTERS):
        check = answers.choice
    elif parse.exact(gold).ok or "\\" in gold:
        check = maths.math
    else:
        check = answers.numeric if parse.number(gold, match="whole").ok else answers.fuzzy
    score: float | Score = check.fn(response, answer)
    return score


@reward("vlm_r1.one_box", range=(0, 1), binary=True)
def one_box(response: str) -> float:
    """1 if the answer block holds one box that can be read."""
    return float(read_answer(parse.box, response, "answer").ok)


@reward("vlm_r1.repetition", range=(-1, 0))
def repetition(response: str) -> float | Score:
    """Minus the share of listed objects, by box and label, that repeat another; without a list, of word 6-grams."""
    listed = parse.json_value(response, which="first", kind="array", lenient=True).value
    if not listed or not all(isinstance(one, dict) for one in listed):
        score: float | Score = shape.repeated_ngrams.fn(response, n=6)
        return score
    return -repeated([f"{one['bbox_2d']} {one['label']}" for one in listed if {"bbox_2d", "label"} <= one.keys()]) + 0.0


@reward("vlm_r1.unjudged", range=(0, 1))
def unjudged(response: str) -> Score:
    """Stands where a judge would: there is none."""
    return Score.inapplicable("the row asks for a judge: accuracy(judge=…)")


system = System(
    id="vlm-r1",
    title="VLM-R1: A Stable and Generalizable R1-style Large Vision-Language Model",
    year=2025,
    url="https://arxiv.org/abs/2504.07615",
    about=__doc__,
    rewards={
        "accuracy": accuracy, "format": tags, "length": length, "repetition": repetition,
        "rec_iou": rec_iou, "rec_format": rec_format,
    },
    published=(
        Published(
            "Qwen2.5-VL-3B, mAP on COCO (filtered) and NMS-AP on OVDEval, %",
            "arXiv:2504.07615, from memory, not checked against the paper",
            ("training", "COCO", "OVDEval"),
            (("none", 14.2, "–"), ("supervised", 18.5, 26.5), ("reinforced, odLength", 21.1, 31.0)),
        ),
    ),
)  # fmt: skip


STEPS, PROMPTS, GROUP, RATE = 150, 4, 8, 2.0
SURE = 0.6
"""How often the first of two candidate places is the true one."""


@system.proof(claim="average precision as a reward teaches to list a second, doubtful box", seconds=20)
def redundant_boxes(seed: int) -> Measured:
    """Share of answers with two boxes after training, half before; the baseline is trained with odLength."""
    return Measured(_learn("od_ap", seed), at_least=0.95, baseline=_learn("odLength", seed))


@system.proof(claim="the length factor teaches to answer with one box", seconds=20)
def one_box_each(seed: int) -> Measured:
    """Share of answers with one box after training, half before; the baseline is trained with od_ap."""
    return Measured(1 - _learn("odLength", seed), at_least=0.95, baseline=1 - _learn("od_ap", seed))


@system.proof(claim="answers that know nothing, and that the official code pays, earn nothing by default", seconds=5)
def free_lunches(seed: int) -> Measured:
    """The most that any of them earns; the baseline is what they earn on average as published."""
    rows = _empty_answers(np.random.default_rng(seed))
    earned, paid = accuracy()(rows).values, accuracy(as_published=True)(rows).values
    return Measured(float(np.nanmax(earned)), at_most=0.0, baseline=float(paid.mean()))


def _learn(method: str, seed: int) -> float:
    """Probability of listing both places, after GRPO of a policy that has one logit for that."""
    rng = np.random.default_rng(seed)
    advantage = group_normalise(accuracy(as_published=True))
    logit = 0.0
    for _ in range(STEPS):
        p = 1 / (1 + exp(-logit))
        both = rng.random((PROMPTS, GROUP)) < p
        rows = [row for prompt, arms in enumerate(both) for row in _guesses(rng, arms, method, prompt)]
        logit += RATE * float((advantage(rows).values.reshape(both.shape) * (both - p)).mean())
    return 1 / (1 + exp(-logit))


def _guesses(rng: np.random.Generator, both: NDArray[np.bool_], method: str, group: int) -> list[Row]:
    """A group of answers to one prompt: the likelier place alone, or the other one after it."""
    places = _two_boxes(rng)
    answer = _listed(places[:1] if rng.random() < SURE else places[1:])
    columns = {"answer": answer, "accu_reward_method": method, "group": group}
    return [{"response": _block_of(_listed(places if two else places[:1])), **columns} for two in both]


def _empty_answers(rng: np.random.Generator) -> list[Row]:
    first, second = _two_boxes(rng)
    swapped = [first | {"label": "dog"}, second | {"label": "cat"}]
    truth = _listed([first | {"label": "cat"}, second | {"label": "dog"}])
    cases = [
        ("od_ap", str(rng.choice(["blah", "a photo", "see above"])), "None"),
        ("odLength", "[broken", "None"),
        ("weighted_sum", _listed(swapped), truth),
        ("yes_no", "I know", "no"),
        ("yes_no", "since yesterday", "yes"),
        ("yes_no", "maybe", "perhaps"),
    ]
    return [{"accu_reward_method": how, "response": _block_of(text), "answer": answer} for how, text, answer in cases]


def _two_boxes(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Two boxes side by side."""
    x, y, width, height = rng.integers(10, 200, size=4).tolist()
    corners = [x, y, x + width, y + height], [x + width, y, x + 2 * width, y + height]
    return [{"bbox_2d": box, "label": "cat"} for box in corners]


def _listed(found: list[dict[str, Any]]) -> str:
    return f"```json\n{json.dumps(found)}\n```"


def _block_of(answer: str) -> str:
    return f"<think>Let me look.</think><answer>{answer}</answer>"
