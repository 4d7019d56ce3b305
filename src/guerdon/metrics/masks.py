"""What two masks share, how well their outlines agree, and the same over a set of pictures.

Two empty masks have no overlap to speak of: what they are worth is said by `both_empty`, 1 by default; 0 and
NaN (to be left out) are what others use.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, hypot
from typing import Any, NamedTuple

import numpy as np

from guerdon.metrics.runs import Bools, Floats, Integers, Mask, Runs, as_array, size_of


class Areas(NamedTuple):
    """Pixels of two masks."""

    shared: int
    first: int
    second: int

    @property
    def union(self) -> int:
        """Pixels in either."""
        return self.first + self.second - self.shared

    def iou(self, both_empty: float = 1.0) -> float:
        """Shared over union, 0–1."""
        return self.shared / self.union if self.union else both_empty

    def dice(self, both_empty: float = 1.0) -> float:
        """Twice shared over the sum of both, 0–1."""
        return 2 * self.shared / (self.first + self.second) if self.union else both_empty


def areas(a: Mask, b: Mask, valid: Bools | None = None) -> Areas:
    """How many pixels two masks have, and share; only those in `valid` if that is given.

    Raises ValueError for masks of different sizes.
    """
    if size_of(a) != size_of(b):
        raise ValueError(f"masks of {size_of(a)} and {size_of(b)} pixels cannot be compared")
    if isinstance(a, Runs) and isinstance(b, Runs) and valid is None:
        return Areas(_shared(a.edges, b.edges), _area(a.edges), _area(b.edges))
    a, b = as_array(a), as_array(b)
    if valid is not None:
        a, b = a & valid, b & valid
    return Areas(*(int(np.count_nonzero(m)) for m in (a & b, a, b)))


def iou(a: Mask, b: Mask, *, both_empty: float = 1.0) -> float:
    """Pixels in both over pixels in either, 0–1.

    >>> iou(np.array([[1, 1, 0]], bool), np.array([[0, 1, 1]], bool))
    0.3333333333333333
    """
    return areas(a, b).iou(both_empty)


def dice(a: Mask, b: Mask, *, both_empty: float = 1.0) -> float:
    """Twice the pixels in both over the pixels of each, 0–1: the F1 of pixels; 2·IoU / (1 + IoU). Dice 1945.

    >>> dice(np.array([[1, 1, 0]], bool), np.array([[0, 1, 1]], bool))
    0.5
    """
    return areas(a, b).dice(both_empty)


def mean_iou(found: Iterable[Areas], *, both_empty: float = 1.0) -> float:
    """Mean over pictures of shared / union, 0–1: called gIoU or mIoU. With both_empty=NaN empty pairs are left out.

    NaN if nothing is left. It weighs a speck like a landscape.
    """
    kept = [value for a in found if (value := a.iou(both_empty)) == value]
    return sum(kept) / len(kept) if kept else float("nan")


def cumulative_iou(found: Iterable[Areas], *, both_empty: float = 1.0) -> float:
    """Σ shared / Σ union over pictures, 0–1: called cIoU. Large objects decide it.

    >>> half, whole = Areas(1, 1, 2), Areas(4, 4, 4)
    >>> mean_iou([half, whole]), cumulative_iou([half, whole])
    (0.75, 0.8333333333333334)
    """
    listed = list(found)
    union = sum(a.union for a in listed)
    return sum(a.shared for a in listed) / union if union else both_empty


def boundary_f(a: Mask, b: Mask, *, tolerance: float = 0.008, both_empty: float = 1.0) -> float:
    """F1 of outline pixels that lie within ⌈tolerance · diagonal⌉ pixels of the other outline, 0–1.

    The outline is the mask's pixels that touch its outside or the edge of the picture. One empty mask is 0.
    Perazzi et al. 2016 (DAVIS), whose tolerance is the default.
    """
    from scipy.spatial import cKDTree

    if size_of(a) != size_of(b):
        raise ValueError(f"masks of {size_of(a)} and {size_of(b)} pixels cannot be compared")
    first, second = (np.argwhere(outline(as_array(m))) for m in (a, b))
    if not (len(first) and len(second)):
        return both_empty if len(first) == len(second) else 0.0
    # Between the reach, a whole number of pixels, and the next distance there can be.
    bound = hypot(ceil(tolerance * hypot(*size_of(a))), 0.5)
    near = [
        float(np.isfinite(cKDTree(there).query(here, distance_upper_bound=bound)[0]).mean())
        for here, there in ((first, second), (second, first))
    ]
    return 2 * near[0] * near[1] / sum(near) if sum(near) else 0.0


def outline(mask: Bools) -> Bools:
    """The pixels of a mask that touch its outside, or the edge of the picture, along a side."""
    padded = np.pad(mask, 1)
    inside = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return np.asarray(mask & ~inside)


def energy_inside(heat: Floats, mask: Bools) -> float:
    """Share of a heat map's total that lies in the mask, 0–1; a map without any is 0.

    Raises ValueError for negative or non-finite heat, or another size.
    """
    _check_heat(heat, mask)
    total = float(heat.sum())
    return float(heat[mask].sum()) / total if total > 0 else 0.0


def hottest_inside(heat: Floats, mask: Bools) -> float:
    """Share of a heat map's hottest pixels that lie in the mask: 0 or 1 unless several are as hot; without heat 0.

    Raises ValueError as `energy_inside`.
    """
    _check_heat(heat, mask)
    return float(mask[heat == heat.max()].mean()) if heat.any() else 0.0


def _check_heat(heat: Floats, mask: Bools) -> None:
    if heat.shape != mask.shape or not np.isfinite(heat).all() or (heat < 0).any():
        raise ValueError(f"a heat map is finite, not negative, and as large as the mask, not {list(heat.shape)}")


def retrieval_logits(tokens: Any, features: Any, *, grid: int = 4) -> Any:
    """Mask logits from hidden states: tokens [grid², d] and features [h, w, d] give [grid·h, grid·w].

    Token number grid·a + b says what lies in row a, column b within every cell of the features: the dot product
    of both, over √d. NumPy arrays and torch tensors alike, with their gradients. Tang et al. 2025 (UFO).
    """
    height, width, depth = features.shape
    if tuple(tokens.shape) != (grid * grid, depth):
        raise ValueError(f"{grid * grid} tokens of {depth} numbers are needed, not {list(tokens.shape)}")
    logits = (features @ tokens.T) / depth**0.5
    return logits.reshape(height, width, grid, grid).swapaxes(1, 2).reshape(height * grid, width * grid)


def _shared(a: Integers, b: Integers) -> int:
    """Pixels in both: how much of `a` lies before each end of a run of `b`, less what lies before its beginning."""
    if not (len(a) and len(b)):
        return 0
    before = np.zeros(len(a))
    np.cumsum(a[1::2] - a[::2], out=before[1::2])
    before[2::2] = before[1:-1:2]
    reached = np.interp(b, a, before)
    return int(reached[1::2].sum() - reached[::2].sum())


def _area(edges: Integers) -> int:
    return int(edges[1::2].sum() - edges[::2].sum())
