"""Pixel Reasoner: the bonus for a rare tool, what an answer is, and the visual operations."""

from __future__ import annotations

from typing import Any

import pytest

from guerdon import Reward, Status, reward
from guerdon.geometry import Frame
from guerdon.rules.answers import exact
from guerdon.systems import pixel_reasoner
from guerdon.systems.pixel_reasoner import Form, correctness, difficulty, operation, rollout, selected, uniform, zoomed


@reward("test.pixel_reasoner_given", range=(-1, 1))
def given(correctness: float) -> float:
    """The row's own correctness."""
    return float(correctness)


def shaped(correct: list[float], calls: list[int], form: Form = "code", **columns: Any) -> list[float]:
    rows = [
        {"group": 0, "correctness": c, "tool_calls": n, "last_call_failed": False, **columns}
        for c, n in zip(correct, calls, strict=True)
    ]
    values: list[float] = rollout(correct=given(), form=form)(rows).values.tolist()
    return values


ALL, ONE = [1.0] * 8, [1, *[0] * 7]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([1, *[0] * 7], [1.175, *[1.0] * 7]), ([2, *[0] * 7], [1.125, *[1.0] * 7]),
        ([1, 1, *[0] * 6], [1.025, 1.025, *[1.0] * 6]), ([1, 1, 1, *[0] * 5], [1.0] * 8), ([4] * 8, [0.85] * 8),
    ],
)  # fmt: skip
def test_the_published_table_of_image_rewards(calls: list[int], expected: list[float]) -> None:
    assert shaped(ALL, calls) == pytest.approx(expected)


def test_videos_earn_more_and_the_paper_less() -> None:
    assert shaped(ALL, ONE, is_video=True)[0] == pytest.approx(1 + 0.7 / 3)
    assert shaped(ALL, ONE, form="paper")[0] == pytest.approx(1.0875)


def test_the_bonus_is_all_there_is_in_a_group_that_is_wrong() -> None:
    assert shaped([0.0] * 8, ONE) == pytest.approx([0.175, *[0.0] * 7])


def test_an_unrepaired_operation_costs_the_right_answer() -> None:
    assert shaped(ALL, ONE, last_call_failed=True) == pytest.approx([0.175, *[0.0] * 7])
    assert shaped([-1.0] * 8, [0] * 8, last_call_failed=True) == [-1.0] * 8


def test_the_parts_of_a_rollout_are_named() -> None:
    assert {"correct", "curiosity", "penalty"} <= set(rollout().components)


def verdict(made: Reward, response: str, answer: Any) -> float | None:
    return made.one({"response": response, "answer": answer}).value


RIGHT, PUBLISHED = correctness(), correctness(as_published=True)


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"So it is \boxed{(A)}<|im_end|>", "A"), (r"\boxed{A. cat}", r"\boxed{A}"), ("Answer: 5", "5"),
        (r"\boxed{50\%}", ["50%"]), (r"\boxed{50}", ["50%"]), (r"\boxed{b, a}", r"\boxed{a, b}"),
        (r"\boxed{Cat}", "cat"), (r"\boxed{\frac{1}{2}}", "0.5"), (r"\boxed{2x+x}", r"\boxed{3\cdot x}"),
        ("<answer>the siege of Krishnapur</answer>", ["troubles", "The Siege of Krishnapur"]),
    ],
)  # fmt: skip
def test_right_answers_are_right(response: str, answer: Any) -> None:
    assert verdict(RIGHT, response, answer) == 1.0


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (r"\boxed{B}, and <answer>A</answer>", "A"),  # a second answer in another place
        (r"\boxed{a, b, c, d, e, f}", r"\boxed{a, b}"),  # naming everything
        (r"\boxed{x} nothing but a and b in the text", r"\boxed{a, b}"),  # the parts anywhere behind the box
        (r"\boxed{A or B}", "A"), (r"\boxed{3} \boxed{}", "3"), ("", "A"), (r"\boxed{5 or 6}", "5"),
    ],
)  # fmt: skip
def test_answers_that_hedge_earn_nothing(response: str, answer: Any) -> None:
    assert verdict(RIGHT, response, answer) == 0.0


def test_what_cannot_be_read_is_not_worse_than_wrong() -> None:
    score = RIGHT.one({"response": "well\nwell", "answer": "5"})
    assert (score.value, score.status) == (0.0, Status.MALFORMED)
    assert verdict(PUBLISHED, "well", "5") == -1.0


def test_published_lists_are_found_when_all_parts_are_named() -> None:
    assert verdict(PUBLISHED, r"\boxed{a, b, c, d}", r"\boxed{d, a}") == 1.0
    assert verdict(PUBLISHED, r"\boxed{2} or <answer>3</answer>", "3") == 1.0


def test_a_row_without_a_true_answer_does_not_apply() -> None:
    assert RIGHT.one({"response": r"\boxed{5}", "answer": []}).status == Status.INAPPLICABLE


def test_any_reward_for_the_answer_can_stand_in() -> None:
    rows = [{"group": 0, "response": "4", "answer": "4", "tool_calls": 0, "last_call_failed": False}]
    assert rollout(correct=exact(within=None))(rows).values.tolist() == [1.0]


def test_groups_are_labelled_by_how_often_they_are_right() -> None:
    assert [difficulty([1.0] * k + [0.0] * (8 - k)) for k in (0, 1, 2, 3, 5, 6, 7, 8)] == [0, 1, 1, 2, 2, 3, 3, 4]


def test_groups_that_all_earn_the_same_teach_nothing() -> None:
    assert uniform([1.0, 1.0, 1.0, 1.01])
    assert not uniform([1.0, 1.0, 1.0, 0.9])


def test_advantages_are_rewards_less_the_mean() -> None:
    rows = [
        {"group": 0, "response": r, "answer": "4", "tool_calls": 0, "last_call_failed": False}
        for r in ("4", "5", "5", "5")
    ]
    assert pixel_reasoner.advantage()(rows).values == pytest.approx([0.75, -0.25, -0.25, -0.25])


def test_a_zoom_shows_a_margin_within_the_picture() -> None:
    size = Frame(1000, 500)
    for bbox in ([0.2, 0.2, 0.4, 0.4], [200, 100, 400, 200]):
        box = zoomed(bbox, size).value
        assert box is not None
        assert box.corners == pytest.approx((100, 50, 500, 250))


def test_a_coordinate_of_one_is_the_edge_and_not_a_pixel() -> None:
    box = zoomed([0.5, 0.5, 1.0, 1.0], Frame(1000, 1000)).value
    flipped = zoomed([0.5, 0.5, 1.0, 1.0], Frame(1000, 1000), as_published=True).value
    assert box is not None
    assert flipped is not None
    assert box.corners == (400, 400, 1000, 1000)
    assert flipped.corners == pytest.approx((0, 0, 101, 101))


@pytest.mark.parametrize("bbox", [[0.1, 0.2, 0.3], ["a", 0, 0, 0], [], [0.9, 0.9, 0.1, 0.1], [0.5, 0.5, 0.5, 0.5]])
def test_a_zoom_into_nothing_is_malformed(bbox: list[Any]) -> None:
    assert zoomed(bbox, Frame(50, 50)).status == Status.MALFORMED


def test_frames_are_picked_by_number() -> None:
    assert selected([1, 8, 16], 16).value == [0, 7, 15]
    bad: list[Any] = [[], [0], [17], list(range(1, 10)), ["1"], [1.5]]
    for wrong in bad:
        assert selected(wrong, 16).status == Status.MALFORMED


def test_a_turn_calls_one_operation() -> None:
    call = '{"name": "crop_image_normalized", "arguments": {"bbox_2d": [0, 0, 1, 1], "target_image": 1}}'
    read = operation(f"<think>Look.</think><tool_call>\n{call}\n</tool_call>").value
    assert read is not None
    assert (read.name, read.parameters["target_image"]) == ("crop_image_normalized", 1)
    assert operation("no call").status == Status.MALFORMED
    assert operation(f"<tool_call>{call}\n{call}</tool_call>").status == Status.MALFORMED


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    assert [evidence.reason for evidence in pixel_reasoner.system.reproduce()] == [""] * 3
