"""Blocks between numbered tags: `<info1>…</info1><info2>…</info2>`, as judges answer checklists."""

from __future__ import annotations

import re
from functools import lru_cache

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, Which, at, check_which, too_long, trim
from guerdon.parse.result import Parsed, malformed


def indexed(text: str, name: str = "info", *, which: Which = "only") -> Parsed[dict[int, str]]:
    """The stripped bodies of all `<nameK>…</nameK>` blocks, at least one, by their number K.

    Of several blocks with one number the first or the last counts; which="only" refuses them.

    >>> indexed("<info1>1</info1> and <info3> 0 </info3>").value
    {1: '1', 3: '0'}
    >>> indexed("<info1>1</info1> no: <info1>0</info1>").reason
    '<info1> occurs twice'
    """
    check_which(which)
    if len(text) > MAX_CHARS:
        return too_long(text)
    opened: dict[int, int] = {}
    found: dict[int, Span] = {}
    for mark in _marks(name).finditer(text):
        number = int(mark[2])
        if not mark[1]:
            opened.setdefault(number, mark.end())
            continue
        start = opened.pop(number, None)
        if start is None or (which == "first" and number in found):
            continue
        if which == "only" and number in found:
            return malformed(f"<{name}{number}> occurs twice")
        found[number] = Span(start, mark.start())
        if len(found) > MAX_ITEMS:
            return malformed(f"more than {MAX_ITEMS} <{name}K> blocks")
    if not found:
        return malformed(f"no closed <{name}K> block found")
    bodies = {number: at(text, trim(text, *found[number])).value or "" for number in sorted(found)}
    return Parsed(bodies, span=Span(min(found.values())[0], max(found.values())[1]))


@lru_cache(maxsize=64)
def _marks(name: str) -> re.Pattern[str]:
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise ValueError(f"{name!r} is not the name of a tag: write it without < and > and number")
    return re.compile(rf"<(/?){re.escape(name)}([0-9]{{1,6}})>", re.ASCII)
