import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.maths import Exact, boxed, exact, math_answer, tidy_latex


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (r"\boxed{5}", "5"), (r"x \boxed{ a{b}c } y", "a{b}c"), (r"\fbox{3}", "3"), (r"\boxed 5.", "5."),
        (r"\boxed{1} then \boxed{2}", "2"), (r"\boxed{\boxed{5}}", "5"), (r"\boxed{\{1,2\}}", r"\{1,2\}"),
        (r"\boxed {π}", "π"), (r"\boxed{}", ""),
    ],
)  # fmt: skip
def test_the_last_box_is_read(text: str, content: str) -> None:
    assert boxed(text).value == content


def test_another_box_can_be_asked_for() -> None:
    assert boxed(r"\boxed{\boxed{5}}", which="first").value == r"\boxed{5}"
    assert boxed(r"\boxed{1} \boxed{2}", which="only").reason == "more than one \\boxed, only one wanted"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("5", r"no \boxed found"), (r"\boxed{5", r"\boxed is not closed"), (r"\boxed", r"\boxed holds nothing")],
)
def test_a_missing_box_is_malformed(text: str, reason: str) -> None:
    assert boxed(text).reason == reason


@given(st.text(alphabet="ab{}\\", max_size=12))
def test_braces_balance(content: str) -> None:
    read = boxed(f"\\boxed{{{content}}} {{}}").value
    assert read is None or balanced(read)
    assert read == content.strip() or not balanced(content)


def balanced(text: str) -> bool:
    plain = re.sub(r"\\.", "", text)
    depth = 0
    for brace in plain:
        depth += {"{": 1, "}": -1}.get(brace, 0)
        if depth < 0:
            return False
    return depth == 0 and "\\" not in plain


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"The answer is 3, I mean \boxed{4}.", "4"), ("The answer is $5$.", "5"), ("The answer is 3.14.", "3.14"),
        ("so the answer is: **7**", "7"), (r"answer is $\frac{1}{2}$ because", r"\frac{1}{2}"),
        ("Answer: x=3\n", "x=3"),
        ("We get $x=2$ and $y=3$.", "y=3"), ("答案是5", "5"), ("42", "42"), (" x^2 ", "x^2"),
        ("The answer is:\n8", "8"),
    ],
)  # fmt: skip
def test_the_answer_of_a_solution_is_found(text: str, answer: str) -> None:
    read = math_answer(text)
    assert read.value == answer
    assert read.span is not None
    assert text[slice(*read.span)] == answer


@pytest.mark.parametrize("text", ["", "two\nlines", "word " * 60])
def test_a_long_text_without_a_marked_answer_has_none(text: str) -> None:
    assert math_answer(text).reason == "no answer found"


def test_the_first_answer_can_be_asked_for() -> None:
    assert math_answer("$1$ and $2$", which="first").value == "1"
    assert math_answer("$1$ and $2$", which="only").reason == "more than one answer, only one wanted"


def test_latex_is_tidied() -> None:
    assert tidy_latex(r"$\left(\dfrac12,\ 30^\circ\right)$.") == r"(\frac{1}{2},30)"
    assert tidy_latex(r"5\,\text{cm}") == "5cm"
    assert tidy_latex(r"\$1{,}000") == "1,000"
    assert tidy_latex(r"\leftarrow") == r"\leftarrow"
    assert tidy_latex(r"50\%") == "50%"


@pytest.mark.parametrize(
    ("text", "values", "brackets"),
    [
        ("42", "42", ""), ("-7", "-7", ""), ("−7", "-7", ""), ("+5", "5", ""), ("007", "7", ""), ("3.50", "7/2", ""),
        (".5", "1/2", ""), ("5.", "5", ""), ("3/4", "3/4", ""), ("0.5/2", "1/4", ""), (r"\frac{3}{4}", "3/4", ""),
        (r"\dfrac34", "3/4", ""), (r"-1\frac{1}{2}", "-3/2", ""), (r"\frac{-1}{2}", "-1/2", ""), ("$5$", "5", ""),
        ("1,234", "1234", ""), ("1{,}000", "1000", ""), (r"\$5", "5", ""), (r"90^\circ", "90", ""),
        ("(1, 2)", "1 2", "()"), ("(1,234)", "1 234", "()"), ("[0,1)", "0 1", "[)"), ("(0,1]", "0 1", "(]"),
        ("[1,2,3]", "1 2 3", "[]"), (r"\{2,1,1\}", "1 2", "{}"), (r"\left(1,\frac12\right)", "1 1/2", "()"),
    ],
)  # fmt: skip
def test_an_answer_of_rational_numbers_is_read_exactly(text: str, values: str, brackets: str) -> None:
    assert exact(text).value == Exact(tuple(map(Fraction, values.split())), brackets)


def test_a_percentage_is_a_hundredth_and_says_so() -> None:
    assert exact(r"50\%").value == exact("50%").value == Exact((Fraction(1, 2),), "", True)


@pytest.mark.parametrize(
    "text",
    ["", "x", "x=3", "1/0", "1 2", "1,2", "1,23", "--5", "1e3", "10^3", r"\sqrt{2}", r"\pi", r"5\text{ cm}", "(1)",
     "[1]",
     "()", "(,)", "(1,)", "(1,2,3]", r"(-\infty,3]", "3/4/5", r"1\frac{-1}{2}", "5%%", "{1,2}", "1_000", "٣"],
)  # fmt: skip
def test_everything_else_is_left_to_algebra(text: str) -> None:
    assert exact(text).reason == "not a plain number or a simple group of them"


def test_megabytes_of_digits_are_refused_at_once() -> None:
    assert exact("9" * 5_000_000).reason == "more than the 2000 characters that are read exactly"
    assert exact("9" * 2000).ok


@given(st.fractions())
def test_equal_numbers_are_equal_however_they_are_written(value: Fraction) -> None:
    over, under = value.numerator, value.denominator
    sign = "-" if over < 0 else ""
    forms = [
        f"{over}/{under}",
        f"{3 * over}/{3 * under}",
        rf"\frac{{{over}}}{{{under}}}",
        rf"$ {sign}\dfrac{{{abs(over)}}}{{{under}}}$",
    ]
    assert {exact(form).value for form in forms} == {Exact((value,))}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_decimals_are_read_without_rounding(value: object) -> None:
    assert exact(f"{value:f}").value == Exact((Fraction(str(value)),))
