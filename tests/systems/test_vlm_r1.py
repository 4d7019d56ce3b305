"""VLM-R1: what the official code pays by mistake earns nothing by default, and is there as published."""

import json
from typing import Any

import pytest

from guerdon import Reward, Score, Status, reward
from guerdon.rules.boxes import detection_ap, detection_ap_length
from guerdon.systems import Proof, _vlm_r1, vlm_r1

CAT, DOG = ([0, 0, 100, 100], "cat"), ([200, 200, 300, 300], "dog")
Labelled = tuple[list[int], str]


def answered(text: str) -> str:
    return f"<think>hm</think><answer>{text}</answer>"


def listed(*boxes: Labelled) -> str:
    return f"```json\n{json.dumps([{'bbox_2d': box, 'label': label} for box, label in boxes])}\n```"


def one(reward: Reward, response: str, answer: str = "", **columns: Any) -> Score:
    return reward.one({"response": response, "answer": answer, **columns})


def sound(method: str, response: str, answer: str) -> float | None:
    return one(vlm_r1.accuracy(), response, answer, accu_reward_method=method).value


def published(method: str, response: str, answer: str) -> float | None:
    return one(vlm_r1.accuracy(as_published=True), response, answer, accu_reward_method=method).value


@reward("test.vlm_r1_judge", range=(0, 1))
def nods(response: str) -> float:
    """Likes everything."""
    return 1.0


# -- free lunches ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["map", "od_ap", "od_ap50", "odLength", "weighted_sum"])
def test_any_text_is_no_answer_where_nothing_is_to_be_found(method: str) -> None:
    assert sound(method, answered("blah"), "None") == 0.0
    assert sound(method, answered("None"), "None") == 1.0
    assert sound(method, answered("[]"), "None") == 1.0


def test_any_text_pays_as_published_where_nothing_is_to_be_found() -> None:
    assert published("od_ap", answered("blah"), "None") == 1.0
    assert published("weighted_sum", answered("blah"), "None") == 0.0


@pytest.mark.parametrize("method", ["map", "od_ap", "od_ap50", "odLength", "weighted_sum"])
@pytest.mark.parametrize(
    "junk", [[([0, 0, 50, 50], "zebra")] * 3, [([400, 400, 500, 500], "cat")]], ids=["absent label", "listed last"]
)
def test_surplus_boxes_cost(method: str, junk: list[Labelled]) -> None:
    perfect = sound(method, answered(listed(CAT, DOG)), listed(CAT, DOG))
    spammed = sound(method, answered(listed(CAT, DOG, *junk)), listed(CAT, DOG))
    assert perfect == pytest.approx(1.0)
    assert spammed is not None
    assert spammed < 0.96


def test_surplus_boxes_are_free_as_published() -> None:
    spam = answered(listed(CAT, DOG, *[([0, 0, 50, 50], "zebra")] * 3))
    assert published("od_ap", spam, listed(CAT, DOG)) == 1.0
    assert published("odLength", spam, listed(CAT, DOG)) == 0.4  # 2 of 5


def test_swapped_labels_earn_nothing() -> None:
    swapped = answered(listed((CAT[0], "dog"), (DOG[0], "cat")))
    assert sound("weighted_sum", swapped, listed(CAT, DOG)) == 0.0
    assert published("weighted_sum", swapped, listed(CAT, DOG)) == pytest.approx(0.3)


@pytest.mark.parametrize(("response", "answer"), [("I know", "no"), ("since yesterday", "yes"), ("maybe", "perhaps")])
def test_yes_and_no_are_words(response: str, answer: str) -> None:
    assert sound("yes_no", answered(response), answer) == 0.0
    assert published("yes_no", answered(response), answer) == 1.0


@pytest.mark.parametrize("response", ["(D)", "D) cat", "**D**"])
def test_a_choice_is_read_as_people_write_it(response: str) -> None:
    assert sound("mcq", answered(response), "D") == 1.0
    assert published("mcq", answered(response), "D") == 0.0


def test_a_list_of_choices_is_undecided() -> None:
    assert sound("mcq", answered("A or B?"), "B") == 0.0
    assert published("mcq", answered("A or B?"), "B") == 1.0


@pytest.mark.parametrize(
    ("method", "right", "wrong"),
    [("mcq", "A", "B"), ("yes_no", "yes", "no"), ("math", "1", "2"), ("all_match", "x", "y"), ("default", "A", "B")],
)
def test_who_answers_twice_has_not_answered(method: str, right: str, wrong: str) -> None:
    for twice in (answered(right) + answered(wrong), answered(wrong) + answered(right)):
        score = one(vlm_r1.accuracy(), twice, right, accu_reward_method=method)
        assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_one_of_two_answers_pays_as_published() -> None:
    assert published("mcq", answered("A") + answered("B"), "A") == 1.0  # the first
    assert published("all_match", answered("A") + answered("B"), "B") == 1.0  # the last


def test_two_complete_answers_have_the_wrong_format() -> None:
    twice = answered("A") + answered("B")
    assert one(vlm_r1.tags(), twice).value == 0.0
    assert one(vlm_r1.tags(as_published=True), twice).value == 1.0


def test_a_perfect_box_is_perfect_on_the_resized_grid() -> None:
    sizes = {"image_size": (640, 480), "resized_size": (644, 476)}
    scaled = [64 * 644 / 640, 48 * 476 / 480, 320 * 644 / 640, 240 * 476 / 480]
    written, rounded = (answered(json.dumps({"bbox_2d": box})) for box in (scaled, [round(x) for x in scaled]))
    assert one(vlm_r1.rec_iou(), written, "[64, 48, 320, 240]", **sizes).value == pytest.approx(1.0)
    assert one(vlm_r1.rec_iou(as_published=True), written, "[64, 48, 320, 240]", **sizes).value == 0.0
    near = one(vlm_r1.rec_iou(as_published=True), rounded, "[64, 48, 320, 240]", **sizes).value
    assert near == pytest.approx(0.99, abs=0.01)


def test_boxes_of_the_other_models_are_in_pixels_of_the_image() -> None:
    half = answered("[0, 0, 50, 100]")
    for model in ("internvl", "glm"):
        for as_published in (False, True):
            reward = vlm_r1.rec_iou(model=model, as_published=as_published)
            assert one(reward, half, "[0, 0, 100, 100]").value == 0.5


def test_a_shared_strip_of_one_pixel_counts() -> None:
    strip, answer = answered("[9, 0, 19, 10]"), "[0, 0, 10, 10]"
    assert one(vlm_r1.rec_iou(model="internvl"), strip, answer).value == 10 / 190
    assert one(vlm_r1.rec_iou(model="internvl", as_published=True), strip, answer).value == 0.0


def test_unit_boxes_can_be_right() -> None:
    assert one(vlm_r1.rec_iou(model="glm"), answered("[0, 0, 0.5, 0.5]"), "[0, 0, 0.5, 0.5]").value == 1.0
    assert _vlm_r1.overlaps([[0, 0, 0.5, 0.5]], [[0, 0, 0.5, 0.5]]).tolist() == [[0.0]]


def test_a_wrong_answer_is_not_paid_for_being_short() -> None:
    row = {"accu_reward_method": "mcq", "tokens": 0}
    assert one(vlm_r1.length(), answered("A"), "B", **row).value == -0.5
    assert one(vlm_r1.length(), answered("A"), "A", **row).value == 1.0
    assert one(vlm_r1.length(as_published=True), answered("A"), "B", **row).value == 1.0


def test_length_beyond_the_limit_earns_no_more() -> None:
    row = {"accu_reward_method": "mcq", "tokens": 1500}
    assert one(vlm_r1.length(), answered("A"), "A", **row).value == 0.5
    assert one(vlm_r1.length(as_published=True), answered("A"), "A", **row).value == pytest.approx(0.722, abs=1e-3)


def test_a_format_is_the_whole_response() -> None:
    box = '{"bbox_2d": [1, 2, 3, 4]}'
    assert one(vlm_r1.rec_format(), answered(box)).value == 1.0
    assert one(vlm_r1.rec_format(), answered("cat")).value == 0.0
    for model in ("qwen", "internvl", "glm"):
        chatty = "Sure! " + answered(box) + " Bye."
        assert one(vlm_r1.rec_format(model=model), chatty).value == 0.0
        assert one(vlm_r1.rec_format(model=model, as_published=True), chatty).value == 1.0


# -- the router --------------------------------------------------------------------------------------


def test_rows_of_all_methods_score_together() -> None:
    answers = {
        "mcq": "A", "yes_no": "yes", "math": "x=3", "all_match": "a cat", "default": "a cat", "od_ap": listed(CAT),
        "od_ap50": listed(CAT), "odLength": listed(CAT), "map": listed(CAT), "weighted_sum": listed(CAT),
    }  # fmt: skip
    rows = [{"accu_reward_method": m, "answer": a, "response": answered(a)} for m, a in answers.items()]
    for as_published in (False, True):
        assert vlm_r1.accuracy(as_published=as_published)(rows).values == pytest.approx([1.0] * len(rows))


def test_a_row_that_names_no_method_has_the_default() -> None:
    assert one(vlm_r1.accuracy(), answered("blue car"), "Blue car.").value == 1.0
    assert sound("no such method", answered("blue car"), "Blue car.") == 1.0


def test_a_row_for_a_judge_waits_for_one() -> None:
    row = {"accu_reward_method": "llm", "response": "r", "answer": "a"}
    assert vlm_r1.accuracy().one(row).status == Status.INAPPLICABLE
    assert vlm_r1.accuracy(judge=nods()).one(row).value == 1.0
    assert vlm_r1.accuracy(judge=nods(), as_published=True).one(row).value == 1.0


@pytest.mark.parametrize(
    ("response", "answer", "value"),
    [
        ("B", "B", 1.0), ("C", "B", 0.0),
        (r"\frac{1}{2}", "0.5", 1.0), ("0.25", r"\frac{1}{2}", 0.0),
        ("12 cm", "12 cm", 1.0), ("13 cm", "12 cm", 0.0),
        ("blue", "blue car", 8 / 12),
    ],
)  # fmt: skip
def test_the_default_asks_what_kind_the_true_answer_is(response: str, answer: str, value: float) -> None:
    assert sound("default", answered(response), answer) == pytest.approx(value)


def test_a_number_is_not_nearly_right() -> None:
    assert sound("default", answered("41"), "42") == 0.0


# -- as in the paper ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("boxes", "ap", "with_length", "weighted"),
    [
        ([CAT, DOG], 1.0, 1.0, 1.0),
        ([CAT, DOG, *[([0, 0, 50, 50], "zebra")] * 3], 1.0, 0.4, 0.91),
        ([([400, 400, 500, 500], "cat"), CAT, DOG], 0.75, 0.5, 0.95),
        ([CAT, DOG, ([400, 400, 500, 500], "cat")], 1.0, 2 / 3, 0.95),
        ([(CAT[0], "dog"), (DOG[0], "cat")], 0.0, 0.0, 0.3),
    ],
    ids=["perfect", "unknown labels", "junk first", "junk last", "swapped"],
)
def test_detection_as_published(boxes: list[Labelled], ap: float, with_length: float, weighted: float) -> None:
    methods = {"od_ap": ap, "odLength": with_length, "weighted_sum": weighted}
    scores = {m: published(m, answered(listed(*boxes)), answered(listed(CAT, DOG))) for m in methods}
    assert scores == pytest.approx(methods)


def test_in_expectation_average_precision_pays_for_a_doubtful_box_and_the_length_factor_does_not() -> None:
    first, second = [0, 0, 10, 10], [50, 50, 60, 60]
    guess, both = answered(str([first])), answered(str([first, second]))
    for made, one_box, two_boxes in ((detection_ap(), 0.6, 0.8), (detection_ap_length(), 0.6, 0.4)):
        for response, expected in ((guess, one_box), (both, two_boxes)):
            scores = made([{"response": response, "boxes": truth} for truth in (first, second)])
            # 0.6·1 + 0.4·0 for one box; 0.6·1 + 0.4·½ for two, and half of that with the factor
            assert [0.6, 0.4] @ scores.values == pytest.approx(expected)


def test_repetition_counts_listed_boxes_and_else_words() -> None:
    assert one(vlm_r1.repetition(), listed(CAT, DOG, CAT, DOG)).value == -0.5
    assert one(vlm_r1.repetition(), "A b C d E f a B c D e F").value == pytest.approx(-1 / 7)  # one 6-gram of 7
    assert one(vlm_r1.repetition(), "too short").value == 0.0


@pytest.mark.parametrize(
    ("text", "choice"),
    [("A or B?", "B"), ("(D)", None), ("ABC", None), ("answer: b", "B"), ("The cat sat. C", "C"), ("C,C,B.", "C")],
)
def test_choices_are_found_as_published(text: str, choice: str | None) -> None:
    assert _vlm_r1.extract_choice(text) == choice


def test_hostile_answers_are_scored() -> None:
    bombs = ["<answer>" * 50_000, "[1," * 50_000, "A." * 50_000, "</think>" + " " * 500_000, "{[1,1,1,1" * 50_000]
    for bomb in bombs:
        for made in vlm_r1.system.rewards.values():
            assert made().one({"response": bomb, "answer": "A", "tokens": 5}).status != Status.FAILED
        for method in ("mcq", "yes_no", "weighted_sum", "odLength", "all_match"):
            assert published(method, bomb, answered("A")) is not None


@pytest.mark.parametrize("proof", vlm_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


def test_the_lunch_was_free_as_published() -> None:
    measured = vlm_r1.free_lunches(seed=3)
    assert measured.value == 0.0
    assert measured.baseline == pytest.approx(5.3 / 6)  # five in full, swapped labels 0.3
