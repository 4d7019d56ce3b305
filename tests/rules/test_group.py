from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Reward, Status
from guerdon.rules.group import call_penalty, curiosity, last_call_worked

IMAGE = curiosity(form="inverse", weight=1 / 8)


def bonuses(made: Reward, *calls: Any) -> list[float]:
    values: list[float] = made([{"group": 0, "tool_calls": n} for n in calls]).values.tolist()
    return values


def test_one_user_in_eight_earns_by_both_forms() -> None:
    # .5·(.3 − .125) = .0875; .175/8/.125 = .175; .175/6/.125 = .2333
    assert bonuses(curiosity(), 1, *[0] * 7) == pytest.approx([0.0875, *[0.0] * 7])
    assert bonuses(IMAGE, 1, *[0] * 7) == pytest.approx([0.175, *[0.0] * 7])
    assert bonuses(curiosity(form="inverse", weight=1 / 6), 1, *[0] * 7)[0] == pytest.approx(0.7 / 3)


def test_two_users_in_eight_earn_less_each() -> None:
    # (.3 − .25)/.25/8 = .025
    assert bonuses(IMAGE, 1, 1, *[0] * 6)[:2] == pytest.approx([0.025, 0.025])


def test_the_bonus_is_gone_when_the_tool_is_common() -> None:
    for made in (curiosity(), IMAGE):
        assert bonuses(made, 1, 1, 1, 0, 0, 0, 0, 0) == [0.0] * 8
        assert bonuses(made, *[1] * 8) == [0.0] * 8
        assert bonuses(made, *[0] * 8) == [0.0] * 8


def test_how_often_a_rollout_calls_does_not_raise_its_bonus() -> None:
    assert bonuses(IMAGE, 4, *[0] * 7) == bonuses(IMAGE, 1, *[0] * 7)


def test_groups_have_rates_of_their_own() -> None:
    rows = [{"group": g, "tool_calls": n} for g, n in ((0, 1), (1, 1), (0, 0), (1, 1), (0, 0), (0, 0))]
    assert curiosity()(rows).values == pytest.approx([0.025, 0, 0, 0, 0, 0])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_the_bonus_is_never_negative_and_follows_its_rollout(calls: list[int], random: Any) -> None:
    order = list(range(len(calls)))
    random.shuffle(order)
    values, shuffled = bonuses(IMAGE, *calls), bonuses(IMAGE, *[calls[i] for i in order])
    assert min(values) >= 0.0
    assert shuffled == [values[i] for i in order]


def test_calls_beyond_the_first_cost() -> None:
    assert [call_penalty().one({"tool_calls": n}).value for n in (0, 1, 2, 4)] == pytest.approx([0, 0, -0.05, -0.15])
    assert call_penalty(allowed=3, cost=1.0).one({"tool_calls": 5}).value == -2.0


def test_the_list_of_calls_counts_as_their_number() -> None:
    assert call_penalty().one({"tool_calls": [{"name": "zoom"}] * 3}).value == pytest.approx(-0.1)
    assert bonuses(IMAGE, [{"name": "zoom"}], [], *[[]] * 6)[0] == pytest.approx(0.175)


@pytest.mark.parametrize("bad", ["two", -1, 1.5, float("nan"), float("inf"), {"n": 1}])
def test_what_is_no_count_is_malformed_and_earns_nothing(bad: Any) -> None:
    scores = curiosity()([{"group": 0, "tool_calls": n} for n in (bad, 1, *[0] * 6)])
    assert scores.status[0] == Status.MALFORMED
    assert scores.values[:2] == pytest.approx([0.0, 0.0875])
    assert call_penalty().one({"tool_calls": bad}).status == Status.MALFORMED


def test_a_failed_last_call_closes_the_gate() -> None:
    reward = last_call_worked() >> call_penalty()
    rows = [{"last_call_failed": failed, "tool_calls": 3} for failed in (True, False)]
    assert reward(rows).values == pytest.approx([0.0, -0.1])


def test_an_unknown_form_is_an_error() -> None:
    with pytest.raises(ContractError, match="write linear or inverse"):
        bonuses(curiosity(form="squared"), 1)
