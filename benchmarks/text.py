"""Edit distance and ROUGE-L against the textbook recurrence in Python, BLEU against sacrebleu's function.

python benchmarks/text.py
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from itertools import starmap

from _table import Figure, show, side_by_side
from sacrebleu import sentence_bleu

from guerdon.metrics.text import bleu, edit_distance, rouge_l, words

PAIRS = 40


def passage(length: int, seed: int) -> str:
    """`length` words of a small vocabulary."""
    rng = random.Random(seed)
    return " ".join(f"w{rng.randrange(60)}" for _ in range(length))


def slow_distance(a: str, b: str) -> int:
    """Levenshtein distance, one row at a time."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]


def slow_rouge(a: str, b: str) -> float:
    """ROUGE-L F1, its longest common subsequence one row at a time."""
    xs, ys = words(a), words(b)
    row = [0] * (len(ys) + 1)
    for x in xs:
        above = 0
        for j, y in enumerate(ys, 1):
            above, row[j] = row[j], above + 1 if x == y else max(row[j], row[j - 1])
    return 2 * row[-1] / (len(xs) + len(ys))


def figures(length: int) -> list[Figure]:
    """Seconds per pair of texts of `length` words."""
    pairs = [(passage(length, 2 * i), passage(length, 2 * i + 1)) for i in range(PAIRS)]
    calls: dict[str, Callable[[str, str], float]] = {
        "distance": edit_distance, "slow distance": slow_distance,
        "rouge": lambda a, b: rouge_l(a, b).f1, "slow rouge": slow_rouge,
        "bleu": lambda a, b: bleu(a, [b]), "slow bleu": lambda a, b: sentence_bleu(a, [b]).score / 100,
        "floor": lambda a, b: len(words(a)) + len(words(b)),
    }  # fmt: skip
    for ours in ("distance", "rouge", "bleu"):
        assert all(abs(calls[ours](a, b) - calls[f"slow {ours}"](a, b)) < 1e-12 for a, b in pairs), ours
    times = side_by_side(*(partial(lambda call: list(starmap(call, pairs)), call) for call in calls.values()), repeat=3)
    at = dict(zip(calls, (t / PAIRS for t in times), strict=True))
    python = "the recurrence in Python"
    return [
        Figure(f"edit distance, {length} words", at["distance"], python, at["slow distance"], goal=100),
        Figure(f"ROUGE-L, {length} words", at["rouge"], python, at["slow rouge"], floor=at["floor"]),
        Figure(f"BLEU, {length} words", at["bleu"], "sacrebleu.sentence_bleu", at["slow bleu"], floor=at["floor"]),
    ]


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    return show("Text, per pair", figures(10) + figures(100), "floor: splitting both texts into words")


if __name__ == "__main__":
    sys.exit(main())
