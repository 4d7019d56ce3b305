"""Numbers with their units.

Read are signs (also the unicode minus), thousands separators (1,234,567), decimals, powers of ten (2e3,
2×10^3), fractions (3/4, \\frac{3}{4}), mixed numbers (1 1/2, 1\\frac{1}{2}) and currencies before or after.
Digits inside words (GPT4), versions (1.2.3) and longer than `MAX_DIGITS` are not numbers. A percentage is
the number written, with the unit "%": what it is a share of is for the caller to know.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal, NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, MAX_DIGITS, Which, check, check_which, pick, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import narrow
from guerdon.scores import Status

MAX_EXPONENT = 400
"""Powers of ten beyond this are refused: 10^1000000000 would fill the memory."""

_DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3})++(?![0-9])|[0-9]++)"
_SIGNED = r"[-+]?[0-9]++"
_LATEX = rf"\\[dtc]?frac\{{\s*+{_SIGNED}\s*+\}}\{{\s*+{_SIGNED}\s*+\}}"
_POWER = (
    rf"[eE]{_SIGNED}(?![A-Za-z0-9_])|\s?(?:×|\\times|\\cdot|\*|x)\s?10\s?\^\s?(?:\{{\s*+{_SIGNED}\s*+\}}|{_SIGNED})"
)
_UNIT = r"""
    \\?% | °\s?[CFK]?(?![A-Za-z]) | \^\{?\\circ\}?[CFK]? | [€£¥₹] | \\(?:text|mathrm)\{[^{}\\]{1,40}\}
  | [A-Za-zµμΩ]{1,20}(?:/[A-Za-z]{1,20})?(?:\^?[23]|[²³])?(?![A-Za-z0-9_])"""
_NUMBER = re.compile(
    rf"""
    (?<![A-Za-z0-9_.])
    (?: (?<![)\]}}]) (?P<sign>[-+]) \s?+ )?
    (?: \\?(?P<currency>[$€£¥₹]) \s?+ )?
    (?: (?P<mixed>[0-9]++) (?P<part> \s++[0-9]++/[0-9]++ | \s*+{_LATEX} )
      | (?P<fraction>{_LATEX})
      | (?P<plain>{_DIGITS}(?:\.[0-9]++)?|\.[0-9]++)
        (?: (?P<power>{_POWER}) | \s?/\s?(?P<under>[0-9]++(?:\.[0-9]++)?) )?
    )
    (?![0-9]|\.[0-9])
    (?P<gap>\s?) (?P<unit>{_UNIT})?
    """,
    re.VERBOSE,
)
_INTEGERS = re.compile(_SIGNED)
_WORD = re.compile(r"[A-Za-zµμΩ]+")
_MARKUP = re.compile(r"\\(?:text|mathrm)\{\s*|\s*\}|\\")
_UNITS = frozenset(
    """percent degree degrees deg radians rad
    mm cm m km in inch inches ft foot feet yd yard yards mi mile miles px pixel pixels
    mg g kg oz ounce ounces lb lbs pound pounds ton tons tonne tonnes l L ml mL gallon gallons
    ms s sec second seconds min minute minutes h hr hour hours day days week weeks month months year years
    Hz kHz MHz GHz N J kJ W kW V A K C F Pa kPa mol
    dollar dollars cent cents euro euros USD EUR thousand million billion trillion""".split()  # noqa: SIM905
)
"""Words that are a unit after a space; what touches the number always is."""


class Number(NamedTuple):
    """A finite number as it was written."""

    value: float
    unit: str
    """"%", "°", a currency sign or the word that follows; "" for none."""
    exact: Fraction
    """The same value without rounding."""
    text: str


def number(text: str, *, which: Which = "last", match: Literal["search", "whole"] = "search") -> Parsed[Number]:
    """A number from anywhere in the text, or the number that the whole text is.

    >>> number("It costs $1,234.50 in all.").value
    Number(value=1234.5, unit='$', exact=Fraction(2469, 2), text='$1,234.50')
    >>> number("about 3/4 of 20", which="first").value.exact
    Fraction(3, 4)
    """
    check_which(which)
    check("match", match, ("search", "whole"))
    if len(text) > MAX_CHARS:
        return too_long(text)
    plain = narrow(text)
    if match == "search":
        found, reason = pick(_NUMBER.finditer(plain), which, "number")
        return malformed(reason) if found is None else _read(found, text)
    found = _NUMBER.match(plain, len(plain) - len(plain.lstrip(" \t\r\n$")))
    if found is None or plain[_unit(found)[1] :].strip(" \t\r\n.$"):
        return malformed("not a number")
    return _read(found, text)


def _read(found: re.Match[str], text: str) -> Parsed[Number]:
    if found.end() - found.start() > MAX_DIGITS:
        return malformed(f"a number of more than {MAX_DIGITS} characters")
    unit, stop = _unit(found)
    try:
        exact = _exact(found)
        value = float(exact)
    except ZeroDivisionError:
        return malformed(f"{found[0].strip()[:40]} divides by zero")
    except OverflowError:
        return malformed(f"{found[0].strip()[:40]} is too large")
    return Parsed(Number(value, unit, exact, text[found.start() : stop]), Status.OK, Span(found.start(), stop))


def _exact(found: re.Match[str]) -> Fraction:
    power = int(_INTEGERS.findall(found["power"])[-1]) if found["power"] else 0
    if abs(power) > MAX_EXPONENT:
        raise OverflowError
    if found["plain"]:
        size = Fraction(found["plain"].replace(",", "")) / Fraction(found["under"] or 1) * Fraction(10) ** power
    else:
        over, under = _INTEGERS.findall(found["part"] or found["fraction"])
        size = Fraction(int(over), int(under)) + int(found["mixed"] or 0)
    return -size if found["sign"] == "-" else size


def _unit(found: re.Match[str]) -> tuple[str, int]:
    """The unit, and where the number with its unit ends."""
    written = found["unit"]
    if found["currency"]:
        return found["currency"], found.start("gap")
    word = written and _WORD.match(written)
    if not written or (found["gap"] and word and word[0] not in _UNITS):
        return "", found.start("gap")
    unit = _MARKUP.sub("", written).strip()
    if unit[0] in "°^":
        unit = "°" + (unit[-1] if unit[-1] in "CFK" else "")
    return unit, found.end()
