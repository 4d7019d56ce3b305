"""Multimodal RewardBench: its claims hold. What its benchmark does with rows and texts is in tests/bench."""

import pytest

from guerdon.systems import Proof, multimodal_rewardbench


@pytest.mark.parametrize("proof", multimodal_rewardbench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason


def test_its_published_figures_have_a_source_and_fit_their_columns() -> None:
    for table in multimodal_rewardbench.system.published:
        assert table.source
        assert all(len(row) == len(table.columns) for row in table.rows)
