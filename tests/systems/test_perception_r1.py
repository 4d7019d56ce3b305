"""Perception-R1: facts that are seen, and what a judge's reply is worth."""

from typing import Any

import pytest

from guerdon import Score, Status
from guerdon.metrics.stats import mcnemar
from guerdon.systems import Proof, _perception_r1, perception_r1

FACTS = "<info1>AB is 3</info1>\n<info2>C is right</info2>\n<info3>D is 5</info3>"
GOOD = "<think>\nAB is 3\n</think>\n<answer>\n\\boxed{5}\n</answer>"


def seen(verdicts: Any, facts: Any = FACTS, **settings: Any) -> Score:
    return perception_r1.visual(**settings).one({"response": "r", "visual_key_info": facts, "verdicts": verdicts})


# -- free lunches ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "right", "published"),
    [
        ("<info1>1</info1>", 1 / 3, 1.0),  # a judge that stops early
        ("<info1>1</info1><info3>1</info3>", 2 / 3, 1.0),  # or leaves one out
        ("<info1>nan</info1><info2>0</info2><info3>0</info3>", 0.0, 1 / 3),
        ("<info1>7</info1><info2>0</info2><info3>0</info3>", 0.0, 1 / 3),
    ],
)
def test_what_the_judge_leaves_out_is_not_paid(verdicts: str, right: float, published: float) -> None:
    assert seen(verdicts).value == pytest.approx(right)
    assert seen(verdicts, as_published=True).value == pytest.approx(published, abs=1e-5)


def test_a_judge_that_did_not_answer_is_no_score() -> None:
    assert seen("I will not.").status == Status.UNREAD
    assert seen("I will not.", as_published=True).value == 0.0
    for as_published in (False, True):
        assert seen(None, as_published=as_published).value is None


def test_without_facts_there_is_no_visual_reward() -> None:
    assert seen("<info1>1</info1>", "").status == Status.INAPPLICABLE
    assert seen("<info1>1</info1>", "", as_published=True).value == 0.0


def test_stating_every_possibility_costs_where_contradictions_are_taken_off() -> None:
    row = {
        "response": GOOD, "answer": "5", "visual_key_info": ["AB is 3", "C is right"],
        "verdicts": [1, 1], "contradictions": [1, 0],
    }  # fmt: skip
    assert perception_r1.total().one(row).value == pytest.approx(0.9 + 0.1 + 0.7)
    assert perception_r1.total(contradictions=True).one(row).value == pytest.approx(0.9 + 0.1 + 0.7 - 0.35)


def test_two_complete_answers_have_the_format_as_published_alone() -> None:
    assert layout(GOOD + GOOD) == 0.0
    assert layout(GOOD + GOOD, as_published=True) == 1.0


def test_a_letter_can_be_right() -> None:
    row = {"response": GOOD.replace("5", "A"), "answer": "A"}
    assert perception_r1.accuracy().one(row).value == 1.0
    assert perception_r1.accuracy(as_published=True).one(row).value == 0.0


def test_keyword_stuffing_is_penalised() -> None:
    stuffed = "AB is 3 " * 40
    assert perception_r1.repetition().one({"response": stuffed}).value == pytest.approx(-(1 - 3 / 101))


# -- as in the paper ---------------------------------------------------------------------------------


def layout(response: str, **settings: Any) -> float | None:
    return perception_r1.template(**settings).one({"response": response}).value


@pytest.mark.parametrize(
    ("response", "strict", "published"),
    [
        (GOOD, 1.0, 1.0),
        ("<think>a</think><answer>\\boxed{5}</answer>", 1.0, 0.0),  # the line breaks that were asked for
        (GOOD.replace("5", ""), 0.0, 0.0),
        (GOOD.replace("\\boxed{5}", "5"), 0.0, 0.0),
        (GOOD.replace("\\boxed{5}", "\\boxed{5} \\boxed{6}"), 0.0, 1.0),
        (GOOD + "\n", 0.0, 0.0),
        ("<think>\n</think>\n<answer>\n\\boxed{5}\n</answer>", 1.0, 0.0),
        ("<think>\n\n</think>\n<answer>\n\\boxed{}}\n</answer>", 0.0, 1.0),
        ("", 0.0, 0.0),
    ],
)
def test_the_format_is_a_thought_and_a_boxed_answer(response: str, strict: float, published: float) -> None:
    assert layout(response) == strict
    assert layout(response, as_published=True) == published


@pytest.mark.parametrize(
    ("reply", "scores"),
    [
        ("<info1>1</info1><info3>1</info3>", [1.0]),
        ("<info1>yes</info1><info2>1</info2>", [0.0, 1.0]),
        ("<info1>2</info1><info2>-1</info2>", [1.0, 0.0]),
        ("<info1>1</info1> no, <info1>0</info1>", [0.0]),
        ("<info1>1</info1><info1>", [1.0]),
        ("<info1></info1>", []),
        ("<info1></info1>x</info1>", [0.0]),  # an empty body is not matched, so it goes on
        ("<info1>\n1\n</info1>", [1.0]),
        ("<info1>inf</info1>", [1.0]),
        ("", []),
    ],
)
def test_verdicts_are_read_as_published(reply: str, scores: list[float]) -> None:
    assert _perception_r1.extract_visual_scores(reply) == scores


@pytest.mark.parametrize(
    ("response", "value"),
    [
        ("<answer>6</answer> \\boxed{5}", 0.0),
        ("<answer>\n6\n</answer> \\boxed{5}", 1.0),  # a block over several lines is none: the last box counts
        ("<answer>5</answer><answer>6</answer>", 1.0),
        ("x <answer>\n<answer>5</answer>", 1.0),
    ],
)
def test_the_answer_is_taken_as_published(response: str, value: float) -> None:
    assert perception_r1.accuracy(as_published=True).one({"response": response, "answer": "5"}).value == value


def test_a_judge_can_be_asked() -> None:
    row = {"response": GOOD, "answer": "5", "visual_key_info": ["AB is 3", "C is right"]}
    judged = perception_r1.total(
        judge=lambda row: "<info1>1</info1><info2>0</info2>", checker=lambda row: "<info1>0</info1><info2>1</info2>"
    )
    score = judged.one(row)
    assert score.components["visual"].value == 0.5
    assert score.components["contradicted"].value == 0.5
    assert score.value == pytest.approx(1.0)


def test_the_published_p_values_come_out() -> None:
    table = perception_r1.system.published[1]
    assert [row[3] for row in table.rows] == [round(mcnemar(int(b), int(c)), 2) for _, b, c, _ in table.rows]


def test_hostile_texts_are_scored() -> None:
    for bomb in ("<info1>" * 100_000, "".join(f"<info{k}>1</info{k}>" for k in range(1, 20_000)), "<answer>" * 100_000):
        assert seen(bomb, as_published=True).value is not None
        assert seen(bomb).status in (Status.OK, Status.UNREAD)
        assert layout(bomb) == layout(bomb, as_published=True) == 0.0


@pytest.mark.parametrize("proof", perception_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
