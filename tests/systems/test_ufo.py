"""UFO: the model's own format is read, its unit is never guessed, and figures are those of the foreground."""

from typing import Any

import numpy as np
import pytest

from guerdon import Status
from guerdon.metrics.masks import retrieval_logits
from guerdon.metrics.runs import encode_rle
from guerdon.systems import Proof, ufo
from guerdon.systems.ufo import read_boxes, segmentation

PICTURE = {"boxes": [100, 50, 300, 250], "image_size": [800, 400]}


def sound(answer: str, **settings: Any) -> float | None:
    return ufo.rec(**settings).one({"response": answer, **PICTURE}).value


def published(answer: str) -> float | None:
    return ufo.rec(as_published=True).one({"response": answer, **PICTURE}).value


@pytest.mark.parametrize(
    ("answer", "default", "old"),
    [
        ("224,336,224,448", 1.0, 1.0),
        ("<box>224,336,224,448</box>", 1.0, 0.0),
        ("cat,<box>224,336,224,448</box>", 1.0, 0.0),
        ("224,336,224,448,9", 0.0, 1.0),
        ("0.25,0.375,0.25,0.5", 0.0, 1.0),
        ("224,336,224", 0.0, 0.0),
        ("to the left", 0.0, 0.0),
        ("", 0.0, 0.0),
        ("224,336,0,448", 0.0, 0.0),
        ("224,336,-224,448", 0.0, 0.0),
    ],
)
def test_the_table_of_the_paper(answer: str, default: float, old: float) -> None:
    assert sound(answer) == pytest.approx(default)
    assert published(answer) == pytest.approx(old)


def test_the_unit_is_what_the_setting_says() -> None:
    assert sound("112,168,112,224", bins=448) == pytest.approx(1.0)
    assert published("112,168,112,224") != pytest.approx(1.0)
    assert sound("0.25,0.375,0.25,0.5", bins=1) == pytest.approx(1.0)
    near_origin = ufo.rec(as_published=True).one({**PICTURE, "response": "1,0.5,2,1", "boxes": [0, 0, 2, 1]})
    assert near_origin.value == pytest.approx(0.0, abs=1e-3)  # cx + cy < 2 is taken for shares of the picture


def test_two_boxes_are_no_answer_to_a_referring_expression() -> None:
    assert sound("<box>224,336,224,448</box><box>1,1,1,1</box>") == 0.0


def test_a_list_of_labelled_boxes_is_read_in_order() -> None:
    read = read_boxes("cat,<box>224,336,224,448</box>\na big dog, <box>448,448,896,896</box>", 896, [800, 400])
    assert read.value is not None
    assert [(box.label, box.corners) for box in read.value] == [
        ("cat", (100.0, 50.0, 300.0, 250.0)),
        ("a big dog", (0.0, 0.0, 800.0, 400.0)),
    ]


def test_centres_may_be_offsets_from_a_local_query() -> None:
    read = read_boxes("<box>448,448,448,448</box>", 896, [800, 400], query=(0.25, 0.75))
    assert read.value is not None
    assert read.value[0].corners == (0.0, 200.0, 400.0, 400.0)  # half of the bins is no offset


@pytest.mark.parametrize("text", ["cat,<box>1,2,3,4</box>dog,<box>1,2", "<box>1,2,3</box>", "<box>a</box>", "<box>"])
def test_a_list_that_breaks_off_is_malformed(text: str) -> None:
    assert not read_boxes(text, 896, [800, 400]).ok


def test_detection_wants_places_and_labels_and_counts_what_is_too_much() -> None:
    boxes = [{"bbox_2d": [100, 50, 300, 250], "label": "cat"}, {"bbox_2d": [0, 0, 800, 400], "label": "room"}]
    cat, room = "cat,<box>224,336,224,448</box>", "Room,<box>448,448,896,896</box>"
    for text, f1 in (
        (cat + room, 1.0),
        (cat, 2 / 3),
        (cat + room + cat, 0.8),
        (cat.replace("cat", "dog"), 0.0),
        ("None", 0.0),
    ):
        score = ufo.detection().one({"response": text, "boxes": boxes, "image_size": [800, 400]})
        assert score.value == pytest.approx(f1)
    assert ufo.detection().one({"response": "None", "boxes": [], "image_size": [800, 400]}).value == 1.0


@pytest.mark.parametrize("settings", [{}, {"as_published": True}])
def test_a_truth_of_two_boxes_is_no_referring_expression(settings: Any) -> None:
    row = {**PICTURE, "boxes": [[0, 0, 1, 1], [0, 0, 2, 2]], "response": "1,1,1,1"}
    assert ufo.rec(**settings).one(row).status == Status.INAPPLICABLE


# -- masks -------------------------------------------------------------------------------------------


def test_sixteen_tokens_retrieve_a_mask() -> None:
    tokens, features = np.eye(16), np.full((2, 2, 16), -1.0)
    features[0, 0] = 1.0  # all sub-pixels of the first cell
    true = np.zeros((8, 8), bool)
    true[:4, :4] = True
    for mask in (true, encode_rle(true)):
        assert ufo.retrieval().one({"mask_tokens": tokens, "features": features, "mask": mask}).value == 1.0
    assert ufo.retrieval().one({"mask_tokens": tokens, "features": features, "mask": ~true}).value == 0.0


def test_a_token_owns_one_row_and_column_of_every_cell() -> None:
    tokens = np.zeros((16, 1))
    tokens[4 * 1 + 2] = 1.0
    logits = retrieval_logits(tokens, np.ones((2, 3, 1)))
    assert np.argwhere(logits > 0).tolist() == [[r, c] for r in (1, 5) for c in (2, 6, 10)]


@pytest.mark.parametrize(
    "tokens", [np.eye(15, 16), np.eye(16, 9), np.ones(16), np.full((16, 16), np.nan), "tokens", []]
)
def test_other_tokens_retrieve_nothing(tokens: Any) -> None:
    row = {"mask_tokens": tokens, "features": np.ones((2, 2, 16)), "mask": np.ones((8, 8), bool)}
    score = ufo.retrieval().one(row)
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


HALF = ([[[1, 0], [0, 0]]], [[[1, 1], [0, 0]]])


def masks(predicted: Any) -> Any:
    return [np.array(one, bool) for one in predicted]


def test_the_foreground_is_not_flattered_by_the_background() -> None:
    found = segmentation(masks(HALF[0]), HALF[1])
    assert (found.giou, found.ciou) == (0.5, 0.5)
    assert found.both_ciou == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_ignored_pixels_count_for_nothing() -> None:
    assert segmentation(masks([[[1, 1], [0, 0]]]), [[[1, 255], [0, 0]]]).giou == 1.0


def test_an_empty_picture_is_worth_1_if_left_alone_and_0_if_not() -> None:
    whole, nothing, speck = [[1, 1], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]
    left = segmentation(masks([whole, nothing]), [whole, nothing])
    assert (left.giou, left.ciou) == (1.0, 1.0)
    touched = segmentation(masks([whole, speck]), [whole, nothing])
    assert touched.giou == 0.5
    assert touched.ciou == pytest.approx(2 / 3)


@pytest.mark.parametrize("proof", ufo.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
