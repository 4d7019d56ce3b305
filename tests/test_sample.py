"""Samples, comparisons, trajectories."""

from __future__ import annotations

import pytest

from guerdon import Comparison, Sample, Trajectory, Vote


def test_a_sample_is_a_read_only_row() -> None:
    sample = Sample("p", "r", 3, task="count")
    assert (sample.prompt, sample.response, sample.answer, sample["task"]) == ("p", "r", 3, "count")
    assert dict(sample) == {"prompt": "p", "response": "r", "answer": 3, "task": "count"}
    assert sample.get("nothing") is None
    with pytest.raises(AttributeError):
        sample.answer = 4  # type: ignore[misc]
    assert sample.with_columns(answer=4).answer == 4
    assert sample.answer == 3


def test_messages_with_parts_give_text_and_images() -> None:
    parts = [{"type": "text", "text": "what is "}, {"type": "image", "image": b"x"}, {"type": "text", "text": "this?"}]
    sample = Sample([{"role": "system", "content": "be kind"}, {"role": "user", "content": parts}], "r")
    assert sample.prompt == "be kind\nwhat is this?"
    assert len(sample.images) == 1
    assert len(Sample("p", "r", image=b"x").images) == 1
    assert Sample("p", "r").images == []


def test_a_share_is_the_strength_weighted_mean_of_one_aspect() -> None:
    votes = [
        Vote(((0,), (1,)), strength=3),
        Vote(((0, 1),), strength=1),
        Vote(((1,), (0,)), strength=9, aspect="style"),
        Vote(((0,),)),
    ]
    comparison = Comparison("p", ["a", "b"], votes)
    share = comparison.share(0, 1)
    assert share is not None
    assert share.value == pytest.approx((3 * 1 + 1 * 0.5) / 4)
    assert share.weight == 4.0
    other = comparison.share(1, 0)
    assert other is not None
    assert share.value + other.value == pytest.approx(1.0)
    style = comparison.share(0, 1, aspect="style")
    assert style == (0.0, 9.0)
    assert comparison.share(0, 1, aspect="none") is None


def test_a_comparison_needs_two_responses_and_votes_that_name_them() -> None:
    with pytest.raises(ValueError, match="two or more"):
        Comparison("p", ["a"])
    with pytest.raises(ValueError, match=r"votes name responses \[5\] of 2"):
        Comparison("p", ["a", "b"], [Vote(((5,),))])


def test_a_comparison_unfolds_into_samples() -> None:
    samples = Comparison("p", ["a", "b"], task="t").samples()
    assert [dict(s) for s in samples] == [
        {"prompt": "p", "response": r, "answer": None, "task": "t"} for r in ("a", "b")
    ]


def test_a_trajectory_is_relabelled_one_reward_a_step() -> None:
    episode = Trajectory(frames=[1, 2], actions=["l", "r"], steps=[0, 1])
    assert episode.relabel([0.0, 1.0])["rewards"] == (0.0, 1.0)
    assert episode["rewards"] is None
    with pytest.raises(ValueError, match="1 rewards for 2 steps"):
        episode.relabel([1.0])
