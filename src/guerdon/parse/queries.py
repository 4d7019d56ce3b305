"""What trainers send instead of a response: a query that holds prompt and response, and one cell for the truth."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, at, too_long
from guerdon.parse.result import Parsed, malformed

ENDS = (
    "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|end|>", "<|return|>", "<|pad|>",
    "<end_of_turn>", "<eos>", "<pad>", "</s>", "<｜end▁of▁sentence｜>",
)  # fmt: skip
"""Special tokens that a decoded response may end with. Those inside it are what the model wrote."""
SHORTEST = 8
"""Characters of a prompt's end that are enough to know it by."""
MAX_JSON = 1_000_000
"""Characters of a label that may be read as JSON."""


def continuation(query: str, *, prompt: str = "") -> Parsed[str]:
    """What follows the prompt in a decoded query, without the special tokens at its end; else as the model wrote it.

    The prompt may have been cut from the left, stand behind other tokens, or hold an image whose one placeholder is
    many tokens in the query. Then it is known by its end.

    >>> continuation("<s>How many?<|assistant|>\\nTwo<|im_end|>", prompt="How many?<|assistant|>\\n").value
    'Two'
    """
    for text in (query, prompt):
        if len(text) > MAX_CHARS:
            return too_long(text)
    start = _start(query, prompt)
    if start is None:
        return malformed(f"the query does not hold its prompt, which ends with {prompt[-40:]!r}: "
                         "where the response begins is unknown")  # fmt: skip
    return at(query, Span(start, _stop(query, start)))


def label_columns(label: Any) -> dict[str, Any]:
    """Columns from a trainer's one cell for the truth: an object, or JSON text of one, has them; else it is `answer`.

    >>> label_columns("7"), label_columns('{"answer": 7, "boxes": [[0, 0, 1, 1]]}')
    ({'answer': '7'}, {'answer': 7, 'boxes': [[0, 0, 1, 1]]})
    """
    if isinstance(label, str) and label.lstrip()[:1] == "{" and len(label) <= MAX_JSON:
        try:
            label = json.loads(label)
        except (ValueError, RecursionError):
            return {"answer": label}
    return dict(label) if isinstance(label, Mapping) else {"answer": label}


def _start(query: str, prompt: str) -> int | None:
    """Where the response begins."""
    if query.startswith(prompt):
        return len(prompt)
    kept = _overlap(prompt, query) if len(query) >= SHORTEST and query[:SHORTEST] in prompt else 0
    return kept if kept >= SHORTEST else _behind_end(query, prompt)


def _overlap(first: str, second: str) -> int:
    """Length of the longest end of one text that the other, not empty, begins with: Knuth, Morris and Pratt, 1977."""
    second = second[: len(first)]
    fallback = [0]
    for character in second[1:]:
        fallback.append(_grown(second, fallback, fallback[-1], character))
    matched = 0
    for character in first:
        matched = _grown(second, fallback, matched, character)
    return matched


def _grown(text: str, fallback: list[int], matched: int, character: str) -> int:
    """How much of the text's beginning matches after one more character."""
    while matched and (matched == len(text) or character != text[matched]):
        matched = fallback[matched - 1]
    return matched + (character == text[matched])


def _behind_end(query: str, prompt: str) -> int | None:
    """Behind the prompt's end, which comes as often in the query's prompt as in this one, and maybe again later."""
    end = prompt
    while len(end) >= min(SHORTEST, len(prompt)):
        pieces = query.split(end, times := prompt.count(end))
        if len(pieces) > times:
            return len(query) - len(pieces[-1])
        end = end[(len(end) + 1) // 2 :]
    return None


def _stop(text: str, start: int) -> int:
    """Where the special tokens at the end of text[start:] begin, with space between and behind them."""
    stop = edge = len(text)
    while True:
        while edge > start and text[edge - 1].isspace():
            edge -= 1
        end = next((end for end in ENDS if text.endswith(end, start, edge)), None)
        if end is None:
            return stop
        stop = edge = edge - len(end)
