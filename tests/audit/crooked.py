"""Rewards that break their contract, for the tests of the contract checks; at module level, so that they travel."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import count
from time import sleep
from typing import Any

import numpy as np
from tests.audit.planted import correct

from guerdon import Column, Reward, Score, Status, reward
from guerdon.reward import Tree
from guerdon.sample import Row

CALLS = count()
ASKED: list[str] = []
BUSY = threading.Lock()
NUMBERS = [{"response": f"<answer>{n}</answer>", "answer": str(n)} for n in range(12)]
"""Outputs, all right."""


@reward("crooked.counts")
def counts(response: str) -> float:
    """Another value every time."""
    return float(next(CALLS))


@reward("crooked.alone_at_a_time", range=(0, 1))
def alone_at_a_time(response: str) -> float:
    """1, unless somebody else is being scored: a timeout that works in one thread."""
    if not BUSY.acquire(blocking=False):
        return 0.0
    try:
        sleep(0.001)
        return 1.0
    finally:
        BUSY.release()


@reward("crooked.slow", range=(0, 1))
def slow(response: str) -> float:
    """Takes its time."""
    sleep(0.06)
    return 1.0


@reward("crooked.stuck_on_brackets", range=(0, 1))
def stuck_on_brackets(response: str) -> float:
    """Takes the square of the number of brackets, as a bad pattern does."""
    sleep((response[:1_000_000].count("[") / 900_000) ** 2)
    return 1.0


@reward("crooked.beyond", range=(0, 1))
def beyond(response: str) -> float:
    """Exceeds what it declares, on long responses."""
    return len(response) / 20


@reward("crooked.mutates", range=(0, 1))
def mutates(response: str, answers: list[str]) -> float:
    """Sorts the row's own list."""
    answers.sort()
    return float(response in answers)


@reward("crooked.lost_brackets", range=(0, 1))
def lost_brackets(response: str) -> float:
    """Takes for granted that brackets close."""
    return float(response.count("[") and response.index("]") > 0)


@reward("crooked.failing", range=(0, 1))
def failing(response: str, answer: str) -> float:
    """Fails on every third answer."""
    if int(answer) % 3 == 0:
        raise ValueError("not this one")
    return 1.0


@reward("crooked.judge", range=(0, 1))
async def judge(response: str, answer: str) -> float:
    """A judge, which notes what it is asked."""
    ASKED.append(response)
    return float(response.strip().endswith(f"{answer}"))


@reward("crooked.group_share", over="group", range=(0, 1))
def group_share(response: list[str], answer: list[str]) -> list[float]:
    """Right or wrong, times the share of the group that is right."""
    right = np.array([float(a in r) for r, a in zip(response, answer, strict=True)])
    return list((right * right.mean()).tolist())


class Made(Reward):
    """A reward in its class form: takes cells from the row itself."""

    def __init__(self, name: str = "plain"):
        self.kind = name

    def tree(self) -> Tree:
        """For the record."""
        return {"reward": f"made.{self.kind}@1", "settings": {"model": "mine-7b"}}

    def spec(self) -> str:
        """Its name."""
        return f"made.{self.kind}"

    def evaluate(self, rows: Sequence[Row]) -> Column:
        """1 where the answer is in the response."""
        if self.kind == "nan as OK":
            return Column(np.full(len(rows), np.nan), np.zeros(len(rows), dtype=np.int8))
        if self.kind == "lost":
            cells: list[Any] = [row.get("answer") for row in rows]
            return self._of([float(len(a) > 0) for a in cells])  # None has no length
        if self.kind == "named":
            return self._of([float(row["answer"] in row["response"]) for row in rows])
        return self._of([float(str(row.get("answer")) in str(row.get("response"))) for row in rows])

    def _of(self, values: list[float]) -> Column:
        return Column(np.array(values), np.full(len(values), Status.OK, dtype=np.int8))


@reward("crooked.reads_prompt", range=(0, 1))
def reads_prompt(prompt: str, response: str) -> float | Score:
    """Whether the response has the last word of the prompt."""
    return float(prompt.split()[-1] in response)


@reward("crooked.ignores_prompt", range=(0, 1))
def ignores_prompt(prompt: str, response: str) -> float:
    """Whatever is asked."""
    return float("good" in response)


@reward("crooked.likes_markdown", range=(0, 2))
def likes_markdown(response: str, answer: str) -> float:
    """Right or wrong, and half a point for bold type."""
    return correct(response, answer) + 0.5 * ("**" in response)


@reward("crooked.trusts", range=(0, 2))
def trusts(response: str, answer: str) -> float:
    """Right or wrong, and half a point for experts."""
    return correct(response, answer) + 0.5 * ("experts" in response)


@reward("crooked.likes_good_words", range=(0, 2))
def likes_good_words(prompt: str, response: str) -> float:
    """Good words, the longer the better, whatever is asked."""
    return float("good" in response) + len(response) / 100
