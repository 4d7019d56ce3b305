"""Layouts in words, against what was asked for and what was drawn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Score, Status
from guerdon.rules.layout import consistency, relations

Placed = tuple[str, list[int]]
CAT, DOG = ("a cat", [100, 100, 300, 300]), ("a dog", [600, 100, 800, 300])
LEFT = ("a cat", "left of", "a dog")


def plan(*things: Placed) -> str:
    said = (f"<|obj_start|>{p}<|obj_end|><|box_start|>({a},{b}),({c},{d})<|box_end|>" for p, (a, b, c, d) in things)
    return " and ".join(said) + "<begin_of_image>"


def agreed(planned: str, *found: Placed, size: Any = (1000, 1000), **settings: Any) -> Score:
    grounded = [{"label": phrase, "bbox_2d": box} for phrase, box in found]
    return consistency(**settings).one({"response": planned, "grounded": grounded, "image_size": size})


def related(planned: str, *asked: Any, size: Any = None) -> Score:
    return relations().one({"response": planned, "relations": asked, "image_size": size})


# -- consistency -------------------------------------------------------------------------------------


def test_what_was_drawn_as_planned_is_1() -> None:
    assert agreed(plan(("cat", [36, 66, 907, 694])), ("cat", [36, 66, 907, 694])).value == 1.0


def test_coordinates_are_shares_of_each_side() -> None:
    assert agreed(plan(CAT), ("a cat", [40, 20, 120, 60]), size=(400, 200)).value == pytest.approx(1.0)
    assert agreed(plan(CAT), CAT, size=(400, 200), frame="pixel").value == 1.0


def test_it_is_the_mean_over_planned_objects() -> None:
    shifted = ("a cat", [150, 100, 350, 300])  # 150 shared of 250 columns
    assert agreed(plan(CAT, DOG), shifted, DOG).value == pytest.approx((150 / 250 + 1) / 2)
    assert agreed(plan(CAT, DOG), DOG).value == 0.5  # the cat is missing


def test_an_object_under_another_name_is_missing() -> None:
    assert agreed(plan(CAT), ("a dog", CAT[1])).value == 0.0
    assert agreed(plan(CAT), ("A CAT ", CAT[1])).value == 1.0


def test_an_object_planned_twice_has_to_be_there_twice() -> None:
    other = ("a cat", DOG[1])
    assert agreed(plan(CAT, CAT), CAT, CAT).value == 0.5  # the same box found for the same phrase is one thing
    assert agreed(plan(CAT, other), other, CAT).value == 1.0


def test_what_was_found_but_not_planned_costs() -> None:
    assert agreed(plan(CAT), CAT, DOG, ("a bird", [0, 0, 9, 9])).value == pytest.approx(1 / 3)


def test_nothing_found_is_0() -> None:
    assert agreed(plan(CAT)).value == 0.0
    assert consistency().one({"response": plan(CAT), "grounded": "None"}).value == 0.0


@pytest.mark.parametrize("response", ["", "a cat at (0,0),(9,9)", plan(("a cat", [9, 0, 0, 9])), plan(CAT)[5:]])
def test_a_plan_that_cannot_be_read_earns_nothing(response: str) -> None:
    score = agreed(response, CAT)
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_boxes_after_the_plan_do_not_count() -> None:
    assert agreed(plan(CAT) + plan(DOG), CAT).value == 1.0


def test_without_a_size_or_names_there_is_nothing_to_compare() -> None:
    assert agreed(plan(CAT), CAT, size=None).status == Status.INAPPLICABLE
    row = {"response": plan(CAT), "grounded": [[0, 0, 9, 9]], "image_size": (10, 10)}
    assert consistency().one(row).status == Status.INAPPLICABLE


coordinate = st.integers(0, 99)
square = st.tuples(coordinate, coordinate, st.integers(1, 300)).map(lambda t: [t[0], t[1], t[0] + t[2], t[1] + t[2]])
things = st.lists(st.tuples(st.sampled_from("ab"), square), min_size=1, max_size=4)


@given(things, things, st.randoms())
def test_order_and_a_shift_of_everything_do_not_matter(planned: Any, found: Any, random: Any) -> None:
    value = agreed(plan(*planned), *found).value
    assert value is not None
    assert 0 <= value <= 1 + 1e-12
    moved = [[(p, [v + 200 for v in box]) for p, box in side] for side in (planned, found)]
    for side in moved:
        random.shuffle(side)
    assert agreed(plan(*moved[0]), *moved[1]).value == pytest.approx(value)


# -- relations ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"), [("left of", 1.0), ("right of", 0.0), ("above", 0.0), ("below", 0.0)]
)  # fmt: skip
def test_a_relation_holds_one_way(name: str, value: float) -> None:
    assert related(plan(CAT, DOG), ("a cat", name, "a dog")).value == value


def test_it_is_the_share_of_what_was_asked() -> None:
    asked = [LEFT, ("a dog", "right of", "a cat"), ("a cat", "above", "a dog"), ("a cat", "left of", "a bird")]
    assert related(plan(CAT, DOG), *asked).value == 0.5


def test_boxes_over_everything_are_on_no_side() -> None:
    everywhere = [0, 0, 999, 999]
    assert related(plan(("a cat", everywhere), ("a dog", everywhere)), LEFT).value == 0.0
    nudged = [1, 0, 999, 999]
    assert related(plan(("a cat", everywhere), ("a dog", nudged)), LEFT).value == 0.0


def test_copies_everywhere_are_on_no_side() -> None:
    copies = [("a cat", [x, 0, x + 50, 50]) for x in (0, 500, 900)]
    assert related(plan(*copies, DOG), LEFT).value == 0.0


def test_the_shape_of_the_picture_decides_which_way_is_farther() -> None:
    corner = ("a dog", [400, 450, 600, 650])  # 300 to the right, 350 down, of 1000
    assert related(plan(CAT, corner), LEFT).value == 0.0
    assert related(plan(CAT, corner), LEFT, size=(400, 200)).value == 1.0


def test_relations_that_cannot_be_read_are_nothing_to_check() -> None:
    for asked in ((), [("a cat", "near", "a dog")], [("a cat", "left of")]):
        assert related(plan(CAT, DOG), *asked).status == Status.INAPPLICABLE


def test_a_plan_without_boxes_has_no_relations() -> None:
    assert (related("a cat left of a dog", LEFT).value, related("", LEFT).status) == (0.0, Status.MALFORMED)


@given(st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate))
def test_a_relation_and_its_converse_hold_together(a: tuple[int, int], b: tuple[int, int]) -> None:
    planned = plan(*((p, [x, y, x + 9, y + 9]) for p, (x, y) in (("a", a), ("b", b))))
    for name, converse in (("left of", "right of"), ("above", "below")):
        assert related(planned, ("a", name, "b")).value == related(planned, ("b", converse, "a")).value
