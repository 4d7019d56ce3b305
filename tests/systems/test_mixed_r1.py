"""Mixed-R1: rows of every kind, and what a soup of words earns."""

from typing import Any

import numpy as np
import pytest

from guerdon import Reward, Score, Status
from guerdon.embed.relevance import Bmas
from guerdon.embed.tables import Table
from guerdon.systems import Proof, mixed_r1

REFERENCE = "a red cat sleeps on the warm mat while two old dogs bark at birds outside"
TABLE = Table({word: i for i, word in enumerate(dict.fromkeys(REFERENCE.split()))}, np.eye(16))
BMAS = Bmas(TABLE, within="answer")


def answered(text: str) -> str:
    return f"<think>hm</think><answer>{text}</answer>"


def one(reward: Reward, response: str, answer: Any, **columns: Any) -> Score:
    return reward.one({"response": response, "answer": answer, **columns})


@pytest.mark.parametrize(
    ("kind", "answer", "right", "wrong"),
    [
        ("yes_no", "no", "No, there is none.", "Yes"), ("mcq", "B", "(B)", "A or B"),
        ("chart", "1,250", "1200", "1100"), ("chart", "Spain", "spain.", "Portugal"),
        ("grounding", [0, 0, 10, 10], "[0, 0, 10, 10]", "[20, 0, 30, 10]"),
    ],
)  # fmt: skip
def test_each_kind_is_checked_in_its_way_and_the_format_adds_one(
    kind: str, answer: Any, right: str, wrong: str
) -> None:
    total = mixed_r1.total()
    assert one(total, answered(right), answer, task_type=kind).value == pytest.approx(2.0)
    assert one(total, answered(wrong), answer, task_type=kind).value == pytest.approx(1.0)
    assert one(total, right, answer, task_type=kind).value == 0.0  # nothing to read without the blocks


def test_open_ended_rows_take_the_similarity_they_are_given() -> None:
    row = {"task_type": "open_ended"}
    assert one(mixed_r1.total(similarity=BMAS), answered(REFERENCE), REFERENCE, **row).value == pytest.approx(2.0)
    assert one(mixed_r1.total(), answered(REFERENCE), REFERENCE, similarity=0.4, **row).value == pytest.approx(1.4)
    assert one(mixed_r1.total(), answered(REFERENCE), REFERENCE, **row).status == Status.INAPPLICABLE


def test_the_format_can_weigh_less() -> None:
    row = {"task_type": "mcq"}
    assert one(mixed_r1.total(format_weight=0.1), answered("A"), "B", **row).value == pytest.approx(0.1)


# -- free lunches --------------------------------------------------------------------------------------


def test_a_soup_of_the_references_words_is_perfect_as_published_and_not_by_default() -> None:
    soup = answered(" ".join(REFERENCE.split()[::-1]))
    assert one(mixed_r1.open_ended(similarity=BMAS, as_published=True), soup, REFERENCE).value == pytest.approx(1.0)
    # Backwards, the longest common subsequence is one of 16 words.
    assert one(mixed_r1.open_ended(similarity=BMAS), soup, REFERENCE).value == pytest.approx(1 / 16)


def test_every_word_there_is_is_no_answer() -> None:
    # The right half of the reference with all other words of the table before it.
    dump = answered(" ".join(sorted(TABLE.vocabulary)))
    published, default = (
        one(mixed_r1.open_ended(similarity=BMAS, as_published=p), dump, REFERENCE).value for p in (True, False)
    )
    assert published == pytest.approx(1.0)
    assert default is not None
    assert default < 0.5


def test_order_is_that_of_the_shared_words_with_the_best_reference() -> None:
    def order(said: str, *true: str) -> float | None:
        return one(mixed_r1.in_order(), answered(said), list(true)).value

    assert order("cat mat", "a cat on a mat") == 1.0
    assert order("mat cat", "a cat on a mat") == 0.5
    assert order("mat cat", "a cat on a mat", "a mat, a cat") == 1.0
    assert order("dog", "a cat") == 1.0  # nothing shared says nothing about order
    assert one(mixed_r1.in_order(), "no tags", "a cat").status == Status.MALFORMED


def test_two_answers_are_none() -> None:
    twice = answered("A") + answered("B")
    assert one(mixed_r1.total(), twice, "A", task_type="mcq").value == 0.0


# -- charts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "true", "value"),
    [
        ("105", "100", 1.0), ("105.1", "100", 0.0), ("95", "100", 1.0), ("1,000", "1000", 1.0), ("20", "20%", 1.0),
        ("0.2", "20%", 1.0), ("0", "0", 1.0), ("0.01", "0", 0.0), ("-100", "100", 0.0), ("12 dogs", "iPhone 12", 0.0),
        ("iphone 12", "iPhone 12", 1.0), ("about forty", "40", 0.0),
    ],
)  # fmt: skip
def test_a_number_may_be_five_percent_off_and_a_text_not_at_all(said: str, true: str, value: float) -> None:
    assert one(mixed_r1.chart(), answered(said), true).value == value


@pytest.mark.parametrize(
    ("said", "true", "value"), [("100", "100", 1.0), ("90", "100", 0.9), ("250", "100", 0.0), ("1", "0", 0.0)]
)
def test_graded_charts_pay_one_less_the_relative_error(said: str, true: str, value: float) -> None:
    assert one(mixed_r1.chart(graded=True), answered(said), true).value == pytest.approx(value)


def test_hostile_answers_are_scored() -> None:
    for bomb in ("<answer>" * 50_000, "a " * 49_000, "1" * 90_000, "[1," * 30_000, "word " * 2_000_000):
        for kind in ("yes_no", "mcq", "chart", "grounding", "open_ended"):
            answer = [0, 0, 1, 1] if kind == "grounding" else "1"
            score = one(mixed_r1.total(similarity=BMAS), answered(bomb), answer, task_type=kind)
            assert score.status in (Status.OK, Status.MALFORMED)


@pytest.mark.parametrize("proof", mixed_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
