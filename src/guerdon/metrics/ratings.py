"""Strengths of players from their battles: Bradley–Terry, and Rao–Kupper where ties tell something.

A player of strength a beats one of strength b with probability σ(a − b), σ being the logistic function; with ties
and a threshold ν ≥ 1, with σ(a − b − ln ν). Strengths are log-odds of mean 0; `Ratings.intervals` gives them relative
to a player too, or as points of Elo, 400/ln 10 a unit around 1000. The order of the battles does not matter.

Features of battles, such as who wrote more, add Σ coefficient · feature to a − b: strengths are then those of
answers of one style, which is style and length control.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, log
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtri

from guerdon.metrics.battles import Battles, Floats, Indices
from guerdon.metrics.likelihood import Likelihood

Scale = Literal["log", "elo"]
ELO = 400 / log(10)
"""Points of Elo a unit of log-odds."""
AVERAGE = 1000.0
"""Points of the mean player, or of the anchor."""
AT_ONCE = 2**22
"""Numbers held in memory at a time for resamples (32 MB)."""


class Intervals(NamedTuple):
    """Estimates with the ends of their intervals, each [m]."""

    value: Floats
    low: Floats
    high: Floats


class Chances(NamedTuple):
    """Probabilities of how a battle ends for its first player; they sum to 1."""

    win: Floats
    tie: Floats
    lose: Floats


class Resampled(NamedTuple):
    """Fits to resamples of the battles; NaN where one has no finite maximum."""

    strengths: Floats
    """[rounds, m], mean 0."""
    coefficients: Floats
    """[rounds, f]."""
    nu: Floats
    """[rounds]."""


@dataclass(frozen=True, eq=False)
class Ratings:
    """Strengths fitted to battles by `bradley_terry` or `rao_kupper`."""

    likelihood: Likelihood
    parameters: Floats
    """[p], as the likelihood has them."""

    @property
    def battles(self) -> Battles:
        """What they were fitted to."""
        return self.likelihood.battles

    @property
    def strengths(self) -> Floats:
        """[m], log-odds, mean 0."""
        return self.parameters[: self.likelihood.m]

    @property
    def coefficients(self) -> Floats:
        """[f], log-odds a unit of each feature of the battles."""
        return self.parameters[self._features]

    @property
    def nu(self) -> float:
        """Rao and Kupper's threshold; 1 where a tie counts as half a win."""
        return float(np.sqrt(1 + np.exp(self.parameters[-1]))) if self.likelihood.ties else 1.0

    def intervals(self, *, level: float = 0.95, anchor: str | None = None, scale: Scale = "log") -> Intervals:
        """Strengths [m] less that of the anchor, by default less their mean, with normal intervals.

        With an anchor they are intervals of differences, and its own has no width. Variances are robust (sandwich):
        they hold where the model is not quite right, where ties count half, and for clusters, which should be
        many. Huber 1967. Raises ValueError for an unknown anchor or scale, or a level outside (0, 1).
        """
        if scale not in ("log", "elo"):
            raise ValueError(f"scale={scale!r}: write log or elo")
        m = len(self.strengths)
        contrast = np.eye(m) - (1 / m if anchor is None else np.eye(m)[self._position(anchor)])
        variance = np.einsum("ij,jk,ik->i", contrast, self._covariance[:m, :m], contrast)
        unit, start = (ELO, AVERAGE) if scale == "elo" else (1.0, 0.0)
        return _normal(unit * (contrast @ self.strengths) + start, unit**2 * variance, level)

    def effects(self, *, level: float = 0.95) -> Intervals:
        """Coefficients [f] of the features, with intervals as those of the strengths."""
        return _normal(self.coefficients, self._covariance.diagonal()[self._features], level)

    def chances(self) -> Chances:
        """How battles of every pair end, each [m, m], the row first, at equal features.

        Where ties count half, `win` is the expected credit, which has half of the ties in it.
        """
        return chances(self.strengths[:, None] - self.strengths, self.nu)

    def resampled(self, rounds: int = 100, *, seed: int = 0) -> Resampled:
        """Fits to bootstrap samples: as many battles, or whole clusters, drawn with replacement.

        Equal battles are drawn together (multinomial), and every fit starts from this one. A sample whose players
        fall into groups has no finite maximum; a prior gives it one, but no width to players without battles.
        """
        units, pairings = self.battles.units, self.battles.pairings
        n, rng = round(units.times.sum()), np.random.default_rng(seed)
        block = max(1, AT_ONCE // max(units.cells.shape[0], 3 * len(pairings.low), len(self.parameters) ** 2))
        fits = []
        for done in range(0, rounds, block):
            drawn = rng.multinomial(n, units.times / n, size=min(block, rounds - done))
            start = np.tile(self.parameters, (len(drawn), 1))
            fits.append(self.likelihood.maximum((units.cells.T @ drawn.T).T, start))
        found = np.concatenate(fits)
        nu = np.sqrt(1 + np.exp(found[:, -1])) if self.likelihood.ties else np.ones(rounds)
        return Resampled(found[:, : self.likelihood.m], found[:, self._features], nu)

    @property
    def _features(self) -> slice:
        return slice(self.likelihood.m, self.likelihood.size - self.likelihood.ties)

    @cached_property
    def _covariance(self) -> Floats:
        return self.likelihood.covariance(self.parameters)

    def _position(self, name: str) -> int:
        if name not in self.battles.players:
            raise ValueError(f"there is no player {name!r}; there are: {', '.join(self.battles.players[:20])}")
        return self.battles.players.index(name)


def bradley_terry(battles: Battles, *, prior: float | None = None) -> Ratings:
    """Strengths by maximum likelihood, a tie being half a win for each side. Bradley & Terry 1952.

    They are finite only where the players are one group (`battles.groups`). With `prior` every strength has a normal
    prior of mean 0 and that standard deviation, and they always are; 1 is weak for players with dozens of
    battles. Raises ValueError where they are not finite, for features that cannot be told apart, and for a prior
    that is not above 0. Memory grows with the square of the players.

    >>> from guerdon.metrics.battles import battles
    >>> fit = bradley_terry(battles(["a", "a", "a", "b"], ["b", "b", "b", "a"], [1, 1, 1, 1]))
    >>> fit.strengths.round(4), fit.chances().win[0, 1].round(4)  # ± ½ ln 3: of four battles three are won
    (array([ 0.5493, -0.5493]), np.float64(0.75))
    """
    return _fit(battles, ties=False, prior=prior)


def rao_kupper(battles: Battles, *, prior: float | None = None) -> Ratings:
    """Strengths and the threshold ν of ties, by maximum likelihood; see `chances`. Rao & Kupper 1967.

    Half-wins pull strengths together where ties are common; here they do not. `prior` as for `bradley_terry`. Raises
    ValueError as that does, and where no battle or every one is a tie.

    >>> from guerdon.metrics.battles import battles
    >>> fit = rao_kupper(battles(["a", "a", "a", "a"], ["b", "b", "b", "b"], [1, 0.5, 0.5, 0]))
    >>> round(fit.nu, 4), fit.chances().tie[0, 1].round(4)  # between equals (ν − 1)/(ν + 1) are ties
    (3.0, np.float64(0.5))
    """
    tied = float(np.mean(battles.outcome == 0.5))
    if tied in (0.0, 1.0):
        raise ValueError(f"{'every' if tied else 'no'} battle is a tie: the threshold ν of Rao–Kupper is not finite")
    return _fit(battles, ties=True, prior=prior)


def chances(difference: ArrayLike, nu: float = 1.0) -> Chances:
    """How a battle ends by Rao and Kupper: win σ(d − ln ν), lose σ(−d − ln ν), tie (ν² − 1) · win · lose.

    ν = 1 is Bradley–Terry, without ties. Raises ValueError for ν < 1.

    >>> [round(float(p), 4) for p in chances(0.0, nu=3.0)]  # 1/(1 + 3) each, and the rest
    [0.25, 0.5, 0.25]
    """
    if not 1 <= nu < inf:
        raise ValueError(f"the threshold ν is at least 1, not {nu}")
    d = np.asarray(difference, dtype=np.float64)
    win, lose = expit(d - log(nu)), expit(-d - log(nu))
    return Chances(win, (nu**2 - 1) * win * lose, lose)


def percentiles(draws: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Both ends [m] of the percentile intervals of draws [rounds, m].

    A round without a value counts as the least and as the greatest, so what was lost widens the interval.

    >>> percentiles([[1.0], [2.0], [3.0], [4.0], [float("nan")]], level=0.5)
    (array([1.]), array([4.]))
    """
    _check(level)
    given, tail = np.asarray(draws, dtype=np.float64), (1 - level) / 2
    low = np.quantile(np.where(np.isnan(given), -inf, given), tail, axis=0, method="lower")
    high = np.quantile(np.where(np.isnan(given), inf, given), 1 - tail, axis=0, method="higher")
    return np.asarray(low), np.asarray(high)


def rank_intervals(draws: ArrayLike, *, level: float = 0.95) -> tuple[Indices, Indices]:
    """Best and worst plausible rank [m], from 1, of strengths drawn [rounds, m]; a round without values allows all.

    >>> rank_intervals([[2.0, 1.0, 0.0], [2.0, 0.0, 1.0]])
    (array([1, 2, 2]), array([1, 3, 3]))
    """
    given = np.asarray(draws, dtype=np.float64)
    rank = 1.0 + np.argsort(np.argsort(-given, axis=1, kind="stable"), axis=1, kind="stable")
    low, high = percentiles(np.where(np.isnan(given), np.nan, rank), level=level)
    return np.maximum(low, 1).astype(np.intp), np.minimum(high, given.shape[1]).astype(np.intp)


def _fit(battles: Battles, *, ties: bool, prior: float | None) -> Ratings:
    if prior is not None and not 0 < prior < inf:
        raise ValueError(f"prior={prior}: write a standard deviation above 0")
    if prior is None and len(battles.groups) > 1:
        raise ValueError(_apart(battles.groups))
    likelihood = Likelihood(battles, ties=ties, prior=prior)
    counts = np.bincount(battles.pairings.cell, battles.weight, 3 * len(battles.pairings.low)).astype(np.float64)
    start = np.zeros(likelihood.size)
    if ties:
        share = float(np.average(battles.outcome == 0.5, weights=battles.weight))
        start[-1] = log(4 * share / (1 - share) ** 2)  # ν² − 1 for ν = (1 + share)/(1 − share), right for equals
    if battles.features and not likelihood.identified(counts, start):
        raise ValueError(f"the features {[*battles.features]} cannot be told from each other or from who plays")
    (found,) = likelihood.maximum(counts[None], start[None])
    if np.isnan(found).any():
        raise ValueError("no finite strengths: players, features and ties foretell every outcome; a prior may help")
    return Ratings(likelihood, found)


def _apart(groups: list[tuple[str, ...]]) -> str:
    shown = "; ".join(", ".join(group[:8]) + (" …" if len(group) > 8 else "") for group in groups[:6])
    more = f"; and {len(groups) - 6} more" if len(groups) > 6 else ""
    return (
        f"no finite strengths: the players fall into {len(groups)} groups, of which any two never met or one always "
        f"won: {shown}{more}. Rate one group alone, or give a prior such as prior=1.0"
    )


def _normal(value: Floats, variance: Floats, level: float) -> Intervals:
    _check(level)
    half = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(variance, 0.0))
    return Intervals(value, value - half, value + half)


def _check(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
