"""RewardBench: four sections of subsets with their weights, and prior sets."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Output, load, run
from guerdon.bench.suites.rewardbench import PRIOR, SECTIONS, WEIGHTS, outputs

BENCHMARK = load("rewardbench")


@reward("toy.rewardbench_first", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    return 1.0


def pair(n: int, subset: str) -> dict[str, Any]:
    return {"id": n, "prompt": f"{n}?", "chosen": "good", "rejected": "bad", "subset": subset}


ROWS = [pair(n, subset) for n, subset in enumerate(WEIGHTS)]


def right_on(*subsets: str, rows: list[dict[str, Any]] = ROWS) -> list[Output]:
    return [Output(str(row["id"]), right=float(row["subset"] in subsets)) for row in rows]


def entry(out: list[Output], rows: list[dict[str, Any]] = ROWS) -> Entry:
    return run(BENCHMARK, outputs={"r": out}, data=rows).entries[0]


def test_a_section_weighs_its_subsets_by_their_pairs() -> None:
    chat = entry(right_on("alpacaeval-easy")).official["Chat"]
    assert chat == pytest.approx(100 * 100 / (100 + 95 + 95 + 28 + 40))


def test_mathematics_weighs_as_much_as_all_code() -> None:
    assert entry(right_on("math-prm")).official["Reasoning"] == pytest.approx(50.0)
    code = [name for name in SECTIONS["Reasoning"] if name.startswith("hep-")]
    assert entry(right_on(*code)).official["Reasoning"] == pytest.approx(50.0)


def test_the_score_is_the_mean_of_sections_with_an_interval() -> None:
    found = entry(right_on(*SECTIONS["Safety"]))
    assert found.official["score"] == pytest.approx(25.0)
    assert found.headline.macro is not None
    assert found.headline.macro.mean == pytest.approx(0.25)


def test_prior_sets_are_half_a_section() -> None:
    rows = ROWS + [pair(100 + n, name) for n, name in enumerate(PRIOR)]
    found = entry(right_on(*PRIOR, rows=rows), rows)
    assert found.official["Prior Sets"] == 100.0
    assert found.official["score"] == 0.0
    assert found.official["score with prior sets"] == pytest.approx(50 / 4.5)
    assert found.headline.macro is not None
    assert found.headline.macro.mean == 0.0


def test_sections_that_are_not_there_have_no_figure() -> None:
    found = entry(right_on("math-prm", rows=ROWS[-7:]), ROWS[-7:])
    assert set(found.official) == {"Reasoning"}
    assert found.headline.macro is None


def test_ties_are_half_here_and_wrong_there() -> None:
    found = entry([Output(str(row["id"]), (0.3, 0.3)) for row in ROWS])
    assert found.headline.macro is not None
    assert found.headline.macro.mean == pytest.approx(0.5)
    assert found.official["score"] == 0.0


@pytest.mark.parametrize(
    ("text", "swapped", "ours", "theirs"),
    [
        ("[[A]]", False, 1.0, 100.0),
        ("[[A]]", True, 0.0, 0.0),
        ("[[B]]", True, 1.0, 100.0),
        ("It is a tie: [[C]]", False, 0.5, 50.0),
        ("Hard to say.", True, 0.0, 50.0),
        ("Unlike [[A]], clear: [[B]]", True, 0.0, 0.0),
    ],
)
def test_judges_are_read_both_ways(text: str, swapped: bool, ours: float, theirs: float, tmp_path: Path) -> None:
    path = tmp_path / "judge.jsonl"
    path.write_text(json.dumps({"id": 0, "verdict": text, "swapped": swapped}))
    found = entry(list(outputs(path)), ROWS[:1])
    assert found.headline.overall.estimate is not None
    assert (found.headline.overall.estimate.mean, found.official["Chat"]) == (ours, theirs)


def test_a_judge_who_prefers_the_first_is_at_chance() -> None:
    found = run(BENCHMARK, {"front": first()}, data=ROWS).entries[0]
    assert found.headline.overall.estimate is not None
    assert found.headline.overall.estimate.mean == 0.5


def test_the_published_layouts_are_read(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "filtered-00000-of-00001.parquet")
    scores = {
        "id": [row["id"] for row in ROWS],
        "scores_chosen": [[1.0]] * len(ROWS),
        "scores_rejected": [0] * len(ROWS),
    }
    (tmp_path / "model.json").write_text(json.dumps({**scores, "model": "a/b"}))
    data = tmp_path / "filtered-00000-of-00001.parquet"
    found = run(BENCHMARK, outputs={"r": BENCHMARK.outputs(tmp_path / "model.json")}, data=data)
    assert found.entries[0].official["score"] == 100.0


def test_an_unknown_subset_is_an_error() -> None:
    with pytest.raises(BenchError, match="unknown group 'poems'"):
        run(BENCHMARK, {"front": first()}, data=[pair(0, "poems")])
