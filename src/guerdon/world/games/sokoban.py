"""Sokoban: push every box onto a dock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Any, Self

import numpy as np

from guerdon.world.games.maze import drawn_rows
from guerdon.world.games.puzzle import MAX_STATES, STEPS, Cell, Searched, letters

State = tuple[Cell, frozenset[Cell]]
"""Where the worker stands, and the boxes."""
_MARKS = {"worker": "@+", "boxes": "$*", "docks": ".*+", "floor": " @+$*."}


@dataclass(frozen=True)
class Sokoban(Searched):
    """Moves are "U", "D", "L", "R"; walking into a box pushes it if there is room behind.

    A level is a list of rows of "#" (wall), " ", "@" (worker), "$" (box), "." (dock), "*" (box on a dock) and
    "+" (worker on a dock). There are at least as many docks as boxes.
    """

    rows: tuple[str, ...]
    """Its walls and docks."""
    floor: frozenset[Cell] = field(compare=False, repr=False)
    docks: frozenset[Cell] = field(compare=False, repr=False)
    boxes: int
    start: State = field(compare=False)

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        return cls._drawn(drawn_rows(level))

    @classmethod
    @lru_cache(maxsize=1024)
    def _drawn(cls, rows: tuple[str, ...]) -> Self:
        cells = {(x, y): mark for y, row in enumerate(rows) for x, mark in enumerate(row)}
        worker, boxes, docks, floor = (
            frozenset(cell for cell, mark in cells.items() if mark in marks) for marks in _MARKS.values()
        )
        if len(worker) != 1 or not 0 < len(boxes) <= len(docks) or not set(cells.values()) <= set("# @+$*."):
            raise ValueError(f"{rows!r:.80} is no Sokoban with one worker and a dock for every box")
        bare = tuple(_bare(row) for row in rows)
        return cls(bare, floor, docks, len(boxes), (next(iter(worker)), boxes))

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int, size: int = 6, boxes: int = 2) -> Self:
        """See `Puzzle.generate`; a walled square with a few pillars."""
        while True:
            inside = rng.choice([" ", "#"], size=(size, size), p=[0.85, 0.15])
            free = np.flatnonzero(inside.ravel() == " ")
            marked = rng.choice(free, 2 * boxes + 1, replace=False)
            for mark, places in zip("@$.", np.split(marked, [1, 1 + boxes]), strict=True):
                inside.ravel()[places] = mark
            rows = ["#" * (size + 2), *(f"#{''.join(row)}#" for row in inside.tolist()), "#" * (size + 2)]
            made = cls.read(rows).starting(rng, moves)
            if made is not None:
                return made

    def level(self) -> list[str]:
        """See `Puzzle.level`."""
        return self.drawn(self.start)

    def drawn(self, state: State) -> list[str]:
        """The rows with the worker and the boxes in their places."""
        worker, boxes = state
        grid = [list(row) for row in self.rows]
        for cell in boxes:
            grid[cell[1]][cell[0]] = "*" if cell in self.docks else "$"
        grid[worker[1]][worker[0]] = "+" if worker in self.docks else "@"
        return ["".join(row) for row in grid]

    @classmethod
    def moves(cls, output: Any) -> list[str]:
        """A string; letters other than U, D, L and R are illegal moves."""
        return letters(output)

    @classmethod
    def output(cls, moves: Iterable[str]) -> str:
        """A string."""
        return "".join(moves)

    def after(self, state: State, move: str) -> State:
        """See `Puzzle.after`."""
        (x, y), boxes = state
        dx, dy = STEPS.get(move, (0, 0))
        ahead, behind = (x + dx, y + dy), (x + 2 * dx, y + 2 * dy)
        if ahead not in self.floor or move not in STEPS:
            return state
        if ahead not in boxes:
            return ahead, boxes
        return (ahead, boxes - {ahead} | {behind}) if behind in self.floor and behind not in boxes else state

    def legal(self, state: State) -> list[str]:
        """See `Puzzle.legal`."""
        return [move for move in STEPS if self.after(state, move) != state]

    def goals(self) -> Iterable[State]:
        """Boxes on docks, the worker anywhere. Raises ValueError for too many."""
        if comb(len(self.docks), self.boxes) * len(self.floor) > MAX_STATES:
            raise ValueError(f"more than {MAX_STATES} solved states")
        for placed in combinations(sorted(self.docks), self.boxes):
            boxes = frozenset(placed)
            yield from ((worker, boxes) for worker in sorted(self.floor - boxes))

    def before(self, state: State) -> Iterator[State]:
        """The worker stepped here, or pushed the box that is now ahead."""
        (x, y), boxes = state
        for dx, dy in STEPS.values():
            came, ahead = (x - dx, y - dy), (x + dx, y + dy)
            if came in self.floor and came not in boxes:
                yield came, boxes
                if ahead in boxes:
                    yield came, boxes - {ahead} | {(x, y)}


def _bare(row: str) -> str:
    """A row without the worker and the boxes."""
    return row.translate(str.maketrans("@$*+", "  .."))
