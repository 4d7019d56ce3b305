"""A leaderboard that says which places are sure: every reward on the same items, compared pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.multiple import holm
from guerdon.metrics.paired import flipped
from guerdon.metrics.resampling import Floats, cluster_index, per_unit
from guerdon.metrics.stats import Estimate, mean_interval

LEVEL = 0.05
"""How often one or more of all pairs may be told apart that do not differ."""


class Standing(NamedTuple):
    """One reward among others."""

    name: str
    credit: Estimate
    """Mean over the items that all answered, with its 95 % interval."""
    rank: int
    """By mean credit, from 1; equal means share the better rank."""
    rank_low: int
    """1 + how many are surely better…"""
    rank_high: int
    """… and how many it is not surely better than, itself included."""
    p_best: float
    """Adjusted p-value of no difference from the reward of greatest mean; 1 for that one."""
    p_baseline: float | None
    """The same for the best baseline; None without baselines."""
    over_baseline: float | None
    """By how much its mean exceeds that of the best baseline."""
    tied_with: tuple[str, ...]
    """Rewards that it is not told apart from."""


class Information(NamedTuple):
    """Which items tell rewards apart."""

    informative: NDArray[np.bool_]
    """[n], whether two rewards have different credit on the item."""
    all_right: int
    """Items on which every reward has full credit…"""
    all_wrong: int
    """… none…"""
    alike: int
    """… and the same in between, such as a tie, which is chance."""
    effective: float
    """(Σ v)² / Σ v², v being the variance of an item's credit over rewards: as many items that all differ alike
    would tell as much."""


def standings(
    credits: Mapping[str, ArrayLike],
    clusters: Sequence[Hashable] | None = None,
    *,
    baselines: Mapping[str, ArrayLike] | None = None,
    seed: int = 0,
) -> list[Standing]:
    """Rewards by mean credit on the items [n] that every one of them, and every baseline, answered.

    NaN is no answer: nobody gains by leaving out what is hard, and `credit.n` says how many items are left. A reward
    is told apart from another where the sign-flip test of their differences, by cluster, has p ≤ 0.05 after Holm's
    correction over all pairs of rewards. All pairs count, for which one is best is read off the same items.

    Rank limits count the rewards surely better and surely worse. They hold for all rewards at once with 95 %,
    whether rewards are equally good or not (ranks from pairs: Mogstad, Romano, Shaikh & Wilhelm 2024). Percentiles of
    bootstrapped ranks would not: equal rewards swap places in every draw, and noise passes for rank (Xie, Singh &
    Zhang 2009). The tests against the best baseline are corrected over the rewards. Raises ValueError for no
    rewards, lengths that differ, infinite credits, or no item that all answered.

    >>> a, b = [1.0] * 30, [1.0] * 15 + [0.0] * 15
    >>> [(s.name, s.rank, s.tied_with) for s in standings({"b": b, "a": a, "c": b})]
    [('a', 1, ()), ('b', 2, ('c',)), ('c', 2, ('b',))]
    """
    names = list(credits)
    table, kept = _table([*credits.values(), *(baselines or {}).values()])
    shared = None if clusters is None else [clusters[i] for i in np.flatnonzero(kept).tolist()]
    mine, others = table[: len(names)], table[len(names) :]
    means, index = mine.mean(axis=1), cluster_index(table.shape[1], shared)
    sums = per_unit(index, mine.T)
    apart = _pairwise(sums, seed)
    surely = (apart <= LEVEL) & (means[:, None] > means[None, :])  # row is better than column
    best = int(means.argmax())
    against = over = None
    if len(others):
        rival = others[int(others.mean(axis=1).argmax())]
        against = holm([flipped(column, seed=seed) for column in per_unit(index, (mine - rival).T).T])
        over = means - rival.mean()
    order = sorted(range(len(names)), key=lambda i: -means[i])
    return [
        Standing(
            names[i], mean_interval(mine[i], shared, seed=seed), 1 + int((means > means[i]).sum()),
            1 + int(surely[:, i].sum()), len(names) - int(surely[i].sum()), float(apart[i, best]),
            None if against is None else float(against[i]), None if over is None else float(over[i]),
            tuple(names[j] for j in order if j != i and apart[i, j] > LEVEL),
        )
        for i in order
    ]  # fmt: skip


def information(credits: Mapping[str, ArrayLike]) -> Information:
    """Which items [n] carry information: those on which rewards differ. NaN, no answer, does not count.

    An item that all get right, all get wrong, or all tie on says nothing about which reward is better.

    >>> information({"a": [1, 1, 0, 0.5], "b": [1, 0, 0, 0.5]})
    Information(informative=array([False,  True, False, False]), all_right=1, all_wrong=1, alike=1, effective=1.0)
    """
    table = np.array([np.asarray(row, dtype=np.float64) for row in credits.values()])
    if table.ndim != 2:
        raise ValueError("credits of one length are needed")
    low = np.where(np.isnan(table), np.inf, table).min(axis=0)
    high = np.where(np.isnan(table), -np.inf, table).max(axis=0)
    same, answered = low == high, np.isfinite(low)
    right, wrong = int((same & (low == 1)).sum()), int((same & (low == 0)).sum())
    alike = int((same & answered).sum()) - right - wrong
    informative = answered & ~same
    v = np.nanvar(table[:, informative], axis=0)
    return Information(informative, right, wrong, alike, float(v.sum() ** 2 / (v @ v)) if v.any() else 0.0)


def _table(rows: Sequence[ArrayLike]) -> tuple[Floats, NDArray[np.bool_]]:
    """Credits [m, n'] of the items that all answered, and which these are [n]."""
    arrays = [np.asarray(row, dtype=np.float64) for row in rows]
    if not arrays or len({array.shape for array in arrays}) > 1 or arrays[0].ndim != 1:
        raise ValueError("credits of one or more rewards are needed, each of one length [n]")
    table = np.array(arrays)
    kept = np.asarray(~np.isnan(table).any(axis=0))
    if not kept.any() or np.isinf(table).any():
        raise ValueError("no item was answered by all, or a credit is infinite")
    return table[:, kept], kept


def _pairwise(sums: Floats, seed: int) -> Floats:
    """Adjusted p-values [m, m] of no difference, 1 on the diagonal, from sums [c, m] within clusters."""
    rows, columns = np.triu_indices(sums.shape[1], 1)
    apart = np.ones((sums.shape[1], sums.shape[1]))
    p = holm([flipped(sums[:, i] - sums[:, j], seed=seed) for i, j in zip(rows, columns, strict=True)])
    apart[rows, columns] = apart[columns, rows] = p
    return apart
