"""Hosts' own reward functions as Rewards, to be audited, compared and composed like any other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

from guerdon.batch import Batch, Index, Steps, submit
from guerdon.returned import describe
from guerdon.reward import Reward, Tree
from guerdon.sample import Row
from guerdon.scores import SKIPPED, Column, ContractError, Score
from guerdon.sources import load_file


class Recipe:
    """How a host's function is called: a batch of rows in, a result a row out. Pickles if the function does."""

    host: str
    source: str
    """Where the function comes from: module and name, or file and name."""
    waits: bool = False
    """Whether the function is asynchronous."""

    def call(self, rows: Sequence[Row]) -> Any:
        """The function's results, one a row: a number, None, or a dict of components."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, repr=False)
class Foreign(Reward):
    """A host's reward function. What it raises makes the rows of that call FAILED; None and NaN are INAPPLICABLE."""

    recipe: Recipe
    total: str = ""
    """Key of the value where the function returns dicts."""
    parts: tuple[str, ...] = ()
    """Keys of those dicts that are components."""
    label: str | None = None

    def __post_init__(self) -> None:
        self.__dict__.update(waits=self.recipe.waits)

    @property
    def default_name(self) -> str:
        """The function's own name."""
        return self.recipe.source.rpartition(":")[2].rpartition(".")[2]

    def tree(self) -> Tree:
        """Host and source; it is rebuilt by importing the function again, not from this text."""
        tree: Tree = {"reward": f"from_{self.recipe.host}({self.recipe.source!r})", "parts": list(self.parts)}
        return tree if self.label is None else {**tree, "name": self.label}

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        own = {f"{self.name}/{part}": (f"{self._key}/{part}",) for part in self.parts}
        return {self.name: (self._key,), **own}

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        given = [batch.rows[i] for i in rows]
        try:
            results = (yield submit(_awaited(self.recipe, given))) if self.waits else self.recipe.call(given)
        except ContractError:
            raise
        except Exception as error:
            results = [Score.failed(describe(error))] * len(given)
        scores = self._read(results, len(given))
        for part in self.parts:
            batch.put(f"{self._key}/{part}", rows, _column([s.components.get(part, SKIPPED) for s in scores]))
        return _column(scores)

    def _read(self, results: Any, n: int) -> list[Score]:
        results = results.tolist() if hasattr(results, "tolist") else results
        if not isinstance(results, (list, tuple)) or len(results) != n:
            what = f"{len(results)} results" if hasattr(results, "__len__") else f"{results!r:.80}"
            raise ContractError(f"{self.recipe.source} must return {n} results, one a row, not {what}")
        return [self._score(result) for result in results]

    def _score(self, result: Any) -> Score:
        if isinstance(result, Score):
            return result
        if isinstance(result, Mapping):
            lacking = [key for key in (self.total, *self.parts) if key not in result]
            if lacking:
                raise ContractError(
                    f"{self.recipe.source} returned no {lacking[0]!r}, only {', '.join(map(str, result))}"
                )
            score = self._score(result[self.total])
            score.components = {part: self._score(result[part]) for part in self.parts}
            return score
        try:
            value = None if result is None else float(result)
        except (TypeError, ValueError) as error:
            raise ContractError(f"{self.recipe.source} returned {result!r:.80} for one row, not a number") from error
        return Score.inapplicable("the function gave no value") if value is None or isnan(value) else Score(value)


async def _awaited(recipe: Recipe, rows: Sequence[Row]) -> Any:
    return await recipe.call(rows)


def _column(scores: Sequence[Score]) -> Column:
    column = Column.empty(len(scores))
    for i, score in enumerate(scores):
        column.put(i, score)
    return column


def named(function: Any) -> str:
    """Where a function or class is from, as module:name."""
    thing = function if hasattr(function, "__qualname__") else type(function)
    return f"{thing.__module__}:{thing.__qualname__}"


def found(path: str | Callable[..., Any], name: str) -> tuple[Callable[..., Any], str]:
    """A host's function, by its file and name or as it is, and where it is from."""
    return (getattr(load_file(path), name), f"{path}:{name}") if isinstance(path, str) else (path, named(path))


def awaits(function: Callable[..., Any]) -> bool:
    """Whether calling it gives a coroutine, as function or as object with an async `__call__`."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def columns_of(rows: Sequence[Row], *leave: str) -> dict[str, list[Any]]:
    """All columns but some, as lists, None where a row has no such cell."""
    names = dict.fromkeys(name for row in rows for name in row if name not in leave)
    return {name: [row.get(name) for row in rows] for name in names}


def truth_of(row: Row) -> Any:
    """What a host that has one cell for the truth would pass."""
    return next((row[name] for name in ("ground_truth", "answer", "solution") if row.get(name) is not None), None)
