"""Values of steps without labels: how often the solution ends right if it goes on from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Step = TypeVar("Step")
Solution = TypeVar("Solution")


def mc_step_values(
    steps: Sequence[Step],
    policy: Callable[[Sequence[Step], int], Sequence[Solution]],
    verifier: Callable[[Solution], float],
    n_rollouts: int = 16,
) -> list[float]:
    """For each step, the mean of what `verifier` gives to `n_rollouts` solutions that begin with the steps up to it.

    `policy(prefix, n)` ends a solution n times, and the verifier is 1 for a right end and 0 for a wrong one. The value
    says whether a solution can still be saved, not whether the step is right: on easy questions it is high behind a
    wrong step, and on hard ones low before any. Its standard error is at most 0.5 / √n_rollouts. Wang et al. 2023
    (Math-Shepherd), https://arxiv.org/abs/2312.08935. Raises ValueError without roll-outs.

    >>> ends = lambda prefix, n: [sum(prefix)] * n
    >>> mc_step_values([1, 2, 3], ends, lambda total: total < 4, n_rollouts=2)
    [1.0, 1.0, 0.0]
    """
    if n_rollouts < 1:
        raise ValueError(f"n_rollouts={n_rollouts}: one or more")
    ends = (policy(steps[:k], n_rollouts) for k in range(1, len(steps) + 1))
    return [float(np.mean([verifier(solution) for solution in solutions])) for solutions in ends]
