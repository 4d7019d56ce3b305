"""WildBench as a system: five grades with a length rule, and scores."""

from typing import Any

import pytest

from guerdon import ContractError, Status
from guerdon.systems import Proof, wildbench
from guerdon.systems.wildbench import outcome, score


def graded(choice: str, mine: int = 10, rival: int = 10, **settings: Any) -> float | None:
    swapped = settings.pop("swapped", None)
    row = {"verdict": f'{{"choice": "{choice}"}}', "response": "x" * mine, "rival": "y" * rival, "swapped": swapped}
    return outcome(**settings).one(row).value


def test_five_choices_are_five_values_and_turn_with_the_order() -> None:
    choices = ("A++", "A+", "A=B", "B+", "B++")
    assert [graded(choice) for choice in choices] == [1.0, 0.5, 0.0, -0.5, -1.0]
    assert [graded(choice, swapped=True) for choice in choices] == [-1.0, -0.5, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("choice", "mine", "rival", "value"),
    [("A+", 801, 300, 0.0), ("A+", 800, 300, 0.5), ("B+", 300, 801, 0.0), ("B+", 801, 300, -0.5), ("A++", 900, 0, 1.0)],
)
def test_a_slight_lead_of_the_longer_text_is_a_tie(choice: str, mine: int, rival: int, value: float) -> None:
    assert graded(choice, mine, rival) == value


def test_the_length_rule_can_be_left_out() -> None:
    assert graded("A+", 9000, 0, more=None) == 0.5
    assert graded("A+", 9000, 0, more=10_000) == 0.5
    with pytest.raises(ContractError, match="None for no length rule"):
        outcome(more=-1).one({"verdict": "", "response": "", "rival": ""})


@pytest.mark.parametrize("verdict", ["", "A+", '{"choice": "A"}', '{"choice": "A+"} {"choice": "B+"}'])
def test_a_verdict_that_is_none_is_unread_and_no_tie(verdict: str) -> None:
    assert outcome().one({"verdict": verdict, "response": "a", "rival": "b"}).status == Status.UNREAD


def test_a_score_is_read_from_the_reply() -> None:
    assert score().one({"verdict": '{"strengths": "10 of them", "score": "4"}'}).value == pytest.approx(1 / 3)
    assert score().one({"verdict": '{"score": "eight"}'}).status == Status.UNREAD


@pytest.mark.parametrize("proof", wildbench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


def test_a_flag_written_as_text_is_what_it_says() -> None:
    row = {"verdict": '{"choice": "A++"}', "response": "a", "rival": "b"}
    flags: list[bool | str] = [True, "True", False, "False", "perhaps"]
    found = [wildbench.outcome().one({**row, "swapped": flag}).value for flag in flags]
    assert found == [-1.0, -1.0, 1.0, 1.0, None]
