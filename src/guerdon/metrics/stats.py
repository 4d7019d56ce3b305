"""Intervals of a mean, a proportion and a paired difference, and McNemar's test."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DRAWN_AT_ONCE = 2**21
"""Indices held in memory at a time (16 MB)."""


class Estimate(NamedTuple):
    """A mean of n values and its interval."""

    mean: float
    low: float
    high: float
    n: int


def mean_interval(
    values: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """Mean and percentile bootstrap interval of values [n].

    `clusters` [n] names what each value shares with others, such as its prompt: whole clusters are drawn
    then, since values of one cluster are not independent. One value, or one cluster, gives an interval
    of no width, which says nothing. Efron & Tibshirani 1993, ch. 13. Raises ValueError for no values,
    values that are not finite, lengths that disagree or a level outside (0, 1).

    >>> mean_interval([0, 0, 1, 1]).mean
    0.5
    """
    _check_level(level)
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError("mean_interval needs one or more finite values, shape [n]")
    sums, counts = _by_cluster(array, clusters)
    means = _bootstrap_means(sums, counts, resamples, seed)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Estimate(float(array.mean()), float(low), float(high), len(array))


def paired_difference(
    a: ArrayLike,
    b: ArrayLike,
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """Mean of a − b over the same items [n], with its bootstrap interval; as `mean_interval`."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"paired values differ in shape: {list(first.shape)} and {list(second.shape)}")
    return mean_interval(first - second, clusters, level=level, resamples=resamples, seed=seed)


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> Estimate:
    """Share of hits with its exact interval, which covers at least `level` whatever the true share.

    Clopper & Pearson 1934. Raises ValueError unless 0 ≤ hits ≤ n and n ≥ 1.

    >>> round(clopper_pearson(0, 10).high, 6)  # 1 − 0.025^(1/10)
    0.308497
    """
    from scipy.special import betaincinv

    _check_counts(hits, n, level)
    tail = (1 - level) / 2
    low = float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return Estimate(hits / n, low, high, n)


def wilson(hits: int, n: int, level: float = 0.95) -> Estimate:
    """Share of hits with its score interval, which covers `level` on average and is narrower.

    Wilson 1927. Raises ValueError unless 0 ≤ hits ≤ n and n ≥ 1.
    """
    from scipy.special import ndtri

    _check_counts(hits, n, level)
    z = float(ndtri((1 + level) / 2))
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    scale = 1 + z * z / n
    low = (centre - spread) / scale if hits else 0.0
    return Estimate(share, low, (centre + spread) / scale if hits < n else 1.0, n)


def mcnemar(b: int, c: int) -> float:
    """Exact two-sided p-value of a change between two tests of the same items, 0–1.

    `b` items got worse and `c` better; the others say nothing. Under no change b is binomial(b + c, ½), so
    p = min(1, 2·P(X ≤ min(b, c))); 1 where nothing changed. McNemar 1947, in its exact form. Raises ValueError
    for negative counts.

    >>> [round(mcnemar(b, c), 5) for b, c in ((1, 5), (2, 4), (2, 10))]  # 2·(1 + 6)/2⁶, 2·(1 + 6 + 15)/2⁶, 2·79/2¹²
    [0.21875, 0.6875, 0.03857]
    """
    from scipy.special import bdtr

    if min(b, c) < 0:
        raise ValueError(f"counts are not negative: b={b}, c={c}")
    return min(1.0, 2 * float(bdtr(min(b, c), b + c, 0.5))) if b + c else 1.0


def _by_cluster(values: Floats, clusters: Sequence[Hashable] | None) -> tuple[Floats, Floats]:
    """Sum and number of the values of every cluster."""
    if clusters is None:
        return values, np.ones_like(values)
    if len(clusters) != len(values):
        raise ValueError(f"{len(clusters)} cluster names for {len(values)} values")
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(name, len(numbers)) for name in clusters])
    return np.bincount(index, weights=values).astype(np.float64), np.bincount(index).astype(np.float64)


def _bootstrap_means(sums: Floats, counts: Floats, resamples: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    units = len(sums)
    block = max(1, DRAWN_AT_ONCE // units)
    means = []
    for start in range(0, resamples, block):
        drawn = rng.integers(0, units, size=(min(block, resamples - start), units))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)


def _check_counts(hits: int, n: int, level: float) -> None:
    _check_level(level)
    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"a share needs 0 ≤ hits ≤ n and n ≥ 1, not {hits} of {n}")


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
