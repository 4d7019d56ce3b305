"""VL-RewardBench: 1,250 pairs of answers about an image, in three groups (Li et al. 2024)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, ranked
from guerdon.bench.outputs import GROUP, Output
from guerdon.bench.outputs import outputs as plain
from guerdon.bench.published import Published
from guerdon.metrics.pairwise import pair_credit
from guerdon.preferences import comparison
from guerdon.sample import Row

GROUPS = ("general", "hallucination", "reasoning")
BY_PREFIX = {
    "RLAIF": "hallucination", "RLHF": "hallucination", "hallucination": "hallucination",
    "mathverse": "reasoning", "mmmu": "reasoning",
}  # fmt: skip
"""Of the id, up to its first _ or -; all others are general."""


def item(row: Row) -> Item:
    """A row with a winner, of the group that its id says."""
    made = ranked(comparison(row), group=group(str(row.get("id"))))
    if not made.decided:
        raise ValueError("no winner")
    return made


def group(id: str) -> str:
    """The group of an id, as the official script has it since its fix: 183, 749 and 318 items.

    >>> group("RLAIF-V-0"), group("mathverse_2"), group("svit-3")
    ('hallucination', 'reasoning', 'general')
    """
    return BY_PREFIX.get(id.replace("-", "_").partition("_")[0], "general")


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent by group, of all items, and the mean of groups; ties are wrong and unread answers are dropped."""
    credit = pair_credit(answers.values, questions.gold, ties=0.0)
    groups = np.array(questions.groups)
    found = {name: 100 * float(np.nanmean(credit[groups == name])) for name in GROUPS if (groups == name).any()}
    return {**found, "overall": 100 * float(np.nanmean(credit)), "macro": float(np.mean(list(found.values())))}


def outputs(path: Path) -> Iterator[Output]:
    """Also the released file of IXC-2.5-Reward: right or wrong, a list a group."""
    if path.suffix == ".json" and isinstance(found := json.loads(path.read_bytes()), dict) and "out_general" in found:
        return (Output(GROUP + name, right=bool(x)) for name in GROUPS for x in found[f"out_{name}"])
    return plain(path)


benchmark = Benchmark(
    name="vl-rewardbench",
    title="VL-RewardBench: A Challenging Benchmark for Vision-Language Generative Reward Models",
    url="https://huggingface.co/datasets/MMInstruction/VL-RewardBench",
    licence="of its sources",
    about=__doc__,
    item=item,
    metrics=(Metric("accuracy", "How often the better answer is preferred; a tie counts ½.", pair_credit),),
    hub="MMInstruction/VL-RewardBench",
    files=("vl_rewardbench/unifiedreward_data.json", "vl_rewardbench/data.jsonl"),
    groups=GROUPS,
    official=Official(
        official,
        ("ties count 0 here, ½ in ours", "unread verdicts are dropped here, wrong in ours"),
        Protocol(orders="drawn"),
    ),
    outputs=outputs,
    published=(
        Published(
            "VL-RewardBench, %", "arXiv:2411.17451, from memory",
            ("model", *GROUPS, "overall", "macro"),
            (("GPT-4o", 49.1, 67.6, 70.5, 65.8, 62.4), ("IXC-2.5-Reward-7B", 84.7, 62.5, 62.9, 65.8, 70.0)),
        ),
    ),
)  # fmt: skip
