"""From answers to figures: credit of items, means of credit, and means of groups, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from guerdon.bench.answers import Answers
from guerdon.bench.items import Questions
from guerdon.metrics.stats import Estimate, bootstrap, macro_interval, mean_interval
from guerdon.scores import NAN, Floats

Index = NDArray[np.intp]
DRAWS = 20_000_000
"""Indices drawn for one bootstrap interval: many items need fewer resamples, and would take minutes."""
POOLED_RESAMPLES, FEWEST, POOLED_DRAWS = 400, 100, 4_000_000
"""For figures that must be computed anew on each: so many resamples, or as many as draw that many items."""


@dataclass(frozen=True)
class Metric:
    """A figure of a benchmark: the mean of a credit that every item gets, or one figure of all items together."""

    name: str
    about: str
    """What it says, in one line."""
    credit: Callable[[Floats, Floats], Floats] | None = None
    """values, gold [n, k] → [n], NaN where an item cannot have any."""
    figure: Callable[[Floats, Floats], float] | None = None
    """values, gold [n, k] → one number, over items that were read."""
    with_unread: bool = False
    """Whether a figure also gets the items that could not be read, values of NaN in them, and counts these itself."""
    whole: str = ""
    """Name of a fact: items that share it count as one, right only as far as the worst of them is."""
    unread: float = 0.0
    """Credit of an item that was answered with something that could not be read."""
    only: tuple[str, ...] = ()
    """Groups it is meant for; none: all."""
    share: bool = True
    """Whether it is a share, written as a percentage."""

    def __post_init__(self) -> None:
        if (self.credit is None) == (self.figure is None):
            raise ValueError(f"the metric {self.name!r} has a credit or a figure, one of them")

    def of(self, group: str) -> bool:
        """Whether it is meant for a group."""
        return not self.only or group in self.only


@dataclass(frozen=True)
class Figure:
    """One metric over some items."""

    estimate: Estimate | None
    """None where no item was answered. Items that could not be read count as the metric says."""
    items: int
    answered: int
    read: int
    where_read: Estimate | None = None
    """Over the items that were read alone, where some were not."""


@dataclass(frozen=True)
class Line:
    """One metric of one reward or baseline."""

    metric: str
    overall: Figure
    """Every item counts the same (micro)."""
    groups: Mapping[str, Figure]
    macro: Estimate | None
    """Every group counts the same, or as much as the benchmark's weights say."""


def line(metric: Metric, questions: Questions, answers: Answers, weights: Mapping[str, float] | None = None) -> Line:
    """A metric over all items it is meant for, over each group, and over groups."""
    members = {name: index for name, index in questions.members().items() if metric.of(name)}
    everything = np.sort(np.concatenate([*members.values(), np.empty(0, np.intp)]))
    groups = {name: figure(metric, questions, answers, index) for name, index in members.items()}
    alone = next(iter(groups.values())) if len(groups) == 1 else None
    overall = alone or figure(metric, questions, answers, everything)
    return Line(metric.name, overall, groups, _macro(metric, questions, answers, members, groups, weights))


def figure(metric: Metric, questions: Questions, answers: Answers, index: Index) -> Figure:
    """A metric over the items at some places."""
    asked = index[answers.answered[index]]
    read = asked[answers.read(questions.gold)[asked]]
    counts = len(index), len(asked), len(read)
    if metric.figure is not None:
        return Figure(_pooled(metric.figure, questions, answers, asked if metric.with_unread else read), *counts)
    credit, counted = credits(metric, questions, answers)
    asked, read = asked[counted[asked]], read[counted[read]]
    if metric.whole:
        asked, read = (_whole(metric, questions, index[counted[index]], some) for some in (asked, read))
    clusters = questions.clusters if answers.placed else None
    partly = _mean(metric, questions, credit, read, clusters) if len(read) < len(asked) else None
    return Figure(_mean(metric, questions, credit, asked, clusters), *counts, partly)


def credits(metric: Metric, questions: Questions, answers: Answers) -> tuple[Floats, NDArray[np.bool_]]:
    """The credit [n] of each item, NaN where there is none, and which items can have any.

    An answer that could not be read gets what the metric says. Raises ValueError for a metric without a credit.
    """
    if metric.credit is None:
        raise ValueError(f"{metric.name} is one figure of all items: they have no credit of their own")
    gold = questions.gold
    credit = metric.credit(answers.values, gold)
    possible = ~np.isnan(metric.credit(np.where(np.isnan(gold), NAN, 0.0), gold))  # whoever answers gets some
    unread = answers.answered & ~answers.read(gold)
    credit = np.where(unread, metric.unread, credit)
    credit[~answers.answered | ~possible] = NAN
    return credit, possible


def weighted(groups: Mapping[str, Figure], weights: Mapping[str, float] | None = None) -> Estimate | None:
    """The mean of groups' figures, each weighing the same or as given; None if a group has no figure.

    The interval is put together from those of the groups, as if these were independent: its ends lie √Σ w²(end − mean)²
    from the mean (Zou & Donner 2008, MOVER). It is somewhat narrow for many small groups.
    """
    found = {name: f.estimate for name, f in groups.items() if weights is None or name in weights}
    estimates = [e for e in found.values() if e is not None]
    if len(estimates) < len(found) or not found or (weights is not None and found.keys() != weights.keys()):
        return None
    raw = np.array([1.0 if weights is None else weights[name] for name in found])
    shares = (raw / raw.sum()).tolist()
    mean = sum(w * e.mean for w, e in zip(shares, estimates, strict=True))
    below = sqrt(sum((w * (e.mean - e.low)) ** 2 for w, e in zip(shares, estimates, strict=True)))
    above = sqrt(sum((w * (e.high - e.mean)) ** 2 for w, e in zip(shares, estimates, strict=True)))
    return Estimate(mean, mean - below, mean + above, sum(e.n for e in estimates))


def estimate(values: Floats, clusters: NDArray[np.int64] | None = None, *, share: bool = True) -> Estimate:
    """Mean of credits [n], n ≥ 1, with its interval, over clusters where any two items share one; a share is 0 to 1.

    Ties throughout have no interval: what calls everything a tie, as a constant does, will do so again.
    """
    if _tied(values):
        return Estimate(0.5, 0.5, 0.5, len(values))
    resamples = max(200, min(2000, DRAWS // len(values)))
    return mean_interval(values, _names(clusters), share=share, resamples=resamples)


def _macro(
    metric: Metric,
    questions: Questions,
    answers: Answers,
    members: Mapping[str, Index],
    groups: Mapping[str, Figure],
    weights: Mapping[str, float] | None,
) -> Estimate | None:
    """The mean of groups: of means from their items, of other figures from the groups' own intervals."""
    roughly = weighted(groups, weights)
    if roughly is None or len(groups) == 1 or metric.credit is None or metric.whole:
        return roughly
    credit, _ = credits(metric, questions, answers)
    counted = {name: index[~np.isnan(credit[index])] for name, index in members.items()}
    counted = {name: index for name, index in counted.items() if weights is None or name in weights}
    index = np.concatenate([*counted.values()])
    if _tied(credit[index]):
        return roughly
    names = np.repeat(list(counted), [len(mine) for mine in counted.values()]).tolist()
    clusters = _names(questions.clusters[index]) if answers.placed else None
    return macro_interval(credit[index], names, clusters, weights=weights, share=metric.share)


def _tied(values: Floats) -> bool:
    return bool((values == 0.5).all())


def _names(clusters: NDArray[np.int64] | None) -> list[int] | None:
    """Clusters as a list; None where no two items share one."""
    if clusters is None or len(np.unique(clusters)) == len(clusters):
        return None
    found: list[int] = clusters.tolist()
    return found


def _mean(
    metric: Metric, questions: Questions, credit: Floats, index: Index, clusters: NDArray[np.int64] | None
) -> Estimate | None:
    if not len(index):
        return None
    if not metric.whole:
        return estimate(credit[index], None if clusters is None else clusters[index], share=metric.share)
    units: dict[object, float] = {}
    for i in index.tolist():
        unit = _unit(metric, questions, i)
        units[unit] = min(units.get(unit, 1.0), float(credit[i]))
    return estimate(np.array(list(units.values())), share=metric.share)


def _whole(metric: Metric, questions: Questions, index: Index, some: Index) -> Index:
    """Those of some items with which every item at `index` that shares their unit is: half a unit is easier."""
    lost = {_unit(metric, questions, i) for i in np.setdiff1d(index, some).tolist()}
    return some[[_unit(metric, questions, i) not in lost for i in some.tolist()]] if lost else some


def _unit(metric: Metric, questions: Questions, i: int) -> object:
    return questions.facts[i].get(metric.whole, i)


def _pooled(
    of: Callable[[Floats, Floats], float], questions: Questions, answers: Answers, index: Index
) -> Estimate | None:
    """A figure of all items together; None where it does not exist, such as a correlation with a constant."""
    if not len(index):
        return None
    values, gold = answers.values[index], questions.gold[index]
    clusters = questions.clusters[index].tolist() if answers.placed and questions.clustered else None
    resamples = max(FEWEST, min(POOLED_RESAMPLES, POOLED_DRAWS // len(index)))
    found = bootstrap(lambda drawn: of(values[drawn], gold[drawn]), len(index), clusters, resamples=resamples)
    return found if np.isfinite(found.low) else None
