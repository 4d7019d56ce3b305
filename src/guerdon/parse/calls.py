"""Calls of tools: JSON objects, one a line, between tags."""

from __future__ import annotations

from typing import Any, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.jsons import decode
from guerdon.parse.policy import MAX_CHARS, Which, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.tags import tag

OPEN, CLOSE = "<think>", "</think>"
MAX_CALLS = 1_000
"""Calls of one response."""


class ToolCall(NamedTuple):
    """One call of a tool."""

    name: str
    parameters: dict[str, Any]


def tool_calls(
    text: str, *, name: str = "tool_call", which: Which = "only", parameters: str = "parameters"
) -> Parsed[list[ToolCall]]:
    """The calls in the `<tool_call>` block, one JSON object a line; a text without the tag makes none.

    What a `<think>` block holds is not read. `parameters` is the key of the parameters ("arguments" for some
    models). A line that is no object with a name and parameters makes the whole malformed.

    >>> tool_calls('<tool_call>\\n{"name": "add", "parameters": {"x": 1}}\\n</tool_call>').value
    [ToolCall(name='add', parameters={'x': 1})]
    >>> tool_calls("Hello!").value
    []
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    spoken = without_thoughts(text)
    if spoken.value is None:
        return malformed(spoken.reason)
    if f"<{name}>" not in spoken.value and f"</{name}>" not in spoken.value:
        return Parsed([], span=Span(0, len(text)))
    block = tag(spoken.value, name, which=which)
    if block.value is None:
        return malformed(block.reason)
    return call_lines(block.value, parameters=parameters)._replace(span=block.span)


def call_lines(text: str, *, parameters: str = "parameters") -> Parsed[list[ToolCall]]:
    """The calls of a text that holds nothing else, one JSON object a line.

    >>> call_lines('{"name": "now"}').reason
    'line 1 is no call with a name and parameters'
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    lines = text.split("\n", MAX_CALLS)
    if len(lines) > MAX_CALLS:
        return malformed(f"more than {MAX_CALLS} lines of calls")
    calls = []
    for number, line in enumerate(lines, 1):
        if line := line.strip():
            read = decode(line, 0)
            if read.value is None or not read.span or read.span.stop < len(line):
                return malformed(f"line {number} is not one JSON value {read.reason}")
            call = as_call(read.value, parameters)
            if call is None:
                return malformed(f"line {number} is no call with a name and {parameters}")
            calls.append(call)
    return Parsed(calls, span=Span(0, len(text)))


def without_thoughts(text: str) -> Parsed[str]:
    """The text with blanks for its think blocks; the first may have been opened in the prompt.

    >>> without_thoughts("<think>a</think>b").value
    '                b'
    """
    said, position = [], 0
    close = text.find(CLOSE)
    start = text.find(OPEN)
    if close >= 0 and not 0 <= start < close:
        start = 0
    while start >= 0:
        close = text.find(CLOSE, start)
        if close < 0:
            return malformed(f"{OPEN} is not closed")
        stop = close + len(CLOSE)
        said += [text[position:start], " " * (stop - start)]
        position, start = stop, text.find(OPEN, stop)
    return Parsed("".join([*said, text[position:]]))


def as_call(value: Any, parameters: str = "parameters") -> ToolCall | None:
    """A call from a dict that has its name and parameters; None for anything else."""
    if not isinstance(value, dict):
        return None
    name, given = value.get("name"), value.get(parameters)
    return ToolCall(name, given) if isinstance(name, str) and isinstance(given, dict) else None
