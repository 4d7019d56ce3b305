"""`guerdon audit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PLANTED = str(Path(__file__).parents[1] / "audit" / "planted.py")
PAIRS = [{"prompt": "?", "chosen": str(n), "rejected": str(n + 1), "answer": str(n)} for n in range(8)]


def test_a_sound_rule_exits_with_0_and_says_what_does_not_apply(run: Any) -> None:
    done = run("audit", "-r", "answer.choice", "--limit", 12, "--skip", "contract.huge")
    assert done.code == 0
    assert done.out.startswith("the World, 12 rows: ")
    assert "attack.shotgun        pass" in done.out
    assert "does not apply: contract.ties" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_a_failed_check_exits_with_1_and_shows_a_row(run: Any) -> None:
    done = run("audit", "-r", f"{PLANTED}:substring", "--only", "attack", "--limit", 12)
    assert done.code == 1
    assert "checks failed: attack.shotgun" in done.err
    assert "attack.shotgun, for example" in done.out
    assert "as good as the right response on 100 %" in done.out.replace("\n", " ")


def test_own_rows_are_read_and_json_is_all_there_is_on_stdout(run: Any, write: Any) -> None:
    write("pairs.jsonl", *PAIRS)
    done = run("audit", "-r", "answer.exact(within=None)", "--data", "pairs.jsonl", "--only", "sense", "--json")
    assert done.code == 0
    assert (done.json["rows"], done.json["source"]) == (8, "given")
    assert {f["check"].partition(".")[0] for f in done.json["findings"]} == {"sense"}


def test_results_go_to_a_folder(run: Any, write: Any, tmp_path: Path) -> None:
    write("pairs.jsonl", *PAIRS)
    run("audit", "-r", "answer.exact(within=None)", "--data", "pairs.jsonl", "--only", "bias", "--out", "out")
    lines = [json.loads(line) for line in (tmp_path / "out" / "findings.jsonl").read_text().splitlines()]
    assert {"check", "verdict", "rate", "low", "high", "n", "detail"} == set(lines[0])
    assert json.loads((tmp_path / "out" / "audit.json").read_text())["reward"] == "answer.exact(within=None)"


def test_all_checks_are_listed_with_their_source(run: Any) -> None:
    done = run("audit", "--list")
    assert done.code == 0
    assert "attack.shotgun" in done.out
    assert "Visual-RFT issue 79" in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 100
    named = run("audit", "--list", "--only", "bias", "--json").json
    assert {one["name"].partition(".")[0] for one in named} == {"bias"}
    assert all(one["question"] and one["source"] for one in named)


def test_misuse_is_one_line_that_helps(run: Any) -> None:
    for arguments, message in (
        ((), "say which reward to audit"),
        (("-r", "answer.choice", "--only", "atack"), "did you mean 'attack'?"),
        (("-r", "masks.iou"), "no rows with the column 'mask': audit it on rows of yours (--data)"),
        (("-r", "answer.exact", "--data", "nowhere.jsonl"), "there is no file nowhere.jsonl"),
    ):
        done = run("audit", *arguments)
        assert done.code == 2
        assert message in done.err
        assert done.err.count("\n") == 1


def test_no_time_is_told_and_is_no_pass(run: Any) -> None:
    done = run("audit", "-r", "answer.choice", "--limit", 4, "--seconds", 0)
    assert "no time was left for: contract.determinism" in done.out
    assert " pass" not in done.out.partition("no time was left")[0]


def test_a_page_shows_what_was_found(run: Any, tmp_path: Path) -> None:
    done = run("audit", "-r", "length.chars", "--only", "bias", "--limit", 4, "--report", "a.html")
    assert "report: a.html" in done.err
    assert "bias.length" in (tmp_path / "a.html").read_text()
