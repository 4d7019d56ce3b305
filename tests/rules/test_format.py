from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.rules.format import tag_counts_share, tags

GOOD = "<think>2+2</think>\n<answer>4</answer>"


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (GOOD, 1.0),
        (GOOD + "\n", 0.0),
        ("So: " + GOOD, 0.0),
        (GOOD + GOOD, 0.0),
        ("<answer>4</answer><think>2+2</think>", 0.0),
        ("<think>2+2<answer>4</answer>", 0.0),
        ("", 0.0),
    ],
)
def test_the_whole_response_must_have_the_layout(response: str, value: float) -> None:
    assert tags().one({"response": response}).value == value


def test_search_allows_text_around_and_duplicates_allows_a_second_answer() -> None:
    around, twice = {"response": f"So: {GOOD}!"}, {"response": GOOD + GOOD}
    assert tags(match="search").one(around).value == 1.0
    assert tags(match="search").one(twice).value == 0.0
    assert tags(duplicates=True).one(twice).value == 1.0


def test_other_tags_can_be_asked_for() -> None:
    assert tags(tags="look answer").one({"response": "<look>x</look><answer>4</answer>"}).value == 1.0


def test_counts_pay_a_share_for_each_tag_that_occurs_once() -> None:
    share = tag_counts_share()
    assert share.one({"response": GOOD}).value == 1.0
    assert share.one({"response": "<think>2+2</think> 4"}).value == 2 / 4
    assert share.one({"response": GOOD + "<answer>"}).value == 3 / 4
    assert share.one({"response": ""}).value == 0.0


def test_a_bomb_of_a_million_tags_is_only_a_wrong_layout() -> None:
    bomb = {"response": "<think>" * 1_000_000}
    assert tags().one(bomb).value == 0.0
    assert tag_counts_share().one(bomb).value == 0.0


pieces = st.lists(st.sampled_from(["<think>", "</think>", "<answer>", "</answer>", "x", " "]), max_size=12).map("".join)


@given(pieces)
def test_the_full_layout_always_has_full_counts(response: str) -> None:
    row = {"response": response}
    if tags().one(row).value == 1.0:
        assert tag_counts_share().one(row).value == 1.0


def test_it_agrees_with_the_recorded_format_scores_of_a_real_model(data_dir: Path) -> None:
    rows = [json.loads(line) for line in (data_dir / "tw_grpo" / "outputs_mmvu.jsonl").read_text().splitlines()]
    values = tags()([{"response": row["model_output"]} for row in rows]).values
    assert values.tolist() == [row["format_score"] for row in rows]
    assert len(rows) == 625
