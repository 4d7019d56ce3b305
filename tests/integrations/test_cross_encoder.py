"""The CrossEncoder shape, and sentence-transformers' own evaluator on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guerdon import Score, reward
from guerdon.integrations.cross_encoder import to_cross_encoder


@reward("ce.overlap", range=(0, 1))
def overlap(prompt: str, response: str) -> Score | float:
    """Share of the query's words that the document has; nothing to say of an empty one."""
    if not response:
        return Score.inapplicable("empty")
    words = prompt.split()
    return len({*words} & {*response.split()}) / len(words)


PAIRS = [("a b", "b c"), ("a b", "a b"), ("a b", "x")]


def test_predict_scores_pairs_and_a_pair() -> None:
    encoder = to_cross_encoder(overlap())
    values = encoder.predict(PAIRS)
    assert (values.dtype, values.tolist()) == (np.float32, [0.5, 1.0, 0.0])
    assert encoder.predict(PAIRS[0]) == 0.5
    assert encoder.predict([]).shape == (0,)


def test_rank_puts_what_has_no_score_last() -> None:
    ranked = to_cross_encoder(overlap()).rank("a b", ["x", "", "b", "a b"], return_documents=True)
    assert [row["text"] for row in ranked] == ["a b", "b", "x", ""]
    assert [row["corpus_id"] for row in to_cross_encoder(overlap()).rank("a b", ["x", "a b"], top_k=1)] == [1]


def test_sentence_transformers_evaluates_it() -> None:
    evaluation = pytest.importorskip("sentence_transformers.cross_encoder.evaluation")
    samples: list[dict[str, Any]] = [
        {"query": "red cube", "positive": ["a red cube"], "negative": ["a dog", "a blue ball"]},
        {"query": "old dog", "positive": ["an old dog"], "negative": ["a red cube", "a dog"]},
    ]
    evaluator = evaluation.CrossEncoderRerankingEvaluator(samples, show_progress_bar=False, write_csv=False)
    encoder: Any = to_cross_encoder(overlap())
    encoder.model_card_data = type("Card", (), {"set_evaluation_metrics": lambda *_: None})()
    found = evaluator(encoder)
    assert found["map"] == 1.0
