"""MM-RLHF: a benchmark of reward models whose pairs come several to an instruction (Zhang et al. 2025).

The benchmark is `guerdon bench mm-rlhf-rewardbench`. Beside accuracy over pairs (ACC) it counts the instructions all
of whose pairs are right (ACC+). That tells a reward which knows some instructions well from one that is now and then
wrong about each, and it is lost where a run that was resumed has skipped pairs: here an instruction of which some
pairs were not answered is left out.

The critique-then-score model, its loss and DPO with a margin-scaled beta come with the training objectives.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from guerdon.bench.outputs import Output
from guerdon.bench.run import Entry, run
from guerdon.bench.suites.mm_rlhf_rewardbench import benchmark, item
from guerdon.metrics.stats import Estimate
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, System

system = System(
    id="mm-rlhf",
    title="MM-RLHF: The Next Step Forward in Multimodal LLM Alignment",
    year=2025,
    url="https://arxiv.org/abs/2502.10391",
    about=__doc__,
    published=benchmark.published,
)

SIZES = np.array([2, 3, 4, 5, 6] * 120)
"""Pairs of each instruction: 600 instructions with as many as the benchmark's have."""
ACCURACY = 0.8
LOST = 0.4
"""Share of the pairs, but the first of an instruction, that a resumed run skips."""


@system.proof(claim="ACC+ tells rewards of equal ACC apart: wrong now and then, or about whole instructions", seconds=8)
def consistency_shows(seed: int) -> Measured:
    """How much higher ACC+ is for the one that is right about whole instructions; the baseline is the same of ACC."""
    steady, erratic = _scored(_by_instruction(seed)), _scored(_by_pair(seed))
    return Measured(_mean(steady, "ACC+") - _mean(erratic, "ACC+"), at_least=0.25,
                    baseline=abs(_mean(steady, "ACC") - _mean(erratic, "ACC")))  # fmt: skip


@system.proof(claim="with independent errors ACC+ is the mean of ACC to the power of the number of pairs", seconds=5)
def closed_form(seed: int) -> Measured:
    """Distance of ACC+ from that mean; the bar is half its interval, the baseline the distance of ACC from it."""
    found = _scored(_by_pair(seed))
    expected = float(np.mean(ACCURACY**SIZES))
    return Measured(abs(_mean(found, "ACC+") - expected), at_most=_half_width(found, "ACC+"),
                    baseline=abs(_mean(found, "ACC") - expected))  # fmt: skip


@system.proof(claim="pairs that a resumed run skipped do not raise ACC+", seconds=5)
def skipped_pairs(seed: int) -> Measured:
    """Distance of ACC+ on what is left from its expected value there; the baseline is that of the script, which takes
    what is left of an instruction for all of it.
    """
    rng = np.random.default_rng([seed, 3])
    first = np.concatenate([[True], _instruction()[1:] != _instruction()[:-1]])
    kept = first | (rng.random(len(first)) >= LOST)
    right = _by_pair(seed)
    found = _scored(np.where(kept, right, np.nan))
    whole = np.bincount(_instruction(), weights=~kept) == 0
    expected = float(np.mean(ACCURACY ** SIZES[whole]))
    return Measured(abs(_mean(found, "ACC+") - expected), at_most=_half_width(found, "ACC+"),
                    baseline=abs(found.official["overall ACC+"] - float(np.mean(ACCURACY**SIZES))))  # fmt: skip


def _instruction() -> NDArray[np.int64]:
    """The number of each pair's instruction."""
    return np.repeat(np.arange(len(SIZES)), SIZES)


def _by_pair(seed: int) -> Floats:
    """1 where a reward is right that is wrong now and then."""
    return (np.random.default_rng([seed, 1]).random(int(SIZES.sum())) < ACCURACY).astype(np.float64)


def _by_instruction(seed: int) -> Floats:
    """1 where a reward is right that is right about whole instructions, for as many pairs."""
    order = np.random.default_rng([seed, 2]).permutation(len(SIZES))
    known = order[np.cumsum(SIZES[order]) <= _by_pair(seed).sum()]
    return np.isin(_instruction(), known).astype(np.float64)


@cache
def _rows() -> list[Row]:
    return [
        {"id": str(i), "prompt": f"{i}?", "image": "long/x.png", "chosen": f"good {n}", "rejected": "bad"}
        for n, i in enumerate(_instruction().tolist())
    ]


def _scored(right: Floats) -> Entry:
    """What rewards with these pairs right come to; NaN is a pair that was skipped."""
    rows = _rows()
    told = [
        Output(item(row).key, (hit, 1.0 - hit)) for row, hit in zip(rows, right.tolist(), strict=True) if hit == hit
    ]
    return run(benchmark, outputs={"rewards": told}, data=rows).entries[0]


def _mean(found: Entry, metric: str) -> float:
    return _estimate(found, metric).mean


def _half_width(found: Entry, metric: str) -> float:
    return (_estimate(found, metric).high - _estimate(found, metric).low) / 2


def _estimate(found: Entry, metric: str) -> Estimate:
    estimate = next(line.overall.estimate for line in found.lines if line.metric == metric)
    if estimate is None:
        raise ValueError("no instruction was answered in full")
    return estimate
