"""Video questions with several right options: partial credit, and inverted questions to have more of them.

A choice that names only true options earns their share, and 0 as soon as one is false, so that fewer groups
of answers all earn the same (Dang et al. 2025). Naming one sure option is then a safe half of two:
`curriculum` asks for all of them from a step on. A question with one right option becomes one with
several by asking for its opposite (`invert_question`). Weights of tokens belong to the objective.

Rows have `response` and `answer`, letters such as "A,C". By default letters are read in any form that names
them. `as_published=True` repeats the official code: "a", "(A)", "AB" and "A，B" are wrong, and a number is an
option like any other. Before that, the official code asks math-verify whether the two whole texts are equal,
which never holds for letters: `best(answer.math(within=None), soft(as_published=True))`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from statistics import fmean
from typing import NamedTuple

import numpy as np

from guerdon.branch import schedule
from guerdon.reward import Reward
from guerdon.rules import answers, format
from guerdon.sample import Row
from guerdon.systems import Measured, Published, System
from guerdon.systems import _tw_grpo as published
from guerdon.world.policy import Softmax, group_relative

LETTERS = "ABCDEFGH"
NEGATED = {
    "did": "didn't", "does": "doesn't", "do": "don't", "is": "isn't", "are": "aren't", "was": "wasn't",
    "were": "weren't", "will": "won't", "would": "wouldn't", "can": "can't", "could": "couldn't",
    "happened": "didn't happen", "happens": "doesn't happen",
}  # fmt: skip
"""Words that a question is negated by, as its first or second."""


def soft(*, as_published: bool = False) -> Reward:
    """Share of the true options named, 0 if a false one is among them."""
    return published.accuracy() if as_published else answers.choices(credit="subset")


def strict(*, as_published: bool = False) -> Reward:
    """1 for all true options and no other."""
    return published.accuracy(credit="exact") if as_published else answers.choices()


def curriculum(*, at: int = 250) -> Reward:
    """`soft`, and `strict` from training step `at` on, so that a part of the answer stops paying."""
    return schedule(soft(), strict(), at=(0, at))


def tags(*, as_published: bool = False) -> Reward:
    """1 for a thought and an answer."""
    return published.layout() if as_published else format.tags()


def total(*, as_published: bool = False) -> Reward:
    """`soft` + format, what the paper trains with."""
    return soft(as_published=as_published) + tags(as_published=as_published)


class Question(NamedTuple):
    """A multiple-choice question."""

    text: str
    options: tuple[str, ...]
    """Their texts, without letters."""
    answer: frozenset[str]
    """The letters of the right ones."""


def invert_question(question: Question, rng: np.random.Generator) -> Question | None:
    """The opposite question: one or more of the wrong options, now right, and the right one, now wrong, shuffled.

    How many wrong ones stay is uniform. None for a question that `negated` cannot negate, since its answer
    would be wrong, or that has not one right option and a wrong one.

    >>> asked = Question("What did he do?", ("Run", "Sit"), frozenset("B"))
    >>> inverted = invert_question(asked, np.random.default_rng(0))
    >>> inverted.text, [inverted.options[LETTERS.index(letter)] for letter in inverted.answer]
    ("what didn't he do?", ['Run'])
    """
    text = negated(question.text)
    right = [LETTERS.index(letter) for letter in question.answer]
    wrong = [i for i in range(len(question.options)) if i not in right]
    if text is None or len(right) != 1 or not wrong:
        return None
    kept = rng.choice(wrong, size=rng.integers(1, len(wrong) + 1), replace=False)
    order = rng.permutation([*right, *kept]).tolist()
    answer = frozenset(LETTERS[place] for place, i in enumerate(order) if i not in right)
    return Question(text, tuple(question.options[i] for i in order), answer)


def negated(question: str) -> str | None:
    """The question in lower case with its first or second word negated; None if neither can be.

    >>> negated("Why did he leave?"), negated("Why?")
    ("why didn't he leave?", None)
    """
    words = question.lower().split()
    for i, word in enumerate(words[:2]):
        if word in NEGATED:
            return " ".join([*words[:i], NEGATED[word], *words[i + 1 :]])
    return None


system = System(
    id="tw-grpo",
    title="Reinforcing Video Reasoning with Focused Thinking",
    year=2025,
    url="https://arxiv.org/abs/2505.24718",
    about=__doc__,
    rewards={"soft": soft, "strict": strict, "curriculum": curriculum, "format": tags, "total": total},
    published=(
        Published(
            "Qwen2.5-VL-7B trained with TW-GRPO on CLEVRER counterfactuals: accuracy, %",
            "arXiv:2505.24718; NExT-GQA from the released logs",
            ("CLEVRER", "MMVU", "MVBench", "TempCompass", "Video-MME", "NExT-GQA"),
            ((50.4, 65.8, 63.3, 73.3, 55.1, 76.1),),
        ),
    ),
)  # fmt: skip


GROUP, OPTIONS = 8, 4


@system.proof(claim="partial credit leaves fewer groups in which every answer earns the same", seconds=5)
def fewer_silent_groups(seed: int) -> Measured:
    """Exact chance of such a group of 8 for a uniform policy over the choices of 4 options, averaged over true
    answers of two or more; the baseline is that of the strict reward. No chance is involved: seeds agree."""
    golds = [gold for gold in _choices(OPTIONS) if len(gold) > 1]
    measured, baseline = (fmean(_silent(reward, gold, OPTIONS) for gold in golds) for reward in (soft(), strict()))
    return Measured(measured, at_most=0.1, baseline=baseline)


@system.proof(claim="so do inverted questions, with partial credit", seconds=5)
def inverted_questions(seed: int) -> Measured:
    """The same chance over 200 inverted questions; the baseline is that of the questions as they were."""
    rng = np.random.default_rng(seed)
    asked = Question("What did he do?", tuple("wxyz"), frozenset("A"))
    inverted = [one for one in (invert_question(asked, rng) for _ in range(200)) if one is not None]
    kinds = Counter(("".join(sorted(one.answer)), len(one.options)) for one in inverted)
    measured = sum(n * _silent(soft(), *kind) for kind, n in kinds.items()) / len(inverted)
    return Measured(measured, at_most=0.1, baseline=_silent(soft(), "A", OPTIONS))


@system.proof(claim="partial credit teaches to name one sure option of two", seconds=15)
def soft_hedges(seed: int) -> Measured:
    """Probability of naming both options after training, half before; the baseline is trained with `curriculum`."""
    return Measured(_named_both("soft", seed), at_most=0.1, baseline=_named_both("curriculum", seed))


@system.proof(claim="asking for all of them after a third of the training cures that", seconds=15)
def curriculum_cures(seed: int) -> Measured:
    """The same two runs, the other way round."""
    return Measured(_named_both("curriculum", seed), at_least=0.9, baseline=_named_both("soft", seed))


STEPS, PROMPTS, RATE = 150, 16, 2.0
SURE, UNSURE = 0.95, 0.45
"""How often the policy's first and second option are true: naming the second as well earns less than half."""


def _choices(options: int) -> list[str]:
    """Every choice of one or more of the first options."""
    letters = LETTERS[:options]
    return ["".join(some) for size in range(1, options + 1) for some in combinations(letters, size)]


def _silent(reward: Reward, gold: str, options: int) -> float:
    """The chance that a group's rewards are all equal under a uniform policy."""
    values = reward([_row(choice, gold) for choice in _choices(options)]).values.tolist()
    return sum((n / len(values)) ** GROUP for n in Counter(values).values())


@cache
def _named_both(teacher: str, seed: int) -> float:
    """GRPO of a policy that names its first option, or both."""
    reward = soft() if teacher == "soft" else curriculum(at=STEPS // 3)
    rng = np.random.default_rng(seed)
    policy = Softmax([1], 2)
    context = np.zeros(PROMPTS * GROUP, dtype=np.intp)
    for step in range(STEPS):
        both = policy.draw(rng, context)
        true = rng.random((PROMPTS, 2)) < (SURE, UNSURE)
        golds = np.repeat(["".join("AB"[i] if hit else "CD"[i] for i, hit in enumerate(hits)) for hits in true], GROUP)
        rows = [{**_row("AB"[: 1 + n], gold), "step": step} for n, gold in zip(both, golds, strict=True)]
        advantages = group_relative(reward(rows).values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(both, advantages, context, rate=RATE)
    return float(policy.probabilities([0])[0, 1])


def _row(choice: Sequence[str], gold: Sequence[str]) -> Row:
    return {"response": f"<think>So.</think><answer>{','.join(choice)}</answer>", "answer": ",".join(gold)}
