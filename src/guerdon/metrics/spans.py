"""Parts of a text: what changed between two, and which tokens lie in a range of characters.

A span is a half-open range of characters, (start, stop). How much two sets of spans share is
`guerdon.metrics.intervals.segments_iou`: characters are times that count in whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Span = tuple[int, int]
_TOKEN = re.compile(r"\S+")


class Change(NamedTuple):
    """The shortest run of whole words in which two texts differ, as characters of each."""

    before: Span
    after: Span


def changed(before: str, after: str) -> Change:
    """What remains of both texts without the words they begin and end with in common, split at white space.

    Where nothing remains of one of them, as after a deletion, its span is empty.

    >>> texts = "the big red ball", "the small red cube"
    >>> [text[slice(*span)] for text, span in zip(texts, changed(*texts))]
    ['big red ball', 'small red cube']
    """
    a, b = token_offsets(before), token_offsets(after)
    words = [before[slice(*span)] for span in a], [after[slice(*span)] for span in b]
    head = _common(*words)
    tail = _common(*(side[head:][::-1] for side in words))
    return Change(_hull(a, head, len(a) - tail, len(before)), _hull(b, head, len(b) - tail, len(after)))


def token_offsets(text: str) -> list[Span]:
    """The range of every word, split at white space."""
    return [found.span() for found in _TOKEN.finditer(text)]


def tokens_within(spans: Iterable[Span], offsets: ArrayLike) -> NDArray[np.bool_]:
    """Which tokens belong to any of the spans, [tokens]: those whose last character lies inside one.

    `offsets` are the characters of each token, [tokens, 2]. An empty token belongs to no span.

    >>> tokens_within([(2, 6)], [(0, 1), (1, 4), (4, 7)]).tolist()  # the last one ends outside
    [False, True, False]
    """
    places = np.asarray(offsets, dtype=np.intp).reshape(-1, 2)
    last = places[:, 1] - 1
    inside = np.zeros(len(last), dtype=np.bool_)
    for start, stop in spans:
        inside |= (start <= last) & (last < stop)
    return inside & (places[:, 0] <= last)


def token_f1(found: Iterable[Span], true: Iterable[Span], offsets: ArrayLike) -> float:
    """F1 of the tokens that lie in the found spans and in the true ones, 0–1. No tokens in either is 1.

    >>> text = "a blue car on a road"
    >>> token_f1([(2, 10)], [(0, 10)], token_offsets(text))  # two of three, and no other: 2·2 / (2 + 3)
    0.8
    """
    a, b = tokens_within(found, offsets), tokens_within(true, offsets)
    total = np.count_nonzero(a) + np.count_nonzero(b)
    return float(2 * np.count_nonzero(a & b) / total) if total else 1.0


def characters_of(first: int, stop: int, offsets: Sequence[Span]) -> Span:
    """The characters that tokens first … stop − 1 cover. Raises ValueError for tokens that do not exist, or none.

    >>> characters_of(1, 3, [(0, 1), (2, 5), (5, 9)])
    (2, 9)
    """
    if not 0 <= first < stop <= len(offsets):
        raise ValueError(f"no tokens {first} to {stop} among {len(offsets)}")
    return offsets[first][0], offsets[stop - 1][1]


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def _hull(offsets: list[Span], first: int, stop: int, end: int) -> Span:
    if first < stop:
        return characters_of(first, stop, offsets)
    at = offsets[first][0] if first < len(offsets) else end
    return at, at
