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
import re
from collections import Counter
from collections.abc import Sequence
from math import cos, pi
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from guerdon.compose import route
from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.metrics.detection import COCO_THRESHOLDS, average_precision
from guerdon.metrics.text import indel_ratio
from guerdon.metrics.text import repetition as repeated
from guerdon.normalise import group_normalise
from guerdon.parse import boxes as parse
from guerdon.parse.choices import LETTERS
from guerdon.parse.jsons import decode, fenced
from guerdon.parse.maths import exact
from guerdon.parse.numbers import number
from guerdon.parse.policy import Which
from guerdon.parse.tags import tag
from guerdon.reward import Reward
from guerdon.rules import answers, boxes, format, maths, shape
from guerdon.rules.boxes import Frames, true_boxes
from guerdon.rules.where import compare, gold_text, read_answer
from guerdon.sample import Row
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System

Model = Literal["qwen", "internvl", "glm"]
"""Qwen writes boxes on the grid its processor made, the others in pixels of the image."""
CORRECT = 0.7
"""The accuracy from which the length reward takes an answer for right."""


def accuracy(*, judge: Reward | None = None, as_published: bool = False) -> Reward:
    """The check that the row names in `accu_reward_method`; "default" where it names none that is known.

    Rows that name "llm" are scored by `judge`, and are inapplicable without one.
    """
    methods = _published_methods() if as_published else _methods()
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
        return published_length()
    right = accuracy().at_least(CORRECT)
    short = shape.cosine(at_zero=1.0, at_limit=0.5).named("right")
    long = shape.cosine(at_zero=-0.5, at_limit=0.0).named("wrong")
    return (right >> short) + ((1 - right).at_least(1) >> long)


def rec_iou(*, model: Model = "qwen", as_published: bool = False) -> Reward:
    """IoU of the box a referring expression asks for; raw, without a threshold."""
    if as_published:
        return published_iou(model=model)
    return boxes.iou(frame="resized" if model == "qwen" else "pixel").reading(boxes="answer")


def rec_format(*, model: Model = "qwen", as_published: bool = False) -> Reward:
    """1 for a think block and an answer block that holds one box."""
    return published_rec_format(model=model) if as_published else format.tags() >> one_box()


def _methods() -> dict[str, Reward]:
    found = boxes.match(measure="precision").named("precision"), boxes.match(measure="recall").named("recall")
    detection = boxes.detection_ap_length()
    methods: dict[str, Reward] = {
        "od_ap50": boxes.detection_ap_length(thresholds=(0.5,)),
        "weighted_sum": 0.7 * position() + 0.15 * found[0] + 0.15 * found[1],
        **dict.fromkeys(("map", "od_ap", "odLength"), detection),
    }
    return {name: method.reading(boxes="answer") for name, method in methods.items()} | {
        "default": by_kind(),
        "mcq": answers.choice(),
        "yes_no": answers.yes_no(),
        "math": maths.math(),
        "all_match": answers.exact(),
    }


@reward("vlm_r1.position", range=(0, 1))
def position(response: str, boxes: Any) -> float | Score:
    """Σ IoU of one-to-one pairs with one label and IoU ≥ 0.5, over the true boxes; none on either side is 1."""

    def judge(found: list[Box], true: list[Box]) -> float:
        if not (found and true):
            return float(not found and not true)
        overlap = metric.iou_matrix([b[:4] for b in found], [b[:4] for b in true])
        overlap *= [[_folded(a.label) == _folded(b.label) for b in true] for a in found]
        return sum(float(overlap[pair]) for pair in metric.match(overlap)) / len(true)

    true = true_boxes(boxes, Frames("pixel", None, None))
    return compare(read_answer(parse.boxes, response, "answer"), true, judge)


@reward("vlm_r1.by_kind", range=(0, 1))
def by_kind(response: str, answer: Any) -> float | Score:
    """A choice, mathematics, a quantity or a text, whichever the true answer is; texts earn their edit ratio."""
    gold = gold_text(answer, "answer").strip()
    if gold in set(LETTERS):
        check = answers.choice
    elif exact(gold).ok or "\\" in gold:
        check = maths.math
    else:
        check = answers.numeric if number(gold, match="whole").ok else answers.fuzzy
    score: float | Score = check.fn(response, answer)
    return score


@reward("vlm_r1.one_box", range=(0, 1), binary=True)
def one_box(response: str) -> float:
    """1 if the answer block holds one box that can be read."""
    return float(read_answer(parse.box, response, "answer").ok)


@reward("vlm_r1.repetition", range=(-1, 0))
def repetition(response: str) -> float | Score:
    """Minus the share of boxes, told apart by place and label, that repeat another; without any, of word 6-grams."""
    listed = parse.boxes(response, partial=True).value or ()
    labelled = [(box.corners, box.label) for box in listed if box.label is not None]
    if labelled:
        return -repeated(labelled) + 0.0
    score: float | Score = shape.repeated_ngrams.fn(response, n=6)
    return score


@reward("vlm_r1.unjudged", range=(0, 1))
def unjudged(response: str) -> Score:
    """Stands where a judge would: there is none."""
    return Score.inapplicable("the row asks for a judge: accuracy(judge=…)")


# -- as published: what the official code does, its mistakes included --------------------------------

CHOICE_WORDS = (
    "答案", "选择", "正确", "是", "对", "认为", "应该", "觉得",
    "ANSWER", "CORRECT", "CHOOSE", "SELECT", "RIGHT", "THINK", "BELIEVE", "SHOULD",
)  # fmt: skip
_CHOICE = re.compile(r"(?<![A-Z])[A-Z](?=[.,?!:;]|$)")
_YES_NO = re.compile(r"yes|no")
_INTEGERS = re.compile(r"\[(\d++),\s*+(\d++),\s*+(\d++),\s*+(\d++)\]")
_JUNCTION = re.compile(r"</think>\s*+<answer>")
_REC_FORMAT = {
    "qwen": ("<think>", _JUNCTION, r"\{", _INTEGERS, r"\}", "</answer>"),
    "internvl": ("<think>", _JUNCTION, _INTEGERS, "</answer>"),
    "glm": ("<think>", "<answer>", "</answer>"),
}
"""What has to follow each other, with anything in between."""


def _published_methods() -> dict[str, Reward]:
    return {
        "default": published_default(),
        "mcq": published_choice(),
        "yes_no": published_yes_no(),
        "math": published_math(),
        "all_match": published_all_match(),
        "weighted_sum": published_weighted_sum(),
        "map": published_detection(block=False),
        "od_ap": published_detection(),
        "od_ap50": published_detection(thresholds=(0.5,)),
        "odLength": published_detection(length=True),
    }


def clean_text(text: str) -> str:
    """The last answer block, or the text without one, on one line, lower case, without a full stop at its end."""
    text = tag(text, "answer", which="last").value or text
    text = re.sub(r"[\r\n]", "", re.sub(r"(?<!\s)[\r\n]", " ", text))
    return text.strip().rstrip(".").lower()


def extract_choice(text: str) -> str | None:
    """The best of the letters before punctuation or the end, by words and marks around the first place in the
    text, any word included, where such a letter stands; each occurrence counts anew."""
    text = re.sub(r"\s+", " ", text.upper())
    found = Counter(_CHOICE.findall(text))
    return max(found, key=lambda letter: found[letter] * _likeliness(text, letter), default=None)


def _likeliness(text: str, letter: str) -> int:
    at = text.find(letter)
    context = text[max(0, at - 20) : at + 20]
    named = sum(word in context for word in CHOICE_WORDS)
    return named + 2 * (at > 0.7 * len(text)) + (text[at + 1 : at + 2] in tuple("。.!！,，"))


@reward("vlm_r1.published.mcq", range=(0, 1), binary=True)
def published_choice(response: str, answer: Any) -> float:
    """1 if `extract_choice` finds one letter in the first answer blocks of both."""
    found, gold = extract_choice(_block(response, "first")), extract_choice(_block(str(answer), "first"))
    return float(found is not None and found == gold)


@reward("vlm_r1.published.yes_no", range=(0, 1), binary=True)
def published_yes_no(response: str, answer: Any) -> float:
    """1 if the first "yes" or "no" in both, inside words too, is the same, or neither has one."""
    found, gold = (_YES_NO.search(_block(text.lower(), "first")) for text in (response, str(answer)))
    return float((found and found[0]) == (gold and gold[0]))


@reward("vlm_r1.published.all_match", range=(0, 1), binary=True)
def published_all_match(response: str, answer: Any) -> float:
    """1 if both are the same after `clean_text`."""
    return float(clean_text(response) == clean_text(str(answer)))


@reward("vlm_r1.published.math", range=(0, 1), binary=True)
def published_math(response: str, answer: Any) -> float | Score:
    """1 if both are the same after `clean_text`, or equal as mathematics."""
    text, gold = clean_text(response), clean_text(str(answer))
    score: float | Score = 1.0 if text == gold else maths.math.fn(text, gold, within=None)
    return score


@reward("vlm_r1.published.default", range=(0, 1))
def published_default(response: str, answer: Any) -> float:
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
def published_detection(
    response: str,
    answer: Any,
    *,
    block: bool = True,
    length: bool = False,
    thresholds: Sequence[float] = COCO_THRESHOLDS,
) -> float | Score:
    """Average precision of the last fenced list, read from the last answer block unless `block` is False, and
    with `length` times min(1, true / listed). Whatever holds no list has no boxes, right where none are wanted."""
    if block:
        read = tag(response, "answer", which="last")
        if read.value is None:
            return Score.malformed(read.reason)
        response, answer = read.value, _block(str(answer), "first")
    found, true = _items(response, "last"), _items(str(answer), "last")
    share = min(1.0, len(true) / len(found)) if length and found else 1.0
    return share * average_precision(*_columns(found), None, *_columns(true), thresholds)


@reward("vlm_r1.published.weighted_sum", range=(0, 1))
def published_weighted_sum(response: str, answer: Any) -> float:
    """`detection_score`, but where the answer is "none" nothing else will do."""
    if clean_text(str(answer)) == "none":
        return float(clean_text(response) == "none")
    return detection_score(response, str(answer))


def detection_score(response: str, answer: str) -> float:
    """0.7 · Σ IoU of matched boxes / true boxes + 0.3 · (1 − (share missed + share surplus) / 2), in the first
    fenced list of either. A pair with two labels has no IoU, and yet it is matched."""
    found, true = _items(clean_text(response), "first"), _items(clean_text(answer), "first")
    if not (found and true):
        return float(not found and not true)
    overlap = overlaps([corners for corners, _ in found], [corners for corners, _ in true])
    pairs = metric.match(overlap)
    position = sum(float(overlap[i, j]) for i, j in pairs if found[i][1] == true[j][1]) / len(true)
    return 0.7 * position + 0.15 * (len(pairs) / len(true) + len(pairs) / len(found))


def overlaps(a: ArrayLike, b: ArrayLike) -> Floats:
    """IoU of every pair, but 0 where two boxes share a strip of no more than one pixel."""
    a, b = metric.as_boxes(a), metric.as_boxes(b)
    shared = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2])
    return np.where((shared > 1).all(axis=-1), metric.iou_matrix(a, b), 0.0)


@reward("vlm_r1.published.iou", range=(0, 1))
def published_iou(
    response: str, answer: Any, image_size: Any = None, resized_size: Any = None, *, model: Model = "qwen"
) -> float | Score:
    """IoU of the first [x1, y1, x2, y2] of whole numbers in the first answer block; see `overlaps`."""
    found = _INTEGERS.search(tag(response, "answer", which="first").value or "")
    if found is None:
        return Score.malformed("no list of four whole numbers in an answer block")
    corners = np.array(found.groups(), dtype=np.float64)
    if model == "qwen":
        corners *= np.tile(np.divide(image_size, resized_size), 2)
    true = decode(_block(str(answer), "last"), 0).value
    return metric.iou(corners, true) if model == "glm" else float(overlaps([corners], [true])[0, 0])


@reward("vlm_r1.published.rec_format", range=(0, 1), binary=True)
def published_rec_format(response: str, *, model: Model = "qwen") -> float:
    """1 if the tags and a list of four whole numbers, for Qwen within braces, stand somewhere in this order."""
    at = 0
    for mark in _REC_FORMAT[model]:
        found = re.compile(mark).search(response, at)
        if found is None:
            return 0.0
        at = found.end()
    return 1.0


@reward("vlm_r1.published.length", range=(0.5, 1))
def published_length(tokens: Any) -> float:
    """0.75 + 0.25·cos(π · tokens / 1024), for right and wrong answers alike; `tokens` is a number or a list."""
    return 0.75 + 0.25 * cos(pi * shape.tokens.fn(tokens) / 1024)


def _block(text: str, which: Which) -> str:
    """The body of an answer block, or the whole text if it has none."""
    read = tag(text, "answer", which=which)
    return text.strip() if read.value is None else read.value


def _items(text: str, which: Which) -> list[tuple[metric.Corners, str]]:
    """Corners and label of every item of the fenced JSON list; an item without them is an empty box with no name."""
    body = fenced(text, which=which).value or ""
    read = decode(body, 0)
    if not isinstance(read.value, (list, dict)) or read.span is None or read.span.stop < len(body):
        return []
    return [_item(one) for one in read.value]


def _item(given: Any) -> tuple[metric.Corners, str]:
    try:
        x1, y1, x2, y2 = map(float, given["bbox_2d"])
        return (x1, y1, x2, y2), str(given["label"])
    except (TypeError, KeyError, ValueError):
        return (0.0, 0.0, 0.0, 0.0), ""


def _columns(items: list[tuple[metric.Corners, str]]) -> tuple[list[metric.Corners], list[str]]:
    return [corners for corners, _ in items], [label for _, label in items]


def _folded(label: str | None) -> str | None:
    return label and label.strip().casefold()


# -- the system --------------------------------------------------------------------------------------

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


@system.proof(
    claim="answers that know nothing, and that the official code pays for, earn nothing by default", seconds=5
)
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
        both = rng.random((PROMPTS, GROUP)) < expit(logit)
        rows = [row for prompt, arms in enumerate(both) for row in _guesses(rng, arms, method, prompt)]
        gradient = advantage(rows).values.reshape(both.shape) * (both - expit(logit))
        logit += RATE * float(gradient.mean())
    return float(expit(logit))


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
        ("od_ap", str(rng.choice(["blah", "a photo", "{}"])), "None"),
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
