"""MC-Bench's scoring script as published: what happens to predicted groups before they are scored.

`guerdon.systems.mc_bench` says what to use instead. Groups are tried by their position rather than their
number, renamed one after the other so that a swap makes them one, and of all pairs of images only the last
with a second group has its groups renamed at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from math import perm
from typing import Any

from guerdon.metrics.boxes import Corners, iou_matrix

Detection = dict[str, Any]
MAX_ORDERS = 50_000
"""Assignments of groups that are tried."""


def regrouped(
    pairs: Sequence[tuple[int, int]], annotations: Sequence[Mapping[str, Any]], detections: Sequence[Mapping[str, Any]]
) -> list[Detection]:
    """The detections with the groups of the last pair that has a second one renamed.

    Raises ValueError where no pair has one, as the script fails there, and for too many groups.
    """
    of_pair = [pair for pair in pairs if any(a["category_id"] == 2 and a["image_id"] in pair for a in annotations)]
    if not of_pair:
        raise ValueError("as published, some pair has to have a second group")
    renamed = [dict(one) for one in detections]
    here = [one for one in renamed if one["image_id"] in of_pair[-1]]
    true = [one for one in annotations if one["image_id"] in of_pair[-1]]
    for position, category in enumerate(_best_order(of_pair[-1], here, true), 1):
        for one in here:
            if one["category_id"] == position:
                one["category_id"] = category
    return renamed


def _best_order(pair: tuple[int, int], found: Sequence[Detection], true: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    categories = sorted({one["category_id"] for one in true})
    count = len({one["category_id"] for one in found})
    if perm(len(categories), count) > MAX_ORDERS:
        raise ValueError(f"{count} predicted groups for {len(categories)} true ones are too many to try")
    orders = permutations(categories, count)
    return max(orders, key=lambda order: _mean_overlap(pair, found, true, order), default=())


def _mean_overlap(
    pair: tuple[int, int], found: Sequence[Detection], true: Sequence[Mapping[str, Any]], order: Sequence[int]
) -> float:
    from scipy.optimize import linear_sum_assignment

    overlaps: list[float] = []
    for image in pair:
        for position, category in enumerate(order, 1):
            mine, theirs = _corners(found, image, position), _corners(true, image, category)
            if mine and theirs:
                table = iou_matrix(mine, theirs)
                overlaps += table[linear_sum_assignment(table, maximize=True)].tolist()
    return sum(overlaps) / len(overlaps) if overlaps else 0.0


def _corners(boxes: Sequence[Mapping[str, Any]], image: int, category: int) -> list[Corners]:
    rows = (one["bbox"] for one in boxes if one["image_id"] == image and one["category_id"] == category)
    return [(x, y, x + width, y + height) for x, y, width, height in rows]
