"""p-values of several tests at once: of m true nulls one in twenty looks like a find."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm(p: ArrayLike) -> Floats:
    """p-values [m] that keep the chance of any false find below the level, whatever the dependence.

    The k-th smallest of m becomes (m − k + 1)·p, no less than those before it and at most 1. NaN is no test: it
    stays NaN and is not counted. Holm 1979. Raises ValueError for values outside 0–1.

    >>> holm([0.01, 0.04, 0.03])  # 3·0.01, then 2·0.03, then 1·0.04, but not below 0.06
    array([0.03, 0.06, 0.06])
    """
    values, known, order = _sorted(p)
    m = len(order)
    values[known[order]] = np.minimum(1.0, np.maximum.accumulate(values[known[order]] * np.arange(m, 0, -1)))
    return values


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """p-values [m] that keep the share of false finds among all finds below the level, for independent tests.

    The k-th smallest of m becomes m/k·p, no more than those after it; also right where tests depend on each other
    positively. NaN as in `holm`. Benjamini & Hochberg 1995. Raises ValueError for values outside 0–1.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])  # 3/1·0.01, 3/3·0.04, and 3/2·0.03, but not above 0.04
    array([0.03, 0.04, 0.04])
    """
    values, known, order = _sorted(p)
    m = len(order)
    raised = values[known[order]] * m / np.arange(1, m + 1)
    values[known[order]] = np.minimum.accumulate(raised[::-1])[::-1]
    return values


def _sorted(p: ArrayLike) -> tuple[Floats, NDArray[np.intp], NDArray[np.intp]]:
    """A copy, the positions of those that are numbers, and the order of these."""
    values = np.array(p, dtype=np.float64)
    known = np.flatnonzero(~np.isnan(values))
    if values.ndim != 1 or ((values[known] < 0) | (values[known] > 1)).any():
        raise ValueError("p-values have shape [m] and lie between 0 and 1")
    return values, known, np.argsort(values[known], kind="stable")
