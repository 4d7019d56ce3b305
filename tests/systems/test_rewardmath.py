"""RewardMATH as a system: its proofs."""

import pytest

from guerdon.metrics.steps import aggregate
from guerdon.rules.given import score
from guerdon.systems import Proof, rewardmath
from guerdon.use.select import select


def test_a_step_of_one_makes_the_logit_and_odds_infinite() -> None:
    assert (aggregate([1.0, 0.5], "mean_logit"), aggregate([1.0, 0.5], "mean_odds")) == (1.0, float("inf"))


def test_ties_for_best_of_n_go_to_the_commonest_answer() -> None:
    rows = [{"score": s, "response": r} for s, r in ((9, "12"), (9, "15"), (3, "7"), (9, "15"))]
    assert select(rows, score(), ties="majority").position == 1
    assert select(rows, score()).position == 0


@pytest.mark.parametrize("proof", rewardmath.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
