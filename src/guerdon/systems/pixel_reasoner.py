"""Reasoning in pixels: a bonus that keeps a tool in use until the model is good at it (2025).

A model may zoom into a picture or pick frames of a video while it reasons. It avoids a tool that it is still bad
at, so rollouts that call one earn a bonus while less than 0.3 of their group do, and pay for each call after the
first. An answer given after a visual operation that failed and was not repaired counts for nothing. Rows have
`group`, `response`, `answer` (one or a list of accepted ones), `tool_calls` (their number), `last_call_failed` and, for
videos, `is_video`.

The bonus of the paper falls in a straight line with the share ρ of the group that uses the tool; that of its code is
divided by ρ, so it is twice as large at one user in eight. Only the latter rescues the tool in the proofs here, so
it is the default; `form="paper"` is the other. It is paid whether or not the answer is right, so in a group
that is all wrong it is all there is to learn from.

By default an answer is read in one place (the last box, else the answer block, else what follows "the answer is"),
letters as choices, lists as sets. `as_published=True` repeats the official code, which tries one place after the
other, takes a list for found when all its parts are anywhere behind the last box, and pays −1 for what it cannot
parse. Published validity (`valid`) is logged and pays nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from guerdon import parse
from guerdon.branch import route
from guerdon.compose import worst
from guerdon.geometry import Box, Frame
from guerdon.leaf import reward
from guerdon.normalise import group_normalise
from guerdon.parse.calls import ToolCall, tool_calls
from guerdon.parse.choices import LETTERS
from guerdon.parse.result import Parsed, malformed
from guerdon.reward import Reward
from guerdon.rules import answers, group, maths
from guerdon.rules.where import compare, gold_texts
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _pixel_reasoner as published
from guerdon.world.policy import Floats, Indices, Softmax

Form = Literal["paper", "code"]
RATE, ALPHA = 0.3, 0.5
KAPPA = {"image": 2.0, "video": 1.5}
"""The code's bonus is max(RATE − ρ, 0)/κ · 0.25/ρ."""
LEVELS = (1 / 8, 3 / 8, 6 / 8, 1.0)
PADDING, LEAST_SIDE, MOST_FRAMES = 0.1, 28, 8


def rollout(*, correct: Reward | None = None, form: Form = "code", as_published: bool = False) -> Reward:
    """Correct answers, plus the bonus for a rare tool, less the cost of many calls. `correct` may be any reward."""
    right = correctness(as_published=as_published) if correct is None else correct
    repaired = worst(right.named("correct"), group.last_call_worked().named("repaired"))
    return repaired + curiosity(form=form).named("curiosity") + group.call_penalty().named("penalty")


def correctness(*, as_published: bool = False) -> Reward:
    """Whether the answer is right: 1 or 0. As published −1 where it cannot be parsed."""
    return published.correct() if as_published else right()


def curiosity(*, form: Form = "code") -> Reward:
    """0.5 · max(0.3 − ρ, 0) for rollouts with a call; in the code a quarter of (0.3 − ρ)/ρ, over 2 (images) or 1.5."""
    if form == "paper":
        return group.curiosity(rate=RATE, weight=ALPHA)
    image, video = (group.curiosity(rate=RATE, weight=0.25 / KAPPA[kind], form="inverse") for kind in KAPPA)
    return route({1: video}, default=image, by="is_video")


def advantage(*, as_published: bool = False) -> Reward:
    """The rollout's reward less the mean of its group, not divided by its spread."""
    return group_normalise(rollout(as_published=as_published), scale=False)


@reward("pixel_reasoner.right", range=(0, 1), binary=True)
def right(response: str, answer: Any) -> float | Score:
    """1 if the answer is one of the true ones: the same choice, number, mathematics, text, or set of texts."""
    return compare(_answer(response), gold_texts(answer, None), lambda p, golds: max(_equal(p, g) for g in golds))


def _answer(response: str) -> Parsed[str]:
    text = response.removesuffix(published.END)
    if "<answer>" in text and "\\boxed" not in text:
        return parse.tag(text, "answer")
    return parse.math_answer(text)


def _equal(found: str, gold: str) -> float:
    gold = (parse.boxed(gold).value or gold).strip()
    if gold in set(LETTERS):
        value = answers.choice.fn(found, gold, within=None)
    elif parse.number(gold, match="whole").ok:
        value = answers.numeric.fn(found, gold, within=None, which="only")
    elif "\\" in gold or parse.exact(gold).ok:
        value = maths.math.fn(found, gold, within=None)
    elif "," in gold:
        return float(_parts(found) == _parts(gold))
    else:
        value = answers.exact.fn(found, gold, within=None)
    return value if isinstance(value, float) else 0.0


def _parts(text: str) -> set[str]:
    return {parse.normalise(part) for part in text.split(",")}


def difficulty(correct: Sequence[float]) -> int:
    """How easy a prompt is, by the mean of its group: 0 below 1/8, then below 3/8, 6/8 and 1; 4 always right."""
    return int(np.searchsorted(LEVELS, np.mean(correct), side="right"))


def uniform(rewards: Sequence[float]) -> bool:
    """Whether the rewards of a group lie within 0.01 of their mean, on average: there is nothing to learn from them."""
    return float(np.mean(np.abs(np.subtract(rewards, np.mean(rewards))))) < 0.01


def operation(turn: str) -> Parsed[ToolCall]:
    """The visual operation that a turn calls: the only one in its tool-call block.

    >>> operation('<tool_call>{"name": "select_frames", "arguments": {"target_frames": [1, 3]}}</tool_call>').value.name
    'select_frames'
    """
    calls = tool_calls(turn, parameters="arguments")
    if calls.value is None:
        return malformed(calls.reason)
    return Parsed(calls.value[0]) if len(calls.value) == 1 else malformed(f"{len(calls.value)} calls, one wanted")


def zoomed(bbox: Sequence[float], size: Frame, *, as_published: bool = False) -> Parsed[Box]:
    """The pixels that a zoom into `bbox_2d` shows: a tenth of the picture more on each side, within its edges.

    Coordinates are shares of the picture, and pixels where one is above 1. As published, 1 itself makes pixels.

    >>> zoomed([0.5, 0.5, 1, 1], Frame(1000, 500)).value.corners
    (400.0, 200.0, 1000.0, 500.0)
    """
    if len(bbox) != 4 or not all(isinstance(x, (int, float)) for x in bbox):
        return malformed(f"{bbox!r:.60} is not four numbers")
    pixels = max(bbox) >= 1 if as_published else max(bbox) > 1
    sides = (size.width, size.height) * 2
    shares = [x / side if pixels else x for x, side in zip(bbox, sides, strict=True)]
    x1, y1 = (max(share - PADDING, 0.0) for share in shares[:2])
    x2, y2 = (min(share + PADDING, 1.0) for share in shares[2:])
    box = Box(x1 * size.width, y1 * size.height, x2 * size.width, y2 * size.height, frame=size)
    large = min(box.x2 - box.x1, box.y2 - box.y1) > LEAST_SIDE
    return Parsed(box) if large else malformed(f"a side of at most {LEAST_SIDE} pixels")


def selected(target_frames: Sequence[int], frames: int) -> Parsed[list[int]]:
    """The frames that are picked, from 0: at most 8 of the numbers 1 to `frames`.

    >>> selected([1, 16], frames=16).value
    [0, 15]
    """
    if not target_frames or len(target_frames) > MOST_FRAMES:
        return malformed(f"{len(target_frames)} frames, 1 to {MOST_FRAMES} wanted")
    if not all(isinstance(n, int) and 1 <= n <= frames for n in target_frames):
        return malformed(f"frames are numbered from 1 to {frames}")
    return Parsed([n - 1 for n in target_frames])


system = System(
    id="pixel-reasoner",
    title="Pixel Reasoner: Incentivizing Pixel-Space Reasoning with Curiosity-Driven Reinforcement Learning",
    year=2025,
    url="https://arxiv.org/abs/2505.15966",
    about=__doc__,
    rewards={
        "rollout": rollout, "correctness": correctness, "curiosity": curiosity, "penalty": group.call_penalty,
        "advantage": advantage,
    },
    published=(
        Published(
            "Pixel Reasoner 7B, accuracy, %",
            "arXiv:2505.15966, abstract",
            ("V*", "TallyQA-Complex", "InfographicsVQA"),
            ((84.0, 74.0, 84.0),),
        ),
    ),
)  # fmt: skip


PROMPTS, GROUP, STEPS = 16, 8, 800
LEARNERS = 4
"""Side by side with the bonus of the code, under which about one in eight loses the tool to noise all the same."""
LEARNING_RATE = 0.1 * GROUP
"""0.1 for the sum over a group, averaged over prompts; `Softmax.learn` averages over all rows of all learners."""
TEXT, TOOL, MASTERY, SPEED, START = 0.6, 0.3, 0.9, 2e-4, -2.0
"""How often the text arm is right, the tool arm at first and in the end; what a use adds of the gap; first logit."""
EXTRA, CALLS, CALL_STEPS = 0.02, 4, 400
"""What each further call adds to the share of right answers, the most calls, and steps of training."""


@system.proof(claim="the bonus divided by the share of users keeps a tool in use until it is mastered", seconds=40)
def curiosity_rescues_the_tool(seed: int) -> Measured:
    """Share of right answers, averaged over learners; the baseline learns without a bonus and drops the tool."""
    return Measured(_tool_or_text("code", seed)[1], at_least=0.7, baseline=_tool_or_text(None, seed)[1])


@system.proof(claim="the linear bonus of the paper is too small for that: the tool is dropped", seconds=15)
def the_linear_bonus_does_not(seed: int) -> Measured:
    """Share of rollouts that use the tool in the end; the baseline has the bonus of the code."""
    return Measured(_tool_or_text("paper", seed)[0], at_most=0.1, baseline=_tool_or_text("code", seed)[0])


@system.proof(claim="the penalty keeps a model from calling again and again for little", seconds=10)
def the_penalty_stops_calls(seed: int) -> Measured:
    """Calls per rollout after training, of 1 to 4; the baseline is trained without the penalty."""
    return Measured(_calls(True, seed), at_most=1.5, baseline=_calls(False, seed))


@cache
def _tool_or_text(form: Form | None, seed: int) -> tuple[float, float]:
    """Share of tool use and of right answers after training learners that may use a tool or not."""
    rng = np.random.default_rng(seed)
    reward = _alone() if form is None else _toy(form)
    n = LEARNERS if form == "code" else 1
    policy, skill = Softmax([n], 2), np.full(n, TOOL)
    policy.tables[0][:, 1] = START
    who = np.arange(n).repeat(PROMPTS * GROUP)
    for _ in range(STEPS):
        used = policy.draw(rng, who)
        right = rng.random(len(who)) < np.where(used, skill[who], TEXT)
        skill += (MASTERY - skill) * (1 - (1 - SPEED) ** np.bincount(who, used, n))
        policy.learn(used, _advantages(reward, right, used), who, rate=LEARNING_RATE * n)
    use = policy.probabilities(np.arange(n))[:, 1]
    return float(use.mean()), float((use * skill + (1 - use) * TEXT).mean())


def _calls(penalised: bool, seed: int) -> float:
    """Mean number of calls after training a policy that chooses it; each more is right a little more often."""
    rng = np.random.default_rng(seed)
    reward = _toy("code") if penalised else _alone()  # everyone calls, so there is no bonus
    policy = Softmax([1], CALLS)
    one = np.zeros(PROMPTS * GROUP, dtype=np.intp)
    for _ in range(CALL_STEPS):
        more = policy.draw(rng, one)
        right = rng.random(len(one)) < TEXT + EXTRA * more
        policy.learn(more, _advantages(reward, right, more + 1), one, rate=GROUP * 0.5)
    return float(policy.probabilities([0])[0] @ np.arange(1, CALLS + 1))


def _alone() -> Reward:
    return answers.exact(within=None, normalised=False)


def _toy(form: Form) -> Reward:
    return rollout(correct=_alone(), form=form)


def _advantages(reward: Reward, right: NDArray[np.bool_], calls: Indices) -> Floats:
    """Rewards less their group's mean."""
    rows: list[Row] = [
        {
            "response": "yes" if ok else "no",
            "answer": "yes",
            "tool_calls": n,
            "last_call_failed": False,
            "group": i // GROUP,
        }
        for i, (ok, n) in enumerate(zip(right.tolist(), calls.tolist(), strict=True))
    ]
    values = reward(rows).values.reshape(-1, GROUP)
    return np.asarray((values - values.mean(axis=1, keepdims=True)).ravel())
