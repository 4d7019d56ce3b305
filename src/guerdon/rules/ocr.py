"""Text in pictures: what a reader (an OCR engine) makes of it, against the text that should be there.

`ocr.text` reads the row's pictures by an engine (`guerdon.rules.readers`); `ocr.transcript` takes what a model says
it reads. Both compare in characters as people see them (`guerdon.metrics.characters`). An engine that knows words
guesses them where letters are wrong, which hides misspelling; prefer one that does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.media import as_images
from guerdon.metrics import characters as metric
from guerdon.metrics.characters import Form
from guerdon.parse.policy import check
from guerdon.rules.readers import Line, find_reader
from guerdon.rules.where import bounded, compare, gold_texts, read_answer
from guerdon.scores import Score

Measure = Literal["characters", "words", "exact"]
"""1 − character error rate, 1 − word error rate, or all or nothing."""
MAX_LINES = 200


@reward("ocr.text", range=(0, 1), components=("confidence",), needs=("ocr",))
def text(
    images: Any,
    answer: Any,
    *,
    reader: str = "rapidocr",
    language: str | None = None,
    measure: Measure = "characters",
    form: Form = "NFC",
    case: bool = True,
) -> Score:
    """How much of the true text a reader finds in the pictures, 0–1; `rationale` is what it reads.

    Nothing read is 0, unless nothing is to be read: then 1. An answer of several lines is compared line by line in
    reading order, each counting by its length (`metrics.characters.lines_accuracy`); against an answer of one line,
    all that is read is one line too. Several true texts are a list, and the nearest counts. `confidence` is the mean
    over the true characters of the reader's confidence in each, 0 for those it did not find.

    >>> import numpy as np
    >>> from guerdon.rules import readers
    >>> @readers.reader("example")
    ... def example(picture, language):
    ...     return [readers.Line("OPFN", confidence=0.5)]
    >>> score = text(reader="example").one({"image": np.zeros((9, 9)), "answer": "OPEN"})
    >>> score.value, score.components["ocr.text/confidence"].value, score.rationale
    (0.75, 0.375, 'OPFN')
    """
    pictures = as_images(images)
    if not pictures:
        return Score.inapplicable("no picture")
    read = find_reader(reader)
    lines = [line for picture in pictures for line in read(picture, language)]
    seen = "\n".join(line.text for line in lines)
    scored = compare(bounded(seen), gold_texts(answer, None), lambda p, g: _best(p, g, measure, form, case))
    score = scored if isinstance(scored, Score) else Score(scored)
    if score.value is not None:
        score.components["confidence"] = _confidence(lines, gold_texts(answer, None).value or [], form, case)
    score.rationale = seen
    return score


@reward("ocr.transcript", range=(0, 1))
def transcript(
    response: str,
    answer: Any,
    *,
    within: str | None = None,
    measure: Measure = "characters",
    form: Form = "NFC",
    case: bool = True,
) -> float | Score:
    """How much of the true text the response has, 0–1: 1 − CER, 1 − WER, or whether they are the same.

    As `ocr.text`, with the response in place of a reader. An empty response is 0, unless the true text is
    empty: then 1.

    >>> transcript().one({"response": "GRAND HOTEI", "answer": "GRAND HOTEL"}).value == 1 - 1 / 11
    True
    """
    found = read_answer(bounded, response, within)
    return compare(found, gold_texts(answer, within), lambda p, g: _best(p, g, measure, form, case))


def _best(found: str, true: list[str], measure: Measure, form: Form, case: bool) -> float:
    check("measure", measure, ("characters", "words", "exact"))
    check("form", form, ("NFC", "NFKC"))
    return max(_agreement(found, one, measure, form, case) for one in true)


def _agreement(found: str, true: str, measure: Measure, form: Form, case: bool) -> float:
    if measure == "characters" and "\n" in true.strip():
        units = [[metric.graphemes(t) for t in _lines(side, form, case)] for side in (found, true)]
        return metric.lines_accuracy(*units)
    found, true = metric.tidy(found, form=form, case=case), metric.tidy(true, form=form, case=case)
    if measure == "exact":
        return float(found == true)
    split = metric.graphemes if measure == "characters" else str.split
    return metric.accuracy(split(found), split(true))


def _lines(text: str, form: Form, case: bool) -> list[str]:
    """The lines that are not blank, tidy; what goes on after so many is one more."""
    tidied = (metric.tidy(line, form=form, case=case) for line in text.split("\n", MAX_LINES))
    return [line for line in tidied if line]


def _confidence(lines: Sequence[Line], true: list[str], form: Form, case: bool) -> Score:
    """The mean over the graphemes of the nearest true text of the confidence in each."""
    if any(line.confidence is None for line in lines):
        return Score.inapplicable("the reader does not say how sure it is")
    sure: list[float] = []
    units: list[str] = []
    for line in lines:
        if tidied := metric.graphemes(metric.tidy(line.text, form=form, case=case)):
            gap = [" "] if units else []
            units += [*gap, *tidied]
            sure += [line.confidence or 0.0] * (len(gap) + len(tidied))
    wanted = [metric.graphemes(metric.tidy(one, form=form, case=case)) for one in true]
    return Score(max(_mean_sure(units, sure, one) for one in wanted))


def _mean_sure(units: list[str], sure: list[float], wanted: list[str]) -> float:
    if not wanted:
        return float(not units)
    found = [place for place in metric.matches(units, wanted) if place is not None]
    return min(1.0, sum(sure[place] for place in found) / len(wanted))
