"""MJ-Video's loader on recorded rows."""

from typing import Any

from guerdon.systems._mj_video import preference
from guerdon.systems.mj_video import target


def targets(given: dict[str, int], mse: bool) -> list[list[Any]]:
    made = [target(value, bad=-1.0 if mse else 0.0) for value in given.values()]
    return [[t.value for t in made], [int(t.relevant) for t in made], [*given]]


CALLS = {
    "process_labels": lambda labels, mse: targets(labels, mse),
    "process_labels_overall": lambda value, mse: targets({"": value}, mse)[:2],
    "deal_preference": lambda label: [[part] for part in preference(label)],
}
WAITING = {"GatingNetwork": "models with heads"}
