"""The best and the worst samples of a report, as cards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from guerdon.report.figures import fixed, shown
from guerdon.report.pictures import Picture, Reading, pictures
from guerdon.sample import Broken, Row, cell
from guerdon.scores import STATUS_NAMES, Score, Scores, Status

EACH = 6
"""Cards of the best samples, and of the worst."""
MAX_TEXT = 1600
"""Characters of a text that are shown."""


class Text(NamedTuple):
    """The beginning of a text, and how many characters more it has."""

    head: str
    cut: int


class Part(NamedTuple):
    """One component of a sample; `value` is a dash where there is none."""

    name: str
    value: str
    status: str
    reason: str


class Card(NamedTuple):
    """One sample as it is shown."""

    key: str
    total: Part
    parts: Sequence[Part]
    """Those that ran on it."""
    response: Text
    prompt: Text
    answer: Text
    rationale: Text
    """What judges wrote to explain their values."""
    pictures: Sequence[Picture]
    media: str
    """What the page cannot show."""
    note: str = ""

    @property
    def has_boxes(self) -> bool:
        """Whether boxes are drawn on it."""
        return any(picture.targets or picture.predicted for picture in self.pictures)


class Shelf(NamedTuple):
    """Cards under a heading."""

    title: str
    cards: Sequence[Card]


class Highlight(NamedTuple):
    """Samples to show before all others."""

    title: str
    rows: Sequence[int]
    """Positions of the scores."""
    notes: Sequence[str] = ()
    """A line for each, or none."""


def highlighted(scores: Scores, rows: Sequence[Row], how: Reading, highlight: Highlight) -> Shelf:
    """The cards of a highlight."""
    cards = [card(scores, rows[i], i, how) for i in highlight.rows]
    noted = (
        [c._replace(note=note) for c, note in zip(cards, highlight.notes, strict=True)] if highlight.notes else cards
    )
    return Shelf(highlight.title, noted)


def shelves(scores: Scores, rows: Sequence[Row], how: Reading) -> list[Shelf]:
    """The worst and the best samples, then some without a value. Of equal ones an arbitrary few, always the same."""
    valued, blank = np.flatnonzero(~np.isnan(scores.values)), np.flatnonzero(np.isnan(scores.values))
    shuffle = np.array([crc32(key.encode()) for key in scores.key])
    order = valued[np.lexsort((shuffle[valued], scores.values[valued]))]
    each = min(EACH, len(order) // 2 or len(order))
    if len(order) and scores.values[order[0]] == scores.values[order[-1]]:
        picked = [("Samples, all of the same value", order[: 2 * each])]
    else:
        picked = [("Worst", order[:each]), ("Best", order[::-1][:each])]
    picked.append(("Without a value", blank[np.argsort(shuffle[blank])][: EACH // 2]))
    filled = [(title, index.tolist()) for title, index in picked if len(index)]
    return [Shelf(title, [card(scores, rows[i], i, how) for i in index]) for title, index in filled]


def card(scores: Scores, row: Row, i: int, how: Reading) -> Card:
    """Row i as it is shown."""
    score = scores[i]
    parts = [part(name, one) for name, one in score.components.items() if one.status != Status.SKIPPED]
    response, prompt, answer = (text_of(row, name) for name in ("response", "prompt", "answer"))
    key = shown(scores.key[i], 80)[0]
    said = dict.fromkeys(one.rationale for one in (score, *score.components.values()) if one.rationale)
    rationale = Text(*shown("\n\n".join(said), MAX_TEXT))
    return Card(key, part("total", score), parts, response, prompt, answer, rationale, pictures(row, how), _media(row))


def part(name: str, score: Score) -> Part:
    """One value with its status and reason, which failures alone may lack."""
    status = STATUS_NAMES[Status(score.status)]
    return Part(name, fixed(score.value), status, shown(score.reason, 300)[0])


def text_of(row: Row, name: str) -> Text:
    """The beginning of what a row has in a column, whatever that is."""
    if isinstance(row, Broken):
        return Text(shown(row.reason, MAX_TEXT)[0] if name == "response" else "", 0)
    try:
        value = cell(row, name)
    except Exception as error:  # neither text nor messages
        return Text(str(error), 0)
    if value is None:
        return Text("", 0)
    return Text(*shown(value if isinstance(value, str) else _compact(value), MAX_TEXT))


def _compact(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return repr(value)


def _media(row: Row) -> str:
    if isinstance(row, Broken):
        return ""
    return ", ".join(
        f"{name} not shown" for name in ("video", "videos", "audio", "audios") if row.get(name) is not None
    )
