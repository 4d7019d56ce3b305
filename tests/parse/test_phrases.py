"""Phrases that a model points out."""

import pytest

from guerdon.parse import phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a blue car", ["a blue car"]),
        ('"a blue car"', ["a blue car"]),
        (r"It is \boxed{a blue car}.", ["a blue car"]),
        (r"\boxed{\text{a blue car}}", ["a blue car"]),
        (r"\boxed{['a', 'b']}", ["a", "b"]),
        ("['three dogs']", ["three dogs"]),
        ('["a \\"big\\" dog", ""]', ['a "big" dog']),
        ("[a, b]", None),
        ("['a', 3]", None),
        ("[]", None),
        ("", None),
        (r"\boxed{}", None),
        (r"\boxed{open", None),
        ("first line\nlast line", None),
        ("x" * 301, None),
    ],
)
def test_a_phrase_is_a_box_a_list_or_a_line(text: str, expected: list[str] | None) -> None:
    assert phrases(text).value == expected


def test_two_boxes_are_no_answer_unless_one_is_chosen() -> None:
    text = r"\boxed{a} or \boxed{b}"
    assert phrases(text).value is None
    assert (phrases(text, which="first").value, phrases(text, which="last").value) == (["a"], ["b"])


def test_the_place_of_a_box_is_its_content() -> None:
    text = r"so \boxed{\text{a cat}}"
    span = phrases(text).span
    assert span is not None
    assert text[slice(*span)] == r"\text{a cat}"
