"""What all parsers share: how much they read, and which of several finds counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Literal, TypeVar

from guerdon.geometry import Span
from guerdon.parse.result import Parsed
from guerdon.scores import Status

Which = Literal["first", "last", "only"]
"""Which find counts; "only" refuses a text that holds more than one."""

MAX_CHARS = 10_000_000
"""Characters of one text; a longer one is refused unread."""
MAX_ITEMS = 10_000
"""Boxes, points or blocks of one text."""
MAX_DIGITS = 1_000
"""Characters of one number: reading a number takes the square of its length."""
MAX_DEPTH = 64
"""Nesting of a JSON value."""

F = TypeVar("F")


def check(setting: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless a setting has one of its allowed values."""
    if value not in allowed:
        raise ValueError(f"{setting}={value!r}: write one of {', '.join(allowed)}")


def check_which(which: str) -> None:
    """Raise ValueError unless `which` is one of `Which`."""
    check("which", which, ("first", "last", "only"))


def too_long(text: str, status: Status = Status.MALFORMED) -> Parsed[F]:
    """The refusal of a text above `MAX_CHARS`."""
    return Parsed(None, status, None, f"{len(text)} characters, more than the {MAX_CHARS} that are read")


def pick(finds: Iterable[F], which: Which, what: str) -> tuple[F | None, str]:
    """The find that counts, or None and the reason."""
    rest = iter(finds)
    found = next(rest, None)
    if found is None:
        return None, f"no {what} found"
    if which == "only" and next(rest, None) is not None:
        return None, f"more than one {what}, only one wanted"
    if which == "last":
        tail = deque(rest, maxlen=1)
        return (tail[0] if tail else found), ""
    return found, ""


def trim(text: str, start: int, stop: int, chars: str | None = None) -> Span:
    """The part of text[start:stop] left when `chars` (whitespace) are stripped from both ends."""
    body = text[start:stop]
    left = body.lstrip(chars)
    start += len(body) - len(left)
    return Span(start, start + len(left.rstrip(chars)))


def at(text: str, span: Span) -> Parsed[str]:
    """The characters of a span, as a result."""
    return Parsed(text[span.start : span.stop], Status.OK, span)
