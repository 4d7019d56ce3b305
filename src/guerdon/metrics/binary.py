"""Yes or no against the truth: how often a claim is right, and how often it is made."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Confusion(NamedTuple):
    """How often each answer met each truth. A share of nothing is 0."""

    tp: int
    """Yes, rightly."""
    fp: int
    """Yes, wrongly."""
    tn: int
    """No, rightly."""
    fn: int
    """No, wrongly."""

    @property
    def accuracy(self) -> float:
        """Right answers over all."""
        return _share(self.tp + self.tn, sum(self))

    @property
    def precision(self) -> float:
        """Right ones among the yes."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Found ones among the true."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def negative_f1(self) -> float:
        """F1 of the answer no."""
        return _share(2 * self.tn, 2 * self.tn + self.fp + self.fn)

    @property
    def macro_f1(self) -> float:
        """Mean of the F1 of yes and no."""
        return (self.f1 + self.negative_f1) / 2

    @property
    def weighted_f1(self) -> float:
        """F1 of yes and no, each weighing as much as its share of the truths; scikit-learn's "weighted"."""
        return _share(self.f1 * (self.tp + self.fn) + self.negative_f1 * (self.tn + self.fp), sum(self))

    @property
    def inverse_f1(self) -> float:
        """F1 of yes and no, each weighing as much as the other's share of the truths, so that the rare one counts.

        Ruan et al. 2025 (VLRMBench), https://arxiv.org/abs/2503.07478.
        """
        return _share(self.f1 * (self.tn + self.fp) + self.negative_f1 * (self.tp + self.fn), sum(self))

    @property
    def yes_ratio(self) -> float:
        """Yes over all answers: far from ½ on balanced data it tells of a habit."""
        return _share(self.tp + self.fp, sum(self))


def confusion(predicted: ArrayLike, true: ArrayLike) -> Confusion:
    """Counts over answers [n] and truths [n]. Raises ValueError for lengths that disagree.

    >>> confusion([True, True, False], [True, False, False])
    Confusion(tp=1, fp=1, tn=1, fn=0)
    """
    said, so = np.asarray(predicted, dtype=np.bool_), np.asarray(true, dtype=np.bool_)
    if said.shape != so.shape or said.ndim != 1:
        raise ValueError(f"{said.shape} answers for {so.shape} truths")
    cells = (said & so, said & ~so, ~said & ~so, ~said & so)
    return Confusion(*(int(np.count_nonzero(cell)) for cell in cells))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
