"""Whether a short answer commits itself to a word or phrase.

What follows the last "the answer is …" counts, to the end of its sentence; else the whole text, which may then have
few words: somewhere in a long one stands every answer. A phrase is found as whole words, whatever the case,
articles and hyphens, and "two" is "2".
"""

from __future__ import annotations

import re
from itertools import takewhile

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.symbols import Negation
from guerdon.parse.text import narrow
from guerdon.parse.vqa import ARTICLES, NUMBERS
from guerdon.scores import Status

MOST_WORDS = 12
"""Words beside the phrase that a committed answer may have."""
_MARK = re.compile(r"\banswer\b[\s*_\"']*+(?:is|:|=|would be)(?!\w)[\s*_\"':]*+", re.IGNORECASE)
_END = re.compile(r"[.!?](?=\s|\Z)|\n")
_TOKEN = re.compile(r"(?:(?<!\w)-(?=\d))?(?:\d+(?:,\d{3})+(?!\d)|\w+(?:['.:-]\w+)*)|[^\w\s]")
_HYPHEN = re.compile(r"(?<=\w)-(?=\w)")
_HEDGED = re.compile(
    r"(?:^| )(?:or|either|maybe|perhaps|possibly|might|may|could|unsure|uncertain|unclear|depends|actually|wait|sorry"
    r"|not (?:sure|certain|clear)|(?:hard|difficult) to (?:tell|say|see))(?= |$)"
)
_JOINTS, _BREAKS = {"and", "&", "/", "+"}, {",", ";", ".", "?"}
_ASIDE = {
    "yes", "no", "well", "so", "ok", "okay", "sure", "certainly", "answer", "in", "on", "at", "from", "here", "it", "i",
    "this", "that", "not", "never", "rather", "instead", "unlike", "which",
}  # fmt: skip
"""Words that begin a remark rather than another answer."""


def stated(text: str, phrase: str) -> Parsed[bool]:
    """Whether the text gives the phrase as its answer; denied ("not red", "red is not it") is False.

    Malformed is what says the phrase and more: one of several ("red or blue", "red, blue"), a guess ("maybe
    red"), a change of mind, or more than 12 words. Raises ValueError for a phrase without words.

    >>> [stated(text, "red").value for text in ("It is red.", "Not red!", "reddish")]
    [True, False, False]
    >>> stated("red or blue", "red").reason
    'undecided'
    """
    wanted = _HYPHEN.sub(" ", _plain(phrase)).split()
    if not any(c.isalnum() for word in wanted for c in word):
        raise ValueError(f"phrase={phrase!r}: write a word or more")
    if len(text) > MAX_CHARS:
        return too_long(text)
    span = _committed(text)
    said = _plain(text[span.start : span.stop])
    if sum(token[-1].isalnum() for token in said.split()) > MOST_WORDS + len(wanted):
        return malformed(f"more than {MOST_WORDS} words beside an answer")
    pattern = re.compile(rf"(?:^|(?<= )){'[ -]'.join(map(re.escape, wanted))}(?= |$)")
    places = [found.span() for found in pattern.finditer(said)]
    negation = Negation(said)
    denied = [negation.covers(*place) for place in places]
    if not places or all(denied):
        return Parsed(False, Status.OK, span)
    if any(denied) or _HEDGED.search(pattern.sub("", said)):
        return malformed("undecided")
    if any(_beside(said[:start].split(), said[stop:].split()) for start, stop in places):
        return malformed("one of several")
    return Parsed(True, Status.OK, span)


def _committed(text: str) -> Span:
    start = 0
    for mark in _MARK.finditer(text):
        start = mark.end()
    end = _END.search(text, start) if start else None
    return Span(start, end.start() if end else len(text))


def _plain(text: str) -> str:
    """Tokens in lower case with a space between any two, without articles unless there is nothing else."""
    tokens = _TOKEN.findall(narrow(text).strip().lower().replace("\n", ";"))
    kept = [token for token in tokens if token not in ARTICLES] or tokens
    plain = (token.replace(",", "") if len(token) > 1 else token for token in kept)
    return " ".join(NUMBERS.get(token, token) for token in plain)


def _beside(before: list[str], after: list[str]) -> bool:
    """Whether the tokens around a phrase name another: joined to it, or between marks in no more than two words."""
    if after[:1] in (["but"], ["?"]) and len(after) > 1:
        return True
    for side, order in ((before[::-1], -1), (after, 1)):
        item = list(takewhile(lambda token: token not in _BREAKS | _JOINTS, side[1:]))[::order]
        if item and (side[0] in _JOINTS or (side[0] in _BREAKS and len(item) <= 2 and item[0] not in _ASIDE)):
            return True
    return False
