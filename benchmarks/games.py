"""Plans for six puzzles: samples a second, and the way to the goal against a search from every final state.

    python benchmarks/games.py

Plans are 8 legal moves (7 queens, 10 cells) on 50 generated levels. Every reward has to score 20 000 samples a
second on one core. The reference searches forward from where a plan ends, breadth first, up to the horizon,
as a scorer without tables does; both say how many moves are left. Queens and Sudoku need no search.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Any

import numpy as np
from _table import Figure, show, side_by_side

from guerdon import lookup
from guerdon.world.games import GAMES, Puzzle, play

LEVELS, PLANS, HORIZON = 50, 8, 8
MOVES = dict.fromkeys(GAMES, HORIZON) | {"n_queens": 7, "sudoku": 10}
BAR = 1 / 20_000
Answer = tuple[Puzzle, list[Any]]


def answers(game: str) -> list[Answer]:
    """Random legal plans."""
    rng = np.random.default_rng(0)
    puzzles = [GAMES[game].generate(rng, MOVES[game]) for _ in range(LEVELS)]
    return [(puzzle, _wandered(rng, puzzle, MOVES[game])) for puzzle in puzzles for _ in range(PLANS)]


def _wandered(rng: np.random.Generator, puzzle: Puzzle, moves: int) -> list[Any]:
    state, plan = puzzle.start, list[Any]()
    for _ in range(moves):
        if legal := puzzle.legal(state):
            plan.append(legal[rng.integers(len(legal))])
            state = puzzle.after(state, plan[-1])
    return plan


def looked_up(puzzle: Puzzle, state: Any) -> int | None:
    """Moves left, from the table."""
    return puzzle.remaining(state, HORIZON)


def searched(puzzle: Puzzle, state: Any) -> int | None:
    """Moves left, searching forward."""
    edge, seen = {state}, {state}
    for moves in range(HORIZON + 1):
        if any(puzzle.solved(one) for one in edge):
            return moves
        edge = {puzzle.after(one, move) for one in edge for move in puzzle.legal(one)} - seen
        seen |= edge
    return None


def main() -> int:
    """Print the table; 1 if a goal is missed or a distance differs."""
    figures, agree = [], True
    for game in GAMES:
        given = answers(game)
        rows = [
            {"response": f"<answer>{json.dumps({'output': p.output(plan)})}</answer>", "level": p.level()}
            for p, plan in given
        ]
        reward = lookup(f"games.{game}")()
        (seconds,) = side_by_side(partial(reward, rows))
        figures.append(Figure(f"games.{game}", seconds / len(rows), "20 000 a second", BAR, goal=1))
        if game in ("n_queens", "sudoku"):
            continue
        ends = [(p, play(p, plan).state) for p, plan in given[:: PLANS // 2]]
        agree &= all(looked_up(*end) == searched(*end) for end in ends)
        ours, theirs = side_by_side(
            partial(lambda ends: [looked_up(*end) for end in ends], ends),
            partial(lambda ends: [searched(*end) for end in ends], ends),
            repeat=2,
        )
        what = f"moves left of {game}, table made"
        figures.append(Figure(what, ours / len(ends), "breadth-first search", theirs / len(ends), goal=20))
    missed = show("Games, per sample", figures, f"the table and the search agree: {agree}")
    return int(missed or not agree)


if __name__ == "__main__":
    sys.exit(main())
