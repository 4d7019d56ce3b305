"""Every built-in reward is documented, keeps its promises on its case, and survives what models write.

The cases are in `reward_cases.py`; a reward without one fails here.
"""

from __future__ import annotations

import doctest
import inspect
import pickle
from functools import cache
from math import isclose
from time import perf_counter
from typing import Any

import numpy as np
import pytest
from tests.reward_cases import CASES, Case

from guerdon import Score, Status, registry, systems
from guerdon.leaf import LeafFactory
from guerdon.spec import from_spec, from_tree

FEWEST = 78
"""The walk found this many rewards when it was written; it may find more, and never fewer."""
SECONDS = 5.0
"""What one hostile sample may take."""
HOSTILE = {
    "empty": "", "blank": " \n\t", "garbage": "\x00�}]){(['\"<answer>\\boxed{", "a megabyte": "a b 1 [2] " * 100_000,
    "a megabyte of brackets": "[" * 1_000_000, "a megabyte in a tag": f"<answer>{'1,' * 500_000}</answer>",
}  # fmt: skip


@cache
def built_in() -> dict[str, LeafFactory]:
    """Factories of guerdon's own families, by id; other tests define more."""
    families = tuple(f"guerdon.{family}." for family in registry.FAMILIES)
    return {factory.id: factory for factory in registry.every() if factory.__module__.startswith(families)}


EVERY = sorted(built_in())


def case(id: str) -> Case:
    if id not in CASES:
        pytest.fail(f"{id} has no case: add one to tests/reward_cases.py")
    return CASES[id]


def hostile_column(id: str) -> str:
    """What the model writes: the response, where the reward has one."""
    required = built_in()[id].required
    column = "response" if "response" in required else required[0]
    return case(id).reading.get(column, column)


def test_the_walk_finds_the_rewards() -> None:
    assert len(EVERY) >= FEWEST


def test_no_case_is_left_of_a_reward_that_is_gone() -> None:
    assert sorted(set(CASES) - set(EVERY)) == []


@pytest.mark.parametrize("id", EVERY)
def test_it_is_documented_by_an_example_that_runs(id: str) -> None:
    fn = built_in()[id].fn
    first = (inspect.getdoc(fn) or "").partition("\n")[0]
    assert first.endswith((".", ":")), f"the first line of {id} is no sentence: {first!r}"
    (example,) = doctest.DocTestFinder(recurse=False).find(fn, id, globs=dict(fn.__globals__))
    assert example.examples, f"{id} has no example"
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(example, out=told.append)
    assert told == []


@pytest.mark.parametrize("id", EVERY)
def test_its_values_lie_in_the_range_it_declares(id: str) -> None:
    made = case(id).made(built_in()[id])
    scores = made(list(case(id).rows))
    low, high = made.range
    assert low < high
    assert scores.counts() == {"OK": len(scores)}, scores.reasons
    assert np.all((low <= scores.values) & (scores.values <= high)), scores.values


@pytest.mark.parametrize("id", EVERY)
def test_it_scores_alike_alone_in_reverse_and_again(id: str) -> None:
    made, rows = case(id).made(built_in()[id]), list(case(id).rows)
    together = made(rows)
    assert np.array_equal(made(rows).values, together.values)
    assert np.array_equal(made(rows[::-1]).values[::-1], together.values)
    if made.over in ("sample", "trajectory"):
        alone = [made.one(row).value for row in rows]
        assert all(a is not None and isclose(a, b) for a, b in zip(alone, together.values, strict=True))


@pytest.mark.parametrize("id", EVERY)
def test_its_text_its_data_and_its_pickle_are_the_same_reward(id: str) -> None:
    made = case(id).made(built_in()[id])
    assert from_spec(made.spec()) == made
    assert from_tree(made.tree()) == made
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize("id", EVERY)
def test_whatever_a_model_writes_gets_a_status_in_time(id: str) -> None:
    made, column = case(id).made(built_in()[id]), hostile_column(id)
    for name, text in HOSTILE.items():
        row = {**case(id).rows[0], column: text}
        start = perf_counter()
        score = made([row])[0]
        assert perf_counter() - start < SECONDS, f"{id} took {perf_counter() - start:.1f} s for {name}"
        assert column != "response" or score.status != Status.FAILED, f"{name}: {score.reason}"
        assert honest(score, made.range), f"{name}: {score!r:.200}"


def honest(score: Score, range: tuple[float, float]) -> bool:
    """A value in range, or a status that says why there is none."""
    if score.value is None:
        return score.status > Status.OK and bool(score.reason)
    return score.status <= Status.MALFORMED and range[0] <= score.value <= range[1]


@pytest.mark.parametrize("id", EVERY)
def test_a_row_without_its_columns_does_not_apply(id: str) -> None:
    made = case(id).made(built_in()[id])
    blank: dict[str, Any] = {"group": 0, "set": 0}
    score = made([blank])[0]
    assert (score.value, score.status) == (None, Status.INAPPLICABLE)


@pytest.mark.parametrize("system", systems.every(), ids=lambda system: system.id)
def test_the_rewards_of_a_system_are_documented_and_can_be_kept_and_sent(system: systems.System) -> None:
    for name, make in system.rewards.items():
        made = make()
        assert inspect.getdoc(make), f"{system.id}: {name} says nothing"
        assert from_spec(made.spec()) == made
        assert pickle.loads(pickle.dumps(made)) == made
