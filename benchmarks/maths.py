"""Mathematical answers against TRL's `accuracy_reward`, on a fixed mix, with every verdict compared.

    GUERDON_DATA=../shared/data python benchmarks/maths.py

Half the true answers are integers, a quarter fractions and decimals, a quarter expressions from the
problems of RewardMATH (its released files hold the problems and scores, not the solutions). Half the
responses are right, and half of those write the answer in another way. Each side sees the mix once,
after a warm-up on other answers, so that no cache of results helps.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from _table import Figure, show

from guerdon.rules.maths import math

SIZE = 400
DATA = Path(os.environ.get("GUERDON_DATA") or Path(__file__).parents[2] / "shared" / "data")
SENTENCE = "Working step by step, we find that the answer is \\boxed{%s}."
NOT_AN_ANSWER = re.compile(
    r"[=<>,:;~]|\\(?:text|le|ge|neq|in|to|equiv|angle|dots|overline|triangle|clubsuit|star)|(?<![\\a-z])[a-z]{3}|\($"
)
SYMBOLIC = re.compile(r"\\(?:sqrt|pi|log|cdot)|\^|[a-z]")


class Case(NamedTuple):
    """One true answer and the answer given."""

    gold: str
    given: str


def integers(n: int, rng: random.Random) -> list[Case]:
    """Integers; right ones written in another way are grouped by thousands."""
    golds = [rng.randrange(1000, 10**6) if i % 2 else rng.randrange(-99, 1000) for i in range(n)]
    return [Case(str(g), _vary(i, str(g), f"{g:,}", str(g + rng.randint(1, 9)))) for i, g in enumerate(golds)]


def fractions(n: int, rng: random.Random) -> list[Case]:
    """Fractions and decimals; right ones written in another way are the same value as the other kind."""
    cases = []
    for i in range(n):
        tenths, below = rng.randrange(1, 100, 2), rng.choice([4, 5, 8, 20])
        fraction, decimal = rf"\frac{{{tenths}}}{{{below}}}", f"{tenths / below:g}"
        gold, other = (fraction, decimal) if i % 4 < 2 else (decimal, fraction)
        cases.append(Case(gold, _vary(i, gold, other, rf"\frac{{{tenths + 2}}}{{{below}}}")))
    return cases


def expressions(n: int, rng: random.Random) -> list[Case]:
    """Expressions; right ones written in another way are what sympy prints, wrong ones have another digit."""
    from math_verify import parse
    from sympy import latex

    problems = json.loads((DATA / "rewardmath" / "internlm2_reward.json").read_text())
    found = [e.strip().rstrip(".") for p in problems for e in re.findall(r"\$([^$\n]{2,60})\$", p["problem"])]
    found = [e for e in dict.fromkeys(found) if SYMBOLIC.search(e) and not NOT_AN_ANSWER.search(e)]
    readable = [(e, parsed[0]) for e in found if (parsed := parse(f"${e}$")) and not isinstance(parsed[0], str)]
    chosen = rng.sample(readable, min(n, len(readable)))
    return [Case(e, _vary(i, e, latex(value), _spoilt(e))) for i, (e, value) in enumerate(chosen)]


def _vary(i: int, same: str, other: str, wrong: str) -> str:
    return (wrong, same, wrong, other)[i % 4]


def _spoilt(expression: str) -> str:
    digit = re.search(r"\d", expression)
    if digit is None:
        return expression + "+1"
    return f"{expression[: digit.start()]}{(int(digit[0]) + 1) % 9 + 1}{expression[digit.end() :]}"


def main() -> int:
    """Print the table and the verdicts that differ; 1 if the goal is missed or any differs."""
    from trl.rewards import accuracy_reward

    logging.disable(logging.WARNING)
    rng = random.Random(0)
    mix = {"integers": integers(SIZE // 2, rng), "fractions and decimals": fractions(SIZE // 4, rng)}
    mix["expressions"] = expressions(SIZE // 4, rng)
    reward = math(within=None)
    warm = {"response": SENTENCE % r"\sin(x) + 1", "answer": r"$1 + \sin x$"}
    reward([warm])
    accuracy_reward([[{"content": warm["response"]}]], [warm["answer"]])

    figures, verdicts = [], []
    for kind, cases in mix.items():
        rows = [{"response": SENTENCE % case.given, "answer": f"${case.gold}$"} for case in cases]
        start = perf_counter()
        ours = reward(rows).values.tolist()
        middle = perf_counter()
        theirs = accuracy_reward([[{"content": row["response"]}] for row in rows], [row["answer"] for row in rows])
        taken = middle - start, perf_counter() - middle
        figures.append(Figure(f"{len(rows)} {kind}", taken[0] / len(rows), "TRL accuracy_reward", taken[1] / len(rows)))
        verdicts += zip(ours, theirs, cases, strict=True)
    n = len(verdicts)
    whole = [
        sum(getattr(f, side) * len(mix[kind]) for kind, f in zip(mix, figures, strict=True)) / n
        for side in ("ours", "theirs")
    ]
    figures.insert(0, Figure(f"the mix of {n} answers", whole[0], "TRL accuracy_reward", whole[1], goal=15))
    different = [v for v in verdicts if v[0] != v[1]]
    notes = [f"same verdict on {n - len(different)} of {n}; {sum(v[1] or 0 for v in verdicts):.0f} of them right"]
    notes += [f"  guerdon {a}, TRL {b}: {case.given!r} for {case.gold!r}" for a, b, case in different]
    return int(show("Mathematical answers, per answer", figures, *notes) or bool(different))


if __name__ == "__main__":
    sys.exit(main())
