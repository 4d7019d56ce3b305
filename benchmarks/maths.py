"""Mathematical answers against TRL's `accuracy_reward`, on a fixed mix, with every verdict compared.

    GUERDON_DATA=folder python benchmarks/maths.py

Half the true answers are integers, a quarter fractions and decimals, a quarter expressions. These come
from the problems of RewardMATH (its released files hold problems and scores, no solutions), as far as
they could stand as an answer. Half the responses are right, and half of those write the answer in
another way. Expressions of other kinds (calls, relations, bases, absolute values) mostly go to
math-verify on both sides; they are timed apart. Each side sees each answer once, after a warm-up on
others, so that no cache of results helps.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import sys
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from _table import Figure, show

from guerdon.rules.maths import math

SIZE = 400
OTHERS = 40
DATA = Path(os.environ.get("GUERDON_DATA") or Path(__file__).parents[2] / "shared" / "data")
SENTENCE = "Working step by step, we find that the answer is \\boxed{%s}."
SYMBOLIC = re.compile(r"\\(?:sqrt|pi|log|sin|tan|circ)|\^|(?<![a-z])[a-z](?![a-z])")
PROSE = re.compile(r"(?<![\\a-z])[a-z]{3}|\\text|\$")
ANSWER = re.compile(
    r"(?!.*_\{[^}]*[-+])(?:\d+\^\{?\\circ\}?"
    r"|(?:\\(?:d?frac|sqrt|pi|cdot|times|left|right|sin|cos|tan|log|ln|theta|alpha|begin\{pmatrix\}|end\{pmatrix\}|\\)(?![A-Za-z])"
    r"|(?<![a-z])[a-z]{1,2}(?!\(|\^\{-1\}|[a-z])|\d(?!_)|[-+\s.^_/(){}\[\]&])+)"
)
"""What answers are made of: numbers, variables, powers, roots, π, functions by name, vectors, degrees."""
TRL_MISREADS = re.compile(r"[\s\d}][cdghlmost]$|\\log_|\\frac ?\d")
"""It takes a last letter for a unit ("a + b + c") and refuses braces left out (\\frac 13)."""
HUGE = re.compile(r"\^\{\d{3}")
"""Powers whose expansion takes seconds, which would hide all else."""


class Case(NamedTuple):
    """One true answer and the answer given."""

    gold: str
    given: str


def integers(n: int, rng: random.Random) -> list[Case]:
    """Integers; written in another way they are grouped by thousands."""
    golds = [rng.randrange(1000, 10**6) if i % 2 else rng.randrange(-99, 1000) for i in range(n)]
    return [Case(str(g), _vary(i, str(g), f"{g:,}", str(g + rng.randint(1, 9)))) for i, g in enumerate(golds)]


def fractions(n: int, rng: random.Random) -> list[Case]:
    """Fractions and decimals; written in another way each is the other."""
    cases = []
    for i in range(n):
        top, bottom = rng.randrange(1, 100, 2), rng.choice([4, 5, 8, 20])
        fraction, decimal = rf"\frac{{{top}}}{{{bottom}}}", f"{top / bottom:g}"
        gold, other = (fraction, decimal) if i % 8 < 4 else (decimal, fraction)
        cases.append(Case(gold, _vary(i, gold, other, rf"\frac{{{top + 2}}}{{{bottom}}}")))
    return cases


def expressions(n: int, rng: random.Random, *, answers: bool) -> list[Case]:
    """Expressions that could be answers, or the others; written in another way they are as sympy prints them."""
    kept = [(e, printed) for e, printed in _readable() if answers == bool(ANSWER.fullmatch(e))]
    chosen = rng.sample(kept, min(n, len(kept)))
    return [Case(e, _vary(i, e, printed, _spoilt(e))) for i, (e, printed) in enumerate(chosen)]


@cache
def _readable() -> list[tuple[str, str]]:
    """Expressions of the problems that math-verify can read, each with what sympy makes of it."""
    from math_verify import parse
    from sympy import latex

    problems = json.loads((DATA / "rewardmath" / "internlm2_reward.json").read_text())
    written = [e.strip().rstrip(".,") for p in problems for e in re.findall(r"\$([^$\n]{1,60})\$", p["problem"])]
    found = [e for e in dict.fromkeys(written) if SYMBOLIC.search(e) and not PROSE.search(e)]
    found = [e for e in found if not HUGE.search(e)]
    read = [(e, values[0]) for e in found if (values := parse(f"${e}$")) and not isinstance(values[0], str)]
    # "4i" and "\frac{1}{x}" are how people write what sympy prints as "4 i" and "1 \frac{1}{x}".
    pairs = [(e, re.sub(r"(?<=\d) (?=[a-z])|1 (?=\\frac)", "", latex(value))) for e, value in read]
    return [pair for pair in pairs if not any(map(TRL_MISREADS.search, pair))]


def _vary(i: int, same: str, other: str, wrong: str) -> str:
    return (wrong, same, wrong, other)[i % 4]


def _spoilt(expression: str) -> str:
    digit = re.search(r"\d", expression)
    if digit is None:
        return expression + "+1"
    return f"{expression[: digit.start()]}{(int(digit[0]) + 1) % 9 + 1}{expression[digit.end() :]}"


def main() -> int:
    """Print the table and the verdicts that differ; 1 if the goal is missed or one differs in the mix."""
    from sympy.core.cache import clear_cache

    logging.disable(logging.WARNING)
    rng = random.Random(0)
    mix = {
        "integers": integers(SIZE // 2, rng),
        "fractions and decimals": fractions(SIZE // 4, rng),
        "expressions": expressions(SIZE // 4, rng, answers=True),
    }
    others = expressions(2 * OTHERS, rng, answers=False)
    clear_cache()
    both(others[:OTHERS])  # warms up the parsers of both
    others = others[OTHERS:]

    figures, differ = [], []
    for kind, cases in (*mix.items(), ("expressions of other kinds", others)):
        ours, theirs, different = both(cases)
        figures.append(Figure(f"{len(cases)} {kind}", ours / len(cases), "TRL accuracy_reward", theirs / len(cases)))
        differ.append(different)
    n = sum(map(len, mix.values()))
    shares = [len(cases) / n for cases in mix.values()]
    whole = [
        sum(w * seconds for w, seconds in zip(shares, side, strict=False))
        for side in zip(*((f.ours, f.theirs) for f in figures), strict=True)
    ]
    figures.insert(0, Figure(f"the mix of {n} answers", whole[0], "TRL accuracy_reward", whole[1], goal=15))
    wrong = [line for lines in differ[:-1] for line in lines]
    notes = [
        f"same verdict on {n - len(wrong)} of {n}, and on {len(others) - len(differ[-1])} of the {len(others)} others"
    ]
    return int(show("Mathematical answers, per answer", figures, *notes, *wrong, *differ[-1]) or bool(wrong))


def both(cases: list[Case]) -> tuple[float, float, list[str]]:
    """Seconds of guerdon and of TRL, and a line for every verdict that differs."""
    from trl.rewards.accuracy_rewards import accuracy_reward

    rows: list[dict[str, Any]] = [{"response": SENTENCE % case.given, "answer": f"${case.gold}$"} for case in cases]
    start = perf_counter()
    ours = math(within=None)(rows).values.tolist()
    middle = perf_counter()
    theirs = accuracy_reward([[{"content": row["response"]}] for row in rows], [row["answer"] for row in rows])
    stop = perf_counter()
    different = [
        f"  guerdon {a}, TRL {b}: {case.given!r} for {case.gold!r}"
        for a, b, case in zip(ours, theirs, cases, strict=True)
        if a != b
    ]
    return middle - start, stop - middle, different


if __name__ == "__main__":
    sys.exit(main())
