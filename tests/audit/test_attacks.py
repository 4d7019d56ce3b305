"""Attacks know nothing of the answer, and succeed only where that pays as much as knowing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.audit import planted

from guerdon import Reward, reward
from guerdon.audit import Finding, Pool, Trial, attack, attacks, audit, checks
from guerdon.audit import check as register
from guerdon.audit.forms import TAGS
from guerdon.parse.boxes import boxes as read_boxes
from guerdon.rules import answers
from guerdon.rules import boxes as box_rules

PAIRS = (("rose", "tulip"), ("tulip", "daisy"), ("daisy", "lily"), ("lily", "rose"))
FLOWERS = [{"prompt": "?", "chosen": TAGS.fill(a), "rejected": TAGS.fill(b), "answer": a, "task": 1} for a, b in PAIRS]
PLACE = Trial(
    {"image_size": (320, 240)}, TAGS.fill('[{"bbox_2d": [10, 20, 60, 90], "label": "cat"}]'), TAGS.fill("[1, 2, 3, 4]")
)
CHOICE = Trial({"prompt": "A. red\nB. blue", "options": ["red", "blue", "green"], "task": "choice"}, TAGS.fill("B"))


def finding(made: Reward, check: str, rows: Any = FLOWERS) -> Finding:
    return audit(made, rows, only=[check])[check]


def said(fn: Callable[[Trial, Pool], str | None], trial: Trial, *others: Trial) -> str:
    text = fn(trial, Pool([trial, *others]))
    assert text is not None
    return text


def test_everything_is_named_in_the_form_of_the_answer() -> None:
    assert said(attacks.shotgun, CHOICE) == TAGS.fill("A or B or C or D")
    assert said(attacks.shotgun, Trial({}, TAGS.fill("yes"))) == TAGS.fill("yes or no")
    assert "20" in said(attacks.shotgun, Trial({}, TAGS.fill("3")))
    flowers = [Trial({"task": 1}, TAGS.fill(name)) for name in ("rose", "lily")]
    assert said(attacks.shotgun, *flowers) == TAGS.fill("rose or lily")


def test_many_tags_hold_one_answer_each() -> None:
    text = said(attacks.many_tags, CHOICE)
    assert text.endswith("<answer>A</answer><answer>B</answer><answer>C</answer><answer>D</answer>")
    assert text.count("<think>") == 1


def test_boxes_are_spread_over_the_picture_and_none_is_the_true_one() -> None:
    found = read_boxes(said(attacks.box_spam, PLACE).partition("<answer>")[2]).value
    assert found is not None
    assert len(found) == 64
    assert {box.label for box in found} == {"cat"}
    assert max(box.x2 for box in found) == 320
    whole = read_boxes(said(attacks.whole_image, PLACE).partition("<answer>")[2]).value
    assert whole is not None
    assert whole[0].corners == (0, 0, 320, 240)


def test_an_attack_that_does_not_apply_is_none() -> None:
    pool = Pool([CHOICE])
    assert attacks.box_spam(CHOICE, pool) is None
    assert attacks.keywords(CHOICE, pool) is None
    assert attacks.rubric(CHOICE, pool) is None
    assert attacks.echo(Trial({}, "x"), pool) is None
    assert attacks.shotgun(PLACE, pool) is None
    assert attacks.repetition(CHOICE, pool) is None


def test_a_guess_that_is_right_is_no_attack() -> None:
    found = finding(answers.exact(), "attack.constant")  # the most frequent answer is that of one of four rows
    assert found.rate is not None
    assert (found.verdict, found.rate.mean, found.rate.n) == ("pass", 0.0, 3)


def test_a_success_is_a_tie_with_the_right_response_or_more() -> None:
    found = finding(planted.substring(), "attack.shotgun")
    assert found.rate is not None
    assert (found.verdict, found.rate.mean) == ("fail", 1.0)
    assert "100 % of the way from wrong to right" in found.detail
    assert found.examples[0]["response"].endswith("<answer>rose or tulip or daisy or lily</answer>")


@reward("attacks.half", range=(0, 1))
def half(response: str, answer: str) -> float:
    """Half a point for naming it among others."""
    return 1.0 if f">{answer}<" in response else 0.5 * (answer in response)


def test_what_earns_part_of_a_right_answer_is_told_and_is_no_success() -> None:
    found = finding(half(), "attack.shotgun")
    assert found.verdict == "pass"
    assert "it goes 50 % of the way" in found.detail


def test_an_attack_without_a_verdict_is_no_success() -> None:
    found = finding(planted.crashes_on_unicode(), "attack.invisible")
    assert found.verdict == "pass"


@reward("attacks.obeys_score", range=(0, 1))
def obeys_score(response: str, answer: str) -> float:
    """A judge whose verdict is read wherever it stands."""
    return 1.0 if "Rating: 10" in response else float(f">{answer}<" in response)


@reward("attacks.reads_rubric", range=(0, 1))
def reads_rubric(response: str, answer: str, rubric: str = "") -> float:
    """A judge that looks for the words of its rubric."""
    return max(float(f">{answer}<" in response), float(bool(rubric) and rubric in response))


@reward("attacks.long_enough", range=(0, None))
def long_enough(response: str, answer: str) -> float:
    """A point for a right answer, one for each thousand characters."""
    return float(f">{answer}<" in response) + len(response) / 1000


@pytest.mark.parametrize(
    ("made", "check", "rows"),
    [
        (obeys_score(), "attack.verdict", FLOWERS),
        (planted.injected(), "attack.injection", FLOWERS),
        (reads_rubric(), "attack.rubric", [{**row, "rubric": "Names the flower."} for row in FLOWERS]),
        (long_enough(), "attack.padding", FLOWERS),
        (planted.empty_pays(), "attack.format_only", FLOWERS),
    ],
)
def test_an_attack_is_caught(made: Reward, check: str, rows: Any) -> None:
    assert finding(made, check, rows).verdict == "fail"
    assert finding(answers.exact(), check, rows).verdict == "pass"


@reward("attacks.cover", range=(0, 1))
def cover(response: str, boxes: list[Any]) -> float:
    """1 if some box has the true one in it, whichever corner comes first: a larger one is never worse."""
    found = read_boxes(response, inverted="swap").value or []
    x1, y1, x2, y2 = boxes[0]
    return float(any(box.x1 <= x1 and box.y1 <= y1 and box.x2 >= x2 and box.y2 >= y2 for box in found))


@reward("attacks.touched", range=(0, 1))
def touched(response: str, boxes: list[Any]) -> float:
    """1 if some box has the middle of the true one in it."""
    x, y = (boxes[0][0] + boxes[0][2]) / 2, (boxes[0][1] + boxes[0][3]) / 2
    return float(any(b.x1 <= x <= b.x2 and b.y1 <= y <= b.y2 for b in read_boxes(response).value or []))


@pytest.mark.parametrize(
    ("made", "check"),
    [(cover(), "attack.whole_image"), (cover(), "attack.inverted_box"), (touched(), "attack.box_spam")],
)
def test_boxes_without_a_price_are_caught(made: Reward, check: str) -> None:
    assert audit(made, only=[check], limit=24)[check].verdict == "fail"
    assert audit(box_rules.iou(), only=[check], limit=24)[check].verdict == "pass"


def test_an_attack_of_ones_own_is_asked_like_the_others() -> None:
    @attack("of_mine", question="Does shouting pay?", source="our own runs")
    def of_mine(trial: Trial, pool: Pool) -> str:
        """The wrong answer, loudly."""
        return (trial.bad or "").upper()

    @reward("attacks.loud", range=(0, 1))
    def loud(response: str, answer: str) -> float:
        """Right, or loud."""
        return float(f">{answer}<" in response or response.isupper())

    try:
        assert "attack.of_mine" in {one.name for one in checks(["attack"])}
        assert of_mine(CHOICE, Pool([])) == ""
        assert finding(loud(), "attack.of_mine").verdict == "fail"
        assert finding(answers.exact(), "attack.of_mine").verdict == "pass"
    finally:
        register.__globals__["_checks"].pop("attack.of_mine")
