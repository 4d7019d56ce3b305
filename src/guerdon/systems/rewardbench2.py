"""One right answer among four, and prompts with many right ones: a benchmark of reward models (Malik et al. 2025).

`guerdon bench rewardbench-2` runs it on any reward, or on released scores, letters or ratings of judges; the first
RewardBench is `rewardbench`. The first two proofs go through it, with rows made here.

A constant gets 25 % and not 0 or 100, since who picks evenly among the best gets a share of the item. The score of
the subset Ties is at most 1.01, which takes right answers that are all equal; noise among them costs up to 0.4 of it
while every right answer still beats every wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from guerdon.bench.outputs import Output
from guerdon.bench.run import Entry, run
from guerdon.bench.suites.rewardbench_2 import benchmark
from guerdon.metrics.selection import Ties, ties_score
from guerdon.scores import Floats
from guerdon.systems import Measured, System

ITEMS = 3000
NOISES = (0.25, 0.5, 1.0, 2.0, 1e6)
"""Standard deviations; the quality of right answers is 1 and of wrong ones 0."""
PROMPTS, RIGHT, WRONG = 100, 5, 4

system = System(
    id="rewardbench2",
    title="RewardBench 2: Advancing Reward Model Evaluation",
    year=2025,
    url="https://arxiv.org/abs/2506.01937",
    about=__doc__,
    published=benchmark.published,
)


@system.proof(claim="accuracy falls with a reward's noise as the largest of four normal values says", seconds=5)
def noise(seed: int) -> Measured:
    """Greatest error over noises from a quarter of the gap to all noise; the baseline takes a pair for four."""
    rng = np.random.default_rng(seed)
    quality = np.array([1.0, 0.0, 0.0, 0.0])
    found = _run({str(s): quality + s * rng.standard_normal((ITEMS, 4)) for s in NOISES})
    errors = [abs(_share(found[str(s)]) - best_of_four(s)) for s in NOISES]
    pairs = [abs(_share(found[str(s)]) - float(ndtr(1 / (s * 2**0.5)))) for s in NOISES]
    return Measured(max(errors), at_most=0.03, baseline=max(pairs))


@system.proof(claim="a reward that says the same of everything gets exactly a quarter", seconds=5)
def constant(seed: int) -> Measured:
    """Its distance from 25 %; the baseline takes the first of the best ones, and the data has the right one first."""
    rng = np.random.default_rng(seed)
    found = _run({"same": np.full((ITEMS, 4), rng.normal())})
    return Measured(abs(_share(found["same"]) - 0.25), at_most=0.0, baseline=abs(_share(found["first"]) - 0.25))


@system.proof(claim="equal right answers above the wrong ones get the full score of Ties, 1.01", seconds=2)
def ties(seed: int) -> Measured:
    """The score of a perfect reward; the baseline has right answers further apart than from the wrong ones."""
    return Measured(_ties(seed, spread=0.0).score, at_least=1.01, baseline=_ties(seed, spread=3.0).score)


@system.proof(claim="right answers further apart than from wrong ones are all above them, and none is apart", seconds=2)
def jitter(seed: int) -> Measured:
    """Accuracy on both sorts of items less the two shares of prompts whose gap exceeds the spread, −2 to 2; the
    baseline is a perfect reward, which has all four."""
    apart, perfect = (_ties(seed, spread=spread) for spread in (3.0, 0.0))
    value, baseline = (t.tied + t.single - t.apart - t.both_apart for t in (apart, perfect))
    return Measured(value, at_least=2.0, baseline=baseline)


def best_of_four(noise: float) -> float:
    """Chance that 1 + noise·z is the largest beside three noise·z, z standard normal: ∫ φ(z)·Φ(z + 1/noise)³ dz."""
    z = np.linspace(-10.0, 10.0, 4001)
    density = np.exp(-(z**2) / 2) / (2 * np.pi) ** 0.5
    return float((density * ndtr(z + 1 / noise) ** 3).sum() * (z[1] - z[0]))


def _run(values: Mapping[str, Floats]) -> dict[str, Entry]:
    """The benchmark on items of one right and three wrong answers, by reward; the trivial baselines are among them."""
    rows = [
        {"id": str(i), "prompt": f"question {i}", "subset": "Focus", "chosen": ["right"], "rejected": list("abc")}
        for i in range(ITEMS)
    ]
    told = {name: [Output(str(i), tuple(row)) for i, row in enumerate(table)] for name, table in values.items()}
    return {entry.name: entry for entry in run(benchmark, outputs=told, data=rows).entries}


def _share(entry: Entry) -> float:
    estimate = entry.headline.overall.estimate
    return float("nan") if estimate is None else estimate.mean


def _ties(seed: int, spread: float) -> Ties:
    """Prompts with one and with several right answers, all of these 1 to 1 + spread and the wrong ones 0."""
    rng = np.random.default_rng(seed)
    several = np.arange(2 * PROMPTS) % 2 == 1
    gold = np.zeros((2 * PROMPTS, RIGHT + WRONG))
    gold[:, :RIGHT] = np.where(several[:, None], 1.0, np.nan)
    gold[:, 0] = 1.0
    above = spread * rng.random((2 * PROMPTS, RIGHT))
    above[:, :2] = (0.0, spread)
    values = gold.copy()
    values[:, :RIGHT] += above
    return ties_score(values, gold, [i // 2 for i in range(2 * PROMPTS)], several)
