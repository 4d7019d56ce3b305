"""ViLBench: picking a right solution out of many by a reward of steps or of wholes (Tu et al. 2025).

A row has a question, `candidates` (solutions, each a list of steps or a text) and `correct`, which of them are right;
it may have `step_scores`, a list a candidate. A sample is a candidate: the text as response, and `steps`. Figures are
the chance that the candidate picked is right, as drawn evenly from those of greatest value: scores in whole numbers
tie often, and taking the first of them is another figure, which stands beside.

`--outputs` takes a value a candidate, or `step_scores`, whose mean over steps counts; their other aggregates are among
the official figures. The authors' script is not public: official figures follow the paper, and take the first of
equal ones. The 600 questions were kept because scorers picked better by steps than by wholes on them, so they favour
process rewards by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import ALL, Item, Questions, digest
from guerdon.bench.outputs import Output, key_of, number, output, scored
from guerdon.bench.published import Published
from guerdon.load import stream
from guerdon.metrics.selection import expected_best
from guerdon.metrics.steps import Aggregate, aggregate
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Floats, Status

AGGREGATES: tuple[Aggregate, ...] = ("mean", "min", "max", "last", "prod")


def item(row: Row) -> Item:
    """A question and its candidates; gold is 1 for a right one. Raises ValueError for lists of unlike length."""
    candidates, right = list(row["candidates"]), [float(flag) for flag in row["correct"]]
    given = list(row.get("step_scores") or [None] * len(right))
    if not len(candidates) == len(right) == len(given) > 0:
        raise ValueError(f"{len(candidates)} candidates, {len(right)} of them said to be right or wrong")
    question = str(row["question"])
    shared = {name: row[name] for name in ("image", "images", "answer") if row.get(name) is not None}
    samples = tuple(_sample(question, one, scores, shared) for one, scores in zip(candidates, given, strict=True))
    key = str(row["id"]) if row.get("id") is not None else digest(question, *(str(s["response"]) for s in samples))
    return Item(key, samples, tuple(right), str(row.get("source") or ALL))


def first_best(values: Floats, gold: Floats) -> Floats:
    """Gold of the candidate of greatest value, the first of equal ones [n]."""
    missing = (np.isnan(values) & ~np.isnan(gold)).any(axis=1)
    best = np.argmax(np.where(np.isnan(values), -np.inf, values), axis=1)
    return np.where(missing, NAN, gold[np.arange(len(gold)), best])


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent of questions answered by the first candidate of greatest value, for every aggregate of step scores."""
    picked = first_best(answers.values, questions.gold)[answers.answered]
    found = {"accuracy": 100 * float(np.nan_to_num(picked).mean())}
    stepped = {i: steps for i, steps in enumerate(answers.official or ()) if steps is not None}
    wanted = (~np.isnan(questions.gold)).sum(axis=1)
    for how in AGGREGATES if stepped else ():
        values = np.full(questions.gold.shape, NAN)
        for i, steps in stepped.items():
            if len(steps) == wanted[i]:
                values[i, : len(steps)] = [aggregate(one, how) for one in steps]
        right = first_best(values, questions.gold)[[*stepped]]
        found[f"by {how} of steps"] = 100 * float(np.nan_to_num(right).mean())
    return found


def outputs(path: Path) -> Iterator[Output]:
    """`id` and `step_scores`, a list a candidate, or guerdon's own form."""
    return (_stepped(row) for row in stream(path))


def _sample(question: str, candidate: Any, scores: Any, shared: Mapping[str, Any]) -> Sample:
    steps = [candidate] if isinstance(candidate, str) else list(map(str, candidate))
    columns = {} if scores is None else {"step_scores": list(scores)}
    return Sample(question, "\n".join(steps), steps=steps, **shared, **columns)


def _stepped(row: Row) -> Output:
    if isinstance(row, Broken) or row.get("step_scores") is None:
        return output(row)
    given: list[Sequence[float]] = [[number(score) for score in steps] for steps in row["step_scores"]]
    if not all(len(steps) and not np.isnan(steps).any() for steps in given):
        return Output(key_of(row), None, Status.UNREAD, "step scores that are no numbers, or none at all")
    return scored(key_of(row), [aggregate(steps, "mean") for steps in given], official=given)


benchmark = Benchmark(
    name="vilbench",
    title="ViLBench: A Suite for Vision-Language Process Reward Modeling",
    url="https://ucsc-vlaa.github.io/ViLBench",
    licence="unknown",
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "Chance that the candidate picked is right, drawn evenly from those of greatest value.",
               expected_best),
        Metric("first of equals", "The same, where the first of those of greatest value is picked.", first_best),
        Metric("within reach", "How often any candidate is right, whatever the reward says.",
               lambda v, g: np.where((np.isnan(v) & ~np.isnan(g)).any(axis=1), NAN, np.nanmax(g, axis=1))),
    ),
    files=("vilbench/*.jsonl", "vilbench/*.parquet"),
    official=Official(official, ("the first of equal candidates is picked there, one drawn evenly in ours",)),
    outputs=outputs,
    published=(
        Published(
            "ViLBench, accuracy, %", "abstract of arXiv:2503.20271", ("model", "accuracy"),
            (("GPT-4o with chain of thought", 27.3),),
        ),
    ),
)  # fmt: skip
