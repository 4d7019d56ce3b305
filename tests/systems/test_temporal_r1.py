"""Temporal-R1: what the official code pays by mistake earns nothing by default, and is there as published."""

from typing import Any

import pytest

from guerdon import Reward, Status
from guerdon.systems import Proof, temporal_r1

TARGET = {"answer": [0.2, 0.6], "video_length": 10.0}
THOUGHT = "<think>t</think>"


def said(start: str, end: str, quote: str = '"') -> str:
    answer = f'{{"start_time": {quote}{start}{quote}, "end_time": {quote}{end}{quote}}}'
    return f"{THOUGHT}<answer>{answer}</answer>"


def earned(reward: Reward, response: str, **columns: Any) -> float | None:
    return reward.one({"response": response, **TARGET, **columns}).value


PUBLISHED = temporal_r1.grounding(as_published=True)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (said("2.0", "8.0"), 0.5 * 4 / 6 + 0.5),
        (said("0", "10"), 0.5 * 0.4 + 0.5),
        (said("8", "2"), 0.5),
        (said("2", "8", quote=""), 0.5 * 4 / 6),
        (said("2", "80"), 0.5 * 4 / 78 + 0.5),
        (said("1.5.2", "3"), 0.5),
        (" " + said("2", "8"), 0.5 * 4 / 6),
        (said("2", "8") * 2, 0.5 * 4 / 6 + 0.5),
    ],
)
def test_the_published_table(response: str, expected: float) -> None:
    assert earned(PUBLISHED, response) == pytest.approx(expected)


@pytest.mark.parametrize(
    "response",
    [said("8", "2"), said("2", "2"), said("1.5.2", "3"), said("2", "8") * 2, said("2", "8") + said("0", "1")],
    ids=["inverted", "of no length", "no number", "twice", "two answers"],
)
def test_a_format_without_an_interval_earns_nothing(response: str) -> None:
    assert earned(PUBLISHED, response) is not None
    assert earned(PUBLISHED, response) >= 0.5  # type: ignore[operator]
    assert earned(temporal_r1.grounding(), response) == 0.0


@pytest.mark.parametrize("response", [said("2", "8"), said("2", "8", quote=""), f"{THOUGHT}<answer>2 to 8 s</answer>"])
def test_any_readable_interval_has_the_format(response: str) -> None:
    assert earned(temporal_r1.grounding(), response) == pytest.approx(0.5 * 4 / 6 + 0.5)


def test_without_a_thought_half_is_lost() -> None:
    assert earned(temporal_r1.grounding(), "<answer>2 to 6</answer>") == pytest.approx(0.5)


def test_rows_are_scored_by_their_type() -> None:
    rows = [
        {"response": said("2", "6"), "problem_type": "tvg", **TARGET},
        {"response": f"{THOUGHT}<answer>B</answer>", "problem_type": "multi-choice", "answer": "B"},
        {"response": f"{THOUGHT}<answer>1/2</answer>", "problem_type": "numerical", "answer": "0.5"},
        {"response": "B", "problem_type": "multi-choice", "answer": "B"},
    ]
    for as_published in (False, True):
        values = temporal_r1.dual(as_published=as_published)(rows).values
        assert values[:3] == pytest.approx([1.0, 1.0, 1.0])
        assert values[3] == (0.5 if as_published else 0.0)  # officially, text without tags is an answer


def test_a_second_answer_is_welcome_only_as_published() -> None:
    twice = {"response": f"{THOUGHT}<answer>B</answer>{THOUGHT}<answer>C</answer>", "answer": "B"}
    assert temporal_r1.qa(as_published=True).one(twice).value == 1.0
    assert temporal_r1.qa().one(twice).value == 0.0


def test_evidence_is_added_to_the_answer() -> None:
    row = {
        "response": f"{THOUGHT}<answer>B</answer><glue>[[2, 8]]</glue>", "answer": "B", "glue": [[2.0, 6.0]],
    }  # fmt: skip
    scores = temporal_r1.grounded_qa().one(row)
    assert scores.value == pytest.approx(1.0 + 4 / 6 + 1.0)
    assert temporal_r1.grounded_qa().one({**row, "glue": None}).status == Status.INAPPLICABLE


@pytest.mark.parametrize("proof", temporal_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""
