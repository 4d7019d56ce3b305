"""Which boxes go together, and what the pairs are worth: overlap × matcher × clip × measure.

A pair is (overlap, row, column). Few boxes are compared in a loop, which is faster there, many as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.metrics import boxes as metric
from guerdon.metrics.boxes import Corners, Floats

Pair = tuple[float, int, int]
Overlap = Literal["iou", "giou", "diou"]
Matcher = Literal["greedy", "hungarian", "ranked", "many_to_one"]
Measure = Literal["f1", "recall", "precision", "larger"]

FEW = 64
"""Up to here a plain loop over pairs is faster than arrays."""
OVERLAPS: dict[str, tuple[Callable[[Corners, Corners], float], Callable[[ArrayLike, ArrayLike], Floats]]] = {
    "iou": (metric.iou, metric.iou_matrix),
    "giou": (metric.giou, metric.giou_matrix),
    "diou": (metric.diou, metric.diou_matrix),
}


class Worth(NamedTuple):
    """What pairs are worth in all, out of how many boxes."""

    found: float
    """Σ over the boxes found of the credit of their pair."""
    true: float
    """Σ over the true boxes of the credit of their best pair; the same as `found` where pairs are one to one."""
    n_found: int
    n_true: int

    def measure(self, name: Measure) -> float:
        """0–1: credit over boxes found (precision), over true ones (recall), F1 of both, or over the larger count.

        Nothing on either side is 1; on exactly one side 0.
        """
        if not (self.n_found and self.n_true):
            return float(not self.n_found and not self.n_true)
        p, r = self.found / self.n_found, self.true / self.n_true
        larger = min(self.found, self.true) / max(self.n_found, self.n_true)
        return {"precision": p, "recall": r, "f1": 2 * p * r / (p + r) if p + r else 0.0, "larger": larger}[name]


def candidates(
    a: Sequence[Corners],
    b: Sequence[Corners],
    labels: tuple[Sequence[Hashable], Sequence[Hashable]] | None = None,
    *,
    overlap: Overlap = "iou",
    at_least: float = 0.5,
) -> list[Pair]:
    """All pairs of boxes with the same label whose overlap is at least so much, and positive, by row and column."""
    one, matrix = OVERLAPS[overlap]
    if len(a) * len(b) <= FEW:
        return [
            (value, i, j)
            for i, p in enumerate(a)
            for j, q in enumerate(b)
            if (labels is None or labels[0][i] == labels[1][j]) and (value := one(p, q)) >= at_least and value > 0
        ]
    table = matrix(a, b)
    rows, columns = np.nonzero((table >= at_least) & (table > 0))
    found = zip(table[rows, columns].tolist(), rows.tolist(), columns.tolist(), strict=True)
    return [pair for pair in found if labels is None or labels[0][pair[1]] == labels[1][pair[2]]]


def pair_up(pairs: Sequence[Pair], matcher: Matcher = "greedy") -> list[Pair]:
    """Those pairs that count.

    "greedy" takes the largest overlap left, then the next; equal ones by row, then column. "hungarian" takes
    one-to-one pairs of the greatest total (Kuhn 1955). "ranked" lets each row in turn take the free column
    that it overlaps most, as COCO does by falling confidence. "many_to_one" lets each row take the column that
    it overlaps most, taken or not.

    >>> both = [(0.9, 0, 0), (0.8, 0, 1), (0.8, 1, 0)]
    >>> [pair_up(both, m) for m in ("greedy", "hungarian")]
    [[(0.9, 0, 0)], [(0.8, 0, 1), (0.8, 1, 0)]]
    """
    if matcher == "hungarian":
        return _assigned(pairs)
    by_overlap = sorted(pairs, key=lambda pair: -pair[0])
    rows: set[int] = set()
    columns: set[int] = set()
    kept = []
    for pair in by_overlap if matcher == "greedy" else sorted(by_overlap, key=lambda pair: pair[1]):
        _, i, j = pair
        if i not in rows and (j not in columns or matcher == "many_to_one"):
            kept.append(pair)
            rows.add(i)
            columns.add(j)
    return kept


def worth(pairs: Sequence[Pair], n_found: int, n_true: int, clip: tuple[float, float] = (0.0, 1.0)) -> Worth:
    """What pairs are worth: each its overlap, but nothing below clip[0], and 1 from clip[1] on.

    Of several pairs with one true box the best counts for it.

    >>> worth([(0.9, 0, 0), (0.6, 1, 1)], 2, 3, clip=(0.5, 0.75))
    Worth(found=1.6, true=1.6, n_found=2, n_true=3)
    """
    floor, ceiling = clip
    total, best = 0.0, dict[int, float]()
    for value, _, j in pairs:
        credit = 0.0 if value < floor else 1.0 if value >= ceiling else value
        total += credit
        best[j] = max(best.get(j, 0.0), credit)
    return Worth(total, sum(best.values()), n_found, n_true)


def _assigned(pairs: Sequence[Pair]) -> list[Pair]:
    rows = sorted({i for _, i, _ in pairs})
    columns = sorted({j for _, _, j in pairs})
    if len(rows) == len(pairs) == len(columns):
        return list(pairs)
    from scipy.optimize import linear_sum_assignment

    at_row, at_column = ({place: k for k, place in enumerate(places)} for places in (rows, columns))
    table = np.zeros((len(rows), len(columns)))
    for value, i, j in pairs:
        table[at_row[i], at_column[j]] = value
    chosen = zip(*linear_sum_assignment(table, maximize=True), strict=True)
    return [(float(table[i, j]), rows[i], columns[j]) for i, j in chosen if table[i, j] > 0]
