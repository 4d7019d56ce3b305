from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guerdon.metrics.alignment import BLOCK, bmas, cosine, triplet, unit
from guerdon.metrics.alignment import Floats as Vectors

matrices = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(3)), elements=st.integers(-3, 3).map(float))


def slow_bmas(a: Vectors, b: Vectors) -> tuple[float, float]:
    """The definition, pair by pair."""

    def cos(x: Vectors, y: Vectors) -> float:
        norm = float(np.linalg.norm(x) * np.linalg.norm(y))
        return max(float(x @ y) / norm, 0.0) if norm else 0.0

    forward = sum(max(cos(x, y) for y in b) for x in a) / len(a)
    backward = sum(max(cos(x, y) for x in a) for y in b) / len(b)
    return forward, backward


@given(matrices, matrices)
def test_bmas_is_its_definition(a: Vectors, b: Vectors) -> None:
    assert bmas(a, b) == pytest.approx(slow_bmas(a, b), abs=1e-12)


@given(matrices, matrices)
def test_bmas_is_symmetric_lies_between_0_and_1_and_has_no_order(a: Vectors, b: Vectors) -> None:
    there, back = bmas(a, b), bmas(b, a)
    assert (there.forward, there.backward) == pytest.approx((back.backward, back.forward))
    assert there.mean == pytest.approx(back.mean)
    assert 0.0 <= there.mean <= 1.0
    assert bmas(a[::-1], b).mean == pytest.approx(there.mean)


@given(matrices.filter(lambda a: bool(np.abs(a).sum(axis=1).all())))
def test_a_text_is_1_against_itself(a: Vectors) -> None:
    assert bmas(a, a).mean == pytest.approx(1.0)


def test_an_unrelated_token_lowers_forward_only_and_a_repeated_one_leaves_backward_alone() -> None:
    text = np.eye(3)[:2]
    with_stranger, doubled = np.vstack([text, [[0, 0, 1]]]), np.vstack([text, text[:1]])
    assert bmas(with_stranger, text) == pytest.approx((2 / 3, 1.0))  # best matches 1, 1, 0
    assert bmas(doubled, text[1:]).backward == bmas(text, text[1:]).backward == 1.0


def test_a_long_text_is_compared_in_blocks() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(BLOCK + 7, 4)), rng.normal(size=(5, 4))
    similar = np.maximum(unit(a) @ unit(b).T, 0.0)
    assert bmas(a, b) == pytest.approx((similar.max(axis=1).mean(), similar.max(axis=0).mean()))


def test_a_text_without_tokens_is_like_nothing() -> None:
    assert bmas([], [[1.0, 0.0]]) == bmas([[1.0, 0.0]], []) == bmas([], []) == (0.0, 0.0)


@given(matrices)
def test_cosines_are_bounded_and_forget_length(a: Vectors) -> None:
    assert cosine(a, a[::-1]) == pytest.approx(cosine(5 * a, a[::-1]))
    assert (np.abs(cosine(a, a[::-1])) <= 1.0).all()
    assert cosine(a, a) == pytest.approx((np.abs(a).sum(axis=1) > 0) * 1.0)  # 0 for a vector of zeros


@pytest.mark.parametrize(
    ("chosen", "rejected", "loss"), [(0.3, 0.1, 0), (0.3, 0.2, 0.1), (0.2, 0.2, 0.3), (0.1, 0.3, 0.7)]
)
def test_a_triplet_costs_what_the_cosines_lack_of_the_margin(chosen: float, rejected: float, loss: float) -> None:
    def at(cos: float) -> list[list[float]]:
        return [[cos, (1 - cos**2) ** 0.5]]

    assert triplet([[1.0, 0.0]], at(chosen), at(rejected)) == pytest.approx(loss, abs=1e-12)


@given(matrices, st.floats(0, 2))
def test_a_triplet_is_never_negative_and_its_margin_where_nothing_is_told_apart(a: Vectors, margin: float) -> None:
    assert triplet(a, a[::-1], a[::-1], margin) == pytest.approx(margin)
    assert triplet(a, a, a[::-1], margin) >= 0


def test_triplets_of_other_shapes_are_refused() -> None:
    for shapes in (((2, 3), (2, 3), (2, 2)), ((3,), (3,), (3,)), ((0, 3), (0, 3), (0, 3))):
        with pytest.raises(ValueError, match="have shapes"):
            triplet(np.ones(shapes[0]), np.ones(shapes[1]), np.ones(shapes[2]))
