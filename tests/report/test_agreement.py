"""Agreement is over the rows with a recorded number, and a missing value is no agreement."""

from typing import Any

import pytest

from guerdon import ContractError, reward
from guerdon.report import agreement


@reward("test_agreement.given", range=(0, 1))
def given(value: float) -> float:
    return value


ROWS: list[dict[str, Any]] = [
    {"id": "a", "value": 1.0, "old": {"score": 1}},
    {"id": "b", "value": 0.5, "old": {"score": "0.5"}},
    {"id": "c", "value": 0.0, "old": {"score": True}},
    {"id": "d", "value": None, "old": {"score": 0}},
    {"id": "e", "value": 0.25, "old": {"score": None}},
    {"id": "f", "value": 0.25, "old": {"score": "none"}},
]


def test_numbers_are_compared_where_the_data_has_one() -> None:
    found = agreement(given()(ROWS), ROWS, "total", "old.score")
    assert (found.n, found.agree, found.rate.mean) == (4, 2, 0.5)  # e and f have no number


def test_differences_say_both_numbers_and_why_there_is_none() -> None:
    found = agreement(given()(ROWS), ROWS, "test_agreement.given", "old.score")
    assert [tuple(d) for d in found.differences] == [
        ("c", 0.0, 1.0, ""), ("d", None, 0.0, "no column 'value'"),
    ]  # fmt: skip


def test_an_unknown_component_is_answered_with_those_there_are() -> None:
    with pytest.raises(ContractError, match=r"no component 'x'; there are total, test_agreement\.given"):
        agreement(given()(ROWS), ROWS, "x", "old.score")


def test_a_column_without_numbers_is_refused() -> None:
    with pytest.raises(ContractError, match="no row has a number in the column 'id'"):
        agreement(given()(ROWS), ROWS, "total", "id")
