"""Contract, continued: whatever a model writes gets a value or a status, in time, and never a crash."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import numpy as np

from guerdon.audit.check import Finding, Verdict, check, never, share, shown
from guerdon.audit.contract import TOO_SLOW, elsewhere
from guerdon.audit.subject import Subject
from guerdon.scores import Column, Status
from guerdon.worker import Worker, WorkerDied, WorkerTimeout

TRIED = 2
"""Rows on which each text is tried."""
HUGE = 1_000_000
"""Characters of a huge response."""
MUCH_TOO_SLOW = 10.0
"""Seconds for a huge response from which one of them stops a training step."""

UNICODE = {
    "a lone surrogate": "\ud800 3", "NUL": "3\x00", "right to left": "\u202e3 \u05d0\u0628",
    "combining marks": "a" + "\u0301" * 50, "emoji": "👩‍👩‍👧‍👦 3️⃣", "full width": "（Ｂ）３", "Chinese": "答案是三。",
    "a dotless i": "ıİ", "invisible characters": "\u200b\ufeff\u2060",
}  # fmt: skip
MALFORMED = {
    "nothing": "", "blanks": " \n\t", "brackets": "}]){(['\"<answer>\\boxed{", "a torn list": '[{"bbox_2d": [1, 2,',
    "a torn tag": "<think>so</think><answer>", "NaN": "NaN", "an infinite number": "1e999", "null": '{"answer": null}',
    "templates": "%s {0} ${x}",
}  # fmt: skip
HUGE_TEXTS = {
    "words": "a b 1 [2] " * (HUGE // 10), "brackets": "[" * HUGE, "a tag": f"<answer>{'1,' * (HUGE // 2)}</answer>",
    "digits": "9" * HUGE,
}  # fmt: skip


@check(
    "contract.unicode",
    question="Does text of any script, torn or invisible, get a value or a status?",
    source="ALM-Bench: full width, right to left, combining accents, dotless i",
    needs=("response",),
)
def unicode(subject: Subject) -> Finding:
    """Scores other scripts, a lone surrogate and NUL, bare and in the form of a right response."""
    return _survived(_tried(subject, UNICODE))


@check(
    "contract.malformed",
    question="Does a response that cannot be read get a value or a status?",
    source="Perception-R1: a failed call returns None and the next line breaks",
    needs=("response",),
)
def malformed(subject: Subject) -> Finding:
    """Scores torn tags, lists and numbers, bare and in the form of a right response."""
    return _survived(_tried(subject, MALFORMED))


@check(
    "contract.huge",
    question="Is a response of a megabyte scored in time?",
    source="verl pull request 6673: one degenerate answer made a parser spin, and training froze",
    needs=("response",),
)
def huge(subject: Subject) -> Finding:
    """Scores huge responses in another process, since it may never come back; here if it cannot be sent there."""
    if subject.judge_like:
        return Finding("not_applicable", "a megabyte is not sent to a judge or a service")
    took: dict[str, float] = {}
    results: dict[str, Column] = {}
    with Worker() as worker:
        for name, text in HUGE_TEXTS.items():
            unit = _units(subject, text)[0]
            start = perf_counter()
            try:
                results[name] = elsewhere(subject, worker, [unit]) if _goes(subject) else subject.score([unit])
            except (WorkerTimeout, WorkerDied) as error:
                return Finding("fail", f"a megabyte of {name}: {error}")
            took[name] = perf_counter() - start
    finding = _survived(results)
    slowest = max(took, key=lambda name: took[name])
    detail = f"a megabyte of {slowest} takes {took[slowest]:.2g} s"
    if finding.verdict == "fail":
        return finding
    verdict: Verdict = "pass" if took[slowest] < TOO_SLOW else "weak" if took[slowest] < MUCH_TOO_SLOW else "fail"
    return Finding(verdict, detail, finding.rate)


def _goes(subject: Subject) -> bool:
    try:
        pickle.dumps(subject.reward)
    except Exception:  # whatever a reward holds; `contract.process` tells of it
        return False
    return True


def _tried(subject: Subject, texts: Mapping[str, str]) -> dict[str, Column]:
    """The results of every text in place of a response."""
    return {name: subject.score(_units(subject, text)) for name, text in texts.items()}


def _units(subject: Subject, text: str) -> list[dict[str, Any]]:
    """A text, bare and as the content of a response, on a few rows; beside the right one in either place."""
    trials = [(i, t) for i, t in enumerate(subject.trials) if t.good is not None][:TRIED]
    said = [(i, t, one) for i, t in trials for one in (text, t.said(text))]
    if subject.pairwise:
        return [{**t.row, "responses": two} for _, t, one in said for two in ([one, t.good], [t.good, one])]
    return [subject.placed(subject.row(t, one), f"audit {i}") for i, t, one in said]


def _survived(results: Mapping[str, Column]) -> Finding:
    """Whether nothing FAILED."""
    broken = [
        {"response": name, "reason": found.reasons.get(i, "no reason given")}
        for name, found in results.items()
        for i in np.flatnonzero(found.status == Status.FAILED)[:1].tolist()
    ]
    names = [one["response"] for one in broken]
    rate = share(name in names for name in results)
    if broken:
        return Finding(never(rate), f"it fails on {', '.join(names)}: {broken[0]['reason']}", rate, shown(broken))
    return Finding("pass", f"each of {len(results)} kinds of text gets a value or a status", rate)
