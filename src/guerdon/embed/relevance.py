"""Rewards by meaning: whether a response is about its prompt, or says what a reference says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from math import inf
from typing import Any, Literal, NamedTuple

import numpy as np

from guerdon.compose import product
from guerdon.embed.tables import Encoder, Floats, Table
from guerdon.metrics.alignment import best_matches, cosine
from guerdon.reward import Reward
from guerdon.rules.held import Pair, TextReward
from guerdon.rules.shape import repeated_ngrams
from guerdon.rules.shape import words as word_count
from guerdon.scores import ContractError, Score

MAX_TOKENS = 10_000
"""Tokens of a text whose every token is compared with all of another."""


@dataclass(frozen=True, eq=False, repr=False)
class Relevance(TextReward):
    """Cosine of the vectors of the response and of a text, −1–1; the nearest of several texts.

    A response of which the encoder knows no word is 0, and a text of which it knows none makes the row
    inapplicable. `measure="dot"` is the dot product, unbounded. On its own it is greatest for a copy of the
    prompt: see `regularised`.

    >>> from guerdon.embed.tables import tfidf
    >>> table = tfidf(["a red cat", "a black cat", "stock markets fell", "the markets rose"], dimensions=2)
    >>> Relevance(table).one({"prompt": "draw a cat", "response": "a black cat"}).value > 0.9
    True
    """

    id = "embed.relevance"

    encoder: Encoder
    _: KW_ONLY
    to: str = "prompt"
    measure: Literal["cosine", "dot"] = "cosine"

    def __post_init__(self) -> None:
        if self.measure not in ("cosine", "dot"):
            raise ContractError(f"{self.id}: measure={self.measure!r}: write cosine or dot")
        self.__dict__["range"] = (-1.0, 1.0) if self.measure == "cosine" else (-inf, inf)

    def holding(self) -> dict[str, Any]:
        """Its measure, and the hash of its encoder."""
        return {"measure": self.measure, "encoder": self.encoder.digest}

    def values(self, pairs: Sequence[Pair]) -> list[float | Score]:
        """Every text is encoded once."""
        place: dict[str, int] = {}
        for response, texts in pairs:
            for text in (response, *texts):
                place.setdefault(text, len(place))
        vectors = self.encoder.encode(list(place))
        known = (vectors != 0).any(axis=-1)
        flat = [(place[response], place[text]) for response, texts in pairs for text in texts]
        a, b = np.array(flat, dtype=np.intp).T
        likeness = cosine(vectors[a], vectors[b]) if self.measure == "cosine" else (vectors[a] * vectors[b]).sum(-1)
        likeness[~known[b]] = -inf
        starts = np.cumsum([0, *(len(texts) for _, texts in pairs[:-1])])
        best = np.maximum.reduceat(likeness, starts).tolist()
        nothing = Score.inapplicable(f"the encoder knows nothing in the column {self.to!r}")
        return [nothing if value == -inf else value for value in best]


@dataclass(frozen=True, eq=False, repr=False)
class Bmas(TextReward):
    """Bidirectional max-average similarity with a reference, 0–1; the best of several references.

    Each token of one side takes its greatest cosine with a token of the other, at least 0; the mean over the
    response's tokens and the mean over the reference's are averaged. The text itself is 1, an empty one 0; a
    word that the table does not know is like itself alone. Blind to the order of words, and high even for
    unrelated texts, which share their function words: guard it, and see `Table.centred`. Xu et al. 2025
    (Mixed-R1), https://arxiv.org/abs/2505.24164.

    >>> from guerdon.embed.tables import ppmi
    >>> table = ppmi(["one cat runs fast", "one dog runs fast", "the cup is full", "the glass is full"], dimensions=3)
    >>> like, unlike = ({"response": text, "answer": "one cat runs"} for text in ("one dog runs", "the cup is"))
    >>> Bmas(table).one(like).value > 0.9 > 0.5 > Bmas(table).one(unlike).value
    True
    """

    id = "embed.bmas"
    range = (0.0, 1.0)

    table: Table
    _: KW_ONLY
    to: str = "answer"

    def holding(self) -> dict[str, Any]:
        """The hash of its table."""
        return {"table": self.table.digest}

    def values(self, pairs: Sequence[Pair]) -> list[float | Score]:
        """A reference that several responses share is looked up once."""
        seen: dict[str, _Tokens] = {}
        for _, references in pairs:
            for reference in references:
                if reference not in seen:
                    seen[reference] = self._tokens(reference)
        return [self._best(self._tokens(response), [seen[r] for r in references]) for response, references in pairs]

    def _tokens(self, text: str) -> _Tokens:
        tokens = self.table.tokenize(text)[:MAX_TOKENS]
        rows = self.table.rows(tokens)
        unknown: dict[str, list[int]] = {}
        for i in np.flatnonzero(rows < 0).tolist():
            unknown.setdefault(tokens[i], []).append(i)
        return _Tokens(self.table.units(rows), unknown)

    def _best(self, response: _Tokens, references: list[_Tokens]) -> float | Score:
        if len(response.vectors) >= MAX_TOKENS:
            return Score.malformed(f"more than the {MAX_TOKENS - 1} tokens that are compared")
        return max(response.alike(reference) for reference in references)


class _Tokens(NamedTuple):
    """A text's tokens."""

    vectors: Floats
    """[m, d], of length 1; zeros for a token that the table does not know."""
    unknown: dict[str, list[int]]
    """Where each such token stands."""

    def alike(self, other: _Tokens) -> float:
        if not (len(self.vectors) and len(other.vectors)):
            return 0.0
        forward, backward = best_matches(self.vectors, other.vectors)
        for token in self.unknown.keys() & other.unknown.keys():
            forward[self.unknown[token]] = backward[other.unknown[token]] = 1.0
        return float(forward.sum() / len(forward) + backward.sum() / len(backward)) / 2


def regularised(relevance: Reward, *, per: float = 100, cap: float | None = 1.0, n: int = 3) -> Reward:
    """relevance · min(words / per, cap) · distinct / all n-grams: relevant, not too short, not repetitive.

    Each part answers what the ones before it teach: relevance alone to copy the prompt, with length to repeat
    one sentence. Without a cap, repeating is free, since k repeats of b words earn b / per whatever k, and
    padding with new words pays; with cap=1 length pays up to `per` words. A relevance below 0 counts 0, else
    length would make it worse. Fewer than n words repeat nothing. Kim & Seo 2024, https://arxiv.org/abs/2402.03469.
    """
    length = (word_count() / per).clip(high=cap).named("length")
    return product(relevance.clip(low=0.0), length, (1 + repeated_ngrams(n=n)).named("distinct"))
