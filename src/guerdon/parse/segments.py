"""A text in pieces, each with its place: sentences, clauses, and segments that somebody labelled.

Sentences end at . ! ? … or their full-width forms, and where a paragraph or an item of a list does. An
abbreviation, an initial, a decimal or the number of an item does not end one. Clauses are the
sub-sentences that fine-grained feedback is given on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long, trim
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

LEAST = 5
"""Words of a clause, and more than as many have to follow it. Wu et al. 2023, https://arxiv.org/abs/2306.01693."""
_CLAUSE_ENDS = (",", ";", "!", "?")
_END = re.compile(
    r"""(?P<stop>[.!?…]++)["'”’»)\]*_]*+(?=\s|$)
      | [。！？]++["'”’»」』）)\]]*+
      | \n[^\S\n]*+\n
      | \n(?=[ \t]*+(?:[-*•\#]|[0-9]{1,3}[.)])[ \t])""",
    re.VERBOSE,
)
_BEFORE = 48
"""Characters before a full stop that decide whether it ends a sentence."""
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc approx fig figs eq nos vol pp inc ltd corp dept".split()  # noqa: SIM905
)
_TOKEN = re.compile(r"\S+")
_Wanted = tuple[str | None, int | None, int | None, Any]
"""Text, start, end and label of a segment as they were given."""


class Segment(NamedTuple):
    """A piece of a text, and what somebody says of it."""

    span: Span
    label: Any = None


def sentences(text: str) -> Parsed[list[Span]]:
    """The places of the sentences, in order, without the white space around them; an empty text has none.

    >>> text = "Mr. A. Fox ate 3.5 kg. Did he? Yes!"
    >>> [text[start:stop] for start, stop in sentences(text).value]
    ['Mr. A. Fox ate 3.5 kg.', 'Did he?', 'Yes!']
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    spans, start = [], 0
    for end in _END.finditer(text):
        if end["stop"] and end["stop"].strip(".…") == "" and not _ends(text, start, end.start(), end.end()):
            continue
        spans.append(trim(text, start, end.end()))
        start = end.end()
    spans.append(trim(text, start, len(text)))
    return Parsed([span for span in spans if span.start < span.stop], span=Span(0, len(text)))


def clauses(text: str) -> Parsed[list[Span]]:
    """The places of the clauses of every sentence; see `clause_starts`. Jing & Du 2024, https://arxiv.org/abs/2404.05046.

    >>> text = "A man in a blue shirt rides a horse, while a small dog runs behind him."
    >>> [text[start:stop] for start, stop in clauses(text).value]
    ['A man in a blue shirt rides a horse,', 'while a small dog runs behind him.']
    """
    found = sentences(text)
    if found.value is None:
        return found
    spans: list[Span] = []
    for sentence in found.value:
        starts = clause_starts(text[sentence.start : sentence.stop].split())
        first = [i for i, is_start in enumerate(starts) if is_start]
        if len(first) == 1:
            spans.append(sentence)
            continue
        tokens = [token.span() for token in _TOKEN.finditer(text, *sentence)]
        for i, following in zip(first, [*first[1:], len(tokens)], strict=True):
            spans.append(Span(tokens[i][0], tokens[following - 1][1]))
    return Parsed(spans, span=found.span)


def clause_starts(tokens: Sequence[str]) -> list[bool]:
    """Which words of one sentence begin a clause. No words, no clauses.

    A clause ends behind a word that ends in , ; ! or ? if more than `LEAST` words follow. A piece of
    fewer than `LEAST` words joins the one before it, whose end it moves; the first piece of a sentence has
    none before it, and does not end there.

    >>> clause_starts("One two three four five, six seven eight nine ten eleven.".split()).index(True, 1)
    5
    """
    starts = [i == 0 for i in range(len(tokens))]
    last = 0
    for i in range(1, len(tokens) - LEAST):
        if not tokens[i - 1].endswith(_CLAUSE_ENDS):
            continue
        if i - last < LEAST:
            if last == 0:
                continue
            starts[last] = False
        starts[i] = True
        last = i
    return starts


def align(text: str, segments: Sequence[Any], labels: Sequence[Any] | None = None) -> Parsed[list[Segment]]:
    """Labelled segments with their places in the text.

    A segment is a text, a pair (start, stop), or a mapping with some of `start`, `end` (or `stop`), `text`
    and `label`; `labels` gives them apart. Offsets that do not fit the text are mended by looking for the text
    nearest to them, texts without offsets are looked for one behind the other; differences in white space
    do not matter. Empty segments are left out. Segments may overlap.

    >>> align("A cat. A dog.", [{"start": 6, "end": 12, "text": "A dog.", "label": "right"}]).value
    [Segment(span=Span(start=7, stop=13), label='right')]
    >>> align("A cat. A dog.", ["A cat.", "A cow."], [1, 0]).reason
    "segment 1, 'A cow.', is not in the text"
    """
    if labels is not None and len(labels) != len(segments):
        return malformed(f"{len(labels)} labels for {len(segments)} segments")
    if len(text) > MAX_CHARS or len(segments) > MAX_ITEMS:
        return malformed(f"{len(segments)} segments of {len(text)} characters are too many")
    found: list[Segment] = []
    behind = 0
    for i, given in enumerate(segments):
        try:
            wanted = _wanted(given)
            span = _place(text, wanted, behind)
        except (TypeError, ValueError) as error:
            return malformed(f"segment {i} cannot be read: {error}")
        if span is None:
            return malformed(f"segment {i}, {wanted[0]!r:.60}, is not in the text")
        if span.start < span.stop:
            found.append(Segment(span, wanted[3] if labels is None else labels[i]))
        behind = span.stop
    return Parsed(found, Status.OK, Span(0, len(text)))


def _wanted(given: Any) -> _Wanted:
    if isinstance(given, str):
        return given, None, None, None
    if isinstance(given, Mapping):
        get = given.get
        text, start, stop, label = get("text"), get("start"), get("end"), get("label")
        stop = get("stop") if stop is None else stop
    else:
        (start, stop), text, label = given, None, None
    if text is None and (start is None or stop is None):
        raise ValueError("it has neither a text nor a start and an end")
    return text, None if start is None else int(start), None if stop is None else int(stop), label


def _place(text: str, wanted: _Wanted, behind: int) -> Span | None:
    sought, start, stop, _ = wanted
    if sought is None:
        assert start is not None
        assert stop is not None
        if not 0 <= start <= stop <= len(text):
            raise ValueError(f"{start} to {stop} is not within the text's {len(text)} characters")
        return Span(start, stop)
    if start is not None and start >= 0 and text.startswith(sought, start):
        return Span(start, start + len(sought))
    near = behind if start is None else min(max(start, 0), len(text))
    at = _nearest(text, sought, near, both=start is not None)
    if at is not None:
        return Span(at, at + len(sought))
    return _nearest_words(text, sought, near, both=start is not None)


def _nearest(text: str, sought: str, near: int, both: bool) -> int | None:
    """Where a text begins: nearest to a place, or the next one from there."""
    after = text.find(sought, near)
    before = text.rfind(sought, 0, near + len(sought)) if both or after < 0 else -1
    if after < 0 or before < 0:
        return None if after < 0 and before < 0 else max(after, before)
    return after if after - near <= near - before else before


def _nearest_words(text: str, sought: str, near: int, both: bool) -> Span | None:
    """As `_nearest`, whatever the white space between words."""
    offsets = [token.span() for token in _TOKEN.finditer(text)]
    words = [text[start:stop] for start, stop in offsets]
    plain, starts = " ".join(words), [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    body = " ".join(sought.split())
    first = bisect_left([start for start, _ in offsets], near)
    at = _nearest(plain, body, starts[first], both) if body else near
    if at is None or not body:
        return None if body else Span(near, near)
    return Span(_back(at, starts, offsets), _back(at + len(body) - 1, starts, offsets) + 1)


def _back(at: int, starts: Sequence[int], offsets: Sequence[tuple[int, int]]) -> int:
    """The character of the text at a place in its words joined by single spaces."""
    word = bisect_left(starts, at + 1) - 1
    return offsets[word][0] + at - starts[word]


def _ends(text: str, start: int, stop: int, behind: int) -> bool:
    """Whether a full stop at `stop` ends the sentence that began at `start`."""
    following = text[behind : behind + _BEFORE].lstrip()
    if following[:1].islower():
        return False
    words = text[max(start, stop - _BEFORE) : stop].split()[-2:]
    last = words[-1].lstrip("([\"'“‘").lower() if words else ""
    if last.isdigit() and not text[start:stop][: -len(last)].strip():
        return False  # the number of an item
    if last in _ABBREVIATIONS or _INITIALS.fullmatch(last):
        return not following
    is_initial = len(last) == 1 and last.isalpha() and len(words) == 2 and words[0][:1].isupper()
    return not (is_initial and following)
