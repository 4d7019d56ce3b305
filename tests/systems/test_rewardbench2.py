"""RewardBench 2 as a system: its proofs."""

import pytest

from guerdon.systems import Proof, rewardbench2


def test_the_largest_of_four_is_at_chance_under_all_noise_and_sure_without() -> None:
    assert rewardbench2.best_of_four(1e9) == pytest.approx(0.25)
    assert rewardbench2.best_of_four(1e-3) == pytest.approx(1.0)
    assert 0.25 < rewardbench2.best_of_four(2.0) < rewardbench2.best_of_four(1.0) < 1


@pytest.mark.parametrize("proof", rewardbench2.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
