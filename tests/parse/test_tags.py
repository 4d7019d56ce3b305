import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.tags import Match, after, blocks, layout, tag, tag_counts
from guerdon.scores import Status

GOOD = "<think>t</think>\n<answer> B </answer>"
TWICE = "<think>1</think><answer>A</answer><think>2</think><answer>B</answer>"


def test_a_block_is_read_without_the_space_around_it() -> None:
    read = tag(GOOD, "answer")
    assert read.value == "B"
    assert read.span is not None
    assert GOOD[slice(*read.span)] == "B"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "0 <answer> and 0 </answer>, one of each wanted"),
        ("<answer>A", "1 <answer> and 0 </answer>, one of each wanted"),
        ("A</answer>", "0 <answer> and 1 </answer>, one of each wanted"),
        ("<answer>A</answer><answer>B</answer>", "2 <answer> and 2 </answer>, one of each wanted"),
        ("<answer><answer>A</answer></answer>", "2 <answer> and 2 </answer>, one of each wanted"),
        ("</answer>A<answer>", "no closed <answer> block found"),
        ("<ANSWER>A</ANSWER>", "0 <answer> and 0 </answer>, one of each wanted"),
    ],
)
def test_a_block_that_is_not_there_exactly_once_is_malformed(text: str, reason: str) -> None:
    read = tag(text, "answer")
    assert (read.status, read.value, read.reason) == (Status.MALFORMED, None, reason)


def test_the_first_or_the_last_of_several_blocks_can_be_asked_for() -> None:
    assert tag(TWICE, "answer", which="first").value == "A"
    assert tag(TWICE, "answer", which="last").value == "B"


def test_a_nested_block_ends_at_the_nearest_closing_tag() -> None:
    assert tag("<a>x<a>y</a>z</a>", "a", which="first").value == "x<a>y"


def test_an_unclosed_block_can_run_to_the_end() -> None:
    assert tag("<answer> a ", "answer", unclosed="to_end").value == "a"
    assert tag("<answer>a</answer><answer>b", "answer", which="last", unclosed="to_end").value == "b"
    assert tag("<answer>a</answer><answer>b", "answer", which="last").value == "a"


def test_the_case_of_a_tag_can_be_ignored() -> None:
    assert tag("<ANSWER>A</Answer>", "answer", case=False).value == "A"
    assert not tag("<thin\u212a>A</thin\u212a>", "think", case=False).ok  # a Kelvin sign


def test_all_blocks_come_in_order() -> None:
    assert blocks(TWICE, "answer").value == ["A", "B"]
    assert blocks("none", "answer").reason == "no closed <answer> block found"
    assert blocks("<b>x</b>" * 10_001, "b").reason == "more than 10000 <b> blocks"


def test_what_follows_a_thought_is_read_and_a_truncated_thought_leaves_nothing() -> None:
    assert after("a</think> b", "think").value == "b"
    assert after("b", "think").value == "b"
    assert after("<think>a", "think").reason == "<think> is not closed"


def test_tags_are_counted() -> None:
    assert tag_counts("<a></a></a><b>", "a b c").value == {"a": (1, 2), "b": (1, 0), "c": (0, 0)}
    assert tag_counts("<A></a>", "a", case=False).value == {"a": (1, 1)}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD + "\n", "text after </answer>"),
        ("x" + GOOD, "text before <think>"),
        ("<think>t</think>x<answer>a</answer>", "text between </think> and <answer>"),
        ("<think>t</think>", "<answer> is missing"),
        ("<think>t<answer>a</answer>", "<answer> at character 8 where </think> belongs"),
        ("<answer>a</answer><think>t</think>", "<answer> at character 0 where <think> belongs"),
        (TWICE, "<think> is repeated at character 34"),
        ("<think><think>t</think></think><answer>a</answer>", "<think> at character 7 where </think> belongs"),
        ("", "<think> is missing"),
    ],
)
def test_a_layout_that_is_broken_says_where(text: str, reason: str) -> None:
    assert layout(text, "think answer").reason == reason


def test_a_layout_gives_the_bodies_as_written() -> None:
    assert layout(GOOD, "think answer").value == ("t", " B ")
    assert layout("<a>1</a><b>2</b><a>3</a>", "a b a").value == ("1", "2", "3")
    assert layout("<THINK>t</Think><answer>a</answer>", "think answer", case=False).value == ("t", "a")


@pytest.mark.parametrize("duplicates", [False, True])
def test_a_layout_may_be_the_whole_the_start_or_anywhere(duplicates: bool) -> None:
    kinds: tuple[Match, ...] = ("whole", "start", "search")

    def found(text: str) -> list[bool]:
        return [layout(text, "think answer", match=match, duplicates=duplicates).ok for match in kinds]

    assert found(GOOD) == [True, True, True]
    assert found(GOOD + " tail") == [False, True, True]
    assert found("head " + GOOD + " tail") == [False, False, True]


def test_two_complete_answers_pass_only_where_duplicates_may_hide_in_the_wildcards() -> None:
    assert not layout(TWICE, "think answer").ok
    assert layout(TWICE, "think answer", duplicates=True).value == ("1", "A</answer><think>2</think><answer>B")


PIECES = ["<a>", "</a>", "<b>", "</b>", "x", " ", "\n", "<"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_duplicates_match_just_as_lazy_wildcards_do(text: str) -> None:
    lazy = re.compile(r"<a>(.*?)</a>\s*<b>(.*?)</b>", re.DOTALL)
    expected: dict[Match, re.Match[str] | None]
    expected = {"whole": lazy.fullmatch(text), "start": lazy.match(text), "search": lazy.search(text)}
    for match, found in expected.items():
        read = layout(text, "a b", match=match, duplicates=True)
        assert read.value == (found.groups() if found else None)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_strict_layout_is_a_lazy_one_with_each_tag_once(text: str) -> None:
    once = all(count == (1, 1) for count in (tag_counts(text, "a b").value or {}).values())
    assert layout(text, "a b").ok == (once and layout(text, "a b", duplicates=True).ok)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
def test_first_and_last_are_those_of_all_blocks(text: str, case: bool) -> None:
    expected = [body.strip() for body in re.findall(r"<a>(.*?)</a>", text, re.DOTALL)]
    assert (blocks(text, "a", case=case).value or []) == expected
    assert tag(text, "a", which="first", case=case).value == (expected[0] if expected else None)
    assert tag(text, "a", which="last", case=case).value == (expected[-1] if expected else None)


def test_a_setting_that_does_not_exist_raises() -> None:
    with pytest.raises(ValueError, match="which='middle': write one of first, last, only"):
        tag("", "a", which="middle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="match='end'"):
        layout("", "a", match="end")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'<a>' is not the name of a tag"):
        tag("", "<a>")
    with pytest.raises(ValueError, match="at least one tag"):
        layout("", " ")
