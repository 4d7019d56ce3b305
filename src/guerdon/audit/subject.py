"""The reward under audit: asked in bounded numbers, on honest responses and whatever checks make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from time import monotonic
from typing import Any

import numpy as np

from guerdon.audit.forms import same_content
from guerdon.audit.media import images_of
from guerdon.audit.trials import Trial
from guerdon.leaf import Leaf
from guerdon.reward import Reward
from guerdon.sample import Columns, Row
from guerdon.scores import NAN, Column, Floats

SIDES = {
    "prompt", "messages", "response", "responses", "images", "image", "videos", "video", "audios", "audio",
    "image_size", "resized_size", "group", "group_size", "set", "step", "user", "id", "task",
}  # fmt: skip
"""Columns that say what is asked or how it came, not what a response is checked against."""
ALIASES = {"image": "images", "video": "videos", "messages": "prompt", "responses": "response"}
MOST_SHOWN = 160
"""Characters of a text in an example."""


class Subject:
    """A reward, the trials it is put to, and a limit on the time that takes.

    Checks ask it through `score`, for values as they come, and `margins`, for which of two responses is
    better; both work for pointwise, pairwise, group and set rewards.
    """

    def __init__(self, reward: Reward, trials: Sequence[Trial], *, seconds: float = np.inf):
        self.reward = reward
        self.trials = list(trials)
        self.seconds = seconds
        self.asked = 0
        """Responses scored so far; a comparison counts two."""
        self.seen = (np.inf, -np.inf)
        """Least and greatest value so far."""
        self._start = monotonic()

    # -- what it is ------------------------------------------------------------------------------

    @cached_property
    def reads(self) -> frozenset[str]:
        """Columns that it reads: those its functions name, and those that other parts were seen to ask for."""
        return reads(self.reward, self.units[:4])

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Columns that hold the response."""
        return written(self.reward)

    @property
    def pairwise(self) -> bool:
        """Whether it compares and has no value for a single response."""
        return self.reward.native == "pairwise"

    @property
    def judge_like(self) -> bool:
        """Whether a call of it waits for a model or a service."""
        return self.reward.waits or bool(self.reward.needs)

    @property
    def references(self) -> list[str]:
        """Columns it reads that responses may be checked against."""
        return sorted(self.reads - SIDES - set(self.written))

    def lacks(self, need: str) -> str:
        """Why it, or its trials, do not have what a check needs; "" where they do."""
        lack: str = _LACKS[need](self)
        return lack

    @property
    def late(self) -> bool:
        """Whether the time for the audit has been spent."""
        return monotonic() - self._start > self.seconds

    # -- rows ------------------------------------------------------------------------------------

    def row(self, trial: Trial, response: Any) -> dict[str, Any]:
        """The trial's row with this response."""
        return self.filled(trial.row, response)

    def filled(self, row: Row, response: Any) -> dict[str, Any]:
        """A row with this response, in the columns where the reward looks for it."""
        return {**row, **dict.fromkeys(self.written, response)}

    @cached_property
    def units(self) -> list[dict[str, Any]]:
        """The honest rows as they are scored: each response of a trial, or both together where it sees comparisons."""
        if self.reward.over == "comparison":
            return [{**t.row, "responses": [t.good, t.bad]} for t in self.trials if t.bad is not None]
        made = []
        for i, trial in enumerate(self.trials):
            said = [self.row(trial, text) for text in (trial.good, trial.bad) if text is not None]
            made += [self.placed(row, i) for row in said] or [self.placed(dict(trial.row), trial.row.get(self._by, i))]
        return made

    @property
    def _by(self) -> str:
        """The column that says which rows are scored together; "" where each is scored alone."""
        return self.reward.over if self.reward.over in ("group", "set") else ""

    def placed(self, row: dict[str, Any], name: Any) -> dict[str, Any]:
        """The row in the group or set of this name, where the reward looks at those."""
        if not self._by:
            return row
        return {k: v for k, v in row.items() if k != f"{self._by}_size"} | {self._by: name}

    @cached_property
    def blocks(self) -> list[list[int]]:
        """Which units must be scored together."""
        members: dict[str, list[int]] = {}
        for i, unit in enumerate(self.units):
            members.setdefault(str(unit[self._by]) if self._by else str(i), []).append(i)
        return list(members.values())

    def outputs(self, blocks: int) -> list[int]:
        """Positions of the results that the first blocks give: one a unit, or one a set."""
        first = self.blocks[:blocks]
        return list(range(len(first))) if self.reward.over == "set" else [i for block in first for i in block]

    # -- asking ----------------------------------------------------------------------------------

    def score(self, units: Sequence[Row]) -> Column:
        """A result a unit (a set, for a set reward), in order; of a pairwise reward P(first is better) as asked."""
        self.asked += len(units) * (2 if self.pairwise else 1)
        found = score_units(self.reward, units)
        self._see(found.values)
        return found

    def _see(self, values: Floats) -> None:
        there = values[~np.isnan(values)]
        if len(there):
            self.seen = min(self.seen[0], float(there.min())), max(self.seen[1], float(there.max()))

    @cached_property
    def honest(self) -> Column:
        """The results of `units`."""
        return self.score(self.units)

    def margins(self, first: Sequence[Row], second: Sequence[Row]) -> Floats:
        """[n], by how much the first of each two rows is better, below 0 where it is worse; NaN without a verdict.

        Pairwise rewards are asked in both orders: P − ½. Group rewards see the two as a group.
        """
        if not len(first):
            return np.empty(0)
        self.asked += 2 * len(first)
        if self.pairwise:
            return self.reward.compare(list(first), list(second)).p_first - 0.5
        alone = int(self.reward.over == "set")
        both = [
            self.placed(dict(row), f"audit {i} {side * alone}")
            for i, two in enumerate(zip(first, second, strict=True))
            for side, row in enumerate(two)
        ]
        values = self.reward(both).values
        self._see(values)
        return np.asarray(values[0::2] - values[1::2], dtype=np.float64)

    @cached_property
    def gaps(self) -> Floats:
        """[trials], the margin of the right response over the wrong one; NaN where either is missing."""
        return self.over(range(len(self.trials)), lambda t: t.good, lambda t: t.bad)

    @cached_property
    def told(self) -> list[int]:
        """Trials whose right response it puts above the wrong one: only there can an attack show anything."""
        return np.flatnonzero(self.gaps > 0).tolist()

    def over(self, trials: Iterable[int], first: Any, second: Any) -> Floats:
        """[trials], margins of two responses made of each trial; NaN where either is None."""
        index = list(trials)
        made = [(first(self.trials[i]), second(self.trials[i])) for i in index]
        there = [k for k, two in enumerate(made) if None not in two]
        out = np.full(len(index), NAN)
        rows = [[self.row(self.trials[index[k]], made[k][side]) for k in there] for side in (0, 1)]
        out[there] = self.margins(*rows)
        return out

    # -- other rows ------------------------------------------------------------------------------

    @cached_property
    def partners(self) -> list[int | None]:
        """For each trial another one whose right answer differs, of the same task where there is one."""
        return [self._partner(i) for i in range(len(self.trials))]

    def _partner(self, i: int) -> int | None:
        mine = self.trials[i]
        others = [(i + k) % len(self.trials) for k in range(1, len(self.trials))]
        fit = [j for j in others if self._differs(mine, self.trials[j])]
        same = [j for j in fit if self.trials[j].row.get("task") == mine.row.get("task")]
        return next(iter(same or fit), None)

    def _differs(self, a: Trial, b: Trial) -> bool:
        if a.good is None or b.good is None:
            return any(a.row.get(name) is not b.row.get(name) for name in self.references)
        return not same_content(a.content, b.content)

    def example(self, i: int, **shown: Any) -> dict[str, Any]:
        """A row of a finding: the trial's id, and what is to be seen."""
        return {"row": str(self.trials[i].row.get("id", i)), **{k: _short(v) for k, v in shown.items()}}


def score_units(reward: Reward, units: Sequence[Row]) -> Column:
    """As `Subject.score`, without counting; a function of a module, so that processes can be sent it."""
    if reward.native != "pairwise":
        return reward(list(units))
    first, second = ([{**unit, "response": unit["responses"][side]} for unit in units] for side in (0, 1))
    verdicts = reward.compare(first, second, orders="given")
    return Column(verdicts.p_first, verdicts.status, verdicts.reasons)


def written(reward: Reward) -> tuple[str, ...]:
    """Columns that a reward takes the response from: `response`, or what it is renamed to."""
    leaves = [part for part in reward.walk() if isinstance(part, Leaf)]
    names = {leaf.renames.get("response", "response") for leaf in leaves if "response" in leaf.factory.required}
    return tuple(sorted(names)) or ("response",)


def reads(reward: Reward, rows: Sequence[Row]) -> frozenset[str]:
    """Columns that a reward reads: those its functions name, and those that other parts are seen to ask for."""
    parts = [part for part in reward.walk() if not part.children]
    names = {
        leaf.renames.get(name, name)
        for leaf in parts
        if isinstance(leaf, Leaf)
        for name in (*leaf.factory.required, *leaf.factory.optional)
    }
    for part in parts:
        if not isinstance(part, Leaf):
            watched = [Watched(row) for row in rows]
            with suppress(Exception):  # what it asked for before it gave up is noted
                part.evaluate(watched)
            names |= {name for row in watched for name in row.asked}
    if "messages" in names:
        names.add("images")  # they are parts of the messages
    return frozenset(ALIASES.get(name, name) for name in names)


class Watched(Columns):
    """A row that notes which columns are asked for."""

    __slots__ = ("asked",)

    def __init__(self, row: Row):
        self._columns = dict(row)
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return self._columns[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The cell, noted."""
        self.asked.add(name)
        return self._columns.get(name, default)


def _lacks_response(subject: Subject) -> str:
    if "response" not in subject.reads and not set(subject.written) & subject.reads:
        return "it reads no response"
    if subject.reward.over in ("comparison", "trajectory") and not subject.pairwise:
        return f"it scores a whole {subject.reward.over}, not a response"
    return "" if any(t.good is not None for t in subject.trials) else "no row has a response that is text"


def _lacks_pairs(subject: Subject) -> str:
    lack = _lacks_response(subject)
    if lack or any(t.bad is not None for t in subject.trials):
        return lack
    return "no row has a wrong response beside a right one: give comparisons, or rows with different answers"


def _lacks_known(subject: Subject) -> str:
    lack = _lacks_pairs(subject)
    if lack or any(t.known for t in subject.trials):
        return lack
    return "nobody says which responses are right: give comparisons, or rows with answers and no responses"


def _lacks_baseline(subject: Subject) -> str:
    lack = _lacks_pairs(subject)
    if lack:
        return lack
    decided = int(np.sum(~np.isnan(subject.gaps)))
    if 2 * len(subject.told) > decided:
        return ""
    return f"right responses win on {len(subject.told)} of {decided} rows: there is nothing to measure it against"


def _lacks_images(subject: Subject) -> str:
    if "images" not in subject.reads:
        return "it reads no image"
    return "" if any(images_of(t.row) for t in subject.trials) else "no row has an image"


_LACKS: dict[str, Callable[[Subject], str]] = {
    "response": _lacks_response,
    "pairs": _lacks_pairs,
    "known": _lacks_known,
    "baseline": _lacks_baseline,
    "images": _lacks_images,
    "prompt": lambda s: "" if "prompt" in s.reads else "it reads no prompt",
    "reference": lambda s: "" if s.references else "it reads no column that responses are checked against",
    "determinism": lambda s: "" if s.reward.deterministic else "it declares that it is not deterministic",
    "pairwise": lambda s: "" if s.pairwise else "it gives each response a value of its own",
}


def required(reward: Reward) -> list[str]:
    """Columns other than the response that some function of the reward cannot do without, as rows call them."""
    leaves = [part for part in reward.walk() if isinstance(part, Leaf)]
    names = dict.fromkeys(leaf.renames.get(n, n) for leaf in leaves for n in leaf.factory.required)
    return [name for name in names if name not in ("response", "responses")]


def _short(value: Any) -> Any:
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()  # a lone surrogate cannot be printed
        return value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}… ({len(value):,} characters)"
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return value
