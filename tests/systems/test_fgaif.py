"""FGAIF: rewards for clauses."""

from typing import Any

import pytest

from guerdon import Score, Status
from guerdon.rules.asked import asking
from guerdon.scores import densify
from guerdon.systems import Proof, fgaif

RESPONSE = "A man in a blue shirt rides a horse, while a small dog runs behind him. It rains."
SUB = ["A man in a blue shirt rides a horse,", "while a small dog runs behind him.", "It rains."]
LABELS = [(0, 1, 0), (0, -1, 1), (-1, -1, -1)]
"""The shirt is another colour, and the dog runs elsewhere."""
ROW = {"response": RESPONSE, "labels": LABELS}


def one(row: dict[str, Any] = ROW, **settings: Any) -> Score:
    return fgaif.total(**settings).one(row)


def test_labels_are_worth_what_the_paper_says() -> None:
    score = one(total="sum")
    parts = {name: part.value for name, part in score.components.items()}
    assert parts == {"object": 2.0, "attribute": -1.0, "relation": 0.0}  # +1 +1 0, −1 0 0, +1 −1 0
    assert score.value == 1.0
    assert score.fine is not None
    assert score.fine.values == (1.0, 0.0, 0.0)


def test_clauses_are_found_where_none_are_given() -> None:
    given, found = one({**ROW, "sub": SUB}), one()
    assert given.fine == found.fine
    assert given.value == found.value


def test_the_sum_stands_at_the_last_token_of_a_clause() -> None:
    scores = fgaif.total(total="sum")([ROW])
    words, offsets, at = RESPONSE.split(), [], 0
    for word in words:
        offsets.append((at, at + len(word)))
        at += len(word) + 1
    (dense,) = densify(scores, [offsets])
    assert {words[i]: dense[i] for i in range(len(words)) if dense[i]} == {"horse,": 1.0}
    (objects,) = densify(fgaif.objects(total="sum")([ROW]), [offsets])
    assert {words[i]: objects[i] for i in range(len(words)) if objects[i]} == {"horse,": 1.0, "him.": 1.0}


def test_weights_leave_a_kind_out() -> None:
    assert one(weights={"attribute": 0.0}, total="sum").value == 2.0


def test_saying_more_of_the_same_earns_more_as_published_alone() -> None:
    short = {"response": "A cat.", "sub": ["A cat."], "labels": [(0, -1, -1)]}
    long = {"response": "A cat. A cat.", "sub": ["A cat."] * 2, "labels": [(0, -1, -1)] * 2}
    assert (one(short).value, one(long).value) == (1.0, 1.0)
    assert (one(short, total="sum").value, one(long, total="sum").value) == (1.0, 2.0)
    assert one(long, total="sum", cap=1.0).value == 1.0


def test_saying_nothing_that_can_be_checked_earns_nothing() -> None:
    for total in ("mean", "sum"):
        assert one({"response": "Nice.", "labels": [(-1, -1, -1)]}, total=total).value == 0.0


def test_probabilities_are_soft_labels() -> None:
    label = {"-1": 0.25, "0": 0.5, "1": 0.25}
    assert one({"response": "A cat.", "labels": [(label, -1, -1)]}).value == pytest.approx(0.25)


def test_labels_that_do_not_match_the_clauses_are_no_score() -> None:
    score = one({**ROW, "labels": LABELS[:2]})
    assert (score.value, score.status) == (None, Status.INAPPLICABLE)
    assert "2 labels for 3 segments" in score.reason


def test_an_end_of_text_marker_in_a_clause_breaks_nothing() -> None:
    row = {"response": "A cat</s> sits. A dog.", "sub": ["A cat</s> sits.", "A dog."], "labels": [(0, 0, 0)] * 2}
    assert one(row).value == 3.0


def test_a_labeller_can_be_asked() -> None:
    labelled = asking(fgaif.total(), labels=lambda row: LABELS)
    assert labelled.one({"response": RESPONSE}).value == one().value


@pytest.mark.parametrize("proof", fgaif.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run()
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
