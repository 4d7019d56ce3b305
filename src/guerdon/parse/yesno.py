"""Yes or no, or another pair of words.

An explicit marker ("the answer is no") decides, the last one; else the first word of the text; else
all whole-word mentions, which must agree. Both words joined ("yes and no", "no, yes") are undecided.
"""

from __future__ import annotations

import re
from collections import deque
from functools import lru_cache

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import narrow
from guerdon.scores import Status

UNDECIDED = "undecided: both are said"


def yes_no(text: str, *, words: tuple[str, str] = ("yes", "no")) -> Parsed[bool]:
    """Whether the text says the first of the two words, in any case.

    >>> yes_no("Yes, there is no doubt.").value
    True
    >>> yes_no("I know.").reason
    'neither yes nor no is said'
    >>> yes_no("That is FALSE", words=("true", "false")).value
    False
    """
    marked, leading, mentioned, joined = _patterns(words)
    if len(text) > MAX_CHARS:
        return too_long(text)
    text = narrow(text)
    marks = deque(marked.finditer(text), maxlen=1)
    found = marks[0] if marks else leading.match(text)
    if found is None:
        mentions = {match[1].lower(): match for match in mentioned.finditer(text)}
        if not mentions:
            return malformed(f"neither {words[0]} nor {words[1]} is said")
        if len(mentions) > 1:
            return malformed(UNDECIDED)
        found = next(iter(mentions.values()))
    other = joined.match(text, found.end(1))
    if other and other[1].lower() != found[1].lower():
        return malformed(UNDECIDED)
    return Parsed(found[1].lower() == words[0].lower(), Status.OK, Span(*found.span(1)))


@lru_cache(maxsize=32)
def _patterns(words: tuple[str, str]) -> tuple[re.Pattern[str], ...]:
    if len(words) != 2 or words[0].lower() == words[1].lower() or not all(word.isalpha() for word in words):
        raise ValueError(f"words={words!r}: write two different words")
    word = rf"({re.escape(words[0])}|{re.escape(words[1])})(?!\w|['-]\w)"
    shapes = (
        rf"\b(?:answer|verdict|decision|conclusion|response)\b[\s*_\"']*+(?:is|:|=)[\W_]*+{word}",
        rf"[\W_]*+{word}",
        rf"(?<![\w'-]){word}",
        rf"[*_\"']*+\s*+(?:/|,|\bor\b|\band\b)\s*+[*_\"']*+{word}(?!\s+(?!but\b|not\b)\w)",
    )
    return tuple(re.compile(shape, re.IGNORECASE) for shape in shapes)
