"""How values go with what people said: correlation of ranks, of values, and of pairs.

Each is −1 to 1, and NaN, without a warning, for fewer than two items, NaN among them, or one side that never
changes. Leading axes of [..., n] are samples of their own, such as the draws of a bootstrap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
FLAT = 1e-13
"""A side that varies by less than this, relative to its size, does not change: what is left is rounding."""


def plcc(x: ArrayLike, y: ArrayLike, *, fitted: bool = False) -> Floats:
    """Pearson's linear correlation of values [..., n].

    With `fitted` x [n] first goes through `logistic_fit`, as reports on quality assessment do.

    >>> plcc([1, 2, 3], [2, 4, 6])
    array(1.)
    """
    one, two = _sides(x, y)
    if fitted:
        one = logistic_fit(one, two)
    a, b = _centred(one), _centred(two)
    norm = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    return np.asarray(
        np.clip(np.divide((a * b).sum(axis=-1), norm, out=np.full(norm.shape, np.nan), where=norm > 0), -1, 1)
    )


def srcc(x: ArrayLike, y: ArrayLike) -> Floats:
    """Spearman's correlation of ranks [..., n]; equal values share the mean of their ranks.

    >>> srcc([1, 2, 3, 4], [1, 3, 2, 10])  # 1 − 6·(1 + 1) / (4·15)
    array(0.8)
    """
    from scipy.stats import rankdata

    one, two = _sides(x, y)
    return plcc(rankdata(one, axis=-1), rankdata(two, axis=-1))


def krcc(x: ArrayLike, y: ArrayLike) -> float:
    """Kendall's correlation of pairs, τ-b, for values [n]: agreeing less disagreeing, over pairs that can.

    >>> round(krcc([1, 2, 3], [1, 3, 2]), 4)  # two pairs agree, one does not
    0.3333
    """
    from scipy.stats import kendalltau

    one, two = _sides(x, y)
    if one.ndim != 1:
        raise ValueError(f"krcc is of values [n], not {list(one.shape)}")
    return float(kendalltau(one, two).statistic) if len(one) > 1 else np.nan


def logistic_fit(x: ArrayLike, y: ArrayLike) -> Floats:
    """x [n] mapped towards y [n] by the best (b₁ − b₂) / (1 + e^(−(x − b₃)/b₄)) + b₂, in least squares.

    All NaN for fewer than four items, x that never changes, or values that are not finite. Four parameters fit
    something into anything: with few items the fit flatters. VQEG 2000, final report, § 7.
    """
    from scipy.optimize import least_squares
    from scipy.special import expit

    one, two = _sides(x, y)
    if len(one) < 4 or not np.isfinite(one).all() or not np.isfinite(two).all() or not np.ptp(one):
        return np.full(one.shape, np.nan)
    scaled = (one - one.mean()) / one.std()  # the steps of the solver depend on scale

    def curve(top: float, bottom: float, middle: float, slope: float) -> Floats:
        return np.asarray((top - bottom) * expit((scaled - middle) * slope) + bottom)

    def off(parameters: Floats) -> Floats:
        return curve(*parameters) - two

    start = (two.max(), two.min(), 0.0, 1.0)
    return curve(*least_squares(off, start, method="lm", max_nfev=2000).x)


def _sides(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    one, two = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if one.shape != two.shape or not one.ndim:
        raise ValueError(f"values differ in shape: {list(one.shape)} and {list(two.shape)}")
    return one, two


def _centred(values: Floats) -> Floats:
    """Less their mean and divided by the largest, so that no square overflows; NaN where they do not change."""
    if not values.shape[-1]:
        return values
    with np.errstate(invalid="ignore"):
        apart = values - values.mean(axis=-1, keepdims=True)
    largest = np.abs(apart).max(axis=-1, keepdims=True)
    changes = largest > FLAT * np.abs(values).max(axis=-1, keepdims=True)
    out: Floats = np.divide(apart, largest, out=np.full(apart.shape, np.nan), where=changes)
    return out
