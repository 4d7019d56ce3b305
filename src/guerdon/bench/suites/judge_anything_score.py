"""JudgeAnything, scores: how good people find an answer, 1 to 5, in 15 directions between modalities (Pu et al. 2025).

6,000 answers, four a task; data and directions are those of `judge-anything-pair`, with `Human_Scoring.json` for
people's scores, whose columns are from memory. Several marks of one answer are averaged. `--outputs` takes what the
scripts write: scores by `rubric_name`; where there is none overall, the mean of those of rubrics counts.

A reward on another scale is exact by accident and has no error, but correlates. Always saying the commonest score is
the baseline to beat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.outputs import Output
from guerdon.bench.suites import _judge_anything as common
from guerdon.bench.suites import _rubrics as rubrics
from guerdon.load import stream
from guerdon.metrics.correlation import plcc, srcc
from guerdon.sample import Row
from guerdon.scores import NAN, Floats


def item(row: Row) -> Item:
    """An answer; gold is people's score. Raises ValueError where there is none that can be read."""
    found, marks = common.people(row, "score")
    gold = (rubrics.reduced(marks, "mean"),)
    return Item(found.key, common.samples(row), gold, found.task, found.uniq_id, {"marks": marks})


def exact(values: Floats, gold: Floats) -> Floats:
    """1 for each answer [n] whose value and gold [n, 1] round to the same score, halves up, else 0; NaN stays."""
    same = np.floor(values[:, 0] + 0.5) == np.floor(gold[:, 0] + 0.5)
    return np.where(np.isnan(values[:, 0]), NAN, same)


def error(values: Floats, gold: Floats) -> float:
    """Mean absolute difference of values and gold [n, 1], 0 to 4; NaN if a value is no score from 1 to 5."""
    on_scale = (values >= rubrics.LEAST) & (values <= rubrics.MOST)
    return float(np.abs(values - gold).mean()) if on_scale.all() else NAN


def pearson(values: Floats, gold: Floats) -> float:
    """Correlation of values and gold [n, 1]; NaN where one of them never changes."""
    return float(plcc(values[:, 0], gold[:, 0]))


def spearman(values: Floats, gold: Floats) -> float:
    """Correlation of their ranks; NaN where one of them never changes."""
    return float(srcc(values[:, 0], gold[:, 0]))


def figures(human: Floats, judge: Floats) -> dict[str, float]:
    """Of scores [n]: percent that are exact, one that could not be read being wrong; the others of those that were."""
    read = ~np.isnan(judge)
    said, so = judge[read, None], human[read, None]
    right = {"exact": 100 * float(exact(said, so).sum()) / len(human)}
    of = {"MAE": error, "Pearson": pearson, "Spearman": spearman} if read.any() else {}
    return right | {name: figure(said, so) for name, figure in of.items()}


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent exact, mean absolute error and correlations."""
    return common.official(questions, answers, questions.gold[:, 0], answers.values[:, 0], figures)


def outputs(path: Path, by: rubrics.By = "mean") -> Iterator[Output]:
    """Scores as the scripts write them, one made of those of rubrics; or guerdon's own form."""
    return told(stream(path), by)


def told(rows: Iterable[Row], by: rubrics.By = "mean") -> Iterator[Output]:
    """`outputs`, of rows."""
    return rubrics.outputs(rows, "score", lambda value: (value,), by)


benchmark = Benchmark(
    name="judge-anything-score",
    title=f"{common.TITLE}, scores",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    gather=partial(common.gather, what="score"),
    metrics=(
        Metric("exact", "How often the value, rounded, is the score that people gave.", exact),
        Metric("MAE", "Mean distance from people's score, in points of five.", figure=error, share=False),
        Metric("Pearson", "Correlation with people's scores.", figure=pearson, share=False),
        Metric("Spearman", "Correlation of ranks.", figure=spearman, share=False),
        Metric("MMU", "Exact where answers are text.", exact, only=common.UNDERSTANDING),
        Metric("MMG", "Exact where answers are images, audio or video.", exact, only=common.GENERATION),
    ),
    files=common.FILES,
    media=common.MEDIA,
    groups=common.DIRECTIONS,
    official=Official(
        official,
        (
            "the metric script is not public: these follow the paper, from memory",
        ),
    ),
    outputs=outputs,
    published=(common.PUBLISHED,),
)  # fmt: skip
