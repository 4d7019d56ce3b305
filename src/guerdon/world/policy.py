"""Policies small enough to train in a second: tables of logits, and group-relative policy gradients."""

from __future__ import annotations

from collections.abc import Sequence

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
