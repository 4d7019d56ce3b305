"""Bars stand where the values are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from guerdon.report.plots import HEIGHT, WIDTH, histogram, stacked, time_histogram

FINITE = st.floats(allow_nan=False, allow_infinity=False) | st.floats(0.999999, 1.000001)


def test_few_values_have_a_bar_and_a_share_each() -> None:
    found = histogram(np.array([0.0, 0.0, 0.0, 1.0]))
    assert [bar.label for bar in found.bars] == ["75 %", "25 %"]
    assert [bar.height for bar in found.bars] == [HEIGHT, HEIGHT / 3]
    assert found.mean == 0.25 * WIDTH


def test_the_declared_range_is_the_scale() -> None:
    found = histogram(np.array([0.0, 1.0]), (-1.0, 1.0))
    assert found.mean == 0.75 * WIDTH
    assert [tick.label for tick in found.ticks] == ["-1", "-0.5", "0", "0.5", "1"]


def test_an_infinite_range_leaves_the_scale_to_the_values() -> None:
    assert histogram(np.array([0.0, 50.0]), (0.0, np.inf)).mean == WIDTH / 2


def test_many_values_are_binned_and_none_is_lost() -> None:
    found = histogram(np.linspace(0, 1, 1000))
    assert len(found.bars) == 32
    assert sum(int(bar.title.split(": ")[1].split()[0]) for bar in found.bars) == 1000


@given(arrays(float, st.integers(1, 40), elements=FINITE))
def test_everything_lies_within_the_drawing(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    found = histogram(values)
    assert found.bars
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 1e-6 and 0 < bar.height <= HEIGHT for bar in found.bars)
    assert all(-1e-6 <= tick.x <= WIDTH + 1e-6 for tick in found.ticks)
    assert found.mean is not None
    assert 0 <= found.mean <= WIDTH


@given(arrays(float, st.integers(1, 40), elements=st.floats(0, 1e4)))
def test_times_lie_between_powers_of_ten(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    found = time_histogram(values)
    assert found.bars
    assert len(found.ticks) <= 6


def test_statuses_fill_their_bar() -> None:
    slices = stacked({"OK": 6, "MALFORMED": 3, "FAILED": 1})
    assert [(s.start, s.share) for s in slices] == [(0.0, 0.6), (0.6, 0.3), (pytest.approx(0.9), 0.1)]
