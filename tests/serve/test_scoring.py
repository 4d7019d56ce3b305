"""Batches on real worker processes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guerdon.contained import Work
from guerdon.scores import ContractError, Score, Status
from guerdon.serve.scoring import Result, Scorers
from guerdon.spec import from_spec

REWARDS = Path(__file__).with_name("rewards.py")


class Lost:
    """Counts processes that had to be replaced."""

    n = 0

    def __call__(self) -> None:
        self.n += 1


@pytest.fixture
def lost() -> Lost:
    return Lost()


@pytest.fixture
def scorers(request: pytest.FixtureRequest, lost: Lost) -> Iterator[Scorers]:
    name = getattr(request, "param", "echo")
    made = Scorers(from_spec(f"{REWARDS}:{name}"), 1, seconds=1.0, memory_bytes=None, lost=lost)
    yield made
    made.close()


def unit(value: float, mood: str = "") -> Work:
    return Work([{"value": value, "mood": mood}], 1)


def one(result: Result) -> Score:
    assert isinstance(result, list)
    (score,) = result
    return score


def test_a_poison_unit_fails_alone(scorers: Scorers, lost: Lost) -> None:
    found = scorers.run([unit(1), unit(2, "dies"), unit(3)])
    assert [one(r).value for r in found] == [1, None, 3]
    culprit = one(found[1])
    assert culprit.status == Status.FAILED
    assert culprit.reason == "the process exited with code 9"
    assert culprit.components["serve.echo"].status == Status.FAILED
    assert lost.n == 2  # with the batch, and alone


def test_a_hanging_unit_fails_alone(scorers: Scorers) -> None:
    found = scorers.run([unit(1), unit(2, "hangs")])
    assert one(found[0]).value == 1
    assert one(found[1]).reason.startswith("took longer than 1 s")


def test_a_process_killed_from_outside_costs_nothing(scorers: Scorers, lost: Lost) -> None:
    others = _children()
    scorers.warm()
    (victim,) = _children() - others
    killer = threading.Timer(0.2, os.kill, (victim, signal.SIGKILL))
    killer.start()
    found = scorers.run([unit(7, "slow")])  # alone in its batch, and yet tried again
    killer.join()
    assert one(found[0]).value == 7
    assert lost.n == 1


def test_a_broken_contract_is_told_to_whoever_asked(scorers: Scorers) -> None:
    found = scorers.run([unit(1), unit(2, "lies")])
    assert one(found[0]).value == 1
    assert isinstance(found[1], ContractError)
    assert "must return a number" in str(found[1])


@pytest.mark.parametrize("scorers", ["batched"], indirect=True)
def test_an_exception_in_a_batched_reward_fails_its_culprit_alone(scorers: Scorers) -> None:
    found = scorers.run([unit(1), unit(-1), unit(3)])
    assert [(one(r).value, one(r).status.name) for r in found] == [(1, "OK"), (None, "FAILED"), (3, "OK")]


@pytest.mark.parametrize("scorers", ["share"], indirect=True)
def test_a_unit_of_several_rows_gets_all_its_scores(scorers: Scorers) -> None:
    rows: list[Any] = [{"value": v, "group": "g"} for v in (1, 3)]
    (result,) = scorers.run([Work(rows, 2)])
    assert isinstance(result, list)
    assert [score.value for score in result] == [0.25, 0.75]


def test_loading_is_tried_before_anything_is_served(lost: Lost) -> None:
    made = Scorers(from_spec(f"{REWARDS}:echo"), 2, seconds=1.0, memory_bytes=None, lost=lost)
    others = _children()
    made.warm()
    assert len(_children() - others) == 2
    made.close()
    assert _children() <= others


def _children() -> set[int]:
    lists = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {int(pid) for found in lists for pid in found.read_text().split()}
