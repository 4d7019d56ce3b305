"""Hosts' own reward functions become rewards: scored, composed, pickled, and told apart when they misbehave."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from tests.integrations import hosts_own as own

from guerdon import ContractError, from_spec
from guerdon.engine import map as score_all
from guerdon.integrations.easyr1 import from_easyr1
from guerdon.integrations.openrlhf import from_openrlhf
from guerdon.integrations.swift import from_swift
from guerdon.integrations.trl import from_trl, to_trl
from guerdon.integrations.verl import from_verl

ROWS: list[dict[str, Any]] = [
    {"prompt": "2+2?", "response": "4", "solution": "4", "answer": "4", "hint": 1},
    {"prompt": "2+3?", "response": "4", "solution": "5", "answer": "5", "hint": 0},
]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_a_trl_function_scores_text_and_chats() -> None:
    made = from_trl(own.accuracy)
    assert made.name == "accuracy"
    assert made(ROWS).values.tolist() == [1.0, 0.0]
    chats = [{**row, "prompt": [{"role": "user", "content": row["prompt"]}]} for row in ROWS]
    assert made(chats).values.tolist() == [1.0, 0.0]
    assert made([*ROWS, {"prompt": "?", "response": "4"}]).counts() == {"OK": 2, "INAPPLICABLE": 1}


def test_an_async_trl_function_is_awaited() -> None:
    assert from_trl(own.waiting)(ROWS).values.tolist() == [1.0, 1.0]


def test_it_composes_and_goes_back_into_the_host() -> None:
    both = 0.5 * from_trl(own.accuracy) + 0.5 * from_spec("length.chars")
    assert both(ROWS).values.tolist() == [1.0, 0.5]
    assert to_trl(both)(prompts=["2+2?"], completions=["4"], solution=["4"]) == [1.0]


def test_a_verl_function_keeps_its_parts(write: Any) -> None:
    path = write("reward.py", own.VERL)
    made = from_verl(path, bonus=0.5, components=("acc", "hinted"))
    scores = made(ROWS)
    assert scores.values.tolist() == [1.5, 0.5]
    assert {name: c.values.tolist() for name, c in scores.components.items()} == {
        "compute_score": [1.5, 0.5], "compute_score/acc": [1.0, 0.0], "compute_score/hinted": [1.0, 0.0],
    }  # fmt: skip
    assert from_verl(path, "later")(ROWS).values.tolist() == [1.0, 0.0]


def test_openrlhf_is_called_one_by_one(write: Any) -> None:
    pytest.importorskip("torch")
    made = from_openrlhf(write("reward.py", own.OPENRLHF), components=("scores", "length"))
    scores = made(ROWS)
    assert scores.values.tolist() == [2.0, 0.0]
    assert scores.components["reward_func/length"].values.tolist() == [5.0, 5.0]


def test_a_swift_class_is_made_and_called() -> None:
    assert from_swift(own.Length, scale=2.0)(ROWS).values.tolist() == [2.0, 2.0]


def test_an_easyr1_file_says_that_it_is_sequential(write: Any) -> None:
    made = from_easyr1(write("reward.py", own.EASYR1), components=("accuracy",))
    assert made(ROWS).values.tolist() == [1.0, 0.0]


def test_a_result_of_the_wrong_length_names_the_function() -> None:
    with pytest.raises(ContractError, match=r"broadcast must return 2 results, one a row, not 1 results"):
        from_trl(own.broadcast)(ROWS)


def test_what_it_raises_makes_failed_rows() -> None:
    scores = from_trl(own.crash)(ROWS)
    assert scores.counts() == {"FAILED": 2}
    assert "ValueError: no such key (hosts_own.py" in scores.reasons[0]


def test_a_missing_key_names_those_there_are(write: Any) -> None:
    made = from_verl(write("reward.py", own.VERL), components=("format",))
    with pytest.raises(ContractError, match=r"returned no 'format', only score, acc, hinted"):
        made(ROWS)


def test_they_go_to_other_processes(write: Any) -> None:
    for made in (from_trl(own.accuracy), from_swift(own.Length), from_verl(write("reward.py", own.VERL), bonus=1.0)):
        again = pickle.loads(pickle.dumps(made))
        assert again(ROWS).equals(made(ROWS))
    scores = score_all(made, ROWS, engine="processes", workers=1)
    assert scores.values.tolist() == [2.0, 1.0]
