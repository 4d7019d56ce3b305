"""Run lengths agree with pycocotools, triangles with the sides that every pixel lies on."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from guerdon.metrics import runs as m

masks = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda size: arrays(np.bool_, size))
corner = st.tuples(st.floats(-3, 15), st.floats(-3, 15))
triangles = st.lists(corner, min_size=3, max_size=3)


def encoded(mask: m.Bools) -> dict[str, Any]:
    rle: dict[str, Any] = coco.encode(np.asfortranarray(mask, dtype=np.uint8))
    return rle


@given(masks)
def test_run_lengths_are_read_as_pycocotools_writes_them(mask: m.Bools) -> None:
    assert m.as_array(m.decode_rle(encoded(mask))).tolist() == mask.tolist()


@given(masks)
def test_run_lengths_are_written_as_pycocotools_writes_them(mask: m.Bools) -> None:
    assert m.encode_rle(mask)["counts"] == encoded(mask)["counts"].decode()


@given(masks)
def test_runs_and_arrays_are_the_same_masks(mask: m.Bools) -> None:
    assert m.as_array(m.as_runs(mask)).tolist() == mask.tolist()


def test_listed_counts_may_hold_empty_runs() -> None:
    # 2 off, 1 on, 0 off, 1 on, 2 off
    runs = m.decode_rle({"size": [2, 3], "counts": [2, 1, 0, 1, 2]})
    assert runs.edges.tolist() == [2, 4]
    assert m.as_array(runs).tolist() == [[False, True, False], [False, True, False]]


@pytest.mark.parametrize(
    "rle",
    [
        {"size": [2, 3]},
        {"counts": "132"},
        {"size": [2], "counts": "132"},
        {"size": [2, 3], "counts": "133"},
        {"size": [2, 3], "counts": [1, 3, 3]},
        {"size": [2, 3], "counts": [7, -1]},
        {"size": [2, 3], "counts": [1.0, 3.0, 2.0]},
        {"size": [2, 3], "counts": [2**63, 2**63, 6]},
        {"size": [2, 3], "counts": "1é2"},
        {"size": [2, 3], "counts": "13P"},
        {"size": [2, 3], "counts": ""},
        {"size": [2, 3], "counts": "P" * 1000 + "1"},
        {"size": [10**9, 10**9], "counts": "0"},
        {"size": [0, 3], "counts": "0"},
    ],
)
def test_a_broken_encoding_is_refused(rle: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a mask of|counts|encoding"):
        m.decode_rle(rle)


def test_an_encoding_of_another_size_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="in a picture of"):
        m.decode_rle({"size": [5000, 5000], "counts": "nonsense"}, (2, 3))


@given(triangles)
def test_a_polygon_covers_the_pixels_whose_middles_it_contains(triangle: list[tuple[float, float]]) -> None:
    filled = m.as_array(m.fill([np.array(triangle)], (12, 12)))
    corners = np.array(triangle)
    sides = np.roll(corners, -1, axis=0) - corners
    for (row, column), on in np.ndenumerate(filled):
        to = np.array([column + 0.5, row + 0.5]) - corners
        turns = sides[:, 0] * to[:, 1] - sides[:, 1] * to[:, 0]
        if np.abs(turns).min() > 1e-9:  # not on a side
            assert on == (len(set(turns > 0)) == 1)


def test_a_star_has_a_hole_where_it_goes_around_twice() -> None:
    angles = np.arange(5) * 4 * np.pi / 5
    star = np.stack([10 + 10 * np.sin(angles), 10 - 10 * np.cos(angles)], axis=1)
    filled = m.as_array(m.fill([star], (20, 20)))
    assert not filled[10, 10]
    assert filled[3, 10]


@given(triangles, triangles)
def test_polygons_add_up(a: list[tuple[float, float]], b: list[tuple[float, float]]) -> None:
    one, two = np.array(a), np.array(b)
    both = m.as_array(m.fill([one, two], (12, 12)))
    assert both.tolist() == (m.as_array(m.fill([one], (12, 12))) | m.as_array(m.fill([two], (12, 12)))).tolist()


def test_a_large_polygon_is_nearly_what_pycocotools_fills() -> None:
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    circle = np.stack([320 + 150 * np.cos(angles), 240 + 100 * np.sin(angles)], axis=1)
    theirs = coco.decode(coco.frPyObjects([circle.ravel().tolist()], 480, 640))[..., 0].astype(bool)
    ours = m.as_array(m.fill([circle], (480, 640)))
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.99


@pytest.mark.parametrize(
    "given",
    [
        [0, 0, 2, 0, 2, 2, 0, 2],
        [[0, 0, 2, 0, 2, 2, 0, 2]],
        [[0, 0], [2, 0], [2, 2], [0, 2]],
        [[[0, 0], [2, 0], [2, 2], [0, 2]]],
        [[1, 1, 0], [1, 1, 0], [0, 0, 0]],
        np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]], np.uint8),
        {"size": [3, 3], "counts": [0, 2, 1, 2, 4]},
    ],
)
def test_a_mask_can_be_given_in_every_way(given: Any) -> None:
    square = [[True, True, False], [True, True, False], [False, False, False]]
    assert m.as_array(m.as_mask(given, (3, 3))).tolist() == square


@pytest.mark.parametrize(
    "given",
    [
        np.zeros((3, 3, 1), bool), np.zeros((3, 3)), np.full((3, 3), 255, np.uint8), np.zeros((2, 3), bool),
        [1, 2, 3, 4], [1, 2, 3, 4, 5], [[0, 0, 1, 1, float("nan"), 2]], [[0, 0, 1e12, 0, 1e12, 1]], "[[0, 0]]", 5, None,
        [[[1, 2], [3]]], [{"x": 1}] * 3,
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_mask_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r"a mask|polygon"):
        m.as_mask(given, (3, 3))


def test_polygons_need_a_size() -> None:
    with pytest.raises(ValueError, match="need the size"):
        m.as_mask([0, 0, 2, 0, 2, 2])


def test_too_much_to_fill_is_refused() -> None:
    with pytest.raises(ValueError, match="too much to fill"):
        m.fill([np.zeros((10_000, 2))], (1000, 1000))


def test_no_polygons_are_the_empty_mask() -> None:
    assert m.as_mask([], (3, 3)).edges.tolist() == []  # type: ignore[union-attr]
