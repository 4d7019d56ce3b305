from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Reward, Status, reward
from guerdon.combine import Constrained, constrained, lower_bound, signed_geometric_mean, team_share
from guerdon.rules.process import step_scores
from guerdon.shaping import each_step
from guerdon.spec import from_spec


@reward("test_combine.a", range=(-1, 1))
def a(a: float) -> float:
    """The column a."""
    return a


@reward("test_combine.b", range=(-1, 1))
def b(b: float) -> float:
    """The column b."""
    return b


@reward("test_combine.c", range=(-1, 1))
def c(c: float) -> float:
    """The column c."""
    return c


KRC = signed_geometric_mean(a(), b(), c())
TWO = signed_geometric_mean(a(), b(), sign="product")
PART = st.floats(-1, 1)
SURE = lower_bound(a(), b(), c(), k=2.0)
HELD = constrained(a(), b(), thresholds=(0.5, None), multipliers=(1.0,))
EQUAL = constrained(a(), b(), thresholds=(0.5, 0.25), equal=True, floor=0.0)
RAW = constrained(a(), b(), thresholds=(0.5, 0.25), squash=False)


def mean(x: float, y: float, z: float) -> float:
    value = KRC.one({"a": x, "b": y, "c": z}).value
    assert value is not None
    return value


def test_the_mean_is_signed_by_whether_all_are_positive() -> None:
    # the cube root of .5·.5·.5
    assert mean(0.5, 0.5, 0.5) == pytest.approx(0.5)
    assert mean(-0.5, 0.5, 0.5) == pytest.approx(-0.5)
    assert mean(-0.5, -0.5, 0.5) == pytest.approx(-0.5)


def test_with_the_sign_of_the_product_two_wrongs_make_a_right() -> None:
    assert [TWO.one({"a": x, "b": y}).value for x, y in ((-0.25, -1), (-0.25, 1), (0.25, 1))] == [0.5, -0.5, 0.5]


@pytest.mark.parametrize("others", [(0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
def test_a_zero_is_zero_and_never_minus_zero(others: tuple[float, float]) -> None:
    for zero in (0.0, -0.0):
        value = mean(zero, *others)
        assert (value, np.signbit(value)) == (0.0, False)


def test_noise_around_zero_is_amplified() -> None:
    # (0.001 · 0.9 · 0.9)^(1/3) = 0.0932
    assert mean(0.001, 0.9, 0.9) == pytest.approx(0.0932, abs=1e-4)
    assert mean(-0.001, 0.9, 0.9) == pytest.approx(-0.0932, abs=1e-4)


@given(PART, PART, PART)
def test_the_order_of_parts_does_not_matter_and_the_range_holds(x: float, y: float, z: float) -> None:
    value = mean(x, y, z)
    assert KRC.range[0] <= value <= KRC.range[1]
    assert mean(z, x, y) == pytest.approx(value, abs=1e-12)
    assert abs(value) <= max(abs(x), abs(y), abs(z)) + 1e-12


def test_one_row_and_many_agree() -> None:
    rows = [{"a": x, "b": y, "c": z} for x in (-1, 0, 0.3) for y in (-0.2, 0.7) for z in (0.1, 1)]
    assert KRC(rows).values.tolist() == [KRC.one(row).value for row in rows]


def test_a_part_without_a_value_leaves_none() -> None:
    scores = KRC([{"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 1.0, "b": 1.0}])
    assert scores.counts() == {"OK": 1, "INAPPLICABLE": 1}


def test_a_mean_of_nothing_and_another_sign_are_refused() -> None:
    with pytest.raises(ValueError, match="one part or more"):
        signed_geometric_mean()
    with pytest.raises(ValueError, match="sign all or product"):
        signed_geometric_mean(a(), sign="first")  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [KRC, TWO, SURE, HELD, EQUAL, RAW, team_share(a(), spirit=0.5, by="side")], ids=str)
def test_text_forms_round_trip(made: Reward) -> None:
    assert from_spec(made.spec()) == made


def match(*values: float | None, teams: str = "bboo") -> list[dict[str, object]]:
    return [{"group": 1, "team": t, "a": v} for t, v in zip(teams, values, strict=True)]


def test_a_player_shares_with_its_team_and_pays_for_the_others() -> None:
    # means 2 and 1: .3·2 + .7·4 − 1, .3·2 + .7·0 − 1, .3·1 + .7·1 − 2, and the same
    assert team_share(a())(match(4, 0, 1, 1)).values == pytest.approx([2.4, -0.4, -1.0, -1.0])


def test_the_total_over_teams_of_one_size_is_nothing() -> None:
    assert team_share(a())(match(4, 0.5, -1, 2)).values.sum() == pytest.approx(0.0)


def test_alone_a_team_pays_for_nobody() -> None:
    assert team_share(a(), spirit=1.0)(match(4, 0, teams="bb")).values == pytest.approx([2.0, 2.0])


def test_a_player_without_a_value_is_left_out_of_the_means() -> None:
    scores = team_share(a())(match(4, None, 1, 1))
    assert scores.status[1] == Status.INAPPLICABLE
    assert scores.values[[0, 2]] == pytest.approx([0.3 * 4 + 0.7 * 4 - 1, 1 - 4])


def test_groups_do_not_mix() -> None:
    rows = match(4, 0, 1, 1) + [row | {"group": 2} for row in match(0, 0, 0, 0)]
    assert team_share(a())(rows).values[4:] == pytest.approx([0.0] * 4)


def test_steps_are_shared_step_by_step() -> None:
    rows = [{"group": 1, "team": t, "step_scores": s} for t, s in (("b", [2, 0]), ("o", [0, 1]))]
    scores = team_share(step_scores(), spirit=0.0)(rows)
    assert [fine.values for fine in scores.fine.values()] == [(2.0, -1.0), (-2.0, 1.0)]
    assert scores.values == pytest.approx([1.0, -1.0])


def test_episodes_of_unequal_length_have_no_shared_steps() -> None:
    rows = [{"group": 1, "team": t, "step_scores": s} for t, s in (("b", [2, 0]), ("o", [1]))]
    assert team_share(step_scores())(rows).fine == {}


def test_a_player_without_a_team_is_an_error() -> None:
    with pytest.raises(ContractError, match="row 0 has no 'team'"):
        team_share(a())([{"group": 1, "a": 1.0}])


def test_a_spirit_outside_0_and_1_is_refused() -> None:
    with pytest.raises(ValueError, match="not in 0–1"):
        team_share(a(), spirit=1.5)


def test_the_parts_of_shared_steps_can_be_any_reward() -> None:
    rows = [{"group": 1, "team": t, "steps": [{"a": v}, {"a": 0.0}]} for t, v in (("b", 1.0), ("o", 0.5))]
    assert team_share(each_step(a()))(rows).values == pytest.approx([0.5, -0.5])


# -- lower bounds and constraints --------------------------------------------------------------------


def test_a_lower_bound_pays_less_where_parts_disagree() -> None:
    rows = [{"a": x, "b": y, "c": z} for x, y, z in ((0.5, 0.5, 0.5), (0.0, 0.5, 1.0))]
    # both have mean 0.5; the second's standard deviation is √(0.5/3) = 0.408
    assert SURE(rows).values == pytest.approx([0.5, 0.5 - 2 * (0.5 / 3) ** 0.5])
    assert lower_bound(a(), b(), c(), k=0)(rows).values == pytest.approx([0.5, 0.5])
    with pytest.raises(ValueError, match="pays for doubt"):
        lower_bound(a(), k=-1)


@given(PART, PART, PART, st.floats(0, 3))
def test_a_lower_bound_stays_in_its_range_and_grows_with_each_part_at_k_0(
    x: float, y: float, z: float, k: float
) -> None:
    bound = lower_bound(a(), b(), c(), k=k)
    value = bound.one({"a": x, "b": y, "c": z}).value
    assert value is not None
    assert bound.range[0] - 1e-9 <= value <= bound.range[1] + 1e-9
    assert value == pytest.approx(np.mean([x, y, z]) - k * np.std([x, y, z]), abs=1e-12)


def test_the_new_combinators_score_one_row_as_many() -> None:
    rows = [{"a": x, "b": y, "c": z} for x in (-1, 0, 0.3) for y in (-0.2, 0.7) for z in (0.1, 1)]
    for made in (SURE, HELD, EQUAL, RAW):
        assert made(rows).values.tolist() == [made.one(row).value for row in rows]


def test_a_part_loses_weight_above_its_threshold_and_gains_below() -> None:
    reward = constrained(a(), b(), thresholds=(0.5, 0.5))
    assert reward.weights == (0.5, 0.5)  # σ(0)
    above, below = reward.update([0.9, 0.1]).weights
    assert above < 0.5 < below
    # μ = −0.1 · (0.9 − 0.5) · ¼
    assert above == pytest.approx(1 / (1 + np.exp(0.01)))
    assert reward.weights == (0.5, 0.5)


def test_equality_turns_weights_negative_and_inequality_never_does() -> None:
    def after(reward: Constrained) -> tuple[float, ...]:
        for _ in range(2000):
            reward = reward.update([1.0, 1.0], rate=0.1)
        return reward.weights

    assert max(after(EQUAL)) < -0.9
    assert all(0 < weight < 0.1 for weight in after(constrained(a(), b(), thresholds=(0.5, 0.25))))
    assert after(RAW) == (0.0, 0.0)


def test_the_task_gets_what_constraints_leave_and_never_less_than_the_floor() -> None:
    assert HELD.weights == pytest.approx((1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))))
    assert EQUAL.task_weight == 2.0  # tanh 0 twice
    unreachable = constrained(a(), b(), thresholds=(5.0, None))
    for _ in range(500):
        unreachable = unreachable.update([0.0], rate=1.0)
    assert unreachable.weights == pytest.approx((1.0, 0.1), abs=0.01)


def test_a_range_follows_the_weights() -> None:
    assert RAW.range == (-1.0, 1.0)  # 0.5 of −1…1 twice
    assert RAW.update([0.5, -0.75], rate=0.1).range == pytest.approx((-1.1, 1.1))  # the second weighs 0.6


def test_a_constraint_remembers_its_multipliers_in_its_text() -> None:
    moved = HELD.update([0.9])
    assert moved != HELD
    assert from_spec(moved.spec()) == moved


@pytest.mark.parametrize(
    ("parts", "settings"),
    [
        ((), {"thresholds": ()}),
        ((a(), b()), {"thresholds": (0.5,)}),
        ((a(), b()), {"thresholds": (None, None)}),
        ((a(),), {"thresholds": (None,)}),
        ((a(),), {"thresholds": (0.5,), "multipliers": (0.1, 0.2)}),
        ((a(),), {"thresholds": (float("nan"),)}),
    ],
)
def test_constraints_that_make_no_sense_are_refused(parts: tuple[Reward, ...], settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"constrained: |finite"):
        constrained(*parts, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("means", [[], [0.5, 0.5], [float("nan")]])
def test_means_that_do_not_fit_are_refused(means: list[float]) -> None:
    with pytest.raises(ValueError, match=r"argument|finite"):
        HELD.update(means)
