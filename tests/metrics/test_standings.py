"""A leaderboard claims no more than its items tell."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from guerdon.metrics.multiple import holm
from guerdon.metrics.paired import sign_flip
from guerdon.metrics.standings import Standing, information, standings
from guerdon.metrics.stats import mean_interval

Floats = NDArray[np.float64]


def answers(rng: np.random.Generator, shares: list[float], n: int, clusters: int | None = None) -> dict[str, Floats]:
    """Right and wrong answers of rewards with these accuracies, to items that are hard or easy for all alike."""
    item = rng.normal(size=n) if clusters is None else np.repeat(rng.normal(size=clusters), n // clusters)
    own = rng.normal(size=(len(shares), n))
    level = np.quantile(own[0] + item, shares)
    return {f"r{k}": (own[k] + item < level[k]).astype(float) for k in range(len(shares))}


def by_name(found: list[Standing]) -> dict[str, Standing]:
    return {one.name: one for one in found}


def test_p_values_are_corrected_over_all_pairs() -> None:
    credits = answers(np.random.default_rng(0), [0.6, 0.65, 0.8], 150)
    found, values = by_name(standings(credits)), list(credits.values())
    p = [sign_flip(values[i] - values[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert [found["r0"].p_best, found["r1"].p_best] == pytest.approx(holm(p)[1:].tolist())
    assert found["r2"].p_best == 1


def test_each_reward_has_its_mean_rank_and_limits() -> None:
    rng = np.random.default_rng(1)
    credits = answers(rng, [0.5, 0.5, 0.9], 400)
    found = standings(credits)
    assert found[0].name == "r2"
    assert found[0].credit == mean_interval(credits["r2"])
    assert (found[0].rank, found[0].rank_low, found[0].rank_high, found[0].tied_with) == (1, 1, 1, ())
    for one in found[1:]:
        assert (one.rank_low, one.rank_high, len(one.tied_with)) == (2, 3, 1)


def test_equal_means_share_a_rank() -> None:
    found = standings({"a": [1, 0, 1], "b": [0, 1, 1], "c": [0, 0, 0]})
    assert [one.rank for one in found] == [1, 1, 3]
    assert {one.rank_high for one in found} == {3}  # three items tell nothing


def test_only_items_that_all_answered_count() -> None:
    found = by_name(standings({"a": [1, 1, np.nan, 0], "b": [1, 0, 1, np.nan]}, ["x", "y", "z", "z"]))
    assert found["a"].credit[::3] == (1.0, 2)
    assert found["b"].credit[::3] == (0.5, 2)


def test_leaving_out_what_is_hard_gains_nothing() -> None:
    hard = np.arange(200) % 2 == 0
    honest = np.where(hard, 0.0, 1.0)
    picky = np.where(hard, np.nan, 1.0)
    found = standings({"honest": honest, "picky": picky})
    assert [one.rank for one in found] == [1, 1]
    assert found[0].credit.n == 100


def test_the_best_baseline_is_the_one_to_beat() -> None:
    rng = np.random.default_rng(2)
    credits = answers(rng, [0.9, 0.6, 0.6, 0.3], 300)
    trivial = {"longer": credits.pop("r2"), "shorter": credits.pop("r3")}
    found = by_name(standings(credits, baselines=trivial))
    assert set(found) == {"r0", "r1"}
    p = [sign_flip(credits[name] - trivial["longer"]) for name in ("r0", "r1")]
    assert [found["r0"].p_baseline, found["r1"].p_baseline] == pytest.approx(holm(p).tolist())
    assert found["r0"].over_baseline == pytest.approx(float((credits["r0"] - trivial["longer"]).mean()))
    assert by_name(standings(credits))["r0"].p_baseline is None


@pytest.mark.parametrize("clusters", [None, 40])
def test_equal_rewards_are_all_tied_in_nineteen_tables_of_twenty(clusters: int | None) -> None:
    rng, told = np.random.default_rng(3), 0
    names = None if clusters is None else np.repeat(np.arange(clusters), 200 // clusters).tolist()
    for _ in range(200):
        found = standings(answers(rng, [0.7] * 6, 200, clusters), names)
        told += any(one.rank_low > 1 or one.rank_high < 6 for one in found)
    assert told / 200 <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5


def test_true_ranks_lie_within_the_limits() -> None:
    rng, shares, missed = np.random.default_rng(4), [0.8, 0.76, 0.76, 0.7, 0.6], 0
    true = {"r0": (1, 1), "r1": (2, 3), "r2": (2, 3), "r3": (4, 4), "r4": (5, 5)}
    for _ in range(200):
        found = standings(answers(rng, shares, 300))
        missed += any(one.rank_low > true[one.name][0] or one.rank_high < true[one.name][1] for one in found)
    assert missed / 200 <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5


def test_one_reward_alone_is_first() -> None:
    (one,) = standings({"a": [1, 0]})
    assert (one.rank, one.rank_low, one.rank_high, one.p_best, one.tied_with) == (1, 1, 1, 1.0, ())


@pytest.mark.parametrize(
    "credits", [{}, {"a": [1], "b": [1, 0]}, {"a": [np.nan, 1], "b": [1, np.nan]}, {"a": [np.inf]}, {"a": [[1]]}]
)
def test_what_is_no_table_is_refused(credits: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match=r"credits of one or more rewards|no item was answered by all"):
        standings(credits)


# -- information -------------------------------------------------------------------------------------


def test_items_on_which_all_agree_tell_nothing() -> None:
    found = information({"a": [1, 0, 0.5, 1, np.nan, np.nan], "b": [1, 0, 0.5, 0, 1, np.nan]})
    assert found.informative.tolist() == [False, False, False, True, False, False]
    assert (found.all_right, found.all_wrong, found.alike) == (2, 1, 1)  # who did not answer says nothing


def test_items_that_hardly_tell_rewards_apart_count_for_less() -> None:
    # of nine rewards one differs on the first item, v = 1/9 · 8/9, and four on the others, v = 4/9 · 5/9
    table = np.zeros((9, 3))
    table[:1, 0] = table[:4, 1] = table[5:, 2] = 1
    found = information({str(k): row for k, row in enumerate(table)})
    v = np.array([8, 20, 20]) / 81
    assert found.effective == pytest.approx(v.sum() ** 2 / (v @ v))
    assert information({"a": [1, 1], "b": [1, 1]}).effective == 0
