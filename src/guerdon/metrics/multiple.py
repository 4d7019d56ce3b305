"""p-values when several questions are asked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def holm(p: ArrayLike) -> Floats:
    """Adjusted p-values [m]: those at most α are found with a chance of at most α that any of them is an accident.

    The k-th smallest of m counts (m − k + 1)-fold, and never less than one before it. Holm 1979. Raises ValueError
    for values outside 0–1.

    >>> holm([0.01, 0.04, 0.03])  # 3 · 0.01, then 2 · 0.03, then max(1 · 0.04, 0.06)
    array([0.03, 0.06, 0.06])
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    steps = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    return _restored(np.minimum(steps, 1.0), order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p-values [m]: of those at most α a share of at most α is accident, on average.

    For tests that are independent or go together. Benjamini & Hochberg 1995. Raises ValueError as `holm`.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])  # 3/1 · 0.01, and the least of 3/2 · 0.03 and 3/3 · 0.04 for both
    array([0.03, 0.04, 0.04])
    """
    values = _checked(p)
    order = np.argsort(values, kind="stable")
    steps = values[order] * len(values) / np.arange(1, len(values) + 1)
    return _restored(np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0), order)


def _checked(p: ArrayLike) -> Floats:
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values are a list of numbers from 0 to 1")
    return values


def _restored(ordered: Floats, order: NDArray[np.intp]) -> Floats:
    out = np.empty_like(ordered)
    out[order] = ordered
    return out
