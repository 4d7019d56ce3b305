from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Reward, Score, Status
from guerdon.embed.relevance import MAX_TOKENS, Bmas, Relevance, regularised
from guerdon.embed.tables import Floats, Table, ppmi, tfidf
from guerdon.metrics.alignment import bmas

TEXTS = ["a red cat sleeps", "a black cat sleeps", "stock markets fell", "the markets rose again"]
TABLE = tfidf(TEXTS, dimensions=3)
RELEVANCE, BMAS = Relevance(TABLE), Bmas(TABLE)
BOTH = [RELEVANCE, BMAS.reading(answer="prompt")]
texts = st.lists(st.sampled_from(["a", "cat", "sleeps", "markets", "rose", "zebra"]), max_size=7).map(" ".join)


class Broken:
    """An encoder that gives what it is told to."""

    digest = "broken"

    def __init__(self, value: float | None):
        self.value = value

    def encode(self, texts: Sequence[str]) -> Floats:
        if self.value is None:
            raise RuntimeError("no memory left")
        return np.full((len(texts), 2), self.value)


def one(reward: Reward, prompt: Any, response: Any) -> Score:
    return reward.one({"prompt": prompt, "response": response})


def test_relevance_is_the_cosine_of_the_two_vectors() -> None:
    a, b = TABLE.encode(["red cat", "black cat"])
    expected = float(a @ b / np.sqrt((a @ a) * (b @ b)))
    assert one(RELEVANCE, "red cat", "black cat").value == pytest.approx(expected)
    dot = Relevance(TABLE, measure="dot")
    assert one(dot, "red cat", "black cat").value == pytest.approx(float(a @ b))
    assert (RELEVANCE.range, dot.range) == ((-1.0, 1.0), (-np.inf, np.inf))


def test_bmas_is_that_of_the_words_vectors() -> None:
    row = {"response": "the red cat", "answer": "markets rose again"}
    rows = [TABLE.vectors[[TABLE.vocabulary[w] for w in row[name].split()]] for name in ("response", "answer")]
    assert BMAS.one(row).value == pytest.approx(bmas(*rows).mean)


@pytest.mark.parametrize("reward", BOTH, ids=str)
def test_the_text_itself_is_1_and_the_best_of_several_counts(reward: Reward) -> None:
    assert one(reward, "a red cat", "a red cat").value == pytest.approx(1.0)
    assert reward.reading(prompt="answer").one(
        {"response": "a red cat", "answer": ["markets rose", "a red cat"]}
    ).value == pytest.approx(1.0)


@pytest.mark.parametrize("reward", BOTH, ids=str)
def test_an_empty_response_is_worth_0(reward: Reward) -> None:
    assert one(reward, "a red cat", "").value == 0.0
    assert one(reward, "a red cat", "…").value == 0.0


@pytest.mark.parametrize("reward", BOTH, ids=str)
def test_a_missing_text_is_inapplicable(reward: Reward) -> None:
    assert one(reward, None, "a red cat").status == Status.INAPPLICABLE
    assert one(reward, "a red cat", None).status == Status.INAPPLICABLE


def test_a_prompt_of_unknown_words_cannot_be_relevant() -> None:
    score = one(RELEVANCE, "zebra", "a red cat")
    assert (score.value, score.status) == (None, Status.INAPPLICABLE)
    assert one(RELEVANCE, "a red cat", "zebra").value == 0.0


def test_an_unknown_word_is_like_itself_alone() -> None:
    # cat ↔ cat and zebra ↔ zebra match, okapi and giraffe nothing: forward 2/3, backward 2/3.
    assert BMAS.one({"response": "cat zebra okapi", "answer": "zebra cat giraffe"}).value == pytest.approx(2 / 3)


@pytest.mark.parametrize("reward", BOTH, ids=str)
def test_a_response_too_long_to_compare_is_malformed_and_hurts_no_other(reward: Reward) -> None:
    rows = [{"prompt": "a red cat", "response": r} for r in ("cat " * 2_000_000, "a red cat")]
    scores = reward(rows)
    assert scores.status.tolist() == [Status.MALFORMED, Status.OK]
    assert scores.values.tolist() == pytest.approx([reward.range[0], 1.0])


def test_ten_thousand_tokens_are_too_many_to_align() -> None:
    assert BMAS.one({"response": "cat " * MAX_TOKENS, "answer": "cat"}).status == Status.MALFORMED
    assert BMAS.one({"response": "cat " * (MAX_TOKENS - 1), "answer": "cat"}).value == pytest.approx(1.0)


def test_a_malformed_row_has_no_value_where_there_is_no_worst_one() -> None:
    score = one(Relevance(TABLE, measure="dot"), "a red cat", "cat " * 2_000_000)
    assert (score.status, score.value) == (Status.MALFORMED, None)


@pytest.mark.parametrize(("value", "reason"), [(None, "no memory left"), (float("nan"), "returned nan")])
def test_a_failing_encoder_fails_the_rows_not_the_call(value: float | None, reason: str) -> None:
    scores = Relevance(Broken(value))([{"prompt": "a", "response": "b"}, {"prompt": "a", "response": None}])
    assert scores.status.tolist() == [Status.FAILED, Status.INAPPLICABLE]
    assert reason in scores.reasons[0]


def test_a_tag_can_hold_the_text() -> None:
    row = {"prompt": "x", "response": "<think>markets</think><answer>a red cat</answer>", "answer": "a red cat"}
    assert Bmas(TABLE, within="answer").one(row).value == pytest.approx(1.0)
    assert Bmas(TABLE, within="answer").one({**row, "response": "a red cat"}).status == Status.MALFORMED


def test_a_column_that_is_nowhere_is_an_error_that_lists_the_columns() -> None:
    with pytest.raises(ContractError, match=r"needs the column 'answer'.*prompt, response"):
        BMAS([{"prompt": "a", "response": "b"}] * 2)
    with pytest.raises(TypeError, match="compares the response with 'answer'"):
        BMAS.reading(prompt="x")


def test_a_spec_names_what_the_reward_holds_by_its_hash() -> None:
    assert RELEVANCE.tree()["settings"]["encoder"] == TABLE.digest
    assert TABLE.digest in RELEVANCE.spec()
    assert Relevance(tfidf(TEXTS, dimensions=3)) == RELEVANCE
    assert Relevance(TABLE.centred()) != RELEVANCE
    assert RELEVANCE.named("about").components == ("about",)


@pytest.mark.parametrize("reward", BOTH, ids=str)
def test_it_composes_and_survives_pickling(reward: Reward) -> None:
    made = regularised(reward) + 1.0
    again = pickle.loads(pickle.dumps(made))
    rows = [{"prompt": "a red cat", "response": r} for r in ("a black cat sleeps", "markets")]
    assert again == made
    assert again(rows).equals(made(rows)) or again(rows).values.tolist() == made(rows).values.tolist()


@pytest.mark.parametrize("reward", BOTH, ids=str)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=5))
def test_values_lie_in_their_range_and_do_not_depend_on_the_batch(reward: Reward, pairs: list[tuple[str, str]]) -> None:
    rows = [{"prompt": a, "response": b} for a, b in pairs]
    together = reward(rows).values
    alone = [reward.one(row).value for row in rows]
    assert [None if v != v else v for v in together.tolist()] == alone
    assert all(v is None or reward.range[0] <= v <= reward.range[1] for v in alone)


def test_bmas_finds_the_image_that_real_descriptions_are_of(data_dir: Path) -> None:
    """Image in Words: a model's description against the human one of its image, and of another."""
    lines = (data_dir / "imageinwords" / "iiw_400.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if row.get("IIW") and row.get("IIW-P5B")]
    reward = Bmas(ppmi(row["IIW"] for row in rows))
    own = [{"response": row["IIW-P5B"], "answer": row["IIW"]} for row in rows]
    other = [{**row, "answer": rows[i - 1]["IIW"]} for i, row in enumerate(own)]
    assert len(rows) == 100
    assert reward.compare(own, other).accuracy() >= 0.95


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(ContractError, match="write cosine or dot"):
        Relevance(TABLE, measure="angle")  # type: ignore[arg-type]


# -- relevance × length × distinct n-grams -------------------------------------------------------------


def test_the_product_is_that_of_its_parts() -> None:
    table = Table({"cat": 0, "dog": 1}, np.array([[1.0, 0.0], [0.6, 0.8]]))
    reward = regularised(Relevance(table), per=10)
    score = one(reward, "cat", "dog dog dog dog")
    # cosine 0.6, 4 words of 10, one distinct trigram of two
    assert score.value == pytest.approx(0.6 * 0.4 * 0.5)
    assert {name: part.value for name, part in score.components.items()} == pytest.approx(
        {"embed.relevance": 0.6, "length": 0.4, "length/length.words": 4.0, "distinct": 0.5,
         "distinct/repetition.ngram": -0.5}
    )  # fmt: skip


def test_length_pays_up_to_the_cap_and_beyond_it_only_without_one() -> None:
    table = Table({f"w{i}": 0 for i in range(300)}, np.array([[1.0, 0.0]]))
    long, longer = (" ".join(f"w{i}" for i in range(n)) for n in (100, 200))
    assert [one(regularised(Relevance(table)), "w1", r).value for r in (long, longer)] == pytest.approx([1.0, 1.0])
    uncapped = regularised(Relevance(table), cap=None)
    assert [one(uncapped, "w1", r).value for r in (long, longer)] == pytest.approx([1.0, 2.0])


def test_being_off_topic_at_length_is_not_worse_than_at_once() -> None:
    table = Table({"cat": 0, "dog": 1}, np.array([[1.0, 0.0], [-1.0, 0.0]]))
    reward = regularised(Relevance(table))
    assert one(reward, "cat", "dog").value == one(reward, "cat", "dog dog dog").value == 0.0
