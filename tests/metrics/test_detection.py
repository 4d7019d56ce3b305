from __future__ import annotations

import contextlib
import io
import random
from typing import Any

import numpy as np
import pytest

from guerdon.metrics import detection
from guerdon.metrics.detection import COCO_THRESHOLDS, Image, average_precision, average_precisions

Box = tuple[float, float, float, float]
Case = tuple[list[Box], list[str], list[float] | None, list[Box], list[str]]


def coco_ap(case: Case, thresholds: tuple[float, ...] = COCO_THRESHOLDS) -> float:
    """The same image through pycocotools itself."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    boxes, labels, scores, true_boxes, true_labels = case
    ids = {label: i for i, label in enumerate(sorted(set(true_labels)), 1)}
    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = COCO(), COCO()
        truth.dataset = _dataset(true_boxes, true_labels, None, ids)
        found.dataset = _dataset(boxes, labels, scores or [1.0] * len(boxes), ids)
        truth.createIndex()
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.iouThrs = np.array(thresholds)
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]  # all areas, at most 100 detections
    return float(precision[precision > -1].mean())


def _dataset(boxes: list[Box], labels: list[str], scores: list[float] | None, ids: dict[str, int]) -> dict[str, Any]:
    annotations = []
    for i, (box, label) in enumerate(zip(boxes, labels, strict=True)):
        if label in ids:
            x1, y1, x2, y2 = box
            row: dict[str, Any] = {"id": i + 1, "image_id": 1, "category_id": ids[label], "iscrowd": 0}
            row |= {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
            annotations.append(row | ({} if scores is None else {"score": scores[i]}))
    return {"images": [{"id": 1}], "categories": [{"id": i} for i in ids.values()], "annotations": annotations}


def _draw(rng: random.Random, grid: float, room: int) -> Box:
    x, y = rng.randint(0, room) * grid, rng.randint(0, room) * grid
    return (x, y, x + rng.randint(1, 4) * grid, y + rng.randint(1, 4) * grid)


def random_case(seed: int) -> Case:
    """Crowded coarse grids make equal overlaps and overlaps that sit on a threshold; few scores make ties."""
    rng = random.Random(seed)
    grid, room = rng.choice([1.0, 0.1, 0.05, 7.3]), rng.choice([1, 3, 12])
    names = "abcdefgh"[: rng.choice([1, 1, 2, 3, 8])]
    true_boxes = [_draw(rng, grid, room) for _ in range(rng.choice([1, 2, 5, 12]))]
    boxes = [
        rng.choice(true_boxes) if rng.random() < 0.4 else _draw(rng, grid, room)
        for _ in range(rng.choice([0, 1, 2, 5, 30, 130]))
    ]
    scores = None if rng.random() < 0.3 else [rng.choice([0.1, 0.5, 0.9, rng.random()]) for _ in boxes]
    return boxes, [rng.choice(names + "z") for _ in boxes], scores, true_boxes, [rng.choice(names) for _ in true_boxes]


def coco_ap_of_set(cases: list[Case], thresholds: tuple[float, ...] = COCO_THRESHOLDS) -> dict[str, float]:
    """AP by label of several images through pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    names = sorted({label for case in cases for label in (*case[1], *case[4])})
    ids = {label: i for i, label in enumerate(names, 1)}
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for image, (boxes, labels, scores, true_boxes, true_labels) in enumerate(cases, 1):
        for true in (True, False):
            here = (true_boxes, true_labels, None) if true else (boxes, labels, scores or [1.0] * len(boxes))
            of_image = _dataset(here[0], here[1], here[2], ids)["annotations"]
            rows[true] += [row | {"image_id": image, "id": len(rows[true]) + k} for k, row in enumerate(of_image, 1)]
    shared = {"images": [{"id": i + 1} for i in range(len(cases))], "categories": [{"id": i} for i in ids.values()]}
    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = COCO(), COCO()
        truth.dataset, found.dataset = shared | {"annotations": rows[True]}, shared | {"annotations": rows[False]}
        truth.createIndex()
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.iouThrs = np.array(thresholds)
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]
    return {label: float(precision[:, :, k].mean()) for k, label in enumerate(names) if (precision[:, :, k] > -1).all()}


@pytest.mark.parametrize("seed", range(40))
def test_a_set_of_images_is_equal_to_pycocotools(seed: int) -> None:
    cases = [random_case(1000 + 7 * seed + k) for k in range(5)]
    expected = coco_ap_of_set(cases)
    assert average_precisions([Image(*case) for case in cases]) == pytest.approx(expected, abs=1e-12)


def test_a_set_of_one_image_is_that_image() -> None:
    for seed in range(20):
        case = random_case(seed)
        found = average_precisions([Image(*case)])
        assert sum(found.values()) / len(found) == pytest.approx(average_precision(*case))


def test_a_category_of_thousands_reaches_every_recall() -> None:
    box = (0.0, 0.0, 9.0, 9.0)
    images = [Image([box], ["a"], None, [box], ["a"])] * 3000
    assert average_precisions(images, (0.5,)) == pytest.approx({"a": 1.0})


@pytest.mark.parametrize("block", range(10))
def test_equal_to_pycocotools_on_random_images(block: int) -> None:
    for seed in range(block * 40, block * 40 + 40):
        case = random_case(seed)
        if case[0]:
            assert average_precision(*case) == pytest.approx(coco_ap(case), abs=1e-9), seed


def test_loops_and_arrays_find_the_same_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [random_case(seed) for seed in range(60)]
    whole = [average_precision(*case) for case in cases]
    monkeypatch.setattr(detection, "FEW_PAIRS", -1)
    assert [average_precision(*case) for case in cases] == whole
    monkeypatch.setattr(detection, "FEW_PAIRS", 10**9)
    assert [average_precision(*case) for case in cases] == whole


def test_one_threshold_gives_that_ap_alone() -> None:
    case = random_case(5)
    for threshold in (0.5, 0.75, 1.0):
        assert average_precision(*case, (threshold,)) == pytest.approx(coco_ap(case, (threshold,)), abs=1e-9)


@pytest.mark.parametrize(
    ("box", "true_box"),
    [
        ((0.1, 0.2, 0.9, 0.9), (0.2, 0.4, 0.9, 1.1)),
        ((0.25, 0.30000000000000004, 0.5, 0.5), (0.1, 0.30000000000000004, 0.45, 0.5)),
    ],
)
def test_an_overlap_of_one_half_falls_on_the_side_where_pycocotools_rounds_it(box: Box, true_box: Box) -> None:
    case: Case = ([box], ["a"], None, [true_box], ["a"])
    assert average_precision(*case) == coco_ap(case) == 0.0


def test_a_perfect_box_passes_a_threshold_of_1_in_spite_of_rounding() -> None:
    box = (0.09, 0.0, 0.34, 1.0)
    assert (box[2] - box[0] + box[0]) - box[0] < box[2] - box[0]
    assert average_precision([box], ["a"], None, [box], ["a"], (1.0,)) == pytest.approx(1.0)


def test_a_junk_box_listed_first_costs_and_listed_last_is_free() -> None:
    cat, dog, junk = (0, 0, 100, 100), (200, 200, 300, 300), (500, 500, 600, 600)
    truth = ([cat, dog], ["cat", "dog"])
    # cat: its hit ranks second, precision 1/2; dog stays 1: (1/2 + 1)/2
    assert average_precision([junk, cat, dog], ["cat", "cat", "dog"], None, *truth) == pytest.approx(0.75)
    assert average_precision([cat, dog, junk], ["cat", "dog", "cat"], None, *truth) == pytest.approx(1.0)


def test_a_label_that_the_truth_lacks_is_dropped() -> None:
    box = (0, 0, 10, 10)
    assert average_precision([box, box], ["zebra", "cat"], None, [box], ["cat"]) == pytest.approx(1.0)


def test_nothing_on_both_sides_is_1_and_on_one_side_0() -> None:
    box = (0, 0, 10, 10)
    assert average_precision([], [], None, [], []) == 1.0
    assert average_precision([box], ["a"], None, [], []) == average_precision([], [], None, [box], ["a"]) == 0.0


def test_only_100_detections_of_a_category_count() -> None:
    box, junk = (0, 0, 10, 10), (50, 50, 60, 60)
    truth = ([box], ["a"])
    assert average_precision([junk] * 99 + [box], ["a"] * 100, None, *truth) == pytest.approx(1 / 100)
    assert average_precision([junk] * 100 + [box], ["a"] * 101, None, *truth) == 0.0


def test_an_inverted_box_is_a_false_alarm() -> None:
    box = (0, 0, 10, 10)
    assert average_precision([(10, 0, 0, 10), box], ["a", "a"], None, [box], ["a"]) == pytest.approx(0.5)


def test_100_000_detections_of_100_000_true_boxes_stay_bounded() -> None:
    box = (0, 0, 10, 10)
    many, labels = [box] * 100_000, ["a"] * 100_000
    # 100 hits: recall 100/100000 = 0.001 reaches the recall 0 alone, 1 of 101
    assert average_precision(many, labels, None, many[:20_000], labels[:20_000], (0.5,)) == pytest.approx(1 / 101)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([(0, 0, 1, 1)], [], None, [], []), "one label a box"),
        (([(0, 0, 1, 1)], ["a"], [], [], []), "one score a box"),
        (([(0, 0, 1, 1)], ["a"], [float("nan")], [], []), "finite scores"),
        (([(0, 0, 1, 1)], ["a"], None, [(0, 0, 1, 1)], ["a"], (0.0,)), "thresholds"),
    ],
)
def test_wrong_arguments_are_named(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        average_precision(*arguments)
