from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.text import declines, narrow, normalise


@given(st.text())
def test_narrowing_keeps_every_character_in_its_place(text: str) -> None:
    assert len(narrow(text)) == len(text)
    assert narrow(narrow(text)) == narrow(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The  T-shirt is RED!", "t shirt is red"), ("don't", "dont"), ("-3.5%", "-3.5%"), ("(a) dog", "dog"),
        ("３／４", "3/4"), ("ﬁne, Straße", "fine strasse"), ("1,000", "1,000"), ("well-known", "well known"), ("", ""),
    ],
)  # fmt: skip
def test_an_answer_is_normalised(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_each_step_can_be_left_out() -> None:
    assert normalise("The CAT.", case=False) == "CAT"
    assert normalise("The CAT.", punctuation=False) == "cat."
    assert normalise("The CAT.", articles=False) == "the cat"


def test_signs_decide_so_they_stay() -> None:
    assert normalise("-5") != normalise("5")
    assert normalise("1/2") != normalise("12")
    assert normalise("x-5") == "x 5"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "text", ["I cannot determine that", "I'm unable to help", "I can’t say", "As an AI, I do not judge"]
)
def test_a_refusal_to_answer_is_noticed(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize("text", ["", "You cannot miss it", "The cat is able to jump", "no"])
def test_other_texts_are_not_refusals(text: str) -> None:
    assert not declines(text)


def test_marks_piled_on_one_letter_take_linear_time() -> None:
    start = process_time()
    assert normalise("e" + "\u0301\u0323" * 500_000).startswith("ẹ")
    assert process_time() - start < 10
