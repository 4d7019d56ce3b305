"""Multimodal RewardBench: judges of answers in six areas, from captions to safety (Yasunaga et al. 2025).

The benchmark is `guerdon bench multimodal-rewardbench --data all_data.json`. Its script shows Output1 first, always,
and throws a coin for what it cannot read, so silence is worth a half and a judge that always says A is worth the
share of As. Here judges are asked in both orders and silence is worth nothing; the script's figure stands beside it.
What R1-Reward reports is of another protocol: it shows the better answer first.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from guerdon.bench.run import Entry, run
from guerdon.bench.suites.multimodal_rewardbench import benchmark, predictions
from guerdon.sample import Row
from guerdon.systems import Measured, System

system = System(
    id="multimodal-rewardbench",
    title="Multimodal RewardBench: Holistic Evaluation of Reward Models for Vision Language Models",
    year=2025,
    url="https://arxiv.org/abs/2502.14191",
    about=__doc__,
    published=benchmark.published,
)

SIZES = {"knowledge": 500, "vqa": 900, "reasoning": 400, "safety": 200, "open_generation/correctness_task": 500}
SKILLS = {"knowledge": 0.7, "vqa": 0.9, "reasoning": 0.6, "safety": 0.4, "open_generation/correctness_task": 0.55}
FIRST = 0.56
"""How often the first output is the better one."""


@system.proof(claim="the figure over all items is the mean of its categories, each by its size", seconds=4)
def weighted_mean(seed: int) -> Measured:
    """Distance of the two; the baseline is that of the plain mean, which is another figure."""
    rng = np.random.default_rng(seed)
    skills = np.repeat(list(SKILLS.values()), list(SIZES.values()))
    right = rng.random(len(skills)) < skills
    first = np.array([row["Better"] == "Output1" for row in _rows(seed)])
    found = _judged(seed, ["[[A]]" if a else "[[B]]" for a in (right == first).tolist()])
    groups = [f for f in found.headline.groups.values() if f.estimate]
    means, sizes = np.array([f.estimate.mean for f in groups if f.estimate]), [f.items for f in groups]
    overall = _accuracy(found)
    return Measured(
        abs(overall - float(np.average(means, weights=sizes))), at_most=1e-12, baseline=abs(overall - means.mean())
    )


@system.proof(claim="in the one order that is shown, a judge that always says A gets the share of As", seconds=4)
def always_a(seed: int) -> Measured:
    """Distance of its accuracy from that share; the baseline is its distance from ½."""
    rows = _rows(seed)
    found = _accuracy(_judged(seed, ["[[A]]"] * len(rows)))
    share = sum(row["Better"] == "Output1" for row in rows) / len(rows)
    return Measured(abs(found - share), at_most=1e-12, baseline=abs(found - 0.5))


@system.proof(claim="a judge that never says anything gets nothing, where the script's coin gives it half", seconds=4)
def silence(seed: int) -> Measured:
    """Its accuracy; the baseline is the script's."""
    found = _judged(seed, ["Both have merits."] * sum(SIZES.values()))
    return Measured(_accuracy(found), at_most=0.0, baseline=found.official["all"])


@cache
def _rows(seed: int) -> list[Row]:
    rng = np.random.default_rng([seed, 1])
    categories = [name for name, size in SIZES.items() for _ in range(size)]
    better = np.where(rng.random(len(categories)) < FIRST, "Output1", "Output2").tolist()
    return [
        {"ID": f"x_{i}", "Text": f"{i}?", "Output1": "yes", "Output2": "no", "Better": b, "Category": category}
        for i, (b, category) in enumerate(zip(better, categories, strict=True))
    ]


def _judged(seed: int, texts: Sequence[str]) -> Entry:
    rows = _rows(seed)
    told = predictions({"ID": row["ID"], "output": text} for row, text in zip(rows, texts, strict=True))
    return run(benchmark, outputs={"judge": told}, data=rows).entries[0]


def _accuracy(found: Entry) -> float:
    estimate = found.headline.overall.estimate
    return np.nan if estimate is None else estimate.mean
