"""Points in time and intervals, in seconds.

A time is a number of seconds ("12.5", "12.5 s"), of other units ("1 min 20 s", "2 minutes", "1h05m") or a clock
("1:20", "00:01:20.5"). An interval is two of them: JSON (`{"start_time": "2", "end_time": 8}`, also start
and end, begin, from and to), a pair (`[2, 8]`, `(0:02, 0:08)`), or words ("2 to 8 s", "from 0:02 until
0:08", "2 - 8"). A unit written once counts for both times. Frames and shares of a video are numbers like
any others: what they count is for the caller to know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, Which, check, check_which, pick, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

Interval = tuple[float, float]
Inverted = Literal["malformed", "swap", "keep"]
"""What an interval is that does not end after it starts: unreadable, put right, or left as it is."""
LATEST = 1e12
"""Seconds beyond which a number is no time."""

_KEYS = dict.fromkeys(("start_time", "start", "begin", "from"), 0) | dict.fromkeys(("end_time", "end", "stop", "to"), 1)
"""JSON keys of an interval, and which of its ends they hold."""
_SIZES = {"h": 3600.0, "m": 60.0, "s": 1.0}
_DIGITS = r"[0-9]{1,12}(?:\.[0-9]{0,20})?"
_UNIT = r"(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)(?![A-Za-z])"
_AMOUNT = rf"{_DIGITS}\s?{_UNIT}"
_CLOCK = r"[0-9]{1,4}:[0-5]?[0-9](?::[0-5]?[0-9])?(?:\.[0-9]{1,20})?"
_TIME = rf"(?:{_CLOCK}|{_AMOUNT}(?:\s?(?:and\s)?{_AMOUNT}){{0,2}}|{_DIGITS})"
_TO = r"\s?+(?:[-–—~→]|to|until|till|through)\s?+"
_EDGE = r"(?![\w:]|[.-][0-9])"
_PAIR = re.compile(
    rf"""
      (?P<object> \{{[^{{}}]*+\}} )
    | [\[(] \s*+ ["']?(-?{_TIME})["']? (?:\s*+,\s*+|{_TO}) ["']?(-?{_TIME})["']? \s*+ [\])]
    | (?<![\w.:-]) ({_TIME}) {_TO} ({_TIME}) {_EDGE}
    | \b between\s ({_TIME}) \s and\s ({_TIME}) {_EDGE}
    | \A \s*+ ({_TIME}) \s*+,\s*+ ({_TIME}) \s*+ \Z
    | (?P<broken> \[\s*+-?{_DIGITS}\s*+, )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ALONE = re.compile(rf"\s*+(-?{_TIME})\s*+", re.IGNORECASE)
_ONE_UNIT = re.compile(rf"{_DIGITS}\s?([hms])[a-z]*+", re.IGNORECASE)
_PARTS = re.compile(rf"({_DIGITS})\s?([hms])", re.IGNORECASE)
_BETWEEN = re.compile(r"[,;\n]|\sand\s", re.IGNORECASE)


def seconds(text: str) -> Parsed[float]:
    """The time that the whole text is, in seconds.

    >>> [seconds(t).value for t in ("12.5", "1:20", "1 min 20 s", "soon")]
    [12.5, 80.0, 80.0, None]
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    found = _ALONE.fullmatch(text)
    if found is None:
        return malformed(f"{text.strip()[:40]!r} is not a time")
    return Parsed(_seconds(found[1]), Status.OK, Span(*found.span(1)))


def interval(text: str, *, which: Which = "only", inverted: Inverted = "malformed") -> Parsed[Interval]:
    """One interval (start, end) in seconds.

    >>> interval('{"start_time": "0:02", "end_time": 8.5}').value
    (2.0, 8.5)
    >>> interval("It happens from 1:10 to 1:20.").value
    (70.0, 80.0)
    >>> interval("[8, 2]").reason
    '8 to 2 does not end after it starts'
    """
    check_which(which)
    check("inverted", inverted, ("malformed", "swap", "keep"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    found, reason = pick(_intervals(text, inverted), which, "interval")
    return malformed(reason) if found is None else found


def intervals(text: str, *, inverted: Inverted = "malformed") -> Parsed[list[Interval]]:
    """All intervals of a text, at least one, in order; one that cannot be read makes the text malformed.

    >>> intervals("[[13.8, 29.8], [40, 50]]").value
    [(13.8, 29.8), (40.0, 50.0)]
    """
    check("inverted", inverted, ("malformed", "swap", "keep"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    finds = list(islice(_intervals(text, inverted), MAX_ITEMS + 1))
    if not finds:
        return malformed("no interval found")
    if len(finds) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} intervals")
    bad = next((i for i, find in enumerate(finds) if find.value is None), None)
    if bad is not None:
        return malformed(f"interval {bad + 1}: {finds[bad].reason}")
    return Parsed([find.value for find in finds if find.value is not None], Status.OK, Span(0, len(text)))


def moments(text: str) -> Parsed[list[float]]:
    """The times, in seconds, of a text that is a list of them: "[11, 40.5]", "0:11, 0:40", "11 s and 40 s".

    An empty list in brackets has none; a word that is no time makes the text malformed.

    >>> moments("[0:11, 40.5]").value, moments("[]").value
    ([11.0, 40.5], [])
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    body = text.strip()
    if len(body) > 1 and body[0] + body[-1] in ("[]", "()"):
        body = body[1:-1].strip()
        if not body:
            return Parsed([], Status.OK, Span(0, len(text)))
    parts = _BETWEEN.split(body, MAX_ITEMS)
    if len(parts) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} times")
    found = []
    for part in parts:
        time = seconds(part.strip(" \"'"))
        if time.value is None:
            return malformed(time.reason)
        found.append(time.value)
    return Parsed(found, Status.OK, Span(0, len(text)))


def _intervals(text: str, inverted: Inverted) -> Iterator[Parsed[Interval]]:
    for found in _PAIR.finditer(text):
        span = Span(*found.span())
        if found.lastgroup == "broken":
            yield _bad(span, f"{found[0]!r} is not an interval")
        elif found.lastgroup == "object":
            yield from _in_object(found[0], span, inverted)
        else:
            start, end = (group for group in found.groups() if group is not None)
            unit = _ONE_UNIT.fullmatch(end) if start.lstrip("-")[-1:].isdigit() and ":" not in start else None
            size = _SIZES[unit[1].lower()] if unit else 1.0
            yield _interval(size * _seconds(start), _seconds(end), span, inverted)


def _in_object(text: str, span: Span, inverted: Inverted) -> Iterator[Parsed[Interval]]:
    read = decode(text, 0, lenient=True)
    if read.value is None:
        yield _bad(span, read.reason)
        return
    ends: dict[int, Any] = {}
    for key, value in read.value.items():
        if (end := _KEYS.get(key.lower())) is not None:
            ends.setdefault(end, value)
    if not ends:
        return
    start, stop = _value(ends.get(0)), _value(ends.get(1))
    if start is None or stop is None:
        yield _bad(span, f"{text[:80]} has no start and end that are times")
    else:
        yield _interval(start, stop, span, inverted)


def _value(given: Any) -> float | None:
    if isinstance(given, str):
        return seconds(given).value
    if isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given) < LATEST:
        return float(given)
    return None


def _interval(start: float, end: float, span: Span, inverted: Inverted) -> Parsed[Interval]:
    if start >= end and inverted != "keep":
        if inverted == "malformed" or start == end:
            return _bad(span, f"{start:g} to {end:g} does not end after it starts")
        start, end = end, start
    return Parsed((start, end), Status.OK, span)


def _seconds(text: str) -> float:
    if ":" in text:
        total = 0.0
        for part in text.split(":"):
            total = 60.0 * total + float(part)
        return total
    parts = _PARTS.findall(text)
    return sum(float(amount) * _SIZES[unit.lower()] for amount, unit in parts) if parts else float(text)


def _bad(span: Span, reason: str) -> Parsed[Interval]:
    return Parsed(None, Status.MALFORMED, span, reason)
