from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.numbers import number
from guerdon.scores import Status


@pytest.mark.parametrize(
    ("text", "exact", "unit"),
    [
        ("42", "42", ""), ("-7", "-7", ""), ("−5", "-5", ""), ("+5", "5", ""), ("x=-3", "-3", ""), ("5-3", "3", ""),
        ("3.14", "3.14", ""), (".5", "0.5", ""), ("It is 5.", "5", ""), ("1,234,567.5", "1234567.5", ""),
        ("2e3", "2000", ""), ("2×10^3", "2000", ""), (r"2 \times 10^{-3} m", "0.002", "m"), ("1.5E-2", "0.015", ""),
        ("3/4", "3/4", ""), ("1.5/3", "1/2", ""), ("1 1/2", "3/2", ""), ("-1 1/2", "-3/2", ""),
        (r"\frac{3}{4}", "3/4", ""), (r"\dfrac{-3}{4}", "-3/4", ""), (r"1\frac{1}{2}", "3/2", ""),
        (r"-\frac{1}{2}", "-1/2", ""),
        ("50%", "50", "%"), (r"50\%", "50", "%"), ("50 %", "50", "%"), ("30°", "30", "°"), (r"30^\circ", "30", "°"),
        ("30 °C", "30", "°C"), ("5 cm", "5", "cm"), ("5cm", "5", "cm"), ("5km/h", "5", "km/h"), ("5 cm^2", "5", "cm^2"),
        (r"5 \text{ cm}", "5", "cm"), ("$1,234.50", "1234.5", "$"), ("-$5", "-5", "$"), (r"\$5", "5", "$"),
        ("€5", "5", "€"), ("5 €", "5", "€"), ("5 apples", "5", ""), ("答案是5", "5", ""), ("１２", "12", ""),
        ("1,2,3", "3", ""), ("12,34", "34", ""), ("GPT4 scores 7", "7", ""), ("1.2.3 then 4", "4", ""),
    ],
)  # fmt: skip
def test_a_number_is_read_with_its_unit(text: str, exact: str, unit: str) -> None:
    read = number(text)
    assert read.value is not None, read.reason
    assert read.span is not None
    assert (read.value.exact, read.value.unit) == (Fraction(exact), unit)
    assert read.value.value == float(Fraction(exact))
    assert read.value.text == text[slice(*read.span)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no number found"), ("seven", "no number found"), ("GPT4", "no number found"),
        ("1.2.3", "no number found"),
        ("3/0", "3/0 divides by zero"), ("1e999", "1e999 is too large"),
        ("1e99999999999", "1e99999999999 is too large"),
        ("10^3 x 9e-500", "9e-500 is too large"), ("9" * 400, f"{'9' * 40} is too large"),
        ("9" * 1001, "a number of more than 1000 characters"),
        ("9" * 3_000_000, "a number of more than 1000 characters"),
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_what_is_no_number_is_malformed(text: str, reason: str) -> None:
    read = number(text)
    assert (read.status, read.value, read.reason) == (Status.MALFORMED, None, reason)


def test_the_number_that_counts_can_be_chosen() -> None:
    assert [number("1 and 2", which=which).ok for which in ("first", "last", "only")] == [True, True, False]
    assert number("1 and 2", which="first").value == number("1").value
    assert number("1 and 2").value == number("2").value


def test_the_whole_text_can_be_asked_to_be_a_number() -> None:
    for text in ("5", " 5 cm. ", "$5$", "-1,000"):
        assert number(text, match="whole").ok
    for text in ("it is 5", "5 apples", "5 6", "", "5 or so"):
        assert number(text, match="whole").reason == "not a number"


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**6), st.sampled_from(["", " ", "it is ", "x = "]))
def test_integers_and_fractions_are_read_back_exactly(over: int, under: int, before: str) -> None:
    for text, value in (
        (f"{over}", Fraction(over)),
        (f"{over:,}", Fraction(over)),
        (f"{over}/{under}", Fraction(over, under)),
    ):
        read = number(before + text).value
        assert read is not None
        assert (read.exact, read.value) == (value, float(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_is_read_back(value: float) -> None:
    read = number(repr(value)).value
    assert read is not None
    assert read.value == value


def test_a_setting_that_does_not_exist_raises() -> None:
    with pytest.raises(ValueError, match="match='start'"):
        number("", match="start")  # type: ignore[arg-type]
