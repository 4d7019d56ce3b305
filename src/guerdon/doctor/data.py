"""What a data set looks like: its columns, lengths, boxes, and the rows that are broken or there twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from guerdon.doctor.frames import Frames, guess_frame, text_of
from guerdon.report.figures import shown
from guerdon.sample import Broken, Row
from guerdon.store import digest

EXAMPLE = 48
"""Characters of an example."""
TEXTS = ("prompt", "response")
LONG = 40
"""Median characters from which on another column is a text, too."""
MAX_COLUMNS = 200
"""Columns that are looked at: rows with a dictionary of names for columns may have millions."""


@dataclass(frozen=True)
class ColumnInfo:
    """One column of the rows."""

    name: str
    types: dict[str, int]
    """Rows by type of the cell, the most frequent first."""
    missing: int
    """Rows without a cell, or with None."""
    example: str


class Lengths(NamedTuple):
    """Characters of a text column, over the rows that have it."""

    column: str
    rows: int
    empty: int
    least: int
    median: int
    p95: int
    most: int


@dataclass(frozen=True)
class Diagnosis:
    """What there is to say about rows before any reward has seen them."""

    rows: int
    broken: list[str]
    """Why rows could not be read, one a row."""
    duplicates: int
    """Rows that say the same as an earlier one, their ids aside."""
    columns: list[ColumnInfo]
    lengths: list[Lengths]
    boxes: list[Frames]


def diagnose(rows: Sequence[Row]) -> Diagnosis:
    """Look at all rows; images are opened only where boxes need their sizes, and only some."""
    good = [row for row in rows if not isinstance(row, Broken)]
    names = list(dict.fromkeys(str(name) for row in good for name in row))[:MAX_COLUMNS]
    columns = [_column(good, name) for name in names]
    others = [c.name for c in columns if c.name not in TEXTS and "str" in c.types]
    lengths = [found for name in (*TEXTS, *others) if (found := _lengths(good, name)) is not None]
    seen = ["response", *(n for n in names if n != "response")]
    boxes = [guess for name in seen if name in names and (guess := guess_frame(good, name)) is not None]
    broken = [row.reason for row in rows if isinstance(row, Broken)]
    texts = [found for found in lengths if found.column in TEXTS or found.median >= LONG]
    return Diagnosis(len(rows), broken, _duplicates(good), columns, texts, boxes)


def _column(rows: Sequence[Row], name: str) -> ColumnInfo:
    types: Counter[str] = Counter()
    example = ""
    for row in rows:
        value = row.get(name)
        if value is not None:
            types[type(value).__name__] += 1
            example = example or _example(value)
    return ColumnInfo(name, dict(types.most_common()), len(rows) - types.total(), example)


def _example(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return f"{len(value):,} bytes"
    if isinstance(value, (list, tuple)) and value:
        return f"{len(value)} × {_example(value[0])}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(map(str, list(value)[:8])) + "}"
    text = value if isinstance(value, str) else repr(value)
    head, cut = shown(" ".join(text[:400].split()), EXAMPLE)
    return f"{head}…" if cut or len(text) > 400 else head


def _lengths(rows: Sequence[Row], name: str) -> Lengths | None:
    texts = [text_of(row, name) for row in rows]
    sizes = np.array([len(text) for text in texts if text is not None])
    if not len(sizes):
        return None
    least, median, p95, most = np.quantile(sizes, [0, 0.5, 0.95, 1], method="nearest").tolist()
    return Lengths(name, len(sizes), int((sizes == 0).sum()), least, median, p95, most)


def _duplicates(rows: Sequence[Row]) -> int:
    digests = []
    for row in rows:
        try:
            digests.append(digest({k: v for k, v in row.items() if k != "id"}))
        except (TypeError, ValueError):  # a cell whose content cannot be told
            continue
    return len(digests) - len(set(digests))
