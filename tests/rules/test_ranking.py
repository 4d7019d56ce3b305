"""Rewards for rankings: hand arithmetic, what cannot be read, and what must not pay."""

from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Reward, Status
from guerdon.rules.ranking import list_format, ndcg, precision, recall, reciprocal_power, reciprocal_rank

REWARDS = [ndcg(), reciprocal_rank(), reciprocal_power(), recall(k=3), precision(k=3)]
IDS = [reward.spec() for reward in REWARDS]


def answered(text: str, **columns: Any) -> dict[str, Any]:
    return {"response": f"<think>hm</think><answer>{text}</answer>", **columns}


def earned(reward: Reward, text: str, **columns: Any) -> float | None:
    return reward.one(answered(text, **columns)).value


@pytest.mark.parametrize(
    ("reward", "expected"),
    [
        (ndcg(), (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))),
        (ndcg(k=2), (1 / log2(3)) / (1 + 1 / log2(3))),
        (reciprocal_rank(), 1 / 2),
        (reciprocal_power(power=3), (1 / 8 + 1 / 64) / (1 + 1 / 8)),
        (reciprocal_power(power=1), (1 / 2 + 1 / 4) / (1 + 1 / 2)),
        (recall(k=3), 1 / 2),
        (precision(k=3), 1 / 3),
    ],
    ids=lambda x: x.spec() if isinstance(x, Reward) else "",
)
def test_relevant_ids_second_and_fourth(reward: Reward, expected: float) -> None:
    assert earned(reward, "[5, 3, 4, 1, 2]", relevant=[1, 3]) == pytest.approx(expected)


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
@pytest.mark.parametrize("text", ["[1, 2]", "1 > 2", "[01, 02]", '["1", "2"]'])
def test_the_way_a_ranking_is_written_does_not_matter(reward: Reward, text: str) -> None:
    assert earned(reward, text, relevant=["2"]) == earned(reward, "[1, 2]", relevant=[2])


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
@pytest.mark.parametrize("text", ["no list here", "", "[1, [2]]", "[true]"])
def test_a_response_that_lists_no_ids_is_malformed(reward: Reward, text: str) -> None:
    score = reward.one(answered(text, relevant=[1]))
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_two_answers_are_no_answer() -> None:
    row = {"response": "<answer>[2, 1]</answer><answer>[1, 2]</answer>", "relevant": [1]}
    assert ndcg().one(row).status == Status.MALFORMED
    assert ndcg(which="last").one(row).value == 1.0


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
@pytest.mark.parametrize("relevant", [[], {}, {"a": 0}, {"a": -1}])
def test_nothing_relevant_makes_the_row_inapplicable(reward: Reward, relevant: Any) -> None:
    assert reward.one(answered("[1]", relevant=relevant)).status == Status.INAPPLICABLE


def test_gains_may_differ() -> None:
    graded = earned(ndcg(), "[2, 1]", relevant={1: 3.0, 2: 1.0, 3: 0.0})
    assert graded == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
def test_naming_an_id_again_earns_nothing(reward: Reward) -> None:
    once, again = (earned(reward, text, relevant=["a", "b"]) for text in ("[a, x]", "[a, a]"))
    assert again == once


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
def test_ids_of_a_column_need_no_text(reward: Reward) -> None:
    row = {"retrieved": np.array([7, 3, 5]), "relevant": np.array([3])}
    assert reward.reading(response="retrieved").one(row).value == earned(reward, "[7, 3, 5]", relevant=3)
    assert reward.reading(response="retrieved").one({"retrieved": [], "relevant": [3]}).value == 0.0
    assert reward.reading(response="retrieved").one({"retrieved": 7, "relevant": [3]}).status == Status.MALFORMED


@pytest.mark.parametrize("reward", REWARDS, ids=IDS)
@given(st.permutations(range(1, 6)), st.sets(st.integers(1, 5), min_size=1), st.permutations(range(1, 6)))
def test_renaming_the_candidates_changes_nothing(
    reward: Reward, order: list[int], relevant: set[int], names: list[int]
) -> None:
    plain = earned(reward, str(order), relevant=[*relevant])
    assert plain is not None
    assert 0.0 <= plain <= 1.0
    assert earned(reward, str([names[i - 1] for i in order]), relevant=[names[i - 1] for i in relevant]) == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[3, 1, 2, 4, 5]", 1.0),
        ("[3, 1]", 2 / 5),
        ("[9, 8, 7, 6, 5]", 1 / 5),
        ("[3, 3, 3, 3, 3]", 1 / 5),
        ("[1, 2, 3, 4, 5, 1, 2, 3, 4, 5]", 5 / 10),
        ("[0, 1, 2, 3, 4]", 4 / 5),
        ("[]", 0.0),
    ],
)
def test_each_candidate_once_is_the_format(text: str, expected: float) -> None:
    assert earned(list_format(), text, candidates=5) == pytest.approx(expected)
    assert earned(list_format(), text, candidates=[1, 2, 3, 4, 5]) == pytest.approx(expected)


@pytest.mark.parametrize("candidates", [0, []])
def test_without_candidates_there_is_no_format(candidates: Any) -> None:
    assert list_format().one(answered("[1]", candidates=candidates)).status == Status.INAPPLICABLE
