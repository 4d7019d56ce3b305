"""The contract of `@reward` and of calling a reward."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests import rewards_for_tests as toy

from guerdon import Column, ContractError, Fine, Reward, Sample, Score, Scores, Status, rank, reward
from guerdon.reward import Tree, as_reward
from guerdon.sample import Broken, Row


def rows(*responses: str | None) -> list[dict[str, Any]]:
    return [{"response": r} for r in responses]


def test_a_function_scores_each_row_from_the_columns_it_names() -> None:
    scores = toy.length()(rows("a", "bcd"))
    assert scores.values.tolist() == [1.0, 3.0]
    assert scores.counts() == {"OK": 2}
    assert scores.key == ("0", "1")


def test_samples_dicts_and_a_single_row_are_all_accepted() -> None:
    expected = [3.0]
    for given in (Sample("p", "abc"), {"response": "abc"}, [Sample("p", "abc")], iter(rows("abc"))):
        assert toy.length()(given).values.tolist() == expected


def test_a_conversational_response_is_read_as_its_last_assistant_text() -> None:
    turns = [{"role": "assistant", "content": "no"}, {"role": "tool", "content": "xxxxxx"}]
    parts = [*turns, {"role": "assistant", "content": [{"type": "text", "text": "four"}]}]
    assert toy.length()([{"response": parts}]).values.tolist() == [4.0]
    assert toy.length().one({"response": parts}).value == 4.0


def test_a_malformed_response_carries_the_declared_worst_value() -> None:
    scores = toy.has()(rows("a", ""))
    assert scores.values.tolist() == [1.0, 0.0]
    assert scores.status.tolist() == [Status.OK, Status.MALFORMED]
    assert scores.reasons == {1: "empty"}


def test_a_malformed_response_has_no_value_where_the_range_has_no_lower_end() -> None:
    @reward("here.unbounded")
    def unbounded(response: str) -> Score:
        return Score.malformed("nothing to read")

    scores = unbounded()(rows("x"))
    assert np.isnan(scores.values[0])
    assert scores.status[0] == Status.MALFORMED


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        ("none", Status.INAPPLICABLE),
        ("fail", Status.FAILED),
        ("abstained", Status.ABSTAINED),
        ("unread", Status.UNREAD),
        (None, Status.INAPPLICABLE),
    ],
)
def test_whatever_gives_no_value_says_why_and_leaves_the_other_rows_alone(mood: str | None, status: Status) -> None:
    scores = toy.moody()([{"mood": "fine"}, {"mood": mood}, {"mood": "fine"}])
    assert scores.values[[0, 2]].tolist() == [0.25, 0.25]
    assert np.isnan(scores.values[1])
    assert scores.status[1] == status
    assert scores.reasons[1]
    assert scores.coverage == pytest.approx(2 / 3)
    assert scores.mean() == 0.25


def test_an_exception_is_described_with_its_type_message_and_place() -> None:
    reason = toy.moody()([{"mood": "fail"}]).reasons[0]
    assert reason.startswith("RuntimeError: in a mood (rewards_for_tests.py:")


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_nan_and_infinity_are_failures_not_values(bad: float) -> None:
    scores = toy.echo()([{"value": bad}])
    assert scores.status[0] == Status.FAILED
    assert np.isnan(scores.values[0])
    assert toy.echo().one({"value": bad}).status == Status.FAILED


def test_a_reward_that_leaves_by_sys_exit_is_one_failed_row() -> None:
    @reward("here.leaves")
    def leaves(response: str) -> float:
        raise SystemExit(3)

    assert leaves()(rows("x", "y")).status.tolist() == [Status.FAILED, Status.FAILED]


@pytest.mark.parametrize("returned", ["0.5", [0.5], {"value": 1}])
def test_returning_the_wrong_kind_of_thing_names_the_culprit(returned: Any) -> None:
    @reward("here.wrong")
    def wrong(response: str) -> Any:
        return returned

    for call in (lambda: wrong()(rows("x")), lambda: wrong().one({"response": "x"})):
        with pytest.raises(ContractError, match=r"here.wrong must return a number"):
            call()


@pytest.mark.parametrize("returned", [[1.0], [1.0, 2.0, 3.0], 0.5, "ab"])
def test_a_batched_reward_that_returns_the_wrong_number_of_results_is_named(returned: Any) -> None:
    @reward("here.short", batched=True)
    def short(response: list[str]) -> Any:
        return returned

    with pytest.raises(ContractError, match=r"here.short must return exactly 2 results"):
        short()(rows("x", "y"))


def test_an_undeclared_component_is_refused_and_a_missing_one_is_blank() -> None:
    @reward("here.more", components=("a", "b"))
    def more(response: str) -> Score:
        return Score(1.0, components={response: 1.0})  # type: ignore[dict-item]

    scores = more()(rows("a"))
    assert scores.components["here.more/a"].values[0] == 1.0
    assert scores.components["here.more/b"].status[0] == Status.INAPPLICABLE
    with pytest.raises(ContractError, match="component 'z', which it does not declare"):
        more()(rows("z"))


def test_a_column_that_no_row_has_is_an_error_that_lists_the_columns() -> None:
    with pytest.raises(ContractError, match=r"needs the column 'response'.*columns are: answer, text"):
        toy.length()([{"text": "a", "answer": 1}, {"text": "b", "answer": 2}])


def test_a_column_missing_in_some_rows_makes_those_inapplicable() -> None:
    scores = toy.length()(rows("a", None))
    assert scores.status.tolist() == [Status.OK, Status.INAPPLICABLE]
    assert scores.reasons[1] == "no column 'response'"


def test_an_optional_column_falls_back_to_its_default() -> None:
    @reward("here.optional")
    def optional(response: str, bonus: float = 2.0) -> float:
        return len(response) + bonus

    assert optional()([{"response": "a"}, {"response": "a", "bonus": 5}]).values.tolist() == [3.0, 6.0]
    assert optional().one({"response": "a"}).value == 3.0


def test_reading_renames_columns_and_refuses_unknown_ones() -> None:
    assert toy.length().reading(response="text")([{"text": "abc"}]).values.tolist() == [3.0]
    with pytest.raises(TypeError, match="reads no column 'boxes'; it reads: response"):
        toy.length().reading(boxes="gt")


def test_settings_are_keyword_only_checked_and_recorded() -> None:
    assert toy.has(text="b").record == {"reward": "toy.has@1", "settings": {"text": "b"}}
    with pytest.raises(TypeError, match=r"toy.has has no setting 'txt'; it has: text"):
        toy.has(txt="b")
    with pytest.raises(TypeError, match="not a literal"):
        toy.has(text=object())


def test_a_whole_number_for_a_float_setting_is_the_same_setting() -> None:
    @reward("here.powered")
    def powered(response: str, *, power: float = 3.0) -> float:
        return power

    assert powered(power=3) == powered()
    assert powered(power=2) == powered(power=2.0)


def test_variadic_signatures_and_bad_ids_are_refused() -> None:
    with pytest.raises(ContractError, match="hide which columns"):

        @reward("here.star")
        def star(*columns: Any) -> float:
            return 0.0

    for bad in ("nodot", "Upper.case", "with-dash.x", "has.class"):
        with pytest.raises(ContractError, match="not a reward id"):
            reward(bad)(lambda response: 0.0)


def test_misspelt_declarations_are_refused_where_they_are_made() -> None:
    for wrong in ({"over": "batch"}, {"grain": "word"}, {"reduce": "max"}, {"native": "listwise"}, {"range": (1, 0)}):
        with pytest.raises(ContractError, match=str(*wrong)):
            reward("here.misspelt", **wrong)(lambda response: 0.0)


def test_two_definitions_of_one_id_and_version_are_refused() -> None:
    with pytest.raises(ContractError, match=r"toy.length@1 is defined twice"):

        @reward("toy.length")
        def other(response: str) -> float:
            return 0.0


def test_a_factory_used_as_a_reward_says_what_to_write() -> None:
    for use in (lambda: toy.length + toy.has(), lambda: 2 * toy.length, lambda: as_reward(toy.length)):
        with pytest.raises(TypeError, match=r"write length\(\)"):
            use()
    with pytest.raises(TypeError, match=r"write length\(\)"):
        toy.length(rows("a"))
    assert toy.length.fn("abc") == 3.0


def test_something_that_is_not_a_row_is_named() -> None:
    with pytest.raises(ContractError, match="sample 1 is a str"):
        toy.length()([{"response": "a"}, "b"])
    with pytest.raises(ContractError, match="not int"):
        toy.length()(3)


def test_a_group_reward_sees_whole_groups_wherever_their_rows_stand() -> None:
    data = [{"response": r, "group": g} for r, g in [("a", 1), ("x", 2), ("a", 1), ("b", 1)]]
    assert toy.agree()(data).values.tolist() == [2 / 3, 1.0, 2 / 3, 1 / 3]


def test_an_incomplete_group_and_a_row_without_group_are_errors() -> None:
    with pytest.raises(ContractError, match="group 1 is incomplete: 1 of 2 rows"):
        toy.agree()([{"response": "a", "group": 1, "group_size": 2}])
    with pytest.raises(ContractError, match="no 'group' column"):
        toy.agree()([{"response": "a", "group": 1}, {"response": "a"}])


def test_a_group_function_must_return_one_value_a_member() -> None:
    @reward("here.scalar", over="group")
    def scalar(response: list[str]) -> float:
        return 1.0

    with pytest.raises(ContractError, match=r"here.scalar must return exactly 2 results"):
        scalar()([{"response": "a", "group": 1}, {"response": "b", "group": 1}])


def test_shared_columns_are_passed_once_and_must_agree() -> None:
    data = [{"response": "a", "answer": "a", "group": 1}, {"response": "b", "answer": "a", "group": 1}]
    assert toy.shared()(data).values.tolist() == [1.0, 0.0]
    with pytest.raises(ContractError, match="'answer' differs within one group"):
        toy.shared()([data[0], {**data[1], "answer": "b"}])


def test_a_set_reward_gives_one_row_a_set() -> None:
    data = [{"response": r, "set": s} for r, s in [("a", "one"), ("b", "two"), ("c", "one")]]
    scores = toy.distinct()(data)
    assert scores.values.tolist() == [2.0, 1.0]
    assert scores.key == ("one", "two")


def test_group_and_set_rewards_refuse_a_single_sample() -> None:
    for reward_of_many in (toy.agree(), toy.agree() + toy.length(), rank(toy.length())):
        with pytest.raises(ContractError, match="over a whole group"):
            reward_of_many.one({"response": "a", "group": 1})


def test_fine_values_are_reduced_and_kept() -> None:
    scores = toy.sentences()(rows("ab. c."))
    assert scores.values.tolist() == [3.0]
    assert scores.fine[0].values == (3.0, 3.0)
    assert scores.fine[0].spans == ((0, 3), (3, 6))
    assert toy.sentences()(rows("no end")).status[0] == Status.INAPPLICABLE


def test_async_rewards_run_together_from_sync_and_async_callers() -> None:
    slow = toy.later(seconds=0.05)
    start = time.perf_counter()
    assert slow(rows(*"abcdefghij" * 10)).mean() == 1.0

    async def many() -> list[Scores]:
        return await asyncio.gather(*(slow.ascore(rows("a")) for _ in range(100)))

    assert all(s.values[0] == 1.0 for s in asyncio.run(many()))
    assert time.perf_counter() - start < 5.0  # one after the other they would take 10


def test_two_async_parts_of_a_sum_run_at_the_same_time() -> None:
    both = toy.later(seconds=0.2) + toy.later(seconds=0.201).named("again")
    start = time.perf_counter()
    assert both(rows("a")).values[0] == 2.0
    assert time.perf_counter() - start < 0.35


def test_a_sync_call_of_an_async_reward_from_guerdons_own_loop_raises() -> None:
    @reward("here.nested")
    async def nested(response: str) -> float:
        return float(toy.later()(rows(response)).values[0])

    with pytest.raises(ContractError, match=r"await reward.ascore"):
        nested()(rows("a"))


def test_a_reward_scores_alike_from_many_threads() -> None:
    both = 0.5 * toy.length() + toy.has()
    found: list[list[float]] = []
    threads = [threading.Thread(target=lambda: found.append(both(rows("abc", "b")).values.tolist())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[2.5, 0.5]] * 8


def test_a_reward_survives_pickling_and_a_local_one_refuses() -> None:
    made = (0.5 * toy.length().reading(response="text") + toy.has(text="b").named("b")).at_least(1.0)
    again = pickle.loads(pickle.dumps(made))
    assert again == made
    assert again([{"text": "abcd", "response": "b"}]).values.tolist() == [1.0]

    @reward("here.local")
    def local(response: str) -> float:
        return 0.0

    with pytest.raises(pickle.PicklingError, match="move it to the top level"):
        pickle.dumps(local())


def test_a_batched_reward_skips_rows_it_cannot_score() -> None:
    scores = toy.in_batches()(rows("abc", None, "b"))
    assert scores.status.tolist() == [Status.OK, Status.INAPPLICABLE, Status.OK]
    assert [scores.values[0], scores.values[2]] == [1.0, 0.0]


def test_the_time_of_every_row_is_measured() -> None:
    @reward("here.sleeps")
    def sleeps(response: str) -> float:
        time.sleep(0.01)
        return 1.0

    scores = (sleeps() + toy.length())(rows("a", "b"))
    assert scores.components["here.sleeps"].seconds is not None
    assert (scores.components["here.sleeps"].seconds > 0.009).all()
    assert scores.seconds is not None
    assert (scores.seconds > 0.009).all()


def test_a_ten_megabyte_response_is_scored_like_any_other() -> None:
    assert toy.length()(rows("x" * 10_000_000)).values.tolist() == [1e7]


def test_an_empty_list_of_samples_gives_empty_scores() -> None:
    scores = (toy.length() + toy.has())([])
    assert len(scores) == 0
    assert set(scores.components) == {"toy.length", "toy.has"}


def test_the_truth_value_of_a_reward_is_refused() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(toy.length())


@pytest.mark.parametrize("result", [Score(None, Status.SKIPPED), Score(1.0, Status.SKIPPED), [1, [2, 3]]])
def test_what_a_reward_may_not_return_names_it(result: Any) -> None:
    with pytest.raises(ContractError, match=r"toy\.returns"):
        toy.returns()([{"result": result}] * 2)


def test_an_integer_beyond_all_floats_is_one_failed_row() -> None:
    assert toy.returns()([{"result": 10**400}, {"result": 1}]).status.tolist() == [Status.FAILED, Status.OK]


def test_fine_values_without_a_span_each_are_refused() -> None:
    with pytest.raises(ContractError, match="2 fine values for 1 spans"):
        toy.returns()([{"result": Fine((0.5, 1.0), ((0, 2),))}] * 2)


def test_a_part_may_not_apply_or_fail_on_its_own() -> None:
    made: Any = {"half": None, "other": float("nan")}
    columns = toy.part_results()([{"made": made}] * 2).components
    assert columns["toy.part_results"].values.tolist() == [1.0, 1.0]
    assert columns["toy.part_results/half"].status.tolist() == [Status.INAPPLICABLE] * 2
    assert columns["toy.part_results/other"].status.tolist() == [Status.FAILED] * 2


def test_a_binary_reward_that_returns_a_half_is_refused() -> None:
    for samples in ([{"value": 0.5}], [{"value": 0.5}] * 2):
        with pytest.raises(ContractError, match=r"declared binary and returned 0\.5"):
            toy.half()(samples)
    with pytest.raises(ContractError, match="is binary, so an unreadable response is worth 0 or 1"):
        reward("toy.minus", binary=True, malformed=-1.0)


def test_the_first_column_that_is_missing_says_why() -> None:
    both = toy.two_columns()
    assert both.score_unchecked([{"z": 1}] * 2).reasons[0] == both.one({"z": 1}).reason == "no column 'first'"


def test_a_group_is_named_by_something_that_can_name_it() -> None:
    with pytest.raises(ContractError, match="a list as its 'group'"):
        toy.agree()([{"response": "a", "group": ["g"]}] * 2)
    with pytest.raises(ContractError, match="2 of 3 rows are here"):
        toy.agree()([{"response": "a", "group": 1, "group_size": np.int64(3)}] * 2)


def test_a_factory_in_place_of_a_reward_says_what_to_write() -> None:
    with pytest.raises(AttributeError, match=r"write length\(\).named"):
        toy.length.named("x")  # type: ignore[attr-defined]


class Fragile(Reward):
    """A reward as a class, which does not look out for itself."""

    def evaluate(self, rows: Sequence[Row]) -> Column:
        scored = [Score(1.0 / row["value"]) for row in rows]
        return Scores.from_scores(scored, names=(), key=tuple(map(str, range(len(rows)))))

    def tree(self) -> Tree:
        return {"reward": "toy.fragile@1"}


def test_a_class_that_raises_fails_its_rows_and_not_the_run() -> None:
    assert Fragile()([{"value": 2.0}, Broken("b", "cut")]).status.tolist() == [Status.OK, Status.FAILED]
    scores = (Fragile() + toy.length())([{"value": 0.0, "response": "a"}] * 2)
    assert scores.status.tolist() == [Status.FAILED] * 2
    assert scores.components["toy.length"].values.tolist() == [1.0, 1.0]
    assert "ZeroDivisionError" in scores.reasons[0]
