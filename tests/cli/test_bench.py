"""`guerdon bench`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guerdon import bench
from guerdon.audit import audit
from guerdon.spec import from_spec

NAME = "vl-rewardbench"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "cli"
MINE = str(FIXTURES / "rewards.py")
Bench = Callable[..., Any]


def rows(n: int = 12) -> list[dict[str, Any]]:
    """The longer answer is the better one in two of three, and items are of two groups."""
    return [
        {
            "id": f"{('wildvision-battle', 'mathverse')[i % 2]}_{i}", "prompt": f"{i}?",
            "chosen": "short" if i % 3 else "a long one", "rejected": "longest of all" if i % 3 == 2 else "bad",
        }
        for i in range(n)
    ]  # fmt: skip


@pytest.fixture
def on_rows(run: Any, write: Any) -> Bench:
    """`guerdon bench vl-rewardbench --data d.jsonl …` on twelve rows of our own."""
    write("d.jsonl", *rows())
    return lambda *arguments: run("bench", NAME, "--data", "d.jsonl", *arguments)


def entry(done: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in done.json["entries"] if e["name"] == name)
    return found


def accuracy(done: Any, name: str) -> float:
    return float(entry(done, name)["metrics"][0]["overall"]["estimate"]["mean"])


# -- what it prints ----------------------------------------------------------------------------------


def test_a_reward_stands_beside_the_baselines(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars")
    assert done.code == 0
    assert f"{NAME}: 12 items (general 6, reasoning 6)" in done.out
    (line, *_) = [text for text in done.out.splitlines() if text.startswith("length.chars")]
    assert "66.7 %" in line  # the longer answer is better in eight of twelve
    assert all(name in done.out for name in ("constant", "random", "longer", "shorter", "first"))
    assert "the preferred response always comes first in this data" in done.out


def test_the_list_has_every_benchmark(run: Any) -> None:
    done = run("bench", "--list")
    assert done.code == 0
    for found in bench.every():
        assert found.name in done.out
    assert [one["name"] for one in run("bench", "--list", "--json").json] == [b.name for b in bench.every()]


def test_json_has_every_figure(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars", "--json")
    assert done.json["items"] == 12
    assert done.json["groups"] == {"general": 6, "reasoning": 6}
    assert entry(done, "length.chars")["record"] == {"reward": "length.chars@1", "settings": {}}
    assert accuracy(done, "length.chars") == pytest.approx(8 / 12)
    assert accuracy(done, "constant") == 0.5


def test_several_rewards_have_their_names(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars", "-r", "short=-1*length.chars", "--json")
    assert accuracy(done, "length.chars") + accuracy(done, "short") == pytest.approx(1.0)


def test_released_outputs_need_no_reward(on_rows: Bench, write: Any) -> None:
    write("mine.jsonl", *({"id": row["id"], "scores": ["10", "9"]} for row in rows()))
    assert accuracy(on_rows("--outputs", "mine.jsonl", "--json"), "mine") == 1.0


def test_outputs_and_rewards_stand_in_one_table(on_rows: Bench, write: Any) -> None:
    write("mine.jsonl", *({"id": row["id"], "scores": [0, 1]} for row in rows()))
    done = on_rows("--outputs", "mine.jsonl", "-r", "length.chars", "--json")
    assert accuracy(done, "mine") == 0.0
    assert accuracy(done, "length.chars") == pytest.approx(8 / 12)


def test_a_limit_is_said(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars", "--limit", "6", "--json")
    assert done.json["items"] == 6
    assert "only the first 6 rows of the data were read" in done.json["notes"]


def test_data_may_be_named_by_the_environment(
    run: Any, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vl_rewardbench").mkdir()
    write("vl_rewardbench/data.jsonl", *rows())
    monkeypatch.setenv("GUERDON_DATA", str(tmp_path))
    assert run("bench", NAME, "-r", "length.chars", "--json").json["items"] == 12


def test_a_wrong_pair_is_a_baseline_of_its_own(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars", "--wrong-pair", "--json")
    assert entry(done, "length.chars, wrong pair")["kind"] == "baseline"


# -- what it writes ----------------------------------------------------------------------------------


def test_items_go_to_a_file_with_what_everyone_was_credited(on_rows: Bench, tmp_path: Path) -> None:
    assert on_rows("-r", "length.chars", "--out", "items.jsonl").code == 0
    found = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text().splitlines()]
    assert len(found) == 12
    assert [one["length.chars"] for one in found[:3]] == [1.0, 1.0, 0.0]


def test_a_report_and_a_card_are_written(on_rows: Bench, tmp_path: Path) -> None:
    done = on_rows("-r", "length.chars", "--report", "out/r.html", "--card", "out/REWARD_CARD.md")
    assert (done.code, done.err) == (0, "report: out/r.html\ncard: out/REWARD_CARD.md\n")
    page, card = ((tmp_path / "out" / name).read_text() for name in ("r.html", "REWARD_CARD.md"))
    command = "guerdon bench vl-rewardbench --data d.jsonl -r length.chars --report out/r.html"
    assert command in page
    assert command in card


def test_a_home_is_not_told_to_the_world(
    on_rows: Bench, write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path.parent)
    on_rows("-r", "length.chars", "--card", "c.md", "--out", tmp_path.parent / "elsewhere.jsonl")
    assert str(tmp_path.parent) not in (tmp_path / "c.md").read_text()


def test_an_audit_is_shown_on_the_page_and_the_card(on_rows: Bench, tmp_path: Path) -> None:
    found = audit(from_spec("length.chars"), rows(4), only=["bias.length"])
    (tmp_path / "a.json").write_text(json.dumps(found.to_dict()))
    assert on_rows("-r", "length.chars", "--audit", "a.json", "--report", "r.html", "--card", "c.md").code == 0
    for name in ("r.html", "c.md"):
        assert "bias.length" in (tmp_path / name).read_text()


def test_what_is_not_an_audit_is_refused_before_anything_runs(on_rows: Bench, write: Any) -> None:
    for text in ("[1, 2]", "{", "{}"):
        write("a.json", text)
        done = on_rows("-r", "length.chars", "--audit", "a.json")
        assert (done.code, done.out) == (2, "")
        assert "not what `guerdon audit --json` prints" in done.err


def test_a_card_is_of_one_reward(on_rows: Bench) -> None:
    done = on_rows("-r", "length.chars", "-r", "length.words", "--card", "c.md")
    assert (done.code, done.out) == (2, "")
    assert "--card is of one reward" in done.err


def test_a_store_goes_on_where_a_run_stopped(on_rows: Bench, write: Any, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    write("mine.py", "from guerdon import reward", "@reward('test_cli_bench.noted')", "def noted(response: str):",
          f"    with open({str(seen)!r}, 'a') as file:", "        file.write('x')",
          "    return float(len(response))")  # fmt: skip
    first = on_rows("-r", "mine.py:noted", "--store", "s.db", "--limit", "6", "--json")
    assert len(seen.read_text()) == 12
    again = on_rows("-r", "mine.py:noted", "--store", "s.db", "--resume", "--json")
    assert len(seen.read_text()) == 24  # the six items that were new
    assert (first.json["items"], again.json["items"]) == (6, 12)
    assert accuracy(again, "test_cli_bench.noted") == pytest.approx(8 / 12)


# -- bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "which benchmark? `guerdon bench --list` shows all"),
        (("vl-rewardbnch", "-r", "length.chars"), "did you mean 'vl-rewardbench'?"),
        ((NAME, "-r", "length.chars", "--data", "nowhere.jsonl"), "there is no such file or folder"),
        ((NAME, "-r", "length.charz", "--data", "d.jsonl"), "length.charz"),
        ((NAME, "--outputs", "nowhere.json", "--data", "d.jsonl"), "--outputs nowhere.json: there is no such file"),
        ((NAME, "-r", "length.chars", "-r", "length.chars", "--data", "d.jsonl"), "two rewards are called"),
        ((NAME, "-r", "longer=length.chars", "--data", "d.jsonl"), "a name of its own"),
        ((NAME, "-r", "length.chars", "--data", "d.jsonl", "--resume"), "--store"),
        ((NAME, "-r", "length.chars", "--data", "d.jsonl", "--out", "x.csv"), "--out x.csv"),
        ((NAME, "-r", "length.chars", "--data", "d.jsonl", "--audit", "nowhere.json"), "nowhere.json"),
    ],
)  # fmt: skip
def test_misuse_is_one_line_and_code_2(run: Any, write: Any, arguments: tuple[str, ...], says: str) -> None:
    write("d.jsonl", *rows())
    done = run("bench", *arguments)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("outputs", "says"),
    [
        ([{"id": "other", "scores": [1, 0]}], "no output is for one of these items"),
        ([{"scores": [1, 0]}], "which are missing?"),
        ([{"id": "mathverse_1", "text": "A"}], "the columns are: id, text"),
        ([*({"id": r["id"], "correct": 1} for r in rows()), {"id": "more", "correct": 1}], "items that are not here"),
    ],
)
def test_outputs_of_other_items_are_refused(on_rows: Bench, write: Any, outputs: list[Any], says: str) -> None:
    write("o.jsonl", *outputs)
    done = on_rows("--outputs", "o.jsonl")
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_partial_outputs_show_in_the_coverage(on_rows: Bench, write: Any) -> None:
    write("o.jsonl", *({"id": row["id"], "correct": True} for row in rows(3)))
    done = on_rows("--outputs", "o.jsonl")
    assert done.code == 0
    (line, *_) = [text for text in done.out.splitlines() if text.startswith("o ")]
    assert "25.0 %" in line
    assert "9 of 12 items have no output" in " ".join(done.out.split())


def test_data_without_an_item_is_refused(run: Any, write: Any) -> None:
    write("d.jsonl", {"id": "mathverse_1", "prompt": "?"})
    done = run("bench", NAME, "--data", "d.jsonl", "-r", "length.chars")
    assert (done.code, done.out) == (2, "")
    assert "there is no item to be asked about" in done.err


def test_a_reward_that_can_read_nothing_exits_with_1(on_rows: Bench) -> None:
    done = on_rows("-r", f"{MINE}:boom")
    assert done.code == 1
    assert "nothing could be read of test_cli.boom" in done.err
    assert "RuntimeError: no way" in done.out
