"""sentence-transformers' CrossEncoder shape: `predict` pairs and `rank` documents by a guerdon reward.

    reranker = to_cross_encoder("text.rouge")
    reranker.rank("which city is the capital?", documents, top_k=3)

What takes a CrossEncoder for these two methods (evaluators, rerankers, pipelines) takes this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, floats
from guerdon.reward import Reward
from guerdon.scores import Unscored


def to_cross_encoder(reward: Reward | str, *, unscored: Unscored = "nan", **columns: Any) -> RewardCrossEncoder:
    """The reward as a CrossEncoder: the query is `prompt`, the document `response`; all rows share `columns`."""
    return RewardCrossEncoder(Bridge("cross_encoder", reward, unscored, groups=True), columns)


class RewardCrossEncoder:
    """`predict` and `rank` as sentence-transformers' CrossEncoder has them."""

    def __init__(self, bridge: Bridge, columns: dict[str, Any]):
        self.bridge, self.columns = bridge, columns

    def predict(self, sentences: Any, batch_size: int = 32, convert_to_tensor: bool = False, **_: Any) -> Any:
        """Scores of (query, document) pairs, float32 [n]; of one pair, a number. Higher is better.

        A query or document may be text, an image, or a dict of columns. Responses to one query are one group.
        """
        single = bool(sentences) and len(sentences) == 2 and not isinstance(sentences[0], (list, tuple))
        values = self._values([sentences] if single else sentences)
        if convert_to_tensor:
            from torch import from_numpy

            tensor = from_numpy(values)
            return tensor[0] if single else tensor
        return values[0] if single else values

    def rank(
        self,
        query: Any,
        documents: Sequence[Any],
        top_k: int | None = None,
        return_documents: bool = False,
        **_: Any,
    ) -> list[dict[str, Any]]:
        """Documents by score, best first, as dicts of `corpus_id`, `score` and, if wanted, `text`.

        Documents without a score come last; equal ones keep their order.
        """
        values = self._values([(query, document) for document in documents])
        order = np.argsort(np.where(np.isnan(values), np.inf, -values), kind="stable")[:top_k]
        ranked = [{"corpus_id": int(i), "score": values[i]} for i in order]
        return [{**row, "text": documents[row["corpus_id"]]} for row in ranked] if return_documents else ranked

    def _values(self, pairs: Sequence[Any]) -> NDArray[np.float32]:
        rows = [
            {**self.columns, **_columns(query, "prompt"), **_columns(document, "response")} for query, document in pairs
        ]
        if self.bridge.grouped:
            queries: list[Any] = []
            for row, (query, _) in zip(rows, pairs, strict=True):
                if query not in queries:
                    queries.append(query)
                row["group"] = queries.index(query)
        return np.array(floats(self.bridge.score(rows).values), np.float32)


def _columns(given: Any, name: str) -> dict[str, Any]:
    if isinstance(given, str):
        return {name: given}
    return dict(given) if isinstance(given, dict) else {"images": [given]}


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.cross_encoder import to_cross_encoder\n\n"
        f"reranker = to_cross_encoder({located(spec)!r}, unscored={unscored!r})"
    )


HOST = Host(
    name="cross_encoder",
    title="sentence-transformers 6",
    columns=("prompt", "response"),
    others="given to `to_cross_encoder`, or in a query or document that is a dict",
    prompt="the query, text",
    images="a query or document that is an image",
    groups="the documents of one query in one call",
    style="sync",
    unscored="nan",
    components="none",
    snippet=_snippet,
)
