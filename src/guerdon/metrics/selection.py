"""How well values pick the right candidates of an item: the best one, all of them, or as many as are equally right.

values, gold [n, k]: NaN in gold is no candidate (padding). The right candidates of an item are those with its
greatest gold. Credit is [n], NaN for an item that lacks a value.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.pairwise import Bools, Floats, padded

TIES_WEIGHTS = (0.3, 0.3, 0.2, 0.2, 0.01)


class Ties(NamedTuple):
    """The Ties subset of RewardBench 2: is every right answer above every wrong one, and how far?"""

    score: float
    """0.3·tied + 0.3·single + 0.2·apart + 0.2·both_apart + 0.01·margin, −0.01 to 1.01."""
    tied: float
    """Share of the items with several right answers that are all above the wrong ones."""
    single: float
    """The same of items with one right answer."""
    apart: float
    """Share of prompts whose gap to the wrong answers exceeds the spread of the right ones."""
    both_apart: float
    """The same for the smaller gap of the two items of the prompt."""
    margin: float
    """Mean of tanh(smaller gap / spread − 1)."""


class Styles(NamedTuple):
    """RM-Bench: how often a right answer in one style beats a wrong one in another; each [n]."""

    easy: Floats
    """The right answer is in the fancier style."""
    normal: Floats
    """Both are in one style."""
    hard: Floats
    """The wrong answer is in the fancier style."""
    wins: Floats
    """[n, styles, styles], right answer's style by wrong answer's."""


def best_credit(values: ArrayLike, gold: ArrayLike) -> Floats:
    """Chance that the candidate picked is right, if one of those with the greatest value is picked evenly.

    With one right candidate that is 1 / (number at the top) if it is there, else 0: RewardBench 2,
    https://arxiv.org/abs/2506.01937. An item without a wrong one is 1.

    >>> best_credit([[1, 1, 0, 0], [0, 1, 0, 0]], [[1, 0, 0, 0], [1, 0, 0, 0]])
    array([0.5, 0. ])
    """
    valued, right, wrong, missing = _sides(values, gold)
    top = _top(valued, right | wrong)
    return _mean(right & top, top, missing)


def expected_best(values: ArrayLike, gold: ArrayLike) -> Floats:
    """Gold of the candidate of greatest value; the mean of those that share it.

    >>> expected_best([[3, 3, 1]], [[0.5, 1.0, 0.0]])
    array([0.75])
    """
    valued, graded, missing = padded(values, gold)
    top = _top(valued, ~np.isnan(graded))
    return _mean(np.where(top, graded, 0.0), top, missing)


def one_vs_rest(values: ArrayLike, gold: ArrayLike, *, ties: float = 0.0) -> Floats:
    """1 if all right candidates are above all wrong ones, `ties` if the closest two are equal, else 0.

    NaN for an item without a wrong one. Kim et al. 2024 (RewardMATH), https://arxiv.org/abs/2410.01729.

    >>> one_vs_rest([[4, 3, 1], [2, 2, 1]], [[1, 0, 0], [1, 0, 0]])
    array([1., 0.])
    """
    valued, right, wrong, missing = _sides(values, gold)
    lowest = valued.min(axis=1, where=right, initial=np.inf)
    highest = valued.max(axis=1, where=wrong, initial=-np.inf)
    out = np.where(lowest > highest, 1.0, np.where(lowest == highest, ties, 0.0))
    out[missing | ~wrong.any(axis=1)] = np.nan
    return out


def first_rank(values: ArrayLike, gold: ArrayLike) -> Floats:
    """Rank, from 1, of the first right candidate by falling value; of equal values the wrong ones come first.

    >>> first_rank([[2, 2, 1]], [[1, 0, 0]])
    array([2.])
    """
    valued, right, wrong, missing = _sides(values, gold)
    best = valued.max(axis=1, where=right, initial=-np.inf, keepdims=True)
    rank = np.asarray(1.0 + (wrong & (valued >= best)).sum(axis=1))
    rank[missing | ~right.any(axis=1)] = np.nan
    return rank


def reciprocal_rank(values: ArrayLike, gold: ArrayLike) -> Floats:
    """1 / `first_rank`, above 0 up to 1; its mean is MRR. A value for all is 1 / (number of wrong ones + 1).

    >>> reciprocal_rank([[1, 4, 3, 2]], [[1, 0, 0, 0]])
    array([0.25])
    """
    return np.asarray(1.0 / first_rank(values, gold))


def relative_rank(values: ArrayLike, gold: ArrayLike) -> Floats:
    """(k − `first_rank`) / (k − 1) among k candidates, 0–1; NaN for one alone.

    >>> relative_rank([[2, 1, 2, 3]], [[1, 0, 0, 0]])  # third of four
    array([0.33333333])
    """
    rank = first_rank(values, gold)
    others = (~np.isnan(np.asarray(gold, dtype=np.float64))).sum(axis=1) - 1.0
    return np.asarray(1.0 - np.divide(rank - 1.0, others, out=np.full(len(rank), np.nan), where=others > 0))


def duel_values(won: ArrayLike) -> Floats:
    """Values [n, k + 1] of a right candidate, first, and k wrong ones, from who won their duels [n, k].

    `won` is true where the right one won; a tie is lost, NaN is no duel. The right one gets 1 + its wins, what
    it beat 1, and the rest k + 2, so that its `first_rank` is 1 + the duels it lost. RewardMATH.

    >>> duel_values([[1, 1, 0]])
    array([[3., 1., 1., 5.]])
    """
    duels = np.asarray(won, dtype=np.float64)
    wrong = np.where(duels == 1, 1.0, duels.shape[1] + 2.0)
    wrong[np.isnan(duels)] = np.nan
    return np.column_stack([1.0 + (duels == 1).sum(axis=1), wrong])


def ties_score(values: ArrayLike, gold: ArrayLike, prompts: Sequence[Hashable], several: ArrayLike) -> Ties:
    """How well items with several equally right answers are told from wrong ones, without spreading the right.

    Each of `prompts` [n] has two items, one with `several` [n] right answers and one with a single; a prompt with
    one of them counts in its accuracy alone, and an item that lacks a value nowhere. A spread of 0 makes the margin
    1, 0 or −1 as the gap is positive, 0 or negative. Without prompts that have both, or items of either sort, what
    needs them is NaN. RewardBench 2, https://arxiv.org/abs/2506.01937. Raises ValueError for lengths that differ or
    a prompt that comes twice.

    >>> ties_score([[5, 1, 1], [5, 5, 1]], [[1, 0, 0], [1, 1, 0]], ["p", "p"], [False, True]).score
    1.01
    """
    many = np.asarray(several, dtype=np.bool_)
    accurate = one_vs_rest(values, gold)
    if not many.shape == accurate.shape == (len(prompts),):
        raise ValueError(f"{len(accurate)} items, {len(prompts)} prompts, several {list(many.shape)}")
    valued, right, wrong, _ = _sides(values, gold)
    lowest = valued.min(axis=1, where=right, initial=np.inf)
    gaps = lowest - valued.max(axis=1, where=wrong, initial=-np.inf)
    spreads = valued.max(axis=1, where=right, initial=-np.inf) - lowest
    known = ~np.isnan(accurate)
    rows = [_by_prompt(prompts, mask & known) for mask in (many, ~many)]
    both = [(rows[0][p], rows[1][p]) for p in rows[0] if p in rows[1]]
    tied, single = np.array(both, dtype=np.intp).reshape(-1, 2).T
    spread, gap = spreads[tied], gaps[tied]
    closest = np.minimum(gap, gaps[single])
    with np.errstate(invalid="ignore", divide="ignore"):
        margin = np.nan_to_num(np.tanh(closest / spread - 1.0))
    parts = [accurate[many & known], accurate[~many & known], gap > spread, closest > spread, margin]
    means = [float(np.mean(part)) if len(part) else np.nan for part in parts]
    return Ties(sum(w * mean for w, mean in zip(TIES_WEIGHTS, means, strict=True)), *means)


def style_accuracy(values: ArrayLike) -> Styles:
    """Strict wins of right over wrong answers by style: values [n, 2, s], right then wrong, plainest style first.

    NaN for an item that lacks a value. Liu et al. 2024 (RM-Bench), https://arxiv.org/abs/2410.16184, has 3 styles:
    concise, detailed, detailed with markdown; easy, normal and hard are means of 3 cells, their mean is the score.

    >>> longer = style_accuracy([[[1, 2, 3], [1, 2, 3]]])
    >>> longer.easy, longer.normal, longer.hard
    (array([1.]), array([0.]), array([0.]))
    """
    valued = np.asarray(values, dtype=np.float64)
    if valued.ndim != 3 or valued.shape[1] != 2 or valued.shape[2] < 2:
        raise ValueError(f"values {list(valued.shape)} are not [n, 2, styles]")
    wins = (valued[:, 0, :, None] > valued[:, 1, None, :]).astype(np.float64)
    wins[np.isnan(valued).any(axis=(1, 2))] = np.nan
    size = valued.shape[2]
    lower, upper = np.tril_indices(size, -1), np.triu_indices(size, 1)
    diagonal = np.diagonal(wins, axis1=1, axis2=2)
    return Styles(wins[:, *lower].mean(axis=1), diagonal.mean(axis=1), wins[:, *upper].mean(axis=1), wins)


def _sides(values: ArrayLike, gold: ArrayLike) -> tuple[Floats, Bools, Bools, Bools]:
    """values [n, k], which are right and which wrong [n, k], and which items lack a value [n]."""
    valued, graded, missing = padded(values, gold)
    real = ~np.isnan(graded)
    right = real & (graded == graded.max(axis=1, where=real, initial=-np.inf, keepdims=True))
    return valued, right, real & ~right, missing


def _top(valued: Floats, real: Bools) -> Bools:
    return np.asarray(real & (valued == valued.max(axis=1, where=real, initial=-np.inf, keepdims=True)))


def _mean(credits: NDArray[np.generic], among: Bools, missing: Bools) -> Floats:
    total, n = credits.sum(axis=1, dtype=np.float64), among.sum(axis=1)
    mean: Floats = np.divide(total, n, out=np.full(len(total), np.nan), where=(n > 0) & ~missing)
    return mean


def _by_prompt(prompts: Sequence[Hashable], rows: Bools) -> dict[Hashable, int]:
    found: dict[Hashable, int] = {}
    for i in np.flatnonzero(rows).tolist():
        if found.setdefault(prompts[i], i) != i:
            raise ValueError(f"prompt {prompts[i]!r} has two items of the same sort")
    return found
