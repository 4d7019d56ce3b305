"""A reranker that reasons: a vision-language model lists page images by relevance (Xu et al. 2025).

It is shown n candidate pages, thinks about each, and prints their numbers, most relevant first. The rank reward is
Σ 1/rank³ over the relevant pages, so that nearly all hangs on the first place; a format reward asks for the whole
list, each page once. Both are summed with weight 1.

Rows have `response`, `relevant`, a list of page numbers, and `candidates`, how many there are. The rank reward does
not mind a list that ends after the relevant pages, so it needs the other. By default that counts distinct
pages; `as_published=True` repeats the official code, for which repeats are pages, "[7]" is an error and white
space between tag and list is 0. To use a response, `guerdon.metrics.ranking.completed` appends what it left out.

What the power does depends on the objective. On plain advantages 1/rank³ trades the middle of the list for its
head, as the paper wants. Divided by the group's standard deviation, as in GRPO and the official code, it keeps
the rest of the list as NDCG does, because differences far down are made as large as those at the head; the
proofs measure both.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from guerdon.metrics.ranking import ranks_by_score, recall_at
from guerdon.reward import Reward
from guerdon.rules import format, ranking
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.systems import _mm_r5 as published
from guerdon.world.policy import Indices, group_relative


def total(*, as_published: bool = False) -> Reward:
    """`rank` + `template`, what the paper trains with."""
    return rank(as_published=as_published) + template(as_published=as_published)


def rank(*, as_published: bool = False) -> Reward:
    """Σ 1/rank³ of the relevant pages, over the most it could be."""
    return published.rank() if as_published else ranking.reciprocal_power(power=3)


def template(*, as_published: bool = False) -> Reward:
    """How nearly the list behind a thought has each candidate once."""
    return published.layout() if as_published else format.tags() >> ranking.list_format()


system = System(
    id="mm-r5",
    title="MM-R5: MultiModal Reasoning-Enhanced ReRanker via Reinforcement Learning for Document Retrieval",
    year=2025,
    url="https://arxiv.org/abs/2506.12364",
    about=__doc__,
    rewards={"total": total, "rank": rank, "format": template},
    published=(
        Published(
            "MMDocIR, recall@1",
            "arXiv:2506.12364",
            ("reranker", "macro", "micro"),
            (("none (ColQwen)", 0.6481, 0.6354), ("MM-R5", 0.6951, 0.6759)),
        ),
    ),
)  # fmt: skip


CANDIDATES, PROMPTS, GROUP, STEPS, TESTED = 8, 24, 8, 80, 4000
RATES = {"plain": 4.0, "divided": 1.0}
Advantage = Literal["plain", "divided"]
"""Reward − mean of the group, or that over the group's standard deviation."""


class Recall(NamedTuple):
    """Of a trained policy's best guess on new queries: how often the relevant page is first, and among five."""

    at_1: float
    at_5: float


class Queries(NamedTuple):
    """Clues about the candidates of each query [queries, candidates, 2], and which one is relevant [queries]."""

    clues: Floats
    relevant: Indices


@system.proof(claim="1/rank³ puts the relevant page first at least as often as NDCG", seconds=20)
def power_for_the_first(seed: int) -> Measured:
    """Recall@1 on new queries after as many steps; baseline and bar is the policy trained on NDCG."""
    ndcg = _trained("ndcg", "plain", seed).at_1
    return Measured(_trained("cube", "plain", seed).at_1, at_least=ndcg, baseline=ndcg)


@system.proof(claim="and has it among the first five at most as often", seconds=5)
def power_against_the_rest(seed: int) -> Measured:
    """Recall@5; baseline and bar is the policy trained on NDCG."""
    ndcg = _trained("ndcg", "plain", seed).at_5
    return Measured(_trained("cube", "plain", seed).at_5, at_most=ndcg, baseline=ndcg)


@system.proof(claim="trained on 1/rank³, the reranker beats sorting by the sum of its clues", seconds=5)
def better_than_sorting(seed: int) -> Measured:
    """Recall@1; baseline and bar is the order by the sum of clues, which needs no training."""
    unlearnt = _recall(np.ones(2), seed).at_1
    return Measured(_trained("cube", "plain", seed).at_1, at_least=unlearnt, baseline=unlearnt)


@system.proof(
    claim="divided by the group's standard deviation, 1/rank³ no longer gives up the rest of the list", seconds=20
)
def division_hides_it(seed: int) -> Measured:
    """Recall@5 after GRPO's advantage; the baseline is the same reward after plain advantages."""
    return Measured(
        _trained("cube", "divided", seed).at_5, at_least=0.97, baseline=_trained("cube", "plain", seed).at_5
    )


@cache
def _trained(reward: Literal["cube", "ndcg"], advantage: Advantage, seed: int) -> Recall:
    """Policy gradient of a Plackett–Luce policy: a weight for each clue, candidates drawn one after the other."""
    rng = np.random.default_rng(seed)
    teach = rank() if reward == "cube" else ranking.ndcg()
    weights = np.zeros(2)
    for _ in range(STEPS):
        queries = _queries(rng, PROMPTS)
        orders, gradients = _drawn(rng, weights, queries.clues)
        values = teach(_rows(orders, queries.relevant)).values.reshape(PROMPTS, GROUP)
        gains = group_relative(values) if advantage == "divided" else values - values.mean(axis=1, keepdims=True)
        weights += RATES[advantage] * (gains[..., None] * gradients).mean(axis=(0, 1))
    return _recall(weights, seed)


def _recall(weights: Floats, seed: int) -> Recall:
    queries = _queries(np.random.default_rng(1000 + seed), TESTED)
    ranks = ranks_by_score(queries.clues @ weights, queries.relevant[:, None] == np.arange(CANDIDATES))
    return Recall(float(recall_at(ranks, 1).mean()), float(recall_at(ranks, 5).mean()))


def _queries(rng: np.random.Generator, n: int) -> Queries:
    """One relevant page each. The first clue finds it in half of the queries and misleads in the others; by the
    second it comes right behind a decoy."""
    clues = rng.normal(0, (1.0, 0.3), (n, CANDIDATES, 2))
    every, relevant = np.arange(n), rng.integers(CANDIDATES, size=n)
    clues[every, relevant, 0] = np.where(rng.random(n) < 0.5, 2.5, -0.7)
    clues[every, relevant, 1] += 1.5
    clues[every, (relevant + 1) % CANDIDATES, 1] += 3.0
    return Queries(clues, relevant)


def _drawn(rng: np.random.Generator, weights: Floats, clues: Floats) -> tuple[Indices, Floats]:
    """Orders [queries, group, candidates], best first, and ∇ log p of each [queries, group, 2]."""
    scores = np.broadcast_to((clues @ weights)[:, None], (len(clues), GROUP, CANDIDATES))
    orders = np.argsort(-(scores + rng.gumbel(size=scores.shape)), axis=-1)
    placed = np.take_along_axis(clues[:, None], orders[..., None], axis=2)
    odds = np.exp(np.take_along_axis(scores, orders, axis=2))[..., None]
    left = np.cumsum(odds[:, :, ::-1], axis=2)[:, :, ::-1]
    expected = np.cumsum((odds * placed)[:, :, ::-1], axis=2)[:, :, ::-1] / left
    return orders, (placed - expected).sum(axis=2)


def _rows(orders: Indices, relevant: Indices) -> list[Row]:
    return [
        {"response": f"<think>Look.</think><answer>{(order + 1).tolist()}</answer>", "relevant": [page + 1]}
        for group, page in zip(orders, relevant.tolist(), strict=True)
        for order in group
    ]
