"""Key frames of long videos: how well they are found, and a search that finds them (Ye et al. 2025).

LV-Haystack compares the few seconds a method picks from an hour of video with those a human picked: precision, recall
and F1 within five seconds, distances to the nearest, and how alike the pictures are. T* looks for them by
resampling where an open-vocabulary detector is surest (`guerdon.use.search`); give it any scorer of frames.

Rows have `keyframe_timestamps` and `gt_seconds`, lists of seconds, and for questions `response`, `answer` and
`options`. By default every true frame can be hit once and a video without predictions is 0.
`as_published=True` repeats the official code: any number of predictions may hit the same frame, videos without
predictions are left out, so that answering only when sure wins, and an answer that begins with a letter from
A to F names an option even in "Because". Official pictures are compared over columns and colours instead of
rows and columns; pass `visual` images as [height, width, colour] to repeat that.

At 360 looks an hour, T* beats even spacing where cues around a target lead to it, the premise of the paper.
Without cues there is nothing to follow and it finds fewer targets than even spacing does: the last proof says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.leaf import reward
from guerdon.metrics.boxes import precision, recall
from guerdon.metrics.moments import Times, distances, matches, near
from guerdon.metrics.ssim import ssim_matrix
from guerdon.reward import Reward
from guerdon.rules import answers, time
from guerdon.systems import Measured, Published, System
from guerdon.use.search import UNSEEN, Found, Scorer, Seen, search

TOLERANCE = 5.0
"""Seconds."""
_LETTER = re.compile(r"\s*+([A-Fa-f])")


def keyframes(*, as_published: bool = False) -> Reward:
    """F1 of the seconds picked, within five seconds of the true ones."""
    return time.keyframes(matching="nearest" if as_published else "one_to_one").reading(**_COLUMNS)


def nearest() -> Reward:
    """Minus the mean distance to the nearest, both ways, in seconds."""
    return time.nearest().reading(**_COLUMNS)


def answer(*, as_published: bool = False) -> Reward:
    """1 if the answer names the true option."""
    return published_answer() if as_published else answers.choice(within=None)


_COLUMNS = {"response": "keyframe_timestamps", "moments": "gt_seconds"}


@reward("t_star.published.answer", range=(0, 1), binary=True)
def published_answer(response: str, answer: Any) -> float:
    """1 if the first letter, where that is one of A to F, is the whole true answer, else if the two texts are equal."""
    letter = _LETTER.match(response)
    said = letter[1] if letter else response.strip()
    return float(said.lower() == str(answer).strip().lower())


class Haystack(NamedTuple):
    """Means over the videos scored; 0 where there are none."""

    precision: float
    recall: float
    f1: float
    distances: list[tuple[float, float]]
    """Per video that has both: mean seconds from predictions to the nearest true frame, and back."""
    skipped: int
    """Videos left out."""


def lv_haystack(
    predicted: Sequence[Times], true: Sequence[Times], *, tolerance: float = TOLERANCE, as_published: bool = False
) -> Haystack:
    """The temporal part of the benchmark: F1 is the mean of the videos' own. Videos without a true frame are skipped.

    Raises ValueError for lists of different lengths.

    >>> lv_haystack([[11, 40]], [[10, 20, 30]]).f1  # one hit of two, one found of three
    0.4
    """
    pairs = [pair for pair in zip(predicted, true, strict=True) if len(pair[1]) and (len(pair[0]) or not as_published)]
    scores = []
    for found, wanted in pairs:
        hits, covered = near(found, wanted, tolerance), near(wanted, found, tolerance)
        if not as_published:
            hits = covered = matches(found, wanted, tolerance)
        p, r = precision(hits, len(found), len(wanted)), recall(covered, len(found), len(wanted))
        scores.append((p, r, _harmonic(p, r)))
    both = [
        (float(np.mean(distances(found, wanted))), float(np.mean(distances(wanted, found))))
        for found, wanted in pairs
        if len(found)
    ]
    p, r, f1 = np.mean(scores, axis=0).tolist() if scores else (0.0, 0.0, 0.0)
    return Haystack(p, r, f1, both, len(predicted) - len(pairs))


def visual(predicted: Sequence[Sequence[ArrayLike]], true: Sequence[Sequence[ArrayLike]]) -> tuple[float, float, float]:
    """How alike the pictures are: means over videos of each prediction's best SSIM, of each true frame's, and their F1.

    Images are [colour, height, width] with values 0–1. Videos that lack frames on a side are left out.
    """
    tables = [ssim_matrix(found, wanted) for found, wanted in zip(predicted, true, strict=True) if found and wanted]
    if not tables:
        return 0.0, 0.0, 0.0
    p, r = (float(np.mean([table.max(axis=axis).mean() for table in tables])) for axis in (1, 0))
    return p, r, _harmonic(p, r)


def _harmonic(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r > 0 else 0.0


system = System(
    id="t-star",
    title="Re-thinking Temporal Search for Long-Form Video Understanding",
    year=2025,
    url="https://arxiv.org/abs/2504.02259",
    about=__doc__,
    rewards={"keyframes": keyframes, "nearest": nearest, "answer": answer},
    published=(
        Published(
            "LongVideoBench-XL with 32 frames: accuracy, %",
            "arXiv:2504.02259, abstract",
            ("model", "alone", "with T*"),
            (("GPT-4o", 50.5, 53.1), ("LLaVA-OneVision-72B", 56.5, 62.4)),
        ),
    ),
)  # fmt: skip


VIDEOS, SECONDS, WINDOW, CUES, BUDGET, PICKED = 100, 3600, 10, 60, 360, 8
HIT, FALSE_ALARM = 0.9, 0.02


class Outcome(NamedTuple):
    """Means over videos."""

    found: float
    """Share of targets with a picked second in reach."""
    f1: float


@system.proof(claim="at equal looks, T* picks better seconds than even spacing", seconds=15)
def better_than_even(seed: int) -> Measured:
    """F1 of 8 picked seconds after 360 looks at an hour; the baseline looks every ten seconds."""
    even = _searched("even", seed).f1
    return Measured(_searched("t-star", seed).f1, at_least=even + 0.1, baseline=even)


@system.proof(claim="and far better ones than 8 seconds evenly spaced", seconds=2)
def better_than_eight(seed: int) -> Measured:
    """F1 of 8 picked seconds; the baseline looks at nothing."""
    return Measured(_searched("t-star", seed).f1, at_least=0.4, baseline=_searched("blind", seed).f1)


@system.proof(claim="it finds clearly more targets than even or random looks", seconds=15)
def finds_more(seed: int) -> Measured:
    """Share of targets with a picked second in reach after 360 looks; the baseline is the better of the two."""
    others = max(_searched(how, seed).found for how in ("even", "random"))
    return Measured(_searched("t-star", seed).found, at_least=others + 0.03, baseline=others)


@system.proof(claim="without spreading scores to neighbours it picks worse seconds", seconds=15)
def spread_ablated(seed: int) -> Measured:
    """F1 with a reach of 0 after 180 looks; the baseline is T*."""
    whole = _searched("t-star", seed, budget=BUDGET // 2).f1
    return Measured(_searched("no spread", seed, budget=BUDGET // 2).f1, at_most=whole, baseline=whole)


@system.proof(claim="without the curve that says where to look it finds fewer targets", seconds=15)
def curve_ablated(seed: int) -> Measured:
    """Share of targets found with even chances; the baseline is T*."""
    whole = _searched("t-star", seed).found
    return Measured(_searched("no curve", seed).found, at_most=whole, baseline=whole)


@system.proof(claim="where no cues lead to a target, it finds no more than even spacing", seconds=15)
def nothing_to_follow(seed: int) -> Measured:
    """Share of targets found without cues; the baseline looks every ten seconds."""
    even = _searched("even", seed, cues=0).found
    return Measured(_searched("t-star", seed, cues=0).found, at_most=even, baseline=even)


@cache
def _searched(how: str, seed: int, *, budget: int = BUDGET, cues: int = CUES) -> Outcome:
    rng = np.random.default_rng(seed)
    outcomes = []
    for _ in range(VIDEOS):
        starts = _targets(rng)
        picked = _picked(how, _detector(rng, starts, cues), [f"target {i}" for i in range(len(starts))], budget, rng)
        middles = [start + WINDOW / 2 for start in starts]
        reached = [any(s - TOLERANCE <= t < s + WINDOW + TOLERANCE for t in picked) for s in starts]
        outcomes.append((sum(reached) / len(reached), lv_haystack([picked], [middles], as_published=True).f1))
    return Outcome(*np.mean(outcomes, axis=0).tolist())


def _picked(how: str, score: Scorer, targets: list[str], budget: int, rng: np.random.Generator) -> list[int]:
    if how == "blind":
        return _spaced(PICKED)
    if how in ("even", "random"):
        looked = _spaced(budget) if how == "even" else rng.choice(SECONDS, budget, replace=False).tolist()
        scores = np.full(SECONDS, UNSEEN)
        scores[looked] = [seen.confidence for seen in score(looked)]
        return Found(scores, budget, frozenset()).frames(PICKED)
    reach, smoothing = 0 if how == "no spread" else 5, None if how == "no curve" else 0.5
    found = search(score, SECONDS, targets, budget=budget, rng=rng, reach=reach, smoothing=smoothing)
    return found.frames(PICKED)


def _spaced(n: int) -> list[int]:
    return [round(second) for second in np.linspace(0, SECONDS - 1, n).tolist()]


def _targets(rng: np.random.Generator) -> list[int]:
    """Where one to three targets begin to show, in different parts of the video."""
    parts = rng.choice(9, size=rng.integers(1, 4), replace=False)
    return [int(part) * SECONDS // 9 + int(rng.integers(150, 240)) for part in parts]


def _detector(rng: np.random.Generator, starts: list[int], cues: int) -> Scorer:
    """Sees a target for ten seconds and its cues, at half the confidence, `cues` seconds around; errs both ways."""

    def look(second: int) -> Seen:
        away = [max(start - second, second - start - WINDOW + 1, 0) for start in starts]
        nearest = int(np.argmin(away))
        if away[nearest] <= cues:
            hit, weight = rng.random() < HIT, 1.0 if away[nearest] == 0 else 0.5
        else:
            hit, weight = rng.random() < FALSE_ALARM, 1.0
        named = [f"target {nearest}"] if weight == 1.0 else []
        return Seen(weight * rng.uniform(0.5, 1.0), named) if hit else Seen(0.0)

    return lambda seconds: [look(second) for second in seconds]
