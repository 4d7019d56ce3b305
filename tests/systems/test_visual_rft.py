"""Visual-RFT: what the official code pays by mistake earns nothing by default, and is there as published."""

from typing import Any

import pytest

from guerdon import Reward, Status
from guerdon.systems import Proof, visual_rft
from guerdon.systems import _visual_rft as published

CAT, DOG, JUNK = [0, 0, 100, 100], [200, 200, 300, 300], [500, 500, 600, 600]
TRUTH = f"<answer>[{{'Position': {CAT}, 'Confidence': 1}}, {{'Position': {DOG}, 'Confidence': 1}}]</answer>"


def answered(text: str) -> str:
    return f"<think>hm</think><answer>{text}</answer>"


def listed(*boxes: tuple[list[int], float]) -> str:
    return answered(str([{"Position": box, "Confidence": sure} for box, sure in boxes]))


def value(reward: Reward, response: str, answer: str = TRUTH) -> float | None:
    return reward.one({"response": response, "answer": answer}).value


@pytest.mark.parametrize(
    ("boxes", "overlap", "confidence"),
    [
        ([(CAT, 0.2), (DOG, 0.3)], 1.0, 0.25),
        ([(CAT, 0.9)], 0.5, 0.9),
        ([(CAT, 1.0), (DOG, 1.0), (JUNK, 1.0)], 2 / 3, 2 / 3),
        ([([5, 5, 105, 105], 0.5), (CAT, 0.9)], 0.5, 0.7),
    ],
)
def test_the_table_of_the_paper(boxes: Any, overlap: float, confidence: float) -> None:
    for made, expected in (
        (visual_rft.overlap(), overlap), (published.iou(), overlap),
        (visual_rft.confidence(), confidence), (published.confidence(), confidence),
    ):  # fmt: skip
        assert value(made, listed(*boxes)) == pytest.approx(expected)


def test_an_overlap_of_exactly_one_half_is_a_hit_unless_as_published() -> None:
    half = listed(([0, 0, 100, 50], 0.9))
    assert value(visual_rft.overlap(), half) == 0.25  # ½ over two true boxes
    assert value(visual_rft.confidence(), half) == pytest.approx(0.9)
    assert value(published.iou(), half) == 0.0
    assert value(published.confidence(), half) == pytest.approx(0.1)


def test_the_same_box_twice_costs_unless_as_published() -> None:
    twice = listed((CAT, 0.9), (CAT, 0.8), (DOG, 1.0))
    assert value(visual_rft.overlap(), twice) == pytest.approx(2 / 3)
    assert value(published.iou(), twice) == 1.0


def test_the_symbolic_shortcut_is_off_and_pays_for_one_number_where_it_is_on() -> None:
    right_y = listed(([77, 0, 78, 1], 0.0))
    assert value(visual_rft.overlap() + visual_rft.confidence(), right_y) == 1.0  # a confidence of 0 in a miss
    assert value(published.iou(), right_y) == 0.0
    assert value(published.iou(symbolic_check=True), right_y) == 1.0
    assert value(published.confidence(symbolic_check=True), listed(([77, 0, 78, 1], 1.0))) == 1.0
    assert value(published.iou(symbolic_check=True), listed(([77, 5, 78, 6], 0.0))) == 0.0


@pytest.mark.parametrize("name", ["", "i", "rose, tiger lily, wild rose", "a very big tiger lily indeed"])
def test_a_piece_or_a_list_of_names_is_no_name(name: str) -> None:
    sound, old = visual_rft.name(), published.classification()
    assert value(sound, answered(name), "<answer>tiger lily</answer>") == 0.0
    assert value(old, answered(name), "<answer>tiger lily</answer>") == 1.0


@pytest.mark.parametrize("name", ["tiger lily", "Tiger_Lily", " TigerLily "])
def test_case_spaces_and_underscores_do_not_matter(name: str) -> None:
    assert value(visual_rft.name(), answered(name), "tiger lily") == 1.0


def test_an_answer_on_several_lines_is_read_unless_as_published() -> None:
    lines = f"<think>hm</think><answer>\n[{{'Position': {CAT}, 'Confidence': 1}}]\n</answer>"
    assert value(visual_rft.overlap(), lines) == 0.5
    assert value(published.iou(), lines) == 0.0


def test_swapped_corners_are_no_match_unless_as_published() -> None:
    truth, swapped = "(100,100),(300,300)", answered("(300,300),(100,100)")
    assert value(visual_rft.grounding(), swapped, truth) == 1.0  # for format alone
    assert value(visual_rft.grounding(as_published=True), swapped, truth) == 3.0


def test_two_boxes_are_no_grounding_unless_as_published() -> None:
    truth, two = "(100,100),(300,300)", answered("(100,100),(300,300) (0,0),(1,1)")
    assert value(visual_rft.grounding(), two, truth) == 1.0
    assert value(published.grounding(), two, truth) == 1.25


def test_a_perfect_box_earns_giou_and_one_more() -> None:
    truth = "<answer> (100,100),(300,300) </answer>"
    for as_published in (False, True):
        assert value(visual_rft.grounding(as_published=as_published), answered("(100,100),(300,300)"), truth) == 3.0
        near = value(visual_rft.grounding(as_published=as_published), answered("(100,100),(300,301)"), truth)
        assert near == pytest.approx(2 + 200 / 201)


def test_confidences_beyond_one_are_unreadable_unless_as_published() -> None:
    boastful = listed((CAT, 5.0), (JUNK, 1.0))
    made = visual_rft.confidence().one({"response": boastful, "answer": TRUTH})
    assert (made.value, made.status) == (0.0, Status.MALFORMED)
    assert value(published.confidence(), boastful) == 1.0  # (5 + 0)/2, clipped


@pytest.mark.parametrize("text", ["[]", "No Objects", "[{'Position': [0, 0, 1, 1]}]", "[[1, 2", "[1, 2, 3, 4]"])
def test_an_answer_without_confident_boxes_earns_nothing(text: str) -> None:
    for made in (visual_rft.overlap(), visual_rft.confidence(), published.iou(), published.confidence()):
        assert value(made, answered(text)) == 0.0


def test_detection_sums_its_terms_and_names_them() -> None:
    made = visual_rft.detection()
    assert made.components == ("iou", "confidence", "format.tags")
    assert value(made, listed((CAT, 1.0), (DOG, 1.0))) == 3.0
    assert value(visual_rft.detection(as_published=True), listed((CAT, 1.0), (DOG, 1.0))) == 3.0
    assert value(visual_rft.classification(), answered("rose"), "rose") == 2.0
    assert value(visual_rft.classification(as_published=True), answered("rose"), "rose") == 2.0


@pytest.mark.parametrize(
    ("response", "right"),
    [
        ("<think>t</think><search>q</search>", 1.0),
        ("<think>t</think>\n<answer>a</answer>", 1.0),
        ("<think>t</think>", 0.0),
        ("<think>t</think><search>q</search><answer>a</answer>", 0.0),
        ("<think>t</think><think>t</think><answer>a</answer>", 0.0),
    ],
)
def test_a_turn_is_a_thought_and_one_action(response: str, right: float) -> None:
    assert visual_rft.turn().one({"response": response}).value == right


def test_hostile_answers_are_scored() -> None:
    bombs = ["<answer>" * 50_000, answered("[" * 50_000), answered("(1,1),(" * 50_000), answered("[{'Position': 0}]")]
    for bomb in bombs:
        for made in visual_rft.system.rewards.values():
            assert made().one({"response": bomb, "answer": TRUTH}).status != Status.FAILED
        for old in (published.iou(), published.confidence(), published.grounding(), published.classification()):
            assert old.one({"response": bomb, "answer": TRUTH}).value is not None


@pytest.mark.parametrize("proof", visual_rft.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
