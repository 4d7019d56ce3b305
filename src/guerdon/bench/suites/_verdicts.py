"""Texts of judges that think first: "<think>…</think><answer>Video 1 is better</answer>"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from guerdon.bench.outputs import VERDICTS, Output, judged, key_of, output, swapped, text_of
from guerdon.load import stream
from guerdon.parse.result import Parsed
from guerdon.parse.tags import after, tag
from guerdon.sample import Broken, Row
from guerdon.scores import NAN, Status

TEXTS = ("model_output", *VERDICTS)


def decision(text: str) -> Parsed[str]:
    """What counts of a judge's text: its answer block, else what follows its thoughts, else all of it.

    >>> decision("<think>Video 1 is better lit.</think><answer>Video 2 is better</answer>").value
    'Video 2 is better'
    >>> decision("<think>Video 1 is better lit, but").reason
    '<think> is not closed'
    """
    found = tag(text, "answer")
    return found if found.ok else after(text, "think")


def anywhere(text: str, noun: str) -> float:
    """As the scripts of UnifiedReward-Think read: 1 if "`noun` 1 is better" stands anywhere, thoughts included, else
    0 if the same of 2 does, else NaN.

    >>> anywhere("<think>Video 1 is better lit.</think><answer>Video 2 is better</answer>", "Video")
    1.0
    """
    return next((value for n, value in ((1, 1.0), (2, 0.0)) if f"{noun} {n} is better" in text), NAN)


def told(key: str | None, text: str, noun: str, *, swapped: bool = False) -> Output:
    """An output of such a text: values by its decision, and beside them what stands anywhere in it.

    `swapped` where the data's first candidate was shown second.
    """
    first = anywhere(text, noun)
    official = 1.0 - first if swapped else first
    said = decision(text)
    if said.value is None:
        return Output(key, None, Status.UNREAD, said.reason, official=official)
    return judged(key, said.value, swapped=swapped, names=("1", "2"))._replace(official=official)


def outputs(path: Path, noun: str) -> Iterator[Output]:
    """Texts in `model_output` or as guerdon names them, or any output in guerdon's own form."""
    return (_output(row, noun) for row in stream(path))


def _output(row: Row, noun: str) -> Output:
    text = None if isinstance(row, Broken) else text_of(row, TEXTS)
    if text is None or row.get("correct") is not None:
        return output(row)
    return told(key_of(row), text, noun, swapped=swapped(row))
