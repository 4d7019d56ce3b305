"""MC-Bench: boxes have to be in the right image and the right place, groups may be called anything."""

import contextlib
import io
import json
from typing import Any

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from guerdon import Status
from guerdon.systems import Proof, mc_bench
from guerdon.systems.mc_bench import evaluate

LEFT, RIGHT = [10, 10, 30, 30], [50, 50, 80, 80]
IMAGES = [{"id": i} for i in range(1, 7)]
TRUE: list[dict[str, Any]] = [
    {"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20]},
    {"image_id": 2, "category_id": 1, "bbox": [50, 50, 30, 30]},
    {"image_id": 3, "category_id": 1, "bbox": [10, 10, 20, 20]},
    {"image_id": 5, "category_id": 1, "bbox": [10, 10, 20, 20]},
    {"image_id": 5, "category_id": 2, "bbox": [5, 60, 20, 20]},
    {"image_id": 6, "category_id": 1, "bbox": [50, 50, 30, 30]},
]
PERFECT = [{**one, "score": 1.0} for one in TRUE]


def value(made: Any, boxes: Any, true: Any) -> float | None:
    said = boxes if isinstance(boxes, str) else json.dumps([{"image": k, "bbox_2d": box} for k, box in boxes])
    score: float | None = made.one({"response": f"<answer>{said}</answer>", "boxes": true}).value
    return score


@pytest.mark.parametrize("as_published", [False, True])
@pytest.mark.parametrize(
    ("change", "ap", "accuracy"),
    [
        (lambda found: found, 1.0, 1.0),
        (lambda found: [{**found[0], "bbox": [10, 10, 20, 10]}, *found[1:]], 1.0, 1.0),  # IoU ½
        (lambda found: [{**one, "bbox": [70, 70, 9, 9]} if one["image_id"] < 4 else one for one in found], 0.302, 1.0),
        (lambda found: [*found, {"image_id": 4, "category_id": 1, "bbox": [9, 9, 9, 9], "score": 1.0}], 0.945, 2 / 3),
        (lambda found: [found[0], *found], 0.890, 1.0),
    ],
    ids=["perfect", "half", "right images, wrong places", "box too many", "duplicate"],
)
def test_the_table_of_the_paper(change: Any, ap: float, accuracy: float, as_published: bool) -> None:
    figures = evaluate(IMAGES, TRUE, change(PERFECT), as_published=as_published)
    assert figures.ap50 == pytest.approx(ap, abs=1e-3)
    assert figures.image_accuracy == pytest.approx(accuracy)


def test_swapped_groups_cost_nothing_unless_as_published() -> None:
    swapped = [{**one, "category_id": 3 - one["category_id"]} if one["image_id"] > 4 else one for one in PERFECT]
    assert evaluate(IMAGES, TRUE, swapped).ap50 == pytest.approx(1.0)
    assert evaluate(IMAGES, TRUE, swapped, as_published=True).ap50 < 0.9


def test_every_pair_may_have_its_groups_swapped() -> None:
    twice = [*TRUE, {"image_id": 1, "category_id": 2, "bbox": [5, 60, 20, 20]}]
    swapped = [{**one, "category_id": 3 - one["category_id"], "score": 1.0} for one in twice if one["image_id"] != 3]
    straight = [{**one, "score": 1.0} for one in twice if one["image_id"] == 3]
    assert evaluate(IMAGES, twice, swapped + straight).ap50 == pytest.approx(1.0)


def test_no_second_group_is_no_crash_unless_as_published() -> None:
    one_group = [one for one in TRUE if one["category_id"] == 1]
    found = [{**one, "score": 1.0} for one in one_group]
    assert evaluate(IMAGES, one_group, found).ap50 == pytest.approx(1.0)
    with pytest.raises(ValueError, match="second group"):
        evaluate(IMAGES, one_group, found, as_published=True)


def test_more_predicted_groups_than_there_are_cannot_hide() -> None:
    spread = [*PERFECT, {"image_id": 5, "category_id": 3, "bbox": [10, 10, 20, 20], "score": 1.0}]
    split = [{**one, "category_id": 3 if one["image_id"] == 6 else one["category_id"]} for one in PERFECT]
    assert evaluate(IMAGES, TRUE, spread).ap50 == pytest.approx(1.0)  # COCO drops a category without truth
    assert evaluate(IMAGES, TRUE, split).ap50 < 0.9


def test_an_odd_image_is_no_pair() -> None:
    with pytest.raises(ValueError, match="not pairs"):
        evaluate(IMAGES[:3], [], [])


def test_nothing_found_and_nothing_there() -> None:
    assert evaluate(IMAGES, [], []) == (1.0, 1.0)
    assert evaluate(IMAGES, TRUE, []) == (0.0, 0.0)
    assert evaluate(IMAGES, [], PERFECT) == (0.0, 0.0)
    assert evaluate([], [], []) == (1.0, 0.0)


def coco_ap50(true: list[dict[str, Any]], found: list[dict[str, Any]]) -> float:
    """The same through pycocotools."""

    def annotated(rows: list[dict[str, Any]]) -> dict[str, Any]:
        sized = [{**one, "area": one["bbox"][2] * one["bbox"][3], "iscrowd": 0} for one in rows]
        return shared | {"annotations": [{**one, "id": i} for i, one in enumerate(sized, 1)]}

    shared: dict[str, Any] = {"images": [{"id": i} for i in range(1, 601)], "categories": [{"id": 1}]}
    with contextlib.redirect_stdout(io.StringIO()):
        truth, detections = COCO(), COCO()
        truth.dataset, detections.dataset = annotated(true), annotated(found)
        truth.createIndex()
        detections.createIndex()
        evaluation = COCOeval(truth, detections, "bbox")
        evaluation.params.iouThrs = np.array([0.5])
        evaluation.evaluate()
        evaluation.accumulate()
    return float(evaluation.eval["precision"][0, :, 0, 0, -1].mean())


@pytest.mark.parametrize("jitter", [0.0, 0.1, 0.3])
def test_ap50_is_that_of_pycocotools(jitter: float) -> None:
    rng = np.random.default_rng(0)
    images, true, _ = mc_bench._data(rng, groups=1)
    found = []
    for one in true:
        x, y, width, height = one["bbox"]
        dx, dy = rng.normal(0, jitter, 2) * (width, height)
        found.append({**one, "bbox": [x + dx, y + dy, width, height], "score": round(rng.random(), 1)})
    assert evaluate(images, true, found).ap50 == pytest.approx(coco_ap50(true, found), abs=1e-6)


def test_the_reward_wants_the_right_place_in_the_right_image() -> None:
    true = [[LEFT], []]
    for said, f1, blind in (
        ([(1, LEFT)], 1.0, 1.0),
        ([(1, RIGHT)], 0.0, 1.0),
        ([(2, LEFT)], 0.0, 0.0),
        ([(1, LEFT), (2, LEFT)], 2 / 3, 0.0),
        ("None", 0.0, 0.0),
    ):
        assert value(mc_bench.grounding(), said, true) == pytest.approx(f1)
        assert value(mc_bench.presence(), said, true) == blind


def test_what_cannot_be_read_earns_nothing_even_where_there_is_nothing() -> None:
    for made in (mc_bench.grounding(), mc_bench.presence()):
        assert value(made, "None", [[], []]) == 1.0
        for text in ("somewhere", "[[1, 2", '[{"bbox_2d": [1, 2, 3, 4]}]'):
            assert value(made, text, [[], []]) == 0.0
        assert made.one({"response": "<answer>None</answer>", "boxes": [[1], []]}).status == Status.INAPPLICABLE


def test_ap_over_a_set_ranks_all_boxes_together() -> None:
    sure, unsure = ({"image": 1, "bbox_2d": box, "confidence": c} for box, c in ((LEFT, 0.9), (RIGHT, 0.1)))
    rows: list[dict[str, Any]] = [
        {"response": f"<answer>{json.dumps([sure, unsure])}</answer>", "boxes": [[LEFT], []], "set": 0},
        {"response": f"<answer>{json.dumps([sure])}</answer>", "boxes": [[LEFT], []], "set": 0},
    ]
    assert mc_bench.ap50()(rows).values == pytest.approx([1.0])
    boastful = [rows[0] | {"response": rows[0]["response"].replace("0.1", "1.0")}, rows[1]]
    # ranks: miss, hit, hit; the envelope of 1/2 and 2/3 is 2/3
    assert mc_bench.ap50()(boastful).values == pytest.approx([2 / 3])
    unread = [rows[0], rows[1] | {"response": "?"}]
    assert mc_bench.ap50()(unread).values == pytest.approx([51 / 101])


def test_groups_of_a_set_are_matched_row_by_row() -> None:
    true = [[{"bbox_2d": LEFT, "label": "1"}, {"bbox_2d": RIGHT, "label": "2"}], []]
    rows = []
    for first, second in (("a", "b"), ("2", "1")):
        said = [{"image": 1, "bbox_2d": box, "label": label} for box, label in ((LEFT, first), (RIGHT, second))]
        rows.append({"response": f"<answer>{json.dumps(said)}</answer>", "boxes": true, "set": 0})
    assert mc_bench.ap50()(rows).values == pytest.approx([1.0])


@pytest.mark.parametrize("proof", mc_bench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
