from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Status
from guerdon.rules.process import line_scores, step_scores
from guerdon.shaping import refine_steps


def test_scores_are_values_of_the_steps_and_their_sum_that_of_the_whole() -> None:
    score = step_scores().one({"step_scores": (0.5, 1, 0.25)})
    assert score.fine is not None
    assert (score.value, score.fine.values, score.fine.spans) == (1.75, (0.5, 1.0, 0.25), ((0, 1), (1, 2), (2, 3)))


@pytest.mark.parametrize("bad", ["0.5", [0.5, "high"], [None], [float("nan")], [float("inf")], 3, [[0.5]]])
def test_scores_that_are_no_numbers_are_the_models_failure(bad: Any) -> None:
    assert step_scores().one({"step_scores": bad}).status == Status.UNREAD
    assert line_scores().one({"response": "a", "step_scores": bad}).status == Status.UNREAD


def test_no_steps_are_nothing_to_score() -> None:
    assert step_scores().one({"step_scores": []}).status == Status.INAPPLICABLE
    assert line_scores().one({"response": "\n \n", "step_scores": []}).status == Status.INAPPLICABLE


def test_the_lines_of_a_text_are_its_steps() -> None:
    text = "\n\nfirst step\n  \nsecond step\n"
    score = line_scores().one({"response": text, "step_scores": [0.5, 1]})
    assert score.fine is not None
    assert [text[a:b] for a, b in score.fine.spans] == ["first step", "second step"]


def test_a_text_that_was_split_otherwise_is_unread() -> None:
    score = line_scores().one({"response": "a\nb", "step_scores": [0.5]})
    assert (score.status, score.reason) == (Status.UNREAD, "1 step scores for 2 lines")


@given(st.text("ab \n", max_size=30))
def test_every_span_is_a_line_that_is_not_blank(text: str) -> None:
    lines = [line for line in text.split("\n") if line.strip()]
    score = line_scores().one({"response": text, "step_scores": [0.5] * len(lines)})
    assert [text[a:b] for a, b in score.fine.spans] == lines if score.fine else not lines


def test_step_labels_of_vlrmbench_are_step_scores(data_dir: Path) -> None:
    lines = (data_dir / "vlrmbench" / "location_error.jsonl").read_text().splitlines()
    wrong = [json.loads(line)["task_gt"] for line in lines]
    rows = [{"step_scores": [1 - label for label in labels]} for labels in wrong]
    clipped = refine_steps(step_scores(), how="clip", threshold=0.5)(rows)
    assert len(rows) == 126
    # each wrong step costs the threshold, each right one nothing
    assert clipped.values.tolist() == [-0.5 * sum(labels) for labels in wrong]
