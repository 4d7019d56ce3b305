"""Values of the single steps of a solution, as a process reward model gives them in the column `step_scores`.

Any reward with a value for each step can stand in for these two, a model's own above all. On its own their sum
is hacked by writing more steps: refine it with `refine_steps`, and join it with the outcome by `end_with`
(`guerdon.shaping`). How far a refinement can be hacked, `guerdon.metrics.steps.return_bound` and `padding_gain` tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from guerdon.leaf import reward
from guerdon.scores import Fine, Score


@reward("process.step_scores", grain="step")
def step_scores(step_scores: Sequence[Any]) -> list[float] | Score:
    """The scores as they are, one for each step; as a value, their sum. Without steps it does not apply.

    Scores that are no finite numbers are unread, since the model that gave them is the one that failed.

    >>> score = step_scores().one({"step_scores": [0.9, 0.9, 0.2]})
    >>> score.value, score.fine.values
    (2.0, (0.9, 0.9, 0.2))
    """
    read = _numbers(step_scores)
    return Score.unread(f"step scores {step_scores!r:.60} are not numbers") if read is None else read


@reward("process.line_scores", grain="segment")
def line_scores(response: str, step_scores: Sequence[Any]) -> Fine | Score:
    """As `process.step_scores`, for a text whose steps are its lines; blank ones are none. Values lie on the lines.

    `densify` puts them on tokens. A text with another number of lines than there are scores is unread.

    >>> line_scores().one({"response": "1 + 1 = 2\\n\\nSo 3.", "step_scores": [0.9, 0.1]}).fine.spans
    ((0, 9), (11, 16))
    """
    read, spans = _numbers(step_scores), tuple(_lines(response))
    if read is None:
        return Score.unread(f"step scores {step_scores!r:.60} are not numbers")
    if len(read) != len(spans):
        return Score.unread(f"{len(read)} step scores for {len(spans)} lines")
    return Fine(tuple(read), spans)


def _numbers(scores: Sequence[Any]) -> list[float] | None:
    try:
        read = [float(score) for score in scores]
    except (TypeError, ValueError):
        return None
    return read if all(map(isfinite, read)) and not isinstance(scores, str) else None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1
