"""Vectors of words: a model's input embeddings, or vectors computed from a corpus in seconds, without a network.

Two corpora-only ones: `tfidf` for what a text is about (latent semantic analysis), `ppmi` for which words
mean the like because they keep the same company.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from guerdon.metrics.text import words

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Tokenize = Callable[[str], Sequence[str]]
DENSE = 4_000_000
"""Cells up to which a matrix is decomposed whole."""
DIGITS = 9
"""Decimals of a singular vector, so that two runs make one table."""


class Encoder(Protocol):
    """Anything that gives texts vectors."""

    @property
    def digest(self) -> str:
        """Hash of all that decides on a vector: the name or the contents of the model."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """[n, d], a vector a text, whatever the other texts are; zeros for a text it knows nothing of."""
        ...


@dataclass(frozen=True, eq=False)
class Table:
    """A vector for each word, or token, that it knows. Raises ValueError where the two do not fit."""

    vocabulary: Mapping[str, int]
    """Word → row of `vectors`."""
    vectors: Floats
    """[v, d]"""
    tokenize: Tokenize = words
    """How it splits a text; `tokenizer.tokenize` for a model's own table. Sent to other processes, so no lambda."""

    def __post_init__(self) -> None:
        shape = np.shape(self.vectors)
        if len(shape) != 2 or set(self.vocabulary.values()) - set(range(shape[0])):
            raise ValueError(f"a table needs vectors [v, d] and words that name rows of it, not vectors {list(shape)}")

    @cached_property
    def digest(self) -> str:
        """Hash of words, vectors and the name of the tokenizer."""
        how = getattr(self.tokenize, "__qualname__", type(self.tokenize).__name__)
        text = "\n".join((how, str(np.shape(self.vectors)), *sorted(f"{i} {w}" for w, i in self.vocabulary.items())))
        content = hashlib.sha256(text.encode())
        content.update(np.ascontiguousarray(self.vectors).data)
        return content.hexdigest()[:24]

    def rows(self, tokens: Iterable[str]) -> Indices:
        """The row of each token, −1 for an unknown one."""
        find = self.vocabulary.get
        return np.array([find(token, -1) for token in tokens], dtype=np.intp)

    def units(self, rows: Indices) -> Floats:
        """[n, d], the vectors of these rows at length 1; zeros for −1."""
        return np.asarray(self.vectors[rows] / self._lengths[rows], dtype=np.float64)

    @cached_property
    def _lengths(self) -> Floats:
        """[v + 1, 1]: infinite where there is no direction, as in the last row, which stands for unknown words."""
        lengths = np.append(np.linalg.norm(self.vectors, axis=1), 0.0)
        return np.where(lengths > 0, lengths, np.inf)[:, None]

    def encode(self, texts: Sequence[str]) -> Floats:
        """[n, d], the mean vector of each text's known words; zeros without any."""
        out = np.zeros((len(texts), self.vectors.shape[1]))
        for i, text in enumerate(texts):
            known = (rows := self.rows(self.tokenize(text)))[rows >= 0]
            if len(known):
                out[i] = self.vectors[known].mean(axis=0)
        return out

    def centred(self) -> Table:
        """The table less its mean vector, so that words are not alike merely for being words."""
        return replace(self, vectors=self.vectors - self.vectors.mean(axis=0))


def tfidf(texts: Iterable[str], *, dimensions: int = 64, tokenize: Tokenize = words) -> Table:
    """Latent semantic analysis: a text's mean word vector points where its TF-IDF vector does, in few dimensions.

    Words count times log((1 + n) / (1 + texts that have it)) + 1, texts are scaled to length 1, and the
    right singular vectors of the texts give the dimensions. Deerwester et al. 1990. Raises ValueError for fewer
    than two texts or words.

    >>> table = tfidf(["a red cat", "a black cat", "stock markets fell", "the markets rose"], dimensions=2)
    >>> cat, kitten, market = table.encode(["red cat", "black cat", "markets"])
    >>> bool(cat @ kitten > cat @ market)
    True
    """
    vocabulary, counts = _counted([list(tokenize(text)) for text in texts])
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    weights = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    weighted = counts * weights
    lengths = np.sqrt(weighted.power(2).sum(axis=1))
    scaled = weighted.multiply((1 / np.maximum(lengths, 1e-300))[:, None]).tocsr()
    _, _, right = _svd(scaled, dimensions)
    return Table(vocabulary, weights[:, None] * right.T, tokenize)


def ppmi(texts: Iterable[str], *, dimensions: int = 64, window: int = 4, tokenize: Tokenize = words) -> Table:
    """Word vectors from co-occurrence: U·√S of the positive pointwise mutual information of words.

    Two words co-occur where they stand at most `window` words apart in one text; PPMI is max(0, log(p(a, b) /
    p(a)·p(b))). Levy & Goldberg 2014, "Neural word embedding as implicit matrix factorization". Raises
    ValueError for fewer than two texts or words.

    >>> table = ppmi(["one cat runs fast", "one dog runs fast", "the cup is full", "the glass is full"], dimensions=3)
    >>> cat, dog, cup = table.encode(["cat", "dog", "cup"])
    >>> bool(cat @ dog > cat @ cup)
    True
    """
    from scipy.sparse import csr_array

    documents = [list(tokenize(text)) for text in texts]
    vocabulary, counts = _counted(documents)
    pairs: Counter[tuple[int, int]] = Counter()
    for document in documents:
        rows = [vocabulary[word] for word in document]
        for gap in range(1, window + 1):
            pairs.update(zip(rows, rows[gap:], strict=False))
    if not pairs:
        raise ValueError(f"no two words stand within window={window} of each other")
    n = counts.shape[1]
    first, second = np.array(list(pairs), dtype=np.intp).T
    once = csr_array((np.array(list(pairs.values()), dtype=np.float64), (first, second)), shape=(n, n))
    both = (once + once.T).tocoo()
    share = both.sum(axis=1) / both.sum()
    information = np.log(both.data / both.sum() / (share[both.row] * share[both.col]))
    cells = (np.maximum(information, 0.0), (both.row, both.col))
    left, strength, _ = _svd(csr_array(cells, shape=(n, n)), dimensions)
    return Table(vocabulary, left * np.sqrt(strength), tokenize)


def _counted(documents: list[list[str]]) -> tuple[dict[str, int], csr_array]:
    """Words in order of appearance, and how often each document has each, [documents, words]."""
    from scipy.sparse import csr_array

    vocabulary: dict[str, int] = {}
    cells = [
        (i, vocabulary.setdefault(word, len(vocabulary)), count)
        for i, document in enumerate(documents)
        for word, count in Counter(document).items()
    ]
    if len(documents) < 2 or len(vocabulary) < 2:
        raise ValueError(f"a table needs two or more texts and words, not {len(documents)} and {len(vocabulary)}")
    rows, columns, counts = np.array(cells).T
    shape = (len(documents), len(vocabulary))
    return vocabulary, csr_array((counts.astype(np.float64), (rows, columns)), shape=shape)


def _svd(matrix: csr_array, dimensions: int) -> tuple[Floats, Floats, Floats]:
    """The greatest singular values S [k], with U [m, k] and Vᵀ [k, n]; the same on every call."""
    from scipy.sparse.linalg import svds

    k = min(dimensions, min(matrix.shape) - 1)
    if k < 1:
        raise ValueError(f"dimensions={dimensions}: write 1 or more")
    if matrix.shape[0] * matrix.shape[1] <= DENSE:
        left, strength, right = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        left, strength, right = svds(matrix, k=k, v0=np.ones(min(matrix.shape)))
    order = np.argsort(-strength, kind="stable")[:k]
    left, right = left[:, order], right[order]
    # Either sign is a solution: take the one whose greatest entry is positive, and drop the noise of the last bits.
    signs = np.sign(right[np.arange(k), np.abs(right.round(DIGITS)).argmax(axis=1)])
    return (
        (left * signs).round(DIGITS),
        np.asarray(strength[order], dtype=np.float64),
        (right.T * signs).T.round(DIGITS),
    )
