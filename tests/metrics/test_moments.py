"""Points in time against true ones, against every pair compared and every pairing tried."""

from itertools import permutations
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.moments import distances, matches, near

times = st.lists(st.integers(0, 60).map(float), max_size=5)
tolerances = st.sampled_from([0.0, 1.0, 5.0, 20.0])


def best_pairing(a: list[float], b: list[float], tolerance: float) -> int:
    """Most pairs of any one-to-one pairing, by trying all."""
    short, long = sorted((a, b), key=len)
    return max(
        sum(abs(x - y) <= tolerance for x, y in zip(short, chosen, strict=False))
        for chosen in permutations(long, len(short))
    )


@given(times, times)
def test_distances_are_to_the_nearest(a: list[float], b: list[float]) -> None:
    table = np.abs(np.subtract.outer(a, b))
    assert distances(a, b) == (table.min(axis=1).tolist() if b else [inf] * len(a))


def test_a_distance_of_the_tolerance_is_near() -> None:
    assert near([15], [10], 5) == 1
    assert near([15.01], [10], 5) == 0


@given(times, times, tolerances)
def test_no_pairing_beats_the_matches(a: list[float], b: list[float], tolerance: float) -> None:
    assert matches(a, b, tolerance) == best_pairing(a, b, tolerance)


@given(times, times, tolerances, st.integers(-30, 30))
def test_matches_are_symmetric_and_do_not_move_with_time(
    a: list[float], b: list[float], tol: float, shift: int
) -> None:
    assert matches(a, b, tol) == matches(b, a, tol) == matches([x + shift for x in a], [x + shift for x in b], tol)
    assert matches(a, b, tol) <= min(near(a, b, tol), near(b, a, tol))


@pytest.mark.parametrize("repeats", [1, 4])
def test_a_time_said_again_is_near_again_but_matches_once(repeats: int) -> None:
    assert near([10.0] * repeats, [10.0], 5) == repeats
    assert matches([10.0] * repeats, [10.0], 5) == 1
