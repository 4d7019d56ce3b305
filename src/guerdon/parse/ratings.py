"""Several scores on the first line of a judge's reply, one for each answer."""

from __future__ import annotations

import re

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed
from guerdon.parse.text import declines, narrow
from guerdon.scores import Status

_SCORE = re.compile(r"([-+]?[0-9]{1,9}(?:\.[0-9]{1,9})?)(?:/([0-9]{1,9}))?")
_LINE = 1_000
"""Characters of a line of scores."""


def ratings(text: str, *, count: int = 2, low: float = 1, high: float = 10) -> Parsed[tuple[float, ...]]:
    """The `count` scores, from `low` to `high`, that are all the first line holds, between spaces or commas.

    Anything else is UNREAD: another number of scores, one outside the range or out of another total, words.

    >>> ratings("8, 7\\nThe first is better.").value, ratings("8/10 7/10").value
    ((8.0, 7.0), (8.0, 7.0))
    >>> ratings("8 11").reason
    'the score 11 is not between 1 and 10'
    """
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    start = len(text) - len(text.lstrip())
    line = narrow(text[start : start + _LINE].partition("\n")[0])
    found = [_SCORE.fullmatch(word) for word in line.replace(",", " ").split()]
    if len(found) != count or None in found:
        if declines(line):
            return Parsed(None, Status.ABSTAINED, None, "the judge declines")
        return _unread(f"the first line is not {count} scores: {line!r:.80}")
    scores = []
    for score in found:
        if score is not None:
            value, total = float(score[1]), float(score[2] or high)
            if not low <= value <= high or total != high:
                return _unread(f"the score {score[0]} is not between {low:g} and {high:g}")
            scores.append(value)
    return Parsed(tuple(scores), span=Span(start, start + len(line)))


def _unread(reason: str) -> Parsed[tuple[float, ...]]:
    return Parsed(None, Status.UNREAD, None, reason)
