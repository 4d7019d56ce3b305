from math import isnan
from typing import Any

import numpy as np
import pytest

from guerdon import Reward, Status
from guerdon.metrics.runs import encode_rle
from guerdon.rules.masks import boundary_f, clicks, cumulative_iou, dice, energy, iou, pointing

SQUARE = np.pad(np.ones((4, 4), bool), 3)
HALF = SQUARE & (np.arange(10) < 5)
EMPTY = np.zeros((10, 10), bool)
POLYGON = [3, 3, 7, 3, 7, 7, 3, 7]
OVERLAPS: list[Any] = [iou, dice, boundary_f]


def value(made: Reward, response: Any, mask: Any = SQUARE, **columns: Any) -> float | None:
    return made.reading(response="drawn").one({"drawn": response, "mask": mask, **columns}).value


def test_half_of_a_square_is_half_of_its_iou_and_two_thirds_of_its_dice() -> None:
    assert value(iou(), HALF) == 8 / 16
    assert value(dice(), HALF) == pytest.approx(2 * 8 / (8 + 16))


@pytest.mark.parametrize("made", OVERLAPS)
@pytest.mark.parametrize("drawn", [SQUARE, encode_rle(SQUARE), POLYGON, SQUARE.astype(int).tolist()], ids=type)
@pytest.mark.parametrize("mask", [SQUARE, encode_rle(SQUARE), POLYGON, str(POLYGON)], ids=type)
def test_the_same_mask_is_perfect_however_it_is_given(made: Any, drawn: Any, mask: Any) -> None:
    assert value(made(), drawn, mask, image_size=[10, 10]) == 1.0


def test_a_text_is_read_within_its_tag() -> None:
    row = {"response": f"<think>[1, 2]</think><answer>{POLYGON}</answer>", "mask": SQUARE}
    assert iou().one(row).value == 1.0
    assert iou(within=None).one(row | {"response": str(POLYGON)}).value == 1.0
    assert iou().one(row | {"response": str(POLYGON)}).status == Status.MALFORMED


def test_polygons_may_count_another_frame() -> None:
    assert value(iou(within=None, frame="unit"), str([x / 10 for x in POLYGON])) == 1.0


@pytest.mark.parametrize("made", OVERLAPS)
def test_what_cannot_be_read_earns_nothing(made: Any) -> None:
    for drawn in ("nothing", "[[1, 2", np.ones((3, 3), bool), np.full((10, 10), 255), {"size": [9, 9], "counts": "a"}):
        score = made().reading(response="drawn").one({"drawn": drawn, "mask": SQUARE})
        assert (score.value, score.status) == (0.0, Status.MALFORMED)


@pytest.mark.parametrize("made", OVERLAPS)
def test_the_whole_picture_is_no_way_out(made: Any) -> None:
    whole = value(made(), np.ones((10, 10), bool))
    assert whole is not None
    assert whole <= 2 * 16 / 116
    assert value(made(), np.ones((10, 10), bool), EMPTY) == 0.0


@pytest.mark.parametrize("made", OVERLAPS)
def test_two_empty_masks_are_what_the_policy_says(made: Any) -> None:
    assert value(made(), EMPTY, EMPTY) == 1.0
    assert value(made(both_empty=0), EMPTY, EMPTY) == 0.0
    skipped = made(both_empty=None).reading(response="drawn").one({"drawn": EMPTY, "mask": EMPTY})
    assert (skipped.value, skipped.status) == (None, Status.INAPPLICABLE)
    assert value(made(within=None), "None", EMPTY) == 1.0
    assert value(made(), SQUARE, EMPTY) == value(made(), EMPTY, SQUARE) == 0.0


def test_a_true_mask_that_cannot_be_read_makes_the_row_inapplicable() -> None:
    for mask in ("none", POLYGON, np.full((10, 10), 255)):
        score = iou().reading(response="drawn").one({"drawn": SQUARE, "mask": mask})
        assert score.status == Status.INAPPLICABLE


def test_ignored_pixels_count_for_nothing() -> None:
    labels = SQUARE.astype(np.uint8)
    labels[:, 5:] = 255
    assert value(iou(ignore=255), HALF, labels) == 1.0
    assert value(iou(ignore=-1), HALF, np.where(labels == 255, -1, labels.astype(int))) == 1.0


def test_a_set_is_decided_by_its_large_masks() -> None:
    rows = [{"drawn": d, "mask": t, "set": 0} for d, t in ((HALF, SQUARE), (EMPTY, EMPTY), ("?", SQUARE))]
    made = cumulative_iou().reading(response="drawn")
    assert made(rows).values.tolist() == [8 / (16 + 16)]  # what cannot be read is empty
    assert made(rows[1:2]).values.tolist() == [1.0]
    unreadable = made([*rows, {"drawn": HALF, "mask": "?", "set": 0}])
    assert isnan(unreadable.values[0])
    assert "row 3 of the set" in unreadable.reasons[0]


def test_polygons_of_a_set_take_their_sizes_from_the_rows() -> None:
    rows = [{"response": f"<answer>{POLYGON}</answer>", "mask": POLYGON, "image_size": [10, 10], "set": 0}] * 2
    assert cumulative_iou()(rows).values.tolist() == [1.0]


def test_heat_outside_the_mask_is_lost() -> None:
    heat = np.where(SQUARE, 3.0, 0.0)
    heat[0, 0] = 16.0
    assert energy().one({"heatmap": heat, "mask": SQUARE}).value == 48 / 64
    assert pointing().one({"heatmap": heat, "mask": SQUARE}).value == 0.0
    heat[5, 5] = 16.0
    assert pointing().one({"heatmap": heat, "mask": SQUARE}).value == 0.5  # one of the two hottest
    for made in (energy(), pointing()):
        assert made.one({"heatmap": 0 * heat, "mask": SQUARE}).value == 0.0
        assert made.one({"heatmap": heat, "mask": "?"}).status == Status.INAPPLICABLE
        for odd in (-heat, heat[:3], heat * np.nan, "hot", None):
            score = made.one({"heatmap": odd, "mask": SQUARE})
            assert score.status == (Status.INAPPLICABLE if odd is None else Status.MALFORMED)


@pytest.mark.parametrize(
    ("ious", "value"),
    [([0.3, 0.6, 0.86, 0.9], -3), ([0.9, 0.2], -1), ([0.85], -1), ([0.5] * 30, -20), ([0.1, float("nan")], -20)],
)
def test_clicks_are_counted_up_to_the_first_that_reaches_the_threshold(ious: list[float], value: float) -> None:
    assert clicks().one({"ious": ious}).value == value


def test_no_clicks_are_malformed_and_a_limit_is_positive() -> None:
    assert clicks().one({"ious": []}).status == Status.MALFORMED
    assert clicks(limit=0).one({"ious": [0.9]}).status == Status.FAILED
