"""CIDEr: a caption against the captions people wrote, rare n-grams counting for more.

An n-gram weighs its count times log(documents / documents that have it). A document is all reference
captions of one image, and the corpus is usually that of the data set. Texts are lists of words: the
published figures were taken on lower-cased words without punctuation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import exp, log, sqrt
from typing import NamedTuple

Words = Sequence[str]
Ngram = tuple[str, ...]
ORDERS = 4
"""Longest n-gram."""


class Frequencies(NamedTuple):
    """In how many documents each n-gram occurs."""

    documents: int
    counts: Mapping[Ngram, int]


class Weighted(NamedTuple):
    """A caption as vectors of weighted n-grams, one for each n from 1 to `ORDERS`."""

    vectors: tuple[dict[Ngram, float], ...]
    norms: tuple[float, ...]
    length: int
    """Words."""


def frequencies(corpus: Iterable[Iterable[Words]]) -> Frequencies:
    """Counts over documents, each a few captions. Raises ValueError for fewer than two: nothing would be rare.

    >>> frequencies([[["a", "cat"], ["the", "cat"]], [["a", "dog"]]]).counts[("cat",)]  # once a document
    1
    """
    counts: Counter[Ngram] = Counter()
    documents = 0
    for documents, captions in enumerate(corpus, 1):
        counts.update({ngram for words in captions for n in range(1, ORDERS + 1) for ngram in _ngrams(words, n)})
    if documents < 2:
        raise ValueError(f"document frequencies need two or more documents, not {documents}")
    return Frequencies(documents, counts)


def weighted(words: Words, known: Frequencies) -> Weighted:
    """A caption's n-grams, each with its count · log(documents / documents that have it); none is taken for one."""
    documents, counts = known
    vectors, norms = [], []
    for n in range(1, ORDERS + 1):
        vector = {
            ngram: count * log(documents / counts.get(ngram, 1))
            for ngram, count in Counter(_ngrams(words, n)).items()
        }
        vectors.append(vector)
        norms.append(sqrt(sum(weight * weight for weight in vector.values())))
    return Weighted(tuple(vectors), tuple(norms), len(words))


def cider(caption: Weighted, references: Sequence[Weighted]) -> float:
    """Ten times the cosine of weighted n-grams, mean over n = 1…4 and over references, 0–10.

    A side shorter than n words has no n-grams, and that n is 0: a caption of three words reaches 7.5.
    Words are not stemmed. Vedantam et al. 2015, https://arxiv.org/abs/1411.5726, equations 1 and 2; the ten
    is that of the COCO server. Raises ValueError without references.
    """
    return _mean(references, [sum(_cosines(caption, reference)) for reference in references])


def cider_d(caption: Weighted, references: Sequence[Weighted], *, sigma: float = 6.0) -> float:
    """`cider` that repeating and padding do not raise, 0–10: what the COCO server calls CIDEr.

    An n-gram of the caption counts at most as much as it does in the reference, and each reference's
    cosine is multiplied by exp(−d² / 2·sigma²), where d is the difference in words. Vedantam et al. 2015,
    section 5. Raises ValueError without references.
    """

    def penalised(reference: Weighted) -> float:
        gap = caption.length - reference.length
        return exp(-gap * gap / (2 * sigma * sigma)) * sum(_clipped_cosines(caption, reference))

    return _mean(references, [penalised(reference) for reference in references])


def _ngrams(words: Words, n: int) -> Iterable[Ngram]:
    return zip(*(words[i:] for i in range(n)), strict=False)


def _cosines(a: Weighted, b: Weighted) -> Iterable[float]:
    for mine, theirs, norm in _orders(a, b):
        yield sum(mine[ngram] * theirs[ngram] for ngram in mine.keys() & theirs.keys()) / norm


def _clipped_cosines(a: Weighted, b: Weighted) -> Iterable[float]:
    for mine, theirs, norm in _orders(a, b):
        yield sum(min(mine[ngram], w := theirs[ngram]) * w for ngram in mine.keys() & theirs.keys()) / norm


def _orders(a: Weighted, b: Weighted) -> Iterable[tuple[dict[Ngram, float], dict[Ngram, float], float]]:
    for mine, theirs, norm, other in zip(a.vectors, b.vectors, a.norms, b.norms, strict=True):
        if norm and other:
            yield mine, theirs, norm * other


def _mean(references: Sequence[Weighted], sums: list[float]) -> float:
    if not references:
        raise ValueError("give one or more references")
    return min(10.0 * sum(sums) / (ORDERS * len(references)), 10.0)
