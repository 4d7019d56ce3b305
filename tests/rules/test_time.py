"""Rewards for intervals, moments and events: hand arithmetic, what cannot be read, and what must not pay."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Score, Status
from guerdon.rules.time import events, iou, keyframes, nearest, segments_iou

WALK = ["walks in", "opens the box", "takes out a cup", "sits down"]
spans = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda pair: [pair[0], pair[0] + pair[1]])
seconds = st.lists(st.integers(0, 60), max_size=5)


def answered(text: str, **columns: Any) -> dict[str, Any]:
    return {"response": f"<think>hm</think><answer>{text}</answer>", **columns}


# -- intervals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2 to 8 s", 4 / 6),
        ('{"start_time": "2", "end_time": "6"}', 1.0),
        ("0:00 - 0:10", 0.4),
        ("2 to 80", 4 / 78),  # beyond the end of the video
        ("7 to 9", 0.0),
    ],
)
def test_iou_is_shared_over_covered(said: str, expected: float) -> None:
    assert iou().one(answered(said, intervals=[2, 6])).value == pytest.approx(expected)


def test_true_times_may_be_shares_of_the_video() -> None:
    row = answered("2 to 8", intervals=[0.2, 0.6], duration=10)
    assert iou(truth="share").one(row).value == pytest.approx(4 / 6)
    assert iou(truth="share").one(answered("2 to 8", intervals=[0.2, 0.6])).reason.endswith("no column 'duration'")


@pytest.mark.parametrize("said", ["8 to 2", "2 to 2", "no idea", "2 to 6 or 7 to 9", "1.5.2 to 6", "[1, 2, 3]"])
def test_an_interval_that_cannot_be_read_earns_nothing(said: str) -> None:
    score = iou().one(answered(said, intervals=[2, 6]))
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


@pytest.mark.parametrize("truth", [[], [6, 2], [[1, 2], [4, 3]], "soon", [None, 3], 7])
def test_a_true_interval_that_cannot_be_read_makes_the_row_inapplicable(truth: Any) -> None:
    for reward in (iou(), segments_iou()):
        assert reward.one(answered("2 to 8", intervals=truth)).status == Status.INAPPLICABLE


def test_of_several_true_intervals_the_nearest_counts() -> None:
    assert iou().one(answered("10 to 20", intervals=[[0, 5], [10, 15]])).value == 0.5


def test_the_whole_video_is_worth_only_its_share() -> None:
    row = answered("0 to 100", intervals=[[10, 20], [40, 50]])
    assert iou().one(row).value == pytest.approx(0.1)
    assert segments_iou().one(row).value == pytest.approx(0.2)


def test_intervals_of_a_column_need_no_text() -> None:
    row = {"said": np.array([[2.0, 8.0], [20.0, 30.0]]), "intervals": np.array([[2.0, 6.0]])}
    assert segments_iou().reading(response="said").one(row).value == pytest.approx(4 / 16)
    assert iou().reading(response="said").one({"said": [2, 8], "intervals": [2, 6]}).value == pytest.approx(4 / 6)
    assert iou().reading(response="said").one({"said": [8, 2], "intervals": [2, 6]}).status == Status.MALFORMED


@given(spans, spans, st.integers(1, 9), st.integers(0, 30))
def test_iou_does_not_change_when_the_video_is_cut_or_slowed(
    a: list[int], b: list[int], scale: int, shift: int
) -> None:
    moved = [[scale * x + shift for x in one] for one in (a, b)]
    rows = [answered(f"{p[0]} to {p[1]}", intervals=t) for p, t in ((a, b), moved, (b, a))]
    values = iou()(rows).values
    assert values == pytest.approx([values[0]] * 3)
    assert 0.0 <= values[0] <= 1.0
    assert segments_iou()(rows).values == pytest.approx(values)


# -- moments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "measure", "expected"),
    [
        ("[11, 40]", "precision", 0.5), ("[11, 40]", "recall", 1 / 3), ("[11, 40]", "f1", 0.4),
        ("[15]", "f1", 0.5), ("[35.1]", "f1", 0.0), ("0:10, 0:20, 0:30", "f1", 1.0),
    ],
)  # fmt: skip
def test_key_frames_hit_within_the_tolerance(said: str, measure: Any, expected: float) -> None:
    row = answered(said, moments=[10, 20, 30])
    assert keyframes(measure=measure).one(row).value == pytest.approx(expected)


def test_frames_beside_a_sure_one_are_surplus() -> None:
    row = answered("[10, 10, 11, 12]", moments=[10, 50])
    assert keyframes().one(row).value == pytest.approx(2 / 6)
    assert keyframes(matching="nearest").one(row).value == pytest.approx(2 * 1.0 * 0.5 / 1.5)


def test_frames_everywhere_do_not_pay() -> None:
    spread = ", ".join(str(second) for second in range(0, 600, 10))
    assert keyframes().one(answered(spread, moments=[105, 305])).value == pytest.approx(2 * 2 / 62)


@pytest.mark.parametrize("matching", ["one_to_one", "nearest"])
def test_no_frames_is_right_where_there_are_none(matching: Any) -> None:
    reward = keyframes(matching=matching)
    assert reward.one(answered("[]", moments=[])).value == 1.0
    assert reward.one(answered("[]", moments=[5])).value == 0.0
    assert reward.one(answered("[5]", moments=[])).value == 0.0


def test_a_list_that_cannot_be_read_is_malformed() -> None:
    for reward in (keyframes(), nearest()):
        assert reward.one(answered("somewhere", moments=[5])).status == Status.MALFORMED
        assert reward.one(answered("[5]", moments=["soon"])).status == Status.INAPPLICABLE


@given(seconds, seconds)
def test_key_frames_are_scored_the_same_in_any_order(found: list[int], true: list[int]) -> None:
    for matching in ("one_to_one", "nearest"):
        reward = keyframes(matching=matching).reading(response="said")
        rows = [{"said": f, "moments": t} for f, t in ((found, true), (found[::-1], true[::-1]), (true, found))]
        values = reward(rows).values
        assert values == pytest.approx([values[0]] * 3)
        assert 0.0 <= values[0] <= 1.0


@pytest.mark.parametrize("said", [[float("nan")], [float("inf")], ["x"], [None], 5])
def test_a_column_without_finite_numbers_is_malformed(said: Any) -> None:
    for reward in (keyframes(), nearest()):
        assert reward.reading(response="said").one({"said": said, "moments": [5]}).status == Status.MALFORMED


def test_distances_go_both_ways() -> None:
    score = nearest().one(answered("[11, 40]", moments=[10, 20, 30]))
    assert score.components["time.nearest/to_true"].value == pytest.approx((1 + 10) / 2)
    assert score.components["time.nearest/to_found"].value == pytest.approx((1 + 9 + 10) / 3)
    assert score.value == pytest.approx(-(5.5 + 20 / 3) / 2)


def test_no_times_have_no_distance() -> None:
    score = nearest().one(answered("[]", moments=[5]))
    assert (score.value, score.status) == (None, Status.MALFORMED)


# -- events ------------------------------------------------------------------------------------------


def told(lines: list[str], **settings: Any) -> Score:
    return events(**settings).one(answered("\n".join(lines), events=WALK))


def test_the_true_events_in_their_order_are_worth_1() -> None:
    assert told(WALK).value == 1.0
    assert told([f"{i}. {event.upper()}." for i, event in enumerate(WALK, 1)]).value == 1.0


def test_order_counts_as_much_as_it_is_set_to() -> None:
    assert told(WALK[::-1]).value == pytest.approx(0.5)
    assert told(WALK[::-1], order=1.0).value == 0.0
    assert told(WALK[::-1], order=0.0).value == 1.0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (WALK[:2], 2 * 2 / 6),
        ([WALK[0]] * 4, 2 * 1 / 8),  # said again and again
        ([*WALK, "sings", "dances", "flies", "jumps"], 2 * 4 / 12),  # made up
        (["sings", "dances"], 0.0),
        (["walks out", *WALK[1:]], 2 * 3 / 8),  # half of "walks in", a third of the words in either
    ],
)
def test_what_is_left_out_repeated_or_made_up_costs(lines: list[str], expected: float) -> None:
    assert told(lines).value == pytest.approx(expected)


def test_precision_recall_and_order_are_told_apart() -> None:
    parts = told([WALK[2], WALK[0]]).components
    values = {name.rpartition("/")[2]: parts[name].value for name in parts if "/" in name}
    assert values == {"precision": 1.0, "recall": 0.5, "order": 0.0}


def test_events_that_cannot_be_read_are_malformed() -> None:
    assert told([""]).status == Status.MALFORMED
    assert told(["x"] * 1001).reason == "1001 events, more than 1000"
    assert events().one(answered("walks", events=[])).status == Status.INAPPLICABLE


def test_an_order_that_is_no_share_is_refused() -> None:
    with pytest.raises(ContractError, match="a share, 0 to 1"):
        events(order=2.0).one(answered("walks", events=WALK))
