"""Phrases with their boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.geometry import Frame
from guerdon.parse import grounded_phrases


def pair(phrase: str, x1: int, y1: int, x2: int, y2: int, mark: str = "obj") -> str:
    return f"<|{mark}_start|>{phrase}<|{mark}_end|> <|box_start|>({x1},{y1}),({x2},{y2})<|box_end|>"


def test_phrases_come_in_order_with_the_words_between_them_left_out() -> None:
    text = f"A picture of {pair('a red cat', 36, 66, 907, 694)} and {pair('a dog', 0, 0, 999, 997)}. Fine."
    found = grounded_phrases(text, frame="per_mille")
    assert found.value is not None
    assert [(box.label, box.corners) for box in found.value] == [
        ("a red cat", (36, 66, 907, 694)), ("a dog", (0, 0, 999, 997)),
    ]  # fmt: skip
    assert found.value[0].frame == Frame(1000, 1000)
    assert found.span is not None
    assert text[found.span.start : found.span.stop].startswith("<|obj_start|>a red cat")


def test_a_phrase_may_come_up_again() -> None:
    assert len(grounded_phrases(pair("a cat", 0, 0, 9, 9) * 2).value or []) == 2


def test_the_marks_of_qwen_are_read_too() -> None:
    assert [b.label for b in grounded_phrases(pair("a cat", 0, 0, 9, 9, "object_ref")).value or []] == ["a cat"]


@pytest.mark.parametrize("phrase", ["猫", "x < y", "a “cat”\nasleep", "ß|>"])
def test_phrases_are_any_text(phrase: str) -> None:
    assert [box.label for box in grounded_phrases(pair(phrase, 0, 0, 9, 9)).value or []] == [phrase]


GOOD = pair("a cat", 0, 0, 9, 9)


@pytest.mark.parametrize(
    "text",
    [
        "", "a cat", "<|obj_start|>a cat<|obj_end|>", "(0,0),(9,9)",
        GOOD.replace("<|obj_end|>", ""), GOOD.replace("<|box_end|>", ""), GOOD + "<|box_end|>",
        GOOD + "<|obj_start|>a dog", "<|obj_start|>" + GOOD, GOOD.replace("a cat", "a <|obj_start|>cat"),
        GOOD.replace("> <", "> is at <"), GOOD.replace("a cat", ""), GOOD.replace("<|obj_end|>", "<|object_ref_end|>"),
        GOOD.replace("(0,0)", "(-1,0)"), GOOD.replace("(0,0)", "(0,0,0)"), GOOD.replace("(9,9)", "(0.5,9)"),
        pair("a cat", 9, 0, 0, 9), pair("a cat", 0, 0, 1001, 9), GOOD.replace("9,9", "9" * 50 + ",9"),
    ],
)  # fmt: skip
def test_anything_else_is_malformed(text: str) -> None:
    found = grounded_phrases(text, frame="per_mille")
    assert found.value is None
    assert found.reason


MARKS = ["<|obj_start|>", "<|obj_end|>", "<|box_start|>", "<|box_end|>"]
PIECES = st.sampled_from([*MARKS, "a cat", "(1,2),(3,4)", " ", "<", "猫"])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_every_mark_of_a_readable_text_belongs_to_a_pair(text: str) -> None:
    found = grounded_phrases(text)
    if found.value is not None:
        assert all(text.count(mark) == len(found.value) for mark in MARKS)


@pytest.mark.parametrize("text", ["<|obj_start|>" * 200_000, "<|obj_start|>a" + "b" * 3_000_000, GOOD[:-5] * 50_000])
def test_hostile_texts_take_linear_time(text: str) -> None:
    assert grounded_phrases(text).value is None


def test_too_many_phrases_are_refused() -> None:
    assert "more than" in grounded_phrases(GOOD * 10_001).reason
