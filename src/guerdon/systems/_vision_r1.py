"""Vision-R1 as published: what the official code does, its mistakes included, in its single precision.

`guerdon.systems.vision_r1` says what to use instead. Surplus boxes are free, labels hardly count, and any JSON
has the right format.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.leaf import reward
from guerdon.metrics.boxes import giou_matrix
from guerdon.parse.jsons import decode
from guerdon.scores import Score

Singles = NDArray[np.float32]
STEP = 1500
"""From here on the rules are stricter."""
_PLACE = r"(\d{1,3}|1000)"
_OBJECT = re.compile(rf'\{{"bbox_2d": \[{_PLACE}, {_PLACE}, {_PLACE}, {_PLACE}\], "label": "([^"]+)"\}}')
_FENCES = re.compile(r"```json\n|\n```")


@reward("vision_r1.published.precision", range=(0, 1))
def precision(
    response: str, answer: Any, image_size: Any = None, resized_size: Any = None, step: float | None = None
) -> float | Score:
    """Mean GIoU of the matched pairs alone, each 0 or 1 beyond bounds that depend on the step; none without one."""
    found, true = extract(response), _true(answer)
    if not found or not true:
        return float(not found and not true)
    bounds = (0.0, 1.0) if step is None else (0.5, 0.75) if step < STEP else (0.75, 0.9)
    return float(np.mean(_snapped(_matched(found, true, image_size, resized_size), *bounds)))


@reward("vision_r1.published.recall", range=(0, 1))
def recall(
    response: str, answer: Any, image_size: Any = None, resized_size: Any = None, step: float | None = None
) -> float | Score:
    """Share of true boxes matched with GIoU > ½, or > ¾ later; with a step also as a whole 0 below ½ and 1 above ¾."""
    found, true = extract(response), _true(answer)
    if not found or not true:
        return float(not found and not true)
    bound = 0.5 if step is None or step < STEP else 0.75
    hits = _snapped(_matched(found, true, image_size, resized_size), bound, bound)
    share = np.asarray([hits.sum() / np.float32(len(true))], dtype=np.float32)
    return float(_snapped(share, *((0.0, 1.0) if step is None else (0.5, 0.75)))[0])


@reward("vision_r1.published.format", range=(0, 1), binary=True)
def layout(response: str, answer: Any) -> float:
    """1 if the text without fences is JSON and boxes beside labels have four items; where nothing is true, 1 if not."""
    text = _FENCES.sub("", response).strip()
    read = decode(text, 0) if text[:1] in ("[", "{") else None
    if read is None:
        good = _is_json(text)
    else:
        items = read.value if isinstance(read.value, list) else []
        boxes = [item["bbox_2d"] for item in items if isinstance(item, dict) and item.keys() >= {"bbox_2d", "label"}]
        whole = read.ok and read.span is not None and read.span.stop == len(text)
        good = whole and all(isinstance(box, list) and len(box) == 4 for box in boxes)
    return float(good if _true(answer) else not good)


def extract(completion: str) -> list[dict[str, Any]]:
    """The boxes of a JSON list with their labels, in whole pixels; of a broken one the objects written just so."""
    found = []
    for item in _fenced_list(completion):
        try:
            corners, label = item.get("bbox_2d"), item.get("label")
            if isinstance(corners, list) and len(corners) == 4:
                x1, y1, x2, y2 = (int(x) for x in corners)
                if x1 < x2 and y1 < y2:
                    found.append({"bbox": [x1, y1, x2, y2], "category_name": label})
        except (AttributeError, TypeError, ValueError, OverflowError):
            continue
    if found:
        return found
    matches = ([int(x) for x in corners] + [label] for *corners, label in _OBJECT.findall(completion))
    return [{"bbox": box[:4], "category_name": box[4]} for box in matches if box[0] < box[2] and box[1] < box[3]]


def _fenced_list(text: str) -> list[Any]:
    lines = text.strip().splitlines()
    body = "\n".join(lines[1:] if lines and lines[0].startswith("```json") else lines).split("```")[0].strip()
    read = decode(body, 0) if body.startswith("[") else None
    if read is None or not isinstance(read.value, list) or read.span is None or read.span.stop < len(body):
        return []
    return read.value


def _is_json(text: str) -> bool:
    try:
        json.loads(text[:5000])
    except ValueError:
        return False
    return True


def _true(answer: Any) -> list[tuple[str, list[float]]]:
    listed = json.loads(answer) if isinstance(answer, str) else answer
    return [(str(label), list(map(float, box))) for label, box in listed]


def _matched(found: list[dict[str, Any]], true: list[Any], image: Any, resized: Any) -> Singles:
    """GIoU of the pairs that cost least: distance of the corners in pixels, − 1 for the same label, − GIoU."""
    from scipy.optimize import linear_sum_assignment

    boxes = np.array([item["bbox"] for item in found], dtype=np.float32)
    if image is not None and resized is not None:
        frames = (np.tile(np.asarray(size, dtype=np.float32), 2) for size in (resized, image))
        boxes = np.asarray(boxes / next(frames) * next(frames), dtype=np.float32)
    true_boxes = np.array([box for _, box in true], dtype=np.float32)
    overlap = giou_matrix(boxes, true_boxes).astype(np.float32)
    names = [str(item["category_name"]).strip().lower() for item in found]
    same = np.array([[name == label.lower() for label, _ in true] for name in names], dtype=np.float32)
    distance = np.abs(boxes[:, None] - true_boxes).sum(axis=-1)
    return np.asarray(overlap[linear_sum_assignment(distance - same - overlap)])


def _snapped(values: Singles, low: float, high: float) -> Singles:
    """0 below `low`, 1 above `high`."""
    return np.where(values < low, np.float32(0), np.where(values > high, np.float32(1), values))
