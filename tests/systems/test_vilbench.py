"""ViLBench: values of steps, and picking by them."""

import numpy as np
import pytest

from guerdon.systems import Proof, vilbench


def test_a_chain_is_right_when_no_carry_is_missing_in_the_end() -> None:
    chains = vilbench._chains(np.random.default_rng(0), 2000)
    assert chains.right.tolist() == (chains.missing[:, -1] == 0).tolist()
    assert 0.2 < chains.right.mean() < 0.3  # 0.82⁸ = 0.204, and some are mended


def test_what_a_reader_has_seen_ends_at_the_step() -> None:
    chains = vilbench._chains(np.random.default_rng(0), 3)
    prefixes = chains.prefixes()
    assert (prefixes[:, 0, 2 : 2 * vilbench.STEPS] == 0).all()
    assert (prefixes[:, -1, : 2 * vilbench.STEPS] == chains.seen.reshape(3, -1)).all()


@pytest.mark.slow
@pytest.mark.parametrize("proof", vilbench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
