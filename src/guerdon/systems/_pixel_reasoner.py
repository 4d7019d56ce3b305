"""Pixel Reasoner as published: its rule for a right answer, with what it lets through.

`guerdon.systems.pixel_reasoner` says what to use instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from guerdon.leaf import reward
from guerdon.scores import Score
from guerdon.worker import Pool, WorkerDied, WorkerTimeout

END = "<|im_end|>"
MAX_WAITS = 5
SECONDS = 5.0
UNPARSED = -1.0
LETTERS = "ABCDEFGHIJK"
BOX = "\\boxed{"
_BLOCK = re.compile(r"<answer>(.*?)</answer>")
_REWRITTEN = (("dfrac", "frac"), ("\\text", ""), ("\\varnothing", "\\emptyset"), ("minutes", ""), ("cm", ""))


@reward("pixel_reasoner.published.valid", range=(0, 1), binary=True)
def valid(response: str, *, end: str = END, requires_box: bool = False) -> float:
    """1 if the response has ended, has a box where one is required, and says "wait" at most 5 times; only logged."""
    ended = end in response or "<|endoftext|>" in response
    return float(ended and ("boxed" in response or not requires_box) and response.lower().count("wait") <= MAX_WAITS)


@reward("pixel_reasoner.published.correct", range=(-1, 1))
def correct(response: str, answer: Any, *, requires_box: bool = False) -> float | Score:
    """1 if any true answer is found by math-verify in a box, an answer block or anywhere, or every part of a list
    is somewhere behind the last box; −1 if nothing can be parsed. Both are taken in lower case.
    """
    text = response.lower()
    try:
        return _first_right(text, _accepted(answer), requires_box)
    except (WorkerTimeout, WorkerDied) as error:
        return Score.failed(str(error))


def _first_right(text: str, golds: Sequence[str], requires_box: bool) -> float:
    result = 0.0
    for gold in golds:
        result = _pool().call(_verified, _candidates(text, requires_box), _tidy(gold), seconds=SECONDS)
        if result > 0.5:
            return result
        if "," in gold and _all_parts(text, gold):
            return 1.0
    return result


def _accepted(answer: Any) -> list[str]:
    """The true answers in lower case; of a list also the first percentage without its sign."""
    if not isinstance(answer, (list, tuple)):
        return [str(answer).lower()]
    golds = [str(one).lower() for one in answer]
    bare = next((gold.replace("%", "") for gold in golds if "%" in gold), None)
    return golds if bare is None or bare in golds else [bare, *golds]


def _candidates(text: str, requires_box: bool) -> list[str]:
    """What may be the answer, in the order tried."""
    box, found = text.rfind("\\boxed"), _BLOCK.search(text)
    if requires_box:
        last = text.rfind("boxed")
        return [_tidy("\\" + text[last:])] if last >= 0 else []
    tried = [text[box:].strip()] if box >= 0 else []
    tried += [f"{BOX}{found[1]}}}"] if found else []
    return [_tidy(candidate) for candidate in (*tried, text)]


def _all_parts(text: str, gold: str) -> bool:
    """Whether every part of a boxed list stands anywhere behind the last box."""
    box = text.rfind("boxed")
    return box >= 0 and all(part.strip() in "\\" + text[box:] for part in gold[len(BOX) : -1].split(","))


def _tidy(text: str) -> str:
    for old, new in _REWRITTEN:
        text = text.replace(old, new)
    return text


@cache
def _pool() -> Pool:
    return Pool(1, memory_bytes=2 * 2**30, preload=["math_verify"])


def _verified(candidates: Sequence[str], gold: str) -> float:
    """The verdict on the first candidate that is right, else on the last; runs in a worker."""
    true = _parsed(gold if "\\boxed" in gold else f"{BOX}{gold}}}")
    if not true:
        return UNPARSED
    result = 0.0
    for candidate in candidates:
        result = _verdict(candidate, true)
        if result > 0.99:
            break
    return result


def _verdict(candidate: str, true: list[Any]) -> float:
    from math_verify import verify

    found = _parsed(candidate)
    if found is None:
        return UNPARSED
    if len(true) > 1 and str(true[1]) in LETTERS:
        return float(candidate[len(BOX) :].startswith(str(true[1])))
    return float(verify(found, true, timeout_seconds=None)) if found else UNPARSED


def _parsed(text: str) -> list[Any] | None:
    from math_verify import parse

    try:
        read: list[Any] = parse(text, parsing_timeout=None)
    except Exception:  # the official code takes whatever parsing raises for an answer that cannot be parsed
        return None
    return read
