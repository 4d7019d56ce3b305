"""Perception-R1 as published: what the official code does, its mistakes included.

`guerdon.systems.perception_r1` says what to use instead.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import Any

from guerdon.leaf import reward
from guerdon.scores import Score
from guerdon.worker import Pool, WorkerDied, WorkerTimeout

MEMORY = 2 * 2**30
_MARK = re.compile(r"<(/?)info([1-9][0-9]{0,5})>")
_THINK, _ANSWER, _END, _BOX = "<think>\n", "\n</think>\n<answer>\n", "\n</answer>", "\\boxed{"


def extract_visual_scores(reply: str) -> list[float]:
    """The last verdict of each number, held within 0–1, until the first number that has none.

    What is no number is 0, and NaN is 1.
    """
    opened: dict[int, list[int]] = {}
    closed: dict[int, list[int]] = {}
    for mark in _MARK.finditer(reply):
        (closed if mark[1] else opened).setdefault(int(mark[2]), []).append(mark.start() if mark[1] else mark.end())
    scores: list[float] = []
    while (body := _last_body(opened.get(len(scores) + 1, []), closed.get(len(scores) + 1, []))) is not None:
        scores.append(_verdict(reply[slice(*body)]))
    return scores


def _last_body(starts: list[int], stops: list[int]) -> tuple[int, int] | None:
    """From the last opening tag that a closing one follows, one character or more behind it, to that one."""
    at = bisect_right(starts, stops[-1] - 1) if stops else 0
    if at == 0:
        return None
    start = starts[at - 1]
    return start, stops[bisect_left(stops, start + 1)]


def _verdict(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        return 0.0
    return max(0.0, score) if score <= 1 else 1.0  # so is NaN


@reward("perception_r1.published.visual", range=(0, 1))
def visual(response: str, visual_key_info: Any = None, verdicts: Any = None) -> float | Score:
    """Σ verdicts / (number of verdicts + 1e-6): a judge that gives one verdict of three pays in full. No facts: 0."""
    if not visual_key_info:
        return 0.0
    if not isinstance(verdicts, str):
        return Score.unread("no judge's reply in the column 'verdicts'")
    scores = extract_visual_scores(verdicts)
    return sum(scores) / (len(scores) + 1e-6)


@reward("perception_r1.published.format", range=(0, 1), binary=True)
def layout(response: str) -> float:
    r"""1 for a thought, and an answer that holds \boxed{…}, with exactly the line breaks that were asked for."""
    if not (response.startswith(_THINK) and response.endswith(_END)):
        return 0.0
    at = response.find(_ANSWER, len(_THINK))
    at = response.find(_BOX, at + len(_ANSWER)) if at >= 0 else -1
    at = response.find("}", at + len(_BOX) + 1) if at >= 0 else -1
    return float(0 <= at < len(response) - len(_END))


@reward("perception_r1.published.accuracy", range=(0, 1), binary=True)
def accuracy(response: str, answer: Any, *, seconds: float = 5.0) -> float | Score:
    """math-verify's verdict on the first answer block that opens and closes on one line, else on the whole response.

    A true answer that it cannot read, such as a bare letter, is never met.
    """
    try:
        return float(_pool().call(_verify, str(answer).strip(), _one_line(response).strip(), seconds=seconds))
    except (WorkerTimeout, WorkerDied) as error:
        return Score.failed(f"comparing {response!r:.80} with {answer!r:.80}: {error}")


def _one_line(response: str) -> str:
    for line in response.split("\n"):
        _, opening, rest = line.partition("<answer>")
        body, closing, _ = rest.partition("</answer>")
        if opening and closing:
            return body
    return response


@cache
def _pool() -> Pool:
    return Pool(1, memory_bytes=MEMORY, preload=["math_verify"])


def _verify(gold: str, answer: str) -> bool:
    """Runs in a worker."""
    from math_verify import parse, verify

    parsed = (parse(text, parsing_timeout=None) for text in (gold, answer))
    return bool(verify(*parsed, timeout_seconds=None))
