from __future__ import annotations

import tracemalloc
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest, spearmanr

from guerdon.metrics import resampling
from guerdon.metrics import stats as m

counts = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.sampled_from([0.9, 0.95, 0.99]))
def test_proportion_intervals_equal_those_of_scipy(hits_n: tuple[int, int], level: float) -> None:
    hits, n = hits_n
    test = binomtest(hits, n)
    exact, score = test.proportion_ci(level, method="exact"), test.proportion_ci(level, method="wilson")
    assert m.clopper_pearson(hits, n, level)[1:3] == pytest.approx((exact.low, exact.high), abs=1e-12)
    assert m.wilson(hits, n, level)[1:3] == pytest.approx((score.low, score.high), abs=1e-12)


def test_the_exact_interval_of_no_hits_is_the_closed_form() -> None:
    # (1 − high)^10 = 0.025
    assert m.clopper_pearson(0, 10) == pytest.approx((0.0, 0.0, 1 - 0.025**0.1, 10))


@pytest.mark.parametrize(("hits", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_make_no_share_are_refused(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"not {hits} of {n}"):
        m.clopper_pearson(hits, n)
    with pytest.raises(ValueError, match=f"not {hits} of {n}"):
        m.wilson(hits, n)


def test_the_bootstrap_interval_of_a_large_sample_is_near_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 1000)
    half = 1.96 * values.std() / 1000**0.5
    estimate = m.mean_interval(values)
    assert estimate.low == pytest.approx(values.mean() - half, abs=0.02)
    assert estimate.high == pytest.approx(values.mean() + half, abs=0.02)


def test_clusters_of_identical_values_widen_the_interval_as_if_they_were_one_value_each() -> None:
    firsts = np.random.default_rng(2).normal(size=100)
    repeated, names = np.repeat(firsts, 25), np.repeat(np.arange(100), 25).tolist()
    assert m.mean_interval(repeated, names)[1:3] == pytest.approx(m.mean_interval(firsts)[1:3])
    naive = m.mean_interval(repeated)
    honest = m.mean_interval(repeated, names)
    assert (honest.high - honest.low) / (naive.high - naive.low) == pytest.approx(5, rel=0.15)  # √25


def test_uneven_clusters_weigh_by_their_number_of_values() -> None:
    found = m.mean_interval([0, 0, 0, 1], ["a", "a", "a", "b"])
    assert (found.mean, found.n) == (0.25, 4)
    assert found.low < 0.02  # two clusters say next to nothing
    assert found.high > 0.98


def test_all_right_is_not_certain() -> None:
    found = m.mean_interval([1.0] * 50)
    assert (found.mean, found.high) == (1.0, 1.0)
    assert found == m.wilson(50, 50)
    shared = m.mean_interval([1.0] * 50, np.repeat(np.arange(25), 2).tolist())
    assert 0.80 < shared.low < found.low
    assert m.mean_interval([1.0, 1.0], ["a", "a"]).low < 0.05  # one cluster says next to nothing


def test_right_and_wrong_answers_by_resampling_would_have_the_interval_of_jeffreys() -> None:
    # t with 999 degrees of freedom and 999/1000 hardly widen it
    units = resampling.alone(np.array([0.0, 1.0]), np.array([300.0, 700.0]))
    rng = np.random.default_rng(0)
    found = resampling.mean_limits(units, np.ones(1), resampling.Ends(0, 1), level=0.95, resamples=20_000, rng=rng)
    assert found == pytest.approx(beta(700.5, 300.5).interval(0.95), abs=1e-3)


def test_values_that_are_no_credits_and_all_alike_get_no_width() -> None:
    assert m.mean_interval([0.7] * 9)[1:3] == pytest.approx((0.7, 0.7))


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=40), st.integers(1, 9))
def test_intervals_of_credits_hold_the_mean_and_stay_within_bounds(values: list[float], clusters: int) -> None:
    found = m.mean_interval(values, [i % clusters for i in range(len(values))], resamples=400)
    assert 0 <= found.low < found.high <= 1
    assert found.low - 1e-3 <= found.mean <= found.high + 1e-3


@given(st.lists(st.floats(-1, 1), min_size=2, max_size=30), st.floats(0.1, 100), st.floats(-10, 10))
def test_an_interval_moves_with_its_values(values: list[float], scale: float, shift: float) -> None:
    values = [round(v, 3) + 0.0001 for v in values]  # no credits, whose ends are known
    plain = m.mean_interval(values, resamples=100)
    moved = m.mean_interval([scale * v + shift for v in values], resamples=100)
    assert moved[:3] == pytest.approx([scale * v + shift for v in plain[:3]], rel=1e-6, abs=1e-6)


def test_a_skewed_mean_may_lie_further_up_than_down() -> None:
    values = np.random.default_rng(4).exponential(1, 60)
    found = m.mean_interval(values)
    assert found.high - found.mean > 1.1 * (found.mean - found.low)


@pytest.mark.parametrize("kind", ["credits", "numbers", "clustered"])
def test_a_million_values_take_little_time_and_memory(kind: str) -> None:
    rng, n = np.random.default_rng(5), 1_000_000
    values = rng.normal(0.7, 0.4583, n) if kind == "numbers" else (rng.random(n) < 0.7).astype(float)
    clusters = (np.arange(n) // 4).tolist() if kind == "clustered" else None
    start = perf_counter()
    found = m.mean_interval(values, clusters)
    assert perf_counter() - start < 5
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.4583 / n**0.5, rel=0.1)  # √(0.7 · 0.3)
    tracemalloc.start()
    m.mean_interval(values, clusters)
    assert tracemalloc.get_traced_memory()[1] < 300e6  # draws of all values would take 16 GB
    tracemalloc.stop()


def test_counted_values_are_the_values_themselves() -> None:
    counts = {1.0: 70, 0.5: 10, 0.0: 20, 0.25: 0}
    listed = [value for value, times in sorted(counts.items()) for _ in range(times)]
    assert m.counted_interval(dict(sorted(counts.items()))) == m.mean_interval(listed)
    with pytest.raises(ValueError, match="not negative"):
        m.counted_interval({1.0: -1})
    with pytest.raises(ValueError, match="finite values"):
        m.counted_interval({1.0: 0})


def test_the_same_seed_gives_the_same_interval_in_any_number_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = list(range(50))
    whole = m.mean_interval(values)
    monkeypatch.setattr(resampling, "DRAWN_AT_ONCE", 150)
    assert m.mean_interval(values) == whole
    assert m.mean_interval(values, seed=1) != whole


def test_a_paired_difference_ignores_what_both_share() -> None:
    noise = np.random.default_rng(3).normal(0, 100, 50)
    assert m.paired_difference(noise + 1, noise) == pytest.approx((1.0, 1.0, 1.0, 50))


def test_equal_credits_still_leave_room_for_a_difference() -> None:
    # no discordant item in 60: the true share of them may still be some 5 %
    found = m.paired_difference([1.0] * 40 + [0.0] * 20, [1.0] * 40 + [0.0] * 20)
    assert found.mean == 0
    assert found.low == pytest.approx(-found.high, abs=0.01)
    assert 0.02 < found.high < 0.06


# -- means of groups, and any figure -----------------------------------------------------------------


def test_groups_weigh_the_same_or_as_said() -> None:
    values, groups = [1.0] * 90 + [0.0] * 10, ["a"] * 90 + ["b"] * 10
    assert m.macro_interval(values, groups).mean == 0.5
    assert m.macro_interval(values, groups, weights={"a": 90, "b": 10}).mean == pytest.approx(0.9)
    assert m.macro_interval(values, ["one"] * 100)[:3] == pytest.approx(m.mean_interval(values)[:3], abs=0.01)


def test_the_spread_of_a_macro_mean_is_that_of_its_groups() -> None:
    # √(Σ (σ/k)² / nₖ) with σ = ½ and nₖ = 50 and 200
    values, groups = [0.0, 1.0] * 125, ["a"] * 50 + ["b"] * 200
    found = m.macro_interval(values, groups, resamples=4000)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * (0.0625 / 50 + 0.0625 / 200) ** 0.5, rel=0.06)


def test_clusters_within_groups_widen_the_macro_interval() -> None:
    rng = np.random.default_rng(6)
    values = np.repeat(rng.integers(0, 2, 60), 5).astype(float)
    groups, clusters = ["a"] * 150 + ["b"] * 150, np.repeat(np.arange(60), 5).tolist()
    alone, shared = m.macro_interval(values, groups), m.macro_interval(values, groups, clusters)
    assert (shared.high - shared.low) / (alone.high - alone.low) == pytest.approx(5**0.5, rel=0.15)


def test_weights_that_do_not_fit_the_groups_are_refused() -> None:
    for weights in ({"a": 1.0}, {"a": 1.0, "b": 0.0}, {"a": 1.0, "b": 1.0, "c": 1.0}):
        with pytest.raises(ValueError, match="one positive number"):
            m.macro_interval([1, 0], ["a", "b"], weights=weights)
    with pytest.raises(ValueError, match="1 group names for 2 values"):
        m.macro_interval([1, 0], ["a"])


def test_a_bootstrapped_mean_has_the_interval_of_t() -> None:
    values = np.random.default_rng(7).normal(0, 1, 40)
    found = m.bootstrap(lambda index: float(values[index].mean()), 40, resamples=4000)
    half = 2.0227 * values.std(ddof=1) / 40**0.5  # t with 39 degrees of freedom
    assert found[:3] == pytest.approx((values.mean(), values.mean() - half, values.mean() + half), abs=0.03)


def test_whole_clusters_are_drawn_for_any_figure() -> None:
    names = ["a", "a", "b", "c"]
    seen: list[list[int]] = []
    m.bootstrap(lambda index: seen.append(sorted(index.tolist())) or 0.0, 4, names, resamples=50)  # type: ignore[func-returns-value]
    assert seen[0] == [0, 1, 2, 3]
    assert all(found.count(0) == found.count(1) for found in seen)
    assert {len(found) for found in seen} >= {3, 4, 5}


def test_draws_without_the_figure_are_left_out() -> None:
    x, y = np.array([0.0, 0.0, 0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0, 2.0, 4.0])

    def correlation(index: resampling.Index) -> float:
        return float(spearmanr(x[index], y[index]).statistic) if np.ptp(x[index]) and np.ptp(y[index]) else np.nan

    found = m.bootstrap(correlation, 5, resamples=200)
    assert np.isfinite(found).all()
    nowhere = m.bootstrap(lambda index: np.nan, 5)
    assert np.isnan(nowhere[:3]).all()
    with pytest.raises(ValueError, match="one or more items"):
        m.bootstrap(lambda index: 0.0, 0)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [[1.0]]])
def test_values_without_a_mean_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite values"):
        m.mean_interval(values)


def test_lengths_that_disagree_and_impossible_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="2 cluster names for 1 values"):
        m.mean_interval([1.0], ["a", "b"])
    with pytest.raises(ValueError, match="differ in shape"):
        m.paired_difference([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        m.mean_interval([1.0], level=95)


@pytest.mark.parametrize(("b", "c", "p"), [(1, 5, 14 / 64), (2, 4, 44 / 64), (2, 10, 158 / 4096), (0, 0, 1), (3, 3, 1)])
def test_mcnemar_is_twice_the_smaller_tail(b: int, c: int, p: float) -> None:
    assert m.mcnemar(b, c) == pytest.approx(p)
    assert m.mcnemar(c, b) == m.mcnemar(b, c)


def test_mcnemar_agrees_with_the_binomial_test() -> None:
    for b in range(12):
        for c in range(12):
            expected = binomtest(b, b + c).pvalue if b + c else 1.0
            assert m.mcnemar(b, c) == pytest.approx(expected)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        m.mcnemar(-1, 2)


def test_an_interval_of_shares_stays_within_them_and_has_a_width() -> None:
    found = m.mean_interval([1 / 3, *[0] * 19], share=True)
    assert 0 <= found.low < found.mean < found.high < 0.3
    assert m.mean_interval([0.25] * 10, share=True).low < 0.25 < m.mean_interval([0.25] * 10, share=True).high


def test_a_share_beyond_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1, not from 0 to 2"):
        m.mean_interval([0, 2], share=True)
