import warnings
from collections.abc import Callable, Iterator
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from scipy import stats

from guerdon.metrics.correlation import krcc, logistic_fit, plcc, srcc

MEASURES = [plcc, srcc, krcc]


@pytest.fixture(autouse=True)
def no_warning() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("seed", range(5))
def test_the_three_are_those_of_scipy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 6, 40), rng.integers(0, 6, 40)  # with ties
    assert float(plcc(x, y)) == pytest.approx(stats.pearsonr(x, y).statistic)
    assert float(srcc(x, y)) == pytest.approx(stats.spearmanr(x, y).statistic)
    assert krcc(x, y) == pytest.approx(stats.kendalltau(x, y, variant="b").statistic)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("x", "y"),
    [([1, 2, 3], [2, 2, 2]), ([0.1] * 3, [1, 2, 3]), ([1, nan, 3], [1, 2, 3]), ([1], [1]), ([], [])],
    ids=["constant", "constant that rounds", "NaN", "one", "none"],
)
def test_what_cannot_be_told_is_nan_without_a_warning(measure: Callable[..., Any], x: list[float], y: Any) -> None:
    assert np.isnan(measure(x, y))


@pytest.mark.parametrize("measure", MEASURES)
def test_swapping_the_sides_changes_nothing_and_turning_one_over_the_sign(measure: Callable[..., Any]) -> None:
    x, y = np.random.default_rng(0).random((2, 20))
    assert float(measure(y, x)) == pytest.approx(float(measure(x, y)))
    assert float(measure(x, -y)) == pytest.approx(-float(measure(x, y)))


def test_ranks_and_pairs_do_not_mind_a_rising_curve_and_a_line_changes_nothing() -> None:
    x, y = np.random.default_rng(0).random((2, 20))
    assert float(srcc(np.exp(9 * x), y)) == pytest.approx(float(srcc(x, y)))
    assert krcc(np.exp(9 * x), y) == pytest.approx(krcc(x, y))
    assert float(plcc(1e200 * x - 3e199, y)) == pytest.approx(float(plcc(x, y)))  # no square overflows


def test_leading_axes_are_samples_of_their_own() -> None:
    x, y = np.random.default_rng(0).random((2, 30))
    drawn = np.random.default_rng(1).integers(0, 30, (200, 30))
    for measure in (plcc, srcc):
        each = [float(measure(x[rows], y[rows])) for rows in drawn]
        assert measure(x[drawn], y[drawn]) == pytest.approx(each)


def test_infinite_values_have_ranks_but_no_line() -> None:
    assert float(srcc([1, 2, inf], [1, 2, 3])) == 1.0
    assert np.isnan(plcc([1, 2, inf], [1, 2, 3]))


def test_the_logistic_fit_finds_its_own_curve() -> None:
    x = np.linspace(-3, 3, 30)
    y = (5 - 1) / (1 + np.exp(-(x - 0.5) / 0.4)) + 1
    assert logistic_fit(x, y) == pytest.approx(y, abs=1e-6)
    assert float(plcc(x, y)) < 0.97
    assert float(plcc(x, y, fitted=True)) == pytest.approx(1.0)


def test_a_fit_of_falling_scores_makes_the_correlation_positive() -> None:
    x = np.linspace(0, 1, 20)
    assert float(plcc(x, -x)) == pytest.approx(-1.0)
    assert float(plcc(x, -x, fitted=True)) > 0.99


@pytest.mark.parametrize("x", [[1.0, 2.0, 3.0], [1.0] * 5, [1.0, 2.0, nan, 4.0, 5.0]])
def test_a_fit_that_is_impossible_is_nan(x: list[float]) -> None:
    assert np.isnan(plcc(x, np.arange(len(x)), fitted=True))


def test_shapes_that_differ_are_refused() -> None:
    for measure in MEASURES:
        with pytest.raises(ValueError, match="differ in shape"):
            measure([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="krcc is of"):
        krcc([[1, 2]], [[1, 2]])
