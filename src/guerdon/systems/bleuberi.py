"""BLEU against a strong model's answers as the reward for following instructions (Chang et al. 2025).

BLEU with a few references agrees with people about as well as large reward models do, so it is
optimised itself, on the prompts whose answers score lowest. Text alone, but a pattern for any reward against
references.

Rows have `response` and `references`, a list of texts; with reasoning the answer stands in an answer block.
By default BLEU is sacrebleu's: a brevity penalty by the nearest reference, unigrams not smoothed, and with
`reasoning` exactly one answer block. `as_published=True` repeats the official code: BLEU as the library evaluate
has it with smoothing, where one short reference lets short answers pass, of several answer blocks the first,
ROUGE on ASCII letters, and a format of one line. BERTScore and the reward model wait for encoders and
models; a score that was computed elsewhere is read from the column `score`. The trainer waits too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from guerdon.compose import harmonic
from guerdon.normalise import group_normalise, zscore
from guerdon.reward import Reward
from guerdon.rules import answers, format, given, shape, text
from guerdon.sample import Row
from guerdon.systems import Measured, Published, System
from guerdon.systems import _bleuberi as published
from guerdon.world.policy import Indices, Softmax, group_relative

T = TypeVar("T")
Mask = NDArray[np.bool_]
Mode = Literal["hard", "medium", "easy", "random"]
TINY = 1e-6
"""What the official code adds to a standard deviation."""


def bleu(*, reasoning: bool = False, as_published: bool = False) -> Reward:
    """Sentence BLEU-4 against all references at once."""
    if as_published:
        return published.bleu()
    return text.bleu(within="answer" if reasoning else None).reading(answer="references")


def rouge_l(*, reasoning: bool = False, as_published: bool = False) -> Reward:
    """ROUGE-L F1 with the best reference."""
    if as_published:
        return published.rouge_l()
    return text.rouge_l(within="answer" if reasoning else None).reading(answer="references")


def bleu_rouge(*, reasoning: bool = False, as_published: bool = False) -> Reward:
    """Harmonic mean of BLEU and ROUGE-L."""
    settings = {"reasoning": reasoning, "as_published": as_published}
    return harmonic(bleu(**settings), rouge_l(**settings))


def bleu_model(*, model: Reward | None = None, reasoning: bool = False, as_published: bool = False) -> Reward:
    """Mean of the z-scores, within the prompt's group, of BLEU and of a reward model.

    The official code takes them over the whole batch; for that, give all rows one `group`.
    """
    learned = given.score().named("model") if model is None else model
    parts = bleu(reasoning=reasoning, as_published=as_published), learned
    return 0.5 * group_normalise(parts[0], eps=TINY) + 0.5 * group_normalise(parts[1], eps=TINY).named("learned")


def layout(*, as_published: bool = False) -> Reward:
    """1 for a think block and an answer block; as published only on one line."""
    return published.layout() if as_published else format.tags()


def select(samples: Sequence[T], scores: Sequence[float], *, n: int, mode: Mode = "hard", seed: int = 42) -> list[T]:
    """The n samples to train on: those whose answers score lowest, highest, about the median, or any.

    `scores[i]` is what the answer of the model to be trained earned on sample i; equal scores keep their order.
    Raises ValueError for lengths that disagree, or an unknown mode.

    >>> select(["known", "open", "hard"], [0.9, 0.5, 0.1], n=1)
    ['hard']
    """
    if len(samples) != len(scores):
        raise ValueError(f"{len(scores)} scores for {len(samples)} samples")
    if mode == "random":
        order = np.random.default_rng(seed).permutation(len(samples))
    elif mode in ("hard", "medium", "easy"):
        order = np.argsort(np.asarray(scores) * (-1 if mode == "easy" else 1), kind="stable")
    else:
        raise ValueError(f"mode={mode!r}: write hard, medium, easy or random")
    start = max(0, len(samples) - n) // 2 if mode == "medium" else 0
    return [samples[i] for i in order[start : start + n].tolist()]


def agreement(reward: Reward, first: Sequence[Row], second: Sequence[Row], votes: Sequence[int]) -> float:
    """Share of pairs on which the reward says what people said, a tie being a third answer, 0–1.

    Votes are 1 for the first response, −1 for the second, 0 for a tie. A pair that the reward has no value for
    counts as a disagreement.
    """
    verdicts = reward.compare(first, second)
    said = np.sign(verdicts.p_first - 0.5)
    return float((said == np.asarray(votes)).mean())


system = System(
    id="bleuberi",
    title="BLEUBERI: BLEU is a surprisingly effective reward for instruction following",
    year=2025,
    url="https://arxiv.org/abs/2505.11080",
    about=__doc__,
    rewards={
        "bleu": bleu, "rouge_l": rouge_l, "bleu_rouge": bleu_rouge, "bleu_model": bleu_model, "format": layout,
    },
    published=(
        Published(
            "Smoothed BLEU against “The capital of France is Paris, and it lies on the Seine.”",
            "computed with the official code",
            ("response", "BLEU"),
            (("the same", 1.0), ("in lower case", 0.4656), ("twice", 0.4896), ("Paris", 2.3e-6)),
        ),
    ),
)  # fmt: skip


ITEMS, FACTS, PAIRS_EACH = 80, 6, 8
WORTH = {"dropped": -1.0, "wrong": -2.0, "padded": -0.25}
"""Of a fact left out, a fact made up, and a sentence that says nothing: what stands in for people's votes."""
NOISE = 4.0
"""Standard deviation of what the reward model adds to an answer's worth; that of the worth itself is about 2."""
NAMES = ("Oslo", "Quito", "Perth", "Lagos", "Turin", "Osaka")
ASPECTS = ("climate", "harbour", "old town", "main export", "best season", "local dish", "oldest bridge", "airport")
VALUES = ("mild", "busy", "tiny", "coffee", "autumn", "fish stew", "stone", "modern", "wool", "crowded", "spring")
WORDINGS = ("The {a} of {n} is {v}.", "In {n} the {a} is {v}.", "Its {a} is {v}.", "People say the {a} is {v}.")
FILLERS = ("That is a very good question.", "There is a lot to say about this.", "I hope this helps you a lot.")


class Pairs(NamedTuple):
    """Two answers to one question each, and which one is worth more."""

    first: list[Row]
    second: list[Row]
    votes: list[int]


@system.proof(claim="BLEU tells which answer has fewer faults, more often than length does", seconds=6)
def tells_faults(seed: int) -> Measured:
    """Three-way agreement with one reference; the baseline is the best of longer wins, shorter wins and chance."""
    pairs = _pairs(seed, references=1)
    length = max(1 / 3, *(agreement(sign * shape.chars(), *pairs) for sign in (1.0, -1.0)))
    return Measured(agreement(bleu(), *pairs), at_least=length + 0.05, baseline=length)


@system.proof(claim="more references do not lower the agreement", seconds=8)
def more_references(seed: int) -> Measured:
    """Agreement with five references; the baseline and bar is that with one."""
    one = agreement(bleu(), *_pairs(seed, references=1))
    return Measured(agreement(bleu(), *_pairs(seed, references=5)), at_least=one, baseline=one)


@system.proof(claim="BLEU and a noisy reward model together tell it more often than either", seconds=6)
def together(seed: int) -> Measured:
    """Agreement of the sum of z-scores; the baseline and bar is the better of the two."""
    pairs = _pairs(seed, references=1)
    model = given.score().named("model")
    rows = [*pairs.first, *pairs.second]
    both = 0.5 * zscore(bleu()).fit(rows) + 0.5 * zscore(model).fit(rows).named("learned")
    alone = max(agreement(reward, *pairs) for reward in (bleu(), model))
    return Measured(agreement(both, *pairs), at_least=alone, baseline=alone)


@system.proof(claim="a policy rewarded by BLEU learns sentences that an exact-match reward never finds", seconds=25)
def learns_sentences(seed: int) -> Measured:
    """Share of exact sentences after training; the baseline is trained on exact match."""
    exact = answers.exact(within=None).reading(answer="references")
    return Measured(_learned(bleu(), seed), at_least=0.6, baseline=_learned(exact, seed))


@cache
def _pairs(seed: int, references: int) -> Pairs:
    rng = np.random.default_rng(seed)
    pairs = Pairs([], [], [])
    for _ in range(ITEMS):
        name, facts = str(rng.choice(NAMES)), _facts(rng)
        truths = [_told(rng, name, facts) for _ in range(5)][:references]
        made = [_answer(rng, name, facts) for _ in range(PAIRS_EACH + 1)]
        rows = [{"response": said, "references": truths, "score": worth + rng.normal(0, NOISE)} for said, worth in made]
        for (a, (_, worth_a)), (b, (_, worth_b)) in pairwise(zip(rows, made, strict=True)):
            pairs.first.append(a)
            pairs.second.append(b)
            pairs.votes.append(int(np.sign(worth_a - worth_b)))
    return pairs


def _facts(rng: np.random.Generator) -> dict[str, str]:
    aspects = rng.choice(ASPECTS, FACTS, replace=False).tolist()
    return dict(zip(aspects, rng.choice(VALUES, FACTS, replace=False).tolist(), strict=True))


def _told(rng: np.random.Generator, name: str, facts: dict[str, str]) -> str:
    return " ".join(str(rng.choice(WORDINGS)).format(n=name, a=a, v=v) for a, v in facts.items())


def _answer(rng: np.random.Generator, name: str, facts: dict[str, str]) -> tuple[str, float]:
    """An answer with faults, and its worth."""
    said, worth = dict(facts), 0.0
    for aspect in facts:
        fault = rng.choice(["none", "dropped", "wrong"], p=[0.6, 0.2, 0.2])
        if fault == "dropped":
            del said[aspect]
        elif fault == "wrong":
            said[aspect] = str(rng.choice([v for v in VALUES if v != facts[aspect]]))
        worth += WORTH.get(str(fault), 0.0)
    padding = rng.choice(FILLERS, int(rng.integers(0, 4))).tolist()
    return " ".join([*padding, _told(rng, name, said)]), worth + WORTH["padded"] * len(padding)


TARGETS = (
    "a red cat sleeps on this mat", "two old men walk near that river", "five birds sang above us today",
    "she found no keys under it", "heavy rain fell there all night",
)  # fmt: skip
STEPS, GROUP, RATE = 100, 16, 25.0
HEAD_START = 3.0
"""Logit of every right next word before training: a whole sentence comes out right once in a few thousand tries."""


def _learned(reward: Reward, seed: int) -> float:
    """Share of exact sentences in the last 20 steps of GRPO of a policy of bigrams, one table a prompt."""
    rng = np.random.default_rng(seed)
    words = ["", *sorted({word for target in TARGETS for word in target.split()})]
    policy = _beginner(words)
    prompts = np.repeat(np.arange(len(TARGETS)), GROUP)
    exact = []
    for _ in range(STEPS):
        contexts, chosen, written = _written(rng, policy, prompts, len(words))
        said = [" ".join(words[w] for w in row if w) for row in np.where(written, chosen, 0).tolist()]
        truths = [TARGETS[p] for p in prompts.tolist()]
        rows = [{"response": text, "references": [truth]} for text, truth in zip(said, truths, strict=True)]
        advantages = group_relative(reward(rows).values.reshape(len(TARGETS), GROUP)).ravel()
        shared = np.broadcast_to(advantages[:, None], chosen.shape)
        policy.learn(chosen[written], shared[written], contexts[written], rate=RATE)
        exact.append(np.mean(np.array(said) == np.array(truths)))
    return float(np.mean(exact[-20:]))


def _beginner(words: list[str]) -> Softmax:
    """The word after a word, for each prompt; word 0 stands at the beginning and the end of a sentence."""
    policy = Softmax([len(TARGETS) * len(words)], len(words))
    for p, target in enumerate(TARGETS):
        for a, b in pairwise(["", *target.split(), ""]):
            policy.tables[0][p * len(words) + words.index(a), words.index(b)] = HEAD_START
    return policy


def _written(rng: np.random.Generator, policy: Softmax, prompts: Indices, v: int) -> tuple[Indices, Indices, Mask]:
    """Contexts, words chosen in them, and which of these belong to a sentence, its end included, [m, length]."""
    contexts, chosen = [], [np.zeros_like(prompts)]
    for _ in range(max(len(target.split()) for target in TARGETS) + 1):
        contexts.append(prompts * v + chosen[-1])
        chosen.append(policy.draw(rng, contexts[-1]))
    ended = np.cumsum(np.stack(chosen[1:], axis=1) == 0, axis=1)
    before = np.hstack([np.zeros_like(ended[:, :1]), ended[:, :-1]])
    return np.stack(contexts, axis=1), np.stack(chosen[1:], axis=1), before == 0
