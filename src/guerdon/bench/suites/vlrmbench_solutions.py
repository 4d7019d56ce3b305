"""VLRMBench, multi-solution: which of two reasonings about images is right (Ruan et al. 2025).

The right one, `step_list`, comes first in the data. A judge gives both a score from 0 to 10, asked in both orders,
and the greater sum over the orders wins: a judge who favours a place ties. `--outputs` takes the judge's texts,
`model_answer_front` (the right one shown first) and `model_answer_back`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.outputs import Output, output, text_of
from guerdon.bench.suites import _vlrmbench as common
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.sample import Broken, Row, Sample, shared
from guerdon.scores import Status


def item(row: Row) -> Item:
    """The right reasoning and the wrong one."""
    texts = [common.text(row[name]) for name in ("step_list", "reasoning_error")]
    samples = tuple(Sample(str(row["question"]), text, images=row.get("image")) for text in texts)
    return Item(str(row["id"]), samples, (1.0, 0.0), cluster=shared(samples[0]))


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent of items whose right reasoning has the greater sum; ties are wrong."""
    by_value = answers.values[:, 0] - answers.values[:, 1]
    given = answers.official or [None] * len(answers)
    leads = [value if lead is None else lead for value, lead in zip(by_value.tolist(), given, strict=True)]
    return {"accuracy": 100 * float(np.mean(np.array(leads)[answers.answered] > 0))}


def outputs(path: Path) -> Iterator[Output]:
    """The judge's texts in both orders, or guerdon's own form."""
    return (_answer(row) for row in stream(path))


def _answer(row: Row) -> Output:
    if isinstance(row, Broken) or "model_answer_front" not in row:
        return output(row)
    texts = [text_of(row, [f"model_answer_{order}"]) or "" for order in ("front", "back")]
    lead = _lead(*(common.published_scores(text) for text in texts))
    read = [common.scores(text) for text in texts]
    if unread := [found for found in read if found.value is None]:
        return Output(str(row["id"]), None, Status.UNREAD, unread[0].reason, official=lead)
    front, back = (found.value or () for found in read)
    return Output(str(row["id"]), (front[0] + back[1], front[1] + back[0]), official=lead)


def _lead(front: Sequence[int], back: Sequence[int]) -> float:
    """1 where the right one has the greater sum, −1 where it has the less, else 0; numbers may be too large to add."""
    right, wrong = front[0] + back[1], front[1] + back[0]
    return float((right > wrong) - (right < wrong))


benchmark = Benchmark(
    name="vlrmbench-solutions",
    title=f"{common.TITLE}: multi-solution",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often the right reasoning is preferred; a tie counts ½.", pair_credit),
        Metric("strict", "The same, a tie being wrong.", partial(pair_credit, ties=0.0)),
    ),
    files=("vlrmbench/multi_solution.jsonl",),
    official=Official(
        official,
        (
            "ties are wrong there, ½ in ours",
            "scores are the last two runs of digits, so 8.5 is 8 and 5, and no answer is 0 and 0",
        ),
    ),
    outputs=outputs,
)  # fmt: skip
