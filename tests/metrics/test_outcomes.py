from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.outcomes import length_tied, tally, wb_score

graded = st.lists(
    st.tuples(st.sampled_from([1, 0.5, 0, -0.5, -1]), st.integers(0, 900), st.integers(0, 900)), min_size=1
)


def test_five_grades_are_counted_and_averaged() -> None:
    found = tally([1, 0.5, 0.5, 0, -0.5, -1, -1, nan])
    assert found == (1, 2, 1, 1, 2)
    assert found.reward == pytest.approx((1 + 2 * 0.5 - 0.5 - 2) / 7)
    assert found.win_rate == pytest.approx((3 + 0.5) / 7)


def test_only_a_slight_win_by_the_longer_text_becomes_a_tie() -> None:
    # a slight win 501 longer, 500 longer, 501 shorter; the same as losses; a great win 501 longer
    outcomes = [0.5, 0.5, 0.5, -0.5, -0.5, -0.5, 1]
    length = [801, 800, 300, 300, 300, 801, 801]
    rival = [300, 300, 801, 801, 800, 300, 300]
    assert length_tied(outcomes, length, rival, more=500).tolist() == [0, 0.5, 0.5, 0, -0.5, -0.5, 1]


@given(graded)
def test_the_rule_treats_both_sides_alike_and_infinity_does_nothing(rows: list[tuple[float, int, int]]) -> None:
    outcomes, length, rival = map(np.array, zip(*rows, strict=True))
    swapped = length_tied(-outcomes, rival, length, more=100)
    assert (-swapped).tolist() == length_tied(outcomes, length, rival, more=100).tolist()
    assert length_tied(outcomes, length, rival, more=inf).tolist() == outcomes.tolist()
    assert np.all(np.abs(swapped) <= np.abs(outcomes))


def test_the_rule_ranks_a_length_biased_judges_models_better() -> None:
    rng = np.random.default_rng(0)
    quality, bias = np.linspace(-0.5, 0.5, 12), rng.permutation(np.linspace(-1, 1, 12))  # of twelve models
    rewards: dict[float, list[float]] = {500: [], inf: []}
    for good, longer in zip(quality, bias, strict=True):
        gap = 800 * longer + rng.normal(0, 100, 400)
        seen = good + 0.002 * gap + rng.normal(0, 0.5, 400)  # the judge likes length
        outcomes = np.clip(np.round(seen), -2, 2) / 2
        for more, found in rewards.items():
            found.append(tally(length_tied(outcomes, gap, np.zeros(400), more=more)).reward)
    with_rule, without = (np.corrcoef(np.argsort(np.argsort(r)), np.arange(12))[0, 1] for r in rewards.values())
    assert with_rule > without


def test_no_comparison_has_no_rate_and_bad_grades_are_refused() -> None:
    assert isnan(tally([]).reward)
    assert isnan(tally([nan]).win_rate)
    assert isnan(wb_score([]))
    with pytest.raises(ValueError, match="outcome"):
        tally([0.7])


def test_scores_are_spread_around_5() -> None:
    assert (wb_score([10, 10]), wb_score([5]), wb_score([1])) == (100, 0, -80)
