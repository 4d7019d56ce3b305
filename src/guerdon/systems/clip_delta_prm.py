"""Process rewards at training time that cannot be earned by writing more steps (Gao et al. 2024).

A process reward model that picks good solutions can spoil the policy that is trained on it: beside the reward for
success, each right step adds its score, so the policy repeats trivially right ones. Clip takes min(r − η, 0), so that
right steps earn nothing; Delta takes r(k) − r(k + 1), so that the return of a step is its own score alone. Both
bound the sum over any solution; the paper uses the one and then the other. Rows have `step_scores` (what
the model gives each step) and `response` and `answer`, or any other reward as `success`.

No code is public; formulas and constants are those of the paper as remembered, and the worked example of its
analysis is a test. Set η (`threshold`) near the mean score, so that most steps earn 0: higher values punish right
steps and shorten solutions, lower ones leave wrong steps unpunished. `how=None` is the plain mix that is hacked.

The process reward model is pluggable: any reward with a value for each step. `guerdon.rules.process.line_scores` is one
for solutions whose steps are lines; `densify` then puts the values at the last token of each. The outcome reward that
the paper compares with is `success + 0.02 * model`, which is bounded too and teaches little that success does not.
"""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.metrics import steps as metric
from guerdon.metrics.steps import Refinement
from guerdon.reward import Reward
from guerdon.rules import answers, maths, process
from guerdon.sample import Row
from guerdon.shaping import end_with, refine_steps
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Floats, Indices, Softmax

ALPHA, ETA = 0.02, 0.5


def training(
    *,
    how: Refinement | None = "clip+delta",
    alpha: float = ALPHA,
    threshold: float = ETA,
    success: Reward | None = None,
    prm: Reward | None = None,
) -> Reward:
    """α · refined process rewards, step by step, with success added to the last step."""
    model = process.step_scores().named("prm") if prm is None else prm
    steps = model if how is None else refine_steps(model, how=how, threshold=threshold)
    right = maths.math(within=None) if success is None else success
    return end_with(alpha * steps, right.named("success"))


system = System(
    id="clip-delta-prm",
    title="On Designing Effective RL Reward at Training Time for LLM Reasoning",
    year=2024,
    url="https://arxiv.org/abs/2410.15115",
    about=__doc__,
    rewards={"training": training},
    published=(
        Published(
            "Accuracy on MATH and GSM8K after PPO, models of 1.5B and 7B, in words",
            "arXiv:2410.15115, from memory, not checked against the paper",
            ("reward", "against success alone"),
            (("success + process rewards", "can be below"), ("with Clip and Delta", "as good or better, every model")),
        ),
    ),
)  # fmt: skip


PROGRESS, LONGEST = 3, 30
"""Steps of real progress that a solution needs, and steps after which it is cut off."""
WORK, FILL, FINISH = range(3)
WORKS, FILLER, GOOD, BAD, EARLY = 0.8, 0.95, 0.9, 0.3, 0.2
"""How often an attempt works; the model's scores of filler, right and wrong steps, and finishing too early."""
EPISODES, UPDATES, RATE, TOY_ALPHA, TOY_ETA = 32, 400, 0.5, 0.1, 0.9
SWEEP = (0.5, 0.9, 0.95)
LATE = 50
"""Updates at the end over which figures are taken."""
SCORES = np.array([0.9, 0.9, 0.9, 0.2])


class Late(NamedTuple):
    """How a trained policy solves."""

    length: float
    success: float


@system.proof(claim="extra right steps raise the return of plain process rewards and of no refined ones", seconds=2)
def padding_does_not_pay(seed: int) -> Measured:
    """What ten more steps add, the most of the three refinements on random solutions; the baseline is plain."""
    rng = np.random.default_rng(seed)
    solutions = [SCORES.tolist(), *rng.random((50, 6)).tolist()]
    hows: tuple[Refinement, ...] = ("clip", "delta", "clip+delta")
    refinements = [partial(metric.refined, how=how, threshold=ETA) for how in hows]
    gains = [metric.padding_gain(refine, s, filler=0.9, extra=10) for refine in refinements for s in solutions]
    plain = [metric.padding_gain(list, s, filler=0.9, extra=10) for s in solutions]
    return Measured(max(gains), at_most=1e-9, baseline=min(plain))


@system.proof(claim="plain process rewards teach to write filler to the end", seconds=15)
def plain_rewards_are_hacked(seed: int) -> Measured:
    """Steps per solution late in training, of 30; the baseline is trained on success alone."""
    return Measured(_learned("plain", seed).length, at_least=25.0, baseline=_learned("success", seed).length)


@system.proof(claim="with Clip and Delta the policy solves the task in few steps", seconds=15)
def refined_rewards_are_not(seed: int) -> Measured:
    """Share of solutions that succeed late in training; the baseline is trained on plain process rewards."""
    return Measured(_learned("clip+delta", seed).success, at_least=0.95, baseline=_learned("plain", seed).success)


@system.proof(claim="Delta alone leaves filler neutral, Clip removes it", seconds=15)
def clip_removes_filler(seed: int) -> Measured:
    """Steps per solution under Clip; the baseline is trained under Delta alone."""
    return Measured(_learned("clip", seed).length, at_most=7.0, baseline=_learned("delta", seed).length)


@system.proof(claim="the threshold need not be hit exactly", seconds=15)
def any_threshold_will_do(seed: int) -> Measured:
    """Least share of solved tasks for η from 0.5 to 0.95 under Clip and Delta; the baseline is plain."""
    least = min(_learned("clip+delta", seed, eta).success for eta in SWEEP)
    return Measured(least, at_least=0.95, baseline=_learned("plain", seed).success)


@cache
def _learned(how: str, seed: int, threshold: float = TOY_ETA) -> Late:
    """REINFORCE with a baseline for each state of a policy that works, fills or finishes."""
    rng = np.random.default_rng(seed)
    reward = _toy(how, threshold)
    policy, baseline = Softmax([PROGRESS + 1], 3), np.zeros(PROGRESS + 1)
    late = []
    for update in range(UPDATES):
        states, actions, rows = _episodes(rng, policy)
        fine = reward(rows).fine
        gains = np.concatenate([metric.returns(fine[i].values) for i in range(EPISODES)])
        policy.learn(actions, gains - baseline[states], states, rate=RATE * len(gains) / EPISODES)
        seen = np.bincount(states, minlength=PROGRESS + 1)
        means = np.bincount(states, gains, PROGRESS + 1) / np.maximum(seen, 1)
        baseline += 0.1 * np.where(seen > 0, means - baseline, 0.0)
        if update >= UPDATES - LATE:
            late.append((len(gains) / EPISODES, np.mean([row["response"] == row["answer"] for row in rows])))
    return Late(*np.mean(late, axis=0).tolist())


def _toy(how: str, threshold: float) -> Reward:
    right = answers.exact(within=None, normalised=False)
    if how == "success":
        return training(how=None, alpha=0.0, success=right)
    refinement: Refinement | None = None if how == "plain" else how  # type: ignore[assignment]
    return training(how=refinement, alpha=TOY_ALPHA, threshold=threshold, success=right)


def _episodes(rng: np.random.Generator, policy: Softmax) -> tuple[Indices, Indices, list[Row]]:
    """States and actions of all steps, episode after episode, and a row for each episode."""
    progress, running = np.zeros(EPISODES, dtype=np.intp), np.ones(EPISODES, dtype=bool)
    steps: list[tuple[Indices, Indices, Floats, NDArray[np.bool_]]] = []
    solved = np.zeros(EPISODES, dtype=bool)
    for _ in range(LONGEST):
        action, worked = policy.draw(rng, progress), rng.random(EPISODES) < WORKS
        done = progress == PROGRESS
        finish = np.where(done, GOOD, EARLY)
        score = np.select([action == WORK, action == FILL], [np.where(worked, GOOD, BAD), FILLER], finish)
        steps.append((progress, action, score, running))
        solved |= running & (action == FINISH) & done
        progress = np.minimum(progress + (running & worked & (action == WORK)), PROGRESS)
        running = running & (action != FINISH)
        if not running.any():
            break
    states, actions, scores, acted = (np.array(column).T for column in zip(*steps, strict=True))
    rows: list[Row] = [
        {"step_scores": own[mask].tolist(), "response": "right" if ok else "wrong", "answer": "right"}
        for own, mask, ok in zip(scores, acted, solved.tolist(), strict=True)
    ]
    return states[acted], actions[acted], rows
