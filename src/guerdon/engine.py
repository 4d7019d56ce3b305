"""`map`: one reward over many samples, with the same result whichever engine runs it.

| engine      | for                                    | a sample that hangs, exits or eats all memory |
|-------------|----------------------------------------|-----------------------------------------------|
| `inline`    | fast rules; batched and async rewards  | takes the run with it                         |
| `threads`   | waiting: judges, disks, services       | takes the run with it                         |
| `processes` | heavy or untrusted work on one machine | is one FAILED row                             |
| `ray`       | the same on many machines              | is one FAILED row                             |

Groups and sets are never split. With a store, finished rows are kept chunk by chunk, so that an
interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from typing import Any, Literal, NamedTuple

import numpy as np

from guerdon.batch import Batch, block_key, row_keys
from guerdon.contained import Work, processes, ray_actors, ship
from guerdon.reward import Reward, as_reward
from guerdon.sample import Row
from guerdon.scores import ContractError, Score, Scores, score_from_dict
from guerdon.store import Entry, Store, StoreError, StoreWarning, digest

Engine = Literal["inline", "threads", "processes", "ray"]
Progress = bool | Literal["force"] | Callable[[int], object]
CONTAINED = {"processes": processes, "ray": ray_actors}
BATCH = 256
THREADS = 32


def map(
    reward: Reward,
    samples: Any,
    *,
    engine: Engine = "inline",
    workers: int | None = None,
    batch: int | None = None,
    seconds: float | None = None,
    memory_bytes: int | None = None,
    store: Store | str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: Progress = False,
) -> Scores:
    """Score samples as `reward(samples)` does, in the same order, by the given engine.

    `workers` is by default the number of processors, for threads 32. A worker gets about `batch` rows at
    once, by default at most 256. Where work is contained, `seconds` bounds each sample (a batch or a group
    as many times that; the clock starts when the work does) and `memory_bytes` what a worker may allocate,
    by default a fair share of the machine's memory. `progress` shows a bar on standard error if that is a
    terminal, "force" anywhere; or it is called with the number of rows that have been finished.

    Finished rows go to `store`; with `resume`, rows that it has are not scored again. They are known by
    the reward, their id (else position) and their content, so changed code needs a new version of the
    reward. If the store fails on the way (a full disk), the run goes on in memory, warns, and leaves the
    number of rows that were not kept in `store.unsaved`.

    Raises ContractError where the reward breaks its contract or the engine cannot do what is asked, and
    StoreError where the store cannot be opened.
    """
    _check_request(engine, {"workers": workers, "batch": batch, "seconds": seconds, "memory_bytes": memory_bytes})
    plan = _plan(as_reward(reward), samples)
    keeper = None if store is None else _Keeper(store, plan)
    kept = keeper.kept() if keeper is not None and resume else {}
    parts = [(tuple(kept), plan.scores(list(kept.values()), tuple(kept)))]
    n = workers or {"inline": 1, "threads": THREADS}.get(engine) or os.cpu_count() or 1
    size = batch or min(BATCH, max(1, -(-len(plan.rows) // (4 * n))))
    chunks = _chunks((unit for unit in plan.units if unit.outputs[0] not in kept), size)
    with _runner(plan, engine, n, seconds, memory_bytes) as run, bar(len(plan.keys), progress) as advance:
        advance(len(kept))
        with closing(_unordered(run, chunks, 0 if engine == "inline" else n)) as results:
            for outputs, scores in results:
                scores.key = plan.names(outputs)
                parts.append((outputs, scores))
                if keeper is not None:
                    keeper.keep(outputs, scores)
                advance(len(outputs))
    if keeper is not None:
        keeper.close()
    order = np.concatenate([np.array(outputs, dtype=np.intp) for outputs, _ in parts])
    return Scores.concat(scores for _, scores in parts).take(np.argsort(order))


def _check_request(engine: str, given: dict[str, float | None]) -> None:
    if engine not in ("inline", "threads", *CONTAINED):
        raise ContractError(f"there is no engine {engine!r}, only inline, threads, processes and ray")
    for name, value in given.items():
        if value is None:
            continue
        if not value > 0:
            raise ContractError(f"{name} must be positive, not {value}")
        if name in ("seconds", "memory_bytes") and engine not in CONTAINED:
            raise ContractError(f'engine="{engine}" cannot stop a sample: for {name}=…, use engine="processes"')
        if name == "workers" and engine == "inline" and value > 1:
            raise ContractError('engine="inline" is one worker: use engine="threads" or engine="processes" for more')


# -- what is scored together -------------------------------------------------------------------------


class Unit(NamedTuple):
    """Rows that must be scored together: one row, or a whole group or set."""

    rows: tuple[int, ...]
    outputs: tuple[int, ...]
    """The rows of the result that they give."""


Chunk = list[Unit]
Run = Callable[[Chunk], Scores]


class Plan(NamedTuple):
    """A reward, the rows it is to score, and how they belong together."""

    reward: Reward
    rows: Sequence[Row]
    units: list[Unit]
    keys: tuple[str, ...]
    """Of the rows of the result."""

    def scores(self, scores: list[Score], outputs: Sequence[int]) -> Scores:
        """Single results as a table."""
        of = self.reward
        return Scores.from_scores(
            scores, names=of.components, key=self.names(outputs),
            over=of.over, grain=of.grain, range=of.range, record=of.record,
        )  # fmt: skip

    def names(self, outputs: Sequence[int]) -> tuple[str, ...]:
        """Keys of some rows of the result."""
        return tuple(self.keys[i] for i in outputs)


def _plan(reward: Reward, samples: Any) -> Plan:
    rows = reward._checked(samples)
    batch, kinds = Batch(rows), {part.over for part in reward.walk()}
    columns = [by for by in ("group", "set") if by in kinds and any(x is not None for x in batch.column(by))]
    blockings = [[tuple(block.tolist()) for block in batch.blocks(by, batch.all)] for by in columns]
    if reward.over == "set" and blockings:
        sets = blockings[0]
        units = [Unit(members, (i,)) for i, members in enumerate(sets)]
        return Plan(reward, rows, units, tuple(block_key(rows[members[0]], "set") for members in sets))
    blocks = _connected(len(rows), blockings) if blockings else [(i,) for i in range(len(rows))]
    return Plan(reward, rows, [Unit(block, block) for block in blocks], row_keys(rows))


def _connected(n: int, blockings: list[list[tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """The finest blocks that split none of the given ones: a set may reach across groups."""
    if len(blockings) == 1:
        return blockings[0]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = np.array([(block[0], i) for blocks in blockings for block in blocks for i in block]).T
    _, labels = connected_components(coo_array((np.ones(edges.shape[1]), edges), shape=(n, n)), directed=False)
    members: dict[int, list[int]] = {}
    for i, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(i)
    return [tuple(block) for block in members.values()]


def _chunks(units: Iterable[Unit], size: int) -> Iterator[Chunk]:
    """Units in order, as many at once as it takes to have `size` rows."""
    chunk: Chunk = []
    n = 0
    for unit in units:
        chunk.append(unit)
        n += len(unit.rows)
        if n >= size:
            yield chunk
            chunk, n = [], 0
    if chunk:
        yield chunk


# -- running -----------------------------------------------------------------------------------------


@contextmanager
def _runner(plan: Plan, engine: str, n: int, seconds: float | None, memory_bytes: int | None) -> Iterator[Run]:
    """What scores one chunk, on this thread or beside it."""
    if engine not in CONTAINED:
        yield lambda chunk: plan.reward.score_unchecked([plan.rows[i] for unit in chunk for i in unit.rows])
        return
    with CONTAINED[engine](ship(plan.reward, seconds, memory_bytes), n) as score:

        def run(chunk: Chunk) -> Scores:
            results = score([Work([plan.rows[i] for i in unit.rows], len(unit.outputs)) for unit in chunk])
            return plan.scores(results, _outputs(chunk))

        yield run


def _unordered(run: Run, chunks: Iterable[Chunk], threads: int) -> Generator[tuple[tuple[int, ...], Scores]]:
    """(outputs, scores) of chunks as they finish, a few ahead of who takes them; 0 threads: in this one."""
    if not threads:
        yield from ((_outputs(chunk), run(chunk)) for chunk in chunks)
        return
    executor = ThreadPoolExecutor(threads, thread_name_prefix="guerdon")
    pending: dict[Future[Scores], Chunk] = {}

    def finished() -> Iterator[tuple[tuple[int, ...], Scores]]:
        for future in wait(pending, return_when=FIRST_COMPLETED).done:
            yield _outputs(pending.pop(future)), future.result()

    try:
        for chunk in chunks:
            pending[executor.submit(run, chunk)] = chunk
            if len(pending) >= 2 * threads:
                yield from finished()
        while pending:
            yield from finished()
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _outputs(chunk: Chunk) -> tuple[int, ...]:
    return tuple(i for unit in chunk for i in unit.outputs)


@contextmanager
def bar(total: int | None, show: Progress) -> Iterator[Callable[[int], object]]:
    """Shows progress; call it with the number of rows that have been finished. `total` is None where nobody knows."""
    if callable(show) or not show:
        yield show or (lambda n: None)
        return
    from rich import progress as rich
    from rich.console import Console

    console = Console(stderr=True, force_terminal=True if show == "force" else None)
    time = rich.TimeElapsedColumn() if total is None else rich.TimeRemainingColumn()
    columns = (rich.TextColumn("scoring"), rich.BarColumn(), rich.MofNCompleteColumn(), time)
    with rich.Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        yield lambda n: progress.advance(task, n)


# -- keeping -----------------------------------------------------------------------------------------


class _Keeper:
    """Puts finished rows into a store, and finds them there."""

    def __init__(self, store: Store | str | os.PathLike[str], plan: Plan):
        self.store = store if isinstance(store, Store) else Store(store)
        self.plan = plan
        self.entries = _entries(plan)
        self.waiting: list[tuple[Entry, dict[str, Any]]] = []
        self.enough = 0
        """How many rows must wait before the next try."""

    def kept(self) -> dict[int, Score]:
        """The rows of the result that are there already, by position; a unit is there whole or not at all."""
        found = self.store.get_scores(self.plan.reward.digest, self.entries)
        whole = [unit for unit in self.plan.units if all(found[i] is not None for i in unit.outputs)]
        return {i: score_from_dict(found[i] or {}) for unit in whole for i in unit.outputs}

    def keep(self, outputs: Sequence[int], scores: Scores) -> None:
        """Put rows into the store, or let them wait for the next try if it fails."""
        self.waiting += [(self.entries[i], row) for i, row in zip(outputs, scores.to_rows(), strict=True)]
        error = self._written() if len(self.waiting) >= self.enough else None
        if error is not None and not self.store.unsaved:
            _warn(f"{error}. The run goes on in memory; finished rows are kept as soon as the store can be written.")
        self.store.unsaved = len(self.waiting)

    def _written(self) -> StoreError | None:
        try:
            self.store.put_scores(self.plan.reward.digest, self.plan.reward.record, self.waiting)
        except StoreError as error:
            self.enough = 2 * len(self.waiting)  # a try costs as much as there is: all tries together stay linear
            return error
        self.waiting, self.enough = [], 0
        return None

    def close(self) -> None:
        """Try a last time, and say what could not be kept."""
        if self.waiting:
            self._written()
            self.store.unsaved = len(self.waiting)
        if self.waiting:
            _warn(
                f"{len(self.waiting)} finished rows are in this result but not in {self.store.path}: "
                "write the result somewhere else, or they will be scored again."
            )


def _entries(plan: Plan) -> list[Entry]:
    """How the store knows the rows of the result: by key and the content of all that they were scored with."""
    entries = [Entry("", "")] * len(plan.keys)
    seen: Counter[Entry] = Counter()
    for unit in plan.units:
        try:
            content = digest([plan.rows[i] for i in unit.rows])
        except TypeError as error:
            raise ContractError(f"row {plan.keys[unit.outputs[0]]!r} cannot be kept: {error}") from error
        for i in unit.outputs:
            entry = Entry(plan.keys[i], content)
            seen[entry] += 1
            entries[i] = entry if seen[entry] == 1 else Entry(entry.key, f"{content}#{seen[entry]}")
    return entries


def _warn(message: str) -> None:
    warnings.warn(message, StoreWarning, stacklevel=4)  # the caller of `map`
