"""What a benchmark asks: items, and the table that remembers them without their texts."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.sample import Broken, Comparison, Row, Vote, response_text, shared
from guerdon.scores import NAN, Floats

ALL = "all"
UNFORESEEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What reading a row of another layout, or one that was tampered with, may raise."""
LINE = 160
REASONS = 100
"""Different reasons that are told apart; a row with yet another one counts among `OTHER`."""
OTHER = "another reason"
SHOWN = 5
"""Reasons, or groups, among the notes."""
EXAMPLES = 2000
"""Items kept with their texts and pictures, for reports that show some."""


class BenchError(ValueError):
    """The data or the outputs cannot give a figure that means anything; the message says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question: samples to be valued, and which of them are better."""

    key: str
    """What outputs are matched by; items that share one are matched in their order."""
    samples: tuple[Row, ...]
    """The candidates, in the order of the data."""
    gold: tuple[float, ...]
    """Of each candidate, or of each step of the only one: greater is better, equal is a tie."""
    group: str = ALL
    cluster: Hashable | None = None
    """What it shares with other items, such as a prompt, which makes them less than independent."""
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What only the benchmark's own figures need to know."""
    alias: str = ""
    """Another name by which outputs may know it, such as a digest of its texts where keys occur twice."""

    @property
    def decided(self) -> bool:
        """Whether one candidate is better than another."""
        return len(set(self.gold)) > 1


def ranked(
    row: Comparison | Broken, *, aspect: str = "overall", group: str = ALL, facts: Mapping[str, Any] | None = None
) -> Item:
    """A comparison as an item: gold is 0 for the last tier of its one vote on an aspect, 1 for the one before, ….

    The key is its id, else a hash of prompt and responses; items that share a prompt share a cluster. Raises
    ValueError for a row that is no comparison, or has not exactly one vote that judges every response.
    """
    if isinstance(row, Broken):
        raise ValueError(row.reason)
    tiers = _only_vote(row, aspect).tiers
    gold = {i: float(len(tiers) - 1 - rank) for rank, tier in enumerate(tiers) for i in tier}
    if len(gold) != len(row.responses):
        raise ValueError("the vote does not judge every response")
    samples = tuple(row.samples())
    name = row.get("id")
    key = digest(str(row.get("prompt")), *map(str, row.responses)) if name is None else str(name)
    return Item(key, samples, tuple(gold[i] for i in range(len(gold))), group, shared(row), facts or {})


def _only_vote(row: Comparison, aspect: str) -> Vote:
    votes = [vote for vote in row.votes if vote.aspect == aspect]
    if len(votes) != 1:
        raise ValueError(f"{len(votes)} votes on the aspect {aspect!r} where one is needed")
    return votes[0]


def digest(*texts: str) -> str:
    """A short name for texts, the same in every process."""
    made = hashlib.blake2b(digest_size=8)
    for text in texts:
        made.update(text.encode("utf-8", "surrogatepass"))
        made.update(b"\0")
    return made.hexdigest()


@dataclass(frozen=True)
class Questions:
    """n items of up to k candidates each, in numbers; NaN where an item has fewer."""

    gold: Floats
    """[n, k]"""
    lengths: Floats
    """[n, k], characters of each candidate's response; NaN for one that is no text."""
    keys: list[str]
    groups: list[str]
    clusters: NDArray[np.int64]
    """[n], equal for items that share something."""
    facts: list[Mapping[str, Any]]
    examples: dict[int, Item]
    """The first items, whole, by position."""
    left_out: dict[str, int]
    """Rows that are no item, by reason."""
    notes: list[str]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def clustered(self) -> bool:
        """Whether any two items share something."""
        return len(np.unique(self.clusters)) < len(self)

    def members(self) -> dict[str, NDArray[np.intp]]:
        """The items of each group, by name, in order of first appearance."""
        found: dict[str, list[int]] = {}
        for i, group in enumerate(self.groups):
            found.setdefault(group, []).append(i)
        return {name: np.array(index, dtype=np.intp) for name, index in found.items()}


class Ragged:
    """Rows of different lengths, kept as plain numbers, read as one padded array."""

    def __init__(self) -> None:
        self.flat = array("d")
        self.counts = array("q")

    def add(self, row: Sequence[float]) -> None:
        """One row more."""
        self.flat.extend(row)
        self.counts.append(len(row))

    def padded(self) -> Floats:
        """[n, longest], NaN behind the end of a row."""
        counts = np.frombuffer(self.counts, dtype=np.int64) if self.counts else np.empty(0, np.int64)
        made = np.full((len(counts), int(counts.max(initial=0))), NAN)
        made[np.arange(made.shape[1]) < counts[:, None]] = np.frombuffer(self.flat, dtype=np.float64)
        return made


class Asked:
    """Gathers Questions while their items pass by."""

    def __init__(self, groups: Sequence[str] = ()) -> None:
        self.known = set(groups)
        self.gold, self.lengths = Ragged(), Ragged()
        self.keys: list[str] = []
        self.groups: list[str] = []
        self.clusters = array("q")
        self.facts: list[Mapping[str, Any]] = []
        self.examples: dict[int, Item] = {}
        self.left_out: Counter[str] = Counter()

    def admit(self, rows: Iterable[Row], read: Callable[[Row], Item | Sequence[Item]]) -> Iterator[Item]:
        """The items of rows, counted; a row that is none is left out, and counted by its reason.

        Raises BenchError for a group that the benchmark does not have.
        """
        for row in rows:
            try:
                found = read(row)
            except UNFORESEEN as error:
                self._leave_out("not readable" if isinstance(row, Broken) else reason(error))
                continue
            for item in (found,) if isinstance(found, Item) else found:
                if self.known and item.group not in self.known:
                    known = ", ".join(sorted(self.known))
                    raise BenchError(
                        f"item {item.key!r:.60} is of an unknown group {item.group!r:.60}; known are {known}"
                    )
                self._count(item)
                yield item

    def _leave_out(self, why: str) -> None:
        self.left_out[why if why in self.left_out or len(self.left_out) < REASONS else OTHER] += 1

    def _count(self, item: Item) -> None:
        number = len(self.keys)
        self.gold.add(item.gold)
        self.lengths.add([_length(sample) for sample in item.samples])
        self.keys.append(item.key)
        self.groups.append(item.group)
        self.clusters.append(number if item.cluster is None else _number(repr(item.cluster)))
        self.facts.append(item.facts)
        if number < EXAMPLES:
            self.examples[number] = item

    def questions(self) -> Questions:
        """All items so far. Raises BenchError where there are none."""
        if not self.keys:
            told = "; ".join(f"{n:,} rows: {why}" for why, n in self.left_out.most_common(3))
            raise BenchError(f"there is no item to be asked about ({told or 'the data has no rows'})")
        repeated = _repeated(self.keys)
        often = [(why, n) for why, n in self.left_out.most_common() if why != OTHER][:SHOWN]
        notes = [f"{n:,} rows left out: {why}" for why, n in often]
        if rest := self.left_out.total() - sum(n for _, n in often):
            notes.append(f"{rest:,} rows left out for other reasons")
        if repeated:
            some = ", ".join(map(repr, repeated[:3]))
            notes.append(f"{len(repeated):,} keys occur more than once, such as {some}; each row counts as an item")
        if empty := sorted(self.known - set(self.groups)):
            more = f" and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
            notes.append(f"groups without an item here: {', '.join(empty[:SHOWN])}{more}")
        if len(self.keys) == 1:
            notes.append("one item: its figure says nothing about others")
        return Questions(
            self.gold.padded(), self.lengths.padded(), self.keys, self.groups, np.array(self.clusters, np.int64),
            self.facts, self.examples, dict(self.left_out), notes,
        )  # fmt: skip


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Items, a list of at most `size` at a time."""
    passing = iter(items)
    while chunk := list(islice(passing, size)):
        yield chunk


def reason(error: Exception) -> str:
    """What is wrong with a row, in one short line, by what reading it raised."""
    line = f"no column {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
    return line if len(line) <= LINE else f"{line[:LINE]}…"


def _repeated(keys: Sequence[str]) -> list[str]:
    """The keys that occur more than once; hashes take a tenth of the memory that the keys would."""
    hashes = np.fromiter(map(hash, keys), np.int64, len(keys))
    found, counts = np.unique(hashes, return_counts=True)
    often = set(found[counts > 1].tolist())
    return [key for key, n in Counter(key for key in keys if hash(key) in often).items() if n > 1] if often else []


def _length(sample: Row) -> float:
    try:
        text = response_text(sample)
    except ValueError:
        return NAN
    return NAN if text is None else float(len(text))


def _number(name: str) -> int:
    """A number for a name that is the same in every run; two names share one once in 10¹⁹ pairs."""
    return int.from_bytes(bytes.fromhex(digest(name)), "big", signed=True)
