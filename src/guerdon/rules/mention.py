"""Whether an answer names the true one of several things, in whatever sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from guerdon.leaf import reward
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import normalise
from guerdon.rules.where import bounded, compare, gold_text, read_answer
from guerdon.scores import Score

MAX_OPTIONS = 1_000


@reward("answer.contains", range=(0, 1), binary=True)
def contains(
    response: str, answer: Any, options: Sequence[str], *, within: str | None = "answer", which: Which = "only"
) -> float | Score:
    """1 if the answer names the true option and no other; 0 if it names another one alone.

    Options are looked for as whole words, without case, punctuation and articles, the longest first, so that
    "red car" does not also name "car". Naming none of them, or several, is malformed: containment in either
    direction, as it is often published, pays the empty answer and the list of everything. The true answer
    must be one of at most 1 000 `options`, else the row is inapplicable.

    >>> sample = {"answer": "rose", "options": ["rose", "tulip"]}
    >>> contains().one({**sample, "response": "<answer>It must be a rose.</answer>"}).value
    1.0
    >>> contains().one({**sample, "response": "<answer>rose or tulip</answer>"}).reason
    'more than one option is named'
    """
    names = [normalise(option) for option in options[: MAX_OPTIONS + 1]]
    true = normalise(gold_text(answer, within))
    gold = Parsed(true) if true and true in names and len(names) <= MAX_OPTIONS else malformed("not one of the options")
    return compare(read_answer(lambda text: _named(text, names), response, within, which), gold, _equal)


def _named(text: str, names: Sequence[str]) -> Parsed[str]:
    """The only option that a text names."""
    if not bounded(text).ok:
        return malformed(bounded(text).reason)
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    if not longest_first:
        return malformed("no option to look for")
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    found = set(pattern.findall(normalise(text)))
    if len(found) > 1:
        return malformed("more than one option is named")
    return Parsed(found.pop()) if found else malformed("no option is named")


def _equal(found: str, true: str) -> float:
    return float(found == true)
