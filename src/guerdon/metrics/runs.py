"""Masks as arrays, as COCO run lengths and as polygons.

A mask is a bool array [height, width], or `Runs`: the pixels where it begins and ends, column after column
as COCO counts them. Run lengths and polygons become runs without a pixel being written, and two of those
are compared in the time that their outlines take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Size = tuple[int, int]
"""(height, width) in pixels."""

MAX_PIXELS = 50_000_000
"""Of one mask: more cannot be asked for by a short text."""
MAX_CROSSINGS = 5_000_000
"""Places where the edges of a polygon may cross the middle of a pixel column."""
LONGEST = 8
"""Characters of one compressed run length, 5 bits each."""


class Runs(NamedTuple):
    """A mask by the pixels where it begins and ends, counted down the first column, then the next."""

    edges: Integers
    """Rising; pixels from edges[0] up to edges[1] are on, from edges[2] up to edges[3], and so on."""
    size: Size


Mask = Bools | Runs


def as_mask(given: Any, size: Size | None = None, *, extent: tuple[float, float] | None = None) -> Mask:
    """A mask from an array of 0 and 1, {"size": [h, w], "counts": …} as COCO has it, or polygons.

    Polygons are one list or several of x, y, x, y … or of [x, y] pairs, and need `size`; they count pixels
    unless `extent` is the (width, height) they count, and cover together what any of them does. Raises
    ValueError for anything else, and for another size than `size`.

    >>> as_array(as_mask([0, 0, 2, 0, 2, 1, 0, 1], (2, 3))).astype(int)
    array([[1, 1, 0],
           [0, 0, 0]])
    """
    if isinstance(given, Runs):
        mask: Mask = given
    elif isinstance(given, Mapping):
        mask = decode_rle(given, size)
    elif isinstance(given, np.ndarray) or _is_grid(given, size):
        mask = _from_grid(np.asarray(given))
    else:
        if size is None:
            raise ValueError("polygons need the size of their picture")
        scale = (1.0, 1.0) if extent is None else (size[1] / extent[0], size[0] / extent[1])
        mask = fill([polygon * scale for polygon in _polygons(given)], size)
    if size is not None and size_of(mask) != tuple(size):
        raise ValueError(f"a mask of {size_of(mask)} pixels in a picture of {tuple(size)}")
    return mask


def as_array(mask: Mask) -> Bools:
    """The pixels of a mask, bool [height, width]."""
    if not isinstance(mask, Runs):
        return mask
    ends = np.concatenate((mask.edges, [mask.size[0] * mask.size[1]]))
    lengths = ends.copy()
    lengths[1:] -= ends[:-1]
    return np.repeat(np.arange(len(ends)) % 2 == 1, lengths).reshape(mask.size, order="F")


def as_runs(mask: Mask) -> Runs:
    """The runs of a mask."""
    if isinstance(mask, Runs):
        return mask
    flat = np.concatenate([[False], mask.ravel(order="F"), [False]])
    return Runs(np.flatnonzero(flat[1:] != flat[:-1]), (mask.shape[0], mask.shape[1]))


def size_of(mask: Mask) -> Size:
    """(height, width)."""
    return mask.size if isinstance(mask, Runs) else (mask.shape[0], mask.shape[1])


def decode_rle(rle: Mapping[str, Any], size: Size | None = None) -> Runs:
    """Runs of a COCO run-length encoding, its counts compressed or listed.

    Raises ValueError where they do not add up to its size, or that is not `size` or above `MAX_PIXELS`.

    >>> as_array(decode_rle({"size": [2, 3], "counts": [1, 3, 2]})).astype(int)
    array([[0, 1, 0],
           [1, 1, 0]])
    """
    try:
        height, width = (int(n) for n in rle["size"])
        counts = rle["counts"]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("a run-length encoding has a size [height, width] and counts") from None
    if not (height > 0 and width > 0 and height * width <= MAX_PIXELS):
        raise ValueError(f"a mask of {height} x {width} pixels; at most {MAX_PIXELS} are read")
    if size is not None and (height, width) != tuple(size):
        raise ValueError(f"a mask of {(height, width)} pixels in a picture of {tuple(size)}")
    lengths = _decompressed(counts) if isinstance(counts, (str, bytes)) else _integers(counts)
    # No length above the whole, so that their sum cannot wrap around.
    if (lengths < 0).any() or (lengths > height * width).any() or lengths.sum() != height * width:
        raise ValueError(f"the counts of a mask do not add up to its {height * width} pixels")
    edges = np.cumsum(lengths)
    return Runs(_toggles(edges[: len(edges) // 2 * 2]), (height, width))


def encode_rle(mask: Mask) -> dict[str, Any]:
    """A mask as COCO's compressed run-length encoding, JSON-ready; `decode_rle` reads it back.

    >>> encode_rle(np.array([[0, 1, 0], [1, 1, 0]], bool))
    {'size': [2, 3], 'counts': '132'}
    """
    runs = as_runs(mask)
    pixels = runs.size[0] * runs.size[1]
    counts = np.diff(runs.edges, prepend=0, append=pixels)
    if counts[-1] == 0:
        counts = counts[:-1]
    changes = counts.copy()
    changes[3:] -= counts[1:-2]
    return {"size": list(runs.size), "counts": "".join(map(_compressed, changes.tolist()))}


def fill(polygons: Sequence[Floats], size: Size) -> Runs:
    """The pixels whose middles lie inside any of the polygons, each [k, 2] of x, y in pixels.

    A polygon that crosses itself covers what an odd number of its turns go around. COCO's own fill also
    takes in some pixels that an edge merely touches. Raises ValueError above `MAX_CROSSINGS` or `MAX_PIXELS`.
    """
    if size[0] * size[1] > MAX_PIXELS or sum(map(len, polygons)) * size[1] > MAX_CROSSINGS:
        raise ValueError(f"{len(polygons)} polygons in {size[0]} x {size[1]} pixels are too much to fill")
    edges = [_toggles(np.sort(_crossings(polygon, size))) for polygon in polygons]
    return Runs(edges[0] if len(edges) == 1 else _union(edges), size)


def _toggles(edges: Integers) -> Integers:
    """Without the places where a run ends and the next begins."""
    if len(edges) < 2 or (edges[1:] != edges[:-1]).all():
        return edges
    places, times = np.unique(edges, return_counts=True)
    return np.asarray(places[times % 2 == 1])


def _union(edges: Sequence[Integers]) -> Integers:
    places = np.concatenate([*edges, np.empty(0, np.int64)])
    depths = np.concatenate([1 - 2 * (np.arange(len(e)) % 2) for e in edges] or [places])
    order = np.lexsort((-depths, places))
    inside = np.concatenate([[0], np.cumsum(depths[order])]) > 0
    return np.asarray(places[order][inside[1:] != inside[:-1]])


def _crossings(polygon: Floats, size: Size) -> Integers:
    """Where the edges of a polygon cross the middles of columns, as the first pixel below."""
    height, width = size
    x, y = polygon.T
    x_end, y_end = np.concatenate((polygon[1:], polygon[:1])).T
    first = np.ceil(x - 0.5).clip(0, width).astype(np.int64)
    last = np.concatenate((first[1:], first[:1]))
    counts = np.abs(last - first)
    edge = np.repeat(np.arange(len(polygon)), counts)
    column = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts - np.minimum(first, last), counts)
    slope = (y_end - y) / np.where(counts, x_end - x, 1)
    down = y[edge] + (column + 0.5 - x[edge]) * slope[edge]
    return np.asarray(column * height + np.ceil(down - 0.5).clip(0, height).astype(np.int64))


def _from_grid(array: NDArray[Any]) -> Bools:
    if array.ndim != 2 or array.dtype.kind not in "bui":
        raise ValueError(f"a mask is an array [height, width] of 0 and 1, not {array.dtype} {list(array.shape)}")
    if array.dtype == np.bool_:
        return array
    if array.min(initial=0) < 0 or array.max(initial=0) > 1:
        raise ValueError(f"a mask holds 0 and 1, not {array.min()} to {array.max()}")
    return np.asarray(array == 1)


def _is_grid(given: Any, size: Size | None) -> bool:
    """Whether nested lists are rows of pixels rather than polygons: equal rows of 0 and 1, as many as the picture's."""
    if not isinstance(given, (list, tuple)) or not given or not isinstance(given[0], (list, tuple)):
        return False
    if size is not None and (len(given) != size[0] or len(given[0]) != size[1]):
        return False
    return all(len(row) == len(given[0]) and all(type(v) in (int, bool) and v in (0, 1) for v in row) for row in given)


def _polygons(given: Any) -> list[Floats]:
    try:
        flat = bool(len(given)) and not isinstance(given[0], (list, tuple, np.ndarray))
        paired = not flat and len(given) > 2 and all(len(p) == 2 and np.ndim(p[0]) == 0 for p in given)
        polygons = [np.asarray(p, np.float64).reshape(-1, 2) for p in ([given] if flat or paired else given)]
    except (TypeError, ValueError, KeyError, IndexError):
        raise ValueError(f"{str(given)[:80]} are no polygons") from None
    for polygon in polygons:
        if len(polygon) < 3 or not (np.abs(polygon) < 1e9).all():
            raise ValueError(f"{polygon[:4].tolist()} is no polygon: three points or more, all finite")
    return polygons


def _integers(counts: Any) -> Integers:
    array = np.asarray(counts)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError("the counts of a mask are whole numbers")
    return array.astype(np.int64)


def _decompressed(counts: str | bytes) -> Integers:
    """Run lengths from COCO's text: 5 bits a character, low ones first, from the fourth on as a change since
    the last but one."""
    try:
        codes = np.frombuffer(counts.encode("ascii") if isinstance(counts, str) else counts, np.uint8)
    except UnicodeEncodeError:
        raise ValueError("the counts of a mask hold other characters than COCO writes") from None
    bits = codes.astype(np.int64) - 48
    last = np.flatnonzero((bits & 32) == 0)
    if not len(last) or last[-1] != len(bits) - 1 or (bits < 0).any() or (bits > 63).any():
        raise ValueError("the counts of a mask break off, or hold other characters than COCO writes")
    first = np.concatenate([[0], last[:-1] + 1])
    sizes = last - first + 1
    if sizes.max() > LONGEST:
        raise ValueError("the counts of a mask hold a number that is too long")
    place = 5 * (np.arange(len(bits)) - np.repeat(first, sizes))
    values = np.add.reduceat((bits & 31) << place, first)
    values -= np.where(bits[last] & 16, np.int64(1) << (5 * sizes), 0)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return np.asarray(values)


def _compressed(value: int) -> str:
    text = ""
    while True:
        low, value = value & 31, value >> 5
        if value == (-1 if low & 16 else 0):
            return text + chr(low + 48)
        text += chr((low | 32) + 48)
