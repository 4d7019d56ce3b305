from __future__ import annotations

import unicodedata
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.characters import accuracy, error_rate, graphemes, lines_accuracy, matches, tidy
from guerdon.metrics.text import edit_distance

WORD = "한국어"
DECOMPOSED = unicodedata.normalize("NFD", WORD)
LETTERS = st.text("abc ", max_size=12)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        (WORD, 3), (DECOMPOSED, 3),  # 한 국 어, as syllables and as 3 + 3 + 2 letters
        ("مَرْحَبًا", 5),  # م ر ح ب ا, four of them with a vowel mark
        ("e\u0301\u0327", 1), ("ñandú", 5), ("क्षि", 1), ("👩‍👩‍👧", 1), ("🇫🇷🇩🇪", 2), ("a\r\nb", 3), ("", 0),
    ],
)  # fmt: skip
def test_what_a_reader_sees_as_one_character_is_one_unit(text: str, units: int) -> None:
    assert len(graphemes(text)) == units
    assert "".join(graphemes(text)) == text


def test_a_syllable_in_pieces_is_the_syllable_once_composed() -> None:
    assert edit_distance(DECOMPOSED, WORD) == 8
    assert error_rate(graphemes(tidy(DECOMPOSED)), graphemes(tidy(WORD))) == 0.0


def test_one_wrong_syllable_of_three_costs_a_third_however_it_is_encoded() -> None:
    for form in ("NFC", "NFD"):
        wrong, true = unicodedata.normalize(form, "한글어"), unicodedata.normalize(form, WORD)
        assert error_rate(graphemes(wrong), graphemes(true)) == pytest.approx(1 / 3)


def test_joined_forms_of_arabic_letters_are_the_letters_under_nfkc() -> None:
    joined = "\ufeb3\ufefc\ufee1"  # seen, lam-alef and meem as they are drawn in سلام
    assert tidy(joined, form="NFKC") == "سلام"
    assert tidy(joined) != "سلام"


@pytest.mark.parametrize(
    ("given", "tidied"),
    [
        ("  a \n\t b ", "a b"), ("你 好 吗", "你好吗"), ("ไทย ไทย", "ไทยไทย"), ("GPT 4 模型 好", "GPT 4模型好"),
        ("안녕 세계", "안녕 세계"), ("\u200fسلام\u200e", "سلام"), ("co\u00adop", "coop"), ("", ""),
    ],
)  # fmt: skip
def test_spaces_count_where_a_script_has_them(given: str, tidied: str) -> None:
    assert tidy(given) == tidied


def test_case_is_folded_only_when_asked() -> None:
    assert tidy("Straße É") == "Straße É"
    assert tidy("Straße É", case=False) == "strasse é"


@given(st.text(max_size=30), st.sampled_from(["NFC", "NFKC"]), st.booleans())
def test_tidying_twice_changes_nothing_more_in_common_scripts(text: str, form: str, case: bool) -> None:
    once = tidy(text, form=form, case=case)  # type: ignore[arg-type]
    assert once == once.strip()
    assert "  " not in once


def test_error_rates_by_hand() -> None:
    # kitten → sitting: 3 edits over the 7 letters of the true word
    assert error_rate("kitten", "sitting") == 3 / 7
    assert accuracy("kitten", "sitting") == 1 - 3 / 7
    assert error_rate("abc", "") == 3.0
    assert (accuracy("", ""), accuracy("a", ""), accuracy("", "a")) == (1.0, 0.0, 0.0)


@given(LETTERS, LETTERS)
def test_accuracy_lies_between_0_and_1_and_is_1_for_the_same(a: str, b: str) -> None:
    assert 0.0 <= accuracy(a, b) <= 1.0
    assert (accuracy(a, b) == 1.0) == (a == b)


@given(LETTERS, LETTERS, st.sampled_from("abc"))
def test_an_inserted_letter_never_costs_more_than_one(a: str, true: str, letter: str) -> None:
    assert error_rate(a + letter, true) <= error_rate(a, true) + 1 / max(len(true), 1) + 1e-12


@given(LETTERS, LETTERS)
def test_matches_are_equal_units_in_order(found: str, true: str) -> None:
    places = matches(found, true)
    kept = [place for place in places if place is not None]
    assert len(places) == len(true)
    assert kept == sorted(set(kept))
    assert all(found[place] == true[i] for i, place in enumerate(places) if place is not None)


@given(LETTERS, LETTERS)
def test_a_single_line_is_scored_as_it_is(found: str, true: str) -> None:
    assert lines_accuracy([found], [true]) == pytest.approx(accuracy(found, true) if true or found else 1.0)


def test_lines_out_of_order_are_not_matched() -> None:
    # only one of the two can be paired in order: 4 of 8 letters, and 4 are left over
    assert lines_accuracy(["EFGH", "ABCD"], ["ABCD", "EFGH"]) == pytest.approx(4 / 12)


def test_a_line_counts_by_its_length() -> None:
    assert lines_accuracy(["OPEN", "xx"], ["OPEN", "24"]) == pytest.approx(4 / 6)


@given(st.lists(LETTERS, max_size=4), st.lists(LETTERS, max_size=4), LETTERS)
def test_another_line_never_helps_beyond_what_it_holds(found: list[str], true: list[str], junk: str) -> None:
    assert 0.0 <= lines_accuracy([*found, junk], true) <= 1.0
    assert lines_accuracy([*true, junk], true) <= 1.0
    if junk and true:
        assert lines_accuracy([*true, junk + "d"], true) < 1.0


def test_a_hundred_thousand_marks_take_a_moment() -> None:
    start = perf_counter()
    graphemes(tidy("a" + "\u0301\u0316" * 50_000))
    assert perf_counter() - start < 5.0
