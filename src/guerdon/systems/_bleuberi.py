"""BLEUBERI as published: what the official code does, its mistakes included.

`guerdon.systems.bleuberi` says what to use instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log
from typing import Any

from guerdon.leaf import reward
from guerdon.metrics.text import rouge_l as rouge
from guerdon.metrics.text import tokens_13a
from guerdon.rules.where import bounded, compare, gold_texts
from guerdon.scores import Score

_NOT_ASCII = re.compile(r"[^a-z0-9]+")


@reward("bleuberi.published.bleu", range=(0, 1))
def bleu(response: str, references: Any) -> float | Score:
    """`smoothed_bleu` of `extracted`; a blank one is 0."""
    return _compared(smoothed_bleu, response, references)


@reward("bleuberi.published.rouge_l", range=(0, 1))
def rouge_l(response: str, references: Any) -> float | Score:
    """ROUGE-L F1 of `extracted`, of ASCII letters and digits alone; the best reference."""

    def best(text: str, texts: Sequence[str]) -> float:
        return max(rouge(_ascii(text), _ascii(one)).f1 for one in texts)

    return _compared(best, response, references)


@reward("bleuberi.published.format", range=(0, 1), binary=True)
def layout(response: str) -> float:
    """1 if the response is one line: a think block, right behind it an answer block, other tags within or not."""
    line = response.removesuffix("\n")
    between = line.find("</think><answer>", len("<think>"))
    end = len(line) - len("</answer>")
    whole = line.startswith("<think>") and line.endswith("</answer>") and "\n" not in line
    return float(whole and 0 <= between <= end - len("</think><answer>"))


def extracted(response: str) -> str:
    """What stands between the first opening answer tag and the next tag of its kind; without one, all of it.

    >>> extracted("so: <answer>a</answer><answer>b</answer>"), extracted("<answer> a"), extracted("a")
    ('a', 'a', 'a')
    """
    if "<answer>" not in response:
        return response.strip()
    return response.split("<answer>", 2)[1].split("</answer>", 1)[0].strip()


def smoothed_bleu(prediction: str, references: Sequence[str]) -> float:
    """BLEU-4 of `evaluate`'s metric with smooth=True, 0–1, on 13a tokens.

    pₙ = (matches + 1) / (n-grams + 1), unigrams included, and the brevity penalty is that of the shortest reference.

    >>> round(smoothed_bleu("a b c d", ["a b x d"]), 4)  # (4/5 · 2/4 · 1/3 · 1/2) to the power ¼
    0.5081
    """
    tokens, truths = tokens_13a(prediction), [tokens_13a(reference) for reference in references]
    logs = 0.0
    for n in (1, 2, 3, 4):
        most: Counter[tuple[str, ...]] = Counter()
        for truth in truths:
            most |= _ngrams(truth, n)
        matched = (_ngrams(tokens, n) & most).total()
        logs += log((matched + 1) / (max(len(tokens) - n + 1, 0) + 1))
    if not tokens:
        return 0.0
    shortest = min(map(len, truths))
    return exp(min(0.0, 1 - shortest / len(tokens)) + logs / 4)


def _compared(similarity: Callable[[str, list[str]], float], response: str, references: Any) -> float | Score:
    return compare(
        bounded(extracted(response)), gold_texts(references, None), lambda a, b: similarity(a, b) if a else 0.0
    )


def _ngrams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[i:] for i in range(n)), strict=False))


def _ascii(text: str) -> str:
    return _NOT_ASCII.sub(" ", text.lower())
