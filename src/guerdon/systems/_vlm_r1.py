"""VLM-R1 as published: what the official code does, its mistakes included.

`guerdon.systems.vlm_r1` says what to use instead. The word list and patterns here are this paper's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import cos, pi
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from guerdon import parse
from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.metrics.detection import COCO_THRESHOLDS, average_precision
from guerdon.metrics.text import indel_ratio
from guerdon.parse import Which, tag
from guerdon.rules import maths, shape
from guerdon.rules.boxes import Frames, true_boxes
from guerdon.scores import Floats, Score

Model = Literal["qwen", "internvl", "glm"]
"""Qwen writes boxes on the grid its processor made, the others in pixels of the image."""
CHOICE_WORDS = (
    "答案", "选择", "正确", "是", "对", "认为", "应该", "觉得",
    "ANSWER", "CORRECT", "CHOOSE", "SELECT", "RIGHT", "THINK", "BELIEVE", "SHOULD",
)  # fmt: skip
_CHOICE = re.compile(r"(?<![A-Z])[A-Z](?=[.,?!:;]|$)")
_YES_NO = re.compile(r"yes|no")
_INTEGERS = re.compile(r"\[(\d{1,20}+),\s*+(\d{1,20}+),\s*+(\d{1,20}+),\s*+(\d{1,20}+)\]")
_JUNCTION = re.compile(r"</think>\s*+<answer>")
_REC_FORMAT = {
    "qwen": ("<think>", _JUNCTION, r"\{", _INTEGERS, r"\}", "</answer>"),
    "internvl": ("<think>", _JUNCTION, _INTEGERS, "</answer>"),
    "glm": ("<think>", "<answer>", "</answer>"),
}
"""What has to follow each other, with anything in between."""


def clean_text(text: str) -> str:
    """The last answer block, or the text without one, on one line, lower case, without a full stop at its end."""
    text = _block(text, "last")
    text = re.sub(r"[\r\n]", "", re.sub(r"(?<!\s)[\r\n]", " ", text))
    return text.strip().rstrip(".").lower()


def extract_choice(text: str) -> str | None:
    """The likeliest of the letters that stand before punctuation or the end; None without any.

    Its first place in the text, be it inside a word, decides: what is near, how late it is. Each find counts anew.
    """
    text = re.sub(r"\s+", " ", text.upper())
    found = Counter(_CHOICE.findall(text))
    return max(found, key=lambda letter: found[letter] * _likeliness(text, letter), default=None)


def _likeliness(text: str, letter: str) -> int:
    at = text.find(letter)
    context = text[max(0, at - 20) : at + 20]
    named = sum(word in context for word in CHOICE_WORDS)
    return named + 2 * (at > 0.7 * len(text)) + (text[at + 1 : at + 2] in tuple("。.!！,，"))


@reward("vlm_r1.published.mcq", range=(0, 1), binary=True)
def mcq(response: str, answer: Any) -> float:
    """1 if `extract_choice` finds one letter in the first answer blocks of both."""
    found, gold = extract_choice(_block(response, "first")), extract_choice(_block(str(answer), "first"))
    return float(found is not None and found == gold)


@reward("vlm_r1.published.yes_no", range=(0, 1), binary=True)
def yes_no(response: str, answer: Any) -> float:
    """1 if the first "yes" or "no" in both, inside words too, is the same, or neither has one."""
    found, gold = (_YES_NO.search(_block(text.lower(), "first")) for text in (response, str(answer)))
    return float((found and found[0]) == (gold and gold[0]))


@reward("vlm_r1.published.all_match", range=(0, 1), binary=True)
def all_match(response: str, answer: Any) -> float:
    """1 if both are the same after `clean_text`."""
    return float(clean_text(response) == clean_text(str(answer)))


@reward("vlm_r1.published.math", range=(0, 1), binary=True)
def math(response: str, answer: Any) -> float | Score:
    """1 if both are the same after `clean_text`, or equal as mathematics."""
    text, gold = clean_text(response), clean_text(str(answer))
    score: float | Score = 1.0 if text == gold else maths.math.fn(text, gold, within=None)
    return score


@reward("vlm_r1.published.default", range=(0, 1))
def default(response: str, answer: Any) -> float:
    """Equal as mathematics; else an equal number, an equal choice, or the edit ratio, as the true answer asks."""
    text, gold = _block(response, "last"), _block(str(answer), "first")
    if re.search(r"[\d$\\]", gold) and maths.math.fn(text, gold, within=None) == 1.0:
        return 1.0
    if re.search(r"\d", gold):
        try:
            return float(float(clean_text(text)) == float(clean_text(gold)))
        except ValueError:
            return indel_ratio(clean_text(text), clean_text(gold))
    if choice := extract_choice(gold):
        return float(extract_choice(text) == choice)
    return indel_ratio(clean_text(text), clean_text(gold))


@reward("vlm_r1.published.detection", range=(0, 1))
def detection(
    response: str,
    answer: Any,
    *,
    block: bool = True,
    length: bool = False,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
) -> float | Score:
    """Average precision of the last fenced list; a text without one lists no boxes, right where none are wanted.

    Read in the last answer block, unless `block=False`; `length=True` multiplies by min(1, true / listed).
    """
    if block:
        read = tag(response, "answer", which="last")
        if read.value is None:
            return Score.malformed(read.reason)
        response, answer = read.value, _block(str(answer), "first")
    found, true = _items(response, "last"), _items(str(answer), "last")
    share = min(1.0, len(true) / len(found)) if length and found else 1.0
    places, true_places = [box.corners for box in found], [box.corners for box in true]
    labels, true_labels = [box.label for box in found], [box.label for box in true]
    return share * average_precision(places, labels, None, true_places, true_labels, thresholds)


@reward("vlm_r1.published.weighted_sum", range=(0, 1))
def weighted_sum(response: str, answer: Any) -> float:
    """`detection_score`, but where the answer is "none" nothing else will do."""
    if clean_text(str(answer)) == "none":
        return float(clean_text(response) == "none")
    return detection_score(response, str(answer))


def detection_score(content: str, sol: str) -> float:
    """0.7 · Σ IoU of matched boxes / true boxes + 0.15 · recall + 0.15 · precision, of the first fenced lists.

    Boxes of different labels are matched like others, but then their IoU is not counted.
    """
    found, true = _items(clean_text(content), "first"), _items(clean_text(sol), "first")
    if not (found and true):
        return float(not found and not true)
    overlap = overlaps([box.corners for box in found], [box.corners for box in true])
    pairs = metric.match(overlap)
    position = sum(float(overlap[i, j]) for i, j in pairs if found[i].label == true[j].label) / len(true)
    return 0.7 * position + 0.15 * (len(pairs) / len(true) + len(pairs) / len(found))


def overlaps(a: ArrayLike, b: ArrayLike) -> Floats:
    """IoU of every pair, but 0 where two boxes share a strip of no more than one pixel."""
    a, b = metric.as_boxes(a), metric.as_boxes(b)
    shared = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2])
    return np.where((shared > 1).all(axis=-1), metric.iou_matrix(a, b), 0.0)


@reward("vlm_r1.published.iou", range=(0, 1))
def rec_iou(
    response: str, answer: Any, image_size: Any = None, resized_size: Any = None, *, model: Model = "qwen"
) -> float | Score:
    """IoU of the first [x1, y1, x2, y2] of whole numbers in the first answer block; see `overlaps`."""
    found = _INTEGERS.search(tag(response, "answer", which="first").value or "")
    true = true_boxes(_block(str(answer), "last"), Frames("pixel", None, None)).value
    if found is None:
        return Score.malformed("no list of four whole numbers in an answer block")
    if not true:
        return Score.inapplicable("the true answer is no box")
    corners = np.array(found.groups(), dtype=np.float64)
    if model == "qwen":
        if image_size is None or resized_size is None:
            return Score.inapplicable("no columns 'image_size' and 'resized_size'")
        corners *= np.tile(np.divide(image_size, resized_size), 2)
    overlap = metric.iou_matrix if model == "glm" else overlaps
    return float(overlap([corners], [true[0].corners])[0, 0])


@reward("vlm_r1.published.rec_format", range=(0, 1), binary=True)
def rec_format(response: str, *, model: Model = "qwen") -> float:
    """1 if the tags and a list of four whole numbers, for Qwen within braces, stand somewhere in this order."""
    at = 0
    for mark in _REC_FORMAT[model]:
        found = re.compile(mark).search(response, at)
        if found is None:
            return 0.0
        at = found.end()
    return 1.0


@reward("vlm_r1.published.length", range=(0.5, 1))
def length(tokens: Any) -> float:
    """0.75 + 0.25·cos(π · tokens / 1024), for right and wrong answers alike; `tokens` is a number or a list."""
    return 0.75 + 0.25 * cos(pi * shape.tokens.fn(tokens) / 1024)


def _block(text: str, which: Which) -> str:
    """The body of an answer block, or the whole text if it has none."""
    read = tag(text, "answer", which=which)
    return text.strip() if read.value is None else read.value


def _items(text: str, which: Which) -> list[Box]:
    """Every item of the fenced JSON list; one that is no labelled box is an empty box without a label."""
    body = parse.fenced(text, which=which).value or ""
    read = parse.json_value(body, which="first")
    if read.value is None or read.span != (0, len(body)):
        return []
    return [_box(item) for item in read.value]


def _box(item: Any) -> Box:
    try:
        x1, y1, x2, y2 = map(float, item["bbox_2d"])
        label = str(item["label"])
    except (TypeError, KeyError, ValueError):
        return Box(0, 0, 0, 0)
    # COCO takes no notice of a box that is inverted along one axis.
    return Box(x1, y1, x2, y2, label) if (x2 - x1) * (y2 - y1) >= 0 else Box(0, 0, 0, 0)
