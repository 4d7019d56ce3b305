"""`guerdon score`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

GOOD: list[Any] = [
    {"id": "a", "text": "<answer>3</answer>", "gold": {"value": "3"}, "old": 1.0, "kind": "x"},
    {"id": "b", "text": "<answer>4</answer>", "gold": {"value": "3"}, "old": 0.0, "kind": "x"},
    {"id": "c", "text": "three", "gold": {"value": "3"}, "old": 1.0, "kind": "y"},
]
MINE = str(Path(__file__).parents[1] / "fixtures" / "cli" / "rewards.py")
"""What a user might --import."""
MAP = ("--map", "response=text", "--map", "answer=gold.value")


def test_a_table_has_coverage_beside_the_mean_and_counts_what_went_wrong(run: Any, write: Any) -> None:
    write("a.jsonl", *GOOD)
    done = run("score", "a.jsonl", "-r", "answer.numeric", *MAP)
    assert done.code == 0
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "component rows coverage mean 95 % interval min max malformed failed" in lines
    assert "answer.numeric 3 100 % 0.333 0.061 to 0.792 0 1 1 0" in lines
    assert any(line.startswith("1 malformed answer.numeric") for line in lines)


def test_json_is_all_there_is_on_stdout(run: Any, write: Any) -> None:
    write("a.jsonl", *GOOD)
    done = run("score", "a.jsonl", "-r", "0.5*answer.numeric + 0.5*format.tags", *MAP, "--json", "--group-by", "kind")
    found = done.json
    assert [c["name"] for c in found["components"]] == ["total", "answer.numeric", "format.tags"]
    assert found["components"][1]["mean"] == pytest.approx(1 / 3)
    assert found["components"][1]["status"] == {"OK": 2, "MALFORMED": 1}
    assert found["reward"] == "0.5*answer.numeric + 0.5*format.tags"
    assert {g["name"]: g["rows"] for g in found["groups"]["of"]} == {"x": 2, "y": 1}


def test_the_official_scores_of_a_real_run_are_reproduced(run: Any, data_dir: Path) -> None:
    done = run(
        "score", data_dir.resolve() / "tw_grpo" / "outputs_mmvu.jsonl", "--map", "response=model_output", "--map",
        "answer=ground_truth", "-r", "0.9*answer.choice + 0.1*format.tags", "--against",
        "answer.choice=accuracy_score", "--against", "format.tags=format_score", "--json",
    )  # fmt: skip
    assert [(a["n"], a["agree"]) for a in done.json["against"]] == [(625, 625), (625, 625)]


def test_disagreement_is_shown_row_by_row(run: Any, write: Any) -> None:
    write("a.jsonl", *GOOD)
    done = run("score", "a.jsonl", "-r", "answer.numeric", *MAP, "--against", "old")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert "total old 3 2 66.7 % 20.8 to 93.9" in lines  # Wilson's interval of 2 of 3
    assert any(line.startswith("c 0 1") for line in lines)


def test_scores_go_to_a_folder_with_all_that_made_them(run: Any, write: Any, tmp_path: Path) -> None:
    write("a.jsonl", *GOOD)
    assert run("score", "a.jsonl", "-r", "answer.numeric", *MAP, "--out", "out").code == 0
    rows = [json.loads(line) for line in (tmp_path / "out" / "scores.jsonl").read_text().splitlines()]
    assert [(r["key"], r["value"], r["status"]) for r in rows] == [
        ("a", 1.0, "OK"),
        ("b", 0.0, "OK"),
        ("c", 0.0, "MALFORMED"),
    ]
    assert json.loads((tmp_path / "out" / "reward.json").read_text())["record"]["reward"] == "answer.numeric@1"
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["rows"] == 3


def test_scores_go_to_parquet_with_a_status_a_component(run: Any, write: Any, tmp_path: Path) -> None:
    write("a.jsonl", *GOOD, "torn")
    assert run("score", "a.jsonl", "-r", "answer.numeric", *MAP, "-o", "s.parquet").code == 0
    table = pq.read_table(tmp_path / "s.parquet")
    assert table["value"].to_pylist() == [1.0, 0.0, 0.0, None]
    assert table["answer.numeric.status"].to_pylist() == ["OK", "OK", "MALFORMED", "FAILED"]
    assert json.loads(table.schema.metadata[b"guerdon"])["record"]["reward"] == "answer.numeric@1"


def test_a_report_is_written(run: Any, write: Any, tmp_path: Path) -> None:
    write("a.jsonl", *GOOD)
    assert (
        run("score", "a.jsonl", "-r", "answer.numeric", *MAP, "--report", "sub/r.html", "--group-by", "kind").code == 0
    )
    page = (tmp_path / "sub" / "r.html").read_text()
    assert "By kind" in page
    assert str(tmp_path) not in page


def test_a_row_that_is_no_json_costs_itself_alone(run: Any, write: Any) -> None:
    write("a.jsonl", GOOD[0], "not json", GOOD[1])
    done = run("score", "a.jsonl", "-r", "answer.numeric", *MAP)
    assert done.code == 0
    assert "line 2 is not JSON" in " ".join(done.out.split())


def test_a_run_in_which_every_row_failed_says_so(run: Any, write: Any) -> None:
    write("a.jsonl", {"response": "x"}, {"response": "y"})
    done = run("score", "a.jsonl", "-r", "test_cli.boom", "--import", MINE)
    assert done.code == 1
    assert "all 2 rows FAILED; most often: test_cli.boom: RuntimeError: no way (rewards.py:10)" in done.err


def test_a_reward_of_a_file_is_used_by_name(run: Any, write: Any) -> None:
    write("a.jsonl", {"response": "x"})
    assert run("score", "a.jsonl", "-r", f"{MINE}:good", "--json").json["components"][0]["mean"] == 5.0


def test_a_stored_run_is_resumed(run: Any, write: Any) -> None:
    write("a.jsonl", *GOOD)
    command = ("score", "a.jsonl", "-r", "answer.numeric", *MAP, "--store", "run.db", "--json")
    first, second = run(*command), run(*command, "--resume")
    assert first.json["components"] == second.json["components"]  # times included: nothing was scored again


def test_processes_contain_a_row_that_hangs(run: Any, write: Any) -> None:
    write("a.jsonl", {"response": "x"}, {"response": "hang"})
    done = run(
        "score", "a.jsonl", "-r", "test_cli.slow", "--import", MINE, "--engine", "processes", "--workers", 1,
        "--seconds", 0.5, "--json",
    )  # fmt: skip
    assert done.json["components"][0]["status"] == {"OK": 1, "FAILED": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.jsonl", "-r", "answer.exact"), "there is no file nowhere.jsonl"),
        (("empty.jsonl", "-r", "answer.exact"), "empty.jsonl is empty"),
        (("a.txt", "-r", "answer.exact"), "unknown format '.txt'"),
        (("a.jsonl", "-r", "answer.exact"), "needs the column 'response', which no row has. The columns are: gold"),
        (("a.jsonl", "-r", "answer.exact", "--map", "response"), "written name=column"),
        (("a.jsonl", "-r", "answer.exact", "--map", "response=nope"), "no row has 'nope'; the columns are:"),
        (("a.jsonl", "-r", "answer.exakt"), "did you mean 'answer.exact'?"),
        (("a.jsonl", "-r", "answer.exact(foo=1)"), "no setting 'foo'"),
        (("a.jsonl", "-r", "answer.exact +"), "cannot read the reward"),
        (("a.jsonl", "-r", "nope.yaml"), "there is no file nope.yaml"),
        (("a.jsonl", "-r", f"{MINE}:nope"), "rewards.py has no reward called 'nope'"),
        (("a.jsonl", "-r", f"{MINE}:five"), "needs the setting 'k'"),
        (("a.jsonl", "-r", "broken.py:x"), "ZeroDivisionError: division by zero (broken.py:1)"),
        (("a.jsonl", "-r", "test_cli.two", "--import", MINE, "--map", "response=text"), "no 'group' column"),
        (("a.jsonl", "-r", "answer.exact", "--import", "broken.py"), "--import broken.py: ZeroDivisionError"),
        (("a.jsonl", "-r", "answer.exact", "--import", "nope.py"), "there is no such file"),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--resume"), "say which with --store"),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--seconds", "1"), 'use engine="processes"'),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--out", "x.csv"), "name a FILE.jsonl, a FILE.parquet or a folder"),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--out", "/proc/no/x.jsonl"), "/proc/no: No such file or directory"),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--store", "/proc/no/x.db"), "name a file in a folder that exists"),
        (
            ("a.jsonl", "-r", "answer.exact", *MAP, "--against", "x=old"),
            "no component 'x'; there are total, answer.exact",
        ),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--against", "x="), "written COMPONENT=COLUMN"),
        (("a.jsonl", "-r", "answer.exact", *MAP, "--group-by", "x"), "no row has the column 'x' to group by"),
        (("a.jsonl",), "Missing option '--reward'"),
        (("a.jsonl", "-r", "answer.exact", "--nope"), "No such option: --nope"),
        (("a.jsonl", "-r", "answer.exact", "--engine", "x"), "'inline', 'threads', 'processes', 'ray'"),
    ],
)
def test_misuse_is_one_line_that_says_what_to_do(
    run: Any, write: Any, arguments: tuple[str, ...], message: str
) -> None:
    write("a.jsonl", *GOOD)
    write("empty.jsonl")
    write("a.txt", "x")
    write("broken.py", "1/0")
    done = run("score", *arguments)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""


def test_debug_shows_where_an_error_is_from(run: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"there is no file nowhere\.jsonl"):
        run("score", "nowhere.jsonl", "-r", "answer.exact", "--debug")


def test_an_error_nobody_foresaw_asks_for_a_report(run: Any, write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("surprise")

    write("a.jsonl", *GOOD)
    monkeypatch.setattr("guerdon.engine.map", fail)
    done = run("score", "a.jsonl", "-r", "answer.exact", *MAP)
    assert done.code == 70
    assert "KeyError: 'surprise'. This is a bug in guerdon" in done.err


def test_a_disk_that_is_full_at_the_end_leaves_no_half_file(
    run: Any, write: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "scores.jsonl")

    write("a.jsonl", *GOOD)
    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr("os.replace", full)
    done = run("score", "a.jsonl", "-r", "answer.numeric", *MAP, "--out", "scores.jsonl")
    assert done.code == 2
    assert done.err == "error: scores.jsonl: No space left on device\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.jsonl"]


def test_a_store_that_cannot_keep_rows_finishes_the_run_and_exits_with_1(
    run: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guerdon.store import Store, StoreError, StoreWarning

    def full(*_: object) -> None:
        raise StoreError("run.db: the disk is full")

    write("a.jsonl", {"response": "abc"})
    monkeypatch.setattr(Store, "put_scores", full)
    with pytest.warns(StoreWarning):
        done = run("score", "a.jsonl", "--reward", "length.chars", "--store", "run.db")
    assert done.code == 1
    assert "1 finished rows are not in run.db" in done.err
    assert "3.000" in done.out
