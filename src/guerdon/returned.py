"""What a reward's function gave back, read as a Score."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, prod
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from guerdon.scores import ContractError, Fine, Grain, Over, Score, Status

Reduce = Literal["sum", "mean", "last", "min", "product"]
Native = Literal["pointwise", "pairwise"]
Link = Literal["logistic"]
REDUCERS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "last": lambda values: values[-1],
    "min": min,
    "product": prod,
}


@dataclass(frozen=True)
class Declared:
    """What `@reward` says of a function."""

    range: tuple[float, float]
    over: Over
    grain: Grain
    malformed: float | None
    """The value of a response that cannot be read; None: no value."""
    components: tuple[str, ...]
    binary: bool
    native: Native
    batched: bool
    """Columns arrive as lists, one value each goes back; the meaning stays per sample."""
    shared: tuple[str, ...]
    """Group and set functions get these once, after a check that all members agree."""
    reduce: Reduce
    """How fine values become the response's."""
    tie: float
    link: Link | None
    differentiable: bool
    deterministic: bool
    needs: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.range[0] <= self.range[1]:
            raise ContractError(f"range={self.range} runs backwards")
        known = {"over": Over, "grain": Grain, "reduce": Reduce, "native": Native, "link": Link}
        for name, words in known.items():
            if getattr(self, name) not in (*get_args(words), *((None,) if name == "link" else ())):
                raise ContractError(f"{name}={getattr(self, name)!r}: write one of {', '.join(get_args(words))}")


def read_result(result: Any, name: str, declared: Declared) -> Score:
    """A function's result for one row as a complete Score: a value or a status that says why not,
    and every declared component. Raises ContractError if a reward may not return that.
    """
    if result is None:
        score = Score.inapplicable("does not apply to this row")
    elif isinstance(result, Score):
        score = replace(result)
    elif isinstance(result, Fine):
        score = Score(fine=result)
    elif declared.grain == "step" and isinstance(result, (list, tuple, np.ndarray)):
        values = tuple(_number(v, name) for v in result)
        score = Score(fine=Fine(values, tuple((i, i + 1) for i in range(len(values))), "step"))
    else:
        score = Score(_number(result, name))
    if score.fine is not None and len(score.fine.values) != len(score.fine.spans):
        raise ContractError(f"{name} returned {len(score.fine.values)} fine values for {len(score.fine.spans)} spans")
    if score.fine is not None and score.value is None and score.status == Status.OK:
        score = _reduced(score, score.fine, declared)
    if score.status == Status.MALFORMED and score.value is None:
        score.value = declared.malformed
    if score.status == Status.SKIPPED:
        raise ContractError(f"{name} returned a Score that is SKIPPED, as only a part can be: say why it has no value")
    score = _checked(score, name)
    if declared.binary and score.value not in (None, 0.0, 1.0):
        raise ContractError(f"{name} is declared binary and returned {score.value}, which is neither 0 nor 1")
    return _completed(score, name, declared)


def _checked(score: Score, name: str) -> Score:
    """The score, if its value and status go together."""
    if score.value is None:
        if score.status == Status.OK:
            raise ContractError(f"{name} returned a Score without value or status: say why, e.g. Score.malformed(…)")
        return score
    score.value = value = _number(score.value, name)
    if not isfinite(value):
        return Score.failed(f"returned {value}; a reward returns None for no value")
    if score.status not in (Status.OK, Status.MALFORMED):
        raise ContractError(f"{name} returned a value with status {score.status.name}, which has none")
    return score


def _reduced(score: Score, fine: Fine, declared: Declared) -> Score:
    if not fine.values:
        return Score.inapplicable(f"no {fine.grain} to score")
    return replace(score, value=float(REDUCERS[declared.reduce](fine.values)))


def _completed(score: Score, name: str, declared: Declared) -> Score:
    unknown = set(score.components) - set(declared.components)
    if unknown:
        raise ContractError(f"{name} returned the component {min(unknown)!r}, which it does not declare")
    if declared.components:
        blank = Score(None, max(score.status, Status.INAPPLICABLE))
        parts = {part: score.components.get(part, blank) for part in declared.components}
        score.components = {part: _part(result, f"{name}/{part}") for part, result in parts.items()}
    return score


def _part(result: Any, name: str) -> Score:
    if result is None:
        return Score.inapplicable("does not apply to this row")
    return _checked(replace(result) if isinstance(result, Score) else Score(_number(result, name)), name)


def _number(x: Any, name: str) -> float:
    if isinstance(x, (str, bytes, list, tuple)) or np.ndim(x):
        raise ContractError(f"{name} must return a number, None or a Score for one row, not {x!r:.80}")
    try:
        return float(x)
    except OverflowError:  # an integer beyond all floats
        return inf if x > 0 else -inf
    except (TypeError, ValueError) as error:
        raise ContractError(f"{name} must return a number, None or a Score, not {type(x).__name__}") from error


def describe(error: BaseException) -> str:
    """One line on an exception: type, message and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}"[:300] + where
