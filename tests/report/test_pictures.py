"""Boxes are drawn where the reward saw them."""

import base64
import io
from typing import Any

import PIL.Image
import pytest

from guerdon import Box, from_spec
from guerdon.report.pictures import Outline, Reading, pictures, reading

SIZE = (200, 100)
PLAIN = Reading()
PICTURE = PIL.Image.new("RGB", SIZE, "teal")


def drawn(how: Reading = PLAIN, **row: Any) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    """(true, predicted) boxes as (x, y, width, height)."""
    (found,) = pictures({"image": PICTURE, **row}, how)
    assert found.problem == ""
    return [o[:4] for o in found.targets], [o[:4] for o in found.predicted]


def test_boxes_of_response_and_truth_are_drawn_in_pixels() -> None:
    true, predicted = drawn(response="<answer>[10, 20, 30, 60]</answer>", boxes=[[0, 0, 20, 20], [5, 5, 7, 9]])
    assert true == [(0, 0, 20, 20), (5, 5, 2, 4)]
    assert predicted == [(10, 20, 20, 40)]


@pytest.mark.parametrize(
    ("frame", "text"),
    [("unit", "[0.05, 0.2, 0.15, 0.6]"), ("per_mille", "[50, 200, 150, 600]"), ([400, 50], "[20, 10, 60, 30]")],
)
def test_boxes_in_another_frame_are_converted(frame: Any, text: str) -> None:
    _, predicted = drawn(Reading(frame=frame), response=text)
    assert predicted == [pytest.approx((10, 20, 20, 40))]


def test_boxes_on_the_resized_grid_are_converted() -> None:
    _, predicted = drawn(Reading(frame="resized"), response="[1, 2, 3, 6]", resized_size=[20, 10])
    assert predicted == [pytest.approx((10, 20, 20, 40))]


def test_only_the_tag_that_the_reward_reads_is_looked_at() -> None:
    text = "<think>[0, 0, 9, 9]</think><answer>[1, 2, 3, 4]</answer>"
    assert drawn(Reading(within="answer"), response=text)[1] == [(1, 2, 2, 2)]
    assert len(drawn(response=text)[1]) == 2


@pytest.mark.parametrize("value", [[1, 2, 3, 4], "[1, 2, 3, 4]", [{"bbox_2d": [1, 2, 3, 4]}], [Box(1, 2, 3, 4)]])
def test_true_boxes_are_read_in_every_form(value: Any) -> None:
    assert drawn(solution=value)[0] == [(1, 2, 2, 2)]


def test_an_answer_that_is_no_box_is_not_drawn() -> None:
    assert drawn(answer="B", boxes=None, response="no") == ([], [])
    assert drawn(answer=7) == ([], [])


def test_labels_of_another_column_go_to_their_boxes() -> None:
    (found,) = pictures({"image": PICTURE, "boxes": [[1, 2, 3, 4]], "labels": ["cat"]}, Reading())
    assert found.targets == [Outline(1, 2, 2, 2, "cat")]


def test_what_a_reward_reads_is_told_from_its_record() -> None:
    reward = 0.5 * from_spec("boxes.iou(frame='unit', within=None)").reading(boxes="gt") + from_spec("format.tags")
    assert reading(reward.record) == Reading("gt", "unit", None)
    assert reading(from_spec("format.tags").record) == Reading()


def test_a_picture_is_embedded_small() -> None:
    (found,) = pictures({"image": PIL.Image.new("RGB", (4000, 1000))}, Reading())
    assert found.size == (4000, 1000)
    head, _, data = found.uri.partition(",")
    assert head == "data:image/jpeg;base64"
    assert PIL.Image.open(io.BytesIO(base64.b64decode(data))).size == (480, 120)


@pytest.mark.parametrize("image", ["nowhere.png", b"<svg/>", {"bytes": b"\x89PNG\r\n\x1a\n torn"}, 7])
def test_a_picture_that_cannot_be_opened_says_why(image: Any) -> None:
    (found,) = pictures({"image": image}, Reading())
    assert (found.uri, bool(found.problem)) == ("", True)


def test_of_very_many_boxes_the_first_are_drawn_and_the_rest_counted() -> None:
    text = ", ".join(["[1, 2, 3, 4]"] * 500)
    (found,) = pictures({"image": PICTURE, "response": f"[{text}]"}, Reading())
    assert (len(found.predicted), found.hidden) == (200, 300)
