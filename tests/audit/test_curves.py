"""Curves: intervals over units, peaks found and not found, and what two curves over the same units say."""

from __future__ import annotations

import json
from functools import cache
from math import inf

import numpy as np
import pytest
from scipy.special import ndtr

from guerdon.audit.curves import Curve, Peak, peak, shift, stopped
from guerdon.audit.optimisers import best_of_n
from guerdon.metrics.overoptimisation import best_of_n_kl, normal_best_of_n
from guerdon.scores import Floats

D = np.linspace(0, 3, 16)


def drawn(shape: Floats, noise: float = 0.05, units: int = 40, seed: int = 0) -> Curve:
    """Units that follow one shape, each with a slope and a level of its own."""
    rng = np.random.default_rng(seed)
    gold = shape + noise * (rng.normal(size=(units, 1)) * D + rng.normal(size=(units, 1)))
    kl = np.tile(D**2, (units, 1))
    return Curve("drawn", "policy_gradient", np.arange(16.0), kl, np.tile(2 * D, (units, 1)), gold)


@cache
def saturating(seed: int) -> Curve:
    """Gold u − max(u − 1.5, 0)² of a proxy that correlates with u by 0.9."""
    rng = np.random.default_rng(seed)
    proxy = rng.normal(size=(50, 1024))
    utility = 0.9 * proxy + 0.19**0.5 * rng.normal(size=proxy.shape)
    return best_of_n(proxy, utility - np.maximum(utility - 1.5, 0) ** 2)


def expected(z: Floats) -> Floats:
    """Its gold where the proxy is z: E[(u − 1.5)₊²] of a normal u by its moments."""
    over, rest = 0.9 * z - 1.5, 0.19**0.5
    density = np.exp(-((over / rest) ** 2) / 2) / (2 * np.pi) ** 0.5
    penalty = (over**2 + rest**2) * ndtr(over / rest) + over * rest * density
    return np.asarray(0.9 * z - penalty)


# -- peaks -------------------------------------------------------------------------------------------


@cache
def true_peak() -> float:
    n = np.logspace(0, np.log10(1024), 2000)
    return float(best_of_n_kl(n[normal_best_of_n(n, expected).argmax()]) ** 0.5)


@pytest.mark.parametrize(
    ("seeds", "least"), [(range(10, 20), 0.8), pytest.param(range(100, 300), 0.93, marks=pytest.mark.slow)]
)
def test_intervals_of_the_peak_cover_the_true_one(seeds: range, least: float) -> None:
    found = [peak(saturating(seed)) for seed in seeds]
    assert all(one.within and one.at.high - one.at.low < 0.2 for one in found)
    assert np.mean([one.at.low <= true_peak() <= one.at.high for one in found]) >= least


def test_the_law_of_other_curves_is_off_and_says_so() -> None:
    found = peak(saturating(0))
    assert abs(found.by_law.at - true_peak()) > 0.1 > abs(found.at.at - true_peak())
    assert found.law.r2 < 0.95


def test_a_peak_says_what_it_is_worth() -> None:
    found = peak(drawn(1 - (D - 1.5) ** 2))
    assert found.within
    assert found.at.at == pytest.approx(1.5, abs=0.05)
    assert found.gold == pytest.approx(1.0, abs=0.05)
    assert found.fall.mean == pytest.approx(1.5**2, abs=0.1)
    assert found.proxy == pytest.approx(2 * found.at.at)
    assert found.n == pytest.approx(found.at.at / 0.2)  # 0.2 of √KL a step
    assert "gold peaks at √KL 1.5" in str(found)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (D, "no peak within √KL ≤ 3.00: gold may never fall"),
        (np.minimum(D, 1.0), "no peak within √KL ≤ 3.00: gold may never fall"),
        (-D, "no peak: gold may fall from the start"),
    ],
)
def test_where_there_is_no_peak_none_is_claimed(shape: Floats, says: str) -> None:
    found = peak(drawn(shape))
    assert not found.within
    assert str(found) == says


def test_noise_has_no_peak() -> None:
    rng = np.random.default_rng(0)
    kl = np.tile(D**2, (40, 1))
    noise = [peak(Curve("noise", "best_of_n", np.arange(16.0), kl, kl, rng.normal(size=kl.shape))) for _ in range(10)]
    assert sum(one.within for one in noise) <= 1


def test_figures_that_do_not_exist_are_none_in_json() -> None:
    plain = json.loads(json.dumps(peak(drawn(D)).to_dict(), allow_nan=False))
    assert (plain["sqrt_kl"], plain["sqrt_kl_high"], plain["within"]) == (None, None, False)
    flat = Curve("flat", "best_of_n", np.arange(16.0), drawn(D).kl, drawn(D).kl, np.ones((40, 16)))
    assert json.loads(json.dumps(flat.to_dict(), allow_nan=False))["peak"]["r2"] is None


# -- points ------------------------------------------------------------------------------------------


def test_points_have_intervals_over_units() -> None:
    curve = drawn(np.zeros(16), noise=1.0, units=400)
    last = curve.points()[-1]
    half = 1.96 * curve.gold[:, -1].std() / 20
    assert (last.at, last.gold.n) == (15, 400)
    assert last.kl == pytest.approx(9)
    assert last.gold.mean == pytest.approx(curve.gold[:, -1].mean())
    assert last.gold.high - last.gold.low == pytest.approx(2 * half, rel=0.1)


def test_a_curve_is_plain_data() -> None:
    curve = saturating(0)
    plain = json.loads(json.dumps(curve.to_dict()))
    assert (plain["how"], plain["units"], plain["left_out"]) == ("best_of_n", 50, 0)
    assert [p["at"] for p in plain["points"]][:6] == [1, 2, 3, 4, 6, 8]
    assert plain["points"][3]["sqrt_kl"] ** 2 == pytest.approx(np.log(4) - 3 / 4)
    assert plain["peak"]["within"]
    assert best_of_n([[1, 2, 3]], [[1, 2, 3]]).to_dict()["peak"] is None  # three points have none


def test_shapes_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="disagree in shape"):
        Curve("x", "best_of_n", np.arange(3.0), np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 4)))


# -- two curves --------------------------------------------------------------------------------------


def test_a_moved_peak_is_seen_in_pairs() -> None:
    early, late = drawn(-((D - 1.0) ** 2)), drawn(-((D - 1.6) ** 2))
    moved = shift(late, early)
    assert moved.at == pytest.approx(0.6, abs=0.05)
    assert 0.5 < moved.low <= moved.high < 0.7
    assert shift(early, early) == (0.0, 0.0, 0.0)


def test_a_peak_that_is_gone_has_moved_beyond_the_end() -> None:
    assert shift(drawn(D), drawn(-((D - 1.0) ** 2))) == (inf, inf, inf)
    assert shift(drawn(D), drawn(2 * D)) == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="cannot be paired"):
        shift(drawn(D), drawn(D, units=3))


def test_stopping_uses_peaks_of_other_units() -> None:
    curve = drawn(1 - (D - 1.5) ** 2)
    assert stopped(curve).mean() == pytest.approx(1.0, abs=0.05)
    # Units of two kinds: each half finds the peak of its mixture, never each unit its own.
    shapes = np.where(np.arange(40)[:, None] % 2, -((D - 0.6) ** 2), -((D - 2.4) ** 2))
    mixed = Curve("mixed", "policy_gradient", np.arange(16.0), curve.kl, curve.proxy, shapes)
    assert stopped(mixed).mean() < shapes.max(axis=1).mean() - 0.5
    with pytest.raises(ValueError, match="too few"):
        stopped(drawn(D, units=3))


def test_a_peak_is_the_same_every_time() -> None:
    first, second = (peak(drawn(1 - (D - 1.5) ** 2)) for _ in range(2))
    assert isinstance(first, Peak)
    assert first == second
