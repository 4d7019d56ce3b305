"""Battles from what guerdon knows: votes of people, verdicts of judges, and scores.

    arena = from_votes(comparisons)             # each row names its responses' players in the column `models`
    for line in leaderboard(bradley_terry(arena.battles)):
        print(line)

`guerdon.metrics.ratings` fits them. What gave no battle is counted by reason in `arena.left_out`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from guerdon.compare import Verdicts
from guerdon.metrics.battles import Battles, Floats, battles, relative
from guerdon.metrics.ratings import Ratings, rank_intervals
from guerdon.sample import Broken, Comparison, responses_text, shared
from guerdon.scores import STATUS_NAMES, ContractError, Scores, Status

_WORD = re.compile(r"\S+")
_HEADER = re.compile(r"^ {0,3}#{1,6}[ \t]", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]++\*\*|__[^_\n]++__")


class Arena(NamedTuple):
    """Battles, and what gave none."""

    battles: Battles
    left_out: dict[str, int]
    """How many rows or pairs, by reason."""


class Place(NamedTuple):
    """One line of a leaderboard."""

    player: str
    rating: float
    """Points on the scale of Elo."""
    low: float
    high: float
    rank: int
    """By rating, from 1."""
    rank_low: int
    """Best and worst rank that the battles leave plausible."""
    rank_high: int
    battles: float
    """Their total weight."""


class Style(NamedTuple):
    """What may please whatever it says."""

    words: int
    headers: int
    items: int
    """Lines of lists."""
    bold: int


def from_votes(
    comparisons: Iterable[Comparison | Broken], *, by: str = "models", aspect: str = "overall", style: bool = False
) -> Arena:
    """A battle for each vote of one aspect on each pair of responses it judged, weighing the vote's strength.

    The column `by` names the player behind every response. Battles on one prompt are one cluster. With `style`,
    the features are how much more the first response has of each count of `Style`. Raises ContractError where
    a row names another number of players, or no vote gives a battle.
    """
    met: list[_Met] = []
    left_out = Counter[str]()
    for number, row in enumerate(comparisons):
        judged = [] if isinstance(row, Broken) else _judged(row, number, by, aspect)
        if not judged:
            left_out["not a comparison" if isinstance(row, Broken) else f"no vote on {aspect!r}"] += 1
        apart = [one for one in judged if one.first != one.second]
        left_out["a player against itself"] += len(judged) - len(apart)
        met += apart
    if not met:
        raise ContractError(f"no vote gives a battle: {_listed(left_out)}")
    first, second, outcome, weight, prompts, texts = zip(*met, strict=True)
    features = _style_of(texts) if style else None
    fought = battles(first, second, outcome, weight=weight, features=features, clusters=prompts)
    return Arena(fought, dict(+left_out))


def from_verdicts(
    first: Sequence[str], second: Sequence[str], verdicts: Verdicts, *, prompts: Sequence[Hashable] | None = None
) -> Arena:
    """A battle for each pair with a verdict: won by whoever is more likely the better, a tie at ½.

    `first` and `second` name the players of the pairs; `prompts` says which pairs share one. Raises ContractError
    for lengths that disagree, or no verdict at all.
    """
    n = len(verdicts)
    if not len(first) == len(second) == len(prompts if prompts is not None else first) == n:
        raise ContractError(f"{len(first)} first and {len(second)} second players, or other prompts, for {n} verdicts")
    kept = np.flatnonzero(~np.isnan(verdicts.p_first))
    status = Counter(STATUS_NAMES[Status(int(s))] for s in verdicts.status[np.isnan(verdicts.p_first)])
    if not len(kept):
        raise ContractError(f"no pair has a verdict: {_listed(status) or 'there are no pairs'}")
    outcome = (np.sign(verdicts.p_first[kept] - 0.5) + 1) / 2
    left, right = ([column[i] for i in kept.tolist()] for column in (first, second))
    clusters = None if prompts is None else [prompts[i] for i in kept.tolist()]
    return Arena(battles(left, right, outcome, clusters=clusters), dict(status))


def from_scores(scores: Mapping[str, Scores], *, tie: float = 0.0) -> Arena:
    """Everyone against everyone on every row: the greater value wins, values within `tie` of each other tie.

    `scores` are one reward's, by player, on the same rows in the same order; the battles of a row are one
    cluster. Raises ContractError for one player, rows that differ, or no row that two have a value for.
    """
    if len(scores) < 2:
        raise ContractError(f"battles need two players or more, not {', '.join(scores) or 'none'}")
    (leader, reference), *others = scores.items()
    for name, other in others:
        if other.key != reference.key:
            raise ContractError(f"the rows of {name!r} are not those of {leader!r}: score the same rows in one order")
    players, values = [*scores], np.array([s.values for s in scores.values()])
    i, j = np.triu_indices(len(players), 1)
    gap = values[i] - values[j]  # [pairs, rows]
    pair, row = np.nonzero(~np.isnan(gap))
    lost = gap.size - len(row)
    if not len(row):
        raise ContractError(f"no row has values for two players: {lost} pairs without")
    won = np.where(np.abs(gap[pair, row]) <= tie, 0.5, gap[pair, row] > 0)
    left, right = ([players[k] for k in side[pair].tolist()] for side in (i, j))
    met = battles(left, right, won, clusters=row.tolist(), players=players)
    return Arena(met, {"a side without a value": lost} if lost else {})


def leaderboard(
    ratings: Ratings, *, level: float = 0.95, anchor: str | None = None, rounds: int = 1000, seed: int = 0
) -> list[Place]:
    """A leaderboard, best first: points of Elo with intervals, and ranks with those of `rounds` resamples.

    See `Ratings.intervals` and `Ratings.resampled`. 1000 is the mean player, or the anchor.
    """
    value, low, high = ratings.intervals(level=level, anchor=anchor, scale="elo")
    best, worst = rank_intervals(ratings.resampled(rounds, seed=seed).strengths, level=level)
    order = np.argsort(-value, kind="stable")
    columns = (column[order].tolist() for column in (value, low, high, best, worst, ratings.battles.played))
    players = [ratings.battles.players[i] for i in order]
    return [
        Place(player, points, least, most, rank, top, bottom, played)
        for rank, (player, points, least, most, top, bottom, played) in enumerate(
            zip(players, *columns, strict=True), 1
        )
    ]


def style_counts(text: str) -> Style:
    """Counts of what style control controls for, as Markdown has it.

    >>> style_counts("# Plan\\n- **one**\\n- two")
    Style(words=6, headers=1, items=2, bold=1)
    """
    return Style(*(sum(1 for _ in kind.finditer(text)) for kind in (_WORD, _HEADER, _ITEM, _BOLD)))


class _Met(NamedTuple):
    first: str
    second: str
    outcome: float
    weight: float
    prompt: Hashable
    texts: tuple[str, str]


def _judged(row: Comparison, number: int, by: str, aspect: str) -> list[_Met]:
    """Every judgement of two responses in the votes of one row."""
    names, texts = row.get(by), responses_text(row) or ()
    prompt = number if (known := shared(row)) is None else known
    if not isinstance(names, (list, tuple)) or len(names) != len(texts):
        raise ContractError(f"row {number} must name {len(texts)} players in the column {by!r}, not {names!r:.80}")
    return [
        _Met(names[i], names[j], outcome, vote.strength, prompt, (texts[i] or "", texts[j] or ""))
        for vote in row.votes
        for i, j in combinations(range(len(names)), 2)
        if vote.aspect == aspect and vote.strength > 0 and (outcome := vote.prefers(i, j)) is not None
    ]


def _style_of(texts: Sequence[tuple[str, str]]) -> dict[str, Floats]:
    """Features by name, less those that never differ."""
    first, second = (
        np.array([style_counts(text) for text in side], dtype=np.float64) for side in zip(*texts, strict=True)
    )
    compared = {name: relative(first[:, k], second[:, k]) for k, name in enumerate(Style._fields)}
    return {name: values for name, values in compared.items() if values.any()}


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{n} × {reason}" for reason, n in (+counts).items())
