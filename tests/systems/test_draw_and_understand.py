"""Draw-and-Understand: regions by number, verdicts with care, and the official readings beside them."""

from collections.abc import Callable

import numpy as np
import pytest

from guerdon import Status
from guerdon.systems import _draw_and_understand as published
from guerdon.systems import draw_and_understand as system


def labelled(response: str, answer: str) -> float | None:
    return system.labels().one({"response": response, "answer": answer}).value


def test_a_region_left_out_does_not_shift_the_others() -> None:
    answer = "Region 1: cat\nRegion 2: dog\nRegion 3: bird"
    said = "Region 2: dog\nRegion 3: bird"
    assert labelled(said, answer) == pytest.approx(2 / 3)
    shifted = zip(published.labels(said), published.labels(answer), strict=False)
    assert [published.word_iou(a, b) for a, b in shifted] == [0.0, 0.0]


def test_more_regions_than_there_are_cost_and_crash_nothing() -> None:
    assert labelled("Region 1: cat\nRegion 2: dog", "Region 1: cat") == 0.5


def test_case_punctuation_and_the_space_after_a_colon_do_not_matter() -> None:
    assert labelled("Region 1:Cat.", "Region 1: cat") == 1.0
    assert published.labels("Region 1:Cat.") == []
    assert published.word_iou("cat.", "cat") == 0.0


def test_the_last_line_of_texts_needs_no_line_break() -> None:
    assert system.text().one({"response": "Region 1: STOP", "answer": "Region 1: (STOP)\n"}).value == 1.0
    assert published.texts("Region 1: STOP") == []


def judged(judge: Callable[[str, str], str], reference: str, candidate: str) -> dict[str, str]:
    """A row with what a judge replies in both orders."""
    return {"verdict": judge(reference, candidate), "swapped": judge(candidate, reference)}


def test_any_judge_can_fill_the_columns() -> None:
    row = judged(lambda first, second: f"{min(len(first), 10)} {min(len(second), 10)}\n…", "12345678", "123456")
    assert system.judge().one(row).value == 0.75


def test_unread_verdicts_are_no_scores_and_as_published_they_are_minus_ones() -> None:
    rows = [{"verdict": "10 5"}, {"verdict": "8/9"}]
    scores = system.judge()(rows)
    assert scores.status[1] == Status.UNREAD
    assert system.relative_score(scores) == 50.0
    assert published.relative_score([published.verdict(row["verdict"]) for row in rows]) == 44.44


def test_a_candidate_can_be_better_than_the_reference() -> None:
    assert system.relative_score(system.judge()([{"verdict": "5 10"}])) == 200.0


def test_the_encoding_of_a_point_depends_on_its_place_alone() -> None:
    basis = np.random.default_rng(0).normal(size=(2, 64))
    near = system.prompt_encoding([[0.5, 0.5], [0.51, 0.5], [0.9, 0.1]], basis)
    assert near.shape == (3, 128)
    # sin² + cos² of 64 frequencies.
    assert (near**2).sum(axis=1) == pytest.approx([64.0] * 3)
    assert near[0] @ near[1] > 0.9 * 64 > near[0] @ near[2]


def test_the_proofs_hold_on_one_seed() -> None:
    for evidence in system.system.reproduce(seeds=(0,)):
        assert evidence.passed, evidence.reason


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    for evidence in system.system.reproduce():
        assert evidence.passed, evidence.reason
