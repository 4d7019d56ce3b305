"""Contrast sets from scenes, and what the README of the released sets gets wrong."""

from guerdon.systems import reward_consistency


def test_two_scenes_of_a_set_differ_in_one_colour() -> None:
    row = reward_consistency._contrast((0, 3))
    first, second = set(row["first"]["things"]), set(row["second"]["things"])
    assert len(first - second) == len(second - first) == 1
    assert row["first"]["response"] != row["second"]["response"]


def test_who_looks_counts_what_is_there_and_what_is_not() -> None:
    row = {"response": "A red star and a blue circle.", "things": ["red star"]}
    assert reward_consistency.seen().one(row).value == 0.0
    assert reward_consistency.seen().one({**row, "response": "A red star."}).value == 1.0
