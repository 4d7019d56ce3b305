"""Whether a short answer commits itself to a phrase."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.stated import stated
from guerdon.scores import Status


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("It is a dog.", "dog"),
        ("A DOG!", "The dog"),
        ("**dog**", "dog"),
        ("two dogs", "2 dogs"),
        ("10,000 people", "10000"),
        ("ice-cream", "ice cream"),
        ("−5", "-5"),
        ("a red car", "car"),
        ("a dog, not a cat", "dog"),
        ("a dog rather than a cat", "dog"),
        ("Yes, a dog", "dog"),
        ("In the picture, a dog", "dog"),
        ("A dog. It is brown and big.", "dog"),
        ("trick or treat", "trick or treat"),
        ("black and white", "black and white"),
        ("not red", "not red"),
        ("first I saw red, then blue or green, for quite some time; so the answer is: red. Blue is nice", "red"),
    ],
)
def test_a_phrase_is_given(text: str, phrase: str) -> None:
    read = stated(text, phrase)
    assert (read.value, read.status) == (True, Status.OK)
    assert read.span is not None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("", "dog"),
        ("a cat", "dog"),
        ("hot-dog", "dog"),
        ("dogs", "dog"),
        ("the dog's bowl", "dog"),
        ("3.5", "5"),
        ("-5", "5"),
        ("not a dog", "dog"),
        ("isn't red", "red"),
        ("a cat rather than a dog", "dog"),
        ("anything but a dog", "dog"),
        ("I doubt it is a dog", "dog"),
        ("a dog is absent", "dog"),
        ("It was a dog at first, but the answer is: a cat", "dog"),
    ],
)
def test_another_or_a_denied_phrase_is_not_given(text: str, phrase: str) -> None:
    read = stated(text, phrase)
    assert (read.value, read.status) == (False, Status.OK)


@pytest.mark.parametrize(
    "text",
    [
        "red or blue",
        "either red",
        "maybe red",
        "red? hard to tell",
        "red. Wait, blue",
        "red, blue",
        "blue, red",
        "blue and red",
        "red & blue",
        "red/blue",
        "red but blue",
        "Red. Blue.",
        "blue\nred",
        "is it red? it is",
        "not red, it is red",
        "the red " + "very " * 12 + "big one",
        'red"' * 50,
    ],
)
def test_an_answer_that_says_more_than_one_thing_is_malformed(text: str) -> None:
    assert stated(text, "red").status == Status.MALFORMED


@pytest.mark.parametrize("phrase", ["", "  ", "?!"])
def test_a_phrase_has_a_word(phrase: str) -> None:
    with pytest.raises(ValueError, match="write a word or more"):
        stated("red", phrase)


def test_an_article_alone_is_a_word() -> None:
    assert stated("the", "the").value is True
    assert stated("cat", "the").value is False


@given(st.text(max_size=60), st.sampled_from(["red", "dog", "5", "ice cream", "A", "no"]))
def test_whatever_is_given_is_there(text: str, phrase: str) -> None:
    if stated(text, phrase).value:
        words = phrase.lower().split()
        assert all(word in text.lower().replace("five", "5").replace("none", "no") for word in words)
