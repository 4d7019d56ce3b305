"""Answers as the VQA benchmark compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.vqa import normalise_vqa


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The cat.", "cat"),
        ("a", ""),
        ("Two DOGS", "2 dogs"),
        ("None", "0"),
        ("dont know", "don't know"),
        ("shouldnt've", "shouldn't've"),
        ("well", "well"),  # not we'll
        ("hot-dog", "hot dog"),
        ("hot-dog - good", "hotdog good"),  # a mark next to a space goes everywhere
        ("10,000 hot-dogs", "10000 hotdogs"),  # and so do all, beside a thousand
        ("3.5 m.", "3.5 m"),
        ("u.s.a.", "usa"),
        ("$5", "$5"),
        ("cat\n\tdog", "cat dog"),
        ("", ""),
    ],
)
def test_the_same_answer_has_one_form(text: str, plain: str) -> None:
    assert normalise_vqa(text) == plain


@given(st.text(max_size=40))
def test_a_form_is_lower_case_without_extra_space(text: str) -> None:
    plain = normalise_vqa(text)
    assert plain == plain.lower() == " ".join(plain.split())
