import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.jsons import MAX_BREAKS, decode, fenced, json_value, salvage
from guerdon.scores import Status

FENCES = "a\n```json\n[1]\n```\nb\n```JSON\n[2]\n```\n```python\nx\n```"


def test_a_fence_of_the_language_is_read() -> None:
    assert fenced(FENCES).value == "[2]"
    assert fenced(FENCES, which="first").value == "[1]"
    assert fenced(FENCES, language="python").value == "x"
    assert fenced(FENCES, language=None).value == "x"
    assert fenced('text ```json{"a":1}``` text').value == '{"a":1}'
    assert fenced(FENCES, which="only").reason == "more than one closed json fence, only one wanted"


def test_an_unclosed_fence_can_run_to_the_end() -> None:
    assert fenced("```json\n[1]").reason == "no closed json fence found"
    assert fenced("```json\n[1]", unclosed="to_end").value == "[1]"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, {"b": "}"}]}', {"a": [1, {"b": "}"}]}),
        ("Sure! [1, 2] it is.", [1, 2]),
        ("see [below]: [3]", [3]),
        ("[1] then [2]", [2]),
        (FENCES, [2]),
        ("```json\n[1]\n``` and [9]", [1]),
        ('x = {1, 2}; {"a": "\\u00e9"}', {"a": "é"}),
        ("[]", []),
    ],
)
def test_a_value_is_found_in_text(text: str, value: Any) -> None:
    assert json_value(text).value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON value found"),
        ("[see below]", "no JSON value found"),
        ('[{"a": 1}, {"a"', "JSON breaks at character 15: Expecting ':' delimiter"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"a": 1e999}', "a number too large or too long"),
        ('{"a": ' + "9" * 1001 + "}", "a number of more than 1000 digits"),
        ('{"a": ' + "[" * 65 + "]" * 65 + "}", "JSON nested deeper than 64"),
        ('{"a": ' * 100_000, "JSON nested deeper than 64"),
        ("{'a': 1}", "JSON breaks at character 1: Expecting property name enclosed in double quotes"),
    ],
    ids=lambda text: text[:20],
)
def test_a_value_that_cannot_be_read_is_malformed(text: str, reason: str) -> None:
    read = json_value(text)
    assert (read.status, read.value, read.reason) == (Status.MALFORMED, None, reason)


def test_a_truncated_answer_is_not_replaced_by_an_earlier_value() -> None:
    assert json_value('{"a": 1} no: {"a": ').value is None
    assert json_value('{"a": 1} no: {"a": ', which="first").value == {"a": 1}


def test_values_can_be_chosen_by_place_and_kind() -> None:
    assert json_value('{"a": 1} [2]', which="only").reason == "more than one JSON value, only one wanted"
    assert json_value('{"a": 1} [2]', kind="object", which="only").value == {"a": 1}
    assert json_value('{"a": 1} [2]', kind="array", which="only").value == [2]
    assert json_value("[2]", kind="object").reason == "no JSON object found"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'it\\'s', \"b\": (1, 2,), 'c': None}", {"a": "it's", "b": [1, 2], "c": None}),
        ("{'a': 'say \"hi\"', 'b': [True, False]}", {"a": 'say "hi"', "b": [True, False]}),
        ("[.5, 5., +1, -2, 1e3]", [0.5, 5.0, 1, -2, 1000.0]),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('{"a": 1,}', {"a": 1}),
    ],
)
def test_lenient_reading_knows_python(text: str, value: Any) -> None:
    assert not json_value(text).ok
    assert json_value(text, lenient=True).value == value


@pytest.mark.parametrize("text", ["[,]", "{1, 2}", "{'a': 'it's'}", "[__import__('os')]", "[1 2]", "(1", "['a' 'b']"])
def test_lenient_reading_is_still_a_grammar(text: str) -> None:
    assert not decode(text, 0, lenient=True).ok


def test_the_complete_objects_of_a_truncated_list_are_salvaged() -> None:
    assert salvage('```json\n[{"a": 1}, {"a": {"b": 2}}, {"a": 3, "c').value == [{"a": 1}, {"a": {"b": 2}}]
    assert salvage("[{'a': 1}, oops, {'a': 2}]", lenient=True).value == [{"a": 1}, {"a": 2}]
    assert salvage("[1, 2").reason == "no complete JSON object found"
    assert salvage('{"a":1}' * 10_001).reason == "more than 10000 JSON objects"


def test_a_text_of_broken_beginnings_is_given_up() -> None:
    broken = '{"a" ' * (MAX_BREAKS + 1)
    assert json_value(broken + '{"a": 1}', which="first").value is None
    assert salvage(broken + '{"a": 1}').reason == "no complete JSON object found"
    assert salvage('{"a" ' * MAX_BREAKS + '{"a": 1}').value == [{"a": 1}]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)
CONTAINERS = st.lists(VALUES, max_size=4) | st.dictionaries(st.text(), VALUES, max_size=4)
PROSE = st.text(alphabet="abc .,!'\n<>()", max_size=20)


@given(CONTAINERS, PROSE, PROSE)
def test_any_json_inside_prose_is_read_back(value: Any, before: str, after: str) -> None:
    text = f"{before}{json.dumps(value)}{after}"
    read = json_value(text)
    assert read.value == value
    assert read.span is not None
    assert json.loads(text[slice(*read.span)]) == value


@given(CONTAINERS)
def test_any_python_literal_is_read_back(value: Any) -> None:
    text = repr(value)
    if "\\x" not in text and "\\U" not in text:  # escapes that JSON does not have
        assert decode(text, 0, lenient=True).value == ast.literal_eval(text)


@given(CONTAINERS, st.integers(0, 200))
def test_a_cut_value_is_never_read_as_a_whole_one(value: Any, cut: int) -> None:
    text = json.dumps(value)
    if cut < len(text):
        assert decode(text[:cut] or "[", 0).value is None


def test_a_setting_that_does_not_exist_raises() -> None:
    with pytest.raises(ValueError, match="kind='list'"):
        json_value("", kind="list")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unclosed=''"):
        fenced("", unclosed="")  # type: ignore[arg-type]
