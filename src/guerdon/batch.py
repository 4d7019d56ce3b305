"""One call's rows, what has been computed on them so far, and how sync and async callers drive it.

Evaluation is written once, as generators that yield the futures they must wait for. A sync caller
waits for each (`drive`), an async one awaits it (`adrive`); async work itself runs on one daemon
event loop per process, so a reward behaves the same from a script, a thread, a notebook or a server.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Coroutine, Generator, Hashable, Iterable, Mapping, Sequence
from functools import cache
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from guerdon.sample import DERIVED, Broken, Row, cell
from guerdon.scores import Column, ContractError, Score, Status

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

T = TypeVar("T")
LOOP_NAME = "guerdon-loop"
_starting = threading.Lock()
Index = NDArray[np.intp]
Steps = Generator[Any, Any, T]
"""A computation that yields the futures it waits for."""


class Batch:
    """The rows of one call and a memo of every distinct reward's column on them."""

    def __init__(self, rows: Sequence[Row]):
        self.rows = rows
        self.all: Index = np.arange(len(rows))
        self.memo: dict[str, Column] = {}
        """By evaluation key; rows not computed yet are SKIPPED."""
        self.started: dict[str, list[tuple[Index, Any, Future[Any]]]] = {}
        """Async work under way, by evaluation key: on which rows, for which calls, and its future."""
        self._cells: dict[str, list[Any]] = {}

    def column(self, name: str) -> list[Any]:
        """A column over all rows as rewards get it. A cell that cannot be read (a broken image) is
        a FAILED Score in its place: it costs its row, not the batch."""
        cells = self._cells.get(name)
        if cells is None:
            derive = DERIVED.get(name)
            try:
                cells = [row.get(name) for row in self.rows] if derive is None else list(map(derive, self.rows))
            except Exception:  # at least one is unreadable: find out which
                cells = [_safe_cell(row, name) for row in self.rows]
            self._cells[name] = cells
        return cells

    def blocks(self, by: str, rows: Index) -> list[Index]:
        """The whole groups (or sets) that the given rows belong to, in order of first appearance.

        Raises ContractError for a row without the column, or a group that `<by>_size` says is incomplete.
        """
        members: dict[Any, list[int]] = {}
        for i, name in enumerate(self.column(by)):
            if isinstance(name, Score):  # an unreadable row is a block of its own
                name = object()
            if name is None:
                raise ContractError(
                    f"row {i} has no {by!r} column, which this reward needs: say which rows belong together"
                )
            if not isinstance(name, Hashable):
                raise ContractError(f"row {i} has a {type(name).__name__} as its {by!r}; a name or number is needed")
            members.setdefault(name, []).append(i)
        sizes = self.column(f"{by}_size")
        for name, block in members.items():
            size = sizes[block[0]]
            if isinstance(size, (int, float, np.number)) and size != len(block):
                raise ContractError(f"{by} {name!r} is incomplete: {len(block)} of {size} rows are here")
        wanted = set(rows.tolist())
        return [np.array(block) for block in members.values() if not wanted.isdisjoint(block)]

    def todo(self, key: str, rows: Index) -> Index:
        """Those of the rows that have not been computed yet, ascending, as all computing expects them."""
        column = self.memo.get(key)
        return np.sort(rows if column is None else rows[column.status[rows] == Status.SKIPPED])

    def put(self, key: str, rows: Index, part: Column) -> Column:
        """Record a column's values on some rows; returns the whole column."""
        whole = self.memo.get(key)
        if whole is None and len(rows) == len(self.rows):
            self.memo[key] = part
            return part
        if whole is None:
            whole = self.memo[key] = Column.empty(len(self.rows))
        whole.scatter(rows, part)
        return whole


def row_keys(rows: Sequence[Row]) -> tuple[str, ...]:
    """Identity of each row: its `id`, else its position."""
    return tuple(str(i if k is None else k) for i, k in enumerate([row.get("id") for row in rows]))


def block_key(row: Row, by: str) -> str:
    """The name of the group or set a row belongs to; an unreadable row is one of its own."""
    return str(row.get("id") if isinstance(row, Broken) else row.get(by))


def _safe_cell(row: Row, name: str) -> Any:
    try:
        return cell(row, name)
    except Exception as error:
        return Score.failed(f"column {name!r} cannot be read: {error}")


def as_rows(samples: Any) -> Sequence[Row]:
    """Rows from what people pass: one row, an iterable of rows, a datasets.Dataset, or a path.

    Raises ContractError for anything that is not a row.
    """
    if isinstance(samples, (str, PathLike)):
        from guerdon.load import load

        return load(Path(samples))
    if isinstance(samples, Mapping) and not hasattr(samples, "column_names"):
        return [samples]
    if not isinstance(samples, Iterable):
        raise ContractError(f"expected samples (dicts, Samples, a Dataset or a path), not {type(samples).__name__}")
    rows = samples if isinstance(samples, list) else list(samples)
    for i, row in enumerate(rows):
        if type(row) is not dict and not isinstance(row, Mapping):
            raise ContractError(f"sample {i} is a {type(row).__name__}, not a dict or Sample: {row!r:.80}")
    return rows


@cache
def _loop(pid: int) -> asyncio.AbstractEventLoop:
    # Keyed by process, so that a forked child starts a loop of its own.
    import asyncio

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=LOOP_NAME, daemon=True).start()
    return loop


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run a coroutine on this process's guerdon loop."""
    import asyncio  # a third of the time that `import guerdon` would take

    with _starting:
        loop = _loop(os.getpid())
    return asyncio.run_coroutine_threadsafe(work, loop)


def drive(steps: Steps[T]) -> T:
    """Run a computation to its end, waiting in this thread.

    Raises ContractError if it would wait on the very loop it runs on.
    """
    try:
        future = next(steps)
        while True:
            if threading.current_thread().name == LOOP_NAME:
                raise ContractError(
                    "an async reward was called synchronously from guerdon's own loop: await reward.ascore(…)"
                )
            future = steps.send(future.result())
    except StopIteration as stop:
        result: T = stop.value
        return result


async def adrive(steps: Steps[T]) -> T:
    """Run a computation to its end, awaiting what it waits for."""
    import asyncio

    try:
        future = next(steps)
        while True:
            future = steps.send(await asyncio.wrap_future(future))
    except StopIteration as stop:
        result: T = stop.value
        return result
