from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from guerdon import Status
from guerdon.rules import given
from guerdon.rules.asked import asking


@drawn(st.floats(allow_nan=False, allow_infinity=False))
def test_a_given_score_is_taken_as_it_is(value: float) -> None:
    assert given.score().one({"score": value}).value == value


def test_a_score_that_is_missing_or_no_number_has_no_value() -> None:
    assert given.score().one({"response": "x"}).status == Status.INAPPLICABLE
    for bad in ("high", float("nan"), [1]):
        assert given.score().one({"score": bad}).status == Status.FAILED


def test_a_model_can_be_called_for_its_score() -> None:
    scores = asking(given.score(), score=lambda row: len(row["response"]))([{"response": "abc"}, {"response": "a"}])
    assert scores.values.tolist() == [3.0, 1.0]


@pytest.mark.parametrize(
    ("reason", "value"), [(True, 1.0), (False, 0.0), (1, 1.0), ("stop", 1.0), ("length", 0.0), ("", 0.0)]
)
def test_only_an_own_end_is_an_end(reason: Any, value: float) -> None:
    assert given.finished().one({"finished": reason}).value == value


def test_a_row_that_does_not_say_how_it_ended_is_inapplicable() -> None:
    assert given.finished().one({"response": "x"}).status == Status.INAPPLICABLE
