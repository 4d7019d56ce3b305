"""Ratings of 50 players from 100 000 battles: against evalica (Rust), and against FastChat's two bootstraps.

    python benchmarks/ratings.py

All start from lists of names and outcomes. FastChat's older recipe fits scikit-learn's logistic regression to every
battle of a resample, in two rows each, so that a tie can be half a win; the one it has now adds equal battles up, draws
their numbers and runs L-BFGS on each resample, in a pool of processes. Both are written anew from how they work. Most
of what the pool takes is threads of the BLAS that wait for each other, more or less of it from run to run: the same in
one process, with the gradient summed player by player, is shown too, without a goal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import Any, NamedTuple

import evalica
import numpy as np
from _table import Figure, show, side_by_side
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

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
    """FastChat's bootstrap now, [rounds, players]: resamples are shared out among as many processes as processors."""
    fit, drawn = resamples(v, rounds)
    with get_context("fork").Pool(os.cpu_count()) as pool:
        return np.array(pool.map(fit, drawn))


def summed_rows_here(v: Votes, rounds: int) -> Floats:
    """The same in this process, the gradient summed player by player."""
    fit, drawn = resamples(v, rounds)
    return np.array([fit(weight, at_once=False) for weight in drawn])


def resamples(v: Votes, rounds: int) -> tuple[Callable[..., Floats], Floats]:
    """What fits one resample, and the resamples, [rounds, kinds of battle]."""
    first, second, outcome = indexed(v)
    kinds, counts = np.unique(np.column_stack([first, second, 2 * outcome]).astype(int), axis=0, return_counts=True)
    drawn = np.random.default_rng(0).multinomial(BATTLES, counts / BATTLES, size=rounds) / BATTLES
    return partial(minimised, ends=kinds[:, :2], outcome=kinds[:, 2] / 2), drawn


def minimised(weight: Floats, *, ends: NDArray[np.intp], outcome: Floats, at_once: bool = True) -> Floats:
    """Strengths of one resample by L-BFGS, in log-odds."""
    base = np.log(10)

    def loss(strengths: Floats) -> tuple[float, Floats]:
        p = expit(base * (strengths[ends[:, 0]] - strengths[ends[:, 1]]))
        pull, slope = base * weight * (p - outcome), np.zeros(PLAYERS)
        if at_once:
            np.add.at(slope, ends, pull[:, None] * np.array([1.0, -1.0]))
        else:
            slope += np.bincount(ends[:, 0], pull, PLAYERS) - np.bincount(ends[:, 1], pull, PLAYERS)
        return -float(weight @ (outcome * np.log(p) + (1 - outcome) * np.log1p(-p))), slope

    settings: dict[str, Any] = {"jac": True, "method": "L-BFGS-B", "options": {"maxiter": 100, "gtol": 1e-6}}
    return np.asarray(base * minimize(loss, np.zeros(PLAYERS), **settings).x)


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
    drawn, summed, careful, doubled = side_by_side(
        partial(ours, v, ROUNDS), partial(summed_rows, v, ROUNDS), partial(summed_rows_here, v, ROUNDS),
        partial(doubled_rows, v, OLD_ROUNDS), repeat=2,
    )  # fmt: skip
    what, both, many = f"Bradley–Terry, {ROUNDS} resamples", floor + made, ROUNDS / OLD_ROUNDS
    figures = [
        Figure("Bradley–Terry", fit, "evalica.bradley_terry", fit_theirs, goal=1, floor=made),
        Figure("Rao–Kupper", ties, "evalica.bradley_terry", fit_theirs, floor=made),
        Figure("Elo", points, "evalica.elo", points_theirs, floor=made),
        Figure(what, drawn, "FastChat, L-BFGS", summed, goal=8, floor=both),
        Figure(what, drawn, "the same, one careful process", careful, floor=both),
        Figure(what, drawn, f"FastChat, regression ({OLD_ROUNDS} × {many:g})", doubled * many, floor=both),
    ]
    return show(
        f"{BATTLES:,} battles of {PLAYERS} players", figures, "floor: numbering the names, and drawing the resamples"
    )


if __name__ == "__main__":
    sys.exit(main())
