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
from guerdon.sample import Row
from guerdon.systems import Measured, Published, System
from guerdon.systems import _vision_r1 as published
from guerdon.world.policy import group_relative

STEP = published.STEP


def total(*, progressive: bool = True, frame: Source = "pixel", as_published: bool = False) -> Reward:
    """Precision, format and recall, 0–3."""
    settings = {"progressive": progressive, "frame": frame, "as_published": as_published}
    return precision(**settings) + layout(as_published=as_published) + recall(**settings)


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
    return (made[0] if len(made) == 1 else schedule(*made, at=(0, STEP))).named(measure)


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
