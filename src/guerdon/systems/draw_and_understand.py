"""What a model says of the regions a user marks: labels, texts, and a judge's view beside a reference (2024).

The response and `answer` say "Region 1: …", "Region 2: …". Labels earn their shared words, texts read there
must be the true ones, and longer descriptions are rated by a judge that sees a reference answer too: its
reply stands in the column `verdict`, and its reply to the other order in `swapped`.

Regions are matched by number: the official scripts match them by position, so that one left out shifts all that
follow. Case and punctuation do not count, and a verdict that cannot be read is no score, where the official
mean counts it as −1 and asks in one order only. Those readings are in `guerdon.systems._draw_and_understand`.
Similarity of labels by sentence embeddings needs an encoder: any reward that compares two texts takes
`guerdon.rules.regions.region_rows`. The visual prompt encoder here is the paper's, without its shift by half
a pixel, which it applies to coordinates from 0 to 1.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.reward import Reward
from guerdon.rules import judged, regions
from guerdon.sample import Row
from guerdon.scores import Floats, Scores
from guerdon.systems import Measured, System
from guerdon.systems import _draw_and_understand as published
from guerdon.world.policy import Indices


def labels(*, similarity: Literal["words", "exact"] = "words") -> Reward:
    """How alike the labels of each region are ("semantic IoU")."""
    return regions.labels(similarity=similarity)


def text(*, similarity: Literal["exact", "edit"] = "exact") -> Reward:
    """Whether the text in each region was read."""
    return regions.text(similarity=similarity)


def judge() -> Reward:
    """A judge's score, from 1 to 10, over that of the reference."""
    return judged.relative()


def relative_score(scores: Scores) -> float:
    """100 · mean score of the candidates / mean score of the references, over the verdicts that were read.

    It exceeds 100 where the judge likes the candidates better. NaN if none was read.
    """
    reference, candidate = (scores.components[f"judged.relative/{who}"].mean() for who in ("reference", "candidate"))
    return 100 * candidate / reference


def prompt_encoding(points: ArrayLike, basis: Floats) -> Floats:
    """Random Fourier features [..., 2·d] of points [..., 2], from 0 to 1: sin and cos of 2π(2x − 1)·basis [2, d].

    Tancik et al. 2020, https://arxiv.org/abs/2006.10739.
    """
    turns = 2 * np.pi * (2 * np.asarray(points, dtype=np.float64) - 1) @ basis
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=-1)


system = System(
    id="draw-and-understand",
    title="Draw-and-Understand: Leveraging Visual Prompts to Enable MLLMs to Comprehend What You Want",
    year=2024,
    url="https://arxiv.org/abs/2403.20271",
    about=__doc__,
    rewards={"labels": labels, "text": text, "judge": judge},
)


SIDE = 32
NAMES = ("red square", "red ring", "blue square", "blue ring")
"""Every canvas shows one of each, so that only the mark says which is meant."""
CANVASES, HELD_OUT = 300, 200
FEATURES = 256
SHARPNESS = (10.0, 60.0)
"""How narrowly the head looks around a mark: once at the shape, once at its middle."""


class Canvases(NamedTuple):
    """Pictures with two marks each."""

    pixels: Floats
    """[n, SIDE, SIDE, 3]"""
    marks: Floats
    """[n, 2, 2], (x, y) from 0 to 1."""
    names: Indices
    """[n, 2], what is marked."""


@system.proof(claim="with the marks encoded, a linear head says what is marked", seconds=15)
def marks_are_understood(seed: int) -> Measured:
    """Regions labelled right on held-out canvases; the baseline is the same head without the marks' encoding."""
    return Measured(_told(seed, True)[0], at_least=0.95, baseline=_told(seed, False)[0])


@system.proof(claim="swapping the marks swaps the answers", seconds=10)
def swapped_marks(seed: int) -> Measured:
    """Share of held-out canvases with two answers that trade places; the baseline ignores the marks."""
    return Measured(_told(seed, True)[1], at_least=0.95, baseline=_told(seed, False)[1])


@system.proof(claim="verdicts in both orders, unread ones left out, give the true relative score", seconds=5)
def verdicts_with_care(seed: int) -> Measured:
    """Points away from 75 under a judge that favours the first answer and is silent at times; the baseline is
    the official reading of the same replies."""
    rng = np.random.default_rng(seed)
    rows = [{"verdict": _judged(rng, 8, 6), "swapped": _judged(rng, 6, 8)} for _ in range(1000)]
    careful = relative_score(judge()(rows))
    careless = published.relative_score([published.verdict(row["verdict"]) for row in rows])
    return Measured(abs(careful - 75), at_most=1.0, baseline=abs(careless - 75))


def _judged(rng: np.random.Generator, first: int, second: int) -> str:
    if rng.random() < 0.15:
        return "I am sorry, I cannot see the image."
    return f"{first + rng.integers(2)} {second - rng.integers(2)}\nBecause of the details."


@cache
def _told(seed: int, encoded: bool) -> tuple[float, float]:
    """Share of regions named right, and of canvases whose two answers differ and trade places with their marks."""
    rng = np.random.default_rng(seed)
    basis = rng.normal(size=(2, FEATURES // 2))
    seen, held_out = _drawn(rng, CANVASES), _drawn(rng, HELD_OUT)
    inputs = _looked(seen, basis, encoded).reshape(CANVASES * 2, -1)
    head = np.linalg.lstsq(inputs, np.eye(len(NAMES))[seen.names.ravel()], rcond=None)[0]

    def answers(canvases: Canvases) -> Indices:
        return np.asarray((_looked(canvases, basis, encoded) @ head).argmax(axis=-1))

    given = answers(held_out)
    swapped = answers(held_out._replace(marks=held_out.marks[:, ::-1]))
    traded = (given[:, 0] != given[:, 1]) & (given == swapped[:, ::-1]).all(axis=1)
    return labels(similarity="exact")(_rows(given, held_out.names)).mean(), float(traded.mean())


def _looked(canvases: Canvases, basis: Floats, encoded: bool) -> Floats:
    """What the head sees of each mark, [n, 2, features]: the colours around it, or of the whole canvas."""
    pixels = canvases.pixels.reshape(len(canvases.pixels), SIDE * SIDE, 3)
    grid = (np.indices((SIDE, SIDE)).reshape(2, -1).T[:, ::-1] + 0.5) / SIDE
    nearness = prompt_encoding(canvases.marks, basis) @ prompt_encoding(grid, basis).T / (FEATURES // 2)
    views = [np.ones((*canvases.marks.shape[:2], 1))]
    for sharpness in SHARPNESS:
        weights = np.exp(sharpness * (nearness - 1) * encoded)
        views.append(weights @ pixels / weights.sum(axis=-1, keepdims=True))
    return np.concatenate(views, axis=-1)


def _drawn(rng: np.random.Generator, n: int) -> Canvases:
    """A shape in each quarter, 7 pixels wide; a ring has a hole of 3."""
    pixels = rng.normal(0, 0.05, (n, SIDE, SIDE, 3))
    order = rng.permuted(np.tile(np.arange(len(NAMES)), (n, 1)), axis=1)
    corners = rng.integers(0, 10, (n, 4, 2)) + 16 * np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    for canvas, names, places in zip(pixels, order, corners, strict=True):
        for name, (x, y) in zip(names, places, strict=True):
            canvas[y : y + 7, x : x + 7, 2 * (name // 2)] += 1
            if name % 2:
                canvas[y + 2 : y + 5, x + 2 : x + 5, 2 * (name // 2)] -= 1
    marks = (corners[:, :2] + 3.5 + rng.normal(0, 0.5, (n, 2, 2))) / SIDE
    return Canvases(pixels, marks, order[:, :2])


def _rows(given: Indices, true: Indices) -> list[Row]:
    def said(names: Indices) -> str:
        return "\n".join(f"Region {i}: {NAMES[name]}" for i, name in enumerate(names.tolist(), 1))

    return [{"response": said(a), "answer": said(b)} for a, b in zip(given, true, strict=True)]
