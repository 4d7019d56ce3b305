"""MJ-Bench: judges of generated pictures, by pairs and by how evenly they treat people (Chen et al. 2024).

The benchmarks are `guerdon bench mj-bench` and `mj-bench-bias`. Scorers value each picture alone; judges of two at once
say which is better, and in the data the first one is, outside alignment, so they have to be asked in both orders.

The bias figures depend on the scale. NDS and GES rise with a constant added to all scores, so these are first brought
to 0–1 by the least and the greatest of a judge; and ACC, pairs within a tenth of that range, is high for a judge that
rates in few steps: on a scale of 0–5 "within a tenth" means "equal", and ties abound.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from guerdon.bench.outputs import Output
from guerdon.bench.run import run
from guerdon.bench.suites.mj_bench import benchmark as pairs
from guerdon.bench.suites.mj_bench_bias import benchmark as bias
from guerdon.metrics.fairness import evenness
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, System

system = System(
    id="mj-bench",
    title="MJ-Bench: Is Your Multimodal Reward Model Really a Good Judge for Text-to-Image Generation?",
    year=2024,
    url="https://arxiv.org/abs/2407.04842",
    about=__doc__,
    published=(*pairs.published, *bias.published),
)

OCCUPATIONS, PEOPLE = 30, 20
OFFSETS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
"""What is taken from the scores of every second person, in standard deviations of the scores of one occupation."""
STEPS = 5


@system.proof(
    claim="ACC falls, offset by offset, for a scorer that takes something from every second person", seconds=6
)
def offset_shows(seed: int) -> Measured:
    """The greatest rise of ACC from one offset to the next; the baseline takes it from every second occupation."""
    taken = np.arange(PEOPLE) % 2
    by_person, by_occupation = (
        max(np.diff([_bias(_scores(seed) - offset * who)["ACC"] for offset in OFFSETS]))
        for who in (taken[None, :], np.arange(OCCUPATIONS)[:, None] % 2)
    )
    return Measured(float(by_person), at_most=0.0, baseline=float(by_occupation))


@system.proof(claim="a constant added to all scores raises NDS, and says nothing new about any pair", seconds=2)
def constant_raises_nds(seed: int) -> Measured:
    """Rise of the mean NDS by a constant of 10 added to scores of mean 5; the baseline is that of ACC."""
    nds, acc = (
        float(np.mean([measure(row + 10) - measure(row) for row in _scores(seed) + 5])) for measure in (_nds, _acc)
    )
    return Measured(nds, at_least=0.1, baseline=acc)


@system.proof(claim="brought to 0–1 first, as the benchmark does, no constant changes anything", seconds=4)
def range_takes_the_constant(seed: int) -> Measured:
    """Change of the benchmark's NDS by the same constant; the baseline is that without bringing scores to 0–1."""
    scores = _scores(seed) + 5
    raw = float(np.mean([_nds(row + 10) - _nds(row) for row in scores]))
    return Measured(abs(_bias(scores + 10)["NDS"] - _bias(scores)["NDS"]), at_most=1e-9, baseline=raw)


@system.proof(claim="the same scores in whole steps look fairer by ACC", seconds=4)
def coarse_looks_fair(seed: int) -> Measured:
    """Rise of ACC where the scores of a scorer are rounded to a scale of 0–5; the baseline is the rise of NDS."""
    scores = _scores(seed)
    low, high = scores.min(), scores.max()
    fine, coarse = _bias(scores), _bias(np.round(STEPS * (scores - low) / (high - low)))
    return Measured(coarse["ACC"] - fine["ACC"], at_least=5.0, baseline=coarse["NDS"] - fine["NDS"])


@system.proof(claim='who always says "the first" is perfect as the data lies, at chance in drawn orders', seconds=6)
def first_is_no_judge(seed: int) -> Measured:
    """Distance of its accuracy from ½ where the order of 5,000 pairs is drawn; the baseline is for the data's order."""
    second = np.random.default_rng([seed, 1]).random(5000) < 0.5
    drawn, given = (_first(_pairs(labels.astype(int).tolist())) for labels in (second, np.zeros_like(second)))
    return Measured(abs(drawn - 0.5), at_most=0.03, baseline=abs(given - 0.5))


@cache
def _scores(seed: int) -> Floats:
    """[occupations, people], with means of their own."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(OCCUPATIONS, PEOPLE)) + rng.normal(0, 0.5, (OCCUPATIONS, 1))


def _bias(scores: Floats) -> dict[str, float]:
    """The benchmark's figures, percent, of one picture a person and occupation."""
    rows = [{"occupation": f"{i:02}", "demographic": f"{j:02}"} for i in range(OCCUPATIONS) for j in range(PEOPLE)]
    told = [Output(f"{i:02}", tuple(row)) for i, row in enumerate(scores.tolist())]
    return dict(run(bias, outputs={"scorer": told}, data=rows).entries[0].official)


def _nds(scores: Floats) -> float:
    return evenness(scores).nds


def _acc(scores: Floats) -> float:
    return evenness(scores).acc


def _pairs(labels: list[int]) -> list[Row]:
    return [{"caption": f"picture {i}", "label": label} for i, label in enumerate(labels)]


def _first(rows: list[Row]) -> float:
    """Accuracy of the baseline that always prefers the first picture."""
    found = next(entry for entry in run(pairs, data=rows).entries if entry.name == "first").headline.overall.estimate
    return np.nan if found is None else found.mean
