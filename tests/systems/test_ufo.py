"""UFO: boxes in the units that were said, masks retrieved by hidden states."""

from typing import Any

import numpy as np
import pytest

from guerdon import Score, Status
from guerdon.geometry import UNIT, Frame
from guerdon.metrics.masks import retrieval_logits
from guerdon.systems import Proof, _ufo, ufo

TRUTH = {"boxes": [100, 50, 300, 250], "image_size": (800, 400)}


def sound(text: str, **settings: Any) -> Score:
    return ufo.rec_iou(**settings).one({"response": text, **TRUTH})


def published(text: str, **columns: Any) -> float | None:
    return ufo.rec_iou(as_published=True).one({"response": text, **TRUTH, **columns}).value


# -- boxes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["224,336,224,448", " 224, 336, 224, 448\n", "<box>224,336,224,448</box>"])
def test_both_ways_to_write_a_box_are_read(text: str) -> None:
    assert sound(text).value == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("224,336,224,448", 1.0), ("0.25,0.375,0.25,0.5", 1.0), ("<box>224,336,224,448</box>", 0.0),
        ("224,336,224", 0.0), ("a cat", 0.0), ("", 0.0), ("224,336,224,448,9", 1.0), ("224,336,0,448", 0.0),
        ("224,336,-224,-448", 0.0), ("nan,1,1,1", 0.0), ("1e999,1,1,1", 0.0), ("9" * 1_000 + ",1,1,1", 0.0),
    ],
)  # fmt: skip
def test_boxes_are_read_as_published(text: str, value: float) -> None:
    assert published(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["", "a cat", "224,336,224", "224,336,224,448,9", "224,336,-224,448", "nan,1,1,1", "<box>1,2,3,4</box>" * 2,
     "<box>224,336,224,448", "9," * 100_000, "<box>" * 100_000],
)  # fmt: skip
def test_what_is_no_box_is_malformed(text: str) -> None:
    assert (sound(text).value, sound(text).status) == (0.0, Status.MALFORMED)


def test_units_are_said_and_never_guessed() -> None:
    assert sound("0.25,0.375,0.25,0.5").value == pytest.approx(0, abs=1e-5)
    assert sound("0.25,0.375,0.25,0.5", frame=(1, 1)).value == 1.0
    assert sound("112,168,112,224", frame=(448, 448)).value == 1.0


def test_a_small_box_at_the_corner_is_a_box() -> None:
    row = {"response": "1,0.5,2,1", "boxes": [0, 0, 2, 1], "image_size": (896, 896)}
    assert ufo.rec_iou().one(row).value == 1.0
    assert published("1,0.5,2,1", **row) == pytest.approx(1 / 896**2)  # taken for two images by one


def test_another_size_of_image_is_off_as_published() -> None:
    assert published("112,168,112,224") == pytest.approx(50 * 75 / (100 * 100 + 200 * 200 - 50 * 75))  # 50,25–150,125


def test_a_hit_is_half_of_the_union() -> None:
    rows = [{"response": text, **TRUTH} for text in ("224,336,224,224", "224,336,224,220", "no")]
    assert ufo.rec_hit()(rows).values.tolist() == [1.0, 0.0, 0.0]


def test_a_row_without_its_size_or_with_two_boxes_is_nothing_to_check() -> None:
    row: dict[str, Any] = {"response": "1,1,2,2", "boxes": [[0, 0, 1, 1], [0, 0, 2, 2]], "image_size": (9, 9)}
    assert ufo.rec_iou().one(row).status == Status.INAPPLICABLE
    assert ufo.rec_iou().one({**row, "image_size": None}).status == Status.INAPPLICABLE


def test_a_query_writes_its_box_relative_to_its_point() -> None:
    found = ufo.query_box("person, <box>448,224,448,224</box>", (0.5, 0.75)).value
    assert found is not None
    assert (found.label, found.frame) == ("person", UNIT)
    assert found.to(Frame(8, 8)).corners == (2.0, 3.0, 6.0, 5.0)  # centre (½, ¼ + ¼), sides ½ and ¼
    assert not ufo.query_box("<none>", (0.5, 0.5)).ok


# -- masks -------------------------------------------------------------------------------------------


def scored(found: Any, true: Any) -> tuple[float, float]:
    """gIoU and cIoU of a set."""
    rows = [{"predicted": np.array(p), "mask": np.array(t), "set": 0} for p, t in zip(found, true, strict=True)]
    return ufo.mask_iou()(rows).mean(), float(ufo.mask_cumulative_iou()(rows).values[0])


FULL, EMPTY, SPECK = [[1, 1], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]


@pytest.mark.parametrize(
    ("found", "true", "expected"),
    [
        ([FULL, EMPTY], [FULL, EMPTY], (1.0, 1.0)),
        ([FULL, SPECK], [FULL, EMPTY], (0.5, 2 / 3)),
        ([SPECK], [FULL], (0.5, 0.5)),
        ([FULL], [[[1, 255], [0, 0]]], (1.0, 1.0)),
    ],
    ids=["both empty", "false positive", "half", "ignored"],
)
def test_masks_are_scored_as_in_the_field(found: Any, true: Any, expected: tuple[float, float]) -> None:
    assert scored(found, true) == pytest.approx(expected)
    old = _ufo.mask_metrics(found, true)
    assert (old["gIoU_fg"], old["cIoU_fg"]) == pytest.approx(expected, abs=1e-4)


def test_the_background_flatters_as_published() -> None:
    assert _ufo.mask_metrics([SPECK], [FULL])["mean_over_bg_fg_cIoU"] == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert scored([SPECK], [FULL])[1] == 0.5


def test_each_token_owns_a_place_in_every_block() -> None:
    tokens, features = -np.ones((16, 1)), np.ones((1, 2, 1))
    tokens[4 * 1 + 2] = 1  # row 1, column 2
    found = ufo.retrieve(tokens, features, (4, 8))
    assert np.argwhere(found).tolist() == [[1, 2], [1, 6]]


def test_a_retrieved_mask_is_resized_smoothly() -> None:
    tokens, features = np.ones((16, 1)), np.array([[[1.0], [-1.0]], [[1.0], [-1.0]]])
    assert ufo.retrieve(tokens, features, (16, 16)).tolist() == [[True] * 8 + [False] * 8] * 16
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    tokens, features = rng.normal(size=(16, 3)), rng.normal(size=(3, 5, 3))
    logits = torch.from_numpy(retrieval_logits(tokens, features))[None, None]
    there = torch.nn.functional.interpolate(logits, (30, 33), mode="bilinear", align_corners=False)[0, 0] > 0
    assert np.array_equal(ufo.retrieve(tokens, features, (30, 33)), there.numpy())


def test_hidden_states_are_scored_by_the_mask_they_retrieve() -> None:
    true = np.zeros((4, 4), np.uint8)
    true[:2] = 1
    row = {"tokens": np.repeat([1.0, -1.0], 8)[:, None], "features": np.ones((1, 1, 1)), "mask": true}
    assert ufo.retrieval().one(row).value == 1.0
    assert ufo.retrieval().one({**row, "tokens": []}).value == 0.0
    assert ufo.retrieval().one({**row, "tokens": [], "mask": 0 * true}).value == 1.0
    few = ufo.retrieval().one({**row, "tokens": np.ones((15, 1))})
    assert (few.value, few.status) == (0.0, Status.MALFORMED)


@pytest.mark.parametrize("proof", ufo.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
