"""Rewards on rows that somebody is asked about first."""

import asyncio
import pickle
from typing import Any

import pytest

from guerdon import ContractError, Score, Status, reward
from guerdon.rules.asked import asking
from guerdon.rules.checklist import coverage
from guerdon.rules.given import score as given_score
from guerdon.rules.shape import chars

ROWS = [
    {"response": "AB is 3", "facts": ["AB is 3", "C is right"]},
    {"response": "AB is 3; C is right", "facts": ["AB is 3", "C is right"]},
]


def judge(row: Any) -> list[bool]:
    return [fact in row["response"] for fact in row["facts"]]


async def slow_judge(row: Any) -> list[bool]:
    await asyncio.sleep(0)
    return judge(row)


@reward("test.asked_group", range=(0, 1), over="group")
def of_group(score: list[float]) -> list[float]:
    return score


def test_the_answer_is_scored() -> None:
    assert asking(coverage(), verdicts=judge)(ROWS).values.tolist() == [0.5, 1.0]
    assert asking(coverage(), verdicts=judge).one(ROWS[0]).value == 0.5


def test_a_coroutine_is_awaited() -> None:
    assert asking(coverage(), verdicts=slow_judge)(ROWS).values.tolist() == [0.5, 1.0]


async def test_a_coroutine_is_awaited_from_a_running_loop() -> None:
    scores = await asking(coverage(), verdicts=slow_judge).ascore(ROWS)
    assert scores.values.tolist() == [0.5, 1.0]


def test_answers_run_at_the_same_time() -> None:
    under_way, most = 0, 0

    async def wait(row: Any) -> float:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return 1.0

    asking(given_score(), score=wait)([{}] * 5)
    assert most == 5


@pytest.mark.parametrize("is_async", [False, True])
def test_a_judge_that_breaks_costs_one_row(is_async: bool) -> None:
    def breaks(row: Any) -> list[bool]:
        if row is not ROWS[0]:
            raise OSError("no such server")
        return judge(row)

    async def breaks_later(row: Any) -> list[bool]:
        return breaks(row)

    scores = asking(coverage(), verdicts=breaks_later if is_async else breaks)(ROWS)
    assert scores.values[0] == 0.5
    assert scores[1].status == Status.FAILED
    assert "no such server" in scores[1].reason


def test_a_judge_may_say_why_there_is_no_answer() -> None:
    scores = asking(coverage(), verdicts=lambda row: Score.abstained("too hard"))(ROWS)
    assert [scores[i].status for i in range(2)] == [Status.ABSTAINED] * 2
    assert asking(coverage(), verdicts=lambda row: None).one(ROWS[0]).status == Status.INAPPLICABLE


def test_nobody_is_asked_about_rows_with_nothing_to_check() -> None:
    asked = []

    def noting(row: Any) -> list[bool]:
        asked.append(row)
        return judge(row)

    scores = asking(coverage(), verdicts=noting)([{"response": "x"}, ROWS[1]])
    assert asked == [ROWS[1]]
    assert scores[0].status == Status.INAPPLICABLE


def test_a_column_that_only_the_judge_fills_is_not_missed() -> None:
    with pytest.raises(ContractError, match="'facts'"):
        asking(coverage(), verdicts=judge)([{"response": "x"}] * 2)


def test_it_composes_and_is_a_component() -> None:
    total = asking(coverage(), verdicts=judge).named("seen") + 0.0 * chars()
    scores = total(ROWS)
    assert scores.components["seen"].values.tolist() == [0.5, 1.0]
    assert scores.values.tolist() == [0.5, 1.0]


def test_parts_of_what_is_asked_about_stay_components() -> None:
    both = coverage().named("seen") + 0.1 * chars()
    assert asking(both, verdicts=judge)(ROWS).components["seen"].values.tolist() == [0.5, 1.0]
    named = asking(both, verdicts=judge).named("both")(ROWS)
    assert set(named.components) == {"both", "both/seen", "both/length.chars"}
    assert set(asking(coverage(), verdicts=judge).named("seen").components) == {"seen"}


def test_the_same_judge_is_asked_once_and_another_apart() -> None:
    calls = []

    def counting(row: Any) -> list[bool]:
        calls.append(row)
        return judge(row)

    one, same = asking(coverage(), verdicts=counting).named("a"), asking(coverage(), verdicts=counting).named("b")
    never = asking(coverage(), verdicts=lambda row: [False, False]).named("c")
    always = asking(coverage(), verdicts=lambda row: [True, True]).named("d")
    scores = (one + same + never + always)(ROWS)
    assert len(calls) == 2
    assert scores.components["c"].values.tolist() == [0.0, 0.0]
    assert scores.components["d"].values.tolist() == [1.0, 1.0]


def test_it_can_be_sent_and_says_what_it_is() -> None:
    reward = asking(coverage(), verdicts=judge)
    assert pickle.loads(pickle.dumps(reward))(ROWS).values.tolist() == [0.5, 1.0]
    assert "judge" in reward.spec()
    assert reward.record["settings"]["of"] == coverage().tree()
    assert (reward.range, reward.name) == ((0.0, 1.0), "checklist.coverage")


def test_what_cannot_be_asked_about_is_refused() -> None:
    with pytest.raises(ContractError, match="single samples"):
        asking(of_group(), score=judge)
    with pytest.raises(ContractError, match="fills one column"):
        asking(coverage(), verdicts=judge, facts=judge)
    with pytest.raises(ContractError, match="fills one column"):
        asking(coverage())


def test_it_waits_if_whoever_is_asked_does() -> None:
    assert asking(coverage(), verdicts=slow_judge).waits
    assert not asking(coverage(), verdicts=judge).waits


def test_an_unreadable_row_is_not_asked_about() -> None:
    from guerdon.sample import Broken

    asked: list[Any] = []

    def judge(row: Any) -> list[bool]:
        asked.append(row)
        return [True]

    scores = asking(coverage(), verdicts=judge)([{"response": "a", "facts": ["a"]}, Broken("line 2", "not JSON")])
    assert scores.counts() == {"OK": 1, "FAILED": 1}
    assert len(asked) == 1
