"""Preferences in answers with retrieved passages, and rewards of them that can be checked (Jin et al. 2024).

`guerdon bench rag-rewardbench` runs the benchmark. Its rewards here need no judge: what an answer cites supports it, it
abstains where no passage has the answer, and of conflicting sources it follows the right one. Rows have `response`
and `documents`; to abstain also `answer`; for conflicts `answer` and `options`, the claims of the sources.

Citing alone is easy, so it earns a tenth, enough to rank an answer with wrong citations above one with none. The
published means weigh every pair the same; the proofs compute three rows of the table from its subsets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from guerdon.bench.suites.rag_rewardbench import SIZES, benchmark, micro
from guerdon.reward import Reward
from guerdon.rules import rag
from guerdon.rules.mention import contains
from guerdon.systems import Measured, Published, System

Row = Mapping[str, Any]


def citation() -> Reward:
    """0.9 · F1 of citations that support their statements + 0.1 · share of statements that cite at all."""
    return 0.9 * rag.citations() + 0.1 * rag.cited()


def abstain() -> Reward:
    """1 for abstaining exactly where no passage has the answer."""
    return rag.abstain()


def conflict() -> Reward:
    """1 for naming the claim of the right source and of no other; naming several, or none, is malformed."""
    return contains(within=None)


ROWS = (
    ("Skywork-Critic-Llama-3.1-70B", 85.9, 77.1, 68.1, 91.6, 74.2, 83.2, 78.3),
    ("Skywork-Reward-Gemma-2-27B-v0.2", 80.9, 74.5, 67.9, 75.5, 82.9, 67.9, 74.5),
    ("GPT-4o", 75.2, 68.1, 64.4, 64.2, 72.6, 72.3, 69.2),
)

system = System(
    id="rag-rewardbench",
    title="RAG-RewardBench: Benchmarking Reward Models in Retrieval Augmented Generation for Preference Alignment",
    year=2024,
    url="https://arxiv.org/abs/2412.13746",
    about=__doc__,
    rewards={"citation": citation, "abstain": abstain, "conflict": conflict},
    published=(
        *benchmark.published,
        Published("By subset, %", "arXiv:2412.13746", ("model", *SIZES, "overall"), ROWS),
    ),
)


@system.proof(claim="the published overall accuracies are means over pairs", seconds=1)
def overall(seed: int) -> Measured:
    """Greatest error of three rows, in percent; the baseline is the mean of the six subsets."""
    pairs, subsets = zip(*((_error(row, True), _error(row, False)) for row in ROWS), strict=True)
    return Measured(max(pairs), at_most=0.05, baseline=max(subsets))


QUESTIONS, PASSAGES = 200, 6
KINDS = {"mountain": "m high", "river": "km long", "tower": "steps tall", "lake": "acres wide"}


@system.proof(claim="faithful answers rank above ones with wrong citations, and these above ones without", seconds=5)
def faithful(seed: int) -> Measured:
    """Share of questions where they do; the baseline only looks for citations."""
    rows = [row for rng in _each(seed) for row in _three(rng)]
    return Measured(_in_order(citation(), rows), at_least=1.0, baseline=_in_order(rag.cited(), rows))


@system.proof(claim="whether to abstain flips when the passage with the answer is taken away", seconds=5)
def flips(seed: int) -> Measured:
    """Share of questions where answering earns 1 and abstaining 0 with it, and the reverse without; the baseline
    looks for the answer alone."""
    rows = [row for rng in _each(seed) for row in _four(rng)]
    mentions = contains(within=None).otherwise(0.0, on=("MALFORMED",))
    return Measured(_flipped(abstain(), rows), at_least=1.0, baseline=_flipped(mentions, rows))


def _error(row: tuple[Any, ...], pairs: bool) -> float:
    accuracies, published = [float(cell) for cell in row[1:-1]], float(row[-1])
    found = micro(dict(zip(SIZES, accuracies, strict=True)))["overall"] if pairs else float(np.mean(accuracies))
    return abs(found - published)


def _each(seed: int) -> list[np.random.Generator]:
    return np.random.default_rng(seed).spawn(QUESTIONS)


def _facts(rng: np.random.Generator) -> list[tuple[str, str, int]]:
    """Names, kinds and sizes of things, a passage each."""
    names = [
        "".join(rng.choice(list("bdklmnrst")) + rng.choice(list("aeiou")) for _ in range(4)).title()
        for _ in range(PASSAGES)
    ]
    return [
        (name, str(rng.choice(list(KINDS))), int(size))
        for name, size in zip(names, rng.permutation(9000)[:PASSAGES] + 100, strict=True)
    ]


def _passage(name: str, kind: str, size: int) -> str:
    return f"{name} is a {kind} in the north of the country. It is {size} {KINDS[kind]}, and many visit it in summer."


def _three(rng: np.random.Generator) -> list[Row]:
    """An answer of two facts with its citations, with those of other passages, and without."""
    facts = _facts(rng)
    said = [f"{name} is a {kind}, {size} {KINDS[kind]}" for name, kind, size in facts[:2]]
    order = rng.permutation(PASSAGES)
    documents = [_passage(*facts[i]) for i in order]
    right = [int(np.flatnonzero(order == i)[0]) + 1 for i in (0, 1)]
    wrong = [int(np.flatnonzero(order == i)[0]) + 1 for i in (2, 3)]
    texts = [" ".join(f"{one} [{k}]." for one, k in zip(said, cited, strict=True)) for cited in (right, wrong)]
    return [{"response": text, "documents": documents} for text in (*texts, " ".join(f"{one}." for one in said))]


def _four(rng: np.random.Generator) -> list[Row]:
    """Answering and abstaining, with the passage and without it."""
    facts = _facts(rng)
    name, kind, size = facts[0]
    documents = [_passage(*fact) for fact in facts]
    answer = f"{size} {KINDS[kind]}"
    replies = (f"{name} is {answer} [1].", f"The passages do not say, so I cannot answer how large {name} is.")
    return [
        {"response": reply, "documents": given, "answer": answer, "options": [answer]}
        for given in (documents, documents[1:])
        for reply in replies
    ]


def _in_order(of: Reward, rows: list[Row]) -> float:
    values = of(rows).values.reshape(-1, 3)
    return float(((values[:, 0] > values[:, 1]) & (values[:, 1] > values[:, 2])).mean())


def _flipped(of: Reward, rows: list[Row]) -> float:
    return float((of(rows).values.reshape(-1, 4) == (1.0, 0.0, 0.0, 1.0)).all(axis=1).mean())
