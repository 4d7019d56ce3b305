from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guerdon.metrics.runs import Bools
from guerdon.world.clicks import Click, Session, clicks_to, next_click, simulate

EMPTY = np.zeros((7, 9), bool)
OBJECT = EMPTY.copy()
OBJECT[1:6, 1:8] = True


def discs(clicks: Sequence[Click]) -> Bools:
    """Marks what is within two pixels of a positive click, and unmarks what is within two of a negative one."""
    y, x = np.mgrid[:7, :9]
    mask = EMPTY.copy()
    for click in clicks:
        mask[np.hypot(x - click.x, y - click.y) <= 2] = click.positive
    return mask


def deepest(region: Bools) -> float:
    """Distance from its deepest pixel to the nearest pixel outside, by looking at all."""
    padded = np.pad(region, 1)
    outside, inside = np.argwhere(~padded), np.argwhere(padded)
    return max(min(float(np.hypot(*(p - q))) for q in outside) for p in inside)


masks = arrays(np.bool_, (7, 9))


@given(masks, masks)
def test_a_click_is_where_the_larger_error_is_deepest(predicted: Bools, true: Bools) -> None:
    click = next_click(predicted, true)
    missing, extra = true & ~predicted, predicted & ~true
    if click is None:
        assert (predicted == true).all()
        return
    region = missing if missing.sum() > extra.sum() else extra
    assert region[click.y, click.x]
    assert click.positive == true[click.y, click.x]
    padded = np.pad(region, 1)
    here = np.array([click.y + 1, click.x + 1])
    assert min(float(np.hypot(*(here - q))) for q in np.argwhere(~padded)) == pytest.approx(deepest(region))


def test_the_edge_of_the_picture_counts_as_outside() -> None:
    assert next_click(np.zeros((5, 5), bool), np.ones((5, 5), bool)) == Click(2, 2, True)


def test_equal_errors_are_first_corrected_by_taking_away() -> None:
    predicted, true = np.array([[1, 0]], bool), np.array([[0, 1]], bool)
    assert next_click(predicted, true) == Click(0, 0, False)


def test_a_pixel_is_not_clicked_twice() -> None:
    first = next_click(EMPTY, OBJECT)
    assert first is not None
    assert next_click(EMPTY, OBJECT, [first]) != first
    assert next_click(EMPTY, np.pad([[True]], ((0, 6), (0, 8))), [Click(0, 0, True)]) is None


def test_the_simulated_user_gets_the_object_cut_out() -> None:
    ious = simulate(discs, OBJECT)
    assert len(ious) == 20
    assert ious[0] < 0.4 < 0.65 < ious[-1]
    assert clicks_to(ious, 0.65) < 20


def test_after_the_target_the_iou_stays() -> None:
    ious = simulate(lambda _: OBJECT, OBJECT, limit=4)
    assert ious == [1.0] * 4


def test_a_perfect_mask_at_the_target_needs_no_further_click() -> None:
    ious = simulate(lambda _: OBJECT, OBJECT, target=1.0, limit=3)
    assert ious == [1.0] * 3


@pytest.mark.parametrize(
    ("ious", "threshold", "clicks"),
    [
        ([0.3, 0.6, 0.86, 0.9], 0.85, 3),
        ([0.3, 0.6, 0.86, 0.9], 0.9, 4),
        ([0.9, 0.2, 0.2], 0.85, 1),
        ([0.3] * 20, 0.85, 20),
    ],
)
def test_clicks_to_a_threshold(ious: list[float], threshold: float, clicks: int) -> None:
    assert clicks_to(ious, threshold) == clicks


@given(st.lists(st.floats(0, 1), max_size=25), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_takes_fewer_clicks(ious: list[float], a: float, b: float) -> None:
    assert clicks_to(ious, min(a, b)) <= clicks_to(ious, max(a, b)) <= 20


def test_a_session_rewards_what_the_iou_gained() -> None:
    session = Session(discs, OBJECT, target=0.9, limit=3)
    gained = [session.step(4, 3), session.step(2, 3), session.step(0, 0)]
    assert sum(gained) == pytest.approx(session.iou)
    assert session.done
    assert [click.positive for click in session.clicks] == [True, True, False]


def test_a_session_can_cost_a_point_a_click() -> None:
    session = Session(lambda _: OBJECT, OBJECT, reward="cost")
    assert session.step(4, 3) == -1.0
    assert session.done


def test_a_click_outside_is_refused() -> None:
    with pytest.raises(IndexError, match="not in a picture"):
        Session(discs, OBJECT).step(9, 0)
