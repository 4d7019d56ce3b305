"""Constrained RLHF: rewards worth their threshold, the baseline, the evaluation score, the search."""

from __future__ import annotations

import numpy as np
import pytest

from guerdon.systems import Proof, constrained_rlhf
from guerdon.systems.constrained_rlhf import evaluation, saturated, search, total

ROW = {"intent": 0.6, "meteor": 0.2}


def test_a_reward_above_its_threshold_loses_weight_until_it_is_pushed_down() -> None:
    reward = total()
    for _ in range(200):
        reward = reward.update([0.6, 0.2], rate=0.5)
    intent, meteor = reward.weights
    assert intent < 0 < meteor
    assert reward.one(ROW).value == pytest.approx(0.6 * intent + 0.2 * meteor)
    held = total(equal=False)
    for _ in range(200):
        held = held.update([0.6, 0.2], rate=0.5)
    assert 0 < held.weights[0] < 0.5 < held.weights[1]


def test_what_the_task_weighs_is_what_the_constraints_leave() -> None:
    assert total(equal=False).task_weight == 1.0  # 2 − 2·σ(0)
    assert total().task_weight == 2.0  # 2 − 2·tanh(0)


def test_the_baseline_pays_up_to_the_thresholds() -> None:
    assert saturated().one(ROW).value == pytest.approx(0.44 + 0.2)


def test_a_row_without_a_score_has_no_reward() -> None:
    assert total().one({"intent": 0.5}).value is None


def test_the_evaluation_score_may_leave_0_to_1() -> None:
    best = {name: high for name, (_, high) in constrained_rlhf.RANGES.items()}
    assert evaluation(**best) == pytest.approx(1.0)
    assert evaluation(**{**best, "longest": 357.0}) == pytest.approx(1 + 1 / 6)  # twice its range
    with pytest.raises(ValueError, match="needs sacrebleu"):
        evaluation(bleu=1.0)


def test_the_search_finds_the_top_of_a_hill_and_tries_no_place_twice() -> None:
    tried: list[tuple[float, ...]] = []

    def gold(thresholds: np.ndarray) -> float:
        tried.append(tuple(thresholds.tolist()))
        return 1 - float(((thresholds - [0.3, 0.7]) ** 2).sum())

    assert search(gold, [(0.9, 0.9), (0.8, 0.9), (0.9, 0.8)]) == pytest.approx([0.3, 0.7], abs=0.1)
    apart = [max(abs(a - b) for a, b in zip(x, y, strict=True)) for i, x in enumerate(tried) for y in tried[:i]]
    assert min(apart) > 5e-3


@pytest.mark.parametrize("proof", constrained_rlhf.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


@pytest.mark.slow
def test_the_proofs_hold_on_every_seed() -> None:
    assert [evidence.reason for evidence in constrained_rlhf.system.reproduce()] == [""] * 4
