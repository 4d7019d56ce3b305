"""ViCrit as published: how the benchmark's script scores a prediction.

`guerdon.systems.vicrit` says what to use instead.
"""

from __future__ import annotations

from typing import Any

from guerdon.leaf import reward
from guerdon.metrics.spans import changed
from guerdon.scores import Score

_BOX = "\\boxed{"


def extract_answer(text: str) -> str | None:
    r"""What the first \boxed{…} holds, less its last character if it never closes; else the last line.

    None where "boxed{" stands without its backslash.
    """
    if "boxed{" not in text:
        return text.split("\n")[-1]
    start = text.find(_BOX)
    if start < 0:
        return None
    start += len(_BOX)
    depth = 1
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text[start:i]
    return text[start:-1]


def extract_changed_segment(before: str, after: str) -> list[str]:
    """The words of `after` between those it begins and ends with like `before`."""
    start, stop = changed(before, after).after
    return after[start:stop].split()


def relaxed_correctness(prediction: str, right: str, wrong: str) -> float | None:
    """1 if the first changed word stands anywhere in the prediction, also inside another word, else 0.

    None where the change is a deletion: the official code raises IndexError.
    """
    words = extract_changed_segment(right.lower(), wrong.lower())
    return float(words[0] in prediction.lower()) if words else None


@reward("vicrit.published.accuracy", range=(0, 1), binary=True)
def accuracy(response: str, answer: Any, right: Any) -> float | Score:
    """`relaxed_correctness` of `extract_answer`, for the wrong phrase `answer` and the right one `right`."""
    found = extract_answer(response)
    if found is None:
        return Score.malformed("boxed{ without its backslash")
    value = relaxed_correctness(found, str(right), str(answer))
    return Score.inapplicable("nothing but a deletion was changed") if value is None else value
