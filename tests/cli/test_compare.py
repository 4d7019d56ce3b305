"""`guerdon compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

MINE = str(Path(__file__).parents[1] / "fixtures" / "cli" / "rewards.py")
PAIRS = [
    {"id": "a", "prompt": "p", "chosen": "long one", "rejected": "short", "kind": "x"},
    {"id": "b", "prompt": "q", "chosen": "tie", "rejected": "eit", "kind": "x"},
    {"id": "c", "prompt": "r", "chosen": "s", "rejected": "longer", "kind": "y"},
]


def test_accuracy_stands_with_ties_both_ways_and_the_baselines(run: Any, write: Any) -> None:
    write("p.jsonl", *PAIRS)
    done = run("compare", "p.jsonl", "-r", "length.chars")
    lines = [line.split() for line in done.out.splitlines()]
    names = [words[0] for words in lines if words]
    assert [n for n in names if n in ("length.chars", "constant", "random", "longer", "shorter", "first")][1:] == [
        "length.chars", "constant", "random", "longer", "shorter", "first",
    ]  # fmt: skip
    (row,) = [words for words in lines if words[:1] == ["length.chars"] and len(words) > 1]
    assert row[1:3] == ["50.0", "%"]  # a win, half a tie, a loss
    assert "33.3" in row
    assert "first: the preferred response always comes first in this data" in done.out
    assert done.code == 0


@pytest.mark.parametrize(
    ("file", "wrong", "half"),
    [("vl_rewardbench/data.jsonl", 0.426, 0.431), ("mm_rlhf_rewardbench/mm_reward_bench.jsonl", 0.718, 0.724)],
)
def test_the_length_baseline_of_public_benchmarks(
    run: Any, data_dir: Path, file: str, wrong: float, half: float
) -> None:
    found = run("compare", data_dir.resolve() / file, "-r", "length.chars", "--json").json["preferences"][0]
    assert (round(found["wrong"]["mean"], 3), round(found["half"]["mean"], 3)) == (wrong, half)


def test_groups_have_their_own_figures(run: Any, write: Any) -> None:
    write("p.jsonl", *PAIRS)
    found = run("compare", "p.jsonl", "-r", "length.chars", "--group-by", "kind", "--json").json["groups"]
    assert {name: table[0]["half"]["mean"] for name, table in found["of"].items()} == {"x": 0.75, "y": 0.0}
    done = run("compare", "p.jsonl", "-r", "length.chars", "--group-by", "kind", "--ties", "wrong")
    assert "By kind, a tie counts wrong" in done.out
    assert "mean of groups" in done.out


def test_pairs_go_to_a_file_with_what_each_response_was_worth(run: Any, write: Any, tmp_path: Path) -> None:
    write("p.jsonl", *PAIRS)
    assert run("compare", "p.jsonl", "-r", "length.chars", "--out", "pairs.jsonl", "--report", "r.html").code == 0
    rows = [json.loads(line) for line in (tmp_path / "pairs.jsonl").read_text().splitlines()]
    assert [(r["better"], r["outcome"], r["value_better"], r["value_worse"]) for r in rows] == [
        ("a/0", 1.0, 8.0, 5.0), ("b/0", 0.5, 3.0, 3.0), ("c/0", 0.0, 1.0, 6.0),
    ]  # fmt: skip
    assert "Preference accuracy" in (tmp_path / "r.html").read_text()


def test_no_verdict_at_all_is_told_with_its_reason(run: Any, write: Any) -> None:
    write("p.jsonl", *PAIRS)
    done = run("compare", "p.jsonl", "-r", "answer.exact", "--map", "answer=kind", "--map", "options=kind")
    assert done.code == 0  # malformed responses have a value, and tie
    assert run("compare", "p.jsonl", "-r", "otherwise(length.tokens, 0.0, on=('OK',))").code == 2
    done = run("compare", "p.jsonl", "-r", "test_cli.boom", "--import", MINE)
    assert done.code == 1
    assert "not one of 3 pairs got a verdict: test_cli.boom: RuntimeError: no way" in done.err


@pytest.mark.parametrize(
    ("rows", "arguments", "message"),
    [
        ([{"response": "x"}], (), "no row is a comparison; the first: row 0 has the columns response"),
        (PAIRS, ("--aspect", "style"), "on the aspect 'style'"),
    ],
)
def test_misuse_is_one_line_that_says_what_to_do(
    run: Any, write: Any, rows: list[Any], arguments: tuple[str, ...], message: str
) -> None:
    write("p.jsonl", *rows)
    done = run("compare", "p.jsonl", "-r", "length.chars", *arguments)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1
