"""Answers over turns: right, and one story."""

from typing import Any

import pytest

from guerdon import ContractError, Score, Status
from guerdon.rules.consistency import path

SYMBOLS = {
    "looks": {"ill": ["sick"], "well": ["fine"]},
    "has": {"flu": ["flu"], "cold": ["cold"], "nothing": ["not flu"]},
    "needs": {"rest": ["rest"], "work": ["work"]},
}
PATHS = [["ill", "flu", "rest"], ["ill", "cold", "work"], ["well", "nothing", "work"]]
FLU = ["They look sick.", "It is the flu.", "Rest."]


def scored(turns: list[str], answer: list[str] = FLU, slots: list[str] | None = None, **settings: Any) -> Score:
    reward = path(symbols=SYMBOLS, paths=PATHS, **settings)
    return reward.one({"turns": turns, "answer": answer, "slots": slots})


def test_all_right_earns_every_turn_and_every_pair() -> None:
    score = scored(FLU)
    assert score.value == 3 + 2
    assert (
        score.components["consistency.path/correct"].value,
        score.components["consistency.path/consistent"].value,
    ) == (3.0, 2.0)


def test_a_consistent_wrong_story_earns_nothing_unless_asked() -> None:
    wrong = ["They look fine.", "It is no flu.", "Work."]
    assert scored(wrong).value == 0.0
    assert scored(wrong, joint=False).value == 2.0


def test_one_wrong_turn_costs_its_point_and_its_pairs() -> None:
    assert scored([FLU[0], "A cold.", FLU[2]]).value == 2.0
    # Not joint: sick and cold fit, cold and rest do not.
    assert scored([FLU[0], "A cold.", FLU[2]], joint=False).value == 2.0 + 1.0


def test_turns_that_say_nothing_or_two_things_or_are_missing_cost() -> None:
    assert scored(["Hm.", FLU[1], FLU[2]]).value == -0.5 + 2 + 1
    assert scored(["Sick and fine.", FLU[1], FLU[2]]).value == -0.5 + 2 + 1
    assert scored(FLU[:2]).value == 2 - 0.5 + 1
    assert scored(["Hm."] * 3).value == -1.5


def test_turns_beyond_those_asked_earn_nothing() -> None:
    assert scored([*FLU, *FLU]).value == scored(FLU).value


def test_pairs_are_neighbours_in_the_order_of_the_slots() -> None:
    shuffled, slots = [FLU[2], FLU[0], FLU[1]], ["needs", "looks", "has"]
    assert scored(shuffled, shuffled, slots).value == scored(FLU).value
    assert scored(FLU[::2], FLU[::2], ["looks", "needs"]).value == 2 + 1


def test_a_true_answer_that_says_nothing_leaves_nothing_to_check() -> None:
    score = scored(["Hm.", FLU[1], FLU[2]], ["Hm.", FLU[1], FLU[2]])
    assert score.status == Status.INAPPLICABLE
    assert "'looks'" in score.reason
    assert scored(FLU, FLU[:2]).status == Status.INAPPLICABLE
    assert scored([], [], []).status == Status.INAPPLICABLE


def test_the_weight_of_consistency_and_of_silence_can_be_set() -> None:
    assert scored(FLU, consistency=0.5).value == 3 + 1
    assert scored(["Hm.", FLU[1], FLU[2]], unread=-2.0).value == -2 + 2 + 1


def test_slots_and_paths_that_do_not_fit_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ContractError, match="slots"):
        scored(FLU, slots=["looks", "has", "wants"])
    with pytest.raises(ContractError, match="paths"):
        path(symbols=SYMBOLS, paths=[["ill"]]).one({"turns": FLU, "answer": FLU})
