"""LVLM-eHub as published: what the official scripts count, word containment and its mistakes included.

`guerdon.systems.lvlm_ehub` says what to use instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from guerdon.leaf import reward
from guerdon.parse.vqa import normalise_vqa
from guerdon.rules.where import gold_texts
from guerdon.scores import Score

KEYS = ("Most Likely Score", "Final Score", "Final Assessment Score", "Final Score", "Most Likely Score")
"""What each of the five grading prompts ends its reply with."""


def has_word(sentence: str, word: str) -> bool:
    """Whether a word, or anything else, stands in a sentence between word boundaries; "" does in any text with words.

    >>> has_word("a hot-dog", "dog"), has_word("c++ code", "c++"), has_word("x", "")
    (True, False, True)
    """
    return re.search(rf"\b{re.escape(word)}\b", sentence) is not None


def remove_special_chars(text: str) -> str:
    """The text without what is neither an ASCII letter or digit nor space."""
    return re.sub(r"[^a-zA-Z0-9\s]", "", text)


def places(response: str, answer: Any) -> list[int]:
    """At which places, from 1, of the true answers stand those that the response contains as VQA has them."""
    said = normalise_vqa(response)
    true = gold_texts(answer, None).value or []
    return [place for place, text in enumerate(true, 1) if has_word(said, normalise_vqa(text))]


@reward("lvlm_ehub.published.vqa", range=(0, 1), binary=True)
def vqa(response: str, answer: Any) -> float:
    """1 if the response contains a true answer, both as `normalise_vqa` has them."""
    return float(bool(places(response, answer)))


@reward("lvlm_ehub.published.mrr", range=(0, 1))
def mrr(response: str, answer: Any) -> float:
    """1 / place of the first true answer that the response contains; 0 if there is none."""
    found = places(response, answer)
    return 1 / found[0] if found else 0.0


@reward("lvlm_ehub.published.ocr", range=(0, 1), binary=True)
def ocr(response: str, answer: Any) -> float:
    """1 if the response contains a true answer, letters and digits alone being compared, without case."""
    said = remove_special_chars(response).lower()
    return float(
        any(has_word(said, remove_special_chars(text).lower()) for text in gold_texts(answer, None).value or [])
    )


@reward("lvlm_ehub.published.vote", range=(0, 1), binary=True)
def vote(verdicts: Sequence[str]) -> float | Score:
    """The score most of the five replies give, the first of equals; where that is none, the row is unread."""
    given = majority(scored(verdicts))
    return Score.unread("most replies give no score") if given == -1 else float(given)


def scored(replies: Sequence[str]) -> list[int]:
    """What each reply gives after its prompt's key phrase: 0 if there is a 0 in it, else 1 if a 1, else −1.

    >>> scored(["Most Likely Score: 1", "Final Score: 10", "1"])
    [1, 0, -1]
    """
    return [_score(text, key) for text, key in zip(replies, KEYS, strict=False)]


def majority(scores: Sequence[int]) -> int:
    """The most common score, the first of equals."""
    return Counter(scores).most_common(1)[0][0]


def _score(text: str, key: str) -> int:
    text = text if key in text else text.replace(key.lower(), key)
    rest = [*text.split(key), ""][1] if key in text else ""
    return 0 if "0" in rest else 1 if "1" in rest else -1
