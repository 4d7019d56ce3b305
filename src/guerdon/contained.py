"""Scoring where a sample that hangs, exits, crashes or eats all memory costs itself alone.

Used by the engines `processes` and `ray`: the work is done in a warm process (`worker.py`), here or
beside a Ray actor on another machine. Whoever is in the works when it dies is the culprit.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from guerdon import child
from guerdon.reward import Reward
from guerdon.sample import Row
from guerdon.scores import ContractError, Score, Status
from guerdon.worker import Pool, Worker, WorkerDied, WorkerTimeout


class Job(NamedTuple):
    """A reward on its way to workers, and what its samples may take."""

    reward: bytes
    """Pickled."""
    names: tuple[str, ...]
    """Of its components."""
    rowwise: bool
    """Whether it scores row by row; else a batch, group or set is scored in one go."""
    seconds: float | None
    """For each sample; None: no limit."""
    memory_bytes: int | None
    """For each worker; None: a fair share of its machine's memory."""

    def failed(self, reason: str) -> Score:
        """The score of a sample that broke its worker."""
        return Score(None, Status.FAILED, reason, {name: Score.failed(reason) for name in self.names})


class Work(NamedTuple):
    """Rows that must be scored together."""

    rows: list[Row]
    results: int
    """How many rows of the result they give."""


Run = Callable[[list[Work]], list[Score]]


def ship(reward: Reward, seconds: float | None, memory_bytes: int | None) -> Job:
    """A job for workers. Raises ContractError for a reward that cannot be sent."""
    child.refuse_while_loading()
    try:
        blob = pickle.dumps(reward, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ContractError(f"{reward} cannot be sent to another process: {error}") from error
    return Job(blob, reward.components, reward._rowwise, seconds, memory_bytes)


@contextmanager
def processes(job: Job, n: int) -> Iterator[Run]:
    """Scores work on n processes of this machine; call it from n threads. They end with the context."""

    def run(work: list[Work]) -> list[Score]:
        with pool.worker() as worker:
            return score(worker, job, work)

    with Pool(n, job.memory_bytes or fair_share(n)) as pool:
        yield run


@contextmanager
def ray_actors(job: Job, n: int) -> Iterator[Run]:
    """Scores work on n Ray actors, on the cluster Ray is connected to, else on a local one of its own."""
    try:
        import ray
    except ImportError as error:
        raise ContractError("engine=\"ray\" needs Ray: pip install 'guerdon[ray]'") from error
    ours = not ray.is_initialized()
    if ours:
        ray.init(num_cpus=n, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    make = ray.remote(max_restarts=3, max_task_retries=3)(_Actor)
    actors: list[Any] = [make.remote(job, n, child.origin()) for _ in range(n)]
    free: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for actor in actors:
        free.put(actor)

    def run(work: list[Work]) -> list[Score]:
        actor = free.get()
        try:
            result: list[Score] = ray.get(actor.score.remote(work))
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        finally:
            free.put(actor)
        return result

    try:
        yield run
    finally:
        for actor in actors:
            ray.kill(actor)
        if ours:
            ray.shutdown()


class _Actor:
    """What runs on Ray: a warm worker, so that the actor itself cannot hang or die."""

    def __init__(self, job: Job, n: int, origin: child.Origin):
        child.adopt(origin)
        self.job = job
        self.worker = Worker(job.memory_bytes or fair_share(n))

    def score(self, work: list[Work]) -> list[Score]:
        return score(self.worker, self.job, work)


def score(worker: Worker, job: Job, work: Sequence[Work]) -> list[Score]:
    """The results of some work, in order; whatever kills the worker is FAILED.

    A batch that kills it is tried again unit by unit, for the culprit.
    """
    rows = [row for unit in work for row in unit.rows]
    if job.rowwise:
        return _row_by_row(worker, job, rows)
    seconds = None if job.seconds is None else job.seconds * len(rows)
    try:
        return worker.call(_score_rows, _Shipped(job.reward), rows, seconds=seconds)
    except (WorkerTimeout, WorkerDied) as error:
        if len(work) == 1:
            return [job.failed(str(error))] * work[0].results
    return [result for unit in work for result in score(worker, job, [unit])]


def _row_by_row(worker: Worker, job: Job, rows: Sequence[Row]) -> list[Score]:
    one = partial(_score_row, _Shipped(job.reward))
    scores: list[Score] = []
    while len(scores) < len(rows):
        rest = rows[len(scores) :]
        try:
            scores += worker.each(one, [(row,) for row in rest], seconds=job.seconds)
        except (WorkerTimeout, WorkerDied) as error:
            if error.begun or len(rest) == 1:
                scores += [*error.done, job.failed(str(error))]
            else:  # one of these rows cannot even be read: send each alone
                scores += [result for row in rest for result in _row_by_row(worker, job, [row])]
    return scores


def fair_share(n: int) -> int:
    """Bytes of memory for each of n workers beside their parent."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):  # no control group, or "max": no limit there
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return memory // (n + 1)


# -- in the worker -----------------------------------------------------------------------------------


class _Shipped:
    """A pickled reward that arrives as the reward itself, unpickled once a process."""

    def __init__(self, blob: bytes):
        self.blob = blob

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (self.blob,)


@lru_cache(maxsize=2)
def _arrived(blob: bytes) -> Any:
    return pickle.loads(blob)


def _score_row(reward: Any, row: Row) -> Score:
    return _within_memory(reward.one(row))


def _score_rows(reward: Any, rows: list[Row]) -> list[Score]:
    scores = reward.score_unchecked(rows)
    return [_within_memory(scores[i]) for i in range(len(scores))]


def _within_memory(score: Score) -> Score:
    """Raises MemoryError again where a reward's failure hid it, so that the next row gets a fresh process."""
    if score.status == Status.FAILED and "MemoryError" in score.reason:
        raise MemoryError
    return score
