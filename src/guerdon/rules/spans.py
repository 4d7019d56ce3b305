"""Parts of a text that are right or wrong: an error to point at, segments that carry labels.

`spans.localise` scores a response that quotes the one wrong phrase of a caption; `spans.labels` makes
rewards of labels that people, a judge or a classifier gave to the segments of a response. Its fine values
add up to the response's value, so that spread over tokens (`guerdon.scores.densify`) they are worth as much.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.geometry import Span
from guerdon.leaf import reward
from guerdon.metrics.intervals import segments_iou
from guerdon.metrics.spans import token_f1
from guerdon.metrics.text import WORDS
from guerdon.parse.phrases import phrases
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.segments import Segment, align
from guerdon.parse.text import normalise
from guerdon.rules.where import MAX_COMPARED, compare, gold_texts, read_answer
from guerdon.scores import ContractError, Fine, Score

Mode = Literal["exact", "token_f1", "iou"]
Total = Literal["mean", "sum", "min"]
ARTICLES = ("a", "an", "the")
MAX_NAMED = 100
"""Phrases of one response that are looked for in a caption."""


@reward("spans.localise", range=(0, 1))
def localise(
    response: str,
    answer: Any,
    caption: str | None = None,
    span: Any = None,
    *,
    mode: Mode = "exact",
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """How well a response points at the wrong phrase of a caption, the text in `answer`.

    "exact": 1 if the response names that phrase and no other, whatever the case, punctuation and article;
    a list in `answer` holds phrases that count alike. "iou" and "token_f1" look the named phrases up
    in `caption`, every place of every phrase, and compare these places with the true one: characters shared
    over characters covered, or F1 of words. So naming everything, or a word that stands everywhere, covers
    too much to earn. A phrase that is not in the caption has no place: 0. The true place is `span` (start, stop),
    else where the caption has `answer`, or the first of a list, which must be one place.

    The phrase is what \\\\boxed{…} holds, or the only string of a list, or all of one short line; a response that
    names none is malformed. ViCrit: Wang et al. 2025, https://arxiv.org/abs/2506.10128.

    >>> sample = {"response": "a blue car", "answer": "blue car", "caption": "A blue car on a wet road."}
    >>> [round(localise(mode=m, within=None).one(sample).value, 3) for m in ("exact", "token_f1", "iou")]
    [1.0, 0.8, 0.8]
    """
    found = read_answer(partial(phrases, which=which), response, within, which)
    if mode == "exact":
        return compare(found, gold_texts(answer, within), _named)
    if mode not in ("token_f1", "iou"):
        raise ContractError(f"mode={mode!r}: write exact, token_f1 or iou")
    if caption is None:
        return Score.inapplicable("no column 'caption'")
    if len(caption) > MAX_COMPARED:
        return Score.inapplicable(f"a caption of {len(caption)} characters, more than {MAX_COMPARED}")
    share = segments_iou if mode == "iou" else partial(token_f1, offsets=_index(caption).array)
    return compare(found, _true_place(caption, answer, span, within), lambda p, g: share(_places(caption, p), g))


@reward("spans.labels", grain="segment")
def labels(
    response: str,
    segments: Any,
    labels: Sequence[Any] | None = None,
    *,
    values: Mapping[str, float] | None = None,
    total: Total = "mean",
    cap: float | None = None,
) -> float | Score:
    """What the labels of a response's segments are worth, as fine values and for the whole response.

    `segments` and `labels` are as `guerdon.parse.segments.align` takes them. `values` says what a label is worth; one
    it does not name is left out. Without it labels are numbers. A label may be a mapping of names to
    probabilities: it is worth what is expected among the names that count.

    - total="mean": every segment counts value / number of segments. The total grows with neither; harmless
      segments dilute a bad one.
    - "sum": every segment counts its value, so that more good ones earn more, up to `cap`: what would take
      the sum above it is not paid.
    - "min": only the worst segment counts, the first on a tie.

    Segments that are not in the response, and a response without any that counts, are inapplicable. Jing & Du 2024
    (FGAIF), https://arxiv.org/abs/2404.05046; Gunjal et al. 2023 (M-HalDetect), https://arxiv.org/abs/2308.06394.

    >>> sample = {"response": "A cat. A dog.", "segments": ["A cat.", "A dog."], "labels": ["right", "wrong"]}
    >>> [labels(values={"right": 1, "wrong": -0.5}, total=t).one(sample).fine.values for t in ("mean", "sum", "min")]
    [(0.5, -0.25), (1.0, -0.5), (0.0, -0.5)]
    """
    placed = align(response, segments, labels)
    if placed.value is None:
        return Score.inapplicable(placed.reason)
    return added_up(worth(placed.value, values), total, cap)


class Valued(NamedTuple):
    """A segment and what its label is worth."""

    span: Span
    value: float


def worth(segments: Sequence[Segment], values: Mapping[str, float] | None) -> list[Valued]:
    """The segments whose labels count, with their values. Raises ValueError for a label that is no number
    where `values` gives none.

    >>> worth([Segment(Span(0, 3), {"good": 0.25, "bad": 0.25, "unsure": 0.5})], {"good": 1, "bad": 0})[0].value
    0.5
    """
    out = []
    for span, label in segments:
        if label is None:
            continue
        if values is None:
            out.append(Valued(span, float(label)))
        elif isinstance(label, Mapping):
            chances = [(p, values[name]) for name, p in label.items() if name in values]
            known = sum([p for p, _ in chances])
            if known > 0:
                out.append(Valued(span, sum([p * value for p, value in chances]) / known))
        elif str(label) in values:
            out.append(Valued(span, float(values[str(label)])))
    return out


def added_up(segments: Sequence[Valued], total: Total = "mean", cap: float | None = None) -> Score:
    """The value of a response by that of its segments, with what each of them adds; see `spans.labels`.

    >>> added_up([Valued(Span(0, 6), 1.0), Valued(Span(7, 13), 0.5)]).fine.values
    (0.5, 0.25)
    """
    if not segments:
        return Score.inapplicable("no segment with a label that counts")
    shares = _shares([value for _, value in segments], total, cap)
    return Score(sum(shares), fine=Fine(tuple(shares), tuple((start, stop) for (start, stop), _ in segments)))


def _shares(values: list[float], total: Total, cap: float | None) -> list[float]:
    """What each segment adds to the response's value."""
    if cap is not None and total != "sum":
        raise ContractError(f"cap={cap} bounds a sum, and total is {total!r}")
    if total == "mean":
        return [value / len(values) for value in values]
    if total == "min":
        worst = values.index(min(values))
        return [value if i == worst else 0.0 for i, value in enumerate(values)]
    if total != "sum":
        raise ContractError(f"total={total!r}: write mean, sum or min")
    if cap is None:
        return values
    paid, sums = [], 0.0
    for value in values:
        paid.append(min(value, max(cap - sums, 0.0)))
        sums += paid[-1]
    return paid


def _named(found: list[str], gold: list[str]) -> float:
    return float(len(found) == 1 and _clean(found[0]) in map(_clean, gold))


def _clean(phrase: str) -> str:
    return normalise(phrase) or normalise(phrase, articles=False) or phrase.strip()


def _true_place(caption: str, answer: Any, span: Any, within: str | None) -> Parsed[list[tuple[int, int]]]:
    if span is not None:
        start, stop = span
        if not 0 <= start < stop <= len(caption):
            return malformed(f"{start} to {stop} is no place in the caption")
        return Parsed([(int(start), int(stop))])
    gold = gold_texts(answer, within)
    found = _places(caption, gold.value[:1]) if gold.value else []
    if len(found) != 1:
        return malformed(f"the caption has it {len(found)} times: give its place in the column 'span'")
    return Parsed(found)


def _places(caption: str, named: Sequence[str]) -> list[tuple[int, int]]:
    """Every place of each phrase in the caption, as whole words, whatever the case and punctuation."""
    if len(named) > MAX_NAMED:
        return []  # whoever names so much points at nothing
    index = _index(caption)
    found: list[tuple[int, int]] = []
    for phrase in named:
        words = WORDS.findall(phrase.lower())
        bare = words[1:] if words[:1] and words[0] in ARTICLES else []
        found += index.find(words) or index.find(bare)
    return found


class _Index(NamedTuple):
    """A text's words joined by spaces, where each begins there, and its place in the text."""

    words: str
    starts: list[int]
    offsets: list[tuple[int, int]]
    array: NDArray[np.intp]
    """The offsets once more, [words, 2]."""

    def find(self, words: list[str]) -> list[tuple[int, int]]:
        """Every place of a run of words."""
        if not words:
            return []
        sought = f" {' '.join(words)} "
        found, at = [], self.words.find(sought)
        while at >= 0:
            first = bisect_right(self.starts, at) - 1
            found.append((self.offsets[first][0], self.offsets[first + len(words) - 1][1]))
            at = self.words.find(sought, at + 1)
        return found


@lru_cache(maxsize=1024)
def _index(text: str) -> _Index:
    marks = list(WORDS.finditer(text.lower() if len(text.lower()) == len(text) else text))
    words = [mark[0] for mark in marks]
    starts = [0, *accumulate(len(word) + 1 for word in words)]
    offsets = [mark.span() for mark in marks]
    return _Index(f" {' '.join(words)} ", starts[:-1], offsets, np.array(offsets, dtype=np.intp).reshape(-1, 2))
