from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Reward, Status
from guerdon.rules.text import bleu, edit, rouge_l, token_f1

EVERY = [bleu(), rouge_l(), token_f1(), edit()]


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_the_reference_itself_is_1_and_the_best_of_several_counts(reward: Reward) -> None:
    text = "two red birds sang above it"
    assert reward.one({"response": text, "answer": text}).value == pytest.approx(1.0)
    assert reward.one({"response": text, "answer": ["something else", text]}).value == pytest.approx(1.0)


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_an_empty_response_is_worth_0_and_no_reference_is_inapplicable(reward: Reward) -> None:
    assert reward.one({"response": "", "answer": "two red birds"}).value == 0.0
    assert reward.one({"response": "x", "answer": []}).status == Status.INAPPLICABLE
    assert reward.one({"response": "x", "answer": None}).status == Status.INAPPLICABLE


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_ten_megabytes_are_malformed(reward: Reward) -> None:
    score = reward.one({"response": "word " * 2_000_000, "answer": "word"})
    assert (score.status, score.value) == (Status.MALFORMED, 0.0)


@pytest.mark.parametrize("factory", [bleu, rouge_l, token_f1, edit], ids=lambda f: f.id)
def test_a_tag_can_hold_the_text(factory) -> None:  # type: ignore[no-untyped-def]
    reward = factory(within="answer")
    row = {"response": "<think>hm</think><answer>two red birds sang</answer>", "answer": "two red birds sang"}
    assert reward.one(row).value == pytest.approx(1.0)
    assert reward.one({"response": "two red birds sang", "answer": "x"}).status == Status.MALFORMED


def test_the_references_can_be_in_another_column() -> None:
    assert edit().reading(answer="references").one({"response": "ab", "references": ["ab"]}).value == 1.0


@pytest.mark.parametrize("reward", EVERY, ids=str)
@given(a=st.text(max_size=20), b=st.text(max_size=20))
def test_values_lie_between_0_and_1(reward: Reward, a: str, b: str) -> None:
    value = reward.one({"response": a, "answer": b}).value
    assert value is not None
    assert 0.0 <= value <= 1.0
