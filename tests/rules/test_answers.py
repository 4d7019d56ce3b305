from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Reward, Status
from guerdon.rules.answers import choice, choices, exact, fuzzy, numeric, yes_no

EVERY = [exact(), fuzzy(), numeric(), yes_no(), choice(), choices()]


def value(reward: Reward, answer: str, gold: Any, **columns: Any) -> float | None:
    return reward.one({"response": f"<think>…</think><answer>{answer}</answer>", "answer": gold, **columns}).value


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_a_response_without_its_tag_is_malformed_and_worth_0(reward: Reward) -> None:
    score = reward.one({"response": "A yes 5", "answer": "A"})
    assert (score.status, score.value) == (Status.MALFORMED, 0.0)


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_ten_megabytes_are_one_score(reward: Reward) -> None:
    score = reward.one({"response": f"<answer>{'9' * 10_000_000}</answer>", "answer": "5"})
    assert score.value == 0.0


@pytest.mark.parametrize("reward", [numeric(), yes_no(), choice(), choices()], ids=str)
def test_a_true_answer_that_cannot_be_read_makes_the_row_inapplicable(reward: Reward) -> None:
    readable = {"answer.numeric": "5", "answer.yes_no": "yes"}.get(reward.name, "A")
    assert reward.one({"response": f"<answer>{readable}</answer>", "answer": "?"}).status == Status.INAPPLICABLE


@pytest.mark.parametrize("reward", EVERY, ids=str)
@given(
    response=st.text(max_size=30) | st.text(max_size=20).map("<answer>{}</answer>".format), gold=st.text(max_size=10)
)
def test_any_text_gets_a_value_in_range_or_a_reason(reward: Reward, response: str, gold: str) -> None:
    score = reward.one({"response": response, "answer": gold})
    assert score.status != Status.FAILED
    assert (score.value is None and score.reason) or 0.0 <= (score.value or 0.0) <= 1.0


def test_exact_ignores_case_articles_and_punctuation_unless_told_otherwise() -> None:
    assert value(exact(), "The cat.", "cat") == 1.0
    assert value(exact(normalised=False), "The cat.", "cat") == 0.0
    assert value(exact(normalised=False), " cat ", "cat") == 1.0


def test_exact_accepts_any_answer_of_a_list() -> None:
    assert value(exact(), "NYC", ["New York", "nyc"]) == 1.0
    assert exact().one({"response": "<answer>x</answer>", "answer": []}).status == Status.INAPPLICABLE


@pytest.mark.parametrize("nothing", ["", " ", "the", ".", "an"])
def test_nothing_is_not_the_option_a(nothing: str) -> None:
    assert value(exact(), nothing, "A") == 0.0


def test_fuzzy_is_the_levenshtein_ratio_with_the_nearest_answer() -> None:
    # "cat" and "cut": one letter out, one in, over 3 + 3
    assert value(fuzzy(), "cat", ["dog", "cut"]) == pytest.approx(1 - 2 / 6)
    assert value(fuzzy(), "Cat!", "cat") == 1.0


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("3.50", "3.5", 1.0),
        ("1/2", 0.5, 1.0),
        ("1,000", 1000, 1.0),
        ("3.51", "3.5", 0.0),
        ("0.1", "0.10000000000000001", 0.0),  # equal as floats, not as numbers
        ("1.5 km", "1500 m", 1.0),
        ("12 inches", "1 ft", 1.0),
        ("90 minutes", "1.5 h", 1.0),
        ("5 kg", "5 m", 0.0),
        ("5", "5 m", 1.0),
        ("$5", "5 dollars", 1.0),
        ("50%", "0.5", 1.0),
        ("50%", "50", 1.0),
        ("50%", "5", 0.0),
        ("5 apples", "5", 1.0),
    ],
)
def test_numbers_are_compared_exactly_with_their_units(answer: str, gold: Any, expected: float) -> None:
    assert value(numeric(), answer, gold) == expected


def test_tolerance_is_the_larger_of_relative_and_absolute() -> None:
    assert value(numeric(relative=0.05), "105", "100") == 1.0
    assert value(numeric(relative=0.05), "105.1", "100") == 0.0
    assert value(numeric(relative=0.05), "0.001", "0") == 0.0
    assert value(numeric(absolute=0.01), "0.001", "0") == 1.0


def test_two_numbers_are_malformed_unless_one_is_chosen() -> None:
    assert value(numeric(), "3 or 4", "4") == 0.0
    assert value(numeric(which="last"), "3 or 4", "4") == 1.0
    assert numeric(within=None, which="last").one({"response": "2 + 2 = 4", "answer": "4"}).value == 1.0


@pytest.mark.parametrize(("gold", "expected"), [("no", 1.0), (False, 1.0), ("Yes.", 0.0), (True, 0.0)])
def test_yes_no_takes_words_and_truth_values(gold: Any, expected: float) -> None:
    assert value(yes_no(), "No, it isn't.", gold) == expected


def test_knowing_and_yesterday_say_neither_yes_nor_no() -> None:
    for answer in ("I know", "yesterday", "yes and no"):
        score = yes_no().one({"response": f"<answer>{answer}</answer>", "answer": "no"})
        assert score.status == Status.MALFORMED


def test_another_pair_of_words() -> None:
    assert value(yes_no(words=("true", "false")), "True", "true") == 1.0


@pytest.mark.parametrize("answer", ["B", "(b)", "B) cat", "The answer is B.", "**B**"])
def test_a_choice_is_found_in_what_people_write(answer: str) -> None:
    assert value(choice(), answer, "B") == 1.0
    assert value(choice(), answer, "(C)") == 0.0


def test_options_can_be_chosen_by_their_text() -> None:
    assert value(choice(), "a cat", "B", options=["dog", "cat"]) == 1.0
    assert value(choice(), "A", "dog", options=["dog", "cat"]) == 1.0
    assert choice().one({"response": "<answer>C</answer>", "answer": "A", "options": ["dog", "cat"]}).value == 0.0


def test_choices_score_the_set_or_a_share_of_it() -> None:
    subset = choices(credit="subset")
    assert [value(choices(), a, "A,B") for a in ("B, A", "A", "A,B,C")] == [1.0, 0.0, 0.0]
    assert [value(subset, a, ["A", "B"]) for a in ("B, A", "A", "A,C", "A,A")] == [1.0, 0.5, 0.0, 0.5]


@given(st.sets(st.sampled_from("ABCD"), min_size=1), st.sets(st.sampled_from("ABCD"), min_size=1))
def test_partial_credit_is_at_least_the_strict_one_and_full_only_for_all(found: set[str], gold: set[str]) -> None:
    answer, true = ",".join(sorted(found)), ",".join(sorted(gold))
    strict, partial = value(choices(), answer, true), value(choices(credit="subset"), answer, true)
    assert strict == float(found == gold)
    assert partial == (len(found) / len(gold) if found <= gold else 0.0)


@pytest.mark.parametrize("reward", [choice(), choices(), choices(credit="subset")], ids=str)
def test_it_agrees_with_the_recorded_accuracy_of_a_real_model(reward: Reward, data_dir: Path) -> None:
    rows = [json.loads(line) for line in (data_dir / "tw_grpo" / "outputs_mmvu.jsonl").read_text().splitlines()]
    values = reward([{"response": row["model_output"], "answer": row["ground_truth"]} for row in rows]).values
    assert values.tolist() == [row["accuracy_score"] for row in rows]
    assert len(rows) == 625
