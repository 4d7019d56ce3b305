"""VL-RewardBench: judges of answers about images, on pairs that are hard for small models (Li et al. 2024).

The benchmark is `guerdon bench vl-rewardbench`. It has two traps that this page measures. In its data the better
answer stands first in 99.6 % of the rows, so whoever shows answers in that order, as the scripts of R1-Reward do,
calls a judge perfect that always says "Answer 1". And its own script leaves out verdicts that it cannot read, so a
judge gains by mumbling where it is unsure; here they are wrong, and the share of them stands beside the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from guerdon.bench.run import Results, run
from guerdon.bench.suites.vl_rewardbench import benchmark, predictions
from guerdon.sample import Row
from guerdon.systems import Measured, System

system = System(
    id="vlrewardbench",
    title="VL-RewardBench: A Challenging Benchmark for Vision-Language Generative Reward Models",
    year=2024,
    url="https://arxiv.org/abs/2411.17451",
    about=__doc__,
    published=benchmark.published,
)

PAIRS = 5000
"""Four times as many as the benchmark has, where a coin would miss 50 ± 3 % once in thirty."""
KINDS = ("wildvision-{}", "hallucination_{}", "mmmu_{}")


@dataclass(frozen=True)
class Judge:
    """Prefers what is shown first without looking, or the better answer as often as its skill."""

    skill: float
    bias: float
    """How often it does not look."""
    mumbles: float = 0.0
    """How often it says nothing readable where it is wrong."""


BIASED, CONSTANT, SHY = Judge(0.75, 0.3), Judge(0.5, 1.0), Judge(0.6, 0.0, mumbles=0.7)


@system.proof(claim="answers in random order give back the skill of a judge that prefers the first one", seconds=9)
def skill_comes_back(seed: int) -> Measured:
    """Distance between the judge's skill and (accuracy − bias/2) / (1 − bias), with the bias as measured; the bar is
    the half-width of the interval on that scale. The baseline has the better answer always first.
    """
    swapped, first = (_judged(BIASED, seed, shuffled=shuffled) for shuffled in (True, False))
    accuracy, bias = _accuracy(swapped), 2 * _official(swapped, "first answer preferred") / 100 - 1
    width = _width(swapped) / (1 - bias)
    found = (accuracy - bias / 2) / (1 - bias)
    return Measured(abs(found - BIASED.skill), at_most=width, baseline=abs(_accuracy(first) - BIASED.skill))


@system.proof(claim='a judge that always says "Answer 1" is at chance, and perfect if the better is first', seconds=9)
def constant_is_chance(seed: int) -> Measured:
    """Distance of its accuracy from ½; the baseline has the better answer always first."""
    swapped, first = (_accuracy(_judged(CONSTANT, seed, shuffled=shuffled)) for shuffled in (True, False))
    return Measured(abs(swapped - 0.5), at_most=0.03, baseline=abs(first - 0.5))


@system.proof(claim="verdicts that cannot be read cost accuracy, which leaving them out would raise", seconds=5)
def mumbling_does_not_pay(seed: int) -> Measured:
    """Accuracy of a judge that is right on 60 % and unreadable on 7 of 10 others; the baseline leaves these out."""
    found = _judged(SHY, seed, shuffled=True)
    return Measured(_accuracy(found), at_most=0.65, baseline=_official(found, "overall, k=1") / 100)


@cache
def _judged(judge: Judge, seed: int, *, shuffled: bool) -> Results:
    """The benchmark on made-up pairs, from a file of texts that the judge would have written."""
    rng = np.random.default_rng(seed)
    looks, right = rng.random(PAIRS) >= judge.bias, rng.random(PAIRS) < judge.skill
    silent = looks & ~right & (rng.random(PAIRS) < judge.mumbles)
    better_first = rng.random(PAIRS) < 0.5 if shuffled else np.ones(PAIRS, dtype=np.bool_)
    says_first = np.where(looks, right == better_first, True)
    rows: list[Row] = [
        {"id": KINDS[i % 3].format(i), "query": f"{i}?", "response": ["yes", "no"], "human_ranking": [0, 1]}
        for i in range(PAIRS)
    ]
    texts = ["Both have merits." if s else f"Overall Judgment: Answer {2 - f} is better."
             for s, f in zip(silent.tolist(), says_first.tolist(), strict=True)]  # fmt: skip
    told = predictions(
        {**row, "ranking": [0, 1], "meta": {"filter_choice": text, "random_number": int(not first)}}
        for row, text, first in zip(rows, texts, better_first.tolist(), strict=True)
    )
    return run(benchmark, outputs={"judge": told}, data=rows)


def _accuracy(found: Results) -> float:
    estimate = found.asked[0].headline.overall.estimate
    return np.nan if estimate is None else estimate.mean


def _width(found: Results) -> float:
    estimate = found.asked[0].headline.overall.estimate
    return np.nan if estimate is None else (estimate.high - estimate.low) / 2


def _official(found: Results, name: str) -> float:
    return found.asked[0].official[name]
