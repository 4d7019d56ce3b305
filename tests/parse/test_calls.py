"""Calls of tools, one JSON object a line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse import ToolCall, tool_calls
from guerdon.scores import Status

F = ToolCall("f", {"x": 1})
LINE = '{"name": "f", "parameters": {"x": 1}}'


def block(*lines: str) -> str:
    return "<tool_call>\n" + "\n".join(lines) + "\n</tool_call>"


@given(st.lists(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3)))
def test_calls_written_one_a_line_are_read_back(given: list[dict[str, object]]) -> None:
    lines = [json.dumps({"name": "f", "parameters": parameters}) for parameters in given]
    assert tool_calls(f"<think>hm</think>\n{block(*lines)}").value == [ToolCall("f", p) for p in given]


def test_a_text_without_the_tag_makes_no_call() -> None:
    assert tool_calls("<think>none needed</think><response>Hi!</response>").value == []


def test_calls_in_a_thought_are_not_made() -> None:
    assert tool_calls(f"<think>{block(LINE)}</think>\nHello").value == []
    assert tool_calls(f"<think>{block('...')}</think>\n{block(LINE)}").value == [F]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (block("{name: f}"), "line 1 is not one JSON value"),
        (block(LINE, "and"), "line 2 is not one JSON value"),
        (block(f"{LINE} {LINE}"), "line 1 is not one JSON value"),
        (block("{", '"name": "f", "parameters": {}}'), "line 1"),
        (block('{"name": "f"}'), "line 1 is no call"),
        (block('{"name": 1, "parameters": {}}'), "line 1 is no call"),
        (block("[1]"), "line 1 is no call"),
        (f"<tool_call>\n{LINE}", "1 <tool_call> and 0 </tool_call>"),
        (block(LINE) * 2, "2 <tool_call>"),
        (f"<think>{block(LINE)}", "<think> is not closed"),
        (block(*[LINE] * 1001), "more than 1000 lines"),
    ],
)
def test_what_is_no_list_of_calls_is_malformed(text: str, reason: str) -> None:
    read = tool_calls(text)
    assert read.status == Status.MALFORMED
    assert reason in read.reason


def test_other_names_for_the_block_and_the_parameters() -> None:
    text = '<call>{"name": "f", "arguments": {"x": 1}}</call><call>{"name": "g", "arguments": {}}</call>'
    assert tool_calls(text, name="call", parameters="arguments", which="first").value == [F]
