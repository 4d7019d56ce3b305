"""Normalisers: saved statistics, groups, and rows without a value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import rewards_for_tests as toy

from guerdon import (
    ContractError,
    Status,
    from_spec,
    group_normalise,
    leave_one_out,
    normalise_then_sum,
    quantile,
    rank,
    spread,
    zscore,
)
from guerdon.normalise import residual
from guerdon.sample import Broken

E = toy.echo()


def group(*values: float | None, name: int = 1) -> list[dict[str, Any]]:
    return [{"value": v, "group": name} for v in values]


def test_a_zscore_keeps_its_statistics_in_its_spec() -> None:
    fitted = zscore(E).fit(group(1.0, 3.0, None))
    assert fitted.settings == {"mean": 2.0, "std": 1.0}
    assert fitted(group(5.0)).values.tolist() == [3.0]
    assert from_spec(fitted.spec()) == fitted


def test_an_unfitted_normaliser_says_so_and_one_cannot_fit_what_does_not_vary() -> None:
    for unfitted in (zscore(E), quantile(E)):
        with pytest.raises(ContractError, match="fit"):
            unfitted(group(1.0))
    with pytest.raises(ContractError, match="does not vary"):
        zscore(E).fit(group(1.0, 1.0))
    with pytest.raises(ContractError, match="no values"):
        quantile(E).fit(group(None))
    with pytest.raises(ValueError, match="positive std"):
        zscore(E, mean=0, std=0)


def test_a_quantile_is_the_share_of_fitted_values_below_with_equal_ones_half() -> None:
    fitted = quantile(E).fit(group(0.0, 1.0, 2.0, 3.0, 4.0))
    assert fitted(group(-9.0, 0.0, 2.0, 3.0, 9.0)).values.tolist() == pytest.approx([0, 0.1, 0.5, 0.7, 1], abs=0.01)
    assert from_spec(fitted.spec()) == fitted


def test_a_quantile_of_a_run_of_equal_values_is_its_middle() -> None:
    # Half of the values are 0 and half are 1: 0 lies at 0–½, so at ¼.
    fitted = quantile(E).fit(group(0.0, 0.0, 1.0, 1.0))
    assert fitted(group(0.0, 1.0)).values.tolist() == pytest.approx([0.25, 0.75], abs=0.01)


def test_ranks_share_ties_and_leave_out_what_has_no_value() -> None:
    scores = rank(E)(group(5.0, None, 1.0, 5.0))
    assert scores.values[[0, 2, 3]].tolist() == [0.75, 0.0, 0.75]
    assert scores.status[1] == Status.INAPPLICABLE
    assert rank(E)(group(5.0)).values.tolist() == [0.5]


def test_a_group_is_normalised_by_its_own_mean_and_spread() -> None:
    # mean 2, std (ddof 1) sqrt(2): (1 - 2) / (1.41421 + 1e-4)
    scores = group_normalise(E)(group(1.0, 3.0) + group(7.0, name=2))
    assert scores.values.tolist() == pytest.approx([-1 / (2**0.5 + 1e-4), 1 / (2**0.5 + 1e-4), 0.0])
    assert group_normalise(E, scale=False)(group(1.0, 3.0)).values.tolist() == [-1.0, 1.0]


def test_failed_rows_enter_neither_mean_nor_spread() -> None:
    with_gap = group_normalise(E)(group(1.0, float("nan"), 3.0))
    without = group_normalise(E)(group(1.0, 3.0))
    assert with_gap.values[[0, 2]].tolist() == without.values.tolist()
    assert with_gap.status[1] == Status.FAILED


def test_normalise_then_sum_lets_parts_of_unlike_scale_weigh_alike() -> None:
    small, large = E.reading(value="s").named("s"), E.reading(value="l").named("l")
    data = [{"s": 0.01, "l": 10.0, "group": 1}, {"s": 0.02, "l": 5.0, "group": 1}]
    summed = normalise_then_sum(small, large)(data).values
    assert summed.tolist() == pytest.approx([0.0, 0.0], abs=0.02)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=6), st.floats(0.1, 5), st.floats(-3, 3))
def test_group_normalisation_does_not_mind_shift_and_scale(values: list[float], scale: float, shift: float) -> None:
    if np.ptp(values) < 1e-3:
        return
    plain = group_normalise(E, eps=0.0)(group(*values)).values
    moved = group_normalise((scale * E + shift).named("m"), eps=0.0)(group(*values)).values
    assert moved == pytest.approx(plain, abs=1e-6)


def sets(*responses: str, name: str = "s") -> list[dict[str, Any]]:
    return [{"response": r, "set": name} for r in responses]


def test_spread_gives_every_member_the_value_of_its_set() -> None:
    scores = (spread(toy.distinct()) + toy.length())(sets("a", "bb", "a"))
    assert scores.values.tolist() == [3.0, 4.0, 3.0]


def test_leave_one_out_is_what_each_member_adds() -> None:
    assert leave_one_out(toy.distinct())(sets("a", "b", "a")).values.tolist() == [0.0, 1.0, 0.0]
    alone = leave_one_out(toy.distinct())(sets("a"))
    assert alone.status[0] == Status.INAPPLICABLE
    assert math.isnan(alone.values[0])


def test_set_operations_refuse_what_is_not_a_set_reward() -> None:
    for make in (spread, leave_one_out):
        with pytest.raises(ContractError, match="is for set rewards"):
            make(toy.length())
    with pytest.raises(ContractError, match="works within groups"):
        rank(toy.distinct())


def test_no_rows_have_no_groups() -> None:
    for normalise in (rank, group_normalise):
        assert len(normalise(toy.length())([])) == 0


def test_a_row_that_cannot_be_read_stays_failed_when_left_out_of_its_set() -> None:
    scores = leave_one_out(toy.distinct())([Broken("b", "cut"), {"response": "a", "set": 1}])
    assert scores.status.tolist() == [Status.FAILED, Status.INAPPLICABLE]


# -- what a covariate explains -----------------------------------------------------------------------


def scored(*pairs: tuple[float | None, int], name: int = 1) -> list[dict[str, Any]]:
    return [{"value": value, "response": "w " * length, "group": name} for value, length in pairs]


LENGTH = from_spec("length.words")


def test_what_length_explains_is_taken_out() -> None:
    fitted = residual(E, LENGTH).fit(scored((1, 1), (3, 2), (5, 3)))
    assert fitted.settings == {"slope": pytest.approx(2.0), "centre": 2.0}
    assert fitted(scored((5, 3), (5, 2))).values == pytest.approx([3.0, 5.0])
    assert from_spec(fitted.spec()) == fitted


@given(st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 9)), min_size=3, max_size=12))
def test_a_residual_is_that_of_least_squares(pairs: list[tuple[float, int]]) -> None:
    y, x = np.array(pairs).T
    if np.ptp(x) == 0:
        return
    fitted = residual(E, LENGTH).fit(scored(*pairs))
    slope, offset = np.polyfit(x, y, 1)
    left = fitted(scored(*pairs)).values
    assert left - left.mean() == pytest.approx(y - slope * x - offset, abs=1e-6)
    assert left @ (x - x.mean()) == pytest.approx(0, abs=1e-6)


def test_the_slope_is_the_one_within_groups() -> None:
    # Within both groups value falls by 1 a word, though the group of long responses has the higher values.
    rows = scored((1, 1), (0, 2), name=1) + scored((11, 11), (10, 12), name=2)
    assert residual(E, LENGTH).fit(rows).settings["slope"] == pytest.approx(-1.0)
    pooled = [{**row, "group": None} for row in rows]
    assert residual(E, LENGTH).fit(pooled).settings["slope"] > 0.9


def test_rows_without_a_value_do_not_count_and_a_constant_covariate_is_an_error() -> None:
    assert residual(E, LENGTH).fit(scored((1, 1), (None, 9), (3, 2))).settings["slope"] == pytest.approx(2.0)
    for rows in (scored((1, 2), (3, 2)), scored((1, 2), (None, 3))):
        with pytest.raises(ContractError, match="does not vary"):
            residual(E, LENGTH).fit(rows)
    with pytest.raises(ContractError, match="fit"):
        residual(E, LENGTH)(scored((1, 1)))
