"""Best-of-n in closed form against enumeration, drawing and textbook values; laws and summits against known curves."""

from __future__ import annotations

from itertools import combinations
from math import comb, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics import overoptimisation as m
from guerdon.metrics.selection import expected_best

pools = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2)), min_size=1, max_size=7)


@given(pools)
def test_the_closed_form_is_the_mean_over_all_choices(pool: list[tuple[int, int]]) -> None:
    proxy, gold = np.array(pool, dtype=np.float64).T
    for n in range(1, len(pool) + 1):
        chosen = np.array(list(combinations(range(len(pool)), n)))
        slow = expected_best(proxy[chosen], gold[chosen]).mean()  # ties evenly
        assert m.best_of_n(proxy, gold, [n])[0] == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize(("size", "n"), [(1, 1), (5, 1), (5, 3), (5, 5), (40, 7)])
def test_weights_are_the_counts_of_combinations(size: int, n: int) -> None:
    exact = [comb(r - 1, n - 1) / comb(size, n) for r in range(1, size + 1)]
    assert m.order_weights(size, n) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("n", [1, 2, 1000, 99_999, 100_000])
def test_weights_of_a_hundred_thousand_still_add_up_to_one(n: int) -> None:
    weights = m.order_weights(100_000, n)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert weights.min() >= 0.0


def test_many_prompts_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(0)
    proxy, gold = rng.integers(0, 4, (2, 3, 9)), rng.normal(size=(2, 3, 9))
    together = m.best_of_n(proxy, gold, [1, 4, 9])
    assert together.shape == (2, 3, 3)
    for i in np.ndindex(2, 3):
        assert together[i] == pytest.approx(m.best_of_n(proxy[i], gold[i], [1, 4, 9]))


@given(pools, st.floats(0.1, 10), st.floats(-5, 5))
def test_only_the_order_of_the_proxy_matters(pool: list[tuple[int, int]], scale: float, shift: float) -> None:
    proxy, gold = np.array(pool, dtype=np.float64).T
    n = range(1, len(pool) + 1)
    assert m.best_of_n(scale * proxy + shift, gold, n) == pytest.approx(m.best_of_n(proxy, gold, n))
    own = m.best_of_n(proxy, proxy, n)
    assert (np.diff(own) >= -1e-12).all()
    assert own[-1] == pytest.approx(proxy.max())


def test_what_cannot_be_drawn_is_refused() -> None:
    for n in (0, 4):
        with pytest.raises(ValueError, match="cannot be drawn from 3"):
            m.best_of_n([1, 2, 3], [1, 2, 3], [n])
    with pytest.raises(ValueError, match="one shape"):
        m.best_of_n([1, 2, 3], [1, 2], [1])
    with pytest.raises(ValueError, match="finite"):
        m.best_of_n([1, np.nan], [1, 2], [1])


def test_the_best_of_n_normal_values_is_that_of_the_tables() -> None:
    # Harter 1961: expected largest of 2, 5, 10, 100 standard normal values
    assert m.normal_best_of_n([2, 5, 10, 100]) == pytest.approx([0.56419, 1.16296, 1.53875, 2.50759], abs=1e-5)
    assert m.normal_best_of_n([7], lambda z: np.ones_like(z))[0] == pytest.approx(1.0)


def test_drawn_proxies_with_noise_follow_the_closed_form() -> None:
    rng, sigma, n = np.random.default_rng(1), 1.5, [1, 2, 4, 8, 16]
    gold = rng.normal(size=(400, 1000))
    measured = m.best_of_n(gold + sigma * rng.normal(size=gold.shape), gold, n)
    error = measured.std(axis=0) / 20
    expected = m.normal_best_of_n(n) / (1 + sigma**2) ** 0.5
    assert (np.abs(measured.mean(axis=0) - expected) < 4 * error).all()


def test_best_of_n_moves_a_policy_as_far_as_its_density_says() -> None:
    # the best of n uniform values has density n·u^(n − 1); KL = ∫ n·u^(n − 1)·log(n·u^(n − 1)) du
    u = (np.arange(200_000) + 0.5) / 200_000
    for n in (1, 3, 20):
        density = n * u ** (n - 1)
        assert m.best_of_n_kl(n) == pytest.approx(np.mean(density * np.log(density)), abs=1e-3)


def test_laws_are_recovered() -> None:
    d = np.linspace(0, 4, 9)
    law = m.fit_law(d, 2 + d * (1.5 - 0.5 * d))
    assert law[1:] == pytest.approx((2, 1.5, 0.5, 1.0))
    assert law.peak == pytest.approx(1.5)  # 1.5 / (2 · 0.5)
    law = m.fit_law(d, 2 + d * (1.5 - 0.75 * np.log(np.maximum(d, 1e-300))), "policy_gradient")
    assert law[1:] == pytest.approx((2, 1.5, 0.75, 1.0))
    assert law.peak == pytest.approx(np.exp(1))  # exp(1.5 / 0.75 − 1)


def test_a_law_without_a_greatest_value_says_so() -> None:
    d = np.arange(6.0)
    assert m.fit_law(d, d + d * d).peak == inf
    assert m.fit_law(d, -d).peak == pytest.approx(0.0, abs=1e-6)
    assert np.isnan(m.fit_law(d, np.ones(6)).r2)


@given(st.floats(0.8, 3.2), st.floats(0.2, 5), st.floats(-3, 3))
def test_the_summit_of_a_parabola_is_its_vertex(at: float, steep: float, height: float) -> None:
    d = np.linspace(0, 4, 17)
    gold = height - steep * (d - at) ** 2
    found = m.summit(d, gold)
    assert found.at == pytest.approx(at, abs=1e-6)
    assert found.gold == pytest.approx(height, abs=steep * 0.125**2 + 1e-9)  # half a step away at most
    assert m.summit(d[::-1], gold[::-1]) == found


def test_a_curve_that_only_rises_levels_off_or_falls_has_no_summit_inside() -> None:
    d = np.linspace(0, 3, 13)
    assert m.summit(d, d).at == inf
    assert m.summit(d, np.minimum(d, 1.1)).at == inf
    assert m.summit(d, -d).at == 0.0
    assert m.summit(d, np.zeros(13)).at == inf


def test_the_summit_of_a_lopsided_curve_is_where_its_formula_has_it() -> None:
    # d·exp(−d²) rises fast and falls slowly; its derivative is 0 at d = 1/√2
    d = np.linspace(0, 3, 25)
    assert m.summit(d, d * np.exp(-(d**2))).at == pytest.approx(0.5**0.5, abs=0.01)


@pytest.mark.parametrize("values", [[1, 2, 3, 4], [1, 2, 3, 4, np.nan]])
def test_too_few_points_are_refused(values: list[float]) -> None:
    for fit in (m.fit_law, m.summit):
        with pytest.raises(ValueError, match="5 or more finite points"):
            fit(range(len(values)), values)


def test_points_at_one_place_have_no_slope() -> None:
    assert m.summit([1.0] * 5, [1, 2, 3, 4, 4.5]).at in (0.0, inf)
    assert log(2) - 0.5 == pytest.approx(float(m.best_of_n_kl(2)))
