"""Partial credit of structured answers against brute force and hand arithmetic."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from guerdon.metrics.structured import (
    Call,
    Credit,
    call_credit,
    multiset_iou,
    prefix_points,
    same_json,
    shared_prefixes,
)

few = st.lists(st.sampled_from("abc"), max_size=6)
triplets = st.lists(st.tuples(*[st.integers(0, 2)] * 3), max_size=6)
calls = st.lists(
    st.tuples(st.sampled_from("fg"), st.dictionaries(st.sampled_from("xy"), st.integers(0, 2))), max_size=4
)
CREDITS = (0.5, 1.5, 5.0)


@given(few, few)
def test_multiset_iou_is_the_sum_of_least_over_greatest_counts(a: list[str], b: list[str]) -> None:
    x, y = Counter(a), Counter(b)
    expected = (x & y).total() / (x | y).total() if a or b else 1.0
    assert multiset_iou(a, b) == pytest.approx(expected)
    assert multiset_iou(a, b) == multiset_iou(b[::-1], a)


def leading(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    return next((k for k in range(3) if a[k] != b[k]), 3)


@given(triplets, triplets)
def test_prefix_points_are_those_of_the_best_assignment(a: list[Any], b: list[Any]) -> None:
    worth = [[(0.0, *CREDITS)[leading(x, y)] for y in b] for x in a]
    best = sum(worth[i][j] for i, j in zip(*linear_sum_assignment(worth, maximize=True), strict=True)) if a and b else 0
    assert prefix_points(a, b, CREDITS) == pytest.approx(best)


@given(triplets, triplets)
def test_shared_prefixes_never_grow_with_the_fields_and_ignore_order(a: list[Any], b: list[Any]) -> None:
    counts = shared_prefixes(a, b, 3)
    assert counts == sorted(counts, reverse=True)
    assert counts == shared_prefixes(b[::-1], a, 3)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [2, 1], False),
        ([1], 1, False),
        ({"a": [{"b": True}]}, {"a": [{"b": 1}]}, False),
    ],
)
def test_json_values_are_equal_as_json(a: Any, b: Any, same: bool) -> None:
    assert same_json(a, b) == same_json(b, a) == same


F1, F2, G1 = ("f", {"x": 1}), ("f", {"x": 2}), ("g", {"x": 1})


@pytest.mark.parametrize(
    ("true", "found", "scaled"),
    [
        ([F1], [F1], 3),
        ([F1], [F2], 1),
        ([F1], [G1], -3),
        ([("f", {"x": 1, "y": 2})], [F1], 0.75),
        ([F1], [("f", {"x": 1, "y": 2})], 2),
        ([F1], [F1, F1], 2),
        ([F1, G1], [G1, F1], 3),
        ([F1], [], -3),
        ([], [], 3),
        ([], [F1], -3),
    ],
)
def test_the_published_table_of_correctness(true: list[Call], found: list[Call], scaled: float) -> None:
    assert 6 * call_credit(found, true) - 3 == pytest.approx(scaled)


def test_calls_of_one_tool_are_paired_for_the_greatest_sum() -> None:
    true: list[Call] = [("f", {"x": 1, "y": 1}), ("f", {"x": 1, "y": 1, "z": 1})]
    found: list[Call] = [("f", {"x": 1, "y": 1, "z": 1}), ("f", {"x": 1})]
    # With its own twin the first found call earns 1 + 3, the other then ½ + 1; the other way round 2/3 + 2 and 1/3 + 1.
    assert call_credit(found, true) == pytest.approx((1 + 4 + 1.5) / (1 + 3 + 4))


@given(calls, calls)
def test_credit_is_a_share_and_order_does_not_matter(found: list[Call], true: list[Call]) -> None:
    credit = call_credit(found, true)
    assert 0 <= credit <= 1
    assert credit == pytest.approx(call_credit(found[::-1], true)) == pytest.approx(call_credit(found, true[::-1]))


@given(calls)
def test_only_the_true_calls_earn_all(true: list[Call]) -> None:
    every: tuple[Credit, ...] = ("fine", "refined", "intermediate", "coarse")
    assert [call_credit(true, true, credit) for credit in every] == [1.0] * 4
    assert call_credit([*true, ("h", {})], true) < 1


@given(calls, calls)
def test_pairs_are_the_best_of_all(found: list[Call], true: list[Call]) -> None:
    def pair(f: Call, t: Call) -> float:
        right = sum(f[1].get(k) == v for k, v in t[1].items())
        return multiset_iou([*f[1]], [*t[1]]) + right if f[0] == t[0] else 0.0

    padded = [*found, *[("", {})] * len(true)]
    best = max((sum(map(pair, order, true)) for order in permutations(padded, len(true))), default=0.0)
    names = multiset_iou([f for f, _ in found], [t for t, _ in true])
    assert call_credit(found, true) == pytest.approx((names + best) / (1 + sum(1 + len(p) for _, p in true)))


def test_coarser_credit_asks_for_more() -> None:
    found: list[Call] = [("f", {"x": 1, "y": 3}), G1]
    true: list[Call] = [("f", {"x": 1, "y": 2}), G1]
    # Fine: names 1, then 1 + 1 and 1 + 1, of 1 + 3 + 2. Intermediate: names 1 and one whole call, of 1 + 2.
    assert call_credit(found, true) == pytest.approx(5 / 6)
    assert call_credit(found, true, "intermediate") == pytest.approx(2 / 3)
    assert call_credit(found, true, "coarse") == 0.0
    # Refined: parameters' names count only where all agree.
    assert call_credit([F1], [("f", {"x": 1, "y": 2})], "refined") == pytest.approx((1 + 0 + 1) / 4)
    assert call_credit(true[::-1], true, "coarse") == 0.0
