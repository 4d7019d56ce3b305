"""What a reward gives back: a value, how it came about, and the parts it was made of.

A value is a float or absent; absence is never a number. Everything that is not a plain success is
a `Status` with a reason beside the value, for the total and for every named component.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

Over = Literal["sample", "comparison", "group", "set", "trajectory"]
Grain = Literal["response", "step", "segment", "token"]
Unscored = float | Literal["none", "nan", "raise"]
"""What a host gets for a row without a value: None, NaN, an error, or a floor."""
Floats = NDArray[np.float64]
NAN = float("nan")


class ContractError(TypeError):
    """A reward, or a call of one, breaks the contract; the message names the culprit and the cure."""


def unscored_policy(given: float | str) -> Unscored:
    """The policy for rows without a value, if it is one: configs pass text for numbers. Raises ContractError."""
    if given in ("none", "nan", "raise"):
        return cast(Unscored, given)
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise ContractError(f"unscored={given!r}: say none, nan, raise, or a number") from error


def over_range(values: Sequence[float | None], range: tuple[float, float]) -> list[float | None]:
    """Values as shares of their range, 0–1; as they are where it has no end.

    >>> over_range([1.0, None], (-1.0, 3.0))
    [0.5, None]
    """
    low, high = range
    if not 0 < high - low < float("inf"):
        return list(values)
    return [None if value is None else (value - low) / (high - low) for value in values]


class Status(IntEnum):
    """How a value came about, from harmless to severe; a composite takes the worst of what it used."""

    SKIPPED = -1
    """Components only: this part was not run on this row (closed gate, branch not taken)."""
    OK = 0
    MALFORMED = 1
    """The response could not be read; carries the reward's declared worst value."""
    INAPPLICABLE = 2
    """Nothing to check in this row."""
    ABSTAINED = 3
    """The judge declined."""
    UNREAD = 4
    """The judge's reply could not be read."""
    FAILED = 5
    """An exception, a timeout, a dead worker."""


STATUS_NAMES = {s: s.name for s in Status}


class Fine(NamedTuple):
    """Values finer than the response. `spans[i]` is the half-open range `values[i]` covers: characters
    of the response for segments, step indices for steps, token indices for tokens."""

    values: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    grain: Grain = "segment"


@dataclass(slots=True)
class Score:
    """One row's result, and what a reward function may return in place of a float."""

    value: float | None = None
    status: Status = Status.OK
    reason: str = ""
    components: dict[str, Score] = field(default_factory=dict)
    """Named parts. A function may give plain floats here; they become Scores."""
    fine: Fine | None = None
    rationale: str = ""
    """What a judge wrote to explain itself."""
    seconds: float = NAN

    @classmethod
    def malformed(cls, reason: str) -> Score:
        """The response could not be read; its value is the reward's declared worst."""
        return cls(None, Status.MALFORMED, reason)

    @classmethod
    def inapplicable(cls, reason: str) -> Score:
        """This row has nothing to check."""
        return cls(None, Status.INAPPLICABLE, reason)

    @classmethod
    def abstained(cls, reason: str) -> Score:
        """The judge declined to answer."""
        return cls(None, Status.ABSTAINED, reason)

    @classmethod
    def unread(cls, reason: str) -> Score:
        """The judge's reply could not be read."""
        return cls(None, Status.UNREAD, reason)

    @classmethod
    def failed(cls, reason: str) -> Score:
        """Something broke while scoring."""
        return cls(None, Status.FAILED, reason)


SKIPPED = Score(None, Status.SKIPPED)


@dataclass(slots=True, repr=False)
class Column:
    """One reward's results over n rows: `values` is float64 [n], NaN exactly where there is none."""

    values: Floats
    status: NDArray[np.int8]
    reasons: dict[int, str] = field(default_factory=dict)
    fine: dict[int, Fine] = field(default_factory=dict)
    rationale: dict[int, str] = field(default_factory=dict)
    seconds: Floats | None = None
    """Time spent on each row, [n]; a batched call is shared out evenly. NaN where not measured."""

    @classmethod
    def single(cls, score: Score) -> Column:
        """One row, built directly: hosts that send single samples call this a lot."""
        return Column(
            np.array([NAN if score.value is None else score.value]),
            np.array([score.status], dtype=np.int8),
            {0: score.reason} if score.reason else {},
            {} if score.fine is None else {0: score.fine},
            {0: score.rationale} if score.rationale else {},
            np.array([score.seconds]),
        )

    @classmethod
    def empty(cls, n: int, status: Status = Status.SKIPPED) -> Column:
        """n rows without values."""
        return cls(np.full(n, NAN), np.full(n, status, dtype=np.int8), seconds=np.full(n, NAN))

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        tally = ", ".join(f"{n} {name}" for name, n in self.counts().items())
        return f"<{type(self).__name__} of {len(self)} rows, mean {self.mean():.4g} ({tally})>"

    def __getitem__(self, i: int) -> Score:
        i = range(len(self))[i]
        value = float(self.values[i])
        return Score(
            None if value != value else value,
            Status(int(self.status[i])),
            self.reasons.get(i, ""),
            {},
            self.fine.get(i),
            self.rationale.get(i, ""),
            NAN if self.seconds is None else float(self.seconds[i]),
        )

    def put(self, i: int, score: Score) -> None:
        """Write one row."""
        self.values[i] = NAN if score.value is None else score.value
        self.status[i] = score.status
        for sparse, item in ((self.reasons, score.reason), (self.rationale, score.rationale)):
            if item:
                sparse[i] = item
        if score.fine is not None:
            self.fine[i] = score.fine
        if self.seconds is not None:
            self.seconds[i] = score.seconds

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Column:
        """The given rows, in the given order."""
        index = self._index(rows)
        seconds = None if self.seconds is None else self.seconds[index]
        reasons, fine, rationale = (_take_sparse(s, index) for s in (self.reasons, self.fine, self.rationale))
        return Column(self.values[index], self.status[index], reasons, fine, rationale, seconds)

    def _index(self, rows: Sequence[int] | NDArray[np.intp]) -> NDArray[np.intp]:
        """Positions counted from the start; a mask is refused rather than read as the positions 0 and 1."""
        given = np.asarray(rows)
        if given.dtype == bool:
            raise TypeError("take wants positions, not a mask: write np.flatnonzero(mask)")
        return np.arange(len(self))[given.astype(np.intp)]

    def scatter(self, rows: NDArray[np.intp], part: Column) -> None:
        """Write `part` into the given rows of this column."""
        self.values[rows] = part.values
        self.status[rows] = part.status
        for mine, theirs in (
            (self.reasons, part.reasons),
            (self.fine, part.fine),
            (self.rationale, part.rationale),
        ):
            cast(dict[int, Any], mine).update((int(rows[i]), x) for i, x in theirs.items())
        if self.seconds is not None and part.seconds is not None:
            self.seconds[rows] = part.seconds

    def counts(self) -> dict[str, int]:
        """Rows per status, by name, only those that occur."""
        statuses, n = np.unique(self.status, return_counts=True)
        return {Status(int(s)).name: int(k) for s, k in zip(statuses, n, strict=True)}

    @property
    def coverage(self) -> float:
        """Share of rows that have a value, 0–1; NaN for no rows."""
        return float(np.mean(~np.isnan(self.values))) if len(self) else NAN

    def mean(self) -> float:
        """Mean of the rows that have a value; NaN if none has. Read it beside `coverage`."""
        valued = self.values[~np.isnan(self.values)]
        return float(valued.mean()) if len(valued) else NAN

    def equals(self, other: Column) -> bool:
        """Same values (bit for bit, NaN equal to NaN), statuses, reasons, fine values and rationales."""
        return (
            np.array_equal(self.values, other.values, equal_nan=True)
            and np.array_equal(self.status, other.status)
            and (self.reasons, self.fine, self.rationale) == (other.reasons, other.fine, other.rationale)
        )


@dataclass(slots=True, repr=False)
class Scores(Column):
    """The result of `reward(samples)`: the total of every row, columnar, with all its components."""

    components: dict[str, Column] = field(default_factory=dict)
    """Raw values by name, the full set whatever was run; parts not run are SKIPPED."""
    key: tuple[str, ...] = ()
    """Identity of each row: its `id` column, else its position."""
    over: Over = "sample"
    grain: Grain = "response"
    range: tuple[float, float] = (-np.inf, np.inf)
    record: dict[str, Any] = field(default_factory=dict)
    """The reward that made this: ids, versions, every setting. `guerdon.from_tree` rebuilds it."""

    def __getitem__(self, i: int) -> Score:
        score = Column.__getitem__(self, i)
        score.components = {name: column[i] for name, column in self.components.items()}
        return score

    def take(self, rows: Sequence[int] | NDArray[np.intp]) -> Scores:
        """The given rows, in the given order."""
        index = self._index(rows)
        parts = {name: column.take(index) for name, column in self.components.items()}
        return self._like(Column.take(self, index), parts, tuple(self.key[i] for i in index.tolist()))

    @classmethod
    def concat(cls, parts: Iterable[Scores]) -> Scores:
        """Put results of the same reward end to end.

        Raises ContractError if they come from different rewards, or there are none.
        """
        parts = list(parts)
        if not parts:
            raise ContractError("Scores.concat needs at least one part")
        first = parts[0]
        for part in parts:
            if part.record != first.record or set(part.components) != set(first.components):
                raise ContractError("Scores.concat: the parts were made by different rewards")
        named = {n: _concat([p.components[n] for p in parts]) for n in first.components}
        return first._like(_concat(parts), named, tuple(k for p in parts for k in p.key))

    def _like(self, total: Column, parts: dict[str, Column], key: tuple[str, ...]) -> Scores:
        return Scores(
            total.values, total.status, total.reasons, total.fine, total.rationale, total.seconds,
            parts, key, self.over, self.grain, self.range, self.record,
        )  # fmt: skip

    def for_host(self, unscored: Unscored) -> tuple[list[float | None], dict[str, list[float | None]]]:
        """Values and components as a trainer wants them, always the full set of names.

        `unscored` says what rows without a value become: None, NaN, an error, or a given floor.
        The floor is for totals only; a component without a value is None (NaN under "nan").
        Raises ContractError for another word.
        """
        unscored = unscored_policy(unscored)
        missing = np.flatnonzero(np.isnan(self.values))
        if unscored == "raise" and len(missing):
            i = int(missing[0])
            raise ContractError(
                f"{len(missing)} of {len(self)} rows have no value; the first is row {self.key[i]!r}: "
                f"{Status(int(self.status[i])).name} {self.reasons.get(i, '')}".rstrip()
            )
        blank = NAN if unscored == "nan" else None
        floor = float(unscored) if not isinstance(unscored, str) else blank
        parts = {n: _listed(c.values, blank) for n, c in self.components.items()}
        return _listed(self.values, floor), parts

    def header(self) -> dict[str, Any]:
        """What all rows share, JSON-ready; `from_rows` takes it back."""
        bounds = [x if np.isfinite(x) else None for x in self.range]
        return {
            "over": self.over, "grain": self.grain, "range": bounds, "record": self.record,
            "components": list(self.components),
        }  # fmt: skip

    def to_rows(self) -> list[dict[str, Any]]:
        """One JSON-ready dict a row."""
        return [{"key": k, **score_to_dict(self[i])} for i, k in enumerate(self.key)]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]], header: Mapping[str, Any]) -> Scores:
        """Undo `to_rows`, given `header()`."""
        rows = list(rows)
        low, high = header["range"]
        bounds = (-np.inf if low is None else low, np.inf if high is None else high)
        return cls.from_scores(
            [score_from_dict(r) for r in rows], names=header["components"],
            key=tuple(str(r["key"]) for r in rows), over=header["over"], grain=header["grain"],
            range=bounds, record=header["record"],
        )  # fmt: skip

    @classmethod
    def from_scores(cls, scores: Sequence[Score], names: Iterable[str], **meta: Any) -> Scores:
        """Columns from single results; `names` is the full set of components."""
        total = Column.empty(len(scores))
        parts = {name: Column.empty(len(scores)) for name in names}
        for i, score in enumerate(scores):
            total.put(i, score)
            for name, column in parts.items():
                column.put(i, score.components.get(name, SKIPPED))
        return cls(
            total.values, total.status, total.reasons, total.fine, total.rationale, total.seconds,
            parts, **meta,
        )  # fmt: skip

    def equals(self, other: Column) -> bool:
        """As `Column.equals`, with keys, components and record."""
        return (
            isinstance(other, Scores)
            and Column.equals(self, other)
            and (self.key, self.record, set(self.components)) == (other.key, other.record, set(other.components))
            and all(c.equals(other.components[n]) for n, c in self.components.items())
        )


def score_to_dict(score: Score) -> dict[str, Any]:
    """JSON-ready, leaving out what is empty."""
    row: dict[str, Any] = {"value": score.value, "status": STATUS_NAMES[score.status]}
    for name in ("reason", "rationale"):
        if getattr(score, name):
            row[name] = getattr(score, name)
    if score.seconds == score.seconds:
        row["seconds"] = score.seconds
    if score.fine is not None:
        row["fine"] = score.fine._asdict()
    if score.components:
        row["components"] = {n: score_to_dict(c) for n, c in score.components.items()}
    return row


def score_from_dict(row: Mapping[str, Any]) -> Score:
    """Undo `score_to_dict`."""
    fine = row.get("fine")
    if fine is not None:
        spans = tuple((int(a), int(b)) for a, b in fine["spans"])
        fine = Fine(tuple(fine["values"]), spans, fine["grain"])
    return Score(
        row["value"], Status[row["status"]], row.get("reason", ""),
        {n: score_from_dict(c) for n, c in row.get("components", {}).items()},
        fine, row.get("rationale", ""), row.get("seconds", NAN),
    )  # fmt: skip


def densify(scores: Scores, offsets: Sequence[Sequence[tuple[int, int]]]) -> list[Floats]:
    """Per-token rewards, one array [tokens] a row: the only place where grains meet tokens.

    `offsets[i]` holds the character range of every token of response i, (0, 0) for special ones. A segment's
    value falls on the last token whose last character is in its span (if it has none, on the token that its own
    last character is in), a token's on its own index; a row without fine values puts its response value on
    the last token. Rows without a value are all NaN: a host must mask them, not train on zeros.

    Raises ContractError for spans outside the tokens, and for steps known by index alone: they need
    character spans.
    """
    if len(offsets) != len(scores):
        raise ContractError(f"densify: {len(offsets)} offset lists for {len(scores)} rows")
    dense = []
    for i, tokens in enumerate(offsets):
        row = np.zeros(len(tokens))
        fine = scores.fine.get(i)
        if np.isnan(scores.values[i]):
            row[:] = NAN
        elif fine is None:
            row[-1:] = scores.values[i]
        else:
            for value, at in zip(fine.values, _token_of(fine, tokens), strict=True):
                if at is None:
                    raise ContractError(f"densify: row {scores.key[i]!r} has a span outside its tokens: {fine.spans}")
                row[at] += value
        dense.append(row)
    return dense


def _token_of(fine: Fine, tokens: Sequence[tuple[int, int]]) -> list[int | None]:
    """The token each value falls on, None where there is none."""
    if fine.grain == "token":
        return [start if 0 <= start < len(tokens) else None for start, _ in fine.spans]
    if fine.grain == "step" and fine.spans == tuple((i, i + 1) for i in range(len(fine.spans))):
        raise ContractError("densify: these steps are known by index alone; give the Fine character spans")
    real = [k for k, (start, stop) in enumerate(tokens) if start < stop]
    stops = [tokens[k][1] for k in real]
    found: list[int | None] = []
    for start, stop in fine.spans:
        at = bisect_right(stops, stop) - 1
        if at < 0 or stops[at] <= start:  # the span ends inside the token that follows
            at += 1
        inside = at < len(real) and tokens[real[at]][0] < stop
        found.append(real[at] if inside else None)
    return found


def _take_sparse(sparse: dict[int, Any], index: NDArray[np.intp]) -> dict[int, Any]:
    return {new: sparse[int(old)] for new, old in enumerate(index) if int(old) in sparse} if sparse else {}


def _concat(parts: Sequence[Column]) -> Column:
    whole = Column.empty(sum(map(len, parts)))
    start = 0
    for part in parts:
        whole.scatter(np.arange(start, start + len(part)), part)
        start += len(part)
    return whole


def _listed(values: Floats, blank: float | None) -> list[float | None]:
    return [blank if v != v else v for v in values.tolist()]
