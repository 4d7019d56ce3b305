"""Learning to Summarize: the reward, the published bookkeeping of tokens, the over-optimisation curve."""

from __future__ import annotations

import numpy as np
import pytest

from guerdon.systems import Proof, learning_to_summarize
from guerdon.systems import _learning_to_summarize as published

# -- the reward --------------------------------------------------------------------------------------


def test_scores_are_shifted_so_that_references_have_mean_0() -> None:
    references = [{"score": x} for x in np.random.default_rng(0).normal(3.0, 2.0, 1000)]
    mean = learning_to_summarize.reward_model()(references).mean()
    assert learning_to_summarize.reward_model(reference=mean)(references).mean() == pytest.approx(0, abs=1e-6)


def test_moving_away_from_the_start_costs() -> None:
    row = {"score": 3.0, "log_ratio": 8.0}
    assert learning_to_summarize.total(reference=2.0).one(row).value == pytest.approx(3 - 2 - 0.05 * 8)
    assert learning_to_summarize.total(beta=0.0).one(row).value == 3.0
    assert {"rm", "log_ratio"} < set(learning_to_summarize.total().components)


# -- tokens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "position"),
    [([5, 6, 7, -1, -1], 2), ([5, 6, 7, 8, 9], 4), ([5, -1, 7], 0), ([-1, -1, -1], 0), ([], 0)],
)
def test_a_score_is_read_before_the_first_padding(tokens: list[int], position: int) -> None:
    assert published.score_position(tokens) == position


def test_the_end_of_a_text_is_kept_and_scored() -> None:
    tokens = published.ended([5, 6, 50256, 7, 50256])
    assert tokens == [5, 6, 50256, -1, -1]
    assert published.score_position(tokens) == 2
    assert published.ended([5, 6]) == [5, 6]


def query(post: str, length: int, form: str = "{title}|{post}!", **info: str) -> str:
    tokens = published.query(
        {"post": post, "title": "t", **info}, length, encode=lambda text: list(map(ord, text)), pad=[32] * length,
        form=form,
    )  # fmt: skip
    return "".join(map(chr, tokens))


def test_posts_lose_their_last_lines_first_and_then_characters() -> None:
    assert query("ab\ncd\nef", 9) == " t|ab\ncd!"
    assert query("ab\ncd\nef", 6) == " t|ab!"
    assert query("ab\ncd\nef", 4) == "t|a!"
    assert query("", 5) == "  t|!"
    with pytest.raises(ValueError, match="still does not fit"):
        query("ab", 2)
    with pytest.raises(ValueError, match="no field 'post'"):
        published.query({}, 4, encode=lambda text: list(map(ord, text)), pad=[32] * 4, form="")


def test_a_title_with_braces_is_text() -> None:
    assert query("p", 20, title="{post} {0.x}").lstrip() == "{post} {0.x}|p!"


def test_what_may_not_be_cut_must_fit() -> None:
    assert published.fitted([1, 2, 3], 2, [], truncate="left") == [2, 3]
    assert published.fitted([1, 2, 3], 2, [], truncate="right") == [1, 2]
    assert published.fitted([1, 2], 2, []) == [1, 2]
    with pytest.raises(ValueError, match="do not fit"):
        published.fitted([1, 2, 3], 2, [])


# -- proofs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", learning_to_summarize.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


def test_the_curve_is_that_of_the_trials() -> None:
    curve = learning_to_summarize._trial(0).curve
    assert curve.gold.mean(axis=0) == pytest.approx([-0.01, 0.95, 1.41, 1.45, 0.99, 0.22, -0.81], abs=0.3)
    assert curve.kl[0, -1] == pytest.approx(np.log(4096) - 4095 / 4096)


@pytest.mark.slow
def test_the_proofs_hold_on_every_seed() -> None:
    assert [evidence.reason for evidence in learning_to_summarize.system.reproduce()] == [""] * 6
