"""Every built-in rule is audited; what it does not pass is written down, with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.audit.honest import HONEST, SETTINGS
from tests.audit.known_weaknesses import KNOWN, PUBLISHED, known, page
from tests.reward_cases import CASES
from tests.test_registry import EVERY, FEWEST, built_in

from guerdon import ContractError, Reward, systems
from guerdon.audit import Audit, audit

PAGE = Path(__file__).parents[2] / "docs" / "results" / "audit.md"
ROWS = 24
SLOW = ("contract.huge", "contract.process")
"""These start a process each."""


def made(id: str) -> tuple[Reward, Sequence[Any] | None]:
    """A rule, and the rows it is audited on; None for the World's."""
    factory, case = built_in()[id], CASES[id]
    if id in HONEST:
        return factory(**SETTINGS.get(id, case.settings)), HONEST[id]
    reward = case.made(factory)
    asks = "response" in factory.required and not case.reading
    return reward, None if asks else list(case.rows)


def audited(id: str, **options: Any) -> Audit:
    reward, rows = made(id)
    try:
        return audit(reward, rows, limit=ROWS, **options)
    except ContractError:  # the World has no such rows, and nobody wrote any: its case will do
        return audit(reward, list(CASES[id].rows), limit=ROWS, **options)


def test_the_walk_covers_the_rules() -> None:
    assert len(EVERY) >= FEWEST


@pytest.mark.parametrize("id", EVERY)
def test_a_rule_passes_or_its_weakness_is_written_down(id: str) -> None:
    found = audited(id, skip=SLOW)
    assert {*found.failed, *found.weak} == known(id), [found[name].detail for name in (*found.failed, *found.weak)]
    assert len(found.findings) - found.counts()["not_applicable"] >= 8


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for id in EVERY if id != "ocr.text"])  # its stand-in reader is in this process alone
def test_a_rule_can_be_sent_and_reads_a_megabyte_in_time(id: str) -> None:
    assert not audited(id, only=SLOW).failed


def test_every_weakness_is_one_of_a_rule_and_has_a_reason() -> None:
    assert {rule for weakness in KNOWN for rule in weakness.rules} <= set(EVERY)
    assert all(len(weakness.reason) > 40 and weakness.checks for weakness in KNOWN)


def test_the_page_says_what_is_known() -> None:
    assert PAGE.read_text() == page(), "python -m tests.audit.known_weaknesses > docs/results/audit.md"


@pytest.mark.parametrize(("system", "name", "attack", "rate"), PUBLISHED)
def test_a_published_free_lunch_is_found_and_is_none_by_default(
    system: str, name: str, attack: str, rate: float
) -> None:
    make = systems.load(system).rewards[name]
    published = audit(make(as_published=True), only=[attack], limit=ROWS)[attack]
    assert published.rate is not None
    assert (published.verdict, round(published.rate.mean, 2)) == ("fail", rate)
    assert audit(make(), only=[attack], limit=ROWS).failed == []
