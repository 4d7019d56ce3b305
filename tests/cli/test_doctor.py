"""`guerdon doctor`."""

from __future__ import annotations

from typing import Any

ROWS = [
    {"response": "<answer>[1, 2, 3, 4]</answer>", "boxes": [1, 2, 3, 4], "group": 1},
    {"response": "<answer>[1, 2, 3, 4]</answer>", "boxes": [1, 2, 3, 4], "group": 1},
]


def test_without_data_it_says_what_is_installed(run: Any) -> None:
    done = run("doctor")
    assert done.code == 0
    assert "numpy" in done.out
    assert "a store in this folder: works" in done.out
    assert "core" in run("doctor", "--json").json["extras"]


def test_with_data_it_says_what_the_rows_look_like(run: Any, write: Any) -> None:
    write("a.jsonl", *ROWS, "torn")
    done = run("doctor", "a.jsonl")
    assert "3 rows, 1 broken, 1 duplicates" in done.out
    for text in ("Columns", "Lengths in characters", "Boxes", "Worth a look", "line 3 is not JSON"):
        assert text in done.out


def test_with_a_reward_it_says_which_parts_say_nothing(run: Any, write: Any) -> None:
    write("a.jsonl", *ROWS)
    done = run("doctor", "a.jsonl", "-r", "boxes.iou")
    assert "boxes.iou is 1 on every row" in done.out
    assert "a row (median)" in done.out
    found = run("doctor", "a.jsonl", "-r", "boxes.iou", "--json").json
    assert found["health"]["groups"] == {"column": "group", "groups": 1, "flat": 1, "size": 2.0}
    assert found["data"]["rows"] == 2


def test_a_reward_without_data_is_misuse(run: Any) -> None:
    done = run("doctor", "-r", "boxes.iou")
    assert (done.code, "guerdon doctor DATA --reward SPEC" in done.err) == (2, True)
