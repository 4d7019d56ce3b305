from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Status
from guerdon.rules.answers import exact
from guerdon.rules.shape import chars, cosine, repeated_ngrams, soft_overlong, tokens, words


@pytest.mark.parametrize(
    ("file", "wrong", "half"),
    [("vl_rewardbench/data.jsonl", 42.6, 43.1), ("mm_rlhf_rewardbench/mm_reward_bench.jsonl", 71.8, 72.4)],
)
def test_the_length_baseline_of_published_pairs(file: str, wrong: float, half: float, data_dir: Path) -> None:
    pairs = [json.loads(line) for line in (data_dir / file).read_text().splitlines()]
    chosen, rejected = (chars()([{"response": pair[side]} for pair in pairs]).values for side in ("chosen", "rejected"))
    wins, ties = np.mean(chosen > rejected), np.mean(chosen == rejected)
    assert round(100 * wins, 1) == wrong
    assert round(100 * (wins + ties / 2), 1) == half


def test_lengths_count_characters_words_and_tokens() -> None:
    row = {"response": "two  words", "tokens": [1, 2, 3]}
    assert [reward().one(row).value for reward in (chars, words, tokens)] == [10.0, 2.0, 3.0]
    assert tokens().one({"response": "x", "tokens": None}).status == Status.INAPPLICABLE


def test_cosine_moves_between_its_bounds_and_stays_at_the_limit() -> None:
    curve = cosine(limit=1024)
    values = [curve.one({"response": "", "tokens": n}).value for n in (0, 512, 1024, 1500)]
    assert values == pytest.approx([1.0, 0.75, 0.5, 0.5])


def test_cosine_behind_both_outcomes_prefers_short_right_and_long_wrong_answers() -> None:
    accuracy = exact(within=None)
    right = accuracy >> cosine(at_zero=1.0, at_limit=0.5, limit=100).named("right")
    wrong = (1 - accuracy).at_least(1) >> cosine(at_zero=-0.5, at_limit=0.0, limit=100).named("wrong")
    rows = [{"response": r, "answer": "4", "tokens": n} for r, n in (("4", 0), ("4", 100), ("5", 0), ("5", 100))]
    assert (right + wrong)(rows).values == pytest.approx([1.0, 0.5, -0.5, 0.0])


def test_cosine_without_a_token_count_does_not_guess_one() -> None:
    assert cosine().one({"response": "a b c"}).status == Status.INAPPLICABLE
    assert soft_overlong(limit=9, buffer=3).one({"response": "a b c"}).status == Status.INAPPLICABLE


@pytest.mark.parametrize("settings", [{"at_zero": 2.0}, {"limit": 0}, {"unit": "lines"}])
def test_impossible_settings_of_cosine_raise(settings: dict[str, object]) -> None:
    with pytest.raises(ContractError):
        cosine(**settings).one({"response": "a", "tokens": 1})


@given(st.integers(0, 5000), st.floats(-1, 1), st.floats(-1, 1))
def test_cosine_lies_between_its_bounds(length: int, at_zero: float, at_limit: float) -> None:
    value = cosine(at_zero=at_zero, at_limit=at_limit).one({"response": "", "tokens": length}).value
    assert value is not None
    assert min(at_zero, at_limit) - 1e-12 <= value <= max(at_zero, at_limit) + 1e-12


def test_soft_overlong_is_free_up_to_the_buffer_and_minus_1_past_the_limit() -> None:
    # limit 20480, buffer 4096: falls from 16384
    reward = soft_overlong(limit=20480, buffer=4096)
    lengths = (0, 16384, 18432, 20480, 10**9)
    assert [reward.one({"response": "", "tokens": n}).value for n in lengths] == [0.0, 0.0, -0.5, -1.0, -1.0]


def test_a_buffer_longer_than_the_limit_raises() -> None:
    with pytest.raises(ContractError, match="buffer=9, limit=5"):
        soft_overlong(limit=5, buffer=9).one({"response": "", "tokens": 1})


def test_repetition_costs_the_share_of_repeated_ngrams() -> None:
    # "a b c" three times: 7 trigrams, "a b c", "b c a", "c a b" distinct
    assert repeated_ngrams(n=3).one({"response": "a b C " * 3}).value == pytest.approx(3 / 7 - 1)


def test_short_and_empty_responses_repeat_nothing() -> None:
    assert [repeated_ngrams(n=3).one({"response": r}).value for r in ("", "a a")] == [0.0, 0.0]


def test_ten_megabytes_of_one_word_cost_everything() -> None:
    score = repeated_ngrams().one({"response": "spam " * 2_000_000})
    assert (score.status, score.value) == (Status.MALFORMED, -1.0)


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=20), st.integers(1, 4))
def test_saying_it_all_again_never_costs_less(said: list[str], n: int) -> None:
    once, twice = (repeated_ngrams(n=n).one({"response": " ".join(r)}).value for r in (said, said * 2))
    assert once is not None
    assert twice is not None
    assert -1.0 < twice <= once + 1e-12 <= 1e-12 or len(said) < n
