"""One reward model of several preference datasets that disagree: steps that help all of them (Zeng et al. 2023).

Each step weighs the datasets so that the mixture of their gradients, those of the reward head alone, is the shortest
(`guerdon.metrics.mgda`). Gradients are brought to one length first: else the dataset with the smallest decides
alone. How well rewards mean what they say is measured beside accuracy: σ(gap) of every pair, in both orders, against
how often the first was preferred (`calibration`).

guerdon solves for the shortest mixture exactly; `as_published=True` is the official search, which stops early and
never gives one of two datasets more than 0.999. Figures over no pairs are NaN, as published 0. Pairs in both orders
hide a constant bias for one place.

In the toy of the proofs four datasets share a utility and differ in one more feature, on which three agree. Calibration
does not come with accuracy there: without the feature the scale is too small for the figures to mean what they say, so
the error is that after a temperature is fitted. And with two datasets, normalised, nothing differs from equal weights:
what a pooled 9:1 mix loses is the balance.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from guerdon.metrics.calibration import Gap, calibration_error, temperature
from guerdon.metrics.mgda import Floats, Normalise, min_norm, normalised
from guerdon.metrics.pairwise import ordered_gaps
from guerdon.systems import Measured, Published, System
from guerdon.systems import _more as published

BINS = (5, 10, 20)
"""Those that the paper reports."""


def weights(
    gradients: ArrayLike, *, normalise: Normalise = "l2", losses: ArrayLike | None = None, as_published: bool = False
) -> Floats:
    """Weights [t] of the datasets from the gradients of their losses [t, d] by the parameters of the reward head.

    >>> weights([[3, 0], [0, 1]])
    array([0.5, 0.5])
    """
    rows = normalised(gradients, normalise, losses)
    return published.frank_wolfe(rows) if as_published else min_norm(rows)


def calibration(values: ArrayLike, gold: ArrayLike, *, bins: int = 10, as_published: bool = False) -> Gap:
    """Calibration errors of a reward, from its values [n, k] of the responses to n prompts and their grades [n, k].

    NaN in grades is no response; as published, so is a negative grade.

    >>> round(calibration([[1, 0]], [[1, 0]]).ece, 4)  # 1 − σ(1), in both orders
    0.2689
    """
    graded = np.asarray(gold, dtype=np.float64)
    if not as_published:
        gaps, better = ordered_gaps(values, graded)
        return calibration_error(expit(gaps), better, bins=bins)
    gaps, better = ordered_gaps(values, np.where(graded < 0, np.nan, graded))
    return published.errors(expit(gaps), better, bins=bins)


system = System(
    id="more",
    title="On Diversified Preferences of Large Language Model Alignment",
    year=2023,
    url="https://arxiv.org/abs/2312.07401",
    about=__doc__,
    published=(
        Published(
            "Against plain training on five datasets, three models, in words",
            "arXiv:2312.07401, abstract and from memory",
            ("what", "change"),
            (
                ("calibration on shared preferences", "better"),
                ("accuracy", "equal"),
                ("wins of aligned Alpaca", "more"),
            ),
        ),
    ),
)


SHARED, PRIVATE, UTILITY = 8, 3.0, 2.25
"""Features of the shared utility, the weight of the private one, and the length of the shared weights."""
PAIRS, TESTED = 500, 8000
BATCH, UPDATES, RATE = 64, 400, 0.3
SAMPLES = 50_000
Mixing = Literal["equal", "pooled", "l2", "none"]


class Learned(NamedTuple):
    """A linear reward on pairs that the shared utility alone judges."""

    accuracy: float
    ece: float
    fitted: float
    """ECE after a temperature that was fitted on other pairs."""
    weights: Floats
    """Mean weights of the datasets while training."""


@system.proof(claim="calibrated probabilities have hardly any calibration error, distorted ones have", seconds=2)
def calibration_is_measured(seed: int) -> Measured:
    """ECE of 50 000 calibrated probabilities; the baseline is that of their cubes."""
    rng = np.random.default_rng(seed)
    p = rng.random(SAMPLES)
    so = rng.random(SAMPLES) < p
    found, cubed = (calibration_error(q, so).ece for q in (p, p**3))
    return Measured(found, at_most=0.01, baseline=cubed)


@system.proof(claim="steps that help all datasets learn what they share", seconds=10)
def shared_preferences_are_learned(seed: int) -> Measured:
    """Accuracy on the shared utility with gradients of one length; the baseline weighs datasets equally."""
    equal = _learned("equal", seed).accuracy
    return Measured(_learned("l2", seed).accuracy, at_least=equal + 0.04, baseline=equal)


@system.proof(claim="gradients have to be brought to one length", seconds=10)
def length_matters(seed: int) -> Measured:
    """The same accuracy; the baseline mixes the gradients as they are, so that fitted datasets decide."""
    raw = _learned("none", seed).accuracy
    return Measured(_learned("l2", seed).accuracy, at_least=raw + 0.02, baseline=raw)


@system.proof(claim="after a temperature the shared reward is calibrated too", seconds=10)
def a_temperature_calibrates(seed: int) -> Measured:
    """ECE on the shared utility after a temperature; the baseline is before."""
    found = _learned("l2", seed)
    return Measured(found.fitted, at_most=0.03, baseline=found.ece)


@system.proof(claim="with two datasets and gradients of one length it is equal weighting", seconds=10)
def two_datasets_are_weighed_equally(seed: int) -> Measured:
    """How far the first of two weights is from ½; the baseline is the same for gradients as they are."""
    off = (float(abs(_learned(how, seed, (1, -1)).weights[0] - 0.5)) for how in ("l2", "none"))
    return Measured(next(off), at_most=1e-6, baseline=next(off))


@system.proof(claim="of a 9:1 mix the balance is what pooling loses", seconds=10)
def balance_beats_pooling(seed: int) -> Measured:
    """Accuracy with equal weights of a large and a small dataset; the baseline weighs by size."""
    sizes = (900, 100)
    pooled = _learned("pooled", seed, (1, -1), sizes).accuracy
    return Measured(_learned("equal", seed, (1, -1), sizes).accuracy, at_least=pooled + 0.04, baseline=pooled)


@cache
def _learned(
    how: Mixing, seed: int, private: tuple[int, ...] = (1, 1, 1, -1), sizes: tuple[int, ...] | None = None
) -> Learned:
    """Stochastic gradient descent of a linear reward on datasets with a private feature of these signs."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=SHARED)
    shared *= UTILITY / np.linalg.norm(shared)
    counts = sizes or (PAIRS,) * len(private)
    pools = [_pairs(rng, np.append(shared, PRIVATE * sign), n) for sign, n in zip(private, counts, strict=True)]
    fixed = np.array(counts) / sum(counts) if how == "pooled" else np.full(len(pools), 1 / len(pools))
    head, used = np.zeros(SHARED + 1), []
    for _ in range(UPDATES):
        batches = [pool[rng.integers(0, len(pool), BATCH)] for pool in pools]
        gradients = np.array([-(batch * expit(-batch @ head)[:, None]).mean(axis=0) for batch in batches])
        mix = fixed if how in ("equal", "pooled") else weights(gradients, normalise=how)  # type: ignore[arg-type]
        head -= RATE * (mix @ gradients)
        used.append(mix)
    better, other = (_pairs(rng, np.append(shared, 0.0), TESTED) @ head for _ in range(2))
    ece, fitted = (_ece(better / t) for t in (1.0, _temperature(other)))
    return Learned(float((better > 0).mean()), ece, fitted, np.mean(used, axis=0))


def _pairs(rng: np.random.Generator, weights: Floats, n: int) -> Floats:
    """Differences of features [n, d], the preferred response first, as drawn by Bradley and Terry's model."""
    apart = rng.normal(size=(n, len(weights)))
    first = rng.random(n) < expit(apart @ weights)
    return np.asarray(np.where(first[:, None], apart, -apart))


def _ece(gaps: Floats) -> float:
    """Of gaps to the preferred response, in both orders."""
    return calibration(np.column_stack([gaps, np.zeros(len(gaps))]), np.tile([1.0, 0.0], (len(gaps), 1))).ece


def _temperature(gaps: Floats) -> float:
    return temperature(np.append(gaps, -gaps), np.repeat([1, 0], len(gaps)))
