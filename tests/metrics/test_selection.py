from math import inf, isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.ranking import ranks_by_score
from guerdon.metrics.ranking import reciprocal_rank as mrr
from guerdon.metrics.selection import (
    best_credit,
    duel_values,
    expected_best,
    first_rank,
    one_vs_rest,
    reciprocal_rank,
    relative_rank,
    style_accuracy,
    ties_score,
)

ONE_RIGHT = [[1, 0, 0, 0]]
items = st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=2, max_size=6).filter(
    lambda item: len({right for _, right in item}) == 2
)


# -- the best one ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "expected"), [([1, 1, 0, 0], 0.5), ([1, 1, 1, 1], 0.25), ([0, 1, 0, 0], 0.0), ([1, 0, 0, 0], 1.0)]
)
def test_a_tie_at_the_top_shares_the_credit(scores: list[float], expected: float) -> None:
    assert best_credit([scores], ONE_RIGHT).tolist() == [expected]


def test_a_constant_scorer_gets_chance() -> None:
    assert best_credit(np.zeros((10, 4)), ONE_RIGHT * 10).mean() == 0.25
    assert expected_best(np.zeros((10, 4)), ONE_RIGHT * 10).mean() == 0.25


def test_several_right_candidates_share_the_credit_too() -> None:
    assert best_credit([[2, 2, 2, 1]], [[1, 1, 0, 0]]) == pytest.approx([2 / 3])


def test_the_gold_of_the_pick_is_a_mean_over_the_top() -> None:
    # an item; the same with padding; all but one missing
    found = expected_best([[3.0, 3, 1], [1, 2, nan], [1, nan, 0]], [[5.0, 2, 9], [4, 7, nan], [1, 2, 3.0]])
    assert found[:2].tolist() == [3.5, 7.0]
    assert isnan(found[2])


def test_noise_makes_one_of_four_right_by_chance_and_none_at_all_always() -> None:
    rng = np.random.default_rng(0)
    quality = np.tile([1.0, 0, 0, 0], (20_000, 1))
    noise = rng.normal(size=quality.shape)
    assert best_credit(quality + 1e-3 * noise, quality).mean() == 1.0
    assert best_credit(quality + 1e6 * noise, quality).mean() == pytest.approx(0.25, abs=0.015)
    x = np.linspace(-8, 8, 4001)  # P(best) = ∫ φ(x − 1) Φ(x)³ dx
    from scipy.stats import norm

    assert best_credit(quality + noise, quality).mean() == pytest.approx(
        np.trapezoid(norm.pdf(x - 1) * norm.cdf(x) ** 3, x), abs=0.015
    )


# -- one against the rest, and ranks -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "strict", "tied", "reciprocal"),
    [([4, 1, 2, 3], 1, 1, 1), ([2, 2, 1, 0], 0, 1, 0.5), ([1, 4, 3, 2], 0, 0, 0.25), ([3, 3, 3, 3], 0, 1, 0.25)],
)
def test_the_table_of_rewardmath(scores: list[float], strict: float, tied: float, reciprocal: float) -> None:
    found = one_vs_rest([scores], ONE_RIGHT), one_vs_rest([scores], ONE_RIGHT, ties=1.0)
    assert [float(f[0]) for f in (*found, reciprocal_rank([scores], ONE_RIGHT))] == [strict, tied, reciprocal]


@given(items)
def test_the_first_rank_is_that_of_the_ranking_measures(item: list[tuple[int, bool]]) -> None:
    values, right = zip(*item, strict=True)
    gold = np.array([right], dtype=float)
    assert reciprocal_rank([values], gold) == pytest.approx(mrr(ranks_by_score([values], [right])))
    rank = first_rank([values], gold)
    assert relative_rank([values], gold) == pytest.approx((len(item) - rank) / (len(item) - 1))


@given(items, st.randoms())
def test_neither_the_order_of_candidates_nor_padding_matters(item: list[tuple[int, bool]], random: Any) -> None:
    mixed = [*item]
    random.shuffle(mixed)
    for measure in (best_credit, expected_best, one_vs_rest, reciprocal_rank, relative_rank):
        plain, moved = (measure([[v for v, _ in i]], [[float(r) for _, r in i]]) for i in (item, mixed))
        assert plain == pytest.approx(moved)
        assert plain == pytest.approx(
            measure([[*[v for v, _ in item], nan, 99]], [[*[float(r) for _, r in item], nan, nan]])
        )


def test_every_right_one_must_beat_every_wrong_one() -> None:
    assert one_vs_rest([[5, 3, 2, 1], [5, 2, 3, 1]], [[1, 1, 0, 0]] * 2).tolist() == [1.0, 0.0]


def test_one_candidate_alone_says_nothing() -> None:
    assert isnan(one_vs_rest([[1.0]], [[1.0]])[0])
    assert isnan(relative_rank([[1.0]], [[1.0]])[0])
    assert best_credit([[3.0]], [[1.0]]).tolist() == [1.0]
    assert np.isnan(best_credit([[nan]], [[nan]])).all()


def test_a_candidate_without_a_value_leaves_its_item_without_credit() -> None:
    for measure in (best_credit, expected_best, one_vs_rest, first_rank, reciprocal_rank, relative_rank):
        assert isnan(measure([[2, 1, nan]], [[1, 0, 0]])[0]), measure.__name__
        assert measure(np.empty((0, 4)), np.empty((0, 4))).shape == (0,)


def test_infinite_values_compare_as_they_are() -> None:
    assert one_vs_rest([[inf, inf], [inf, 1]], [[1, 0]] * 2, ties=0.5).tolist() == [0.5, 1.0]


def test_duels_rank_the_right_one_behind_those_that_beat_it() -> None:
    won = np.array([[1.0, 1, 1], [1.0, 0, 1], [0.0, 0, 0], [1, 0, nan]])
    values = duel_values(won)
    gold = np.column_stack([np.ones(4), np.where(np.isnan(won), nan, 0.0)])
    assert reciprocal_rank(values, gold).tolist() == [1, 1 / 2, 1 / 4, 1 / 2]
    assert one_vs_rest(values, gold, ties=1.0).tolist() == [1, 0, 0, 0]


# -- equally right answers ---------------------------------------------------------------------------


def ties(single: list[float], several: list[float], right: int) -> Any:
    """One prompt: `single` has its right answer first, `several` its `right` right ones."""
    width = max(len(single), len(several))
    rows = [np.array([*scores, *[nan] * (width - len(scores))]) for scores in (single, several)]
    gold = [np.where(np.isnan(row), nan, np.arange(width) < n) for row, n in zip(rows, (1, right), strict=True)]
    return ties_score(rows, gold, ["p", "p"], [False, True])


def test_a_perfect_scorer_without_spread_gets_more_than_1() -> None:
    # 0.3 + 0.3 + 0.2 + 0.2, and tanh(∞)·0.01
    assert ties([5, 1], [5, 5, 1], 2).score == pytest.approx(1.01)


def test_a_constant_scorer_gets_nothing_and_no_warning() -> None:
    found = ties([5, 5], [5, 5, 5], 2)
    assert found == (0, 0, 0, 0, 0, 0)  # 0/0 in the margin is 0


def test_a_spread_wider_than_the_gap_costs_all_but_accuracy() -> None:
    found = ties([5, 1], [9, 3, 1], 2)  # gaps 4 and 2, spread 6
    assert (found.tied, found.single, found.apart, found.both_apart) == (1, 1, 0, 0)
    assert found.score == pytest.approx(0.6 + 0.01 * np.tanh(2 / 6 - 1))


def test_a_negative_gap_without_spread_has_the_lowest_margin() -> None:
    assert ties([1, 5], [1, 1, 5], 2).score == pytest.approx(-0.01)


def test_a_prompt_without_its_counterpart_counts_in_accuracy_alone() -> None:
    both = ([[5, 1, nan], [5, 5, 1.0]], [[1, 0, nan], [1, 1, 0.0]])
    found = ties_score([*both[0], [1, 5, nan]], [*both[1], [1, 0, nan]], ["p", "p", "q"], [False, True, False])
    assert (found.single, found.apart) == (0.5, 1.0)
    alone = ties_score([[5, 1]], [[1, 0]], ["p"], [False])
    assert alone.single == 1.0
    assert all(map(isnan, (alone.score, alone.margin, alone.tied)))


def test_a_prompt_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="'p' has two items"):
        ties_score([[5, 1], [5, 1]], [[1, 0]] * 2, ["p", "p"], [False, False])
    with pytest.raises(ValueError, match="2 items, 1 prompts"):
        ties_score([[5, 1], [5, 1]], [[1, 0]] * 2, ["p"], [False, True])


# -- styles ------------------------------------------------------------------------------------------


def test_a_scorer_of_length_alone_wins_where_the_right_answer_is_fancier() -> None:
    found = style_accuracy([[[1, 2, 3], [1, 2, 3]]])
    assert [float(x[0]) for x in found[:3]] == [1.0, 0.0, 0.0]
    assert found.wins[0].tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0]]


def test_each_difficulty_is_a_mean_of_three_cells() -> None:
    # right 5, 2, 3 against wrong 1, 4, 3: strictly, row by row, 1 1 1 / 1 0 0 / 1 0 0
    found = style_accuracy([[[5, 2, 3], [1, 4, 3]]])
    assert found.wins[0].tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]
    assert [float(x[0]) for x in found[:3]] == pytest.approx([2 / 3, 1 / 3, 2 / 3])


def test_styles_without_all_values_have_no_accuracy() -> None:
    found = style_accuracy([[[1, 2, nan], [1, 2, 3.0]], [[1, 1, 1.0], [0, 0, 0.0]]])
    assert np.isnan(found.hard).tolist() == [True, False]
    with pytest.raises(ValueError, match="styles"):
        style_accuracy([[1, 2, 3]])
