"""VLRMBench, forecasting future: is the beginning of a reasoning going to end right? (Ruan et al. 2025).

A reward's value is how sure it is that it will, 1 for yes and 0 for no; ½ is undecided. `--outputs` takes answers,
`id` and `model_answer`, that say yes or no, or true or false. The script looks for the right word anywhere, so an
answer with both is always right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.outputs import Output, output
from guerdon.bench.published import Published
from guerdon.bench.suites import _vlrmbench as common
from guerdon.load import stream
from guerdon.metrics.calibration import auroc
from guerdon.metrics.pairwise import credit
from guerdon.parse.result import Parsed
from guerdon.parse.yesno import yes_no
from guerdon.sample import Broken, Row, Sample, shared
from guerdon.scores import Floats, Status

_WORDS = {True: re.compile(r"\b(?:yes|true)\b", re.IGNORECASE), False: re.compile(r"\b(?:no|false)\b", re.IGNORECASE)}


def item(row: Row) -> Item:
    """The beginning of a reasoning; gold is 1 if it ends right. Raises ValueError where that is not said."""
    if not isinstance(row["task_gt"], bool):
        raise ValueError("task_gt is neither true nor false")
    reasoning = row["reasoning_error"] if row.get("reasoning_error") is not None else row["step_list"]
    sample = Sample(str(row["question"]), common.text(reasoning), images=row.get("image"))
    return Item(str(row["id"]), (sample,), (float(row["task_gt"]),), cluster=shared(sample))


def forecast(text: str) -> Parsed[bool]:
    """Whether a text says yes or true, or no or false; what says neither, or both, is unread.

    >>> forecast("No, step 3 is wrong.").value, forecast("Yes and no").status.name
    (False, 'UNREAD')
    """
    read = yes_no(text)
    if not read.ok and not any(word.search(text) for word in _YES_NO):
        read = yes_no(text, words=("true", "false"))
    return read if read.ok else Parsed(None, Status.UNREAD, None, read.reason)


_YES_NO = tuple(re.compile(rf"\b{word}\b", re.IGNORECASE) for word in ("yes", "no"))


def published_right(answer: str, gold: bool) -> bool:
    """As the script checks: the right word stands anywhere.

    >>> published_right("yes or no", True), published_right("yes or no", False), published_right("not", False)
    (True, True, False)
    """
    return _WORDS[gold].search(answer) is not None


def right(values: Floats, gold: Floats) -> Floats:
    """Credit of each item [n]: 1 for the right side of ½, ½ on it."""
    return credit((values[:, 0] - 0.5) * (2.0 * gold[:, 0] - 1.0))


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent of answers that hold the right word; no answer at all is left out."""
    by_value = right(answers.values, questions.gold) == 1
    given = answers.official or [None] * len(answers)
    flags = [bool(mine) if flag is None else flag for mine, flag in zip(by_value, given, strict=True)]
    there = answers.answered & [reason != NO_ANSWER for reason in _reasons(answers)]
    return {"accuracy": 100 * float(np.mean(np.array(flags)[there]))} if there.any() else {}


NO_ANSWER = "no answer"


def outputs(path: Path) -> Iterator[Output]:
    """Answers of models, `id` and `model_answer`, or guerdon's own form."""
    return (_answer(row) for row in stream(path))


def _answer(row: Row) -> Output:
    if isinstance(row, Broken) or "model_answer" not in row:
        return output(row)
    key, text = str(row["id"]), row["model_answer"]
    if not isinstance(text, str):
        return Output(key, None, Status.UNREAD, NO_ANSWER)
    return Output(key, settle=partial(_settled, key, text))


def _settled(key: str, text: str, item: Item) -> Output:
    read, flag = forecast(text), published_right(text, item.gold[0] == 1)
    values = None if read.value is None else (float(read.value),)
    return Output(key, values, read.status, read.reason, official=flag)


def _reasons(answers: Answers) -> list[str]:
    return [answers.reasons.get(i, "") for i in range(len(answers))]


benchmark = Benchmark(
    name="vlrmbench-foresight",
    title=f"{common.TITLE}: forecasting future",
    url=common.URL,
    licence=common.LICENCE,
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often the forecast is right; undecided counts ½.", right),
        Metric("AUROC", "Chance that a beginning that ends right has a greater value than one that does not.",
               figure=lambda v, g: auroc(v[:, 0], g[:, 0] == 1)),
    ),
    files=("vlrmbench/foresight.jsonl",),
    official=Official(
        official,
        ("the right word counts wherever it stands, so an answer with both is right; null answers are left out",),
    ),
    outputs=outputs,
    published=(
        Published(
            "VLRMBench, forecasting future, %", "abstract of arXiv:2503.07478", ("model", "accuracy"),
            (("GPT-4o", 76.0),),
        ),
    ),
)  # fmt: skip
