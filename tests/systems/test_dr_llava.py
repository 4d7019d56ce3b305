"""Dr-LLaVA: words are read whole, wrong stories earn nothing, and the official reading is there on request."""

from typing import Any

import pytest

from guerdon import ContractError, Score, Status
from guerdon.parse import symbol
from guerdon.systems import dr_llava

MM = [
    "This patch is suitable for detecting cancer.",
    "The region is optimal and close to the particles.",
    "Signs of malignancy are visible",
    "Proliferation of plasma cells",
    "Multiple myeloma",
]
AML = [*MM[:3], "Myeloblasts everywhere", "AML is likely"]
BLOOD = [
    "This pathology sample cannot be used to make a diagnosis.",
    "Mostly red blood cells here",
    "Image is low-quality",
    "The quality is low",
    "The picture is inadequate",
]
GIBBERISH = ["zzz"] * 5


def scored(turns: list[str], answer: list[str] = MM, **settings: Any) -> Score:
    row = {"turns": turns, "answer": answer, "categories": [1, 2, 3, 4, 5]}
    return dr_llava.symbolic(**settings).one(row)


def stated(slot: str, text: str) -> str | None:
    return symbol(text, dr_llava.SYMBOLS[slot]).value


@pytest.mark.parametrize("story", [MM, AML, BLOOD])
def test_the_true_story_earns_nine_points_either_way(story: list[str]) -> None:
    assert scored(story, story).value == scored(story, story, as_published=True).value == 9.0


def test_a_wrong_story_that_is_consistent_earns_nothing_for_it() -> None:
    assert scored(BLOOD, MM).value == 0.0
    assert scored(BLOOD, MM, as_published=True).value == 4.0
    assert scored(BLOOD, MM, joint=False).value == 4.0


def test_the_path_of_another_disease_earns_what_they_share() -> None:
    # Three turns and the two pairs between them; as published the last pair fits as well.
    assert scored(AML).value == 3 + 2
    assert scored([*MM[:4], AML[4]]).value == 4 + 3
    assert scored(AML, as_published=True).value == 3 + 4


def test_gibberish_costs_half_a_point_a_turn() -> None:
    assert scored(GIBBERISH).value == scored(GIBBERISH, as_published=True).value == -2.5


def test_gibberish_is_no_answer_to_a_gibberish_reference() -> None:
    assert scored(GIBBERISH, GIBBERISH).status == Status.INAPPLICABLE
    assert scored(GIBBERISH, GIBBERISH, as_published=True).value == 5.0


@pytest.mark.parametrize(
    ("slot", "text", "symbol_"),
    [
        ("quality", "The image is normal", None),
        ("quality", "I know nothing of it", None),
        ("quality", "It is unsuitable", "inadequate"),
        ("quality", "unsuitable", "inadequate"),
        ("quality", "This image is not suitable.", "inadequate"),
        ("image", "well", None),
        ("pathology", "no cancer here", "normal"),
        ("pathology", "abnormal", "abnormal"),
        ("detail", "no myeloblasts, only plasma cells", None),
        ("diagnosis", "comma separated", None),
        ("diagnosis", "not sure", None),
        ("diagnosis", "unhealthy", None),
        ("diagnosis", "Not MM but AML", "AML"),
    ],
)
def test_keywords_are_whole_words_and_negation_counts(slot: str, text: str, symbol_: str | None) -> None:
    assert stated(slot, text) == symbol_


def test_pairs_are_neighbours_in_the_clinical_order_whatever_that_of_the_turns() -> None:
    row = {"turns": MM[::-1], "answer": MM[::-1], "slots": list(dr_llava.SYMBOLS)[::-1]}
    assert dr_llava.symbolic().one(row).value == 9.0


def test_an_unknown_category_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ContractError, match="categories"):
        dr_llava.symbolic(as_published=True).one({"turns": ["a"], "answer": ["b"], "categories": [6]})


def test_every_condition_can_be_told_in_words_that_are_read() -> None:
    for story in dr_llava.CONDITIONS.values():
        told = [dr_llava._text(slot, said) for slot, said in zip(dr_llava.SYMBOLS, story, strict=True)]
        assert scored(told, told).value == 9.0


def test_a_conversation_and_its_references_are_taken_apart() -> None:
    conversation = f"USER: Is it? ASSISTANT: {MM[0]} USER: And what? ASSISTANT: {MM[1]}"
    assert dr_llava.replies(conversation) == MM[:2]
    assert dr_llava.replies("no conversation") == []
    assert dr_llava.reference(f"{MM[4]} order 5") == (MM[4], "diagnosis")
    with pytest.raises(ValueError, match="order"):
        dr_llava.reference("in no order 6")


def test_the_proofs_hold_on_one_seed() -> None:
    for evidence in dr_llava.system.reproduce(seeds=(0,)):
        assert evidence.passed, evidence.reason


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    for evidence in dr_llava.system.reproduce():
        assert evidence.passed, evidence.reason
