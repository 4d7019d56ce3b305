"""Asking a reward of any kind which of two responses is better, and knowing what it reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.audit import crooked, planted

from guerdon import reward
from guerdon.audit import Subject, Trial
from guerdon.rules import answers, boxes, group, masks, process
from guerdon.rules import format as layout

ROSE = Trial({"answer": "rose"}, "<answer>rose</answer>", "<answer>tulip</answer>", known=True)
LILY = Trial({"answer": "lily"}, "<answer>lily</answer>", "<answer>daisy</answer>", known=True)
TWO = [ROSE, LILY]


@reward("subjects.variety", over="set", range=(0, None))
def variety(response: list[str]) -> float:
    """Different responses."""
    return float(len(set(response)))


@pytest.mark.parametrize(
    ("made", "margin"),
    [
        (answers.exact(), 1.0),
        (planted.ties_as_wins(), 0.5),  # P(first) − ½
        (crooked.group_share(), 0.5),  # of a group of two one is right
        (variety(), 0.0),
        (0.5 * answers.exact() + 0.5 * layout.tags(tags="answer"), 0.5),
    ],
)
def test_margins_work_for_rewards_of_every_kind(made: Any, margin: float) -> None:
    assert Subject(made, TWO).gaps.tolist() == [margin, margin]


def test_a_response_that_is_missing_has_no_margin() -> None:
    subject = Subject(answers.exact(), [ROSE, Trial({"answer": "x"}, "<answer>x</answer>")])
    assert subject.told == [0]
    assert np.isnan(subject.gaps[1])


def test_a_pairwise_reward_is_asked_about_both_responses_together() -> None:
    subject = Subject(planted.ties_as_wins(), TWO)
    assert [unit["responses"] for unit in subject.units] == [[ROSE.good, ROSE.bad], [LILY.good, LILY.bad]]
    assert subject.honest.values.tolist() == [1.0, 1.0]
    assert subject.asked == 4


def test_members_of_a_group_are_blocks() -> None:
    subject = Subject(crooked.group_share(), TWO)
    assert subject.blocks == [[0, 1], [2, 3]]
    assert Subject(answers.exact(), TWO).blocks == [[0], [1], [2], [3]]


def test_given_groups_stay_together_even_if_some_rows_were_left_out() -> None:
    rows = [{"group": 1, "group_size": 3, "tool_calls": n} for n in (1, 0)]
    subject = Subject(group.curiosity(), [Trial(row) for row in rows])
    assert subject.blocks == [[0, 1]]
    assert len(subject.honest) == 2


def test_what_a_reward_reads_is_what_its_functions_name_or_its_class_is_seen_to_ask_for() -> None:
    composed = 0.9 * boxes.iou() + 0.1 * layout.tags()
    assert Subject(composed, TWO).reads == {"response", "boxes", "image_size", "resized_size"}
    assert Subject(crooked.Made(), TWO).reads == {"answer", "response"}
    assert Subject(planted.judge(), TWO).reads == {"response", "images"}
    assert Subject(answers.exact().reading(answer="gold"), TWO).references == ["gold"]


def test_a_renamed_response_is_written_where_it_is_read() -> None:
    made = answers.exact().reading(response="completion")
    subject = Subject(made, TWO)
    assert subject.units[0]["completion"] == ROSE.good
    assert subject.gaps.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("made", "trials", "need", "why"),
    [
        (process.step_scores(), [Trial({"step_scores": [1]})], "response", "it reads no response"),
        (masks.iou(), [Trial({"mask": [[1]], "response": None})], "response", "no row has a response"),
        (answers.exact(), [Trial({"answer": "x"}, "x")], "pairs", "wrong response beside a right one"),
        (answers.exact(), [Trial({"answer": "x"}, "x", "y")], "known", "nobody says"),
        (layout.tags(), [ROSE], "baseline", "right responses win on 0 of 1 rows"),
        (answers.exact(), [ROSE], "images", "it reads no image"),
        (planted.sees(), [ROSE], "images", "no row has an image"),
        (answers.exact(), [ROSE], "prompt", "it reads no prompt"),
        (layout.tags(), [ROSE], "reference", "checked against"),
        (answers.exact(), [ROSE], "pairwise", "a value of its own"),
    ],
)
def test_what_a_check_lacks_is_said(made: Any, trials: list[Trial], need: str, why: str) -> None:
    assert why in Subject(made, trials).lacks(need)


def test_what_is_there_is_not_lacking() -> None:
    subject = Subject(answers.exact(), TWO)
    assert [subject.lacks(need) for need in ("response", "pairs", "known", "baseline", "reference")] == [""] * 5


def test_a_partner_has_another_answer_and_the_same_task_where_there_is_one() -> None:
    rows = [("A", "choice"), ("A", "choice"), ("7", "count"), ("B", "choice")]
    subject = Subject(answers.exact(), [Trial({"task": task, "answer": x}, x, known=True) for x, task in rows])
    assert subject.partners == [3, 3, 3, 0]


def test_examples_are_short_and_can_be_printed() -> None:
    shown = Subject(answers.exact(), TWO).example(0, response="\ud800" + "x" * 500, margin=np.float64("nan"))
    assert shown["row"] == "0"
    assert len(shown["response"]) < 200
    assert shown["response"].encode()
    assert shown["margin"] is None
