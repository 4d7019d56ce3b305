"""Facts that a response states."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Score, Status
from guerdon.rules.checklist import count_facts, coverage

FACTS = ["AB is 3", "C is right", "D is 5"]


def covered(verdicts: Any, facts: Any = FACTS, **settings: Any) -> Score:
    return coverage(**settings).one({"facts": facts, "verdicts": verdicts})


@pytest.mark.parametrize(
    ("verdicts", "value"),
    [
        ("<info1>1</info1><info2>0</info2><info3>1</info3>", 2 / 3),
        ("<info1>1</info1>", 1 / 3),  # silence on the others is not paid
        ("<info1>1</info1><info3>1</info3>", 2 / 3),  # nor does a gap hide what follows
        ("<info1>yes</info1><info2>1</info2><info3>nan</info3>", 1 / 3),
        ("<info1>2</info1><info2>-1</info2><info3>0.5</info3>", 0.5 / 3),
        ("<info1>1</info1><info9>1</info9>", 1 / 3),
        (f"<info1>{'1' * 50}</info1>", 0.0),
        ([1, 0.5, 0], 0.5),
        ([True, None, False], 1 / 3),
        (["1", "no", 7], 1 / 3),
    ],
)
def test_verdicts_are_divided_by_the_facts(verdicts: Any, value: float) -> None:
    assert covered(verdicts).value == pytest.approx(value)


def test_what_the_judge_left_out_is_told() -> None:
    assert covered("<info1>1</info1>").reason == "2 of 3 facts without a verdict"
    assert covered([1, 1, 1]).reason == ""


@pytest.mark.parametrize(
    "verdicts", ["", "All three.", "<info1>1</info1><info1>0</info1>", [1, 1], [1] * 4, []], ids=repr
)
def test_a_reply_that_cannot_be_read_is_no_score(verdicts: Any) -> None:
    score = covered(verdicts)
    assert (score.value, score.status) == (None, Status.UNREAD)


def test_the_last_of_two_verdicts_can_be_chosen() -> None:
    assert covered("<info1>1</info1> no: <info1>0</info1>", ["one"], which="last").value == 0.0


def test_without_facts_there_is_nothing_to_check() -> None:
    nothing: tuple[Any, ...] = ([], "", "AB is 3")
    for facts in nothing:
        assert covered([1], facts).status == Status.INAPPLICABLE
    assert coverage().one({"facts": FACTS}).status == Status.INAPPLICABLE


def test_facts_are_counted_in_text_or_list() -> None:
    assert count_facts("<info1>AB = 3</info1>\n<info2>C</info2>") == 2
    assert covered("<info1>1</info1><info2>1</info2>", "<info1>a</info1><info2>b</info2>").value == 1.0
    assert covered("<fact1>1</fact1>", "<fact1>a</fact1>", tag="fact").value == 1.0


@given(st.lists(st.floats(-2, 2) | st.none(), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_coverage_is_a_share_that_the_order_of_facts_does_not_change(verdicts: list[Any], random: Any) -> None:
    facts = [str(i) for i in range(len(verdicts))]
    value = covered(verdicts, facts).value
    assert value is not None
    assert 0 <= value <= 1
    random.shuffle(verdicts)
    assert covered(verdicts, facts).value == pytest.approx(value)


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(0, 7))
def test_one_more_stated_fact_never_costs(verdicts: list[bool], i: int) -> None:
    facts = [""] * len(verdicts)
    more = [v or k == i for k, v in enumerate(verdicts)]
    assert (covered(more, facts).value or 0) >= (covered(verdicts, facts).value or 0)
