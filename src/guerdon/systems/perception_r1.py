r"""Paying for what was seen: a judge ticks off the facts of a figure that a response states (Xiao et al. 2025).

Rewards for right answers alone leave perception where it was. So the facts that one can see in a figure are
written down once, a judge that reads text only says which of them the response states, and the share is paid:
0.9 · accuracy + 0.1 · format + 0.7 · visual + 2 · repetition.

Rows have `response`, `answer`, `visual_key_info`, the facts (a list, or a text of `<infoK>` blocks), and `verdicts`,
the judge's reply or a list; `judge=` asks a callable for it. A row without facts has no total. The judge looks for
presence alone, so a response may state every possibility: `contradicted` is the share of facts that it states otherwise
(column `contradictions`, or `checker=`), and `total(contradictions=True)` takes that off again.

As published verdicts that the judge leaves out are not counted, NaN is 1, two complete answers have the format, and
a true answer without a number is never met.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from guerdon import parse
from guerdon.leaf import reward
from guerdon.reward import Reward
from guerdon.rules import checklist, maths, shape
from guerdon.rules.asked import Ask, asking
from guerdon.sample import Row
from guerdon.systems import Measured, Published, System
from guerdon.systems import _perception_r1 as published
from guerdon.world.policy import Softmax, group_relative


def total(
    *,
    judge: Ask | None = None,
    checker: Ask | None = None,
    contradictions: bool = False,
    as_published: bool = False,
) -> Reward:
    """0.9 · accuracy + 0.1 · format + 0.7 · visual + 2 · repetition, less 0.7 · contradicted if `contradictions`."""
    seen = visual(judge=judge, as_published=as_published)
    parts = 0.9 * accuracy(as_published=as_published) + 0.1 * template(as_published=as_published) + 0.7 * seen
    parts = parts + 2.0 * repetition()
    return parts - 0.7 * contradicted(checker=checker) if contradictions or checker else parts


def accuracy(*, as_published: bool = False) -> Reward:
    """1 if the answer equals the true one as mathematics."""
    return published.accuracy() if as_published else maths.math()


def template(*, as_published: bool = False) -> Reward:
    """1 for a thought and an answer in a box."""
    return published.layout() if as_published else boxed_answer()


def visual(*, judge: Ask | None = None, as_published: bool = False) -> Reward:
    """Share of the facts that the judge found in the response."""
    seen = published.visual() if as_published else checklist.coverage().reading(facts="visual_key_info")
    return asking(seen, verdicts=judge).named("visual") if judge else seen.named("visual")


def contradicted(*, checker: Ask | None = None) -> Reward:
    """Share of the facts that the response contradicts, by somebody who checks that."""
    share = checklist.coverage().reading(facts="visual_key_info", verdicts="contradictions")
    return asking(share, contradictions=checker).named("contradicted") if checker else share.named("contradicted")


def repetition() -> Reward:
    """Minus the share of word 20-grams that repeat an earlier one."""
    return shape.repeated_ngrams(n=20)


@reward("perception_r1.template", range=(0, 1), binary=True)
def boxed_answer(response: str) -> float:
    r"""1 for a think block, an answer block with one \boxed that is not empty, and nothing else; else 0."""
    blocks = parse.layout(response, "think answer").value
    return float(blocks is not None and bool(parse.boxed(blocks[1], which="only").value))


system = System(
    id="perception-r1",
    title="Advancing Multimodal Reasoning Capabilities of MLLMs via Visual Perception Reward",
    year=2025,
    url="https://arxiv.org/abs/2506.07218",
    about=__doc__,
    rewards={
        "total": total, "accuracy": accuracy, "format": template, "visual": visual, "contradicted": contradicted,
        "repetition": repetition,
    },
    published=(
        Published(
            "Perception-R1-7B, trained on 1,442 samples: accuracy, %",
            "arXiv:2506.07218, from memory, not checked against the paper",
            ("MathVista", "MathVerse", "MathVision", "WeMath"),
            ((74.2, 54.3, 28.6, 72.0),),
        ),
        Published(
            "Items whose perception got worse and better, and McNemar's exact p (guerdon.metrics.stats.mcnemar)",
            "arXiv:2506.07218",
            ("comparison", "worse", "better", "p"),
            (("accuracy only", 1, 5, 0.22), ("accuracy only, another", 2, 4, 0.69), ("Perception-R1", 2, 10, 0.04)),
        ),
    ),
)  # fmt: skip


STEPS, PROMPTS, GROUP, FACTS, RATE = 80, 8, 8, 4, 1.0
SEES = 0.95
"""How often a fact that is looked at is read right."""
NOISE = 0.05
"""How often a judge errs on a fact."""
OMIT, SAY, SAY_ALL = range(3)
Teacher = Literal["accuracy", "presence", "contradiction"]


class Learnt(NamedTuple):
    """A policy after training. Each a probability."""

    right: float
    """Of answering right; 0.5 before."""
    recall: float
    """Of a fact being stated; 0.65 before."""
    false: float
    """Of something false being stated about it; 0.35 before."""


@system.proof(claim="the visual reward teaches to state what can be seen; accuracy alone does not", seconds=20)
def perception(seed: int) -> Measured:
    """Share of facts stated after training; the baseline is trained on accuracy and format alone."""
    return Measured(_learn("presence", seed).recall, at_least=0.9, baseline=_learn("accuracy", seed).recall)


@system.proof(claim="though accuracy alone does teach to answer right", seconds=5)
def accuracy_saturates(seed: int) -> Measured:
    """Probability of the right answer; the baseline is that before training."""
    return Measured(_learn("accuracy", seed).right, at_least=0.95, baseline=0.5)


@system.proof(claim="a judge that looks for presence pays for stating every possibility", seconds=15)
def stating_everything(seed: int) -> Measured:
    """Share of facts of which something false is stated; the baseline is trained with contradictions taken off."""
    return Measured(_learn("presence", seed).false, at_least=0.9, baseline=_learn("contradiction", seed).false)


@system.proof(claim="taking contradictions off cures that", seconds=15)
def contradictions_cure(seed: int) -> Measured:
    """The same figure the other way round."""
    return Measured(_learn("contradiction", seed).false, at_most=0.1, baseline=_learn("presence", seed).false)


@system.proof(claim="and still teaches to state what can be seen", seconds=5)
def perception_kept(seed: int) -> Measured:
    """Share of facts stated; the baseline is trained on accuracy and format alone."""
    return Measured(_learn("contradiction", seed).recall, at_least=0.9, baseline=_learn("accuracy", seed).recall)


@cache
def _learn(teacher: Teacher, seed: int) -> Learnt:
    """GRPO of what to say of each fact (nothing, what is seen, both possibilities) and of the answer."""
    rng = np.random.default_rng(seed)
    teach = _teacher(teacher, rng)
    saying, answering = Softmax([1], 3), Softmax([1], 2)
    n = PROMPTS * GROUP
    for _ in range(STEPS):
        said = saying.draw(rng, np.zeros(n * FACTS, dtype=np.intp))
        right = answering.draw(rng, np.zeros(n, dtype=np.intp))
        seen = rng.random(n * FACTS) < SEES
        rows = [
            _row(say, look, ok)
            for say, look, ok in zip(
                said.reshape(n, FACTS).tolist(), seen.reshape(n, FACTS).tolist(), right.tolist(), strict=True
            )
        ]
        gains = group_relative(teach(rows).values.reshape(PROMPTS, GROUP)).ravel()
        saying.learn(said, np.repeat(gains, FACTS), np.zeros(n * FACTS, dtype=np.intp), rate=RATE * FACTS)
        answering.learn(right, gains, np.zeros(n, dtype=np.intp), rate=RATE)
    say, say_all = saying.probabilities([0])[0, [SAY, SAY_ALL]].tolist()
    return Learnt(float(answering.probabilities([0])[0, 1]), SEES * say + say_all, (1 - SEES) * say + say_all)


def _teacher(teacher: Teacher, rng: np.random.Generator) -> Reward:
    if teacher == "accuracy":
        return 0.9 * accuracy() + 0.1 * template()
    judge, checker = _Judge("visual_key_info", rng), _Judge("otherwise", rng)
    return total(judge=judge) if teacher == "presence" else total(judge=judge, checker=checker)


class _Judge:
    """Stands in for a judge: looks each statement of a column up in the response, and errs at times."""

    def __init__(self, column: str, rng: np.random.Generator):
        self.column, self.rng = column, rng

    def __call__(self, row: Row) -> str:
        errs = (self.rng.random(FACTS) < NOISE).tolist()
        found = [(fact in row["response"]) != err for fact, err in zip(row[self.column], errs, strict=True)]
        return "".join(f"<info{k}>{int(one)}</info{k}>" for k, one in enumerate(found, 1))


def _row(said: Sequence[int], seen: Sequence[bool], right: int) -> Row:
    """A figure with four sides, each 3 long and each easily taken for 8."""
    true, false = [[f"side {name} is {length} long" for name in "ABCD"] for length in (3, 8)]
    stated = [
        fact
        for say, look, a, b in zip(said, seen, true, false, strict=True)
        for fact in {OMIT: (), SAY: (a if look else b,), SAY_ALL: (a, b)}[say]
    ]
    thought = "; ".join(stated) or "Let me think."
    return {
        "response": f"<think>\n{thought}\n</think>\n<answer>\n\\boxed{{{12 if right else 7}}}\n</answer>",
        "answer": "12", "visual_key_info": true, "otherwise": false,
    }  # fmt: skip
