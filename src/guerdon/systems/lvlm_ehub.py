"""47 data sets of short answers scored by word matching, and an arena scored by votes (Xu et al. 2023).

An answer counts as right if the true one stands in it as whole words, once both are as VQA has them; an ordered list
of true answers earns 1 / place of the first that does; information taken from documents is counted by words over the
whole set; five graders vote on free answers; and players of the arena get Elo ratings.

Containment pays for "red or blue", for "not red", for everything in a long answer, and, since VQA drops articles, for
anything where the true answer is "A". So the default asks whether the answer commits itself, `answer.states`, which
still pays for what is named in passing ("a cat next to a dog"). `as_published=True` repeats the scripts: a grader's
"10" and "1.0" are 0 there, a reply without its key phrase votes −1, and equal votes go to the first; here such replies
are unread, and equal votes abstain. For the arena see `guerdon.metrics.ratings`: Bradley–Terry does not depend on the
order of the votes, and Elo does.

Rows have `response` and `answer`, for the vote `verdicts`, the five replies. POPE is the same as in `fact_rlhf`. The
embodied tasks were not scored; multi-turn reasoning and likelihoods of prefixes wait for judges and models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    shared = said = true = 0
    for prediction, reference in zip(predictions, references, strict=True):
        mine, theirs = Counter(prediction.split()), Counter(reference.split())
        shared, said, true = shared + (mine & theirs).total(), said + mine.total(), true + theirs.total()
    return PRF(shared / said, shared / true, 2 * shared / (said + true)) if shared else PRF(0.0, 0.0, 0.0)


system = System(
    id="lvlm-ehub",
    title="LVLM-eHub: A Comprehensive Evaluation Benchmark for Large Vision-Language Models",
    year=2023,
    url="https://arxiv.org/abs/2306.09265",
    about=__doc__,
    rewards={"vqa": vqa, "mrr": mrr, "ocr": ocr, "kie": kie, "vote": vote, "pope": pope},
    published=(
        Published(
            "Tiny LVLM-eHub: sum of five abilities, % each, by vote of five graders",
            "https://github.com/OpenGVLab/Multi-Modality-Arena, README",
            ("model", "sum"),
            (
                ("InternVL-Chat", 327.61), ("InternLM-XComposer-VL", 322.51), ("Bard", 319.59),
                ("Qwen-VL-Chat", 316.81), ("LLaVA-1.5-7B", 307.17), ("InstructBLIP", 300.64), ("BLIP2", 284.72),
                ("LLaVA-7B", 200.93), ("MiniGPT-4", 192.62),
            ),
        ),
    ),
)  # fmt: skip


THINGS = ("dog", "cat", "bus", "red car", "umbrella", "kite", "clock", "horse", "traffic light", "pizza")
PLAIN = {"{g}": True, "a {g}": True, "It is a {g}.": True, "{o}": False, "It is a {o}.": False, "I see a {o}": False}
"""Answers to questions whose true one is g, and whether they are right."""
HEDGED = {
    "{g} or {o}": False, "either a {o} or a {g}": False, "maybe a {g}, maybe a {o}": False, "{o}, {g}": False,
    "It could be a {g}": False, "Not sure; a {g} perhaps?": False, "a {g} and a {o}": False, "{g}, or not": False,
}  # fmt: skip
DENIED = {
    "not a {g}": False, "It is not a {g} but a {o}.": False, "a {o} rather than a {g}": False,
    "No {g}, just a {o}": False, "I doubt that it is a {g}": False, "anything but a {g}": False,
    "a {g}, not a {o}": True, "It isn't a {o}, it is a {g}": True,
}  # fmt: skip
LONG = {
    "There is a {g} on the left, a {o} on the right and a wall behind them, and what was asked for is the {o}.": False,
    "I see a {o}, a {g}, some trees, a road, people who walk by, a shop and a sign; most of them are far away": False,
    "Looking at the shape I first thought of a {g}, which would fit. On a closer look the answer is {o}.": False,
    "Looking at the shape I first thought of a {o}, which would fit. On a closer look the answer is {g}.": True,
}
KINDS = (PLAIN, HEDGED, DENIED, LONG)
ANSWERS = 1000


class Case(NamedTuple):
    """An answer and whether it is right."""

    response: str
    answer: str
    right: bool


@system.proof(claim="word containment pays for hedged, denied and long answers that are wrong", seconds=5)
def containment_pays(seed: int) -> Measured:
    """Share of right answers among those it pays; the baseline is that of plain answers."""
    contains = vqa(as_published=True)
    return Measured(_precision(contains, _cases(seed)), at_most=0.7, baseline=_precision(contains, _cases(seed, PLAIN)))


@system.proof(claim="a matcher that asks whether the answer commits itself pays right ones alone", seconds=5)
def guard_holds(seed: int) -> Measured:
    """The same share; the baseline is that of containment on the same answers."""
    cases = _cases(seed)
    return Measured(_precision(vqa(), cases), at_least=0.95, baseline=_precision(vqa(as_published=True), cases))


@system.proof(claim="it still finds the right ones, which equality does not", seconds=5)
def guard_finds(seed: int) -> Measured:
    """Share paid of the right answers; the baseline is that of answers equal to the true one but for articles."""
    cases = _cases(seed)
    return Measured(_recall(vqa(), cases), at_least=0.9, baseline=_recall(answers.exact(within=None), cases))


def _cases(seed: int, *kinds: Mapping[str, bool]) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = []
    for kind in rng.integers(len(kinds or KINDS), size=ANSWERS):
        forms = [*(kinds or KINDS)[kind].items()]
        form, right = forms[rng.integers(len(forms))]
        true, other = rng.choice(THINGS, 2, replace=False)
        cases.append(Case(form.format(g=true, o=other), str(true), right))
    return cases


def _paid(reward: Reward, cases: Sequence[Case]) -> NDArray[np.bool_]:
    return np.asarray(reward([{"response": case.response, "answer": case.answer} for case in cases]).values == 1)


def _precision(reward: Reward, cases: Sequence[Case]) -> float:
    right, paid = np.array([case.right for case in cases]), _paid(reward, cases)
    return float(right[paid].mean())


def _recall(reward: Reward, cases: Sequence[Case]) -> float:
    right, paid = np.array([case.right for case in cases]), _paid(reward, cases)
    return float(paid[right].mean())


MODELS = [f"model {i}" for i in range(8)]
STRENGTHS = 0.3 * np.arange(8.0)[::-1]
"""Log-odds: a model beats the next one in 57 of 100 votes."""
VOTES, ORDERS = 5000, 20


@system.proof(claim="Bradley–Terry finds the true ranking of 8 models from 5 000 votes, in whatever order", seconds=10)
def ranking_is_found(seed: int) -> Measured:
    """Share of 20 orders of the same votes that give just the true ranking; the baseline is that of Elo, K = 32."""
    found, left = _arena(seed)
    return Measured(_exact(found), at_least=1.0, baseline=_exact(left))


@system.proof(claim="Elo ratings depend on the order of the votes, and Bradley–Terry strengths do not", seconds=10)
def order_matters(seed: int) -> Measured:
    """Widest range of one model's points over 20 orders by Elo, K = 32; the baseline is that of Bradley–Terry."""
    found, left = _arena(seed)
    return Measured(float(np.ptp(left, axis=0).max()), at_least=50.0, baseline=float(np.ptp(found, axis=0).max()))


@cache
def _arena(seed: int) -> tuple[Floats, Floats]:
    """Points [orders, models] by Bradley–Terry and by Elo, of the same votes in each order."""
    rng = np.random.default_rng(seed)
    votes = _votes(rng)
    shuffled = [votes.take(rng.permutation(VOTES)) for _ in range(ORDERS)]
    found = np.array([1000 + ELO * bradley_terry(order).strengths for order in shuffled])
    return found, np.array([elo(order, k=32) for order in shuffled])


def _votes(rng: np.random.Generator) -> Battles:
    first = rng.integers(8, size=VOTES)
    second = (first + rng.integers(1, 8, size=VOTES)) % 8
    won = rng.random(VOTES) < chances(STRENGTHS[first] - STRENGTHS[second]).win
    return battles([MODELS[i] for i in first], [MODELS[i] for i in second], won, players=MODELS)


def _exact(points: Floats) -> float:
    return float((np.diff(points, axis=1) < 0).all(axis=1).mean())
