"""MORE: weights of datasets, calibration of a reward on its pairs, and the proofs."""

from math import isnan, nan

import numpy as np
import pytest
from scipy.special import expit

from guerdon.systems.more import calibration, system, weights


@pytest.mark.parametrize("name", [proof.name for proof in system.proofs])
def test_every_proof_reaches_its_bar(name: str) -> None:
    proof = next(proof for proof in system.proofs if proof.name == name)
    evidence = proof.run()
    assert evidence.passed, evidence.reason


def test_the_dataset_with_the_smaller_gradient_decides_unless_lengths_are_brought_together() -> None:
    gradients = [[1.0, 0.0], [2.0, 0.0]]
    assert weights(gradients, normalise="none").tolist() == [1.0, 0.0]
    assert weights(gradients, normalise="none", as_published=True) == pytest.approx([0.999, 0.001])
    assert weights(gradients) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("seed", range(5))
def test_the_exact_mixture_is_never_longer_than_the_published_one(seed: int) -> None:
    gradients = np.random.default_rng(seed).normal(size=(5, 4))
    exact, searched = (
        np.linalg.norm(weights(gradients, normalise="none", as_published=how) @ gradients) for how in (False, True)
    )
    assert exact <= searched + 1e-9
    assert searched == pytest.approx(exact, abs=0.05)


def test_calibration_counts_every_pair_in_both_orders() -> None:
    # gaps of 1, 2 and 1 to the better one: the error of a pair is 1 − σ(gap) both ways
    found = calibration([[2.0, 1.0, 0.0]], [[3, 2, 1]], bins=20)
    assert found.ece == pytest.approx(np.mean([1 - expit(1), 1 - expit(2), 1 - expit(1)]))


def test_equal_grades_and_padding_are_no_pair() -> None:
    assert all(map(isnan, calibration([[2.0, 1.0, 9.0]], [[1, 1, nan]])))
    padded = calibration([[2.0, 1.0, 7.0]], [[1, 0, -1]], as_published=True)
    assert padded == calibration([[2.0, 1.0, 7.0]], [[1, 0, nan]])
    assert calibration([[2.0, 1.0]], [[1, 1]], as_published=True) == (0.0, 0.0, 0.0)


def test_a_reward_that_is_too_sure_is_told_by_its_calibration_alone() -> None:
    rng = np.random.default_rng(0)
    gaps = rng.normal(size=5000)
    gold = np.column_stack([rng.random(5000) < expit(gaps), np.zeros(5000)])
    gold[:, 1] = 1 - gold[:, 0]
    fair, sure = (calibration(np.column_stack([scale * gaps, np.zeros(5000)]), gold).ece for scale in (1.0, 3.0))
    assert fair < 0.03
    assert sure > 0.08
