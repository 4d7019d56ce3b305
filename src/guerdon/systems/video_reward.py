"""Video rewards of three dimensions, trained on preferences with ties: VideoAlign (Liu et al. 2025).

Visual quality (VQ), motion quality (MQ) and text alignment (TA) are scored apart, standardised with the mean and
spread that the checkpoint brings along, and added up. Its benchmarks are `videogen-rewardbench` and
`genai-bench-video` (`guerdon bench`). Accuracy with ties is `guerdon.metrics.pairwise.tie_calibrated`, grouped by
default and one by one as published; Rao and Kupper's probabilities, with k for ν, are
`guerdon.metrics.ratings.chances`.

Rows have the columns `VQ`, `MQ` and `TA`, from the model. The model itself, its losses and the alignment of video
generators (Flow-DPO, Flow-RWR, Flow-NRG) wait for later work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.bench.suites.videogen_rewardbench import benchmark
from guerdon.metrics.battles import Battles, battles
from guerdon.metrics.pairwise import Sweep, tie_calibrated, with_ties
from guerdon.metrics.ratings import bradley_terry, chances, rao_kupper
from guerdon.normalise import zscore
from guerdon.reward import Reward
from guerdon.rules import given
from guerdon.scores import Floats
from guerdon.systems import Measured, System

DIMENSIONS = ("VQ", "MQ", "TA")
AS_GIVEN = dict.fromkeys(DIMENSIONS, (0.0, 1.0))


def overall(*, scales: Mapping[str, tuple[float, float]] = AS_GIVEN) -> Reward:
    """Σ (score − mean) / spread over the three dimensions; `scales` has mean and spread of each."""
    quality, motion, alignment = (dimension(name, scales=scales) for name in DIMENSIONS)
    return quality + motion + alignment


def dimension(name: str = "VQ", *, scales: Mapping[str, tuple[float, float]] = AS_GIVEN) -> Reward:
    """The standardised score of one dimension. Raises ValueError for a spread that is not above 0."""
    mean, spread = scales[name]
    return zscore(given.score().reading(score=name), mean=mean, std=spread).named(name)


system = System(
    id="video-reward",
    title="Improving Video Generation with Human Feedback",
    year=2025,
    url="https://arxiv.org/abs/2501.13918",
    about=__doc__,
    rewards={"overall": overall, "dimension": dimension},
    published=benchmark.published,
)


VIDEOS, PAIRS, K = 40, 8000, 5.0
TASTE = 1.5
"""Spread of the true utilities."""
JUDGED, NOISE = 2000, 1.0
"""Pairs that a judge values, and how far it is off."""


class Voted(NamedTuple):
    """Pairs of videos of known utility, and votes on them as Rao and Kupper's model has them."""

    utilities: Floats
    """[videos], mean 0."""
    gap: Floats
    """[pairs], utility of the first less that of the second."""
    votes: Battles

    @property
    def human(self) -> Floats:
        """[pairs], 1, −1 or 0 for a tie."""
        return np.sign(self.votes.outcome - 0.5)

    def slope(self, strengths: Floats) -> float:
        """How far strengths are apart a unit of utility."""
        return float(np.polyfit(self.utilities, strengths, 1)[0])


@system.proof(claim="utilities come back from votes with ties", seconds=3)
def utilities_recovered(seed: int) -> Measured:
    """Correlation with the true ones; the baseline is of strengths fitted to as many votes that mean nothing."""
    voted = _voted(seed)
    blind = replace(voted.votes, outcome=np.random.default_rng(seed).permutation(voted.votes.outcome))
    found, chance = (
        float(np.corrcoef(voted.utilities, rao_kupper(votes).strengths)[0, 1]) for votes in (voted.votes, blind)
    )
    return Measured(found, at_least=0.95, baseline=chance)


@system.proof(claim="and so does the share of ties", seconds=3)
def tie_rate_recovered(seed: int) -> Measured:
    """Error of the share of ties that the fitted model expects; the baseline expects none, as Bradley–Terry does."""
    voted = _voted(seed)
    fit = rao_kupper(voted.votes)
    expected = chances(fit.strengths[voted.votes.first] - fit.strengths[voted.votes.second], fit.nu).tie.mean()
    true = float(chances(voted.gap, K).tie.mean())
    return Measured(abs(float(expected) - true), at_most=0.02, baseline=true)


@system.proof(claim="Bradley–Terry on the votes that decide overestimates how far videos are apart", seconds=3)
def gaps_overestimated(seed: int) -> Measured:
    """Fitted gap a unit of true gap; the baseline models ties, and is near 1."""
    voted = _voted(seed)
    decided = voted.votes.take(np.flatnonzero(voted.human))
    fitted, modelled = bradley_terry(decided), rao_kupper(voted.votes)
    return Measured(voted.slope(fitted.strengths), at_least=1.3, baseline=voted.slope(modelled.strengths))


@system.proof(claim="the published sweep depends on the order of pairs whose values are equally far apart", seconds=3)
def order_matters(seed: int) -> Measured:
    """What a judge of whole numbers gains by ties coming first in the data; the baseline groups equal gaps."""
    return Measured(_gained(seed, "one_by_one"), at_least=0.05, baseline=_gained(seed, "grouped"))


@system.proof(claim="a threshold fitted on the very pairs flatters a judge that knows nothing", seconds=3)
def threshold_flatters(seed: int) -> Measured:
    """Mean accuracy with ties on 200 pairs; the baseline keeps the thresholds for 200 others."""
    rng, rounds, n = np.random.default_rng(seed), 200, 200
    human, gaps = rng.choice([-1, 0, 1], (rounds, n)), rng.normal(size=(rounds, n))
    fitted = [tie_calibrated(h, g) for h, g in zip(human, gaps, strict=True)]
    others = zip(np.roll(human, 1, axis=0), np.roll(gaps, 1, axis=0), fitted, strict=True)
    fresh = np.mean([with_ties(h, g, fit.threshold).mean() for h, g, fit in others])
    return Measured(float(np.mean([fit.accuracy for fit in fitted])), at_least=0.36, baseline=float(fresh))


def _gained(seed: int, sweep: Sweep) -> float:
    voted = _voted(seed)
    human = voted.human[:JUDGED]
    judged = np.round(voted.gap[:JUDGED] + np.random.default_rng(seed).normal(0, NOISE, JUDGED))
    tied_first = np.argsort(np.abs(human), kind="stable")
    first, last = (
        tie_calibrated(human[o], judged[o], sweep=sweep).accuracy for o in (tied_first, tied_first[::-1])
    )  # fmt: skip
    return first - last


@cache
def _voted(seed: int) -> Voted:
    rng = np.random.default_rng(seed)
    utilities = rng.normal(0, TASTE, VIDEOS)
    utilities -= utilities.mean()
    first = rng.integers(0, VIDEOS, PAIRS)
    second = (first + rng.integers(1, VIDEOS, PAIRS)) % VIDEOS
    gap = utilities[first] - utilities[second]
    ends, drawn = chances(gap, K), rng.random(PAIRS)
    outcome = np.where(drawn < ends.win, 1.0, np.where(drawn < ends.win + ends.tie, 0.5, 0.0))
    names = [f"video {i}" for i in range(VIDEOS)]
    votes = battles([names[i] for i in first], [names[i] for i in second], outcome, players=names)
    return Voted(utilities, gap, votes)
