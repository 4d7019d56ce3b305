"""Overlap of axis-aligned boxes, pairings of two sets of them, and what a pairing is worth.

Boxes are corners (x1, y1, x2, y2) in continuous coordinates: width is x2 − x1, with no "+1". Any unit
does, as long as both sides share it. An inverted, empty or non-finite box has no area to share, so its
overlap with everything, itself included, is 0; a pair of swapped corners can never look like a match.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Corners = tuple[float, float, float, float]
Pairs = list[tuple[int, int]]
Matcher = Literal["greedy", "hungarian"]

MAX_PAIRS = 10_000_000
"""Most pairs a matrix may hold: 80 MB, and about three times that while it is made."""


def iou(a: Corners, b: Corners) -> float:
    """Intersection over union of two boxes, 0–1.

    >>> iou((0, 0, 10, 10), (5, 0, 15, 10))  # 50 shared of 150
    0.3333333333333333
    """
    ax1, ay1, ax2, ay2 = a
    bx1, by1, bx2, by2 = b
    width = (ax2 if ax2 < bx2 else bx2) - (ax1 if ax1 > bx1 else bx1)
    height = (ay2 if ay2 < by2 else by2) - (ay1 if ay1 > by1 else by1)
    if not (width > 0 and height > 0):
        return 0.0
    shared = width * height
    union = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - shared
    return shared / union if union > 0 else 0.0


def giou(a: Corners, b: Corners) -> float:
    """Generalised IoU of two boxes, −1 to 1: IoU − (share of their common hull that neither covers).

    Inverted or non-finite boxes give −1, as far apart as can be; a hull without area gives 0.
    Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630.

    >>> giou((0, 0, 10, 10), (20, 0, 30, 10))  # nothing shared; a third of the hull is bare
    -0.3333333333333333
    """
    ax1, ay1, ax2, ay2 = a
    bx1, by1, bx2, by2 = b
    area = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1)
    if not (ax1 <= ax2 and ay1 <= ay2 and bx1 <= bx2 and by1 <= by2 and area < np.inf):
        return -1.0
    hull = (max(ax2, bx2) - min(ax1, bx1)) * (max(ay2, by2) - min(ay1, by1))
    shared = max(min(ax2, bx2) - max(ax1, bx1), 0.0) * max(min(ay2, by2) - max(ay1, by1), 0.0)
    union = area - shared
    overlap = shared / union if union > 0 else 0.0
    return overlap - (hull - union) / hull if hull > 0 else overlap


def diou(a: Corners, b: Corners) -> float:
    """Distance IoU of two boxes, −1 to 1: IoU − (distance of their centres / diagonal of their common hull)².

    Inverted or non-finite boxes give −1, as far apart as can be; a hull without extent gives 0.
    Zheng et al. 2020, https://arxiv.org/abs/1911.08287.

    >>> diou((0, 0, 10, 10), (0, 5, 10, 15)) == 1 / 3 - 5**2 / (10**2 + 15**2)
    True
    """
    ax1, ay1, ax2, ay2 = a
    bx1, by1, bx2, by2 = b
    width, height = max(ax2, bx2) - min(ax1, bx1), max(ay2, by2) - min(ay1, by1)
    far = width * width + height * height
    if not (ax1 <= ax2 and ay1 <= ay2 and bx1 <= bx2 and by1 <= by2 and far < np.inf):
        return -1.0
    dx, dy = (ax1 + ax2 - bx1 - bx2) / 2, (ay1 + ay2 - by1 - by2) / 2
    return iou(a, b) - ((dx * dx + dy * dy) / far if far > 0 else 0.0)


def iou_matrix(a: ArrayLike, b: ArrayLike) -> Floats:
    """IoU of every pair, [n, m] for boxes [n, 4] and [m, 4]; equal to `iou` bit for bit.

    Raises ValueError for more than `MAX_PAIRS` pairs or arrays that are not boxes.
    """
    a, b = as_boxes(a), as_boxes(b)
    with np.errstate(all="ignore"):
        shared = intersection_matrix(a, b)
        union = areas(a)[:, None] + areas(b)
        union -= shared
        return np.divide(shared, union, out=np.zeros_like(shared), where=(shared > 0) & (union > 0))


def giou_matrix(a: ArrayLike, b: ArrayLike) -> Floats:
    """Generalised IoU of every pair, [n, m] for boxes [n, 4] and [m, 4]; as `giou`, raises as `iou_matrix`."""
    a, b = as_boxes(a), as_boxes(b)
    with np.errstate(all="ignore"):
        shared = intersection_matrix(a, b)
        area = areas(a)[:, None] + areas(b)
        union = area - shared
        hull = _extent(np.maximum, np.minimum, a, b, 0) * _extent(np.maximum, np.minimum, a, b, 1)
        overlap = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
        overlap -= np.divide(hull - union, hull, out=np.zeros_like(hull), where=hull > 0)
    proper = _proper(a)[:, None] & _proper(b) & (area < np.inf)
    return np.where(proper, overlap, -1.0)


def diou_matrix(a: ArrayLike, b: ArrayLike) -> Floats:
    """Distance IoU of every pair, [n, m] for boxes [n, 4] and [m, 4]; as `diou`, raises as `iou_matrix`."""
    a, b = as_boxes(a), as_boxes(b)
    overlap = iou_matrix(a, b)
    with np.errstate(all="ignore"):
        far = np.square(_extent(np.maximum, np.minimum, a, b, 0)) + np.square(_extent(np.maximum, np.minimum, a, b, 1))
        centres = [boxes[:, :2] + boxes[:, 2:] for boxes in (a, b)]
        near = np.square((centres[0][:, None] - centres[1]) / 2).sum(axis=-1)
        overlap -= np.divide(near, far, out=np.zeros_like(far), where=far > 0)
    return np.where(_proper(a)[:, None] & _proper(b) & (far < np.inf), overlap, -1.0)


def intersection_matrix(a: Floats, b: Floats) -> Floats:
    """Area shared by every pair, [n, m]; raises ValueError for more than `MAX_PAIRS` pairs."""
    if len(a) * len(b) > MAX_PAIRS:
        raise ValueError(f"{len(a)} x {len(b)} boxes are more than {MAX_PAIRS} pairs")
    width = _extent(np.minimum, np.maximum, a, b, 0)
    height = _extent(np.minimum, np.maximum, a, b, 1)
    shared = np.fmax(width, 0.0, out=width)
    shared *= np.fmax(height, 0.0, out=height)
    return shared


def areas(boxes: Floats) -> Floats:
    """Width times height, [n]; negative for a box inverted along one axis."""
    area: Floats = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return area


def union_area(boxes: ArrayLike) -> float:
    """Area that any of the boxes covers; an inverted one covers none. Takes the cube of their number.

    >>> union_area([(0, 0, 2, 2), (1, 1, 3, 3)])
    7.0
    """
    array = as_boxes(boxes)
    array = array[_proper(array)]
    xs, ys = (np.unique(array[:, axis::2]) for axis in (0, 1))
    covered = np.zeros((max(len(xs) - 1, 0), max(len(ys) - 1, 0)), dtype=np.bool_)
    for x1, y1, x2, y2 in array:
        covered[
            np.searchsorted(xs, x1) : np.searchsorted(xs, x2), np.searchsorted(ys, y1) : np.searchsorted(ys, y2)
        ] = 1
    return float(np.diff(xs) @ covered @ np.diff(ys))


def as_boxes(boxes: ArrayLike) -> Floats:
    """A float array [n, 4]; no boxes at all are [0, 4]. Raises ValueError for any other shape."""
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ValueError(f"boxes must have shape [n, 4], not {list(array.shape)}")
    return array


def match(overlap: ArrayLike, threshold: float = 0.5, method: Matcher = "greedy") -> Pairs:
    """One-to-one pairs (row, column) of a matrix [n, m] with overlap ≥ threshold, sorted by row.

    "greedy" takes the largest overlap left, then the next; equal ones in order of row, then column.
    "hungarian" maximises the total overlap of the pairs (Kuhn 1955).

    >>> table = [[0.9, 0.8], [0.8, 0.0]]
    >>> match(table), match(table, method="hungarian")
    ([(0, 0)], [(0, 1), (1, 0)])
    """
    table = np.asarray(overlap, dtype=np.float64)
    if table.size == 0:
        return []
    if table.ndim != 2:
        raise ValueError(f"match needs a matrix [n, m], not shape {list(table.shape)}")
    if method == "greedy":
        return _match_greedy(table, threshold)
    if method == "hungarian":
        return _match_hungarian(table, threshold)
    raise ValueError(f"unknown matcher {method!r}: write greedy or hungarian")


def precision(hits: int, predicted: int, expected: int) -> float:
    """hits / predicted, 0–1. Nothing predicted and nothing expected is 1; exactly one of them empty is 0."""
    return hits / predicted if predicted else float(expected == 0)


def recall(hits: int, predicted: int, expected: int) -> float:
    """hits / expected, 0–1. Nothing predicted and nothing expected is 1; exactly one of them empty is 0."""
    return hits / expected if expected else float(predicted == 0)


def f1(hits: int, predicted: int, expected: int) -> float:
    """2·hits / (predicted + expected), 0–1: the harmonic mean of precision and recall. Both empty is 1.

    >>> f1(1, 3, 2)  # one of two found, with three guesses
    0.4
    """
    return 2 * hits / (predicted + expected) if predicted + expected else 1.0


def mean_overlap(overlap: ArrayLike, pairs: Sequence[tuple[int, int]]) -> float:
    """Mean overlap of matched pairs; 0 if there are none. It says nothing of what was left unmatched."""
    if not pairs:
        return 0.0
    table = np.asarray(overlap, dtype=np.float64)
    return float(np.mean([table[pair] for pair in pairs]))


def _match_greedy(table: Floats, threshold: float) -> Pairs:
    rows, columns = np.nonzero(table >= threshold)
    order = np.argsort(-table[rows, columns], kind="stable")
    free_rows, free_columns = set(rows.tolist()), set(columns.tolist())
    pairs = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row in free_rows and column in free_columns:
            pairs.append((row, column))
            free_rows.remove(row)
            free_columns.remove(column)
            if not (free_rows and free_columns):
                break
    return sorted(pairs)


def _match_hungarian(table: Floats, threshold: float) -> Pairs:
    from scipy.optimize import linear_sum_assignment

    eligible = table >= threshold
    # A pair below the threshold must be worth no more than leaving both sides unmatched.
    rows, columns = linear_sum_assignment(np.where(eligible, table, min(threshold, 0.0)), maximize=True)
    keep = eligible[rows, columns]
    return list(zip(rows[keep].tolist(), columns[keep].tolist(), strict=True))


def _extent(upper: np.ufunc, lower: np.ufunc, a: Floats, b: Floats, axis: int) -> Floats:
    """Along one axis, length of every pair's intersection (minimum, maximum) or hull (maximum, minimum)."""
    reach: Floats = upper(a[:, None, axis + 2], b[:, axis + 2])
    reach -= lower(a[:, None, axis], b[:, axis])
    return reach


def _proper(boxes: Floats) -> NDArray[np.bool_]:
    return (boxes[:, 0] <= boxes[:, 2]) & (boxes[:, 1] <= boxes[:, 3])
