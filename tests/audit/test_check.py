"""The registry of checks, and the lines between verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from guerdon import ContractError
from guerdon.audit import Finding, Subject, check, checks
from guerdon.audit.check import _checks, evenly, mostly, never, seldom, share, wins


def test_every_check_says_what_it_asks_and_where_it_comes_from() -> None:
    found = checks()
    assert len(found) >= 45
    for one in found:
        assert one.question.endswith("?"), one.name
        assert len(one.question) <= 110, one.name
        assert one.source, one.name
        assert one.look.__doc__, one.name


def test_families_come_in_the_order_of_the_report() -> None:
    families = [one.family for one in checks()]
    assert list(dict.fromkeys(families))[:4] == ["contract", "sense", "attack", "bias"]


def test_checks_are_chosen_by_name_or_family() -> None:
    assert [one.name for one in checks(["attack.empty"])] == ["attack.empty"]
    assert {one.family for one in checks(skip=["attack"])} >= {"contract", "sense", "bias"}
    assert [one.name for one in checks(["attack.empty", "attack.echo"], skip=["attack.echo"])] == ["attack.empty"]


def test_a_name_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(ContractError, match=r"did you mean 'attack\.shotgun'"):
        checks(["attack.shotgn"])


def test_two_checks_may_not_share_a_name_and_a_name_has_a_dot() -> None:
    def look(subject: Subject) -> Finding:
        """Nothing."""
        return Finding("pass", "")

    with pytest.raises(ContractError, match=r"there is a check 'attack.empty' already"):
        check("attack.empty", question="?", source="here")(look)
    with pytest.raises(ContractError, match="lower case with a dot"):
        check("mine", question="?", source="here")
    assert "mine" not in _checks


@pytest.mark.parametrize(("hits", "verdict"), [(0, "pass"), (1, "pass"), (2, "weak"), (4, "weak"), (5, "fail")])
def test_seldom_allows_a_row_in_twenty_and_fails_above_one_in_five(hits: int, verdict: str) -> None:
    assert seldom(share([True] * hits + [False] * (20 - hits))) == verdict


@pytest.mark.parametrize(("hits", "verdict"), [(2, "fail"), (3, "pass"), (4, "pass")])
def test_mostly_wants_three_of_four(hits: int, verdict: str) -> None:
    assert mostly(share([True] * hits + [False] * (4 - hits))) == verdict


def test_a_preference_is_judged_by_wins_with_ties_half() -> None:
    rate = wins([1.0, 0.5, 0.0, 0.0])  # two wins, two ties: 3 of 4
    assert rate.mean == 0.75
    assert evenly(rate) == "weak"
    assert evenly(wins([0.0] * 4)) == "pass"
    assert evenly(wins([1.0] * 4)) == "fail"
    assert never(share([False, True])) == "fail"


def test_built_in_checks_stand_in_the_file_of_their_family() -> None:
    files = {(one.family, Path(one.file).stem) for one in checks() if "src/guerdon/audit" in one.file}
    assert files == {
        ("contract", "contract"), ("contract", "hostile"), ("sense", "sense"), ("attack", "attacks"), ("bias", "bias")
    }  # fmt: skip
