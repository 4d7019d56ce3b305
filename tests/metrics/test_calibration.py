from math import inf, isnan, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit
from sklearn import metrics  # type: ignore[import-untyped]
from sklearn.calibration import calibration_curve  # type: ignore[import-untyped]

from guerdon.metrics.calibration import (
    Strategy,
    auprc,
    auroc,
    brier,
    calibration_error,
    log_loss,
    reliability,
    temperature,
)

Floats = NDArray[np.float64]
rows = st.lists(st.tuples(st.integers(0, 8).map(lambda k: k / 8), st.integers(0, 1)), min_size=1, max_size=30)


def calibrated(n: int, seed: int = 0) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    p = rng.random(n)
    return p, (rng.random(n) < p).astype(float)


# -- calibration -------------------------------------------------------------------------------------


def test_calibrated_probabilities_have_little_error_and_distorted_ones_more() -> None:
    p, so = calibrated(50_000)
    assert calibration_error(p, so).ece < 0.01
    assert calibration_error(p**3, so).ece > 0.1
    assert calibration_error(p**3, so, strategy="quantile").ece > 0.1


def test_a_probability_on_an_edge_is_in_the_bin_below() -> None:
    # with 2 bins 0.5 joins 0.25: p̄ = 0.375 and ȳ = 0.5, beside 1.0 alone
    found = calibration_error([0.25, 0.5, 1.0], [0, 1, 1], bins=2)
    assert found == pytest.approx((0.25 / 3, 0.0625, 0.125))


def test_the_three_errors_weigh_bins_differently() -> None:
    # bin 0.2: three rows, off by 0.2; bin 0.8: one row, off by 0.2 upwards … 1 − 0.8
    found = calibration_error([0.2, 0.2, 0.2, 0.75], [0, 0, 0, 1], bins=2)
    assert found == pytest.approx(((3 * 0.2 + 0.25) / 4, (0.2 + 0.25) / 2, 0.25))


@given(rows, st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_the_average_error_never_exceeds_the_greatest_nor_either_1(
    pairs: list[tuple[float, int]], bins: int, strategy: Strategy
) -> None:
    found = calibration_error(*zip(*pairs, strict=True), bins=bins, strategy=strategy)
    assert 0 <= found.ece <= found.mce + 1e-12 <= 1 + 1e-12
    assert found.ace <= found.mce + 1e-12


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_diagram_is_that_of_scikit_learn(strategy: Strategy) -> None:
    p, so = calibrated(300)
    share, mean = calibration_curve(so, p, n_bins=7, strategy=strategy)
    found = reliability(p, so, bins=7, strategy=strategy)
    assert [b.p for b in found] == pytest.approx(mean)
    assert [b.share.mean for b in found] == pytest.approx(share)
    assert sum(b.share.n for b in found) == 300
    assert all(b.low <= b.p <= b.high and b.share.low < b.share.mean < b.share.high for b in found[1:-1])


@given(rows)
def test_the_parts_of_brier_add_up(pairs: list[tuple[float, int]]) -> None:
    p, so = zip(*pairs, strict=True)
    found = brier(p, so)
    assert found.score == pytest.approx(np.mean((np.array(p) - so) ** 2))
    assert found.score == pytest.approx(found.reliability - found.resolution + found.uncertainty)


def test_the_base_rate_is_calibrated_but_resolves_nothing() -> None:
    found = brier([0.75] * 4, [1, 1, 1, 0])
    assert found == pytest.approx((0.1875, 0.0, 0.0, 0.1875))


# -- one temperature ---------------------------------------------------------------------------------


@pytest.mark.parametrize("true", [0.3, 1.0, 4.0])
def test_the_temperature_of_the_data_is_found(true: float) -> None:
    rng = np.random.default_rng(0)
    logits = 3 * rng.normal(size=20_000) * true
    so = rng.random(20_000) < expit(logits / true)
    found = temperature(logits, so)
    assert found == pytest.approx(true, rel=0.05)
    losses = [log_loss(expit(logits / t), so) for t in (found * 0.98, found, found * 1.02)]
    assert min(losses) == losses[1]


def test_the_temperature_lowers_the_error_and_keeps_the_order() -> None:
    p, so = calibrated(20_000)
    logits = 3 * np.log(p / (1 - p))  # too sure
    before, after = calibration_error(expit(logits), so), calibration_error(expit(logits / temperature(logits, so)), so)
    assert before.ece > 0.08
    assert after.ece < 0.01


def test_logits_that_say_nothing_or_all_have_no_temperature() -> None:
    assert temperature([1.0, 2.0], [0, 0]) == inf  # wrong throughout: the flatter the better
    assert temperature([0.0, 0.0], [0, 1]) == inf
    assert temperature([], []) == inf
    assert temperature([1.0, -2.0], [1, 0]) == 0.0  # right throughout: the sharper the better
    assert temperature([1e-8] * 4, [1, 1, 1, 0]) == pytest.approx(1e-8 / log(3))


# -- telling apart -----------------------------------------------------------------------------------


@given(rows.filter(lambda pairs: len({so for _, so in pairs}) == 2))
def test_areas_are_those_of_scikit_learn(pairs: list[tuple[float, int]]) -> None:
    p, so = zip(*pairs, strict=True)
    assert auroc(p, so) == pytest.approx(metrics.roc_auc_score(so, p))
    assert auprc(p, so) == pytest.approx(metrics.average_precision_score(so, p))
    assert brier(p, so).score == pytest.approx(metrics.brier_score_loss(so, p))


def test_log_loss_is_that_of_scikit_learn_and_infinite_where_it_is() -> None:
    p, so = calibrated(50)
    assert log_loss(p, so) == pytest.approx(metrics.log_loss(so, p))
    assert log_loss([0.0, 1.0], [0, 1]) == 0.0
    assert log_loss([0.0], [1]) == inf


def test_scores_that_are_all_the_same_are_chance() -> None:
    assert auroc([3, 3, 3], [1, 0, 0]) == 0.5
    assert auprc([3, 3, 3, 3], [1, 0, 0, 0]) == 0.25


def test_what_cannot_be_told_is_nan() -> None:
    assert isnan(auroc([1, 2], [1, 1]))
    assert isnan(auprc([1, 2], [0, 0]))
    assert all(map(isnan, (*calibration_error([], []), *brier([], []), log_loss([], []), auroc([], []))))
    assert reliability([], []) == []


def test_bad_input_is_refused() -> None:
    for p, so in (([1.5], [1]), ([np.nan], [1]), ([0.5], [2]), ([0.5], [1, 0])):
        with pytest.raises(ValueError, match=r"probabilities|labels"):
            calibration_error(p, so)
    with pytest.raises(ValueError, match="0 bins"):
        reliability([0.5], [1], bins=0)
    with pytest.raises(ValueError, match="strategy"):
        calibration_error([0.5], [1], strategy="even")  # type: ignore[arg-type]


def test_infinite_logits_have_no_temperature() -> None:
    with pytest.raises(ValueError, match="logits are finite"):
        temperature([np.inf, 0.0], [1, 0])
