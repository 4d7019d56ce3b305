"""VLRMBench's scripts on recorded rows."""

from collections.abc import Callable
from typing import Any

from guerdon.bench.suites._vlrmbench import published_labels, published_scores
from guerdon.bench.suites.vlrmbench_foresight import published_right
from guerdon.metrics.binary import confusion


def f1(pred: list[int], gt: list[int]) -> list[float]:
    counts = confusion(pred, gt)
    return [counts.f1, counts.negative_f1, counts.inverse_f1]


def scores(answer: str, n: int | list[Any]) -> list[int]:
    return published_scores(answer, n if isinstance(n, int) else len(n))


CALLS: dict[str, Callable[..., Any]] = {
    "format_model_answer_tolist": lambda answer, gt: published_labels(answer, len(gt)),
    "format_ms_ec_era_model_answer_tolist": scores,
    "get_F1Score": f1,
    "foresight_correct": lambda answer, gt: published_right(answer, gt),
}
