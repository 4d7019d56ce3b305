"""Who met whom and how it ended: what ratings are fitted to.

Players are whatever meets in pairs: models, responses, rewards. A battle has an outcome for its first player,
1 won, ½ tied, 0 lost.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Sparse = Any
"""A scipy sparse array."""
OUTCOMES = 3
"""Lost, tied and won, in this order."""


@dataclass(frozen=True, eq=False)
class Battles:
    """n battles between m players; `battles` makes and checks them."""

    players: tuple[str, ...]
    """[m] names."""
    first: Indices
    """[n], positions in `players`."""
    second: Indices
    outcome: Floats
    """[n], 1, ½ or 0 for the first."""
    weight: Floats
    """[n], above 0."""
    features: Mapping[str, Floats]
    """Name → [n], what the first had more of than the second."""
    cluster: Indices | None = None
    """[n], the number of what a battle shares with others, such as its prompt."""

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: ArrayLike) -> Battles:
        """The battles at these positions, in this order; the players stay."""
        at = np.asarray(rows, dtype=np.intp)
        return replace(
            self, first=self.first[at], second=self.second[at], outcome=self.outcome[at], weight=self.weight[at],
            features={name: values[at] for name, values in self.features.items()},
            cluster=None if self.cluster is None else self.cluster[at],
        )  # fmt: skip

    @cached_property
    def played(self) -> Floats:
        """[m], the weight of each player's battles."""
        both, weights = np.concatenate([self.first, self.second]), np.concatenate([self.weight, self.weight])
        return np.bincount(both, weights, len(self.players)).astype(np.float64)

    @cached_property
    def groups(self) -> list[tuple[str, ...]]:
        """The players that strengths can be compared within, the largest group first.

        Two players are in one group if each was held, beaten or tied with, along some chain of battles that starts
        at the other (strong connection). A finite Bradley–Terry maximum exists if there is one group: Ford 1957.
        """
        table = self.pairings
        counts = np.bincount(table.cell, minlength=OUTCOMES * len(table.low)).reshape(-1, OUTCOMES)
        held, gave = counts[:, 1:].any(axis=1), counts[:, :2].any(axis=1)
        winners, losers = np.append(table.low[held], table.high[gave]), np.append(table.high[held], table.low[gave])
        _, labels = strong_components(winners, losers, len(self.players))
        members: dict[int, list[str]] = {}
        for name, label in zip(self.players, labels.tolist(), strict=True):
            members.setdefault(label, []).append(name)
        return sorted(map(tuple, members.values()), key=len, reverse=True)

    @cached_property
    def pairings(self) -> Pairings:
        """The battles added up by who met whom; each alone where they have features."""
        low, high = np.minimum(self.first, self.second), np.maximum(self.first, self.second)
        outcome = np.where(self.first == low, self.outcome, 1 - self.outcome)
        if self.features:
            columns = np.stack([*self.features.values()], axis=1)
            pair, kept = np.arange(len(self)), np.arange(len(self))
            features = np.where((self.first == low)[:, None], columns, -columns)
        else:
            code = low * len(self.players) + high
            kept, pair = _distinct(code, len(self.players) ** 2)
            low, high = kept // len(self.players), kept % len(self.players)
            features = np.empty((len(kept), 0))
        cell = OUTCOMES * pair + (2 * outcome).astype(np.intp)
        return Pairings(low, high, features, cell)

    @cached_property
    def units(self) -> Units:
        """What is drawn in a bootstrap: clusters if there are any, else battles, alike ones added up."""
        cells = OUTCOMES * len(self.pairings.low)
        if self.cluster is not None:
            kept, row = np.unique(self.cluster, return_inverse=True)
            whole = sparse.csr_array((self.weight, (row, self.pairings.cell)), shape=(len(kept), cells))
            return Units(whole, np.ones(len(kept)))
        levels, level = np.unique(self.weight, return_inverse=True)
        alike, times = np.unique(self.pairings.cell * len(levels) + level, return_counts=True)
        cell, weight = alike // len(levels), levels[alike % len(levels)]
        row = np.arange(len(alike))
        return Units(sparse.csr_array((weight, (row, cell)), shape=(len(alike), cells)), times.astype(np.float64))


class Pairings(NamedTuple):
    """Which pairs of players met, the one that comes first in `players` as the lower."""

    low: Indices
    """[r]"""
    high: Indices
    features: Floats
    """[r, f], what the lower had more of."""
    cell: Indices
    """[n], 3 · pairing + 0, 1 or 2: lost, tied or won by the lower."""


class Units(NamedTuple):
    """Independent observations, equal ones once."""

    cells: Sparse
    """[u, 3r], the weight of each one's battles in every cell."""
    times: Floats
    """[u], how often each occurred."""


def battles(
    first: Sequence[str],
    second: Sequence[str],
    outcome: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    features: Mapping[str, ArrayLike] | None = None,
    clusters: Sequence[Hashable] | None = None,
    players: Sequence[str] | None = None,
) -> Battles:
    """Battles from columns [n]: who, against whom, and 1, ½ or 0 for the first.

    A battle counts as often as its `weight` says (1). `features` are differences, first less second, to be
    controlled for. `clusters` names what battles share, such as a prompt: they are not independent then.
    `players` is the roster, by default those who occur, in order of appearance. Raises ValueError for no
    battles, lengths that disagree, names that are not on the roster or no text, players against themselves,
    other outcomes, weights not above 0, and features that are not finite.

    >>> met = battles(["a", "b", "a"], ["b", "c", "c"], [1, 0.5, 0])
    >>> met.players, met.played.tolist(), met.groups
    (('a', 'b', 'c'), [2.0, 2.0, 2.0], [('a', 'b', 'c')])
    """
    n = len(first)
    if not n:
        raise ValueError("there are no battles")
    roster = _roster([*first, *second] if players is None else players)
    numbers = {name: i for i, name in enumerate(roster)}
    one, other = (_numbered(column, n, numbers) for column in (first, second))
    itself = np.flatnonzero(one == other)
    if len(itself):
        raise ValueError(f"battle {itself[0]} is {first[itself[0]]!r} against itself")
    result = _column("outcome", outcome, n)
    _need((result == 1) | (result == 0.5) | (result == 0), "outcome", result, "1 (the first won), 0.5 (a tie) or 0")
    weights = np.ones(n) if weight is None else _column("weight", weight, n)
    _need((weights > 0) & (weights < np.inf), "weight", weights, "a number above 0")
    given = {name: _column(name, values, n) for name, values in (features or {}).items()}
    for name, values in given.items():
        _need(np.isfinite(values), name, values, "a finite number")
    return Battles(roster, one, other, result, weights, given, None if clusters is None else _clusters(clusters, n))


def relative(first: ArrayLike, second: ArrayLike) -> Floats:
    """How much more of something, such as words or headings, the first has [n]: (a − b) / (a + b + 1), in units of
    its root mean square, so that a coefficient is what a typical difference is worth.

    The arena's style control subtracts the mean too: who stands first would matter then, and here it does not.
    All equal is 0. Raises ValueError for counts that are negative or not finite, or shapes that differ.

    >>> relative([3, 0], [0, 3])
    array([ 1., -1.])
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or not all(np.all((x >= 0) & (x < np.inf)) for x in (a, b)):
        raise ValueError(f"counts are finite and not negative, of one shape, not {list(a.shape)} and {list(b.shape)}")
    share = (a - b) / (a + b + 1)
    size = float(np.sqrt(np.mean(share**2))) if share.size else 0.0
    return share / size if size else share


def strong_components(source: Indices, target: Indices, n: int) -> tuple[int, Indices]:
    """How many strongly connected components the edges make of n nodes, and which one each node is in."""
    graph = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(n, n))
    count, labels = connected_components(graph, directed=True, connection="strong")
    return int(count), labels.astype(np.intp)


def _distinct(codes: Indices, bound: int) -> tuple[Indices, Indices]:
    """The codes that occur, in order, and the position of each among them; a table of all of them beats sorting."""
    if bound > 8 * len(codes):
        kept, position = np.unique(codes, return_inverse=True)
        return kept, position
    kept = np.flatnonzero(np.bincount(codes, minlength=bound))
    place = np.empty(bound, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    return kept, place[codes]


def _roster(names: Sequence[str]) -> tuple[str, ...]:
    roster = tuple(dict.fromkeys(names))
    for name in roster:
        if not isinstance(name, str) or not name:
            raise ValueError(f"a player is named by a text, not {name!r}")
    return roster


def _numbered(names: Sequence[str], n: int, numbers: Mapping[str, int]) -> Indices:
    if len(names) != n:
        raise ValueError(f"{len(names)} names on one side and {n} on the other")
    try:
        return np.fromiter(map(numbers.__getitem__, names), dtype=np.intp, count=n)
    except KeyError as error:
        unknown = error.args[0]
        known = ", ".join([*numbers][:20])
        raise ValueError(
            f"battle {[*names].index(unknown)} has the unknown player {unknown!r}; known: {known}"
        ) from None


def _column(name: str, values: ArrayLike, n: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (n,):
        raise ValueError(f"{name} has the shape {list(array.shape)}, and there are {n} battles")
    return array


def _need(right: NDArray[np.bool_], name: str, values: Floats, wanted: str) -> None:
    if not right.all():
        at = int(np.argmin(right))
        raise ValueError(f"the {name} of battle {at} is {values[at]:g}: write {wanted}")


def _clusters(names: Sequence[Hashable], n: int) -> Indices:
    if len(names) != n:
        raise ValueError(f"{len(names)} cluster names for {n} battles")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.intp)
