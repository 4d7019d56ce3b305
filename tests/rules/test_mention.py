"""`answer.contains`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Status
from guerdon.rules.mention import contains

FLOWERS = ["rose", "tulip", "dog rose", "C++"]


def one(response: str, answer: str = "rose", options: Any = FLOWERS) -> Any:
    return contains(within=None).one({"response": response, "answer": answer, "options": options})


@pytest.mark.parametrize(
    ("response", "answer", "value"),
    [
        ("It must be a rose.", "rose", 1.0),
        ("A ROSE", "Rose", 1.0),
        ("a tulip", "rose", 0.0),
        ("the dog rose", "dog rose", 1.0),
        ("the dog rose", "rose", 0.0),  # the longer name, and that one alone
        ("written in C++!", "C++", 1.0),
    ],
)
def test_the_true_option_is_found_in_a_sentence(response: str, answer: str, value: float) -> None:
    score = one(response, answer)
    assert (score.value, score.status) == (value, Status.OK)


@pytest.mark.parametrize("response", ["", "   ", "e", "rosebud", "rose or tulip", ", ".join(FLOWERS), "a flower"])
def test_naming_nothing_or_several_earns_nothing(response: str) -> None:
    score = one(response)
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_a_true_answer_that_is_no_option_makes_the_row_inapplicable() -> None:
    assert one("rose", "daisy").status == Status.INAPPLICABLE
    assert one("rose", "rose", ["rose"] * 2000).status == Status.INAPPLICABLE


def test_a_huge_answer_is_refused() -> None:
    assert one("rose " * 100_000).status == Status.MALFORMED


@given(st.permutations(FLOWERS), st.text(max_size=30))
def test_the_order_of_the_options_does_not_matter(options: list[str], text: str) -> None:
    assert one(text, options=options).value == one(text).value
