"""A fused reward: near neighbours share their luck."""

from collections.abc import Sequence

import numpy as np
import pytest

from guerdon import Status, reward
from guerdon.embed.fused import Fused
from guerdon.rules.given import score
from guerdon.scores import ContractError, Floats


class Places:
    """Texts at places on a circle, in degrees: the number they end with."""

    digest = "places"

    def encode(self, texts: Sequence[str]) -> Floats:
        angles = np.radians([float(text.split()[-1]) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def row(degrees: float, value: float | None) -> dict[str, object]:
    return {"prompt": "at", "response": f"degrees {degrees}", "score": value}


def test_neighbours_weigh_as_far_as_they_are_like() -> None:
    fused = Fused(score(), [row(10, 4.0), row(80, 100.0)], Places())
    near = np.cos(np.radians(10))
    assert fused.one(row(0, 2.0)).value == pytest.approx((near * 4 + 2) / (near + 1))


def test_without_neighbours_the_reward_is_as_it_is() -> None:
    assert Fused(score(), [row(90, 4.0)], Places()).one(row(0, 2.0)).value == 2.0


def test_a_copy_of_the_row_does_not_count_again() -> None:
    assert Fused(score(), [row(0, 100.0)], Places()).one(row(0, 2.0)).value == 2.0


def test_only_the_nearest_k_count() -> None:
    known = [row(1, 0.0), row(5, 1000.0)]
    near = np.cos(np.radians(1))
    assert Fused(score(), known, Places(), k=1).one(row(0, 1.0)).value == pytest.approx(1 / (near + 1))


def test_a_row_without_a_value_stays_without() -> None:
    scores = Fused(score(), [row(1, 5.0), row(2, None)], Places())([row(0, None), row(0, 1.0)])
    assert scores.status.tolist() == [Status.INAPPLICABLE, Status.OK]
    assert scores.values[1] == pytest.approx((np.cos(np.radians(1)) * 5 + 1) / (np.cos(np.radians(1)) + 1))


def test_it_says_what_it_is_smoothed_over() -> None:
    one, other = (Fused(score(), [row(x, 1.0)], Places()) for x in (1, 2))
    assert one != other


def test_other_kinds_of_rewards_are_refused() -> None:
    @reward("toy.fused_group", over="group")
    def group(response: list[str]) -> list[float]:
        return [0.0] * len(response)

    with pytest.raises(ContractError, match="of single samples"):
        Fused(group(), [], Places())
    with pytest.raises(ContractError, match="k=0"):
        Fused(score(), [], Places(), k=0)
