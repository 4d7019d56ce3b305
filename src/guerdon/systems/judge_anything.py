"""Judges of text, images, audio and video: pairs and scores in 15 directions between modalities (Pu et al. 2025).

Its benchmarks are `judge-anything-pair` and `judge-anything-score` (`guerdon bench`), which read what its scripts write
in all three set-ups: one overall mark, six rubrics, and rubrics beside a checklist. Here is the step between them: one
score made of those of rubrics. Judges themselves and the arena wait for `guerdon.judges`.

The proofs are on simulated people and judges: answers differ by something that both see, the judge through noise, and
differences within a zone are ties. What the figures have to be is integrated over the difference.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from scipy.special import ndtr

from guerdon.bench import Entry, Line, run
from guerdon.bench.suites import judge_anything_pair, judge_anything_score
from guerdon.bench.suites._judge_anything import DIRECTIONS, PUBLISHED, UNDERSTANDING
from guerdon.bench.suites._rubrics import LEAST, MOST, RUBRICS, By, marks, reduced
from guerdon.bench.suites._rubrics import score as read
from guerdon.leaf import reward
from guerdon.metrics.stats import Estimate
from guerdon.sample import Row
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, System


@reward("judge_anything.overall", range=(LEAST, MOST))
def overall(judgement: Any, *, by: By = "mean") -> float | Score:
    """One score, 1 to 5, of those a judge gave to rubrics, in JSON; their mean, or the one most of them have.

    `overall_score` counts alone where it is there. A judgement without scores, or with one that is none from 1 to 5,
    is unread.

    >>> overall().one({"judgement": '{"relevance_score": 5, "clarity_score": 4}'}).value
    4.5
    """
    given = marks({"judgement": judgement}, "score")
    values = {name: read(mark) for name, mark in given.items()}
    bad = [f"{name}: {given[name]!r:.40}" for name, value in values.items() if value != value]
    if bad or not values:
        return Score.unread(f"no score from {LEAST} to {MOST}{f': {bad[0]}' if bad else ''}")
    return reduced(values, by)


system = System(
    id="judge-anything",
    title="Judge Anything: MLLM as a Judge Across Any Modality",
    year=2025,
    url="https://arxiv.org/abs/2503.17489",
    about=__doc__,
    rewards={"overall": overall},
    published=(PUBLISHED,),
)

TASKS = 100
"""Of a direction; each has four answers."""
ZONE = 0.5
"""Differences up to this size are ties."""
NOISE = {name: 0.5 if name in UNDERSTANDING else 1.5 for name in DIRECTIONS}
"""Of the judge, where what makes answers differ has deviation 1."""
GRID = np.linspace(-6, 6, 4001)
HALVES = np.arange(LEAST, MOST) + 0.5
OTHERWISE = {"0": "1", "1": "0", "2": "2"}
"""How a choice would be written where 1 is the first, 2 the second and 0 a tie."""


@system.proof(claim="accuracies with and without ties are what they have to be, within their intervals", seconds=10)
def accuracies(seed: int) -> Measured:
    """Share of 32 figures, of directions and overall, whose interval holds the true one; the baseline misreads codes.

    Over many seeds it is 0.95; the bar leaves room for the chance of one.
    """
    told, true = _pairs(seed), {name: _true_accuracies(noise) for name, noise in NOISE.items()}
    within, misread = (
        np.mean([_holds(told[judge], metric, {d: true[d][metric] for d in DIRECTIONS}) for metric in METRICS])
        for judge in ("judge", "misread")
    )
    return Measured(float(within), at_least=0.8, baseline=float(misread))


@system.proof(claim="shares exact and errors of scores are, too", seconds=15)
def scores(seed: int) -> Measured:
    """The same, of the share exact and MAE; the baseline always says the commonest score."""
    told, true = _scores(seed), {name: _true_scores(noise) for name, noise in NOISE.items()}
    within, commonest = (
        np.mean([_holds(told[judge], metric, {d: true[d][metric] for d in DIRECTIONS}) for metric in ("exact", "MAE")])
        for judge in ("judge", "commonest level")
    )
    return Measured(float(within), at_least=0.8, baseline=float(commonest))


@system.proof(claim="leaving out what people call a tie raises accuracy", seconds=1)
def ties(seed: int) -> Measured:
    """Accuracy on decided pairs, the judge's ties being wrong; the baseline is that on all, the bar 0.05 above it."""
    figures = _pairs(seed)["judge"].official
    without, with_ties = figures["without ties"] / 100, figures["with ties"] / 100
    return Measured(without, at_least=with_ties + 0.05, baseline=with_ties)


@system.proof(claim="the mean over directions is that over pairs only where directions are equally large", seconds=5)
def means(seed: int) -> Measured:
    """By how much they differ where half of each direction of generation is missing; the baseline has all pairs."""
    return Measured(_gap(_few(seed)), at_least=0.01, baseline=_gap(_pairs(seed)["judge"]))


@system.proof(claim="where directions are equally large the two are the same", seconds=1)
def same_means(seed: int) -> Measured:
    """By how much they differ; the baseline is where half of each direction of generation is missing."""
    return Measured(_gap(_pairs(seed)["judge"]), at_most=1e-9, baseline=_gap(_few(seed)))


@system.proof(claim="a judge whose codes mean first where 1 is a tie falls far behind itself", seconds=1)
def codes(seed: int) -> Measured:
    """Its accuracy with ties, which has to be 0.15 below that of the same choices, coded as they should be."""
    misread, right = (_estimate(_pairs(seed)[judge], "with ties").mean for judge in ("misread", "judge"))
    return Measured(misread, at_most=right - 0.15, baseline=right)


METRICS = ("accuracy", "with ties")
PAIRS = replace(judge_anything_pair.benchmark, metrics=judge_anything_pair.benchmark.metrics[:2])
SCORES = replace(judge_anything_score.benchmark, metrics=judge_anything_score.benchmark.metrics[:2])
"""Without the metrics that nothing here needs, which take their time."""


@cache
def _pairs(seed: int) -> dict[str, Entry]:
    rng = np.random.default_rng(seed)
    human, judge = _choices(rng)
    misread = [{**row, "choice": OTHERWISE[row["choice"]]} for row in judge]
    outputs = {name: judge_anything_pair.told(rows) for name, rows in (("judge", judge), ("misread", misread))}
    return {e.name: e for e in run(PAIRS, outputs=outputs, data=human).entries}


@cache
def _few(seed: int) -> Entry:
    """The judge, with half of the pairs of each direction of generation."""
    human, judge = (
        [row for i, row in enumerate(rows) if row["task_name"] in UNDERSTANDING or i % 2]
        for rows in _choices(np.random.default_rng(seed))
    )
    return run(PAIRS, outputs={"judge": judge_anything_pair.told(judge)}, data=human).entries[0]


@cache
def _scores(seed: int) -> dict[str, Entry]:
    rng = np.random.default_rng(seed)
    human, judge = [], []
    for direction, noise in NOISE.items():
        for i, quality in enumerate(rng.standard_normal((TASKS, 4))):
            seen = quality + noise * rng.standard_normal(4)
            for k, (so, says) in enumerate(zip(_level(quality), _level(seen), strict=True)):
                row = {"uniq_id": f"{direction}{i}", "task_name": direction, "model_name": f"m{k}"}
                human.append({**row, "rubric_name": "overall_score", "score": int(so)})
                judge += [{**row, "rubric_name": rubric, "score": int(says)} for rubric in RUBRICS]
    outputs = {"judge": judge_anything_score.told(judge)}
    return {e.name: e for e in run(SCORES, outputs=outputs, data=human).entries}


def _choices(rng: np.random.Generator) -> tuple[list[Row], list[Row]]:
    """Rows of people and of a judge, on two pairs a task."""
    human: list[Row] = []
    judge: list[Row] = []
    for direction, noise in NOISE.items():
        for i, gaps in enumerate(rng.standard_normal((TASKS, 2))):
            for k, gap in enumerate(gaps.tolist()):
                row = {"uniq_id": f"{direction}{i}", "task_name": direction, "model_pair": f"m{2 * k}_vs_m{2 * k + 1}",
                       "rubric_name": "overall_score"}  # fmt: skip
                human.append({**row, "choice": _code(gap)})
                judge.append({**row, "choice": _code(gap + noise * rng.standard_normal())})
    return human, judge


def _code(gap: float) -> str:
    return "1" if abs(gap) <= ZONE else "0" if gap > 0 else "2"


def _level(quality: Floats) -> Floats:
    return np.asarray(LEAST + np.searchsorted(HALVES, 3 + quality))


def _true_accuracies(noise: float) -> dict[str, float]:
    """By metric, over differences on a grid."""
    weight = np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()
    first, second = ndtr((GRID - ZONE) / noise), ndtr((-ZONE - GRID) / noise)
    tie = 1 - first - second
    better = np.where(GRID > 0, first, second)
    decided = np.abs(GRID) > ZONE
    with_ties = np.where(decided, better, tie)
    return {
        "accuracy": float(np.average((better + tie / 2)[decided], weights=weight[decided])),
        "with ties": float(np.average(with_ties, weights=weight)),
    }


def _true_scores(noise: float) -> dict[str, float]:
    """By metric, over qualities on a grid."""
    weight = np.exp(-(GRID**2) / 2)
    below = np.vstack([np.zeros_like(GRID), ndtr((HALVES[:, None] - 3 - GRID) / noise), np.ones_like(GRID)])
    chance = np.diff(below, axis=0)  # [5, grid]
    apart = np.abs(np.arange(LEAST, MOST + 1)[:, None] - _level(GRID))
    return {
        "exact": float(np.average((chance * (apart == 0)).sum(axis=0), weights=weight)),
        "MAE": float(np.average((chance * apart).sum(axis=0), weights=weight)),
    }


def _holds(entry: Entry, metric: str, true: dict[str, float]) -> float:
    """Share of the figures of directions, and of all together, whose interval holds the true one."""
    line = _line(entry, metric)
    everywhere = {**true, "": float(np.mean(list(true.values())))}
    found = {name: figure.estimate for name, figure in {**line.groups, "": line.overall}.items()}
    return float(np.mean([e is not None and e.low <= everywhere[name] <= e.high for name, e in found.items()]))


def _gap(entry: Entry) -> float:
    line = _line(entry, "with ties")
    return abs(line.macro.mean - _estimate(entry, "with ties").mean) if line.macro else float("nan")


def _estimate(entry: Entry, metric: str) -> Estimate:
    found = _line(entry, metric).overall.estimate
    if found is None:
        raise ValueError(f"{entry.name} has no {metric}")
    return found


def _line(entry: Entry, metric: str) -> Line:
    return next(line for line in entry.lines if line.metric == metric)
