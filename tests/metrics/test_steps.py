from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import inf, isnan
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.shapes import exp_distance, signed_exp_distance
from guerdon.metrics.steps import (
    Aggregate,
    Refinement,
    aggregate,
    clipped,
    delta,
    first_error,
    located,
    padding_gain,
    refined,
    return_bound,
    returns,
    shaped,
)

SCORES = [0.9, 0.9, 0.9, 0.2]
HOW: list[Refinement] = ["clip", "delta", "clip+delta"]
UNIT = st.lists(st.floats(0, 1), max_size=8)


def test_the_table_of_the_paper() -> None:
    # plain .9 + .9 + .9 + .2; clip 0 + 0 + 0 − .3; delta 0 + 0 + .9 + 0
    assert sum(SCORES) == pytest.approx(2.9)
    assert sum(refined(SCORES, "clip", 0.5)) == pytest.approx(-0.3)
    assert returns(refined(SCORES, "delta"))[0] == pytest.approx(0.9)


def test_ten_more_good_steps_pay_only_unrefined() -> None:
    assert padding_gain(list, SCORES, filler=0.9, extra=10) == pytest.approx(9.0)
    for how in HOW:
        assert padding_gain(partial(refined, how=how, threshold=0.5), SCORES, 0.9, 10) == pytest.approx(0.0)


def test_delta_keeps_its_ends_right() -> None:
    # r1 − r2, r2 (the last but one), and nothing for the last
    assert delta([0.7, 0.4, 0.9]) == pytest.approx([0.3, 0.4, 0.0])
    assert delta([0.7, 0.4]) == [0.7, 0.0]
    assert delta([0.7]) == [0.0]
    assert delta([]) == []


@given(UNIT)
def test_delta_telescopes_to_each_steps_own_score(scores: list[float]) -> None:
    assert returns(delta(scores))[:-1] == pytest.approx(scores[:-1])


@given(UNIT, st.floats(0, 1), st.sampled_from(HOW))
def test_refined_returns_are_bounded_whatever_the_number_of_steps(
    scores: list[float], threshold: float, how: Refinement
) -> None:
    total = sum(refined(scores, how, threshold))
    assert total <= (1.0 if how == "delta" else 0.0) + 1e-9
    assert len(refined(scores, how, threshold)) == len(scores)


@given(UNIT, st.floats(0, 1))
def test_clip_pays_nothing_and_charges_below_the_threshold(scores: list[float], threshold: float) -> None:
    assert all(v == min(s - threshold, 0) for v, s in zip(clipped(scores, threshold), scores, strict=True))


@given(st.floats(0, 1), st.integers(1, 5), st.sampled_from(HOW))
def test_splitting_a_step_into_many_does_not_pay(score: float, pieces: int, how: Refinement) -> None:
    whole, split = [0.8, score, 0.9], [0.8, *[score] * pieces, 0.9]
    assert sum(refined(split, how, 0.5)) <= sum(refined(whole, how, 0.5)) + 1e-9


def test_a_bound_that_grows_tells_a_hackable_reward() -> None:
    assert [return_bound(list, n) for n in (1, 5, 10)] == [1.0, 5.0, 10.0]
    assert [return_bound(partial(refined, how="clip", threshold=0.5), n) for n in (1, 5, 10)] == [0.0, 0.0, 0.0]
    with pytest.raises(ValueError, match="too many"):
        return_bound(list, 40)


def test_shaping_by_hand() -> None:
    # 0, then .99·2 − 3 and .99·1 − 2
    assert shaped([3, 2, 1]) == pytest.approx([0.0, -1.02, -1.01])
    assert shaped([0.5, -0.5, 0.5], gamma=1.0) == pytest.approx([0.0, -1.0, 1.0])
    assert shaped([1, 0, 1], gamma=1.0, negative_slope=0.5) == pytest.approx([0.0, -0.5, 1.0])
    assert (shaped([]), shaped([4.0])) == ([], [0.0])


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=8), st.floats(0.1, 1))
def test_shaped_returns_telescope(potentials: list[float], gamma: float) -> None:
    # Σ γ^(t−1)·(γ·Φ(t) − Φ(t−1)) from the second step on = γ^(n−1)·Φ(n) − Φ(1)
    total = returns(shaped(potentials, gamma)[1:], gamma)[:1] or [0.0]
    n = len(potentials)
    assert total[0] == pytest.approx(gamma ** (n - 1) * potentials[-1] - potentials[0], abs=1e-9)


def test_a_constant_potential_costs_under_a_discount() -> None:
    assert shaped([1.0] * 4, gamma=0.99) == pytest.approx([0.0, -0.01, -0.01, -0.01])


@given(UNIT, st.floats(0, 1))
def test_returns_are_suffix_sums(rewards: list[float], gamma: float) -> None:
    expected = [sum(gamma**k * r for k, r in enumerate(rewards[t:])) for t in range(len(rewards))]
    assert returns(rewards, gamma) == pytest.approx(expected)


def test_arrays_are_taken_too() -> None:
    scores: Sequence[float] = np.array(SCORES)  # type: ignore[assignment]
    assert refined(scores, "clip+delta", 0.95) == pytest.approx(refined(SCORES, "clip+delta", 0.95))
    assert shaped(scores) == pytest.approx(shaped(SCORES))


def test_an_unknown_refinement_is_refused() -> None:
    with pytest.raises(ValueError, match="write clip, delta or clip\\+delta"):
        refined(SCORES, "trim")  # type: ignore[arg-type]


def test_distance_shapes_by_hand() -> None:
    # exp(−½·1000/2300) and its square root under density 2
    assert exp_distance(1000, 2300) == pytest.approx(0.804615, abs=1e-6)
    assert exp_distance(1000, 2300, density=2) == pytest.approx(0.804615**0.5, abs=1e-6)
    assert exp_distance(1000, 2300, dispersion=0.5, density=2) == pytest.approx(exp_distance(1000, 2300))
    # 2·exp(−½·4570/4570) − 1 = 2·0.60653 − 1
    assert signed_exp_distance(4570, 4570) == pytest.approx(0.213061, abs=1e-6)
    assert signed_exp_distance(4570, 4570, density=2) == pytest.approx(0.213061**0.5, abs=1e-5)


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0.5, 4), st.floats(0.5, 4))
def test_nearer_is_never_worth_less(a: float, b: float, dispersion: float, density: float) -> None:
    near, far = sorted((a, b))
    for shape in (exp_distance, signed_exp_distance):
        values = [shape(d, 2300, dispersion, density) for d in (near, far)]
        assert -1.0 <= values[1] <= values[0] + 1e-12 <= 1.0 + 1e-12


# -- one score of all steps, and the first wrong one -------------------------------------------------


@pytest.mark.parametrize(
    ("how", "expected"),
    [("min", 0.1), ("max", 0.9), ("prod", 0.072), ("geometric_mean", 0.072 ** (1 / 3)), ("mean", 0.6),
     ("mean_logit", 0.61351179), ("mean_odds", (9 + 4 + 1 / 9) / 3), ("last", 0.1)],
)  # fmt: skip
def test_a_solution_is_worth_its_steps_in_eight_ways(how: Aggregate, expected: float) -> None:
    assert aggregate([0.9, 0.8, 0.1], how) == pytest.approx(expected)


def test_certain_steps_have_their_limits() -> None:
    assert [aggregate([1.0, 0.5], how) for how in ("mean_logit", "mean_odds")] == [1.0, inf]
    assert [aggregate([0.0, 0.5], how) for how in ("mean_logit", "mean_odds", "geometric_mean")] == [0.0, 0.5, 0.0]
    assert isnan(aggregate([0.0, 1.0], "mean_logit"))
    assert aggregate([1e-200] * 3, "geometric_mean") == pytest.approx(1e-200)  # whose product is 0


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=8), st.sampled_from(get_args(Aggregate)))
def test_steps_that_are_all_the_same_are_worth_one_of_them(scores: list[float], how: Aggregate) -> None:
    one = aggregate(scores[:1], how)
    assert one == pytest.approx(scores[0] / (1 - scores[0]) if how == "mean_odds" else scores[0])
    if how != "prod":
        assert aggregate(scores[:1] * 5, how) == pytest.approx(one)
        assert aggregate([min(scores)], how) <= aggregate(scores, how) * (1 + 1e-9)


def test_what_cannot_be_joined_is_refused() -> None:
    with pytest.raises(ValueError, match="0 steps"):
        aggregate([], "mean")
    with pytest.raises(ValueError, match="median"):
        aggregate([1.0], "median")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="probabilities"):
        aggregate([1.0, -2.0], "geometric_mean")
    assert aggregate([3.0, -2.0], "mean") == 0.5  # any score will do


def test_the_first_error_is_an_index() -> None:
    assert [first_error(x) for x in ([], [False, False], [True, True], [False, True])] == [-1, -1, 0, 1]


def test_finding_no_error_ever_is_worth_nothing() -> None:
    assert located([-1, -1, -1, -1], [-1, -1, -1, 2]) == (0.0, 1.0, 0.0)
    found = located([2, 1, -1, -1], [2, 0, 3, -1])
    assert found == pytest.approx((1 / 3, 1.0, 0.5))
    assert isnan(located([], []).f1)
    assert isnan(located([-1], [-1]).erroneous)
    with pytest.raises(ValueError, match="longer"):
        located([1], [1, 2])
