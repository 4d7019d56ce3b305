"""The class form of a rule on texts: for what it must hold to compare them, such as document frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from math import isfinite
from typing import Any, ClassVar, Self

from guerdon.returned import describe
from guerdon.reward import Reward, Tree
from guerdon.rules.where import bounded, gold_texts, read_answer
from guerdon.sample import Row, cell
from guerdon.scores import Column, ContractError, Score, Status

Pair = tuple[str, list[str]]
"""The response, and the texts it is compared with: one or more."""


@dataclass(frozen=True, eq=False, repr=False)
class TextReward(Reward):
    """Compares the response with the text, or list of texts, in the column `to`.

    A subclass gives `id`, `range`, `holding` and `values`. What `values` raises makes all its rows FAILED.
    """

    id: ClassVar[str]
    version: ClassVar[int] = 1
    _: KW_ONLY
    to: str
    within: str | None = None
    """The tag that holds the response's text; None for the whole response."""
    label: str | None = None

    def values(self, pairs: Sequence[Pair]) -> Sequence[float | Score]:
        """One value a pair, in order; what it is must not depend on the other pairs."""
        raise TypeError(f"{type(self).__name__} must define values(pairs)")

    def holding(self) -> dict[str, Any]:
        """Its settings beside `to` and `within`, and a hash of the contents of what it holds."""
        return {}

    @property
    def default_name(self) -> str:
        """Its id."""
        return self.id

    def tree(self) -> Tree:
        """Id with version and settings. What it holds stands there as a hash, so a tree alone cannot rebuild it."""
        settings = {"to": self.to, "within": self.within, **self.holding()}
        tree: Tree = {"reward": f"{self.id}@{self.version}", "settings": settings}
        return tree if self.label is None else {**tree, "name": self.label}

    def reading(self, **columns: str) -> Self:
        """Compare with another column. Raises TypeError for a column that is not compared."""
        if set(columns) != {self.to}:
            raise TypeError(f"{self.name} compares the response with {self.to!r}, not with {', '.join(columns)}")
        return self._replace(to=columns[self.to])

    def check(self, rows: Sequence[Row]) -> None:
        """Raise ContractError if no row has the column that it compares with."""
        if not any(row.get(self.to) is not None for row in rows):
            there = sorted({str(name) for row in rows[:100] for name, cell in row.items() if cell is not None})
            raise ContractError(
                f"{self.name} needs the column {self.to!r}, which no row has. The columns are: {', '.join(there)}"
            )

    def evaluate(self, rows: Sequence[Row]) -> Column:
        """One result a row."""
        column = Column.empty(len(rows))
        pairs: dict[int, Pair] = {}
        for i, row in enumerate(rows):
            read = self._pair(row)
            if isinstance(read, Score):
                column.put(i, read)
            else:
                pairs[i] = read
        for i, value in zip(pairs, self._safely(list(pairs.values())), strict=True):
            column.put(i, value if isinstance(value, Score) else _checked(float(value)))
        if isfinite(self.range[0]):
            column.values[column.status == Status.MALFORMED] = self.range[0]
        return column

    def _pair(self, row: Row) -> Pair | Score:
        texts = []
        for name in ("response", self.to):
            try:
                texts.append(cell(row, name))
            except Exception as error:
                return Score.failed(f"column {name!r} cannot be read: {error}")
            if texts[-1] is None:
                return Score.inapplicable(f"no column {name!r}")
        found, true = read_answer(bounded, texts[0], self.within), gold_texts(texts[1], self.within)
        if found.value is None:
            return Score.malformed(found.reason)
        if true.value is None or any(bounded(text).value is None for text in true.value):
            return Score.inapplicable(f"the column {self.to!r} cannot be read: {true.reason or 'it is too long'}")
        return found.value, true.value

    def _safely(self, pairs: list[Pair]) -> Sequence[float | Score]:
        if not pairs:
            return []
        try:
            values = self.values(pairs)
        except ContractError:
            raise
        except Exception as error:
            return [Score.failed(describe(error))] * len(pairs)
        if len(values) != len(pairs):
            raise ContractError(f"{self.name} must give {len(pairs)} values, not {len(values)}")
        return values


def _checked(value: float) -> Score:
    return Score(value) if isfinite(value) else Score.failed(f"returned {value}")
