"""Best of n: by steps or wholes, with a rule for ties that has a name."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.rules.given import score
from guerdon.rules.process import step_scores
from guerdon.use.select import aggregated, select, step_advantage

SOLUTIONS = [{"step_scores": scores} for scores in ([5, 5, 1], [4, 4, 4], [2, 3, 5])]


def test_aggregates_pick_different_candidates() -> None:
    """Means 3.67, 4 and 3.33; least 1, 4 and 2; last 1, 4 and 5; greatest 5, 4 and 5; the last two 3, 4 and 4."""
    picked = {how: select(SOLUTIONS, step_scores(), aggregate=how).position for how in ("mean", "min", "last", "max")}
    assert picked == {"mean": 1, "min": 1, "last": 2, "max": 0}
    assert select(SOLUTIONS, step_scores(), last=2).values.tolist() == [3.0, 4.0, 4.0]


def test_a_reward_of_wholes_counts_by_its_value() -> None:
    assert select([{"score": 1.0}, {"score": 3.0}], score()).position == 1


def test_wholes_and_steps_can_be_mixed() -> None:
    """½·whole + ½·sum of steps: 6.5 and 5."""
    rows = [{"score": 1.0, "step_scores": [6.0, 6.0]}, {"score": 9.0, "step_scores": [0.5, 0.5]}]
    assert select(rows, 0.5 * score() + 0.5 * step_scores()).values.tolist() == [6.5, 5.0]


def test_solutions_of_equal_steps_tie_whatever_their_length() -> None:
    rows = [
        {"step_scores": [5, 5, 5], "final": "4"},
        {"step_scores": [5, 5], "final": "7"},
        {"step_scores": [5], "final": "7"},
    ]
    assert select(rows, step_scores()).position == 0
    assert select(rows, step_scores(), ties="majority", by="final").position == 1
    drawn = {select(rows, step_scores(), ties="random", seed=seed).position for seed in range(30)}
    assert drawn == {0, 1, 2}


def test_the_majority_is_of_all_candidates_and_the_pick_of_the_best() -> None:
    rows = [{"score": s, "final": final} for s, final in ((1.0, "a"), (1.0, "b"), (0.0, "b"), (0.5, "c"), (0.5, "c"))]
    assert select(rows, score(), ties="majority", by="final").position == 1


def test_what_has_no_value_cannot_be_picked() -> None:
    rows = [{"step_scores": ["bad"]}, {"step_scores": [1.0]}]
    assert select(rows, step_scores()).position == 1
    assert np.isnan(select(rows, step_scores()).values[0])
    nothing = [{"score": float("nan")}, {"score": float("inf")}]  # a value is finite, or there is none
    assert select(nothing, score()).position is None


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="write first, random or majority"):
        select(SOLUTIONS, step_scores(), ties="last")  # type: ignore[arg-type]


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=6))
def test_the_pick_has_the_greatest_value(steps: list[list[float]]) -> None:
    rows = [{"step_scores": scores} for scores in steps]
    for how in ("mean", "min", "last", "prod"):
        found = select(rows, step_scores(), aggregate=how)
        assert found.position is not None
        assert found.values[found.position] == found.values.max()
        assert (aggregated(step_scores()(rows), how) == found.values).all()


def test_questions_on_which_steps_help_stand_out() -> None:
    """Two scorers: on the first question both pick right by steps and one by wholes, on the second the reverse."""
    found = step_advantage([[1, 0], [1, 0]], by_steps=[[0, 1], [0, 0]], by_whole=[[1, 0], [0, 0]])
    assert found.tolist() == [0.5, -0.5]
