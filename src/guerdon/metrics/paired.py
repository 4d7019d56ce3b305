"""Two rewards on the same items: is one better, by how much, and how many items would it take to know?

`a` and `b` are credits of the same items [n]. `clusters` [n] names what items share; they are then judged by cluster,
since items of one cluster rise and fall together.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil, inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.stats import Estimate, mcnemar, paired_difference

Floats = NDArray[np.float64]
EXACT = 14
"""Up to so many clusters that differ, all 2ᵐ signs are tried."""
FLIPS = 10_000
BLOCK = 2**22
"""Signs in memory at a time."""


class Paired(NamedTuple):
    """What two rewards' credits on the same items say."""

    difference: Estimate
    """Mean of a − b, with its 95 % interval."""
    p: float
    """Two-sided, of no difference, by flipping signs."""
    mcnemar: float | None
    """The same by McNemar's exact test, where credits are 0 or 1 and items do not share clusters."""
    effect: float
    """Mean of the differences over their standard deviation, d_z (Cohen 1988); NaN where they never differ."""
    better: int
    """Items on which a has more credit…"""
    worse: int
    """… and less."""
    needed: float
    """Items it takes to tell such a difference from none, with power 0.8 at level 0.05; ∞ where there is none."""


def compare_paired(a: ArrayLike, b: ArrayLike, clusters: Sequence[Hashable] | None = None, *, seed: int = 0) -> Paired:
    """Compare credits of the same items. Raises ValueError for lengths that differ, no items, or NaN among them.

    >>> found = compare_paired([1, 1, 1, 1, 0], [0, 0, 0, 1, 0])
    >>> found.difference.mean, found.p, found.mcnemar, (found.better, found.worse)  # 2 of 2³ signs are as extreme
    (0.6, 0.25, 0.25, (3, 0))
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    difference = paired_difference(first, second, clusters, seed=seed)
    gaps = first - second
    better, worse = int((gaps > 0).sum()), int((gaps < 0).sum())
    binary = clusters is None and bool(np.isin(first, (0, 1)).all() and np.isin(second, (0, 1)).all())
    spread = float(gaps.std(ddof=1)) if len(gaps) > 1 else 0.0
    return Paired(
        difference, sign_flips(gaps, clusters, seed=seed), mcnemar(worse, better) if binary else None,
        float(gaps.mean()) / spread if spread else np.nan, better, worse, items_needed(gaps, clusters),
    )  # fmt: skip


def sign_flips(gaps: ArrayLike, clusters: Sequence[Hashable] | None = None, *, seed: int = 0) -> float:
    """Two-sided p-value of a mean of gaps [n] that is 0, if each cluster's gaps could as well have the other sign.

    Exact up to `EXACT` clusters that differ, else from 10 000 draws, (1 + as extreme) / (1 + draws), which is never 0.
    Fisher 1935; for clusters Canay, Romano & Shaikh 2017.

    >>> sign_flips([1, 1, 1])
    0.25
    """
    sums = _sums(np.asarray(gaps, dtype=np.float64), clusters)
    sums = sums[sums != 0]
    if not len(sums):
        return 1.0
    seen, slack = abs(sums.sum()), 1e-12 * np.abs(sums).sum()
    if len(sums) <= EXACT:
        signs = 1.0 - 2.0 * ((np.arange(2 ** len(sums))[:, None] >> np.arange(len(sums))) & 1)
        return float(np.mean(np.abs(signs @ sums) >= seen - slack))
    rng = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, FLIPS, size := max(1, BLOCK // len(sums))):
        signs = rng.integers(0, 2, (min(size, FLIPS - start), len(sums)), dtype=np.int8) * 2.0 - 1.0
        extreme += int((np.abs(signs @ sums) >= seen - slack).sum())
    return (1 + extreme) / (1 + FLIPS)


def items_needed(
    gaps: ArrayLike, clusters: Sequence[Hashable] | None = None, *, level: float = 0.05, power: float = 0.8
) -> float:
    """How many items like these tell their mean gap [n] from none: (z₁₋level/2 + z_power)² · variance / mean².

    The variance is that of a mean over as many clusters, times n. ∞ where the mean is 0 or there is one cluster.
    Raises ValueError for a level or power outside (0, 1).

    >>> items_needed([1, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1])  # (1.960 + 0.842)² · 0.333 / (1/6)²
    95.0
    """
    from scipy.special import ndtri

    if not (0 < level < 1 and 0 < power < 1):
        raise ValueError(f"level={level} and power={power} lie between 0 and 1")
    values = np.asarray(gaps, dtype=np.float64)
    mean, variance = float(values.mean()), _variance(values, clusters)
    if mean == 0 or not isfinite(variance):
        return inf
    return float(ceil((ndtri(1 - level / 2) + ndtri(power)) ** 2 * variance / mean**2))


def power(
    gaps: ArrayLike, difference: float, n: int, clusters: Sequence[Hashable] | None = None, *, level: float = 0.05
) -> float:
    """The chance that n items like these tell a true mean gap of `difference` from none, 0–1.

    >>> round(power([1, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1, 1], 1 / 6, 95), 2)
    0.8
    """
    from scipy.special import ndtr, ndtri

    variance = _variance(np.asarray(gaps, dtype=np.float64), clusters)
    if not variance:
        return float(difference != 0)
    reach, far = abs(difference) * sqrt(n / variance), float(ndtri(1 - level / 2))
    return float(ndtr(reach - far) + ndtr(-reach - far))


def _variance(values: Floats, clusters: Sequence[Hashable] | None) -> float:
    """Of one item's share in the mean: n times the variance of the mean."""
    sums = _sums(values - values.mean(), clusters)
    m = len(sums)
    return float((sums**2).sum() / len(values) * m / (m - 1)) if m > 1 else inf


def _sums(values: Floats, clusters: Sequence[Hashable] | None) -> Floats:
    """[m], the sum over each cluster."""
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError("one or more finite values are needed, shape [n]")
    if clusters is None:
        return values
    if len(clusters) != len(values):
        raise ValueError(f"{len(clusters)} cluster names for {len(values)} values")
    numbers: dict[Hashable, int] = {}
    index = [numbers.setdefault(name, len(numbers)) for name in clusters]
    return np.asarray(np.bincount(index, weights=values), dtype=np.float64)
