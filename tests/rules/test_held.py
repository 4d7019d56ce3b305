"""The class form of a text rule: what it makes of rows, and of its own failures."""

from collections.abc import Sequence
from typing import Any

import pytest

from guerdon import ContractError, Score, Status
from guerdon.rules.held import Pair, TextReward


class Told(TextReward):
    """Does as the first response says."""

    id = "test.told"
    range = (-1.0, 1.0)

    def values(self, pairs: Sequence[Pair]) -> Sequence[float | Score]:
        if pairs[0][0] == "raise":
            raise RuntimeError("as told")
        if pairs[0][0] == "short":
            return []
        return [Score.abstained("no wish to") if r == "abstain" else float(len(texts)) / 10 for r, texts in pairs]


TOLD = Told(to="answer")


def row(response: Any, answer: Any = "x") -> dict[str, Any]:
    return {"response": response, "answer": answer}


def test_rows_are_scored_with_all_their_texts_and_keep_their_places() -> None:
    scores = TOLD([row(None), row("a", ["x", "y"]), row("abstain"), row("b")])
    assert scores.status.tolist() == [Status.INAPPLICABLE, Status.OK, Status.ABSTAINED, Status.OK]
    assert scores.values[[1, 3]].tolist() == [0.2, 0.1]
    assert scores.reasons == {0: "no column 'response'", 2: "no wish to"}


def test_an_exception_fails_the_rows_that_were_to_be_scored() -> None:
    scores = TOLD([row("raise"), row("a", None)])
    assert scores.status.tolist() == [Status.FAILED, Status.INAPPLICABLE]
    assert "RuntimeError: as told" in scores.reasons[0]


def test_a_wrong_number_of_values_is_an_error() -> None:
    with pytest.raises(ContractError, match=r"test.told must give 2 values, not 0"):
        TOLD([row("short"), row("a")])


def test_a_reference_too_long_to_compare_is_the_rows_fault_not_the_responses() -> None:
    assert TOLD.one(row("a", "word " * 50_000)).status == Status.INAPPLICABLE


def test_a_cell_that_cannot_be_read_costs_its_row() -> None:
    scores = TOLD([row(3), row("a")])
    assert scores.status.tolist() == [Status.FAILED, Status.OK]


def test_nothing_to_score_calls_nothing() -> None:
    assert TOLD([]).values.tolist() == []
