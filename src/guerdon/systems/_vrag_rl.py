"""VRAG-RL as published: what the official code does, its mistakes included.

`guerdon.systems.vrag_rl` says what to use instead.
"""

from __future__ import annotations

from guerdon.leaf import reward
from guerdon.parse import tag
from guerdon.scores import Score

USER, END = "<|im_start|>user", "<|im_end|>"


@reward("vrag_rl.published.gate", range=(0, 1), binary=True)
def gate(response: str) -> float:
    """1 if the transcript without one-line user turns has an answer and a search pair, in any order, nested or not."""
    own = without_user_turns(response, multiline=False)
    return float(_has_pair(own, "answer") and _has_pair(own, "search"))


@reward("vrag_rl.published.verdict", range=(0, 1), binary=True)
def verdict(verdict: str) -> float | Score:
    """1 if the judge's first `<judge>` block has "true" or "True" anywhere, else 0 if "false" or "False"."""
    said = tag(verdict, "judge", which="first").value or ""
    if "true" in said or "True" in said:
        return 1.0
    if "false" in said or "False" in said:
        return 0.0
    return Score.unread("no <judge> block with true or false")


def final_answer(text: str) -> str | None:
    """What stands between the last closing answer tag and the last opening one before it."""
    end = text.rfind("</answer>")
    start = text.rfind("<answer>", 0, max(end, 0))
    return None if end < 0 or start < 0 else text[start + len("<answer>") : end]


def without_user_turns(text: str, *, multiline: bool = True) -> str:
    """A transcript in chat marks without what the user said; unless `multiline`, only turns of one line go."""
    kept, position, end = [], 0, 0
    while (start := text.find(USER, position)) >= 0:
        if end < start:
            end = text.find(END, start)
        if end < 0:
            break
        cut = multiline or text.find("\n", start, end) < 0
        kept.append(text[position : start if cut else start + len(USER)])
        position = end + len(END) if cut else start + len(USER)
    return "".join([*kept, text[position:]])


def _has_pair(text: str, name: str) -> bool:
    start = text.find(f"<{name}>")
    return start >= 0 and text.find(f"</{name}>", start) >= 0
