import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from guerdon.geometry import Box, Frame
from guerdon.parse.boxes import box, boxes, image_boxes
from guerdon.scores import Status

CAT = '{"bbox_2d": [1, 2, 3, 4], "label": "cat"}'


@pytest.mark.parametrize(
    "text",
    [
        '{"bbox_2d":[64,48,320,240]}',
        ' { "bbox_2d" : [ 64.0 , 48 , 320 , 2.4e2 ] } ',
        "[64, 48, 320, 240]",
        "(64, 48, 320, 240)",
        "(64,48),(320,240)",
        "(64,48) (320,240)",
        "<|box_start|>(64,48),(320,240)<|box_end|>",
        "<box>[[64, 48, 320, 240]]</box>",
        "The box is [64, 48, 320, 240].",
        '```json\n[{"bbox_2d": [64, 48, 320, 240]}]\n```',
        "{'Position': [64, 48, 320, 240]}",
        '{"BBox": [64, 48, 320, 240]}',
        '{"x1": 64, "y1": 48, "x2": 320, "y2": 240}',
        '{"box": {"x1": 64, "y1": 48, "x2": 320, "y2": 240}}',
        '{"bbox_2d": [[64, 48, 320, 240]]}',
        '{"thought": "it is left"} {"bbox": [64, 48, 320, 240]}',
    ],
)
def test_a_box_is_read_however_it_is_written(text: str) -> None:
    read = box(text)
    assert read.value == Box(64.0, 48.0, 320.0, 240.0), read.reason
    assert read.span is not None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no box found"),
        ("none", "no box found"),
        ("64, 48, 320, 240", "no box found"),
        ("[64,48,320]", "a list of numbers that is not a box"),
        ("[1,2,3,4,5]", "a list of numbers that is not a box"),
        ('{"bbox_2d": [64, 48, 320]}', "[64, 48, 320] is not a box"),
        ('{"bbox_2d": ["64", "48", "320", "240"]}', "['64', '48', '320', '240'] is not a box"),
        ('{"bbox_2d": [true, 0, 1, 1]}', "[True, 0, 1, 1] is not a box"),
        ('{"bbox_2d": [NaN, 0, 1, 1]}', "NaN is not a number"),
        ("[0, 0, 1e999, 1e999]", "a list of numbers that is not a box"),
        ('{"bbox_2d": [0, 0, 1, 1e200]}', "[0, 0, 1, 1e+200] is not a box"),
        (f'{{"bbox_2d": [0, 0, 1, {"9" * 320}]}}', f"[0, 0, 1, {'9' * 70} is not a box"),
        ('{"bbox_2d": [1, 2, 3, 4], "score": "high"}', "high is not a confidence"),
        ('{"bbox_2d": [1, 2', "the object of a box breaks off"),
        ('{"label": "cat"}', "an object that lacks its box"),
        ("[320, 240, 64, 48]", "the corners of (320.0, 240.0, 64.0, 48.0) are in the wrong order"),
        ("[0,0,9,9] then [1,1,8,8]", "more than one box, only one wanted"),
    ],
)
def test_what_is_not_one_box_is_malformed(text: str, reason: str) -> None:
    read = box(text)
    assert (read.status, read.value, read.reason) == (Status.MALFORMED, None, reason)


def test_the_first_or_the_last_box_can_be_asked_for() -> None:
    text = "[0,0,9,9] then [1,1,8,8]"
    first, last = box(text, which="first"), box(text, which="last")
    assert first.value == Box(0, 0, 9, 9)
    assert last.value == Box(1, 1, 8, 8)
    assert [text[slice(*read.span)] for read in (first, last) if read.span] == ["[0,0,9,9]", "[1,1,8,8]"]


def test_a_box_knows_its_frame_and_converts() -> None:
    read = box("(100,100),(300,300)", frame="per_mille").value
    assert read is not None
    # 100/1000 of 640 and of 480; 300/1000 of them.
    assert read.to(Frame(640, 480)).corners == (64, 48, 192, 144)
    assert box("[0,0,1,1]", frame=(28, 14)).value == Box(0, 0, 1, 1, frame=Frame(28, 14))
    assert box("[0,0,1,1]", frame="pixel").value == Box(0, 0, 1, 1)


def test_a_layout_is_converted_to_corners() -> None:
    assert box("[10,20,30,40]", layout="xywh").value == Box(10, 20, 40, 60)
    assert box("[10,20,30,40]", layout="cxcywh").value == Box(-5, 0, 25, 40)
    assert box("[10,20,30,40]", layout="yxyx").value == Box(20, 10, 40, 30)


def test_inverted_corners_are_refused_swapped_or_kept() -> None:
    assert not box("[9,0,1,5]").ok
    assert box("[9,0,1,5]", inverted="swap").value == Box(1, 0, 9, 5)
    assert box("[9,0,1,5]", inverted="keep").value == Box(9, 0, 1, 5)
    assert box("[4,4,4,4]").ok


def test_labels_and_confidences_are_read() -> None:
    text = '[{"Position": [0,0,1,1], "Confidence": 0.9}, {"bbox": [0,0,2,2], "class": "dog", "score": 1}]'
    assert boxes(text).value == [Box(0, 0, 1, 1, None, 0.9), Box(0, 0, 2, 2, "dog", 1.0)]


def test_a_reference_labels_the_boxes_after_it() -> None:
    text = "<ref>cats</ref><box>(0,0),(1,1)</box><box>(0,0),(2,2)</box><ref>dog</ref><box>(0,0),(3,3)</box>"
    assert [(b.label, b.x2) for b in boxes(text).value or []] == [("cats", 1), ("cats", 2), ("dog", 3)]


@pytest.mark.parametrize(
    "text",
    ["[]", "```json\n[]\n```", "None", "none.", "null", "No objects", "There are no cats.", '{"objects": []}', "{}"],
)
def test_an_explicit_none_is_an_empty_list(text: str) -> None:
    assert boxes(text).value == []
    assert boxes(text, allow_empty=False).reason == "no box found"


@pytest.mark.parametrize(
    "text", ["", "blah", "[broken", "nonesuch", "I see none of it but a cat", "no\nidea", "No problem!", "No, a cat."]
)
def test_a_text_without_boxes_is_not_an_empty_list(text: str) -> None:
    assert boxes(text).reason == "no box found"


def test_one_unreadable_box_spoils_the_list_unless_it_is_dropped() -> None:
    text = f'[{CAT}, {{"bbox_2d": [1, 2, 3], "label": "dog"}}, {CAT}]'
    assert boxes(text).reason == "box 2: [1, 2, 3] is not a box"
    assert boxes(text, partial=True).value == [Box(1, 2, 3, 4, "cat")] * 2


def test_a_truncated_list_spoils_the_answer_unless_its_rest_is_dropped() -> None:
    assert boxes(f'[{CAT}, {{"bbox_2d": [200, 20').reason == "box 2: the object of a box breaks off"
    assert boxes(f'[{CAT}, {{"bbox_2d": [200, 20', partial=True).value == [Box(1, 2, 3, 4, "cat")]
    assert boxes("[[1,2,3,4],[5,6").reason == "box 2: a list of numbers that is not a box"
    assert boxes('{"bbox_2d": [200, 20', partial=True).reason.startswith("no box could be read")


def test_a_list_of_100_000_boxes_is_refused() -> None:
    assert boxes(f"[{', '.join([CAT] * 10_000)}]").ok
    assert boxes(f"[{', '.join([CAT] * 100_000)}]").reason == "more than 10000 boxes"


COORDINATE = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-2000, 2000)


@given(st.lists(st.tuples(COORDINATE, COORDINATE, COORDINATE, COORDINATE), min_size=1, max_size=6), st.text())
def test_boxes_written_as_json_are_read_back(corners: list[tuple[float, ...]], label: str) -> None:
    assume(not set("{}") & set(label))
    items: list[dict[str, Any]] = [
        {"bbox_2d": [min(a, c), min(b, d), max(a, c), max(b, d)], "label": label} for a, b, c, d in corners
    ]
    expected = [Box(*item["bbox_2d"])._replace(label=label) for item in items]
    assert boxes(json.dumps(items)).value == expected
    assert boxes(repr(items)).value == expected or "\\x" in repr(label) or "\\U" in repr(label)
    assert boxes(json.dumps([item["bbox_2d"] for item in items])).value == [b._replace(label=None) for b in expected]


@given(st.lists(st.sampled_from(["[1,2,3,4]", CAT, "{", "}", "[", ",", "1", "(1,2)", '"bbox":', " x "]), max_size=10))
def test_a_strict_reading_is_a_partial_one_that_lost_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    strict, partial = boxes(text), boxes(text, partial=True)
    assert strict.value is None or strict.value == partial.value


def test_a_setting_that_does_not_exist_raises() -> None:
    for wrong in ({"layout": "xyz"}, {"inverted": "no"}, {"frame": "feet"}, {"frame": (0, 1)}, {"which": "best"}):
        with pytest.raises(ValueError, match=r"write|needs a positive"):
            box("", **wrong)


def test_each_box_says_which_image_it_is_in() -> None:
    text = '[{"image": 2, "bbox_2d": [0, 0, 9, 9], "label": "a"}, {"image_index": 1, "bbox_2d": [1, 1, 5, 5]}]'
    assert image_boxes(text, 2).value == [[Box(1, 1, 5, 5)], [Box(0, 0, 9, 9, "a")]]
    assert image_boxes("None", 2).value == [[], []]
    assert image_boxes("[]", 3).value == [[], [], []]


@pytest.mark.parametrize("image", ["0", "3", "-1", "1.0", "true", '"1"', "null"])
def test_a_box_in_no_image_is_malformed(image: str) -> None:
    assert (
        image_boxes(f'[{{"image": {image}, "bbox_2d": [0, 0, 9, 9]}}]', 2).reason == "box 1 is in no image from 1 to 2"
    )


def test_an_image_beside_other_things_is_no_box() -> None:
    assert boxes('{"image": "a.png", "size": 3} [0, 0, 9, 9]').value == [Box(0, 0, 9, 9)]
