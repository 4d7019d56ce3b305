"""Rewards for every clause of a description: objects, attributes and relations (Jing & Du 2024).

A response is split into clauses (`guerdon.parse.clauses`). Three labels a clause say whether it is wrong about
objects, attributes and relations: 1 for a hallucination, 0 for none, −1 where it says nothing of the kind; they
are worth −1, +1 and 0, and `guerdon.scores.densify` puts the sum at the clause's last token.

Rows have `response`, `labels`, a triple a clause, and optionally `sub`, the clauses' texts. A label may also be a
mapping of labels to probabilities, which is worth p(no hallucination) − p(hallucination). A labeller is asked while
scoring by `asking(total(), labels=labeller)`.

By default a clause counts 1 / number of clauses. As published (`total="sum"`) it counts 1, so that who says more
of the same earns more; `cap` bounds that. Neither minds padding, since harmless clauses earn +1 too. The proofs on
length take plain advantages: divided by a group's standard deviation, as in GRPO, the mean teaches to say less,
for what is short varies more. The KL term is r − β·KL; the published trainer has its sign wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal

import numpy as np

from guerdon.leaf import reward
from guerdon.metrics.spans import token_offsets
from guerdon.parse.segments import clauses
from guerdon.reward import Reward
from guerdon.rules import spans
from guerdon.sample import Row
from guerdon.scores import Floats, Score, densify
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Adam, Softmax

KINDS = ("object", "attribute", "relation")
WORTH = {"-1": 0.0, "0": 1.0, "1": -1.0}
"""What a label is worth."""
Kind = Literal["object", "attribute", "relation"]


@reward("fgaif.kind", grain="segment")
def kind(
    response: str,
    labels: Sequence[Any],
    sub: Sequence[str] | None = None,
    *,
    kind: Kind = "object",
    total: spans.Total = "mean",
    cap: float | None = None,
) -> float | Score:
    """What a response's clauses are worth by their labels of one kind; settings are those of `spans.labels`."""
    read = _split(response) if sub is None else None
    if read is not None and read.value is None:
        return Score.malformed(read.reason)
    of_kind = [triple[KINDS.index(kind)] for triple in labels]
    segments = sub if read is None else read.value
    score: float | Score = spans.labels.fn(response, segments, of_kind, values=WORTH, total=total, cap=cap)
    return score


_split = lru_cache(maxsize=1024)(clauses)  # all three kinds ask for the same


def total(
    *, weights: Mapping[str, float] | None = None, total: spans.Total = "mean", cap: float | None = None
) -> Reward:
    """Sum of the three kinds, each with weight 1 unless `weights` says otherwise."""
    parts = [_part(name, total, cap) * (weights or {}).get(name, 1.0) for name in KINDS]
    return parts[0] + parts[1] + parts[2]


def objects(*, total: spans.Total = "mean", cap: float | None = None) -> Reward:
    """Clauses that say what is there."""
    return _part("object", total, cap)


def attributes(*, total: spans.Total = "mean", cap: float | None = None) -> Reward:
    """Clauses that say how something looks."""
    return _part("attribute", total, cap)


def relations(*, total: spans.Total = "mean", cap: float | None = None) -> Reward:
    """Clauses that say how things stand to each other."""
    return _part("relation", total, cap)


def _part(name: str, total: spans.Total, cap: float | None) -> Reward:
    return kind(kind=name, total=total, cap=cap).named(name)


system = System(
    id="fgaif",
    title="FGAIF: Aligning Large Vision-Language Models with Fine-grained AI Feedback",
    year=2024,
    url="https://arxiv.org/abs/2404.05046",
    about=__doc__,
    rewards={"total": total, "object": objects, "attribute": attributes, "relation": relations},
    published=(
        Published(
            "What the paper finds; its figures were not checked",
            "arXiv:2404.05046",
            ("change", "CHAIR, POPE, MMHal-Bench, LLaVA-Bench"),
            (("one of the three rewards left out", "worse"), ("their sum at the end instead of dense", "worse")),
        ),
    ),
)


CLAUSES, OPTIONS, BATCH, RATE = 8, 3, 16, 0.05
COLOURS = ("red", "green", "blue")
THINGS = ("cat", "dog", "car", "hat", "cup", "box", "kite", "lamp")
LONGEST, RIGHT, LENGTH_STEPS, LENGTH_RATE = 8, 0.8, 80, 1.0


@system.proof(claim="dense rewards teach faster than their mean at the end", seconds=15)
def dense(seed: int) -> Measured:
    """Mean probability of the right option of 8 clauses after 20 steps; the baseline has their mean at the end."""
    return Measured(_described("dense", seed), at_least=0.72, baseline=_described("sparse", seed))


@system.proof(claim="a sum over clauses teaches to say more of the same", seconds=10)
def saying_more(seed: int) -> Measured:
    """Mean number of clauses, 1–8 and 4.5 before training; the baseline is trained on the mean over clauses."""
    return Measured(_spoken("sum", seed), at_least=7.5, baseline=_spoken("mean", seed))


@system.proof(claim="the mean over clauses teaches to say neither more nor less", seconds=5)
def saying_enough(seed: int) -> Measured:
    """How far that number moves from 4.5; the baseline is trained on the sum."""
    moved, baseline = (abs(spoken - (1 + LONGEST) / 2) for spoken in (_spoken("mean", seed), _spoken("sum", seed)))
    return Measured(moved, at_most=1.0, baseline=baseline)


@system.proof(claim="with the KL term subtracted a policy returns to its reference", seconds=5)
def kl_sign(seed: int) -> Measured:
    """KL from the reference after 200 steps without any other reward; the baseline adds the term, as published."""
    return Measured(_drifted(-1, seed), at_most=0.01, baseline=_drifted(+1, seed))


@cache
def _described(how: Literal["dense", "sparse"], seed: int, steps: int = 20) -> float:
    """REINFORCE of 8 choices among three colours, of which one is right: every clause +1 or −1."""
    rng = np.random.default_rng(seed)
    policy, adam = Softmax([CLAUSES], OPTIONS), Adam(RATE)
    place = np.tile(np.arange(CLAUSES), BATCH)
    teach = objects(total="sum" if how == "dense" else "mean")
    for _ in range(steps):
        chosen = policy.draw(rng, place)
        rows = [_description(picks) for picks in chosen.reshape(BATCH, CLAUSES).tolist()]
        values = _at_clauses(teach, rows) if how == "dense" else _repeated(teach(rows).values)
        gains = (values - values.mean(axis=0)).ravel()
        score = np.eye(OPTIONS)[chosen] - policy.probabilities(place)
        gradient = np.zeros_like(policy.tables[0])
        np.add.at(gradient, place, gains[:, None] * score / BATCH)
        policy.tables[0] += adam.step(gradient)
    return float(policy.probabilities(np.arange(CLAUSES))[:, 0].mean())


def _description(picks: Sequence[int]) -> Row:
    """One sentence a thing; the first colour is right. Nothing is said of attributes apart, or of relations."""
    sentences = [f"The {thing} is {COLOURS[pick]}." for thing, pick in zip(THINGS, picks, strict=True)]
    return {"response": " ".join(sentences), "sub": sentences, "labels": [(int(pick > 0), -1, -1) for pick in picks]}


def _at_clauses(teach: Reward, rows: Sequence[Row]) -> Floats:
    """What the last token of every clause earns, [rows, clauses]; each has four words."""
    offsets = [token_offsets(str(row["response"])) for row in rows]
    tokens = np.stack(densify(teach(rows), offsets))
    return tokens.reshape(len(rows), CLAUSES, 4)[:, :, -1]


def _repeated(values: Floats) -> Floats:
    return np.repeat(values[:, None], CLAUSES, axis=1)


@cache
def _spoken(how: spans.Total, seed: int) -> float:
    """Policy gradient of how many clauses to say, each of them right with the same probability."""
    rng = np.random.default_rng(seed)
    policy, context = Softmax([1], LONGEST), np.zeros(BATCH, dtype=np.intp)
    for _ in range(LENGTH_STEPS):
        more = policy.draw(rng, context)
        rows = [_talk((rng.random(1 + n) > RIGHT).tolist()) for n in more.tolist()]
        values = objects(total=how)(rows).values
        policy.learn(more, values - values.mean(), context, rate=LENGTH_RATE)
    return float(policy.probabilities([0])[0] @ np.arange(1, LONGEST + 1))


def _talk(wrong: Sequence[bool]) -> Row:
    sentences = [f"There is a {thing}." for thing, _ in zip(THINGS, wrong, strict=False)]
    return {"response": " ".join(sentences), "sub": sentences, "labels": [(int(w), -1, -1) for w in wrong]}


def _drifted(sign: int, seed: int, coefficient: float = 0.1, steps: int = 200) -> float:
    """KL between a choice of three and its uniform reference after exact policy gradient of sign · coefficient · KL."""
    logits, adam = np.random.default_rng(seed).normal(0, 1, OPTIONS), Adam(RATE)
    for _ in range(steps):
        p = np.exp(logits) / np.exp(logits).sum()
        gains = sign * coefficient * np.log(p * OPTIONS)
        logits = logits + adam.step(p * (gains - p @ gains))
    p = np.exp(logits) / np.exp(logits).sum()
    return float(p @ np.log(p * OPTIONS))
