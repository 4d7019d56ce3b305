"""Partial credit for structured answers: multisets, tuples that agree in their first fields, calls of tools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

Fields = tuple[Hashable, ...]
"""A tuple, its most important field first."""
Call = tuple[str, Mapping[str, Any]]
"""A tool's name and its parameters."""
Credit = Literal["fine", "refined", "intermediate", "coarse"]
"""What a call that is not quite right is worth; see `call_credit`."""


def multiset_iou(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """What two multisets share over what they have together, 0–1; order does not matter, two empty ones are 1.

    >>> multiset_iou(["a", "a", "b"], ["a", "b"])  # 2 of 3
    0.6666666666666666
    """
    if a == b:
        return 1.0
    shared = _shared(a, b)
    return shared / (len(a) + len(b) - shared)


def shared_prefixes(a: Sequence[Fields], b: Sequence[Fields], fields: int) -> list[int]:
    """How many one-to-one pairs agree in their first 1, 2, … fields, where as many as can be are paired.

    One pairing is the best for every number of fields at once: pair what agrees in most fields first. So
    the counts are those of the prefixes that the two multisets share.

    >>> shared_prefixes([(1, "size", "big"), (2, "size", "big")], [(1, "size", "small"), (3, "size", "big")], 3)
    [1, 1, 0]
    """
    return [_shared([t[:k] for t in a], [t[:k] for t in b]) for k in range(1, fields + 1)]


def prefix_points(a: Sequence[Fields], b: Sequence[Fields], credits: Sequence[float]) -> float:
    """The greatest sum over one-to-one pairs, of which one that agrees in its first k fields earns credits[k−1].

    `credits` must not fall.

    >>> prefix_points([(1, "size", "big")], [(1, "size", "small"), (3, "size", "big")], (0.5, 1.5, 5.0))
    1.5
    """
    steps = [more - less for less, more in pairwise((0.0, *credits))]
    return sum(step * n for step, n in zip(steps, shared_prefixes(a, b, len(steps)), strict=True))


def same_json(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, but true is not 1 and "1" is not 1; the order of keys is free.

    >>> same_json({"x": [1.0, True]}, {"x": [1, True]}), same_json(1, True)
    (True, False)
    """
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same_json(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same_json, a, b))
    return bool(a == b)


def call_credit(found: Sequence[Call], true: Sequence[Call], credit: Credit = "fine") -> float:
    """How nearly the calls of tools are the true ones, 0–1; in any order, except for "coarse".

    - "fine": S / (1 + Σ (1 + parameters)) over the true calls, where S is `multiset_iou` of the tools' names
      plus, summed over one-to-one pairs of calls of one tool, `multiset_iou` of the parameters' names and the
      number of true parameters with the right value. The pairs are those with the greatest sum.
    - "refined": the same, with 1 or 0 for names that are all right or not in place of their overlap.
    - "intermediate": a pair is worth 1 if the two calls are the same, else nothing; S / (1 + true calls).
    - "coarse": 1 for the same calls in the same order, else 0.

    No call where none is wanted is 1. Qian et al. 2025 (ToolRL), https://arxiv.org/abs/2504.13958.

    >>> call_credit([("f", {"x": 1})], [("f", {"x": 1, "y": 2})])  # (1 + ½ + 1) / (1 + 1 + 2)
    0.625
    """
    if credit == "coarse":
        return float(len(found) == len(true) and all(map(_same_call, found, true)))
    whole = credit == "intermediate"
    alike = _all_alike if credit == "refined" else multiset_iou
    worth = _same_call if whole else _worth(alike)
    named = alike([name for name, _ in found], [name for name, _ in true])
    most = 1 + len(true) + (0 if whole else sum(len(parameters) for _, parameters in true))
    return (named + _paired(found, true, worth)) / most


def _shared(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Σ min counts; several times faster than intersecting two Counters."""
    left: dict[Hashable, int] = {}
    for item in b:
        left[item] = left.get(item, 0) + 1
    shared = 0
    for item in a:
        if left.get(item):
            left[item] -= 1
            shared += 1
    return shared


def _worth(alike: Callable[[list[str], list[str]], float]) -> Callable[[Call, Call], float]:
    def worth(found: Call, true: Call) -> float:
        given, wanted = found[1], true[1]
        right = sum(key in given and same_json(given[key], value) for key, value in wanted.items())
        return alike([*given], [*wanted]) + right

    return worth


def _same_call(found: Call, true: Call) -> bool:
    return found[0] == true[0] and same_json(found[1], true[1])


def _all_alike(a: list[str], b: list[str]) -> float:
    return float(sorted(a) == sorted(b))


def _paired(found: Sequence[Call], true: Sequence[Call], worth: Callable[[Call, Call], float]) -> float:
    """The greatest sum of `worth` over one-to-one pairs of calls of the same tool."""
    offered: dict[str, list[Call]] = defaultdict(list)
    for call in found:
        offered[call[0]].append(call)
    wanted: dict[str, list[Call]] = defaultdict(list)
    for call in true:
        wanted[call[0]].append(call)
    return sum(
        _best_sum([[worth(f, t) for f in offered[name]] for t in calls])
        for name, calls in wanted.items()
        if name in offered
    )


def _best_sum(worth: list[list[float]]) -> float:
    if len(worth) == 1:
        return max(worth[0])
    if len(worth[0]) == 1:
        return max(row[0] for row in worth)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    return float(sum(worth[i][j] for i, j in zip(rows, columns, strict=True)))
