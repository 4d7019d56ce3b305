"""Six puzzles of a handful of moves each, and three figures from playing a model's plan (Zhang et al. 2024).

Rows have `game`, `level` and a response whose JSON object holds the plan under "output"; in the settings with
several turns, `turns`, one reply a move. Accuracy is 1 if the goal is reached, efficiency the share of moves
that changed something, completion how near the goal is; the paper gives them as percentages. Completion is
the one to train on: accuracy is sparse, and efficiency pays for walking back and forth.

`as_published=True` repeats the official code: only an object of just the expected form counts as a plan, the
first one, and no plan is an empty one; solved boards of hanoi and n_puzzle have completion 0; the start of a
maze cannot be entered again; queens are checked against the given one alone, and cost 14.3 points each.
Its solvers for queens and Sokoban, which misjudge some boards, are not repeated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from statistics import fmean
from typing import Any

import numpy as np

from guerdon.branch import route
from guerdon.leaf import reward
from guerdon.parse import json_value
from guerdon.reward import Reward
from guerdon.rules import games
from guerdon.rules.games import MEASURES, Measure, outcome
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _ing_vp as published
from guerdon.world.games import GAMES, Played, Puzzle

HORIZON = {"n_queens": 7, "sudoku": 10}
"""Moves that a level takes, where it is not 8."""
TURNS = 50
LEVELS = 50
"""Levels of a game."""


def one_step(*, measure: Measure = "completion", as_published: bool = False) -> Reward:
    """A whole plan in one reply, scored by what the row's `game` asks."""
    if as_published:
        return published.one_step(measure=measure)
    rules = (games.hanoi, games.maze, games.n_puzzle, games.n_queens, games.sokoban, games.sudoku)
    cases: dict[str | int, Reward] = {
        rule.id.removeprefix("games."): rule(measure=measure, within=None, which="first") for rule in rules
    }
    return route(cases, by="game")


@reward("ing_vp.multi_step", range=(0, 1), components=MEASURES)
def multi_step(turns: Sequence[str], level: Any, game: str, *, measure: Measure = "completion") -> Score:
    """One move a reply, up to 50 replies or the goal; an unreadable reply is a turn that changes nothing.

    Efficiency is the share of turns that changed the state. A reply's JSON object holds a pair of rods, a
    string, a tile, a pair of row and column, or one cell and its digit.
    """
    puzzle = GAMES[game].read(level)
    state, changed, taken = puzzle.start, 0, 0
    for reply in turns[:TURNS]:
        if puzzle.solved(state):
            break
        new = state
        for move in _moves(puzzle, game, reply):
            new = puzzle.after(new, move)
        taken, changed, state = taken + 1, changed + (new != state), new
    measured = outcome(puzzle, Played(state, taken, changed), HORIZON.get(game, 8))
    measured["efficiency"] = changed / taken if taken else 0.0
    return Score(measured[measure], components=measured)


def _moves(puzzle: Puzzle, game: str, reply: str) -> list[Any]:
    """The moves of one turn, none if it cannot be read."""
    output = (json_value(reply, which="first", kind="object").value or {}).get("output")
    if game == "hanoi" and isinstance(output, list):
        output = ["".join(map(str, output))]
    elif game == "n_queens" or isinstance(output, int):
        output = [output]
    try:
        return puzzle.moves(output)
    except ValueError:
        return []


def overall(figures: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Percentages by game over its 50 levels, to 1 decimal, and "overall", their mean over six; what is missing is 0.

    >>> overall({"maze": [100.0] * 25})["overall"]
    8.333333333333334
    """
    means = {game: round(sum(figures.get(game, ())) / LEVELS, 1) for game in GAMES}
    return means | {"overall": fmean(means.values())}


system = System(
    id="ing-vp",
    title="ING-VP: MLLMs cannot Play Easy Vision-based Games Yet",
    year=2024,
    url="https://arxiv.org/abs/2410.06555",
    about=__doc__,
    rewards={"one_step": one_step, "multi_step": multi_step},
    published=(
        Published(
            "Mean accuracy of the best model, %",
            "arXiv:2410.06555, abstract",
            ("model", "accuracy"),
            (("Claude-3.5 Sonnet", 3.37),),
        ),
    ),
)


MOVES = dict.fromkeys(GAMES, 8) | HORIZON
PROOF_LEVELS = 12
"""Levels of each game in a proof."""
SLIP = 0.3
"""How often the noisy player makes any legal move instead of a best one."""
DRAWS = (1, 4, 16, 64)


@system.proof(claim="a shortest plan reaches the goal on every level, and playing at random hardly ever", seconds=10)
def plans_reach_the_goal(seed: int) -> Measured:
    """Accuracy of shortest plans; the baseline plays as many legal moves at random."""
    rng = np.random.default_rng(seed)
    solved, random = ([_answered(rng, p, slip) for p in _puzzles(seed) for _ in range(4)] for slip in (0.0, 1.0))
    accuracy = one_step(measure="accuracy")
    return Measured(accuracy(solved).mean(), at_least=1.0, baseline=accuracy(random).mean())


@system.proof(claim="playing at random reaches fewer than one goal in twenty", seconds=10)
def chance_is_low(seed: int) -> Measured:
    """Accuracy of random legal play; the baseline plays shortest plans."""
    found = plans_reach_the_goal(seed)
    return Measured(found.baseline, at_most=0.05, baseline=found.value)


@system.proof(claim="completion picks the best of 64 plans of a player that slips; efficiency cannot", seconds=20)
def completion_selects(seed: int) -> Measured:
    """Accuracy of the plan of most completion among 64; the baseline picks by efficiency."""
    return Measured(_picked("completion", seed)[-1], at_least=0.9, baseline=_picked("efficiency", seed)[-1])


@system.proof(claim="picking by completion gains with every four times more plans", seconds=20)
def more_plans_help(seed: int) -> Measured:
    """The smallest gain in accuracy from 1 to 4 to 16 to 64 plans; the baseline picks by efficiency."""
    gains = {measure: float(np.diff(_picked(measure, seed)).min()) for measure in ("completion", "efficiency")}
    return Measured(gains["completion"], at_least=0.05, baseline=gains["efficiency"])


def _puzzles(seed: int) -> Iterable[tuple[str, Puzzle]]:
    rng = np.random.default_rng(seed)
    return [(game, GAMES[game].generate(rng, MOVES[game])) for game in GAMES for _ in range(PROOF_LEVELS)]


def _answered(rng: np.random.Generator, puzzle: tuple[str, Puzzle], slip: float) -> Row:
    """A row with a plan in which each move is a best one, or with probability `slip` any legal one."""
    game, level = puzzle
    state, plan = level.start, list[Any]()
    for _ in range(MOVES[game]):
        if not (legal := level.legal(state)):
            break
        best = None if rng.random() < slip else level.best(state, MOVES[game])
        plan.append(legal[rng.integers(len(legal))] if best is None else best)
        state = level.after(state, plan[-1])
    return {"game": game, "level": level.level(), "response": json.dumps({"output": level.output(plan)})}


@cache
def _picked(measure: Measure, seed: int) -> list[float]:
    """Accuracy of the best of the first 1, 4, 16 and 64 plans by a measure."""
    rng = np.random.default_rng(seed)
    rows = [_answered(rng, puzzle, SLIP) for puzzle in _puzzles(seed) for _ in range(DRAWS[-1])]
    by = one_step(measure=measure)(rows).values.reshape(-1, DRAWS[-1])
    right = one_step(measure="accuracy")(rows).values.reshape(by.shape)
    levels = np.arange(len(by))
    return [float(right[levels, by[:, :n].argmax(axis=1)].mean()) for n in DRAWS]
