"""ViCrit as published: how the benchmark's script scores a prediction.

`guerdon.systems.vicrit` says what to use instead.
"""

from __future__ import annotations

from typing import Any

from guerdon.bench.suites.vicrit_bench import extract_answer, extract_changed_segment, relaxed_correctness
from guerdon.leaf import reward
from guerdon.scores import Score

__all__ = ["accuracy", "extract_answer", "extract_changed_segment", "relaxed_correctness"]


@reward("vicrit.published.accuracy", range=(0, 1), binary=True)
def accuracy(response: str, answer: Any, right: Any) -> float | Score:
    """`relaxed_correctness` of `extract_answer`, for the wrong phrase `answer` and the right one `right`."""
    found = extract_answer(response)
    if found is None:
        return Score.malformed("boxed{ without its backslash")
    value = relaxed_correctness(found, str(right), str(answer))
    return Score.inapplicable("nothing but a deletion was changed") if value is None else value
