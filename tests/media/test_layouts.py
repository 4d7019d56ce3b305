"""Boxes drawn on an empty canvas."""

import numpy as np
import pytest

from guerdon.geometry import PER_MILLE, Box
from guerdon.media.layouts import draw_boxes


def extent(*boxes: Box, size: tuple[int, int] = (200, 100)) -> tuple[int, ...]:
    ys, xs = np.nonzero((np.asarray(draw_boxes(boxes, size)) < 255).any(axis=-1))
    return (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)


def test_a_box_is_an_outline_where_it_belongs() -> None:
    assert extent(Box(100, 200, 500, 800, frame=PER_MILLE)) == (20, 20, 100, 80)
    assert extent(Box(20, 20, 100, 80)) == (20, 20, 100, 80)


def test_boxes_are_told_apart_by_colour_and_name() -> None:
    first = draw_boxes([Box(10, 10, 90, 90)], (200, 100))
    named = draw_boxes([Box(10, 10, 90, 90, "cat")], (200, 100))
    two = draw_boxes([Box(10, 10, 90, 90), Box(110, 10, 190, 90)], (200, 100))
    assert first.tobytes() != named.tobytes()
    assert len(np.unique(np.asarray(two).reshape(-1, 3), axis=0)) == 3  # white and two inks


def test_odd_boxes_and_names_are_drawn() -> None:
    odd = [Box(-1e130, 0, 1e130, 5), Box(3, 3, 3, 3, "猫\n" * 500)]
    assert draw_boxes(odd, (64, 64)).size == (64, 64)


@pytest.mark.parametrize("size", [(0, 10), (10, 5000)])
def test_a_canvas_has_bounds(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="a canvas has from 1 to 4096"):
        draw_boxes([], size)
