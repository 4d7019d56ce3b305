"""Sentences, clauses, and labelled segments in their places."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.geometry import Span
from guerdon.parse.segments import LEAST, Segment, align, clause_starts, clauses, sentences


def at(start: int, stop: int, label: Any = None) -> Segment:
    return Segment(Span(start, stop), label)


TEXTS = st.text(alphabet='ab.,!?; \n"1A', max_size=120)


def cut(text: str, spans: Sequence[tuple[int, int]] | None) -> list[str]:
    assert spans is not None
    return [text[start:stop] for start, stop in spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cat. A dog!", ["A cat.", "A dog!"]),
        ("Mr. Fox, e.g. Dr. No, ate 3.5 kg. Yes", ["Mr. Fox, e.g. Dr. No, ate 3.5 kg.", "Yes"]),
        ("George W. Bush came. So it is B. Next", ["George W. Bush came.", "So it is B.", "Next"]),
        ("In the U.S. He sat", ["In the U.S. He sat"]),
        ("Hmm... maybe. Wait... What?! Oh", ["Hmm... maybe.", "Wait...", "What?!", "Oh"]),
        ('He said "Hi." Then left.', ['He said "Hi."', "Then left."]),
        ("1. A cat\n2. A dog\n- a bird", ["1. A cat", "2. A dog", "- a bird"]),
        ("One line\nwrapped.\n\nA title\n\nText", ["One line\nwrapped.", "A title", "Text"]),
        ("猫。犬！", ["猫。", "犬！"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_are_found(text: str, expected: list[str]) -> None:
    assert cut(text, sentences(text).value) == expected


@pytest.mark.parametrize("split", [sentences, clauses])
@given(text=TEXTS)
def test_pieces_follow_each_other_and_leave_out_white_space_alone(split: Any, text: str) -> None:
    spans = split(text).value
    assert all(start < stop for start, stop in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(cut(text, spans)).split()) == "".join(text.split())


@given(text=TEXTS)
def test_clauses_lie_within_sentences(text: str) -> None:
    whole, parts = sentences(text).value, clauses(text).value
    assert whole is not None
    assert parts is not None
    assert all(any(s <= a and b <= e for s, e in whole) for a, b in parts)


@pytest.mark.parametrize(
    ("text", "first_words"),
    [
        ("One two three four five, six seven eight nine ten.", [0]),  # only five follow
        ("One two three four five, six seven eight nine ten eleven.", [0, 5]),
        ("One two three four, five six seven eight nine ten eleven.", [0]),  # only four before
        ("a b c d e, f g h, i j k l m n o p q r.", [0, 8]),  # the short piece joins the one before it
        ("a b c d e,f g h i j k l m n", [0]),  # no word ends there
        ("", []),
    ],
)
def test_clauses_begin_where_enough_words_are_on_both_sides(text: str, first_words: list[int]) -> None:
    starts = clause_starts(text.split())
    assert [i for i, is_start in enumerate(starts) if is_start] == first_words


@given(st.lists(st.sampled_from(["a", "b,", "c;", "d!", ","]), min_size=1, max_size=40))
def test_each_of_several_clauses_has_enough_words(words: list[str]) -> None:
    starts = [i for i, is_start in enumerate(clause_starts(words)) if is_start]
    lengths = [b - a for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
    assert len(lengths) < 2 or min(lengths) >= LEAST


RESPONSE = "A cat sits. A dog runs.  A cat sits."


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"start": 12, "end": 23, "text": "A dog runs."}, (12, 23)),
        ({"start": 13, "end": 24, "text": "A dog runs."}, (12, 23)),  # shifted by one
        ({"start": 20, "end": 31, "text": "A cat sits."}, (25, 36)),  # the nearer of two
        ({"start": 9, "end": 20, "text": "A cat sits."}, (0, 11)),
        ({"start": -5, "text": "A cat sits."}, (0, 11)),
        ({"start": 900, "text": "A dog runs."}, (12, 23)),
        ({"text": "runs. A cat"}, (18, 30)),  # whatever the white space
        ({"text": "  runs.\nA  cat "}, (18, 30)),
        ((2, 5), (2, 5)),
        ({"start": 2, "stop": 5}, (2, 5)),
        ("A dog", (12, 17)),
    ],
)
def test_a_segment_is_put_in_its_place(given: object, place: tuple[int, int]) -> None:
    found = align(RESPONSE, [given])
    assert found.value == [at(*place)], found.reason


def test_texts_are_looked_for_one_behind_the_other() -> None:
    found = align(RESPONSE, ["A cat sits.", "A dog runs.", "A cat sits."], [1, 2, 3]).value
    assert found == [at(0, 11, 1), at(12, 23, 2), at(25, 36, 3)]


def test_empty_segments_are_left_out_with_their_labels() -> None:
    assert align(RESPONSE, ["A cat", "", (5, 5), "dog"], "wxyz").value == [at(0, 5, "w"), at(14, 17, "z")]


def test_segments_may_overlap() -> None:
    assert align(RESPONSE, [(0, 11), (2, 5)], [1, 0]).value == [at(0, 11, 1), at(2, 5, 0)]


@pytest.mark.parametrize(
    ("segments", "labels", "reason"),
    [
        (["A cow."], None, "segment 0, 'A cow.', is not in the text"),
        (["A cat"], [1, 2], "2 labels for 1 segments"),
        ([(5, 99)], None, "segment 0 cannot be read: 5 to 99"),
        ([(5, 2)], None, "segment 0 cannot be read"),
        ([{"label": 1}], None, "neither a text nor a start and an end"),
        ([None], None, "segment 0 cannot be read"),
        ([{"start": "x", "text": "A cat"}], None, "segment 0 cannot be read"),
        (["x"] * 10_001, None, "are too many"),
    ],
)
def test_what_does_not_fit_the_text_says_so(segments: list[object], labels: list[int] | None, reason: str) -> None:
    found = align(RESPONSE, segments, labels)
    assert found.value is None
    assert reason in found.reason


@given(st.data())
def test_texts_cut_from_a_text_are_found_back(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab \n", min_size=1, max_size=40))
    start = data.draw(st.integers(0, len(text) - 1))
    stop = data.draw(st.integers(start + 1, len(text)))
    shift = data.draw(st.integers(-3, 3))
    piece = text[start:stop]
    found = align(text, [{"start": start + shift, "text": piece}]).value
    assert found is not None
    if piece.strip():
        ((place, _),) = found
        assert text[slice(*place)].split() == piece.split()
    assert align(text, [{"start": start, "text": piece}]).value == [at(start, stop, None)]
