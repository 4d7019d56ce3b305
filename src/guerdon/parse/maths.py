r"""Mathematical answers: where they are in a text, and what those are that plain arithmetic can read.

`math_answer` looks for \boxed{…}, then for "the answer is …", then for $…$, and takes a text of one short
line as the answer itself. `exact` reads integers, decimals, fractions, percentages, and tuples, intervals
and sets of them; whatever else an answer may be is left to computer algebra.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, Which, at, check_which, pick, too_long, trim
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import narrow
from guerdon.scores import Status

MAX_BARE = 200
"""Characters of a line that is taken for the answer itself."""
MAX_EXACT = 2_000
"""Characters of an answer that is read exactly."""

_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])\s*+")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BARE_BOX = re.compile(r"[^\s{}$]++")
_PHRASE = re.compile(
    r"(?:\b(?:answer|result|solution)\s*+(?:\*\*)?(?:is|=|:)\s*+:?|答案[是为:]*+)\s*+"
    r"(?P<it>\$[^$\n]++\$|(?:[^\n.$]|\.(?=\S)|\$[^$\n]*+\$)++)",
    re.IGNORECASE,
)
_DOLLARS = re.compile(r"\$\$?([^$]++)\$")


class Exact(NamedTuple):
    """A number, or a group of numbers with the brackets around it. Equal answers are equal tuples."""

    values: tuple[Fraction, ...]
    """In the order written; those of a set sorted, each once."""
    brackets: str = ""
    """"" for a number, "()" for a tuple or open interval, "[]", "[)" or "(]" for an interval, "{}" for a set."""
    percent: bool = False
    """Whether a value was written with a percent sign; it is divided by 100."""


def boxed(text: str, *, which: Which = "last") -> Parsed[str]:
    r"""The content of \boxed{…} or \fbox{…}, braces balanced, stripped.

    >>> boxed(r"so \boxed{1} and \boxed{\frac{1}{2}}").value
    '\\frac{1}{2}'
    """
    check_which(which)
    if len(text) > MAX_CHARS:
        return too_long(text)
    found, reason = pick(_BOX.finditer(text), which, r"\boxed")
    if found is None:
        return malformed(reason)
    start = found.end()
    if text[start : start + 1] != "{":
        bare = _BARE_BOX.match(text, start)
        return at(text, Span(*bare.span())) if bare else malformed(r"\boxed holds nothing")
    stop = _closing_brace(text, start + 1)
    return malformed(r"\boxed is not closed") if stop is None else at(text, trim(text, start + 1, stop))


def math_answer(text: str, *, which: Which = "last") -> Parsed[str]:
    """The answer in a solution, by the rules of this module; `which` chooses among finds of one kind.

    >>> math_answer("We get $x=3$. The answer is $7$.").value
    '7'
    """
    check_which(which)
    if len(text) > MAX_CHARS:
        return too_long(text)
    if _BOX.search(text):
        return boxed(text, which=which)
    for pattern in (_PHRASE, _DOLLARS):
        found, reason = pick(pattern.finditer(text), which, "answer")
        if found:
            span = trim(text, *found.span(1), " \t\r\n*")
            return at(text, trim(text, *span, "$ .")) if span.stop > span.start else malformed("the answer is empty")
        if reason.startswith("more"):
            return malformed(reason)
    line = trim(text, 0, len(text))
    if line.start == line.stop or line.stop - line.start > MAX_BARE or "\n" in text[line.start : line.stop]:
        return malformed("no answer found")
    return at(text, line)


def _closing_brace(text: str, start: int) -> int | None:
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.start()
    return None


_SPACES = re.compile(r"\\[,;:!> ]|\\q?quad(?![A-Za-z])|~")
_SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])\.?")
_WRAPPED = re.compile(r"\\(?:text|textbf|textrm|mathrm|mathbf|mbox)\{([^{}]*+)\}")
_DEGREES = re.compile(r"\^\{?\\circ\}?|\\degree(?![A-Za-z])|°")
_FRACTIONS = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_SHORT_FRACTION = re.compile(r"\\frac\s*+([0-9])\s*+([0-9])")


def tidy_latex(text: str) -> str:
    r"""LaTeX without what does not change a value: sizes, spacing, \text, dollars, degrees, kinds of fraction.

    >>> tidy_latex(r"$\left(\dfrac12,\ 30^\circ\right)$")
    '(\\frac{1}{2},30)'
    """
    text = narrow(text)
    if "\\" in text:
        for pattern, by in (
            (_SIZES, ""), (_SPACES, ""), (_WRAPPED, r"\1"), (_DEGREES, ""),
            (_FRACTIONS, r"\\frac"), (_SHORT_FRACTION, r"\\frac{\1}{\2}"),
        ):  # fmt: skip
            text = pattern.sub(by, text)
        text = text.replace(r"\%", "%").replace(r"\$", "")
    return text.replace("$", "").replace("°", "").replace("{,}", ",").strip().removesuffix(".").strip()


_INTEGER = re.compile(r"[-+]?[0-9]{1,1000}")
_DECIMAL = r"(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)"
_SCALAR = re.compile(
    rf"""\s*+(?P<sign>[-+]?)\s*+(?:
        (?P<grouped>[0-9]{{1,3}}(?:,[0-9]{{3}})++(?:\.[0-9]++)?)
      | (?P<over>{_DECIMAL})(?:\s*+/\s*+(?P<under>{_DECIMAL}))?
      | (?P<mixed>[0-9]++)?\s*+\\frac\s*+
        \{{\s*+(?P<top>[-+]?{_DECIMAL})\s*+\}}\s*+\{{\s*+(?P<bottom>[-+]?{_DECIMAL})\s*+\}}
    )\s*+(?P<percent>%?)\s*+""",
    re.VERBOSE,
)
_NOT_EXACT = "not a plain number or a simple group of them"


def exact(text: str) -> Parsed[Exact]:
    r"""The rational numbers that an answer is, without rounding.

    Not OK for everything else: variables, roots, powers, infinities, units, several values without brackets.

    >>> exact(r"\frac{3}{4}").value == exact("0.75").value
    True
    >>> exact(r"\{2, 1, 2\}").value
    Exact(values=(Fraction(1, 1), Fraction(2, 1)), brackets='{}', percent=False)
    """
    if _INTEGER.fullmatch(text):
        return Parsed(Exact((Fraction(int(text)),)), Status.OK, Span(0, len(text)))
    if len(text) > MAX_EXACT:
        return malformed(f"more than the {MAX_EXACT} characters that are read exactly")
    brackets, parts = _unbracket(tidy_latex(text))
    values, percent = [], False
    for part in parts:
        found = _SCALAR.fullmatch(part)
        value = found and _value(found)
        if found is None or value is None:
            return malformed(_NOT_EXACT)
        values.append(value)
        percent = percent or bool(found["percent"])
    if brackets == "{}":
        values = sorted(set(values))
    elif brackets and len(values) != 2 and (len(values) < 2 or brackets in ("[)", "(]")):
        return malformed(_NOT_EXACT)
    return Parsed(Exact(tuple(values), brackets, percent), Status.OK, Span(0, len(text)))


def _unbracket(text: str) -> tuple[str, list[str]]:
    if text.startswith(r"\{") and text.endswith(r"\}"):
        return "{}", text[2:-2].split(",")
    if text[:1] in ("(", "[") and text[-1:] in (")", "]"):
        return text[0] + text[-1], text[1:-1].split(",")
    return "", [text]


def _value(found: re.Match[str]) -> Fraction | None:
    over = found["grouped"] or found["over"] or found["top"]
    under = Fraction(found["under"] or found["bottom"] or 1)
    if under == 0:
        return None
    size = Fraction(over.replace(",", "")) / under
    if found["mixed"]:
        if size < 0 or under < 0:
            return None
        size += int(found["mixed"])
    size = size / 100 if found["percent"] else size
    return -size if found["sign"] == "-" else size
