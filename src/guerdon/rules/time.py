"""Intervals, points in time and events checked against the true ones.

Times are seconds, and written in any form that `guerdon.parse.interval` reads: "2 to 8 s", "0:02 - 0:08",
`{"start_time": 2, "end_time": 8}`. A response that is a column of numbers rather than text is taken as it
is: `keyframes().reading(response="selected")`. What cannot be read is malformed, and so is an interval that
does not end after it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any, Literal, TypeVar

import numpy as np

from guerdon.leaf import reward
from guerdon.metrics import intervals as metric
from guerdon.metrics import moments as points
from guerdon.metrics.boxes import precision, recall
from guerdon.metrics.sequences import agree, jaccard_matrix
from guerdon.metrics.text import words
from guerdon.parse import lists, times
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, read_answer
from guerdon.scores import ContractError, Score

T = TypeVar("T")
Truth = Literal["seconds", "share"]
"""What the true times count: seconds, or shares 0–1 of the column `duration`."""
Measure = Literal["f1", "recall", "precision"]
MAX_EVENTS = 1_000
"""Matching takes up to the cube of their number."""


@reward("time.iou", range=(0, 1))
def iou(
    response: Any,
    intervals: Any,
    duration: Any = None,
    *,
    truth: Truth = "seconds",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Intersection over union of the response's interval and the true one, 0–1.

    Of several true intervals the one it overlaps most counts. Intervals that share something cover their
    hull, so dividing by that, as many papers do, is the same. `.at_least(0.5)` is R1@0.5.

    >>> iou().one({"response": "<answer>2 to 8 s</answer>", "intervals": [2, 6]}).value  # 4 of 6
    0.6666666666666666
    """

    def judge(found: metric.Interval, true: list[metric.Interval]) -> float:
        return max(metric.iou(found, one) for one in true)

    found = _read(lambda text: times.interval(text, which=which), _pair, response, within, which)
    return compare(found, _true_intervals(intervals, duration, truth), judge)


@reward("time.segments_iou", range=(0, 1))
def segments_iou(
    response: Any,
    intervals: Any,
    duration: Any = None,
    *,
    truth: Truth = "seconds",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Time in both over time in either, of all intervals of the response and all true ones, 0–1.

    What several intervals of one side cover counts once.

    >>> sample = {"response": "<answer>[[0, 4], [6, 8]]</answer>", "intervals": [[2, 7]]}
    >>> segments_iou().one(sample).value  # 2–4 and 6–7 of 0–8
    0.375
    """
    found = _read(times.intervals, _pairs, response, within, which)
    return compare(found, _true_intervals(intervals, duration, truth), metric.segments_iou)


@reward("time.keyframes", range=(0, 1))
def keyframes(
    response: Any,
    moments: Any,
    *,
    tolerance: float = 5.0,
    measure: Measure = "f1",
    matching: Literal["one_to_one", "nearest"] = "one_to_one",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """F1, recall or precision of the times listed, where a true time within `tolerance` seconds is a hit.

    Each true time can be hit once: another frame beside it is surplus. With matching="nearest" any number may
    share one, in either direction, so frames beside a sure one cost nothing: Ye et al. 2025 (T*),
    https://arxiv.org/abs/2504.02259. No times on either side is 1, on exactly one side 0.

    >>> sample = {"response": "<answer>[11, 12, 40]</answer>", "moments": [10, 20, 30]}
    >>> keyframes().one(sample).value, keyframes(matching="nearest").one(sample).value  # 1 and 2 of 3 hit
    (0.3333333333333333, 0.4444444444444444)
    """

    def judge(found: list[float], true: list[float]) -> float:
        if matching == "one_to_one":
            hits = covered = points.matches(found, true, tolerance)
        else:
            hits, covered = points.near(found, true, tolerance), points.near(true, found, tolerance)
        p, r = precision(hits, len(found), len(true)), recall(covered, len(found), len(true))
        return {"precision": p, "recall": r, "f1": 2 * p * r / (p + r) if p + r else 0.0}[measure]

    return compare(_read(times.moments, _numbers, response, within, which), _true_moments(moments), judge)


@reward("time.nearest", range=(None, 0), components=("to_true", "to_found"))
def nearest(response: Any, moments: Any, *, within: str | None = "answer", which: Which = "only") -> float | Score:
    """Minus the mean distance, in seconds, from times to the nearest on the other side, both ways.

    Components are the two distances: from those listed `to_true` ones, and from true ones `to_found` ones. No
    times on exactly one side is malformed. Ye et al. 2025 (T*) call it ANND, https://arxiv.org/abs/2504.02259.

    >>> nearest().one({"response": "<answer>[11, 41]</answer>", "moments": [10, 20, 30]}).value
    -6.5
    """
    found, true = _read(times.moments, _numbers, response, within, which), _true_moments(moments)
    if found.value is None or true.value is None:
        return compare(found, true, lambda *_: 0.0)
    if not (found.value and true.value):
        return Score.malformed(f"{len(found.value)} times listed, {len(true.value)} true")
    to_true, to_found = _mean_nearest(found.value, true.value), _mean_nearest(true.value, found.value)
    return Score(-(to_true + to_found) / 2, components={"to_true": Score(to_true), "to_found": Score(to_found)})


@reward("time.events", range=(0, 1), components=("precision", "recall", "order"))
def events(
    response: Any,
    events: Any,
    *,
    threshold: float = 0.5,
    order: float = 0.5,
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """How nearly the events listed are the true ones, in their order: F1 · (1 − order·(1 − concordance)), 0–1.

    Events are a JSON list or one a line. They are paired one to one, for the greatest sum of similarities (words
    shared / words in either) among pairs of at least `threshold`. Precision and recall are that sum over the
    number listed and the true number; concordance is the share of matched pairs in the true order, 1 for
    fewer than two. So what is made up, repeated or left out costs. After Tu et al. 2025 (FAVOR-Bench),
    https://arxiv.org/abs/2503.14935, whose own score is in `guerdon.systems.favor_bench`.

    >>> sample = {"response": "<answer>sits down\\nwalks in</answer>", "events": ["walks in", "sits down"]}
    >>> events().one(sample).value, events(order=0).one(sample).value
    (0.5, 1.0)
    """
    if not 0 <= order <= 1:
        raise ContractError(f"time.events: order={order} is a share, 0 to 1")
    found, true = _read(lists.items, _texts, response, within, which), _listed(events)
    if found.value is None or true.value is None:
        return compare(found, true, lambda *_: 0.0)
    if len(found.value) > MAX_EVENTS:
        return Score.malformed(f"{len(found.value)} events, more than {MAX_EVENTS}")
    agreed = agree(jaccard_matrix([*map(words, found.value)], [*map(words, true.value)]), threshold)
    kept = agreed.concordance
    parts = {"precision": Score(agreed.precision), "recall": Score(agreed.recall), "order": Score(kept)}
    return Score(agreed.f1 * (1 - order * (1 - kept)), components=parts)


def _read(
    read: Callable[[str], Parsed[T]], take: Callable[[Any], T], response: Any, within: str | None, which: Which
) -> Parsed[T]:
    """What the response says, read from its text or taken from a column of values."""
    if isinstance(response, str):
        return read_answer(read, response, within, which)
    return _taken(take, response)


def _taken(take: Callable[[Any], T], given: Any) -> Parsed[T]:
    try:
        return Parsed(take(given))
    except (TypeError, ValueError) as error:
        return malformed(f"{str(given)[:80]} cannot be read ({error})")


def _mean_nearest(times: list[float], others: list[float]) -> float:
    return sum(points.distances(times, others)) / len(times)


def _true_intervals(given: Any, duration: Any, truth: Truth) -> Parsed[list[metric.Interval]]:
    read = times.intervals(given) if isinstance(given, str) else _taken(_pairs, given)
    if read.value is None or truth == "seconds":
        return read
    if duration is None:
        return malformed("no column 'duration'")
    return Parsed([(start * duration, end * duration) for start, end in read.value])


def _true_moments(given: Any) -> Parsed[list[float]]:
    return times.moments(given) if isinstance(given, str) else _taken(_numbers, given)


def _listed(given: Any) -> Parsed[list[str]]:
    return lists.items(given) if isinstance(given, str) else _taken(_texts, given)


def _pair(given: Any) -> metric.Interval:
    start, end = _numbers(given)
    if not start < end:
        raise ValueError(f"{start:g} to {end:g} does not end after it starts")
    return start, end


def _pairs(given: Any) -> list[metric.Interval]:
    """One interval or a list of them."""
    found = [_pair(given)] if np.ndim(given) == 1 else [_pair(one) for one in given]
    if not found:
        raise ValueError("no interval")
    return found


def _numbers(given: Any) -> list[float]:
    found = [float(one) for one in given]
    if not all(map(isfinite, found)):
        raise ValueError("not finite")
    return found


def _texts(given: Any) -> list[str]:
    found = [str(one) for one in given]
    if not found:
        raise ValueError("no event")
    return found
