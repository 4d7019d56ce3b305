"""Two rewards on the same items: how far apart they are, whether that is chance, and how many items would tell.

All look at the difference of the two on each item, which what makes an item easy or hard for both drops out of.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.resampling import DRAWN_AT_ONCE, Floats, cluster_index, per_unit
from guerdon.metrics.stats import Estimate, mcnemar, paired_difference

ENUMERATED = 14
"""Clusters up to which all flips of signs are tried."""
LARGEST_SUM = 2**22
"""Sum of differences, in halves, up to which the distribution of whole and half ones is worked out."""

CONVOLVED = 1_000
"""Length up to which sums of products are faster than Fourier transforms, and exact far into the tails."""


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
    resamples: int = 10_000,
    seed: int = 0,
) -> Paired:
    """Compare values a and b of the same items [n], which may share `clusters` [n].

    Items that either has no value for (NaN) are left out: `difference.n` says how many were not. The effect size is
    d_z rather than Cohen's g, since it exists for all values and settles how many items tell the two apart:
    about 7.85 / d_z². Raises ValueError for lengths that disagree, no items, or infinite values.

    >>> found = compare_paired([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1])
    >>> found.difference.mean, found.better, found.worse, round(found.p, 6)  # twice (1 + 5) of 2⁵ flips
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
    return flipped(per_unit(cluster_index(len(gaps), clusters), gaps[:, None])[:, 0], draws=draws, seed=seed)


def flipped(sums: Floats, *, draws: int = 9999, seed: int = 0) -> float:
    """`sign_flip` of the sums [c] of what is flipped together."""
    sizes, observed = np.abs(sums[sums != 0]), abs(float(sums.sum()))
    if not len(sizes):
        return 1.0
    halves = 2 * sizes
    if halves.sum() <= LARGEST_SUM and (halves == np.rint(halves)).all():
        return _exact(halves.astype(np.intp), round(2 * observed))
    least = observed - 1e-12 * float(sizes.sum())  # what only rounding makes smaller is as large
    if len(sizes) <= ENUMERATED:
        signs = (np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes)) & 1) * 2 - 1
        return float(np.mean(np.abs(signs @ sizes) >= least))
    rng, block, large = np.random.default_rng(seed), max(1, DRAWN_AT_ONCE // len(sizes)), 0
    for start in range(0, draws, block):
        signs = rng.integers(0, 2, (min(block, draws - start), len(sizes)), dtype=np.int8) * 2 - 1
        large += int((np.abs(signs @ sizes) >= least).sum())
    return (1 + large) / (1 + draws)


def power(items: float, difference: float, spread: float, *, level: float = 0.95, credits: bool = True) -> float:
    """Chance, 0–1, that `compare_paired` on so many items finds a true mean difference, at p < 1 − level.

    `spread` is that of an item's difference, `Paired.spread`; it includes what clusters of the same size and
    likeness cost. By the normal approximation with the variance that the test has under its null, spread² +
    difference² (Miettinen 1968, Connor 1987). The test of `credits` is exact, which costs it one right answer
    (continuity correction); say False for other values. Raises ValueError for a spread or a number of items below 0.

    >>> round(power(401, 0.1, 0.7), 2), round(power(401, 0.0, 0.7), 2)
    (0.8, 0.05)
    """
    from scipy.special import ndtr

    z, null = _null(difference, spread, level)
    if items < 0:
        raise ValueError(f"there are no {items} items")
    gap, spread = abs(difference), max(spread, 1e-12)
    reach = (gap * max(0.0, gap * items - credits)) ** 0.5
    return float(ndtr((reach - z * null) / spread) + ndtr((-reach - z * null) / spread))


def items_needed(
    difference: float, spread: float, *, power: float = 0.8, level: float = 0.95, credits: bool = True
) -> float:
    """Items with which `compare_paired` finds a true mean difference with this power, at p < 1 − level.

    ((z₁·√(spread² + difference²) + z₂·spread) / difference)², and for credits 1 / |difference| more, rounded up;
    infinite for no difference. A difference just observed is a shaky guess of the true one: ask with the least
    that would matter, too. As `power`.

    >>> items_needed(0.1, 0.7), items_needed(0.05, 0.7), items_needed(0.0, 0.7)
    (401, 1564, inf)
    """
    from scipy.special import ndtri

    if not 0 < power < 1:
        raise ValueError(f"a power lies between 0 and 1, not {power}")
    z, null = _null(difference, spread, level)
    if not difference:
        return inf
    return ceil(((z * null + float(ndtri(power)) * spread) / difference) ** 2 + credits / abs(difference))


def _null(difference: float, spread: float, level: float) -> tuple[float, float]:
    """The quantile that is to be reached, and the spread where it is asked for."""
    from scipy.special import ndtri

    if not 0 < level < 1 or not spread >= 0:
        raise ValueError(f"a level lies between 0 and 1 and a spread is not negative: {level}, {spread}")
    return float(ndtri((1 + level) / 2)), float(np.hypot(spread, difference))


def _exact(sizes: NDArray[np.intp], observed: int) -> float:
    """Share of the flips of whole numbers whose sum is at least as large."""
    from scipy.special import gammaln

    chances = np.ones(1)  # of the sum of those with a plus
    for size, times in zip(*np.unique(sizes, return_counts=True), strict=True):
        k = np.arange(times + 1)
        some = np.zeros(size * times + 1)
        some[::size] = np.exp(gammaln(times + 1) - gammaln(k + 1) - gammaln(times - k + 1) - times * np.log(2))
        chances = _convolved(chances, some)
    sums = np.abs(2 * np.arange(len(chances)) - (len(chances) - 1))
    return float(np.clip(chances[sums >= observed].sum(), np.finfo(float).tiny, 1.0))


def _convolved(a: Floats, b: Floats) -> Floats:
    if min(len(a), len(b)) <= CONVOLVED:
        return np.convolve(a, b)
    n = len(a) + len(b) - 1
    return np.fft.irfft(np.fft.rfft(a, n) * np.fft.rfft(b, n), n)


def _spread(gaps: Floats, clusters: Sequence[Hashable] | None) -> float:
    apart = per_unit(cluster_index(len(gaps), clusters), (gaps - gaps.mean())[:, None])[:, 0]
    number = len(apart)
    return float(np.sqrt(number / (number - 1) * (apart @ apart) / len(gaps))) if number > 1 else float("nan")
