"""A frame is guessed only as far as the numbers go."""

from typing import Any

import pytest

from guerdon.doctor import guess_frame


def rows(*boxes: Any, size: list[int] | None = None) -> list[dict[str, Any]]:
    return [{"boxes": box, "image_size": size} for box in boxes]


@pytest.mark.parametrize(
    ("found", "frame", "evidence"),
    [
        (rows([0.1, 0.2, 0.9, 1.0]), "unit", "no coordinate is above 1"),
        (rows([10, 20, 1919, 300]), "pixel", "up to 1919, beyond 1000"),
        (rows([10, 20, 900, 700], [5, 5, 50, 50], size=[640, 480]), "per_mille", "50% of them lie outside"),
        (rows([10, 20, 600, 400], size=[640, 480]), "pixel", "all lie within their images"),
        (rows([10, 20, 998, 700]), "per_mille", "close to 1000"),
        (rows([10, 20, 600, 400]), None, "fit pixels and 0–1000 alike"),
        (rows([10, 20, 600, 400], size=[4000, 3000]), None, "fit pixels and 0–1000 alike"),
    ],
)
def test_the_frame_follows_from_what_the_numbers_exclude(found: Any, frame: str | None, evidence: str) -> None:
    guess = guess_frame(found, "boxes")
    assert guess is not None
    assert guess.frame == frame
    assert evidence in guess.evidence


def test_boxes_are_found_in_responses() -> None:
    found = [{"response": '<think>…</think>[{"bbox_2d": [10, 20, 1500, 40]}]'}, {"response": "none here"}]
    guess = guess_frame(found, "response")
    assert guess is not None
    assert (guess.boxes, guess.rows, guess.low, guess.high, guess.frame) == (1, 1, 10, 1500, "pixel")


def test_lists_with_widths_in_place_of_corners_are_read() -> None:
    guess = guess_frame(rows([300, 400, 50, 60]), "boxes")
    assert guess is not None
    assert guess.inverted == 1.0


def test_widths_in_place_of_corners_show_as_inverted_boxes() -> None:
    texts = [{"response": f"[{x}, 400, 50, 60]"} for x in (300, 10)]
    guess = guess_frame(texts, "response")
    assert guess is not None
    assert guess.inverted == 1.0  # y: from 400 to 60


@pytest.mark.parametrize("value", ["no boxes", 7, None, ["a", "b"], {"a": 1}])
def test_a_column_without_boxes_has_no_frame(value: Any) -> None:
    assert guess_frame([{"boxes": value}], "boxes") is None
