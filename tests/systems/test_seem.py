"""SEEM's figures and conventions."""

from math import isnan

import numpy as np
import pytest

from guerdon.metrics.masks import areas, mean_iou
from guerdon.systems import Proof, seem
from guerdon.systems.seem import grounding
from guerdon.world.clicks import clicks_to

HALF, PAIR, EMPTY = (np.array([row, [0, 0]], bool) for row in ([1, 0], [1, 1], [0, 0]))
WHOLE = np.ones((2, 2), bool)


def test_cumulative_and_mean_iou_of_the_table() -> None:
    found = grounding([HALF, WHOLE], [PAIR, WHOLE])
    assert found["cIoU"] == pytest.approx(100 * 5 / 6)
    assert found["mIoU"] == pytest.approx(75.0)


def test_exactly_a_threshold_reaches_it_unless_as_published() -> None:
    assert grounding([HALF], [PAIR])["precision@0.5"] == 100.0
    assert grounding([HALF], [PAIR], as_published=True)["precision@0.5"] == 0.0
    assert grounding([HALF], [PAIR])["precision@0.6"] == 0.0


def test_the_three_conventions_for_empty_masks_are_never_mixed() -> None:
    pairs = [areas(EMPTY, EMPTY), areas(PAIR, PAIR)]
    assert mean_iou(pairs) == 1.0  # as gIoU
    assert grounding([EMPTY, PAIR], [EMPTY, PAIR])["mIoU"] == 50.0  # as SEEM's referring mIoU
    assert mean_iou(pairs, both_empty=float("nan")) == 1.0  # left out
    assert isnan(mean_iou(pairs[:1], both_empty=float("nan")))
    assert grounding([PAIR], [EMPTY])["mIoU"] == 0.0


@pytest.mark.parametrize(
    ("curve", "threshold", "clicks"),
    [
        ([0.3, 0.6, 0.86, 0.9], 0.85, 3),
        ([0.3, 0.6, 0.86, 0.9], 0.9, 4),
        ([0.9, *[0.2] * 19], 0.85, 1),
        ([0.3] * 20, 0.85, 20),
        ([float("nan")] * 20, 0.5, 20),
    ],
)
def test_clicks_to_a_threshold_of_the_table(curve: list[float], threshold: float, clicks: int) -> None:
    assert clicks_to(curve, threshold) == clicks


def test_its_rewards_can_be_made() -> None:
    assert [make().name for make in seem.system.rewards.values()] == [
        "masks.iou", "masks.dice", "masks.boundary_f", "masks.cumulative_iou", "masks.clicks",
    ]  # fmt: skip


@pytest.mark.parametrize("proof", seem.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
