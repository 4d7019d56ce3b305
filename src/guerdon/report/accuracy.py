"""Preference accuracy: how often a reward prefers what people preferred, beside trivial baselines.

Every comparison counts once. Where one holds more than two responses, each judged pair weighs as far as
its votes lean one way; a pair whose votes are split evenly has no right answer and weighs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np

from guerdon import engine
from guerdon.batch import Index
from guerdon.bench.run import BASELINES
from guerdon.metrics.stats import Estimate
from guerdon.report.summary import clusters, group_name, interval, plain, reasons
from guerdon.report.template import Board, Entry
from guerdon.reward import Reward
from guerdon.sample import Broken, Comparison, Row, Sample
from guerdon.scores import NAN, ContractError, Floats, Scores

ALWAYS_FIRST = "the preferred response always comes first in this data"


@dataclass(frozen=True)
class Accuracy:
    """Agreement of one preference, a reward's or a baseline's, with the votes."""

    name: str
    n: int
    """Comparisons with a right answer."""
    coverage: float
    """Share of their pairs that got a verdict, 0–1."""
    ties: float
    """Share of the verdicts that are ties."""
    half: Estimate | None
    """Mean credit of the comparisons with a verdict where a tie counts ½; None if there is no verdict."""
    wrong: Estimate | None
    """The same where a tie counts 0."""
    baseline: bool = True
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """The pairs that votes decided, the preferred response of each known."""

    rows: list[Comparison]
    samples: list[Sample]
    """All their responses, one after another; `group` names the comparison."""
    better: Index
    worse: Index
    """[pairs], positions in `samples`."""
    owner: Index
    """[pairs], positions in `rows`."""
    weight: Floats
    """[pairs], 1 in total for each comparison."""
    left_out: dict[str, int]
    """Rows without a right answer, by reason."""


def judged(comparisons: Sequence[Comparison | Broken], aspect: str = "overall") -> Judged:
    """The decided pairs by the votes of one aspect. Raises ContractError if there are none."""
    rows: list[Comparison] = []
    samples: list[Sample] = []
    pairs: list[tuple[int, int, int, float]] = []
    left_out: Counter[str] = Counter()
    for number, row in enumerate(comparisons):
        lean = [] if isinstance(row, Broken) else _lean(row, aspect)
        if isinstance(row, Broken) or not any(w for _, _, w in lean):
            left_out[_why_not(row, lean)] += 1
            continue
        whole = sum(w for _, _, w in lean)
        pairs += [(len(samples) + i, len(samples) + j, len(rows), w / whole) for i, j, w in lean if w]
        name = row.get("id", number)
        samples += [s.with_columns(id=f"{name}/{k}", group=str(name)) for k, s in enumerate(row.samples())]
        rows.append(row)
    if not rows:
        aspects = sorted({v.aspect for c in comparisons if isinstance(c, Comparison) for v in c.votes})
        raise ContractError(
            f"no comparison is decided by votes on the aspect {aspect!r} ({_listed(left_out)}); "
            f"the votes are on: {', '.join(aspects) or 'nothing'}"
        )
    better, worse, owner, weight = zip(*pairs, strict=True)
    return Judged(
        rows, samples, np.array(better), np.array(worse), np.array(owner), np.array(weight, float), dict(left_out)
    )


def _lean(row: Comparison, aspect: str) -> list[tuple[int, int, float]]:
    """(preferred, other, how far the votes lean) for every judged pair; 0 where they are split evenly."""
    lean = []
    for i, j in combinations(range(len(row.responses)), 2):
        share = row.share(i, j, aspect=aspect)
        if share is not None:
            first, second = (i, j) if share.value >= 0.5 else (j, i)
            lean.append((first, second, abs(2 * share.value - 1) * share.weight))
    return lean


def _why_not(row: Row, lean: Sequence[Any]) -> str:
    if isinstance(row, Broken):
        return "not a comparison"
    return "votes split evenly" if lean else "no vote on this aspect"


def _listed(left_out: Counter[str]) -> str:
    return ", ".join(f"{n} {why}" for why, n in left_out.items())


@dataclass(frozen=True)
class Preferences:
    """What a reward and the baselines prefer, pair by pair."""

    reward: Reward
    judged: Judged
    scores: Scores | None
    """Of every response; None for a pairwise reward, which has none."""
    outcomes: dict[str, Floats]
    """Name → [pairs]: 1 for the preferred response, 0 for the other, ½ for a tie, NaN for no verdict."""

    def table(self) -> list[Accuracy]:
        """The reward first, then the baselines."""
        return self._table(np.arange(len(self.judged.rows)))

    def groups(self, by: str) -> dict[str, list[Accuracy]]:
        """The table within each value of a column, in order of first appearance."""
        members: dict[str, list[int]] = {}
        for i, row in enumerate(self.judged.rows):
            members.setdefault(group_name(row, by), []).append(i)
        return {name: self._table(np.array(index)) for name, index in members.items()}

    def to_dict(self, by: str | None = None) -> dict[str, Any]:
        """All figures, also within each value of the column `by`, JSON-ready."""
        found: dict[str, Any] = {
            "reward": self.reward.spec(), "record": self.reward.record, "comparisons": len(self.judged.rows),
            "pairs": len(self.judged.better), "left_out": self.judged.left_out, "preferences": self.table(),
        }  # fmt: skip
        if by is not None:
            found["groups"] = {"by": by, "of": self.groups(by)}
        plainly: dict[str, Any] = plain(found)
        return plainly

    def lines(self) -> list[dict[str, Any]]:
        """One flat row a judged pair; the outcome is 1 for the preferred response, ½ for a tie, 0, or None."""
        j = self.judged
        outcomes = next(iter(self.outcomes.values()))
        made = []
        for better, worse, weight, outcome in zip(j.better, j.worse, j.weight, outcomes, strict=True):
            values = [None if self.scores is None else self.scores[i].value for i in (better, worse)]
            names = [j.samples[i]["id"] for i in (better, worse)]
            made.append(
                {
                    "better": names[0], "worse": names[1], "weight": float(weight), "outcome": plain(outcome),
                    "value_better": values[0], "value_worse": values[1],
                }
            )  # fmt: skip
        return made

    def board(self, ties: Literal["half", "wrong"]) -> Board:
        """The table as a page shows it."""
        entries = [
            Entry(a.name, getattr(a, ties), a.coverage, a.note, "baseline" if a.baseline else "") for a in self.table()
        ]
        return Board("Preference accuracy", entries, f"{len(self.judged.rows):,} comparisons, a tie counts {ties}")

    def why(self) -> str:
        """The most frequent reason why responses have no value."""
        found = reasons(self.scores, 1) if self.scores is not None else []
        return f"{found[0].part}: {found[0].text}" if found else "no reason given"

    def _table(self, kept: Index) -> list[Accuracy]:
        return [self._accuracy(name, outcome, kept) for name, outcome in self.outcomes.items()]

    def _accuracy(self, name: str, outcome: Floats, kept: Index) -> Accuracy:
        shared = clusters([self.judged.rows[i] for i in kept])
        covered, tied, won = (
            np.bincount(self.judged.owner, self.judged.weight * mask, len(self.judged.rows))[kept]
            for mask in (~np.isnan(outcome), outcome == 0.5, outcome == 1.0)
        )
        has = covered > 0
        near = None if shared is None else [shared[i] for i in np.flatnonzero(has)]
        half, wrong = (
            interval((won[has] + credit * tied[has]) / covered[has], near) if has.any() else None
            for credit in (0.5, 0.0)
        )
        ties = float(tied.sum() / covered.sum()) if has.any() else 0.0
        note = ALWAYS_FIRST if name == "first" and (outcome == 1.0).all() else ""
        return Accuracy(name, len(kept), float(covered.mean()), ties, half, wrong, name in BASELINES, note)


def preferences(reward: Reward, pairs: Judged, *, seed: int = 0, **options: Any) -> Preferences:
    """Ask a reward and the baselines for every pair; `options` go to `engine.map`.

    Raises ContractError for a set reward, which cannot tell responses apart.
    """
    if reward.over in ("set", "trajectory"):
        raise ContractError(f"{reward} is scored over a {reward.over}: it cannot compare responses")
    scores = None
    if reward.native == "pairwise":
        ends = ([pairs.samples[i] for i in index] for index in (pairs.better, pairs.worse))
        asked = reward.compare(*ends).p_first
        outcome = np.where(np.isnan(asked), NAN, (np.sign(asked - 0.5) + 1) / 2)
    else:
        scores = engine.map(reward, pairs.samples, **options)
        outcome = _outcome(scores.values, pairs, reward.tie)
    own = {reward.name: outcome} if reward.label or not reward.children else {"total": outcome}
    return Preferences(reward, pairs, scores, {**own, **_baselines(pairs, seed)})


def _baselines(pairs: Judged, seed: int) -> dict[str, Floats]:
    n = len(pairs.samples)
    lengths = np.array([len(sample.response or "") for sample in pairs.samples], dtype=np.float64)
    values = {
        "constant": np.zeros(n), "random": np.random.default_rng(seed).random(n),
        "longer": lengths, "shorter": -lengths, "first": -np.arange(n, dtype=np.float64),
    }  # fmt: skip
    return {name: _outcome(values[name], pairs, 0.0) for name in BASELINES}


def _outcome(values: Floats, pairs: Judged, tie: float) -> Floats:
    gap = values[pairs.better] - values[pairs.worse]
    outcome: Floats = (np.sign(gap) + 1) / 2
    outcome[np.abs(gap) <= tie] = 0.5
    return outcome
