"""Length and repetition: baselines to beat, and penalties to add."""

from __future__ import annotations

from math import cos, pi
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.text import unique_ratio
from guerdon.scores import ContractError, Score

Unit = Literal["tokens", "words", "chars"]
"""What a length counts; tokens are those of the column `tokens`."""
MAX_WORDS = 1_000_000
"""Words among which repeats are looked for."""


@reward("length.chars", range=(0, None))
def chars(response: str) -> float:
    """Characters of the response: as a reward, the baseline "the longer one wins".

    >>> chars()([{"response": "a cat"}]).values
    array([5.])
    """
    return float(len(response))


@reward("length.words", range=(0, None))
def words(response: str) -> float:
    """Words of the response, split at white space.

    >>> words()([{"response": "a cat"}]).values
    array([2.])
    """
    return float(len(response.split()))


@reward("length.tokens", range=(0, None))
def tokens(tokens: Any) -> float:
    """Tokens of the response, from the column `tokens`: their number, or the list of them.

    >>> tokens()([{"tokens": [101, 7, 102]}, {"tokens": 40}]).values
    array([ 3., 40.])
    """
    return float(_count(tokens))


@reward("length.cosine", range=(-1, 1))
def cosine(
    response: str,
    tokens: Any = None,
    *,
    limit: int = 1024,
    at_zero: float = 1.0,
    at_limit: float = 0.5,
    unit: Unit = "tokens",
) -> float | Score:
    """A value that moves with the length L along half a cosine, from `at_zero` to `at_limit`, and stays there.

    at_limit + (at_zero − at_limit)·(1 + cos(π·min(L, limit)/limit))/2. Right answers are worth more when
    short, wrong ones less, so it takes two, one behind each outcome:

        right = accuracy >> cosine(at_zero=1.0, at_limit=0.5).named("right")
        wrong = (1 - accuracy).at_least(1) >> cosine(at_zero=-0.5, at_limit=0.0).named("wrong")

    Both bounds lie in −1…1. Yeo et al. 2025, https://arxiv.org/abs/2502.03373, appendix C.1.

    >>> [cosine(unit="words", limit=4).one({"response": r}).value for r in ("", "a b", "a b c d e f")]
    [1.0, 0.75, 0.5]
    """
    if limit < 1 or not (-1 <= at_zero <= 1 and -1 <= at_limit <= 1):
        raise ContractError(f"length.cosine: limit={limit} must be positive and the bounds lie in −1…1")
    length = _length(response, tokens, unit)
    if length is None:
        return Score.inapplicable("no column 'tokens'")
    return at_limit + (at_zero - at_limit) * (1 + cos(pi * min(length, limit) / limit)) / 2


@reward("length.soft_overlong", range=(-1, 0))
def soft_overlong(
    response: str, tokens: Any = None, *, limit: int, buffer: int, unit: Unit = "tokens"
) -> float | Score:
    """0 up to limit − buffer, then falling in a straight line to −1 at the limit, and −1 beyond.

    Yu et al. 2025 (DAPO), https://arxiv.org/abs/2503.14476, equation 13.

    >>> [soft_overlong(limit=10, buffer=4).one({"response": "", "tokens": n}).value for n in (6, 7, 11)]
    [0.0, -0.25, -1.0]
    """
    if not 0 < buffer <= limit:
        raise ContractError(f"length.soft_overlong: 0 < buffer ≤ limit, not buffer={buffer}, limit={limit}")
    length = _length(response, tokens, unit)
    if length is None:
        return Score.inapplicable("no column 'tokens'")
    return max(min(limit - buffer - length, 0), -buffer) / buffer


@reward("repetition.ngram", range=(-1, 0))
def repeated_ngrams(response: str, *, n: int = 3) -> float | Score:
    """Minus the share of word n-grams that repeat an earlier one: −(1 − distinct / all).

    Words are split at white space and lower-cased. Fewer than n words repeat nothing: 0.
    Yeo et al. 2025, https://arxiv.org/abs/2502.03373.

    >>> repeated_ngrams(n=1).one({"response": "a b a b"}).value  # two of four
    -0.5
    """
    words = response.lower().split(None, MAX_WORDS)
    if len(words) > MAX_WORDS:
        return Score.malformed(f"more than {MAX_WORDS} words")
    return unique_ratio(words, n) - 1.0


def _length(response: str, tokens: Any, unit: Unit) -> int | None:
    if unit == "tokens":
        return None if tokens is None else _count(tokens)
    if unit == "words":
        return len(response.split())
    if unit == "chars":
        return len(response)
    raise ContractError(f"unit={unit!r}: write tokens, words or chars")


def _count(tokens: Any) -> int:
    return int(tokens) if isinstance(tokens, (int, float)) else len(tokens)
