"""The paired test holds its level where nothing differs, and finds what differs as often as it says."""

from __future__ import annotations

from itertools import product
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import permutation_test

from guerdon.metrics import paired as m
from guerdon.metrics.stats import mcnemar, paired_difference

Floats = NDArray[np.float64]
credit = st.sampled_from([0.0, 0.5, 1.0])


def by_hand(sums: list[float]) -> float:
    """Share of all flips whose sum is as large."""
    signs = np.array(list(product([-1, 1], repeat=len(sums))))
    return float(np.mean(np.abs(signs @ np.array(sums)) >= abs(sum(sums)) - 1e-9))


def rewards(
    rng: np.random.Generator, n: int, a: float, b: float, alike: float = 0.5, clusters: int | None = None
) -> tuple[Floats, Floats, list[int] | None]:
    """Credits of two rewards with accuracies a and b; where there are clusters, items of one go alike."""
    index = np.arange(n) if clusters is None else np.repeat(np.arange(clusters), rng.geometric(0.3, clusters))
    prompt, own = rng.normal(size=len(index))[index], rng.normal(size=(2, len(index)))
    if clusters is not None:
        own = (own + rng.normal(size=(2, len(index)))[:, index]) / 2**0.5
    first, second = (alike**0.5 * prompt + (1 - alike) ** 0.5 * own < ndtri([[a], [b]])).astype(float)
    return first, second, None if clusters is None else index.tolist()


def rejected(runs: int, n: int, a: float, b: float, clusters: int | None = None, seed: int = 0) -> float:
    rng = np.random.default_rng(seed)
    drawn = (rewards(rng, n, a, b, clusters=clusters) for _ in range(runs))
    return float(np.mean([m.sign_flip(one - other, names) < 0.05 for one, other, names in drawn]))


# -- the test ----------------------------------------------------------------------------------------


@given(st.lists(st.tuples(credit, credit), min_size=1, max_size=9))
def test_the_p_value_of_credits_is_that_of_all_flips(pairs: list[tuple[float, float]]) -> None:
    gaps = [a - b for a, b in pairs]
    assert m.sign_flip(gaps) == pytest.approx(by_hand(gaps))


@given(st.lists(st.tuples(credit, credit, st.integers(0, 3)), min_size=1, max_size=20))
def test_clusters_are_flipped_as_a_whole(rows: list[tuple[float, float, int]]) -> None:
    gaps, names = [a - b for a, b, _ in rows], [name for _, _, name in rows]
    sums = [sum(g for g, other in zip(gaps, names, strict=True) if other == name) for name in set(names)]
    assert m.sign_flip(gaps, names) == pytest.approx(by_hand(sums))


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_few_numbers_are_flipped_in_every_way(sevenths: list[int]) -> None:
    assert m.sign_flip([k / 7 for k in sevenths]) == pytest.approx(by_hand([float(k) for k in sevenths]))


def test_many_numbers_agree_with_scipy() -> None:
    a, b = np.random.default_rng(0).normal(np.array([[0.25], [0.0]]), 1, (2, 60))
    theirs = permutation_test(
        (a, b), lambda x, y: (x - y).mean(), permutation_type="samples", n_resamples=9999, rng=np.random.default_rng(0)
    )
    assert m.sign_flip(a - b) == pytest.approx(theirs.pvalue, abs=0.012)  # two errors of 9 999 draws each
    assert m.sign_flip(a - b, seed=1) != m.sign_flip(a - b)


def test_on_right_and_wrong_answers_it_is_mcnemars_test() -> None:
    a, b, _ = rewards(np.random.default_rng(1), 300, 0.8, 0.75)
    found = m.compare_paired(a, b)
    assert found.mcnemar == mcnemar(found.worse, found.better) == pytest.approx(found.p)


def test_long_sums_are_nearly_normal() -> None:
    # 6 000 whole and 6 000 half differences; nearly normal, of variance 6 000 · 1 + 6 000 · ¼
    sums = np.repeat([1.0, 0.5], 6000)
    signs = np.where(np.arange(12_000) % 100 < 49, -1, 1)
    z = abs(float(sums @ signs)) / (6000 * 1.25) ** 0.5
    assert m.sign_flip(sums * signs) == pytest.approx(2 * ndtr(-z), rel=0.02)


def test_a_million_items_are_compared_in_seconds() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.choice([0, 0.5, 1], (2, 1_000_000), p=[0.3, 0.1, 0.6])
    found = m.compare_paired(a, b, resamples=1000)
    assert abs(found.difference.mean) < 0.003
    assert 0 < found.p <= 1


def test_where_nothing_differs_the_test_stays_silent() -> None:
    assert m.sign_flip([0.0, 0.0]) == 1.0
    found = m.compare_paired([1, 0, 1], [1, 0, 1])
    assert (found.p, found.mcnemar, found.effect, found.better, found.worse) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(("n", "p", "clusters"), [(60, 0.7, None), (400, 0.9, None), (0, 0.8, 40), (0, 0.8, 150)])
def test_rewards_that_are_equally_good_are_rarely_told_apart(n: int, p: float, clusters: int | None) -> None:
    # 0.05 + 2 · √(0.05 · 0.95 / 500)
    assert rejected(500, n, p, p, clusters) <= 0.0695


def test_flipping_items_of_a_cluster_one_by_one_would_tell_equals_apart() -> None:
    """What clusters are for: values that repeat count as many, and chance passes for a difference."""
    rng = np.random.default_rng(3)
    gaps = [np.repeat(rng.integers(-1, 2, 20), 10) for _ in range(200)]
    names = np.repeat(np.arange(20), 10).tolist()
    assert np.mean([m.sign_flip(gap, names) < 0.05 for gap in gaps]) <= 0.08
    assert np.mean([m.sign_flip(gap) < 0.05 for gap in gaps]) > 0.3


# -- power -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [(0.75, 0.65), (0.9, 0.8)])
def test_as_many_items_as_needed_find_the_difference_in_four_runs_of_five(a: float, b: float) -> None:
    one, other, _ = rewards(np.random.default_rng(4), 200_000, a, b)
    spread = float((one - other).std())
    n = int(m.items_needed(a - b, spread))
    assert rejected(500, n, a, b) == pytest.approx(0.8, abs=0.036)  # 2 · √(0.8 · 0.2 / 500)
    assert rejected(500, n // 2, a, b) == pytest.approx(m.power(n // 2, a - b, spread), abs=0.05)


def test_as_many_clustered_items_as_needed_find_it_too() -> None:
    rng = np.random.default_rng(5)
    spread = m.compare_paired(*rewards(rng, 0, 0.8, 0.7, clusters=20_000), resamples=10).spread
    items = m.items_needed(0.1, spread)
    assert rejected(500, 0, 0.8, 0.7, clusters=round(items * 0.3)) == pytest.approx(0.8, abs=0.045)  # 1/0.3 items each


@given(st.floats(0.01, 0.5), st.floats(0.1, 1), st.floats(0.5, 0.95))
def test_power_and_items_are_each_others_inverse(difference: float, spread: float, power: float) -> None:
    n = m.items_needed(difference, spread, power=power)
    assert m.power(n, difference, spread) >= power - 1e-9
    assert m.power(n - 2, difference, spread) < power + 1e-3  # the far tail counts too
    assert m.power(n, difference, spread, credits=False) >= m.power(n, difference, spread)


def test_the_number_of_items_is_that_of_connor() -> None:
    # Connor 1987: 30 % of items discordant, 10 % apart: ((1.960·√0.3 + 0.842·√(0.3 − 0.1²)) / 0.1)² = 233.1
    assert m.items_needed(0.1, (0.3 - 0.1**2) ** 0.5, credits=False) == 234


def test_no_difference_is_never_found_but_by_chance() -> None:
    assert m.items_needed(0, 0.5) == inf
    assert m.power(10_000, 0, 0.5) == pytest.approx(0.05)
    assert m.power(0, 0.1, 0.5) == pytest.approx(0.05, abs=0.01)


# -- the comparison ----------------------------------------------------------------------------------


def test_items_that_one_did_not_answer_are_left_out_and_counted() -> None:
    found = m.compare_paired([1, 1, np.nan, 0], [0, np.nan, 1, 0], ["a", "b", "c", "d"])
    assert (found.difference.mean, found.difference.n, found.better, found.worse) == (0.5, 2, 1, 0)


def test_effect_and_spread_are_those_of_the_differences() -> None:
    gaps = np.array([1.0, 1, 0, -1, 1, 0])
    found = m.compare_paired(gaps, np.zeros(6))
    assert found.spread == pytest.approx(gaps.std(ddof=1))
    assert found.effect == pytest.approx(gaps.mean() / gaps.std(ddof=1))
    assert found.difference == paired_difference(gaps, np.zeros(6), resamples=10_000)


def test_clusters_that_go_alike_spread_an_item_wider() -> None:
    # each difference ten times: the variance of the mean is as of 1/10 of the items
    gaps = np.random.default_rng(6).integers(-1, 2, 50).astype(float)
    repeated, names = np.repeat(gaps, 10), np.repeat(np.arange(50), 10).tolist()
    one, ten = m.compare_paired(gaps, np.zeros(50)), m.compare_paired(repeated, np.zeros(500), names)
    assert ten.spread == pytest.approx(one.spread * 10**0.5)
    assert ten.p == pytest.approx(one.p)
    assert ten.mcnemar is None


def test_mcnemars_test_is_for_right_and_wrong_answers_that_stand_alone() -> None:
    assert m.compare_paired([1, 0.5], [0, 0]).mcnemar is None
    assert m.compare_paired([1, 1], [0, 0], ["a", "a"]).mcnemar is None
    assert m.compare_paired([1, 1], [0, 0], ["a", "b"]).mcnemar == 0.5


def test_one_cluster_has_no_spread() -> None:
    assert np.isnan(m.compare_paired([1, 0], [0, 0], ["a", "a"]).spread)


def test_what_cannot_be_compared_is_refused() -> None:
    for a, b, clusters in (([1], [1, 0], None), ([1], [0], ["a", "b"]), ([[1]], [[0]], None)):
        with pytest.raises(ValueError, match="the same items"):
            m.compare_paired(a, b, clusters)
    with pytest.raises(ValueError, match="finite"):
        m.compare_paired([np.nan], [1])
    with pytest.raises(ValueError, match="finite"):
        m.sign_flip([])
    with pytest.raises(ValueError, match="cluster names"):
        m.sign_flip([1.0], ["a", "b"])
    with pytest.raises(ValueError, match="power lies between"):
        m.items_needed(0.1, 0.5, power=80)
    with pytest.raises(ValueError, match="spread is not negative"):
        m.power(10, 0.1, -1)
    with pytest.raises(ValueError, match="no -1 items"):
        m.power(-1, 0.1, 1)
