"""`@reward`: a function from the columns it names to a number becomes a reward.

    @reward("length.words", range=(0, None))
    def words(response: str) -> float:
        return len(response.split())

    words()(samples)

Positional parameters are the columns it needs (with a default: optional), keyword-only ones its
settings. The function returns a float, None (nothing to check here), or a `Score`; what it raises
becomes a FAILED row. A function that covers parts of the response returns a `Fine`.
"""

from __future__ import annotations

import inspect
import keyword
import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from math import inf, isfinite
from time import perf_counter
from typing import Any, Literal, NamedTuple

import numpy as np

from guerdon import registry
from guerdon.batch import Batch, Index, Steps, submit
from guerdon.returned import Declared, Reduce, describe, read_result
from guerdon.reward import Factory, Reward, Tree
from guerdon.sample import DERIVED, Row, cell
from guerdon.scores import NAN, Column, ContractError, Grain, Over, Score


def reward(
    id: str,
    *,
    version: int = 1,
    range: tuple[float | None, float | None] = (None, None),
    over: Over = "sample",
    grain: Grain = "response",
    malformed: float | None = None,
    components: Sequence[str] = (),
    binary: bool = False,
    native: Literal["pointwise", "pairwise"] = "pointwise",
    batched: bool = False,
    shared: Sequence[str] = (),
    reduce: Reduce = "sum",
    tie: float = 0.0,
    link: Literal["logistic"] | None = None,
    differentiable: bool = False,
    deterministic: bool = True,
    needs: Sequence[str] = (),
) -> Callable[[Callable[..., Any]], LeafFactory]:
    """Make a reward factory of a function.

    `id` is dotted lower case (`boxes.iou`); a change of numbers is a new `version`. `range` bounds the
    values, None where unbounded; `malformed` is the value of an unreadable response, by default the lower
    bound. What `over` says one call sees decides what the columns are: one row's cells, or for groups
    and sets lists of them (`shared` columns once). See `Declared` for the rest.

    Raises ContractError for a malformed id or a signature with *args or **kwargs.
    """
    low, high = (-inf if range[0] is None else range[0], inf if range[1] is None else range[1])
    if malformed is None and isfinite(low):
        malformed = float(low)
    if binary and malformed not in (None, 0.0, 1.0):
        raise ContractError(f"{id} is binary, so an unreadable response is worth 0 or 1, not {malformed}")
    declared = Declared(
        (float(low), float(high)), over, grain, malformed, tuple(components), binary, native, batched,
        tuple(shared), reduce, tie, link, differentiable, deterministic, tuple(needs),
    )  # fmt: skip

    def decorate(fn: Callable[..., Any]) -> LeafFactory:
        factory = LeafFactory(id, version, fn, declared)
        registry.register(factory)
        return factory

    return decorate


class LeafFactory(Factory):
    """What `@reward` makes: call it with settings to get a reward; `.fn` is the bare function."""

    def __init__(self, id: str, version: int, fn: Callable[..., Any], declared: Declared):
        if not registry.ID.fullmatch(id) or any(map(keyword.iskeyword, id.split("."))):
            raise ContractError(f"{id!r} is not a reward id: lower case with at least one dot, like 'boxes.iou'")
        self.id, self.version, self.fn, self.declared = id, version, fn, declared
        self.__name__, self.__qualname__ = fn.__name__, fn.__qualname__
        self.__module__, self.__doc__ = fn.__module__, fn.__doc__
        self.__wrapped__ = fn
        self.required, self.optional, self.settings = _signature(id, fn)

    def __call__(self, *args: Any, **settings: Any) -> Leaf:
        """The reward with these settings. Raises TypeError for an unknown or missing one."""
        if args:
            raise TypeError(f"{self.__name__} is a reward factory: write {self.__name__}()({type(args[0]).__name__} …)")
        unknown = sorted(set(settings) - set(self.settings))
        if unknown:
            raise TypeError(f"{self.id} has no setting {unknown[0]!r}; it has: {', '.join(self.settings) or 'none'}")
        full = {name: settings.get(name, default) for name, default in self.settings.items()}
        lacking = [name for name, value in full.items() if value is inspect.Parameter.empty]
        if lacking:
            raise TypeError(f"{self.id} needs the setting {lacking[0]!r}")
        return Leaf(self, {name: _alike(_literal(self.id, name, v), self.settings[name]) for name, v in full.items()})

    @property
    def origin(self) -> tuple[str, str]:
        """(file, qualified name): what tells two definitions apart."""
        return self.fn.__code__.co_filename, self.__qualname__

    @property
    def title(self) -> str:
        """First line of its docstring."""
        return (inspect.getdoc(self.fn) or "").partition("\n")[0]

    def __reduce__(self) -> tuple[Any, ...]:
        if "<" in self.__qualname__:
            raise pickle.PicklingError(
                f"{self.id} is defined inside another function ({self.__qualname__}) and cannot be sent to "
                "another process: move it to the top level of a module"
            )
        return _find_factory, (self.__module__, self.__qualname__, self.origin[0], self.id, self.version)


class Call(NamedTuple):
    """One call of the function: its arguments, and the rows its result is for."""

    args: Sequence[Any]
    rows: list[int]


class Timed(NamedTuple):
    """What a call gave, and how long it took."""

    result: Any
    seconds: float


@dataclass(frozen=True, eq=False, repr=False)
class Leaf(Reward):
    """A reward made of one function."""

    factory: LeafFactory
    settings: Mapping[str, Any]
    renames: Mapping[str, str] = field(default_factory=dict)
    """Column the function names → column of the row."""
    label: str | None = None

    def __post_init__(self) -> None:
        d = self.factory.declared
        self.__dict__.update(
            range=d.range, over=d.over, grain=d.grain, binary=d.binary, native=d.native, tie=d.tie, link=d.link,
            differentiable=d.differentiable, deterministic=d.deterministic, needs=d.needs,
            waits=inspect.iscoroutinefunction(self.factory.fn),
        )  # fmt: skip

    @property
    def default_name(self) -> str:
        """Its id, without the version."""
        return self.factory.id

    def tree(self) -> Tree:
        """Id with version, every setting, renamed columns, name."""
        tree: Tree = {"reward": f"{self.factory.id}@{self.factory.version}", "settings": _plain(self.settings)}
        if self.renames:
            tree["reading"] = dict(self.renames)
        if self.label is not None:
            tree["name"] = self.label
        return tree

    def reading(self, **columns: str) -> Leaf:
        """Read renamed columns. Raises TypeError for a column the function does not take."""
        known = {*self.factory.required, *self.factory.optional}
        for name in columns:
            if name not in known:
                raise TypeError(f"{self.factory.id} reads no column {name!r}; it reads: {', '.join(sorted(known))}")
        return self._replace(renames={**self.renames, **columns})

    def check(self, rows: Sequence[Row]) -> None:
        """Raise ContractError if a required column is in none of the rows."""
        for name in self._columns[: len(self.factory.required)]:
            if not any(_present(row, name) for row in rows):
                there = sorted({str(k) for row in rows[:100] for k, cell in row.items() if cell is not None})
                raise ContractError(
                    f"{self.name} needs the column {name!r}, which no row has. The columns are: {', '.join(there)}. "
                    f"Map one to it when loading, or write .reading({name}=…)."
                )

    def tensor(self, batch: Mapping[str, Any]) -> Any:
        """The function's own tensor, on columns of tensors."""
        if not self.differentiable:
            return super().tensor(batch)
        return self._call(*(batch[name] for name in self._columns[: len(self.factory.required)]))

    @cached_property
    def _call(self) -> Callable[..., Any]:
        return partial(self.factory.fn, **self.settings) if self.settings else self.factory.fn

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        """The columns of the positional parameters, required ones first."""
        return tuple(self.renames.get(name, name) for name in (*self.factory.required, *self.factory.optional))

    @cached_property
    def _defaults(self) -> tuple[Any, ...]:
        """What stands in for a missing cell: the reason to skip the row, or the optional column's default."""
        lacking = [Score.inapplicable(f"no column {name!r}") for name in self._columns[: len(self.factory.required)]]
        return (*lacking, *self.factory.optional.values())

    @cached_property
    def _rowwise(self) -> bool:
        d = self.factory.declared
        return d.over in ("sample", "trajectory") and d.native == "pointwise" and not d.batched and not self.waits

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        own = {f"{self.name}/{part}": (f"{self._key}/{part}",) for part in self.factory.declared.components}
        return {self.name: (self._key,), **own}

    # -- one row ---------------------------------------------------------------------------------

    @cached_property
    def _cells(self) -> tuple[tuple[str, Callable[[Row], Any] | None, Any], ...]:
        return tuple(
            (name, DERIVED.get(name), default) for name, default in zip(self._columns, self._defaults, strict=True)
        )

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        score = memo.get(self._key)
        if score is not None:
            return score
        args = []
        for name, derive, default in self._cells:
            try:
                value = row.get(name) if derive is None else derive(row)
            except Exception as error:
                value = Score.failed(f"column {name!r} cannot be read: {error}")
            args.append(default if value is None else value)
        blank = next((a for a in args if type(a) is Score), None)
        if blank is None:
            result, seconds = self._timed(args)
            declared = self.factory.declared
            plain = type(result) is float and (result in (0.0, 1.0) if declared.binary else -inf < result < inf)
            score = Score(result) if plain and not declared.components else read_result(result, self.name, declared)
            score.seconds = seconds
        else:
            score = read_result(blank, self.name, self.factory.declared)
        memo[self._key] = score
        if score.components:  # they stand beside it, as columns do
            memo.update((f"{self._key}/{part}", value) for part, value in score.components.items())
            score.components = {}
        return score

    def _timed(self, args: Sequence[Any]) -> Timed:
        start = perf_counter()
        try:
            result = self._call(*args)
        except ContractError:
            raise
        except (Exception, SystemExit) as error:
            result = Score.failed(describe(error))
        return Timed(result, perf_counter() - start)

    # -- many rows -------------------------------------------------------------------------------

    def _start(self, batch: Batch, rows: Index) -> None:
        if not self.waits:
            return
        started = batch.started.setdefault(self._key, [])
        under_way = [r for r, _, _ in started]
        todo = batch.todo(self._key, rows)
        todo = np.setdiff1d(todo, np.concatenate(under_way)) if under_way else todo
        if len(todo):
            calls, blanks = self._calls(batch, todo)
            started.append((todo, (calls, blanks), submit(_gather(self._atimed(c.args) for c in calls))))

    async def _atimed(self, args: Sequence[Any]) -> Timed:
        start = perf_counter()
        try:
            result = await self._call(*args)
        except ContractError:
            raise
        except (Exception, SystemExit) as error:
            result = Score.failed(describe(error))
        return Timed(result, perf_counter() - start)

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        out = _Output(len(batch.rows), self.factory.declared.components)
        asked = rows
        if self.waits:
            self._start(batch, rows)
            started = batch.started.pop(self._key)
            for _, (calls, blanks), future in started:
                self._record(out, calls, blanks, (yield future))
            rows = np.sort(np.concatenate([rows[:0], *(of for of, _, _ in started)]))  # maybe more than was asked for
            batch.put(self._key, rows, out.total.take(rows))
        elif self._rowwise and not self.factory.declared.components:
            self._record_plain(out, batch, rows)
        else:
            calls, blanks = self._calls(batch, rows)
            self._record(out, calls, blanks, [self._timed(call.args) for call in calls])
        for part, column in out.parts.items():
            batch.put(f"{self._key}/{part}", rows, column.take(rows))
        return out.total if len(asked) == len(batch.rows) else out.total.take(asked)

    def _filled(self, batch: Batch) -> tuple[list[list[Any]], dict[int, Score]]:
        """The columns with defaults filled in, and the results of rows that no call can be made for."""
        cells: list[list[Any]] = []
        blanks: dict[int, Score] = {}
        for name, default in zip(self._columns, self._defaults, strict=True):
            column = [default if c is None else c for c in batch.column(name)]
            blanks = {i: c for i, c in enumerate(column) if type(c) is Score} | blanks  # the first says why
            cells.append(column)
        return cells, blanks

    def _calls(self, batch: Batch, rows: Index) -> tuple[list[Call], dict[int, Score]]:
        """The calls to make for these rows, and the results of rows that none can be made for."""
        cells, blanks = self._filled(batch)
        over = self.factory.declared.over
        blocks = batch.blocks(over, rows) if over in ("group", "set") else [rows]
        ready = [[i for i in block.tolist() if i not in blanks] for block in blocks]
        if over in ("group", "set") or self.factory.declared.batched:
            return [Call(self._lists(cells, block), block) for block in ready if block], blanks
        return [Call([column[i] for column in cells], [i]) for i in ready[0]], blanks

    def _lists(self, cells: list[list[Any]], block: list[int]) -> list[Any]:
        args: list[Any] = []
        for name, column in zip((*self.factory.required, *self.factory.optional), cells, strict=True):
            members = [column[i] for i in block]
            if name in self.factory.declared.shared:
                if any(not _same(m, members[0]) for m in members[1:]):
                    raise ContractError(f"{self.name}: {name!r} differs within one {self.over} (rows {block[:8]}…)")
                args.append(members[0])
            else:
                args.append(members)
        return args

    def _record_plain(self, out: _Output, batch: Batch, rows: Index) -> None:
        """The hot loop: one float a row costs no objects of its own."""
        values, status, seconds = out.total.values, out.total.status, out.seconds
        declared = self.factory.declared
        binary = declared.binary
        cells, blanks = self._filled(batch)
        args = list(zip(*cells, strict=True)) if cells else [()] * len(batch.rows)
        for i in rows.tolist():
            if i in blanks:
                continue
            result, took = self._timed(args[i])
            seconds[i] = took
            if type(result) is float and (result in (0.0, 1.0) if binary else -inf < result < inf):
                values[i] = result
                status[i] = 0
            else:
                out.put(i, read_result(result, self.name, declared), took)
        self._record(out, [], blanks, [])

    def _record(self, out: _Output, calls: list[Call], blanks: dict[int, Score], timed: Sequence[Timed]) -> None:
        declared = self.factory.declared
        for call, (result, seconds) in zip(calls, timed, strict=True):
            each = seconds / len(call.rows)
            for i, one in zip(call.rows, self._shared_out(result, len(call.rows)), strict=True):
                out.put(i, read_result(one, self.name, declared), each)
        for i, blank in blanks.items():
            out.put(i, read_result(blank, self.name, declared), NAN)

    def _shared_out(self, result: Any, n: int) -> Iterable[Any]:
        """A call's result as one result a row. Raises ContractError for a wrong number of them."""
        d = self.factory.declared
        if d.over == "set" or isinstance(result, Score):
            return [result] * n
        if d.over != "group" and not d.batched:
            return [result]
        if isinstance(result, (str, bytes, Mapping)) or not hasattr(result, "__len__") or len(result) != n:
            what = f"{len(result)} results" if hasattr(result, "__len__") else repr(result)[:80]
            raise ContractError(f"{self.name} must return exactly {n} results, one a row, not {what}")
        return result.tolist() if hasattr(result, "tolist") else list(result)

    def __reduce__(self) -> tuple[Any, ...]:
        return _make_leaf, (self.factory, dict(self.settings), dict(self.renames), self.label)


class _Output:
    """The columns a leaf fills: its total and its declared components."""

    def __init__(self, n: int, parts: Sequence[str]):
        self.total = Column.empty(n)
        assert self.total.seconds is not None
        self.seconds = self.total.seconds
        self.parts = {name: Column.empty(n) for name in parts}

    def put(self, i: int, score: Score, seconds: float) -> None:
        self.total.put(i, score)
        self.seconds[i] = seconds
        for name, column in self.parts.items():
            column.put(i, score.components[name])


async def _gather(work: Iterable[Any]) -> list[Timed]:
    import asyncio

    return list(await asyncio.gather(*work))


def _make_leaf(factory: LeafFactory, settings: dict[str, Any], renames: dict[str, str], label: str | None) -> Leaf:
    return Leaf(factory, settings, renames, label)


def _find_factory(module: str, qualname: str, file: str, id: str, version: int) -> LeafFactory:
    """The factory in this process: import its module, else run its file. For unpickling.

    Raises ContractError where the version found here is another one.
    """
    from guerdon.sources import find

    found = find(module, qualname, file)
    if not isinstance(found, LeafFactory):
        raise ContractError(
            f"{id} was sent as {module}.{qualname}, which is a {type(found).__name__} here: a reward that travels "
            "stands under the name of its function, where @reward puts it"
        )
    if (found.id, found.version) != (id, version):
        what = f"{found.id}@{found.version}"
        raise ContractError(f"{id}@{version} was sent, but {file} has {what} here: both sides must run the same code")
    return found


def _present(row: Row, name: str) -> bool:
    try:
        return cell(row, name) is not None
    except Exception:
        return True  # there, but unreadable: the row's own problem, told when it is scored


def _same(a: Any, b: Any) -> bool:
    return a is b or bool(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b)


def _literal(id: str, name: str, value: Any) -> Any:
    """A setting as a literal, lists as tuples, so that equal settings are equal after a round trip."""
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, np.generic):
        return _literal(id, name, value.item())
    if isinstance(value, (list, tuple)):
        return tuple(_literal(id, name, v) for v in value)
    if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        return {k: _literal(id, name, v) for k, v in value.items()}
    raise TypeError(f"{id}: the setting {name}={value!r:.80} is not a literal; hold such things in a Reward class")


def _alike(value: Any, default: Any) -> Any:
    """The value as its default is written: 3 and 3.0 are one setting."""
    return float(value) if type(default) is float and type(value) is int else value


def _plain(value: Any) -> Any:
    """A literal as JSON has it."""
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def _signature(id: str, fn: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], dict[str, Any]]:
    """(required columns, optional columns with defaults, settings with defaults)."""
    required, optional, settings = [], {}, {}
    for name, parameter in inspect.signature(fn).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ContractError(f"{id}: *args and **kwargs hide which columns a reward reads; name them")
        if parameter.kind is parameter.KEYWORD_ONLY:
            settings[name] = parameter.default
        elif parameter.default is parameter.empty:
            required.append(name)
        else:
            optional[name] = parameter.default
    return tuple(required), optional, settings
