"""Preference pairs from answers that a model gave itself and rewards scored, or that people picked up or passed by.

A pair teaches most where its two answers lie far apart, and least where the judge may have erred: so one of
a prompt's answers must have a high score to be chosen, one a low score to be rejected, and further scores,
the gates, must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.batch import Batch, as_rows
from guerdon.geometry import Box
from guerdon.metrics.boxes import iou
from guerdon.sample import Comparison, Vote
from guerdon.scores import ContractError, Floats, Scores

Valued = Scores | ArrayLike
"""One score an answer; NaN where there is none."""
WIDEN_EVERY, WIDEN_BY = 20, 0.1
"""Tries after which sides may differ more, and by how much more."""


class Pair(NamedTuple):
    """Positions of two answers to one prompt."""

    chosen: int
    rejected: int


def extreme_pair(
    scores: Valued, gates: Sequence[Valued] = (), *, high: float = 0.8, low: float = 0.2, only_extremes: bool = False
) -> Pair | None:
    """The best and the worst answer to one prompt, if they are far enough apart; else None.

    Chosen is the highest score of at least `high` whose gates all reach `high`, rejected the lowest of at most
    `low` whose gates all stay at or below `low`; the first of equal ones. An answer without a score or gate
    cannot be in a pair. `only_extremes=True` takes nothing but answers with the group's very highest and lowest
    score, as published, and so gives up groups in which these fail a gate. Chen et al. 2025 (VisRL),
    https://arxiv.org/abs/2503.07523. Raises ValueError unless low < high and the lengths agree.

    >>> answers, crops = [1, 0.9, 0.1, 0], [0.9, 1, 0, 0.3]
    >>> extreme_pair(answers, [crops])
    Pair(chosen=0, rejected=2)
    >>> extreme_pair(answers, [crops], only_extremes=True) is None
    True
    """
    if not low < high:
        raise ValueError(f"low={low} must be less than high={high}")
    values, checks = _values(scores), [_values(gate) for gate in gates]
    if any(len(check) != len(values) for check in checks):
        raise ValueError(f"{[len(check) for check in checks]} gates for {len(values)} scores")
    table = np.stack([values, *checks])
    values = np.where(np.isnan(table).any(axis=0), np.nan, values)
    if np.isnan(values).all():
        return None
    best, worst = (table >= high).all(axis=0), (table <= low).all(axis=0)
    if only_extremes:
        best &= values == np.nanmax(values)
        worst &= values == np.nanmin(values)
    if not (best.any() and worst.any()):
        return None
    return Pair(int(np.argmax(np.where(best, values, -np.inf))), int(np.argmin(np.where(worst, values, np.inf))))


def extreme_pairs(
    samples: Any,
    scores: Valued,
    gates: Sequence[Valued] = (),
    *,
    by: str = "group",
    high: float = 0.8,
    low: float = 0.2,
    only_extremes: bool = False,
) -> list[Comparison]:
    """At most one Comparison a prompt, chosen response first, from samples that name their prompt in the column `by`.

    As `extreme_pair` within every group. Columns other than the response come from the chosen sample; its strength is
    the difference of the two scores. Raises ContractError for samples without the column, ValueError for lengths
    that disagree.

    >>> rows = [{"prompt": "p", "response": r, "group": 7} for r in ("bad", "fair", "good")]
    >>> [pair.responses for pair in extreme_pairs(rows, [0.1, 0.5, 0.9])]
    [('good', 'bad')]
    """
    rows, values = as_rows(samples), _values(scores)
    pairs = group_pairs(rows, values, gates, by=by, high=high, low=low, only_extremes=only_extremes)
    return as_comparisons(rows, values, pairs)


def group_pairs(
    samples: Any,
    scores: Valued,
    gates: Sequence[Valued] = (),
    *,
    by: str = "group",
    high: float = 0.8,
    low: float = 0.2,
    only_extremes: bool = False,
) -> list[Pair]:
    """As `extreme_pairs`, for what is no Comparison of two responses: positions among the samples."""
    rows, values = as_rows(samples), _values(scores)
    checks = [_values(gate) for gate in gates]
    if any(len(column) != len(rows) for column in (values, *checks)):
        raise ValueError(f"scores and gates are as many as samples, {len(rows)}")
    batch, out = Batch(rows), []
    for block in batch.blocks(by, batch.all):
        inner = [check[block] for check in checks]
        pair = extreme_pair(values[block], inner, high=high, low=low, only_extremes=only_extremes)
        if pair is not None:
            out.append(Pair(int(block[pair.chosen]), int(block[pair.rejected])))
    return out


def feedback_pairs(
    samples: Any,
    counts: Valued,
    exposures: Valued | None = None,
    *,
    popular: float,
    seen: float = 0.0,
    by: str = "group",
) -> list[Pair]:
    """From what people did unasked to preferences: positions of each popular and each ignored answer to one prompt.

    `counts` are how often an answer was picked up, edited or shared, `exposures` how often it was shown. Popular is
    one of at least `popular` picks per showing, ignored one of none; both were shown at least `seen` times, so that
    nobody's neglect counts as dislike. Without exposures `popular` is a number of picks, and what was seldom shown
    looks ignored. Isajanyan et al. 2024 (Social Reward), https://arxiv.org/abs/2402.09872. Raises ContractError for
    samples without the column `by`, ValueError for lengths that disagree.

    >>> rows = [{"group": "p"}] * 3
    >>> feedback_pairs(rows, [6, 0, 0], [60, 50, 2], popular=0.1, seen=20)
    [Pair(chosen=0, rejected=1)]
    """
    rows, picked = as_rows(samples), _values(counts)
    shown = np.full(len(picked), np.inf) if exposures is None else _values(exposures)
    if not len(rows) == len(picked) == len(shown):
        raise ValueError(f"{len(rows)} samples, {len(picked)} counts and {len(shown)} exposures")
    rate = picked if exposures is None else np.divide(picked, shown, out=np.zeros(len(picked)), where=shown > 0)
    known = (shown >= seen) & (shown > 0)
    liked, ignored = known & (rate >= popular) & (picked > 0), known & (picked == 0)
    batch = Batch(rows)
    return [
        Pair(i, j)
        for block in batch.blocks(by, batch.all)
        for i in block[liked[block]].tolist()
        for j in block[ignored[block]].tolist()
    ]


def as_comparisons(samples: Any, scores: Valued, pairs: Sequence[Pair]) -> list[Comparison]:
    """One Comparison a pair of positions among the samples, chosen response first; see `extreme_pairs`."""
    rows, values = as_rows(samples), _values(scores)
    return [_comparison(rows, values, pair) for pair in pairs]


def box_elsewhere(
    box: Box,
    rng: np.random.Generator,
    *,
    width: float = 1.0,
    height: float = 1.0,
    spread: float = 0.3,
    tries: int = 100,
) -> Box | None:
    """A random box within width × height that shares nothing with the given one: where not to look.

    Its sides are those of the box times 1 ± `spread`; after every 20 tries they may differ by 0.1 more. The
    extent is that of the image in the units of the box, by default 0–1. None if no try finds room. Chen et al.
    2025 (VisRL), https://arxiv.org/abs/2503.07523. Raises ValueError for a box without area.

    >>> elsewhere = box_elsewhere(Box(0, 0, 0.5, 0.5), np.random.default_rng(0))
    >>> iou(elsewhere.corners, (0, 0, 0.5, 0.5))
    0.0
    """
    x1, y1, x2, y2 = box.corners
    if not (x1 < x2 and y1 < y2):
        raise ValueError(f"{box.corners} has no area")
    for attempt in range(tries):
        loose = spread + WIDEN_BY * (attempt // WIDEN_EVERY)
        scale = np.clip(1 + rng.uniform(-loose, loose, size=2), 0.05, None)
        w, h = min((x2 - x1) * scale[0], width), min((y2 - y1) * scale[1], height)
        x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
        found = Box(float(x), float(y), float(x + w), float(y + h), box.label, None, box.frame)
        if iou(found.corners, box.corners) == 0.0:
            return found
    return None


def _values(scores: Valued) -> Floats:
    if isinstance(scores, Scores):
        return scores.values
    values = np.asarray(scores, dtype=np.float64)  # None becomes NaN
    if values.ndim != 1:
        raise ValueError(f"scores must have shape [n], not {list(values.shape)}")
    return values


def _comparison(rows: Sequence[Any], values: Floats, pair: Pair) -> Comparison:
    best, worst = rows[pair.chosen], rows[pair.rejected]
    if "response" not in best or "response" not in worst:
        raise ContractError("a pair is made of samples with a response")
    rest = {k: v for k, v in best.items() if k not in ("prompt", "response")}
    vote = Vote(((0,), (1,)), strength=float(values[pair.chosen] - values[pair.rejected]))
    return Comparison(best.get("prompt", ""), [best["response"], worst["response"]], (vote,), **rest)
