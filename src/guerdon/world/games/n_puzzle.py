"""The 15-puzzle and its like: slide tiles into the gap until they stand in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from guerdon.world.games.puzzle import Searched, a_list

State = tuple[int, ...]
"""Tiles row by row; 0 is the gap."""


@dataclass(frozen=True)
class NPuzzle(Searched):
    """A move is the number of the tile to slide; the goal is 1, 2, … with the gap at the end.

    A level is {"position": [[1, 2, …], …]}, with 0 for the gap.
    """

    n: int
    start: State = field(compare=False)

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        rows = level["position"] if isinstance(level, dict) else level
        tiles = tuple(tile for row in rows for tile in row)
        n = len(rows)
        if n < 2 or any(len(row) != n for row in rows) or sorted(tiles) != list(range(n * n)):
            raise ValueError(f"{rows!r:.80} is no square of the tiles 0, 1, …")
        return cls(n, tiles)

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int, n: int = 4) -> Self:
        """See `Puzzle.generate`."""
        made = cls(n, ()).starting(rng, moves)
        if made is None:
            raise ValueError(f"no position of {n} × {n} takes {moves} moves")
        return made

    def level(self) -> dict[str, Any]:
        """See `Puzzle.level`."""
        return {"n": self.n, "position": self.board(self.start)}

    def board(self, state: State) -> list[list[int]]:
        """The tiles of each row."""
        return [list(state[i : i + self.n]) for i in range(0, len(state), self.n)]

    @classmethod
    def moves(cls, output: Any) -> list[int]:
        """A list of numbers; those of no tile beside the gap are illegal moves."""
        return a_list(output, int)

    def after(self, state: State, move: int) -> State:
        """See `Puzzle.after`."""
        gap = state.index(0)
        tile = state.index(move) if 0 < move < len(state) else -1
        return self._slid(state, gap, tile) if tile in self._beside(gap) else state

    def legal(self, state: State) -> list[int]:
        """See `Puzzle.legal`."""
        return [state[cell] for cell in self._beside(state.index(0))]

    def goals(self) -> Iterable[State]:
        """1, 2, …, 0."""
        return [(*range(1, self.n * self.n), 0)]

    def before(self, state: State) -> Iterator[State]:
        """Every move can be taken back."""
        gap = state.index(0)
        return (self._slid(state, gap, cell) for cell in self._beside(gap))

    def _beside(self, gap: int) -> list[int]:
        row, column = divmod(gap, self.n)
        beside = []
        if row > 0:
            beside.append(gap - self.n)
        if row < self.n - 1:
            beside.append(gap + self.n)
        if column > 0:
            beside.append(gap - 1)
        if column < self.n - 1:
            beside.append(gap + 1)
        return beside

    @staticmethod
    def _slid(state: State, gap: int, cell: int) -> State:
        tiles = list(state)
        tiles[gap], tiles[cell] = tiles[cell], 0
        return tuple(tiles)
