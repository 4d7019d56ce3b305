"""Fact-RLHF: what the official code pays by mistake earns nothing by default, and is there as published."""

import json
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from guerdon import Reward, Score, Status
from guerdon.metrics.binary import Confusion
from guerdon.rules import given
from guerdon.rules.asked import asking
from guerdon.systems import Proof, _fact_rlhf, fact_rlhf


def correct(response: str, answer_type: int, as_published: bool = False) -> float | None:
    row = {"response": response, "answer_type": answer_type}
    return fact_rlhf.correctness(as_published=as_published).one(row).value


def judged(reply: str, as_published: bool = False) -> Score:
    return fact_rlhf.mmhal(as_published=as_published).one({"verdict": reply})


def pope(response: str, answer: str, as_published: bool = False) -> Score:
    return fact_rlhf.pope(as_published=as_published).one({"response": response, "answer": answer})


# -- free lunches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("response", ["Nothing", "Not sure", "Noon", "November"])
def test_a_word_that_begins_like_no_is_not_no(response: str) -> None:
    assert correct(response, 6) == 0.0
    assert correct(response, 6, as_published=True) == 0.5


def test_no_is_no_in_any_case_and_place() -> None:
    for response in ("NO", "no.", "**No**, there is none", "The answer is no."):
        assert correct(response, 6) == 0.5
    for response in ("NO", "no.", "**No**, there is none", "The answer is no."):
        assert correct(response, 6, as_published=True) == 0.0


def test_naming_several_letters_earns_nothing() -> None:
    for response in ("A. or B. or C.", "The correct option is A. No, the correct option is B."):
        assert correct(response, 2) == 0.0
        assert correct(response, 2, as_published=True) == 1.0


def test_a_letter_without_a_dot_is_a_letter() -> None:
    assert [correct(response, 5) for response in ("D", "(D)", "D) a dog", "A")] == [1.0, 1.0, 1.0, 0.0]
    assert [correct(response, 5, as_published=True) for response in ("D", "(D)", "D) a dog")] == [0.0] * 3


@pytest.mark.parametrize(
    ("reply", "rating", "published"),
    [
        ("Rating:3", 3.0, 0.0), ("**Rating**: 5", 5.0, 0.0), ("Rating：4", 4.0, 0.0), ("Rating:  2", 2.0, 0.0),
        ("rating: 4/6, fine", 4.0, 4.0), ("- Rating: 1, with hallucination", 1.0, 1.0),
    ],
)  # fmt: skip
def test_a_rating_is_read_as_judges_write_it(reply: str, rating: float, published: float) -> None:
    assert judged(reply).value == rating
    assert judged(reply, as_published=True).value == published


@pytest.mark.parametrize(
    ("reply", "published"), [("Rating: 10", 1.0), ("Rating: 60", 6.0), ("Rating: 2 … Rating: 5", 0.0), ("good", 0.0)]
)
def test_a_rating_that_cannot_be_read_is_unread_and_no_hallucination(reply: str, published: float) -> None:
    assert (judged(reply).status, judged(reply).value) == (Status.UNREAD, None)
    assert fact_rlhf.truthful().one({"verdict": reply}).value is None
    assert (judged(reply, as_published=True).status, judged(reply, as_published=True).value) == (Status.OK, published)


def test_the_floor_for_unread_replies_can_be_asked_for() -> None:
    floored = fact_rlhf.mmhal().otherwise(0.0, on=("UNREAD",))
    assert floored.one({"verdict": "Rating: 2 … Rating: 5"}).value == 0.0
    assert fact_rlhf.truthful()([{"verdict": f"Rating: {k}"} for k in range(7)]).values.tolist() == [0] * 3 + [1] * 4


@pytest.mark.parametrize("response", ["cannot tell", "", "None of these", "I do not know", "Not sure"])
def test_no_answer_is_not_a_right_one(response: str) -> None:
    for answer in ("yes", "no"):
        assert (pope(response, answer).status, pope(response, answer).value) == (Status.MALFORMED, 0.0)
    assert sum(pope(response, answer, as_published=True).value or 0 for answer in ("yes", "no")) == 1.0


@pytest.mark.parametrize(("response", "said"), [("NO", "no"), ('"No"', "no"), ("Yes, no doubt", "yes"), ("No\n", "no")])
def test_yes_and_no_are_read_whole(response: str, said: str) -> None:
    assert pope(response, said).value == 1.0
    assert pope(response, said, as_published=True).value == 0.0


def test_what_is_neither_counts_against_the_model_and_no_share_divides_by_zero() -> None:
    responses, labels = ["Yes", "No", "cannot tell", "cannot tell"], ["yes", "no", "yes", "no"]
    assert fact_rlhf.pope_figures(responses, labels) == Confusion(tp=1, fp=1, tn=1, fn=1)
    assert fact_rlhf.pope_figures(responses, labels, as_published=True) == Confusion(tp=2, fp=1, tn=1, fn=0)
    assert fact_rlhf.pope_figures(["no"], ["no"], as_published=True).precision == 0.0  # divides by zero there


# -- the reward of a response --------------------------------------------------------------------------


def row(**columns: Any) -> dict[str, Any]:
    return {"response": "B. a dog", "answer_type": 3, "tokens": 448, "finished": True, "score": 1.5} | columns


def test_the_terms_add_up() -> None:
    # 1.5 − 10 · 448/896 + 2 · 1
    assert fact_rlhf.total().one(row()).value == pytest.approx(-1.5)
    assert fact_rlhf.total().one(row(finished=False)).value == pytest.approx(-9.5)
    assert fact_rlhf.total().one(row(length_bonus=0.0)).value == pytest.approx(3.5)
    assert fact_rlhf.total().one(row(tokens=[7] * 448)).value == pytest.approx(-1.5)
    assert fact_rlhf.total(length_weight=0.0, correct_weight=0.0).one(row()).value == pytest.approx(1.5)


def test_a_cut_off_response_can_have_the_penalty_instead_of_its_score() -> None:
    absolute = fact_rlhf.total(relative=False, length_weight=0.0, correct_weight=0.0)
    assert absolute.one(row(finished="length")).value == -8.0
    assert absolute.one(row(finished="stop")).value == 1.5


def test_every_term_has_its_name() -> None:
    assert set(fact_rlhf.total().components) >= {"model", "unfinished", "fact_rlhf.length", "fact_rlhf.correctness"}


def test_a_model_that_sees_the_facts_takes_the_place_of_the_column() -> None:
    def model(sample: Any) -> float:
        return float(sum(fact in sample["response"] for fact in sample["facts"]))

    reward: Reward = fact_rlhf.total(model=asking(given.score(), score=model), length_weight=0.0, correct_weight=0.0)
    sample = {k: v for k, v in row(facts=["dog", "cat"]).items() if k != "score"}
    assert reward.one(sample).value == 1.0
    assert fact_rlhf.total().one(sample).status == Status.INAPPLICABLE


def test_a_free_text_or_a_right_yes_has_no_bonus() -> None:
    for response in ("Yes", "No", "A."):
        for kind in (1, 7):
            assert correct(response, kind) == correct(response, kind, as_published=True) == 0.0


@drawn(st.text(max_size=40), st.integers(1, 7))
def test_bonuses_stay_in_range(response: str, kind: int) -> None:
    for as_published in (False, True):
        assert correct(response, kind, as_published) in (-0.5, 0.0, 0.5, 1.0)


@drawn(st.text(max_size=60))
def test_hostile_texts_are_read(text: str) -> None:
    assert judged(text).status in (Status.OK, Status.UNREAD, Status.ABSTAINED)
    assert _fact_rlhf.pope_answer(text) in ("yes", "no")


def test_long_hostile_texts_are_read() -> None:
    for bomb in ("rating: " * 9_000, "no " * 30_000, "A." * 30_000, "<" * 90_000):
        assert judged(bomb).status != Status.FAILED
        assert pope(bomb, "no").status != Status.FAILED
        assert correct(bomb, 2) is not None


def test_figures_can_be_written_as_json() -> None:
    assert json.loads(json.dumps(fact_rlhf.pope_figures(["yes"], ["yes"])._asdict())) == {
        "tp": 1,
        "fp": 0,
        "tn": 0,
        "fn": 0,
    }


@pytest.mark.parametrize("proof", fact_rlhf.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
