"""Spans, segments and checklists against plain code that gives the same, and against 20 000 samples a second.

    python benchmarks/spans.py

Captions have 175 words and eight responses each, as in a group that a policy samples; a caption is read once.
"""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import Any

from _table import Figure, show, side_by_side

from guerdon import Reward
from guerdon.metrics.text import WORDS
from guerdon.parse.segments import clauses
from guerdon.rules import spans
from guerdon.rules.checklist import coverage

ROWS, GROUP = 2_000, 8
BAR = 1 / 20_000
"""Seconds a sample."""
CAPTION = " ".join(f"a blue car{i} stands near the house{i}" for i in range(25))
SENTENCES = [f"The thing with number {i} is blue, and it stands near a small house." for i in range(6)]


def pointing() -> list[dict[str, Any]]:
    captions = [f"{CAPTION} {i // GROUP}" for i in range(ROWS)]
    return [
        {"response": f"<answer>a blue car{i % 25}</answer>", "answer": "a blue car7", "caption": caption}
        for i, caption in enumerate(captions)
    ]


def slow_iou(rows: list[dict[str, Any]]) -> list[float]:
    """sets of characters, window by window."""
    values = []
    for row in rows:
        words = [(mark[0], mark.span()) for mark in WORDS.finditer(row["caption"].lower())]
        sets = []
        for phrase in (row["response"][8:-9], row["answer"]):
            sought, covered = phrase.split(), set()
            for i in range(len(words) - len(sought) + 1):
                if [word for word, _ in words[i : i + len(sought)]] == sought:
                    covered |= set(range(words[i][1][0], words[i + len(sought) - 1][1][1]))
            sets.append(covered)
        values.append(len(sets[0] & sets[1]) / len(sets[0] | sets[1]))
    return values


def slow_coverage(rows: list[dict[str, Any]]) -> list[float]:
    """a search of the reply for each fact."""
    values = []
    for row in rows:
        found = (re.search(rf".*<info{k + 1}>(.+?)</info{k + 1}>", row["verdicts"], re.DOTALL) for k in range(6))
        values.append(sum(float(one[1]) for one in found if one) / 6)
    return values


def slow_labels(rows: list[dict[str, Any]]) -> list[float]:
    """looking each segment up, nothing else."""
    return [
        sum(label for text, label in zip(row["segments"], row["labels"], strict=True) if text in row["response"]) / 6
        for row in rows
    ]


def fresh(reward: Reward, rows: list[dict[str, Any]]) -> list[float]:
    """The reward of rows whose captions it has not seen."""
    spans._index.cache_clear()
    values: list[float] = reward(rows).values.tolist()
    return values


def figures() -> list[Figure]:
    """Seconds a sample."""
    marks, text = [1, 0, 1, 1, -1, 0], " ".join(SENTENCES)
    labelled = [{"response": text, "segments": SENTENCES, "labels": marks}] * ROWS
    replies = [{"facts": ["f"] * 6, "verdicts": "\n".join(f"<info{k}>1</info{k}>" for k in range(1, 7))}] * ROWS
    cases: list[tuple[str, Reward, list[dict[str, Any]], Any]] = [
        ("spans.localise, exact", spans.localise(), pointing(), None),
        ("spans.localise, token_f1, 175 words", spans.localise(mode="token_f1"), pointing(), None),
        ("spans.localise, iou, 175 words", spans.localise(mode="iou"), pointing(), slow_iou),
        ("spans.labels, 6 sentences", spans.labels(), labelled, slow_labels),
        ("checklist.coverage, 6 facts", coverage(), replies, slow_coverage),
    ]
    out = []
    for what, reward, rows, plain in cases:
        calls = [partial(fresh, reward, rows)] + ([partial(plain, rows)] if plain else [])
        ours, *theirs = (seconds / ROWS for seconds in side_by_side(*calls))
        out.append(Figure(what, ours, "20 000 a second", BAR, goal=1))
        if plain:
            assert all(abs(a - b) < 1e-12 for a, b in zip(fresh(reward, rows), plain(rows), strict=True)), what
            out.append(Figure(what, ours, str(plain.__doc__).rstrip("."), theirs[0]))
    (split,) = side_by_side(lambda: [clauses(text) for _ in range(ROWS)])
    return [*out, Figure("parse.clauses, 6 sentences of 14 words", split / ROWS, "20 000 a second", BAR)]


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    return show("Spans, per sample", figures(), "clauses: every word is looked at, in Python; no goal")


if __name__ == "__main__":
    sys.exit(main())
