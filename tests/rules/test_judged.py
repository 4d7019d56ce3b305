"""Verdicts of a judge beside a reference; a callable stands in for the judge."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Status
from guerdon.rules.judged import rating, relative


def test_the_value_is_the_candidates_score_over_the_references() -> None:
    score = relative().one({"verdict": "8 6\nThe second is vague."})
    assert score.value == 0.75
    assert [score.components[f"judged.relative/{who}"].value for who in ("reference", "candidate")] == [8.0, 6.0]
    assert relative().one({"verdict": "5 10"}).value == 2.0


@pytest.mark.parametrize("reply", ["", "8", "8 11", "Both are good.", "8/5 6/5"])
def test_a_verdict_that_cannot_be_read_is_no_score(reply: str) -> None:
    score = relative().one({"verdict": reply})
    assert (score.value, score.status) == (None, Status.UNREAD)
    assert relative().one({"verdict": "8 6", "swapped": reply}).status == Status.UNREAD


def test_a_judge_that_declines_abstains() -> None:
    assert relative().one({"verdict": "I cannot compare them."}).status == Status.ABSTAINED


def asked(judge: Callable[[str, str], str], reference: str, candidate: str) -> float | None:
    row = {"verdict": judge(reference, candidate), "swapped": judge(candidate, reference)}
    return relative().one(row).value


def test_a_judge_who_favours_the_first_place_favours_nobody_in_both_orders() -> None:
    assert asked(lambda first, second: "9 6", "a", "b") == 1.0
    assert relative().one({"verdict": "9 6"}).value == pytest.approx(2 / 3)


def test_the_scale_can_be_set_and_must_be_positive() -> None:
    assert relative(low=1, high=5).one({"verdict": "4 2"}).value == 0.5
    assert relative(low=1, high=5).one({"verdict": "8 6"}).status == Status.UNREAD
    with pytest.raises(ContractError, match="low"):
        relative(low=0).one({"verdict": "8 6"})


scores = st.integers(1, 10)


@given(scores, scores)
def test_trading_places_turns_the_ratio_over(a: int, b: int) -> None:
    one, other = (relative().one({"verdict": f"{x} {y}"}).value for x, y in ((a, b), (b, a)))
    assert one is not None
    assert other is not None
    assert one * other == pytest.approx(1.0)
    assert 0.1 <= one <= 10
    assert relative().one({"verdict": f"{a} {b}", "swapped": f"{b} {a}"}).value == pytest.approx(one)


@pytest.mark.parametrize(("reply", "value"), [("7", 0.7), ("Fine. Score: 10/10", 1.0), ('{"score": 0}', 0.0)])
def test_one_score_is_scaled(reply: str, value: float) -> None:
    assert rating().one({"verdict": reply}).value == pytest.approx(value)
    assert rating(low=-10).one({"verdict": reply}).value == pytest.approx((value + 1) / 2)


@pytest.mark.parametrize("reply", ["", "good", "11", "7/5", "7 or 8"])
def test_a_score_that_cannot_be_read_is_no_score(reply: str) -> None:
    score = rating().one({"verdict": reply})
    assert (score.value, score.status) == (None, Status.UNREAD)
