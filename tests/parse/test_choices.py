from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.choices import LETTERS, REFUSED, UNDECIDED, choice, choices
from guerdon.scores import Status


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        # the whole text
        ("A", "A"), ("(D)", "D"), ("b.", "B"), ("**C**", "C"), ("$B$", "B"), ('"B"', "B"), ("{C}", "C"), ("#D", "D"),
        ("B?", "B"), ("\nE\n", "E"), ("Option B", "B"), ("option b", "B"), ("（Ｂ）", "B"),
        # an explicit marker, the last one
        (r"\boxed{A}", "A"), (r"so $\boxed{\text{D}}$", "D"), ("answer: b", "B"), ("Answer is B.", "B"),
        ("The answer is: \n\n**B**", "B"), ("The correct answer is **B**. Here's why: C is not.", "B"),
        ("The answer to the question is D.", "D"), ("The best option: (B)", "B"), ("选择C。", "C"), ("答案是C", "C"),
        ("选 B", "B"), ("I first thought the answer is B, but the answer is (C).", "C"),
        ("I choose B; C is worse", "B"),
        ("The option is B and not C", "B"), ("B is the answer because C is wrong", "B"), ("**A** is correct.", "A"),
        ("The answer is A because it rains", "A"), ("Between A and B, the answer is B.", "B"),
        # the last line
        ("A. cat\nB. dog\n\nB", "B"), ("It has ears and C looks wrong.\n(d)", "D"),
        # a label at the beginning
        ("B) cat", "B"), ("b) cat", "B"), ("C: three, not B", "C"), ("A。天坛", "A"), ("B, C is wrong", "B"),
        # a letter that stands alone
        ("The cat. B", "B"), ("<answer>C</answer>", "C"), ("Not A, B is wrong... so C", "C"),
        ("It must be (b) then", "B"), ("Option B: rabbit", "B"), ("I would go for B since A is wrong", "B"),
    ],
)  # fmt: skip
def test_a_choice_is_read(text: str, letter: str) -> None:
    read = choice(text)
    assert read.value == letter, read.reason
    assert read.span is not None
    assert len(text[slice(*read.span)]) == 1


@pytest.mark.parametrize(
    "text", ["A cat", "a cat", "Answer: A cat", "the answer is a dog", "I see a dog", "A man or a dog"]
)
def test_an_article_is_not_a_choice(text: str) -> None:
    assert choice(text, letters="ABCDEFGHI").reason == "no choice found"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ABC",
        "It's B-tree time",
        "GPT4A",
        "The answer is not B",
        "B is not correct",
        "C# or D# it is",
        "B's",
        "Plan_B",
    ],
)
def test_a_text_without_a_choice_is_malformed(text: str) -> None:
    read = choice(text)
    assert (read.status, read.reason) == (Status.MALFORMED, "no choice found")


@pytest.mark.parametrize(
    "text",
    ["A or B?", "A. or B.", "B/C", "I think A and B", "(A)(B)", "A B", "A, B", "The answer is A or B.",
     "Answers: (A) and (B)", "A. cat\nB. dog\nC. bird", "A; C", r"\boxed{A, B}"],
)  # fmt: skip
def test_several_letters_are_undecided(text: str) -> None:
    assert choice(text).reason.startswith(UNDECIDED)


@pytest.mark.parametrize(
    "text",
    ["None of the above", "I cannot determine the answer.", "I can’t tell, maybe B", "I don't know", "以上都不对",
     "There is not enough information."],
)  # fmt: skip
def test_a_refusal_is_told_apart(text: str) -> None:
    assert choice(text).reason == REFUSED


def test_an_explicit_marker_outweighs_a_refusal() -> None:
    assert choice("I cannot tell for sure, but the answer is B.").value == "B"


@pytest.mark.parametrize(
    ("text", "options", "letter"),
    [
        ("A rabbit is here", "teddy bear|rabbit|cat|dog", "B"),
        ("RABBIT!", "teddy bear|rabbit", "B"),
        ("120 people", "12|2|21|120", "D"),
        ("dark red", "red|dark red|blue", "B"),
        ("Yes, it is", "yes|no", "A"),
        ("这是天坛", "天坛|故宫", "A"),
        ("none of the above", "rain|none of the above", "B"),
        ("B", "rabbit|cat", "B"),
    ],
)
def test_the_text_of_one_option_is_a_choice(text: str, options: str, letter: str) -> None:
    assert choice(text, options=options.split("|")).value == letter


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("yes and no", "yes|no", "undecided: A, B"),
        ("nobody knows yesterday", "yes|no", "no choice found"),
        ("C", "yes|no", "no choice found"),
        ("same", "same|same", "undecided: A, B"),
        ("", "|", "no choice found"),
    ],
)
def test_other_texts_choose_no_option(text: str, options: str, reason: str) -> None:
    assert choice(text, options=options.split("|")).reason == reason


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("A,B", "AB"), ("A B", "AB"), ("AB", "AB"), ("A、B", "AB"), ("A and C", "AC"), ("(A)(B)", "AB"), ("A;B", "AB"),
        ("[A, B]", "AB"), ("Answer: ABD", "ABD"), (r"\boxed{A,C}", "AC"), ("b, a", "AB"), ("A", "A"), ("A,A", "A"),
        ("The answers are A, C.", "AC"), ("The answer is A and C because D is not", "AC"), ("答案是A和C", "AC"),
        ("The answers: b and c", "BC"), ("A. cat\nC. dog", "AC"), ("The answer is B. C is wrong", "B"),
        ("Options A and B", "AB"),
    ],
)  # fmt: skip
def test_several_choices_are_read(text: str, letters: str) -> None:
    assert choices(text).value == frozenset(letters)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("A or B", UNDECIDED),
        ("The answer is A or B", UNDECIDED),
        ("None of the above", REFUSED),
        ("", "no list of choices found"),
        ("bad", "no list of choices found"),
        ("Answer: A cat", "no list of choices found"),
        ("A cat, C dog", "no list of choices found"),
        ("A " * 201, "more than 200 words"),
    ],
    ids=lambda text: text[:20],
)
def test_what_lists_no_choices_is_malformed(text: str, reason: str) -> None:
    read = choices(text)
    assert (read.value, read.reason) == (None, reason)


SUBSETS = [frozenset(s) for n in range(1, 4) for s in combinations("ABCDE", n)]


@given(st.sampled_from(SUBSETS), st.sampled_from(["{}", "({})", "**{}**"]), st.sampled_from([", ", " and ", "; ", " "]))
def test_a_set_written_in_any_usual_way_is_read_back(letters: frozenset[str], form: str, between: str) -> None:
    text = between.join(form.format(letter) for letter in sorted(letters))
    assert choices(text).value == letters
    assert choices(f"The answer is {text}.").value == letters
    assert choice(text).ok == (len(letters) == 1)


@given(st.text(alphabet="ABCDab ,.()\n:isorand", max_size=30))
def test_a_choice_is_always_one_of_the_letters(text: str) -> None:
    for letters in ("AB", LETTERS):
        value = choice(text, letters=letters).value
        assert value is None or value in letters
        assert (choices(text, letters=letters).value or frozenset()) <= set(letters)


def test_a_setting_that_does_not_exist_raises() -> None:
    for letters in ("", "AA", "ab", "A1"):
        with pytest.raises(ValueError, match="different capitals"):
            choice("", letters=letters)
    with pytest.raises(ValueError, match="3 options for the 2 letters AB"):
        choice("", letters="AB", options=["x", "y", "z"])
    with pytest.raises(ValueError, match="different capitals"):
        choices("", letters="")
