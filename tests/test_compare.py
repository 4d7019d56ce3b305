"""Comparing, ranking, tournaments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from tests import rewards_for_tests as toy

from guerdon import ContractError, Status, from_spec, reward, tournament
from guerdon.media import Image


def rows(*responses: str | None, **columns: object) -> list[dict[str, object]]:
    return [{"prompt": "p", "response": r, **columns} for r in responses]


def test_the_greater_value_wins_and_equal_ones_tie() -> None:
    verdicts = toy.length().compare(rows("abc", "a", "ab"), rows("ab", "ab", "cd"))
    assert verdicts.p_first.tolist() == [1.0, 0.0, 0.5]
    assert verdicts.p_tie.tolist() == [0.0, 0.0, 1.0]


def test_ties_count_half_unless_a_protocol_counts_them_wrong() -> None:
    verdicts = toy.length().compare(rows("abc", "a", "ab"), rows("ab", "ab", "cd"))
    assert verdicts.accuracy() == pytest.approx(0.5)
    assert verdicts.accuracy(ties=0.0) == pytest.approx(1 / 3)


def test_a_side_without_a_value_gives_its_status_and_never_a_tie() -> None:
    verdicts = toy.moody().compare([{"mood": "ok"}, {"mood": "fail"}], [{"mood": "unread"}, {"mood": "fail"}])
    assert verdicts.status.tolist() == [Status.UNREAD, Status.FAILED]
    assert np.isnan(verdicts.p_first).all()
    assert np.isnan(verdicts.p_tie).all()
    assert verdicts.coverage == 0.0
    assert np.isnan(verdicts.accuracy())


def test_a_declared_link_turns_differences_into_probabilities() -> None:
    @reward("here.logit", link="logistic", tie=0.5)
    def logit(value: float) -> float:
        return value

    verdicts = logit().compare([{"value": 2.0}, {"value": 0.4}], [{"value": 0.5}, {"value": 0.0}])
    assert verdicts.p_first.tolist() == pytest.approx([expit(1.5), 0.5])
    assert verdicts.p_tie.tolist() == [0.0, 1.0]


def test_a_pairwise_reward_has_no_scalar_but_a_tournament_has() -> None:
    with pytest.raises(ContractError, match=r"compares responses.*tournament"):
        toy.longer()(rows("a"))
    data = rows("a", "ccc", "bb", group=1)
    assert tournament(toy.longer())(data).values.tolist() == [0.0, 1.0, 0.5]
    with pytest.raises(ContractError, match="already has a scalar"):
        tournament(toy.length())


def test_pairwise_rewards_are_asked_in_both_orders_unless_told_otherwise() -> None:
    both = toy.biased().compare(rows("abc"), rows("ab"))
    once = toy.biased().compare(rows("abc"), rows("ab"), orders="given")
    # given: ½ + 0.1 + 0.2 = 0.8; swapped: 1 - (½ - 0.1 + 0.2) = 0.4; mean 0.6
    assert once.p_first.tolist() == pytest.approx([0.8])
    assert both.p_first.tolist() == pytest.approx([0.6])
    assert both.swapped is not None
    assert both.swapped.tolist() == pytest.approx([0.4])
    assert once.swapped is None


def test_no_pairs_give_no_verdicts() -> None:
    assert len(toy.longer().compare([], [])) == 0
    assert len(toy.length().compare([], [])) == 0
    with pytest.raises(ContractError, match="1 first and 0 second"):
        toy.length().compare(rows("a"), [])


def test_a_group_reward_cannot_compare_two_responses() -> None:
    with pytest.raises(ContractError, match="over a whole group"):
        toy.agree().compare(rows("a"), rows("b"))


def test_ranking_puts_the_best_first_and_what_has_no_value_last() -> None:
    ranking = toy.length().rank(rows("a", None, "ccc", "b"))
    assert ranking.order == (2, 0, 3, 1)


def test_a_tournament_shows_its_matrix_and_its_cycles() -> None:
    @reward("here.scissors", over="comparison", native="pairwise", range=(0, 1))
    def scissors(responses: list[str]) -> float:
        a, b = responses
        return 0.5 if a == b else float((a, b) in {("rock", "scissors"), ("scissors", "paper"), ("paper", "rock")})

    played = tournament(scissors()).play(rows("rock", "paper", "scissors"))
    assert played.has_cycles
    assert played.matrix[0, 1] == 0.0
    assert played.matrix[0, 2] == 1.0
    assert np.isnan(played.matrix.diagonal()).all()
    straight = tournament(toy.longer()).play(rows("a", "bb", "ccc"))
    assert not straight.has_cycles


def test_copeland_counts_opponents_beaten_and_an_anchor_is_one_opponent() -> None:
    data = rows("a", "abcd", "ab", group=1)
    assert tournament(toy.biased(), "copeland")(data).values.tolist() == [0.0, 1.0, 0.5]
    anchored = tournament(toy.longer(), "anchor")(rows("abc", "a", anchor="ab"))
    assert anchored.values.tolist() == [1.0, 0.0]


def test_a_failed_comparison_leaves_its_players_without_a_value() -> None:
    @reward("here.picky", over="comparison", native="pairwise", range=(0, 1))
    def picky(responses: list[str]) -> float:
        if "bad" in responses:
            raise RuntimeError("no")
        return float(len(responses[0]) > len(responses[1]))

    scores = tournament(picky())(rows("a", "bb", "bad", group=1))
    assert scores.status.tolist() == [Status.FAILED] * 3
    assert "1 of 2 comparisons gave no verdict" in scores.reasons[0]


def test_tournaments_compose_and_have_a_text_form() -> None:
    total = 0.5 * tournament(toy.longer()) + toy.length()
    assert from_spec(total.spec()) == total
    assert total(rows("a", "bb", group=1)).values.tolist() == [1.0, 2.5]


def test_a_pairwise_reward_says_how_to_get_a_scalar_before_anything_else() -> None:
    with pytest.raises(ContractError, match=r"use .compare\(…\) or .tournament\(\)"):
        toy.longer()([{"unrelated": 1}] * 2)
    assert toy.longer().tournament("copeland") == tournament(toy.longer(), policy="copeland")
    with pytest.raises(ValueError, match="'best' is not one of mean, copeland, anchor"):
        tournament(toy.longer(), policy="best")  # type: ignore[arg-type]


def test_a_pairwise_reward_sees_both_pictures_in_the_order_that_is_shown() -> None:
    @reward("toy.first_picture", native="pairwise", range=(0, 1))
    def first_picture(images: list[Image]) -> float:
        return {(2, 3): 1.0, (3, 2): 0.25}[images[0].size[0], images[1].size[0]]

    narrow, wide = ({"prompt": "a cat", "image": np.zeros((2, width, 3), np.uint8)} for width in (2, 3))
    verdicts = first_picture().compare([narrow], [wide])
    assert verdicts.p_first.tolist() == [0.875]  # (1 + ¾) / 2
    assert verdicts.swapped is not None
    assert verdicts.swapped.tolist() == [0.75]


def test_a_picture_that_two_responses_are_about_is_shown_once() -> None:
    @reward("toy.pictures", native="pairwise", range=(0, 1))
    def pictures(images: list[Image]) -> float:
        return 1 / len(images)

    rows = [{"prompt": "?", "response": text, "image": "cat.png"} for text in "ab"]
    assert pictures().compare(rows[:1], rows[1:], orders="given").p_first.tolist() == [1.0]
