"""Keeping what teaches: a buffer of samples whose group had an advantage, for any group-relative objective.

As a policy learns, more and more groups are all right or all wrong. They have no advantage, and the batch
shrinks to the few that have. A buffer mixes earlier ones back in. What it gives back was written by an older
policy: keep the old log-probabilities with each sample, and multiply by the ratio of new to old.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from math import inf
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from guerdon.scores import Floats
from guerdon.use.curate import group_spread

T = TypeVar("T")


def advantage_rate(rewards: Sequence[Sequence[float]] | Floats) -> float:
    """Share of groups whose rewards differ, 0–1: those that a group-relative objective learns from.

    Groups as in `guerdon.use.curate.group_spread`; one with fewer than two values has no advantage.

    >>> advantage_rate([[1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0], [0.5]])
    0.25
    """
    return float((group_spread(rewards) > 0).mean())


class Replay(NamedTuple, Generic[T]):
    """A sample drawn from the buffer."""

    item: T
    advantage: float
    """What it was worth in its own group."""
    weight: float
    """Multiply by it to undo that great advantages are drawn more often."""
    age: int
    """Steps since it was added."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    item: T
    advantage: float
    step: int
    uses: int = 0


@dataclass
class SelectiveSampleBuffer(Generic[T]):
    """Samples with an advantage, drawn again with probability ∝ min(|advantage|, ceiling).

    Wang et al. 2025 (Skywork R1V2), https://arxiv.org/abs/2504.16656. Raises ValueError for limits below 1.
    """

    capacity: int
    """Samples kept; the oldest go first."""
    _: KW_ONLY
    max_age: int
    """Steps after which a sample is dropped: by then the policy is another one."""
    max_reuse: int
    """Times a sample is drawn before it is dropped."""
    ceiling: float = 3.0
    """Where the rewards of a group hardly differ an advantage can be huge; beyond this it is drawn no more often."""
    _kept: deque[_Kept[T]] = field(default_factory=deque, init=False, repr=False)

    def __post_init__(self) -> None:
        if min(self.capacity, self.max_age, self.max_reuse) < 1 or not self.ceiling > 0:
            raise ValueError(f"limits are at least 1, unlike those of {self}")

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, items: Iterable[T], advantages: Iterable[float], *, step: int) -> None:
        """Keep the items whose advantage is finite and not 0. Raises ValueError for lengths that disagree."""
        for item, advantage in zip(items, advantages, strict=True):
            if 0 < abs(advantage) < inf:
                self._kept.append(_Kept(item, float(advantage), step))
        while len(self._kept) > self.capacity:
            self._kept.popleft()

    def draw(self, n: int, *, step: int, rng: np.random.Generator) -> list[Replay[T]]:
        """Up to n different samples, none older than `max_age` steps."""
        self._kept = deque(k for k in self._kept if step - k.step <= self.max_age and k.uses < self.max_reuse)
        if not self._kept or n < 1:
            return []
        pull = np.minimum([abs(k.advantage) for k in self._kept], self.ceiling)
        share = pull / pull.sum()
        drawn = [
            (self._kept[i], 1 / (len(pull) * share[i]))
            for i in rng.choice(len(pull), min(n, len(pull)), replace=False, p=share).tolist()
        ]
        for kept, _ in drawn:
            kept.uses += 1
        return [Replay(kept.item, kept.advantage, float(weight), step - kept.step) for kept, weight in drawn]
