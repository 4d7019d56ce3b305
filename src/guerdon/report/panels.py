"""What a benchmark tells of a reward beside its figure: ties, place, length, calibration, and which items tell nothing.

All of it comes from the numbers of `guerdon.bench.Results`; no reward is asked again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot
from typing import Literal, NamedTuple

import numpy as np

from guerdon.batch import Index
from guerdon.bench.answers import Answers
from guerdon.bench.figures import estimate
from guerdon.bench.items import Questions
from guerdon.bench.run import Entry, Results
from guerdon.metrics import standings
from guerdon.metrics.calibration import Bin, calibration_error, reliability, temperature
from guerdon.metrics.pairwise import credit
from guerdon.metrics.stats import Estimate
from guerdon.scores import NAN, Floats

FEWEST = 50
"""Pairs below which a calibration error is mostly noise."""
GAPS = 3
"""Different sizes of gap below which no scale can make probabilities of them."""
BINS = 10
"""Of a reliability diagram, each with about as many pairs."""
SURE = 1e-6
"""A probability is taken to be at least so far from 0 and 1."""


class Pairs(NamedTuple):
    """The pairs of candidates of which one is better in the data."""

    item: Index
    """[m]"""
    gap: Floats
    """[m], value of the preferred one less that of the other; NaN where one has none."""
    longer: Floats
    """[m], by how many characters the preferred one is longer; NaN where a candidate is no text."""


def pairs(questions: Questions, answers: Answers) -> Pairs:
    """All pairs of candidates of one item that differ in gold."""
    gold = questions.gold
    lengths = questions.lengths if questions.lengths.shape == gold.shape else np.full(gold.shape, NAN)
    found: list[tuple[Index, Floats, Floats]] = []
    for i, j in combinations(range(gold.shape[1]), 2):
        better = np.sign(gold[:, i] - gold[:, j])
        item = np.flatnonzero(np.abs(better) == 1)
        sign = better[item]
        apart = [(of[item, i] - of[item, j]) * sign for of in (answers.values, lengths)]
        found.append((item, apart[0], apart[1]))
    if not found:
        return Pairs(np.empty(0, np.intp), np.empty(0), np.empty(0))
    item, gap, longer = (np.concatenate(column) for column in zip(*found, strict=True))
    return Pairs(item, gap, longer)


@dataclass(frozen=True)
class Bias:
    """What an entry leans to; None where it cannot be told. Shares are 0–1, over pairs with a value."""

    name: str
    pairs: int
    ties: Estimate
    """Share of pairs whose two values are equal."""
    flips: Estimate | None
    """Share of verdicts that change when the two responses change places."""
    first: Estimate | None
    """How often the response that is shown first is preferred; a tie counts ½."""
    longer: Estimate | None
    """How often the better response is preferred where it is the longer one; a tie counts ½."""
    shorter: Estimate | None
    """The same where it is the shorter one."""

    @property
    def lean(self) -> Estimate | None:
        """`longer` − `shorter`: above 0 it favours length. Its interval is put together from theirs (MOVER)."""
        a, b = self.longer, self.shorter
        if a is None or b is None:
            return None
        apart = a.mean - b.mean
        low, high = hypot(a.mean - a.low, b.high - b.mean), hypot(a.high - a.mean, b.mean - b.low)
        return Estimate(apart, apart - low, apart + high, a.n + b.n)


def biases(results: Results) -> list[Bias]:
    """Of every entry that is no baseline and says which item it means."""
    found = [bias(results, entry) for entry in results.placed]
    return [one for one in found if one is not None]


def bias(results: Results, entry: Entry) -> Bias | None:
    """What an entry leans to; None where it has a value for no pair of responses."""
    questions = results.questions
    item, gap, longer = pairs(questions, entry.answers)
    there = ~np.isnan(gap)
    if not there.any() or results.benchmark.protocol.asks == "steps":
        return None
    clusters = questions.clusters
    won = credit(gap)

    def share(values: Floats, of: Index) -> Estimate | None:
        return estimate(values, clusters[of]) if len(values) else None

    kinds = [there & (longer > 0), there & (longer < 0)]
    by_length = [share(won[kind], item[kind]) for kind in kinds]
    ties = estimate((gap[there] == 0).astype(np.float64), clusters[item[there]])
    return Bias(entry.name, int(there.sum()), ties, *_position(entry.answers), *by_length)


def _position(answers: Answers) -> tuple[Estimate | None, Estimate | None]:
    if answers.orders is None:
        return None, None
    said = np.sign(answers.orders[~np.isnan(answers.orders).any(axis=1)] - 0.5)
    if not len(said):
        return None, None
    return estimate((said[:, 0] != said[:, 1]).astype(np.float64)), estimate((2 + said[:, 0] - said[:, 1]) / 4)


@dataclass(frozen=True)
class Calibration:
    """Whether an entry is right as often as it is sure, over the pairs of which it prefers one."""

    name: str
    kind: Literal["stated", "fitted"]
    """Probabilities that the entry gave, or σ(gap / T) of its values with the T that fits these very items best."""
    n: int
    bins: list[Bin]
    """How sure it is (½–1) and how often it is right."""
    before: float
    """Expected calibration error of what it stated, or of σ(gap) for values as they are."""
    after: float
    """The same with T."""
    temperature: float


def calibration(results: Results, entry: Entry) -> Calibration | str:
    """How sure an entry is beside how often it is right, or why that means nothing here."""
    questions = results.questions
    if results.benchmark.protocol.asks == "steps":
        return "it judges steps, and does not choose between responses"
    gap = pairs(questions, entry.answers).gap
    gap = gap[np.isfinite(gap) & (gap != 0)]
    stated = _stated(questions, entry.answers)
    logits = _logit((1 + gap) / 2) if stated else gap
    sizes, right = _rounded(np.abs(logits)), logits > 0
    distinct = len(np.unique(sizes))
    if len(gap) < FEWEST:
        return f"{len(gap)} pairs of which it prefers one: too few"
    if distinct < GAPS:
        return f"its verdicts are of {distinct} different strengths only: it does not say how sure it is"
    scale = temperature(sizes, right)
    if not 0 < scale < np.inf:
        return (
            "its gaps do not tell how sure to be" if scale else "all its verdicts are right: no scale is sharp enough"
        )
    before, after = _sigmoid(sizes), _sigmoid(sizes / scale)
    errors = [calibration_error(p, right, bins=BINS, strategy="quantile").ece for p in (before, after)]
    bins = reliability(before if stated else after, right, bins=BINS, strategy="quantile")
    return Calibration(entry.name, "stated" if stated else "fitted", len(gap), bins, errors[0], errors[1], scale)


def _stated(questions: Questions, answers: Answers) -> bool:
    """Whether the values are the probabilities of two candidates."""
    values = answers.values[answers.read(questions.gold)]
    two = values.shape[1] == 2 and bool((~np.isnan(questions.gold)).all())
    return two and bool((values >= 0).all()) and bool(np.allclose(values.sum(axis=1), 1.0))


def _rounded(sizes: Floats) -> Floats:
    """To nine digits of the greatest: 0.3 − 0.2 and 0.2 − 0.1 are one size, and stay in one bin."""
    most = sizes.max(initial=0.0) or 1.0
    return np.asarray(np.round(sizes / most, 9) * most)


def _logit(p: Floats) -> Floats:
    p = np.clip(p, SURE, 1 - SURE)
    return np.asarray(np.log(p / (1 - p)))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))


class Information(NamedTuple):
    """What the items of one group tell of the entries beside each other."""

    group: str
    right: int
    """Items that all entries have right…"""
    wrong: int
    """… that all have wrong…"""
    alike: int
    """… for which all get the same in between, such as ½ for a tie…"""
    apart: int
    """… and that tell one entry from another."""
    unanswered: int
    """Items that nobody answered."""


def information(results: Results) -> list[Information]:
    """Of each group; none where fewer than two entries can be compared item by item."""
    credits = results.credits()
    mine = {entry.name: credits[entry.name] for entry in results.placed}
    if len(mine) < 2 or all(np.isnan(credit).all() for credit in mine.values()):
        return []
    made = []
    for name, index in results.questions.members().items():
        found = standings.information({entry: credit[index] for entry, credit in mine.items()})
        counts = found.all_right, found.all_wrong, found.alike, int(found.informative.sum())
        made.append(Information(name, *counts, len(index) - sum(counts)))
    return made


def total(found: Sequence[Information]) -> Information:
    """Of all groups together."""
    columns = [*zip(*(one[1:] for one in found), strict=True)]
    return Information("all", *map(sum, columns))
