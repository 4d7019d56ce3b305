"""Numbered blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse import indexed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<info1>1</info1>\n<info2> no </info2>", {1: "1", 2: "no"}),
        ("<info3>c</info3><info1>a</info1>", {1: "a", 3: "c"}),  # gaps and order do not matter
        ("<info1>a <info2>b</info2> c</info1>", {1: "a <info2>b</info2> c", 2: "b"}),
        ("<info1>a</info1><info2>cut off", {1: "a"}),
        ("</info1><info1></info1>", {1: ""}),
        ("<info1>a</info2>", None),
        ("<INFO1>a</INFO1>", None),
        ("none", None),
    ],
)
def test_blocks_are_read_by_number(text: str, expected: dict[int, str] | None) -> None:
    assert indexed(text).value == expected


def test_which_of_two_counts_is_chosen_or_none() -> None:
    text = "<info1>1</info1> no, <info1>0</info1>"
    assert indexed(text).reason == "<info1> occurs twice"
    assert indexed(text, which="first").value == {1: "1"}
    assert indexed(text, which="last").value == {1: "0"}
    with pytest.raises(ValueError, match="write one of first, last, only"):
        indexed(text, which="best")  # type: ignore[arg-type]


def test_other_names_have_other_blocks() -> None:
    assert indexed("<info1>a</info1><fact1>b</fact1>", "fact").value == {1: "b"}
    with pytest.raises(ValueError, match="not the name of a tag"):
        indexed("", "<fact>")


@given(st.dictionaries(st.integers(0, 99), st.text(alphabet="ab 1/", max_size=5), min_size=1, max_size=8))
def test_what_is_written_is_read(bodies: dict[int, str]) -> None:
    text = " ".join(f"<info{k}>{body}</info{k}>" for k, body in bodies.items())
    assert indexed(text).value == {k: bodies[k].strip() for k in sorted(bodies)}
