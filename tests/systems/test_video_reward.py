"""VideoReward: three dimensions on one scale, and what its accuracies hide."""

import pytest

from guerdon.systems import Proof, video_reward

SCALES = {"VQ": (3.0, 2.0), "MQ": (1.0, 0.5), "TA": (0.0, 1.0)}


def test_dimensions_are_standardised_and_added_up() -> None:
    """(5 − 3)/2 + (0.5 − 1)/0.5 + 0.25."""
    score = video_reward.overall(scales=SCALES).one({"VQ": 5.0, "MQ": 0.5, "TA": 0.25})
    assert score.value == pytest.approx(1 - 1 + 0.25)
    assert [score.components[name].value for name in video_reward.DIMENSIONS] == [1.0, -1.0, 0.25]


def test_a_dimension_is_a_reward_of_its_own() -> None:
    assert video_reward.dimension("MQ", scales=SCALES).one({"MQ": 2.0}).value == 2.0


def test_a_video_without_one_of_its_scores_has_no_value() -> None:
    assert video_reward.overall().one({"VQ": 1.0, "MQ": 1.0}).value is None


def test_a_spread_is_above_zero() -> None:
    with pytest.raises(ValueError, match="positive std"):
        video_reward.dimension("VQ", scales={"VQ": (0.0, 0.0)})


@pytest.mark.parametrize("proof", video_reward.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
