"""Reinforcement learning of video models: a dual reward, and data on which the model disagrees with itself.

Multiple-choice questions earn correctness, temporal grounding earns temporal IoU, questions with evidence
earn both, and each earns its format. Prompts are chosen by the spread of the rewards of several answers by the
model to be trained (`guerdon.use.curate`); since that spread goes as the model learns, the choice has to
be repeated (Li et al. 2025).

Rows have `response`, `answer` (a text; for grounding [start, end] as shares of the video), `video_length` in
seconds for grounding, `problem_type` ("tvg" for grounding), and for evidence `glue`, a list of [start, end] in
seconds. `as_published=True` repeats the official code: only quoted numbers have the format, an interval that
ends before it starts or a time such as 1.5.2 keeps it and so half the reward, and a second complete
output behind the first is welcome. How the paper's later code lays out evidence is not public: the
`<glue>` block is an assumption.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.branch import route
from guerdon.compose import best
from guerdon.leaf import reward
from guerdon.parse import times
from guerdon.reward import Reward
from guerdon.rules import answers, format, maths, time
from guerdon.rules.where import read_answer
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.systems import _temporal_r1 as published
from guerdon.use.curate import select_by_group_variance
from guerdon.world.policy import Indices, group_relative


def dual(*, as_published: bool = False) -> Reward:
    """Grounding for rows of type "tvg", a question's answer for the others."""
    return route(
        {"tvg": grounding(as_published=as_published)}, default=qa(as_published=as_published), by="problem_type"
    )


def grounding(*, as_published: bool = False) -> Reward:
    """½ temporal IoU + ½ format: a thought, and an answer that is one interval."""
    if as_published:
        return 0.5 * published.accuracy() + 0.5 * published.layout()
    iou = time.iou(truth="share").reading(intervals="answer", duration="video_length")
    return 0.5 * iou + 0.5 * (format.tags() >> one_interval())


def qa(*, as_published: bool = False) -> Reward:
    """½ for the true answer, as text or as mathematics, + ½ for a thought and an answer block."""
    right = published.qa() if as_published else best(answers.exact(), maths.math())
    return 0.5 * right.named("accuracy") + 0.5 * format.tags(duplicates=as_published)


def grounded_qa() -> Reward:
    """The chosen option + IoU of all evidence in a `<glue>` block + format, 1 each; the paper's later design."""
    evidence = time.segments_iou(within="glue").reading(intervals="glue")
    return answers.choice() + evidence + format.tags(tags="think answer glue")


@reward("temporal_r1.one_interval", range=(0, 1), binary=True)
def one_interval(response: str) -> float:
    """1 if the answer block holds one interval that ends after it starts."""
    return float(read_answer(times.interval, response, "answer").ok)


system = System(
    id="temporal-r1",
    title="Reinforcement Learning Tuning for VideoLLMs: Reward Design and Data Efficiency",
    year=2025,
    url="https://arxiv.org/abs/2506.01908",
    about=__doc__,
    rewards={"dual": dual, "grounding": grounding, "qa": qa, "grounded_qa": grounded_qa},
    published=(
        Published(
            "Qwen2.5-VL-3B trained on Charades-STA alone: mean IoU, %",
            "the official repository",
            ("training", "Charades-STA", "ActivityNet (not trained on)"),
            (
                ("none", 37.22, 18.92), ("supervised", 45.95, 20.86),
                ("reinforced, no thought", 51.10, 22.10), ("reinforced, with thought", 53.93, 23.07),
            ),
        ),
    ),
)  # fmt: skip


PROMPTS, CHOSEN, GROUP, UPDATES, RATE = 1000, 200, 8, 150, 0.5
DIFFICULTY = 4.0
"""Standard deviation of the prompts' difficulties, on the scale of the policy's logit."""
TARGET = 0.65


class Run(NamedTuple):
    """What became of a training run."""

    silent: float
    """Share of groups without advantage at the first update."""
    success: Floats
    """Mean over all prompts after each update."""

    @property
    def updates(self) -> float:
        """Updates until the target is reached."""
        return float(np.argmax(self.success >= TARGET) + 1)


@system.proof(claim="few of the selected prompts have a group without advantage", seconds=5)
def few_silent_groups(seed: int) -> Measured:
    """Share of such groups at the first update; the baseline trains on prompts chosen at random."""
    return Measured(_trained(seed).silent, at_most=0.15, baseline=_trained(seed, at_random=True).silent)


@system.proof(claim="selected prompts reach the same success in fewer updates", seconds=5)
def fewer_updates(seed: int) -> Measured:
    """Updates to 65 % mean success on all prompts; the baseline trains on prompts chosen at random."""
    return Measured(_trained(seed).updates, at_most=12, baseline=_trained(seed, at_random=True).updates)


@system.proof(claim="selected once, the prompts are learnt and random ones overtake them", seconds=5)
def selection_wears_out(seed: int) -> Measured:
    """Mean success after 150 updates; the baseline and bar is that of prompts chosen at random."""
    at_random = float(_trained(seed, at_random=True).success[-1])
    return Measured(float(_trained(seed).success[-1]), at_most=at_random, baseline=at_random)


@system.proof(claim="selecting again every 25 updates keeps the lead", seconds=5)
def selection_repeated(seed: int) -> Measured:
    """Mean success after 150 updates; the baseline and bar is that of prompts chosen at random."""
    at_random = float(_trained(seed, at_random=True).success[-1])
    return Measured(float(_trained(seed, every=25).success[-1]), at_least=at_random, baseline=at_random)


@cache
def _trained(seed: int, *, at_random: bool = False, every: int = UPDATES) -> Run:
    """GRPO of a policy with one number, its skill, on prompts that are chosen again `every` so many updates."""
    rng = np.random.default_rng(seed)
    difficulty = rng.normal(0.0, DIFFICULTY, PROMPTS)
    rewards = qa()([_answer(False), _answer(True)]).values
    everything = np.arange(PROMPTS)
    prompts, skill, silent, success = everything, 0.0, [], []

    def tried(prompts: Indices) -> Indices:
        return (rng.random((len(prompts), GROUP)) < _success(skill, difficulty[prompts, None])).astype(np.intp)

    def chosen() -> Indices:
        if at_random:
            return rng.choice(PROMPTS, CHOSEN, replace=False)
        return np.array(select_by_group_variance(everything.tolist(), rewards[tried(everything)], most=CHOSEN))

    for update in range(UPDATES):
        prompts = chosen() if update % every == 0 else prompts
        right = tried(prompts)
        silent.append(float((np.ptp(right, axis=1) == 0).mean()))
        score = right - _success(skill, difficulty[prompts, None])
        skill += RATE * float((group_relative(rewards[right]) * score).mean())
        success.append(_success(skill, difficulty).mean())
    return Run(silent[0], np.array(success))


def _success(skill: float, difficulty: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(difficulty - skill))


def _answer(right: bool) -> Row:
    return {"response": f"<think>So it is.</think><answer>{'B' if right else 'C'}</answer>", "answer": "B"}
