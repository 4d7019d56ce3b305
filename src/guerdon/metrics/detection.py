"""COCO average precision of one image, or of a set of them, without the COCO machinery.

Follows COCOeval (Lin et al. 2014, https://cocodataset.org/#detection-eval): per category, detections by
falling score (equal scores keep their order), each takes the free true box it overlaps most if that
reaches the threshold, and the precision envelope is read at 101 recalls. The gain in speed is in what
one image allows: candidates are found once for all thresholds, thresholds that admit the same
candidates share one matching, and recall steps come from a small table.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

import numpy as np

from guerdon.metrics.boxes import as_boxes, intersection_matrix

COCO_THRESHOLDS: tuple[float, ...] = tuple(np.linspace(0.5, 0.95, 10).tolist())
"""IoU 0.50, 0.55 … 0.95, as the exact floats that COCOeval compares with."""
RECALLS: list[float] = np.linspace(0.0, 1.0, 101).tolist()
MAX_DETECTIONS = 100
"""Detections that count per image and category."""
FEW_PAIRS = 256
"""Up to here a plain loop over pairs is faster than arrays."""

Rectangle = Sequence[float]
Candidates = list[list[tuple[float, int]]]
"""Per detection, (IoU, true box) pairs worth considering, best first."""


class Image(NamedTuple):
    """What was found in one image, and what is there; boxes are corners."""

    boxes: Sequence[Rectangle]
    labels: Sequence[Hashable]
    scores: Sequence[float] | None
    """None makes them all 1, so that order decides."""
    true_boxes: Sequence[Rectangle]
    true_labels: Sequence[Hashable]


def average_precision(
    boxes: Sequence[Rectangle],
    labels: Sequence[Hashable],
    scores: Sequence[float] | None,
    true_boxes: Sequence[Rectangle],
    true_labels: Sequence[Hashable],
    thresholds: Sequence[float] = COCO_THRESHOLDS,
) -> float:
    """Mean AP over thresholds and over the categories that the truth holds, 0–1; equal to pycocotools.

    Boxes are corners (x1, y1, x2, y2); `scores` None makes them all equal, so that order decides.
    Detections of a category that the truth lacks are dropped, as COCO does: they cost nothing here.
    Nothing predicted and nothing true is 1, exactly one of them empty is 0. Unlike COCOeval, which
    ignores boxes of negative area, an inverted box counts as a false alarm. Raises ValueError for
    lengths that disagree, scores that are not finite or thresholds outside (0, 1].

    >>> found, truth = [(0, 0, 10, 10)], [(0, 0, 10, 10), (20, 20, 30, 30)]
    >>> round(average_precision(found, ["cat"], None, truth, ["cat", "cat"]), 4)  # 51 of 101 recalls reached
    0.505
    """
    _check(boxes, labels, scores, true_boxes, true_labels)
    if not true_boxes or not boxes:
        return float(not true_boxes and not boxes)
    truth = _by_label(true_labels)
    detections = _by_label(labels)
    ranked = _ranked(thresholds)
    total = 0.0
    for label, true_rows in truth.items():
        rows = detections.get(label)
        if rows is not None:
            if scores is not None:
                rows = sorted(rows, key=lambda i: -scores[i])
            candidates = _candidates(
                [boxes[i] for i in rows[:MAX_DETECTIONS]], [true_boxes[i] for i in true_rows], ranked[0]
            )
            total += _sum_over_thresholds(candidates, len(true_rows), ranked)
    return total / (len(truth) * len(ranked))


def average_precisions(images: Sequence[Image], thresholds: Sequence[float] = COCO_THRESHOLDS) -> dict[Hashable, float]:
    """Mean AP over thresholds of each category that the truth of a set of images holds; equal to pycocotools.

    Detections rank by score over all images, equal ones in the order of images. Raises ValueError as
    `average_precision` does.

    >>> hit, miss = [(0, 0, 9, 9)], [(20, 20, 30, 30)]
    >>> images = [Image(hit, ["cat"], None, hit, ["cat"]), Image(miss, ["cat"], None, [], [])]
    >>> average_precisions(images), average_precisions(images[::-1])
    ({'cat': 1.0}, {'cat': 0.5})
    """
    ranked = _ranked(thresholds)
    pooled: dict[Hashable, list[tuple[float, list[tuple[float, int]]]]] = defaultdict(list)
    counts: dict[Hashable, int] = defaultdict(int)
    for boxes, labels, scores, true_boxes, true_labels in images:
        _check(boxes, labels, scores, true_boxes, true_labels)
        truth = _by_label(true_labels)
        for label, rows in _by_label(labels).items():
            rows = rows if scores is None else sorted(rows, key=lambda i: -scores[i])
            rows = rows[:MAX_DETECTIONS]
            found = _candidates([boxes[i] for i in rows], [true_boxes[j] for j in truth[label]], ranked[0])
            numbered = ([(overlap, counts[label] + j) for overlap, j in row] for row in found)
            pooled[label] += zip([-1.0 if scores is None else -scores[i] for i in rows], numbered, strict=True)
        for label, true_rows in truth.items():
            counts[label] += len(true_rows)
    found_first = {label: [row for _, row in sorted(pooled[label], key=lambda one: one[0])] for label in counts}
    return {
        label: _sum_over_thresholds(found_first[label], n, ranked) / len(ranked) for label, n in counts.items() if n
    }


def _ranked(thresholds: Sequence[float]) -> list[float]:
    ranked = sorted(thresholds)
    if not ranked or not 0 < ranked[0] <= ranked[-1] <= 1:
        raise ValueError(f"thresholds lie in (0, 1], not {list(thresholds)}")
    return ranked


def _check(
    boxes: Sequence[Rectangle],
    labels: Sequence[Hashable],
    scores: Sequence[float] | None,
    true_boxes: Sequence[Rectangle],
    true_labels: Sequence[Hashable],
) -> None:
    if len(boxes) != len(labels) or len(true_boxes) != len(true_labels):
        raise ValueError("average_precision needs one label a box")
    if scores is not None:
        if len(scores) != len(boxes):
            raise ValueError("average_precision needs one score a box")
        if not all(map(isfinite, scores)):
            raise ValueError("average_precision needs finite scores")


def _by_label(labels: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    rows: dict[Hashable, list[int]] = defaultdict(list)
    for i, label in enumerate(labels):
        rows[label].append(i)
    return rows


def _candidates(boxes: Sequence[Rectangle], true_boxes: Sequence[Rectangle], least: float) -> Candidates:
    """True boxes that each detection overlaps by at least `least`, best first, the later of equal ones first."""
    pairs = _loop_pairs if len(boxes) * len(true_boxes) <= FEW_PAIRS else _array_pairs
    found: Candidates = [[] for _ in boxes]
    for i, j, overlap in pairs(boxes, true_boxes, _admit(least)):
        found[i].append((overlap, j))
    for row in found:
        row.sort(reverse=True)
    return found


def _admit(threshold: float) -> float:
    # COCOeval lets a perfect overlap pass a threshold of 1 in spite of rounding.
    return min(threshold, 1 - 1e-10)


def _loop_pairs(
    boxes: Sequence[Rectangle], true_boxes: Sequence[Rectangle], least: float
) -> list[tuple[int, int, float]]:
    truth = [_measured(box) for box in true_boxes]
    found = []
    for i, box in enumerate(boxes):
        ax1, ay1, ax2, ay2, a = _measured(box)
        for j, (bx1, by1, bx2, by2, b) in enumerate(truth):
            width = (ax2 if ax2 < bx2 else bx2) - (ax1 if ax1 > bx1 else bx1)
            if width > 0:
                height = (ay2 if ay2 < by2 else by2) - (ay1 if ay1 > by1 else by1)
                if height > 0:
                    shared = width * height
                    union = a + b - shared
                    if union > 0 and (overlap := shared / union) >= least:
                        found.append((i, j, overlap))
    return found


def _measured(box: Rectangle) -> tuple[float, float, float, float, float]:
    # COCO stores x, y, width, height and rebuilds the far corner, which rounds; doing the same keeps
    # overlaps that sit on a threshold on the same side of it.
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    return x1, y1, width + x1, height + y1, width * height


def _array_pairs(
    boxes: Sequence[Rectangle], true_boxes: Sequence[Rectangle], least: float
) -> list[tuple[int, int, float]]:
    a, b = as_boxes(boxes), as_boxes(true_boxes)
    sides_a, sides_b = a[:, 2:] - a[:, :2], b[:, 2:] - b[:, :2]
    with np.errstate(all="ignore"):
        shared = intersection_matrix(
            np.hstack((a[:, :2], sides_a + a[:, :2])), np.hstack((b[:, :2], sides_b + b[:, :2]))
        )
        overlap = shared / (sides_a.prod(axis=1)[:, None] + sides_b.prod(axis=1) - shared)
    rows, columns = np.nonzero((shared > 0) & (overlap >= least))
    return list(zip(rows.tolist(), columns.tolist(), overlap[rows, columns].tolist(), strict=True))


def _sum_over_thresholds(candidates: Candidates, n_true: int, thresholds: Sequence[float]) -> float:
    overlaps = sorted(overlap for row in candidates for overlap, _ in row)
    known: dict[int, float] = {}
    total = 0.0
    for threshold in thresholds:
        below = bisect_left(overlaps, _admit(threshold))
        if below == len(overlaps):
            break
        if below not in known:
            known[below] = _area(_ranks_of_hits(candidates, overlaps[below]), n_true)
        total += known[below]
    return total


def _ranks_of_hits(candidates: Candidates, threshold: float) -> list[int]:
    """1-based ranks of the detections that get a true box of their own."""
    taken = set()
    ranks = []
    for rank, row in enumerate(candidates, 1):
        for overlap, j in row:
            if overlap < threshold:
                break
            if j not in taken:
                taken.add(j)
                ranks.append(rank)
                break
    return ranks


def _area(ranks: Sequence[int], n_true: int) -> float:
    """Mean of the precision envelope over the 101 recalls, given where the hits rank."""
    steps = _recall_steps(n_true)
    total = envelope = 0.0
    for hits in range(len(ranks), 0, -1):
        envelope = max(envelope, hits / ranks[hits - 1])
        total += envelope * (steps[hits] - steps[hits - 1])
    return total / len(RECALLS)


@lru_cache(maxsize=256)
def _recall_steps(n_true: int) -> list[int]:
    """How many of the 101 recalls have been reached after 0, 1 … hits; the first hit brings recall 0 too."""
    return [0] + [bisect_right(RECALLS, hits / n_true) for hits in range(1, n_true + 1)]
