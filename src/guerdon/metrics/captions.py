"""CIDEr: a caption against the captions people wrote, rare n-grams counting for more.

An n-gram weighs its count times log(documents / documents that have it). A document is all reference
captions of one image, and the corpus is usually that of the data set. Texts are lists of words: the
published figures were taken on lower-cased words without punctuation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, hypot, log
from typing import NamedTuple

Words = Sequence[str]
Ngram = tuple[str, ...]
ORDERS = 4
"""Longest n-gram."""


@dataclass(frozen=True)
class Frequencies:
    """In how many documents each n-gram occurs. Raises ValueError for fewer than two: nothing would be rare."""

    documents: int
    counts: Mapping[Ngram, int]

    def __post_init__(self) -> None:
        if self.documents < 2:
            raise ValueError(f"document frequencies need two or more documents, not {self.documents}")

    @cached_property
    def weights(self) -> dict[Ngram, float]:
        """log(documents / documents that have it)."""
        return {ngram: log(self.documents / count) for ngram, count in self.counts.items()}

    @property
    def unseen(self) -> float:
        """The weight of an n-gram that no document has, as if one had."""
        return log(self.documents)


class Weighted(NamedTuple):
    """A caption as vectors of weighted n-grams, one for each n from 1 to `ORDERS`."""

    vectors: tuple[dict[Ngram, float], ...]
    norms: tuple[float, ...]
    length: int
    """Words."""


class References(NamedTuple):
    """The references of one caption, ready to compare many captions with."""

    having: tuple[dict[Ngram, list[tuple[int, float, float]]], ...]
    """For each n, the references that have an n-gram: which one, its weight there, and that over the norm."""
    lengths: tuple[int, ...]
    """Words of each."""


def frequencies(corpus: Iterable[Iterable[Words]]) -> Frequencies:
    """Counts over documents, each a few captions. Raises ValueError for fewer than two documents.

    >>> frequencies([[["a", "cat"], ["the", "cat"]], [["a", "dog"]]]).counts[("cat",)]  # once a document
    1
    """
    counts: Counter[Ngram] = Counter()
    documents = 0
    for captions in corpus:
        documents += 1
        counts.update({ngram for words in captions for n in range(1, ORDERS + 1) for ngram in _ngrams(words, n)})
    return Frequencies(documents, counts)


def weighted(words: Words, known: Frequencies) -> Weighted:
    """A caption's n-grams, each with its count times its weight."""
    weight, unseen = known.weights.get, known.unseen
    vectors: tuple[dict[Ngram, float], ...] = tuple({} for _ in range(ORDERS))
    for n, vector in enumerate(vectors, 1):
        for ngram in _ngrams(words, n):
            vector[ngram] = vector.get(ngram, 0.0) + weight(ngram, unseen)
    return Weighted(vectors, tuple(hypot(*vector.values()) for vector in vectors), len(words))


def references(texts: Sequence[Words], known: Frequencies) -> References:
    """Weighted references. Raises ValueError without any."""
    if not texts:
        raise ValueError("give one or more references")
    having: tuple[dict[Ngram, list[tuple[int, float, float]]], ...] = tuple({} for _ in range(ORDERS))
    for i, words in enumerate(texts):
        reference = weighted(words, known)
        for vector, norm, owners in zip(reference.vectors, reference.norms, having, strict=True):
            for ngram, weight in vector.items():
                if weight:
                    owners.setdefault(ngram, []).append((i, weight, weight / norm))
    return References(having, tuple(map(len, texts)))


def cider(caption: Weighted, references: References) -> float:
    """Ten times the cosine of weighted n-grams, mean over n = 1…4 and over references, 0–10.

    A side shorter than n words has no n-grams, and that n is 0: a caption of three words reaches 7.5.
    Words are not stemmed. Vedantam et al. 2015, https://arxiv.org/abs/1411.5726, equations 1 and 2; the ten
    is that of the COCO server.
    """
    return _mean(_cosines(caption, references, clipped=False))


def cider_d(caption: Weighted, references: References, *, sigma: float = 6.0) -> float:
    """`cider` that repeating and padding do not raise, 0–10: what the COCO server calls CIDEr.

    An n-gram of the caption counts at most as much as it does in the reference, and each reference's
    cosine is multiplied by exp(−d² / 2·sigma²), where d is the difference in words. Vedantam et al. 2015,
    section 5.
    """
    penalties = [exp(-((caption.length - length) ** 2) / (2 * sigma * sigma)) for length in references.lengths]
    cosines = _cosines(caption, references, clipped=True)
    return _mean([penalty * cosine for penalty, cosine in zip(penalties, cosines, strict=True)])


def _ngrams(words: Words, n: int) -> Iterable[Ngram]:
    return zip(*(words[i:] for i in range(n)), strict=False)


def _cosines(caption: Weighted, references: References, *, clipped: bool) -> list[float]:
    """The sum over n for each reference."""
    totals = [0.0] * len(references.lengths)
    for vector, norm, having in zip(caption.vectors, caption.norms, references.having, strict=True):
        for ngram in vector.keys() & having.keys():
            mine = vector[ngram]
            for i, theirs, share in having[ngram]:
                totals[i] += (min(mine, theirs) if clipped else mine) * share / norm
    return totals


def _mean(sums: list[float]) -> float:
    return min(10.0 * sum(sums) / (ORDERS * len(sums)), 10.0)
