"""TW-GRPO as published: what the official rewards do, their quirks included.

`guerdon.systems.tw_grpo` says what to use instead.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.parse import tag

_END = re.compile(r"</answer>[\s!]*+\Z")


@reward("tw_grpo.published.accuracy", range=(0, 1))
def accuracy(response: str, answer: Any, *, credit: Literal["exact", "subset"] = "subset") -> float:
    """Parts of the answer, split at commas, over those of the true one; 0 if one of them is not true.

    Case, brackets and a comma at the end count. Credit "exact" is 1 for all of them and else 0.
    """
    found, gold = _parts(response), _parts(str(answer))
    share = len(found) / len(gold) if found <= gold else 0.0
    return share if credit == "subset" else float(share == 1.0)


@reward("tw_grpo.published.format", range=(0, 1), binary=True)
def layout(response: str) -> float:
    """1 for a thought, an answer behind it, and only space or "!" at the end; anything may stand before.

    The tags open no more than once.
    """
    if response.count("<think>") > 1 or response.count("<answer>") > 1:
        return 0.0
    thought, answer = response.find("<think>"), response.find("<answer>")
    between = response[:answer].rstrip() if answer >= 0 else ""
    if thought < 0 or not between[thought + len("<think>") :].endswith("</think>"):
        return 0.0
    return float(_END.match(response, response.rfind("</answer>", answer)) is not None)


def _parts(text: str) -> set[str]:
    read = tag(text, "answer", which="first")
    body = text.strip() if read.value is None else read.value
    return {part.strip() for part in body.replace(" ", "").split(",")}
