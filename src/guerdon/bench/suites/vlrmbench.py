"""VLRMBench, steps: which steps of a reasoning about images are faulty, in eight tasks (Ruan et al. 2025).

A reward gives every step a value, from 1 for a sound step to 0; below ½ it calls it faulty. Samples have the
reasoning as their response, and `steps`, its parts. `--outputs` takes the answers of models, `id` and `model_answer`:
the last list of it, a 1 a faulty step and a 0 any other. An answer without such a list of the right length is unread
and wrong on all its steps. The script takes runs of digits for labels wherever they stand, and adds 0s: whoever says
nothing is right on most steps.

Labels belong to `reasoning_error`, the reasoning with faults; `step_list` is what it was before. Long reasonings
weigh more in F1, so the share of right steps of an item stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import FILE, Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.outputs import Output, output
from guerdon.bench.published import Published
from guerdon.bench.suites import _vlrmbench as common
from guerdon.load import stream
from guerdon.metrics.binary import confusion
from guerdon.metrics.calibration import auroc
from guerdon.metrics.steps import first_error
from guerdon.sample import Broken, Row, Sample, shared
from guerdon.scores import NAN, Floats, Status

TASKS = (
    "step_correctness", "redundant_det", "most_confidence", "existence_hallucination", "attribute_hallucination",
    "detail_error", "location_error", "image_ref_error",
)  # fmt: skip


def item(row: Row) -> Item:
    """A reasoning with a label a step; gold is 1 for a sound step. Raises ValueError for another task or label."""
    task = _task(row, str(row.get(FILE)))
    if task not in TASKS:
        raise ValueError(f"of another task, {task}")
    given = list(row["task_gt"])
    if not given or not set(given) <= {0, 1}:
        raise ValueError("task_gt is no list of 0 and 1")
    reasoning = row["reasoning_error"]
    parts = common.steps(reasoning)
    columns = {"images": row.get("image")} | ({"steps": parts} if len(parts) == len(given) else {})
    sample = Sample(str(row["question"]), common.text(reasoning), **columns)
    return Item(common.key(row, task), (sample,), tuple(1.0 - label for label in given), task, shared(sample))


def faults(values: Floats, gold: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Of all steps, whether they were called faulty and whether they are; one without a value is called wrongly."""
    real = ~np.isnan(gold)
    faulty = gold[real] < 0.5
    given = values[real]
    return np.where(np.isnan(given), ~faulty, given < 0.5), faulty


def inverse_f1(values: Floats, gold: Floats) -> float:
    """F1 of faulty and of sound steps, each weighing as much as the other's share, over all steps together."""
    return confusion(*faults(values, gold)).inverse_f1


def right_steps(values: Floats, gold: Floats) -> Floats:
    """Share of each item's steps that are called right [n]."""
    real = ~np.isnan(gold)
    right = real & ((values < 0.5) == (gold < 0.5))
    return np.where((np.isnan(values) & real).any(axis=1), NAN, right.sum(axis=1) / real.sum(axis=1))


def first_fault(values: Floats, gold: Floats) -> Floats:
    """1 for each item whose first faulty step is the first called so, none where none is; else 0."""
    found = [
        float(first_error((v[~np.isnan(g)] < 0.5).tolist()) == first_error((g < 0.5).tolist()))
        for v, g in zip(values, gold, strict=True)
    ]
    return np.where((np.isnan(values) & ~np.isnan(gold)).any(axis=1), NAN, found)


def separation(values: Floats, gold: Floats) -> float:
    """AUROC of values for sound against faulty steps."""
    real = ~np.isnan(gold)
    return auroc(values[real], gold[real] > 0.5)


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent by task as the script counts: weighted F1, and F1 of faulty and of sound steps."""
    found: dict[str, float] = {}
    for task, index in questions.members().items():
        counted = [(i, given) for i in index.tolist() if (given := _labels(questions, answers, i)) is not None]
        if not counted:
            continue
        so = [label for i, _ in counted for label in _real(questions.gold[i]) < 0.5]
        counts = confusion([label for _, given in counted for label in given], so)
        f1 = {"F1": counts.inverse_f1, "F1 of faults": counts.f1, "F1 of the rest": counts.negative_f1}
        found |= {f"{task} {name}": 100 * value for name, value in f1.items()}
    return found


def outputs(path: Path) -> Iterator[Output]:
    """Answers of models, `id` and `model_answer`, in a folder named after the task or with its name in the column
    `category`; or guerdon's own form.
    """
    return (_answer(row, common.answered_task(path)) for row in stream(path))


def _answer(row: Row, task: str) -> Output:
    if isinstance(row, Broken) or "model_answer" not in row:
        return output(row)
    key, text = common.key(row, _task(row, task)), row["model_answer"]
    if not isinstance(text, str):
        return Output(key, None, Status.UNREAD, "no answer")
    return Output(key, settle=partial(_settled, key, text))


def _settled(key: str, text: str, item: Item) -> Output:
    n = len(item.gold)
    read, published = common.labels(text, n), common.published_labels(text, n)
    values = None if read.value is None else tuple(1.0 - label for label in read.value)
    return Output(key, values, read.status, read.reason, official=published)


def _labels(questions: Questions, answers: Answers, i: int) -> list[bool] | None:
    """The labels that the script has of an answer; None for one that it skips."""
    if answers.official is not None and answers.official[i] is not None:
        return [bool(label) for label in answers.official[i]]
    values = answers.values[i][~np.isnan(questions.gold[i])]
    return None if np.isnan(values).any() else (values < 0.5).tolist()


def _task(row: Row, default: str) -> str:
    return str(row.get("category") or default)


def _real(gold: Floats) -> Floats:
    return np.asarray(gold[~np.isnan(gold)])


benchmark = Benchmark(
    name="vlrmbench",
    title=f"{common.TITLE}: faulty steps",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    metrics=(
        Metric("F1", "F1 of faulty and of sound steps, each weighing as much as the other's share, so that the rare "
               "ones count.", figure=inverse_f1, with_unread=True),
        Metric("steps", "Share of an item's steps that are called right.", right_steps),
        Metric("first fault", "How often the first faulty step is found.", first_fault),
        Metric("AUROC", "Chance that a sound step has a greater value than a faulty one.", figure=separation),
    ),
    files=("vlrmbench/*.jsonl",),
    groups=TASKS,
    protocol=Protocol(asks="steps"),
    official=Official(
        official,
        (
            "labels are runs of digits anywhere, so the numbers of steps are read as labels; missing ones are 0, "
            "which is right for most steps; in ours such an answer is unread, and wrong on all its steps",
            "null answers are left out there",
        ),
    ),
    outputs=outputs,
    published=(
        Published(
            "VLRMBench, where models stand", "a review of arXiv:2503.07478, from memory, not checked against the paper",
            ("models", "F1 on steps, %"), (("closed, on average", "around 60"),),
        ),
    ),
)  # fmt: skip
