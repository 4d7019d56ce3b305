"""Overlap of intervals, against the sum written out and a grid of points."""

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.intervals import Interval, iou, ious, length, merged, segments_iou

whole = st.integers(-20, 20)
proper = st.tuples(whole, st.integers(1, 20)).map(lambda pair: (float(pair[0]), float(pair[0] + pair[1])))
anything = st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True))


def seconds(intervals: list[Interval]) -> set[int]:
    """The unit steps that intervals with whole ends cover: an independent way to measure them."""
    return {second for start, end in intervals for second in range(int(start), int(end))}


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0, 1), (0, 1), 1.0),
        ((0, 2), (0, 1), 0.5),
        ((-0.5, 0.5), (0, 1), 1 / 3),  # half a unit shared of one and a half
        ((0.2, 0.3), (0, 1), 0.1),
        ((0, 1), (1, 2), 0.0),  # they touch
        ((0, 1), (5, 6), 0.0),
    ],
)
def test_overlap_is_shared_over_covered(a: Interval, b: Interval, expected: float) -> None:
    assert iou(a, b) == pytest.approx(expected)
    assert iou(b, a) == iou(a, b)


@pytest.mark.parametrize("broken", [(0.5, 0.2), (0.3, 0.3), (nan, 5), (0, nan), (-inf, inf), (0, inf)])
def test_what_covers_nothing_overlaps_nothing(broken: Interval) -> None:
    assert iou(broken, (0, 1)) == iou((0, 1), broken) == iou(broken, broken) == 0.0


@given(proper, proper, st.integers(-9, 9), st.integers(1, 9))
def test_overlap_does_not_change_when_both_move_or_stretch(a: Interval, b: Interval, shift: int, scale: int) -> None:
    moved = tuple(tuple(scale * x + shift for x in one) for one in (a, b))
    assert iou(*moved) == pytest.approx(iou(a, b))  # type: ignore[arg-type]
    assert 0.0 <= iou(a, b) <= 1.0


@given(st.lists(anything, min_size=1, max_size=5), anything)
def test_arrays_give_what_the_loop_gives(many: list[Interval], other: Interval) -> None:
    assert ious(many, other).tolist() == [iou(one, other) for one in many]


def test_every_pair_is_had_by_broadcasting() -> None:
    a, b = np.array([[0, 2], [4, 6], [0, 6]]), np.array([[0, 4], [5, 6]])
    assert ious(a[:, None], b).tolist() == [[0.5, 0.0], [0.0, 0.5], [4 / 6, 1 / 6]]


def test_arrays_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \[\.\.\., 2\], not \[3\]"):
        ious([1, 2, 3], [0, 1])


@given(st.lists(proper, max_size=5), st.lists(proper, max_size=5))
def test_sets_of_intervals_are_measured_as_points_are_counted(a: list[Interval], b: list[Interval]) -> None:
    left, right = seconds(a), seconds(b)
    expected = len(left & right) / len(left | right) if left and right else float(not a and not b)
    assert segments_iou(a, b) == pytest.approx(expected)
    assert segments_iou(b, a) == pytest.approx(segments_iou(a, b))


def test_one_interval_a_side_is_the_plain_overlap() -> None:
    assert segments_iou([(2, 8)], [(2, 6)]) == iou((2, 8), (2, 6))


def test_covering_a_time_twice_earns_nothing_more() -> None:
    assert segments_iou([(0, 4), (0, 4), (1, 3)], [(0, 4)]) == 1.0
    assert segments_iou([(0, 10), (2, 4)], [(2, 4)]) == pytest.approx(0.2)


def test_intervals_that_cover_nothing_are_not_an_empty_set() -> None:
    assert segments_iou([(5, 1)], []) == 0.0
    assert segments_iou([(5, 1)], [(5, 1)]) == 0.0


@given(st.lists(proper, max_size=6))
def test_merging_keeps_the_times_and_makes_them_disjoint(intervals: list[Interval]) -> None:
    joined = merged(intervals)
    assert seconds(joined) == seconds(intervals)
    assert length(joined) == len(seconds(intervals))
    assert all(end < start for (_, end), (start, _) in pairwise(joined))
