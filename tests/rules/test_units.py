from __future__ import annotations

from fractions import Fraction

import pytest

from guerdon.parse.numbers import Number
from guerdon.rules.units import UNITS, comparable, quantity


def made(value: str, unit: str) -> Number:
    return Number(float(Fraction(value)), unit, Fraction(value), value)


@pytest.mark.parametrize(
    ("value", "unit", "base"),
    [("1", "km", (1000, "m")), ("1", "mi", (Fraction("1609.344"), "m")), ("2", "lb", (Fraction("907.18474"), "g")),
     ("90", "min", (5400, "s")), ("5", "cents", (Fraction("0.05"), "$")), ("3", "million", (3_000_000, "")),
     ("3", "apples", (3, "apples"))],
)  # fmt: skip
def test_units_become_the_base_of_what_they_measure(value: str, unit: str, base: tuple[Fraction, str]) -> None:
    assert quantity(made(value, unit)) == base


def test_no_unit_is_listed_twice_with_two_sizes() -> None:
    from guerdon.rules.units import _SIZES

    written = [name for names in _SIZES.values() for together in names for name in together.split()]
    assert len(written) == len(UNITS) > 50


def test_different_kinds_of_quantity_are_not_compared() -> None:
    assert comparable(made("1", "km"), made("1", "kg")) == []
    assert comparable(made("1", "°"), made("1", "%")) == []


def test_a_unit_of_one_side_alone_is_ignored() -> None:
    assert comparable(made("5", "km"), made("5", "")) == [(Fraction(5), Fraction(5))]


def test_a_percentage_is_compared_as_written_and_as_a_share() -> None:
    assert comparable(made("50", "%"), made("0.5", "")) == [
        (Fraction(50), Fraction(1, 2)),
        (Fraction(1, 2), Fraction(1, 2)),
    ]
