"""VisRL: judges' scores, the pairs they make, and boxes."""

from typing import Any

import numpy as np
import pytest

from guerdon import Status
from guerdon.systems import Proof, visrl


def tries(*scores: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [
        {
            "prompt": "What colour?", "box": f"[0, 0, 0.{i}, 1]", "response": f"answer {i}", "group": "g",
            "answer_reply": f'{{"score": {answer}}}', "crop_reply": f'{{"score": {crop}}}',
        }
        for i, (answer, crop) in enumerate(scores)
    ]  # fmt: skip


def pairs(*scores: tuple[Any, Any], as_published: bool = False) -> list[tuple[str, str]]:
    rows = tries(*scores)
    made = visrl.preferences(rows, visrl.answer()(rows), visrl.crop()(rows), as_published=as_published)
    return [(row["chosen"][-1], row["rejected"][-1]) for row in made]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([(1, 1), (0, 0)], [("0", "1")]),
        ([(0.8, 0.8), (0.2, 0.2)], [("0", "1")]),
        ([(0.79, 1), (0, 0)], []),
        ([(1, 0.5), (1, 0.9), (0, 0.9), (0, 0.1)], [("1", "3")]),
        ([("null", 1), (0, 0), (1, 1)], [("2", "1")]),
    ],
)
def test_pairs_are_those_of_the_paper(scores: list[tuple[Any, Any]], expected: list[tuple[str, str]]) -> None:
    assert pairs(*scores) == pairs(*scores, as_published=True) == expected


def test_a_group_is_not_given_up_because_the_very_worst_fails_a_gate() -> None:
    group = [(1, 0.9), (0.9, 1), (0.1, 0), (0, 0.3)]
    assert pairs(*group) == [("0", "2")]
    assert pairs(*group, as_published=True) == []


def test_a_pair_has_both_steps() -> None:
    rows = tries((1, 1), (0, 0))
    (made,) = visrl.preferences(rows, [1, 0], [1, 0])
    assert (made["chosen_step"], made["rejected_step"]) == ("[0, 0, 0.0, 1]", "[0, 0, 0.1, 1]")
    assert (made["chosen"], made["rejected"]) == ("answer 0", "answer 1")
    assert made["prompt"] == "What colour?"
    assert "response" not in made


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ('{"score": 0.7}', 0.7),
        ('```json\n{"score": 1}\n```', 1.0),
        ("```\n0.25\n```", 0.25),
        ('{"score": 1.5}', None),
        ('{"score": -1}', None),
        ("good", None),
    ],
)
def test_a_judges_reply_is_a_score_from_0_to_1_or_none(reply: str, value: float | None) -> None:
    score = visrl.answer().one({"answer_reply": reply})
    assert score.value == value
    assert score.status == (Status.UNREAD if value is None else Status.OK)


def test_judges_can_be_asked() -> None:
    row = {"response": "red", "answer": "red"}
    assert visrl.answer(judge=lambda row: f'{{"score": {int(row["response"] == row["answer"])}}}').one(row).value == 1.0
    assert visrl.crop(judge=lambda row: '{"score": 0.5}').one(row).value == 0.5


def test_a_box_in_shares_is_compared_with_one_in_pixels() -> None:
    row = {"response": "[0, 0, 0.5, 0.5]", "boxes": [160, 120, 480, 360], "image_size": (640, 480)}
    assert visrl.focus().one(row).value == pytest.approx(1 / 7)  # 1/16 shared of 7/16
    in_pixels = visrl.focus().one({**row, "response": "[0, 0, 320, 240]"})
    assert in_pixels.value == pytest.approx(0.0, abs=1e-4)
    assert visrl.focus().one({**row, "response": "[0, 0]"}).status == Status.MALFORMED


@pytest.mark.parametrize("proof", visrl.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


def test_a_step_of_dpo_follows_its_gradient() -> None:
    # Both in one context: Δ = (θ_w − θ_l) − (ref_w − ref_l), and ∇ log σ(βΔ) = β σ(−βΔ) (1, −1).
    policy, reference = visrl._untrained(), visrl._untrained()
    policy.look.tables[0][3, 3] += 0.7
    before = policy.look.tables[0].copy()
    asked = np.array([[3, 3]])
    tried = visrl.Tries(asked, np.array([[3, 9]]), asked * 0, asked * 0, asked > 0)
    visrl._dpo_step(policy, reference, tried, apart=True)
    step = 0.5 * visrl.BETA / (1 + np.exp(visrl.BETA * 0.7)) * visrl.RATE
    moved = policy.look.tables[0] - before
    assert moved[3, 3] == pytest.approx(step)
    assert moved[3, 9] == pytest.approx(-step)
    assert np.count_nonzero(np.abs(moved) > 1e-12) == 2
