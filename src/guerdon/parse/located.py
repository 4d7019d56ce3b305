"""Groups of numbers that say where something is, with the labels written beside them.

They are written as JSON objects (`{"bbox_2d": [1, 2, 3, 4], "label": "cat"}`), as bare lists, or in a
model's own marks (`<ref>cat</ref><box>(1,2),(3,4)</box>`). One scan finds them all, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

NUMBER = r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?"
_NUMBERS = re.compile(NUMBER)
_LABELS = ("label", "class", "category", "category_name", "class_name", "name")
_SCORES = ("confidence", "score", "conf")


class Located(NamedTuple):
    """Finite numbers, and what was written beside them."""

    numbers: tuple[float, ...]
    label: str | None = None
    score: float | None = None


class Form(NamedTuple):
    """How one kind of thing is written."""

    what: str
    count: int
    """Numbers of one thing."""
    keys: tuple[str, ...]
    """Lower-case JSON keys that hold the list of numbers."""
    fields: tuple[str, ...]
    """JSON keys that hold one number each, in order."""
    scan: re.Pattern[str]


def form(what: str, count: int, keys: tuple[str, ...], fields: tuple[str, ...], bare: str) -> Form:
    """The form of a thing of `count` numbers; `bare` is its pattern outside JSON."""
    scan = rf"""
        (?P<object> \{{(?:[^{{}}"]++|"(?:[^"\\]|\\.)*+")*+\}} )
      | (?P<bare> {bare} )
      | <(?:ref|\|object_ref_start\|)>(?P<ref>[^<]{{0,200}}+)
      | (?P<key> ["'](?:{"|".join(keys)})["']\s*+: )
      | (?P<list> \[\s*+{NUMBER}\s*+[,\]] )
    """
    return Form(what, count, keys, fields, re.compile(scan, re.VERBOSE | re.IGNORECASE | re.DOTALL))


def located(text: str, form: Form) -> Iterator[Parsed[Located]]:
    """Every group of numbers, readable or not, in order.

    A list of numbers of another length, an object with another content, and a key whose object never
    closes are finds that could not be read.
    """
    label: str | None = None
    for found in form.scan.finditer(text):
        span = Span(*found.span())
        if found.lastgroup == "ref":
            label = found["ref"].strip()
        elif found.lastgroup == "object":
            yield from (find._replace(span=span) for find in _in_object(found[0], form))
        elif found.lastgroup == "bare":
            numbers = tuple(map(float, _NUMBERS.findall(found[0])))
            yield Parsed(Located(numbers, label), Status.OK, span) if _finite(numbers) else _bad(span, "not finite")
        elif found.lastgroup == "key":
            yield _bad(span, f"the object of a {form.what} breaks off")
        else:
            yield _bad(span, f"a list of numbers that is not a {form.what}")


def _in_object(text: str, form: Form) -> Iterator[Parsed[Located]]:
    read = decode(text, 0, lenient=True)
    if not read.ok:
        if any(key in text.lower() for key in form.keys):
            yield malformed(read.reason)
        return
    fields = {key.lower(): value for key, value in read.value.items()}
    if not any(fields.values()) and not all(key in fields for key in form.fields):
        return  # {} and {"objects": []} hold nothing, which is not an error
    label = next((fields[key] for key in _LABELS if isinstance(fields.get(key), str)), None)
    score = next((fields[key] for key in _SCORES if fields.get(key) is not None), None)
    if score is not None and not _finite((score,)):
        yield malformed(f"{score!r} is not a confidence")
        return
    for numbers in _numbers(fields, form):
        if isinstance(numbers, list) and len(numbers) == form.count and _finite(numbers):
            yield Parsed(Located(tuple(map(float, numbers)), label, None if score is None else float(score)))
        else:
            yield malformed(f"{str(numbers)[:80]} is not a {form.what}")


def _numbers(fields: Mapping[str, Any], form: Form) -> list[Any]:
    for key in form.keys:
        if key in fields:
            value = fields[key]
            nested = isinstance(value, list) and value and all(isinstance(v, list) for v in value)
            return value if nested else [value]
    return [[fields.get(key) for key in form.fields]]


def _finite(numbers: Any) -> bool:
    try:
        return all(type(n) in (int, float) and isfinite(n) for n in numbers)
    except OverflowError:  # an integer beyond the floats
        return False


def _bad(span: Span, reason: str) -> Parsed[Located]:
    return Parsed(None, Status.MALFORMED, span, reason)
