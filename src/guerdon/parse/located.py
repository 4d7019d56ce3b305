"""Groups of numbers that say where something is, with the labels written beside them.

They are written as JSON objects (`{"bbox_2d": [1, 2, 3, 4], "label": "cat"}`), as bare lists, or in a
model's own marks (`<ref>cat</ref><box>(1,2),(3,4)</box>`). One scan finds them all, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.result import Parsed
from guerdon.scores import Status

NUMBER = r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE](?:\+?[0-9]{1,2}|-[0-9]{1,3}))?"
_NUMBERS = re.compile(NUMBER)
_NUMERIC = {int, float}
"""Exact types, for True is an int too."""
LARGEST = 1e130
"""No number is beyond this, so that areas stay finite. `NUMBER` cannot write one."""
_BESIDE = {
    **dict.fromkeys(("label", "class", "category", "category_name", "class_name", "name"), "label"),
    **dict.fromkeys(("confidence", "score", "conf"), "score"),
    **dict.fromkeys(("image", "image_index"), "image"),
}


class Located(NamedTuple):
    """Finite numbers, and what was written beside them."""

    numbers: tuple[float, ...]
    label: str | None = None
    score: float | None = None
    image: int | None = None
    """Which of several images it is in, as the text counts them."""


class Form(NamedTuple):
    """How one kind of thing is written."""

    what: str
    size: int
    """Numbers of one thing."""
    keys: tuple[str, ...]
    """JSON keys that hold the list of numbers."""
    fields: tuple[str, ...]
    """JSON keys that hold one number each, in order."""
    roles: dict[str, str]
    """What each lower-case JSON key holds: "numbers", "label", "score" or a field."""
    scan: re.Pattern[str]


def form(what: str, size: int, keys: tuple[str, ...], fields: tuple[str, ...], bare: str) -> Form:
    """The form of a thing of `size` numbers; `bare` is its pattern outside JSON."""
    scan = rf"""
        (?P<object> \{{[^{{}}]*+\}} )
      | (?P<bare> {bare} )
      | <(?:ref|\|object_ref_start\|)>(?P<ref>[^<]{{0,200}}+)
      | (?P<key> ["'](?:{"|".join(keys)})["']\s*+:(?!\s*+\{{)(?:\s*+\[)? )
      | (?P<list> \[\s*+{NUMBER}\s*+[,\]] )
    """
    roles = _BESIDE | dict.fromkeys(keys, "numbers") | {field: field for field in fields}
    return Form(what, size, keys, fields, roles, re.compile(scan, re.VERBOSE | re.IGNORECASE | re.DOTALL))


def located(text: str, form: Form) -> Iterator[Parsed[Located]]:
    """Every group of numbers, readable or not, in order.

    A list of numbers of another length, a labelled object without its numbers, and a key whose object
    never closes are finds that could not be read; objects about other things are none.
    """
    label: str | None = None
    for found in form.scan.finditer(text):
        span = Span(*found.span())
        if found.lastgroup == "ref":
            label = found["ref"].strip()
        elif found.lastgroup == "object":
            yield from _in_object(found[0], form, span)
        elif found.lastgroup == "bare":
            numbers = tuple(map(float, _NUMBERS.findall(found[0])))
            yield Parsed(Located(numbers, label), Status.OK, span)
        elif found.lastgroup == "key":
            yield _bad(span, f"the object of a {form.what} breaks off")
        else:
            yield _bad(span, f"a list of numbers that is not a {form.what}")


def _in_object(text: str, form: Form, span: Span) -> Iterator[Parsed[Located]]:
    read = decode(text, 0, lenient=True)
    if read.value is None:
        if any(key in text.lower() for key in form.keys):
            yield _bad(span, read.reason)
        return
    held: dict[str, Any] = {}
    for key, value in read.value.items():
        role = form.roles.get(key.lower())
        if role is not None and value is not None:
            held.setdefault(role, value)
    if "numbers" not in held and not held.keys() >= set(form.fields):
        if held.keys() - {"image"}:
            yield _bad(span, f"an object that lacks its {form.what}")
        return
    numbers, label, score, image = (held.get(role) for role in ("numbers", "label", "score", "image"))
    if numbers is None:
        numbers = [held[field] for field in form.fields]
    nested = isinstance(numbers, list) and bool(numbers) and isinstance(numbers[0], list)
    for group in numbers if nested else (numbers,):
        if not isinstance(group, list) or len(group) != form.size or not _finite(group):
            yield _bad(span, f"{str(group)[:80]} is not a {form.what}")
        elif score is not None and not _finite((score,)):
            yield _bad(span, f"{str(score)[:80]} is not a confidence")
        else:
            place = Located(
                tuple(map(float, group)),
                label if isinstance(label, str) else None,
                None if score is None else float(score),
                image if type(image) is int else None,
            )
            yield Parsed(place, Status.OK, span)


def _finite(numbers: Sequence[Any]) -> bool:
    return _NUMERIC.issuperset(map(type, numbers)) and max(map(abs, numbers), default=0) <= LARGEST


def _bad(span: Span, reason: str) -> Parsed[Located]:
    return Parsed(None, Status.MALFORMED, span, reason)
