"""Which level of a verbal scale a judge's reply names: "Extremely Poor", "Poor", …, "Outstanding"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, Which, check_which, too_long
from guerdon.parse.result import Parsed
from guerdon.parse.text import declines, narrow
from guerdon.scores import Status

LIKERT_5 = ("Extremely Poor", "Poor", "Average", "Good", "Outstanding")
LIKERT_10 = (
    "Extremely Poor", "Very Poor", "Poor", "Below Average", "Average", "Above Average", "Good", "Very Good",
    "Excellent", "Outstanding",
)  # fmt: skip
"""The scales of MJ-Bench, worst first: Chen et al. 2024, https://arxiv.org/abs/2407.04842."""
_AROUND = r"[\s*_\"'`\[\](){}<>#.,:=-]{0,16}+"
_FILL = rf"(?:{_AROUND}\b(?:it|this|the|image|picture|quality|alignment|would|be|is|was|of|as|a|an)\b){{0,6}}+{_AROUND}"
_OR = r"[\s*_\"'`]{0,4}(?:[/,|-]|or\b|to\b|and\b)[\s*_\"'`]{0,4}"
_Find = tuple[int, Span]


def likert(text: str, *, scale: tuple[str, ...] = LIKERT_5, which: Which = "only") -> Parsed[int]:
    """The level that a reply names, from 1 for the worst to len(scale).

    Read are a reply that is just a level, what follows "rating" or "rate" ("ALIGNMENT-RATING: Good", {"RATING":
    "Good"}, "I rate this image as good"), and a last line that is just a level; only the first kind that occurs
    counts, and under `which="only"` all finds of it must agree. A level is its whole phrase: "extremely good", "not
    poor but good", "Poor/Average" and praise in an analysis are none. Raises ValueError for a scale of fewer than two
    levels, or twice the same.

    >>> likert("ANALYSIS: a good idea, poorly drawn.\\nRATING: **Extremely Poor**").value
    1
    >>> likert("Very good", scale=LIKERT_10).value, likert("Very good").reason
    (8, 'no level of the scale is named')
    """
    check_which(which)
    forms = _forms(scale)
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    text = narrow(text)
    body = text.rstrip()
    for finds in (_alone(text, 0, forms), _rated(text, forms), _alone(body, body.rfind("\n") + 1, forms)):
        found = list(finds)
        if found and which == "only" and len({level for level, _ in found}) > 1:
            named = ", ".join(dict.fromkeys(scale[level - 1] for level, _ in found))
            return Parsed(None, Status.UNREAD, None, f"conflicting levels: {named}")
        if found:
            level, span = found[0 if which == "first" else -1]
            return Parsed(level, Status.OK, span)
    if declines(text):
        return Parsed(None, Status.ABSTAINED, None, "the judge declines")
    return Parsed(None, Status.UNREAD, None, "no level of the scale is named")


class _Forms(NamedTuple):
    levels: dict[str, int]
    alone: re.Pattern[str]
    rated: re.Pattern[str]


@lru_cache(maxsize=32)
def _forms(scale: tuple[str, ...]) -> _Forms:
    levels = {_plain(phrase): i for i, phrase in enumerate(scale, 1)}
    if len(levels) < max(2, len(scale)) or "" in levels:
        raise ValueError(f"scale={scale!r}: write two or more different phrases, worst first")
    longest = sorted(levels, key=len, reverse=True)
    phrase = "|".join(r"[\s_-]{1,4}".join(map(re.escape, name.split())) for name in longest)
    named = rf"(?P<it>{phrase})(?!\w)(?!{_OR}(?:{phrase}))"
    return _Forms(
        levels,
        alone=re.compile(rf"{_AROUND}{named}{_AROUND}", re.IGNORECASE),
        rated=re.compile(rf"(?<!\w)(?:\w{{1,30}}+[_-])?rat(?:e|ed|ing)\b{_FILL}{named}", re.IGNORECASE),
    )


def _plain(phrase: str) -> str:
    return " ".join(re.split(r"[\s_-]+", phrase.lower())).strip()


def _alone(text: str, start: int, forms: _Forms) -> Iterator[_Find]:
    found = forms.alone.fullmatch(text, start)
    if found:
        yield forms.levels[_plain(found["it"])], Span(*found.span("it"))


def _rated(text: str, forms: _Forms) -> Iterator[_Find]:
    return ((forms.levels[_plain(m["it"])], Span(*m.span("it"))) for m in forms.rated.finditer(text))
