"""VLRMBench, critique: how often a critic's text is better than the reference, by a judge (Ruan et al. 2025).

It measures a critic with a reward for its judge: rows are the critic's answers, `model_answer`, beside the reference,
`task_gt`, on analysing the errors of a reasoning and on correcting it. `--outputs` takes the scores of a judge who saw
both in both orders: `judge_res_1` for the reference first, `judge_res_2` for the critic first; the greater sum wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.benchmark import Benchmark
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item
from guerdon.bench.outputs import Output, number, output
from guerdon.bench.suites import _vlrmbench as common
from guerdon.load import stream
from guerdon.metrics.pairwise import credit, pair_credit
from guerdon.sample import Broken, Row, Sample, shared
from guerdon.scores import Floats, Status

GROUPS = ("error_reason_analysis", "error_correction")


def item(row: Row) -> Item:
    """The critic's text and the reference."""
    analysed = row.get("reasoning_error")
    columns: dict[str, Any] = {"images": row.get("image")} | ({"reasoning": analysed} if analysed is not None else {})
    texts = [common.text(row[name]) for name in ("model_answer", "task_gt")]
    samples = tuple(Sample(str(row["question"]), text, **columns) for text in texts)
    task = GROUPS[analysed is None]
    return Item(common.key(row, task), samples, (1.0, 0.0), task, shared(samples[0]))


def ties(values: Floats, gold: Floats) -> Floats:
    """1 for each pair [n] of equal values, else 0."""
    return credit(-np.abs(values[:, 0] - values[:, 1]), ties=1.0)


def outputs(path: Path) -> Iterator[Output]:
    """Scores of a judge in both orders, in a folder named after the task; or guerdon's own form."""
    return (_judged(row, common.answered_task(path)) for row in stream(path))


def _judged(row: Row, task: str) -> Output:
    if isinstance(row, Broken) or "judge_res_1" not in row:
        return output(row)
    key, given = common.key(row, task), [_scores(row.get(f"judge_res_{order}")) for order in (1, 2)]
    if any(len(scores) != 2 or np.isnan(scores).any() for scores in given):
        return Output(key, None, Status.UNREAD, "not two scores in both orders")
    (reference, critic), (critic_too, reference_too) = given
    return Output(key, (critic + critic_too, reference + reference_too))


def _scores(given: Any) -> list[float]:
    return [number(score) for score in given] if isinstance(given, list) else []


benchmark = Benchmark(
    name="vlrmbench-critique",
    title=f"{common.TITLE}: critique",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    metrics=(
        Metric("win rate", "How often the critic's text is preferred to the reference; a tie counts ½.", pair_credit),
        Metric("wins", "The same, a tie counting 0: what is published.", partial(pair_credit, ties=0.0)),
        Metric("ties", "How often neither is.", ties),
    ),
    files=("vlrmbench/error_reason_analysis/*.jsonl", "vlrmbench/error_correction/*.jsonl"),
    groups=GROUPS,
    outputs=outputs,
)  # fmt: skip
