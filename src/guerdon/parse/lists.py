"""Lists: rankings of ids, and items of text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

_SEPARATOR = re.compile(r"[,;>\n]")
_ID = re.compile(r"\w[\w./:-]{0,200}")
_BULLET = re.compile(r"\s*+(?:[-*•]\s++|[0-9]{1,4}[.)]\s++)?")


def ids(text: str) -> Parsed[list[str]]:
    """The ids that the whole text lists, in order: "[3, 1]", "3, 1", "3 > 1", "[3] > [1]" or '["a.pdf", "b c"]'.

    Whole numbers lose leading zeros; "[]" lists none. Ids with spaces need quotes.

    >>> ids("[03] > [1] > [2]").value, ids('["page 1", 7]').value
    (['3', '1', '2'], ['page 1', '7'])
    >>> ids("3, then 1").reason
    "'then 1' is not an id"
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    body = text.strip()
    read = _json_list(body)
    found = _written(body) if read is None else read
    if len(found) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} ids")
    bad = next((item for item in found if not _is_id(item, quoted=read is not None)), None)
    if bad is not None:
        return malformed(f"{str(bad)[:40]!r} is not an id")
    if not found and read is None:
        return malformed("no list of ids found")
    return Parsed([canonical(item) for item in found], Status.OK, Span(0, len(text)))


def items(text: str) -> Parsed[list[str]]:
    """The items of a list of text, at least one: those of a JSON list, else the lines, without bullets and numbers.

    >>> items("1. opens the door\\n2. walks in").value
    ['opens the door', 'walks in']
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    read = _json_list(text.strip())
    lines: Iterable[Any] = text.splitlines() if read is None else read
    found = [_BULLET.sub("", line, count=1).strip() if read is None else line for line in lines]
    if not all(isinstance(item, str) for item in found):
        return malformed("a list of something else than texts")
    found = [item for item in found if item.strip()]
    if not found:
        return malformed("no items found")
    if len(found) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} items")
    return Parsed(found, Status.OK, Span(0, len(text)))


def canonical(item: object) -> str:
    """An id as ids are compared: as text, whole numbers without leading zeros."""
    text = str(item).strip()
    return str(int(text)) if text.isdecimal() and text.isascii() and len(text) < 20 else text


def _written(text: str) -> list[str]:
    """The items of a list that is not JSON."""
    parts = [part.strip(" \t\r[]()\"'") for part in _SEPARATOR.split(text, MAX_ITEMS + 1)]
    return parts if parts[-1] else parts[:-1]


def _is_id(item: Any, quoted: bool) -> bool:
    if isinstance(item, str):
        return bool(item.strip()) if quoted else _ID.fullmatch(item) is not None
    return type(item) is int


def _json_list(text: str) -> list[Any] | None:
    if text[:1] != "[":
        return None
    read = decode(text, 0, lenient=True)
    return read.value if isinstance(read.value, list) and read.span == (0, len(text)) else None
