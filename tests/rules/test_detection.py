import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Reward, Score, Status
from guerdon.rules.boxes import match
from guerdon.rules.detection import calibration, credit, images

CAT, DOG, JUNK = [0, 0, 100, 100], [200, 200, 300, 300], [500, 500, 600, 600]
TRUE = [{"bbox_2d": CAT, "label": "cat"}, {"bbox_2d": DOG, "label": "dog"}]
MEASURES = ["f1", "recall", "precision", "larger"]
MATCHERS = ["greedy", "hungarian", "ranked", "many_to_one"]


def scored(reward: Reward, answer: Any, true: Any, **columns: Any) -> Score:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return reward.one({"response": f"<think>…</think><answer>{text}</answer>", "boxes": true, **columns})


def sure(*boxes: tuple[list[int], float]) -> list[dict[str, Any]]:
    return [{"bbox_2d": box, "confidence": confidence} for box, confidence in boxes]


# -- credit ------------------------------------------------------------------------------------------


def test_a_pair_is_worth_its_overlap_and_the_rest_costs() -> None:
    shifted = [[10, 10, 110, 110], JUNK]  # 8100 of 11900 shared
    overlap = 8100 / 11900
    expected = {"precision": overlap / 2, "recall": overlap, "larger": overlap / 2, "f1": 2 * overlap / 3}
    for measure, value in expected.items():
        assert scored(credit(measure=measure), shifted, CAT).value == pytest.approx(value)


def test_overlap_can_be_generalised_or_by_distance() -> None:
    half = [0, 0, 100, 50]
    # IoU ½; the hull is the true box, so GIoU is ½; centres 25 apart of a diagonal of 100·√2
    assert scored(credit(overlap="giou"), half, CAT).value == pytest.approx(0.5)
    assert scored(credit(overlap="diou"), half, CAT).value == pytest.approx(0.5 - 25**2 / 20_000)


def test_a_clip_of_one_threshold_counts_hits() -> None:
    answer = [[10, 10, 110, 110], DOG, JUNK]
    for measure in MEASURES:
        for matcher in MATCHERS:
            hits = scored(match(measure=measure, matcher=matcher), answer, [CAT, DOG]).value
            assert scored(credit(measure=measure, matcher=matcher, clip=(0.5, 0.5)), answer, [CAT, DOG]).value == hits


@pytest.mark.parametrize(("clip", "value"), [((0.7, 0.9), 0.0), ((0.5, 0.9), 8100 / 11900), ((0.5, 0.6), 1.0)])
def test_credit_starts_at_the_floor_and_is_full_at_the_ceiling(clip: Any, value: float) -> None:
    assert scored(credit(clip=clip), [10, 10, 110, 110], CAT).value == pytest.approx(value)


def test_swapped_labels_earn_nothing() -> None:
    swapped = [{"bbox_2d": CAT, "label": "dog"}, {"bbox_2d": DOG, "label": "Cat "}]
    for measure in MEASURES:
        assert scored(credit(measure=measure), swapped, TRUE).value == 0.0
        assert scored(credit(measure=measure), swapped, [CAT, DOG]).value == 1.0


def test_boxes_around_one_object_pay_only_where_many_may_share_it() -> None:
    spam = [CAT, [1, 0, 100, 100], [0, 1, 100, 100]]
    for matcher, precision in (("many_to_one", 1.0), ("hungarian", 1 / 3), ("greedy", 1 / 3), ("ranked", 1 / 3)):
        made = credit(measure="precision", matcher=matcher, clip=(0.5, 0.5))
        assert scored(made, spam, [CAT, DOG]).value == pytest.approx(precision)
        assert scored(credit(measure="recall", matcher=matcher, clip=(0.5, 0.5)), spam, [CAT, DOG]).value == 0.5


@pytest.mark.parametrize("measure", MEASURES)
def test_none_is_right_where_there_is_nothing(measure: Any) -> None:
    made = credit(measure=measure)
    assert scored(made, "None", []).value == scored(made, "[]", "<answer>None</answer>").value == 1.0
    assert scored(made, "None", CAT).value == scored(made, CAT, []).value == 0.0


@pytest.mark.parametrize("answer", ["over there", "[10, 10, 0, 0]", "[0, 0, 1", ""])
def test_what_cannot_be_read_is_malformed_even_where_there_is_nothing(answer: str) -> None:
    for true in (CAT, [], "None"):
        score = scored(credit(), answer, true)
        assert (score.value, score.status) == (0.0, Status.MALFORMED)


@pytest.mark.parametrize(
    "settings", [{"clip": (0.5, 0.4)}, {"clip": (-0.1, 1)}, {"measure": "f2"}, {"overlap": "ciou"}, {"matcher": "best"}]
)
def test_a_setting_that_does_not_exist_raises(settings: Any) -> None:
    with pytest.raises(ContractError):
        scored(credit(**settings), CAT, CAT)


corner = st.integers(0, 20)
boxes = st.tuples(corner, corner, st.integers(1, 9), st.integers(1, 9)).map(
    lambda b: [*b[:2], b[0] + b[2], b[1] + b[3]]
)
several = st.lists(boxes, min_size=1, max_size=4)


@given(several, several, st.sampled_from(MEASURES), st.randoms(use_true_random=False))
def test_credit_does_not_depend_on_order_place_or_unit(found: Any, true: Any, measure: Any, random: Any) -> None:
    made = credit(measure=measure, overlap="giou")
    value = scored(made, found, true).value
    assert value is not None
    assert 0 <= value <= 1
    shuffled = random.sample(found, len(found))
    assert scored(made, shuffled, true).value == pytest.approx(value)
    moved = [[[4 * x + 8 for x in box] for box in side] for side in (found, true)]
    assert scored(made, *moved).value == pytest.approx(value)


@given(several, several, st.floats(0, 1), st.floats(0, 1))
def test_tighter_rules_never_pay_more(found: Any, true: Any, a: float, b: float) -> None:
    low, high = sorted((a, b))
    loose, tight = (scored(credit(clip=(0.0, t), measure="recall"), found, true).value or 0.0 for t in (low, high))
    assert tight <= loose + 1e-9


# -- calibration -------------------------------------------------------------------------------------


def test_confidence_is_scored_against_what_was_hit() -> None:
    answer = sure((CAT, 0.9), (JUNK, 0.2))
    assert scored(calibration(), answer, [CAT, DOG]).value == pytest.approx(1 - (0.1**2 + 0.2**2) / 2)
    assert scored(calibration(scoring="linear"), answer, [CAT, DOG]).value == pytest.approx(1 - (0.1 + 0.2) / 2)


def test_the_surer_of_two_boxes_on_one_object_is_the_hit() -> None:
    answer = sure(([5, 5, 105, 105], 0.5), (CAT, 0.9))
    assert scored(calibration(scoring="linear"), answer, [CAT]).value == pytest.approx((0.5 + 0.9) / 2)


@pytest.mark.parametrize(("scoring", "best"), [("brier", 0.7), ("linear", 1.0)])
def test_brier_rewards_the_true_probability_and_linear_only_being_sure(scoring: Any, best: float) -> None:
    confidences = np.linspace(0, 1, 11)
    hit, miss = (
        np.array([scored(calibration(scoring=scoring), sure((box, float(c))), CAT).value for c in confidences])
        for box in (CAT, JUNK)
    )
    assert confidences[np.argmax(0.7 * hit + 0.3 * miss)] == pytest.approx(best)  # seven hits in ten


@pytest.mark.parametrize("confidence", [-0.1, 1.1, None, "high"])
def test_a_confidence_is_in_0_to_1(confidence: Any) -> None:
    score = scored(calibration(), [{"bbox_2d": CAT, "confidence": confidence}], CAT)
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_no_boxes_are_calibrated_only_where_there_are_none() -> None:
    assert scored(calibration(), "None", []).value == 1.0
    assert scored(calibration(), "None", CAT).value == 0.0
    assert scored(calibration(), sure((CAT, 1.0)), []).value == 0.0


@given(several, several, st.permutations([0.0, 0.2, 0.7, 1.0]), st.sampled_from(["brier", "linear"]))
def test_calibration_reads_boxes_in_any_order(found: Any, true: Any, confidences: Any, scoring: Any) -> None:
    answer = [{"bbox_2d": box, "confidence": c} for box, c in zip(found, confidences, strict=False)]
    forwards, backwards = (scored(calibration(scoring=scoring), a, true).value for a in (answer, answer[::-1]))
    assert forwards is not None
    assert 0 <= forwards <= 1
    assert backwards == pytest.approx(forwards)


# -- several images ----------------------------------------------------------------------------------


def at(image: int, box: list[int], label: str | None = None) -> dict[str, Any]:
    return {"image": image, "bbox_2d": box, "label": label}


def test_a_box_counts_in_its_own_image_only() -> None:
    true = [[CAT], [DOG]]
    assert scored(images(), [at(1, CAT), at(2, DOG)], true).value == 1.0
    assert scored(images(), [at(2, CAT), at(1, DOG)], true).value == 0.0


def test_a_box_in_an_image_without_any_costs() -> None:
    assert scored(images(), [at(1, CAT)], [[CAT], []]).value == 1.0
    assert scored(images(), [at(1, CAT), at(2, CAT)], [[CAT], []]).value == pytest.approx(2 / 3)
    assert scored(images(), [at(2, CAT)], [[], []]).value == 0.0
    assert scored(images(), "None", [[], []]).value == 1.0
    assert scored(images(), "None", [[CAT], []]).value == 0.0


def test_groups_go_together_by_name_or_by_agreement() -> None:
    true = [
        [{"bbox_2d": CAT, "label": "1"}, {"bbox_2d": DOG, "label": "2"}],
        [{"bbox_2d": JUNK, "label": "1"}],
    ]
    swapped = [at(1, CAT, "2"), at(1, DOG, "1"), at(2, JUNK, "2")]
    assert scored(images(), swapped, true).value == 0.0
    assert scored(images(groups="matched"), swapped, true).value == 1.0
    assert scored(images(groups="ignored"), swapped, true).value == 1.0


def test_a_group_is_the_same_in_all_images() -> None:
    true = [[{"bbox_2d": CAT, "label": "1"}], [{"bbox_2d": CAT, "label": "1"}]]
    split = [at(1, CAT, "a"), at(2, CAT, "b")]
    assert scored(images(groups="matched"), split, true).value == 0.5  # one of two boxes on each side


def test_partial_credit_and_other_measures_as_for_one_image() -> None:
    half = [at(1, [0, 0, 100, 60]), at(1, JUNK)]
    for measure, value in (("recall", 0.6), ("precision", 0.3), ("larger", 0.3)):
        assert scored(images(measure=measure, clip=(0.5, 1.0)), half, [[CAT], []]).value == pytest.approx(value)


def test_each_image_has_its_own_size() -> None:
    answer = [at(1, [0, 0, 500, 500]), at(2, [0, 0, 500, 500])]
    row = {"image_sizes": [(200, 200), (400, 400)]}
    assert scored(images(frame="per_mille"), answer, [[CAT], [[0, 0, 200, 200]]], **row).value == 1.0


@pytest.mark.parametrize("answer", [[CAT], [at(0, CAT)], [at(3, CAT)], [at(True, CAT)], [at(1, [1, 2, 3])], "one"])
def test_a_box_without_an_image_is_malformed(answer: Any) -> None:
    score = scored(images(), answer, [[CAT], []])
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_true_boxes_that_cannot_be_read_make_the_row_inapplicable() -> None:
    assert scored(images(), "None", [[CAT], [[1, 2]]]).status == Status.INAPPLICABLE


@given(st.permutations([at(1, CAT, "a"), at(1, DOG, "b"), at(2, JUNK, "a"), at(2, CAT, "c")]))
def test_the_order_of_boxes_does_not_matter(answer: Any) -> None:
    true = [[{"bbox_2d": CAT, "label": "x"}], [{"bbox_2d": JUNK, "label": "x"}, {"bbox_2d": CAT, "label": "y"}]]
    assert scored(images(groups="matched"), answer, true).value == pytest.approx(2 * 3 / (4 + 3))
