"""MJ-Video: labels as targets, and why its judges that rate in words look so bad."""

import pytest

from guerdon.systems import Proof, _mj_video, mj_video


@pytest.mark.parametrize(
    ("label", "bad", "value", "relevant"),
    [(1, -1.0, 1.0, True), (2, -1.0, -1.0, True), (2, 0.0, 0.0, True), (0, -1.0, 0.0, False), (5, -1.0, 0.0, False)],
)
def test_a_label_becomes_a_target(label: int, bad: float, value: float, relevant: bool) -> None:
    assert mj_video.target(label, bad=bad) == (value, relevant)


def test_there_are_28_criteria_in_five_aspects() -> None:
    assert [len(names) for names in mj_video.CRITERIA.values()] == [5, 6, 5, 7, 5]


@pytest.mark.parametrize("label", ["Video 1 Better", "Same", "Hard to judge", ""])
def test_the_loader_knows_two_labels_to_the_letter(label: str) -> None:
    assert _mj_video.preference(label) == (1, 0)


@pytest.mark.parametrize("proof", mj_video.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
