"""COCO average precision of one answer against pycocotools called per answer, as reward code calls it.

python benchmarks/detection.py
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
from functools import partial
from typing import Any

from _table import Figure, show, side_by_side
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from guerdon.metrics.detection import average_precision

Box = tuple[float, float, float, float]
Answer = tuple[list[Box], list[str], None, list[Box], list[str]]


def answer(boxes: int, categories: int, seed: int) -> Answer:
    """`boxes` true boxes and as many predictions, each off by a few pixels; one in ten is elsewhere."""
    rng = random.Random(seed)
    truth = [_box(rng) for _ in range(boxes)]
    labels = [f"class {rng.randrange(categories)}" for _ in truth]
    found = [_box(rng) if rng.random() < 0.1 else _shifted(rng, box) for box in truth]
    return found, labels, None, truth, labels


def _box(rng: random.Random) -> Box:
    x, y = rng.randint(0, 800), rng.randint(0, 600)
    return (x, y, x + rng.randint(30, 200), y + rng.randint(30, 200))


def _shifted(rng: random.Random, box: Box) -> Box:
    x1, y1, x2, y2 = (v + rng.randint(-9, 9) for v in box)
    return (x1, y1, x2, y2)


def coco(case: Answer) -> float:
    """pycocotools with its defaults: mean AP over IoU 0.50:0.95, all areas, 100 detections."""
    boxes, labels, _, true_boxes, true_labels = case
    ids = {label: i for i, label in enumerate(sorted(set(true_labels)), 1)}
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": 1}],
            "categories": [{"id": i, "name": label} for label, i in ids.items()],
            "annotations": [
                _row(b, ids[n], i) for i, (b, n) in enumerate(zip(true_boxes, true_labels, strict=True), 1)
            ],
        }
        truth.createIndex()
        found = truth.loadRes([_row(b, ids[n]) for b, n in zip(boxes, labels, strict=True) if n in ids])
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0])


def _row(box: Box, category: int, number: int | None = None) -> dict[str, Any]:
    x1, y1, x2, y2 = box
    row: dict[str, Any] = {"image_id": 1, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1]}
    if number is None:
        return row | {"score": 1.0}
    return row | {"id": number, "iscrowd": 0, "area": (x2 - x1) * (y2 - y1)}


def main() -> int:
    """Print the table; 1 if a goal is missed or a value differs."""
    figures, furthest = [], 0.0
    for boxes, categories, answers in ((5, 2, 40), (30, 5, 20), (100, 1, 10)):
        cases = [answer(boxes, categories, seed) for seed in range(answers)]
        furthest = max(furthest, *(abs(average_precision(*c) - coco(c)) for c in cases))
        ours, theirs = side_by_side(
            partial(lambda cases: [average_precision(*c) for c in cases], cases),
            partial(lambda cases: [coco(c) for c in cases], cases),
        )
        what = f"AP of {boxes} boxes, {categories} labels"
        figures.append(Figure(what, ours / answers, "pycocotools per answer", theirs / answers, goal=40))
    missed = show("Detection AP, per answer", figures, f"largest difference from pycocotools: {furthest:.1e} (≤ 1e-9)")
    return int(missed or furthest > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
