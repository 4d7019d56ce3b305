"""A leaderboard that says which places are sure: every reward on the same items, compared pair by pair."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.multiple import holm
from guerdon.metrics.paired import sign_flips
from guerdon.metrics.stats import Estimate, mean_interval

Floats = NDArray[np.float64]
LEVEL = 0.05


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
    """… and the same in between, such as a tie."""


def standings(
    credits: Mapping[str, ArrayLike],
    clusters: Sequence[Hashable] | None = None,
    *,
    baselines: Mapping[str, ArrayLike] | None = None,
    seed: int = 0,
) -> list[Standing]:
    """Rewards by mean credit on the items [n] that every one of them, and every baseline, answered.

    A reward is told apart from another where the sign-flip test of their differences, by cluster, has p ≤ 0.05 after
    Holm's correction over all pairs of rewards; rank intervals count those surely better and surely worse, and hold
    for all rewards at once with 95 % (Mogstad et al. 2024 build ranks from pairs in this way). The tests against the
    best baseline are corrected over the rewards. NaN is no answer. Raises ValueError for no rewards, lengths that
    differ, or no item that all answered.

    >>> a, b = [1.0] * 30, [1.0] * 15 + [0.0] * 15
    >>> [(s.name, s.rank, s.tied_with) for s in standings({"b": b, "a": a, "c": b})]
    [('a', 1, ()), ('b', 2, ('c',)), ('c', 2, ('b',))]
    """
    names = list(credits)
    table, kept = _table([*credits.values(), *(baselines or {}).values()])
    shared = None if clusters is None else [clusters[i] for i in np.flatnonzero(kept).tolist()]
    mine, others = table[: len(names)], table[len(names) :]
    means = mine.mean(axis=1)
    apart = _pairwise(mine, shared, seed)
    surely = (apart <= LEVEL) & (means[:, None] > means[None, :])  # row is better than column
    best = int(means.argmax())
    against = over = None
    if len(others):
        rival = others[int(others.mean(axis=1).argmax())]
        against, over = holm([sign_flips(row - rival, shared, seed=seed) for row in mine]), means - rival.mean()
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
    Information(informative=array([False,  True, False, False]), all_right=1, all_wrong=1, alike=1)
    """
    table = np.array([np.asarray(row, dtype=np.float64) for row in credits.values()])
    if table.ndim != 2:
        raise ValueError("credits of one length are needed")
    low = np.where(np.isnan(table), np.inf, table).min(axis=0)
    high = np.where(np.isnan(table), -np.inf, table).max(axis=0)
    same, answered = low == high, np.isfinite(low)
    right, wrong = int((same & (low == 1)).sum()), int((same & (low == 0)).sum())
    return Information(answered & ~same, right, wrong, int((same & answered).sum()) - right - wrong)


def _table(rows: Sequence[ArrayLike]) -> tuple[Floats, NDArray[np.bool_]]:
    """Credits [m, n'] of the items that all answered, and which these are [n]."""
    arrays = [np.asarray(row, dtype=np.float64) for row in rows]
    if not arrays or len({array.shape for array in arrays}) > 1 or arrays[0].ndim != 1:
        raise ValueError("credits of one or more rewards are needed, each of one length [n]")
    table = np.array(arrays)
    kept = np.asarray(~np.isnan(table).any(axis=0))
    if not kept.any():
        raise ValueError("no item was answered by all")
    return table[:, kept], kept


def _pairwise(table: Floats, clusters: Sequence[Hashable] | None, seed: int) -> Floats:
    """Adjusted p-values [m, m] of no difference, 1 on the diagonal."""
    m = len(table)
    rows, columns = np.triu_indices(m, 1)
    p = [sign_flips(table[i] - table[j], clusters, seed=seed) for i, j in zip(rows, columns, strict=True)]
    apart = np.ones((m, m))
    if p:
        apart[rows, columns] = apart[columns, rows] = holm(p)
    return apart
