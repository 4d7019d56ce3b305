import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.yesno import UNDECIDED, yes_no


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes", True), ("NO\n", False), ('"No"', False), ("**yes**.", True), ("Yes, it is not.", True),
        ("No, there is not.", False), ("Yes, no doubt", True), ("There is no dog", False),
        ("The answer is: Yes.", True), ("No wonder one asks; the answer is yes", True), ("Answer: no", False),
        ("Yes. The answer is no", False), ("ｙｅｓ", True),
    ],
)  # fmt: skip
def test_a_decision_is_read(text: str, value: bool) -> None:
    assert yes_no(text).value is value


@pytest.mark.parametrize("text", ["", "maybe", "I know", "yesterday", "Nope", "not", "no-one came", "It is true"])
def test_parts_of_words_decide_nothing(text: str) -> None:
    assert yes_no(text).reason == "neither yes nor no is said"


@pytest.mark.parametrize(
    "text", ["yes and no", "No, yes", "Yes/No", "it may be yes but also no", "The answer is yes or no"]
)
def test_both_words_are_undecided(text: str) -> None:
    assert yes_no(text).reason == UNDECIDED


def test_other_words_can_stand_for_them() -> None:
    assert yes_no("FALSE", words=("true", "false")).value is False
    assert yes_no("True or false", words=("true", "false")).reason == UNDECIDED
    for words in (("yes", "Yes"), ("yes", ""), ("a b", "c")):
        with pytest.raises(ValueError, match="two different words"):
            yes_no("", words=words)


@given(st.text(alphabet="knowyes notaird", max_size=20))
def test_a_text_without_the_words_never_decides(text: str) -> None:
    words = text.split()
    read = yes_no(text)
    assert read.ok <= ("yes" in words or "no" in words)
    if {"yes", "no"} & set(words) == {"no"}:
        assert read.value is False
