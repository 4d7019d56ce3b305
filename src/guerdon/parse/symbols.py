"""Which of a few known things a sentence states, by whole words and with negation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import narrow

Phrases = Mapping[str, Sequence[str]]
"""What can be stated → the phrases that state it. A phrase "not x" is x under negation, and "x*" any word that
begins so; x alone is x that is not negated."""
_BOUNDARY = re.compile(r"[.,;:!?\n]|\b(?:but|however|although|though|yet)\b")
_NEGATORS = (
    "no", "n't", "never", "neither", "without", "lack", "absence", "devoid", "free of", "rather", "instead", "anything",
    "far from", "other than", "unlike", "doubt",
)  # fmt: skip
_BEFORE = re.compile(
    r"\b(?:no|not|never|neither|nor|without|cannot|lacks?|lacking|absence|devoid|free\s++of|rather\s++than|instead\s++of"
    r"|anything\s++but|far\s++from|other\s++than|unlike(?:ly)?|doubt(?:s|ful)?)\b|n't\b"
)
_AFTER = re.compile(r"\s++(?:(?:is|are|was|were|does|do)(?:\s++(?:absent|not)\b|n't\b)|absent\b)")


def symbol(text: str, phrases: Phrases) -> Parsed[str]:
    """The one thing that the text states; none and several are malformed.

    A phrase is negated by a "no", "not", "without", "instead of", … before it in the same clause, or by "is not" or
    "absent" right after it. A negated phrase states nothing unless it is listed with "not".

    >>> table = {"ill": ["cancer", "malignan*"], "well": ["healthy", "not cancer"]}
    >>> symbol("Malignancy is visible.", table).value, symbol("There is no cancer here.", table).value
    ('ill', 'well')
    >>> symbol("Not healthy.", table).reason
    'none of ill, well is stated'
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    forms = _forms(tuple([(name, tuple(listed)) for name, listed in phrases.items()]))
    text = narrow(text)
    folded = text.lower() if len(text.lower()) == len(text) else text  # a few letters grow, and spans must hold
    negation, stated = Negation(folded), dict[str, Span]()
    for found in forms.pattern.finditer(folded):
        name = forms.meanings[found.lastindex or 0][negation.covers(*found.span())]
        if name is not None:
            stated.setdefault(name, Span(*found.span()))
    if len(stated) == 1:
        name, span = stated.popitem()
        return Parsed(name, span=span)
    return malformed(f"{' and '.join(stated)} are stated" if stated else f"none of {', '.join(phrases)} is stated")


class _Forms(NamedTuple):
    pattern: re.Pattern[str]
    """One group a phrase."""
    meanings: list[tuple[str | None, str | None]]
    """By group: what the phrase states, and what it states when negated."""


@lru_cache(maxsize=256)
def _forms(phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> _Forms:
    meanings: dict[str, list[str | None]] = {}
    for name, listed in phrases:
        for phrase in listed:
            bare = phrase.removeprefix("not ")
            meanings.setdefault(bare, [None, None])[bare != phrase] = name
    longest_first = sorted(meanings, key=len, reverse=True)
    groups = "|".join(f"({_words(phrase)})" for phrase in longest_first)
    pattern = re.compile(rf"(?<!\w)(?:{groups})(?!\w)")
    return _Forms(pattern, [(None, None), *((meanings[p][0], meanings[p][1]) for p in longest_first)])


def _words(phrase: str) -> str:
    return r"\s++".join(re.escape(word.lower()).replace(r"\*", r"\w*+") for word in phrase.split())


class Negation:
    """What a text in lower case denies: from each negator to the end of its clause, and what "is not" there."""

    def __init__(self, text: str):
        self.text = text
        self.spans: list[tuple[int, int]] = []
        if any(negator in text for negator in _NEGATORS):
            ends = [boundary.start() for boundary in _BOUNDARY.finditer(text)] + [len(text)]
            self.spans = [(m.end(), ends[bisect_right(ends, m.end() - 1)]) for m in _BEFORE.finditer(text)]

    def covers(self, start: int, stop: int) -> bool:
        """Whether a phrase there is denied."""
        at = bisect_right(self.spans, (start, len(self.text))) - 1
        return (at >= 0 and start < self.spans[at][1]) or _AFTER.match(self.text, stop) is not None
