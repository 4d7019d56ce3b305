"""Battles from votes, verdicts and scores, and the leaderboard made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guerdon import Comparison, ContractError, Vote
from guerdon.bench.arena import from_scores, from_verdicts, from_votes, leaderboard, style_counts
from guerdon.compare import Verdicts
from guerdon.metrics.battles import battles
from guerdon.metrics.ratings import bradley_terry
from guerdon.rules.answers import exact
from guerdon.sample import Broken
from guerdon.scores import Status

FIRST, TIE = Vote(((0,), (1,))), Vote(((0, 1),))


def row(*votes: Vote, models: Any = ("a", "b"), prompt: str = "Why?", **columns: Any) -> Comparison:
    return Comparison(prompt, [f"said {i}" for i in range(len(models))], votes, models=models, **columns)


def fought(arena: Any) -> list[tuple[str, str, float, float]]:
    met = arena.battles
    names = met.players
    columns = (met.first, met.second, met.outcome, met.weight)
    return [(names[i], names[j], y, w) for i, j, y, w in zip(*(c.tolist() for c in columns), strict=True)]


# -- votes -------------------------------------------------------------------------------------------


def test_every_vote_on_every_pair_is_a_battle_of_its_strength() -> None:
    ranked = Vote(((2,), (0, 1)), strength=2.0)
    arena = from_votes([row(FIRST, TIE), row(ranked, models=("a", "b", "c"))])
    assert fought(arena) == [
        ("a", "b", 1, 1), ("a", "b", 0.5, 1),
        ("a", "b", 0.5, 2), ("a", "c", 0, 2), ("b", "c", 0, 2),
    ]  # fmt: skip
    assert arena.left_out == {}


def test_responses_that_a_vote_does_not_name_do_not_meet() -> None:
    assert fought(from_votes([row(FIRST, models=("a", "b", "c"))])) == [("a", "b", 1, 1)]


def test_one_aspect_is_read_and_the_rest_is_counted() -> None:
    votes = [row(FIRST), row(FIRST._replace(aspect="style")), row(FIRST, models=("a", "a"))]
    rows: list[Comparison | Broken] = [*votes, Broken("3", "no prompt")]
    arena = from_votes(rows)
    assert fought(arena) == [("a", "b", 1, 1)]
    assert arena.left_out == {"no vote on 'overall'": 1, "not a comparison": 1, "a player against itself": 1}
    assert len(from_votes(rows, aspect="style").battles) == 1


def test_battles_on_one_prompt_are_one_cluster() -> None:
    pictures = [row(FIRST, prompt="Describe this.", image=f"{i}.png") for i in range(2)]
    arena = from_votes([row(FIRST, TIE), row(FIRST), *pictures, row(FIRST, prompt="")])
    assert arena.battles.cluster is not None
    assert arena.battles.cluster.tolist() == [0, 0, 0, 1, 2, 3]


@pytest.mark.parametrize("models", [None, ("a",), "ab"])
def test_rows_must_name_their_players(models: Any) -> None:
    nameless = Comparison("Why?", ["x", "y"], [FIRST], models=models)
    with pytest.raises(ContractError, match="row 0 must name 2 players in the column 'models'"):
        from_votes([nameless])


def test_no_vote_is_no_arena() -> None:
    with pytest.raises(ContractError, match="no vote gives a battle: 1 × no vote on 'fun'"):
        from_votes([row(FIRST)], aspect="fun")


def test_style_is_counted_as_markdown_has_it() -> None:
    text = "## Plan\n\n1. **buy** __milk__\n2) go\n* home\nnot#header 3.5 a*b*c **not\nbold**"
    assert style_counts(text) == (14, 1, 3, 2)


def test_style_features_are_what_the_first_has_more_of() -> None:
    rows = [
        Comparison("p", ["one two three", "one"], [FIRST], models=("a", "b")),
        Comparison("q", ["one", "one two three"], [FIRST], models=("a", "b")),
    ]
    assert {n: f.tolist() for n, f in from_votes(rows, style=True).battles.features.items()} == {"words": [1, -1]}


# -- verdicts ----------------------------------------------------------------------------------------


def verdicts(*p: float) -> Verdicts:
    status = [Status.UNREAD if x != x else Status.OK for x in p]
    return Verdicts(np.array(p), np.zeros(len(p)), np.array(status, dtype=np.int8))


def test_the_likelier_side_wins_and_half_is_a_tie() -> None:
    arena = from_verdicts(["a", "a", "b", "b"], ["b", "b", "a", "a"], verdicts(0.75, 0.5, 0.1, float("nan")))
    assert fought(arena) == [("a", "b", 1, 1), ("a", "b", 0.5, 1), ("b", "a", 0, 1)]
    assert arena.left_out == {"UNREAD": 1}


def test_verdicts_may_share_prompts() -> None:
    arena = from_verdicts(["a", "b"], ["b", "a"], verdicts(1, 1), prompts=["p", "p"])
    assert arena.battles.cluster is not None
    assert arena.battles.cluster.tolist() == [0, 0]


def test_no_verdict_is_no_arena() -> None:
    with pytest.raises(ContractError, match="no pair has a verdict: 1 × UNREAD"):
        from_verdicts(["a"], ["b"], verdicts(float("nan")))
    with pytest.raises(ContractError, match="2 first and 1 second players"):
        from_verdicts(["a", "b"], ["b"], verdicts(1, 1))


# -- scores ------------------------------------------------------------------------------------------


def scored(*said: str) -> Any:
    return exact(within=None)([{"id": str(i), "response": text, "answer": "x"} for i, text in enumerate(said)])


def test_everyone_meets_everyone_on_every_row() -> None:
    arena = from_scores({"a": scored("x", "x"), "b": scored("x", "y"), "c": scored("y", "y")})
    assert fought(arena) == [
        ("a", "b", 0.5, 1), ("a", "b", 1, 1), ("a", "c", 1, 1), ("a", "c", 1, 1), ("b", "c", 1, 1), ("b", "c", 0.5, 1),
    ]  # fmt: skip
    assert arena.battles.cluster is not None
    assert arena.battles.cluster.tolist() == [0, 1] * 3


def test_a_side_without_a_value_is_counted() -> None:
    a, b = scored("x", "x"), scored("y", "y")
    b.values[0] = np.nan
    assert from_scores({"a": a, "b": b}).left_out == {"a side without a value": 1}
    b.values[1] = np.nan
    with pytest.raises(ContractError, match="no row has values for two players: 2 pairs"):
        from_scores({"a": a, "b": b})


def test_near_values_tie_if_asked_to() -> None:
    a, b = scored("x"), scored("x")
    b.values[0] = 0.9
    assert from_scores({"a": a, "b": b}).battles.outcome.tolist() == [1]
    assert from_scores({"a": a, "b": b}, tie=0.2).battles.outcome.tolist() == [0.5]


def test_scores_of_other_rows_are_refused() -> None:
    with pytest.raises(ContractError, match="rows of 'b' are not those of 'a'"):
        from_scores({"a": scored("x", "x"), "b": scored("x", "x").take([1, 0])})
    with pytest.raises(ContractError, match="two players or more, not a"):
        from_scores({"a": scored("x")})


# -- the leaderboard ---------------------------------------------------------------------------------


def test_standings_are_sorted_with_intervals_and_ranks() -> None:
    met = battles(["a"] * 40 + ["b"] * 40, ["b"] * 40 + ["c"] * 40, ([1] * 30 + [0] * 10) * 2)
    lines = leaderboard(bradley_terry(met), anchor="b", rounds=200)
    assert [(s.player, s.rank, s.rank_low, s.rank_high, s.battles) for s in lines] == [
        ("a", 1, 1, 1, 40), ("b", 2, 2, 2, 80), ("c", 3, 3, 3, 40),
    ]  # fmt: skip
    assert lines[0].rating == pytest.approx(1000 + 400 * np.log10(3))
    assert lines[0].low < lines[0].rating < lines[0].high
    assert lines[1][1:4] == (1000, 1000, 1000)


def test_too_few_prompts_give_no_intervals() -> None:
    rows = [row(FIRST, Vote(((1,), (0,))), prompt="the only one")]
    fit = bradley_terry(from_votes(rows).battles)
    with pytest.raises(ValueError, match="1 clusters are too few for intervals of 2 players"):
        fit.intervals()
