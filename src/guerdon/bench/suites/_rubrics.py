"""Marks that people and judges of JudgeAnything give, rubric by rubric, and one mark made of them.

A judgement is a row for each rubric, `rubric_name` and `choice` or `score`, as the scripts write them; or one row with
`relevance_choice`, `overall_choice` and so on, among its columns, in a cell, or in the JSON of a judge's text. The
other names that are tried are guesses at those of people's files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any, Literal

from guerdon.bench.items import BenchError
from guerdon.bench.outputs import Output, number, output
from guerdon.parse.jsons import json_value
from guerdon.sample import Broken, Row
from guerdon.scores import NAN, Status

RUBRICS = ("relevance", "trustworthiness", "creativity", "clarity", "coherence", "completeness")
OVERALL = "overall"
LEADS = {0.0: 1.0, 1.0: 0.0, 2.0: -1.0}
"""What a choice means for the first of two: 1 is a tie here, and the first one elsewhere."""
LEAST, MOST = 1, 5
"""Of a score."""

What = Literal["choice", "score"]
By = Literal["majority", "mean"]
_MARKS = {"choice": ("choice", "human_choice", "label"), "score": ("score", "human_score", "rating")}
_MODELS = {"choice": ("model_pair", "models", "pair"), "score": ("model_name", "model")}
_SIDES = (("model1", "model2"), ("model_1", "model_2"), ("model_a", "model_b"))
_RUBRIC = ("rubric_name", "rubric")
_CELLS = ("response", "result", "judgement", "annotation", "human")
_VERSUS = "_vs_"


@dataclass
class Judgement:
    """What was said of one pair of answers, or of one answer."""

    uniq_id: str
    models: tuple[str, ...]
    task: str = ""
    marks: dict[str, list[Any]] = field(default_factory=dict)
    """By rubric, as they stand in the files: several where several people or tries gave one."""
    unread: str = ""
    """Why one of its rows has no mark."""

    @property
    def key(self) -> str:
        """The task and who answered it."""
        return f"{self.uniq_id} {_VERSUS.join(self.models)}"

    def read(self, what: What) -> tuple[dict[str, float], str]:
        """The mean mark of each rubric, leads −1 to 1 or scores 1 to 5, and why one could not be read, if any."""
        value = lead if what == "choice" else score
        found, reason = {}, self.unread
        for rubric, given in self.marks.items():
            values = [value(mark) for mark in given]
            if known := [v for v in values if v == v]:
                found[rubric] = fmean(known)
            if bad := [mark for mark, v in zip(given, values, strict=True) if v != v]:
                reason = f"{rubric}: {bad[0]!r:.40} is no {what}"
        return found, reason


def lead(choice: Any) -> float:
    """How far the first answer leads by a choice: 1 for 0, 0 for 1, which is a tie, −1 for 2; NaN for any other.

    >>> [lead(choice) for choice in ("0", "1", 2, "first")]
    [1.0, 0.0, -1.0, nan]
    """
    return LEADS.get(number(choice), NAN)


def score(mark: Any) -> float:
    """A score from 1 to 5; NaN for anything else.

    >>> score("4"), score(0)
    (4.0, nan)
    """
    value = number(mark)
    return value if LEAST <= value <= MOST else NAN


def reduced(marks: Mapping[str, float], by: By) -> float:
    """One mark made of those of rubrics: their mean, or the one most of them have, the mean of several such.

    A mark `overall` is no rubric's: it counts alone where it is there. NaN without marks.

    >>> marks = {"relevance": 1.0, "clarity": 0.0, "coherence": 0.0}
    >>> round(reduced(marks, "mean"), 2), reduced(marks, "majority"), reduced(marks | {"overall": -1.0}, "mean")
    (0.33, 0.0, -1.0)
    """
    if OVERALL in marks or not marks:
        return marks.get(OVERALL, NAN)
    times = Counter(marks.values())
    most = max(times.values())
    return fmean(marks.values() if by == "mean" else [mark for mark, n in times.items() if n == most])


def marks(row: Row, what: What) -> dict[str, Any]:
    """What a row says of each rubric; empty where it says nothing.

    >>> marks({"rubric_name": "overall_score", "choice": "0"}, "choice"), marks({"relevance_choice": "2"}, "choice")
    ({'overall': '0'}, {'relevance': '2'})
    """
    mark, rubric = _first(row, _MARKS[what]), _first(row, _RUBRIC)
    if mark is not None:
        return {OVERALL if rubric is None else str(rubric).lower().removesuffix("_score"): mark}
    for cells in (row, *(_cells(row.get(name)) for name in _CELLS)):
        given = {name: cells.get(f"{name}_{what}") for name in (*RUBRICS, OVERALL)}
        if found := {name: mark for name, mark in given.items() if mark is not None}:
            return found
    return {}


def judgements(rows: Iterable[Row], what: What, of: Iterable[Judgement] = ()) -> dict[str, Judgement]:
    """What rows say, by key, beside what is judged by none of them. Raises BenchError for a row of no known layout."""
    made = {one.key: one for one in of}
    for row in rows:
        if isinstance(row, Broken):
            raise BenchError(f"there is a row that cannot be read: {row.reason}")
        models, found = _who(row, what), marks(row, what)
        if not models or row.get("uniq_id") is None or not (found or {*_MARKS[what], *_CELLS} & row.keys()):
            raise BenchError(f"a judgement has uniq_id, {' or '.join(_MODELS[what])}, and {' or '.join(_MARKS[what])}; "
                             f"the columns are: {columns(row)}")  # fmt: skip
        new = Judgement(str(row["uniq_id"]), models, str(row.get("task_name") or ""))
        mine = made.setdefault(new.key, new)
        for rubric, mark in found.items():
            mine.marks.setdefault(rubric, []).append(mark)
        if not found:
            mine.unread = f"there is no {what}"
    return made


def outputs(rows: Iterable[Row], what: What, values: Callable[[float], tuple[float, ...]], by: By) -> Iterator[Output]:
    """An output a judgement, with the `values` of one mark made of all, and the marks beside; or guerdon's own form."""
    given = list(rows)
    if not all(isinstance(row, Mapping) and "uniq_id" in row for row in given):
        yield from map(output, given)
        return
    for key, found in judgements(given, what).items():
        read, reason = found.read(what)
        if read:
            yield Output(key, values(reduced(read, by)), official=read)
        else:
            yield Output(key, None, Status.UNREAD, reason)


def columns(row: Row) -> str:
    """The names of a row's columns."""
    return ", ".join(sorted(map(str, row)))


def _who(row: Row, what: What) -> tuple[str, ...]:
    """Whose answers a row judges; empty if it does not say."""
    given = _first(row, _MODELS[what])
    if what == "score":
        return () if given is None else (str(given),)
    if given is None:
        given = next(([row[name] for name in sides] for sides in _SIDES if all(row.get(name) for name in sides)), ())
    models = given.split(_VERSUS) if isinstance(given, str) else given
    return tuple(map(str, models)) if len(models) == 2 else ()


def _cells(cell: Any) -> Mapping[str, Any]:
    """A cell that holds others, also as the JSON in a text."""
    if isinstance(cell, str):
        cell = json_value(cell, kind="object", lenient=True).value
    return cell if isinstance(cell, Mapping) else {}


def _first(row: Row, names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)
