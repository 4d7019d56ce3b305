"""Compositions: values, statuses, names, ranges, and the agreement of the two ways to evaluate."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from tests import rewards_for_tests as toy

from guerdon import (
    ContractError,
    Reward,
    Status,
    best,
    clip,
    gate,
    group_normalise,
    harmonic,
    otherwise,
    product,
    ramp,
    route,
    schedule,
    worst,
)
from guerdon.compose import weighted_sum
from guerdon.sample import Broken

E = toy.echo
A, B = E().reading(value="a").named("a"), E().reading(value="b").named("b")


def value(reward: Reward, **row: Any) -> float | None:
    return reward.one(row).value


def test_a_sum_weighs_its_parts_and_keeps_their_raw_values() -> None:
    total = 0.9 * A + 0.1 * B + 1
    scores = total([{"a": 2, "b": 10}])
    assert scores.values[0] == pytest.approx(0.9 * 2 + 0.1 * 10 + 1)
    assert {n: c.values[0] for n, c in scores.components.items()} == {"a": 2.0, "b": 10.0}


def test_nested_sums_flatten_and_named_ones_stay_whole() -> None:
    inner = A + B
    assert (2 * inner + A).components == ("a", "b")
    named = 2 * inner.named("both") + A
    assert named.components == ("both", "both/a", "both/b", "a")
    assert value(named, a=1, b=2) == 7.0


def test_subtraction_division_and_builtin_sum_mean_what_they_say() -> None:
    assert value(A - B, a=5, b=2) == 3.0
    assert value(1 - A / 2, a=4) == -1.0
    assert value(sum([A, B]), a=1, b=2) == 3.0  # type: ignore[arg-type]


def test_products_minima_maxima_and_clips() -> None:
    row = {"a": 3, "b": -2}
    assert value(A * B, **row) == -6.0
    assert value(worst(A, B), **row) == -2.0
    assert value(best(A, B), **row) == 3.0
    assert value(clip(A, 0, 1), **row) == 1.0
    assert value(B.clip(low=0), **row) == 0.0
    assert value(A.at_least(3), **row) == 1.0
    with pytest.raises(ValueError, match="low 2 is above high 1"):
        clip(A, 2, 1)


def test_a_harmonic_mean_is_weighted_and_zero_where_a_part_is() -> None:
    a, b = A.clip(0, 10).named("x"), B.clip(0, 10).named("y")
    # 2 / (1/1 + 1/3) = 1.5; weights 1 and 3: 4 / (1/1 + 3/3) = 2
    assert value(harmonic(a, b), a=1, b=3) == pytest.approx(1.5)
    assert value(harmonic(a, b, weights=(1, 3)), a=1, b=3) == pytest.approx(2.0)
    assert value(harmonic(a, b), a=0, b=3) == 0.0
    with pytest.raises(TypeError, match="values of at least 0"):
        harmonic(A, B)


def test_a_composite_has_no_value_where_a_used_part_has_none() -> None:
    for broken in (0.9 * toy.moody() + 0.1 * toy.length(), 0 * toy.moody() + toy.length(), toy.moody() * toy.length()):
        scores = broken([{"mood": "fail", "response": "a"}, {"mood": "ok", "response": "a"}])
        assert scores.status.tolist() == [Status.FAILED, Status.OK]
        assert math.isnan(scores.values[0])
        assert scores.reasons[0].startswith("toy.moody: RuntimeError")
        assert scores.components["toy.length"].values[0] == 1.0


def test_a_composite_takes_the_worst_status_and_its_reason() -> None:
    total = toy.moody() + toy.has().named("has")
    scores = total([{"mood": "unread", "response": ""}, {"mood": "ok", "response": ""}])
    assert scores.status.tolist() == [Status.UNREAD, Status.MALFORMED]
    assert scores.reasons == {0: "toy.moody: unread", 1: "has: empty"}
    assert scores.values[1] == 0.25


def test_otherwise_is_the_only_way_a_failure_becomes_a_number_and_it_is_recorded() -> None:
    cured = toy.moody().otherwise(-1.0, on=("FAILED", "UNREAD"))
    scores = cured([{"mood": m} for m in ("fail", "unread", "abstained", "ok")])
    assert scores.values[[0, 1, 3]].tolist() == [-1.0, -1.0, 0.25]
    assert scores.status.tolist() == [Status.OK, Status.OK, Status.ABSTAINED, Status.OK]
    assert scores.components["toy.moody"].status[0] == Status.FAILED
    assert cured.record["settings"] == {"value": -1.0, "on": ["FAILED", "UNREAD"]}
    assert cured.range == (-1.0, 1.0)
    with pytest.raises(ValueError, match="'BROKEN' is not one of"):
        otherwise(toy.moody(), 0, on=("BROKEN",))


def test_a_gate_runs_its_right_side_on_open_rows_alone() -> None:
    scores = (toy.has() >> toy.length())([{"response": r} for r in ("abc", "xyz", "")])
    assert scores.values.tolist() == [3.0, 0.0, 0.0]
    assert scores.components["toy.length"].status.tolist() == [Status.OK, Status.SKIPPED, Status.SKIPPED]
    assert scores.status.tolist() == [Status.OK, Status.OK, Status.MALFORMED]


def test_a_closed_gate_has_its_own_value_and_widens_the_range() -> None:
    closed = gate(toy.has(), toy.moody(), closed=-1)
    assert value(closed, response="x", mood="ok") == -1.0
    assert closed.range == (-1.0, 1.0)


def test_a_gate_without_a_condition_value_has_none_either() -> None:
    scores = (toy.moody().at_least(0.2) >> toy.length())([{"mood": "fail", "response": "a"}])
    assert scores.status[0] == Status.FAILED
    assert math.isnan(scores.values[0])


def test_a_gate_refuses_graded_conditions_and_chains_that_read_wrong() -> None:
    with pytest.raises(TypeError, match=r"must be 0 or 1: write .*at_least"):
        toy.length() >> toy.has()
    with pytest.raises(TypeError, match=r"write a >> \(b >> c\)"):
        toy.has() >> toy.has(text="b").named("b") >> toy.length()
    nested = toy.has() >> (toy.has(text="b").named("b") >> toy.length())
    assert value(nested, response="ab") == 2.0
    assert value(toy.has() * toy.has(text="b").named("b") >> toy.length(), response="a") == 0.0


def test_an_async_part_behind_a_gate_is_not_paid_for_closed_rows() -> None:
    scores = (toy.has() >> toy.later())([{"response": "a"}, {"response": "x"}])
    assert scores.values.tolist() == [1.0, 0.0]
    assert scores.components["toy.later"].status.tolist() == [Status.OK, Status.SKIPPED]


def test_a_route_sends_each_row_to_its_branch() -> None:
    by_task = route({"long": toy.length(), "has": toy.has()}, by="task")
    data = [{"task": "long", "response": "abc"}, {"task": "has", "response": "a"}, {"task": "else", "response": "a"}]
    scores = by_task(data)
    assert scores.values[:2].tolist() == [3.0, 1.0]
    assert scores.status[2] == Status.INAPPLICABLE
    assert scores.reasons[2] == "no branch for task='else'"
    assert route({"long": toy.length()}, toy.has(), by="task")(data).values.tolist() == [3.0, 1.0, 1.0]


def test_branches_of_a_route_may_share_a_name() -> None:
    a, b = toy.has(text="a").named("hit"), toy.has(text="b").named("hit")
    scores = route({1: a, 2: b}, by="k")([{"k": 1, "response": "a"}, {"k": 2, "response": "a"}])
    assert scores.components["hit"].values.tolist() == [1.0, 0.0]


def test_two_different_rewards_under_one_name_are_refused_at_composition() -> None:
    with pytest.raises(ContractError, match=r'both called "toy.has": add .named'):
        toy.has(text="a") + toy.has(text="b")
    assert (toy.has() + toy.has()).components == ("toy.has",)


def test_a_route_checks_columns_on_the_rows_that_take_a_branch() -> None:
    by_task = route({"a": toy.length(), "b": toy.moody()}, by="task")
    assert by_task([{"task": "a", "response": "x"}] * 2).values.tolist() == [1.0, 1.0]
    with pytest.raises(ContractError, match=r"toy.moody needs the column 'mood'"):
        by_task([{"task": "b", "response": "x"}] * 2)


def test_a_schedule_follows_the_training_step() -> None:
    staged = schedule(toy.has(text="a").named("early"), toy.has(text="b").named("late"), at=(0, 100))
    data = [{"response": "a", "step": s} for s in (0, 99, 100)]
    assert staged(data).values.tolist() == [1.0, 1.0, 0.0]
    with pytest.raises(ContractError, match="no 'step' column"):
        staged([{"response": "a"}])
    with pytest.raises(ValueError, match="one rising step a reward"):
        schedule(A, B, at=(5, 1))


def test_a_ramp_moves_linearly_and_stays_at_its_ends() -> None:
    ramped = ramp(A, at=(0, 100), weights=(0, 2))
    assert [value(ramped, a=1, step=s) for s in (-5, 0, 50, 100, 500)] == [0.0, 0.0, 1.0, 2.0, 2.0]
    assert ramped.range == (-20.0, 20.0)


def test_values_too_large_to_combine_fail_their_row() -> None:
    huge = E().named("huge")
    for total in (1e308 * huge - 1e308 * huge, huge * huge):
        scores = total([{"value": 1e308}, {"value": 1.0}])
        assert scores.status.tolist() == [Status.FAILED, Status.OK]
        assert math.isnan(scores.values[0])
        assert total.one({"value": 1e308}).status == Status.FAILED


def test_ranges_follow_interval_arithmetic() -> None:
    x, y = toy.has().named("x"), A  # 0..1 and -10..10
    assert (2 * x - 3 * y + 1).range == (-29.0, 33.0)
    assert (x * y).range == (-10.0, 10.0)
    assert worst(x, y).range == (-10.0, 1.0)
    assert best(x, y).range == (0.0, 10.0)
    assert clip(y, -1, 1).range == (-1.0, 1.0)
    assert (toy.length() * 0).range == (0.0, 0.0)


def test_a_sum_of_sample_and_group_rewards_is_a_group_reward_and_sets_stand_apart() -> None:
    assert (toy.length() + toy.agree()).over == "group"
    with pytest.raises(ContractError, match="spread"):
        toy.length() + toy.distinct()
    with pytest.raises(ContractError, match="tournament"):
        toy.length() + toy.longer()


def test_sums_have_fine_values_of_their_own_where_grain_and_spans_agree() -> None:
    twice = 2 * toy.sentences() + toy.sentences().named("again")
    assert twice.grain == "segment"
    scores = twice([{"response": "ab. c."}])
    assert scores.fine[0].values == (9.0, 9.0)
    assert twice.one({"response": "ab. c."}).fine == scores.fine[0]
    mixed = toy.sentences() + toy.length()
    assert mixed.grain == "response"
    assert mixed([{"response": "ab."}]).fine == {}
    assert mixed([{"response": "ab."}]).components["toy.sentences"].fine[0].values == (3.0,)


def test_declared_components_of_a_part_are_components_of_the_whole() -> None:
    total = toy.parts().named("p") + toy.length()
    scores = total([{"response": "a"}])
    assert scores.components["p/half"].values[0] == 0.5
    assert total.one({"response": "a"}).components["p/other"].value == 1.0


def test_equal_parts_are_evaluated_once() -> None:
    calls = []
    from guerdon import reward

    @reward("here.counted", binary=True, range=(0, 1))
    def counted(response: str) -> float:
        calls.append(response)
        return 1.0

    total = counted() >> (counted() + 0.5 * counted().named("other"))
    assert total([{"response": "a"}, {"response": "b"}]).values.tolist() == [1.5, 1.5]
    assert len(calls) == 2
    assert total.one({"response": "a"}).value == 1.5
    assert len(calls) == 3


def test_every_result_has_the_full_set_of_components() -> None:
    routed = route({"a": toy.length(), "b": toy.moody()}, by="task") + (toy.has() >> toy.parts())
    expected = {"toy.length", "toy.moody", "toy.has", "toy.parts", "toy.parts/half", "toy.parts/other"}
    assert set(routed.components) == expected
    row = {"task": "a", "response": "x"}
    assert set(routed([row]).components) == expected
    assert set(routed.one(row).components) == expected


LEAVES = st.sampled_from([
    toy.length(), toy.has(), toy.has(text="b").named("b"), toy.moody(), toy.parts(), toy.echo().named("e"),
    toy.sentences(),
])  # fmt: skip


def legal(build: Callable[..., Reward]) -> Callable[..., Reward]:
    """Draw again where one name would stand for two parts, which composing refuses."""

    def attempt(*args: Any) -> Reward:
        try:
            return build(*args)
        except ContractError:
            reject()

    return attempt


def compositions(children: st.SearchStrategy[Reward]) -> st.SearchStrategy[Reward]:
    weights = st.sampled_from([-1.5, 0.0, 0.5, 1.0])
    binary = st.sampled_from([toy.has(), toy.length().at_least(2), toy.moody().at_least(0.1)])
    return st.one_of(
        st.builds(legal(lambda a, b, w: w * a + b + 0.25), children, children, weights),
        st.builds(legal(product), children, children),
        st.builds(legal(worst), children, children),
        st.builds(legal(best), children, children),
        st.builds(legal(lambda a: a.clip(-1, 1)), children),
        st.builds(legal(lambda a: a.otherwise(0.5, on=("FAILED", "MALFORMED"))), children),
        st.builds(legal(lambda a: harmonic(a.clip(0, 5))), children),
        st.builds(legal(lambda a, b: gate(a, b, closed=-0.5)), binary, children),
        st.builds(legal(lambda a, b: route({"x": a}, b, by="task")), children, children),
        st.builds(legal(lambda a, b: schedule(a, b, at=(0, 5))), children, children),
        st.builds(legal(lambda a: ramp(a, at=(0, 10), weights=(1, 2))), children),
        st.builds(legal(lambda a: a.named("named")), children).filter(lambda r: r.children != ()),
    )


TREES = st.recursive(LEAVES, compositions, max_leaves=6)
READABLE = st.lists(
    st.fixed_dictionaries({
        "response": st.sampled_from([None, "", "a", "ab. c.", "bbb."]),
        "mood": st.sampled_from([None, "ok", "fail", "unread", "malformed", "none", "abstained"]),
        "value": st.sampled_from([0.0, 1.5, -3.0, float("nan"), None]),
        "task": st.sampled_from(["x", "y"]),
        "step": st.sampled_from([0, 5, 7]),
    }),
    min_size=1,
    max_size=4,
)  # fmt: skip
ROWS = st.builds(lambda rows, broken: [*rows, *broken], READABLE, st.lists(st.just(Broken("b", "cut")), max_size=1))


@given(TREES, ROWS)
def test_the_row_path_and_the_columns_agree_on_any_tree(tree: Reward, rows: list[dict[str, Any]]) -> None:
    columns = tree.score_unchecked(rows)
    for i, row in enumerate(rows):
        one, many = tree.one(row), columns[i]
        for name, part in {"": one, **one.components}.items():
            other = many.components[name] if name else many
            assert replace(part, seconds=0.0, components={}) == replace(other, seconds=0.0, components={}), name
        assert one.components.keys() == many.components.keys()
        assert not any(part.components for part in one.components.values())


@given(TREES, ROWS)
def test_there_is_no_value_exactly_where_the_status_says_so(tree: Reward, rows: list[dict[str, Any]]) -> None:
    scores = tree.score_unchecked(rows)
    for column in (scores, *scores.components.values()):
        assert not np.isnan(column.values[column.status == Status.OK]).any()
        assert np.isnan(column.values[column.status > Status.MALFORMED]).all()


@given(TREES, READABLE, st.lists(st.sampled_from("gh"), min_size=4, max_size=4))
def test_a_group_may_lie_scattered_among_others(tree: Reward, rows: list[dict[str, Any]], groups: list[str]) -> None:
    grouped = [{**row, "group": name} for row, name in zip(rows, groups, strict=False)]
    apart = sorted(range(len(rows)), key=lambda i: groups[i])
    scattered = group_normalise(tree).score_unchecked(grouped)
    sorted_ = group_normalise(tree).score_unchecked([grouped[i] for i in apart])
    np.testing.assert_allclose(scattered.values[apart], sorted_.values)


@given(TREES, ROWS)
def test_results_never_depend_on_the_batch(tree: Reward, rows: list[dict[str, Any]]) -> None:
    whole = tree.score_unchecked(rows)
    for i, row in enumerate(rows):
        alone = tree.score_unchecked([row])
        assert np.array_equal(alone.values, whole.values[[i]], equal_nan=True)
        assert alone.status[0] == whole.status[i]


@given(TREES)
def test_values_stay_within_the_declared_range(tree: Reward) -> None:
    row = {"response": "ab. c.", "mood": "ok", "value": 2.0, "task": "x", "step": 7}
    score = tree.one(row)
    if score.value is not None:
        assert tree.range[0] - 1e-9 <= score.value <= tree.range[1] + 1e-9


def test_async_work_is_asked_for_once_a_row_whatever_asks_for_it() -> None:
    data = [{"response": "aa", "task": "x"}, {"response": "b", "task": "y"}]
    judge = toy.counted()
    for r in (route({"x": judge, "y": judge}, by="task"), judge + (toy.has() >> judge), 0.5 * judge + judge.clip(0, 1)):
        toy.ASKED.clear()
        r(data)
        assert sorted(toy.ASKED) == ["aa", "b"], r


def test_time_is_counted_once_where_a_branch_passes_a_result_on() -> None:
    inner = toy.length()
    for r in (route({"x": inner}, by="task"), inner.otherwise(0, on=("FAILED",))):
        total = r.one({"response": "a", "task": "x"})
        assert total.seconds == total.components["toy.length"].seconds


def test_branches_and_gates_keep_the_grain_of_what_they_pass_on() -> None:
    inner = toy.sentences()
    for r in (toy.has() >> inner, route({"x": inner}, by="task"), inner.otherwise(0, on=("FAILED",))):
        assert r.grain == "segment"
        assert r([{"response": "a. b.", "task": "x"}] * 2).fine.keys() == {0, 1}


def test_a_reward_of_comparisons_stays_one_in_a_sum() -> None:
    assert (0.5 * toy.responses()).over == "comparison"


@pytest.mark.parametrize("make", [product, worst, best, harmonic, weighted_sum])
def test_nothing_cannot_be_combined(make: Callable[..., Reward]) -> None:
    with pytest.raises(ValueError, match="needs a reward"):
        make()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_settings_that_no_spec_can_say_are_refused(bad: float) -> None:
    composed: list[Callable[[], Reward]] = [
        lambda: bad * A, lambda: A + bad, lambda: A.clip(low=bad), lambda: A.at_least(bad),
        lambda: A.otherwise(bad, on=("FAILED",)), lambda: gate(toy.has(), A, closed=bad),
        lambda: ramp(A, at=(0, 1), weights=(0, bad)), lambda: schedule(A, B, at=(0, bad)),
    ]  # fmt: skip
    for compose in composed:
        with pytest.raises(ValueError, match="finite number"):
            compose()


def test_whole_numbers_and_numpy_ones_are_the_same_setting() -> None:
    assert A.clip(0, 1) == A.clip(np.float64(0), 1.0)
    assert schedule(A, B, at=[0, 3]) == schedule(A, B, at=[0.0, 3.0])


@pytest.mark.parametrize("step", ["soon", float("nan")])
def test_a_step_that_is_no_number_says_which(step: Any) -> None:
    with pytest.raises(ContractError, match="not a training step"):
        schedule(toy.length(), toy.has(), at=(0, 3))([{"response": "a", "step": step}] * 2)


def test_a_walk_meets_the_whole_and_every_part_at_any_depth() -> None:
    inner = toy.has() * toy.length()
    whole = 2.0 * inner + toy.echo().clip(0, 1)
    assert [part.name for part in whole.walk()] == [
        "weighted_sum", "product", "toy.has", "toy.length", "clip", "toy.echo",
    ]  # fmt: skip


def test_a_whole_waits_if_any_part_does() -> None:
    assert toy.later().waits
    assert not toy.length().waits
    assert (toy.length() + toy.later()).clip(0, 1).waits
    assert not (toy.length() + toy.has()).waits
