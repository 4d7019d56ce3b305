"""Overlap of time intervals (start, end), one or several a side.

Any unit does, as long as both sides share it. An inverted, empty or non-finite interval covers nothing,
so its overlap with everything, itself included, is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Interval = tuple[float, float]


def iou(a: Interval, b: Interval) -> float:
    """Shared length over covered length of two intervals, 0–1.

    Two intervals that share something cover all of their hull, so dividing by the hull, as many papers
    write it, is the same number.

    >>> iou((2, 8), (2, 6))  # 4 shared of 6
    0.6666666666666666
    """
    a1, a2 = a
    b1, b2 = b
    shared = (a2 if a2 < b2 else b2) - (a1 if a1 > b1 else b1)
    if not (shared > 0 and isfinite(a1 + a2 + b1 + b2)):
        return 0.0
    return shared / ((a2 if a2 > b2 else b2) - (a1 if a1 < b1 else b1))


def ious(a: ArrayLike, b: ArrayLike) -> Floats:
    """`iou` of intervals [..., 2] and [..., 2], elementwise after broadcasting; equal to it bit for bit.

    Pairs [n, 2] and [n, 2] give [n]; a[:, None] and b give every pair. Raises ValueError for other shapes.

    >>> ious([[2, 8], [0, 1]], [2, 6])
    array([0.66666667, 0.        ])
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    for given in (first, second):
        if given.ndim < 1 or given.shape[-1] != 2:
            raise ValueError(f"intervals must have shape [..., 2], not {list(given.shape)}")
    with np.errstate(invalid="ignore", over="ignore"):
        shared = np.minimum(first[..., 1], second[..., 1]) - np.maximum(first[..., 0], second[..., 0])
        hull = np.maximum(first[..., 1], second[..., 1]) - np.minimum(first[..., 0], second[..., 0])
        proper = (shared > 0) & np.isfinite(first[..., 0] + first[..., 1] + second[..., 0] + second[..., 1])
        overlap: Floats = np.divide(shared, hull, out=np.zeros_like(shared), where=proper)
    return overlap


def segments_iou(a: Iterable[Interval], b: Iterable[Interval]) -> float:
    """Shared length over covered length of two sets of intervals, 0–1; a time covered twice counts once.

    Both sets empty is 1, one of them 0. A set whose intervals all cover nothing is not empty, and shares nothing.

    >>> segments_iou([(0, 4), (6, 8)], [(2, 7)])  # 2–4 and 6–7 of 0–8
    0.375
    """
    found, true = list(a), list(b)
    if not (found and true):
        return float(not found and not true)
    first, second = merged(found), merged(true)
    covered = length(merged([*first, *second]))
    return length(_common(first, second)) / covered if covered > 0 else 0.0


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same times as disjoint intervals in order; what covers nothing is left out.

    >>> merged([(5, 6), (0, 2), (1, 3), (9, 7)])
    [(0, 3), (5, 6)]
    """
    out: list[Interval] = []
    for start, end in sorted(pair for pair in intervals if pair[0] < pair[1] and isfinite(pair[1] - pair[0])):
        if out and start <= out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], end)
        else:
            out.append((start, end))
    return out


def length(disjoint: Iterable[Interval]) -> float:
    """Total length of disjoint intervals."""
    return sum(end - start for start, end in disjoint)


def _common(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """The times in both of two lists of disjoint intervals in order."""
    out, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            out.append((start, end))
        i, j = (i + 1, j) if a[i][1] < b[j][1] else (i, j + 1)
    return out
