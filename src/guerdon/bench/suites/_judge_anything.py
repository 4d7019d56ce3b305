"""What the two halves of JudgeAnything share: its directions, its files, and figures by rubric (Pu et al. 2025)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.bench.answers import Answers
from guerdon.bench.items import Questions
from guerdon.bench.published import Published
from guerdon.bench.suites._rubrics import OVERALL, RUBRICS, By, Judgement, What, columns, judgements, marks, reduced
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Floats

URL = "https://github.com/URRealHero/JudgeAnything"
LICENCE = "none stated"
TITLE = "Judge Anything: MLLM as a Judge Across Any Modality"
FILES = ("judge_anything/**/*.json", "dataset/*/*.json")
"""Tasks, answers, checklists and what people said, a file each; the second as the repository has them."""
GIVEN = {"image_path": "image", "video_path": "video", "audio_path": "audio"}
MEDIA = {**GIVEN, "response": "part"}
UNDERSTANDING = ("Text2Text", "Image2Text", "Audio2Text", "Video2Text", "AudioVideo2Text")
GENERATION = (
    "Text2Image", "Text2Video", "Text2Audio", "Image2Image", "Image2Video", "Image2Audio", "Audio2Audio",
    "Audio2Video", "Video2Audio", "Video2Video",
)  # fmt: skip
DIRECTIONS = (*UNDERSTANDING, *GENERATION)
PUBLISHED = Published(
    "JudgeAnything, mean over judges, %", "abstract of arXiv:2503.17489", ("answers", "pairs", "scores"),
    (("understanding", 66.55, 42.79), ("generation", 53.37, 30.05)),
)  # fmt: skip

WAYS: tuple[By, ...] = ("majority", "mean")
Figures = Callable[[Floats, Floats], Mapping[str, float]]
"""Human and judge [n] → figures by name, NaN for none."""


def gather(rows: Iterable[Row], what: What) -> Iterator[Row]:
    """One row a pair, or an answer: what was `asked`, the `answers`, their `checklist`, and people's `judgement`.

    Pairs are the first with the second answer and the third with the fourth, and what else people judged. Rows of the
    other half are passed over, rows of no known layout passed on.
    """
    tasks: dict[str, Row] = {}
    checklists: dict[str, list[Any]] = {}
    answers: dict[str, dict[str, Row]] = {}
    said: list[Row] = []
    for row in rows:
        if isinstance(row, Broken):
            yield row
        elif marks(row, what):
            said.append(row)
        elif "checklists" in row:
            checklists.setdefault(str(row["uniq_id"]), []).extend(row["checklists"])
        elif isinstance(row.get("response"), Mapping):
            answers.setdefault(str(row["uniq_id"]), {})[str(row["model_name"])] = row
        elif "question" in row:
            tasks[str(row["uniq_id"])] = row
        elif not marks(row, "score" if what == "choice" else "choice"):
            yield row
    for found in _dealt(judgements(said, what, _judged(answers, 2 if what == "choice" else 1)).values()):
        theirs = answers.get(found.uniq_id, {})
        yield {
            "judgement": found, "asked": _message(tasks.get(found.uniq_id)),
            "answers": [theirs.get(model) for model in found.models], "checklist": checklists.get(found.uniq_id),
        }  # fmt: skip


def people(row: Row, what: What) -> tuple[Judgement, dict[str, float]]:
    """What people said of a gathered row, and its marks. Raises ValueError where nothing can be read."""
    if "judgement" not in row:
        raise ValueError(f"no {what} among the columns {columns(row)}")
    found: Judgement = row["judgement"]
    values, reason = found.read(what)
    if reason or not values:
        raise ValueError(reason or f"no {what} by people")
    return found, values


def samples(row: Row) -> tuple[Sample, ...]:
    """The answers of a gathered row. What was made lies in the column of its kind, what was given in the prompt."""
    checklist = {} if row["checklist"] is None else {"checklist": row["checklist"]}
    return tuple(
        Sample(row["asked"], model=model, **checklist, **_content(answer))
        for model, answer in zip(row["judgement"].models, row["answers"], strict=True)
    )


def official(questions: Questions, answers: Answers, human: Floats, judge: Floats, of: Figures) -> Mapping[str, float]:
    """Figures of human and judge [n] over all items, of understanding (MMU) and of generation (MMG).

    Where a judge gave marks to rubrics also by either way to make one of them, and of each rubric that people gave
    marks to as well, with the mean of these figures.
    """
    there = answers.answered
    understood = np.isin(questions.groups, UNDERSTANDING)
    parts = {"": there, "MMU ": there & understood, "MMG ": there & ~understood}
    found = {part + name: n for part, mine in parts.items() for name, n in _figures(human, judge, mine, of).items()}
    said = [each or {} for each in answers.official or [{}] * len(answers)]
    rubrics = [{name: mark for name, mark in each.items() if name != OVERALL} for each in said]
    for by in WAYS if any(rubrics) else ():
        made = np.array([reduced(each, by) if each else own for each, own in zip(rubrics, judge.tolist(), strict=True)])
        found |= {f"by {by}: {name}": n for name, n in _figures(human, made, there, of).items()}
    return found | _by_rubric([facts["marks"] for facts in questions.facts], rubrics, of)


def _figures(human: Floats, judge: Floats, mine: NDArray[np.bool_], of: Figures) -> dict[str, float]:
    known = mine & ~np.isnan(human)
    return {name: n for name, n in of(human[known], judge[known]).items() if n == n} if known.any() else {}


def _by_rubric(people: Sequence[Row], judge: Sequence[Row], of: Figures) -> dict[str, float]:
    found: dict[str, dict[str, float]] = {}
    for rubric in RUBRICS:
        so, says = (np.array([each.get(rubric, NAN) for each in side], dtype=np.float64) for side in (people, judge))
        found[rubric] = _figures(so, says, ~np.isnan(says), of)
    shared = [name for name in found[RUBRICS[0]] if all(name in figures for figures in found.values())]
    single = {f"{rubric}: {name}": n for rubric, figures in found.items() for name, n in figures.items()}
    return single | {f"over rubrics: {name}": fmean(found[rubric][name] for rubric in RUBRICS) for name in shared}


def _judged(answers: Mapping[str, Mapping[str, Row]], size: int) -> Iterator[Judgement]:
    """All that is there to be judged, `size` answers at a time, before anything is said."""
    for uniq_id, theirs in answers.items():
        models = list(theirs)
        for start in range(0, len(models) - size + 1, size):
            mine = tuple(models[start : start + size])
            yield Judgement(uniq_id, mine, str(theirs[mine[0]]["task_name"]))


def _dealt(found: Iterable[Judgement]) -> list[Judgement]:
    """One of each direction, then the next of each: a few rows show them all, and so does every chunk of many."""
    seen: Counter[str] = Counter()
    places = []
    for one in found:
        places.append((seen[one.task], one))
        seen[one.task] += 1
    return [one for _, one in sorted(places, key=lambda place: place[0])]


def _message(task: Row | None) -> Any:
    """A message of what was given and asked; "" where the task is not in the data."""
    if task is None:
        return ""
    given = [(kind, task.get(column)) for column, kind in GIVEN.items()]
    media = [(kind, one) for kind, cell in given for one in (cell if isinstance(cell, list) else [cell])]
    parts = [{"type": kind, kind: one} for kind, one in media if one is not None]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": str(task["question"])}]}]


def _content(answer: Row | None) -> dict[str, Any]:
    """The column that an answer fills; none where the answer is not in the data."""
    if answer is None:
        return {}
    kind, content = str(answer["response"]["type"]).lower(), answer["response"]["content"]
    if kind == "text":
        return {"response": str(content)}
    if kind not in GIVEN.values():
        raise ValueError(f"an answer of a kind nobody foresaw: {kind!r:.40}")
    return {kind: content}
