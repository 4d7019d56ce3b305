"""Rules and a reward model together, and a buffer against groups that teach nothing (Wang et al. 2025).

Two signals train the model: preferences chosen by a reward model, and GRPO on a rule reward to which the
reward model's score is added. As it learns, groups become all right or all wrong, so samples with an advantage
are kept and mixed back in (`guerdon.use.buffer`).

Rows have `response`, `answer` and `group`; the model's score comes from `model` or the column `score`. No training
code is public: weights, thresholds and the form of the calibration are assumptions. Here the score is mapped to
0–1 between two thresholds, after z-scoring within the group or as it is, and weighs less than a right answer:
whatever its scale, a wrong answer never earns more than a right one. The preference objective (MPO), the policy
objective and the trainers wait.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from guerdon.normalise import group_normalise
from guerdon.reward import Reward
from guerdon.rules import answers, given, maths
from guerdon.sample import Row
from guerdon.scores import ContractError, Floats
from guerdon.systems import Measured, Published, System
from guerdon.use.buffer import SelectiveSampleBuffer, advantage_rate
from guerdon.world.policy import Indices, Softmax, group_relative

Calibrate = Literal["zscore", "clip"]
"""Whether thresholds are standard deviations from the group's mean, or scores."""


def hybrid(
    *,
    rule: Reward | None = None,
    model: Reward | None = None,
    weight: float = 0.5,
    calibrate: Calibrate = "zscore",
    low: float = -2.0,
    high: float = 2.0,
) -> Reward:
    """The rule's reward + weight · `calibrated`; the rule is right or wrong in mathematics unless another is given."""
    checked = maths.math() if rule is None else rule
    return checked.named("rule") + weight * calibrated(model=model, calibrate=calibrate, low=low, high=high)


def calibrated(
    *, model: Reward | None = None, calibrate: Calibrate = "zscore", low: float = -2.0, high: float = 2.0
) -> Reward:
    """The model's score as 0–1 between two thresholds, and held there beyond them."""
    if calibrate not in ("zscore", "clip") or not low < high:
        raise ContractError(f"write calibrate='zscore' or 'clip' and low < high, not {calibrate=}, {low=}, {high=}")
    score = given.score().named("model") if model is None else model
    value = group_normalise(score) if calibrate == "zscore" else score
    return ((value - low) / (high - low)).clip(0.0, 1.0).named("calibrated")


system = System(
    id="skywork-r1v2",
    title="Skywork R1V2: Multimodal Hybrid Reinforcement Learning for Reasoning",
    year=2025,
    url="https://arxiv.org/abs/2504.16656",
    about=__doc__,
    rewards={"hybrid": hybrid, "calibrated": calibrated},
    published=(
        Published(
            "Skywork R1V2-38B, accuracy, %",
            "arXiv:2504.16656, first version; the later one has AIME 78.9 and MMMU 73.6",
            ("benchmark", "accuracy"),
            (
                ("MMMU", 74.0), ("OlympiadBench", 62.6), ("AIME 2024", 79.0), ("LiveCodeBench", 63.6),
                ("LiveBench", 73.2), ("BFCL", 66.3),
            ),
        ),
    ),
)  # fmt: skip


PROMPTS, GROUP, UPDATES, RATE = 32, 8, 160, 0.15
HARD, SPREAD = 0.5, 2.7
"""Mean and standard deviation of the prompts' difficulties, on the scale of the policy's one number, its skill."""
TARGET, LEARNT = 0.7, 0.85
"""Success to be reached soon, and that at which training is all but done."""


class Run(NamedTuple):
    """A training run, [updates]."""

    rate: Floats
    """Share of fresh groups with an advantage."""
    effective: Floats
    """Share of the samples of the update that have one."""
    success: Floats

    def updates(self, target: float) -> int:
        """Updates until a success is reached; all of them if it is not."""
        reached = np.flatnonzero(self.success >= target)
        return int(reached[0]) + 1 if len(reached) else len(self.success)

    def at_the_end(self, column: Floats) -> float:
        """Mean of the last 20 updates before training is all but done."""
        return float(column[: self.updates(LEARNT)][-20:].mean())


@system.proof(claim="as the policy learns, fewer groups have an advantage: 40 percent instead of 60", seconds=5)
def groups_fall_silent(seed: int) -> Measured:
    """Share in the last updates; the baseline is that in the first."""
    run = _trained(seed, buffered=False)
    return Measured(run.at_the_end(run.rate), at_most=0.45, baseline=float(run.rate[:20].mean()))


@system.proof(claim="with the buffer most samples of an update have an advantage to the end", seconds=5)
def buffer_fills_up(seed: int) -> Measured:
    """Share in the last updates; the baseline trains on fresh samples alone."""
    full, bare = (run.at_the_end(run.effective) for run in (_trained(seed, buffered=b) for b in (True, False)))
    return Measured(full, at_least=0.6, baseline=bare)


@system.proof(claim="with the buffer the same success takes fewer updates", seconds=5)
def fewer_updates(seed: int) -> Measured:
    """Updates to the target on all prompts; the baseline trains on fresh samples alone, and the bar is ¾ of its."""
    full, bare = (_trained(seed, buffered=buffered).updates(TARGET) for buffered in (True, False))
    return Measured(full, at_most=0.75 * bare, baseline=bare)


@system.proof(claim="replayed samples need the ratio of new to old probabilities", seconds=5)
def ratio_needed(seed: int) -> Measured:
    """Relative error of the policy gradient from replayed samples with it; the baseline is without."""
    return Measured(_gradient_error(seed, ratio=True), at_most=0.2, baseline=_gradient_error(seed, ratio=False))


@system.proof(claim="a score on a scale of its own drowns a rule of 0 and 1, a calibrated one does not", seconds=8)
def rule_not_drowned(seed: int) -> Measured:
    """Share of right answers after training on the hybrid; the baseline is trained on the plain sum."""
    check = answers.exact(within=None)
    return Measured(
        _right(hybrid(rule=check), seed), at_least=0.95, baseline=_right(check + given.score().named("model"), seed)
    )


@cache
def _trained(seed: int, *, buffered: bool) -> Run:
    """GRPO of a policy with one number, on fresh prompts each update, with and without a buffer the same number."""
    rng = np.random.default_rng(seed)
    buffer = SelectiveSampleBuffer[tuple[bool, float, float]](2000, max_age=10, max_reuse=3)
    everything = rng.normal(HARD, SPREAD, 2000)
    check, skill, rows = answers.exact(within=None), 0.0, []
    earned = check([{"response": said, "answer": "4"} for said in ("5", "4")]).values
    for update in range(UPDATES):
        difficulty = rng.choice(everything, (PROMPTS, 1))
        right = rng.random((PROMPTS, GROUP)) < _success(skill, difficulty)
        advantages = group_relative(earned[right.astype(np.intp)])
        hard = np.broadcast_to(difficulty, right.shape)
        pulls = (advantages * (right - _success(skill, hard))).ravel()
        used = advantages.ravel() != 0
        if buffered:
            replayed = buffer.draw(int((~used).sum()), step=update, rng=rng)
            pulls = np.append(pulls[used], [r.advantage * _replayed(r.item, skill) for r in replayed])
            buffer.add(
                zip(right.ravel().tolist(), hard.ravel().tolist(), [skill] * right.size, strict=True),
                advantages.ravel().tolist(), step=update,
            )  # fmt: skip
            effective = len(pulls) / right.size
        else:
            effective = used.mean()
        skill += RATE * float(pulls.mean()) if len(pulls) else 0.0
        rows.append((advantage_rate(right.astype(np.float64)), effective, _success(skill, everything).mean()))
    return Run(*np.array(rows).T)


def _replayed(sample: tuple[bool, float, float], skill: float) -> float:
    """Ratio of new to old probability times ∇ log p, of a sample written with another skill."""
    right, difficulty, old = sample
    new, before = (float(_success(s, np.array(difficulty))) for s in (skill, old))
    return (new / before if right else (1 - new) / (1 - before)) * (right - new)


def _success(skill: float, difficulty: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(difficulty - skill))


def _gradient_error(seed: int, *, ratio: bool) -> float:
    """‖estimate − exact‖ / ‖exact‖ over the logits of a policy of five options."""
    rng = np.random.default_rng(seed)
    old, new = _chance(rng.normal(0, 1, 5)), _chance(rng.normal(0, 1, 5))
    advantage = rng.permutation([-2.0, -1.0, 0.5, 1.0, 1.5])
    buffer = SelectiveSampleBuffer[int](20_000, max_age=1, max_reuse=1)
    chosen = rng.choice(5, 20_000, p=old)
    buffer.add(chosen.tolist(), advantage[chosen].tolist(), step=0)
    drawn = buffer.draw(4000, step=1, rng=rng)
    scores = np.eye(5) - new
    estimate = np.mean(
        [r.weight * r.advantage * (new[r.item] / old[r.item] if ratio else 1.0) * scores[r.item] for r in drawn], axis=0
    )
    exact = (new * advantage) @ scores
    return float(np.linalg.norm(estimate - exact) / np.linalg.norm(exact))


def _chance(logits: Floats) -> Floats:
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum())


KINDS = ("4", "5", "after careful and thorough consideration, 5")
TASTE = (0.0, 1.0, 6.0)
"""What the reward model, which likes to be told at length, gives each kind of answer."""


def _right(reward: Reward, seed: int) -> float:
    """Probability of the right answer after GRPO of a policy that chooses the kind of answer."""
    rng = np.random.default_rng(seed)
    policy, nothing = Softmax([1], len(KINDS)), np.zeros(PROMPTS * GROUP, dtype=np.intp)
    for _ in range(40):
        kinds = policy.draw(rng, nothing)
        values = reward(_rows(rng, kinds)).values.reshape(PROMPTS, GROUP)
        policy.learn(kinds, group_relative(values).ravel(), nothing, rate=1.0)
    return float(policy.probabilities([0])[0, 0])


def _rows(rng: np.random.Generator, kinds: Indices) -> list[Row]:
    noise = rng.normal(0, 1, len(kinds)).tolist()
    return [
        {"response": KINDS[kind], "answer": "4", "score": TASTE[kind] + noise[i], "group": i // GROUP}
        for i, kind in enumerate(kinds.tolist())
    ]
