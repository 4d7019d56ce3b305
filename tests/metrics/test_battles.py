"""Battles: what is refused, who can be compared with whom, and how they are added up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guerdon.metrics.battles import Battles, battles, relative


def some(**columns: Any) -> Battles:
    return battles(["a", "b", "c", "b"], ["b", "c", "a", "a"], [1, 0.5, 0, 1], **columns)


@pytest.mark.parametrize(
    ("first", "second", "outcome", "more", "message"),
    [
        ([], [], [], {}, "no battles"),
        (["a"], ["a"], [1], {}, "battle 0 is 'a' against itself"),
        (["a", "a"], ["b"], [1, 1], {}, "1 names on one side and 2"),
        (["a"], ["b"], [1, 0], {}, r"outcome has the shape \[2\], and there are 1 battles"),
        (["a", "b"], ["b", "a"], [1, float("nan")], {}, "outcome of battle 1 is nan"),
        (["a"], ["b"], [0.75], {}, "outcome of battle 0 is 0.75: write 1"),
        (["a"], ["b"], [2], {}, "outcome of battle 0 is 2"),
        (["a"], [None], [1], {}, "named by a text, not None"),
        (["a"], [""], [1], {}, "named by a text, not ''"),
        (["a", "a"], ["b", "x"], [1, 1], {"players": ["a", "b"]}, "battle 1 has the unknown player 'x'; known: a, b"),
        (["a"], ["b"], [1], {"weight": [0]}, "weight of battle 0 is 0: write a number above 0"),
        (["a"], ["b"], [1], {"weight": [float("inf")]}, "weight of battle 0 is inf"),
        (["a"], ["b"], [1], {"features": {"length": [float("nan")]}}, "length of battle 0 is nan"),
        (["a"], ["b"], [1], {"features": {"length": [1, 2]}}, "length has the shape"),
        (["a"], ["b"], [1], {"clusters": ["p", "q"]}, "2 cluster names for 1 battles"),
    ],
)
def test_bad_input_is_named(first: Any, second: Any, outcome: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        battles(first, second, outcome, **more)


def test_one_player_cannot_battle() -> None:
    with pytest.raises(ValueError, match="against itself"):
        battles(["a", "a"], ["a", "a"], [1, 0])


def test_players_are_in_order_of_appearance_unless_a_roster_says_otherwise() -> None:
    assert battles(["b", "a"], ["c", "b"], [1, 1]).players == ("b", "a", "c")
    assert battles(["b"], ["a"], [1], players=["z", "a", "b"]).players == ("z", "a", "b")


def test_played_counts_weights_of_both_sides() -> None:
    assert some(weight=[1, 2, 3, 4]).played.tolist() == [1 + 3 + 4, 1 + 2 + 4, 2 + 3]


def test_taken_battles_keep_their_columns() -> None:
    taken = some(weight=[1, 2, 3, 4], features={"x": [1, 2, 3, 4]}, clusters="ppqq").take([3, 0])
    assert (taken.first.tolist(), taken.outcome.tolist(), taken.weight.tolist()) == ([1, 0], [1, 1], [4, 1])
    assert taken.features["x"].tolist() == [4, 1]
    assert taken.cluster is not None
    assert taken.cluster.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("first", "second", "outcome", "groups"),
    [
        ("ab", "bc", [1, 1], [("a",), ("b",), ("c",)]),  # a chain that nobody closes
        ("abc", "bca", [1, 1, 1], [("a", "b", "c")]),  # a circle
        ("ab", "bc", [0.5, 0.5], [("a", "b", "c")]),  # a tie holds both ways
        ("abcd", "badc", [1, 1, 1, 1], [("a", "b"), ("c", "d")]),  # two leagues
        ("abcda", "badcc", [1, 1, 1, 1, 1], [("a", "b"), ("c", "d")]),  # that met once, so one never held the other
        ("aab", "bbc", [1, 0, 1], [("a", "b"), ("c",)]),
    ],
)
def test_groups_are_players_who_held_each_other(first: str, second: str, outcome: list[float], groups: Any) -> None:
    assert battles([*first], [*second], outcome).groups == groups


def test_a_player_without_battles_is_a_group_alone() -> None:
    assert battles(["a", "b"], ["b", "a"], [1, 1], players=["a", "b", "z"]).groups == [("a", "b"), ("z",)]


def test_battles_are_added_up_by_pairing_and_outcome() -> None:
    table = some().pairings  # a–b: a won, b won (as second, then first); b–c: tie; a–c: a won, as second
    assert list(zip(table.low.tolist(), table.high.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert table.cell.tolist() == [3 * 0 + 2, 3 * 2 + 1, 3 * 1 + 2, 3 * 0 + 0]


def test_features_turn_with_the_battle() -> None:
    table = some(features={"length": [1, 2, 3, 4]}).pairings
    assert table.features[:, 0].tolist() == [1, 2, -3, -4]  # c–a and b–a are seen from a


def test_alike_battles_are_one_unit_and_clusters_are_whole() -> None:
    twice = battles(["a", "a", "b"], ["b", "b", "a"], [1, 1, 0])
    assert (twice.units.times.tolist(), twice.units.cells.toarray().tolist()) == ([3], [[0, 0, 1]])
    weighted = battles(["a", "a", "b"], ["b", "b", "a"], [1, 1, 0], weight=[1, 2, 1])
    assert (weighted.units.times.tolist(), weighted.units.cells.toarray()[:, 2].tolist()) == ([2, 1], [1, 2])
    clustered = battles(["a", "a", "b"], ["b", "b", "a"], [1, 0.5, 0], clusters=["p", "q", "p"])
    assert clustered.units.cells.toarray().tolist() == [[0, 0, 2], [0, 1, 0]]


def test_clusters_that_were_not_taken_are_no_units() -> None:
    clustered = battles(["a", "a", "b"], ["b", "b", "a"], [1, 0.5, 0], clusters=["p", "q", "r"])
    assert clustered.take([2]).units.times.tolist() == [1]


def test_many_players_in_few_battles_take_little_time_and_memory() -> None:
    names = [f"p{i}" for i in range(20_000)]
    chain = battles(names[:-1], names[1:], np.ones(len(names) - 1))
    assert len(chain.pairings.low) == len(names) - 1
    assert len(chain.groups) == len(names)


def test_relative_counts_are_antisymmetric_and_of_unit_size() -> None:
    a, b = np.array([10, 0, 7, 3]), np.array([2, 0, 7, 30])
    assert np.array_equal(relative(a, b), -relative(b, a))
    assert np.mean(relative(a, b) ** 2) == pytest.approx(1)
    assert relative(a, b)[1:3].tolist() == [0, 0]  # nothing on either side, and as much
    assert relative(a, b)[0] / relative(a, b)[3] == pytest.approx((8 / 13) / (-27 / 34))  # (a − b) / (a + b + 1)


def test_relative_counts_that_never_differ_are_zero() -> None:
    assert relative([1, 2], [1, 2]).tolist() == [0, 0]


@pytest.mark.parametrize(("a", "b"), [([-1], [1]), ([1], [float("nan")]), ([1], [1, 2])])
def test_relative_counts_are_checked(a: list[float], b: list[float]) -> None:
    with pytest.raises(ValueError, match="counts are finite"):
        relative(a, b)
