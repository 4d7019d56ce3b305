"""Comparisons from the preference formats people have."""

from __future__ import annotations

from typing import Any

import pytest

from guerdon import Comparison, Vote
from guerdon.load import LoadError
from guerdon.preferences import comparisons
from guerdon.sample import Broken, response_text

FIRST_WINS = ((0,), (1,))


def only(row: dict[str, Any]) -> Comparison:
    (found,) = comparisons([row])
    assert isinstance(found, Comparison), found
    return found


def test_prompt_chosen_rejected() -> None:
    found = only({"id": "x", "prompt": "p", "chosen": "good", "rejected": "bad", "image": "i.png"})
    assert found.responses == ("good", "bad")
    assert found.votes[0].tiers == FIRST_WINS
    assert (found["prompt"], found["id"], found["image"]) == ("p", "x", "i.png")


def test_message_lists_share_their_beginning() -> None:
    ask, good, bad = ({"role": r, "content": c} for r, c in [("user", "q"), ("assistant", "g"), ("assistant", "b")])
    found = only({"chosen": [ask, good], "rejected": [ask, bad]})
    assert found["prompt"] == [ask]
    assert [response_text({"response": r}) for r in found.responses] == ["g", "b"]


def test_message_lists_beside_a_prompt_keep_only_the_replies() -> None:
    ask, good, bad = ({"role": r, "content": c} for r, c in [("user", "q"), ("assistant", "g"), ("assistant", "b")])
    found = only({"prompt": "q", "chosen": [ask, good], "rejected": [ask, bad]})
    assert found["prompt"] == "q"
    assert [response_text({"response": r}) for r in found.responses] == ["g", "b"]


def test_sharegpt_turns_before_chosen_and_rejected() -> None:
    found = only({
        "conversations": [{"from": "human", "value": "q"}],
        "chosen": {"from": "gpt", "value": "g"},
        "rejected": {"from": "gpt", "value": "b"},
    })  # fmt: skip
    assert found["prompt"] == [{"role": "user", "content": "q"}]
    assert [response_text({"response": r}) for r in found.responses] == ["g", "b"]


def test_rewardbench_lists_prefer_every_chosen_to_every_rejected() -> None:
    found = only({"prompt": "p", "chosen": ["g1", "g2"], "rejected": ["b1", "b2", "b3"]})
    assert found.responses == ("g1", "g2", "b1", "b2", "b3")
    assert found.votes[0].tiers == ((0, 1), (2, 3, 4))


def test_vl_rewardbench_rankings_put_rank_zero_first() -> None:
    found = only({"query": "q", "response": ["a", "b"], "human_ranking": [1, 0]})
    assert found["prompt"] == "q"
    assert found.votes[0].tiers == ((1,), (0,))
    assert only({"query": "q", "response": ["a", "b"], "human_ranking": [0, 0]}).votes[0].tiers == ((0, 1),)


def test_responses_with_votes_are_guerdons_own_form() -> None:
    vote = {"tiers": [[1], [0]], "aspect": "style", "strength": 2, "spans": [[0, 1, 3]]}
    found = only({"prompt": "p", "responses": ["a", "b"], "votes": [vote]})
    assert found.votes == (Vote(((1,), (0,)), strength=2, aspect="style", spans=((0, 1, 3),)),)


@pytest.mark.parametrize(
    "row",
    [
        {"chosen": "g", "rejected": "b"},
        {"prompt": "p", "chosen": 3, "rejected": "b"},
        {"prompt": "p", "response": ["a"], "human_ranking": [0, 1]},
        {"prompt": "p", "responses": ["a", "b"], "votes": [{"tiers": [[7]]}]},
        {"prompt": "p", "responses": ["a"]},
        {"text": "x"},
    ],
)
def test_a_row_that_is_no_comparison_costs_itself(row: dict[str, Any]) -> None:
    good = {"prompt": "p", "chosen": "g", "rejected": "b"}
    found = comparisons([good, row])
    assert isinstance(found[0], Comparison)
    assert isinstance(found[1], Broken)


def test_data_without_any_comparison_says_what_was_looked_for() -> None:
    with pytest.raises(LoadError, match=r"no row is a comparison.*text.*human_ranking"):
        comparisons([{"text": "x"}])


def tldr(**changes: Any) -> dict[str, Any]:
    row = {
        "info": {"id": "t3_x", "post": "I lost my keys.", "title": "Keys", "subreddit": "r/help"},
        "summaries": [{"text": " Keys lost.", "policy": "sup1"}, {"text": " A post.", "policy": "ref"}],
        "choice": 0, "worker": "w1", "batch": "batch3", "split": "valid2", "extra": {"confidence": 7},
    }  # fmt: skip
    return row | changes


def test_summaries_with_a_choice_as_published() -> None:
    found = only(tldr(choice=1))
    assert (found["prompt"], found.responses) == ("I lost my keys.", (" Keys lost.", " A post."))
    assert found.votes == (Vote(((1,), (0,)), annotator="w1"),)
    assert (found["split"], found["info"]["title"], found["summaries"][0]["policy"]) == ("valid2", "Keys", "sup1")


def test_an_article_is_a_prompt_too() -> None:
    assert only(tldr(info={"article": "News.", "site": "cnn"}))["prompt"] == "News."


@pytest.mark.parametrize("changes", [{"choice": 2}, {"choice": "left"}, {"info": None}, {"info": {"title": "x"}}])
def test_summaries_that_cannot_be_read_cost_their_row(changes: dict[str, Any]) -> None:
    good, bad = comparisons([tldr(), tldr(**changes)])
    assert isinstance(good, Comparison)
    assert isinstance(bad, Broken)
