"""What the parts of VLRMBench share: reading lists of labels and of scores, soundly and as its scripts read them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from guerdon.bench.outputs import number
from guerdon.parse.jsons import json_value
from guerdon.parse.policy import MAX_CHARS, MAX_DIGITS
from guerdon.parse.ratings import ratings
from guerdon.parse.result import Parsed
from guerdon.sample import Row
from guerdon.scores import Status

URL = "https://github.com/JCruan519/VLRMBench"
LICENCE = "Apache-2.0 (code); images under the terms of their sources"
TITLE = "VLRMBench: A Comprehensive and Challenging Benchmark for Vision-Language Reward Models"
LOW, HIGH = 0.0, 10.0
"""Of a score."""
_STEP = re.compile(r"^[ \t]*STEP[ \t]*[0-9]{1,4}[ \t]*:", re.MULTILINE)
_DIGITS = re.compile(r"\d+")


def labels(text: str, n: int) -> Parsed[list[int]]:
    """The labels of n steps: the last list in the text, which holds n times 0 or 1 and nothing else; else unread.

    >>> labels("Step 2 miscounts: [0, 1]", 2).value
    [0, 1]
    >>> labels("STEP 1: 0, STEP 2: 1", 2).reason
    'no JSON array found'
    """
    found = json_value(text, kind="array", lenient=True)
    if found.value is None:
        return Parsed(None, Status.UNREAD, None, found.reason)
    given = [number(label) for label in found.value]
    if len(given) != n or not set(given) <= {0.0, 1.0}:
        return Parsed(None, Status.UNREAD, None, f"{len(given)} labels for {n} steps, or one is neither 0 nor 1")
    return Parsed([int(label) for label in given], span=found.span)


def published_labels(text: str, n: int) -> list[int]:
    """As the script reads them: every run of digits, in order, anything but 0 being 1; then cut, or 0s added.

    >>> published_labels("STEP 1: 0, STEP 2: 1", 2), published_labels("", 2)
    ([1, 0], [0, 0])
    """
    found = [int(digits != 0) for digits in _numbers(text)[:n]]
    return found + [0] * (n - len(found))


def scores(text: str) -> Parsed[tuple[float, ...]]:
    """Two scores from 0 to 10: the last list in the text, else all that its first line holds; else unread.

    >>> scores('["8.5", 6]').value, scores("8 6").value
    ((8.5, 6.0), (8.0, 6.0))
    """
    found = json_value(text, kind="array", lenient=True)
    given = tuple(number(score) for score in found.value or ())
    if len(given) == 2 and all(LOW <= score <= HIGH for score in given):
        return Parsed(given, span=found.span)
    return ratings(text, count=2, low=LOW, high=HIGH)


def published_scores(text: str, n: int = 2) -> list[int]:
    """As the scripts read them: the last n runs of digits, with 0s added behind where there are fewer.

    >>> published_scores("[8.5, 6.5]"), published_scores("7")
    ([6, 5], [7, 0])
    """
    found = _numbers(text)[-n:]
    return found + [0] * (n - len(found))


def steps(reasoning: Any) -> list[str]:
    """The steps of a reasoning, a list or a text whose steps begin with "STEP 1:", "STEP 2:", …

    >>> steps("STEP1: Count. STEP 9: is no step.\\n\\nSTEP2: So 3.")
    ['STEP1: Count. STEP 9: is no step.', 'STEP2: So 3.']
    """
    if not isinstance(reasoning, str):
        return [str(step) for step in reasoning]
    starts = [found.start() for found in _STEP.finditer(reasoning)]
    return [reasoning[a:b].strip() for a, b in zip(starts, [*starts[1:], len(reasoning)], strict=True)]


def key(row: Row, task: str) -> str:
    """An id and its task: one reasoning may be part of several."""
    return f"{row['id']} {task}"


def answered_task(path: Path) -> str:
    """The task of a file of answers, which the scripts name by its folder: `eval_res/location_error/gpt_4o.jsonl`."""
    return path.resolve().parent.name


def text(reasoning: Any) -> str:
    """A reasoning as one text."""
    return reasoning if isinstance(reasoning, str) else "\n".join(map(str, reasoning))


def _numbers(text: str) -> list[int]:
    if len(text) > MAX_CHARS:
        return []
    return [int(digits[:MAX_DIGITS]) for digits in _DIGITS.findall(text)]
