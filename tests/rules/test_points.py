from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Reward, Score, Status
from guerdon.rules.points import in_box, in_mask, match

LEFT, RIGHT = [0, 0, 10, 10], [20, 0, 30, 10]
MASK = np.zeros((10, 20), bool)
MASK[2:5, 3:9] = True


def scored(reward: Reward, answer: str, **columns: Any) -> Score:
    return reward.one({"response": f"<answer>{answer}</answer>", **columns})


@pytest.mark.parametrize(
    ("answer", "value"),
    [("(5, 5)", 1.0), ("[25, 5]", 1.0), ('{"point_2d": [10, 10]}', 1.0), ("(15, 5)", 0.0), ("(5, -1)", 0.0)],
)
def test_a_point_lies_in_a_box_or_not(answer: str, value: float) -> None:
    assert scored(in_box(), answer, boxes=[LEFT, RIGHT]).value == value


def test_two_points_are_no_pointing() -> None:
    for reward, truth in ((in_box(), {"boxes": [LEFT, RIGHT]}), (in_mask(), {"mask": MASK})):
        for answer in ("(5, 5), (25, 5)", "left", "(1, 2, 3)"):
            score = scored(reward, answer, **truth)
            assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_points_may_count_another_frame() -> None:
    assert scored(in_box(frame="unit"), "(0.2, 0.5)", boxes=LEFT, image_size=[30, 10]).value == 1.0
    assert scored(in_mask(frame="per_mille"), "(200, 300)", mask=MASK).value == 1.0
    assert scored(in_mask(frame=(40, 20)), "(5, 6)", mask=MASK).value == 0.0


@given(st.floats(-5, 25), st.floats(-5, 15))
def test_a_point_lies_on_the_pixel_that_contains_it(x: float, y: float) -> None:
    inside = 3 <= x < 9 and 2 <= y < 5
    assert (
        scored(in_mask(), f"({x:.6f}, {y:.6f})", mask=MASK).value == float(inside)
        or min(abs(x - 3), abs(x - 9), abs(y - 2), abs(y - 5)) < 1e-5
    )  # where six digits round across an edge


def test_where_there_is_nothing_no_point_is_right() -> None:
    assert scored(in_box(), "(5, 5)", boxes=[]).value == 0.0
    assert scored(in_mask(), "(5, 5)", mask=np.zeros((10, 20), bool)).value == 0.0
    assert scored(match(), "(5, 5)", boxes=[]).value == 0.0


@pytest.mark.parametrize(
    ("answer", "f1"),
    [("(5, 5), (25, 5)", 1.0), ("(5, 5)", 2 / 3), ("(5, 5), (6, 6)", 0.5), ("(5, 5), (25, 5), (15, 5)", 0.8)],
)
def test_each_point_needs_a_box_of_its_own(answer: str, f1: float) -> None:
    assert scored(match(), answer, boxes=[LEFT, RIGHT]).value == pytest.approx(f1)


def test_as_many_points_as_possible_get_a_box() -> None:
    nested = [[0, 0, 10, 10], [2, 2, 4, 4]]
    assert scored(match(), "(3, 3), (9, 9)", boxes=nested).value == 1.0  # (9, 9) fits the outer box alone


def test_measures_and_bounds() -> None:
    shotgun = ", ".join(f"({x}, 5)" for x in range(31))
    assert scored(match(measure="recall"), shotgun, boxes=[LEFT, RIGHT]).value == 1.0
    assert scored(match(measure="precision"), shotgun, boxes=[LEFT, RIGHT]).value == pytest.approx(2 / 31)
    assert scored(match(measure="larger"), shotgun, boxes=[LEFT, RIGHT]).value == pytest.approx(2 / 31)
    assert scored(match(), "(1, 1) " * 1001, boxes=LEFT).status == Status.MALFORMED
    with pytest.raises(ContractError):
        scored(match(measure="f2"), "(1, 1)", boxes=LEFT)


place = st.integers(0, 40)


@given(st.lists(st.tuples(place, place), min_size=1, max_size=6), st.permutations([LEFT, RIGHT, [5, 5, 35, 35]]))
def test_points_and_boxes_may_come_in_any_order_and_anywhere(points: Any, boxes: Any) -> None:
    said, moved = (", ".join(f"({x + by}, {y + by})" for x, y in points) for by in (0, 7))
    value = scored(match(), said, boxes=[LEFT, RIGHT, [5, 5, 35, 35]]).value
    assert value is not None
    assert 0 <= value <= 1
    assert scored(match(), said, boxes=boxes).value == value
    assert scored(match(), moved, boxes=[[v + 7 for v in box] for box in boxes]).value == value


def test_a_truth_that_cannot_be_read_makes_the_row_inapplicable() -> None:
    assert scored(in_box(), "(1, 1)", boxes=[1, 2]).status == Status.INAPPLICABLE
    assert scored(in_mask(), "(1, 1)", mask="?").status == Status.INAPPLICABLE
