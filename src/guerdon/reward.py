"""A reward: `reward(samples) -> Scores`.

`Reward` is what rules, judges, models and compositions share. Its usual form is a function under
`@reward` (see `leaf.py`); a class with `evaluate` is for what a function cannot hold, such as trained
weights. A reward is immutable: every method that seems to change one returns another.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, TypeGuard

import numpy as np

from guerdon.batch import Batch, Index, Steps, adrive, as_rows, block_key, drive, row_keys
from guerdon.returned import describe
from guerdon.sample import Broken, Row
from guerdon.scores import NAN, SKIPPED, Column, ContractError, Grain, Over, Score, Scores, Status

if TYPE_CHECKING:
    from guerdon.compare import Policy, Ranking, Verdicts

Range = tuple[float, float]
Tree = dict[str, Any]
"""A reward as plain data: what is stored, hashed, printed and rebuilt."""


class Reward:
    """What every reward is. Subclasses give `evaluate` and `tree`, and declare the attributes below."""

    over: Over = "sample"
    """What one call sees: a sample, a comparison, a group, a set or a trajectory."""
    grain: Grain = "response"
    """What one value covers."""
    range: Range = (-np.inf, np.inf)
    """Least and greatest value."""
    binary: bool = False
    """Whether the only values are 0 and 1, so that it can be a gate's condition."""
    differentiable: bool = False
    """Whether `tensor` keeps the gradient."""
    deterministic: bool = True
    """Whether the same row always gets the same value."""
    native: Literal["pointwise", "pairwise"] = "pointwise"
    """"pairwise" rewards compare; they have no scalar."""
    tie: float = 0.0
    """`compare` calls a tie where two values differ by at most this."""
    link: Literal["logistic"] | None = None
    """How a difference of values becomes a probability; None: the greater value wins outright."""
    needs: tuple[str, ...] = ()
    """Extras or services it cannot run without."""
    label: str | None = None
    """The name given by `named`."""
    children: tuple[Reward, ...] = ()
    """The rewards it is composed of."""
    waits: bool = False
    """Whether it waits for something, such as a judge, so that an async host should await it."""

    def walk(self) -> Iterator[Reward]:
        """The reward and everything it is composed of, each before its parts."""
        yield self
        for child in self.children:
            yield from child.walk()

    def evaluate(self, rows: Sequence[Row]) -> Column:
        """One column, a result a row, in order. For subclasses; call the reward itself."""
        raise TypeError(f"{type(self).__name__} must define evaluate(rows)")

    def tree(self) -> Tree:
        """Plain JSON-ready data that says everything about this reward; `spec.from_tree` rebuilds it."""
        raise TypeError(f"{type(self).__name__} must define tree()")

    # -- calling ---------------------------------------------------------------------------------

    def __call__(self, samples: Any) -> Scores:
        """Score samples: dicts, Samples, one of either, a `datasets.Dataset`, or a path to a file.

        Returns one row a sample, in order (one a set for `over="set"`). Raises ContractError where
        the samples cannot be scored as asked; what goes wrong inside a reward is a FAILED row.
        """
        rows = self._checked(samples)
        return self.score_unchecked(rows)

    def score_unchecked(self, rows: Sequence[Row]) -> Scores:
        """As calling, for rows whose columns were checked as part of a larger whole."""
        if len(rows) == 1 and self._rowwise:
            return self._single(rows[0])
        batch = Batch(rows)
        drive(self._run(batch))
        return self._assemble(batch)

    async def ascore(self, samples: Any) -> Scores:
        """As calling, for async callers: waits without blocking the caller's loop."""
        batch = Batch(self._checked(samples))
        await adrive(self._run(batch))
        return self._assemble(batch)

    def one(self, row: Row) -> Score:
        """Score a single sample, as cheaply as can be. Raises ContractError for group and set rewards."""
        if not self._rowwise:
            return self._one_by_batch(row)
        memo: dict[str, Score] = {}
        total = self._row(row, memo)
        parts = {name: _first(memo, keys) for name, keys in self._parts.items()}
        seconds = sum(s.seconds for s in memo.values() if s.seconds == s.seconds)
        return Score(total.value, total.status, total.reason, parts, total.fine, total.rationale, seconds)

    def check(self, rows: Sequence[Row]) -> None:
        """Raise ContractError if a required column is in none of the rows; lists the columns there are."""
        for child in self.children:
            child.check(rows)

    def tensor(self, batch: Mapping[str, Any]) -> Any:
        """Values as a tensor [n] that keeps the gradient, from columns of tensors.

        Raises TypeError unless the reward is `differentiable`.
        """
        raise TypeError(f"{self} is not differentiable")

    # -- comparing -------------------------------------------------------------------------------

    def compare(self, first: Any, second: Any, *, orders: Literal["both", "given"] = "both") -> Verdicts:
        """For each pair of rows, how likely the first response is the better one.

        `orders` matters to pairwise rewards alone: "both" asks twice, swapped, and averages.
        """
        from guerdon.compare import compare

        return compare(self, as_rows(first), as_rows(second), orders=orders)

    def rank(self, samples: Any) -> Ranking:
        """Order the responses to one prompt, best first; those without a value come last."""
        from guerdon.compare import rank

        return rank(self, as_rows(samples))

    # -- composing -------------------------------------------------------------------------------

    def named(self, name: str) -> Self:
        """The same reward under another component name; parts of a composite are prefixed by it."""
        if not name or "/" in name:
            raise ValueError(f"a component name is non-empty and has no '/': {name!r}")
        return self._replace(label=name)

    def reading(self, **columns: str) -> Reward:
        """Read renamed columns: `box_iou().reading(boxes="gt")` takes its `boxes` from column `gt`."""
        raise TypeError(f"{self} does not read columns by name")

    def otherwise(self, value: float, *, on: Sequence[str]) -> Reward:
        """Give `value` to rows with one of these statuses, e.g. on=("UNREAD", "FAILED")."""
        from guerdon.branch import otherwise

        return otherwise(self, value, on=on)

    def at_least(self, threshold: float) -> Reward:
        """1 where the value reaches the threshold, else 0."""
        from guerdon.compose import at_least

        return at_least(self, threshold)

    def clip(self, low: float | None = None, high: float | None = None) -> Reward:
        """Hold values between bounds."""
        from guerdon.compose import clip

        return clip(self, low, high)

    def tournament(self, policy: Policy = "mean") -> Reward:
        """The scalar of a pairwise reward: how a response fares against the others of its group."""
        from guerdon.compare import tournament

        return tournament(self, policy)

    def __add__(self, other: Reward | float) -> Reward:
        from guerdon.compose import weighted_sum

        return weighted_sum(self, constant=float(other)) if _is_number(other) else weighted_sum(self, as_reward(other))

    __radd__ = __add__

    def __mul__(self, other: Reward | float) -> Reward:
        from guerdon.compose import product, weighted_sum

        return weighted_sum(self, weights=(float(other),)) if _is_number(other) else product(self, as_reward(other))

    __rmul__ = __mul__

    def __neg__(self) -> Reward:
        return self * -1.0

    def __sub__(self, other: Reward | float) -> Reward:
        return self + (-other)

    def __rsub__(self, other: float) -> Reward:
        return -self + other

    def __truediv__(self, other: float) -> Reward:
        return self * (1.0 / other)

    def __rshift__(self, other: Reward) -> Reward:
        from guerdon.branch import gate

        return gate(self, as_reward(other))

    def __bool__(self) -> bool:
        raise TypeError("a reward has no truth value: `a and b` is written `a >> b` or `product(a, b)`")

    # -- saying what it is -----------------------------------------------------------------------

    @property
    def components(self) -> tuple[str, ...]:
        """All component names, whether or not a row runs them."""
        return tuple(self._parts)

    @property
    def name(self) -> str:
        """The given name, else what the reward is."""
        return self.label or self.default_name

    @property
    def default_name(self) -> str:
        """What it is called unless `named`."""
        return type(self).__name__.lower()

    def spec(self) -> str:
        """The text form; `guerdon.from_spec` reads it back."""
        from guerdon.spec import to_text

        return to_text(self)

    @cached_property
    def record(self) -> dict[str, Any]:
        """What is stored beside scores: the whole tree with every setting."""
        return self.tree()

    @cached_property
    def digest(self) -> str:
        """Hash of the whole tree, names included."""
        return _digest(self.tree())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reward) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return self.spec()

    # -- evaluation (see batch.py) ---------------------------------------------------------------

    @cached_property
    def _key(self) -> str:
        """Identity for evaluation: equal ones are computed once. Names do not matter to it."""
        return _digest(_nameless(self.tree()))

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        """Component name → evaluation keys; several only for exclusive branches."""
        parts = self._own_parts()
        if self.label is None:
            return parts
        below = {f"{self.label}/{name}": keys for name, keys in parts.items() if keys != (self._key,)}
        return {self.label: (self._key,), **below}

    def _own_parts(self) -> dict[str, tuple[str, ...]]:
        return (
            merge_parts([child._parts for child in self.children])
            if self.children
            else {self.default_name: (self._key,)}
        )

    @cached_property
    def _rowwise(self) -> bool:
        """Whether `_row` can score it: plain sync functions of one sample."""
        alone = self.over in ("sample", "trajectory")
        return alone and bool(self.children) and all(child._rowwise for child in self.children)

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        raise TypeError(f"{type(self).__name__} has no row path")

    def _start(self, batch: Batch, rows: Index) -> None:
        """Begin the async work that is certain to be needed on these rows."""
        for child in self.children:
            child._start(batch, rows)

    def _ensure(self, batch: Batch, rows: Index) -> Steps[Column]:
        """The column of this reward, computed at least on `rows`."""
        column = batch.memo.get(self._key)
        todo = batch.todo(self._key, rows)
        if column is None or len(todo):
            part = yield from self._compute(batch, todo)
            column = batch.put(self._key, todo, part)
        return column

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        yield from ()  # a generator, like the overrides that wait
        out = Column.empty(len(rows))
        given: dict[int, Row] = {}
        for k, i in enumerate(rows.tolist()):
            row = batch.rows[i]
            if isinstance(row, Broken):
                out.put(k, row.score)
            else:
                given[k] = row
        if given:
            out.scatter(np.array(list(given)), self._evaluated(list(given.values())))
        return out

    def _evaluated(self, rows: Sequence[Row]) -> Column:
        try:
            part = self.evaluate(rows)
        except ContractError:
            raise
        except Exception as error:
            part = Column.empty(len(rows), Status.FAILED)
            part.reasons = dict.fromkeys(range(len(rows)), describe(error))
        if not isinstance(part, Column) or len(part) != len(rows):
            raise ContractError(f"{self}: evaluate must return a Column of {len(rows)} rows, not {part!r:.80}")
        return part

    def _run(self, batch: Batch) -> Steps[None]:
        self._need_scalar()
        self._start(batch, batch.all)
        yield from self._ensure(batch, batch.all)

    def _single(self, row: Row) -> Scores:
        score = self.one(row)
        total = Column.single(score)
        parts = {name: Column.single(part) for name, part in score.components.items()}
        return self._scores(total, parts, row_keys([row]))

    def _scores(self, total: Column, parts: dict[str, Column], key: tuple[str, ...]) -> Scores:
        return Scores(
            total.values, total.status, total.reasons, total.fine, total.rationale, total.seconds,
            parts, key, self.over, self.grain, self.range, self.record,
        )  # fmt: skip

    def _assemble(self, batch: Batch) -> Scores:
        total = batch.memo[self._key]
        parts = {name: _merged(batch, keys) for name, keys in self._parts.items()}
        timed = [c.seconds for c in batch.memo.values() if c.seconds is not None]
        scores = self._scores(total, parts, row_keys(batch.rows))
        scores.seconds = np.nansum(timed, axis=0) if timed else np.full(len(total), NAN)
        if self.over == "set":
            firsts = [int(block[0]) for block in batch.blocks("set", batch.all)]
            scores = scores.take(firsts)
            scores.key = tuple(block_key(batch.rows[i], "set") for i in firsts)
        return scores

    # -- internals -------------------------------------------------------------------------------

    def _checked(self, samples: Any) -> Sequence[Row]:
        self._need_scalar()
        rows = as_rows(samples)
        if len(rows) > 1:
            self.check(rows)
        return rows

    def _need_scalar(self) -> None:
        if self.native == "pairwise":
            raise ContractError(f"{self} compares responses and has no scalar: use .compare(…) or .tournament()")

    def _one_by_batch(self, row: Row) -> Score:
        if self.over in ("group", "set"):
            raise ContractError(f"{self} is scored over a whole {self.over}: it cannot score a single sample")
        return self.score_unchecked([row])[0]

    def _replace(self, **changes: Any) -> Self:
        new = copy.copy(self)
        kept = {k: v for k, v in self.__dict__.items() if not isinstance(getattr(type(self), k, None), cached_property)}
        new.__dict__.clear()
        new.__dict__.update(kept | changes)
        return new

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if not isinstance(getattr(type(self), k, None), cached_property)}


def as_reward(x: Any) -> Reward:
    """`x` if it is a Reward. Raises TypeError that says what to write where it is a factory or a function."""
    if isinstance(x, Reward):
        return x
    if isinstance(x, Factory):
        raise TypeError(f"{x.__name__} is a reward factory: write {x.__name__}()")
    if callable(x):
        raise TypeError(
            f'{getattr(x, "__name__", x)!r} is a plain function: put @reward("my.name") above it and call it'
        )
    raise TypeError(f"expected a Reward, not {type(x).__name__}")


class Factory:
    """What makes rewards from settings; `@reward` gives one. See `leaf.py`."""

    __name__: str
    make: Callable[..., Reward]

    def _not_a_reward(self, *_: Any) -> Any:
        raise TypeError(f"{self.__name__} is a reward factory: write {self.__name__}()")

    if not TYPE_CHECKING:  # to a type checker it would say that any attribute exists

        def __getattr__(self, name):
            if not name.startswith("_") and hasattr(Reward, name):
                raise AttributeError(f"{self.__name__} is a reward factory: write {self.__name__}().{name}")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    __add__ = __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __neg__ = _not_a_reward
    __rshift__ = __rrshift__ = __truediv__ = __bool__ = _not_a_reward


def merge_parts(parts: Sequence[dict[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """The union of component names of parts that can be live on the same row.

    Raises ContractError where one name would stand for two different rewards.
    """
    union: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for name, keys in part.items():
            if union.setdefault(name, keys) != keys:
                raise ContractError(f'two different rewards are both called "{name}": add .named("…") to one of them')
    return union


def _first(memo: dict[str, Score], keys: tuple[str, ...]) -> Score:
    for key in keys:
        if key in memo:
            return memo[key]
    return SKIPPED


def _merged(batch: Batch, keys: tuple[str, ...]) -> Column:
    live = [batch.memo[key] for key in keys if key in batch.memo]
    if len(live) == 1:
        return live[0]
    merged = Column.empty(len(batch.rows))
    for column in live:
        rows = np.flatnonzero(column.status != Status.SKIPPED)
        merged.scatter(rows, column.take(rows))
    return merged


def _nameless(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {k: _nameless(v) if k in ("of", "cases") else v for k, v in tree.items() if k != "name"}
    if isinstance(tree, list):
        return [_nameless(x) for x in tree]
    return tree


def _digest(tree: Tree) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:24]


def _is_number(x: Any) -> TypeGuard[float]:
    return isinstance(x, (int, float, np.number)) and not isinstance(x, bool)
