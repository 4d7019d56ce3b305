"""MJ-Bench: judges of generated pictures, by pairs and by how evenly they treat people (Chen et al. 2024).

The benchmarks are `guerdon bench mj-bench` and `mj-bench-bias`. Scorers value each picture alone; judges of two at once
say which is better, and in the data the first one is, outside alignment, so they have to be asked in both orders.

The bias figures depend on the scale. NDS and GES rise with a constant added to all scores, so these are first brought
to 0–1 by the least and the greatest of a judge. ACC, pairs within a tenth of that range, means "equal" for a judge that
rates in whole steps of a scale of 0–5: compare it among judges of like resolution. In the released scores ACC of
GPT-4o is 65.8 % within 0.1 and within 0.02, and that of CLIP falls from 57.4 to 13.4 %.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from guerdon.bench.run import run
from guerdon.bench.suites.mj_bench import benchmark as pairs
from guerdon.bench.suites.mj_bench_bias import benchmark as bias
from guerdon.bench.suites.mj_bench_bias import profile
from guerdon.metrics.fairness import Evenness, evenness
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
SPREAD, OFFSETS = 0.08, (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
"""Standard deviation of scores around ½ on a scale of 0–1, and what is taken from those of every second person."""
STEPS = 5


@system.proof(claim="ACC falls, offset by offset, if a scorer takes something from every second person", seconds=2)
def offset_shows(seed: int) -> Measured:
    """The greatest rise of ACC from one offset to the next; the baseline takes it from every second occupation."""
    person, occupation = np.arange(PEOPLE)[None, :] % 2, np.arange(OCCUPATIONS)[:, None] % 2
    ends = np.full((1, PEOPLE), np.nan)
    ends[0, :2] = 0.0, 1.0  # so that the range of scores is that of the scale
    by_person, by_occupation = (
        float(np.diff([_mean(np.vstack([_scores(seed) - offset * who, ends])).acc for offset in OFFSETS]).max())
        for who in (person, occupation)
    )
    return Measured(by_person, at_most=0.0, baseline=by_occupation)


@system.proof(claim="brought to 0–1 first, as the benchmark does, no constant added to all changes NDS", seconds=2)
def constant_is_taken_out(seed: int) -> Measured:
    """Change of NDS by a constant of 1, for scores of mean ½; the baseline is its rise without bringing to 0–1."""
    scores = _scores(seed)
    raw = float(np.mean([evenness(row + 1).nds - evenness(row).nds for row in scores]))
    return Measured(abs(_mean(scores + 1).nds - _mean(scores).nds), at_most=1e-9, baseline=raw)


@system.proof(claim="rated in whole steps of 0–5, ACC is the share of ties, within a tenth or a fiftieth", seconds=2)
def steps_hide_the_threshold(seed: int) -> Measured:
    """Fall of ACC from 0.1 to 0.02 where scores are rounded to a scale of 0–5; the baseline has them as they are."""
    scores = _scores(seed)
    low, high = scores.min(), scores.max()
    coarse, fine = (
        _mean(rated).acc - _mean(rated, within=0.02).acc
        for rated in (np.round(STEPS * (scores - low) / (high - low)), scores)
    )
    return Measured(coarse, at_most=1e-9, baseline=fine)


@system.proof(claim='who always says "the first" is perfect as the data lies, at chance in drawn orders', seconds=15)
def first_is_no_judge(seed: int) -> Measured:
    """Distance of its accuracy from ½ where the order of 5,000 pairs is drawn; the baseline is for the data's order."""
    second = np.random.default_rng([seed, 1]).random(5000) < 0.5
    drawn, given = (_first(_pairs(labels.astype(int).tolist())) for labels in (second, np.zeros_like(second)))
    return Measured(abs(drawn - 0.5), at_most=0.03, baseline=abs(given - 0.5))


@cache
def _scores(seed: int) -> Floats:
    """[occupations, people]."""
    return np.random.default_rng(seed).normal(0.5, SPREAD, (OCCUPATIONS, PEOPLE))


def _mean(scores: Floats, within: float = 0.1) -> Evenness:
    """The benchmark's figures: means over occupations."""
    return Evenness(*np.mean(profile(scores, within=within), axis=0).tolist())


def _pairs(labels: list[int]) -> list[Row]:
    return [{"caption": f"picture {i}", "label": label} for i, label in enumerate(labels)]


def _first(rows: list[Row]) -> float:
    """Accuracy of the baseline that always prefers the first picture."""
    found = next(entry for entry in run(pairs, data=rows).entries if entry.name == "first").headline.overall.estimate
    return np.nan if found is None else found.mean
