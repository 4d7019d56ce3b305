"""What a reward is tried on, from the rows that people have and from the World's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.audit import planted

from guerdon import Comparison, ContractError, Vote, reward
from guerdon.audit import Subject, Trial
from guerdon.audit.forms import PLAIN
from guerdon.audit.trials import Gaps, from_rows, from_world, spread
from guerdon.rules import answers, boxes
from guerdon.sample import Broken


def gaps_of(reward: Any) -> Gaps:
    return lambda trials: Subject(reward, trials).gaps


@reward("trials.boxed", range=(0, 1))
def boxed(response: str, answer: str) -> float:
    """Reads one form alone."""
    return float(response == f"\\boxed{{{answer}}}")


ANY: Gaps = lambda trials: np.zeros(len(trials))  # noqa: E731


def test_a_comparison_says_which_response_is_right() -> None:
    rows: list[Any] = [
        {"prompt": "Which?", "chosen": "a rose", "rejected": "a tulip", "answer": "rose"},
        Comparison("Which?", ["x", "y", "z"], [Vote(((2,), (0, 1)))], models=["m0", "m1", "m2"]),
    ]
    first, second = from_rows(rows, ANY, 10)
    assert (first.good, first.bad, first.known, first.row) == (
        "a rose", "a tulip", True, {"prompt": "Which?", "answer": "rose"}
    )  # fmt: skip
    assert (second.good, second.bad, second.row["models"]) == ("z", "x", ["m2", "m0"])


def test_a_row_keeps_nothing_that_says_which_response_is_right() -> None:
    (trial,) = from_rows([{"prompt": "?", "chosen": "a", "rejected": "b", "id": "7"}], ANY, 10)
    assert set(trial.row) == {"prompt", "id"}


def test_outputs_stand_beside_outputs_that_say_something_else_and_nobody_vouches_for_them() -> None:
    rows = [{"response": f"<answer>{x}</answer>", "answer": x} for x in ("A", "A", "B")]
    found = from_rows(rows, ANY, 10)
    assert [(t.content, t.bad, t.known) for t in found] == [
        ("A", "<answer>B</answer>", False), ("A", "<answer>B</answer>", False), ("B", "<answer>A</answer>", False)
    ]  # fmt: skip


def test_right_responses_are_made_from_answers_in_the_form_that_the_reward_reads() -> None:
    rows = [{"prompt": "?", "answer": str(n)} for n in range(4)]
    for made, form in ((boxed(), "boxed"), (answers.numeric(), "tags"), (answers.numeric(within=None), "tags")):
        trials = from_rows(rows, gaps_of(made), 10)
        assert {t.parts.form.name for t in trials} == {form}
        assert [t.content for t in trials] == ["0", "1", "2", "3"]
        assert Subject(made, trials).told == [0, 1, 2, 3]
    plain = from_rows(rows, gaps_of(answers.numeric(within=None)), 10, forms=(PLAIN,))
    assert (plain[0].good, plain[0].bad) == ("0", "1")


def test_rows_without_response_or_answer_are_taken_as_they_are() -> None:
    (trial,) = from_rows([{"ious": [0.3, 0.9]}], ANY, 10)
    assert (trial.row, trial.good) == ({"ious": [0.3, 0.9]}, None)


def test_a_broken_row_is_left_out_and_only_broken_ones_are_refused() -> None:
    broken = Broken("line 2", "not JSON")
    assert len(from_rows([{"response": "a"}, broken], ANY, 10)) == 1
    with pytest.raises(ContractError, match="no row to audit"):
        from_rows([broken], ANY, 10)
    with pytest.raises(ContractError, match="no comparison is decided"):
        from_rows([Comparison("?", ["a", "b"], [Vote(((0, 1),))])], ANY, 10)


def test_a_few_rows_of_many_are_spread_over_all() -> None:
    assert spread(1000, 4) == [0, 250, 500, 750]
    assert spread(3, 10) == [0, 1, 2]


def test_the_world_gives_what_a_reward_can_read() -> None:
    kinds = {t.row["task"] for t in from_world(["answer"], gaps_of(answers.yes_no()), 20, 0)}
    assert kinds == {"relation"}
    trials = from_world(["boxes"], gaps_of(boxes.iou()), 20, 0)
    assert {t.row["task"] for t in trials} <= {"ground", "detect"}
    assert np.mean(Subject(boxes.iou(), trials).gaps > 0) >= 0.75
    assert {t.row["task"] for t in from_world([], gaps_of(planted.sees()), 12, 0)} == {"caption"}


def test_rows_of_the_world_are_not_shared_between_audits() -> None:
    first = from_world(["boxes"], gaps_of(boxes.iou()), 4, 0)
    first[0].row["boxes"].clear()
    assert from_world(["boxes"], gaps_of(boxes.iou()), 4, 0)[0].row["boxes"]


def test_a_trial_says_something_else_in_the_form_of_its_response() -> None:
    trial = Trial({}, "<think>A rose!</think><answer>rose</answer>")
    assert trial.said("tulip").endswith("<answer>tulip</answer>")
    assert "rose" not in trial.said("tulip").lower()
