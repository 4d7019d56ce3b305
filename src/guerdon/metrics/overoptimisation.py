"""Best-of-n without drawing it, and where a gold reward stops rising while a proxy of it is optimised.

How far a policy has moved is its Kullback–Leibler divergence from where it began, in nats; curves are drawn over
d = √KL, in which Gao et al. 2023 (https://arxiv.org/abs/2210.10760) found simple laws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, inf, isfinite, log, sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Form = Literal["best_of_n", "policy_gradient"]
TOP = 0.7
"""Share of a curve's rise from which on a point belongs to its top."""
LEAST = 5
"""Points that a law or a summit is fitted to."""
GRID = np.linspace(-10.0, 10.0, 4001)
"""Of standard normal values: beyond it lies 1 in 10²³."""


class Law(NamedTuple):
    """Gold = start + d·(α − β·d) for best-of-n, start + d·(α − β·log d) for a policy gradient. Gao et al. 2023."""

    form: Form
    start: float
    alpha: float
    beta: float
    r2: float
    """Share of the variance of the points that it explains; NaN where they do not vary."""

    @property
    def peak(self) -> float:
        """The d at which it is greatest, α/(2β) or exp(α/β − 1); ∞ where it has no greatest value, at least 0."""
        if self.beta <= 0:
            return inf if self.alpha > 0 or self.form == "policy_gradient" else 0.0
        if self.form == "best_of_n":
            return max(0.0, self.alpha / (2 * self.beta))
        return exp(min(self.alpha / self.beta - 1.0, 700.0))


class Summit(NamedTuple):
    """Where a curve is highest."""

    at: float
    """d; 0 where nothing is higher than the first point, ∞ where nothing is higher than the last."""
    gold: float
    """Its height there, or at that point."""


def best_of_n_kl(n: ArrayLike) -> Floats:
    """How far best-of-n moves a policy, in nats: log n − (n − 1)/n.

    Exact where no two responses are equally good; for a policy with few different responses an upper bound.
    Stiennon et al. 2020; Beirami et al. 2024, https://arxiv.org/abs/2401.01879.

    >>> best_of_n_kl([1, 2, 4]).round(4)
    array([0.    , 0.1931, 0.6363])
    """
    count = np.asarray(n, dtype=np.float64)
    return np.asarray(np.log(count) - (count - 1.0) / count)


def order_weights(m: int, n: int) -> Floats:
    """Chance that the r-th smallest of m values is the greatest of n drawn without replacement, for r = 1…m.

    C(r − 1, n − 1) / C(m, n), by sums of logarithms from the greatest downwards, so that no m overflows. Raises
    ValueError unless 1 ≤ n ≤ m.

    >>> order_weights(3, 2)  # of three values the greatest wins two pairs of three, the middle one the third
    array([0.        , 0.33333333, 0.66666667])
    """
    if not 1 <= n <= m:
        raise ValueError(f"the best of n={n} cannot be drawn from {m}")
    rank = np.arange(m, n, -1.0)
    logs = log(n / m) + np.concatenate([[0.0], np.cumsum(np.log1p(-(n - 1.0) / (rank - 1.0)))])
    weights = np.zeros(m)
    weights[n - 1 :] = np.exp(logs[::-1])
    return weights


def best_of_n(proxy: ArrayLike, gold: ArrayLike, n: Sequence[int]) -> Floats:
    """Expected gold of the candidate of greatest proxy among n of a prompt's m, [..., m] → [..., len(n)].

    The mean over all C(m, n) choices of candidates, so unbiased for best-of-n of whatever they were drawn from, and
    without noise of its own; one of equal proxies is picked evenly. `gold=proxy` gives the proxy's own curve. Raises
    ValueError for shapes that differ, values that are not finite, or an n outside 1…m.

    >>> best_of_n([1, 2, 3], [0, 1, 0], [1, 2, 3])  # of the pairs, only {1, 2} has its best at the gold one
    array([0.33333333, 0.33333333, 0.        ])
    >>> best_of_n([5, 5], [0, 1], [2])
    array([0.5])
    """
    values, truth = np.asarray(proxy, dtype=np.float64), np.asarray(gold, dtype=np.float64)
    if values.shape != truth.shape or values.ndim == 0:
        raise ValueError(f"proxy {list(values.shape)} and gold {list(truth.shape)} need one shape [..., m]")
    if not (np.isfinite(values).all() and np.isfinite(truth).all()):
        raise ValueError("proxy and gold need finite values")
    weights = np.array([order_weights(values.shape[-1], k) for k in n])
    return np.asarray(_by_rank(values, truth) @ weights.T)


def normal_best_of_n(n: ArrayLike, gold: Callable[[Floats], ArrayLike] = lambda z: z) -> Floats:
    """Expected gold(z) for z the greatest of n standard normal values: the closed form that samples are held against.

    ∫ gold(z)·n·φ(z)·Φ(z)ⁿ⁻¹ dz by the trapezium rule. For a proxy x + noise with x ~ N(0, 1) and noise ~ N(0, σ²)
    the expected x of the best is normal_best_of_n(n) / √(1 + σ²).

    >>> normal_best_of_n([1, 2, 3]).round(4) + 0.0  # 0, 1/√π, 3/(2√π)
    array([0.    , 0.5642, 0.8463])
    """
    from scipy.special import log_ndtr

    count = np.asarray(n, dtype=np.float64)[..., None]
    density = np.exp(np.log(count) - GRID**2 / 2 - log(2 * np.pi) / 2 + (count - 1.0) * log_ndtr(GRID))
    return np.asarray((density * np.asarray(gold(GRID))).sum(axis=-1) * (GRID[1] - GRID[0]))


def fit_law(d: ArrayLike, gold: ArrayLike, form: Form = "best_of_n") -> Law:
    """The law of the given form that comes closest to gold [k] at d = √KL [k] ≥ 0, by least squares.

    Raises ValueError for fewer than 5 points or values that are not finite.

    >>> law = fit_law([0, 1, 2, 3, 4], [1, 1.75, 2, 1.75, 1])  # 1 + d·(1 − d/4)
    >>> round(law.alpha, 6), round(law.beta, 6), round(law.peak, 6)
    (1.0, 0.25, 2.0)
    """
    x, y = _points(d, gold)
    bend = x * x if form == "best_of_n" else x * np.log(np.where(x > 0, x, 1.0))
    design = np.column_stack([np.ones_like(x), x, -bend])
    (start, alpha, beta), *_ = np.linalg.lstsq(design, y)
    total = float(((y - y.mean()) ** 2).sum())
    rest = float(((design @ (start, alpha, beta) - y) ** 2).sum())
    return Law(form, float(start), float(alpha), float(beta), 1.0 - rest / total if total > 0 else np.nan)


def summit(d: ArrayLike, gold: ArrayLike) -> Summit:
    """Where a measured curve, gold [k] at d = √KL [k], is highest: the top of a cubic through its upper part.

    The cubic is fitted to the neighbouring points that reach 70 % of the rise from the first to the highest, and to
    5 at least. Unlike a law for the whole curve it need not be right anywhere else. A curve that levels off has no
    summit before its end. Raises ValueError for fewer than 5 points or values that are not finite.

    >>> [round(summit([0, 1, 2, 3, 4], y).at, 6) for y in ([1, 1.75, 2, 1.75, 1], [0, 1, 2, 3, 3], [3, 2, 1, 1, 0])]
    [2.0, inf, 0.0]
    """
    x, y = _points(d, gold)
    start, stop = _top(y)
    middle, half = (x[stop - 1] + x[start]) / 2, (x[stop - 1] - x[start]) / 2
    place = float(x[np.argmax(y)])
    if half > 0:
        powers = np.vander((x[start:stop] - middle) / half, 4, increasing=True)
        top = _turn(*np.linalg.lstsq(powers, y[start:stop])[0].tolist())
        place = float(middle + half * top) if abs(top) < 1.0 else place
    height = float(np.interp(place, x, y))
    if height <= y[-1]:
        return Summit(inf, float(y[-1]))
    return Summit(place, height) if height > y[0] else Summit(0.0, float(y[0]))


def _points(d: ArrayLike, gold: ArrayLike) -> tuple[Floats, Floats]:
    """By rising d."""
    x, y = np.asarray(d, dtype=np.float64), np.asarray(gold, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) < LEAST or not all(map(isfinite, (*x.tolist(), *y.tolist()))):
        raise ValueError(f"a curve is fitted to {LEAST} or more finite points, d and gold [k]; not {len(x)} of them")
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def _top(y: Floats) -> tuple[int, int]:
    """The run of neighbouring points, start to stop, around the highest."""
    best = int(np.argmax(y))
    low = np.flatnonzero(y < y[0] + TOP * (y[best] - y[0]))
    start = int(low[low < best].max(initial=-1)) + 1
    stop = int(low[low > best].min(initial=len(y)))
    start, stop = min(start, max(best - LEAST // 2, 0)), max(stop, min(best + LEAST // 2 + 1, len(y)))
    stop = max(stop, min(start + LEAST, len(y)))
    return min(start, stop - LEAST), stop


def _turn(_: float, c1: float, c2: float, c3: float) -> float:
    """Where a cubic c₀ + c₁t + c₂t² + c₃t³ has its local maximum; ∞ without one."""
    square = c2 * c2 - 3 * c1 * c3
    if square <= 0 or (c2 >= 0 and c3 == 0):
        return inf
    # Both forms are the root with c₂ + 3c₃t < 0; each is without cancellation for its sign of c₂.
    root = sqrt(square)
    return c1 / (root - c2) if c2 < 0 else (-c2 - root) / (3 * c3)


def _by_rank(values: Floats, truth: Floats) -> Floats:
    """Gold by rising proxy, that of equal proxies replaced by their mean."""
    order = np.argsort(values, axis=-1)
    values, truth = np.take_along_axis(values, order, -1), np.take_along_axis(truth, order, -1)
    new = np.ones(values.shape, dtype=np.bool_)
    new[..., 1:] = values[..., 1:] != values[..., :-1]
    if new.all():
        return truth
    tie = np.cumsum(new.ravel()) - 1
    means = np.bincount(tie, truth.ravel()) / np.bincount(tie)
    return np.asarray(means[tie].reshape(truth.shape))
