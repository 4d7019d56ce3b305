"""ViCrit: only the wrong phrase earns anything."""

from typing import Any

import pytest

from guerdon import Status
from guerdon.systems import Proof, _vicrit, vicrit


def found(response: str, answer: str = "a blue car", right: str = "a red car", **settings: Any) -> float | None:
    row = {"response": response, "answer": answer, "right": right, "caption": f"There is {answer} on a road."}
    return vicrit.accuracy(**settings).one(row).value


# -- free lunches ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "answer", "right"),
    [
        ("bluebird", "a blue car", "a red car"),  # a word that contains the changed one
        ("red blue green yellow two three left right", "a blue car", "a red car"),
        ("small", "the small red cube", "the big red ball"),  # the first changed word alone
    ],
)
def test_what_only_contains_the_changed_word_pays_as_published_alone(response: str, answer: str, right: str) -> None:
    assert found(response, answer, right) == 0.0
    assert found(response, answer, right, as_published=True) == 1.0


def test_naming_every_phrase_earns_little() -> None:
    everything = str(["there", "is", "a", "blue", "car", "on", "road", "a red car"])
    assert found(everything) == 0.0
    assert (found(everything, mode="iou") or 0) < 0.5
    assert found(everything, as_published=True) == 1.0


def test_more_than_the_first_changed_word_counts() -> None:
    assert found("cube", "the small red cube", "the big red ball", as_published=True) == 0.0
    assert found("cube", "the small red cube", "the big red ball", mode="iou") == pytest.approx(4 / 18)


def test_a_deletion_can_be_scored() -> None:
    assert found("a c", "a c", "a b c") == 1.0
    published = vicrit.accuracy(as_published=True).one({"response": "x", "answer": "a c", "right": "a b c"})
    assert published.status == Status.INAPPLICABLE


def test_an_empty_box_is_nothing() -> None:
    assert found(r"\boxed{}") == 0.0
    assert found(r"\boxed{}", as_published=True) == 0.0


def test_whoever_names_two_phrases_has_named_none() -> None:
    twice = r"\boxed{a blue car} \boxed{a road}"
    assert found(twice) == 0.0
    assert found(twice, as_published=True) == 1.0  # the first


# -- as in the paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"x \boxed{a{b}c} y \boxed{d}", "a{b}c"),
        (r"\boxed{cut of", "cut o"),
        ("\\boxed{", ""),
        ("boxed{a}", None),
        (r"\boxed {a}", r"\boxed {a}"),
        ("first\nlast", "last"),
        ("", ""),
    ],
)
def test_an_answer_is_taken_as_published(text: str, answer: str | None) -> None:
    assert _vicrit.extract_answer(text) == answer


def test_a_box_without_its_backslash_is_malformed_as_published() -> None:
    row = {"response": "boxed{blue}", "answer": "a blue car", "right": "a red car"}
    assert vicrit.accuracy(as_published=True).one(row).status == Status.MALFORMED


@pytest.mark.parametrize(
    ("response", "layout"),
    [
        ("<think>Hm.</think> \\boxed{a blue car}", 1.0),
        ("<think>Hm.</think>\n\\boxed{\\text{a blue car}}", 1.0),
        ("<think>Hm.</think> a blue car", 0.0),
        ("\\boxed{a blue car}", 0.0),
        ("<think>\\boxed{a blue car}</think>", 0.0),
        ("<think>Hm.</think> \\boxed{a} \\boxed{b}", 0.0),
        ("<think>a</think><think>b</think> \\boxed{a}", 0.0),
        ("Sure! <think>Hm.</think> \\boxed{a}", 0.0),
    ],
)
def test_the_format_is_a_thought_and_one_box(response: str, layout: float) -> None:
    assert vicrit.template().one({"response": response}).value == layout


def test_the_total_weighs_both() -> None:
    row = {"answer": "a blue car", "response": "<think>Hm.</think> \\boxed{a blue car}"}
    assert vicrit.total().one(row).value == pytest.approx(1.0)
    assert vicrit.total().one({**row, "response": "a blue car"}).value == pytest.approx(0.9)
    assert vicrit.total().one({**row, "response": "<think>Hm.</think> \\boxed{a}"}).value == pytest.approx(0.1)


def test_hostile_answers_are_scored() -> None:
    for bomb in ("\\boxed{" * 100_000, "{" * 500_000, "['a'," * 100_000, "a " * 250_000, "</think>" * 60_000):
        for as_published in (False, True):
            for mode in ("exact", "iou"):
                assert found(bomb, mode=mode, as_published=as_published) == 0.0
        assert vicrit.template().one({"response": bomb}).value == 0.0


@pytest.mark.parametrize("proof", vicrit.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
