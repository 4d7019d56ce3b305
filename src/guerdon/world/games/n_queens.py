"""Queens that must not attack each other: as many as the board has rows, some of them given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np

from guerdon.world.games.puzzle import Cell, Puzzle, a_list

MAX_SIZE = 10
"""Rows of a board; one of 10 has 724 solutions."""
State = tuple[Cell, ...]
"""(row, column) of every queen."""


@dataclass(frozen=True)
class NQueens(Puzzle):
    """A move is the [row, column], from 0, of another queen; it is illegal where a queen stands or attacks.

    A level is {"board_size": 8, "position": [row, column]}, or a list of those that are given.
    """

    size: int
    start: State

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        size, given = level["board_size"], level["position"]
        queens = [given] if given and isinstance(given[0], int) else given
        state = tuple((row, column) for row, column in queens)
        on_board = all(0 <= x < size for queen in state for x in queen)
        if not 1 <= size <= MAX_SIZE or not on_board or not _at_peace(state):
            raise ValueError(f"{level!r:.80} is no board of at most {MAX_SIZE} rows with queens at peace")
        return cls(size, state)

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int, size: int = 8) -> Self:
        """See `Puzzle.generate`."""
        board = solutions(size)[rng.integers(len(solutions(size)))]
        given = rng.choice(size, size - moves, replace=False)
        return cls(size, tuple(board[i] for i in sorted(given.tolist())))

    def level(self) -> dict[str, Any]:
        """See `Puzzle.level`."""
        return {"board_size": self.size, "position": [list(queen) for queen in self.start]}

    @classmethod
    def moves(cls, output: Any) -> list[Cell]:
        """A list of pairs of numbers."""
        pairs = [tuple(a_list(pair, int)) for pair in a_list(output, list)]
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError(f"{output!r:.80} is no list of [row, column]")
        return [(row, column) for row, column in pairs]

    @classmethod
    def output(cls, moves: Any) -> list[list[int]]:
        """A list of pairs."""
        return [list(move) for move in moves]

    def after(self, state: State, move: Cell) -> State:
        """See `Puzzle.after`."""
        on_board = 0 <= move[0] < self.size and 0 <= move[1] < self.size
        return (*state, move) if on_board and not attacked(move, state) else state

    def legal(self, state: State) -> list[Cell]:
        """See `Puzzle.legal`."""
        board = ((row, column) for row in range(self.size) for column in range(self.size))
        return [cell for cell in board if not attacked(cell, state)]

    def remaining(self, state: State, limit: int) -> int | None:
        """Queens to come, if the board can be completed at all."""
        left = self.size - len(state)
        placed = _bits(state)
        if not 0 <= left <= limit or placed.bit_count() < len(state):
            return None
        return left if any(board & placed == placed for board in _boards(self.size)) else None


@cache
def solutions(size: int) -> list[State]:
    """Every way to place `size` queens at peace, 92 for 8."""
    return list(_completed(size, ()))


@cache
def _boards(size: int) -> list[int]:
    return [_bits(board) for board in solutions(size)]


def _bits(state: State) -> int:
    """One bit a cell."""
    bits = 0
    for row, column in state:
        bits |= 1 << (row * MAX_SIZE + column)
    return bits


def attacked(cell: Cell, state: State) -> bool:
    """Whether a queen shares the cell's row, column or diagonal, or stands there."""
    row, column = cell
    return any(row == r or column == c or abs(row - r) == abs(column - c) for r, c in state)


def _completed(size: int, board: State) -> Iterator[State]:
    row = len(board)
    if row == size:
        yield board
        return
    for column in range(size):
        if not attacked((row, column), board):
            yield from _completed(size, (*board, (row, column)))


def _at_peace(state: State) -> bool:
    return not any(attacked(queen, state[:i]) for i, queen in enumerate(state))
