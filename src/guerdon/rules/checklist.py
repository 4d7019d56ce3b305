"""Checklists: which of the facts that a response should state it does state.

Somebody reads the response and gives a verdict on every fact; the column `verdicts` holds them, as a list or
as the reply of a judge that answered `<info1>1</info1><info2>0</info2>…`. To ask a judge while scoring, write
`asking(coverage(), verdicts=judge)`, see `guerdon.rules.asked`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guerdon.leaf import reward
from guerdon.parse.indexed import indexed
from guerdon.parse.policy import Which
from guerdon.scores import Score

MAX_VERDICT = 40
"""Characters of one verdict."""


@reward("checklist.coverage", range=(0, 1))
def coverage(facts: Any, verdicts: Any, *, tag: str = "info", which: Which = "only") -> float | Score:
    """Σ verdicts / number of facts, 0–1; a fact without a readable verdict counts 0.

    `facts` is a list, or a text with a `<infoK>` block for each. A verdict is a number from 0 to 1, or a truth
    value; anything else is none. (Dividing by the verdicts given, as published, pays for a judge's silence.) No
    facts at all is inapplicable; a list of another length, a reply without a block, or with two blocks of one
    number under which="only", is UNREAD.

    With verdicts on whether the response *contradicts* each fact, the same reward is a penalty: presence alone is
    earned by stating every possible fact, so take `coverage() - coverage().reading(verdicts="contradicted")`.
    Xiao et al. 2025 (Perception-R1), https://arxiv.org/abs/2506.07218.

    >>> coverage().one({"facts": ["AB = 3", "C is right"], "verdicts": "<info1>1</info1>"}).value
    0.5
    """
    count = count_facts(facts, tag)
    if not count:
        return Score.inapplicable("no facts to check")
    if not isinstance(verdicts, str):
        return _covered(list(verdicts), count)
    read = indexed(verdicts, tag, which=which)
    if read.value is None:
        return Score.unread(read.reason)
    return _covered([read.value.get(k) for k in range(1, count + 1)], count)


def count_facts(facts: Any, tag: str = "info") -> int:
    """How many facts there are: items of a list, or `<infoK>` blocks of a text.

    >>> count_facts("<info1>AB = 3</info1>\\n<info2>C is right</info2>"), count_facts(["AB = 3"])
    (2, 1)
    """
    if isinstance(facts, str):
        return len(indexed(facts, tag, which="last").value or ())
    return len(facts)


def _covered(verdicts: Sequence[Any], count: int) -> float | Score:
    if len(verdicts) != count:
        return Score.unread(f"{len(verdicts)} verdicts on {count} facts")
    scores = [_number(verdict) for verdict in verdicts]
    lacking = scores.count(None)
    value = sum(v for v in scores if v is not None) / count
    return Score(value, reason=f"{lacking} of {count} facts without a verdict") if lacking else value


def _number(verdict: Any) -> float | None:
    if verdict is None or (isinstance(verdict, str) and len(verdict) > MAX_VERDICT):
        return None
    try:
        number = float(verdict)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= 1 else None
