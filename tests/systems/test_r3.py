"""R³: what its formula pays for nothing earns nothing by default, and is there as published."""

import json
from pathlib import Path

import numpy as np
import pytest

from guerdon import Reward, Status
from guerdon.embed.relevance import Relevance
from guerdon.embed.tables import Table, tfidf
from guerdon.metrics.text import words
from guerdon.systems import Proof, r3

GOOD = " ".join(f"w{i}" for i in range(100))


def spoken(n: int, distinct: float) -> str:
    """n words of whose trigrams this share is distinct."""
    # Repeating the last word adds two trigrams to the fresh − 2: (w, last, last) and (last, last, last).
    fresh = n if distinct == 1 else round(distinct * (n - 2))
    return " ".join([f"w{i}" for i in range(fresh)] + [f"w{fresh - 1}"] * (n - fresh))


def value(reward: Reward, response: str, **columns: object) -> float:
    found = reward.one({"response": response, **columns}).value
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("relevance", "response", "published", "capped"),
    [
        (0.8, spoken(100, 1.0), 0.8, 0.8),
        (1.0, spoken(10, 1.0), 0.1, 0.1),  # a copy of the query
        (0.8, spoken(300, 0.3), 0.72, 0.24),  # a loop
        (0.3, spoken(200, 1.0), 0.6, 0.3),  # off the topic
    ],
)
def test_open_ended_answers_by_hand(relevance: float, response: str, published: float, capped: float) -> None:
    row = {"relevance": relevance}
    assert value(r3.open_ended(as_published=True), response, **row) == pytest.approx(published, abs=0.01)
    assert value(r3.open_ended(), response, **row) == pytest.approx(capped, abs=0.01)


# -- free lunches --------------------------------------------------------------------------------------


def test_repeating_a_block_is_free_as_published_and_costs_by_default() -> None:
    block = " ".join(f"w{i}" for i in range(50))
    earned = {k: [value(r3.open_ended(as_published=p), " ".join([block] * k), relevance=1.0) for p in (True, False)]
              for k in (1, 2, 10)}  # fmt: skip
    assert earned[1] == pytest.approx([0.5, 0.5], rel=0.05)
    assert earned[10] == pytest.approx([0.5, 0.1], rel=0.05)
    assert earned[2][1] <= earned[1][1] * 1.05


def test_padding_with_new_words_earns_nothing_beyond_the_cap() -> None:
    longer = " ".join(f"w{i}" for i in range(900))
    assert value(r3.open_ended(), longer, relevance=0.5) == value(r3.open_ended(), GOOD, relevance=0.5) == 0.5
    assert value(r3.open_ended(as_published=True), longer, relevance=0.5) == 4.5


def test_saying_less_does_not_save_an_answer_that_is_off_the_topic() -> None:
    short = "w1 w2 w3"
    assert value(r3.open_ended(), short, relevance=-0.5) == value(r3.open_ended(), GOOD, relevance=-0.5) == 0.0
    published = r3.open_ended(as_published=True)
    assert value(published, short, relevance=-0.5) > value(published, GOOD, relevance=-0.5)


# -- the branches --------------------------------------------------------------------------------------


def test_similarities_are_mapped_to_the_range_of_the_other_branch() -> None:
    closed = r3.closed_ended(source=(0.2, 0.8), target=(0.0, 2.0))
    for similarity, mapped in ((0.2, 0.0), (0.5, 1.0), (0.8, 2.0), (0.9, 2.0), (-1.0, 0.0)):
        assert value(closed, "right", similarity=similarity) == pytest.approx(mapped)
    assert value(closed, spoken(102, 0.5), similarity=0.5) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="ranges rise"):
        r3.closed_ended(source=(1.0, 1.0))


def test_a_range_is_fitted_on_samples() -> None:
    rows = [{"response": GOOD, "relevance": x} for x in (0.1, 0.9, None, 0.4)]
    assert r3.fitted_range(r3.open_ended(), rows) == pytest.approx((0.1, 0.9))
    with pytest.raises(ValueError, match="no range to fit"):
        r3.fitted_range(r3.open_ended(), rows[:1])


def test_the_kind_of_query_decides() -> None:
    table = Table({"paris": 0, "city": 1}, np.array([[1.0, 0.0], [0.6, 0.8]]))
    reward = r3.total(relevance=Relevance(table), similarity=Relevance(table, to="answer").named("similarity"))
    row = {"prompt": "which city", "answer": "Paris", "response": "Paris"}
    assert value(reward, query_type="closed", **row) == pytest.approx(1.0)
    assert value(reward, query_type="open", **row) == pytest.approx(0.6 * 0.01)
    assert reward.one({**row, "query_type": "other"}).status == Status.INAPPLICABLE


def test_without_an_encoder_the_columns_are_read() -> None:
    row = {"response": GOOD, "query_type": "open", "relevance": 0.7}
    assert r3.total().one(row).value == pytest.approx(0.7)
    assert r3.total().one({**row, "query_type": "closed"}).status == Status.INAPPLICABLE


def test_relevance_finds_the_image_that_real_descriptions_are_of(data_dir: Path) -> None:
    """Image in Words: a model's description against the human one of its image, and of another."""
    lines = (data_dir / "imageinwords" / "iiw_400.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if row.get("IIW") and row.get("IIW-P5B")]
    relevance = Relevance(tfidf([row["IIW"] for row in rows], tokenize=words))
    own = [{"response": row["IIW-P5B"], "prompt": row["IIW"]} for row in rows]
    other = [{**row, "prompt": rows[i - 1]["IIW"]} for i, row in enumerate(own)]
    assert len(rows) == 100
    assert relevance.compare(own, other).accuracy() >= 0.93


@pytest.mark.parametrize("proof", r3.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
