"""Vision-language models as process reward models, outcome judges and critics: VLRMBench (Ruan et al. 2025).

Four benchmarks (`guerdon bench`): `vlrmbench`, faulty steps in eight tasks; `vlrmbench-solutions`, which of two
reasonings is right; `vlrmbench-foresight`, whether a beginning ends right; `vlrmbench-critique`, how often a critic
beats the reference. Each reads answers soundly, and beside it as the published scripts do: by runs of digits, with 0s
for what is missing.

The two-order sum of scores, `guerdon.metrics.pairwise.swap_sum`, is the plainest cure of position bias: what a
judge gives to a place cancels. The proofs are on made-up answers in the layouts of the scripts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from guerdon.bench import Benchmark, Results, run
from guerdon.bench.suites import vlrmbench, vlrmbench_foresight, vlrmbench_solutions
from guerdon.systems import Measured, System

system = System(
    id="vlrmbench",
    title="VLRMBench: A Comprehensive and Challenging Benchmark for Vision-Language Reward Models",
    year=2025,
    url="https://arxiv.org/abs/2503.07478",
    about=__doc__,
    published=(*vlrmbench.benchmark.published, *vlrmbench_foresight.benchmark.published),
)


ITEMS, STEPS, RATE = 300, (4, 12), 0.2
"""Reasonings, steps of each, and the share of steps that are faulty, as in the released files."""
TASK = "location_error"
Row = Mapping[str, Any]


@system.proof(
    claim="a judge that always gives the front answer one point more knows nothing, and ties everywhere", seconds=5
)
def position_cancels(seed: int) -> Measured:
    """Strict accuracy by the sums of both orders; the baseline asks once, in an order drawn by lot."""
    rows = [{"id": i, "question": "?", "step_list": ["STEP1: a"], "reasoning_error": "STEP1: b"} for i in range(ITEMS)]
    scores = np.random.default_rng(seed).integers(1, 10, ITEMS).tolist()
    texts = [f"[{score + 1}, {score}]" for score in scores]
    both = [{"id": i, "model_answer_front": text, "model_answer_back": text} for i, text in enumerate(texts)]
    front = np.random.default_rng(seed).random(ITEMS) < 0.5
    asked_once = [{"id": i, "scores": [int(first), int(not first)]} for i, first in enumerate(front.tolist())]
    strict = [_figure(vlrmbench_solutions.benchmark, rows, answers, "strict") for answers in (both, asked_once)]
    return Measured(strict[0], at_most=0.0, baseline=strict[1])


@system.proof(claim="an answer that names no step earns nothing", seconds=10)
def silence(seed: int) -> Measured:
    """F1 of empty answers; the baseline counts them as the script does, as right on every sound step."""
    found = _answered(seed, lambda labels: "")
    return Measured(_f1(found), at_most=0.0, baseline=_published(found))


@system.proof(claim="labels between step numbers are not taken for labels", seconds=10)
def prose(seed: int) -> Measured:
    """Share read of right labels written as "STEP 1: 0"; the baseline is the script's F1, which would be 1 if read."""
    found = _answered(seed, lambda labels: ", ".join(f"STEP {i}: {label}" for i, label in enumerate(labels, 1)))
    return Measured(found.asked[0].headline.overall.read / ITEMS, at_most=0.0, baseline=_published(found))


@system.proof(claim="right labels in a list are read as such, and are as right as can be", seconds=10)
def perfect(seed: int) -> Measured:
    """F1 of right lists; the baseline deals the labels out anew."""
    found = _answered(seed, lambda labels: f"Step 2 looks odd, but:\n{labels}")
    chance = next(entry for entry in found.entries if entry.name == "random at base rate")
    return Measured(_f1(found), at_least=1.0, baseline=_mean(chance.lines[0]))


def _answered(seed: int, say: Callable[[list[int]], str]) -> Results:
    """The benchmark of steps with answers that say something of the true labels."""
    rng = np.random.default_rng(seed)
    rows, answers = [], []
    for i in range(ITEMS):
        labels = (rng.random(rng.integers(*STEPS)) < RATE).astype(int).tolist()
        text = "\n".join(f"STEP{k}: …" for k in range(1, len(labels) + 1))
        rows.append({"id": i, "question": f"{i}?", "reasoning_error": text, "task_gt": labels, "category": TASK})
        answers.append({"id": i, "model_answer": say(labels), "category": TASK})
    return _run(vlrmbench.benchmark, rows, answers)


def _run(benchmark: Benchmark, rows: Sequence[Row], answers: Sequence[Row]) -> Results:
    with TemporaryDirectory() as folder:
        path = Path(folder, "answers.jsonl")
        path.write_text("\n".join(map(json.dumps, answers)))
        return run(benchmark, outputs={"answers": benchmark.outputs(path)}, data=rows)


def _figure(benchmark: Benchmark, rows: Sequence[Row], answers: Sequence[Row], metric: str) -> float:
    entry = _run(benchmark, rows, answers).asked[0]
    return _mean(next(line for line in entry.lines if line.metric == metric))


def _mean(line: Any) -> float:
    return float("nan") if line.overall.estimate is None else float(line.overall.estimate.mean)


def _f1(found: Results) -> float:
    return _mean(found.asked[0].headline)


def _published(found: Results) -> float:
    return found.asked[0].official[f"{TASK} F1"] / 100
