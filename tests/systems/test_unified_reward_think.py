"""UnifiedReward-Think: verdicts behind thoughts, and sheets that add up."""

from typing import Any

import pytest

from guerdon import Status
from guerdon.systems import Proof
from guerdon.systems import unified_reward_think as system

GOOD = "<think>a</think>\n<answer>Image 1 is better</answer>"
SHEET = """<think>
1. Semantic consistency: Image 1 (9/10) - a; Image 2 (7/10) - b
2. Aesthetics: Image 2 (8/10) - a; Image 1 (8/10) - b
Total score:
Image 1: 9+8=17
Image 2: 7+8=15
</think>
<answer>Image 1 is better</answer>"""


def earned(response: str, solution: str = "Image 1 is better", **settings: Any) -> tuple[float | None, float | None]:
    row = {"response": response, "solution": solution}
    return system.accuracy(**settings).one(row).value, system.layout(**settings).one(row).value


@pytest.mark.parametrize(
    ("response", "accuracy", "layout"),
    [
        (GOOD, 1, 1),
        ("Image 1 is better", 1, 0),
        ("<think>a</think><answer>Image 1 is better.</answer>", 0, 1),
        (f" {GOOD}", 1, 0),
        ("<think>a</think><answer>Image 2 is better</answer><answer>Image 1 is better</answer>", 0, 1),
        (f"{GOOD} and more", 1, 1),
        ("", 0, 0),
    ],
)
def test_the_published_table(response: str, accuracy: float, layout: float) -> None:
    assert earned(response, as_published=True) == (accuracy, layout)


@pytest.mark.parametrize(
    ("response", "accuracy", "layout"),
    [
        (GOOD, 1, 1),
        ("Image 1 is better", 0, 0),  # no answer block
        ("<think>a</think><answer>image 1 is better.</answer>", 1, 1),
        (f" {GOOD}", 1, 0),
        ("<think>a</think><answer>Image 2 is better</answer><answer>Image 1 is better</answer>", 0, 0),
        (f"{GOOD} and more", 1, 0),
        ("<think>Image 1 is better</think><answer>Image 2 is better</answer>", 0, 1),
        ("<think>a</think><answer>It is a tie</answer>", 0, 1),
    ],
)
def test_by_default_the_one_answer_block_counts(response: str, accuracy: float, layout: float) -> None:
    assert earned(response) == (accuracy, layout)


def test_the_noun_of_the_solution_does_not_matter_but_as_published() -> None:
    assert earned(GOOD, "Video 1 is better")[0] == 1.0
    assert earned(GOOD, "Video 1 is better", as_published=True)[0] == 0.0


def test_saying_both_verdicts_earns_nothing() -> None:
    both = "<think>a</think><answer>Image 1 is better. Image 2 is better</answer>"
    assert earned(both)[0] == earned(both, "Image 2 is better")[0] == 0.0


def test_a_solution_that_is_no_verdict_makes_the_row_inapplicable() -> None:
    assert system.right().one({"response": GOOD, "solution": "none"}).status == Status.INAPPLICABLE


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("", "", 1.0),
        ("=17", "=18", 0.0),
        ("9+8=17", "9+9=18", 0.0),
        ("Image 1 is better", "Image 2 is better", 0.0),
        ("9+8=17", "7+8=15", 0.0),  # the terms are not the scores
        ("Image 1 is better", "It is a tie", 0.0),
    ],
)
def test_the_sheet_has_to_add_up_to_the_verdict(old: str, new: str, value: float) -> None:
    assert system.consistency().one({"response": SHEET.replace(old, new)}).value == value


def test_of_equal_totals_either_verdict_is_consistent() -> None:
    even = SHEET.replace("(7/10)", "(9/10)").replace("7+8=15", "9+8=17")
    for k in (1, 2):
        text = even.replace("Image 1 is better", f"Image {k} is better")
        assert system.consistency().one({"response": text}).value == 1.0


def test_an_empty_thought_has_no_sheet() -> None:
    row = {"response": "<think></think><answer>Image 1 is better</answer>", "solution": "Image 1 is better"}
    assert system.total().one(row).value == 2.0
    assert system.consistency().one(row).status == Status.MALFORMED
    assert system.total(checked=True).one(row).value == 2.0
    assert system.total(checked=True).one({**row, "response": SHEET}).value == 3.0


def test_hostile_responses_are_scored() -> None:
    for bomb in ("<answer>" * 100_000, "Image 1 (9/10) " * 100_000, "Total " * 200_000, "<think>" * 100_000):
        row = {"response": bomb, "solution": "Image 1 is better"}
        for as_published in (False, True):
            assert system.total(checked=True, as_published=as_published).one(row).value == 0.0


@pytest.mark.parametrize("proof", system.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
