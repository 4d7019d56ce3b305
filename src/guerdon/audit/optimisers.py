"""Two ways of optimising a proxy over candidates, and what gold makes of it on the way.

Candidates are arrays [prompts, m], one row a prompt, NaN where there is none. Neither way has noise of its own:
best-of-n is averaged over all choices, and every step of the policy gradient is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from guerdon.audit.curves import Curve
from guerdon.combine import Constrained
from guerdon.metrics import overoptimisation as metric
from guerdon.scores import Floats
from guerdon.world.policy import climb, divergence

POINTS = 40
"""Of a policy gradient's curve, evenly spaced along √KL."""
PENALTY = 0.2
"""Weight of −log(policy / start) as the task of a constrained reward. Moskovitz et al. 2023."""


def best_of_n(
    proxy: ArrayLike,
    gold: ArrayLike,
    n: Sequence[int] | None = None,
    *,
    draws: int | None = None,
    seed: int = 0,
    name: str = "proxy",
) -> Curve:
    """Best-of-n by proxy among the candidates of each prompt, [prompts, m]; NaN is no candidate.

    The expectation over all choices of n candidates, or with `draws` the mean of as many random ones. `n` is by
    default 1, 2, 3, 4, 6, 8, 11, 16 … up to the smallest pool. The KL of a policy with few different responses
    lies below the axis. Raises ValueError for an n beyond the smallest pool.
    """
    values, truth, there = _paired(proxy, gold)
    sizes = there.sum(axis=1)
    counts = half_octaves(int(sizes.min())) if n is None else [int(k) for k in n]
    if max(counts) > sizes.min():
        raise ValueError(f"best of {max(counts)} from pools of which the smallest has {sizes.min()} candidates")
    rng = np.random.default_rng(seed)
    lines = np.empty((2, len(values), len(counts)))
    for size in np.unique(sizes).tolist():
        rows = sizes == size
        own, true = (table[rows][there[rows]].reshape(-1, size) for table in (values, truth))
        if draws is None:
            lines[:, rows] = metric.best_of_n(own, own, counts), metric.best_of_n(own, true, counts)
        else:
            lines[:, rows] = np.mean([_draw(own, true, counts, rng) for _ in range(draws)], axis=0)
    kl = np.tile(metric.best_of_n_kl(counts), (len(values), 1))
    return Curve(name, "best_of_n", np.array(counts, dtype=np.float64), kl, *lines)


def policy_gradient(
    proxy: ArrayLike,
    gold: ArrayLike,
    *,
    start: ArrayLike | None = None,
    gains: Callable[[Floats], Floats] | None = None,
    budget: float | None = None,
    rate: float = 0.1,
    steps: int = 300,
    name: str = "proxy",
) -> Curve:
    """A softmax policy for each prompt over its candidates [prompts, m], climbing the proxy; NaN is no candidate.

    `start` [prompts, m] are its first probabilities, by default even ones. Every step is exact, see
    `world.policy.climb`; `rate` is in standard deviations of the proxy under the start. It ends before the mean KL
    from the start exceeds `budget` nats, by default what the best of the smallest pool has, or after `steps`.
    `gains` gives what is climbed instead of the proxy as the policy moves, such as `Multipliers`.
    """
    values, truth, there = _paired(proxy, gold)
    values, truth = np.where(there, values, 0.0), np.where(there, truth, 0.0)
    first = np.asarray(there / there.sum(axis=1, keepdims=True) if start is None else start, dtype=np.float64)
    limit = float(metric.best_of_n_kl(there.sum(axis=1).min())) if budget is None else budget
    spread = float(np.mean((first * (values - (first * values).sum(axis=1, keepdims=True)) ** 2).sum(axis=1))) ** 0.5
    lines = []
    for policy in islice(climb(first, gains or (lambda _: values), rate=rate / (spread or 1.0)), steps):
        kl = divergence(policy, first)
        if kl.mean() > limit:
            break
        lines.append((kl, (policy * values).sum(axis=1), (policy * truth).sum(axis=1)))
    kls, proxies, golds = np.moveaxis(np.array(lines), 0, -1)
    d = np.maximum.accumulate(np.sqrt(kls.mean(axis=0))) + 1e-9 * np.arange(len(lines))
    at = np.unique([*np.searchsorted(d, np.linspace(0.0, d[-1], POINTS)), len(d) - 1])
    return Curve(name, "policy_gradient", at.astype(np.float64), kls[:, at], proxies[:, at], golds[:, at])


class Multipliers:
    """What a constrained reward pays each candidate while its multipliers follow the policy.

    `parts` [k, prompts, m] are the values of its parts, in order. Without a part for the task, the task is to stay
    near the first policy seen: `penalty` · −log(policy / first).
    """

    def __init__(self, reward: Constrained, parts: ArrayLike, *, penalty: float = PENALTY, rate: float = 0.1):
        self.reward, self.penalty, self.rate = reward, penalty, rate
        self.parts = np.nan_to_num(np.asarray(parts, dtype=np.float64))
        self.first: Floats | None = None

    def __call__(self, policy: Floats) -> Floats:
        """Gains [prompts, m] under a policy, and one step of the multipliers by the means under it."""
        self.first = policy if self.first is None else self.first
        gains = np.tensordot(self.reward.weights, self.parts, axes=1)
        thresholds = self.reward.settings["thresholds"]
        if None not in thresholds:
            ratio = np.divide(policy, self.first, out=np.ones(policy.shape), where=policy > 0)
            gains = gains - self.penalty * self.reward.task_weight * np.log(ratio)
        means = (policy * self.parts).sum(axis=-1).mean(axis=-1).tolist()
        wanted = [mean for mean, threshold in zip(means, thresholds, strict=True) if threshold is not None]
        self.reward = self.reward.update(wanted, rate=self.rate)
        return np.asarray(gains)


def half_octaves(most: int) -> list[int]:
    """1 and about every √2 times as many, up to `most`.

    >>> half_octaves(20)
    [1, 2, 3, 4, 6, 8, 11, 16]
    """
    return sorted({k for i in range(2 * most.bit_length()) if (k := round(2 ** (i / 2))) <= most})


def _paired(proxy: ArrayLike, gold: ArrayLike) -> tuple[Floats, Floats, Any]:
    """Both as [prompts, m], and where there is a candidate."""
    values, truth = np.asarray(proxy, dtype=np.float64), np.asarray(gold, dtype=np.float64)
    if values.shape != truth.shape or values.ndim != 2:
        raise ValueError(f"proxy {list(values.shape)} and gold {list(truth.shape)} need one shape [prompts, m]")
    there = ~np.isnan(values + truth)
    if not there.any(axis=1).all():
        raise ValueError("a prompt has no candidate with both values")
    return values, truth, there


def _draw(values: Floats, truth: Floats, n: Sequence[int], rng: np.random.Generator) -> Floats:
    """Proxy and gold of the best of the first n in a random order, [2, prompts, len(n)]."""
    order = rng.permuted(np.broadcast_to(np.arange(values.shape[1]), values.shape), axis=1)
    values, truth = np.take_along_axis(values, order, 1), np.take_along_axis(truth, order, 1)
    best = np.maximum.accumulate(values, axis=1)
    rises = np.ones(values.shape, dtype=np.bool_)
    rises[:, 1:] = best[:, 1:] > best[:, :-1]
    holder = np.maximum.accumulate(np.where(rises, np.arange(values.shape[1]), 0), axis=1)
    at = np.array(n) - 1
    return np.array([best[:, at], np.take_along_axis(truth, holder[:, at], 1)])
