"""A reward smoothed over what it was trained on: likely mistakes on one text are not made on all like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from guerdon.embed.tables import Encoder, Floats
from guerdon.reward import Reward, Tree
from guerdon.sample import Broken, Row, prompt_text, response_text
from guerdon.scores import Column, ContractError, Status


@dataclass(frozen=True, eq=False, repr=False)
class Fused(Reward):
    """The mean of a reward over a row and its nearest neighbours among known rows, weighed by how like they are.

    Up to `k` rows whose text, prompt and response, has a cosine of at least `threshold` count by that cosine, the row
    itself by 1, and a copy of the row not again; without neighbours the reward is as it is. If its errors on texts are
    independent, their variance falls to Σw², w being the weights over their sum. Shen et al. 2023 (RewardFusion),
    https://arxiv.org/abs/2309.16155. Raises ContractError for a reward that is not of single samples, or waits.

    >>> from guerdon.embed.tables import tfidf
    >>> from guerdon.rules.given import score
    >>> known = [{"prompt": "q", "response": "a red cat", "score": 4.0}]
    >>> table = tfidf(["a red cat", "a cat", "stock markets", "markets"], dimensions=2)
    >>> round(Fused(score(), known, table).one({"prompt": "q", "response": "a cat", "score": 2.0}).value, 1)
    3.0
    """

    reward: Reward
    known: Sequence[Row]
    encoder: Encoder
    k: int = 5
    threshold: float = 0.9
    label: str | None = None

    def __post_init__(self) -> None:
        inner = self.reward
        if inner.over != "sample" or inner.native == "pairwise" or inner.waits:
            raise ContractError(f"embed.fused takes a reward of single samples that does not wait, and {inner} is none")
        if self.k < 1 or not 0 < self.threshold <= 1:
            raise ContractError(f"embed.fused: k={self.k} is 1 or more and threshold={self.threshold} in (0, 1]")
        self.__dict__.update(range=inner.range, needs=inner.needs, deterministic=inner.deterministic)

    @property
    def default_name(self) -> str:
        """Its id."""
        return "embed.fused"

    def tree(self) -> Tree:
        """The reward, and hashes of what it is smoothed over, which a tree cannot rebuild."""
        settings = {
            "of": self.reward.tree(), "k": self.k, "threshold": self.threshold, "encoder": self.encoder.digest,
            "known": [_text(row) for row in self.known],
        }  # fmt: skip
        tree: Tree = {"reward": "embed.fused", "settings": settings}
        return tree if self.label is None else {**tree, "name": self.label}

    def evaluate(self, rows: Sequence[Row]) -> Column:
        """One result a row; a row without a value stays without."""
        own = self.reward.score_unchecked(rows)
        column = Column(own.values.copy(), own.status, own.reasons)
        found = [i for i in range(len(rows)) if own.status[i] == Status.OK]
        vectors = self._units([_text(rows[i]) for i in found])
        units, values, texts = self._known
        for i, vector in zip(found, vectors, strict=True):
            likeness = np.where([text == _text(rows[i]) for text in texts], 0.0, units @ vector)
            near = [j for j in np.argsort(-likeness)[: self.k].tolist() if likeness[j] >= self.threshold]
            weights = np.append(likeness[near], 1.0)
            column.values[i] = np.append(values[near], own.values[i]) @ weights / weights.sum()
        return column

    @cached_property
    def _known(self) -> tuple[Floats, Floats, list[str]]:
        """Vectors, values and texts of the known rows that have a value."""
        values = self.reward.score_unchecked(self.known).values
        rows = [row for row, value in zip(self.known, values, strict=True) if value == value]
        texts = [_text(row) for row in rows]
        return self._units(texts), values[~np.isnan(values)], texts

    def _units(self, texts: Sequence[str]) -> Floats:
        vectors = np.asarray(self.encoder.encode(texts), dtype=np.float64).reshape(len(texts), -1)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))


def _text(row: Row) -> str:
    return "" if isinstance(row, Broken) else f"{prompt_text(row) or ''}\n{response_text(row) or ''}"
