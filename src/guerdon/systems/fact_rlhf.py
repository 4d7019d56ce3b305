"""The first RLHF of a multimodal model: a reward model that sees facts, and symbolic terms (Sun et al. 2023).

The reward model reads what the policy does not: true captions of the image, in the column `facts`, so that
fluent false claims do not fool it. PPO's reward is its score, −8 for a response that was cut off, −10 times
the share of the longest length used, and 2 times a bonus for the right letter or for a rightful no.
MMHal-Bench has a judge rate answers from 0 to 6, where less than 3 is a hallucination; POPE asks whether
something is in the image.

Rows have `response`, `finished`, `tokens` and `answer_type` (1 free text, 2–5 the right letter A–D, 6 no, 7 yes),
optionally `length_bonus`, a multiplier of the length term; the score comes from `model` or the column `score`.
For MMHal `verdict` is the judge's reply, and for POPE `answer` is yes or no. By default a reply without exactly
one rating is unread rather than a hallucination, and answers are read by guerdon's parsers. `as_published=True`
repeats the official code: "Rating: 10" is 1, an answer that is neither yes nor no is yes, "I do not know" is
no, "Nothing" is rewarded as no. The model, its loss, and the penalties and advantages per token wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from guerdon import parse
from guerdon.branch import gate
from guerdon.leaf import reward
from guerdon.metrics.binary import Confusion, confusion
from guerdon.reward import Reward
from guerdon.rules import answers, given, judged, shape
from guerdon.scores import Floats, Score, Status
from guerdon.systems import Measured, Published, System
from guerdon.systems import _fact_rlhf as published
from guerdon.systems._fact_rlhf import CHOICES, NO
from guerdon.world.policy import Softmax, group_relative

LIMIT = 896
"""Tokens of the longest response."""
HALLUCINATED = 3
"""MMHal ratings below it are hallucinations."""


def total(
    *,
    model: Reward | None = None,
    penalty: float = -8.0,
    relative: bool = True,
    length_weight: float = -10.0,
    correct_weight: float = 2.0,
    as_published: bool = False,
) -> Reward:
    """The reward of a whole response: score, penalty for not stopping, length and correctness."""
    score = stopped(model=model, penalty=penalty, relative=relative)
    return score + length_weight * length() + correct_weight * correctness(as_published=as_published)


def stopped(*, model: Reward | None = None, penalty: float = -8.0, relative: bool = True) -> Reward:
    """The model's score with a penalty added where the response was cut off, or put in its place."""
    score = given.score().named("model") if model is None else model
    if relative:
        return score + penalty * (1 - given.finished()).named("unfinished")
    return gate(given.finished(), score, closed=penalty)


def correctness(*, as_published: bool = False) -> Reward:
    """1 for the right letter; ½ for no where no is right and −½ for yes there; else 0."""
    return published.correctness() if as_published else symbolic()


def mmhal(*, as_published: bool = False) -> Reward:
    """The judge's rating, 0–6."""
    return published.mmhal() if as_published else 6 * judged.rating(low=0, high=6)


def truthful(*, as_published: bool = False) -> Reward:
    """1 where the judge sees no hallucination, a rating of 3 or more."""
    return mmhal(as_published=as_published).at_least(HALLUCINATED)


def pope(*, as_published: bool = False) -> Reward:
    """1 for the true one of yes and no."""
    return published.pope() if as_published else answers.yes_no(within=None)


def pope_figures(responses: Sequence[str], labels: Sequence[str], *, as_published: bool = False) -> Confusion:
    """POPE's counts, yes being positive. What is neither yes nor no counts as the wrong one, as published as yes."""
    true = [label != "no" for label in labels]
    if as_published:
        return confusion([published.pope_answer(text) == "yes" for text in responses], true)
    said = [parse.yes_no(text).value for text in responses]
    return confusion([(not so) if yes is None else yes for yes, so in zip(said, true, strict=True)], true)


@reward("fact_rlhf.length", range=(0, None))
def length(tokens: Any, length_bonus: float = 1.0, *, limit: int = LIMIT) -> float:
    """Tokens of the response, or their number, over the most there may be, times the row's multiplier."""
    return float(shape.tokens.fn(tokens)) / limit * length_bonus


@reward("fact_rlhf.correctness", range=(-0.5, 1))
def symbolic(response: str, answer_type: int) -> float | Score:
    """1 for the right letter, ±½ for no and yes where no is right; what cannot be read is 0."""
    if answer_type in CHOICES:
        chosen = parse.choice(response, letters="ABCD")
        return _or_nothing(chosen.reason) if chosen.value is None else float(chosen.value == CHOICES[answer_type])
    if answer_type == NO:
        said = parse.yes_no(response)
        return _or_nothing(said.reason) if said.value is None else (-0.5 if said.value else 0.5)
    return 0.0


def _or_nothing(reason: str) -> Score:
    return Score(0.0, Status.MALFORMED, reason)


system = System(
    id="fact-rlhf",
    title="Aligning Large Multimodal Models with Factually Augmented RLHF",
    year=2023,
    url="https://arxiv.org/abs/2309.14525",
    about=__doc__,
    rewards={
        "total": total, "stopped": stopped, "correctness": correctness, "length": length,
        "mmhal": mmhal, "truthful": truthful, "pope": pope,
    },
    published=(
        Published(
            "MMHal-Bench, mean rating and share of hallucinations",
            "arXiv:2309.14525, from memory, not checked against the paper",
            ("model", "rating", "hallucinations"),
            (
                ("LLaVA-RLHF-13B", 2.53, 0.57), ("LLaVA-RLHF-7B", 2.05, 0.68), ("LLaVA-7B", 1.55, 0.76),
                ("InstructBLIP-13B", 2.14, 0.58), ("IDEFICS-80B", 2.05, 0.61),
            ),
        ),
    ),
)  # fmt: skip


ATTRIBUTES, CLAIMED, FALSE, FLIPPED = 10, 0.5, 0.35, 0.4
"""An answer claims half of ten attributes, a third of them falsely; the image shows two in five wrong."""
PAIRS, QUESTIONS, TRIES = 4000, 1000, 16
CENTRE = 1e-3
START, RATES = (0.0, 0.0, 2.0), np.array([0.1, 0.1, 20.0])
"""Of the weights and the bias, which no pair says anything about."""


class Answers(NamedTuple):
    """Claims about scenes, and what reward models see of them."""

    false: Floats
    """False claims of each answer."""
    claims: Floats
    """All its claims."""
    seen: Floats
    """Claims that agree with the image less those that do not."""
    facts: Floats
    """Claims that agree with the facts less those that do not."""

    def features(self, facts: bool) -> Floats:
        """[…, 3]: the number of claims, how many agree with what the model is shown, and 1."""
        return np.stack([self.claims, self.facts if facts else self.seen, np.ones_like(self.claims)], axis=-1)


@system.proof(claim="a reward model that sees the facts tells which answer has fewer false claims", seconds=5)
def sees_facts(seed: int) -> Measured:
    """Pairwise accuracy; the baseline is shown the image alone."""
    return Measured(_accuracy(seed, facts=True), at_least=0.99, baseline=_accuracy(seed, facts=False))


@system.proof(claim="best of 16 under facts makes hardly a false claim", seconds=5)
def best_is_true(seed: int) -> Measured:
    """False claims in the best of 16 answers; the baseline is the model that is shown the image."""
    facts, image = _best(seed, facts=True), _best(seed, facts=False)
    return Measured(float(facts.false.mean()), at_most=0.2, baseline=float(image.false.mean()))


@system.proof(claim="without facts the model is hacked by saying less, with them answers stay long", seconds=5)
def best_says_much(seed: int) -> Measured:
    """Claims in the best of 16 answers, of 5 in any answer; the baseline is the model that is shown the image."""
    facts, image = _best(seed, facts=True), _best(seed, facts=False)
    return Measured(float(facts.claims.mean()), at_least=3.7, baseline=float(image.claims.mean()))


@system.proof(claim="a small term on the mean score centres the scores", seconds=5)
def centred(seed: int) -> Measured:
    """|mean score|; the baseline is trained without the term. Fails where that costs half a percent of accuracy."""
    if _accuracy(seed, facts=False, centre=CENTRE) < _accuracy(seed, facts=False) - 0.005:
        raise RuntimeError("the term costs accuracy")
    features = _answers(seed, (2, PAIRS)).features(facts=False)
    means = [float((features @ _fitted(seed, facts=False, centre=c)).mean()) for c in (CENTRE, 0.0)]
    return Measured(abs(means[0]), at_most=0.1, baseline=abs(means[1]))


@system.proof(claim="the terms on length and stopping undo a reward model's taste for long answers", seconds=10)
def stays_short(seed: int) -> Measured:
    """Mean tokens of a policy trained on the total; the baseline is trained on the score alone."""
    return Measured(_tokens(total(), seed), at_most=150, baseline=_tokens(given.score(), seed))


@cache
def _answers(seed: int, shape: tuple[int, ...]) -> Answers:
    rng = np.random.default_rng([seed, *shape])
    claimed = rng.random((*shape, ATTRIBUTES)) < CLAIMED
    right = rng.random(claimed.shape) >= FALSE
    # All answers to one question are about one image: what it shows wrong is the same for them.
    shown = rng.random((1, *claimed.shape[1:])) >= FLIPPED
    agree = np.where(right == shown, 1, -1)
    return Answers(
        (claimed & ~right).sum(-1) * 1.0, claimed.sum(-1) * 1.0, (claimed * agree).sum(-1) * 1.0,
        (claimed * np.where(right, 1, -1)).sum(-1) * 1.0,
    )  # fmt: skip


@cache
def _fitted(seed: int, *, facts: bool, centre: float = 0.0) -> Floats:
    """A linear reward model: weights that minimise −log σ(gap of the pair) + centre · |mean of the pair's sum|."""
    pairs = _answers(seed + 1000, (2, PAIRS))
    features, better = pairs.features(facts), np.sign(pairs.false[1] - pairs.false[0])
    gap = ((features[0] - features[1]) * better[:, None])[better != 0]
    both = features.sum(axis=0).mean(axis=0)
    weights = np.array(START)
    for _ in range(400):
        wrong = 1 / (1 + np.exp(gap @ weights))
        weights += RATES * ((wrong[:, None] * gap).mean(axis=0) - centre * np.sign(both @ weights) * both)
    return weights


def _accuracy(seed: int, *, facts: bool, centre: float = 0.0) -> float:
    pairs = _answers(seed, (2, PAIRS))
    scores, gap = pairs.features(facts) @ _fitted(seed, facts=facts, centre=centre), pairs.false[1] - pairs.false[0]
    return float(np.mean(np.sign(scores[0] - scores[1])[gap != 0] == np.sign(gap[gap != 0])))


def _best(seed: int, *, facts: bool) -> Answers:
    """The answer of 16 to each question that the model scores highest."""
    tries = _answers(seed, (TRIES, QUESTIONS))
    best = (tries.features(facts) @ _fitted(seed, facts=facts)).argmax(axis=0)
    return Answers(*(column[best, np.arange(QUESTIONS)] for column in tries))


LENGTHS = np.array([50, 100, 200, 400, LIMIT])


def _tokens(reward: Reward, seed: int) -> float:
    """Mean length after GRPO of a policy that chooses one, scored by a model that likes long answers; at the limit
    an answer is cut off."""
    rng = np.random.default_rng(seed)
    policy = Softmax([1], len(LENGTHS))
    for _ in range(100):
        chosen = policy.draw(rng, np.zeros(64, dtype=np.intp))
        noise = rng.normal(0, 0.5, 64)
        rows = [
            {"tokens": n, "finished": n < LIMIT, "answer_type": 1, "response": "", "score": 4 * n / LIMIT + e}
            for n, e in zip(LENGTHS[chosen].tolist(), noise.tolist(), strict=True)
        ]
        policy.learn(chosen, group_relative(reward(rows).values), np.zeros(64, dtype=np.intp), rate=1.0)
    return float(policy.probabilities([0])[0] @ LENGTHS)
