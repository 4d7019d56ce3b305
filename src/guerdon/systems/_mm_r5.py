"""MM-R5 as published: what the official rewards do, their quirks included.

`guerdon.systems.mm_r5` says what to use instead.
"""

from __future__ import annotations

import re
from typing import Any

from guerdon.leaf import reward
from guerdon.metrics.ranking import ranks, reciprocal_power
from guerdon.scores import Score

_LIST = re.compile(r"</think>\s*+<answer>\[([0-9]++(?:,\s*+[0-9]++)*+)\]</answer>")


@reward("mm_r5.published.rank", range=(0, 1))
def rank(response: str, relevant: Any) -> float | Score:
    """Σ 1/rank³ of the relevant ids over the most it could be, in the first `<answer>[…]</answer>` of one line.

    No white space may stand between tag and bracket. Where nothing is relevant, 0.
    """
    for line in response.split("\n"):
        start = line.find("<answer>[")
        end = line.find("]</answer>", start)
        if start >= 0 and end >= 0:
            try:
                found = [int(part) for part in line[start + len("<answer>[") : end].split(",") if part.strip()]
            except ValueError:
                return Score.malformed("something else than whole numbers")
            return float(reciprocal_power(ranks(found, relevant), power=3))
    return Score.malformed("no list in an answer block")


@reward("mm_r5.published.format", range=(None, 1), malformed=0.0)
def layout(response: str, candidates: int) -> float | Score:
    """(n − |ids − n|)/n · share of ids within 1 … n, for n candidates; below 0 for more than 2·n ids.

    The list stands behind a thought, anywhere. A list of one id, a leading zero and a line break are errors.
    """
    thought = response.find("<think>")
    found = _LIST.search(response, thought) if thought >= 0 else None
    if found is None or re.search(r"[^0-9, \t]|\b0+[1-9]", found[1]):
        return Score.malformed("no thought with a list of numbers behind it")
    ids = [int(part) for part in found[1].split(",")]
    if len(ids) < 2 or candidates < 1:
        return Score.malformed("no list of several ids")
    length = (candidates - abs(len(ids) - candidates)) / candidates
    return length * sum(1 <= i <= candidates for i in ids) / len(ids)
