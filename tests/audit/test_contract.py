"""Each contract check fails what breaks its part of the contract, and passes what keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.audit import crooked

from guerdon import ContractError, Reward, reward
from guerdon.audit import Finding, audit

NUMBERS = crooked.NUMBERS


def finding(made: Reward, check: str, rows: Any = NUMBERS) -> Finding:
    return audit(made, rows, only=[check])[check]


@pytest.mark.parametrize(
    ("make", "check"),
    [
        (crooked.counts, "contract.determinism"),
        (crooked.alone_at_a_time, "contract.threads"),
        (crooked.beyond, "contract.range"),
        (crooked.lost_brackets, "contract.malformed"),
        (crooked.failing, "contract.status"),
    ],
)
def test_it_is_caught(make: Callable[[], Reward], check: str) -> None:
    found = finding(make(), check)
    assert found.verdict == "fail", found.detail


def test_a_failure_is_told_with_its_reason_and_share() -> None:
    found = finding(crooked.failing(), "contract.status")
    assert found.rate is not None
    assert found.rate.mean == pytest.approx(8 / 24)  # 4 of 12 answers, each with its own and another response
    assert "ValueError: not this one" in found.detail


def test_what_is_slow_is_weak() -> None:
    found = finding(crooked.slow(), "contract.time", NUMBERS[:3])
    assert (found.verdict, "0.05 s are slow" in found.detail) == ("weak", True)


def test_a_value_that_is_no_value_but_ok_is_caught() -> None:
    found = finding(crooked.Made("nan as OK"), "contract.status")
    assert found.verdict == "fail"


def test_a_row_changed_in_place_is_caught_even_if_it_was_changed_before_the_audit_looked() -> None:
    rows = [{"response": "b", "answers": [f"{n}", "b", "a"]} for n in (3, 2, 1)]
    found = finding(crooked.mutates(), "contract.mutation", rows)
    assert found.verdict == "fail"
    assert found.rate is not None
    assert found.rate.mean == 1.0


def test_a_missing_column_has_to_be_named() -> None:
    lost = finding(crooked.Made("lost"), "contract.columns")
    assert lost.verdict == "fail"
    assert "without 'answer' it fails and says only: TypeError" in lost.detail
    assert finding(crooked.Made("named"), "contract.columns").verdict == "pass"  # a KeyError says which


def test_a_reward_of_a_function_within_a_function_cannot_be_sent() -> None:
    @reward("crooked.local")
    def local(response: str) -> float:
        """Defined where no process finds it."""
        return 1.0

    found = finding(local(), "contract.process")
    assert found.verdict == "fail"
    assert "cannot be sent to another process" in found.detail


def test_a_reward_sent_to_a_process_has_to_say_the_same_there() -> None:
    found = finding(crooked.group_share(), "contract.process")
    assert (found.verdict, found.detail) == ("pass", "all 24 results are the same in another process")


def test_time_that_grows_with_the_square_of_the_length_is_caught() -> None:
    found = finding(crooked.stuck_on_brackets(), "contract.huge", NUMBERS[:2])
    assert found.verdict == "weak"
    assert "a megabyte of brackets takes 1." in found.detail


def test_a_reward_that_says_it_is_random_is_not_asked_to_repeat_itself() -> None:
    @reward("crooked.random", deterministic=False)
    def random(response: str) -> float:
        """Another value every time."""
        return float(next(crooked.CALLS))

    found = audit(random(), NUMBERS, only=["contract"], skip=["contract.process", "contract.huge"])
    assert {f.check for f in found.findings if "not deterministic" in f.detail} == {
        "contract.determinism", "contract.order", "contract.batch", "contract.threads"
    }  # fmt: skip


def test_groups_are_scored_whole_and_may_depend_on_their_members() -> None:
    found = audit(crooked.group_share(), NUMBERS, only=["contract"], skip=["contract.huge"])
    assert found.failed == []


def test_a_broken_contract_is_a_finding_and_not_a_crash() -> None:
    @reward("crooked.text")
    def text(response: str) -> float:
        """Returns text for what is long."""
        return 1.0 if len(response) < 100 else "long"  # type: ignore[return-value]

    found = audit(text(), NUMBERS, only=["contract.malformed", "contract.huge", "bias.length"])
    assert found["bias.length"].verdict == "fail"
    assert "it breaks its contract" in found["bias.length"].detail


def test_rows_that_do_not_have_the_columns_are_told_apart_from_a_bad_reward() -> None:
    with pytest.raises(ContractError, match="needs the column 'answers'"):
        audit(crooked.mutates(), NUMBERS)
    with pytest.raises(ContractError, match="no rows with the column 'answers'"):
        audit(crooked.mutates())
