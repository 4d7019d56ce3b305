"""Score sheets of two answers: a judge's scores in several dimensions, their sums, and which is greater.

1. Semantic consistency: Image 1 (9/10) - …; Image 2 (7/10) - …
2. Aesthetics: Image 2 (8/10) - …; Image 1 (6/10) - …
Total score:
Image 1: 9+6=15
Image 2: 7+8=15
"""

from __future__ import annotations

import re
from math import isclose
from typing import NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import narrow
from guerdon.scores import Status

_N = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_WHO = r"\b(?:image|video|answer|response|caption|model)\s?([12])"
_SCORE = re.compile(rf"{_WHO}\s?:?\s?(?:\(\s?)?({_N})\s?/\s?10(?![0-9])", re.IGNORECASE)
_TOTAL = re.compile(rf"{_WHO}\s?:\s?((?:{_N}\s?\+\s?)*+{_N}\s?=\s?)?+({_N})(?![0-9]|\.[0-9]|\s?[/+=])", re.IGNORECASE)
_HEADER = re.compile(r"\btotal", re.IGNORECASE)
_NUMBER = re.compile(_N)


class ScoreSheet(NamedTuple):
    """What a judge gave two answers; each field has that of the first and that of the second."""

    scores: tuple[tuple[float, ...], tuple[float, ...]]
    """By dimension, in the order of the text."""
    terms: tuple[tuple[float, ...], tuple[float, ...]]
    """What was added up; empty where no addition is shown."""
    totals: tuple[float, float]

    @property
    def complete(self) -> bool:
        """Whether what was added up are the scores, one of each dimension."""
        return self.scores == self.terms

    @property
    def adds_up(self) -> bool:
        """Whether the sums are right, of the terms shown, else of the scores."""
        parts = (terms or scores for terms, scores in zip(self.terms, self.scores, strict=True))
        return all(isclose(sum(part), total, abs_tol=1e-6) for part, total in zip(parts, self.totals, strict=True))

    @property
    def leader(self) -> int | None:
        """1 or 2, the answer with the greater total; None for a tie."""
        first, second = self.totals
        return None if first == second else 1 if first > second else 2


def score_sheet(text: str) -> Parsed[ScoreSheet]:
    """The scores out of 10 of Image 1 and 2 (or Video, Answer, …), and their totals behind the last "Total".

    UNREAD where one of the two has no total, or not as many scores as the other.

    >>> sheet = score_sheet("Style: Image 1 (9/10), Image 2 (7/10). Total score: Image 1: 9=9 Image 2: 8").value
    >>> sheet.scores, sheet.totals, sheet.adds_up, sheet.leader
    (((9.0,), (7.0,)), (9.0, 8.0), False, 1)
    """
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    text = narrow(text)
    header = max((found.start() for found in _HEADER.finditer(text)), default=None)
    if header is None:
        return _unread("no total")
    scores: tuple[list[float], list[float]] = ([], [])
    for found in _SCORE.finditer(text, 0, header):
        scores[int(found[1]) - 1].append(float(found[2]))
        if len(scores[0]) + len(scores[1]) > MAX_ITEMS:
            return _unread(f"more than {MAX_ITEMS} scores")
    if not scores[0] or len(scores[0]) != len(scores[1]):
        return _unread(f"{len(scores[0])} scores of the first and {len(scores[1])} of the second")
    totals = {int(found[1]): found for found in _TOTAL.finditer(text, header)}
    if len(totals) < 2:
        return _unread("no total of one of the two")
    sums = tuple(tuple(map(float, _NUMBER.findall(totals[k][2] or ""))) for k in (1, 2))
    sheet = ScoreSheet(
        (tuple(scores[0]), tuple(scores[1])), (sums[0], sums[1]), (float(totals[1][3]), float(totals[2][3]))
    )
    return Parsed(sheet, span=Span(0, max(found.end() for found in totals.values())))


def _unread(reason: str) -> Parsed[ScoreSheet]:
    return malformed(reason)._replace(status=Status.UNREAD)
