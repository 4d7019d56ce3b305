"""Rewards that hold a corpus: CIDEr, relevance and BMAS, each against its definition, answer for answer.

    python benchmarks/references.py

Groups of eight responses share their references, as in training. The bar of all rules is 20 000 samples a second.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from math import exp, log, sqrt
from time import process_time
from typing import Any

import numpy as np
from _table import Figure, show
from scipy.spatial.distance import cdist

from guerdon import Reward
from guerdon.embed.relevance import Bmas, Relevance
from guerdon.embed.tables import Table, ppmi, tfidf
from guerdon.metrics.captions import Frequencies, frequencies
from guerdon.metrics.text import words
from guerdon.rules.references import Cider

PROMPTS, GROUP, BAR = 100, 8, 1 / 20_000
Rows = list[dict[str, Any]]


def texts(length: int, references: int) -> Rows:
    """Responses of about `length` words that share half of them with their references."""
    rng = random.Random(length)
    rows: Rows = []
    for _ in range(PROMPTS):
        topic = [f"w{rng.randrange(400)}" for _ in range(2 * length)]
        answer = [" ".join(rng.choices(topic, k=length)) for _ in range(references)]
        rows += [{"response": " ".join(rng.choices(topic, k=length)), "answer": answer} for _ in range(GROUP)]
    return rows


def slow_cider(rows: Rows, known: Frequencies) -> list[float]:
    """CIDEr-D, n-gram by n-gram as its equations have it."""

    def vector(tokens: Sequence[str], n: int) -> dict[tuple[str, ...], float]:
        counts: dict[tuple[str, ...], int] = {}
        for i in range(len(tokens) - n + 1):
            ngram = tuple(tokens[i : i + n])
            counts[ngram] = counts.get(ngram, 0) + 1
        return {g: c * log(known.documents / max(1, known.counts.get(g, 0))) for g, c in counts.items()}

    def one(row: dict[str, Any]) -> float:
        total = 0.0
        said = words(row["response"])
        for reference in map(words, row["answer"]):
            penalty = exp(-((len(said) - len(reference)) ** 2) / 72)
            for n in (1, 2, 3, 4):
                a, b = vector(said, n), vector(reference, n)
                dot = sum(min(a[g], b[g]) * b[g] for g in a if g in b)
                norm = sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
                total += penalty * dot / norm if norm else 0.0
        return 10 * total / (4 * len(row["answer"]))

    return [one(row) for row in rows]


def slow_relevance(rows: Rows, table: Table) -> list[float]:
    """One cosine after another."""
    pairs = [table.encode([row["response"], row["answer"][0]]) for row in rows]
    return [float(1 - cdist(pair[:1], pair[1:], "cosine")[0, 0]) for pair in pairs]


def slow_bmas(rows: Rows, table: Table) -> list[float]:
    """All cosines of two texts by scipy."""
    out = []
    for row in rows:
        a, b = (table.vectors[table.rows(words(text))] for text in (row["response"], row["answer"][0]))
        similar = np.maximum(1 - cdist(a, b, "cosine"), 0)
        out.append(float(similar.max(axis=1).mean() + similar.max(axis=0).mean()) / 2)
    return out


def figure(what: str, reward: Reward, slow: Callable[[Rows], list[float]], name: str, rows: Rows) -> list[Figure]:
    """Seconds a sample, against the definition and against the bar."""
    assert np.allclose(reward(rows).values, slow(rows), atol=1e-9), what
    ours, theirs = (seconds(call, rows) / len(rows) for call in (reward, slow))
    return [Figure(what, ours, name, theirs), Figure(what, ours, "20 000 a second", BAR, goal=1)]


def seconds(call: Callable[[Rows], Any], rows: Rows) -> float:
    """Best of three, of the processor: a busy machine would have one wait."""
    taken = []
    for _ in range(3):
        start = process_time()
        call(rows)
        taken.append(process_time() - start)
    return min(taken)


def main() -> int:
    """Print the table."""
    short, single, long = texts(12, 5), texts(12, 1), texts(60, 1)
    corpus = [text for row in (*short, *single, *long) for text in (row["response"], *row["answer"])]
    known = frequencies([map(words, row["answer"]) for row in short[::GROUP]])
    about, alike = tfidf(corpus), ppmi(corpus)
    relevance, bmas = Relevance(about, to="answer"), Bmas(alike)
    figures = [
        *figure(
            "CIDEr-D, 12 words, 5 references", Cider(known), lambda r: slow_cider(r, known), "its equations", short
        ),
        *figure("relevance, 12 words", relevance, lambda r: slow_relevance(r, about), "scipy, pair by pair", single),
        *figure("BMAS, 12 words", bmas, lambda r: slow_bmas(r, alike), "scipy, pair by pair", single),
        *figure("BMAS, 60 words", bmas, lambda r: slow_bmas(r, alike), "scipy, pair by pair", long),
    ]
    return show("Against a corpus, per sample", figures, "BMAS of 60 words: 230 000 multiplications are its floor.")


if __name__ == "__main__":
    sys.exit(main())
