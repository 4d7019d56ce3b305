"""Overlap agrees with SciPy and pycocotools, outlines with a search through all pixels."""

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco
from scipy.spatial import distance

from guerdon.metrics import masks as m
from guerdon.metrics.runs import Bools, as_runs

sizes = st.tuples(st.integers(1, 10), st.integers(1, 10))
pairs = sizes.flatmap(lambda size: st.tuples(arrays(np.bool_, size), arrays(np.bool_, size)))
EMPTY, FULL = np.zeros((4, 4), bool), np.ones((4, 4), bool)


@given(pairs)
def test_overlap_agrees_with_scipy(pair: tuple[Bools, Bools]) -> None:
    a, b = pair
    if a.any() or b.any():
        assert m.iou(a, b) == pytest.approx(1 - distance.jaccard(a.ravel(), b.ravel()))
        assert m.dice(a, b) == pytest.approx(1 - distance.dice(a.ravel(), b.ravel()))


@given(pairs)
def test_overlap_agrees_with_pycocotools(pair: tuple[Bools, Bools]) -> None:
    a, b = (coco.encode(np.asfortranarray(x, dtype=np.uint8)) for x in pair)
    assert m.iou(*pair, both_empty=0.0) == pytest.approx(float(coco.iou([a], [b], [0])[0, 0]))


@given(pairs)
def test_runs_share_what_arrays_share(pair: tuple[Bools, Bools]) -> None:
    a, b = pair
    assert m.areas(as_runs(a), as_runs(b)) == m.areas(a, as_runs(b)) == m.areas(a, b)


@given(pairs)
def test_overlap_is_symmetric_and_in_range(pair: tuple[Bools, Bools]) -> None:
    a, b = pair
    for measure in (m.iou, m.dice, m.boundary_f):
        assert 0.0 <= measure(a, b) <= 1.0
        assert measure(a, b) == pytest.approx(measure(b, a))
        assert measure(a, a) == 1.0


@given(pairs, st.integers(0, 3), st.integers(0, 3))
def test_overlap_does_not_depend_on_where_the_masks_lie(pair: tuple[Bools, Bools], left: int, top: int) -> None:
    a, b = (np.pad(x, ((top, 1), (left, 2))) for x in pair)
    assert m.iou(a, b) == m.iou(*pair)


@given(pairs)
def test_dice_follows_from_iou(pair: tuple[Bools, Bools]) -> None:
    overlap = m.iou(*pair)
    assert m.dice(*pair) == pytest.approx(2 * overlap / (1 + overlap))


def test_an_empty_pair_is_worth_what_the_caller_says() -> None:
    assert [m.iou(EMPTY, EMPTY, both_empty=x) for x in (1.0, 0.0)] == [1.0, 0.0]
    assert isnan(m.dice(EMPTY, EMPTY, both_empty=nan))
    assert m.iou(FULL, EMPTY) == m.dice(FULL, EMPTY) == m.boundary_f(FULL, EMPTY) == 0.0
    assert m.boundary_f(EMPTY, EMPTY) == 1.0


def test_masks_of_different_sizes_are_refused() -> None:
    for measure in (m.iou, m.dice, m.boundary_f):
        with pytest.raises(ValueError, match="cannot be compared"):
            measure(FULL, np.ones((4, 5), bool))


def test_ignored_pixels_count_for_nothing() -> None:
    a, b, valid = np.array([[1, 1, 0]], bool), np.array([[1, 0, 1]], bool), np.array([[1, 1, 0]], bool)
    assert m.areas(a, b, valid) == m.Areas(shared=1, first=2, second=1)


def test_means_over_a_set_weigh_pictures_or_pixels() -> None:
    areas = [m.Areas(1, 1, 2), m.Areas(4, 4, 4), m.Areas(0, 0, 0)]
    assert m.mean_iou(areas) == pytest.approx((0.5 + 1 + 1) / 3)
    assert m.mean_iou(areas, both_empty=0.0) == pytest.approx((0.5 + 1 + 0) / 3)
    assert m.mean_iou(areas, both_empty=nan) == pytest.approx((0.5 + 1) / 2)
    assert m.cumulative_iou(areas) == pytest.approx((1 + 4) / (2 + 4))
    assert (m.cumulative_iou(areas[2:]), m.cumulative_iou(areas[2:], both_empty=0.0)) == (1.0, 0.0)
    assert isnan(m.mean_iou([]))


def brute_boundary_f(a: Bools, b: Bools, reach: float) -> float:
    def edge(x: Bools) -> list[tuple[int, int]]:
        h, w = x.shape
        around = ((0, 1), (1, 0), (0, -1), (-1, 0))
        return [
            (i, j)
            for i in range(h)
            for j in range(w)
            if x[i, j] and any(not (0 <= i + p < h and 0 <= j + q < w and x[i + p, j + q]) for p, q in around)
        ]

    first, second = edge(a), edge(b)
    if not (first and second):
        return float(not first and not second)
    p, r = (
        np.mean([min(np.hypot(i - k, j - n) for k, n in there) <= reach for i, j in here])
        for here, there in ((first, second), (second, first))
    )
    return float(2 * p * r / (p + r)) if p + r else 0.0


@given(pairs, st.sampled_from([0.0, 0.1, 0.2]))
def test_outlines_are_compared_as_by_looking_at_every_pair(pair: tuple[Bools, Bools], tolerance: float) -> None:
    reach = np.ceil(tolerance * np.hypot(*pair[0].shape))
    assert m.boundary_f(*pair, tolerance=tolerance) == pytest.approx(brute_boundary_f(*pair, reach))


def test_energy_is_the_share_inside() -> None:
    heat = np.array([[3.0, 1.0], [0.0, 0.0]])
    assert m.energy_inside(heat, np.array([[1, 0], [1, 0]], bool)) == 0.75
    assert m.energy_inside(np.zeros((2, 2)), np.ones((2, 2), bool)) == 0.0


@pytest.mark.parametrize("heat", [np.full((2, 2), -1.0), np.full((2, 2), nan), np.ones((3, 2))])
def test_a_heat_map_must_be_one(heat: np.ndarray) -> None:
    with pytest.raises(ValueError, match="heat map"):
        m.energy_inside(heat, np.ones((2, 2), bool))


def test_each_token_owns_one_place_of_every_cell() -> None:
    tokens = np.eye(4)
    features = np.arange(8.0).reshape(1, 2, 4)  # cell 0 says 0 1 2 3, cell 1 says 4 5 6 7
    logits = m.retrieval_logits(tokens, features, grid=2) * 2  # undo the √4
    assert logits.tolist() == [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_retrieval_keeps_the_gradient_of_tensors() -> None:
    torch = pytest.importorskip("torch")
    tokens = torch.zeros(16, 3, requires_grad=True)
    m.retrieval_logits(tokens, torch.ones(2, 2, 3)).sum().backward()
    assert tokens.grad.shape == (16, 3)
    assert float(tokens.grad[0, 0]) == pytest.approx(4 / 3**0.5)  # four cells, each 1/√3


def test_too_few_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="16 tokens"):
        m.retrieval_logits(np.zeros((15, 3)), np.zeros((2, 2, 3)))
