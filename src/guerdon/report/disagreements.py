"""The items on which entries disagree with each other or with the data, the most telling first, as cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from guerdon.bench.items import Item, Questions
from guerdon.bench.run import ASKED_ABOUT, Entry, Results
from guerdon.report.figures import fixed, shown
from guerdon.report.panels import pairs
from guerdon.report.pictures import Picture, Reading, pictures
from guerdon.report.samples import Text, text_of
from guerdon.scores import STATUS_NAMES, Floats, Status

MOST = 40
"""Items on a page."""
SIDE_BY_SIDE = 6
"""Candidates of one item that are shown, the best ones first; its values are shown of all of them."""
COLUMNS = 12
"""Values of one entry that are shown."""
PICTURES = ("image", "images")


class Candidate(NamedTuple):
    """One response, or what else is preferred or not."""

    name: str
    text: Text
    pictures: Sequence[Picture]
    preferred: bool
    """In the data."""


class Said(NamedTuple):
    """What one entry said of an item."""

    name: str
    values: Sequence[tuple[str, bool]]
    """As written, and whether it is the greatest."""
    verdict: str
    """right, wrong, partly, tie, or why there is none."""
    reason: str = ""


class Card(NamedTuple):
    """One item as it is shown."""

    key: str
    group: str
    prompt: Text
    pictures: Sequence[Picture]
    """Of what was asked."""
    candidates: Sequence[Candidate]
    hidden: int
    """Candidates that are not shown."""
    columns: Sequence[str]
    """Names of the candidates or steps that have values."""
    gold: Sequence[str]
    said: Sequence[Said]
    between: bool
    """Whether the entries disagree with each other, and not with the data alone."""


def disagreements(results: Results, most: int = MOST) -> list[Card]:
    """Cards of the items that tell most: first those on which entries differ most, then those that all get wrong;
    of equal ones those on which an entry that is wrong is surest. Only items that were kept whole can be shown.
    """
    entries = results.placed
    credits = results.credits()
    table = np.array([credits[entry.name] for entry in entries])
    if not len(table):
        return []
    index = np.array(sorted(results.questions.examples), dtype=np.intp)
    apart, short, sure = _telling(results.questions, entries, table)
    telling = index[short[index] > 0]
    order = telling[np.lexsort((-sure[telling], -short[telling], -apart[telling]))]
    return [_card(results.questions, entries, table, i, bool(apart[i] > 0)) for i in order[:most].tolist()]


def _telling(questions: Questions, entries: Sequence[Entry], table: Floats) -> tuple[Floats, Floats, Floats]:
    """For each item how far credits are apart, how far the worst is from 1, and how sure whoever is wrong is (0–1)."""
    known = ~np.isnan(table)
    low = np.where(known, table, np.inf).min(axis=0)
    high = np.where(known, table, -np.inf).max(axis=0)
    some = known.any(axis=0)
    apart, short = np.where(some, high - low, 0.0), np.where(some, 1.0 - low, 0.0)
    sure = np.zeros(len(questions))
    for entry, credit in zip(entries, table, strict=True):
        found = pairs(questions, entry.answers)
        size = np.zeros(len(questions))
        np.maximum.at(size, found.item, np.nan_to_num(-found.gap))  # how far the wrong one leads
        rank = np.searchsorted(np.sort(size), size) / len(size)
        sure = np.maximum(sure, np.where(credit < 1, rank, 0.0))
    return apart, short, sure


def _card(questions: Questions, entries: Sequence[Entry], table: Floats, i: int, between: bool) -> Card:
    item, gold = questions.examples[i], questions.gold[i]
    gold = gold[~np.isnan(gold)]
    steps = len(item.samples) != len(gold)
    names = [f"step {k + 1}" if steps else chr(65 + k) if k < 26 else str(k + 1) for k in range(len(gold))]
    best = [True] if steps else [bool(g == gold.max()) for g in gold]
    common = _common(item)
    order = sorted(range(len(item.samples)), key=lambda k: not best[k])[:SIDE_BY_SIDE]
    candidates = [_candidate(item, k, "" if steps else names[k], best[k] and not steps, common) for k in sorted(order)]
    asked = {name: item.samples[0].get(name) for name in common}
    said = [_said(entry, float(credit[i]), i, len(gold)) for entry, credit in zip(entries, table, strict=True)]
    return Card(
        shown(item.key, 80)[0], shown(item.group, 80)[0], text_of(item.samples[0], "prompt"),
        pictures(asked, Reading()), candidates, len(item.samples) - len(candidates),
        names[:COLUMNS], [fixed(float(g)) for g in gold[:COLUMNS]], said, between,
    )  # fmt: skip


def _common(item: Item) -> list[str]:
    """What all candidates of an item were asked about."""
    first = item.samples[0]
    return [n for n in ASKED_ABOUT if first.get(n) is not None and all(s.get(n) is first.get(n) for s in item.samples)]


def _candidate(item: Item, k: int, name: str, preferred: bool, common: Sequence[str]) -> Candidate:
    sample = item.samples[k]
    own = {column: sample.get(column) for column in PICTURES if column not in common and sample.get(column) is not None}
    return Candidate(name, text_of(sample, "response"), pictures(own, Reading()) if own else [], preferred)


def _said(entry: Entry, credit: float, i: int, n: int) -> Said:
    answers = entry.answers
    values = answers.values[i, :n]
    top = np.nanmax(values) if not np.isnan(values).all() else np.inf
    cells = [(fixed(float(v)), bool(v == top)) for v in values[:COLUMNS]]
    status = Status(int(answers.status[i]))
    if np.isnan(values).any():
        verdict = "not answered" if status == Status.SKIPPED else STATUS_NAMES[status].lower()
        return Said(entry.name, cells, verdict, shown(answers.reasons.get(i, ""), 300)[0])
    tie = n > 1 and bool((values == top).all())
    return Said(entry.name, cells, "tie" if tie else {1.0: "right", 0.0: "wrong"}.get(credit, "partly right"))
