"""Ratings of 50 players from 100 000 battles: against evalica (Rust), and against FastChat's two bootstraps.

    python benchmarks/ratings.py

All start from lists of names and outcomes. FastChat's older recipe fits scikit-learn's logistic regression to every
battle of a resample, in two rows each, so that a tie can be half a win; the one it has now adds equal battles up, draws
their numbers and runs L-BFGS on each resample. Both are written anew from how they work. L-BFGS on 50 numbers loses
its time to threads of the BLAS that wait for each other, from run to run another share of it; so it has no goal, and is
shown on one thread too.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, NamedTuple

import evalica
import numpy as np
from _table import Figure, show, side_by_side
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from guerdon.metrics.battles import battles
from guerdon.metrics.elo import elo
from guerdon.metrics.ratings import bradley_terry, rao_kupper

BATTLES, PLAYERS, ROUNDS, OLD_ROUNDS, TIES = 100_000, 50, 100, 2, 0.15
Floats = NDArray[np.float64]


class Votes(NamedTuple):
    """Columns as people have them."""

    first: list[str]
    second: list[str]
    outcome: list[float]
    winner: list[evalica.Winner]


def votes() -> Votes:
    """Players of normal strengths, some battles tied."""
    rng = np.random.default_rng(0)
    strengths = rng.normal(size=PLAYERS)
    i = rng.integers(PLAYERS, size=BATTLES)
    j = (i + 1 + rng.integers(PLAYERS - 1, size=BATTLES)) % PLAYERS
    won = rng.random(BATTLES) < expit(strengths[i] - strengths[j])
    outcome = np.where(rng.random(BATTLES) < TIES, 0.5, won.astype(float)).tolist()
    names = [f"model-{k}" for k in range(PLAYERS)]
    winner = {1.0: evalica.Winner.X, 0.5: evalica.Winner.Draw, 0.0: evalica.Winner.Y}
    return Votes([names[k] for k in i], [names[k] for k in j], outcome, [winner[y] for y in outcome])


def indexed(v: Votes) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Columns as numbers, for FastChat's ways."""
    number = {name: k for k, name in enumerate(dict.fromkeys([*v.first, *v.second]))}
    first, second = (np.array([number[name] for name in side]) for side in (v.first, v.second))
    return first, second, np.array(v.outcome)


def doubled_rows(v: Votes, rounds: int) -> Floats:
    """FastChat's older bootstrap, [rounds, players]."""
    first, second, outcome = indexed(v)
    rng, rows = np.random.default_rng(0), np.arange(2 * BATTLES)
    fits = []
    for _ in range(rounds):
        drawn = rng.integers(BATTLES, size=BATTLES)
        x = np.zeros((2 * BATTLES, PLAYERS))
        x[rows, np.tile(first[drawn], 2)] = 1
        x[rows, np.tile(second[drawn], 2)] = -1
        y = np.concatenate([outcome[drawn] == 1, outcome[drawn] >= 0.5])
        fits.append(LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-6).fit(x, y).coef_[0])
    return np.array(fits)


def summed_rows(v: Votes, rounds: int) -> Floats:
    """FastChat's bootstrap now, [rounds, players]."""
    first, second, outcome = indexed(v)
    kinds, counts = np.unique(np.column_stack([first, second, 2 * outcome]).astype(int), axis=0, return_counts=True)
    i, j, y = kinds[:, 0], kinds[:, 1], kinds[:, 2] / 2
    drawn = np.random.default_rng(0).multinomial(BATTLES, counts / BATTLES, size=rounds)

    def loss(strengths: Floats, weight: Floats) -> tuple[float, Floats]:
        p = expit(strengths[i] - strengths[j])
        slope = np.zeros(PLAYERS)
        np.add.at(slope, i, weight * (p - y))
        np.add.at(slope, j, weight * (y - p))
        return -float(weight @ (y * np.log(p) + (1 - y) * np.log1p(-p))), slope

    settings: dict[str, Any] = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": 100, "gtol": 1e-6}}
    return np.array([minimize(loss, np.zeros(PLAYERS), (w / BATTLES,), **settings).x for w in drawn])


def ours(v: Votes, rounds: int) -> Floats:
    """The same by guerdon."""
    return bradley_terry(battles(v.first, v.second, v.outcome)).resampled(rounds).strengths


def agree(v: Votes) -> None:
    """All give the same strengths and the same spread."""
    fit = bradley_terry(battles(v.first, v.second, v.outcome))
    theirs = np.log(evalica.bradley_terry(v.first, v.second, v.winner).scores[[*fit.battles.players]].to_numpy())
    assert np.allclose(fit.strengths, theirs - theirs.mean(), atol=1e-4)
    elo_theirs = evalica.elo(v.first, v.second, v.winner).scores[[*fit.battles.players]].to_numpy()
    assert np.allclose(elo(fit.battles), elo_theirs)
    drawn, reference = ours(v, ROUNDS), summed_rows(v, ROUNDS)
    assert np.allclose(drawn.mean(axis=0), (reference - reference.mean(axis=1, keepdims=True)).mean(axis=0), atol=0.02)
    assert np.isclose(drawn.std(axis=0).mean(), reference.std(axis=0).mean(), rtol=0.1)


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    v = votes()
    agree(v)
    met = battles(v.first, v.second, v.outcome)
    fit, fit_theirs, points, points_theirs, ties = side_by_side(
        lambda: bradley_terry(battles(v.first, v.second, v.outcome)),
        partial(evalica.bradley_terry, v.first, v.second, v.winner),
        lambda: elo(battles(v.first, v.second, v.outcome)),
        partial(evalica.elo, v.first, v.second, v.winner),
        lambda: rao_kupper(battles(v.first, v.second, v.outcome)),
        repeat=9,
    )
    floor, made = side_by_side(
        lambda: np.random.default_rng(0).multinomial(BATTLES, met.units.times / BATTLES, ROUNDS),
        partial(battles, v.first, v.second, v.outcome),
    )
    drawn, summed, doubled = side_by_side(
        partial(ours, v, ROUNDS), partial(summed_rows, v, ROUNDS), partial(doubled_rows, v, OLD_ROUNDS), repeat=2
    )
    with threadpool_limits(1):
        drawn_alone, summed_alone = side_by_side(partial(ours, v, ROUNDS), partial(summed_rows, v, ROUNDS), repeat=3)
    resamples, both, many = f"Bradley–Terry, {ROUNDS} resamples", floor + made, ROUNDS / OLD_ROUNDS
    figures = [
        Figure("Bradley–Terry", fit, "evalica.bradley_terry", fit_theirs, goal=1, floor=made),
        Figure("Rao–Kupper", ties, "evalica.bradley_terry", fit_theirs, floor=made),
        Figure("Elo", points, "evalica.elo", points_theirs, floor=made),
        Figure(resamples, drawn, "FastChat, L-BFGS", summed, floor=both),
        Figure(f"{resamples}, one thread", drawn_alone, "FastChat, L-BFGS", summed_alone, floor=both),
        Figure(resamples, drawn, f"FastChat, regression ({OLD_ROUNDS} × {many:g})", doubled * many, goal=8, floor=both),
    ]
    return show(
        f"{BATTLES:,} battles of {PLAYERS} players", figures, "floor: numbering the names, and drawing the resamples"
    )


if __name__ == "__main__":
    sys.exit(main())
