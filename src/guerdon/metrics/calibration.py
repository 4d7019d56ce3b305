"""Whether probabilities mean what they say, and how well scores tell two classes apart.

p [n] is the probability that something is so and `so` [n] whether it was. Figures are NaN where there are no
rows, and p is NaN nowhere: drop what has no value first.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.stats import Estimate, wilson

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Strategy = Literal["uniform", "quantile"]


class Bin(NamedTuple):
    """The rows whose probability lies in (low, high]; the first bin has its lower edge too."""

    low: float
    high: float
    p: float
    """Their mean probability."""
    share: Estimate
    """Share of them that were so, with Wilson's interval and their number."""


class Gap(NamedTuple):
    """How far, over bins, the mean probability is from the share that was so; each 0–1."""

    ece: float
    """Expected: the mean over rows."""
    ace: float
    """Average: the mean over bins that are not empty."""
    mce: float
    """Maximum over bins."""


class Brier(NamedTuple):
    """Mean squared error of probabilities, and its parts: score = reliability − resolution + uncertainty."""

    score: float
    reliability: float
    """How far probabilities are from the share that was so where they were given; 0 is calibrated."""
    resolution: float
    """How far those shares are from the base rate; the more the better."""
    uncertainty: float
    """base rate · (1 − base rate)."""


def reliability(p: ArrayLike, so: ArrayLike, *, bins: int = 10, strategy: Strategy = "uniform") -> list[Bin]:
    """The bins of a reliability diagram that are not empty.

    Bins are of equal width, or with "quantile" hold about as many rows each. A p on an edge is in the bin below.
    Raises ValueError for another strategy, fewer than one bin, or what is no probability.

    >>> [(b.low, b.p, b.share.mean) for b in reliability([0.5, 0.75, 1.0], [0, 1, 1], bins=2)]
    [(0.0, 0.5, 0.0), (0.5, 0.875, 1.0)]
    """
    given, was = _probabilities(p, so)
    if not len(given):
        return []
    edges, n, said, true = _binned(given, was, bins, strategy)
    return [
        Bin(float(edges[i]), float(edges[i + 1]), float(said[i] / n[i]), wilson(int(true[i]), int(n[i])))
        for i in np.flatnonzero(n).tolist()
    ]


def calibration_error(p: ArrayLike, so: ArrayLike, *, bins: int = 10, strategy: Strategy = "uniform") -> Gap:
    """Expected, average and maximum calibration error over the bins of `reliability`.

    Depends on the bins: a few rows a bin make it large, and bins of one width hide what happens within them.
    Naeini et al. 2015, https://doi.org/10.1609/aaai.v29i1.9602. Raises ValueError as `reliability` does.

    >>> [round(gap, 6) for gap in calibration_error([0.9, 0.1, 0.8, 0.6], [1, 0, 1, 1], bins=5)]  # .1, .1, .2, .4 off
    [0.2, 0.2, 0.4]
    """
    given, was = _probabilities(p, so)
    if not len(given):
        return Gap(np.nan, np.nan, np.nan)
    _, n, said, true = _binned(given, was, bins, strategy)
    off = np.abs(said - true)[n > 0]
    each = off / n[n > 0]
    return Gap(float(off.sum() / len(given)), float(each.mean()), float(each.max()))


def brier(p: ArrayLike, so: ArrayLike) -> Brier:
    """Mean (p − so)², 0–1, and its parts over the distinct values of p, where they add up exactly.

    Brier 1950; Murphy 1973. Raises ValueError for what is no probability.

    >>> brier([0.5, 0.5, 1.0, 1.0], [1, 0, 1, 1])
    Brier(score=0.125, reliability=0.0, resolution=0.0625, uncertainty=0.1875)
    """
    given, was = _probabilities(p, so)
    if not len(given):
        return Brier(np.nan, np.nan, np.nan, np.nan)
    values, which = np.unique(given, return_inverse=True)
    weight = np.bincount(which) / len(given)
    share = np.bincount(which, weights=was) / np.bincount(which)
    base = was.mean()
    parts = (weight @ (values - share) ** 2, weight @ (share - base) ** 2, base * (1 - base))
    return Brier(float(((given - was) ** 2).mean()), *map(float, parts))


def log_loss(p: ArrayLike, so: ArrayLike) -> float:
    """Mean −log of the probability given to what was so, in nats; ∞ if that was 0 once.

    >>> round(log_loss([0.5, 0.75], [1, 1]), 4)  # (0.6931 + 0.2877) / 2
    0.4904
    """
    given, was = _probabilities(p, so)
    with np.errstate(divide="ignore"):
        return float(-np.log(np.where(was == 1, given, 1 - given)).mean()) if len(given) else np.nan


def auroc(scores: ArrayLike, so: ArrayLike) -> float:
    """Area under the ROC curve, 0–1: how often a positive scores above a negative; a tie counts ½.

    NaN without a positive or a negative. Hanley & McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747.

    >>> auroc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1])  # 1 + 1 + 1 + ½ of four
    0.875
    """
    values, was = _labelled(scores, so)
    positive, negative = values[was == 1], np.sort(values[was == 0])
    if not len(positive) or not len(negative):
        return np.nan
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return float(below.mean() / (2 * len(negative)))


def auprc(scores: ArrayLike, so: ArrayLike) -> float:
    """Average precision, 0–1: Σ precision · gain in recall down the distinct scores; the base rate for one score.

    NaN without a positive. Trapezia in place of steps would make it too large: Davis & Goadrich 2006,
    https://doi.org/10.1145/1143844.1143874.

    >>> round(auprc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 4)  # ½·1 + ½·⅔
    0.8333
    """
    values, was = _labelled(scores, so)
    if not was.any():
        return np.nan
    order = np.argsort(-values, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(values[order]) != 0, True))
    found = np.cumsum(was[order])[ends]
    return float(np.diff(found, prepend=0.0) @ (found / (ends + 1)) / was.sum())


def temperature(logits: ArrayLike, so: ArrayLike) -> float:
    """T > 0 with the least `log_loss` of σ(logits / T), [n]; ∞ where logits tell nothing, 0 where no T is small enough.

    Above 1 the logits were too sure. The order of rows, and so accuracy and AUROC, stay. Guo et al. 2017,
    https://arxiv.org/abs/1706.04599. Raises ValueError for infinite logits.

    >>> round(temperature([2.0, 2.0, 2.0, 2.0], [1, 1, 1, 0]), 4)  # σ(2 / T) = ¾ at T = 2 / log 3
    1.8205
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    values, was = _labelled(logits, so)
    scale = np.abs(values).max(initial=0.0)
    if np.isinf(scale):
        raise ValueError("logits are finite")
    values = values / (scale or 1.0)

    def slope(sharpness: float) -> float:  # of the loss, which is convex in 1 / T
        return float(values @ (expit(sharpness * values) - was))

    if slope(0.0) >= 0:
        return np.inf
    if slope(SHARPEST) <= 0:
        return 0.0
    return float(scale / brentq(slope, 0.0, SHARPEST))


SHARPEST = 1e6
"""What is better still above this, of logits scaled to 1, is better at infinity."""


def _binned(
    given: Floats, was: Floats, bins: int, strategy: Strategy
) -> tuple[Floats, NDArray[np.intp], Floats, Floats]:
    """Edges [bins + 1], and of each bin the rows, the sum of p, and how many were so."""
    if strategy not in ("uniform", "quantile") or bins < 1:
        raise ValueError(f"{bins} bins, strategy={strategy!r}: at least one, uniform or quantile")
    edges = np.linspace(0.0, 1.0, bins + 1)
    if strategy == "quantile":
        edges = np.quantile(given, edges)
    which = np.searchsorted(edges[1:-1], given)
    n = np.bincount(which, minlength=bins)
    return edges, n, np.bincount(which, given, bins).astype(float), np.bincount(which, was, bins).astype(float)


def _probabilities(p: ArrayLike, so: ArrayLike) -> tuple[Floats, Floats]:
    given, was = _labelled(p, so)
    if not ((given >= 0) & (given <= 1)).all():
        raise ValueError("probabilities lie between 0 and 1")
    return given, was


def _labelled(scores: ArrayLike, so: ArrayLike) -> tuple[Floats, Floats]:
    values, was = np.asarray(scores, dtype=np.float64), np.asarray(so, dtype=np.float64)
    if values.shape != was.shape or values.ndim != 1 or np.isnan(values).any() or not np.isin(was, (0, 1)).all():
        raise ValueError("give scores [n] without NaN, and labels [n] that are 0 or 1")
    return values, was
