import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guerdon.metrics.mgda import Floats, min_norm, normalised

vectors = st.tuples(st.integers(1, 5), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-8, 8).map(float))
)


@given(vectors)
def test_no_vector_can_shorten_the_mixture(rows: Floats) -> None:
    weights = min_norm(rows)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1.0)
    mixed = weights @ rows
    # at the shortest point of a hull every vertex lies on its far side
    assert (rows @ mixed >= mixed @ mixed - 1e-6 * (1 + (rows * rows).max())).all()


@given(vectors)
def test_a_step_along_the_mixture_hurts_no_objective(rows: Floats) -> None:
    assert (rows @ (min_norm(rows) @ rows) >= -1e-6 * (1 + (rows * rows).max())).all()


@given(vectors, st.sampled_from([1e-9, 1e9]))
def test_scale_changes_no_weight(rows: Floats, factor: float) -> None:
    assert min_norm(rows * factor) == pytest.approx(min_norm(rows), abs=1e-6)


def test_two_vectors_have_a_closed_form() -> None:
    # (b·b − a·b) / |a − b|² for the first: (2 − 1) / 1
    assert min_norm([[1, 0], [1, 1]]) == pytest.approx([1.0, 0.0], abs=1e-6)
    assert min_norm([[3, 0], [0, 1]]) == pytest.approx([0.1, 0.9])
    assert min_norm([[2, 0], [-1, 0]]) == pytest.approx([1 / 3, 2 / 3])


def test_vectors_that_are_the_same_share_evenly() -> None:
    assert min_norm([[1, 1], [1, 1]]) == pytest.approx([0.5, 0.5])
    assert min_norm(np.zeros((4, 3))) == pytest.approx([0.25] * 4)
    # two agree and one is opposed: half the weight is for the two together
    assert min_norm([[1, 0], [1, 0], [-1, 0]]) == pytest.approx([0.25, 0.25, 0.5], abs=1e-6)


def test_gradients_come_to_one_length_but_for_none() -> None:
    assert np.linalg.norm(normalised([[3, 4], [0, 2], [0, 0]]), axis=1) == pytest.approx([1, 1, 0])
    # losses + 1 are 1.5 and 2.5, of 4
    assert normalised([[3], [3]], "loss", [0.5, 1.5]) == pytest.approx(np.array([[8.0], [4.8]]))
    assert normalised([[3, 4], [0, 2]], "loss+", [0.5, 2.0]) == pytest.approx(np.array([[1.2, 1.6], [0, 0.5]]))


@pytest.mark.parametrize("rows", [[], [1.0, 2.0], [[np.nan, 1.0]]])
def test_what_is_no_list_of_vectors_is_refused(rows: list[float]) -> None:
    with pytest.raises(ValueError, match="not finite numbers"):
        min_norm(rows)


def test_a_normalisation_that_needs_losses_asks_for_them() -> None:
    for losses in (None, [1.0], [0.0, 1.0]):
        with pytest.raises(ValueError, match="positive loss"):
            normalised([[1], [1]], "loss+", losses)
    with pytest.raises(ValueError, match="l2"):
        normalised([[1]], "max")  # type: ignore[arg-type]
