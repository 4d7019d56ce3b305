"""Items drawn anew with random weights: where the intervals of means come from.

Efron's bootstrap draws whole items with replacement. It is too sure of itself where little is known: with 30
clusters, or 50 items of which two are wrong, its 95 % intervals cover 83–92 %. Three things mend that, and
`tests/metrics/test_coverage.py` measures them:

- Every unit (item, or cluster of items) gets a random weight instead of a number of copies, which is the Bayesian
  bootstrap (Rubin 1981). For right and wrong answers it is the beta posterior of their share.
- Half a unit is put at either end of what is possible. For right and wrong answers that is Jeffreys' interval
  (Brown, Cai & DasGupta 2001), so that 50 right answers of 50 do not mean certainty. Values without known ends
  get those of the two-point law that has their mean, spread and skewness: 0 and 1 again, if they are right and
  wrong answers. It moves the middle by skewness · spread / 2n, which makes the interval right to second order.
- The draws vary more than those of Rubin: as much as Student's t does beside the normal distribution (which the
  expanded percentile interval of Hesterberg 2015 does for Efron's), and as residuals corrected for the weight
  of their cluster say (Bell & McCaffrey 2002). Degrees of freedom are those of the effective number of
  units, (Σ size)² / Σ size², less one. Where ends are known the weights vary more, so that draws stay between
  them; else the draws are stretched.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Index = NDArray[np.intp]
DRAWN_AT_ONCE = 2**21
"""Numbers held in memory at a time (16 MB)."""
MOST_UNITS = 2048
"""More units are put together at random into so many: their sums vary as the whole does, and are soon drawn."""


class Units(NamedTuple):
    """What is drawn: units that vary independently, each with its part in the means of k groups."""

    sums: Floats
    """[u, k], of the values in each group."""
    counts: Floats
    """[u, k], of items; 1 in one group where every item stands alone."""
    times: Floats
    """[u], how many units are alike."""


class Ends(NamedTuple):
    """The least and the greatest value there can be."""

    low: float
    high: float
    items: float = 1.0
    """How many items may well have it together, such as those of a cluster."""


def cluster_index(n: int, clusters: Sequence[Hashable] | None) -> Index:
    """The cluster of each of n items, from 0 in order of first appearance; itself without clusters.

    Raises ValueError for another number of clusters than items.
    """
    if clusters is None:
        return np.arange(n)
    if len(clusters) != n:
        raise ValueError(f"{len(clusters)} cluster names for {n} values")
    numbers: dict[Hashable, int] = {}
    return np.fromiter((numbers.setdefault(name, len(numbers)) for name in clusters), np.intp, n)


def unit_index(clusters: Index, rng: np.random.Generator) -> Index:
    """The unit of each item, from that of its cluster: the same, or one of `MOST_UNITS` at random if they are more."""
    units = int(clusters.max(initial=-1)) + 1
    return clusters if units <= MOST_UNITS else (rng.permutation(units) % MOST_UNITS)[clusters]


def per_unit(index: Index, values: ArrayLike) -> Floats:
    """Sums [u, k] of values [n, k] within each unit."""
    columns = np.asarray(values, dtype=np.float64)
    return np.stack([np.bincount(index, column) for column in columns.T], axis=1)


def alike(sums: Floats, counts: Floats) -> Units:
    """Units, those that are alike put together: one weight is drawn for all of them."""
    rows, times = np.unique(np.hstack([sums, counts]), axis=0, return_counts=True)
    return Units(rows[:, : sums.shape[1]], rows[:, sums.shape[1] :], times.astype(np.float64))


def alone(values: Floats, times: Floats) -> Units:
    """Items of one group that stand alone, from how often [u] each value [u] occurs."""
    return Units(values[:, None], np.ones((len(values), 1)), times)


def mean_limits(
    units: Units, shares: Floats, ends: Ends | None, *, level: float, resamples: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Interval of the mean over groups of group means, each weighing its share [k]; see the module.

    It holds the mean, which Jeffreys' does not where all answers are right.
    """
    totals = units.times @ units.counts
    parts = units.counts / totals
    means = units.times @ units.sums / totals
    pull = shares * (units.sums - means * units.counts) / totals  # [u, k], what leaving a unit out would change
    room, number = _room(units, parts, pull, shares, level), float(units.times.sum())
    mean = float(means @ shares)
    low, high, half = _ends(mean, pull.sum(axis=1), units, ends)
    beyond = half * rng.standard_gamma(0.5, (resamples, 2))
    columns, k = np.hstack([units.sums, units.counts, number * (parts @ shares)[:, None]]), len(shares)
    drawn = np.concatenate(
        [w @ columns for w in draw_weights(units.times * (1.0 if ends is None else room), resamples, rng)]
    )
    sums, counts, within = drawn[:, :k], drawn[:, k:-1], drawn[:, -1]
    inside = np.divide(sums, counts, out=np.tile(means, (len(sums), 1)), where=counts > 0) @ shares
    draws = (within * inside + beyond @ np.array([low, high])) / (within + beyond.sum(axis=1))
    if ends is None:  # draws of weights of shape 1 vary as 1 / (units + 2), and should as 1 / (units · room)
        draws = mean + ((number + 2) / (number * room)) ** 0.5 * (draws - mean)
    tail = (1 - level) / 2
    found = np.quantile(draws, [tail, 1 - tail])
    return min(mean, float(found[0])), max(mean, float(found[1]))


def draw_weights(shapes: Floats, resamples: int, rng: np.random.Generator) -> Iterator[Floats]:
    """Gamma weights [b, u] of the shapes [u], a bounded block at a time, `resamples` rows in all."""
    block, simple = max(1, DRAWN_AT_ONCE // len(shapes)), bool((shapes == 1).all())
    for start in range(0, resamples, block):
        size = (min(block, resamples - start), len(shapes))
        yield rng.standard_exponential(size) if simple else rng.standard_gamma(shapes, size)  # the same, faster


def expansion(sizes: Floats, times: Floats, level: float) -> float:
    """(z / t)², by which t is wider than the normal distribution, for units of these sizes [u]; below 1."""
    from scipy.special import ndtri, stdtrit

    freedom = max(1.0, float((times @ sizes) ** 2 / (times @ sizes**2)) - 1)
    return float((ndtri((1 + level) / 2) / stdtrit(freedom, (1 + level) / 2)) ** 2)


def _room(units: Units, parts: Floats, pull: Floats, shares: Floats, level: float) -> float:
    """By how much the mean varies less, draw by draw, than the data leave open; a ratio of variances, up to 1."""
    size = (parts * shares**2 / (units.times @ units.counts)).sum(axis=1)  # of a unit's part in the variance
    corrected = (pull / np.sqrt(np.where(parts < 1, 1 - parts, 1.0))).sum(axis=1)
    variance, plain = units.times @ corrected**2, units.times @ pull.sum(axis=1) ** 2
    return expansion(size, units.times, level) * (float(plain / variance) if variance > 0 else 1.0)


def _ends(mean: float, pull: Floats, units: Units, ends: Ends | None) -> tuple[float, float, float]:
    """The two values that half a unit each is put at, and how much of an average unit that is."""
    if ends is not None:
        average = float(units.times @ units.counts.sum(axis=1)) / float(units.times.sum())
        return ends.low, ends.high, ends.items / average
    number = float(units.times.sum())
    spread = float(np.sqrt(units.times @ pull**2 / number))
    if spread <= 0:
        return mean, mean, 1.0
    skew = float(units.times @ (pull / spread) ** 3) / number
    root = float(np.sqrt(1 + skew * skew / 4))
    return mean + number * spread * (skew / 2 - root), mean + number * spread * (skew / 2 + root), 1.0
