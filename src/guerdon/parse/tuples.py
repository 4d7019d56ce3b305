"""Lists of tuples such as "(1, colour, red), (2, size, small)" or [["1", "colour", "red"]]."""

from __future__ import annotations

import re
from itertools import islice

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed

_GROUP = re.compile(r"[(\[]([^()\[\]]*+)[)\]]")
_FIELD = re.compile(r"""\s*+(?:"([^"]*+)"|'([^']*+)'|([^,]*+))[^,]*+(?:,|\Z)""")
_NONE = {"", "none", "nothing", "no change", "no changes"}


def tuples(text: str, *, fields: int) -> Parsed[list[tuple[str, ...]]]:
    """Every group of comma-separated fields in brackets, of any kind, stripped of quotes and outer space.

    Prose between the groups is passed over. A group with another number of fields makes the whole
    malformed, and so does a text without any, unless it says that there are none.

    >>> tuples("(1, colour, red) and (2, size, 'small')", fields=3).value
    [('1', 'colour', 'red'), ('2', 'size', 'small')]
    >>> tuples("[]", fields=3).value, tuples("(1, colour)", fields=3).reason
    ([], '(1, colour) has 2 fields, not 3')
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    groups = [g for g in islice(_GROUP.finditer(text), MAX_ITEMS + 1) if g[1].strip()]
    if len(groups) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} tuples")
    if not groups:
        says_none = text.strip("()[]{} \t\r\n.").casefold() in _NONE
        return Parsed([], span=Span(0, len(text))) if says_none else malformed("no tuples found")
    found = []
    for group in groups:
        found.append(one := _fields(group[1]))
        if len(one) != fields:
            return malformed(f"{group[0][:80]} has {len(one)} fields, not {fields}")
    return Parsed(found, span=Span(groups[0].start(), groups[-1].end()))


def _fields(text: str) -> tuple[str, ...]:
    if '"' in text or "'" in text:
        found = [(quoted or single or bare).strip() for quoted, single, bare in _FIELD.findall(text)]
        found.pop()  # an empty match at the end of the text
    else:
        found = [field.strip() for field in text.split(",")]
    return tuple(found if found[-1] else found[:-1])
