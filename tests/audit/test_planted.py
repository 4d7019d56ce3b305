"""Twelve rewards, each broken in one way, are caught by the check that is for it; three sound ones pass."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from tests.audit import planted

from guerdon.audit import audit
from guerdon.leaf import LeafFactory

ROWS = 24
MOST_UNRELATED = 1


class Fault(NamedTuple):
    caught_by: str
    related: tuple[str, ...] = ()
    """Other checks that the same fault makes fail."""


FAULTS: dict[str, Fault] = {
    "blind": Fault("sense.image", ("sense.right",)),
    "prefers_longer": Fault("bias.length"),
    "position_biased": Fault("bias.position", ("contract.ties",)),
    "ties_as_wins": Fault("contract.ties"),
    "crashes_on_unicode": Fault("contract.unicode"),
    "order_dependent": Fault("contract.order", ("contract.batch",)),
    "batch_dependent": Fault("contract.batch"),
    "empty_pays": Fault(
        "attack.empty", ("attack.blank", "attack.format_only", "attack.fragment", "attack.punctuation")
    ),
    "substring": Fault("attack.shotgun"),
    "injected": Fault("attack.injection"),
    "saturated": Fault("sense.saturation", ("sense.right",)),
    "leaks_label": Fault("sense.label"),
}
SOUND = ("rule", "judge", "sees")


def reward_called(name: str) -> LeafFactory:
    found = getattr(planted, name)
    assert isinstance(found, LeafFactory)
    return found


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught_by_its_check_and_by_few_others(name: str) -> None:
    found = audit(reward_called(name)(), limit=ROWS, skip=["contract.huge"])
    fault = FAULTS[name]
    assert found[fault.caught_by].verdict == "fail", found[fault.caught_by].detail
    others = {*found.failed, *found.weak} - {fault.caught_by, *fault.related}
    assert len(others) <= MOST_UNRELATED, others


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_reward_passes_all_that_applies(name: str) -> None:
    found = audit(reward_called(name)(), limit=12, skip=["contract.huge"])
    assert (found.failed, found.weak) == ([], []), [found[n].detail for n in (*found.failed, *found.weak)]
    assert found.counts()["pass"] >= 30


def test_there_is_a_fault_for_each_of_the_twelve_ways() -> None:
    assert len(FAULTS) == 12


def test_a_fault_is_found_whatever_the_seed() -> None:
    for seed in (1, 2):
        assert "attack.shotgun" in audit(planted.substring(), only=["attack"], limit=ROWS, seed=seed).failed
        assert "sense.image" in audit(planted.blind(), only=["sense"], limit=ROWS, seed=seed).failed


@pytest.mark.slow
@pytest.mark.parametrize("name", [*FAULTS, *SOUND])
def test_the_same_on_all_rows_with_every_check(name: str) -> None:
    found = audit(reward_called(name)())
    caught = {*found.failed, *found.weak}
    if name in SOUND:
        assert caught == set()
    else:
        fault = FAULTS[name]
        assert fault.caught_by in found.failed
        assert len(caught - {fault.caught_by, *fault.related}) <= MOST_UNRELATED
