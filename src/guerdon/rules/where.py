"""Where a response has its answer, and what it is compared with: the same for every rule.

`within="answer"` reads the body of the `<answer>` block and is strict: without exactly one, the response
is malformed (`which="first"` or `"last"` takes one of several). `within=None` reads the whole response.
What it is compared with may be wrapped in the same tag.
"""

from __future__ import annotations

from typing import Any

from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed
from guerdon.parse.tags import tag


def answer_text(response: str, within: str | None, which: Which = "only") -> Parsed[str]:
    """The part of the response that holds the answer.

    >>> answer_text("<think>2 or 3?</think><answer>3</answer>", "answer").value
    '3'
    >>> answer_text("3", "answer").reason
    '0 <answer> and 0 </answer>, one of each wanted'
    """
    return Parsed(response) if within is None else tag(response, within, which=which)


def gold_text(answer: Any, within: str | None) -> str:
    """The text of a true answer: without its tag, if it is wrapped in one; numbers as Python writes them.

    >>> gold_text("<answer> B </answer>", "answer"), gold_text(3.5, None)
    ('B', '3.5')
    """
    text = str(answer)
    if within is None or f"<{within}>" not in text:
        return text
    return tag(text, within, which="first").value or ""


def gold_texts(answer: Any, within: str | None) -> list[str]:
    """The true answers where several are accepted: those of a list, or the only one."""
    several = answer if isinstance(answer, (list, tuple)) else [answer]
    return [gold_text(one, within) for one in several]
