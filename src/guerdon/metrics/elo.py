"""Elo ratings: what a sequence of battles leaves each player with.

They depend on the order of the battles and follow players that change, the last few dozen battles counting most. For
players that stay as they are `ratings.bradley_terry` says more from the same battles, in any order.
"""

from __future__ import annotations

from math import isfinite, log, tanh

import numpy as np

from guerdon.metrics.battles import Battles, Floats


def elo(battles: Battles, *, k: float = 4.0, base: float = 10.0, scale: float = 400.0, start: float = 1000.0) -> Floats:
    """Ratings [m] after the battles in their order, every player beginning at `start`; their mean stays there.

    See `updated` for a battle; its weight multiplies k. Arenas of models use k = 4, chess 10 to 40: the larger, the
    faster ratings follow and the less they settle. Raises ValueError for k or scale not above 0 or base not above 1.

    >>> from guerdon.metrics.battles import battles
    >>> elo(battles(["a", "b"], ["b", "a"], [1, 1]), k=32).round(2)  # 1016 : 984, then an upset
    array([ 998.53, 1001.47])
    """
    half = _half(k, base, scale)
    ratings = [start] * len(battles.players)
    rows = zip(
        battles.first.tolist(),
        battles.second.tolist(),
        battles.outcome.tolist(),
        (k * battles.weight).tolist(),
        strict=True,
    )
    for i, j, outcome, step in rows:
        gain = step * (outcome - 0.5 - 0.5 * tanh(half * (ratings[i] - ratings[j])))
        ratings[i] += gain
        ratings[j] -= gain
    return np.array(ratings)


def updated(
    first: float, second: float, outcome: float, *, k: float = 32.0, base: float = 10.0, scale: float = 400.0
) -> tuple[float, float]:
    """Both ratings after a battle that ended `outcome` (1, ½, 0) for the first: k · (outcome − expected) is won.

    Expected is 1 / (1 + base^((second − first) / scale)). Elo 1978. Raises ValueError as `elo`.

    >>> updated(1000, 1400, 1)  # 1/11 was expected
    (1029.090909090909, 1370.909090909091)
    """
    gain = k * (outcome - 0.5 - 0.5 * tanh(_half(k, base, scale) * (first - second)))
    return first + gain, second - gain


def _half(k: float, base: float, scale: float) -> float:
    """The expected score is ½ + ½ tanh(this · difference), which no difference can overflow."""
    if not (k > 0 and scale > 0 and base > 1 and all(map(isfinite, (k, base, scale)))):
        raise ValueError(f"k={k}, base={base}, scale={scale}: k and scale are above 0, base above 1")
    return log(base) / scale / 2
