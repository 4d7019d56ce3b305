"""Social Reward: the cosine, its loss, pairs from remixes, ties."""

from __future__ import annotations

import numpy as np
import pytest

from guerdon.systems import Proof, social_reward
from guerdon.systems.social_reward import triplet_gradient, triplet_loss


def row(cosine: float) -> dict[str, list[float]]:
    return {"text_embedding": [1.0, 0.0], "image_embedding": [cosine, (1 - cosine**2) ** 0.5]}


def test_the_reward_is_the_cosine() -> None:
    assert social_reward.social_reward()([row(0.3), row(-1.0)]).values == pytest.approx([0.3, -1.0])


def test_a_tie_counts_as_right_in_published_accuracies_alone() -> None:
    verdicts = social_reward.social_reward().compare([row(0.3), row(0.2)], [row(0.3), row(0.1)])
    assert verdicts.accuracy() == 0.75
    assert verdicts.accuracy(ties=1.0) == 1.0


def test_the_loss_stops_at_a_lead_of_fifteen_hundredths() -> None:
    def loss(chosen: float, rejected: float) -> float:
        sides = (np.array([row(x)["image_embedding"]]) for x in (chosen, rejected))
        return triplet_loss(np.eye(2), np.array([[1.0, 0.0]]), *sides)

    assert loss(0.36, 0.2) == 0.0
    assert loss(0.34, 0.2) == pytest.approx(0.02)


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    matrix, step = rng.normal(size=(3, 3)), 1e-6
    texts, chosen, rejected = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in rng.normal(size=(3, 8, 3)))
    gradient = triplet_gradient(matrix, texts, chosen, rejected)
    for i in np.ndindex(3, 3):
        nudge = np.zeros((3, 3))
        nudge[i] = step
        rise = triplet_loss(matrix + nudge, texts, chosen, rejected) - triplet_loss(
            matrix - nudge, texts, chosen, rejected
        )
        assert gradient[i] == pytest.approx(rise / (2 * step), abs=1e-5)


def test_exposure_control_throws_away_what_was_seldom_shown() -> None:
    raw, controlled = (social_reward._pairs(0, 0, control) for control in ("raw", "by showing"))
    shown = social_reward._gallery(0, 0).exposures.ravel()
    assert min(shown[i] for pair in controlled for i in pair) >= social_reward.ENOUGH
    assert np.median([shown[pair.rejected] for pair in raw]) < social_reward.ENOUGH


@pytest.mark.parametrize("proof", social_reward.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


@pytest.mark.slow
def test_the_proofs_hold_on_every_seed() -> None:
    assert [evidence.reason for evidence in social_reward.system.reproduce()] == [""] * 3
