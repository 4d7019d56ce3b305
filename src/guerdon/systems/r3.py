"""Alignment without preferences: relevance of the answer to the query, regularised (Kim & Seo 2024).

Reward models trained on preferences often put a long answer off the topic above a short one on it. Here the
reward of an open-ended query is relevance, from an unsupervised retriever, times a length incentive, times
the share of distinct trigrams; that of a closed-ended one is similarity with the reference answer, mapped to
the range of the others, times the same share.

Rows have `prompt`, `response`, `query_type` ("open" or "closed", from a classifier) and, for closed ones,
`answer`. `relevance` and `similarity` are rewards, such as `guerdon.embed.relevance.Relevance(encoder)` to
the prompt and to the answer; without them the columns `relevance` and `similarity` are read. The official code
is not public: this follows the published formulas, and the knots of the mapping are fitted. By default length
pays up to 100 words and a negative relevance counts 0; `as_published=True` has neither, so that padding with
new words pays, repeating a block is free, and what is off the topic is better short. The PPO trainer waits.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from guerdon.branch import route
from guerdon.compose import product
from guerdon.embed.relevance import Relevance, regularised
from guerdon.embed.tables import Table, tfidf
from guerdon.reward import Range, Reward
from guerdon.rules import given, shape
from guerdon.sample import Row
from guerdon.systems import Measured, Published, System

UNIT = 100
"""Words that a length incentive of 1 stands for."""
LENGTH = shape.words() / UNIT


def total(
    *,
    relevance: Reward | None = None,
    similarity: Reward | None = None,
    closed_range: Range = (0.0, 1.0),
    open_range: Range = (0.0, 1.0),
    as_published: bool = False,
) -> Reward:
    """The branch that `query_type` names; see `closed_ended` for the ranges."""
    branches: dict[str | int, Reward] = {
        "open": open_ended(relevance=relevance, as_published=as_published),
        "closed": closed_ended(similarity=similarity, source=closed_range, target=open_range),
    }
    return route(branches, by="query_type")


def open_ended(*, relevance: Reward | None = None, as_published: bool = False) -> Reward:
    """Relevance · length incentive · distinct trigrams; see `guerdon.embed.relevance.regularised`."""
    about = given.score().reading(score="relevance").named("relevance") if relevance is None else relevance
    if as_published:
        return product(about, LENGTH.named("length"), _distinct())
    return regularised(about, per=UNIT)


def closed_ended(*, similarity: Reward | None = None, source: Range = (0.0, 1.0), target: Range = (0.0, 1.0)) -> Reward:
    """Similarity with the reference, mapped linearly from one range to another and held there, · distinct trigrams.

    `source` is the range of similarities on real data, and `target` that of the open-ended reward, so that the two
    kinds of queries are paid alike: `fitted_range` finds both.
    """
    alike = given.score().reading(score="similarity").named("similarity") if similarity is None else similarity
    (low, high), (bottom, top) = source, target
    if not (low < high and bottom < top):
        raise ValueError(f"closed_ended: ranges rise, unlike source={source}, target={target}")
    mapped = ((alike - low) * ((top - bottom) / (high - low)) + bottom).clip(bottom, top)
    return product(mapped.named("mapped"), _distinct())


def fitted_range(reward: Reward, samples: Any) -> Range:
    """The least and greatest value on samples. Raises ValueError where they do not differ."""
    values = reward(samples).values
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low == high:
        raise ValueError(f"{reward} is {low} on all samples: there is no range to fit")
    return low, high


def _distinct() -> Reward:
    return (1 + shape.repeated_ngrams(n=3)).named("distinct")


system = System(
    id="r3",
    title="Preference-free Alignment Learning with Regularized Relevance Reward",
    year=2024,
    url="https://arxiv.org/abs/2402.03469",
    about=__doc__,
    rewards={"total": total, "open_ended": open_ended, "closed_ended": closed_ended},
    published=(
        Published(
            "AlpacaEval, relevance as judged by GPT-4, %",
            "a review of arXiv:2402.03469, not checked against the paper",
            ("trained with PPO on", "relevance"),
            (("R³", 85.1), ("UltraRM", 83.1)),
        ),
    ),
)


TOPICS, SENTENCES, BAR = 80, 6, 0.95
QUERY = "Please tell me about the town of {}."
FRAMES = (
    "{} lies by the {} and is known for its {}.", "Visitors come to {} for the {} and the {}.",
    "The {} market sells {} and {} all year.", "In {} the {} stands next to the {}.",
    "People in {} make {} and export {}.", "The history of {} is one of {} and {}.",
)  # fmt: skip
FILLERS = (
    "as many people would gladly agree these days", "which is of course a fair point to make",
    "and this should be kept firmly in mind", "although opinions on it may well differ",
    "so one might say that it matters", "because such things tend to add up", "or so it would seem at first sight",
)  # fmt: skip


class Topic(NamedTuple):
    """A query about a town that does not exist, and what may be said to it."""

    query: str
    good: str
    """All sentences about the town: the right answer to an open-ended query."""
    short: str
    """One of them: the right answer to a closed-ended one."""
    other: str
    """As `good`, about another town."""
    off: str
    """The same about two, so twice as long."""
    loop: str
    """The short answer over and over."""
    padded: str
    """The short answer, drawn out with words that are always new."""


@system.proof(claim="relevance tells a passage about the query from one about another", seconds=10)
def on_topic(seed: int) -> Measured:
    """Share of passages on the topic put above equally long ones on another; the baseline is length."""
    pair = "good", "other"
    return Measured(_preferred(_relevance(seed), seed, *pair), at_least=BAR, baseline=_preferred(LENGTH, seed, *pair))


@system.proof(
    claim="a reward with a taste for length puts long answers off the topic above short ones on it", seconds=3
)
def length_fools(seed: int) -> Measured:
    """Share of short answers on the topic that win under relevance plus length; the baseline is relevance alone."""
    pair, relevance = ("short", "off"), _relevance(seed)
    biased = _preferred(relevance + LENGTH, seed, *pair)
    return Measured(biased, at_most=0.6, baseline=_preferred(relevance, seed, *pair))


@system.proof(
    claim="relevance is hacked by copying, with length by looping, and with distinct trigrams by neither", seconds=5
)
def ladder(seed: int) -> Measured:
    """Share of queries whose best candidates under r, r·LI and r·LI·RP are the copy, the loop and the good answer,
    in this order; the baseline is how often r alone picks the good answer."""
    relevance = _relevance(seed)
    rungs = relevance, product(relevance, LENGTH), open_ended(relevance=relevance, as_published=True)
    picks = [_picked(rung, seed, "query", "loop", "off", "good") for rung in rungs]
    climbed = [pick == ("query", "loop", "good") for pick in zip(*picks, strict=True)]
    return Measured(float(np.mean(climbed)), at_least=BAR, baseline=picks[0].count("good") / TOPICS)


@system.proof(claim="padding with new words pays without a cap on length, and not with one", seconds=5)
def padding(seed: int) -> Measured:
    """Share of queries on which the drawn-out answer beats the good one; the baseline is as published."""
    rewards = [open_ended(relevance=_relevance(seed), as_published=published) for published in (False, True)]
    capped, uncapped = (_picked(reward, seed, "padded", "good").count("padded") / TOPICS for reward in rewards)
    return Measured(capped, at_most=0.05, baseline=uncapped)


@system.proof(claim="the closed-ended branch picks the short right answer", seconds=5)
def closed_is_brief(seed: int) -> Measured:
    """Share of queries on which it beats all others; the baseline is the open-ended branch."""
    branches = closed_ended(similarity=_relevance(seed, to="answer")), open_ended(relevance=_relevance(seed))
    picks = [_picked(branch, seed, "good", "short", "off", "query").count("short") / TOPICS for branch in branches]
    return Measured(picks[0], at_least=BAR, baseline=picks[1])


def _preferred(reward: Reward, seed: int, better: str, worse: str) -> float:
    """Share of topics on which one answer earns more than another; equal ones count ½."""
    first, second = ([_row(topic, name) for topic in _topics(seed)] for name in (better, worse))
    return reward.compare(first, second).accuracy()


def _picked(reward: Reward, seed: int, *candidates: str) -> list[str]:
    """The candidate that each topic's reward is greatest for."""
    rows = [_row(topic, name) for topic in _topics(seed) for name in candidates]
    values = reward(rows).values.reshape(TOPICS, len(candidates))
    return [candidates[i] for i in values.argmax(axis=1).tolist()]


def _row(topic: Topic, name: str) -> Row:
    return {"prompt": topic.query, "response": getattr(topic, name), "answer": topic.short}


def _relevance(seed: int, to: str = "prompt") -> Relevance:
    return Relevance(_table(seed), to=to)


@cache
def _table(seed: int) -> Table:
    """A space of latent semantics, computed from the passages of this seed."""
    return tfidf([topic.good for topic in _topics(seed)], dimensions=TOPICS)


@cache
def _topics(seed: int) -> list[Topic]:
    rng = np.random.default_rng(seed)
    towns, things = _names(rng, TOPICS, syllables=3), _names(rng, TOPICS * SENTENCES * 2, syllables=2)
    pairs = zip(things[::2], things[1::2], strict=True)
    said = [[frame.format(town, *next(pairs)) for frame in FRAMES] for town in towns]
    passages = [" ".join(sentences) for sentences in said]
    return [
        Topic(
            QUERY.format(town), passages[i], said[i][0], passages[i - 1], f"{passages[i - 1]} {passages[i - 2]}",
            " ".join([said[i][0]] * 30), f"{said[i][0]} {_drivel(rng)}",
        )
        for i, town in enumerate(towns)
    ]  # fmt: skip


def _drivel(rng: np.random.Generator) -> str:
    return " ".join(f"{text} {n}" for n in range(12) for text in rng.permutation(FILLERS).tolist())


def _names(rng: np.random.Generator, n: int, syllables: int) -> list[str]:
    """Words that mean nothing, all different."""
    sounds = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    drawn = rng.choice(len(sounds) ** syllables, n, replace=False)
    return ["".join(sounds[d // len(sounds) ** k % len(sounds)] for k in range(syllables)) for d in drawn.tolist()]
