"""LVLM-eHub: word matching as published, and what it pays for that the default does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guerdon import Status
from guerdon.systems import Proof, _lvlm_ehub, lvlm_ehub


def vqa(response: str, answer: Any, **settings: Any) -> float | None:
    return lvlm_ehub.vqa(**settings).one({"response": response, "answer": answer}).value


# -- free lunches ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        ("not red", "red"),
        ("red or blue", "red"),
        ("hot-dog", "dog"),
        ("a cat, a dog, a bus, a kite and a horse", "dog"),
        (
            "At first sight it might be a dog, but everything about its ears and its tail says that this is a cat.",
            "dog",
        ),
        ("C", "A"),
        ("The answer is B", "an"),
    ],
)
def test_what_only_contains_the_true_answer_pays_as_published_alone(response: str, answer: str) -> None:
    assert vqa(response, answer, as_published=True) == 1.0
    assert vqa(response, answer) == 0.0


def test_an_empty_true_answer_pays_anything_as_published_alone() -> None:
    assert vqa("whatever", "", as_published=True) == 1.0
    assert lvlm_ehub.vqa().one({"response": "whatever", "answer": ""}).status == Status.INAPPLICABLE


def test_a_longer_answer_never_earns_more() -> None:
    assert vqa("dog", "dog") == 1.0
    assert vqa("dog " * 30, "dog") == 0.0
    assert vqa("dog " * 30, "dog", as_published=True) == 1.0


def test_a_thing_named_in_passing_is_still_paid() -> None:
    assert vqa("a cat next to a dog", "dog") == 1.0


@pytest.mark.parametrize(
    ("response", "answer", "value"),
    [
        ("two dogs", "2 dogs", 1.0),
        ("cats", "cat", 0.0),
        ("icecream", "ice cream", 0.0),
        ("ice-cream", "ice cream", 1.0),
    ],
)
def test_spelling_counts_as_published(response: str, answer: str, value: float) -> None:
    assert vqa(response, answer) == vqa(response, answer, as_published=True) == value


# -- lists, text in pictures, documents --------------------------------------------------------------


def test_an_ordered_list_earns_by_the_place_of_the_first_one_given() -> None:
    row = {"response": "a bird or a car", "answer": ["boat", "car", "bird"]}
    assert lvlm_ehub.mrr(as_published=True).one(row).value == 0.5
    assert lvlm_ehub.mrr().one(row).value == 0.0
    assert lvlm_ehub.mrr().one({**row, "response": "a bird"}).value == pytest.approx(1 / 3)


def test_the_list_of_true_answers_is_left_as_it_is() -> None:
    golds = ["The Car", "A  bird"]
    lvlm_ehub.mrr(as_published=True).one({"response": "car", "answer": golds})
    assert golds == ["The Car", "A  bird"]


def test_text_in_pictures_is_compared_by_letters_and_digits_as_published() -> None:
    published = lvlm_ehub.ocr(as_published=True)
    assert published.one({"response": "It says C-3PO.", "answer": "c3po"}).value == 1.0
    assert published.one({"response": "中文", "answer": "字"}).value == 0.0  # nothing is left of either
    assert published.one({"response": "abc", "answer": "字"}).value == 1.0
    assert lvlm_ehub.ocr().one({"response": "abc", "answer": "字"}).value == 0.0
    assert lvlm_ehub.ocr().one({"response": 'It says "STOP"', "answer": "stop"}).value == 1.0


def test_words_of_documents_are_counted_over_the_set() -> None:
    rows = [{"set": 0, "response": "c d", "answer": "c"}, {"set": 0, "response": "b a", "answer": "a b"}]
    scores = lvlm_ehub.kie()(rows)
    assert scores.values.tolist() == pytest.approx([6 / 7])
    parts = {name: column.values[0] for name, column in scores.components.items() if "/" in name}
    assert parts == {"lvlm_ehub.kie/precision": pytest.approx(3 / 4), "lvlm_ehub.kie/recall": 1.0}


@pytest.mark.parametrize(("response", "answer"), [("", "a"), ("a", ""), ("", ""), ("x", "y")])
def test_nothing_in_common_is_zero_and_no_crash(response: str, answer: str) -> None:
    assert lvlm_ehub.kie()([{"set": 0, "response": response, "answer": answer}]).values.tolist() == [0.0]


# -- the vote ----------------------------------------------------------------------------------------


def vote(*verdicts: str, **settings: Any) -> Any:
    return lvlm_ehub.vote(**settings).one({"verdicts": list(verdicts)})


def test_most_graders_decide() -> None:
    assert vote("Most Likely Score: 1", "Final Score: 0", "Final Assessment Score: 1").value == 1.0
    assert vote("Most Likely Score: 0", "Final Score: 0", "Final Assessment Score: 1").value == 0.0


@pytest.mark.parametrize("ten", ["Most Likely Score: 10", "Most Likely Score: 1.0"])
def test_a_zero_anywhere_is_a_zero_as_published_alone(ten: str) -> None:
    assert vote(ten, as_published=True).value == 0.0
    assert vote("Most Likely Score: 1.0").value == 1.0
    assert vote("Most Likely Score: 10").status == Status.UNREAD


def test_equal_votes_abstain_and_as_published_go_to_the_first() -> None:
    replies = ("Most Likely Score: 1", "Final Score: 0")
    assert vote(*replies).status == Status.ABSTAINED
    assert vote(*replies, as_published=True).value == 1.0


def test_unread_replies_do_not_vote_but_as_published_they_win() -> None:
    replies = ("Most Likely Score: 1", "?", "no idea")
    assert (vote(*replies).value, vote(*replies).reason) == (1.0, "2 of 3 replies give neither 0 nor 1")
    assert vote(*replies, as_published=True).status == Status.UNREAD
    assert vote("?", "!").status == Status.UNREAD


def test_each_prompt_has_its_own_key_phrase_as_published() -> None:
    assert _lvlm_ehub.scored(["Final Score: 1", "final score: 1", "Final Score: 1"]) == [-1, 1, -1]


# -- the arena ---------------------------------------------------------------------------------------


def test_every_model_of_the_arena_has_its_share_of_votes() -> None:
    votes = lvlm_ehub._votes(np.random.default_rng(0))
    assert len(votes) == lvlm_ehub.VOTES
    assert len(votes.groups) == 1
    assert (votes.played > 1000).all()


@pytest.mark.parametrize("proof", lvlm_ehub.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run()
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
