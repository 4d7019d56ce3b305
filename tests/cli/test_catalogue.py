"""`guerdon list`, `show` and `systems`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def test_every_reward_is_listed_with_its_range_and_columns(run: Any) -> None:
    found = run("list", "--json").json
    iou = next(r for r in found if r["id"] == "boxes.iou@1")
    assert iou["range"] == [0.0, 1.0]
    assert iou["columns"] == ["response", "boxes"]
    assert iou["settings"]["frame"] == "pixel"
    assert len(found) > 10


def test_a_family_is_listed_alone(run: Any) -> None:
    done = run("list", "--family", "length")
    assert "length.chars" in done.out
    assert "boxes.iou" not in done.out


def test_an_unknown_family_is_answered_with_those_there_are(run: Any) -> None:
    done = run("list", "--family", "nope")
    assert done.code == 2
    assert re.search(r"answer, .*boxes, ", done.err)


def test_a_reward_is_shown_with_its_docstring_columns_settings_and_range(run: Any) -> None:
    done = run("show", "length.soft_overlong")
    for text in ("DAPO", "columns", "tokens (optional)", "limit (required)", "unit='tokens'", "-1 to 0", "@1"):
        assert text in done.out


def test_a_reward_of_a_file_is_shown(run: Any) -> None:
    mine = Path(__file__).parents[1] / "fixtures" / "cli" / "rewards.py"
    assert "Five, whatever." in run("show", "test_cli.five", "--import", mine).out


def test_systems_are_listed_and_shown(run: Any) -> None:
    found = {s["id"]: s for s in run("systems", "--json").json}
    assert found["vlm-r1"]["proofs"]
    assert "vlm-r1" in run("systems").out
    done = run("show", "vlm-r1")
    assert "guerdon reproduce vlm-r1" in done.out
    assert run("show", "vlm-r1", "--json").json == found["vlm-r1"]


def test_an_unknown_name_is_answered_with_the_nearest(run: Any) -> None:
    reward, system = run("show", "boxes.ioo"), run("show", "vlm-r2")
    assert (reward.code, system.code) == (2, 2)
    assert "did you mean 'boxes.iou'?" in reward.err
    assert "did you mean 'vlm-r1'?" in system.err
