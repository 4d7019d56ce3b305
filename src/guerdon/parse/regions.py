"""What is said of numbered regions: "Region 1: a black cat", "<Mark 2>: EXIT"."""

from __future__ import annotations

import re
from itertools import islice

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed

_MARKER = re.compile(r"<?\b(?:region|mark)\s?#?([0-9]{1,4})>?\s?[:：]", re.IGNORECASE)


def regions(text: str) -> Parsed[dict[int, str]]:
    """The first line of text after each "Region k:", by number; a number said twice makes the whole malformed.

    >>> regions("Region 1: a cat\\nRegion 3: a sign: STOP").value
    {1: 'a cat', 3: 'a sign: STOP'}
    >>> regions("Region 1: a cat, Region 1: a dog").reason
    'region 1 is named twice'
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    marks = list(islice(_MARKER.finditer(text), MAX_ITEMS + 1))
    if not marks or len(marks) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} regions" if marks else "no region is named")
    found: dict[int, str] = {}
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        number = int(mark[1])
        if number in found:
            return malformed(f"region {number} is named twice")
        found[number] = text[mark.end() : end].strip().partition("\n")[0].rstrip(" \t\r,;")
    return Parsed(found, span=Span(marks[0].start(), len(text)))
