"""What changed between two texts, and tokens in spans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics import spans as m

WORDS = st.lists(st.sampled_from(["a", "red", "car", "b.", "é"]), max_size=8)


def cut(before: str, after: str) -> tuple[str, str]:
    return tuple(text[slice(*span)] for text, span in zip((before, after), m.changed(before, after), strict=True))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a red car", "a blue car", ("red", "blue")),
        ("the big red ball", "the small red cube", ("big red ball", "small red cube")),
        ("a b", "a b c", ("", "c")),
        ("a b c", "a c", ("b", "")),
        ("", "new words", ("", "new words")),
        ("same", "same", ("", "")),
        ("a a", "a a a", ("", "a")),  # the end does not reach into the beginning
        ("two  dogs\nrun", "two cats run", ("dogs", "cats")),
    ],
)
def test_the_change_is_what_both_do_not_begin_or_end_with(before: str, after: str, expected: tuple[str, str]) -> None:
    assert cut(before, after) == expected


@given(WORDS, WORDS, WORDS, WORDS)
def test_the_change_put_back_gives_the_other_text(head: list[str], a: list[str], b: list[str], tail: list[str]) -> None:
    before, after = " ".join(head + a + tail), " ".join(head + b + tail)
    (start, stop), (first, last) = m.changed(before, after)
    mended = f"{after[:first]} {before[start:stop]} {after[last:]}"
    assert mended.split() == before.split()
    assert len(before[start:stop].split()) <= len(a)


def test_swapping_the_texts_swaps_the_spans() -> None:
    first, second = "one two three", "one 2 three"
    assert m.changed(first, second)[::-1] == m.changed(second, first)


def test_a_token_belongs_where_its_last_character_lies() -> None:
    offsets = [(0, 3), (3, 6), (6, 9), (9, 9)]
    assert m.tokens_within([(2, 6)], offsets).tolist() == [True, True, False, False]  # 2 is the first one's last
    assert m.tokens_within([(3, 5)], offsets).tolist() == [False, False, False, False]
    assert m.tokens_within([(0, 1), (5, 9)], offsets).tolist() == [False, True, True, False]
    assert m.tokens_within([], offsets).tolist() == [False] * 4
    assert m.tokens_within([(0, 3)], []).tolist() == []


@given(st.lists(st.integers(1, 5), max_size=8), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=4))
def test_tokens_agree_with_looking_each_character_up(lengths: list[int], given: list[tuple[int, int]]) -> None:
    offsets, spans, at = [], [(start, start + n) for start, n in given], 0
    for length in lengths:
        offsets.append((at, at + length))
        at += length
    covered = {i for start, stop in spans for i in range(start, stop)}
    assert m.tokens_within(spans, offsets).tolist() == [stop - 1 in covered for _, stop in offsets]


def test_f1_counts_tokens_in_both() -> None:
    offsets = m.token_offsets("one two three four")
    assert m.token_f1([(0, 7)], [(4, 13)], offsets) == 0.5  # {one, two} and {two, three}: 2·1 / 4
    assert m.token_f1([(0, 3), (0, 3)], [(0, 3)], offsets) == 1.0  # said twice is said
    assert m.token_f1([], [], offsets) == 1.0
    assert m.token_f1([(0, 3)], [], offsets) == 0.0


def test_characters_of_tokens_are_found_back() -> None:
    offsets = m.token_offsets("one  two three")
    assert m.characters_of(1, 3, offsets) == (5, 14)
    assert m.tokens_within([m.characters_of(1, 3, offsets)], offsets).tolist() == [False, True, True]
    for first, stop in ((1, 1), (-1, 2), (0, 4)):
        with pytest.raises(ValueError, match="no tokens"):
            m.characters_of(first, stop, offsets)
