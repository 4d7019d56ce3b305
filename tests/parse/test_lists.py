"""Rankings of ids, and lists of texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.lists import canonical, ids, items
from guerdon.scores import Status


@pytest.mark.parametrize(
    "text",
    [
        "[3, 1, 2]",
        "[3,1,2]",
        "3, 1, 2",
        "3 > 1 > 2",
        "[3] > [1] > [2]",
        "[03,1,2,]",
        '["3", 1, 2]',
        "3;1;2",
        "[3,\n1, 2]",
    ],
)
def test_a_ranking_is_read_however_it_is_written(text: str) -> None:
    assert ids(text).value == ["3", "1", "2"]


def test_ids_may_be_names() -> None:
    assert ids("page_2.jpg > page_1.jpg").value == ["page_2.jpg", "page_1.jpg"]
    assert ids('["page 2", "a, b"]').value == ["page 2", "a, b"]


@pytest.mark.parametrize(
    "text", ["", ",", "3, then 1", "[[1, 2], [3]]", "[true]", "[1.5, 2]", '[" "]', "the first one"]
)
def test_what_is_no_list_of_ids_is_malformed(text: str) -> None:
    assert ids(text).status == Status.MALFORMED


def test_an_empty_list_lists_none() -> None:
    assert ids("[]").value == []


@pytest.mark.parametrize(
    ("given", "expected"), [(3, "3"), ("03", "3"), (" a ", "a"), ("0x3", "0x3"), ("9" * 30, "9" * 30)]
)
def test_ids_are_compared_as_text_without_leading_zeros(given: object, expected: str) -> None:
    assert canonical(given) == expected


@given(st.lists(st.integers(0, 99), min_size=1, max_size=20), st.sampled_from([", ", ",", " > ", "\n"]))
def test_what_is_written_is_read_back(ranking: list[int], separator: str) -> None:
    assert ids(separator.join(map(str, ranking))).value == [*map(str, ranking)]


def test_items_are_lines_without_bullets_or_a_json_list() -> None:
    expected = ["opens the door", "walks in"]
    for text in ("opens the door\nwalks in", "1. opens the door\n\n2) walks in", "- opens the door\n* walks in"):
        assert items(text).value == expected
    assert items('["opens the door", "walks in"]').value == expected


@pytest.mark.parametrize("text", ["", " \n ", "[]", '[1, "b"]', '[" "]'])
def test_a_list_without_texts_is_malformed(text: str) -> None:
    assert items(text).status == Status.MALFORMED


@given(st.text(alphabet="0123,;>[]()\"'ab\n -.", max_size=40))
def test_no_text_makes_a_parser_raise(text: str) -> None:
    for read in (ids(text), items(text)):
        assert (read.value is None) == (read.status == Status.MALFORMED) == bool(read.reason)


@pytest.mark.parametrize(
    "text", ["[" * 400_000, "1," * 400_000, "\n" * 400_000, "- " * 400_000, "a" * 400_000], ids=lambda t: repr(t[:3])
)
def test_long_nonsense_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    ids(text)
    items(text)
    assert time.perf_counter() - start < 3.0
