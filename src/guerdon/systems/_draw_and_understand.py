"""Draw-and-Understand as published: how its evaluation scripts read replies, their mistakes included.

`guerdon.systems.draw_and_understand` says what to use instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

_LINE = re.compile(r"Region [0-9]++:([^\n]*+)\n")
_BRACKETS = re.compile(r"\(([^()\n]*+)\)")
UNREAD = [-1.0, -1.0]
"""What an unreadable verdict counts as, in the mean too."""


def labels(text: str) -> list[str]:
    """What follows the first ": " of every line that has one, up to the next: "a: b" is "a"."""
    return [parts[1] for line in text.split("\n") if len(parts := line.split(": ")) > 1]


def word_iou(found: str, true: str) -> float:
    """Shared words over all words, split at spaces, with their case and punctuation."""
    a, b = set(found.split()), set(true.split())
    return len(a & b) / len(a | b)


def texts(answer: str) -> list[str]:
    """Of every line that ends in a line break, the text in brackets, else all of it; "BLANK" for none."""
    said = [line.strip() for line in _LINE.findall(answer)]
    return [(found[1] if (found := _BRACKETS.search(line)) else line) or "BLANK" for line in said]


def verdict(review: str) -> list[float]:
    """The two scores of the first line, one space or one comma between them; `UNREAD` for anything else."""
    try:
        first, second = map(float, review.split("\n")[0].replace(",", " ").split(" "))
    except ValueError:
        return UNREAD
    return [first, second]


def relative_score(verdicts: Sequence[Sequence[float]]) -> float:
    """The candidate's mean over the reference's, in percent to 2 decimals, unread verdicts counted as −1."""
    reference, candidate = (fmean(column) for column in zip(*verdicts, strict=True))
    return float(round(candidate / reference * 100, 2))
