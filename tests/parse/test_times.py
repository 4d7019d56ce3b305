"""Times and intervals as models write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.times import interval, intervals, moments, seconds
from guerdon.scores import Status

QUARTERS = st.integers(0, 4000).map(lambda n: n / 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5", 12.5), (" 12.5 s ", 12.5), ("90 seconds", 90.0), ("1:20", 80.0), ("00:01:20.5", 80.5),
        ("1 min 20 s", 80.0), ("1 minute and 5 seconds", 65.0), ("1h05m", 3900.0), ("2 MINUTES", 120.0),
    ],
)  # fmt: skip
def test_a_time_is_read_as_seconds(text: str, expected: float) -> None:
    assert seconds(text).value == expected


@pytest.mark.parametrize("text", ["", "soon", "1.5.2", "nan", "inf", "0:75", "1:2:3:4", "12 apples", "9" * 40])
def test_what_is_no_time_is_malformed(text: str) -> None:
    assert seconds(text).status == Status.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        '{"start_time": "2", "end_time": "8"}', '{"end": 8, "start": 2.0}', "{'start': '0:02', 'end': '0:08'}",
        "[2, 8]", "(0:02, 0:08)", '["2", "8"]', "2 to 8 s", "2s-8s", "2.0 – 8.0 seconds", "from 0:02 until 0:08",
        "between 2 and 8 seconds", "2, 8", "It happens at 2 - 8.", '```json\n{"start_time": 2, "end_time": 8}\n```',
    ],
)  # fmt: skip
def test_an_interval_is_read_however_it_is_written(text: str) -> None:
    assert interval(text).value == (2.0, 8.0)


def test_a_unit_written_once_counts_for_both_times() -> None:
    assert interval("2 to 3 minutes").value == (120.0, 180.0)
    assert interval("1 min 5 s to 1 min 20 s").value == (65.0, 80.0)


@pytest.mark.parametrize("text", ["[8, 2]", "[2, 2]", '{"start": 8, "end": 2}', "8 to 2 s"])
def test_an_interval_that_does_not_end_after_it_starts_is_malformed(text: str) -> None:
    read = interval(text)
    assert read.status == Status.MALFORMED
    assert "does not end after it starts" in read.reason


def test_it_can_be_put_right_or_kept() -> None:
    assert interval("[8, 2]", inverted="swap").value == (2.0, 8.0)
    assert interval("[8, 2]", inverted="keep").value == (8.0, 2.0)
    assert interval("[2, 2]", inverted="swap").status == Status.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "", "no idea", "[5]", "[1, 2, 3]", "2, 8, 10", "2024-05-06", "version 1.2-3.4.5", '{"answer": "B"}',
        '{"start": 1}', '{"start": "1.5.2", "end": "3"}', '{"start": true, "end": 5}', '{"start": 1e400, "end": 5}',
        '{"start": NaN, "end": 5}', '{"start": 1, "end": 5', "-1 to 3",
    ],
)  # fmt: skip
def test_what_is_no_interval_is_malformed(text: str) -> None:
    assert interval(text).status == Status.MALFORMED


def test_a_fraction_may_be_as_long_as_floats_are_printed() -> None:
    third = 91 / 3
    assert interval(f"{third} to {2 * third}").value == (third, 2 * third)
    assert moments(f"[{third}, 0:{third}]").value == [third, third]


def test_one_of_several_intervals_is_not_guessed() -> None:
    text = "[2, 8] or [10, 12]"
    assert interval(text).reason == "more than one interval, only one wanted"
    assert interval(text, which="first").value == (2.0, 8.0)
    assert interval(text, which="last").value == (10.0, 12.0)


def test_all_intervals_are_read_in_order() -> None:
    assert intervals("[[13.8, 29.8], [40, 50]]").value == [(13.8, 29.8), (40.0, 50.0)]
    assert intervals("0:10-0:20 and 0:40-0:50").value == [(10.0, 20.0), (40.0, 50.0)]


def test_one_bad_interval_spoils_the_list() -> None:
    assert intervals("[[13.8, 29.8], [50, 40]]").reason == "interval 2: 50 to 40 does not end after it starts"


def test_a_list_of_times_is_read() -> None:
    assert moments("[11, 40.5]").value == moments("0:11, 0:40.5").value == moments("11 s and 40.5 s").value
    assert moments("[]").value == []
    assert moments("11s\n40s").value == [11.0, 40.0]


@pytest.mark.parametrize("text", ["", "frame 3 at 12", "[1,]", "1 2 3", "none"])
def test_a_list_with_something_else_is_malformed(text: str) -> None:
    assert moments(text).status == Status.MALFORMED


@given(QUARTERS, QUARTERS, st.sampled_from(["[{}, {}]", "{} to {}", "({} - {})", '{{"start": {}, "end": {}}}']))
def test_what_is_written_is_read_back(a: float, b: float, form: str) -> None:
    if a == b:
        return
    start, end = sorted((a, b))
    assert interval(form.format(start, end)).value == (start, end)


@given(st.text(alphabet="0123456789:.,-–[](){}\"' stomhinand", max_size=60))
def test_no_text_makes_a_parser_raise(text: str) -> None:
    for read in (seconds(text), interval(text), intervals(text), moments(text)):
        assert (read.value is None) == (read.status == Status.MALFORMED) == bool(read.reason)


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 200_000, "1:" * 200_000, "[1," * 100_000, "{" * 400_000, "{'a" * 100_000, "1 min " * 80_000,
        "1 - " * 100_000, "between 1 " * 40_000, "[1" + " " * 400_000, ("1" + " " * 1000) * 400,
    ],
    ids=lambda text: text[:10],
)  # fmt: skip
def test_long_nonsense_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    for read in (seconds, interval, intervals, moments):
        read(text)
    assert time.perf_counter() - start < 5.0
