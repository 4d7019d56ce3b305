"""Vision-R1: surplus boxes, wrong labels and empty JSON earn nothing by default, and do as published."""

import json
from typing import Any

import pytest

from guerdon import ContractError, Reward, Status
from guerdon.systems import Proof, vision_r1
from guerdon.systems import _vision_r1 as published

CAT, DOG, JUNK = ([0, 0, 100, 100], "cat"), ([200, 200, 300, 300], "dog"), ([400, 400, 450, 450], "dog")
HALF, SHIFTED = ([0, 0, 100, 50], "cat"), ([10, 10, 110, 110], "cat")
GIOU = 8100 / 11900 - 200 / 12100  # of the shifted box: IoU less the bare share of the hull
TRUTH = [CAT, DOG]


def listed(*boxes: tuple[list[int], str]) -> str:
    return json.dumps([{"bbox_2d": box, "label": label} for box, label in boxes])


def value(reward: Reward, response: str, truth: Any = TRUTH, step: int | None = 0) -> float | None:
    boxes = [{"bbox_2d": box, "label": label} for box, label in truth]
    answer = [[label, box] for box, label in truth]
    return reward.one({"response": response, "boxes": boxes, "answer": answer, "step": step}).value


@pytest.mark.parametrize(
    ("found", "step", "precision", "recall"),
    [
        ([CAT], None, 1.0, 0.5),
        ([CAT, DOG, JUNK], 0, 1.0, 1.0),
        ([SHIFTED, DOG], None, (GIOU + 1) / 2, 1.0),
        ([SHIFTED, DOG], 1500, 0.5, 0.5),
        ([(CAT[0], "dog"), (DOG[0], "cat")], 1500, 1.0, 1.0),
        ([HALF, DOG], 0, 0.75, 0.75),
    ],
)
def test_the_table_of_the_paper(found: Any, step: int | None, precision: float, recall: float) -> None:
    assert value(published.precision(), listed(*found), step=step) == pytest.approx(precision)
    assert value(published.recall(), listed(*found), step=step) == pytest.approx(recall)


@pytest.mark.parametrize(
    ("found", "step", "precision", "recall"),
    [
        ([CAT], 0, 1.0, 0.5),
        ([CAT, DOG, JUNK], 0, 2 / 3, 1.0),  # one of three boxes is nobody's
        ([SHIFTED, DOG], 0, (GIOU + 1) / 2, 1.0),
        ([SHIFTED, DOG], 1499, (GIOU + 1) / 2, 1.0),
        ([SHIFTED, DOG], 1500, 0.5, 0.5),
        ([(CAT[0], "dog"), (DOG[0], "cat")], 0, 0.0, 0.0),
        ([HALF, DOG], 0, 0.75, 1.0),  # a GIoU of exactly ½ reaches it
        ([HALF, DOG], 1500, 0.5, 0.5),
    ],
)
def test_the_same_by_default(found: Any, step: int, precision: float, recall: float) -> None:
    assert value(vision_r1.precision(), listed(*found), step=step) == pytest.approx(precision)
    assert value(vision_r1.recall(), listed(*found), step=step) == pytest.approx(recall)


def test_without_progress_the_step_does_not_matter() -> None:
    for step in (None, 0, 3000):
        assert value(vision_r1.precision(progressive=False), listed(SHIFTED, DOG), step=step) == (GIOU + 1) / 2
        assert value(vision_r1.total(progressive=False, as_published=True), listed(CAT, DOG), step=step) == 3.0
    with pytest.raises(ContractError, match="'step'"):
        value(vision_r1.precision(), listed(CAT), step=None)


def test_the_whole_picture_is_worth_nothing() -> None:
    whole = listed(([0, 0, 400, 400], "cat"), ([0, 0, 400, 400], "dog"))
    assert value(vision_r1.precision(), whole) == value(vision_r1.recall(), whole) == 0.0


def test_recall_is_not_rounded_up() -> None:
    truth = [([100 * i, 0, 100 * i + 50, 50], "cat") for i in range(5)]
    assert value(vision_r1.recall(), listed(*truth[:4]), truth) == 0.8
    assert value(published.recall(), listed(*truth[:4]), truth) == 1.0


@pytest.mark.parametrize(
    "text", ["{}", "5", '"no"', "null", '[{"bbox_2d": [9, 9, 1, 1], "label": "cat"}]', "[[1, 2, 3, 4]]"]
)
def test_json_that_is_no_list_of_labelled_boxes_has_the_wrong_format(text: str) -> None:
    assert value(vision_r1.layout(), text) == 0.0
    assert value(published.layout(), text) == 1.0


@pytest.mark.parametrize("text", [listed(CAT), f"```json\n{listed(CAT, DOG)}\n```", "[]", "```json\n[]\n```"])
def test_a_list_of_labelled_boxes_has_the_right_format(text: str) -> None:
    assert value(vision_r1.layout(), text) == value(published.layout(), text) == 1.0


@pytest.mark.parametrize(
    "text",
    [listed(CAT) + " ok?", '[{"bbox_2d": [1, 2, 3, 4]}]', '[{"bbox_2d": [0, 0, 1, true], "label": "a"}]', "", "[["],
)
def test_anything_else_has_not(text: str) -> None:
    assert value(vision_r1.layout(), text) == 0.0


def test_a_broken_list_is_unreadable_unless_as_published() -> None:
    broken = listed(CAT)[:-1] + ', {"bbox_2d": [200, 200'
    assert value(vision_r1.recall(), broken) == value(vision_r1.precision(), broken) == 0.0
    assert value(published.recall(), broken) == 0.5
    assert value(published.precision(), broken) == 1.0


def test_nothing_is_right_where_there_is_nothing() -> None:
    for made in (vision_r1.precision(), vision_r1.recall(), published.precision(), published.recall()):
        assert value(made, "[]", []) == 1.0
        assert value(made, "[]") == value(made, listed(CAT), []) == 0.0


def test_boxes_may_count_another_frame() -> None:
    row = {"response": listed(([0, 0, 50, 50], "cat")), "image_size": [400, 400], "resized_size": [200, 200], "step": 0}
    row |= {"boxes": [{"bbox_2d": CAT[0], "label": "cat"}], "answer": [["cat", CAT[0]]]}
    assert vision_r1.precision(frame="resized").one(row).value == 1.0
    assert published.precision().one(row).value == 1.0


def test_the_total_sums_its_parts() -> None:
    made = vision_r1.total()
    assert made.components == ("precision", "vision_r1.format", "recall")
    assert value(made, listed(CAT, DOG)) == 3.0


def test_hostile_answers_are_scored() -> None:
    for bomb in ("[" * 50_000, '{"bbox_2d": [1, 1, 1, 1], "label": "' * 20_000, "```json" * 50_000, '[{"bbox_2d": 5}]'):
        for as_published in (False, True):
            score = vision_r1.total(as_published=as_published).one(
                {"response": bomb, "boxes": [], "answer": [["cat", CAT[0]]], "step": 0}
            )
            assert score.status != Status.FAILED


@pytest.mark.parametrize("proof", vision_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
