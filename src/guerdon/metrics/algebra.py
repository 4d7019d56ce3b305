r"""Whether two LaTeX expressions have the same value, decided at a few points in microseconds.

Two expressions that differ anywhere differ almost everywhere, so values at points without any pattern
tell them apart, where parsing and simplifying takes tens of milliseconds. Read are numbers, variables
(with subscripts, Greek ones too), + − · × ÷ / ^, fractions, roots, π, brackets, products written side by
side, sines and logarithms, and tuples and matrices of all this. What can be read in two ways (is e a
number, f(x) a product, log decimal, 90° a number, A the same as a?) is read in both, and they must agree. Of everything
else (units, equations, loss of precision) nothing is said, and a computer algebra system has to be asked.

Equality at random points: Schwartz 1980, https://doi.org/10.1145/322217.322225.
"""

from __future__ import annotations

import cmath
import re
from collections.abc import Sequence
from functools import lru_cache
from math import e, pi
from random import Random
from typing import NamedTuple

MAX_CHARS = 300
MAX_DEPTH = 20
POINTS = 3
SAME, DIFFERENT = 1e-9, 1e-3
"""Relative distances up to which two values are one, and from which they are two; between, nothing is said."""
CANCELLED = 1e-4
"""A sum this small beside its terms has lost too many digits."""

_TOKEN = re.compile(
    r"\s*(\d+(?:\.\d+)?|\.\d+|(?:[A-Za-z]|\\[A-Za-z]+)(?:_(?:[A-Za-z0-9]|\{[A-Za-z0-9]+\}))?|[-+*/^(){}\[\]])\s*"
)
_SPACING = re.compile(r"(?<!\\)\\(?:(?:left|right|displaystyle)(?![A-Za-z])|[,;:! ])|[$~]")
_SHORT_FRACTION = re.compile(r"(\\[dt]?frac)\s*(\d)\s*(\d)(?!\d)")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_AMBIGUOUS = re.compile(r"(?<![A-Za-z])(?:pi|ln|lg|d[A-Za-z])|(?<!_)\d\s+\d")
"""Constants and functions without their backslash, differentials, two numbers."""
_UNIT = re.compile(r"(?:[\d}]|[\d})A-Za-z]\s)\s*([cdghlmost]|[A-Za-z]{2,})$")
"""What may be a unit behind a value."""
_VARIABLE = re.compile(
    r"(?:[A-Za-z]|\\(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|rho|sigma|tau|phi|omega))(?:_.+)?"
)
_MATRIX = re.compile(r"[\[(]?\s*\\begin\{[pb]?matrix\}(.*)\\end\{[pb]?matrix\}\s*[\])]?", re.DOTALL)
_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
_TIMES = (r"\cdot", r"\times", "*")
_DIVIDE = (r"\div", "/")
_FUNCTIONS = {r"\sin": cmath.sin, r"\cos": cmath.cos, r"\tan": cmath.tan, r"\ln": cmath.log, r"\log": cmath.log}
_LOG = re.compile(r"\\log_\{?(\d{1,9})\}?")
_CONSTANTS = {"e": e, "E": e, "i": 1j, "I": 1j, "j": 1j}

Number = float | complex


class _Unclear(ArithmeticError):
    pass


class _Values(NamedTuple):
    """Values at all points: first in the plain reading, then with e, i, f(…), log, ° and capitals as what else
    they may mean."""

    plain: tuple[Number, ...]
    special: tuple[Number, ...]
    branched: bool
    """Whether a sign could hide in it."""


def same_value(a: str, b: str) -> bool | None:
    r"""True if two LaTeX expressions surely are equal, False if they surely are not, None if unclear.

    Variables are positive reals. Roots and logarithms of more than one variable alone are never called equal:
    a sign could hide in them.

    >>> same_value("(x+1)^2", "x^2+2x+1"), same_value(r"4\sqrt{2}", r"\sqrt{32}")
    (True, True)
    >>> same_value("(x+1)^2", "x^2+1"), same_value(r"\sqrt{x^2}", "x"), same_value("x", "f(x")
    (False, None, None)
    """
    if len(a) > MAX_CHARS or len(b) > MAX_CHARS:
        return None
    first, second = _elements(_tidy(a)), _elements(_tidy(b))
    if first[0] != second[0] or len(first) != len(second):
        return None
    verdicts = [_same_scalar(x, y) for x, y in zip(first[1:], second[1:], strict=True)]
    return False if False in verdicts else None if None in verdicts else True


def _same_scalar(a: str, b: str) -> bool | None:
    if _has_unit(a, b) or _has_unit(b, a):
        return None
    first, second = _values(a), _values(b)
    if first is None or second is None:
        return None
    verdict = _same_at(first.plain, second.plain)
    if verdict != _same_at(first.special, second.special) or (verdict and (first.branched or second.branched)):
        return None
    return verdict


def _has_unit(latex: str, other: str) -> bool:
    """Whether it may end in a unit: in letters that occur nowhere else."""
    bare = _COMMAND.sub(r"\\", latex)
    word = _UNIT.search(bare)
    return word is not None and word[1] not in bare[: word.start(1)] and word[1] not in _COMMAND.sub(r"\\", other)


def _same_at(a: tuple[Number, ...], b: tuple[Number, ...]) -> bool | None:
    apart = max(abs(x - y) / max(abs(x), abs(y), 1e-300) for x, y in zip(a, b, strict=True))
    return False if apart > DIFFERENT else True if apart < SAME else None


def _tidy(latex: str) -> str:
    return _SHORT_FRACTION.sub(r"\1{\2}{\3}", _SPACING.sub(" ", latex)).strip().removesuffix(".")


def _elements(latex: str) -> list[str]:
    """What kind of group it is, and its parts; "" and the expression itself if it is none."""
    if matrix := _MATRIX.fullmatch(latex):
        rows = [row.split("&") for row in matrix[1].strip().removesuffix(r"\\").split(r"\\")]
        return [f"matrix {[len(row) for row in rows]}", *(cell.strip() for row in rows for cell in row)]
    if latex[:1] in ("(", "[") and latex[-1:] in (")", "]") and "," in latex:
        return [latex[0] + latex[-1], *(part.strip() for part in latex[1:-1].split(","))]
    return ["", latex]


@lru_cache(maxsize=4096)
def _values(latex: str) -> _Values | None:
    """None if it cannot be read for sure."""
    if _AMBIGUOUS.search(_COMMAND.sub(r"\\", latex)):
        return None
    tokens = _TOKEN.findall(latex)
    if sum(map(len, tokens)) != len("".join(latex.split())):
        return None
    readers = [_Reader(tokens, point, special) for special in (False, True) for point in range(POINTS)]
    try:
        values = [reader.whole() for reader in readers]
    except ArithmeticError:
        return None
    return _Values(tuple(values[:POINTS]), tuple(values[POINTS:]), any(reader.branched for reader in readers))


@lru_cache(maxsize=4096)
def _at(name: str, point: int) -> float:
    """Value of a variable at a point, without any pattern."""
    return Random(f"{name.replace('{', '').replace('}', '')} {point}").uniform(0.3, 3.0)


class _Reader:
    """Recursive descent over tokens, computing at one point as it reads."""

    def __init__(self, tokens: Sequence[str], point: int, special: bool):
        self.tokens, self.point, self.special = tokens, point, special
        self.at = self.depth = self.variables = 0
        self.branched = False

    def whole(self) -> Number:
        value = self.sum()
        if self.at < len(self.tokens):
            raise _Unclear
        return value

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        taken = self.next in wanted
        self.at += taken
        return taken

    def sum(self) -> Number:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Unclear
        total = -self.product() if self.take("-") else self.product()
        while self.next in ("+", "-"):
            sign = -1.0 if self.take("-") else float(self.take("+"))
            term = sign * self.product()
            total, larger = total + term, max(abs(total), abs(term))
            if abs(total) < CANCELLED * larger:
                raise _Unclear
        self.depth -= 1
        return total

    def product(self) -> Number:
        value = self.power()
        divided = joined = False
        while self.next not in ("", "+", "-", ")", "}", "]"):
            if self.take(*_DIVIDE):
                divided = True
                value /= self.power()
            elif self.take(*_TIMES):
                value *= self.power()
            else:
                joined = True
                value *= self.factor_beside()
        if divided and joined:  # is 1/2x one half of x?
            raise _Unclear
        return _finite(value)

    def factor_beside(self) -> Number:
        last = self.tokens[self.at - 1]
        mixed = self.next in _FRACTIONS and last[-1].isdigit()
        if mixed or (self.next[0] in "0123456789." and last != ")"):
            raise _Unclear
        return self.power()

    def power(self) -> Number:
        start, before = self.at, self.variables
        base = self.base()
        branched = self.could_branch(start, before)
        if not self.take("^"):
            return base
        if self.degrees():
            return base * pi / 180 if self.special else base
        exponent = self.group()
        if self.next == "^":
            raise _Unclear
        if isinstance(exponent, complex) or exponent != round(exponent):
            self.branched |= branched
            base = _positive(base)
        return _finite(base**exponent)

    def base(self) -> Number:
        token = self.next
        self.at += 1
        if token[:1].isdigit() or token[:1] == ".":
            return float(token)
        if token == r"\pi":
            return pi
        if token in _FRACTIONS:
            return self.group() / self.group()
        if token == r"\sqrt":
            return self.root()
        if token in _FUNCTIONS:
            return self.function(token)
        if base := _LOG.fullmatch(token):
            return self.function(r"\ln") / cmath.log(int(base[1]))
        if token in ("(", "{"):
            return self.closed(")" if token == "(" else "}")
        if _VARIABLE.fullmatch(token):
            return self.variable(token)
        raise _Unclear

    def variable(self, name: str) -> Number:
        if self.special and name in _CONSTANTS:
            return _CONSTANTS[name]
        self.variables += 1
        value = _at(name.lower() if self.special else name, self.point)
        if self.special and self.take("("):  # a function no one knows
            return _finite(cmath.cos(value * self.closed(")")) + 2)
        return value

    def function(self, name: str) -> Number:
        power = self.group() if self.take("^") else 1.0
        start, before = self.at, self.variables
        value = self.power()
        if self.next not in ("", "+", "-", ")", "}", "]"):  # how far does it reach?
            raise _Unclear
        if power not in (1.0, 2.0, 3.0, 4.0):
            raise _Unclear
        if _FUNCTIONS[name] is cmath.log:
            value = _positive(value)
            self.branched |= self.could_branch(start, before)
        result = _FUNCTIONS[name](value) ** power
        return _finite(result / cmath.log(10) if self.special and name == r"\log" else result)

    def degrees(self) -> bool:
        if self.tokens[self.at : self.at + 3] == ["{", r"\circ", "}"]:
            self.at += 3
            return True
        return self.take(r"\circ")

    def root(self) -> float:
        degree = _positive(self.closed("]")) if self.take("[") else 2.0
        start, before = self.at, self.variables
        value = _positive(self.group())
        self.branched |= self.could_branch(start, before)
        return float(value ** (1 / degree))

    def could_branch(self, start: int, before: int) -> bool:
        """Whether what was read since then varies and is more than one variable."""
        read = "".join(self.tokens[start : self.at]).strip("{()}")
        return self.variables > before and not _VARIABLE.fullmatch(read)

    def group(self) -> Number:
        """What a command or an exponent applies to: braces, or one character."""
        if self.take("{"):
            return self.closed("}")
        if len(self.next) != 1 or not self.next.isalnum():
            raise _Unclear
        return self.base()

    def closed(self, mark: str) -> Number:
        value = self.sum()
        if not self.take(mark):
            raise _Unclear
        return value


def _positive(value: Number) -> float:
    if isinstance(value, complex) or value <= 0:
        raise _Unclear
    return value


def _finite(value: Number) -> Number:
    if not cmath.isfinite(value):
        raise _Unclear
    return value
