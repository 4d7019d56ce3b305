"""Learning to Summarize: queries cut to length, and where a score is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guerdon.systems import _learning_to_summarize as published


def response_indices(response_tokens: Sequence[Sequence[int]], padding_token: int) -> list[int]:
    return [published.score_position(tokens, padding_token) for tokens in response_tokens]


def ensure_length(toks: list[int], l: int, pad_sequence: list[int], pad_side: Any, truncate_side: Any) -> list[int]:  # noqa: E741
    return published.fitted(toks, l, pad_sequence, side=pad_side, truncate=truncate_side)


def process_query(
    query_info: dict[str, str], length: int, format_str: str, truncate_field: str, truncate_text: str, pad_side: Any,
    encoder: str,
) -> str:  # fmt: skip
    """With one token a character and spaces for padding, as the rows have it."""
    assert encoder == "one token per unicode char; padding = spaces"
    tokens = published.query(
        query_info, length, encode=lambda text: [ord(c) for c in text], pad=[ord(" ")] * length, form=format_str,
        field=truncate_field, cut=truncate_text, side=pad_side,
    )  # fmt: skip
    return "".join(map(chr, tokens))


CALLS = {
    "first_true_indices": lambda bools: [published.first_true(row) for row in bools],
    "_response_indices": response_indices,
    "_ensure_length": ensure_length,
    "process_query": process_query,
}
WAITING = {
    "gather_one": "the head of a reward model, read at one token",
    "label_logprobs": "log-probabilities of a policy's tokens",
}
