"""JudgeAnything, pairs: which of two answers people find better, in 15 directions between modalities (Pu et al. 2025).

3,000 pairs of answers that are text, images, audio or video, to tasks of any of them: of the four answers to a task the
first two and the last two. Groups are directions; in the first five of them answers are text (MMU), in the others not
(MMG). A folder of data holds the files of the repository, `TaskAnything.json`, `JudgeAnything.json`,
`Human_Pairing.json` and, for judges that want one, `checklist.json`, or the last but one alone for outputs only. Of
people's file the columns are from memory; several marks of one pair are averaged.

`--outputs` takes what the scripts write: choices, by `rubric_name`, in all three of their set-ups. A choice of "1" is a
tie, where other files mean the first one by it. Where a judge gave choices to rubrics and none overall, the one that
most of them have counts; what the mean gives is among the official figures. All pairs are in one order and only two of
the six of each task are there, so a judge that favours a place cannot be told from one that is right by chance.
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
from guerdon.bench.suites._generated import gaps
from guerdon.bench.suites._graded import calibrated, decided
from guerdon.load import stream
from guerdon.metrics.pairwise import with_ties
from guerdon.sample import Row
from guerdon.scores import Floats


def item(row: Row) -> Item:
    """A pair; gold leads as far as people's choices do. Raises ValueError where there are none that can be read."""
    found, marks = common.people(row, "choice")
    gold = values(rubrics.reduced(marks, "majority"))
    return Item(found.key, common.samples(row), gold, found.task, found.uniq_id, {"marks": marks})


def values(lead: float) -> tuple[float, float]:
    """Of both answers, whose sum is 1, from how far the first one leads.

    >>> values(1.0), values(0.0)
    ((1.0, 0.0), (0.5, 0.5))
    """
    return (1 + lead) / 2, (1 - lead) / 2


def agreement(values: Floats, gold: Floats) -> Floats:
    """1 for each pair [n] of which the reward says the same as people, first, second or tie, else 0."""
    return with_ties(np.sign(gold[:, 0] - gold[:, 1]), values[:, 0] - values[:, 1])


def figures(human: Floats, judge: Floats) -> dict[str, float]:
    """Percent of leads [n] with the same sign, and of those that people decided; a tie is wrong there."""
    right, counted = np.sign(human) == np.sign(judge), human != 0
    without = {"without ties": 100 * float(right[counted].mean())} if counted.any() else {}
    return {"with ties": 100 * float(right.mean()), **without}


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Accuracy with and without the pairs that people call a tie, in percent."""
    human = questions.gold[:, 0] - questions.gold[:, 1]
    return common.official(questions, answers, human, gaps(answers), figures)


def outputs(path: Path, by: rubrics.By = "majority") -> Iterator[Output]:
    """Choices as the scripts write them, one made of those of rubrics; or guerdon's own form."""
    return told(stream(path), by)


def told(rows: Iterable[Row], by: rubrics.By = "majority") -> Iterator[Output]:
    """`outputs`, of rows."""
    return rubrics.outputs(rows, "choice", values, by)


benchmark = Benchmark(
    name="judge-anything-pair",
    title=f"{common.TITLE}, pairs",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    gather=partial(common.gather, what="choice"),
    metrics=(
        Metric("accuracy", "How often the better answer is preferred, where people decided; a tie counts ½.", decided),
        Metric("with ties", "How often first, second or tie is what people say; only equal values are a tie.",
               agreement),
        Metric("at best threshold", "The same, at the threshold for ties that is best on these pairs.",
               figure=calibrated(), with_unread=True),
        Metric("MMU", "Accuracy where answers are text.", decided, only=common.UNDERSTANDING),
        Metric("MMG", "Accuracy where answers are images, audio or video.", decided, only=common.GENERATION),
    ),
    files=common.FILES,
    media=common.MEDIA,
    groups=common.DIRECTIONS,
    official=Official(
        official,
        (
            "the metric script is not public: these follow the paper, from memory",
            "without ties, a tie of the judge is wrong there, ½ in ours",
        ),
    ),
    outputs=outputs,
    published=(common.PUBLISHED,),
)  # fmt: skip
