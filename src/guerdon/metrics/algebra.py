r"""Whether two LaTeX expressions have the same value, decided at a few points in microseconds.

Two expressions that differ anywhere differ almost everywhere, so values at points without any pattern
tell them apart, where parsing and simplifying takes tens of milliseconds. Read is only what can be
read in one way: numbers, one-letter variables, + − · × ÷ / ^, fractions, roots, π, brackets, and
products written side by side. Of all else (functions, units, equations, e and i, loss of precision)
nothing is said, and a computer algebra system has to be asked.

Equality at random points: Schwartz 1980, https://doi.org/10.1145/322217.322225.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite, pi
from random import Random

MAX_CHARS = 300
MAX_DEPTH = 20
POINTS = 4
SAME, DIFFERENT = 1e-9, 1e-3
"""Relative distances up to which two values are one, and from which they are two; between, nothing is said."""
CANCELLED = 1e-4
"""A sum this small beside its terms has lost too many digits."""

_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+|\\[A-Za-z]+|[A-Za-z]|[-+*/^(){}\[\]])\s*")
_SPACING = re.compile(r"\\(?:(?:left|right|displaystyle)(?![A-Za-z])|[,;:! ])|[$~]")
_SHORT_FRACTION = re.compile(r"(\\[dt]?frac)\s*(\d)\s*(\d)(?!\d)")
_COMMAND = re.compile(r"\\[A-Za-z]+")
# A letter before a bracket may be a function, one at the end a unit, d a differential.
_AMBIGUOUS = re.compile(
    r"[A-Za-z]\s*[(\[]|[\d}\s](?:[cdghlmost]|[A-Za-z]{2,})$|(?<![A-Za-z])(?:pi|ln|lg|d[A-Za-z])|\d\s+\d"
)
_LETTERS = frozenset("abcdfghklmnopqrstuvwxyzABDFGHKLMPRTUVWXYZ")
"""Variables; the others are constants or functions to some readers."""
_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
_TIMES = (r"\cdot", r"\times", "*")
_DIVIDE = (r"\div", "/")


class _Unclear(ArithmeticError):
    pass


def same_value(a: str, b: str) -> bool | None:
    r"""True if two LaTeX expressions surely are equal, False if they surely are not, None if unclear.

    Variables are positive reals. Roots of variables are never called equal: signs could hide in them.

    >>> same_value("(x+1)^2", "x^2+2x+1"), same_value(r"4\sqrt{2}", r"\sqrt{32}")
    (True, True)
    >>> same_value("(x+1)^2", "x^2+1"), same_value(r"\sqrt{x^2}", "x"), same_value("x", r"\sin x")
    (False, None, None)
    """
    if len(a) > MAX_CHARS or len(b) > MAX_CHARS:
        return None
    first, second = _values(a), _values(b)
    if first is None or second is None or (a != b and a.lower() == b.lower()):
        return None
    apart = max(abs(x - y) / max(abs(x), abs(y), 1e-300) for x, y in zip(first[0], second[0], strict=True))
    if apart > DIFFERENT:
        return False
    return True if apart < SAME and not (first[1] or second[1]) else None


@lru_cache(maxsize=4096)
def _values(latex: str) -> tuple[tuple[float, ...], bool] | None:
    """Values at all points, and whether a root of a variable is in it; None if it cannot be read for sure."""
    latex = _SPACING.sub(" ", latex).strip().removesuffix(".")
    if _AMBIGUOUS.search(_COMMAND.sub("\\\\", latex)):
        return None
    latex = _SHORT_FRACTION.sub(r"\1{\2}{\3}", latex)
    tokens = _TOKEN.findall(latex)
    if sum(map(len, tokens)) != len("".join(latex.split())):
        return None
    readers = [_Reader(tokens, point) for point in _points()]
    try:
        return tuple(reader.whole() for reader in readers), any(reader.rooted for reader in readers)
    except ArithmeticError:
        return None


@lru_cache(maxsize=1)
def _points() -> list[dict[str, float]]:
    rng = Random(20240229)
    return [{letter: rng.uniform(0.3, 3.0) for letter in sorted(_LETTERS)} for _ in range(POINTS)]


class _Reader:
    """Recursive descent over tokens, computing as it reads."""

    def __init__(self, tokens: Sequence[str], point: dict[str, float]):
        self.tokens, self.point = tokens, point
        self.at = self.depth = 0
        self.rooted = False
        self.variables = 0

    def whole(self) -> float:
        value = self.sum()
        if self.at < len(self.tokens):
            raise _Unclear
        return value

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> bool:
        taken = self.next in wanted and self.next != ""
        self.at += taken
        return taken

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise _Unclear

    def sum(self) -> float:
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

    def product(self) -> float:
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

    def factor_beside(self) -> float:
        mixed = self.next in _FRACTIONS and self.tokens[self.at - 1][-1].isdigit()
        if mixed or self.next[0] in "0123456789.":
            raise _Unclear
        return self.power()

    def power(self) -> float:
        before = self.variables
        base = self.base()
        if not self.take("^"):
            return base
        varies = self.variables > before
        exponent = self.group()
        if self.next == "^":
            raise _Unclear
        self.rooted |= varies and exponent != round(exponent)
        result = base**exponent
        if isinstance(result, complex):
            raise _Unclear
        return _finite(result)

    def base(self) -> float:
        token = self.next
        self.at += 1
        if token[:1].isdigit() or token[:1] == ".":
            return float(token)
        if token in self.point:
            self.variables += 1
            return self.point[token]
        if token == r"\pi":
            return pi
        if token in _FRACTIONS:
            return _finite(self.group() / self.group())
        if token == r"\sqrt":
            return self.root()
        if token in ("(", "{"):
            return self.closed(")" if token == "(" else "}")
        raise _Unclear

    def root(self) -> float:
        degree = 2.0
        if self.take("["):
            degree = self.closed("]")
        before = self.variables
        value = self.group()
        self.rooted |= self.variables > before
        if value < 0 or degree < 1:
            raise _Unclear
        return float(value ** (1 / degree))

    def group(self) -> float:
        """What a command or an exponent applies to: braces, or one character."""
        if self.take("{"):
            return self.closed("}")
        if len(self.next) != 1 or not self.next.isalnum():
            raise _Unclear
        return self.base()

    def closed(self, mark: str) -> float:
        value = self.sum()
        self.need(mark)
        return value


def _finite(value: float) -> float:
    if not isfinite(value):
        raise _Unclear
    return value
