"""Micro-batches: what several requests ask at about the same time is scored by one call."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import NamedTuple

from guerdon.contained import Work
from guerdon.serve.limits import Refused
from guerdon.serve.scoring import Result


class Waiting(NamedTuple):
    """A unit in the queue."""

    unit: Work
    since: float
    answer: asyncio.Future[Result]


class Batcher:
    """Scores units by calls of `run`, as many at once as there are `lanes`.

    A call gets what is waiting when a lane is free, up to `size` samples, once the oldest has waited
    `seconds`. At most `capacity` samples are accepted at a time; whoever asks for more is Refused. `seen` is told
    samples and seconds of every call. Use it as an async context: it ends when all that was accepted is done.
    """

    def __init__(
        self, run: Callable[[Sequence[Work]], Sequence[Result]], *, lanes: int, size: int, seconds: float,
        capacity: int, seen: Callable[[int, float], object] = lambda samples, seconds: None,
    ):  # fmt: skip
        self._run, self._size, self._seconds, self._capacity, self._seen = run, size, seconds, capacity, seen
        self.pending = 0
        """Samples accepted and not yet answered."""
        self._lanes = lanes
        self._pace = 0.0
        """Seconds a sample took in the last call."""

    async def score(self, units: Sequence[Work]) -> list[Result]:
        """The results of some units, in order. Raises Refused with 429 where too much is waiting already."""
        samples = sum(len(unit.rows) for unit in units)
        if self.pending + samples > self._capacity:
            raise Refused(429, f"{self.pending} samples are waiting already: try again later", self._patience())
        self.pending += samples
        loop = asyncio.get_running_loop()
        waiting = [Waiting(unit, loop.time(), loop.create_future()) for unit in units]
        for item in waiting:
            self._queue.put_nowait(item)
        return [await item.answer for item in waiting]

    async def __aenter__(self) -> Batcher:
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()
        self._collecting = asyncio.Lock()
        self._threads = ThreadPoolExecutor(self._lanes, thread_name_prefix="guerdon-serve")
        self._tasks = [asyncio.create_task(self._lane()) for _ in range(self._lanes)]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._queue.join()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown()

    async def _lane(self) -> None:
        while True:
            async with self._collecting:  # one lane at a time, or idle ones would share a batch out between them
                batch = await self._collect()
            await self._answer(batch)

    async def _collect(self) -> list[Waiting]:
        batch = [await self._queue.get()]
        samples = len(batch[0].unit.rows)
        try:
            async with asyncio.timeout_at(batch[0].since + self._seconds):
                while samples < self._size:
                    batch.append(await self._queue.get())
                    samples += len(batch[-1].unit.rows)
        except TimeoutError:
            pass
        return batch

    async def _answer(self, batch: list[Waiting]) -> None:
        start = perf_counter()
        units = [item.unit for item in batch]
        results = await asyncio.get_running_loop().run_in_executor(self._threads, self._run, units)
        seconds, samples = perf_counter() - start, sum(len(unit.rows) for unit in units)
        self._pace = seconds / samples
        self._seen(samples, seconds)
        for item, result in zip(batch, results, strict=True):
            self.pending -= len(item.unit.rows)
            self._queue.task_done()
            if not item.answer.done():  # whoever asked may have gone
                item.answer.set_result(result)

    def _patience(self) -> int:
        """Seconds until what is waiting now should be done, 1–60."""
        return min(60, max(1, math.ceil(self.pending * self._pace / self._lanes)))
