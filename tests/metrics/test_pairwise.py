import time
from itertools import combinations
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.pairwise import (
    all_pairs_right,
    credit,
    ordered_gaps,
    pair_credit,
    swap_sum,
    tie_calibrated,
    with_ties,
    without_ties,
)

rows = st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.integers(-4, 4).map(float)), min_size=1, max_size=12)


# -- credit of pairs ---------------------------------------------------------------------------------


def test_a_tie_counts_half_unless_a_protocol_says_otherwise() -> None:
    gaps = [2.0, 0.0, -1.0]
    assert credit(gaps).tolist() == [1.0, 0.5, 0.0]
    assert credit(gaps, ties=0.0).tolist() == [1.0, 0.0, 0.0]
    assert credit(gaps, tie=1.0).tolist() == [1.0, 0.5, 0.5]  # at most the tolerance is a tie


def test_a_missing_value_leaves_no_credit() -> None:
    assert isnan(credit([nan])[0])
    assert np.isnan(pair_credit([[1, nan], [nan, 1], [1.0, 0]], [[1, 0], [1, 0], [1, 0]])).tolist() == [
        True,
        True,
        False,
    ]


def test_padding_is_no_candidate_whatever_its_value() -> None:
    assert pair_credit([[2, 1, nan], [2, 1, 9.0]], [[1, 0, nan], [1, 0, nan]]).tolist() == [1.0, 1.0]


def test_an_item_without_a_pair_that_differs_has_no_credit() -> None:
    assert np.isnan(pair_credit([[2.0, 1], [3, nan]], [[1.0, 1], [1, nan]])).all()


def test_all_pairs_of_graded_candidates_count() -> None:
    # gold 2 > 1 > 0: the pairs are (0, 1) right, (0, 2) tied, (1, 2) wrong
    assert pair_credit([[3, 2, 3]], [[2, 1, 0]]).tolist() == [0.5]
    assert pair_credit([[3, 2, 3]], [[2, 1, 0]], ties=0.0) == pytest.approx([1 / 3])


def test_infinite_values_that_are_equal_tie() -> None:
    assert pair_credit([[-inf, -inf], [1, -inf]], [[1, 0], [1, 0]]).tolist() == [0.5, 1.0]


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        pair_credit([[1, 2]], [[1, 0, 0]])
    with pytest.raises(ValueError, match=r"\[n, k\]"):
        pair_credit([1, 2], [1, 0])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=6))
def test_pair_credit_is_its_definition(candidates: list[tuple[int, int]]) -> None:
    differ = [(a, b) if a[1] > b[1] else (b, a) for a, b in combinations(candidates, 2) if a[1] != b[1]]
    expected = [1.0 if a[0] > b[0] else 0.5 if a[0] == b[0] else 0.0 for a, b in differ]
    values, gold = zip(*candidates, strict=True)
    found = pair_credit([values], [gold])[0]
    assert isnan(found) if not differ else found == pytest.approx(np.mean(expected))


def test_a_million_pairs_take_well_under_a_second() -> None:
    values, gold = np.random.default_rng(0).random((1_000_000, 2)), np.tile([1.0, 0.0], (1_000_000, 1))
    start = time.process_time()
    mean = pair_credit(values, gold).mean()
    assert time.process_time() - start < 1
    assert mean == pytest.approx(0.5, abs=0.01)


def test_pairs_in_both_orders_leave_out_padding_equal_gold_and_missing_values() -> None:
    # of the first item two pairs with the third, of the second nothing but padding and a missing value
    gaps, better = ordered_gaps([[5, 4, 1.0], [nan, 2, 9]], [[1, 1, 0.0], [1, 0, nan]])
    assert sorted(zip(gaps.tolist(), better.tolist(), strict=True)) == [(-4, False), (-3, False), (3, True), (4, True)]


# -- all pairs of an id ------------------------------------------------------------------------------


def test_acc_plus_asks_for_every_pair_of_an_id() -> None:
    # id a: right, tied; id b: right twice; id c: right, no value
    credits = [1.0, 1.0, 1.0, 0.5, 1.0, nan]
    found = all_pairs_right(credits, ["a", "b", "c", "a", "b", "c"])
    assert list(found) == ["a", "b", "c"]
    assert (found["a"], found["b"]) == (0.0, 1.0)
    assert isnan(found["c"])


def test_the_table_of_mm_rlhf() -> None:
    # id a: [2, 1], [3, 1]; id b: [1, 2] gives ACC 2/3 and ACC+ 1/2
    right = pair_credit([[2, 1], [3, 1], [1, 2]], [[1, 0]] * 3, ties=0.0)
    assert right.mean() == pytest.approx(2 / 3)
    assert np.mean(list(all_pairs_right(right, ["a", "a", "b"]).values())) == 0.5


def test_ids_that_do_not_fit_are_refused() -> None:
    assert all_pairs_right([], []) == {}
    with pytest.raises(ValueError, match="2 ids"):
        all_pairs_right([1.0], ["a", "b"])


# -- people who say "tie" ----------------------------------------------------------------------------


@given(rows)
def test_the_calibrated_accuracy_is_the_best_that_a_threshold_reaches(pairs: list[tuple[int, float]]) -> None:
    human, gap = zip(*pairs, strict=True)
    thresholds = sorted({0.0, *map(abs, gap)})
    reached = [with_ties(human, gap, threshold).mean() for threshold in thresholds]
    best = tie_calibrated(human, gap)
    assert best.accuracy == pytest.approx(max(reached))
    assert best.threshold == thresholds[int(np.argmax(reached))]


@given(rows, st.randoms())
def test_only_the_published_sweep_depends_on_the_order_of_rows(pairs: list[tuple[int, float]], random) -> None:  # type: ignore[no-untyped-def]
    human, gap = zip(*pairs, strict=True)
    mixed = [*pairs]
    random.shuffle(mixed)
    assert tie_calibrated(human, gap) == tie_calibrated(*zip(*mixed, strict=True))


def test_the_published_sweep_reaches_what_no_threshold_does() -> None:
    human, gap = [1, 0, 0, 1], [2.0, 2.0, 2.0, 2.0]
    assert tie_calibrated(human, gap).accuracy == 0.5  # all ties, or none
    assert tie_calibrated(human, gap, sweep="one_by_one").accuracy == 0.75
    assert tie_calibrated([0, 1, 1, 0], gap, sweep="one_by_one").accuracy == 0.75  # 3 at its first row
    assert tie_calibrated([1, 1, 0, 0], gap, sweep="one_by_one").accuracy == 0.5  # another order of the same rows


def test_the_published_sweep_always_calls_a_row_a_tie() -> None:
    assert tie_calibrated([1], [1e-9], sweep="one_by_one").accuracy == 0.0
    assert tie_calibrated([1], [1e-9]) == (1.0, 0.0)


def test_without_rows_there_is_no_accuracy() -> None:
    for human, gap in (([], []), ([1], [nan])):
        assert all(map(isnan, tie_calibrated(human, gap)))
        assert tie_calibrated(human, gap, sweep="one_by_one").accuracy == -inf


def test_rows_that_people_called_ties_say_nothing_without_ties() -> None:
    found = without_ties([1, -1, 0, 1, -1], [0.3, 0.3, 0.3, 0.0, nan])
    assert found[[0, 1, 3]].tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(found[[2, 4]]).all()
    assert without_ties([1], [0.0], ties=0.5).tolist() == [0.5]


def test_verdicts_are_1_0_or_minus_1() -> None:
    with pytest.raises(ValueError, match="human"):
        with_ties([2], [1.0])
    with pytest.raises(ValueError, match="human"):
        without_ties([1, 0], [1.0])
    with pytest.raises(ValueError, match="sweep"):
        tie_calibrated([1], [1.0], sweep="all")  # type: ignore[arg-type]


# -- two orders --------------------------------------------------------------------------------------


def test_pure_position_bias_cancels() -> None:
    quality, bias = np.array([[3.0, 1.0]]), np.array([1.0, 0.0])
    front, back = quality + bias, quality[:, ::-1] + bias  # by place: the back order has the second answer in front
    assert swap_sum(front, back).tolist() == [4.0]  # twice the real gap
    assert swap_sum(bias[None], bias[None]).tolist() == [0.0]


def test_swapping_the_answers_turns_the_gap_around() -> None:
    rng = np.random.default_rng(0)
    front, back = rng.random((5, 2)), rng.random((5, 2))
    assert swap_sum(back, front) == pytest.approx(-swap_sum(front, back))
