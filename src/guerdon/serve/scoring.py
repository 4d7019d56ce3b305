"""Batches on worker processes. Where a batch goes wrong, its units are tried again alone, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice

from guerdon.contained import Work, _score_rows, _Shipped, fair_share, ship
from guerdon.leaf import Leaf
from guerdon.returned import describe
from guerdon.reward import Reward
from guerdon.scores import ContractError, Score, Status
from guerdon.worker import Pool, Worker, WorkerDied, WorkerTimeout

Result = list[Score] | ContractError
"""What a unit of work gave: its scores, or why it cannot be scored as asked."""


class Scorers:
    """n processes that hold the reward; call `run` from n threads.

    `seconds` bounds each sample, a batch as many times that. `lost` is called when a process had to be
    replaced.
    """

    def __init__(
        self, reward: Reward, n: int, *, seconds: float | None, memory_bytes: int | None, lost: Callable[[], object]
    ):
        self.n = n
        self._job = ship(reward, seconds, memory_bytes)
        self._shared_fate = any(_is_batched(part) for part in reward.walk())
        self._pool = Pool(n, memory_bytes or fair_share(n))
        self._lost = lost

    def warm(self) -> None:
        """Load the reward in every process. Raises what loading it raises."""
        shipped = _Shipped(self._job.reward)
        with ExitStack() as stack, ThreadPoolExecutor(self.n) as threads:
            workers = [stack.enter_context(self._pool.worker()) for _ in range(self.n)]
            # It is reading the argument that loads the reward, whatever the function does with it.
            list(threads.map(lambda worker: worker.call(id, shipped), workers))

    def run(self, batch: Sequence[Work]) -> list[Result]:
        """The result of every unit, in order.

        A unit is FAILED for its process only if it also breaks one alone: so nothing is lost to a process
        that was killed from outside, and to a unit that kills its process nothing but itself.
        """
        with self._pool.worker() as worker:
            try:
                found = self._together(worker, batch)
            except Exception:  # of whichever unit: each will tell for itself
                return [self._alone(worker, unit) for unit in batch]
            return [
                self._alone(worker, unit) if len(batch) > 1 and self._in_doubt(scores) else scores
                for unit, scores in zip(batch, found, strict=True)
            ]

    def close(self) -> None:
        """End the processes."""
        self._pool.close()

    def _together(self, worker: Worker, batch: Sequence[Work]) -> list[list[Score]]:
        rows = [row for unit in batch for row in unit.rows]
        seconds = None if self._job.seconds is None else self._job.seconds * len(rows)
        try:
            scores: Iterator[Score] = iter(worker.call(_score_rows, _Shipped(self._job.reward), rows, seconds=seconds))
        except (WorkerDied, WorkerTimeout):
            self._lost()
            raise
        return [list(islice(scores, unit.results)) for unit in batch]

    def _alone(self, worker: Worker, unit: Work) -> Result:
        try:
            return self._together(worker, [unit])[0]
        except ContractError as error:
            return error
        except (WorkerDied, WorkerTimeout) as error:
            reason = str(error)
        except Exception as error:
            reason = describe(error)
        return [self._job.failed(reason)] * unit.results

    def _in_doubt(self, scores: list[Score]) -> bool:
        """Whether another unit may be what failed: an exception in a batched function fails all of its rows."""
        return self._shared_fate and any(score.status == Status.FAILED for score in scores)


def _is_batched(part: Reward) -> bool:
    return part.factory.declared.batched if isinstance(part, Leaf) else not part.children
