from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics import boxes as m

number = st.floats(-1000, 1000) | st.integers(-20, 20).map(float)
corners = st.tuples(number, number, number, number)
wild = st.tuples(*[st.floats() | st.integers(-5, 5).map(float)] * 4)
proper = corners.map(lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3])))


def test_iou_of_a_quarter_overlap_is_one_seventh() -> None:
    # 5×5 shared; 100 + 100 − 25 = 175 covered
    assert m.iou((0, 0, 10, 10), (5, 5, 15, 15)) == 25 / 175


def test_touching_boxes_share_nothing() -> None:
    assert m.iou((0, 0, 10, 10), (10, 0, 20, 10)) == 0.0


def test_unit_scale_boxes_need_no_pixels() -> None:
    assert m.iou((0.0, 0.0, 0.5, 0.5), (0.0, 0.0, 0.5, 0.5)) == 1.0


INF, NAN = float("inf"), float("nan")
AREALESS = [(10, 10, 0, 0), (0, 10, 10, 0), (3, 3, 3, 9), (0, 0, INF, 1), (0, NAN, 9, 9), (0, 0, 1e-200, 1e-200)]


@pytest.mark.parametrize("box", AREALESS)
def test_a_box_without_a_finite_area_matches_nothing_not_even_itself(box: m.Corners) -> None:
    assert m.iou(box, box) == 0.0
    assert m.iou(box, (0, 0, 10, 10)) == 0.0


@given(wild, wild)
def test_iou_is_symmetric_and_between_0_and_1_for_any_floats(a: m.Corners, b: m.Corners) -> None:
    assert 0.0 <= m.iou(a, b) <= 1.0
    assert m.iou(a, b) == m.iou(b, a)


@given(proper, proper, st.floats(0.01, 100))
def test_iou_does_not_depend_on_the_unit(a: m.Corners, b: m.Corners, scale: float) -> None:
    grown = [(x1 * scale, y1 * scale, x2 * scale, y2 * scale) for x1, y1, x2, y2 in (a, b)]
    if min(a[2] - a[0], a[3] - a[1], b[2] - b[0], b[3] - b[1]) > 1e-3:
        assert m.iou(*grown) == pytest.approx(m.iou(a, b), abs=1e-6)


@given(st.lists(wild, max_size=5), st.lists(wild, max_size=5))
def test_the_iou_matrix_equals_the_scalar_bit_for_bit(a: list[m.Corners], b: list[m.Corners]) -> None:
    assert m.iou_matrix(a, b).tolist() == [[m.iou(p, q) for q in b] for p in a]


@given(st.lists(wild, max_size=5), st.lists(wild, max_size=5))
def test_the_giou_matrix_equals_the_scalar(a: list[m.Corners], b: list[m.Corners]) -> None:
    expected = np.array([[m.giou(p, q) for q in b] for p in a]).reshape(len(a), len(b))
    np.testing.assert_allclose(m.giou_matrix(a, b), expected, atol=1e-12)


def test_giou_takes_off_the_bare_share_of_the_hull() -> None:
    # shared 25, covered 175, hull 15×15 = 225: 25/175 − 50/225
    assert m.giou((0, 0, 10, 10), (5, 5, 15, 15)) == pytest.approx(25 / 175 - 50 / 225)


def test_giou_of_swapped_corners_is_the_worst_not_a_perfect_match() -> None:
    assert m.giou((300, 300, 100, 100), (100, 100, 300, 300)) == -1.0


@given(wild, wild)
def test_giou_lies_between_minus_1_and_iou(a: m.Corners, b: m.Corners) -> None:
    assert -1.0 <= m.giou(a, b) <= m.iou(a, b) + 1e-9


@given(proper)
def test_giou_of_a_box_with_itself_is_1_or_0_without_area(box: m.Corners) -> None:
    x1, y1, x2, y2 = box
    assert m.giou(box, box) == (1.0 if (x2 - x1) * (y2 - y1) > 0 else 0.0)


@given(st.lists(wild, max_size=5), st.lists(wild, max_size=5))
def test_the_diou_matrix_equals_the_scalar(a: list[m.Corners], b: list[m.Corners]) -> None:
    expected = np.array([[m.diou(p, q) for q in b] for p in a]).reshape(len(a), len(b))
    np.testing.assert_allclose(m.diou_matrix(a, b), expected, atol=1e-12)


def test_diou_takes_off_the_distance_of_the_centres() -> None:
    # centres (5, 5) and (10, 10), hull 15×15: 25/175 − (5² + 5²)/(15² + 15²)
    assert m.diou((0, 0, 10, 10), (5, 5, 15, 15)) == pytest.approx(25 / 175 - 50 / 450)


def test_diou_still_rises_when_a_miss_comes_nearer() -> None:
    near, far = (m.diou((0, 0, 10, 10), (x, 0, x + 10, 10)) for x in (20, 40))
    assert -1 < far < near < 0


@given(wild, wild)
def test_diou_lies_between_minus_1_and_iou(a: m.Corners, b: m.Corners) -> None:
    assert -1.0 <= m.diou(a, b) <= m.iou(a, b) + 1e-9
    assert m.diou((9, 9, 1, 1), (1, 1, 9, 9)) == -1.0


@given(st.lists(st.tuples(*[st.integers(0, 8)] * 4), max_size=5))
def test_the_area_of_a_union_is_its_unit_squares(boxes: list[tuple[int, int, int, int]]) -> None:
    squares = {(x, y) for x1, y1, x2, y2 in boxes for x in range(x1, x2) for y in range(y1, y2)}
    assert m.union_area(boxes) == len(squares)


def test_a_long_list_against_a_few_boxes_stays_narrow() -> None:
    many = np.tile([0.0, 0.0, 10.0, 10.0], (100_000, 1))
    assert m.iou_matrix(many, [(0, 0, 10, 5)]).shape == (100_000, 1)


def test_two_long_lists_are_refused_before_anything_is_allocated() -> None:
    many = np.zeros((100_000, 4))
    with pytest.raises(ValueError, match="more than 10000000 pairs"):
        m.iou_matrix(many, many)


def test_rows_that_are_not_boxes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\[n, 4\], not \[1, 3\]"):
        m.iou_matrix([(1, 2, 3)], [])


def test_greedy_takes_the_largest_overlap_first_and_hungarian_the_largest_sum() -> None:
    table = [[0.9, 0.8], [0.8, 0.1]]
    assert m.match(table) == [(0, 0)]
    assert m.match(table, method="hungarian") == [(0, 1), (1, 0)]  # 0.8 + 0.8 > 0.9


def test_an_overlap_equal_to_the_threshold_counts() -> None:
    assert m.match([[0.5]], threshold=0.5) == m.match([[0.5]], threshold=0.5, method="hungarian") == [(0, 0)]


def test_equal_overlaps_go_to_the_first_row_then_the_first_column() -> None:
    assert m.match([[0.7, 0.7], [0.7, 0.7]]) == [(0, 0), (1, 1)]


def test_an_unknown_matcher_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="greedy or hungarian"):
        m.match([[1.0]], method="auction")  # type: ignore[arg-type]


tables = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.floats(0, 1), min_size=n, max_size=n), min_size=1, max_size=4)
)


@given(tables, st.floats(0.05, 0.95), st.sampled_from(["greedy", "hungarian"]))
def test_matches_are_one_to_one_and_reach_the_threshold(
    table: list[list[float]], threshold: float, method: m.Matcher
) -> None:
    pairs = m.match(table, threshold, method)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(table[i][j] >= threshold for i, j in pairs)
    matched = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [
        table[i][j]
        for i in range(len(table))
        for j in range(len(table[0]))
        if i not in matched[0] and j not in matched[1]
    ]
    assert all(value < threshold for value in left)


@given(tables, st.floats(0.05, 0.95))
def test_hungarian_total_equals_the_best_of_all_assignments(table: list[list[float]], threshold: float) -> None:
    short, long = sorted((len(table), len(table[0])))
    cells = table if len(table) == short else [list(column) for column in zip(*table, strict=True)]
    best = max(
        sum(v for i, j in enumerate(order) if (v := cells[i][j]) >= threshold)
        for order in permutations(range(long), short)
    )  # fmt: skip
    total = sum(table[i][j] for i, j in m.match(table, threshold, "hungarian"))
    assert total == pytest.approx(best)


def test_set_scores_with_both_sides_empty_are_1_and_with_one_empty_0() -> None:
    for score in (m.precision, m.recall, m.f1):
        assert (score(0, 0, 0), score(0, 3, 0), score(0, 0, 3)) == (1.0, 0.0, 0.0)


def test_set_scores_of_one_hit_among_four_guesses_at_two_boxes() -> None:
    assert m.precision(1, 4, 2) == 1 / 4
    assert m.recall(1, 4, 2) == 1 / 2
    assert m.f1(1, 4, 2) == pytest.approx(2 * (1 / 4) * (1 / 2) / (1 / 4 + 1 / 2))


def test_mean_overlap_is_over_matched_pairs_only() -> None:
    assert m.mean_overlap([[0.5, 0.0], [0.0, 1.0], [0.0, 0.0]], [(0, 0), (1, 1)]) == 0.75
    assert m.mean_overlap([[0.5]], []) == 0.0
