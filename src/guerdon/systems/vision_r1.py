"""Vision-guided rewards for locating all instances: format, recall and precision, made stricter on the way (2025).

A response is a JSON list of `{"bbox_2d": [x1, y1, x2, y2], "label": "…"}`, with or without a ```json fence.
Boxes are paired for the greatest total GIoU within their label. Recall counts pairs above a threshold over
the true boxes; precision takes each pair's GIoU over the boxes found, nothing below a floor and 1 from a
ceiling on. From step 1500 on threshold, floor and ceiling rise (the paper's progressive rules, which its
released script leaves off). Rows have `boxes`, the true ones with labels; `frame` is what the response counts.

By default every box found and every label counts, and a share that reaches a bound has reached it.
`as_published=True` repeats the official code, which reads `answer`, a list of [label, box]: it pairs by
distance in pixels beside which a label is nothing, averages over pairs so that surplus boxes are free,
accepts any JSON as the right format, and rounds recall above ¾ up to 1.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Literal

import numpy as np

from guerdon.branch import schedule
from guerdon.leaf import reward
from guerdon.metrics.boxes import iou
from guerdon.parse.jsons import decode
from guerdon.reward import Reward
from guerdon.rules.boxes import Source
from guerdon.rules.detection import credit
from guerdon.systems import Measured, Published, System
from guerdon.systems import _vision_r1 as published
from guerdon.world.policy import Floats, Softmax, group_relative

STEP = published.STEP


def total(*, progressive: bool = True, frame: Source = "pixel", as_published: bool = False) -> Reward:
    """Precision, format and recall, 0–3."""
    precise = precision(progressive=progressive, frame=frame, as_published=as_published)
    complete = recall(progressive=progressive, frame=frame, as_published=as_published)
    return precise + layout(as_published=as_published) + complete


def precision(*, progressive: bool = True, frame: Source = "pixel", as_published: bool = False) -> Reward:
    """Σ GIoU of pairs over boxes found; none below ½, whole from ¾ on, and later ¾ and 0.9."""
    if as_published:
        return _stepless(published.precision(), progressive)
    rules = ((0.5, 0.75), (0.75, 0.9)) if progressive else ((0.0, 1.0),)
    return _rules("precision", rules, frame)


def recall(*, progressive: bool = True, frame: Source = "pixel", as_published: bool = False) -> Reward:
    """Share of true boxes that are paired with a GIoU of ½ or more, and later of ¾ or more."""
    if as_published:
        return _stepless(published.recall(), progressive)
    rules = ((0.5, 0.5), (0.75, 0.75)) if progressive else ((0.5, 0.5),)
    return _rules("recall", rules, frame)


def layout(*, as_published: bool = False) -> Reward:
    """1 if the response is a list of labelled boxes and nothing else."""
    return published.layout() if as_published else listed()


@reward("vision_r1.format", range=(0, 1), binary=True)
def listed(response: str) -> float:
    """1 if the response, without a fence around it, is a JSON list of proper boxes with labels; else 0."""
    text = response.strip()
    if text.startswith("```json") and text.endswith("```"):
        text = text.removeprefix("```json").removesuffix("```").strip()
    read = decode(text, 0)
    whole = read.span is not None and read.span.stop == len(text)
    return float(whole and isinstance(read.value, list) and all(map(_is_labelled_box, read.value)))


def _is_labelled_box(item: object) -> bool:
    if not isinstance(item, dict) or not isinstance(item.get("label"), str) or not item["label"].strip():
        return False
    box = item.get("bbox_2d")
    if not isinstance(box, list) or len(box) != 4 or not all(type(x) in (int, float) for x in box):
        return False
    return bool(box[0] < box[2] and box[1] < box[3])


def _rules(measure: Literal["precision", "recall"], rules: tuple[tuple[float, float], ...], frame: Source) -> Reward:
    made = [credit(measure=measure, overlap="giou", clip=clip, frame=frame, within=None) for clip in rules]
    named = [one.named(measure) for one in made]
    return named[0] if len(named) == 1 else schedule(*named, at=(0, STEP))


def _stepless(made: Reward, progressive: bool) -> Reward:
    """The rules of no step at all are read from a column that no row has."""
    return made if progressive else made.reading(step="no_step")


system = System(
    id="vision-r1",
    title="Vision-R1: Evolving Human-Free Alignment in Large Vision-Language Models via Vision-Guided RL",
    year=2025,
    url="https://arxiv.org/abs/2503.18013",
    about=__doc__,
    rewards={"total": total, "precision": precision, "recall": recall, "format": layout},
    published=(
        Published(
            "Qwen2.5-VL-7B, COCO mAP and AP50, ODinW-13 average mAP, %",
            "arXiv:2503.18013, table 1",
            ("training", "COCO mAP", "COCO AP50", "ODinW-13"),
            (("none", 17.7, 27.3, 37.0), ("supervised", 23.6, "–", 35.0), ("Vision-R1", 26.6, 40.0, 46.0)),
        ),
        Published(
            "Griffon-G-7B, COCO mAP and ODinW-13 average mAP, %",
            "arXiv:2503.18013, table 1",
            ("training", "COCO mAP", "ODinW-13"),
            (("none", 40.2, 43.8), ("supervised", 40.5, "–"), ("Vision-R1", 42.0, 46.3)),
        ),
    ),
)


STEPS, GROUP = 1500, 4
NOISE, START, RATE = 3.0, 14.0, 0.1
"""Pixels by which a guessed side of a 100 x 100 box varies, and by which it is off at first; pixels a step."""
TRUE = (200.0, 200.0, 300.0, 300.0)
SURE = 0.9
"""How often the first of two candidate places is the true one."""


@system.proof(claim="rules that tighten on the way go on teaching where fixed ones stop", seconds=25)
def tightening_goes_on(seed: int) -> Measured:
    """IoU of a toy localiser's mean box after training, 0.75 before; the baseline keeps the first rules."""
    return Measured(_localised(seed, tightening=True), at_least=0.96, baseline=_localised(seed, tightening=False))


@system.proof(claim="as published, the reward teaches to add a box that is wrong nine times of ten", seconds=15)
def surplus_is_free(seed: int) -> Measured:
    """Share of answers with the second box after training, half before; the baseline is trained by default."""
    return Measured(_with_second_box(seed, True), at_least=0.9, baseline=_with_second_box(seed, False))


@system.proof(claim="counted over all boxes found, precision teaches to leave it out", seconds=1)
def surplus_costs(seed: int) -> Measured:
    """Share of answers without it; the baseline is trained as published."""
    return Measured(1 - _with_second_box(seed, False), at_least=0.9, baseline=1 - _with_second_box(seed, True))


def _localised(seed: int, *, tightening: bool) -> float:
    """GRPO of a Gaussian policy over the sides of one box; the rules change when half of the training is over."""
    rng = np.random.default_rng(seed)
    teacher, offset = total(), np.full(4, START)
    for step in range(STEPS):
        noise = rng.normal(0, NOISE, (GROUP, 4))
        row = {"boxes": [{"bbox_2d": TRUE, "label": "cat"}], "step": 2 * step if tightening else 0}
        rows = [{"response": _listed(box), **row} for box in np.array(TRUE) + offset + noise]
        advantages = group_relative(teacher(rows).values[None])[0]
        offset += RATE * (advantages[:, None] * noise / NOISE).mean(axis=0)
    x1, y1, x2, y2 = (np.array(TRUE) + offset).tolist()
    return iou((x1, y1, x2, y2), TRUE)


@cache
def _with_second_box(seed: int, as_published: bool) -> float:
    """Probability of listing both candidate places after GRPO."""
    rng = np.random.default_rng(seed)
    teacher = total(progressive=False, as_published=as_published)
    policy = Softmax([1], 2)
    places = np.array([TRUE, (500.0, 200.0, 600.0, 300.0)])
    for _ in range(150):
        alone = np.zeros(32, np.intp)
        both = policy.draw(rng, alone)
        truth = places[(rng.random(4) > SURE).astype(int)].repeat(8, axis=0).tolist()
        rows = [
            {
                "response": _listed(*places[: 1 + k]),
                "boxes": [{"bbox_2d": box, "label": "cat"}],
                "answer": [["cat", box]],
            }
            for k, box in zip(both.tolist(), truth, strict=True)
        ]
        policy.learn(both, group_relative(teacher(rows).values.reshape(4, 8)).ravel(), alone, rate=2.0)
    return float(policy.probabilities([0])[0, 1])


def _listed(*boxes: Floats) -> str:
    return json.dumps([{"bbox_2d": np.round(box, 1).tolist(), "label": "cat"} for box in boxes])
