from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Box, ContractError, Frame, Reward, Score, Status
from guerdon.rules.boxes import detection_ap, detection_ap_length, diou, giou, iou, match

EVERY = [iou(), giou(), diou(), match(), detection_ap(), detection_ap_length()]
SETS = EVERY[3:]
CAT, DOG, JUNK = [0, 0, 100, 100], [200, 200, 300, 300], [500, 500, 600, 600]
TRUE = [{"bbox_2d": CAT, "label": "cat"}, {"bbox_2d": DOG, "label": "dog"}]


def scored(reward: Reward, answer: Any, true: Any, **columns: Any) -> Score:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return reward.one({"response": f"<think>…</think><answer>{text}</answer>", "boxes": true, **columns})


def named(*pairs: tuple[list[int], str]) -> list[dict[str, Any]]:
    return [{"bbox_2d": box, "label": label} for box, label in pairs]


@pytest.mark.parametrize("reward", EVERY, ids=str)
@pytest.mark.parametrize("answer", ["over there", "[1, 2, 3]", "[10, 10, 0, 0]", "[0, 0, NaN, 5]", "[0, 0, 1e999, 5]"])
def test_a_box_that_cannot_be_read_is_malformed_and_worth_the_worst(reward: Reward, answer: str) -> None:
    score = scored(reward, answer, CAT)
    assert (score.status, score.value) == (Status.MALFORMED, reward.range[0])


@pytest.mark.parametrize("reward", EVERY, ids=str)
def test_a_list_of_100_000_boxes_is_malformed_at_once(reward: Reward) -> None:
    assert scored(reward, str([CAT] * 100_000), CAT).status == Status.MALFORMED


@pytest.mark.parametrize("reward", EVERY, ids=str)
@pytest.mark.parametrize(
    "true",
    [CAT, [CAT], {"bbox_2d": CAT, "label": "cat"}, [Box(0, 0, 100, 100)], Box(0, 0, 100, 100), np.array([CAT]),
     list(np.array(CAT)), "[0, 0, 100, 100]",
     '[{"bbox_2d": [0, 0, 100, 100], "label": "cat"}]', (0.0, 0.0, 100.0, 100.0)],
    ids=str,
)  # fmt: skip
def test_true_boxes_come_in_many_forms(reward: Reward, true: Any) -> None:
    assert scored(reward, {"bbox_2d": CAT, "label": "cat"}, true).value == pytest.approx(1.0)


@pytest.mark.parametrize("reward", EVERY, ids=str)
@pytest.mark.parametrize("true", [[1, 2, 3], "no", [9, 9, 0, 0], [0, 0, float("nan"), 1], {"box": CAT}, 7], ids=str)
def test_true_boxes_that_cannot_be_read_make_the_row_inapplicable(reward: Reward, true: Any) -> None:
    score = scored(reward, CAT, true)
    assert (score.status, score.value) == (Status.INAPPLICABLE, None) or (true == "no" and reward in SETS)


@pytest.mark.parametrize("reward", [iou(), giou(), diou()], ids=str)
def test_one_box_is_not_compared_with_several(reward: Reward) -> None:
    score = scored(reward, CAT, [CAT, DOG])
    assert (score.status, score.reason) == (
        Status.INAPPLICABLE,
        "the true answer cannot be read: 2 true boxes where one is wanted",
    )


def test_iou_of_a_shifted_box() -> None:
    # 90·90 shared, 2·100² − 90² covered
    assert scored(iou(), [10, 10, 110, 110], CAT).value == pytest.approx(8100 / 11900)


def test_a_true_text_may_be_wrapped_as_the_answer_is() -> None:
    assert scored(match(), "None", "<answer>None</answer>").value == 1.0
    assert scored(match(), [CAT], "<answer>[0, 0, 100, 100]</answer>").value == 1.0
    assert scored(match(), [CAT], "<answer>over there</answer>").status == Status.INAPPLICABLE


def test_many_boxes_may_share_one_object_if_asked() -> None:
    around = [CAT, [1, 0, 100, 100], JUNK]
    assert scored(match(measure="precision"), around, CAT).value == pytest.approx(1 / 3)
    assert scored(match(measure="precision", matcher="many_to_one"), around, CAT).value == pytest.approx(2 / 3)
    assert scored(match(measure="recall", matcher="many_to_one"), around, [CAT, DOG]).value == 0.5
    assert scored(match(measure="larger"), around, [CAT, DOG]).value == pytest.approx(1 / 3)


def test_two_answers_are_malformed_unless_one_is_chosen() -> None:
    assert scored(iou(), [CAT, DOG], DOG).status == Status.MALFORMED
    assert scored(iou(which="last"), [CAT, DOG], DOG).value == 1.0


@pytest.mark.parametrize(
    ("frame", "answer", "columns"),
    [
        ("unit", [0.1, 0.1, 0.5, 0.5], {"image_size": np.array([640, 480])}),
        ("per_mille", [100, 100, 500, 500], {"image_size": (640, 480)}),
        ((320, 240), [32, 24, 160, 120], {"image_size": [640, 480]}),
        ("resized", [64.4, 47.6, 322, 238], {"image_size": (640, 480), "resized_size": (644, 476)}),
    ],
)
@pytest.mark.parametrize("factory", [iou, giou, diou, match, detection_ap, detection_ap_length], ids=lambda f: f.id)
def test_the_response_may_count_in_another_frame(factory: Any, frame: Any, answer: Any, columns: Any) -> None:
    true = [64, 48, 320, 240]
    assert scored(factory(frame=frame), answer, true, **columns).value == pytest.approx(1.0)


def test_true_boxes_that_carry_their_frame_need_no_image_size() -> None:
    true = Box(64, 48, 320, 240, frame=Frame(640, 480))
    assert scored(iou(frame="unit"), [0.1, 0.1, 0.5, 0.5], true).value == pytest.approx(1.0)


@pytest.mark.parametrize(("frame", "lacking"), [("unit", "image_size"), ("resized", "resized_size")])
def test_a_frame_is_never_guessed(frame: Any, lacking: str) -> None:
    score = scored(iou(frame=frame), [0, 0, 1, 1], CAT)
    assert score.status == Status.INAPPLICABLE
    assert lacking in score.reason


@pytest.mark.parametrize("reward", SETS, ids=str)
def test_none_is_right_where_there_is_nothing_and_wrong_where_there_is_something(reward: Reward) -> None:
    assert scored(reward, "None", []).value == 1.0
    assert scored(reward, [], "[]").value == 1.0
    assert scored(reward, "None", CAT).value == 0.0
    assert scored(reward, CAT, []).value == 0.0


@pytest.mark.parametrize(
    ("answer", "ap", "ap_length", "f1"),
    [
        (named((CAT, "cat"), (DOG, "dog")), 1.0, 1.0, 1.0),
        # three boxes with unknown labels: free under AP, 2 of 5 under the length factor
        (named((CAT, "cat"), (DOG, "dog"), (JUNK, "x"), (JUNK, "y"), (JUNK, "z")), 1.0, 0.4, 4 / 7),
        # junk of a real label first: cat's precision halves, (1/2 + 1)/2
        (named((JUNK, "cat"), (CAT, "cat"), (DOG, "dog")), 0.75, 0.5, 4 / 5),
        (named((CAT, "cat"), (DOG, "dog"), (JUNK, "cat")), 1.0, 2 / 3, 4 / 5),
        (named((CAT, "dog"), (DOG, "cat")), 0.0, 0.0, 0.0),
        (named((CAT, " Cat"), (DOG, "DOG")), 1.0, 1.0, 1.0),
    ],
)
def test_detection_scores_of_published_cases(answer: Any, ap: float, ap_length: float, f1: float) -> None:
    assert scored(detection_ap(), answer, TRUE).value == pytest.approx(ap)
    assert scored(detection_ap_length(), answer, TRUE).value == pytest.approx(ap_length)
    assert scored(match(), answer, TRUE).value == pytest.approx(f1)


@pytest.mark.parametrize("factory", [match, detection_ap, detection_ap_length], ids=lambda f: f.id)
def test_labels_can_be_compared_to_the_letter_or_not_at_all(factory: Any) -> None:
    shouted = named((CAT, "CAT"), (DOG, "DOG"))
    assert scored(factory(labels="exact"), shouted, TRUE).value == 0.0
    assert scored(factory(labels="ignored"), named((CAT, "x"), (DOG, "x")), TRUE).value == pytest.approx(1.0)


@pytest.mark.parametrize("factory", [match, detection_ap, detection_ap_length], ids=lambda f: f.id)
def test_labels_do_not_count_where_the_truth_has_none(factory: Any) -> None:
    assert scored(factory(), named((CAT, "cat"), (DOG, "dog")), [CAT, DOG]).value == pytest.approx(1.0)


def test_confidences_rank_boxes_only_if_every_box_has_one() -> None:
    junk, cat = {"bbox_2d": JUNK, "confidence": 0.1}, {"bbox_2d": CAT, "confidence": 0.9}
    assert scored(detection_ap(), [junk, cat], CAT).value == pytest.approx(1.0)
    assert scored(detection_ap(), [junk, {"bbox_2d": CAT}], CAT).value == pytest.approx(0.5)


def test_thresholds_of_ap_can_be_named() -> None:
    shifted = [10, 10, 110, 110]  # IoU 0.68
    assert scored(detection_ap(thresholds=[0.5]), shifted, CAT).value == pytest.approx(1.0)
    assert scored(detection_ap(thresholds=[0.7]), shifted, CAT).value == 0.0
    assert scored(detection_ap(), shifted, CAT).value == pytest.approx(4 / 10)  # 0.50, 0.55, 0.60, 0.65


def test_matching_takes_its_threshold_and_measure() -> None:
    answer = [CAT, JUNK, JUNK]
    values = [scored(match(measure=m), answer, [CAT, DOG]).value for m in ("recall", "precision", "f1")]
    assert values == pytest.approx([1 / 2, 1 / 3, 2 / 5])
    assert scored(match(threshold=0.7), [10, 10, 110, 110], CAT).value == 0.0


def test_hungarian_finds_pairs_that_greed_misses() -> None:
    # overlaps: a–c 0.9, a–d 0.8, b–c 0.8, b–d below the threshold
    a, b, c, d = [0, 0, 100, 100], [20, 0, 110, 100], [5, 0, 105, 100], [0, 0, 80, 100]
    assert scored(match(matcher="greedy", threshold=0.7), [a, b], [c, d]).value == pytest.approx(0.5)
    assert scored(match(matcher="hungarian", threshold=0.7), [a, b], [c, d]).value == pytest.approx(1.0)


@pytest.mark.parametrize("settings", [{"measure": "accuracy"}, {"labels": "fuzzy"}])
def test_settings_that_do_not_exist_raise(settings: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="write one of"):
        scored(match(**settings), CAT, CAT)


corners = st.lists(st.integers(0, 50), min_size=4, max_size=4).map(
    lambda c: [min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]) + 1, max(c[1], c[3]) + 1]
)


@pytest.mark.parametrize("reward", SETS, ids=str)
@given(found=st.lists(corners, max_size=5), true=st.lists(corners, max_size=5))
def test_set_scores_lie_in_range_and_are_1_for_the_truth_itself(reward: Reward, found: Any, true: Any) -> None:
    value = scored(reward, found, true).value
    assert value is not None
    assert 0.0 <= value <= 1.0 + 1e-12
    assert scored(reward, true, true).value == pytest.approx(1.0)


@given(found=corners, true=corners)
def test_giou_never_exceeds_iou(found: Any, true: Any) -> None:
    low, high = scored(giou(), found, true).value, scored(iou(), found, true).value
    assert low is not None
    assert high is not None
    assert -1.0 <= low <= high + 1e-12


@given(found=st.lists(corners, min_size=1, max_size=4), true=st.lists(corners, min_size=1, max_size=4))
def test_junk_appended_never_pays_under_the_length_factor(found: Any, true: Any) -> None:
    spam = [*found, [900, 900, 901, 901]]
    plain, spammed = scored(detection_ap_length(), found, true).value, scored(detection_ap_length(), spam, true).value
    assert plain is not None
    assert spammed is not None
    assert spammed <= plain + 1e-12


@given(st.text(max_size=40))
def test_any_text_gets_a_score(text: str) -> None:
    for reward in EVERY:
        assert scored(reward, text, CAT).status in (Status.OK, Status.MALFORMED)
