"""Outcomes of comparisons with a rival: five grades, length to ties, win rates.

An outcome is 1 (much better), ½ (better), 0 (a tie), −½ (worse) or −1 (much worse), as in WildBench, Lin et al.
2024, https://arxiv.org/abs/2406.04770. Outcomes without grades are 1, 0 and −1. NaN is no outcome.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SLIGHT = 0.5


class Tally(NamedTuple):
    """How many comparisons went which way."""

    win_much: int
    win: int
    tie: int
    lose: int
    lose_much: int

    @property
    def reward(self) -> float:
        """Mean outcome, −1 to 1, WB-Reward; NaN for none."""
        return float(np.dot(self, (1, SLIGHT, 0, -SLIGHT, -1)) / sum(self)) if sum(self) else np.nan

    @property
    def win_rate(self) -> float:
        """Share of wins, a tie counting ½, 0–1; NaN for none."""
        return float(np.dot(self, (1, 1, 0.5, 0, 0)) / sum(self)) if sum(self) else np.nan


def tally(outcomes: ArrayLike) -> Tally:
    """Counts of the outcomes [n], those that are NaN left out. Raises ValueError for another number.

    >>> tally([1, 0.5, 0, -1]), tally([1, 0.5, 0, -1]).reward, tally([1, 0.5, 0, -1]).win_rate
    (Tally(win_much=1, win=1, tie=1, lose=0, lose_much=1), 0.125, 0.625)
    """
    values = _graded(outcomes)
    return Tally(*(int(np.count_nonzero(values == grade)) for grade in (1, SLIGHT, 0, -SLIGHT, -1)))


def length_tied(outcomes: ArrayLike, length: ArrayLike, rival: ArrayLike, *, more: float = 500) -> Floats:
    """The outcomes [n], where a slight win of a text longer than the loser's by over `more` becomes a tie.

    Lengths [n] are of the one judged and of its rival, in characters. Losses become ties by the same rule, so it
    can help either; much better or worse stays. ∞ changes nothing.

    >>> length_tied([0.5, 0.5, -0.5, 1.0], [801, 800, 300, 900], [300, 300, 801, 0])
    array([0. , 0.5, 0. , 1. ])
    """
    values = _graded(outcomes)
    longer = np.asarray(length, dtype=np.float64) - np.asarray(rival, dtype=np.float64)
    slight = np.abs(values) == SLIGHT
    return np.where(slight & (longer * np.sign(values) > more), 0.0, values)


def wb_score(scores: ArrayLike) -> float:
    """Mean of scores from 1 to 10, spread to −80 to 100 with 5 at 0: (mean − 5)·20; NaN without scores.

    >>> wb_score([7, 8, 9])
    60.0
    """
    values = np.asarray(scores, dtype=np.float64)
    return float((values.mean() - 5) * 20) if values.size else np.nan


def _graded(outcomes: ArrayLike) -> Floats:
    values = np.asarray(outcomes, dtype=np.float64)
    if not (np.isnan(values) | np.isin(values, (1, SLIGHT, 0, -SLIGHT, -1))).all():
        raise ValueError("an outcome is 1, ½, 0, −½ or −1")
    return values
