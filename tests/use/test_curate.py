"""Choosing prompts whose answers earn different rewards."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.rules.answers import exact
from guerdon.use.curate import group_spread, select_by_group_variance, split_by_correctness

groups = st.lists(st.lists(st.floats(-5, 5), min_size=1, max_size=6), max_size=6)


def test_always_and_never_solved_prompts_are_dropped() -> None:
    samples, rewards = ["easy", "open", "hard"], [[1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert select_by_group_variance(samples, rewards) == ["open"]
    assert select_by_group_variance(samples, np.array(rewards, dtype=np.float64)) == ["open"]


def test_equal_rewards_do_not_differ_by_rounding() -> None:
    assert select_by_group_variance(["a"], [[0.1] * 3]) == []


def test_those_that_differ_most_are_kept_in_their_order() -> None:
    rewards = [[0.4, 0.6], [0.0, 1.0], [0.5, 0.5], [0.2, 0.8]]
    assert select_by_group_variance("abcd", rewards, most=2) == ["b", "d"]
    assert select_by_group_variance("abcd", rewards, above=0.2) == ["b", "d"]
    assert select_by_group_variance("abcd", rewards, most=9) == ["a", "b", "d"]


def test_the_gap_is_from_the_mean_to_the_best() -> None:
    assert group_spread([[0.0, 0.0, 0.9]], by="gap").tolist() == pytest.approx([0.6])


def test_answers_without_a_value_do_not_count() -> None:
    assert group_spread([[nan, 1.0, 0.0], [nan, 1.0], [nan, nan], []]).tolist() == pytest.approx(
        [0.5, nan, nan, nan], nan_ok=True
    )
    assert select_by_group_variance("ab", [[nan, 1.0], [0.0, 1.0]]) == ["b"]


@given(groups, st.floats(-3, 3))
def test_a_constant_more_for_every_answer_changes_little(rewards: list[list[float]], more: float) -> None:
    spread, moved = group_spread(rewards), group_spread([[x + more for x in group] for group in rewards])
    expected = [float(np.std(group)) if len(group) > 1 else nan for group in rewards]
    assert spread.tolist() == pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert moved.tolist() == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_lengths_that_disagree_and_unknown_measures_are_refused() -> None:
    with pytest.raises(ValueError, match="2 groups of rewards for 1 samples"):
        select_by_group_variance("a", [[1.0], [0.0]])
    with pytest.raises(ValueError, match="write std or gap"):
        group_spread([[1.0]], by="range")  # type: ignore[arg-type]


def test_right_answers_are_kept_and_wrong_ones_sent_on() -> None:
    rows = [{"response": said, "answer": "yes", "n": n} for n, said in enumerate(("yes", "no", "yes"))]
    kept, sent, unscored = split_by_correctness(exact(within=None), [*rows, {"response": "yes", "n": 3}])
    assert [[row["n"] for row in part] for part in (kept, sent, unscored)] == [[0, 2], [1], [3]]


def test_what_counts_as_right_can_be_more_than_one() -> None:
    rows = [{"response": "yes", "answer": "yes"}]
    assert len(split_by_correctness(2 * exact(within=None), rows, right=2.0).keep_for_sft) == 1
    assert len(split_by_correctness(exact(within=None), rows, right=2.0).send_to_rl) == 1
