"""Levels of a verbal scale: a level is its whole phrase, where a rating is given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse import LIKERT_5, LIKERT_10, likert
from guerdon.scores import Status


@pytest.mark.parametrize("scale", [LIKERT_5, LIKERT_10])
@pytest.mark.parametrize("form", ["{}", "**{}**.", "RATING: {}", 'x\n{{"ALIGNMENT-RATING": "{}"}}', "It is fine.\n{}"])
def test_every_level_is_read_in_every_form(scale: tuple[str, ...], form: str) -> None:
    read = [likert(form.format(level), scale=scale).value for level in scale]
    assert read == list(range(1, len(scale) + 1))


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("I would rate this image as Good, because it is.", 4),
        ("The rating is *extremely-poor*", 1),
        ("A good start, an average end.\nRating: Outstanding", 5),
        ("Good work is poor here.\nAverage", 3),
    ],
)
def test_what_is_said_of_the_rating_counts_and_not_praise_before_it(text: str, level: int) -> None:
    assert likert(text).value == level


@pytest.mark.parametrize(
    "text",
    ["", "not poor but good", "Extremely good", "Rating: not good", "Rating: Poor/Average", "Rating: good or average",
     "A good image.", "Goodness", "Rating: Goodish"],
)  # fmt: skip
def test_what_names_no_single_level_is_unread(text: str) -> None:
    assert likert(text).status == Status.UNREAD


def test_two_ratings_are_none_unless_one_is_asked_for() -> None:
    text = "Rating: Good. Rating: Poor"
    assert likert(text).reason == "conflicting levels: Good, Poor"
    assert (likert(text, which="first").value, likert(text, which="last").value) == (4, 2)
    assert likert("Rating: Good. Rating: good").value == 4


def test_a_judge_that_declines_abstains() -> None:
    assert likert("I cannot provide a rating of this person.").status == Status.ABSTAINED


@pytest.mark.parametrize("scale", [(), ("Good",), ("Good", "good"), ("Good", " ")])
def test_a_scale_needs_two_different_levels(scale: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="two or more different phrases"):
        likert("Good", scale=scale)


@given(st.sampled_from(LIKERT_10), st.sampled_from(LIKERT_10))
def test_a_longer_phrase_is_never_read_as_the_shorter_one_in_it(one: str, other: str) -> None:
    read = likert(f"Rating: {one}\nRating: {other}", scale=LIKERT_10)
    assert (read.value == LIKERT_10.index(one) + 1) if one == other else read.status == Status.UNREAD
