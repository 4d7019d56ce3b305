"""What adapters share: a reward called as a host calls it, under the host's policy for rows without a value."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from guerdon.leaf import Leaf
from guerdon.parse.queries import label_columns
from guerdon.reward import Reward, as_reward
from guerdon.sample import Row
from guerdon.scores import NAN, ContractError, Scores, Status, Unscored, unscored_policy
from guerdon.spec import from_spec

ALARM = 64
"""Rows in a row that may fail before the run is stopped."""
log = logging.getLogger("guerdon")


class AllFailed(RuntimeError):
    """A long run of rows has failed, every one: the reward is down, and what trains on it should stop."""


class Hosted(NamedTuple):
    """Results as a host takes them."""

    values: list[float | None]
    components: dict[str, list[float | None]]
    """The full set of names, whatever was run."""
    scores: Scores

    def one(self) -> tuple[float | None, dict[str, float | None]]:
        """Value and components of a single row."""
        return self.values[0], {name: column[0] for name, column in self.components.items()}

    def numbers(self, i: int = 0) -> dict[str, float]:
        """Components of one row as floats, NaN where there is none: hosts that average them need floats."""
        return {name: NAN if (x := column[i]) is None else x for name, column in self.components.items()}


class Bridge:
    """A reward in a host. Pickles where its reward does."""

    def __init__(self, host: str, reward: Reward | str, unscored: Unscored, *, groups: bool = False):
        self.host, self.unscored = host, unscored_policy(unscored)
        self.reward = from_spec(reward) if isinstance(reward, str) else as_reward(reward)
        self.grouped = any(part.over == "group" for part in self.reward.walk())
        self.inline = all(isinstance(part, Leaf) and not part.waits for part in self.reward.walk() if not part.children)
        """Whether nothing in it ever waits, so that an async host may as well call it."""
        self.failed = 0
        """Rows that failed since the last that did not."""
        self.failures = 0
        """Rows that failed in all."""
        if self.reward.native == "pairwise":
            raise ContractError(f"{host} wants a value a response and {self.reward} compares them: use .tournament()")
        if self.reward.over in ("set", "comparison"):
            raise ContractError(f"{host} wants a value a response; {self.reward} gives one a {self.reward.over}")
        if self.grouped and not groups:
            raise ContractError(
                f"{host} sends single samples, and {self.reward} needs whole groups: it cannot go there"
            )

    def score(self, rows: Sequence[Row]) -> Hosted:
        """Score rows. Raises AllFailed after a long run of failures, ContractError for unscored rows under "raise"."""
        return self._under_policy(self.reward(rows))

    async def ascore(self, rows: Sequence[Row]) -> Hosted:
        """As `score`, without blocking the caller's event loop."""
        return self._under_policy(self.reward(rows) if self.inline else await self.reward.ascore(rows))

    def _under_policy(self, scores: Scores) -> Hosted:
        if scores.status.max(initial=0) == Status.FAILED:
            self._count(scores)
        elif len(scores):
            self.failed = 0
        try:
            return Hosted(*scores.for_host(self.unscored), scores)
        except ContractError as error:
            first = int(np.flatnonzero(np.isnan(scores.values))[0])
            where = f"{self.host}, {self.reward.name}{culprits(scores, first)}"
            raise ContractError(f"{where}: {error}. Say what such rows become: unscored=0.0, …") from error

    def _count(self, scores: Scores) -> None:
        for i, status in enumerate(scores.status.tolist()):
            if status != Status.FAILED:
                self.failed = 0
                continue
            self.failed, self.failures = self.failed + 1, self.failures + 1
            what = f"{self.reward.name}{culprits(scores, i)}: {scores.reasons.get(i, 'no reason given')}"
            if self.failed >= ALARM:
                raise AllFailed(f"{self.host}: {self.failed} rows in a row FAILED in {what}")
            if self.failures.bit_count() == 1:  # at 1, 2, 4, … so that the log tells of it and stays readable
                log.warning("%s: row %s FAILED in %s (%d so far)", self.host, scores.key[i], what, self.failures)


def culprits(scores: Scores, row: int) -> str:
    """Which of several components were tried on a row and have no value there, as a clause of an error."""
    names = [name for name, column in scores.components.items() if column.status[row] > Status.MALFORMED]
    return f" (in {', '.join(names)})" if names and len(scores.components) > 1 else ""


@cache
def bridge(host: str, spec: str, unscored: Unscored, groups: bool = False) -> Bridge:
    """One Bridge a process for a spec that comes along with every call."""
    return Bridge(host, spec, unscored, groups=groups)


def by_row(columns: Mapping[str, Any], n: int) -> list[dict[str, Any]]:
    """n rows of a dict of columns; what is not a list of n cells belongs to the call, not to rows, and is left out."""
    lists = {name: cells for name, cells in columns.items() if isinstance(cells, (list, tuple)) and len(cells) == n}
    return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)] if lists else [
        {} for _ in range(n)
    ]  # fmt: skip


def runs(prompts: Sequence[Any], size: int | None) -> list[int]:
    """Which group each row is in: runs of equal prompts, or of `size` rows. Raises ContractError for a mixed group."""
    if size is None:
        number = -1
        return [number := number + (i == 0 or prompts[i] != prompts[i - 1]) for i in range(len(prompts))]
    if len(prompts) % size:
        raise ContractError(f"{len(prompts)} rows are not whole groups of {size}")
    for i in range(0, len(prompts), size):
        if any(prompt != prompts[i] for prompt in prompts[i + 1 : i + size]):
            raise ContractError(
                f"rows {i} to {i + size - 1} have different prompts: group_size={size} is not the host's"
            )
    return [i // size for i in range(len(prompts))]


def floats(values: Sequence[float | None]) -> list[float]:
    """NaN where there is no value, for hosts of numbers alone."""
    return [NAN if value is None else value for value in values]


def unpacked(truth: Any) -> dict[str, Any]:
    """Columns from a host's one cell for the truth, which may have been through Parquet."""
    return {name: plain(cell) for name, cell in label_columns(truth).items()}


def plain(cell: Any) -> Any:
    """Arrays, as Parquet gives them, as lists, all the way down."""
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if isinstance(cell, Mapping):
        return {key: plain(value) for key, value in cell.items()}
    return [plain(value) for value in cell] if isinstance(cell, list) else cell


def pixels(images: Any) -> Any:
    """Images as uint8 [..., height, width, channels]; channels may come first, and floats in 0–1."""
    array = images.detach().float().cpu().numpy() if hasattr(images, "detach") else np.asarray(images)
    if array.shape[-3] in (1, 3) and array.shape[-1] not in (1, 3):
        array = np.moveaxis(array, -3, -1)
    if array.dtype == np.uint8:
        return array
    return np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
