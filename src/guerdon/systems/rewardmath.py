"""One right solution against nine wrong ones that look alike: whether a reward of maths is robust (Kim et al. 2024).

`guerdon bench rewardmath` counts released outputs and asks any reward. Where steps have scores they become one by
`guerdon.metrics.steps.aggregate`; `guerdon.use.select.select` picks the best of n solutions, ties going to the
commonest answer with `ties="majority"` (of all n; the published script counts those of the tied alone).

The paper says that accuracy on single pairs says little about what a reward is good for. Here proxies are gold plus
heavy-tailed noise, as their errors on a policy's samples are, and what they are good for is the gold of best-of-n at
its peak. Tails alone do not tell nine rivals from one by much: over the proofs' 20 proxies the rank correlations with
the peak are 0.91 and 0.88. What spoils single pairs is the paper's other point, that a human's solution
and a model's differ in style, which a reward likes by chance and policies do not vary.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from guerdon.bench.suites.rewardmath import benchmark
from guerdon.metrics.correlation import srcc
from guerdon.metrics.overoptimisation import best_of_n
from guerdon.metrics.pairwise import credit
from guerdon.metrics.selection import one_vs_rest
from guerdon.scores import Floats
from guerdon.systems import Measured, System

PROXIES, PROBLEMS, WRONG = 20, 483, 9
PROMPTS, SAMPLES = 200, 256
N = tuple(2**k for k in range(9))
"""1 to 256, as published."""
GAP = 1.0
"""Between the gold of right and wrong solutions, in standard deviations of the policy's."""
SCALES, TAILS = (0.2, 1.5), (1.5, 6.0)
"""Noise is scale · t, with so many degrees of freedom."""
STYLE = 1.0
"""Standard deviation of how much a proxy likes the style of humans."""

system = System(
    id="rewardmath",
    title="Evaluating Robustness of Reward Models for Mathematical Reasoning",
    year=2024,
    url="https://arxiv.org/abs/2410.01729",
    about=__doc__,
    published=benchmark.published,
)


class Proxy(NamedTuple):
    """What a benchmark says of a proxy, and what it is good for."""

    one_vs_nine: float
    pairs: float
    """Accuracy on pairs of a human's solution and a model's."""
    peak: float
    """The most gold that best-of-n gets by it."""


@system.proof(claim="the gold of best-of-n by a heavy-tailed proxy rises, then falls", seconds=5)
def falls(seed: int) -> Measured:
    """Gold lost from its peak to n = 256, in standard deviations; the baseline has normal noise of the same scale."""
    rng = np.random.default_rng(seed)
    gold = rng.standard_normal((PROMPTS, SAMPLES))
    heavy, light = (
        best_of_n(gold + noise, gold, N).mean(axis=0)
        for noise in (rng.standard_t(2.0, gold.shape), rng.standard_normal(gold.shape))
    )
    return Measured(_fall(heavy), at_least=0.2, baseline=_fall(light))


@system.proof(claim="one right against nine wrong ranks proxies as their peak gold does, pairs do not", seconds=10)
def ranks(seed: int) -> Measured:
    """Rank correlation with the peak gold over 20 proxies; the bar lies 0.2 above that of pairs, the baseline."""
    rng = np.random.default_rng(seed)
    gold = rng.standard_normal((PROMPTS, SAMPLES))
    found = np.array([_proxy(rng, gold) for _ in range(PROXIES)])
    nine, pairs = (float(srcc(found[:, column], found[:, 2])) for column in (0, 1))
    return Measured(nine, at_least=max(0.8, pairs + 0.2), baseline=pairs)


def _proxy(rng: np.random.Generator, gold: Floats) -> Proxy:
    scale, tail = rng.uniform(*SCALES), np.exp(rng.uniform(*np.log(TAILS)))
    right = GAP + scale * rng.standard_t(tail, (PROBLEMS, 1))
    wrong = scale * rng.standard_t(tail, (PROBLEMS, WRONG))
    values = np.hstack([right, wrong])
    best = np.broadcast_to(np.arange(1 + WRONG) == 0, values.shape)
    human = right[:, 0] + STYLE * rng.standard_normal()
    curve = best_of_n(gold + scale * rng.standard_t(tail, gold.shape), gold, N).mean(axis=0)
    return Proxy(float(one_vs_rest(values, best).mean()), float(credit(human - wrong[:, 0]).mean()), float(curve.max()))


def _fall(curve: Floats) -> float:
    return float(curve.max() - curve[-1])
