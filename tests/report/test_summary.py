"""Every figure is over the rows it says, and what there is not is no number."""

import json
from typing import Any

import numpy as np
import pytest

from guerdon import Score, Scores, from_spec, reward
from guerdon.media import Image
from guerdon.report.summary import clusters, groups, macro_mean, plain, reasons, summarise, timing
from guerdon.sample import Broken


@reward("test_summary.given", range=(0, 1))
def given(value: float) -> float:
    return value


@reward("test_summary.fussy", range=(0, 1))
def fussy(text: str) -> Score:
    return Score.malformed(f"{len(text)} characters") if text else Score.failed("broke")


def scored(*values: float | None) -> Scores:
    return given()([{"value": v} for v in values])


def test_a_mean_is_over_rows_with_a_value_and_stands_beside_its_coverage() -> None:
    (only,) = summarise(scored(1.0, 0.0, None, 0.5))
    assert only.mean is not None
    assert only.mean.mean == (1.0 + 0.0 + 0.5) / 3
    assert (only.n, only.valued, only.coverage) == (4, 3, 3 / 4)
    assert only.counts == {"OK": 3, "INAPPLICABLE": 1}
    assert (only.low, only.high) == (0.0, 1.0)


def test_rows_that_skipped_a_component_are_not_among_its_rows() -> None:
    both = from_spec("gate(at_least(test_summary.given, 1), test_summary.fussy)")
    rows = [{"value": 1.0, "text": "abc"}, {"value": 0.0, "text": "abc"}, {"value": 0.0, "text": "abc"}]
    fussy_part = next(s for s in summarise(both(rows)) if s.name == "test_summary.fussy")
    assert (fussy_part.n, fussy_part.coverage, fussy_part.counts["SKIPPED"]) == (1, 1.0, 2)


def test_a_column_without_a_value_has_no_mean() -> None:
    (only,) = summarise(fussy()([{"text": ""}, {"text": ""}]))
    assert (only.mean, only.low, only.high, only.coverage) == (None, None, None, 0.0)
    assert only.to_dict()["mean"] is None
    assert "NaN" not in json.dumps(only.to_dict())


def test_values_that_are_all_the_same_have_no_interval() -> None:
    (only,) = summarise(scored(1.0, 1.0, 1.0))
    assert only.constant
    assert only.to_dict()["interval"] is None


def test_a_component_that_is_the_whole_reward_is_not_listed_twice() -> None:
    rows = [{"value": 0.5, "text": "a"}]
    assert [s.name for s in summarise(given()(rows))] == ["test_summary.given"]
    assert [s.name for s in summarise((2.0 * given()).named("double")(rows))] == ["double", "double/test_summary.given"]
    assert [s.name for s in summarise((2.0 * given())(rows))] == ["total", "test_summary.given"]


def test_an_interval_is_wider_where_rows_share_a_prompt() -> None:
    scores = scored(*[float(i % 2) for i in range(40) for _ in range(5)])
    (alone,) = summarise(scores)
    (shared,) = summarise(scores, [i for i in range(40) for _ in range(5)])
    assert alone.mean is not None
    assert shared.mean is not None
    assert shared.mean.high - shared.mean.low > 1.5 * (alone.mean.high - alone.mean.low)  # √5 times in theory


def test_times_are_over_the_rows_that_were_timed() -> None:
    found = timing(np.array([1.0, 3.0, np.nan]))
    assert found is not None
    assert (found.median, found.most, found.total) == (2.0, 3.0, 4.0)
    assert timing(np.array([np.nan])) is None
    assert timing(None) is None


def test_groups_stand_in_order_of_appearance_and_rows_without_one_have_their_own() -> None:
    rows: list[dict[str, Any]] = [
        {"value": 1.0, "by": "b"},
        {"value": 0.0, "by": "a"},
        {"value": 0.5, "by": "b"},
        {"value": 1.0},
    ]
    found = groups(given()(rows), rows, "by")
    assert [(g.name, g.n, g.mean and g.mean.mean) for g in found] == [("b", 2, 0.75), ("a", 1, 0.0), ("–", 1, 1.0)]
    assert macro_mean(found) == (0.75 + 0.0 + 1.0) / 3


def test_a_cause_counts_once_at_the_part_that_has_it() -> None:
    both = (given() + fussy()).named("both")
    scores = both([{"value": 1.0, "text": "ab"}, {"value": None, "text": "abc"}])
    assert {(r.part, r.status, r.text, r.rows) for r in reasons(scores)} == {
        ("both/test_summary.fussy", "MALFORMED", "2 characters", 2),
        ("both/test_summary.given", "INAPPLICABLE", "no column 'value'", 1),
    }


def test_a_cause_that_only_the_total_has_is_told_there() -> None:
    scores = from_spec("route({'a': test_summary.given}, by='kind')")([{"kind": "b", "value": 1.0}])
    (only,) = reasons(scores)
    assert (only.part, only.status, only.rows) == ("total", "INAPPLICABLE", 1)


def test_reasons_that_differ_in_numbers_alone_are_one() -> None:
    found = reasons(fussy()([{"id": "x", "text": "a"}, {"text": "ab"}, {"text": ""}]))
    assert [(r.text, r.rows, r.example) for r in found] == [("1 characters", 2, "x"), ("broke", 1, "2")]


def test_the_same_prompt_with_another_image_is_another_prompt() -> None:
    rows = [{"prompt": "Describe this.", "image": Image.of(name)} for name in ("a.png", "b.png", "a.png")]
    found = clusters(rows)
    assert found is not None
    assert found[0] == found[2] != found[1]
    assert clusters(rows[:2]) is None


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ([{"group": 1, "prompt": "a"}, {"group": 1, "prompt": "b"}], True),
        ([{"prompt": "a"}, {"prompt": "a"}], True),
        ([{"prompt": [{"role": "user", "content": "a"}]}, {"prompt": [{"role": "user", "content": "a"}]}], True),
        ([{"prompt": "a"}, {"prompt": "b"}], False),
        ([{"response": "a"}, {"response": "a"}], False),
        ([{}, Broken("1", "torn")], False),
    ],
)
def test_rows_share_a_group_or_a_prompt(rows: list[dict[str, object]], shared: bool) -> None:
    assert (clusters(rows) is not None) == shared


def test_plain_data_has_no_nan() -> None:
    assert plain({"a": [np.float64(1.5), float("nan"), np.int64(3), (float("inf"),)]}) == {"a": [1.5, None, 3, [None]]}
