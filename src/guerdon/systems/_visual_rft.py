"""Visual-RFT as published: what the official code does, its mistakes included.

`guerdon.systems.visual_rft` says what to use instead. `symbolic_check` is the step that all three of its
accuracy rewards begin with: if math-verify thinks that response and solution agree as mathematics, the reward
is 1 and boxes are not looked at. Of a list of boxes it reads one number, the second of the first box.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.metrics.boxes import Corners
from guerdon.metrics.pairs import candidates, pair_up
from guerdon.parse.jsons import decode
from guerdon.rules.detection import ranked
from guerdon.scores import Score
from guerdon.worker import Pool

SECONDS = 5.0
"""What one symbolic comparison may take."""
OVERLAP = 0.5
"""The IoU that a hit has to exceed."""
_CORNERS = re.compile(r"\(([0-9]{1,30}),([0-9]{1,30})\),\(([0-9]{1,30}),([0-9]{1,30})\)")


@reward("visual_rft.published.iou", range=(0, 1))
def iou(response: str, answer: Any, *, symbolic_check: bool = False) -> float | Score:
    """Σ IoU of matched boxes over the larger number of boxes, an identical box counted once."""
    if symbolic_check and agrees(response, str(answer)):
        return 1.0
    found, true = _listed(response), _listed(str(answer)) or []
    if not found:
        return Score.malformed("no list of boxes with confidences on one line")
    return min(sum(overlaps(found, true)) / max(len(found), len(true)), 1.0)


@reward("visual_rft.published.confidence", range=(0, 1))
def confidence(response: str, answer: Any, *, symbolic_check: bool = False) -> float | Score:
    """Mean of the confidence where a box is matched and of 1 − confidence where it is not; confidences may exceed 1."""
    if symbolic_check and agrees(response, str(answer)):
        return 1.0
    found = _listed(response)
    if not found:
        return Score.malformed("no list of boxes with confidences on one line")
    hits = overlaps(found, _listed(str(answer)) or [])
    sure = [(box.score or 0.0) if hit else 1 - (box.score or 0.0) for box, hit in zip(ranked(found), hits, strict=True)]
    return min(max(sum(sure) / len(sure), 0.0), 1.0)


@reward("visual_rft.published.classification", range=(0, 1), binary=True)
def classification(response: str, answer: Any, *, symbolic_check: bool = False) -> float:
    """1 if either name contains the other, so for no name at all and for a single letter too."""
    if symbolic_check and agrees(response, str(answer)):
        return 1.0
    found, true = (re.sub(r"[ _]", "", _block(text)).lower() for text in (response, str(answer)))
    return float(found in true or true in found)


@reward("visual_rft.published.grounding", range=(0, 2))
def grounding(response: str, answer: Any, *, symbolic_check: bool = False) -> float | Score:
    """GIoU + 1 of boxes written (x1,y1),(x2,y2) in whole numbers, 2 for the same text; swapped corners are not seen.

    Of several boxes the first corners of the first two make a box.
    """
    if symbolic_check and agrees(response, str(answer)):
        return 1.0
    text, true_text = _block(response), _block(str(answer))
    if text == true_text:
        return 2.0
    found, true = _corners(text), _corners(true_text)
    if found is None or true is None:
        return Score.malformed("no box in round brackets and whole numbers")
    return unguarded_giou(found, true) + 1


def overlaps(found: list[Box], true: list[Box]) -> list[float]:
    """By falling confidence, the IoU of each box with the free true box it overlaps most, 0 up to `OVERLAP`."""
    pairs = candidates([box[:4] for box in ranked(found)], [box[:4] for box in true], at_least=OVERLAP)
    kept = {row: value for value, row, _ in pair_up([pair for pair in pairs if pair[0] > OVERLAP], "ranked")}
    return [kept.get(row, 0.0) for row in range(len(found))]


def unguarded_giou(a: Corners, b: Corners) -> float:
    """GIoU that takes two negative sides for a proper box."""
    shared = max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    overlap = shared / union if union else 0.0
    return overlap - (hull - union) / hull if hull else overlap


def agrees(response: str, answer: str) -> bool:
    """Whether math-verify takes two whole texts for equal. Raises WorkerTimeout or WorkerDied where it cannot tell."""
    verdict: bool = _pool().call(_verify, response, answer, seconds=SECONDS)
    return verdict


@cache
def _pool() -> Pool:
    return Pool(1, memory_bytes=2 * 2**30, preload=["math_verify"])


def _verify(response: str, answer: str) -> bool:
    import logging

    from math_verify import parse, verify

    logging.getLogger("math_verify").setLevel(logging.ERROR)  # it warns that the deadline is somebody else's
    found, gold = (parse(text, parsing_timeout=None) for text in (response, answer))
    return bool(verify(found, gold, timeout_seconds=None))


def _block(text: str) -> str:
    """The first answer block that opens and closes on one line, or the whole text."""
    for line in text.split("\n"):
        _, opened, rest = line.partition("<answer>")
        body, closed, _ = rest.partition("</answer>")
        if opened and closed:
            return body.strip()
    return text.strip()


def _listed(text: str) -> list[Box] | None:
    """The boxes of a JSON list of {Position, Confidence}, each once; None where one cannot be read."""
    body = _block(text).replace("[[", "[").replace("]]", "]").replace("\n", "").replace("'", '"')
    read = decode(body, 0)
    if not isinstance(read.value, list) or read.span is None or body[read.span.stop :].strip():
        return None
    boxes: dict[Corners, Box] = {}
    try:
        for item in read.value:
            x1, y1, x2, y2 = map(float, item["Position"][:4])
            boxes.setdefault((x1, y1, x2, y2), Box(x1, y1, x2, y2, None, float(item["Confidence"])))
    except (TypeError, KeyError, ValueError):
        return None
    return list(boxes.values())


def _corners(text: str) -> Corners | None:
    found = _CORNERS.findall(text)
    points = [box[:2] for box in found] + [box[2:] for box in found]
    if len(points) < 2:
        return None
    (x1, y1), (x2, y2) = ((float(x), float(y)) for x, y in points[:2])
    return x1, y1, x2, y2
