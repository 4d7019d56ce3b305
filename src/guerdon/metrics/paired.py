"""Two rewards on the same items: how far apart they are, whether that is chance, and how many items would tell.

All look at the difference of the two on each item, which what makes an item easy or hard for both drops out of.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.metrics.resampling import DRAWN_AT_ONCE, Floats
from guerdon.metrics.stats import Estimate, mcnemar, paired_difference

ENUMERATED = 14
"""Clusters up to which all flips of signs are tried."""
LARGEST_SUM = 2**22
"""Sum of differences, in halves, up to which the distribution of whole and half ones is worked out."""


class Paired(NamedTuple):
    """Two rewards on the same items."""

    difference: Estimate
    """Mean of a − b."""
    p: float
    """Of `sign_flip`: how often a difference this large would come about if the names of the two did not matter."""
    mcnemar: float | None
    """Exact p-value where credits are 0 or 1 and no two items share a cluster, where `p` is the same; else None."""
    effect: float
    """d_z, the mean difference over its spread: 0.2 is called small, 0.5 medium, 0.8 large (Cohen 1988)."""
    better: int
    """Items on which a has more…"""
    worse: int
    """… and less; the rest say nothing."""
    spread: float
    """Standard deviation of an item's difference, items of one cluster counting as far as they differ alike."""


def compare_paired(
    a: ArrayLike,
    b: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Paired:
    """Compare values a and b of the same items [n], which may share `clusters` [n].

    Items that either has no value for (NaN) are left out: `difference.n` says how many were not. The effect size is
    d_z rather than Cohen's g, since it exists for all values and settles how many items tell the two apart:
    about 7.85 / d_z². Raises ValueError for lengths that disagree, no items, or infinite values.

    >>> found = compare_paired([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1])
    >>> found.difference.mean, found.better, found.worse, found.p  # twice (1 + 5) of 2⁵ flips
    (0.5, 4, 1, 0.375)
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1 or (clusters is not None and len(clusters) != len(first)):
        raise ValueError("the two rewards have values [n] of the same items, and clusters name each of them")
    kept = np.flatnonzero(~np.isnan(first) & ~np.isnan(second))
    first, second = first[kept], second[kept]
    shared = None if clusters is None else [clusters[i] for i in kept.tolist()]
    difference = paired_difference(first, second, shared, level=level, resamples=resamples, seed=seed)
    gaps = first - second
    better, worse = int((gaps > 0).sum()), int((gaps < 0).sum())
    one_each = shared is None or len(set(shared)) == len(shared)
    binary = one_each and bool(np.isin(np.concatenate([first, second]), (0.0, 1.0)).all())
    spread = _spread(gaps, shared)
    effect = difference.mean / spread if spread else (inf * np.sign(difference.mean) if difference.mean else 0.0)
    p = sign_flip(gaps, shared, seed=seed)
    return Paired(difference, p, mcnemar(worse, better) if binary else None, float(effect), better, worse, spread)


def sign_flip(
    differences: ArrayLike, clusters: Sequence[Hashable] | None = None, *, draws: int = 9999, seed: int = 0
) -> float:
    """Two-sided p-value of a mean difference [n] by the permutation test of paired values, 0–1.

    If the two rewards were alike, each difference (or all of a cluster, together) might as well have the other
    sign; p is the share of such flips whose sum is as large. Exact where sums within clusters are whole or half
    numbers, as those of credits are, and for at most 14 clusters; else from random flips, (1 + as large) /
    (1 + draws), which is valid too. 1 where nothing differs. It also tests that the mean is 0 where differences
    are skewed, for many clusters (Canay, Romano & Shaikh 2017). Fisher 1935; Phipson & Smyth 2010. Raises
    ValueError for no differences, or such as are not finite.

    >>> sign_flip([1, 1, 1, 1, 1])  # +++++ and −−−−− of 2⁵
    0.0625
    >>> sign_flip([1, 1, 1, 1, 1], clusters=["a", "a", "b", "b", "b"])  # ++ and −− of 2²
    0.5
    """
    gaps = np.asarray(differences, dtype=np.float64)
    if gaps.ndim != 1 or not gaps.size or not np.isfinite(gaps).all():
        raise ValueError("differences are one or more finite values, shape [n]")
    sums, _ = _sums(gaps, clusters)
    sums = np.abs(sums), float(sums.sum())
    return flipped(*sums, draws=draws, seed=seed)
