"""Masks against pycocotools and distance transforms, and AP over a set of images against pycocotools.

    python benchmarks/grounding.py

Masks are blobs of 480 × 640 pixels, as COCO's compressed run lengths, arrays or polygons. Reward code decodes run
lengths to pixels and counts these; pycocotools' own IoU on run lengths is the floor of that line.
"""

from __future__ import annotations

import contextlib
import io
import sys
from math import ceil, hypot
from typing import Any

import numpy as np
from _table import Figure, show, side_by_side
from pycocotools import mask as coco
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from scipy.ndimage import distance_transform_edt, gaussian_filter

from guerdon.metrics.detection import COCO_THRESHOLDS, Image, average_precisions
from guerdon.metrics.masks import boundary_f, iou, outline
from guerdon.metrics.runs import Bools, as_mask, decode_rle

SIZE = (480, 640)
IMAGES = 100


def blob(rng: np.random.Generator) -> Bools:
    """A few round pieces."""
    return np.asarray(gaussian_filter(rng.normal(size=SIZE), 40) > 0.008)


def decoded_iou(a: Any, b: Any) -> float:
    """Run lengths to pixels, and these counted."""
    p, q = coco.decode(a).astype(bool), coco.decode(b).astype(bool)
    return float((p & q).sum() / (p | q).sum())


def edt_boundary_f(a: Bools, b: Bools) -> float:
    """The same outlines, compared by distance transforms of whole pictures."""
    first, second = outline(a), outline(b)
    reach = ceil(0.008 * hypot(*SIZE))
    p = float((distance_transform_edt(~second)[first] <= reach).mean())
    r = float((distance_transform_edt(~first)[second] <= reach).mean())
    return 2 * p * r / (p + r)


def images(rng: np.random.Generator) -> list[Image]:
    """Five boxes of two categories each, found with some noise and some doubt."""
    made = []
    for _ in range(IMAGES):
        corner = rng.integers(0, 400, (5, 2))
        true = np.hstack([corner, corner + rng.integers(30, 150, (5, 2))]).astype(float)
        found = true + rng.normal(0, 6, true.shape)
        labels = [int(k) for k in rng.integers(2, size=5)]
        made.append(Image(found.tolist(), labels, rng.random(5).round(2).tolist(), true.tolist(), labels))
    return made


def coco_ap(shown: list[Image]) -> dict[Any, float]:
    """AP of each category by pycocotools."""
    truth, found = COCO(), COCO()
    rows: tuple[list[dict[str, Any]], list[dict[str, Any]]] = ([], [])
    for number, image in enumerate(shown, 1):
        for side, boxes, scores in ((0, image.true_boxes, None), (1, image.boxes, image.scores)):
            for k, (x1, y1, x2, y2) in enumerate(boxes):
                row: dict[str, Any] = {"id": len(rows[side]) + 1, "image_id": number}
                row |= {"category_id": int(str(image.labels[k])) + 1}
                row |= {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": 0}
                rows[side].append(row if scores is None else row | {"score": scores[k]})
    shared = {"images": [{"id": i + 1} for i in range(len(shown))], "categories": [{"id": 1}, {"id": 2}]}
    truth.dataset, found.dataset = shared | {"annotations": rows[0]}, shared | {"annotations": rows[1]}
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    return {k: float(precision[:, :, k].mean()) for k in range(2)}


def main() -> int:
    """Print the table; 1 if a goal is missed or a value differs."""
    rng = np.random.default_rng(0)
    a, b = blob(rng), blob(rng)
    p, q = (coco.encode(np.asfortranarray(mask, dtype=np.uint8)) for mask in (a, b))
    rle, decoding, runs = side_by_side(
        lambda: iou(decode_rle(p), decode_rle(q)), lambda: decoded_iou(p, q), lambda: coco.iou([p], [q], [0]), repeat=20
    )
    arrays, plain = side_by_side(lambda: iou(a, b), lambda: (a & b).sum() / (a | b).sum(), repeat=20)
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([320 + 150 * np.cos(angles), 240 + 100 * np.sin(angles)], axis=1).ravel().tolist()
    filled, theirs = side_by_side(
        lambda: as_mask(ring, SIZE), lambda: coco.decode(coco.frPyObjects([ring], *SIZE)), repeat=20
    )
    near, edt = side_by_side(lambda: boundary_f(a, b), lambda: edt_boundary_f(a, b), repeat=3)
    shown = images(rng)
    ours, pycoco = side_by_side(lambda: average_precisions(shown, COCO_THRESHOLDS), lambda: coco_ap(shown), repeat=3)
    figures = [
        Figure("IoU of two run-length texts", rle, "decoded, then counted", decoding, goal=1, floor=runs),
        Figure("IoU of two arrays", arrays, "NumPy, & and |", plain, goal=1),
        Figure("a polygon of 40 corners", filled, "pycocotools, decoded", theirs, goal=1),
        Figure("boundary F", near, "distance transforms", edt, goal=1),
        Figure(f"AP of {IMAGES} images", ours, "pycocotools", pycoco, goal=1),
    ]
    expected = coco_ap(shown)
    apart = max(
        abs(iou(decode_rle(p), decode_rle(q)) - decoded_iou(p, q)),
        abs(boundary_f(a, b) - edt_boundary_f(a, b)),
        *(abs(value - expected[k]) for k, value in average_precisions(shown).items()),
    )
    return int(show("Grounding", figures, f"largest difference: {apart:.1e} (≤ 1e-9)") or apart > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
