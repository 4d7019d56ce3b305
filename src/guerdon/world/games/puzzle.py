"""What every puzzle can do, and the search that says how far a state is from solved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

MAX_STATES = 300_000
"""States that a search may visit."""
MAX_MOVES = 10_000
"""Moves of one plan."""
STEPS = {"U": (0, -1), "D": (0, 1), "L": (-1, 0), "R": (1, 0)}
"""Moves on a grid, as (columns, rows)."""
Cell = tuple[int, int]
"""(column, row), from the top left."""


class Played(NamedTuple):
    """How a plan went."""

    state: Any
    """Where it ended."""
    made: int
    """Moves tried, illegal ones included."""
    changed: int
    """Moves that changed the state."""


class Puzzle(ABC):
    """One level of a game. States and moves are whatever the game says they are; states are hashable."""

    start: Hashable
    stops: ClassVar[bool] = False
    """Whether the game is over once it is solved: moves after that do not count."""

    @classmethod
    @abstractmethod
    def read(cls, level: Any) -> Self:
        """The puzzle of a data set's level. Raises ValueError for what is none."""

    @classmethod
    @abstractmethod
    def generate(cls, rng: np.random.Generator, moves: int) -> Self:
        """A level that takes just so many moves."""

    @abstractmethod
    def level(self) -> Any:
        """The level as `read` takes it."""

    @classmethod
    @abstractmethod
    def moves(cls, output: Any) -> list[Any]:
        """The moves of a plan as models write it. Raises ValueError for another form."""

    @classmethod
    def output(cls, moves: Iterable[Any]) -> Any:
        """A plan as models should write it."""
        return list(moves)

    @abstractmethod
    def after(self, state: Any, move: Any) -> Any:
        """The state that a move leads to; the same one if the move is illegal."""

    @abstractmethod
    def legal(self, state: Any) -> list[Any]:
        """The moves that change the state."""

    @abstractmethod
    def remaining(self, state: Any, limit: int) -> int | None:
        """Fewest moves to the goal; None if that takes more than `limit`, or cannot be done any more."""

    def solved(self, state: Any) -> bool:
        """Whether this is the goal."""
        return self.remaining(state, 0) == 0

    def best(self, state: Any, limit: int) -> Any:
        """A move on a shortest way to the goal; None if that takes more than `limit` moves, or there is none."""
        left = self.remaining(state, limit)
        if not left:
            return None
        nearer = (move for move in self.legal(state) if self.remaining(self.after(state, move), left - 1) is not None)
        return next(nearer)

    def solution(self, limit: int) -> list[Any] | None:
        """A shortest plan; None if it would take more than `limit` moves, or there is none."""
        if self.remaining(self.start, limit) is None:
            return None
        state, plan = self.start, list[Any]()
        while (move := self.best(state, limit)) is not None:
            plan.append(move)
            state = self.after(state, move)
        return plan


class Searched(Puzzle):
    """A puzzle whose moves can be followed back from the goal.

    Two of them are equal if they differ in nothing but `start`, and share their table of distances.
    """

    @abstractmethod
    def goals(self) -> Iterable[Any]:
        """Every solved state."""

    @abstractmethod
    def before(self, state: Any) -> Iterable[Any]:
        """The states from which one move leads here."""

    def remaining(self, state: Any, limit: int) -> int | None:
        """Fewest moves to the goal, looked up; see `Puzzle.remaining`."""
        return distances(self, limit).get(state)

    def starting(self, rng: np.random.Generator, moves: int) -> Self | None:
        """The same puzzle started from a random state so many moves from solved; None if there is none."""
        far = [state for state, left in distances(self, moves).items() if left == moves]
        return replace(self, start=far[rng.integers(len(far))]) if far else None  # type: ignore[type-var]


@lru_cache(maxsize=128)
def distances(puzzle: Searched, limit: int) -> dict[Any, int]:
    """Fewest moves to the goal, of every state that needs at most `limit`.

    Raises ValueError if these are more than `MAX_STATES`.
    """
    found = dict.fromkeys(puzzle.goals(), 0)
    edge = list(found)
    for moves in range(1, limit + 1):
        new = []
        for state in edge:
            for earlier in puzzle.before(state):
                if earlier not in found:
                    found[earlier] = moves
                    new.append(earlier)
        if len(found) > MAX_STATES:
            raise ValueError(f"more than {MAX_STATES} states are within {limit} moves of the goal")
        edge = new
    return found


def play(puzzle: Puzzle, moves: Sequence[Any]) -> Played:
    """Make the moves from the start; illegal ones are passed over, and so is what follows the end of the game."""
    state, made, changed = puzzle.start, 0, 0
    for move in moves:
        if puzzle.stops and puzzle.solved(state):
            break
        new = puzzle.after(state, move)
        made += 1
        changed += new != state
        state = new
    return Played(state, made, changed)


def a_list(output: Any, kind: type) -> list[Any]:
    """The output, which must be a list of `MAX_MOVES` things of one type at most. Raises ValueError."""
    if not isinstance(output, list) or any(type(x) is not kind for x in output):
        raise ValueError(f"{output!r:.80} is no list of {kind.__name__}s")
    return _bounded(output)


def letters(output: Any) -> list[str]:
    """The letters of a string of moves. Raises ValueError for anything else."""
    if not isinstance(output, str):
        raise ValueError(f"{output!r:.80} is no string of moves")
    return _bounded(list(output))


def _bounded(moves: list[Any]) -> list[Any]:
    if len(moves) > MAX_MOVES:
        raise ValueError(f"{len(moves)} moves, more than {MAX_MOVES}")
    return moves
