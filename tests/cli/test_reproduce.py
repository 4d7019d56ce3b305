"""`guerdon reproduce`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon import systems
from guerdon.systems import Measured, System


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    """A system of two proofs: one holds on every seed, one on even ones alone."""
    made = System("test-one", "A test", 2025, "https://example.org", "For tests.")

    @made.proof(claim="it holds", seconds=1)
    def holds(seed: int) -> Measured:
        return Measured(0.9, at_least=0.5, baseline=0.1)

    @made.proof(claim="it holds sometimes", seconds=1)
    def sometimes(seed: int) -> Measured:
        return Measured(float(seed % 2 == 0), at_least=0.5, baseline=0.1)

    monkeypatch.setattr(systems, "load", lambda id: made)
    return made


def test_a_missed_bar_exits_with_1_and_names_the_seed(run: Any, system: System) -> None:
    done = run("reproduce", "test-one", "--seeds", 2)
    assert done.code == 1
    assert "1 of 2 bars missed: test-one sometimes: seed 1: measured 0, bar 0.5" in done.err
    assert "reached" in done.out
    assert "missed" in done.out


def test_reached_bars_exit_with_0(run: Any, system: System) -> None:
    assert run("reproduce", "test-one", "--seeds", 1).code == 0


def test_evidence_is_json_for_machines(run: Any, system: System, tmp_path: Path) -> None:
    found = run("reproduce", "test-one", "--seeds", 1, "--json", "--out", "e.jsonl").json
    assert {"claim", "measured", "baseline", "bar", "passed", "seeds", "seconds"} <= set(found[0])
    assert (found[0]["measured"], found[0]["passed"], found[0]["seeds"]) == (0.9, True, [0])
    assert [json.loads(line) for line in (tmp_path / "e.jsonl").read_text().splitlines()] == found


def test_an_unknown_system_is_misuse(run: Any) -> None:
    done = run("reproduce", "nope")
    assert (done.code, done.err) == (2, "error: there is no system 'nope'; `guerdon systems` lists all\n")
