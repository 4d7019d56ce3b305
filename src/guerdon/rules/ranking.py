"""Rankings checked against the relevant items in the column `relevant`.

The response lists ids, best first: "[3, 1, 2]", "3 > 1 > 2" or JSON texts (`guerdon.parse.ids`). For what was
retrieved rather than written, read that column: `ndcg().reading(response="retrieved")` takes a list of ids as it
is. Ids compare as text, whole numbers without leading zeros. An id counts where it is first named: naming
it again, or one that does not exist, takes up a rank and earns nothing. A row without relevant items is
inapplicable, and a response that lists no ids malformed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any

from guerdon.leaf import reward
from guerdon.metrics import ranking as metric
from guerdon.parse.lists import canonical, ids
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import compare, read_answer
from guerdon.scores import Score

Measure = Callable[[metric.Floats, Mapping[str, float]], metric.Floats]
"""A measure of the ranks of the relevant ids, and their gains."""


@reward("ranking.ndcg", range=(0, 1))
def ndcg(
    response: Any, relevant: Any, *, k: int | None = None, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """Normalised discounted cumulative gain: Σ gain/log₂(rank + 1), over that of the best ranking.

    `relevant` is a list of ids, each with gain 1, or a mapping from id to gain. `k` counts the first k ranks
    only. Järvelin & Kekäläinen 2002.

    >>> sample = {"response": "<answer>[1, 2, 3]</answer>", "relevant": [2]}
    >>> round(ndcg().one(sample).value, 4)  # 1/log₂ 3
    0.6309
    """
    return _measured(
        response, relevant, within, which, lambda ranks, gains: metric.ndcg(ranks, list(gains.values()), k=k)
    )


@reward("ranking.reciprocal_rank", range=(0, 1))
def reciprocal_rank(
    response: Any, relevant: Any, *, k: int | None = None, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """1 / rank of the first relevant id, 0 if none is among the first k; its mean is MRR. Voorhees 1999.

    >>> reciprocal_rank().one({"response": "<answer>[1, 2, 3]</answer>", "relevant": [3, 2]}).value
    0.5
    """
    return _measured(response, relevant, within, which, lambda ranks, _: metric.reciprocal_rank(ranks, k=k))


@reward("ranking.reciprocal_power", range=(0, 1))
def reciprocal_power(
    response: Any, relevant: Any, *, power: float = 3.0, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """Σ 1/rank^power over the relevant ids, over Σ 1/i^power, i from 1 to their number.

    With power 3 nearly all hangs on the first rank. Xu et al. 2025 (MM-R5), https://arxiv.org/abs/2506.12364.

    >>> sample = {"response": "<answer>[1, 2, 3]</answer>", "relevant": [3]}
    >>> reciprocal_power().one(sample).value == 1 / 27
    True
    """
    return _measured(response, relevant, within, which, lambda ranks, _: metric.reciprocal_power(ranks, power=power))


@reward("ranking.recall", range=(0, 1))
def recall(
    response: Any, relevant: Any, *, k: int, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """Share of the relevant ids among the first k ranks.

    >>> recall(k=2).one({"response": "<answer>[1, 2, 3]</answer>", "relevant": [3, 2]}).value
    0.5
    """
    return _measured(response, relevant, within, which, lambda ranks, _: metric.recall_at(ranks, k))


@reward("ranking.precision", range=(0, 1))
def precision(
    response: Any, relevant: Any, *, k: int, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """Share of relevant ids among the first k ranks; ranks left empty count as misses.

    >>> precision(k=4).one({"response": "<answer>[1, 2]</answer>", "relevant": [2]}).value
    0.25
    """
    return _measured(response, relevant, within, which, lambda ranks, _: metric.precision_at(ranks, k))


@reward("ranking.list_format", range=(0, 1))
def list_format(
    response: Any, candidates: Any, *, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """How nearly the response lists each candidate once: distinct candidates named / max(ids listed, candidates).

    `candidates` is their list, or their number where ids are 1 … n; without any the row is inapplicable. 1 only
    for a full ranking: what is left out, made up or repeated costs.

    >>> sample = {"response": "<answer>[3, 1, 3, 9]</answer>", "candidates": 5}
    >>> list_format().one(sample).value  # 2 of 5
    0.4
    """

    def judge(found: list[str], known: set[str]) -> float:
        return len(known.intersection(found)) / max(len(found), len(known))

    return compare(_ranking(response, within, which), _candidates(candidates), judge)


def _measured(response: Any, relevant: Any, within: str | None, which: Which, measure: Measure) -> float | Score:
    def judge(found: list[str], gains: dict[str, float]) -> float:
        return float(measure(metric.ranks(found, gains), gains))

    return compare(_ranking(response, within, which), _gains(relevant), judge)


def _ranking(response: Any, within: str | None, which: Which) -> Parsed[list[str]]:
    """The ids of a text, or of a list of them."""
    if isinstance(response, str):
        return read_answer(ids, response, within, which)
    if isinstance(response, Iterable) and not isinstance(response, Mapping):
        return Parsed([canonical(item) for item in response])
    return malformed(f"a {type(response).__name__} is no ranking")


def _gains(relevant: Any) -> Parsed[dict[str, float]]:
    if isinstance(relevant, Mapping):
        gains = {canonical(item): float(gain) for item, gain in relevant.items() if gain}
    elif isinstance(relevant, (str, Integral)):
        gains = {canonical(relevant): 1.0}
    else:
        gains = {canonical(item): 1.0 for item in relevant}
    if min(gains.values(), default=1.0) < 0:
        return malformed("a gain below 0")
    return Parsed(gains) if gains else malformed("nothing is relevant")


def _candidates(given: Any) -> Parsed[set[str]]:
    known = set(map(canonical, range(1, int(given) + 1) if isinstance(given, Integral) else given))
    return Parsed(known) if known else malformed("there are no candidates")
