"""Lists of short texts against each other, such as the events of a video: which agree, and in which order."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.metrics.pairs import pair_up

Floats = NDArray[np.float64]
FEW_PAIRS = 256
"""Up to here a plain loop over pairs is faster than arrays."""


def jaccard_matrix(a: Sequence[Sequence[str]], b: Sequence[Sequence[str]]) -> Floats:
    """Words shared over words in either, [n, m], 0–1, for n and m texts as lists of words; two without words are 0.

    >>> jaccard_matrix([["walks", "in"]], [["walks", "out"], ["in", "walks"]])
    array([[0.33333333, 1.        ]])
    """
    if len(a) * len(b) <= FEW_PAIRS:
        left, right = [*map(frozenset, a)], [(words, len(words)) for words in map(frozenset, b)]
        table = [[(n := len(one & other)) and n / (len(one) + size - n) for other, size in right] for one in left]
        return np.array(table, dtype=np.float64).reshape(len(a), len(b))
    columns: dict[str, int] = {}
    sets = [[columns.setdefault(word, len(columns)) for word in set(words)] for words in (*a, *b)]
    rows = [row for row, words in enumerate(sets) for _ in words]
    has = np.zeros((len(sets), len(columns)))
    has[rows, [column for words in sets for column in words]] = 1.0
    first, second = has[: len(a)], has[len(a) :]
    shared = first @ second.T
    either = first.sum(axis=1)[:, None] + second.sum(axis=1) - shared
    similar: Floats = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    return similar


class Agreement(NamedTuple):
    """How nearly one list of events is another."""

    shared: float
    """Σ of the similarities of the pairs, each worth at most 1 event."""
    found: int
    true: int
    pairs: list[tuple[int, int]]
    """(found, true) indices, by the first."""

    @property
    def precision(self) -> float:
        """Shared / found, 0–1; 0 if none were found."""
        return self.shared / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Shared / true, 0–1; 0 if there are none."""
        return self.shared / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """2 · shared / (found + true), 0–1; 0 if both are empty."""
        return 2 * self.shared / (self.found + self.true) if self.found + self.true else 0.0

    @property
    def concordance(self) -> float:
        """Share of two pairs that are in the true order, 0–1; fewer than two pairs are in order."""
        return concordance([true for _, true in self.pairs])

    @property
    def order_recall(self) -> float:
        """Share of two true events that were both found, in their order, 0–1. A single one has to be found."""
        if self.true < 2:
            return float(len(self.pairs) == self.true == 1)
        kept = len(self.pairs) * (len(self.pairs) - 1) / (self.true * (self.true - 1))
        return self.concordance * kept


def agree(similar: Floats, threshold: float) -> Agreement:
    """Pair found with true events one to one, for the greatest sum of similarities [found, true] ≥ threshold.

    >>> agree(jaccard_matrix([["sits"], ["runs"]], [["runs"], ["jumps"], ["sits"]]), 0.5).pairs
    [(0, 2), (1, 0)]
    """
    rows, columns = (similar >= threshold).nonzero()
    values = similar[rows, columns].tolist()
    chosen = pair_up(list(zip(values, rows.tolist(), columns.tolist(), strict=True)), "hungarian")
    found, true = similar.shape
    return Agreement(sum(value for value, _, _ in chosen), found, true, sorted((i, j) for _, i, j in chosen))


def concordance(places: Sequence[float]) -> float:
    """Share of pairs that rise from left to right, 0–1: (τ + 1) / 2 of Kendall's rank correlation, without ties.

    A tie has not risen. Fewer than two places are in order: 1. Takes n log n time. Kendall 1938.

    >>> concordance([0, 2, 1])  # 0 < 2 and 0 < 1, but not 2 < 1
    0.6666666666666666
    """
    n = len(places)
    seen: list[float] = []
    rising = 0
    for place in places:
        rising += bisect_left(seen, place)
        insort(seen, place)
    return rising / (n * (n - 1) / 2) if n > 1 else 1.0
