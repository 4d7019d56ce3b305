"""Where a response has its answer, and what it is compared with: the same for every rule.

`within="answer"` reads the body of the `<answer>` block and is strict: without exactly one, the response
is malformed (`which="first"` or `"last"` takes one of several). `within=None` reads the whole response.
What it is compared with may be wrapped in the same tag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.tags import tag
from guerdon.scores import Score

MAX_COMPARED = 100_000
"""Characters of a text compared with others, which takes the product of two lengths, or memory for every n-gram."""
T = TypeVar("T")
U = TypeVar("U")


def answer_text(response: str, within: str | None, which: Which = "only") -> Parsed[str]:
    """The part of the response that holds the answer.

    >>> answer_text("<think>2 or 3?</think><answer>3</answer>", "answer").value
    '3'
    >>> answer_text("3", "answer").reason
    '0 <answer> and 0 </answer>, one of each wanted'
    """
    return Parsed(response) if within is None else tag(response, within, which=which)


def read_answer(
    read: Callable[[str], Parsed[T]], response: str, within: str | None, which: Which = "only"
) -> Parsed[T]:
    """What a parser makes of the answer, or why there is none to parse."""
    if within is None:
        return read(response)
    text = tag(response, within, which=which)
    return cast(Parsed[T], text) if text.value is None else read(text.value)


def bounded(text: str) -> Parsed[str]:
    """The text itself, unless it is longer than `MAX_COMPARED`."""
    if len(text) > MAX_COMPARED:
        return malformed(f"{len(text)} characters, more than the {MAX_COMPARED} that are compared")
    return Parsed(text)


def compare(found: Parsed[T], gold: Parsed[U], score: Callable[[T, U], float]) -> float | Score:
    """`score` of what was found and what is true: malformed without the first, inapplicable without the second."""
    if found.value is None:
        return Score.malformed(found.reason)
    if gold.value is None:
        return Score.inapplicable(f"the true answer cannot be read: {gold.reason}")
    return score(found.value, gold.value)


def gold_text(answer: Any, within: str | None) -> str:
    """The text of a true answer: without its tag, if it is wrapped in one; numbers as Python writes them.

    >>> gold_text("<answer> B </answer>", "answer"), gold_text(3.5, None)
    ('B', '3.5')
    """
    text = str(answer)
    if within is None or f"<{within}>" not in text:
        return text
    return tag(text, within, which="first").value or ""


def gold_texts(answer: Any, within: str | None) -> Parsed[list[str]]:
    """The true answers, one or more: those of a list where several are accepted, or the only one."""
    several = answer if isinstance(answer, (list, tuple)) else [answer]
    return Parsed([gold_text(one, within) for one in several]) if several else malformed("an empty list")
