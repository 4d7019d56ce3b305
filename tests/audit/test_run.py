"""The audit as a whole: what is asked, of how many rows, and what comes back."""

from __future__ import annotations

import json
from time import sleep
from typing import Any

import pytest
from tests.audit import crooked, planted

from guerdon import ContractError, reward
from guerdon.audit import Finding, Subject, audit, check, checks
from guerdon.audit import check as register
from guerdon.rules import answers, masks

WARM: list[bool] = []
PLAIN = [{"prompt": "?", "chosen": str(n), "rejected": str(n + 1), "answer": str(n)} for n in range(40)]


@reward("run.steps_done", over="trajectory", range=(0, None))
def steps_done(steps: list[float]) -> float:
    """Their sum."""
    return float(sum(steps))


@reward("run.alike", over="comparison", range=(0, 1))
def alike(responses: list[str]) -> float:
    """Whether two responses are the same."""
    return float(responses[0] == responses[1])


def test_every_check_has_a_finding_in_order() -> None:
    found = audit(answers.choice(), limit=12, skip=["contract.huge", "contract.process"])
    assert [f.check for f in found.findings] == [c.name for c in checks(skip=["contract.huge", "contract.process"])]
    assert (found.failed, found.weak, found.source, found.rows) == ([], [], "world", 12)
    assert sum(found.counts().values()) == len(found.findings)


def test_everything_can_be_written_as_json() -> None:
    found = audit(planted.substring(), limit=12, only=["attack", "contract.ties"])
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["reward"] == "planted.substring"
    by_name = {f["check"]: f for f in data["findings"]}
    assert by_name["attack.shotgun"]["verdict"] == "fail"
    assert by_name["attack.shotgun"]["rate"]["n"] == found["attack.shotgun"].rate.n  # type: ignore[union-attr]
    assert by_name["contract.ties"]["rate"] is None
    row = next(row for row in found.table if row["check"] == "attack.shotgun")
    assert row["low"] <= row["rate"] <= row["high"]


def test_the_same_seed_finds_the_same() -> None:
    once, again = (audit(planted.substring(), limit=12, only=["attack"], seed=3).table for _ in range(2))
    assert once == again


def test_a_finding_is_got_by_its_name() -> None:
    found = audit(answers.choice(), limit=4, only=["attack.empty"])
    assert found["attack.empty"].check == "attack.empty"
    with pytest.raises(KeyError, match="was not asked"):
        found["attack.echo"]


def test_a_judge_is_asked_hundreds_of_times_and_not_thousands() -> None:
    crooked.ASKED.clear()
    found = audit(crooked.judge(), PLAIN)
    assert found.rows == 10
    assert len(crooked.ASKED) <= 1000
    assert max(map(len, crooked.ASKED)) < 20_000  # no megabyte is sent to it
    assert found["contract.huge"].verdict == "not_applicable"
    assert found["sense.right"].verdict == "pass"


def test_what_is_asked_is_counted() -> None:
    crooked.ASKED.clear()
    found = audit(crooked.judge(), PLAIN[:6], only=["attack"])
    assert found.asked == len(crooked.ASKED) - 4  # less the rows that were timed


def test_more_rows_are_asked_if_told_to() -> None:
    assert audit(crooked.judge(), PLAIN, limit=30, only=["sense.right"]).rows == 30


def test_a_slow_reward_is_tried_on_fewer_rows() -> None:
    rows = [{"response": f"<answer>{n}</answer>"} for n in range(40)]
    assert audit(crooked.slow(), rows, only=["sense.right"], seconds=20.0).rows == 8


@reward("run.warms_up", range=(0, 1))
def warms_up(response: str, seen: list[str] | None = None) -> float:
    """Takes half a second, once."""
    if not WARM:
        WARM.append(True)
        sleep(0.5)
    return 1.0


def test_what_the_first_call_takes_costs_no_rows() -> None:
    rows = [{"response": f"<answer>{n}</answer>"} for n in range(40)]
    assert audit(warms_up(), rows, only=["sense.right"]).rows == 40


def test_checks_that_no_time_is_left_for_say_so() -> None:
    found = audit(answers.exact(), PLAIN, seconds=0.0, limit=4)
    assert set(found.unasked) == {f.check for f in found.findings}
    assert found.failed == []
    assert "not asked: the 0 s for this audit were over" in found.findings[0].detail


def test_rows_may_be_a_path(tmp_path: Any) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, PLAIN)))
    found = audit(answers.exact(within=None), path, only=["sense.right"])
    assert (found.rows, found.source, found["sense.right"].verdict) == (40, "given", "pass")


def test_what_is_no_reward_is_refused() -> None:
    with pytest.raises(TypeError, match="write exact"):
        audit(answers.exact, PLAIN)  # type: ignore[arg-type]
    with pytest.raises(ContractError, match="there is no check 'speed'"):
        audit(answers.exact(), PLAIN, only=["speed"])


def test_a_check_of_ones_own_is_asked_too() -> None:
    @check("mine.shouting", question="Does shouting pay?", source="our own runs", needs=("pairs",))
    def shouting(subject: Subject) -> Finding:
        """Capitals instead of letters."""
        margins = subject.over(range(len(subject.trials)), lambda t: t.good.upper(), lambda t: t.good)
        louder = int((margins > 0).sum())
        return Finding("fail" if louder else "pass", f"{louder} of {len(margins)} gain by shouting")

    try:
        found = audit(answers.exact(within=None), PLAIN, only=["mine"])
        assert found["mine.shouting"].detail == "0 of 40 gain by shouting"
        assert audit(answers.exact(), PLAIN, only=["mine", "attack"]).findings[-1].check == "mine.shouting"
    finally:
        register.__globals__["_checks"].pop("mine.shouting")


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        (steps_done(), [{"steps": [1, 0]}, {"steps": [1, 1]}]),
        (alike(), [{"prompt": "?", "chosen": "a", "rejected": "b"}, {"prompt": "?", "chosen": "c", "rejected": "c"}]),
        (masks.cumulative_iou().reading(response="predicted"), [{"predicted": [[1]], "mask": [[1]], "set": 0}] * 2),
        (planted.ties_as_wins().tournament(), PLAIN[:4]),
    ],
)
def test_whatever_a_reward_looks_at_its_contract_is_checked(made: Any, rows: Any) -> None:
    found = audit(made, rows)
    assert found.failed == []
    assert found.counts()["pass"] >= 8


def test_it_can_be_read_at_a_glance() -> None:
    assert repr(audit(answers.exact(), PLAIN, only=["contract.order"])) == "<Audit of answer.exact on 40 rows: 1 pass>"
