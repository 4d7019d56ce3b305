"""Elo ratings."""

from __future__ import annotations

import numpy as np
import pytest

from guerdon.metrics.battles import battles
from guerdon.metrics.elo import elo, updated

MET = battles(["a", "b", "c", "a"], ["b", "c", "a", "c"], [1, 0.5, 0, 1])


def test_it_is_the_sequence_of_single_updates() -> None:
    ratings = dict.fromkeys("abc", 1000.0)
    for i, j, outcome in (("a", "b", 1), ("b", "c", 0.5), ("c", "a", 0), ("a", "c", 1)):
        ratings[i], ratings[j] = updated(ratings[i], ratings[j], outcome, k=32)
    assert elo(MET, k=32).tolist() == pytest.approx([*ratings.values()])


@pytest.mark.parametrize(
    ("first", "second", "outcome", "after"),
    [
        (1000, 1000, 0.5, (1000, 1000)),
        (1000, 1000, 1, (1016, 984)),  # half of 32
        (1200, 1000, 1, (1207.68809835, 992.31190165)),  # 1 / (1 + 10^−½) was expected
    ],
)
def test_an_update_is_k_times_the_surprise(
    first: float, second: float, outcome: float, after: tuple[float, float]
) -> None:
    assert updated(first, second, outcome) == pytest.approx(after)


def test_the_mean_stays() -> None:
    assert elo(MET, k=100, start=1500).mean() == pytest.approx(1500)


def test_the_order_matters() -> None:
    assert not np.allclose(elo(MET, k=32), elo(MET.take([3, 2, 1, 0]), k=32))


def test_a_weight_multiplies_k() -> None:
    heavy = battles(["a"], ["b"], [1], weight=[2])
    assert elo(heavy, k=16).tolist() == elo(battles(["a"], ["b"], [1]), k=32).tolist() == [1016, 984]


def test_an_absurd_k_overflows_nothing() -> None:
    assert np.isfinite(elo(MET, k=1e9)).all()


@pytest.mark.parametrize("settings", [{"k": 0}, {"k": float("nan")}, {"base": 1}, {"scale": -400}, {"k": float("inf")}])
def test_settings_are_checked(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="k and scale are above 0, base above 1"):
        elo(MET, **settings)
