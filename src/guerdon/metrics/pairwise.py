"""How often values prefer what people preferred: credit of pairs, of whole items, and where people may say "tie".

A gap is value(preferred) − value(other). Credit is [n], 1 for right, 0 for wrong and NaN where no value is
known, so that its mean over the rest is an accuracy and its resamples give an interval.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Sweep = Literal["grouped", "one_by_one"]


class Calibrated(NamedTuple):
    """The best that a tie threshold can do."""

    accuracy: float
    threshold: float
    """Gaps of at most this size are called ties; 0 calls only equal values so."""


def credit(gap: ArrayLike, *, tie: float = 0.0, ties: float = 0.5) -> Floats:
    """1 where gap > tie, 0 where gap < −tie, `ties` between the two, NaN where the gap is NaN; any shape.

    >>> credit([2.0, -1.0, 0.0, np.nan])
    array([1. , 0. , 0.5, nan])
    """
    gaps = np.asarray(gap, dtype=np.float64)
    out = np.where(gaps > tie, 1.0, np.where(gaps < -tie, 0.0, ties))
    out[np.isnan(gaps)] = np.nan
    return out


def pair_credit(values: ArrayLike, gold: ArrayLike, *, tie: float = 0.0, ties: float = 0.5) -> Floats:
    """Mean `credit` of each item [n] over all pairs of its candidates that differ in gold.

    values, gold [n, k]: NaN in gold is no candidate. NaN for an item that lacks a value, or has no pair.
    Raises ValueError for shapes that differ.

    >>> pair_credit([[3, 1, 2]], [[1, 0, 0.5]]), pair_credit([[0.2, 0.2]], [[1, 0]])
    (array([1.]), array([0.5]))
    """
    valued, graded, missing = padded(values, gold)
    total, pairs = np.zeros(len(valued)), np.zeros(len(valued))
    for i, j in combinations(range(valued.shape[1]), 2):
        better = np.sign(graded[:, i] - graded[:, j])
        counts = np.abs(better) == 1  # false for NaN
        with np.errstate(invalid="ignore"):
            gap = np.where(valued[:, i] == valued[:, j], 0.0, (valued[:, i] - valued[:, j]) * better)  # ∞ ties with ∞
        total += np.where(counts, credit(gap, tie=tie, ties=ties), 0.0)
        pairs += counts
    total[missing | (pairs == 0)] = np.nan
    return np.divide(total, pairs, out=total, where=pairs > 0)


def ordered_gaps(values: ArrayLike, gold: ArrayLike) -> tuple[Floats, Bools]:
    """Gaps [m] of all pairs of candidates that differ in gold, in both orders, and whether the first is better.

    For figures of the probability σ(gap), such as calibration: in one order alone, better first, all would be so.
    Both orders make every figure symmetric: a reward that always favours the same place cannot be seen by them.
    Pairs without a value are left out.

    >>> ordered_gaps([[3, 1]], [[1, 0]])
    (array([ 2., -2.]), array([ True, False]))
    """
    valued, graded, _ = padded(values, gold)
    first, second = np.nonzero(~np.eye(valued.shape[1], dtype=np.bool_))
    gaps, better = valued[:, first] - valued[:, second], graded[:, first] - graded[:, second]
    counts = (np.abs(better) > 0) & ~np.isnan(gaps)
    return gaps[counts], better[counts] > 0


def padded(values: ArrayLike, gold: ArrayLike) -> tuple[Floats, Floats, Bools]:
    """values and gold [n, k] as floats, NaN at the same padding, and which items lack a value [n].

    Raises ValueError for shapes that differ or are not [n, k].
    """
    valued, graded = np.array(values, dtype=np.float64), np.asarray(gold, dtype=np.float64)
    if valued.shape != graded.shape or valued.ndim != 2:
        raise ValueError(f"values {list(valued.shape)} and gold {list(graded.shape)} need one shape [n, k]")
    empty = np.isnan(graded)
    valued[empty] = np.nan
    return valued, graded, np.asarray((np.isnan(valued) & ~empty).any(axis=1))


def all_pairs_right(right: ArrayLike, ids: Sequence[Hashable]) -> dict[Hashable, float]:
    """For each id, in order of first appearance: 1 if all its pairs have full credit [n], else 0; the mean is ACC+.

    NaN where a pair has no credit. Zhang et al. 2025 (MM-RLHF), https://arxiv.org/abs/2502.10391. Raises
    ValueError for lengths that differ.

    >>> all_pairs_right([1, 1, 0], ["a", "a", "b"])
    {'a': 1.0, 'b': 0.0}
    """
    credits = np.asarray(right, dtype=np.float64)
    if credits.shape != (len(ids),):
        raise ValueError(f"{len(ids)} ids for credits {list(credits.shape)}")
    numbers: dict[Hashable, int] = {}
    index = np.fromiter((numbers.setdefault(name, len(numbers)) for name in ids), np.intp, len(ids))
    lowest = np.ones(len(numbers))
    with np.errstate(invalid="ignore"):  # NaN is meant to stay
        np.minimum.at(lowest, index, np.where(credits < 1, 0.0, credits))
    return dict(zip(numbers, lowest.tolist(), strict=True))


def with_ties(human: ArrayLike, gap: ArrayLike, threshold: float = 0.0) -> Floats:
    """1 where the verdict of the gap is the human one, else 0, all [n]; a gap of at most `threshold` is a tie.

    `human` is 1 (first better), −1 (second) or 0 (tie), and the gap value(first) − value(second). NaN stays.

    >>> with_ties([1, 0, -1], [0.5, 0.1, 0.2], threshold=0.1)
    array([1., 1., 0.])
    """
    said, gaps = _verdicts(human, gap)
    verdict = np.where(np.abs(gaps) <= threshold, 0.0, np.sign(gaps))
    return np.where(np.isnan(gaps), np.nan, verdict == said)


def without_ties(human: ArrayLike, gap: ArrayLike, ties: float = 0.0) -> Floats:
    """`credit` where people decided, NaN where they called a tie; `human` and `gap` [n] as in `with_ties`.

    >>> without_ties([1, 0, -1, -1], [0.5, 0.1, 0.2, 0.0])
    array([ 1., nan,  0.,  0.])
    """
    said, gaps = _verdicts(human, gap)
    return credit(np.where(said == 0, np.nan, said * gaps), ties=ties)


def tie_calibrated(human: ArrayLike, gap: ArrayLike, *, sweep: Sweep = "grouped") -> Calibrated:
    """The best mean of `with_ties` over all thresholds, and the least threshold that reaches it.

    "grouped" tries 0 and every size of gap. "one_by_one" is the sweep of VideoAlign: the rows become ties one
    after another, also those of equal size, so no threshold may reach its figure, and at least one row is a tie
    always. Fitted on the rows it is measured on, so it flatters. Rows whose gap is NaN are left out; without rows
    both are NaN, or −∞ and NaN one by one. Deutsch et al. 2023, https://arxiv.org/abs/2305.14324; Liu et al. 2025
    (VideoAlign), https://arxiv.org/abs/2501.13918. Raises ValueError for lengths or verdicts that are wrong.

    >>> tie_calibrated([1, 0, 0, 1], [2, 2, 2, 2])  # all ties or none
    Calibrated(accuracy=0.5, threshold=0.0)
    >>> tie_calibrated([1, 0, 0, 1], [2, 2, 2, 2], sweep="one_by_one")  # three rows are ties, one of equal size not
    Calibrated(accuracy=0.75, threshold=2.0)
    """
    if sweep not in ("grouped", "one_by_one"):
        raise ValueError(f"sweep={sweep!r}: write grouped or one_by_one")
    said, gaps = _verdicts(human, gap)
    known = ~np.isnan(gaps)
    order = np.argsort(np.abs(gaps[known]), kind="stable")
    said, gaps = said[known][order], gaps[known][order]
    if not len(gaps):
        return Calibrated(np.nan if sweep == "grouped" else -np.inf, np.nan)
    sizes = np.abs(gaps)
    right = (np.sign(gaps) == said) & (said != 0)
    hits = right.sum() + np.concatenate([[0], np.cumsum((said == 0).astype(int) - right)])  # with 0, 1, … ties
    ties = np.arange(1, len(gaps) + 1) if sweep == "one_by_one" else _ends(sizes)
    best = ties[np.argmax(hits[ties])]
    return Calibrated(float(hits[best] / len(gaps)), float(sizes[best - 1]) if best else 0.0)


def swap_sum(front: ArrayLike, back: ArrayLike) -> Floats:
    """The gap [n] between two answers that a judge scored in both orders, so that favouring a place cancels.

    Scores [n, 2] are by place: `front` had the first answer in front, `back` the second one.

    >>> swap_sum([[9, 8]], [[9, 8]])  # the front one is always given one more
    array([0.])
    """
    one, two = np.asarray(front, dtype=np.float64), np.asarray(back, dtype=np.float64)
    return np.asarray(one[:, 0] + two[:, 1] - one[:, 1] - two[:, 0])


def _ends(sizes: Floats) -> NDArray[np.intp]:
    """How many rows are ties at 0 and at each of the sizes, which are sorted."""
    ends = np.flatnonzero(np.append(np.diff(sizes) != 0, True)) + 1
    return np.append(0, ends) if sizes[0] else ends


def _verdicts(human: ArrayLike, gap: ArrayLike) -> tuple[Floats, Floats]:
    said, gaps = np.asarray(human, dtype=np.float64), np.asarray(gap, dtype=np.float64)
    if said.shape != gaps.shape or said.ndim != 1 or not np.isin(said, (-1, 0, 1)).all():
        raise ValueError("human [n] is 1, 0 or −1, and gap [n] has its length")
    return said, gaps
