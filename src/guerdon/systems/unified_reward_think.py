"""A judge of pictures, videos and answers that thinks first: UnifiedReward-Think (Wang et al. 2025).

It scores two candidates in several dimensions, adds the scores up and says which is better: `<think>` with the sheet,
`<answer>Image 1 is better</answer>`. It learns from a few chains of a larger model, then from its own right ones, and
by GRPO on what it still gets wrong: `guerdon.use.curate.split_by_correctness` parts the two. The reward is accuracy
plus format. Its benchmarks are `vl-rewardbench`, `genai-bench-image`, `genai-bench-video` and `videogen-rewardbench`
(`guerdon bench`); their official figures count its sentence wherever it stands, in thoughts too.

Rows have `response` and `solution`, such as "Image 1 is better". By default the one answer block is read for its
verdict, whatever its case and noun, and nothing may stand around the two blocks. `as_published=True` takes the first
answer block, or the whole text, to the letter, so that "Video 1 is better." is wrong; and lets text follow.
`consistency`, which the paper does not have, checks the sheet: terms are the scores, sums are right, and the verdict is
that of the totals. An empty thought passes without it.

In the proofs a judge has one habit of saying things, most of which are no verdict, and an opinion on each of sixty
kinds of pairs, often the wrong one. All ways of training ask it for as many answers.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.leaf import reward
from guerdon.parse.result import Parsed
from guerdon.parse.sheets import score_sheet
from guerdon.parse.tags import tag
from guerdon.parse.verdicts import TIE, verdict
from guerdon.reward import Reward
from guerdon.rules import format as formats
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _unified_reward_think as published
from guerdon.use.curate import split_by_correctness
from guerdon.world.policy import Indices, Softmax, group_relative

NAMES = ("1", "2")


def total(*, checked: bool = False, as_published: bool = False) -> Reward:
    """Accuracy + format, 0–2; with `checked` also the consistency of the sheet, 0–3."""
    both = accuracy(as_published=as_published) + layout(as_published=as_published)
    return both + consistency() if checked else both


def accuracy(*, as_published: bool = False) -> Reward:
    """1 if the verdict is that of the solution, else 0."""
    return published.accuracy() if as_published else right()


def layout(*, as_published: bool = False) -> Reward:
    """1 for a thought and an answer, else 0; as published, text may follow them, and further answers."""
    return formats.tags(match="start", duplicates=True) if as_published else formats.tags()


@reward("unified_reward_think.accuracy", range=(0, 1), binary=True)
def right(response: str, solution: str) -> float | Score:
    """1 if the one answer block says that the candidate is better which the solution names, else 0."""
    true = verdict(solution, names=NAMES)
    if true.value is None:
        return Score.inapplicable(f"the solution cannot be read: {true.reason}")
    said = _said(response)
    return Score.malformed(said.reason) if said.value is None else float(said.value == true.value)


@reward("unified_reward_think.consistency", range=(0, 1), binary=True)
def consistency(response: str) -> float | Score:
    """1 if each total adds up the scores of all dimensions and the verdict is that of the totals, else 0.

    Of equal totals either is. A response without a sheet or a verdict is malformed.
    """
    sheet, said = score_sheet(response), _said(response)
    if sheet.value is None or said.value is None:
        return Score.malformed(sheet.reason or said.reason)
    leads = sheet.value.leader is None or said.value == str(sheet.value.leader)
    return float(sheet.value.complete and sheet.value.adds_up and leads and said.value != TIE)


def _said(response: str) -> Parsed[str]:
    found = tag(response, "answer")
    return found if found.value is None else verdict(found.value, names=NAMES)


system = System(
    id="unified-reward-think",
    title="Unified Multimodal Chain-of-Thought Reward Model through Reinforcement Fine-Tuning",
    year=2025,
    url="https://arxiv.org/abs/2505.03318",
    about=__doc__,
    rewards={"total": total, "accuracy": accuracy, "format": layout, "consistency": consistency},
    published=(
        Published(
            "VL-RewardBench, %; overall pools groups of 631, 301 and 318 items, not the official 183, 749 and 318",
            "arXiv:2505.03318, from memory, not checked against the paper",
            ("model", "general", "hallucination", "reasoning", "overall", "macro"),
            (("UnifiedReward", 76.5, 58.1, 65.1, 67.5, 66.6), ("UnifiedReward-Think", 78.1, 72.7, 66.0, 73.8, 72.3)),
        ),
        Published(
            "Accuracy without ties, %", "arXiv:2505.03318, from memory, not checked against the paper",
            ("model", "GenAI-Bench image", "GenAI-Bench video", "VideoGen-RewardBench"),
            (("UnifiedReward-Think", 72.5, 82.3, 80.5),),
        ),
    ),
)  # fmt: skip


KINDS, KNOWN = 60, 20
"""Kinds of pairs, and how many of them the larger model has shown."""
MISLED = 2.0
"""Spread of the log-odds for the wrong candidate that kinds begin with."""
FORMS = [
    "<think>{0} is sharper.</think>\n<answer>Image {0} is better</answer>", "<answer>Image {0} is better</answer>",
    "Image {0} is better", "<think>{0} is sharper.</think> Image {0}",
    *(f"Image {{0}} has {k} flaws" for k in range(20)),
]  # fmt: skip
"""What is said of the candidate that is held to be better; the first is right."""
GROUP, ROUNDS, RATE, IMITATE = 8, 20, 2.0, 40
"""Answers to a pair, how often all pairs could be asked, and steps of learning from given answers."""


class Judge:
    """A habit of saying things, and an opinion on every kind of pair: the right candidate, or the wrong one."""

    def __init__(self, misled: Floats):
        self.habit, self.opinion = Softmax([1], len(FORMS)), Softmax([KINDS], 2)
        self.opinion.tables[0][:, 1] = misled

    def copy(self) -> Judge:
        """One that goes its own way from here."""
        made = Judge(np.zeros(KINDS))
        for mine, its in ((self.habit, made.habit), (self.opinion, made.opinion)):
            its.tables = [table.copy() for table in mine.tables]
        return made

    def answers(self, rng: np.random.Generator, kinds: Indices) -> Indices:
        """Form and candidate (0 is right) of an answer to each, [2, n]."""
        return np.stack([self.habit.draw(rng, np.zeros_like(kinds)), self.opinion.draw(rng, kinds)])

    def learn(self, said: Indices, advantages: Floats, kinds: Indices, share: float = 1.0) -> None:
        """One step; `share` is how many answers there are, of all that a round may have."""
        self.habit.learn(said[0], advantages, np.zeros_like(kinds), rate=RATE * share)
        self.opinion.learn(said[1], advantages, kinds, rate=RATE * share * KINDS / 10)

    def right(self) -> float:
        """Chance of the right candidate in the right form, mean over kinds."""
        opinion = self.opinion.probabilities(np.arange(KINDS))[:, 0]
        return float(self.habit.probabilities([0])[0, 0] * opinion.mean())


class Trained(NamedTuple):
    """Chance of a right answer after each way of training, and what there was to learn."""

    imitation: float
    """Cold start and own right answers: once, or as often as the others ask, whichever is better."""
    scratch: float
    """GRPO on all pairs, without a cold start."""
    everything: float
    """GRPO on all pairs after the cold start."""
    routed: float
    """Cold start, own right answers once, then GRPO on the pairs that were answered wrongly."""
    teaching: float
    """Share of groups whose answers earn different rewards, of the pairs sent to GRPO."""
    idle: float
    """The same of those kept."""


@system.proof(claim="GRPO on what is still wrong ends above learning from right answers alone", seconds=5)
def above_imitation(seed: int) -> Measured:
    """Chance of a right answer; the baseline has asked as often."""
    found = _trained(seed)
    return Measured(found.routed, at_least=found.imitation + 0.1, baseline=found.imitation)


@system.proof(claim="and above GRPO from scratch", seconds=1)
def above_scratch(seed: int) -> Measured:
    """The same; the baseline has asked as often."""
    found = _trained(seed)
    return Measured(found.routed, at_least=found.scratch + 0.1, baseline=found.scratch)


@system.proof(claim="and above GRPO on all pairs, solved ones too", seconds=1)
def above_everything(seed: int) -> Measured:
    """The same; the baseline has had the cold start, and has asked as often."""
    found = _trained(seed)
    return Measured(found.routed, at_least=found.everything + 0.03, baseline=found.everything)


@system.proof(claim="for most answers to what is solved are equally right, and teach nothing", seconds=1)
def solved_teaches_little(seed: int) -> Measured:
    """Share of groups with an advantage, of pairs sent to GRPO; the baseline is that of those kept."""
    found = _trained(seed)
    return Measured(found.teaching, at_least=2 * found.idle, baseline=found.idle)


@cache
def _trained(seed: int) -> Trained:
    rng = np.random.default_rng(seed)
    truth, misled, everything = rng.integers(0, 2, KINDS), rng.normal(0, MISLED, KINDS), np.arange(KINDS)
    worth, budget = _worth(truth), ROUNDS * KINDS * GROUP
    start, scratch = Judge(misled), Judge(misled)
    _imitate(start, np.zeros((2, KNOWN), np.intp), everything[:KNOWN])
    often, whole, routed = start.copy(), start.copy(), start.copy()
    for judge, relative in ((often, False), (whole, True), (scratch, True)):
        _ask(rng, judge, worth, everything, budget, relative=relative)
    kept, sent = _own(rng, routed, truth)
    once = routed.right()
    teaching, idle = (_teaching(rng, routed, worth, kinds) for kinds in (sent, kept))
    _ask(rng, routed, worth, sent, budget - KINDS, relative=True)
    return Trained(max(once, often.right()), scratch.right(), whole.right(), routed.right(), teaching, idle)


def _worth(truth: Indices) -> Floats:
    """Total reward of each answer to each kind, [kinds, forms, 2]."""
    rows = [_row(k, truth, form, wrong) for k in range(KINDS) for form in range(len(FORMS)) for wrong in (0, 1)]
    return total()(rows).values.reshape(KINDS, len(FORMS), 2)


def _row(kind: int, truth: Indices, form: int, wrong: int) -> dict[str, object]:
    said, true = 1 + (int(truth[kind]) ^ wrong), 1 + int(truth[kind])
    return {"kind": kind, "response": FORMS[form].format(said), "solution": f"Image {true} is better"}


def _imitate(judge: Judge, said: Indices, kinds: Indices) -> None:
    for _ in range(IMITATE):
        judge.learn(said, np.ones(len(kinds)), kinds)


def _own(rng: np.random.Generator, judge: Judge, truth: Indices) -> tuple[Indices, Indices]:
    """Learn from the right ones of an answer to each kind; which were right, and which were not."""
    kinds = np.arange(KINDS)
    said = judge.answers(rng, kinds)
    parts = split_by_correctness(total(), [_row(k, truth, *said[:, k].tolist()) for k in kinds.tolist()], right=2.0)
    kept, sent = (np.array([row["kind"] for row in part], np.intp) for part in parts[:2])
    _imitate(judge, said[:, kept], kept)
    return kept, sent


def _ask(rng: np.random.Generator, judge: Judge, worth: Floats, kinds: Indices, budget: int, *, relative: bool) -> None:
    """Ask groups of answers until the budget is spent, and learn by their relative worth, or from right ones alone."""
    each = np.repeat(kinds, GROUP)
    for _ in range(budget // len(each)):
        said = judge.answers(rng, each)
        earned = worth[each, *said]
        gains = group_relative(earned.reshape(-1, GROUP)).ravel() if relative else (earned == 2.0).astype(float)
        judge.learn(said, gains, each, share=len(kinds) / KINDS)


def _teaching(rng: np.random.Generator, judge: Judge, worth: Floats, kinds: Indices) -> float:
    each = np.repeat(kinds, GROUP)
    earned = worth[each, *judge.answers(rng, each)].reshape(-1, GROUP)
    return float((np.ptp(earned, axis=1) > 0).mean())
