"""What the two halves of WildBench share: its tasks, and how replies of its judge are read (Lin et al. 2024)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guerdon.bench.outputs import VERDICTS
from guerdon.geometry import Span
from guerdon.load import as_messages
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed
from guerdon.parse.text import declines
from guerdon.sample import Row
from guerdon.scores import Status

URL = "https://huggingface.co/datasets/allenai/WildBench"
LICENCE = "AI2 ImpACT, of the tasks; Apache-2.0, of released results"
CREATIVE, PLANNING, MATHS = "Creative Tasks", "Planning & Reasoning", "Math & Data Analysis"
ADVICE, CODING = "Information/Advice seeking", "Coding & Debugging"
TASKS = {
    "Information seeking": ADVICE, "Advice seeking": ADVICE, "Creative Writing": CREATIVE, "Editing": CREATIVE,
    "Brainstorming": CREATIVE, "Role playing": CREATIVE, "Others": CREATIVE, "Coding & Debugging": CODING,
    "Reasoning": PLANNING, "Planning": PLANNING, "Math": MATHS, "Data Analysis": MATHS,
}  # fmt: skip
"""The group of each tag."""
WEIGHTS = {CREATIVE: 0.5, PLANNING: 1.25, MATHS: 1.0, ADVICE: 0.75, CODING: 1.25}
REPLIES = ("result", *VERDICTS)
"""Columns with what a judge replied."""
OUTCOMES = {"A++": 1.0, "A+": 0.5, "A=B": 0.0, "B+": -0.5, "B++": -1.0}
"""What a choice means for the answer shown as A."""
CUT = "... (truncated)"
"""Ends an answer that was cut for the judge."""
EMPTY = "[This model response is empty.]"
_CHOICE = re.compile(r"[\"']choice[\"']\s*+:\s*+[\"']([^\"']{0,40})[\"']")


def tasks(row: Row) -> tuple[str, ...]:
    """The groups of an item's tags, one a tag; none where it has no tags. Raises ValueError for an unknown tag."""
    tags = [str(tag) for tag in (row.get("primary_tag"), *(row.get("secondary_tags") or ())) if tag]
    if unknown := [tag for tag in tags if tag not in TASKS]:
        raise ValueError(f"an unknown tag: {unknown[0]:.40}")
    return tuple(TASKS[tag] for tag in tags)


def asked(row: Row) -> Any:
    """The conversation up to the answer; "" where the data has none."""
    return as_messages(row.get("conversation_input")) or ""


def shown(answer: Any) -> str:
    """The text of an answer, which some files have as a list of one."""
    return str(answer[0] if isinstance(answer, (list, tuple)) and answer else answer or "")


def macro(values: Sequence[float], of: Iterable[Iterable[str]]) -> float | None:
    """The weighted mean over groups of values [n], each value counting in all groups of its item.

    Divided by the weights of all five groups, as published. None without groups.
    """
    found: dict[str, list[float]] = {}
    for value, groups in zip(values, of, strict=True):
        for group in groups:
            found.setdefault(group, []).append(value)
    if not found:
        return None
    return sum(WEIGHTS[group] * sum(each) / len(each) for group, each in found.items()) / sum(WEIGHTS.values())


def choice(text: str) -> Parsed[float]:
    """What a judge's choice means for the answer shown as A: 1, ½, 0, −½ or −1.

    Read is the value of "choice" in JSON, also in one that breaks off; several must agree.

    >>> choice('{"reason": "clearer", "choice": "B+"}').value
    -0.5
    >>> choice('{"choice": "A"}').reason
    "no choice found among 'A'"
    """
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    found = {made[1].strip() for made in _CHOICE.finditer(text)}
    if len(found) == 1 and (value := OUTCOMES.get(next(iter(found)))) is not None:
        return Parsed(value, span=Span(0, len(text)))
    if declines(text) and not found:
        return Parsed(None, Status.ABSTAINED, None, "the judge declines")
    among = ", ".join(map(repr, sorted(found)[:5]))
    return Parsed(None, Status.UNREAD, None, f"no choice found{f' among {among}' if found else ''}")


def parse_result(text: str) -> Any:
    """As published: a text that is JSON, else the quoted values of "score" and "choice" that stand in it."""
    text = text.strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        found = {key: re.search(rf'"{key}"\s*:\s*"([^"]*)"', text) for key in ("score", "choice")}
        return {key: value[1] for key, value in found.items() if value}


def parsed(text: str, key: str) -> Any:
    """A field of `parse_result`; None where there is none."""
    found = parse_result(text)
    return found.get(key) if isinstance(found, Mapping) else None
