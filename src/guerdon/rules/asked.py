"""A reward on rows that somebody is asked about first: a judge, a checker of facts, a labeller of segments.

    asking(checklist.coverage(), verdicts=judge)

calls `judge(row)` for every row and scores the row with the answer in its column `verdicts`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from guerdon.batch import Batch, Index, Steps, submit
from guerdon.returned import describe
from guerdon.reward import Reward, Tree, as_reward
from guerdon.sample import Broken, Row
from guerdon.scores import Column, ContractError, Score

Ask = Callable[[Row], Any]
"""What answers: a function or coroutine function of a row. It may return a `Score` that says why there is no
answer, such as `Score.unread(…)`; what it raises is a FAILED row."""


def asking(reward: Reward, **column: Ask) -> Asked:
    """`reward` on rows whose named column is what a callable answers. Raises ContractError for group rewards.

    Rows that lack another column the reward needs are not asked about. Coroutines run at the same time: how
    many requests a judge bears is its client's business.

    >>> from guerdon.rules.checklist import coverage
    >>> judge = lambda row: [fact in row["response"] for fact in row["facts"]]
    >>> asking(coverage(), verdicts=judge).one({"response": "AB is 3", "facts": ["AB is 3", "C is right"]}).value
    0.5
    """
    if len(column) != 1:
        raise ContractError(f"asking(reward, column=callable) fills one column, not {sorted(column)}")
    ((name, ask),) = column.items()
    return Asked(as_reward(reward), name, ask)


@dataclass(frozen=True, eq=False, repr=False)
class Asked(Reward):
    """`reward` on rows whose column `column` is what `ask` answers."""

    reward: Reward
    column: str
    ask: Ask
    label: str | None = None

    def __post_init__(self) -> None:
        inner = self.reward
        if inner.over != "sample" or inner.native == "pairwise":
            raise ContractError(f"asking takes a reward of single samples, and {inner} is not one")
        self.__dict__.update(
            range=inner.range, grain=inner.grain, binary=inner.binary, needs=inner.needs, deterministic=False,
            waits=inner.waits or inspect.iscoroutinefunction(self.ask),
        )  # fmt: skip

    @property
    def default_name(self) -> str:
        """That of the reward."""
        return self.reward.name

    def tree(self) -> Tree:
        """The reward and the name of the callable, which a tree cannot rebuild."""
        settings = {"of": self.reward.tree(), self.column: _name(self.ask)}
        tree: Tree = {"reward": "asking", "settings": settings}
        return tree if self.label is None else {**tree, "name": self.label}

    def check(self, rows: Sequence[Row]) -> None:
        """As the reward, whose column there will be."""
        self.reward.check([self._filled(row, True) for row in rows])

    @cached_property
    def _parts(self) -> dict[str, tuple[str, ...]]:
        """The components of the reward; under a name of its own, that and the others behind it."""
        inner: dict[str, tuple[str, ...]] = {part: (f"{self._key}/{part}",) for part in self.reward.components}
        if self.label is None:
            return inner
        return {self.label: (self._key,), **{f"{self.label}/{p}": k for p, k in inner.items() if p != self.reward.name}}

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        asked = [batch.rows[i] for i in rows]
        answers = yield from self._answers(asked)
        filled = Batch([self._filled(row, answer) for row, answer in zip(asked, answers, strict=True)])
        yield from self.reward._run(filled)
        scores = self.reward._assemble(filled)
        for part, column in scores.components.items():
            batch.put(f"{self._key}/{part}", rows, column)
        return Column(scores.values, scores.status, scores.reasons, scores.fine, scores.rationale, scores.seconds)

    def _filled(self, row: Row, answer: Any) -> Row:
        return row if isinstance(row, Broken) else {**row, self.column: answer}

    def _answers(self, rows: Sequence[Row]) -> Steps[list[Any]]:
        answers: list[Any] = [None] * len(rows)
        wanted = [i for i, row in enumerate(rows) if not isinstance(row, Broken) and self._complete(row)]
        if inspect.iscoroutinefunction(self.ask):
            found = yield submit(_gather(self.ask, [rows[i] for i in wanted]))
        else:
            found = [_safely(self.ask, rows[i]) for i in wanted]
        for i, answer in zip(wanted, found, strict=True):
            answers[i] = answer
        return answers

    def _complete(self, row: Row) -> bool:
        try:
            self.check([row])
        except ContractError:
            return False
        return True


def _safely(ask: Ask, row: Row) -> Any:
    try:
        return ask(row)
    except ContractError:
        raise
    except Exception as error:
        return Score.failed(describe(error))


async def _gather(ask: Ask, rows: Sequence[Row]) -> list[Any]:
    import asyncio

    async def one(row: Row) -> Any:
        try:
            return await cast(Awaitable[Any], ask(row))
        except ContractError:
            raise
        except Exception as error:
            return Score.failed(describe(error))

    return list(await asyncio.gather(*map(one, rows)))


def _name(ask: Ask) -> str:
    """Where a callable is defined; one without a name of its own is told apart by its identity in this process."""
    qualname = getattr(ask, "__qualname__", None) or type(ask).__qualname__
    name = f"{getattr(ask, '__module__', None) or type(ask).__module__}:{qualname}"
    return name if inspect.isfunction(ask) and "<" not in qualname else f"{name}#{id(ask):x}"
