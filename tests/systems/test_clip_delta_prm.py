"""Clip and Delta: the worked example, what may be plugged in, and how the values reach tokens."""

from __future__ import annotations

from typing import Any

import pytest

from guerdon import Fine, Status, densify, reward
from guerdon.metrics.steps import Refinement, returns
from guerdon.rules.answers import exact
from guerdon.rules.process import line_scores
from guerdon.systems.clip_delta_prm import system, training

SCORES = [0.9, 0.9, 0.9, 0.2]


@reward("test.clip_delta_prm_words", grain="segment", range=(0, None))
def short_words(response: str) -> Fine:
    """Stands in for a process reward model: a word is a step, and the shorter the better."""
    spans, start = [], 0
    for word in response.split(" "):
        spans.append((start, start + len(word)))
        start += len(word) + 1
    return Fine(tuple(1 / (b - a) for a, b in spans), tuple(spans))


def values(scores: list[float], how: Refinement | None, right: bool = True, **settings: Any) -> tuple[float, ...]:
    made = training(how=how, success=exact(within=None), **settings)
    fine = made.one({"step_scores": scores, "response": "4" if right else "5", "answer": "4"}).fine
    assert fine is not None
    return fine.values


@pytest.mark.parametrize(
    ("how", "total"), [(None, 2.9), ("clip", -0.3), ("delta", 0.9), ("clip+delta", 0.0)]
)  # fmt: skip
def test_the_worked_example(how: Refinement | None, total: float) -> None:
    assert sum(values(SCORES, how, right=False, alpha=1.0, threshold=0.5)) == pytest.approx(total)


@pytest.mark.parametrize("how", ["clip", "delta", "clip+delta"])
def test_ten_more_right_steps_change_no_refined_return(how: Refinement) -> None:
    longer = [0.9] * 10 + SCORES
    before, after = (returns(values(s, how, alpha=1.0, threshold=0.5))[0] for s in (SCORES, longer))
    assert after == pytest.approx(before)


def test_ten_more_right_steps_pay_nine_points_unrefined() -> None:
    before, after = (sum(values(s, None, alpha=1.0)) for s in (SCORES, [0.9] * 10 + SCORES))
    assert after - before == pytest.approx(9.0)


def test_success_is_paid_at_the_last_step() -> None:
    right, wrong = (values(SCORES, "clip+delta", right=r) for r in (True, False))
    assert [a - b for a, b in zip(right, wrong, strict=True)] == [0.0, 0.0, 0.0, 1.0]


def test_one_step_earns_success_alone_under_delta() -> None:
    assert values([0.9], "delta") == (1.0,)


def test_empty_steps_do_not_apply() -> None:
    row = {"step_scores": [], "response": "4", "answer": "4"}
    assert training(success=exact(within=None)).one(row).status == Status.INAPPLICABLE


def test_a_model_for_lines_pays_at_the_last_token_of_each() -> None:
    made = training(how="clip", threshold=0.5, alpha=1.0, prm=line_scores(), success=exact(within=None))
    scores = made([{"response": "1+1=3\n4", "step_scores": [0.25, 0.75], "answer": "1+1=3\n4"}])
    tokens = [(i, i + 1) for i in range(7)]
    # the first line ends with token 4, the second with token 6, which success is paid at
    assert densify(scores, [tokens])[0].tolist() == [0, 0, 0, 0, -0.25, 0, 1.0]


def test_any_reward_with_values_for_parts_can_be_the_model() -> None:
    made = training(how="delta", alpha=1.0, prm=short_words(), success=exact(within=None))
    fine = made.one({"response": "a bb cccc", "answer": ""}).fine
    assert fine is not None
    assert fine.values == (0.5, 0.5, 0.0)


def test_a_proof_compares_with_plain_process_rewards() -> None:
    evidence = system.proofs[0].run()
    assert evidence.passed
    assert evidence.baseline == pytest.approx(9.0)


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    assert [evidence.reason for evidence in system.reproduce()] == [""] * 5
