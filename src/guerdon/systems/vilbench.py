"""Process rewards for vision-language models, by best-of-n: ViLBench and ViLPRM (Tu et al. 2025).

Its benchmark is `vilbench` (`guerdon bench`). `guerdon.use.select.select` picks the best of many candidates by any
reward, of wholes, of steps, or both; `guerdon.use.rollouts.mc_step_values` labels steps by roll-outs, and
`guerdon.use.select.step_advantage` finds questions on which steps help. ViLPRM itself waits for models with heads.

The authors' code is not public; this follows their page. The proofs are on chains of sums: each step adds a column, and
now and then forgets the carry, which makes the answer wrong unless a later step notices. A reader sees whether a carry
was needed and whether it was written, both through noise, so that a faulty step is one where they disagree. A value
head that is taught step by step finds that out from chains from which one that is taught by outcomes does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.bench.suites.vilbench import benchmark
from guerdon.metrics.calibration import auroc
from guerdon.metrics.steps import Aggregate
from guerdon.rules import given, process
from guerdon.scores import Floats
from guerdon.systems import Measured, System
from guerdon.use.rollouts import mc_step_values
from guerdon.use.select import select
from guerdon.world.network import Network

system = System(
    id="vilbench",
    title="ViLBench: A Suite for Vision-Language Process Reward Modeling",
    year=2025,
    url="https://arxiv.org/abs/2503.20271",
    about=__doc__,
    rewards={"steps": process.step_scores, "whole": given.score},
    published=benchmark.published,
)


STEPS, FORGETS, NOTICES = 8, 0.18, 0.03
"""Of a chain; how often a step forgets a carry, and how often it notices one that was forgotten."""
NOISE, TRAINED, HIDDEN = 0.3, 400, 32
QUESTIONS, CANDIDATES, ROLLOUTS = 250, 24, 32
Ints = NDArray[np.int64]


class Chains(NamedTuple):
    """n solutions, right if no carry is missing in the end."""

    missing: Ints
    """[n, steps], carries missing after each step; it is also how far the answer is off."""
    seen: Floats
    """[n, steps, 2], a carry needed and a carry written, +1 or −1, through noise."""

    @property
    def right(self) -> NDArray[np.bool_]:
        """[n]"""
        return np.asarray(self.missing[:, -1] == 0)

    def prefixes(self) -> Floats:
        """[n, steps, 3 · steps], what a reader has seen after each step, and which step it is."""
        made = np.zeros((len(self.seen), STEPS, 3 * STEPS))
        for k in range(STEPS):
            made[:, k, : 2 * (k + 1)] = self.seen[:, : k + 1].reshape(len(self.seen), -1)
            made[:, k, 2 * STEPS + k] = 1.0
        return made


class Picked(NamedTuple):
    """Share of questions answered right, by how a candidate was picked."""

    random: float
    majority: float
    outcome: float
    """By a head that was trained on outcomes."""
    steps: dict[Aggregate, float]
    """By a head that was trained on values of steps, by how these are aggregated."""


@system.proof(claim="values by roll-outs drop at the first faulty step", seconds=10)
def values_drop(seed: int) -> Measured:
    """AUROC of the drop for the first fault against the sound steps before it; the baseline has one roll-out each."""
    rng = np.random.default_rng(seed)
    chains = _chains(rng, TRAINED)
    return Measured(
        _found(chains, _values(rng, chains, ROLLOUTS)), at_least=0.95, baseline=_found(chains, _values(rng, chains, 1))
    )


@system.proof(claim="best of 24 by the mean of steps beats an outcome reward from the same chains", seconds=30)
def beats_outcomes(seed: int) -> Measured:
    """Share of questions answered right; the baseline is the outcome reward, and the bar lies 0.1 above it."""
    found = _picked(seed)
    return Measured(found.steps["mean"], at_least=found.outcome + 0.1, baseline=found.outcome)


@system.proof(claim="it beats the majority, which is wrong where right chains are rare, and chance", seconds=1)
def beats_majority(seed: int) -> Measured:
    """The same; the baseline is the better of majority and chance."""
    found = _picked(seed)
    other = max(found.majority, found.random)
    return Measured(found.steps["mean"], at_least=other + 0.1, baseline=other)


@system.proof(claim="so does the least of the steps", seconds=1)
def by_min(seed: int) -> Measured:
    """As `beats_outcomes`, by the least value."""
    found = _picked(seed)
    return Measured(found.steps["min"], at_least=found.outcome + 0.1, baseline=found.outcome)


@system.proof(claim="and the last of them", seconds=1)
def by_last(seed: int) -> Measured:
    """As `beats_outcomes`, by the last value."""
    found = _picked(seed)
    return Measured(found.steps["last"], at_least=found.outcome + 0.1, baseline=found.outcome)


def _chains(rng: np.random.Generator, n: int) -> Chains:
    missing, forgot = np.zeros((n, STEPS), np.int64), np.zeros((n, STEPS), np.bool_)
    off = np.zeros(n, np.int64)
    for k in range(STEPS):
        after = _step(rng, off)
        missing[:, k], forgot[:, k] = after, after > off
        off = after
    needed = rng.choice([-1.0, 1.0], (n, STEPS))
    seen = np.stack([needed, np.where(forgot, -needed, needed)], axis=-1)
    return Chains(missing, seen + rng.normal(0, NOISE, seen.shape))


def _step(rng: np.random.Generator, off: Ints) -> Ints:
    """How many carries are missing after one step more."""
    forgets, notices = rng.random(off.shape) < FORGETS, rng.random(off.shape) < NOTICES
    return np.asarray(off + forgets - (notices & ~forgets & (off > 0)))


def _values(rng: np.random.Generator, chains: Chains, n: int) -> Floats:
    """[n, steps], by roll-outs of the policy that made the chains."""

    def ends(prefix: Sequence[int], n: int) -> Sequence[int]:
        off = np.full(n, prefix[-1], np.int64)
        for _ in range(STEPS - len(prefix)):
            off = _step(rng, off)
        ended: list[int] = off.tolist()
        return ended

    return np.array([mc_step_values(chain, ends, lambda end: end == 0, n) for chain in chains.missing.tolist()])


def _found(chains: Chains, values: Floats) -> float:
    drops, faulty = [], []
    for missing, value in zip(chains.missing, values, strict=True):
        first = int(np.argmax(missing > 0)) if missing.any() else STEPS - 1
        for k in range(1, first + 1):
            drops.append(value[k - 1] - value[k])
            faulty.append(missing[k] > 0)
    return auroc(drops, faulty)


@cache
def _picked(seed: int) -> Picked:
    rng = np.random.default_rng(seed)
    train, test = _chains(rng, TRAINED), _chains(rng, QUESTIONS * CANDIDATES)
    prefixes = train.prefixes()
    by_step = Network(3 * STEPS, HIDDEN, rng)
    by_step.fit(prefixes.reshape(-1, 3 * STEPS), _values(rng, train, ROLLOUTS).ravel())
    by_outcome = Network(3 * STEPS, HIDDEN, rng).fit(prefixes[:, -1], train.right.astype(np.float64))
    asked = test.prefixes()
    steps = by_step(asked.reshape(-1, 3 * STEPS)).reshape(-1, STEPS).tolist()
    rows = [{"score": s, "step_scores": v} for s, v in zip(by_outcome(asked[:, -1]).tolist(), steps, strict=True)]
    questions = [rows[i : i + CANDIDATES] for i in range(0, len(rows), CANDIDATES)]
    answers = test.missing[:, -1].reshape(QUESTIONS, CANDIDATES)
    outcome = [select(candidates, given.score()).position for candidates in questions]
    picked: dict[Aggregate, list[int | None]] = {
        how: [select(candidates, process.step_scores(), aggregate=how).position for candidates in questions]
        for how in ("mean", "min", "last")
    }
    most = np.array([np.bincount(answer).argmax() for answer in answers])
    return Picked(
        float(test.right.mean()), float((most == 0).mean()), _right(answers, outcome),
        {how: _right(answers, positions) for how, positions in picked.items()},
    )  # fmt: skip


def _right(answers: Ints, positions: Sequence[int | None]) -> float:
    return float(np.mean([p is not None and answer[p] == 0 for answer, p in zip(answers, positions, strict=True)]))
