"""WildBench, scores: a judge's 1 to 10 for one model's answers to 1,024 tasks of real users (Lin et al. 2024).

There is nothing to be right about: the figure says how good the judge finds a model. WB-Score is (mean − 5) · 20. A
released file is the data, the answers of one model, and the judge's scores of them alike. A reward that is asked has
to give scores from 1 to 10.

With the tags of tasks among the columns (`primary_tag`, `secondary_tags`), the published weighted mean over groups of
tasks is there too: every item counts in all its groups, but not where its answer is empty or was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import ALL, BenchError, Item, Questions
from guerdon.bench.outputs import Output, key_of, number, output, text_of
from guerdon.bench.published import Published
from guerdon.bench.suites._wildbench import CUT, LICENCE, REPLIES, URL, asked, macro, parsed, shown, tasks
from guerdon.load import stream
from guerdon.metrics.outcomes import wb_score
from guerdon.parse.verdicts import rating
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Floats, Status

LOW, HIGH = 1, 10


def item(row: Row) -> Item:
    """One task and a model's answer to it."""
    answer, of = shown(row.get("model_output", row.get("output"))), tasks(row)
    checklist = {} if row.get("checklist") is None else {"checklist": row["checklist"]}
    counted = bool(answer.strip()) and not answer.endswith(CUT)
    facts = {"tasks": tuple(dict.fromkeys(of)) if counted else ()}
    key = str(row.get("session_id") or row["id"])
    return Item(key, (Sample(asked(row), answer, **checklist),), (0.0,), of[0] if of else ALL, facts=facts)


def score(values: Floats, gold: Floats) -> float:
    """WB-Score of values [n, 1]. Raises BenchError for one that is no score from 1 to 10."""
    if not ((values >= LOW) & (values <= HIGH)).all():
        raise BenchError(f"WB-Score is of scores from {LOW} to {HIGH}, not {values.min():g} to {values.max():g}")
    return wb_score(values[:, 0])


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """WB-Score over what could be read, and its weighted mean over groups of tasks where there are any."""
    told = answers.official or answers.values[:, 0].tolist()
    counted = [i for i, value in enumerate(told) if value is not None and value == value]
    if not counted:
        return {}
    values = [float(told[i]) for i in counted]
    mean = macro(values, (questions.facts[i]["tasks"] for i in counted))
    tasked = {} if mean is None else {"task macro": (mean - 5) * 20}
    return {"WB-Score": float(wb_score(values)), "mean score": float(np.mean(values)), **tasked}


def outputs(path: Path) -> Iterator[Output]:
    """Released files, replies of a judge, or guerdon's own form."""
    return map(_output, stream(path))


def _output(row: Row) -> Output:
    if isinstance(row, Broken):
        return output(row)
    key = key_of(row) if row.get("session_id") is None else str(row["session_id"])
    text = text_of(row, REPLIES)
    if text is not None:
        read = rating(text, low=LOW, high=HIGH)
        counted = number(parsed(text, "score"))
        return Output(key, None if read.value is None else (read.value,), read.status, read.reason, official=counted)
    if row.get("score") is None:
        return output(row)
    value = number(row["score"])
    if LOW <= value <= HIGH:
        return Output(key, (value,), official=value)
    return Output(key, (NAN,), Status.UNREAD, f"score={row['score']!r:.20} is not from 1 to 10", official=value)


benchmark = Benchmark(
    name="wildbench-score",
    title="WildBench: Benchmarking LLMs with Challenging Tasks from Real Users in the Wild, scores",
    url=URL,
    licence=LICENCE,
    about=__doc__,
    item=item,
    metrics=(Metric("WB-Score", "How good a judge finds the answers, −80 to 100.", figure=score, share=False),),
    files=("wildbench/score_*.json",),
    official=Official(
        official,
        ("of a broken reply only a quoted score counts here, also one outside 1 to 10; ours reads all forms",),
    ),
    outputs=outputs,
    published=(
        Published(
            "WB-Score", "arXiv:2406.04770 and its leaderboard",
            ("model", "WB-Score", "task macro"),
            (("gpt-4o-2024-05-13", 58.8, 59.3), ("claude-3-opus", 52.1, 51.7), ("Llama-3-70B-Instruct", 49.6, 47.8),
             ("Llama-2-7b-chat", 15.2, 8.3)),
        ),
    ),
)  # fmt: skip
