"""Points in time found against true ones, such as the key frames of a video."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import inf

Times = Sequence[float]


def distances(times: Times, others: Times) -> list[float]:
    """From each time to the nearest of the others; infinite where there are none.

    >>> distances([11, 40], [10, 20, 30])
    [1, 10]
    """
    ordered = sorted(others)
    return [_nearest(time, ordered) for time in times]


def near(times: Times, others: Times, tolerance: float) -> int:
    """How many times have another within the tolerance; several may share one.

    >>> near([12, 13, 14], [10], tolerance=3)
    2
    """
    return sum(distance <= tolerance for distance in distances(times, others))


def matches(times: Times, others: Times, tolerance: float) -> int:
    """The most pairs of one time and one other within the tolerance, each used once; symmetric.

    >>> matches([12, 13, 14], [10], tolerance=3)
    1
    """
    left, right = sorted(times), sorted(others)
    pairs = i = j = 0
    # On a line, pairing each with the earliest other still in reach is never worse than any other pairing.
    while i < len(left) and j < len(right):
        if abs(left[i] - right[j]) <= tolerance:
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif left[i] < right[j]:
            i += 1
        else:
            j += 1
    return pairs


def _nearest(time: float, ordered: list[float]) -> float:
    at = bisect_left(ordered, time)
    below = time - ordered[at - 1] if at else inf
    above = ordered[at] - time if at < len(ordered) else inf
    return below if below < above else above
