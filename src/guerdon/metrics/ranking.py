"""How well a ranking puts what is relevant first.

All measures read one thing: at which rank, from 1, each relevant item stands. `ranks` finds that in a list
of items, `ranks_in_order` and `ranks_by_score` in arrays over many queries. Ranks have shape [..., m], the
leading axes are queries, ∞ stands for an item that the ranking lacks, and NaN for no item, where
queries have different numbers of them. An item counts where it is first named; naming it again, or
naming what does not exist, moves the rest down and earns nothing. A query without relevant items is 0
by every measure.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ties = Literal["worst", "given"]
FEW = 2.5
"""Relevant items a query up to which counting is faster than sorting."""


def ranks(ranking: Iterable[Hashable], relevant: Iterable[Hashable]) -> Floats:
    """The rank of each relevant item [m]; items of `relevant` named twice count once.

    >>> ranks(["b", "b", "c"], ["b", "c", "a"])
    array([ 1.,  3., inf])
    """
    places: dict[Hashable, float] = {}
    for rank, item in enumerate(ranking, 1):
        places.setdefault(item, rank)
    return np.array([places.get(item, np.inf) for item in dict.fromkeys(relevant)], dtype=np.float64)


def ranks_in_order(relevant: ArrayLike) -> Floats:
    """The rank of each relevant item [..., n], where columns are ranks and `relevant` is true at the relevant ones.

    >>> ranks_in_order([0, 1, 1])
    array([nan,  2.,  3.])
    """
    wanted = np.asarray(relevant, dtype=np.bool_)
    return np.where(wanted, np.arange(1.0, wanted.shape[-1] + 1), np.nan)


def ranks_by_score(scores: ArrayLike, relevant: ArrayLike, *, ties: Ties = "worst") -> Floats:
    """The rank of each relevant item [..., n] by falling score [..., n]; NaN at the irrelevant ones.

    `relevant` [..., n] is true where an item is. Of equal scores the relevant ones come last, so that a
    scorer that tells nothing apart looks bad; with ties="given" they keep the order of their columns.
    Raises ValueError for shapes that differ or scores that are NaN.

    >>> ranks_by_score([0.1, 0.9, 0.1], [1, 0, 0])
    array([ 3., nan, nan])
    """
    values, wanted = np.asarray(scores, dtype=np.float64), np.asarray(relevant, dtype=np.bool_)
    if values.shape != wanted.shape or np.isnan(values).any():
        raise ValueError(f"scores {list(values.shape)} and relevant {list(wanted.shape)} need one shape and no NaN")
    if ties not in ("worst", "given"):
        raise ValueError(f"ties={ties!r}: write worst or given")
    if np.count_nonzero(wanted) <= FEW * np.prod(wanted.shape[:-1]):
        return _counted(values, wanted, ties)
    falling = -values
    order = np.argsort(falling, axis=-1)
    falling.sort(axis=-1)
    same = falling[..., 1:] == falling[..., :-1]
    if same.any():  # worth asking: sorting with a second key takes several times as long
        tied = same.any(axis=-1)
        keys = (wanted[tied], -values[tied]) if ties == "worst" else (-values[tied],)
        order[tied] = np.lexsort(keys, axis=-1)
    place = np.empty(values.shape)
    np.put_along_axis(place, order, np.arange(1.0, values.shape[-1] + 1), axis=-1)
    np.copyto(place, np.nan, where=~wanted)
    return place


def ndcg(ranks: ArrayLike, gains: ArrayLike | None = None, *, k: int | None = None) -> Floats:
    """Discounted gain over that of the best ranking, 0–1: Σ gain/log₂(rank + 1), of the first k ranks.

    Gains [..., m] are those of the relevant items, 1 by default, and used as they are: for the
    exponential form give 2^grade − 1. Järvelin & Kekäläinen 2002.

    >>> round(float(ndcg(ranks(["a", "b"], ["b"]))), 4)  # 1/log₂ 3
    0.6309
    """
    at = np.asarray(ranks, dtype=np.float64)
    found, best = _discount(at, k), _discount(np.arange(1.0, at.shape[-1] + 1), k)
    if gains is None:
        return _share(found.sum(axis=-1), _sums(best)[_count(at)])
    weights = np.where(np.isnan(at), 0.0, gains)
    falling = -np.sort(-weights, axis=-1)
    return _share((weights * found).sum(axis=-1), (falling * best).sum(axis=-1))


def reciprocal_rank(ranks: ArrayLike, *, k: int | None = None) -> Floats:
    """1 / rank of the first relevant item, 0–1, and 0 beyond rank k. Its mean over queries is MRR.

    >>> float(reciprocal_rank(ranks(["a", "b", "c"], ["c", "b"])))
    0.5
    """
    at = np.asarray(ranks, dtype=np.float64)
    first = np.fmin.reduce(at, axis=-1, initial=np.inf)
    return np.where(first <= (np.inf if k is None else k), 1.0 / first, 0.0)


def reciprocal_power(ranks: ArrayLike, *, power: float = 1.0) -> Floats:
    """Σ 1/rank^power over that of the best ranking, 0–1.

    >>> float(reciprocal_power(ranks([1, 2, 3, 4, 5], [3]), power=3))  # 1/27
    0.037037037037037035
    """
    at = np.asarray(ranks, dtype=np.float64)
    gained = np.where(np.isnan(at), 0.0, at**-power).sum(axis=-1)
    best = np.arange(1.0, at.shape[-1] + 1) ** -power
    return _share(gained, _sums(best)[_count(at)])


def recall_at(ranks: ArrayLike, k: int) -> Floats:
    """Share of the relevant items among the first k ranks, 0–1.

    >>> float(recall_at(ranks(["a", "b", "c"], ["c", "b"]), k=2))
    0.5
    """
    at = np.asarray(ranks, dtype=np.float64)
    return _share((at <= k).sum(axis=-1), _count(at))


def precision_at(ranks: ArrayLike, k: int) -> Floats:
    """Share of relevant items among the first k ranks, 0–1; ranks that the ranking leaves empty count as misses.

    >>> float(precision_at(ranks(["a", "b"], ["b"]), k=4))
    0.25
    """
    at = np.asarray(ranks, dtype=np.float64)
    return np.asarray((at <= k).sum(axis=-1) / k, dtype=np.float64)


def completed(ranking: Iterable[Hashable], candidates: Sequence[Hashable]) -> list[Hashable]:
    """A ranking of all candidates: those it names, in its order, then the rest in theirs.

    What is named again, or is no candidate, is dropped. Safe for whatever a model writes.

    >>> completed([3, 9, 3], [1, 2, 3])
    [3, 1, 2]
    """
    known = set(candidates)
    return list(dict.fromkeys([*(item for item in ranking if item in known), *candidates]))


def _counted(values: Floats, wanted: NDArray[np.bool_], ties: Ties) -> Floats:
    """`ranks_by_score` by counting what stands above each relevant item: no sort, but n for each of them."""
    out = np.full(values.shape, np.nan)
    at = wanted.nonzero()
    rows, own = values[at[:-1]], values[at][:, None]
    before = np.arange(values.shape[-1]) < at[-1][:, None]
    if ties == "worst":
        before |= ~wanted[at[:-1]]
    above = np.count_nonzero(rows > own, axis=-1) + np.count_nonzero((rows == own) & before, axis=-1)
    out[at] = 1.0 + above
    return out


def _discount(at: Floats, k: int | None) -> Floats:
    out = np.zeros(at.shape)
    inside = at <= (np.inf if k is None else k)
    out[inside] = 1.0 / np.log2(at[inside] + 1.0)
    return out


def _count(at: Floats) -> NDArray[np.intp]:
    """How many items each query has."""
    return np.asarray((~np.isnan(at)).sum(axis=-1))


def _sums(values: Floats) -> Floats:
    """Sums of the first 0, 1, 2 … values."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _share(part: ArrayLike, whole: ArrayLike) -> Floats:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    share: Floats = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
    return share
