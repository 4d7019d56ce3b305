"""Policies small enough to train in a second: tables of logits, and group-relative policy gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
TINY = 1e-6


class Softmax:
    """Chooses one of `options`; its logits are the sum of a row from each of several tables of contexts."""

    def __init__(self, contexts: Sequence[int], options: int):
        self.tables = [np.zeros((n, options)) for n in contexts]

    def probabilities(self, *contexts: ArrayLike) -> Floats:
        """[m, options], for m contexts of each table."""
        logits = sum(table[np.asarray(c)] for table, c in zip(self.tables, contexts, strict=True))
        weights = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))

    def draw(self, rng: np.random.Generator, *contexts: ArrayLike) -> Indices:
        """One option each, [m]."""
        steps = self.probabilities(*contexts).cumsum(axis=-1)
        return np.asarray((rng.random((len(steps), 1)) > steps[:, :-1]).sum(axis=-1))

    def learn(self, chosen: Indices, advantages: Floats, *contexts: ArrayLike, rate: float) -> None:
        """One step along the mean of advantage · ∇ log p(chosen) (REINFORCE)."""
        score = -self.probabilities(*contexts)
        score[np.arange(len(chosen)), chosen] += 1.0
        score *= rate / len(chosen) * advantages[:, None]
        for table, context in zip(self.tables, contexts, strict=True):
            np.add.at(table, np.asarray(context), score)


def group_relative(rewards: ArrayLike) -> Floats:
    """Advantages within groups, [groups, n]: (reward − mean) / standard deviation, 0 where all are equal.

    Shao et al. 2024 (GRPO), https://arxiv.org/abs/2402.03300.

    >>> group_relative([[1, 0, 1, 0], [1, 1, 1, 1]]).round(3)
    array([[ 1., -1.,  1., -1.],
           [ 0.,  0.,  0.,  0.]])
    """
    values = np.asarray(rewards, dtype=np.float64)
    return np.asarray((values - values.mean(axis=-1, keepdims=True)) / (values.std(axis=-1, keepdims=True) + TINY))


class Adam:
    """Steps up a gradient, each coordinate as far as its past gradients are steady. Kingma & Ba 2015."""

    def __init__(self, rate: float, decay: tuple[float, float] = (0.9, 0.999)):
        self.rate, self.decay = rate, decay
        self.steps = 0
        self.mean: Floats | float = 0.0
        self.square: Floats | float = 0.0

    def step(self, gradient: Floats) -> Floats:
        """What to add to the parameters, in the shape of the gradient."""
        first, second = self.decay
        self.steps += 1
        self.mean = first * self.mean + (1 - first) * gradient
        self.square = second * self.square + (1 - second) * gradient**2
        mean, square = self.mean / (1 - first**self.steps), self.square / (1 - second**self.steps)
        return np.asarray(self.rate * mean / (np.sqrt(square) + 1e-8))


def climb(start: ArrayLike, gains: Callable[[Floats], Floats], *, rate: float) -> Iterator[Floats]:
    """Policies on the way up, [..., options] each, from the probabilities `start` on, without end.

    `gains` says what each option earns under a policy, in the policy's shape. Each step is exact, with no option
    drawn: along the natural policy gradient (Kakade 2001), which adds rate · gain to an option's logit. Where gains
    stay the same, the policy after t steps is start · exp(t·rate·gain), normalised, and no other policy as near to
    the start in KL earns more. An option of probability 0 keeps it.

    >>> policies = climb([0.5, 0.5], lambda policy: np.array([1.0, 0.0]), rate=np.log(2))
    >>> [next(policies).round(3).tolist() for _ in range(3)]
    [[0.5, 0.5], [0.667, 0.333], [0.8, 0.2]]
    """
    policy = np.asarray(start, dtype=np.float64)
    possible = policy > 0
    logits = np.log(policy, out=np.full(policy.shape, -np.inf), where=possible)
    while True:
        yield policy
        logits = np.where(possible, logits + rate * gains(policy), -np.inf)
        logits -= logits.max(axis=-1, keepdims=True)
        weights = np.exp(logits)
        policy = weights / weights.sum(axis=-1, keepdims=True)


def divergence(policy: ArrayLike, start: ArrayLike) -> Floats:
    """Kullback–Leibler divergence Σ p·log(p / start) over options, [...], in nats; 0·log 0 is 0.

    >>> round(float(divergence([1.0, 0.0], [0.5, 0.5])), 4)  # log 2
    0.6931
    """
    p, q = np.asarray(policy, dtype=np.float64), np.asarray(start, dtype=np.float64)
    ratio = np.divide(p, q, out=np.ones(p.shape), where=p > 0)
    return np.asarray(np.maximum((p * np.log(ratio)).sum(axis=-1), 0.0))  # rounding may take it below
