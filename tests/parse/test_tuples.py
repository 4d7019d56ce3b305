"""Lists of tuples in brackets."""

import pytest

from guerdon.parse import tuples
from guerdon.scores import Status


@pytest.mark.parametrize(
    "text",
    [
        "(1, colour, red), (2, size, small)",
        "[[1, \"colour\", \"red\"], ['2', 'size', 'small']]",
        "[(1, colour, red,), (2, size, small)]",
        "First ( 1 ,colour, red ).\nThen (2, size, small).",
    ],
)
def test_tuples_are_read_in_any_brackets(text: str) -> None:
    assert tuples(text, fields=3).value == [("1", "colour", "red"), ("2", "size", "small")]


def test_a_quoted_field_may_hold_a_comma_and_an_apostrophe_is_no_quote() -> None:
    assert tuples('(1, "red, dark", John\'s)', fields=3).value == [("1", "red, dark", "John's")]


@pytest.mark.parametrize("text", ["", "None", "[]", "no changes.", "()"])
def test_saying_that_there_are_none_is_an_empty_list(text: str) -> None:
    assert tuples(text, fields=3).value == []


@pytest.mark.parametrize("text", ["object 1 is red now", "(1, colour", "(1, colour, red) (2, size)", "(1, 2, 3, 4)"])
def test_other_texts_are_malformed(text: str) -> None:
    assert tuples(text, fields=3).status == Status.MALFORMED
