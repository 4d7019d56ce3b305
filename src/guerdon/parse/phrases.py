r"""Phrases that a model points out, quoted from a text it was shown.

Read are \boxed{…} (with or without \text{…} in it), a list of strings as JSON or Python writes it, and a
text of one short line, which is one phrase.
"""

from __future__ import annotations

import re

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.maths import boxed
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, Which, check_which, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

MAX_BARE = 300
"""Characters of a line that is taken for a phrase."""
_TEXT = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mbox)\{([^{}]*+)\}")
_BOX = "\\boxed"
_QUOTES = " \t\r\n\"'`“”‘’«»"


def phrases(text: str, *, which: Which = "only") -> Parsed[list[str]]:
    r"""The phrases that a text names, at least one; `which` of several boxes counts.

    >>> phrases(r"So it is \boxed{\text{a blue car}}.").value, phrases("['three dogs', \"a cat\"]").value
    (['a blue car'], ['three dogs', 'a cat'])
    >>> phrases("First line.\nSecond line.").reason
    'neither a box, nor a list, nor one short line'
    """
    check_which(which)
    if len(text) > MAX_CHARS:
        return too_long(text)
    span = Span(0, len(text))
    if _BOX in text:
        found = boxed(text, which=which)
        if found.value is None or found.span is None:
            return malformed(found.reason)
        text, span = _TEXT.sub(r"\1", found.value), found.span
    body = text.strip()
    named = _listed(body) if body[:1] == "[" else [body]
    if named is None or (named == [body] and ("\n" in body or len(body) > MAX_BARE)):
        return malformed("neither a box, nor a list, nor one short line")
    named = [phrase for phrase in (one.strip(_QUOTES) for one in named) if phrase]
    if not named:
        return malformed("no phrase is named")
    if len(named) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} phrases")
    return Parsed(named, Status.OK, span)


def _listed(text: str) -> list[str] | None:
    read = decode(text, 0, lenient=True)
    whole = read.span is not None and read.span.stop == len(text)
    if not whole or not isinstance(read.value, list) or not all(isinstance(one, str) for one in read.value):
        return None
    return read.value
