"""Units of measurement: what two quantities have to share before their numbers are compared."""

from __future__ import annotations

from fractions import Fraction

from guerdon.parse.numbers import Number

_SIZES = {
    "m": {"mm": "1/1000", "cm": "1/100", "m": "1", "km": "1000",
          "in inch inches": "127/5000", "ft foot feet": "381/1250", "yd yard yards": "1143/1250",
          "mi mile miles": "201168/125"},
    "g": {"mg": "1/1000", "g": "1", "kg": "1000", "ton tons tonne tonnes": "1000000",
          "lb lbs pound pounds": "45359237/100000", "oz ounce ounces": "45359237/1600000"},
    "s": {"ms": "1/1000", "s sec second seconds": "1", "min minute minutes": "60", "h hr hour hours": "3600",
          "day days": "86400", "week weeks": "604800"},
    "l": {"ml mL": "1/1000", "l L": "1"},
    "Hz": {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    "$": {"$ dollar dollars USD": "1", "cent cents": "1/100"},
    "€": {"€ euro euros EUR": "1"},
    "°": {"° deg degree degrees": "1"},
    "px": {"px pixel pixels": "1"},
    "%": {"% percent": "1"},
    "": {"thousand": "1000", "million": "1000000", "billion": "1000000000", "trillion": "1000000000000"},
}  # fmt: skip
UNITS = {
    name: (dimension, Fraction(size))
    for dimension, names in _SIZES.items()
    for together, size in names.items()
    for name in together.split()
}
"""Unit as written → what it measures, and how many of that dimension's base unit it is. A ton is metric."""


def quantity(number: Number) -> tuple[Fraction, str]:
    """The value in the base unit of what is measured, and that dimension; an unknown unit stands for itself.

    >>> from guerdon.parse.numbers import number
    >>> quantity(number("2.5 km").value), quantity(number("12").value)
    ((Fraction(2500, 1), 'm'), (Fraction(12, 1), ''))
    """
    dimension, size = UNITS.get(number.unit, (number.unit, Fraction(1)))
    return number.exact * size, dimension


def comparable(found: Number, gold: Number) -> list[tuple[Fraction, Fraction]]:
    """Pairs of values under which two quantities may be compared; none if they measure different things.

    A unit that only one of them has is not held against the other: the numbers as written. Where that
    is a percent sign, "50%" may mean 50 or 0.5.
    """
    (a, measured), (b, wanted) = quantity(found), quantity(gold)
    if measured == wanted:
        return [(a, b)]
    if {measured, wanted} == {"%", ""}:
        shares = (a / 100, b) if measured == "%" else (a, b / 100)
        return [(a, b), shares]
    if "" in (measured, wanted):
        return [(found.exact, gold.exact)]
    return []
