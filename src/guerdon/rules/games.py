"""Plans for six puzzles, checked by playing them: how the game ends, not what the plan looks like.

The response holds a JSON object whose "output" is the plan; the column `level` is the puzzle. Both have the
formats of `guerdon.world.games`. Illegal moves are passed over. Every reward has three components:

- completion: 1 − moves still needed / horizon, 0 from `horizon` moves on, or where the goal is out of reach;
- accuracy: 1 if the goal is reached, else 0;
- efficiency: moves that changed the state / the greater of the moves made and the horizon.

Its value is the one that `measure` names. Efficiency pays for walking back and forth: alone it is no reward.
After Zhang et al. 2024 (ING-VP), https://arxiv.org/abs/2410.06555, whose levels take 8 moves (7 queens, 10
cells) and whose figures are percentages.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.parse.jsons import json_value
from guerdon.parse.policy import Which
from guerdon.rules.where import read_answer
from guerdon.scores import ContractError, Score
from guerdon.world.games import Hanoi, Maze, NPuzzle, NQueens, Played, Puzzle, Sokoban, Sudoku, play

Measure = Literal["completion", "accuracy", "efficiency"]
MEASURES = ("completion", "accuracy", "efficiency")
MOST_NEEDED = 81
"""Moves of a game whose horizon is its own length: the cells of a Sudoku."""


@reward("games.hanoi", range=(0, 1), components=MEASURES)
def hanoi(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    horizon: int = 8,
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """The tower of Hanoi on any number of rods: all disks to the last one. A plan is a list such as ["AD", "BD"].

    >>> level = {"position": {"A": ["b"], "B": [], "C": ["a"]}}  # "a" is the larger disk
    >>> hanoi(within=None).one({"response": '{"output": ["AB"]}', "level": level}).value  # one move left of 8
    0.875
    """
    return _score(Hanoi, response, level, measure, within, which, horizon)


@reward("games.maze", range=(0, 1), components=MEASURES)
def maze(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    horizon: int = 8,
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """From S to X, where the game ends. A plan is a string of U, D, L and R.

    >>> sample = {"response": '{"output": "RR"}', "level": ["+++++", "+S  X", "+++++"]}
    >>> maze(within=None).one(sample).value  # one move left of 8
    0.875
    """
    return _score(Maze, response, level, measure, within, which, horizon)


@reward("games.n_puzzle", range=(0, 1), components=MEASURES)
def n_puzzle(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    horizon: int = 8,
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """Sliding tiles into order, the gap at the end. A plan is a list of the tiles to slide.

    >>> sample = {"response": '{"output": [2, 3]}', "level": {"position": [[0, 1], [3, 2]]}}
    >>> n_puzzle(within=None).one(sample).value  # 2 is not beside the gap; three moves left of 8
    0.625
    """
    return _score(NPuzzle, response, level, measure, within, which, horizon)


@reward("games.sokoban", range=(0, 1), components=MEASURES)
def sokoban(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    horizon: int = 8,
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """Pushing every box onto a dock. A plan is a string of U, D, L and R; a box in a corner is lost.

    >>> sample = {"response": '{"output": "R"}', "level": ["######", "#@$ .#", "######"]}
    >>> sokoban(within=None).one(sample).value  # one push left of 8
    0.875
    """
    return _score(Sokoban, response, level, measure, within, which, horizon)


@reward("games.n_queens", range=(0, 1), components=MEASURES)
def n_queens(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """Queens at peace, as many as the board has rows. A plan is a list of [row, column].

    The horizon is the number of queens to place. A board that cannot be completed any more is 0.

    >>> sample = {"response": '{"output": [[1, 3], [3, 2]]}', "level": {"board_size": 4, "position": [0, 1]}}
    >>> n_queens(within=None).one(sample).value  # two of three, and [2, 0] is free
    0.6666666666666667
    """
    return _score(NQueens, response, level, measure, within, which)


@reward("games.sudoku", range=(0, 1), components=MEASURES)
def sudoku(
    response: str,
    level: Any,
    *,
    measure: Measure = "completion",
    within: str | None = "answer",
    which: Which = "only",
) -> Score:
    """The empty cells of a Sudoku. A plan is a dict of row and column to digit, as in {"08": 5}.

    The horizon is the number of empty cells; wrong digits stay, and count as moves still needed.

    >>> grid = "0" * 9 + "456789123789123456214365897365897214897214365531642978642978531978531642"
    >>> sample = {"response": '{"output": {"00": 1, "01": 2, "02": 3}}', "level": {"position": grid}}
    >>> sudoku(within=None).one(sample).value  # three of nine
    0.33333333333333337
    """
    return _score(Sudoku, response, level, measure, within, which)


def _score(
    game: type[Puzzle],
    response: str,
    level: Any,
    measure: Measure,
    within: str | None,
    which: Which,
    horizon: int | None = None,
) -> Score:
    if measure not in MEASURES or (horizon is not None and horizon < 1):
        raise ContractError(f"games: measure={measure!r} is one of {MEASURES}, and horizon={horizon} at least 1")
    try:
        puzzle = game.read(level)
        horizon = horizon or _needed(puzzle)
    except (ValueError, TypeError, LookupError) as error:
        return Score.inapplicable(f"the level cannot be read: {error}")
    plan = read_answer(partial(json_value, which=which, kind="object"), response, within, which)
    if plan.value is None or "output" not in plan.value:
        return Score.malformed(plan.reason or 'no "output" in the JSON object')
    try:
        moves = puzzle.moves(plan.value["output"])
    except ValueError as error:
        return Score.malformed(str(error))
    measured = outcome(puzzle, play(puzzle, moves), horizon)
    return Score(measured[measure], components=measured)


def outcome(puzzle: Puzzle, played: Played, horizon: int) -> dict[str, Any]:
    """Completion, accuracy and efficiency of a game as it was played."""
    left = puzzle.remaining(played.state, horizon)
    return {
        "completion": 0.0 if left is None else 1.0 - left / horizon,
        "accuracy": float(left == 0),
        "efficiency": played.changed / max(played.made, horizon),
    }


def _needed(puzzle: Puzzle) -> int:
    moves = puzzle.remaining(puzzle.start, MOST_NEEDED)
    if moves is None:
        raise ValueError("it cannot be solved")
    return max(moves, 1)
