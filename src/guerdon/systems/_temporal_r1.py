"""Temporal-R1 as published: what the official code does, its mistakes included.

`guerdon.systems.temporal_r1` says what to use instead.
"""

from __future__ import annotations

import re
from typing import Any

from guerdon import parse
from guerdon.leaf import reward
from guerdon.metrics.intervals import iou
from guerdon.parse.jsons import decode
from guerdon.rules import maths
from guerdon.scores import Score

_TIME = r'"([\d.]++)"\s*+'
_END = re.compile(
    rf'</think>\s*+<answer>\s*+\{{\s*+"start_time"\s*+:\s*+{_TIME},\s*+"end_time"\s*+:\s*+{_TIME}\}}\s*+</answer>'
)


@reward("temporal_r1.published.format", range=(0, 1), binary=True)
def layout(response: str) -> float:
    """1 if the text begins with a thought and ends with a JSON object of two quoted runs of digits and dots."""
    start = response.rfind("</think>")
    return float(response.startswith("<think>") and start >= 0 and _END.fullmatch(response, start) is not None)


@reward("temporal_r1.published.accuracy", range=(0, 1))
def accuracy(response: str, answer: Any, video_length: Any) -> float | Score:
    """IoU of the JSON in the first answer block, seconds over `video_length`, with `answer`, shares of it."""
    block = parse.tag(response, "answer", which="first")
    read = decode(block.value or "", 0)
    if read.value is None or read.span != (0, len(block.value or "")):
        return Score.malformed("no answer block that holds JSON alone")
    try:
        start, end = (float(read.value[key]) / float(video_length) for key in ("start_time", "end_time"))
    except (TypeError, ValueError, KeyError, ZeroDivisionError) as error:
        return Score.malformed(f"no start and end: {error!r}")
    return iou((start, end), (float(answer[0]), float(answer[1])))


@reward("temporal_r1.published.qa", range=(0, 1), binary=True)
def qa(response: str, answer: Any) -> float | Score:
    """1 if the first answer block of one line, or else the whole text, is the true answer, as text or mathematics."""
    text, gold = _one_line_answer(response).strip(), str(answer).strip()
    score: float | Score = 1.0 if text == gold else maths.math.fn(text, gold, within=None)
    return score


def _one_line_answer(text: str) -> str:
    for line in text.split("\n"):
        start = line.find("<answer>")
        end = line.find("</answer>", start)
        if start >= 0 and end >= 0:
            return line[start + len("<answer>") : end]
    return text
