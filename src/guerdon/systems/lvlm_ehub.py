"""47 data sets of short answers scored by word matching, and an arena scored by votes (Xu et al. 2023).

An answer counts as right if the true one stands in it as whole words, once both are as VQA has them; an ordered list
of true answers earns 1 / place of the first that does; information taken from documents is counted by words over the
whole set; five graders vote on free answers; and players of the arena get Elo ratings.

Containment pays for "red or blue", for "not red", for everything in a long answer, and, since VQA drops articles, for
anything where the true answer is "A". So the default asks whether the answer commits itself, `answer.states`;
`as_published=True` repeats the scripts. There a grader's "10" and "1.0" are 0, a reply without its key phrase votes
−1, and equal votes go to the first; here such replies are unread, and equal votes abstain. For the arena see
`guerdon.metrics.ratings`: Bradley–Terry does not depend on the order of the votes, and Elo does.

Rows have `response` and `answer`, for the vote `verdicts`, the five replies. POPE is the same as in `fact_rlhf`. The
embodied tasks were not scored; multi-turn reasoning and likelihoods of prefixes wait for judges and models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon import parse
from guerdon.leaf import reward
from guerdon.metrics.battles import Battles, battles
from guerdon.metrics.elo import elo
from guerdon.metrics.ratings import ELO, bradley_terry, chances
from guerdon.metrics.text import PRF
from guerdon.reward import Reward
from guerdon.rules import answers, stated
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _lvlm_ehub as published
from guerdon.systems.fact_rlhf import pope


def vqa(*, as_published: bool = False) -> Reward:
    """1 if the response gives a true answer."""
    return published.vqa() if as_published else stated.states(within=None)


def mrr(*, as_published: bool = False) -> Reward:
    """1 / place of the first of the true answers, best first, that the response gives."""
    return published.mrr() if as_published else stated.first_stated(within=None)


def ocr(*, as_published: bool = False) -> Reward:
    """1 if the response gives the text in the picture, or the name of its class."""
    return published.ocr() if as_published else stated.states(within=None)


def vote(*, as_published: bool = False) -> Reward:
    """1 or 0, as most of several graders' replies say."""
    return published.vote() if as_published else majority()


@reward("lvlm_ehub.kie", range=(0, 1), over="set", components=("precision", "recall"))
def kie(response: Sequence[str], answer: Sequence[str]) -> Score:
    """F1 of the words, as they are, of all responses of a set and all true answers: see `word_f1`.

    >>> rows = [{"set": 0, "response": "b a", "answer": "a b"}, {"set": 0, "response": "c d", "answer": "c"}]
    >>> kie()(rows).values.round(4)  # 3 words are shared of 4 and of 3: 6/7
    array([0.8571])
    """
    precision, recall, f1 = word_f1(response, answer)
    return Score(f1, components={"precision": Score(precision), "recall": Score(recall)})


@reward("lvlm_ehub.vote", range=(0, 1), binary=True)
def majority(verdicts: Sequence[str]) -> float | Score:
    """What most replies that can be read give, 1 or 0; as many of both abstain, and none that can be read is unread.

    >>> majority().one({"verdicts": ["Final Score: 1", "Most Likely Score: 10", "Score: 1.0", "score: 0"]}).value
    1.0
    """
    read = [parse.rating(text, low=0, high=1) for text in verdicts]
    ones, zeros = (sum(one.value == value for one in read) for value in (1, 0))
    if ones == zeros:
        return Score.abstained(f"{ones} replies each say 1 and 0") if ones else Score.unread("no reply gives 0 or 1")
    unread = len(read) - ones - zeros
    return Score(float(ones > zeros), reason=f"{unread} of {len(read)} replies give neither 0 nor 1" if unread else "")


def word_f1(predictions: Sequence[str], references: Sequence[str]) -> PRF:
    """Words, between spaces, that pairs of texts share with multiplicity, over those of all predictions and references.

    Nothing shared is 0. Raises ValueError for lengths that disagree.

    >>> word_f1(["a a a"], ["a a b"]).f1  # 2 shared of 3 and of 3
    0.6666666666666666
    """
    counts = [(Counter(a.split()), Counter(b.split())) for a, b in zip(predictions, references, strict=True)]
    shared, said, true = (sum(map(Counter.total, c)) for c in (((a & b) for a, b in counts), *zip(*counts, strict=True)))
    if not shared:
        return PRF(0.0, 0.0, 0.0)
    return PRF(shared / said, shared / true, 2 * shared / (said + true))
