"""A maze: from S to X."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Self

import numpy as np

from guerdon.world.games.puzzle import STEPS, Cell, Searched, letters

MAX_CELLS = 100_000
"""Cells of a level drawn as text."""


@dataclass(frozen=True)
class Maze(Searched):
    """Moves are "U", "D", "L", "R". A level is a list of rows of "+" (wall), " ", "S" and "X"."""

    rows: tuple[str, ...]
    """Its walls and the exit."""
    floor: frozenset[Cell] = field(compare=False, repr=False)
    exit: Cell = field(compare=False)
    start: Cell = field(compare=False)
    stops: ClassVar[bool] = True

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        return cls._drawn(drawn_rows(level))

    @classmethod
    @lru_cache(maxsize=1024)
    def _drawn(cls, rows: tuple[str, ...]) -> Self:
        cells = {(x, y): mark for y, row in enumerate(rows) for x, mark in enumerate(row)}
        starts, exits = ([cell for cell, mark in cells.items() if mark == wanted] for wanted in "SX")
        if len(starts) != 1 or len(exits) != 1 or not set(cells.values()) <= set("+ SX"):
            raise ValueError(f"{rows!r:.80} is no maze of + and space with one S and one X")
        floor = frozenset(cell for cell, mark in cells.items() if mark != "+")
        return cls(tuple(row.replace("S", " ") for row in rows), floor, exits[0], starts[0])

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int, size: int = 5) -> Self:
        """See `Puzzle.generate`; `size` × `size` rooms, one way between any two."""
        rows = _carved(rng, size)
        while (made := cls.read(_with_exit(rng, rows)).starting(rng, moves)) is None:
            rows = _carved(rng, size)
        return made

    def level(self) -> list[str]:
        """See `Puzzle.level`."""
        x, y = self.start
        rows = list(self.rows)
        rows[y] = rows[y][:x] + "S" + rows[y][x + 1 :]
        return rows

    @classmethod
    def moves(cls, output: Any) -> list[str]:
        """A string; letters other than U, D, L and R are illegal moves."""
        return letters(output)

    @classmethod
    def output(cls, moves: Iterable[str]) -> str:
        """A string."""
        return "".join(moves)

    def after(self, state: Cell, move: str) -> Cell:
        """See `Puzzle.after`."""
        dx, dy = STEPS.get(move, (0, 0))
        new = (state[0] + dx, state[1] + dy)
        return new if new in self.floor else state

    def legal(self, state: Cell) -> list[str]:
        """See `Puzzle.legal`."""
        return [move for move in STEPS if self.after(state, move) != state]

    def goals(self) -> Iterable[Cell]:
        """The exit."""
        return [self.exit]

    def before(self, state: Cell) -> Iterator[Cell]:
        """Every move can be taken back."""
        return (self.after(state, move) for move in self.legal(state))


def drawn_rows(level: Any) -> tuple[str, ...]:
    """The rows of a level drawn as text, one string or one a row. Raises ValueError for anything else."""
    rows = tuple(level.split("\n") if isinstance(level, str) else level)
    if not all(isinstance(row, str) for row in rows) or sum(map(len, rows)) > MAX_CELLS:
        raise ValueError(f"{level!r:.80} is no drawing of at most {MAX_CELLS} cells")
    return rows


def _carved(rng: np.random.Generator, size: int) -> list[list[str]]:
    """Rooms at odd places, joined by a random tree."""
    grid = [["+"] * (2 * size + 1) for _ in range(2 * size + 1)]
    path = [(1, 1)]
    grid[1][1] = " "
    while path:
        x, y = path[-1]
        ahead = [(dx, dy) for dx, dy in STEPS.values() if _is_wall(grid, x + 2 * dx, y + 2 * dy)]
        if not ahead:
            path.pop()
            continue
        dx, dy = ahead[rng.integers(len(ahead))]
        grid[y + dy][x + dx] = grid[y + 2 * dy][x + 2 * dx] = " "
        path.append((x + 2 * dx, y + 2 * dy))
    return grid


def _is_wall(grid: list[list[str]], x: int, y: int) -> bool:
    return 0 < x < len(grid) and 0 < y < len(grid) and grid[y][x] == "+"


def _with_exit(rng: np.random.Generator, grid: list[list[str]]) -> list[str]:
    y = 2 * int(rng.integers(len(grid) // 2)) + 1
    grid[y][-1] = "X"
    grid[1][1] = "S"
    return ["".join(row) for row in grid]
