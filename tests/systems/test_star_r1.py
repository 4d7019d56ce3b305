"""STAR-R1: listing and silence do not pay; the published sum is there on request."""

from typing import Any

import pytest

from guerdon import Reward
from guerdon.systems import star_r1

TRUE = [(1, "colour", "red")]
EVERY_ATTRIBUTE = "(1, colour, blue), (1, size, small), (1, material, metal), (1, shape, cube)"


def value(reward: Reward, said: str, answer: Any = TRUE) -> float | None:
    return reward.one({"response": f"<think>hm</think><answer>{said}</answer>", "answer": answer}).value


@pytest.mark.parametrize(
    ("said", "earned"),
    [
        ("(1, colour, red)", 5.0),
        ("(1, colour, blue)", 1.5),
        ("(1, size, small)", 0.5),
        ("(1, colour, red), (2, size, small)", 4.0),
        ("", -1.0),
    ],
)
def test_the_table_of_the_paper_with_the_default_penalties(said: str, earned: float) -> None:
    for reward in (star_r1.accuracy(), star_r1.accuracy(as_published=True)):
        assert value(reward, said) == earned
    assert value(star_r1.total(), said) == earned + 1


def test_naming_every_attribute_of_the_right_object_does_not_pay() -> None:
    assert value(star_r1.accuracy(), EVERY_ATTRIBUTE) == 1.5 - 3
    assert value(star_r1.accuracy(surplus=0.0), EVERY_ATTRIBUTE) == 1.5
    # The published sum pays 0.5 for each of them again.
    assert value(star_r1.accuracy(surplus=0.0, as_published=True), EVERY_ATTRIBUTE) == 1.5 + 3 * 0.5


def test_saying_the_same_right_triplet_twice_pays_once() -> None:
    twice = "(1, colour, red), (1, colour, red)"
    assert value(star_r1.accuracy(), twice) == 5.0 - 1
    assert value(star_r1.accuracy(as_published=True), twice) == 10.0 - 1


def test_silence_costs_more_where_more_changed() -> None:
    both = [*TRUE, (2, "size", "small")]
    assert value(star_r1.accuracy(), "none", both) == value(star_r1.accuracy(as_published=True), "none", both) == -2.0
    assert value(star_r1.accuracy(), "no tuples here", both) == -2.0


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    for evidence in star_r1.system.reproduce():
        assert evidence.passed, evidence.reason
