"""UFO as published: what the official code does, its mistakes included.

`guerdon.systems.ufo` says what to use instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike

from guerdon.geometry import to_xyxy
from guerdon.leaf import reward
from guerdon.metrics.boxes import iou
from guerdon.metrics.masks import Areas, areas, cumulative_iou

SIDE = 896
LARGE = 4
"""From this sum of the four corners on, numbers count pixels."""
TINY = 1e-5
IGNORED = 255
LONGEST = 100
"""Characters of a number."""


@reward("ufo.published.rec_iou", range=(0, 1))
def rec_iou(response: str, boxes: Sequence[float], image_size: tuple[float, float]) -> float:
    """IoU of the first four of the numbers between commas, cx, cy, w, h; 0 if one is no number.

    They count pixels of 896 × 896 if the sum of the corners is at least 4, else shares of the image.
    """
    try:
        cx, cy, w, h = (float(part[:LONGEST]) for part in response.split(",", 4)[:4])
    except ValueError:
        return 0.0
    corners = to_xyxy((cx, cy, w, h), "cxcywh")
    if not all(map(isfinite, corners)):
        return 0.0
    scale = SIDE if sum(corners) >= LARGE else 1
    width, height = image_size
    x1, y1, x2, y2 = (v / scale * side for v, side in zip(corners, (width, height) * 2, strict=True))
    a, b, c, d = boxes
    return iou((x1, y1, x2, y2), (a, b, c, d))


def mask_metrics(found: ArrayLike, true: ArrayLike) -> dict[str, float]:
    """cIoU and gIoU of the object, and their means with those of everything else, which flatter; 255 is left out."""
    found, true = np.asarray(found), np.asarray(true)
    sides = {
        name: [areas(p == label, t == label, t != IGNORED) for p, t in zip(found, true, strict=True)]
        for name, label in (("bg", 0), ("fg", 1))
    }
    c_iou = {name: cumulative_iou(side) for name, side in sides.items()}
    g_iou = {name: float(np.mean([_soft_iou(one) for one in side])) for name, side in sides.items()}
    return {
        "cIoU_fg": c_iou["fg"], "gIoU_fg": g_iou["fg"],
        "mean_over_bg_fg_cIoU": (c_iou["bg"] + c_iou["fg"]) / 2,
        "mean_over_bg_fg_gIoU": (g_iou["bg"] + g_iou["fg"]) / 2,
    }  # fmt: skip


def _soft_iou(one: Areas) -> float:
    return one.shared / (one.union + TINY) if one.union else 1.0
