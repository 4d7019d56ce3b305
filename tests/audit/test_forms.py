"""Responses are taken apart and put together without a change to what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.audit.forms import (
    ANSWER,
    BOXED,
    FORMS,
    PADDING,
    PLAIN,
    TAGS,
    Form,
    added,
    as_long_as,
    decorated,
    in_words,
    reworded,
    same_content,
    split,
)

WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)


@given(WORDS, st.sampled_from(FORMS))
def test_a_filled_form_is_read_back(content: str, form: Form) -> None:
    found = split(form.fill(content))
    assert (found.form, found.content) == (form, content)
    assert form.fill(content)[found.start : found.stop] == content


@pytest.mark.parametrize(
    ("response", "content", "form"),
    [
        ("<think>It is 3, I see.</think><answer>3</answer>", "3", "tags"),
        (r"So the result is \boxed{\frac{1}{2}}.", r"\frac{1}{2}", "boxed"),
        ("<answer>1</answer> no, <answer>2</answer>", "2", "answer"),
        ("Three.", "Three.", "plain"),
        ("<answer>torn", "<answer>torn", "plain"),
        ("", "", "plain"),
    ],
)
def test_the_last_answer_is_the_content(response: str, content: str, form: str) -> None:
    found = split(response)
    assert (found.content, found.form.name) == (content, form)


def test_a_thought_is_not_part_of_a_form_since_it_may_know_the_answer() -> None:
    form = split("<think>It is surely a rose.</think>\n<answer>rose</answer>").form
    assert "rose" not in form.fill("tulip")
    assert form.fill("tulip").startswith("<think>")


@given(WORDS, st.sampled_from([TAGS, ANSWER, BOXED]))
def test_free_text_never_gets_into_an_answer(content: str, form: Form) -> None:
    response = form.fill(content)
    for changed in (added(response, PADDING), decorated(response)):
        assert split(changed).content == content
        assert len(changed) > len(response)


@given(WORDS, st.sampled_from(FORMS))
def test_a_control_is_as_long_as_what_it_is_compared_with(content: str, form: Form) -> None:
    response = form.fill(content)
    longer = added(response, "An expert said so, and experts know.")
    assert len(as_long_as(response, longer)) == len(longer)
    assert as_long_as(longer, response) == longer


def test_markdown_says_the_same() -> None:
    assert decorated("It is red. It is big.") == "- **It is red.**\n- **It is big.**"


@pytest.mark.parametrize(
    ("response", "changed"),
    [
        ("The picture shows a large cat.", "The image depicts a big cat."),
        ("<answer>a large cat</answer>", None),  # another answer, for all a rule knows
        ('[{"image": 1, "label": "large cat"}]', None),
        ("rose", None),
    ],
)
def test_only_descriptions_are_reworded(response: str, changed: str | None) -> None:
    assert reworded(response) == changed


def test_a_thought_is_reworded_beside_an_answer_that_stays() -> None:
    changed = reworded(TAGS.fill("large"))
    assert changed is not None
    assert changed != TAGS.fill("large")
    assert split(changed).content == "large"


def test_numbers_turn_into_words_and_back() -> None:
    assert [in_words(text) for text in ("0", " 12 ", "13", "seven", "Rose", "²", "9" * 5000)] == [
        "zero", "twelve", None, "7", None, None, None
    ]  # fmt: skip


def test_contents_are_the_same_but_for_case_and_marks() -> None:
    assert same_content("A rose.", "rose")
    assert not same_content("A rose.", "a tulip")
    assert not same_content("...", "!!")  # both are nothing once normalised, and not the same
    assert PLAIN.fill("x") == "x"
