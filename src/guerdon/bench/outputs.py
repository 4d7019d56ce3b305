"""Released outputs: what a model said of a benchmark's items, read from a file and matched to them.

guerdon's own form is one JSON object a line (or a JSON list, CSV or Parquet), with

- `id`, the item's key; where no row has one, rows belong to items in their order
- `scores`, one number a candidate (or step), or `score_0`, `score_1`, …; or
- `verdict`, the text of a judge that saw candidates A and B (`swapped`: B was the data's first one); or
- `correct`, whether the preferred candidate was preferred, for items that have one

Numbers may be written as text; text that is no number is unreadable, and never compared as text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from guerdon.bench.answers import Told
from guerdon.bench.items import UNFORESEEN, BenchError, Item, reason
from guerdon.load import LoadError, stream
from guerdon.parse.verdicts import TIE, verdict
from guerdon.sample import Broken, Row
from guerdon.scores import NAN, Status

LISTS = ("scores", "rewards", "values", "score")
VERDICTS = ("verdict", "output", "judgement", "judgment")
GROUP = "group:"
"""Begins the key of an output that is for some item of a group, not known which: `group:general`."""
ANYWHERE = "these outputs say how many items of each group were right, not which: compare groups, not items"
SHOWN = 3
"""Keys that a message names."""


class Output(NamedTuple):
    """What was said of one item."""

    key: str | None
    """None: it belongs to the item at its own position."""
    values: tuple[float, ...] | None = None
    """One a candidate or step, NaN for none; None where nothing could be read."""
    status: Status = Status.OK
    reason: str = ""
    right: float | None = None
    """Only whether the preferred candidate was preferred, or the share of verdicts for it, 0 to 1."""
    official: Any = None
    """What the benchmark's own figures need beyond values."""
    settle: Callable[[Item], Output] | None = None
    """Says what it comes to, where that depends on the item, such as an answer to be checked."""


Reader = Callable[[Path], Iterable[Output]]


def outputs(path: Path) -> Iterator[Output]:
    """The outputs of a file in guerdon's own form. Raises LoadError for a file that cannot be read."""
    return (output(row) for row in stream(path))


def output(row: Row) -> Output:
    """One row in guerdon's own form.

    >>> output({"id": 7, "scores": ["10", "9"]}).values  # numbers, though written as text
    (10.0, 9.0)
    """
    if isinstance(row, Broken):
        raise BenchError(f"the outputs hold a row that cannot be read: {row.reason}")
    key = key_of(row)
    if row.get("correct") is not None:
        right = flag(row["correct"])
        if right is None:
            return Output(key, None, Status.UNREAD, f"correct={row['correct']!r:.20} is neither true nor false")
        return Output(key, right=float(right))
    given = next((row[name] for name in LISTS if isinstance(row.get(name), (list, tuple))), None)
    if given is None:
        given = numbered(row)
    if given:
        return scored(key, given)
    text = text_of(row)
    if text is not None:
        return judged(key, text, swapped=swapped(row))
    there = ", ".join(sorted(map(str, row)))
    raise BenchError(f"an output has scores, score_0 and score_1, a verdict or correct; the columns are: {there}")


def key_of(row: Row) -> str | None:
    """The item that an output is for; None where it does not say."""
    return next((str(row[name]) for name in ("id", "key") if row.get(name) is not None), None)


def text_of(row: Row, names: Sequence[str] = VERDICTS) -> str | None:
    """What a judge wrote, in the first of some columns that has a text; None where none has."""
    return next((row[name] for name in names if isinstance(row.get(name), str)), None)


def swapped(row: Row) -> bool:
    """Whether a judge saw the data's first candidate second. Raises BenchError for what is neither true nor false."""
    said = flag(row.get("swapped") or False)
    if said is None:
        raise BenchError(f"swapped={row['swapped']!r:.20} is neither true nor false")
    return said


def flag(value: Any) -> bool | None:
    """Whether a value is true, also as text or number; None for what is neither true nor false.

    >>> flag(True), flag("False"), flag("1"), flag(0.5)
    (True, False, True, None)
    """
    return {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}.get(str(value).lower())


def scored(key: str | None, given: Sequence[Any], official: Any = None) -> Output:
    """An output of numbers, one a candidate; what is no finite number has no value, and makes the output unread."""
    values = tuple(map(number, given))
    bad = [repr(g)[:20] for g, v in zip(given, values, strict=True) if v != v]
    if bad:
        return Output(key, values, Status.UNREAD, f"not a finite number: {', '.join(bad[:SHOWN])}", official=official)
    return Output(key, values, official=official)


def judged(key: str | None, text: str, *, swapped: bool = False, names: tuple[str, ...] = ("A", "B")) -> Output:
    """An output of a judge's text on two candidates; `swapped` where the data's first one was shown second."""
    read = verdict(text, names=names)
    if read.value is None:
        return Output(key, None, read.status, read.reason)
    first = 0.5 if read.value == TIE else float((read.value == names[0]) != swapped)
    return Output(key, (first, 1.0 - first))


def voted(key: str | None, told: Sequence[Output]) -> Output:
    """Several readings of one item, at least one, as one output: the mean of the values that could be read."""
    read = [out.values for out in told if out.values is not None and out.status == Status.OK]
    if not read:
        worst = max(told, key=lambda out: out.status)
        return Output(key, None, worst.status, worst.reason)
    return Output(key, tuple(sum(column) / len(read) for column in zip(*read, strict=True)))


def numbered(row: Row) -> list[Any] | None:
    """`score_0`, `score_1`, … as a list; None where there is none."""
    found: list[Any] = []
    while f"score_{len(found)}" in row:
        found.append(row[f"score_{len(found)}"])
    return found or None


def number(value: Any) -> float:
    """A finite number, also from its text; else NaN.

    >>> number("10"), number(True), number("high"), number(float("inf"))
    (10.0, nan, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return NAN
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return NAN
    return found if isfinite(found) else NAN


class Book:
    """Outputs waiting for their items."""

    def __init__(self, found: Iterable[Output], name: str = "outputs") -> None:
        self.name = name
        self.by_key: dict[str, list[Output]] = {}
        self.in_order: deque[Output] = deque()
        self.items = 0
        self.missing: list[str] = []
        self.repeated: set[str] = set()
        for out in _read(found, name):
            if out.key is None:
                self.in_order.append(out)
            else:
                self.by_key.setdefault(out.key, []).append(out)
        for waiting in self.by_key.values():
            waiting.reverse()  # the first is taken first, from the end
        self.total = len(self.in_order) + sum(map(len, self.by_key.values()))
        if not self.total:
            raise BenchError(f"{name}: there are no outputs")
        if self.in_order and self.by_key:
            raise BenchError(f"{name}: some outputs have an id and {len(self.in_order):,} have none")

    def tell(self, item: Item, told: Told) -> None:
        """Add what was said of the next item, or that nothing was.

        Raises BenchError for an output that says nothing of such an item.
        """
        self.items += 1
        out = self._next(item)
        if out is None:
            self.missing.append(item.key)
            told.add([NAN] * len(item.gold), Status.SKIPPED)
            return
        if out.settle is not None:
            out = out.settle(item)
        if out.right is not None and not (item.decided and len(item.samples) > 1):
            raise BenchError(f"{self.name}: of {item.key!r:.60} no candidate is better, so correct says nothing of it")
        told.placed = told.placed and not (out.key or "").startswith(GROUP)
        values, status, reason = _for(item, out)
        told.add(values, status, reason, official=out.official)

    def close(self, *, whole: bool, left_out: int = 0) -> list[str]:
        """Notes on what did not match, once all items have passed; `whole` says whether they were all there are.

        `left_out` rows of the data were no item. Raises BenchError where outputs are for other items, or it cannot be
        known which is whose.
        """
        left = [key for key, waiting in self.by_key.items() for _ in waiting]
        surplus = len(left) + len(self.in_order)
        bare = f"{self.name}: {self.total:,} outputs without ids for {self.items:,} items"
        if self.total == len(left):
            raise BenchError(f"{self.name}: no output is for one of these items; they are for {_some(left)}, "
                             f"the items are {_some(self.missing)}")  # fmt: skip
        if surplus and whole and self.by_key:
            raise BenchError(f"{self.name}: {surplus:,} outputs are for items that are not here, or were answered "
                             f"already, such as {_some(left)}")  # fmt: skip
        if self.by_key:
            return self._notes()
        if self.missing or (surplus and whole):
            raise BenchError(f"{bare}: {'which are missing?' if self.missing else 'which are for other items?'}")
        if left_out and not whole:
            raise BenchError(f"{bare}, and {left_out:,} rows are no item: which are for these?")
        return []

    def _next(self, item: Item) -> Output | None:
        if not self.by_key:
            return self.in_order.popleft() if self.in_order else None
        names = (item.key, item.alias, GROUP + item.group)
        name = next((name for name in names if name and self.by_key.get(name)), None)
        if name is None:
            return None
        waiting = self.by_key[name]
        out = waiting.pop()
        if waiting and not name.startswith(GROUP):
            self.repeated.add(name)
        return out

    def _notes(self) -> list[str]:
        notes = [ANYWHERE] if any(key.startswith(GROUP) for key in self.by_key) else []
        if self.repeated:
            notes.append(f"{len(self.repeated):,} ids have several outputs, such as {_some(sorted(self.repeated))}: "
                         "they were taken in their order, which is wrong if the file is in another one")  # fmt: skip
        if self.missing:
            notes.append(f"partial: {len(self.missing):,} of {self.items:,} items have no output, such as "
                         f"{_some(self.missing)}")  # fmt: skip
        return notes


def _read(found: Iterable[Output], name: str) -> Iterator[Output]:
    """Outputs one by one. Raises BenchError, with the file's name, for one that cannot be read."""
    n = 0
    try:
        for out in found:
            yield out
            n += 1
    except LoadError:
        raise
    except BenchError as error:
        raise BenchError(f"{name}: {error}") from error
    except UNFORESEEN as error:
        where = f"after {n:,} outputs comes one" if n else "the first output is one"
        raise BenchError(f"{name}: {where} that cannot be read: {reason(error)}") from error


def _for(item: Item, out: Output) -> tuple[list[float], Status, str]:
    wanted = len(item.gold)
    if out.right is not None:
        best = max(item.gold)
        return [out.right if g == best else 1.0 - out.right for g in item.gold], Status.OK, ""
    if out.values is None:
        return [NAN] * wanted, out.status, out.reason
    if len(out.values) != wanted:
        return [NAN] * wanted, Status.FAILED, f"{len(out.values)} values for {wanted}"
    return list(out.values), out.status, out.reason


def _some(keys: Iterable[str]) -> str:
    return ", ".join(repr(key)[:60] for key in list(keys)[:SHOWN]) or "none"
