r"""Mathematical answers: equal as mathematics, however they are written.

Most answers need no computer algebra. In this order: integers, decimals, fractions, percentages,
tuples and intervals compared exactly; the same LaTeX; plain expressions compared by their values at a few
points; and only then math-verify, in a warm process that is killed at its deadline. No signals are
used, so it works in threads and servers.
"""

from __future__ import annotations

import os
import re
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.algebra import same_value
from guerdon.parse.maths import Exact, exact, math_answer, tidy_latex
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, gold_text, read_answer
from guerdon.scores import Score
from guerdon.worker import Pool, WorkerDied, WorkerTimeout

MAX_CHARS = 2_000
"""A longer answer is malformed."""
_SPACE = re.compile(r"(?<!\d) | (?!\d)")
"""Space means something between two digits alone."""
MEMORY = 2 * 2**30
ROUNDING = Fraction(2, 10**6)
"""Numbers this close may be one number rounded to 6 decimals: math-verify decides."""


@reward("answer.math", range=(0, 1), binary=True)
def math(
    response: str, answer: Any, *, within: str | None = "answer", which: Which = "only", seconds: float = 5.0
) -> float | Score:
    r"""1 if the answer equals the true one as mathematics; else 0.

    The answer is what \boxed{…} holds, what follows "the answer is", or the whole text where it is one
    short line; of several in the part that `within` names, the last counts. Decided as math-verify does,
    with units ignored and floats rounded to 6 digits, except that LaTeX with the braces left out (\frac12)
    is read. A comparison that takes longer than `seconds` is FAILED.

    >>> math(within=None).one({"response": r"So it is \boxed{\frac{1}{2}}.", "answer": "0.5"}).value
    1.0
    """
    found = read_answer(_answer, response, within, which)
    try:
        return compare(found, _true_answer(gold_text(answer, within)), lambda p, g: float(equal(p, g, seconds)))
    except (WorkerTimeout, WorkerDied) as error:
        return Score.failed(f"comparing {found.value!r:.80} with {answer!r:.80}: {error}")


def equal(answer: str, gold: str, seconds: float = 5.0) -> bool:
    r"""Whether two mathematical answers are equal. Raises WorkerTimeout or WorkerDied where nothing can tell.

    >>> equal("(x+1)^2", "x^2+2x+1"), equal(r"\frac{2}{4}", r"50\%"), equal("[1, 2)", "(1, 2)")
    (True, True, False)
    """
    verdict = _equal_numbers(exact(answer).value, exact(gold).value)
    if verdict is None:
        verdict = _unspaced(answer) == _unspaced(gold) or same_value(answer, gold)
    return _asked(answer, gold, seconds) if verdict is None else verdict


def _unspaced(latex: str) -> str:
    return _SPACE.sub("", " ".join(tidy_latex(latex).split()))


def _equal_numbers(a: Exact | None, b: Exact | None) -> bool | None:
    if a is None or b is None or a.brackets != b.brackets or len(a.values) != len(b.values):
        return None
    if a.values == b.values:
        return True
    if a.percent != b.percent:  # "50" may mean 50 %
        return None
    return False if any(abs(x - y) > ROUNDING for x, y in zip(a.values, b.values, strict=True)) else None


def _answer(text: str) -> Parsed[str]:
    found = math_answer(text)
    if found.value is not None and len(found.value) > MAX_CHARS:
        return malformed(f"an answer of {len(found.value)} characters, more than {MAX_CHARS}")
    return found


@lru_cache(maxsize=1024)
def _true_answer(text: str) -> Parsed[str]:
    return _answer(text)


@lru_cache(maxsize=4096)
def _asked(answer: str, gold: str, seconds: float) -> bool:
    return _pool().call(_verify, answer, gold, seconds=seconds)


@cache
def _pool() -> Pool:
    return Pool(os.cpu_count() or 1, memory_bytes=MEMORY, preload=["math_verify"])


def _verify(answer: str, gold: str) -> bool:
    """math-verify's verdict; runs in a worker."""
    from math_verify import verify

    return bool(verify(_parsed(gold, "any_match"), _parsed(answer, "first_match"), timeout_seconds=None))


@lru_cache(maxsize=256)
def _parsed(latex: str, mode: Literal["any_match", "first_match"]) -> Any:
    from math_verify import parse

    return parse(f"${latex}$", extraction_mode=mode, parsing_timeout=None)
