"""The tower of Hanoi with any number of rods: all disks onto the last one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Self

import numpy as np

from guerdon.world.games.puzzle import Searched, a_list

State = str
"""The rod of every disk, the largest disk first: "BBC" has the two largest on rod B."""
_MOVE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Hanoi(Searched):
    """Disks "a" (the largest), "b", … on rods "A", "B", …; a move "AC" takes the top disk of A to C.

    A level is {"position": {"A": ["a", "c"], …}}, disks from bottom to top.
    """

    rods: str
    disks: int
    start: State = field(compare=False)

    @classmethod
    def read(cls, level: Any) -> Self:
        """See `Puzzle.read`."""
        position = level["position"] if isinstance(level, dict) else None
        if not isinstance(position, dict) or list(position) != list(ascii_uppercase[: len(position)]):
            raise ValueError(f"{level!r:.80} is no position of disks on rods A, B, …")
        where = {disk: rod for rod, pile in position.items() for disk in pile}
        disks = ascii_lowercase[: len(where)]
        piled = sum(map(len, position.values())) == len(where) and all(p == sorted(p) for p in position.values())
        if not where or sorted(where) != list(disks) or not piled:
            raise ValueError(f"{position!r:.80} is not every disk a, b, … once, larger ones below")
        return cls("".join(position), len(where), "".join([where[disk] for disk in disks]))

    @classmethod
    def generate(cls, rng: np.random.Generator, moves: int, rods: int = 4, disks: int = 5) -> Self:
        """See `Puzzle.generate`."""
        made = cls(ascii_uppercase[:rods], disks, "").starting(rng, moves)
        if made is None:
            raise ValueError(f"no position of {disks} disks on {rods} rods takes {moves} moves")
        return made

    def level(self) -> dict[str, Any]:
        """See `Puzzle.level`."""
        return {"disks": self.disks, "position": self.piles(self.start)}

    def piles(self, state: State) -> dict[str, list[str]]:
        """The disks on each rod, from bottom to top."""
        return {rod: [disk for disk, on in zip(ascii_lowercase, state, strict=False) if on == rod] for rod in self.rods}

    @classmethod
    def moves(cls, output: Any) -> list[str]:
        """A list of pairs of capital letters."""
        moves = a_list(output, str)
        if not all(map(_MOVE.fullmatch, moves)):
            raise ValueError(f"{output!r:.80} is no list of moves such as 'AB'")
        return moves

    def after(self, state: State, move: str) -> State:
        """See `Puzzle.after`."""
        source, target = move[0], move[1]
        top = state.rfind(source)
        if top < 0 or target not in self.rods or state.rfind(target) >= top:
            return state
        return state[:top] + target + state[top + 1 :]

    def legal(self, state: State) -> list[str]:
        """See `Puzzle.legal`."""
        return [a + b for a in self.rods for b in self.rods if self.after(state, a + b) != state]

    def goals(self) -> Iterable[State]:
        """Every disk on the last rod."""
        return [self.rods[-1] * self.disks]

    def before(self, state: State) -> Iterator[State]:
        """Every move can be taken back."""
        return (self.after(state, move) for move in self.legal(state))
