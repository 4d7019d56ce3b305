"""Values of LaTeX expressions at fixed points: a quick, sound way to see that two are not the same.

Two expressions that differ anywhere differ almost everywhere, so a few points tell them apart in
microseconds, where parsing and simplifying them takes tens of milliseconds. Read is only what can be
read in one way: numbers, one-letter variables, + − · × ÷ / ^, fractions, roots, π, brackets and
products written side by side. For all else (functions, units, equations, e and i, anything
ambiguous) there are no values, and the caller has to ask a computer algebra system.
"""

from __future__ import annotations

import re
from cmath import isfinite, pi
from collections.abc import Callable
from functools import lru_cache
from random import Random

MAX_CHARS = 300
MAX_DEPTH = 30
POINTS = 3

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d+)?|\.\d+))|(?P<name>\\[A-Za-z]+|[A-Za-z])|(?P<mark>[-+*/^(){}\[\]]))\s*"
)
_SPACING = re.compile(r"\\(?:left|right|displaystyle|[,;:! ])(?![A-Za-z])|[$~]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TRAILING_WORD = re.compile(r"[\d}\s][A-Za-z][A-Za-z\s]*$")
_CALL = re.compile(r"[A-Za-z]\s*[(\[]")
_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac", r"\cfrac")
_TIMES = (r"\cdot", r"\times", "*")
_DIVIDE = (r"\div", "/")
_AMBIGUOUS = frozenset("eiIjEOSCQN")
"""Letters that some readers take for constants or functions."""

Value = Callable[[int], complex]


class _Unreadable(Exception):
    pass


def values(latex: str) -> tuple[complex, ...] | None:
    """Values of the expression at `POINTS` fixed points; None if it is not surely one plain expression.

    All points agree where it has no variables. The same letter has the same value in every expression.

    >>> values(r"\\frac{1}{2} + 2^{-1}")
    ((1+0j), (1+0j), (1+0j))
    >>> values("x = 2") is None
    True
    """
    if len(latex) > MAX_CHARS:
        return None
    return _values(latex)


def differ(a: str, b: str, tolerance: float = 1e-3) -> bool:
    """Whether two LaTeX expressions surely have different values: both can be read, and at some point
    they are further apart than `tolerance` of the larger.

    >>> differ("(x+1)^2", "x^2+1"), differ("(x+1)^2", "x^2+2x+1"), differ("x", r"\\sin x")
    (True, False, False)
    """
    first, second = values(a), values(b)
    if first is None or second is None:
        return False
    return any(abs(x - y) > tolerance * max(abs(x), abs(y)) for x, y in zip(first, second, strict=True))
