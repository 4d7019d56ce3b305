"""ING-VP as published: what the official code does, its mistakes included.

`guerdon.systems.ing_vp` says what to use instead.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from guerdon.leaf import reward
from guerdon.parse import salvage
from guerdon.rules.games import MEASURES, Measure
from guerdon.scores import Score
from guerdon.world.games import GAMES, Maze, NQueens, Puzzle, play
from guerdon.world.games.n_queens import State, attacked
from guerdon.world.games.puzzle import Cell


class PublishedMaze(Maze):
    """The start cannot be entered again."""

    def after(self, state: Cell, move: str) -> Cell:
        """See `Puzzle.after`."""
        new = super().after(state, move)
        return state if new == self.start else new


class PublishedQueens(NQueens):
    """New queens may attack each other."""

    def after(self, state: State, move: Cell) -> State:
        """See `Puzzle.after`."""
        return state if attacked(move, self.start) else (*state, move)


class Result(NamedTuple):
    """A reply as the official code sees it."""

    output: Any
    """The plan; None if there is none."""
    final: Any
    """The state it ends in."""
    left: int | None
    """Moves still needed; None if too many or no way."""
    figures: dict[str, Any]
    """The three measures, 0–1."""


PUZZLES: dict[str, type[Puzzle]] = {**GAMES, "maze": PublishedMaze, "n_queens": PublishedQueens}
PER_MOVE = {"n_queens": 0.143, "sudoku": 0.1}
"""Completion that each move still needed costs, where it is not an eighth."""
FAR = {"hanoi": 16, "maze": 8, "n_puzzle": 12, "n_queens": 8, "sokoban": 8, "sudoku": 81}
"""Moves up to which the way to the goal is looked up; from 8 on completion is 0."""


def result(game: str, level: Any, text: str) -> Result:
    """Play a reply as the official code does. Raises ValueError for a level that cannot be read."""
    puzzle = PUZZLES[game].read(level)
    plan = output(game, text)
    played = play(puzzle, puzzle.moves(plan) if plan else [])
    left = GAMES[game].read(level).remaining(played.state, FAR[game])
    done = 0.0 if left is None else max(0.0, 1.0 - left * PER_MOVE.get(game, 0.125))
    figures = {
        "completion": 0.0 if left == 0 and game in ("hanoi", "n_puzzle") else done,
        "accuracy": float(left == 0),
        "efficiency": played.changed / max(played.made, 10 if game == "sudoku" else 8),
    }
    return Result(plan, played.state, left, figures)


@reward("ing_vp.published", range=(0, 1), components=MEASURES)
def one_step(response: str, level: Any, game: str, *, measure: Measure = "completion") -> Score:
    """`result` of the response."""
    figures = result(game, level, response).figures
    return Score(figures[measure], components=figures)


def output(game: str, text: str) -> Any:
    """The first JSON object of the form that a game wants: nothing beside "output", but for the grids. None if none.

    >>> output("hanoi", '{"output": ["AB"], "why": ""} {"output": ["AC"]}')
    ['AC']
    """
    for found in salvage(text).value or ():
        plan = found.get("output")
        if game in ("maze", "sokoban"):
            if isinstance(plan, str):
                return plan
        elif len(found) == 1 and isinstance(plan, dict) and game == "sudoku":
            return {place: digit for place, digit in plan.items() if _writes(place, digit)}
        elif len(found) == 1 and isinstance(plan, list) and all(_is_move(game, move) for move in plan):
            return plan
    return None


def _is_move(game: str, move: Any) -> bool:
    if game == "hanoi":
        return isinstance(move, str) and re.fullmatch("[A-Z]{2}", move) is not None
    if game == "n_puzzle":
        return type(move) is int
    pair = isinstance(move, list) and len(move) == 2 and all(type(x) is int and 0 <= x <= 7 for x in move)
    return game == "n_queens" and pair


def _writes(place: str, digit: Any) -> bool:
    return re.fullmatch("[0-8]{2}", place) is not None and type(digit) is int and 1 <= digit <= 9
