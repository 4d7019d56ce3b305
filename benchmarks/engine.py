"""What the engines cost and bring. Prints one table; takes about half a minute, and wants two idle cores.

Every time is of a whole `map`, starting its workers included. The ideal of waiting work is its number of
rounds: 512 samples at 64 at a time are 8 rounds of 50 ms.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from timeit import timeit

from _table import Figure, show, side_by_side

from guerdon import reward
from guerdon.engine import map
from guerdon.worker import Worker

SAMPLES, WAIT, AT_ONCE = 512, 0.05, 64
IDEAL = SAMPLES / AT_ONCE * WAIT


@reward("bench.heavy", range=(0, None))
def heavy(n: int) -> float:
    """About 10 ms of pure Python."""
    total = 0
    for i in range(n):
        total += i * i % 7
    return float(total)


@reward("bench.wait")
def wait(n: int) -> float:
    """Waits as for a service."""
    time.sleep(WAIT)
    return float(n)


@reward("bench.wait_async")
async def wait_async(n: int) -> float:
    """Waits as for a service that takes 64 requests at once."""
    async with _slots():
        await asyncio.sleep(WAIT)
    return float(n)


_semaphore: list[asyncio.Semaphore] = []


def _slots() -> asyncio.Semaphore:
    if not _semaphore:
        _semaphore.append(asyncio.Semaphore(AT_ONCE))
    return _semaphore[0]


@reward("bench.length", range=(0, None))
def length(response: str) -> float:
    """Next to nothing."""
    return float(len(response))


def scaling() -> Figure:
    """Two processes against one."""
    rows = [{"n": 150_000}] * 400
    two, one = side_by_side(
        partial(map, heavy(), rows, engine="processes", workers=2),
        partial(map, heavy(), rows, engine="processes", workers=1),
        repeat=2,
    )
    return Figure("400 CPU-heavy samples, two processes", two, "one process", one, goal=1.7, floor=one / 2)


def waiting() -> list[Figure]:
    """Threads and async rewards against the ideal."""
    rows = [{"n": i} for i in range(SAMPLES)]
    threads, async_inline = side_by_side(
        partial(map, wait(), rows, engine="threads", workers=AT_ONCE),
        partial(map, wait_async(), rows, batch=SAMPLES),
    )
    what = f"{SAMPLES} samples of {WAIT * 1e3:.0f} ms at {AT_ONCE} at once"
    return [
        Figure(f"{what}, threads", threads, "ideal", IDEAL, goal=1 / 1.2, floor=IDEAL),
        Figure(f"{what}, async inline", async_inline, "ideal", IDEAL, goal=1 / 1.2, floor=IDEAL),
    ]


def overheads() -> list[Figure]:
    """What containment costs where there is nothing to contain."""
    rows = [{"response": "x" * (i % 50)} for i in range(20_000)]
    inline, plain = side_by_side(partial(map, length(), rows), partial(length(), rows))
    contained, _ = side_by_side(partial(map, length(), rows, engine="processes", workers=1), lambda: None, repeat=3)
    n = 2_000
    with Worker() as worker, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        ours, theirs = side_by_side(
            lambda: timeit(lambda: worker.call(abs, -1, seconds=5), number=n),
            lambda: timeit(lambda: pool.submit(abs, -1).result(timeout=5), number=n),
        )
    return [
        Figure("a call of a warm worker with a deadline", ours / n, "ProcessPoolExecutor", theirs / n),
        Figure("20 000 trivial samples, inline", inline, "reward(samples)", plain),
        Figure("20 000 trivial samples, one process", contained, "reward(samples)", plain),
    ]


def main() -> int:
    """Print the table; returns 1 if a goal was missed."""
    return show("Engine", [scaling(), *waiting(), *overheads()])


if __name__ == "__main__":
    raise SystemExit(main())
