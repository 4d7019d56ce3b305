"""What optimising a proxy does to the gold reward: the curve over √KL, its peak, and how sure both are.

A curve keeps one line for each unit, a prompt or a seed, so that its intervals count what was drawn independently
and two curves over the same units can be compared in pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from typing import Any, NamedTuple

import numpy as np

from guerdon.metrics.overoptimisation import LEAST, Form, Law, fit_law, summit
from guerdon.metrics.stats import Estimate, mean_interval
from guerdon.scores import Floats

RESAMPLES = 1000
FEWEST = 4
"""Units of which two halves can be made."""
_TAILS = (0.025, 0.975)


class Point(NamedTuple):
    """One place on a curve."""

    at: float
    """n of best-of-n, or the step of a policy gradient."""
    kl: float
    """How far the policy has moved, in nats: the mean over units."""
    proxy: Estimate
    gold: Estimate


class Resampled(NamedTuple):
    """Bootstrap means of a curve, [resamples, k] each."""

    d: Floats
    proxy: Floats
    gold: Floats


class Location(NamedTuple):
    """A place on the √KL axis with its interval; ∞ means beyond the end of the curve."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Curve:
    """Proxy and gold while the proxy is optimised."""

    name: str
    how: Form
    at: Floats
    """[k], n of best-of-n or steps."""
    kl: Floats
    """[units, k], nats."""
    proxy: Floats
    """[units, k], expected value under the policy."""
    gold: Floats
    """[units, k]."""
    left_out: int = 0
    """Candidates without a value of the proxy or of gold."""

    def __post_init__(self) -> None:
        if not self.kl.shape == self.proxy.shape == self.gold.shape == (len(self.gold), len(self.at)):
            raise ValueError(f"{self.name}: at [k], and kl, proxy and gold [units, k] disagree in shape")

    @property
    def d(self) -> Floats:
        """[k], √KL of the mean over units."""
        return np.asarray(np.sqrt(np.maximum(self.kl.mean(axis=0), 0.0)))

    @cached_property
    def resampled(self) -> Resampled:
        """Means over units drawn with replacement: the same units of any two curves that have as many."""
        units = len(self.gold)
        drawn = np.random.default_rng(0).multinomial(units, np.full(units, 1 / units), size=RESAMPLES) / units
        kl, proxy, gold = (drawn @ values for values in (self.kl, self.proxy, self.gold))
        return Resampled(np.sqrt(np.maximum(kl, 0.0)), proxy, gold)

    def points(self) -> list[Point]:
        """Means over units with bootstrap intervals (95 %), place by place."""
        kl, drawn = self.kl.mean(axis=0).tolist(), self.resampled
        proxy = [_estimate(*both) for both in zip(self.proxy.T, drawn.proxy.T, strict=True)]
        gold = [_estimate(*both) for both in zip(self.gold.T, drawn.gold.T, strict=True)]
        return [Point(*figures) for figures in zip(self.at.tolist(), kl, proxy, gold, strict=True)]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: its points, and its peak where it has enough of them; what does not exist is None."""
        points = [
            {"at": p.at, "kl": p.kl, "sqrt_kl": d, **_flat("proxy", p.proxy), **_flat("gold", p.gold)}
            for p, d in zip(self.points(), self.d.tolist(), strict=True)
        ]
        found = peak(self).to_dict() if len(self.at) >= LEAST and len(self.gold) >= FEWEST else None
        return {
            "name": self.name, "how": self.how, "units": len(self.gold), "left_out": self.left_out, "points": points,
            "peak": found,
        }  # fmt: skip


@dataclass(frozen=True)
class Peak:
    """Where gold stops rising while the proxy is optimised."""

    at: Location
    """Where the measured curve is highest, on the √KL axis: 0 where gold never rises, ∞ where it never falls."""
    gold: float
    """Mean gold there."""
    proxy: float
    """Mean proxy there: the proxy point, from which on the proxy is no longer worth raising."""
    n: float
    """n of best-of-n, or steps, that lead there; those of the last point where gold never falls."""
    end: float
    """√KL of the last point."""
    fall: Estimate
    """What is lost from a peak found on other units to the end of the curve, so that luck does not count."""
    law: Law
    """The law of Gao et al. for the whole curve; believe its α, β and peak where r2 is near 1."""
    by_law: Location
    """Where the law has its peak."""

    @property
    def within(self) -> bool:
        """Whether the curve shows a peak: its whole interval lies between the ends, and gold does fall from there."""
        return self.at.low > 0.0 and self.at.high < inf and self.fall.low > 0.0

    def __str__(self) -> str:
        if self.within:
            at = f"gold peaks at √KL {self.at.at:.2f} ({self.at.low:.2f} to {self.at.high:.2f})"
            return f"{at} and then falls by {self.fall.mean:.3g} ({self.fall.low:.3g} to {self.fall.high:.3g})"
        if self.at.low > 0.0:
            return f"no peak within √KL ≤ {self.end:.2f}: gold may never fall"
        if self.at.high < inf:
            return "no peak: gold may fall from the start"
        return f"no peak can be told within √KL ≤ {self.end:.2f}: the curve is too noisy"

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; infinite figures are None."""
        return {
            **_flat("sqrt_kl", self.at), "within": self.within, "gold": self.gold, "proxy": self.proxy, "n": self.n,
            "end": self.end, **_flat("fall", self.fall), "alpha": self.law.alpha, "beta": self.law.beta,
            "start": self.law.start, "r2": _finite(self.law.r2), **_flat("law_sqrt_kl", self.by_law), "says": str(self),
        }  # fmt: skip


def peak(curve: Curve) -> Peak:
    """Where gold is highest on a curve, with a 95 % bootstrap interval over its units.

    The place is the top of a cubic through the upper part of the curve (`metrics.overoptimisation.summit`), which
    needs no law to hold; the published law for the whole curve stands beside it. Raises ValueError for a curve of
    fewer than 5 points or 4 units.
    """
    d, drawn = curve.d, curve.resampled
    top, law = summit(d, curve.gold.mean(axis=0)), fit_law(d, curve.gold.mean(axis=0), curve.how)
    tops = [summit(x, y).at for x, y in zip(drawn.d, drawn.gold, strict=True)]
    laws = [fit_law(x, y, curve.how).peak for x, y in zip(drawn.d, drawn.gold, strict=True)]
    there = _between(d, min(top.at, float(d.max())))
    fall = mean_interval(stopped(curve) - curve.gold[:, -1])
    proxy, gold = float((curve.proxy @ there).mean()), float((curve.gold @ there).mean())
    at, by_law = _located(top.at, tops), _located(law.peak, laws)
    return Peak(at, gold, proxy, float(curve.at @ there), float(d.max()), fall, law, by_law)


def stopped(curve: Curve) -> Floats:
    """Gold of each unit [units] where optimisation stops at the peak found on other units.

    The units are dealt into two halves at random; each stops at the point nearest the peak of the other, so that
    no unit chose its own. Raises ValueError for fewer than four units.
    """
    units = len(curve.gold)
    if units < FEWEST:
        raise ValueError(f"a peak is found on one half of the units and tried on the other: {units} units are too few")
    half = np.random.default_rng(0).permutation(units) % 2
    gold = np.empty(units)
    for side in (0, 1):
        mine, others = half == side, half != side
        d = np.sqrt(curve.kl[others].mean(axis=0))
        top = summit(d, curve.gold[others].mean(axis=0))
        gold[mine] = curve.gold[mine, int(np.argmin(np.abs(d - min(top.at, d.max()))))]
    return gold


def shift(a: Curve, b: Curve) -> Location:
    """How far the peak of curve a lies from that of b on the √KL axis, with its interval over the units of both.

    0 where both lie beyond their ends, ±∞ where one does. Raises ValueError for curves over different numbers of units.
    """
    if len(a.gold) != len(b.gold):
        raise ValueError(f"{a.name} has {len(a.gold)} units and {b.name} {len(b.gold)}: they cannot be paired")
    mine, theirs = (summit(curve.d, curve.gold.mean(axis=0)).at for curve in (a, b))
    drawn = [[summit(x, y).at for x, y in zip(c.resampled.d, c.resampled.gold, strict=True)] for c in (a, b)]
    return _located(_minus(mine, theirs), [_minus(x, y) for x, y in zip(*drawn, strict=True)])


def _between(d: Floats, x: float) -> Floats:
    """Weights [k] of the points of which x is a mixture: the two on either side."""
    order = np.argsort(d, kind="stable")
    right = int(np.clip(np.searchsorted(d[order], x), 1, len(d) - 1))
    a, b = order[right - 1], order[right]
    share = float(np.clip((x - d[a]) / (d[b] - d[a]), 0.0, 1.0)) if d[b] > d[a] else 1.0
    weights = np.zeros(len(d))
    weights[a], weights[b] = 1.0 - share, share
    return weights


def _located(at: float, drawn: list[float]) -> Location:
    low, high = np.quantile(drawn, _TAILS, method="inverted_cdf")  # no mixing of what may be infinite
    return Location(at, float(low), float(high))


def _minus(a: float, b: float) -> float:
    return 0.0 if a == b else a - b  # also where both lie beyond the end


def _estimate(values: Floats, drawn: Floats) -> Estimate:
    low, high = np.quantile(drawn, _TAILS)
    return Estimate(float(values.mean()), float(low), float(high), len(values))


def _flat(name: str, found: Estimate | Location) -> dict[str, float | None]:
    return {name: _finite(found[0]), f"{name}_low": _finite(found[1]), f"{name}_high": _finite(found[2])}


def _finite(x: float) -> float | None:
    return x if isfinite(x) else None
