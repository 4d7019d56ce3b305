"""`answer.states` and `answer.first_stated`."""

from __future__ import annotations

from typing import Any

import pytest

from guerdon import Status
from guerdon.rules.stated import first_stated, gives, states


def one(response: str, answer: Any) -> Any:
    return states(within=None).one({"response": response, "answer": answer})


@pytest.mark.parametrize(
    ("response", "answer", "value"),
    [
        ("It is a dog.", "dog", 1.0),
        ("a puppy", ["dog", "puppy"], 1.0),
        ("a cat", ["dog", "puppy"], 0.0),
        ("not red", "red", 0.0),
        ("hot-dog", "dog", 0.0),
        ("(A)", "A", 1.0),
        ("The answer is B", "A", 0.0),
        ("Yes, there is no dog", "yes", 1.0),
        ("No.", "yes", 0.0),
        ("5", 5, 1.0),
    ],
)
def test_a_true_answer_is_given_or_not(response: str, answer: Any, value: float) -> None:
    score = one(response, answer)
    assert (score.value, score.status) == (value, Status.OK)


@pytest.mark.parametrize(
    ("response", "answer"),
    [("C", "A cat"), ("C", "a"), ("The answer is B", "an"), ("", "dog"), ("dog", ""), ("cat", "A")],
)
def test_what_plain_containment_pays_earns_nothing(response: str, answer: str) -> None:
    assert not one(response, answer).value


@pytest.mark.parametrize("answer", ["", " ", "?", [], ["", "."], ["x"] * 101])
def test_an_empty_true_answer_makes_the_row_inapplicable(answer: Any) -> None:
    assert one("dog", answer).status == Status.INAPPLICABLE


def test_an_empty_answer_among_others_is_never_given() -> None:
    assert one("dog", ["", "cat"]).value == 0.0
    assert gives("dog", "").value is False


@pytest.mark.parametrize(
    "response", ["dog or cat", "dog, cat", "maybe a dog", "a dog " + "and so on " * 9, "dog " * 50_000]
)
def test_an_answer_that_hedges_or_rambles_is_malformed(response: str) -> None:
    score = one(response, "dog")
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_an_answer_that_one_true_answer_settles_is_right() -> None:
    assert one("black and white", ["white", "black and white"]).value == 1.0


def test_the_answer_is_looked_for_in_its_tag() -> None:
    row = {"response": "<think>cat or dog?</think><answer>dog</answer>", "answer": "dog"}
    assert states().one(row).value == 1.0
    assert states(within=None).one(row).status == Status.MALFORMED


@pytest.mark.parametrize(
    ("response", "answer", "value"),
    [
        ("a red car", ["car", "red car"], 1.0),
        ("a car", ["red car", "car"], 0.5),
        ("a car", ["", "red car", "car"], 1 / 3),
        ("a car", "car", 1.0),
        ("a bird", ["car"], 0.0),
    ],
)
def test_the_place_of_the_first_one_given_counts(response: str, answer: Any, value: float) -> None:
    row = {"response": response, "answer": answer}
    assert first_stated(within=None).one(row).value == pytest.approx(value)


def test_a_place_cannot_be_earned_by_naming_all() -> None:
    score = first_stated(within=None).one({"response": "car, bus or van", "answer": ["car", "bus", "van"]})
    assert (score.value, score.status) == (0.0, Status.MALFORMED)
