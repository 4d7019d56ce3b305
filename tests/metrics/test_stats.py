from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

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
    # resamples of {a: 0 0 0, b: 1} have means 0, 1/4 or 1
    assert m.mean_interval([0, 0, 0, 1], ["a", "a", "a", "b"]) == (0.25, 0.0, 1.0, 4)


def test_the_same_seed_gives_the_same_interval_in_any_number_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    values = list(range(50))
    whole = m.mean_interval(values)
    monkeypatch.setattr(m, "DRAWN_AT_ONCE", 150)
    assert m.mean_interval(values) == whole
    assert m.mean_interval(values, seed=1) != whole


def test_a_paired_difference_ignores_what_both_share() -> None:
    noise = np.random.default_rng(3).normal(0, 100, 50)
    assert m.paired_difference(noise + 1, noise) == pytest.approx((1.0, 1.0, 1.0, 50))


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
