"""VLRMBench: what its scripts pay for nothing."""

import pytest

from guerdon.systems import Proof, vlrmbench


@pytest.mark.parametrize("proof", vlrmbench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
