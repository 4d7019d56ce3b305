"""Micro-batches, with a stand-in for the workers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from typing import Any

import pytest

from guerdon.contained import Work
from guerdon.scores import Score
from guerdon.serve.batching import Batcher
from guerdon.serve.limits import Refused
from guerdon.serve.scoring import Result


class Calls:
    """Scores a row by its value, remembers every call, and can be held up."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, units: Sequence[Work]) -> list[Result]:
        assert self.go.wait(10)
        self.sizes.append(len(units))
        return [[Score(float(row["v"])) for row in unit.rows] for unit in units]


def unit(*values: float) -> Work:
    return Work([{"v": v} for v in values], len(values))


def batcher(calls: Calls, **changes: Any) -> Batcher:
    settings: dict[str, Any] = {"lanes": 1, "size": 8, "seconds": 0.05, "capacity": 100, **changes}
    return Batcher(calls, **settings)


def values(results: Sequence[Result]) -> list[float | None]:
    return [score.value for result in results if isinstance(result, list) for score in result]


async def test_requests_at_the_same_time_share_a_call_and_get_their_own_back() -> None:
    calls = Calls()
    async with batcher(calls) as made:
        found = await asyncio.gather(made.score([unit(1), unit(2)]), made.score([unit(3)]), made.score([unit(4)]))
    assert [values(f) for f in found] == [[1, 2], [3], [4]]
    assert calls.sizes == [4]


async def test_a_call_has_at_most_so_many_samples() -> None:
    calls = Calls()
    async with batcher(calls, seconds=0.01) as made:
        found = await made.score([unit(i) for i in range(20)])
    assert values(found) == list(range(20))
    assert calls.sizes == [8, 8, 4]


async def test_a_full_batch_does_not_wait() -> None:
    calls = Calls()
    async with batcher(calls, seconds=5) as made:
        start = time.perf_counter()
        await made.score([unit(i) for i in range(8)])
        assert time.perf_counter() - start < 2


async def test_a_lone_request_waits_no_longer_than_it_must() -> None:
    calls = Calls()
    async with batcher(calls, seconds=0.05) as made:
        start = time.perf_counter()
        await made.score([unit(1)])
        assert 0.05 <= time.perf_counter() - start < 1


async def test_idle_lanes_leave_a_batch_whole() -> None:
    calls = Calls()
    async with batcher(calls, lanes=4) as made:
        await asyncio.gather(*(made.score([unit(i)]) for i in range(8)))
    assert calls.sizes == [8]


async def test_what_does_not_fit_is_refused_whole_and_the_rest_goes_on() -> None:
    calls = Calls()
    calls.go.clear()
    async with batcher(calls, capacity=10) as made:
        accepted = asyncio.create_task(made.score([unit(i) for i in range(9)]))
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await made.score([unit(1), unit(2)])
        assert (refused.value.status, made.pending) == (429, 9)
        assert refused.value.headers == {"Retry-After": "1"}
        calls.go.set()
        assert values(await accepted) == list(range(9))
        assert values(await made.score([unit(7)])) == [7]
        assert made.pending == 0


async def test_leaving_finishes_what_was_accepted() -> None:
    calls = Calls()
    async with batcher(calls, seconds=0.2) as made:
        accepted = asyncio.create_task(made.score([unit(5)]))
        await asyncio.sleep(0)
    assert values(await accepted) == [5]


async def test_a_requester_that_is_gone_harms_nobody() -> None:
    calls = Calls()
    calls.go.clear()
    async with batcher(calls) as made:
        gone, stays = (asyncio.create_task(made.score([unit(v)])) for v in (1, 2))
        await asyncio.sleep(0.1)
        gone.cancel()
        calls.go.set()
        assert values(await stays) == [2]
    assert made.pending == 0
