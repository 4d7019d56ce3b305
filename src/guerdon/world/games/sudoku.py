"""Sudoku: fill the empty cells so that every row, column and box has 1 to 9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice
from typing import Any, Self

import numpy as np

from guerdon.world.games.puzzle import Puzzle

MAX_TRIES = 100_000
"""Digits that are tried before a grid is given up."""
DIGITS = frozenset("123456789")
Move = tuple[int, str]
"""A cell, row by row from 0, and its digit."""
_GRID = re.compile(r"[0-9]{81}")
_PLACE = re.compile(r"[0-8][0-8]")


def _units(cell: int) -> tuple[int, int, int]:
    row, column = divmod(cell, 9)
    return row, 9 + column, 18 + 3 * (row // 3) + column // 3


PEERS = [
    [other for other in range(81) if other != cell and set(_units(cell)) & set(_units(other))] for cell in range(81)
]
"""The cells that share a row, a column or a box with each."""


@dataclass(frozen=True)
class Sudoku(Puzzle):
    """A move writes a digit into an empty cell; once written it stays.

    A level is {"position": 81 digits row by row with 0 for empty, "solutions": the full grid}; without
    "solutions" it is solved. How much is left is the number of cells that differ from the solution.
    """

    start: str
    answer: str

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        return cls._checked(str(level["position"]), level.get("solutions"))

    @classmethod
    @lru_cache(maxsize=1024)
    def _checked(cls, grid: str, answer: str | None) -> Self:
        if not _GRID.fullmatch(grid):
            raise ValueError(f"{grid:.90} is not 81 digits")
        answer = _solved(grid) if answer is None else str(answer)
        if not _full(answer) or any(a not in ("0", b) for a, b in zip(grid, answer, strict=True)):
            raise ValueError(f"{answer:.90} does not solve {grid}")
        return cls(grid, answer)

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int) -> Self:
        """See `Puzzle.generate`; the solution is the only one."""
        while True:
            answer = _shuffled(rng)
            cells = set(rng.choice(81, moves, replace=False).tolist())
            grid = "".join("0" if i in cells else digit for i, digit in enumerate(answer))
            if len(list(islice(_solutions(grid, count(1)), 2))) == 1:
                return cls(grid, answer)

    def level(self) -> dict[str, str]:
        """See `Puzzle.level`."""
        return {"position": self.start, "solutions": self.answer}

    @classmethod
    def moves(cls, output: Any) -> list[Move]:
        """A dict of row and column, as in "08", to a digit from 1 to 9."""
        if not isinstance(output, dict):
            raise ValueError(f"{output!r:.80} is no dict of cells and digits")
        for place, digit in output.items():
            if not _PLACE.fullmatch(place) or type(digit) is not int or not 1 <= digit <= 9:
                raise ValueError(f"{place!r:.20}: {digit!r:.20} is not a cell '00' to '88' and a digit 1 to 9")
        return [(9 * int(place[0]) + int(place[1]), str(digit)) for place, digit in output.items()]

    @classmethod
    def output(cls, moves: Any) -> dict[str, int]:
        """A dict."""
        return {f"{cell // 9}{cell % 9}": int(digit) for cell, digit in moves}

    def after(self, state: str, move: Move) -> str:
        """See `Puzzle.after`."""
        cell, digit = move
        return state[:cell] + digit + state[cell + 1 :] if state[cell] == "0" else state

    def legal(self, state: str) -> list[Move]:
        """See `Puzzle.legal`."""
        return [(cell, digit) for cell, there in enumerate(state) if there == "0" for digit in "123456789"]

    def remaining(self, state: str, limit: int) -> int | None:
        """Cells that differ from the solution; none in any full grid that keeps the rules."""
        wrong = sum(a != b for a, b in zip(state, self.answer, strict=True))
        if wrong and "0" not in state and _full(state):
            wrong = 0
        return wrong if wrong <= limit else None


def _solved(grid: str) -> str:
    found = next(_solutions(grid, count(1)), None)
    if found is None:
        raise ValueError(f"{grid} has no solution")
    return found


def _full(grid: str) -> bool:
    """Whether every row, column and box has every digit."""
    return bool(_GRID.fullmatch(grid)) and all(
        digit != "0" and digit not in {grid[peer] for peer in PEERS[cell]} for cell, digit in enumerate(grid)
    )


def _solutions(grid: str, tries: Iterator[int]) -> Iterator[str]:
    """Every solution, by way of the cell with the fewest choices. Raises ValueError after `MAX_TRIES`."""
    empty = [cell for cell, digit in enumerate(grid) if digit == "0"]
    if not empty:
        yield grid
        return
    choices = [(DIGITS - {grid[peer] for peer in PEERS[cell]}, cell) for cell in empty]
    digits, cell = min(choices, key=lambda choice: len(choice[0]))
    for digit in sorted(digits):
        if next(tries) > MAX_TRIES:
            raise ValueError(f"{grid} is not solved in {MAX_TRIES} tries")
        yield from _solutions(grid[:cell] + digit + grid[cell + 1 :], tries)


def _shuffled(rng: np.random.Generator) -> str:
    """A full grid: a regular one with its digits, rows, columns and bands in another order."""
    rows, columns = ([3 * band + i for band in rng.permutation(3) for i in rng.permutation(3)] for _ in range(2))
    digits = rng.permutation(9) + 1
    return "".join(str(digits[(3 * row + row // 3 + column) % 9]) for row in rows for column in columns)
