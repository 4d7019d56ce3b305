"""JSON inside text: fenced or bare, strict or as Python writes it.

Only objects and arrays count. The scan reads a value at each opening bracket, steps over it, and after a
failure goes on where the value broke, so it is linear. NaN, infinities, numbers of more than
`MAX_DIGITS` characters and nesting deeper than `MAX_DEPTH` are refused; of a repeated key the last counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from guerdon.geometry import Span
from guerdon.parse.policy import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_ITEMS,
    Which,
    at,
    check,
    check_which,
    pick,
    too_long,
    trim,
)
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.tags import Unclosed

Kind = Literal["any", "object", "array"]

MAX_BREAKS = 1_000
"""Beginnings of values that break off, in one text: each error counts the lines before it."""

_OBJECT = r"\{(?=\s*+[\"'}])"
_OPENING = {"any": re.compile(rf"{_OBJECT}|\[(?=\s*+[-+.\[\](){{}}\"'0-9tfnTFNI])"), "object": re.compile(_OBJECT)}
_MEANT = re.compile(r"[\[\s]*+\{\s*+[\"']")
"""How JSON begins and prose in brackets does not."""


def fenced(
    text: str, *, language: str | None = "json", which: Which = "last", unclosed: Unclosed = "malformed"
) -> Parsed[str]:
    """The stripped content of a ``` fence of that language, in any case; None takes every fence.

    >>> fenced("First:\\n```json\\n[1]\\n```\\nbetter:\\n```json\\n[2]\\n```").value
    '[2]'
    """
    check_which(which)
    check("unclosed", unclosed, ("malformed", "to_end"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    what = "closed fence" if language is None else f"closed {language} fence"
    span, reason = pick(_fences(text, language, unclosed), which, what)
    return malformed(reason) if span is None else at(text, trim(text, *span))


def json_value(text: str, *, which: Which = "last", kind: Kind = "any", lenient: bool = False) -> Parsed[Any]:
    """An object or array, from the ```json fences if there are any, else from anywhere in the text.

    What begins as an object and breaks off counts as a find, so that an earlier value does not stand
    in for a truncated answer. `lenient=True` also reads single quotes, tuples, True/False/None,
    trailing commas and line breaks inside strings.

    >>> json_value('Sure: {"winner": "A"}.').value
    {'winner': 'A'}
    >>> json_value("{'winner': 'A',}", lenient=True).value
    {'winner': 'A'}
    """
    check_which(which)
    check("kind", kind, ("any", "object", "array"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    wanted = {"any": (dict, list), "object": (dict,), "array": (list,)}[kind]
    regions = list(_fences(text, "json", "to_end")) or [Span(0, len(text))]
    finds = (find for region in regions for find in _values(text, region, "any", lenient))
    meant = (f for f in finds if (isinstance(f.value, wanted) if f.ok else f.span and _MEANT.match(text, f.span.start)))
    found, reason = pick(meant, which, "JSON value" if kind == "any" else f"JSON {kind}")
    return malformed(reason) if found is None else found


def salvage(text: str, *, lenient: bool = False) -> Parsed[list[dict[str, Any]]]:
    """All complete objects, however broken what surrounds them: what is left of a truncated list.

    >>> salvage('[{"a": 1}, {"a": 2}, {"a"').value
    [{'a': 1}, {'a': 2}]
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    finds = (find for find in _values(text, Span(0, len(text)), "object", lenient) if find.ok)
    whole = list(islice(finds, MAX_ITEMS + 1))
    if not whole:
        return malformed("no complete JSON object found")
    if len(whole) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} JSON objects")
    spans = [find.span for find in whole if find.span]
    return Parsed([find.value for find in whole if find.value is not None], span=Span(spans[0].start, spans[-1].stop))


def decode(text: str, start: int, *, lenient: bool = False) -> Parsed[Any]:
    """The value that begins at a position. If it cannot be read, the span says how far reading got."""
    try:
        value, stop = (_STRICT if len(text) > MAX_DIGITS else _SHORT).raw_decode(text, start)
    except json.JSONDecodeError as error:
        if lenient:
            return _decode_python(text, start)
        return _broken(start, max(error.pos, start + 1), f"JSON breaks at character {error.pos}: {error.msg}")
    except (ValueError, RecursionError) as error:
        # Where is not known, so nothing after it is tried: going back would take the square of the length.
        return _broken(start, len(text), _why(error))
    if text.count("[", start, stop) + text.count("{", start, stop) > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        return _broken(start, stop, f"JSON nested deeper than {MAX_DEPTH}")
    return Parsed(value, span=Span(start, stop))


def _values(text: str, region: Span, opening: str, lenient: bool) -> Iterator[Parsed[Any]]:
    position, breaks = region.start, 0
    while found := _OPENING[opening].search(text, position, region.stop):
        value = decode(text, found.start(), lenient=lenient)
        breaks += not value.ok
        if breaks > MAX_BREAKS:
            yield _broken(found.start(), region.stop, f"more than {MAX_BREAKS} values break off")
            return
        yield value
        position = value.span.stop if value.span else region.stop


def _fences(text: str, language: str | None, unclosed: Unclosed) -> Iterator[Span]:
    opening = re.compile(r"```\w*+" if language is None else rf"```{re.escape(language)}(?!\w)", re.IGNORECASE)
    found = opening.search(text)
    while found:
        stop = text.find("```", found.end())
        if stop < 0:
            if unclosed == "to_end":
                yield Span(found.end(), len(text))
            return
        yield Span(found.end(), stop)
        found = opening.search(text, stop + 3)


def _broken(start: int, stop: int, reason: str) -> Parsed[Any]:
    return malformed(reason)._replace(span=Span(start, stop))


def _why(error: Exception) -> str:
    return f"JSON nested deeper than {MAX_DEPTH}" if isinstance(error, RecursionError) else str(error)


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inside = (v.values() if isinstance(v, dict) else v for v in level)
        level = [child for children in inside for child in children if isinstance(child, (dict, list))]
    return depth


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"a number of more than {MAX_DIGITS} digits")
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits) if len(digits) <= MAX_DIGITS else float("inf")
    if value in (float("inf"), -float("inf")):
        raise ValueError("a number too large or too long")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


_STRICT = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_refuse_constant)
_SHORT = json.JSONDecoder(parse_float=_decimal, parse_constant=_refuse_constant)
"""For texts that cannot hold too long a number; twice as fast."""
_RELAXED = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_refuse_constant, strict=False)

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<double> "(?:[^"\\]|\\.)*+" )
    | (?P<single> '(?:[^'\\]|\\.)*+' )
    | (?P<number> [-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)? )
    | (?P<word> (?:True|False|None|true|false|null)\b )
    | (?P<mark> [\[\](){},:] )
    )""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"True": "true", "False": "false", "None": "null"}
_BRACKETS = {"(": "[", ")": "]"}
_QUOTES = re.compile(r"\\(.)|\"", re.DOTALL)


def _decode_python(text: str, start: int) -> Parsed[Any]:
    """As `decode`, for a Python literal, by writing it as JSON: no evaluation, no recursion."""
    written: list[str] = []
    depth, position = 0, start
    while token := _TOKEN.match(text, position):
        position = token.end()
        mark = token[token.lastgroup or 0]
        if mark in "[({":
            depth += 1
        elif mark in "])}":
            depth -= 1
            if len(written) > 1 and written[-1] == "," and written[-2] not in "[{,:":
                written.pop()
        written.append(_as_json(token.lastgroup, mark))
        if depth == 0 or depth > MAX_DEPTH:
            break
    if depth != 0:
        reason = f"nested deeper than {MAX_DEPTH}" if depth > MAX_DEPTH else f"breaks at character {position}"
        return _broken(start, max(position, start + 1), f"JSON {reason}")
    try:
        return Parsed(_RELAXED.decode(" ".join(written)), span=Span(start, position))
    except ValueError as error:
        return _broken(start, position, f"not JSON: {error}")


def _as_json(kind: str | None, token: str) -> str:
    if kind == "single":
        return '"' + _QUOTES.sub(lambda q: '\\"' if q[0] == '"' else "'" if q[1] == "'" else q[0], token[1:-1]) + '"'
    if kind == "number":
        sign, digits = ("-", token[1:]) if token[0] == "-" else ("", token.lstrip("+"))
        whole, dot, rest = digits.partition(".")
        return sign + (whole or "0") + (f".{rest if rest[:1].isdigit() else '0' + rest}" if dot else "")
    return _WORDS.get(token, _BRACKETS.get(token, token))
