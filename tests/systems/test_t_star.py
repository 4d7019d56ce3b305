"""T*: the LV-Haystack protocol by default and as published, and its proofs."""

import numpy as np
import pytest

from guerdon.systems import Proof, t_star
from guerdon.systems.t_star import lv_haystack, visual


@pytest.mark.parametrize(
    ("true", "predicted", "expected"),
    [
        ([[10, 20, 30]], [[11, 40]], (0.5, 1 / 3, 0.4)),
        ([[10]], [[15]], (1.0, 1.0, 1.0)),
        ([[10]], [[15.01]], (0.0, 0.0, 0.0)),
        ([[], [5]], [[1], [5]], (1.0, 1.0, 1.0)),  # the first is skipped
        ([[]], [[1]], (0.0, 0.0, 0.0)),
    ],
)
@pytest.mark.parametrize("as_published", [False, True])
def test_the_published_table(
    true: list[list[float]], predicted: list[list[float]], expected: tuple[float, ...], as_published: bool
) -> None:
    assert lv_haystack(predicted, true, as_published=as_published)[:3] == pytest.approx(expected)


def test_answering_only_when_sure_wins_only_as_published() -> None:
    predicted, true = [[10.0], [], [], []], [[10.0], [50.0], [90.0], [5.0]]
    assert lv_haystack(predicted, true, as_published=True).f1 == 1.0
    assert lv_haystack(predicted, true).f1 == 0.25
    assert (lv_haystack(predicted, true, as_published=True).skipped, lv_haystack(predicted, true).skipped) == (3, 0)


def test_eight_frames_beside_a_sure_one_win_only_as_published() -> None:
    row = {"keyframe_timestamps": [10, 11, 12, 13, 14, 9, 8, 7], "gt_seconds": [10, 200]}
    assert t_star.keyframes(as_published=True).one(row).value == pytest.approx(2 * 1.0 * 0.5 / 1.5)
    assert t_star.keyframes().one(row).value == pytest.approx(2 * 1 / 10)


def test_distances_are_kept_for_videos_that_have_both() -> None:
    (pair,) = lv_haystack([[11, 40], []], [[10, 20, 30], [5]]).distances
    assert pair == pytest.approx((5.5, 20 / 3))
    assert t_star.nearest().one({"keyframe_timestamps": [11, 40], "gt_seconds": [10, 20, 30]}).value == pytest.approx(
        -(5.5 + 20 / 3) / 2
    )


@pytest.mark.parametrize(
    ("said", "gold", "published", "default"),
    [
        ("A", "A", 1.0, 1.0),
        ("Answer: A", "A", 1.0, 1.0),
        ("The answer is B", "B", 0.0, 1.0),
        ("Because it is C", "B", 1.0, 0.0),
        ("A person is there", "A", 1.0, 0.0),
        ("(A)", "A", 0.0, 1.0),
        ("C", "C) Green", 0.0, 1.0),
        ("blue", "blue", 0.0, 1.0),
    ],
)
def test_a_first_letter_is_an_answer_only_as_published(said: str, gold: str, published: float, default: float) -> None:
    row = {"response": said, "answer": gold, "options": ["red", "blue", "green", "black"]}
    assert t_star.answer(as_published=True).one(row).value == published
    assert t_star.answer().one(row).value == default


def test_pictures_are_compared_with_the_most_alike() -> None:
    rng = np.random.default_rng(0)
    a, b, c = rng.random((3, 3, 16, 16))
    p, r, f1 = visual([[a]], [[a, b]])
    assert p == pytest.approx(1.0)
    assert r < 0.9
    assert f1 == pytest.approx(2 * p * r / (p + r))
    assert visual([[a, c], []], [[a, c], [b]]) == pytest.approx((1.0, 1.0, 1.0))
    assert visual([[]], [[a]]) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("proof", t_star.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold_on_one_seed(proof: Proof) -> None:
    assert proof.run(seeds=(0,)).reason == ""


@pytest.mark.slow
@pytest.mark.parametrize("proof", t_star.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""
