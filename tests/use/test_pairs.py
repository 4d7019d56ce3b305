"""Preference pairs from scored answers, and boxes elsewhere."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Comparison, ContractError
from guerdon.geometry import Box
from guerdon.metrics.boxes import iou
from guerdon.rules.shape import words
from guerdon.use.pairs import (
    Pair,
    as_comparisons,
    box_elsewhere,
    extreme_pair,
    extreme_pairs,
    feedback_pairs,
    group_pairs,
)

NONE = float("nan")
SCORES = st.lists(st.sampled_from([0, 0.1, 0.2, 0.5, 0.8, 0.9, 1, None]), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("scores", "gate", "best", "published"),
    [
        ([1, 0], [1, 0], (0, 1), (0, 1)),
        ([0.8, 0.2], [0.8, 0.2], (0, 1), (0, 1)),  # the bounds count
        ([0.79, 0], [1, 0], None, None),
        ([1, 0.21], [1, 0], None, None),
        ([1, 1, 0, 0], [0.5, 0.9, 0.9, 0.1], (1, 3), (1, 3)),
        ([1, 0.9, 0.1, 0], [0.9, 1, 0, 0.3], (0, 2), None),  # the very worst fails its gate
        ([1, 0.9, 0], [0.5, 0.9, 0], (1, 2), None),  # and so does the very best
        ([1, 1, 0], [None, 0.9, 0], (1, 2), (1, 2)),
        ([None, 0], [1, 0], None, None),
        ([1, 1], [1, 1], None, None),
        ([None], [None], None, None),
        ([], [], None, None),
    ],
)
def test_the_best_and_the_worst_that_pass_make_a_pair(
    scores: list[Any], gate: list[Any], best: Any, published: Any
) -> None:
    assert extreme_pair(scores, [gate]) == best
    assert extreme_pair(scores, [gate], only_extremes=True) == published


def test_the_first_of_equal_answers_counts() -> None:
    assert extreme_pair([0.9, 0, 0.9, 0]) == Pair(0, 1)


def test_every_gate_must_agree() -> None:
    assert extreme_pair([1, 0.9, 0], [[1, 1, 0], [0.5, 1, 0]]) == Pair(1, 2)


@given(st.lists(st.tuples(SCORES.map(lambda s: s[0]), SCORES.map(lambda s: s[0])), min_size=1, max_size=6))
def test_a_pair_is_far_apart_by_every_score(answers: list[tuple[Any, Any]]) -> None:
    scores, gate = ([a[i] for a in answers] for i in (0, 1))
    pair, published = (extreme_pair(scores, [gate], only_extremes=only) for only in (False, True))
    for found in (pair, published):
        if found is not None:
            assert min(scores[found.chosen], gate[found.chosen]) >= 0.8
            assert max(scores[found.rejected], gate[found.rejected]) <= 0.2
    assert published is None or published == pair  # it finds no other pairs, only fewer


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="must be less than high"):
        extreme_pair([1, 0], high=0.2, low=0.2)
    with pytest.raises(ValueError, match="gates for 2 scores"):
        extreme_pair([1, 0], [[1]])
    with pytest.raises(ValueError, match=r"shape \[n\]"):
        extreme_pair([[1, 0]])


ROWS = [
    {"prompt": p, "response": r, "group": p, "lang": lang}
    for p, r, lang in (("p", "a", 1), ("q", "b c d", 2), ("p", "b b b b", 3), ("q", "c", 4))
]


def test_pairs_are_made_within_groups() -> None:
    pairs = extreme_pairs(ROWS, [0, 0.9, 1, 0.9])
    assert all(isinstance(pair, Comparison) for pair in pairs)
    ((prompt, responses, lang, strength),) = [
        (pair["prompt"], pair.responses, pair["lang"], pair.votes[0].strength) for pair in pairs
    ]
    assert (prompt, responses, lang, strength) == ("p", ("b b b b", "a"), 3, 1.0)
    assert pairs[0].votes[0].prefers(0, 1) == 1.0


def test_scores_of_a_reward_can_be_given() -> None:
    assert group_pairs(ROWS, words()(ROWS), high=3, low=1) == [Pair(2, 0), Pair(1, 3)]


def test_groups_may_have_another_name() -> None:
    rows = [{"response": r, "question": 1} for r in "ab"]
    assert group_pairs(rows, [1, 0], by="question") == [Pair(0, 1)]
    with pytest.raises(ContractError, match="'group'"):
        group_pairs(rows, [1, 0])


def test_what_does_not_fit_the_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="as many as samples, 4"):
        extreme_pairs(ROWS, [1, 0])
    with pytest.raises(ContractError, match="with a response"):
        extreme_pairs([{"group": 1}, {"group": 1}], [1, 0])


@given(st.integers(0, 2**32 - 1), st.tuples(*[st.floats(0, 0.6)] * 2), st.tuples(*[st.floats(0.05, 0.4)] * 2))
def test_another_place_shares_nothing_and_lies_in_the_picture(
    seed: int, corner: tuple[float, float], sides: tuple[float, float]
) -> None:
    box = Box(*corner, corner[0] + sides[0], corner[1] + sides[1])
    found = box_elsewhere(box, np.random.default_rng(seed), tries=20)
    if found is not None:
        assert iou(found.corners, box.corners) == 0.0
        assert 0 <= found.x1 < found.x2 <= 1
        assert 0 <= found.y1 < found.y2 <= 1
        assert (found.x2 - found.x1) / sides[0] == pytest.approx(1, abs=0.31)
        assert (found.y2 - found.y1) / sides[1] == pytest.approx(1, abs=0.31)


def test_another_place_is_in_the_units_of_the_box() -> None:
    found = box_elsewhere(Box(0, 0, 100, 100), np.random.default_rng(0), width=640, height=480)
    assert found is not None
    assert found.x2 - found.x1 == pytest.approx(100, rel=0.31)
    assert found.x1 >= 100 or found.y1 >= 100


def test_without_room_there_is_no_other_place() -> None:
    assert box_elsewhere(Box(0, 0, 1, 1), np.random.default_rng(0)) is None
    with pytest.raises(ValueError, match="has no area"):
        box_elsewhere(Box(0, 0, 0, 1), np.random.default_rng(0))


# -- from what people did unasked --------------------------------------------------------------------

MADE = [{"prompt": p, "response": str(i), "group": p} for i, p in enumerate("pppqq")]
PICKS, SHOWN = [8, 0, 0, 3, 0], [80, 60, 4, 10, 50]


def test_the_picked_and_the_ignored_of_a_prompt_make_pairs() -> None:
    # 0 was picked 8 times in 80; 2 was shown 4 times only, so that nobody picked it says nothing
    assert feedback_pairs(MADE, PICKS, SHOWN, popular=0.1, seen=20) == [Pair(0, 1)]
    assert feedback_pairs(MADE, PICKS, SHOWN, popular=0.1) == [Pair(0, 1), Pair(0, 2), Pair(3, 4)]
    assert feedback_pairs(MADE, PICKS, SHOWN, popular=0.2, seen=5) == [Pair(3, 4)]


def test_without_exposures_picks_count_as_they_are() -> None:
    assert feedback_pairs(MADE, PICKS, popular=4) == [Pair(0, 1), Pair(0, 2)]
    assert feedback_pairs(MADE, PICKS, popular=0) == [Pair(0, 1), Pair(0, 2), Pair(3, 4)]  # nothing is not popular


def test_unknown_counts_and_what_was_never_shown_are_in_no_pair() -> None:
    assert feedback_pairs(MADE, [NONE, 0, 0, 3, 0], SHOWN, popular=0.1) == [Pair(3, 4)]
    assert feedback_pairs(MADE[:2], [5, 0], [5, 0], popular=0.1) == []
    assert feedback_pairs(MADE[:2], [5, 0], [NONE, 9], popular=0.1) == []


def test_pairs_of_feedback_become_comparisons() -> None:
    ((chosen, rejected),) = [c.responses for c in as_comparisons(MADE, PICKS, [Pair(0, 1)])]
    assert (chosen, rejected) == ("0", "1")
    with pytest.raises(ValueError, match="2 counts"):
        feedback_pairs(MADE, [1, 0], popular=1)
    with pytest.raises(ContractError, match="'user_prompt'"):
        feedback_pairs(MADE, PICKS, popular=1, by="user_prompt")
