from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.use.buffer import SelectiveSampleBuffer, advantage_rate


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def filled(advantages: list[float], **limits: float) -> SelectiveSampleBuffer[int]:
    """Samples numbered from 0, added at step 0."""
    settings = {"capacity": 100, "max_age": 5, "max_reuse": 3} | limits
    buffer = SelectiveSampleBuffer[int](**settings)  # type: ignore[arg-type]
    buffer.add(range(len(advantages)), advantages, step=0)
    return buffer


def test_the_rate_is_the_share_of_groups_that_differ() -> None:
    assert advantage_rate([[1, 0], [1, 1], [0, 0], [0.2, 0.1]]) == 0.5
    assert advantage_rate(np.array([[1.0, 0.0], [1.0, 1.0]])) == 0.5
    assert advantage_rate([[float("nan"), 1], [1, float("nan"), 0]]) == 0.5  # one value alone does not differ


@given(st.lists(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=5), min_size=1, max_size=6))
def test_the_rate_counts_mixed_groups(groups: list[list[float]]) -> None:
    assert advantage_rate(groups) == sum(len(set(g)) > 1 for g in groups) / len(groups)


def test_only_samples_with_an_advantage_are_kept() -> None:
    buffer = filled([0.0, 1.0, -2.0, float("nan"), -0.0, float("inf")])
    assert len(buffer) == 2
    assert {r.item for r in buffer.draw(9, step=0, rng=generator())} == {1, 2}


def test_a_draw_gives_different_samples_with_what_they_were_worth() -> None:
    drawn = filled([1.0, -2.0, 0.5]).draw(3, step=4, rng=generator())
    assert {(r.item, r.advantage, r.age) for r in drawn} == {(0, 1.0, 4), (1, -2.0, 4), (2, 0.5, 4)}


def test_nothing_is_drawn_from_nothing() -> None:
    assert filled([]).draw(3, step=0, rng=generator()) == []
    assert filled([1.0]).draw(0, step=0, rng=generator()) == []


def test_the_oldest_go_when_it_is_full() -> None:
    buffer = filled([1.0] * 5, capacity=3)
    assert {r.item for r in buffer.draw(9, step=0, rng=generator())} == {2, 3, 4}


def test_a_sample_goes_when_it_is_too_old_or_used_too_often() -> None:
    buffer = filled([1.0], max_age=2)
    assert [len(buffer.draw(1, step=step, rng=generator())) for step in (2, 3)] == [1, 0]
    buffer = filled([1.0], max_reuse=2)
    assert [len(buffer.draw(1, step=0, rng=generator())) for _ in range(3)] == [1, 1, 0]
    assert len(buffer) == 0


def test_samples_are_drawn_as_often_as_their_advantage_is_great() -> None:
    rng, counts = generator(), np.zeros(3)
    buffer = filled([1.0, -2.0, 50.0], max_reuse=10_000, ceiling=3.0)
    for _ in range(6000):
        counts[buffer.draw(1, step=0, rng=rng)[0].item] += 1
    assert counts / 6000 == pytest.approx(np.array([1, 2, 3]) / 6, abs=0.02)


def test_weights_undo_that() -> None:
    advantages = [0.5, -1.0, 2.0, 3.0]
    rng, buffer = generator(), filled(advantages, max_reuse=100_000)
    drawn = [buffer.draw(1, step=0, rng=rng)[0] for _ in range(5000)]
    assert np.mean([r.weight * r.advantage for r in drawn]) == pytest.approx(np.mean(advantages), abs=0.05)
    assert np.mean([r.advantage for r in drawn]) > np.mean(advantages) + 0.5


@given(st.lists(st.floats(-5, 5), max_size=12), st.integers(0, 15))
def test_a_draw_is_never_larger_than_asked_nor_twice_the_same(advantages: list[float], n: int) -> None:
    drawn = filled(advantages).draw(n, step=0, rng=generator())
    assert len(drawn) == len({r.item for r in drawn}) == min(n, sum(a != 0 for a in advantages))


def test_limits_and_lengths_are_checked() -> None:
    for limits in ({"capacity": 0}, {"max_age": 0}, {"max_reuse": 0}, {"ceiling": 0.0}):
        with pytest.raises(ValueError, match="limits are at least 1"):
            filled([], **limits)
    with pytest.raises(ValueError, match="argument 2 is"):
        filled([]).add([1], [1.0, 2.0], step=0)
