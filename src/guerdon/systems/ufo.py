"""Boxes and masks as open-ended text: rewards for what such a model writes and retrieves (Tang et al. 2025).

A box is centre, width and height in whole numbers of the resized picture, `cx,cy,w,h`, bare for a referring
expression or `label,<box>cx,cy,w,h</box>` one after the other for detection. A mask is not written: the model
emits 16 tokens whose hidden states' dot products with the picture's features are its sub-pixels
(`guerdon.metrics.masks.retrieval_logits`). Rows have `boxes` or `mask`, the true ones, and `image_size`;
`bins` is the side of the resized picture, 448, 896 or 1344.

By default the unit is what `bins` says, the model's own tags are read, and figures are those of the
foreground. `rec(as_published=True)` repeats the official scoring, which splits the answer at commas, tags and
all, takes numbers for shares of the picture unless the centre's two add up to 2, and divides by 896 whatever
the model's input; `segmentation(as_published=True)` adds 10⁻⁵ to every union. Losses wait for models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit

from guerdon.geometry import Box, to_xyxy
from guerdon.leaf import reward
from guerdon.metrics import boxes as metric
from guerdon.metrics.masks import areas, cumulative_iou, iou, retrieval_logits
from guerdon.metrics.pairs import candidates, pair_up, worth
from guerdon.metrics.runs import Bools, as_array, size_of
from guerdon.parse.boxes import boxes as explicit_none
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS
from guerdon.parse.result import Parsed, malformed
from guerdon.reward import Reward
from guerdon.rules import masks
from guerdon.rules.boxes import true_boxes
from guerdon.rules.masks import true_mask
from guerdon.rules.where import compare
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Floats, Softmax, group_relative

PUBLISHED_BINS = 896
TOKENS = 16
"""That a mask takes."""
_NUMBER = r"\s*+([0-9]{1,9}(?:\.[0-9]{0,9})?)\s*+"
_FOUR = re.compile(",".join([_NUMBER] * 4))
_ITEM = re.compile(r"([^<>]{0,100}+)<box>([^<]{0,100}+)</box>")


def rec(*, bins: int = PUBLISHED_BINS, as_published: bool = False) -> Reward:
    """IoU of the box that a referring expression asks for; `.at_least(0.5)` is a hit."""
    return published_rec() if as_published else referred(bins=bins)


@reward("ufo.rec", range=(0, 1))
def referred(response: str, boxes: Any, image_size: Any, *, bins: int = PUBLISHED_BINS) -> float | Score:
    """IoU of the response's one box cx,cy,w,h, in units of 1/`bins` of the picture, with or without tags.

    >>> row = {"response": "<box>224,336,224,448</box>", "boxes": [100, 50, 300, 250], "image_size": [800, 400]}
    >>> referred().one(row).value
    1.0
    """
    found = _only(read_boxes(response, bins, image_size))
    true = _only(true_boxes(boxes))
    return compare(found, true, lambda p, g: metric.iou(p[:4], g[:4]))


@reward("ufo.detection", range=(0, 1))
def detection(response: str, boxes: Any, image_size: Any, *, bins: int = PUBLISHED_BINS) -> float | Score:
    """F1 of the boxes `label,<box>…</box>` that match a true one of their label with IoU ≥ ½, one to one.

    >>> row = {"boxes": [{"bbox_2d": [100, 50, 300, 250], "label": "cat"}], "image_size": [800, 400]}
    >>> text = "cat,<box>224,336,224,448</box>dog,<box>1,1,1,1</box>"
    >>> round(detection().one({"response": text, **row}).value, 4)
    0.6667
    """

    def judge(found: list[Box], true: list[Box]) -> float:
        labels = [[(box.label or "").strip().casefold() for box in side] for side in (found, true)]
        pairs = candidates([b[:4] for b in found], [b[:4] for b in true], (labels[0], labels[1]))
        return worth(pair_up(pairs), len(found), len(true), (0.0, 0.0)).measure("f1")

    return compare(read_boxes(response, bins, image_size), true_boxes(boxes), judge)


@reward("ufo.retrieval", range=(0, 1))
def retrieval(mask_tokens: Any, features: Any, mask: Any, image_size: Any = None) -> float | Score:
    """IoU of the mask that hidden states retrieve: tokens [16, d] and features [h, w, d], scaled up and above 0.

    Fewer tokens, or tokens of another depth, are malformed. Two empty masks are 1.
    """
    true = true_mask(mask, image_size).value
    if true is None:
        return Score.inapplicable("the true mask cannot be read")
    try:
        tokens, seen = (np.asarray(given, dtype=np.float64) for given in (mask_tokens, features))
        if len(tokens) != TOKENS or not (np.isfinite(tokens).all() and np.isfinite(seen).all()):
            raise ValueError(f"{len(tokens)} tokens, or numbers that are not finite, where {TOKENS} tokens are wanted")
        drawn = retrieved(tokens, seen, size_of(true.mask))
    except (ValueError, TypeError) as error:
        return Score.malformed(str(error))
    return iou(drawn, as_array(true.mask))


@reward("ufo.published.rec", range=(0, 1))
def published_rec(response: str, boxes: Any, image_size: Any) -> float | Score:
    """IoU of the first four comma-separated numbers as cx,cy,w,h: over 896 if cx + cy ≥ 2, else shares."""
    width, height = image_size
    try:
        cx, cy, w, h = map(float, response.split(",", 4)[:4])
    except ValueError:
        return Score.malformed("the answer does not begin with four numbers and commas")
    corners = np.array([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2])
    if corners.sum() >= 4:
        corners /= PUBLISHED_BINS
    x1, y1, x2, y2 = (corners * (width, height, width, height)).tolist()
    true = _only(true_boxes(boxes))
    return compare(Parsed(Box(x1, y1, x2, y2)), true, lambda p, g: metric.iou(p[:4], g[:4]))


def read_boxes(text: str, bins: int, image_size: Any, query: tuple[float, float] | None = None) -> Parsed[list[Box]]:
    """Boxes of a text in pixels of the picture: `label,<box>…</box>` ones, or the bare four numbers that it is.

    With `query`, the place 0–1 of the local query that wrote them, centres are offsets from it.
    """
    written = [(found[2], found[1]) for found in islice(_ITEM.finditer(text[:MAX_CHARS]), MAX_ITEMS + 1)]
    if len(written) > MAX_ITEMS or len(written) < text.count("<box>"):
        return malformed(f"more than {MAX_ITEMS} boxes, or one that breaks off")
    if not written and (none := explicit_none(text)).value == []:
        return Parsed([], none.status, none.span)
    boxes = []
    for numbers, label in written or [(text, "")]:
        four = _FOUR.fullmatch(numbers)
        if four is None:
            return malformed(f"{numbers[:60]!r} is not cx,cy,w,h")
        cx, cy, w, h = (float(n) / bins for n in four.groups())
        if query is not None:
            cx, cy = cx - 0.5 + query[0], cy - 0.5 + query[1]
        width, height = image_size
        corners = to_xyxy((cx * width, cy * height, w * width, h * height), "cxcywh")
        boxes.append(Box(*corners, label.strip(" ,\n") or None))
    return Parsed(boxes)


def _only(boxes: Parsed[list[Box]]) -> Parsed[Box]:
    if boxes.value is None:
        return Parsed(None, *boxes[1:])
    return Parsed(boxes.value[0]) if len(boxes.value) == 1 else malformed(f"{len(boxes.value)} boxes, one is wanted")


def retrieved(tokens: Floats, features: Floats, size: tuple[int, int]) -> Bools:
    """The mask of a picture of (height, width) that a square number of tokens retrieve.

    Raises ValueError for tokens and features that do not fit.
    """
    if tokens.ndim != 2 or features.ndim != 3:
        raise ValueError(f"tokens [g², d] and features [h, w, d] are needed, not {tokens.shape} and {features.shape}")
    logits = retrieval_logits(tokens, features, grid=int(len(tokens) ** 0.5))
    rows, columns = (_bilinear(a, b) for a, b in zip(logits.shape, size, strict=True))
    return np.asarray(rows @ logits @ columns.T > 0)


@cache
def _bilinear(source: int, target: int) -> Floats:
    """The matrix [target, source] that scales an axis; ends of pixels, not their middles, stay where they are."""
    place = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    return np.asarray(np.maximum(0, 1 - np.abs(place[:, None] - np.arange(source))))


class Segmented(NamedTuple):
    """Figures of a set of masks, 0–1."""

    giou: float
    """Mean over pictures of shared / union, 1 where both are empty."""
    ciou: float
    """Σ shared / Σ union."""
    both_giou: float
    """The mean of that with the same figure for the background, which flatters."""
    both_ciou: float


def segmentation(
    predicted: Sequence[Bools], true: Sequence[Any], *, ignore: int = 255, as_published: bool = False
) -> Segmented:
    """gIoU and cIoU of masks [h, w]; pixels that the true labels call `ignore` count for nothing.

    >>> segmentation([np.array([[1, 0, 0, 0]], bool)], [[[1, 1, 0, 0]]]).giou
    0.5
    """
    spare = 1e-5 if as_published else 0.0
    figures = []
    for side in (1, 0):
        labels = [np.asarray(t) for t in true]
        sides = [np.asarray(p, np.bool_) == bool(side) for p in predicted]
        found = [areas(p, t == side, t != ignore) for p, t in zip(sides, labels, strict=True)]
        each = [a.shared / (a.union + spare) if a.union else 1.0 for a in found]
        figures.append((float(np.mean(each)), cumulative_iou(found)))
    (giou, ciou), (back_giou, back_ciou) = figures
    return Segmented(giou, ciou, (giou + back_giou) / 2, (ciou + back_ciou) / 2)


system = System(
    id="ufo",
    title="UFO: A Unified Approach to Fine-grained Visual Perception via Open-ended Language Interface",
    year=2025,
    url="https://arxiv.org/abs/2503.01342",
    about=__doc__,
    rewards={
        "rec": rec, "detection": detection, "retrieval": retrieval, "iou": masks.iou, "ciou": masks.cumulative_iou,
    },
    published=(
        Published(
            "UFO-InternVL2.5-8B, and fine-tuned, %",
            "github.com/nnnth/UFO, README",
            ("task", "multi-task", "fine-tuned"),
            (("RefCOCO val, REC", 91.8, 93.1), ("RefCOCO val, RES cIoU", 80.0, 81.0), ("ReasonSeg, gIoU", 60.0, 67.0)),
        ),
    ),
)  # fmt: skip


SIDE, DEPTH, NOISE = 32, 32, 0.1
"""Pixels of a picture's side, numbers of a feature, and the noise in them; a cell of features is 4 x 4 pixels."""
PICTURES, STEPS, RATE = 64, 300, 0.1
CANDIDATES, GUESSES, CHOICES = 50, 32, 600


@system.proof(claim="16 tokens retrieve discs from 8 x 8 features that one token, scaled up, only blurs", seconds=25)
def sixteen_tokens(seed: int) -> Measured:
    """IoU on held-out pictures after training with cross-entropy and dice; the baseline has one token."""
    sixteen, one = _retrieved(seed, grid=4), _retrieved(seed, grid=1)
    return Measured(sixteen, at_least=max(0.98, one + 0.04), baseline=one)


@system.proof(claim="IoU of what is written teaches a policy to choose among 50 boxes", seconds=15)
def choosing_boxes(seed: int) -> Measured:
    """Mean IoU after GRPO; the baseline chooses at random."""
    rng = np.random.default_rng(seed)
    rows = _candidates(rng)
    ious = rec()(rows).values
    policy, alone = Softmax([1], CANDIDATES), np.zeros(GUESSES, np.intp)
    for _ in range(CHOICES):
        chosen = policy.draw(rng, alone)
        values = rec()([rows[k] for k in chosen]).values
        policy.learn(chosen, group_relative(values[None])[0], alone, rate=2.0)
    return Measured(float(policy.probabilities([0])[0] @ ious), at_least=0.9, baseline=float(ious.mean()))


def _candidates(rng: np.random.Generator) -> list[Row]:
    """One picture with answers that are off by more and more."""
    true = np.array([300.0, 200.0, 500.0, 360.0])
    size = (800, 400)
    off = np.linspace(0.01, 0.6, CANDIDATES)[:, None] * rng.normal(0, 1, (CANDIDATES, 4)) * [200, 160, 200, 160]
    x1, y1, x2, y2 = (true + off).T
    middle = np.stack([(x1 + x2) / 2, (y1 + y2) / 2, abs(x2 - x1), abs(y2 - y1)], axis=1)
    numbers = (middle / np.tile(size, 2) * PUBLISHED_BINS).clip(0, PUBLISHED_BINS).round().astype(int)
    answers = [f"<box>{','.join(map(str, four))}</box>" for four in rng.permutation(numbers).tolist()]
    return [{"response": answer, "boxes": true.tolist(), "image_size": size} for answer in answers]


def _retrieved(seed: int, grid: int) -> float:
    """Held-out IoU of grid² tokens and a bias after Adam on cross-entropy + dice."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(0, 1 / 4, (16, DEPTH))
    features, true = _discs(rng, mixing)
    tokens = np.zeros((grid * grid, DEPTH + 1))  # a feature that is always 1 carries the bias
    mean, square = np.zeros_like(tokens), np.zeros_like(tokens)
    for step in range(1, STEPS + 1):
        gradient = _gradient(tokens, features, true)
        mean += 0.1 * (gradient - mean)
        square += 0.001 * (gradient**2 - square)
        tokens -= RATE * mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    features, true = _discs(rng, mixing)
    found = [retrieved(tokens, picture, (SIDE, SIDE)) for picture in features]
    return float(np.mean([iou(mask, disc) for mask, disc in zip(found, true, strict=True)]))


def _discs(rng: np.random.Generator, mixing: Floats) -> tuple[Floats, Bools]:
    """Features that say linearly, and not quite clearly, which pixels of their cell lie in a disc; and the discs."""
    y, x = np.mgrid[:SIDE, :SIDE]
    middle, radius = rng.uniform(8, 24, (2, PICTURES, 1, 1)), rng.uniform(4, 10, (PICTURES, 1, 1))
    discs = (x - middle[0]) ** 2 + (y - middle[1]) ** 2 <= radius**2
    side = SIDE // 4
    cells = discs.reshape(PICTURES, side, 4, side, 4).swapaxes(2, 3).reshape(PICTURES, side, side, 16)
    features = cells @ mixing + rng.normal(0, NOISE, (PICTURES, side, side, DEPTH))
    return np.concatenate([features, np.ones((PICTURES, side, side, 1))], axis=-1), discs


def _gradient(tokens: Floats, features: Floats, true: Bools) -> Floats:
    """Of the mean cross-entropy of pixels plus the mean dice loss of pictures."""
    grid, side = int(len(tokens) ** 0.5), features.shape[1]
    scale = _bilinear(side * grid, SIDE)
    logits = np.stack([retrieval_logits(tokens, picture, grid=grid) for picture in features])
    p = expit(scale @ logits @ scale.T)
    shared, total = (m.sum(axis=(1, 2), keepdims=True) for m in (p * true, p + true))
    dice = (2 * shared + 1 - 2 * true * (total + 1)) / (total + 1) ** 2 / len(true)
    slope = scale.T @ ((p - true) / true.size + dice * p * (1 - p)) @ scale
    cells = slope.reshape(len(true), side, grid, side, grid).swapaxes(2, 3).reshape(len(true), side, side, -1)
    return np.asarray(np.einsum("nhwk,nhwd->kd", cells, features) / tokens.shape[1] ** 0.5)
