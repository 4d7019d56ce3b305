"""How far raters agree, beyond what chance would give.

κ and α are 1 for full agreement, 0 for chance and below 0 for less; NaN where all ratings are of one category,
since then chance agrees too. Fleiss's κ and Krippendorff's α generalise Scott's π, Cohen's κ does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Weights = Literal["linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]


def percent(ratings: ArrayLike) -> float:
    """Share of the pairs of ratings of one item that are equal, ratings [raters, n]; NaN is no rating.

    >>> percent([[1, 1, 2, np.nan], [1, 2, 2, 3]])
    0.6666666666666666
    """
    counts = _counts(np.asarray(ratings, dtype=np.float64))[1]
    rated = counts.sum(axis=1)
    pairs = (rated * (rated - 1)).sum()
    return float((counts * (counts - 1)).sum() / pairs) if pairs else np.nan


def cohen(
    a: Sequence[Any] | NDArray[Any],
    b: Sequence[Any] | NDArray[Any],
    weights: Weights | None = None,
    *,
    categories: Sequence[Any] | None = None,
) -> float:
    """Cohen's κ of two raters' labels [n].

    With weights a disagreement costs as many places (or their square) as lie between the two among `categories`,
    which are by default those that occur, then sorted: give them where one may be missing. Cohen 1960, 1968. Raises
    ValueError for lengths that differ, no labels, or a label that is no category.

    >>> round(cohen(["y", "y", "n", "n"], ["y", "n", "n", "n"]), 6)  # ¾ agree, ½ by chance
    0.5
    """
    if weights not in (None, "linear", "quadratic"):
        raise ValueError(f"weights={weights!r}: write linear or quadratic")
    if len(a) != len(b) or not len(a):
        raise ValueError(f"{len(a)} and {len(b)} labels: two raters give as many, at least one")
    labels = dict.fromkeys([*a, *b])
    names = list(categories if categories is not None else sorted(labels) if weights else labels)
    if unknown := labels.keys() - {*names}:
        raise ValueError(f"labels that are no category: {', '.join(map(repr, unknown))}")
    place = {name: i for i, name in enumerate(names)}
    seen = np.zeros((len(names), len(names)))
    np.add.at(seen, ([place[x] for x in a], [place[x] for x in b]), 1.0)
    i, j = np.indices(seen.shape)
    cost = {None: i != j, "linear": abs(i - j), "quadratic": (i - j) ** 2}[weights]
    return _beyond_chance((cost * seen).sum() * seen.sum(), (cost * np.outer(seen.sum(axis=1), seen.sum(axis=0))).sum())


def fleiss(counts: ArrayLike) -> float:
    """Fleiss's κ of counts [n, c]: how many raters put each item in each category, the same number everywhere.

    Fleiss 1971, https://doi.org/10.1037/h0031619. Raises ValueError for fewer than two raters or numbers that
    differ: use `krippendorff` then.

    >>> round(fleiss([[2, 0], [1, 1], [0, 2]]), 6)  # ⅔ agree, ½ by chance
    0.333333
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or not table.size or np.ptp(table.sum(axis=1)) or table[0].sum() < 2 or (table < 0).any():
        raise ValueError("fleiss needs counts [n, c] of the same number of raters, at least two, for every item")
    n, raters = len(table), table[0].sum()
    disagree = 1 - (table * (table - 1)).sum() / (n * raters * (raters - 1))
    shares = table.sum(axis=0) / table.sum()
    return _beyond_chance(disagree, 1 - (shares * shares).sum())


def krippendorff(ratings: ArrayLike, level: Level = "nominal") -> float:
    """Krippendorff's α of ratings [raters, n], as numbers; NaN is no rating.

    The cost of a disagreement is 1 (nominal), the square of how many ratings lie between the two (ordinal), of
    their difference (interval), or of that over their sum (ratio). Items with one rating say nothing. NaN where no
    item has two. Krippendorff 2011, https://repository.upenn.edu/handle/20.500.14332/2089. Raises ValueError
    for another level, infinite ratings, or a ratio of negative ones.

    >>> round(krippendorff([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]), 3)  # § B of the paper
    0.095
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise ValueError(f"level={level!r}: write nominal, ordinal, interval or ratio")
    values, counts = _counts(np.asarray(ratings, dtype=np.float64))
    if np.isinf(values).any() or (level == "ratio" and (values < 0).any()):
        raise ValueError("ratings are finite, and on a ratio scale not negative")
    rated = counts.sum(axis=1)
    counts, rated = counts[rated > 1], rated[rated > 1]
    if not len(rated):
        return np.nan
    each = counts / (rated - 1)[:, None]
    coincidences = counts.T @ each - np.diag(each.sum(axis=0))
    total = counts.sum(axis=0)
    cost = _cost(values, total, level)
    return _beyond_chance((cost * coincidences).sum() * (total.sum() - 1), (cost * np.outer(total, total)).sum())


def _cost(values: Floats, total: Floats, level: Level) -> Floats:
    """[v, v]: what a disagreement of two values costs."""
    one, two = values[:, None], values[None, :]
    if level == "nominal":
        return np.asarray(one != two, dtype=np.float64)
    if level == "ordinal":
        middle = np.cumsum(total) - total / 2
        return np.asarray((middle[:, None] - middle[None, :]) ** 2)
    if level == "interval":
        return np.asarray((one - two) ** 2)
    together = one + two
    return np.divide(one - two, together, out=np.zeros(together.shape), where=together > 0) ** 2


def _counts(ratings: Floats) -> tuple[Floats, Floats]:
    """The values that occur [v], and how often each item got each of them [n, v]."""
    if ratings.ndim != 2:
        raise ValueError(f"ratings {list(ratings.shape)} are not [raters, n]")
    rater, item = np.nonzero(~np.isnan(ratings))
    values, which = np.unique(ratings[rater, item], return_inverse=True)
    counts = np.zeros((ratings.shape[1], len(values)))
    np.add.at(counts, (item, which), 1.0)
    return values, counts


def _beyond_chance(observed: float, expected: float) -> float:
    return float(1 - observed / expected) if expected > 0 else float("nan")
