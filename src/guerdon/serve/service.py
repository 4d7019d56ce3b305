"""A reward behind a gate, a queue and worker processes; what all dialects talk to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from guerdon.reward import Reward
from guerdon.scores import ContractError, Score, Scores
from guerdon.serve.batching import Batcher
from guerdon.serve.limits import Limits, Refused
from guerdon.serve.metrics import Metrics
from guerdon.serve.rows import Gate, Request
from guerdon.serve.scoring import Scorers


class Service:
    """Scores requests. Use it as an async context, which ends when all that was accepted is answered.

    `batch` samples at most are scored by one call, and none waits longer than `wait` seconds for others while
    a process is idle. `seconds` and `memory_bytes` bound one sample and one process. `hosts` names the hosts that
    media may be fetched from; others are data URIs.
    """

    def __init__(
        self, reward: Reward, *, workers: int = 1, batch: int = 64, wait: float = 0.002, seconds: float | None = 60.0,
        memory_bytes: int | None = None, limits: Limits | None = None, hosts: Collection[str] = (),
    ):  # fmt: skip
        if reward.native == "pairwise":
            raise ContractError(f"{reward} compares responses and has no scalar to serve: use .tournament()")
        self.reward, self.limits, self.metrics = reward, limits or Limits(), Metrics()
        self._gate = Gate(self.limits, hosts)
        self._scorers = Scorers(
            reward, workers, seconds=seconds, memory_bytes=memory_bytes, lost=self.metrics.lost
        )  # fmt: skip
        self._batcher = Batcher(
            self._scorers.run, lanes=workers, size=batch, seconds=wait, capacity=self.limits.waiting,
            seen=self.metrics.batch,
        )  # fmt: skip
        self.metrics.watch(lambda: self._batcher.pending)
        self.ready = False
        """Whether it takes requests."""

    def warm(self) -> None:
        """Start the processes and load the reward in each. Raises what that raises."""
        try:
            self._scorers.warm()
        except BaseException:
            self._scorers.close()
            raise

    async def score(self, rows: Sequence[Mapping[str, Any]]) -> Scores:
        """The scores of one request's rows. Raises Refused."""
        request = Request.of(self.reward, self._gate.admit(rows))
        found: list[Score] = []
        for result in await self._batcher.score(request.units):
            if isinstance(result, ContractError):
                raise Refused(422, str(result))
            found += result
        of = self.reward
        scores = Scores.from_scores(
            found, names=of.components, key=request.keys, over=of.over, grain=of.grain, range=of.range, record=of.record
        )
        self.metrics.scored(scores)
        return scores

    async def __aenter__(self) -> Service:
        self._stack = AsyncExitStack()
        self._stack.callback(self._scorers.close)
        await self._stack.enter_async_context(self._batcher)
        self.ready = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.ready = False
        await self._stack.aclose()
