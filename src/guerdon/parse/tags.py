"""Blocks between `<tag>` and `</tag>`.

A block opens at an opening tag and ends at the nearest closing tag after it; what lies between is its
body, even another opening tag. `which="only"` and the strict layout refuse texts in which a tag occurs
twice, nested or in a row: whoever answers twice has not answered. `which="first"`, `which="last"` and
`duplicates=True` read them as lazy wildcards do. Tags have no attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, Which, at, check, check_which, pick, too_long, trim
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

Unclosed = Literal["malformed", "to_end"]
"""What a block without its closing tag is: nothing, or all the rest of the text."""
Match = Literal["whole", "start", "search"]
"""Whether a layout must be the whole text, its start, or anywhere in it."""

_NAME = re.compile(r"[A-Za-z_][\w.|-]*")


class TagCount(NamedTuple):
    """How often a tag opens and closes."""

    opened: int
    closed: int


def tag(
    text: str, name: str, *, which: Which = "only", unclosed: Unclosed = "malformed", case: bool = True
) -> Parsed[str]:
    """The body of a `<name>` block, stripped of white space around it.

    `case=False` ignores the case of the tag.

    >>> tag("<think>hm</think><answer> B </answer>", "answer").value
    'B'
    >>> tag("<answer>A</answer><answer>B</answer>", "answer").reason
    '2 <answer> and 2 </answer>, one of each wanted'
    """
    if which == "only" and case and (body := _sole(text, name)):
        return body
    check_which(which)
    check("unclosed", unclosed, ("malformed", "to_end"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    if which == "only":
        count = _count(text, name, case)
        if count != (1, 1) and (count != (1, 0) or unclosed == "malformed"):
            return malformed(f"{count.opened} <{name}> and {count.closed} </{name}>, one of each wanted")
    span, reason = pick(_bodies(text, name, unclosed, case), which, f"closed <{name}> block")
    return malformed(reason) if span is None else at(text, trim(text, *span))


def blocks(text: str, name: str, *, unclosed: Unclosed = "malformed", case: bool = True) -> Parsed[list[str]]:
    """The bodies of all `<name>` blocks, at least one, in order.

    >>> blocks("<search>a</search> … <search>b</search>", "search").value
    ['a', 'b']
    """
    check("unclosed", unclosed, ("malformed", "to_end"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    spans = list(islice(_bodies(text, name, unclosed, case), MAX_ITEMS + 1))
    if not spans:
        return malformed(f"no closed <{name}> block found")
    if len(spans) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} <{name}> blocks")
    bodies = [at(text, trim(text, *span)).value or "" for span in spans]
    return Parsed(bodies, span=Span(spans[0].start, spans[-1].stop))


def after(text: str, name: str) -> Parsed[str]:
    """What follows the last `</name>`, stripped; the whole text if there is no such tag.

    A block left open after it, as a truncated thought is, leaves nothing to read.

    >>> after("<think>2 or 3?</think> 3", "think").value
    '3'
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    opening, closing = _literals(name)
    end = text.rfind(closing)
    start = 0 if end < 0 else end + len(closing)
    if text.find(opening, start) >= 0:
        return malformed(f"<{name}> is not closed")
    return at(text, trim(text, start, len(text)))


def tag_counts(text: str, names: str, *, case: bool = True) -> Parsed[dict[str, TagCount]]:
    """How often each of the space-separated tags opens and closes.

    >>> tag_counts("<think><think></think>", "think answer").value["think"]
    TagCount(opened=2, closed=1)
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    return Parsed({name: _count(text, name, case) for name in _split(names)}, span=Span(0, len(text)))


def layout(
    text: str, names: str, *, match: Match = "whole", duplicates: bool = False, case: bool = True
) -> Parsed[tuple[str, ...]]:
    """The bodies, as written, of blocks that follow each other with nothing but white space between.

    By default each of the tags occurs just as often as the layout says, in the whole text; with
    `duplicates=True` the text matches as `<a>.*?</a>\\s*<b>.*?</b>` does, where further tags hide in
    the wildcards and two complete answers still pass. Under match="whole" nothing surrounds the
    blocks, not even a line break.

    >>> layout("<think>t</think>\\n<answer>a</answer>", "think answer").value
    ('t', 'a')
    >>> layout("<think>t</think><answer>a</answer>!", "think answer").reason
    'text after </answer>'
    """
    check("match", match, ("whole", "start", "search"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    read = _lazy if duplicates else _strict
    return read(text, _split(names), match, case)


def _strict(text: str, names: tuple[str, ...], match: Match, case: bool) -> Parsed[tuple[str, ...]]:
    wanted = [mark for name in names for mark in (f"<{name}>", f"</{name}>")]
    found = list(islice(_any_tag(names, case).finditer(text), len(wanted) + 1))
    for mark, token in zip(wanted, found, strict=False):
        if token[0] != mark and (case or token[0].lower() != mark.lower()):
            return malformed(f"{token[0]} at character {token.start()} where {mark} belongs")
    if len(found) < len(wanted):
        return malformed(f"{wanted[len(found)]} is missing")
    if len(found) > len(wanted):
        return malformed(f"{found[-1][0]} is repeated at character {found[-1].start()}")
    for left, right in zip(found[1:-1:2], found[2::2], strict=True):
        if text[left.end() : right.start()].strip():
            return malformed(f"text between {left[0]} and {right[0]}")
    if match != "search" and found[0].start() > 0:
        return malformed(f"text before {found[0][0]}")
    if match == "whole" and found[-1].end() < len(text):
        return malformed(f"text after {found[-1][0]}")
    bodies = tuple(text[a.end() : b.start()] for a, b in zip(found[::2], found[1::2], strict=True))
    return Parsed(bodies, span=Span(found[0].start(), found[-1].end()))


def _lazy(text: str, names: tuple[str, ...], match: Match, case: bool) -> Parsed[tuple[str, ...]]:
    # The leftmost choice of every junction is best for all that follow, so no backtracking is needed.
    first, *junctions, last = _junctions(names, case)
    opening = first.search(text) if match == "search" else first.match(text)
    edges = [opening]
    for junction in junctions:
        edges.append(edges[-1] and junction.search(text, edges[-1].end()))
    before = edges[-1]
    if before is None:
        return malformed(f"no blocks in the order {' '.join(names)}")
    start = max(before.end(), len(text) - len(names[-1]) - 3) if match == "whole" else before.end()
    closing = last.search(text, start)
    if opening is None or closing is None or (match == "whole" and closing.end() < len(text)):
        return malformed(f"no </{names[-1]}> where the layout ends")
    marks = [edge for edge in edges if edge is not None] + [closing]
    bodies = tuple(text[a.end() : b.start()] for a, b in pairwise(marks))
    return Parsed(bodies, span=Span(opening.start(), closing.end()))


def _sole(text: str, name: str) -> Parsed[str] | None:
    """The body of the only block, straight away: what nearly every well-formed response is."""
    opening, closing = _literals(name)
    start, stop = text.find(opening) + len(opening), text.rfind(closing)
    if stop < start or text.count(opening) != 1 or text.count(closing) != 1 or len(text) > MAX_CHARS:
        return None
    body = text[start:stop]
    if body.strip() == body:
        return Parsed(body, Status.OK, Span(start, stop))
    return at(text, trim(text, start, stop))


def _bodies(text: str, name: str, unclosed: Unclosed, case: bool) -> Iterator[Span]:
    if not case:
        yield from _bodies_any_case(text, name, unclosed)
        return
    opening, closing = _literals(name)
    start = text.find(opening)
    while start >= 0:
        start += len(opening)
        stop = text.find(closing, start)
        if stop < 0:
            if unclosed == "to_end":
                yield Span(start, len(text))
            return
        yield Span(start, stop)
        start = text.find(opening, stop)


def _bodies_any_case(text: str, name: str, unclosed: Unclosed) -> Iterator[Span]:
    start = -1
    for token in _any_tag((name,), False).finditer(text):
        closing = token[0][1] == "/"
        if closing and start >= 0:
            yield Span(start, token.start())
            start = -1
        elif not closing and start < 0:
            start = token.end()
    if start >= 0 and unclosed == "to_end":
        yield Span(start, len(text))


def _count(text: str, name: str, case: bool) -> TagCount:
    if case:
        opening, closing = _literals(name)
        return TagCount(text.count(opening), text.count(closing))
    slashes = [token[0][1] == "/" for token in _any_tag((name,), False).finditer(text)]
    return TagCount(slashes.count(False), slashes.count(True))


@lru_cache(maxsize=256)
def _literals(name: str) -> tuple[str, str]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a tag: write it without < and >")
    return f"<{name}>", f"</{name}>"


@lru_cache(maxsize=256)
def _split(names: str) -> tuple[str, ...]:
    split = tuple(names.split())
    if not split:
        raise ValueError("name at least one tag")
    for name in split:
        _literals(name)
    return split


@lru_cache(maxsize=256)
def _any_tag(names: tuple[str, ...], case: bool) -> re.Pattern[str]:
    for name in names:
        _literals(name)
    return re.compile(f"</?(?:{'|'.join(map(re.escape, names))})>", _flags(case))


@lru_cache(maxsize=256)
def _junctions(names: tuple[str, ...], case: bool) -> list[re.Pattern[str]]:
    escaped = [re.escape(name) for name in names]
    inner = [rf"</{a}>\s*+<{b}>" for a, b in pairwise(escaped)]
    return [re.compile(p, _flags(case)) for p in (f"<{escaped[0]}>", *inner, f"</{escaped[-1]}>")]


def _flags(case: bool) -> re.RegexFlag:
    # ASCII, lest <thinK> with a Kelvin sign passes for <think>.
    return re.NOFLAG if case else re.IGNORECASE | re.ASCII
