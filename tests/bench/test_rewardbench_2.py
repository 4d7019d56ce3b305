"""RewardBench 2: best of four, Ties, letters and ratings of judges, and the published layouts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Output, Results, load, run
from guerdon.bench.suites.rewardbench_2 import SUBSETS, TIES, item, outputs
from guerdon.scores import Status

BENCHMARK = load("rewardbench-2")
RIGHT, WRONG = "it is right", "no"


@reward("toy.rewardbench2_right", range=(0, 1))
def knows(response: str) -> float:
    return float("right" in response)


def four(n: int, subset: str = "Focus") -> dict[str, Any]:
    wrong = [f"{WRONG} {k}" for k in range(3)]
    return {"id": f"{subset}-{n}", "prompt": f"{n}?", "chosen": [RIGHT], "rejected": wrong, "subset": subset}


def tie(n: int, kind: str = "tied", right: int = 3) -> dict[str, Any]:
    rights, wrongs = [f"{RIGHT} {k}" for k in range(right)], [f"{WRONG} {k}" for k in range(2)]
    return {"id": f"{kind}:{n}", "prompt": f"{n}, {kind}?", "chosen": rights, "rejected": wrongs, "subset": TIES}


ROWS = [four(n, subset) for subset in SUBSETS for n in range(4)] + [
    row for n in range(5) for row in (tie(n, "ref", 1), tie(n))
]


def entry(found: Results, name: str) -> Entry:
    return next(one for one in found.entries if one.name == name)


def best_of_four(one: Entry) -> float:
    estimate = one.headline.overall.estimate
    assert estimate is not None
    return estimate.mean


def ties_score(one: Entry) -> float:
    estimate = one.lines[1].overall.estimate
    assert estimate is not None
    return estimate.mean


def told(tmp_path: Path, *rows: dict[str, Any]) -> list[Output]:
    path = tmp_path / "outputs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return list(outputs(path))


def test_a_reward_that_knows_gets_all_and_one_percent_more() -> None:
    found = entry(run(BENCHMARK, {"knows": knows()}, data=ROWS), "knows")
    assert (best_of_four(found), ties_score(found)) == (1.0, 1.01)
    assert found.official == {**dict.fromkeys(SUBSETS, 100.0), TIES: 101.0, "overall": pytest.approx(601 / 6)}


def test_a_constant_gets_a_quarter_and_nothing_of_ties() -> None:
    constant = entry(run(BENCHMARK, data=ROWS), "constant")
    assert best_of_four(constant) == 0.25
    assert ties_score(constant) == 0.0


def test_each_subset_has_its_own_metric() -> None:
    found = entry(run(BENCHMARK, {"knows": knows()}, data=ROWS), "knows")
    assert set(found.lines[0].groups) == set(SUBSETS)
    assert set(found.lines[1].groups) == {TIES}


def test_the_mean_of_groups_is_over_all_six() -> None:
    macro = entry(run(BENCHMARK, {"knows": knows()}, data=ROWS), "knows").headline.macro
    assert macro is not None
    assert macro.mean == pytest.approx((5 + 1.01) / 6)


def test_the_mean_of_six_needs_all_six() -> None:
    found = entry(run(BENCHMARK, {"knows": knows()}, data=ROWS[:4]), "knows")
    assert set(found.official) == {"Factuality"}


@pytest.mark.parametrize(
    ("scores", "credit"), [([1, 1, 0, 0], 0.5), ([1, 1, 1, 1], 0.25), ([0, 1, 0, 0], 0.0), (["10", "9", "9", "9"], 1.0)]
)
def test_credit_is_shared_among_the_best(scores: list[Any], credit: float, tmp_path: Path) -> None:
    out = told(tmp_path, {"id": "Focus-0", "scores": scores})
    assert best_of_four(run(BENCHMARK, outputs={"r": out}, data=[four(0)]).entries[0]) == credit


def test_a_resample_may_hold_a_prompt_twice_and_never_half_of_it() -> None:
    rows = [row for n in range(20) for row in (tie(n, "ref", 1), tie(n))]
    rng = np.random.default_rng(0)
    right = [np.repeat([1.0, 0.0], [len(row["chosen"]), 2]) for row in rows]
    out = [Output(row["id"], tuple(v + 0.5 * rng.normal(size=len(v)))) for row, v in zip(rows, right, strict=True)]
    estimate = run(BENCHMARK, outputs={"noisy": out}, data=rows).entries[0].lines[1].overall.estimate
    assert estimate is not None
    assert estimate.low < estimate.mean < estimate.high


def test_a_prompt_with_one_of_its_two_items_counts_in_accuracy_alone() -> None:
    rows = [tie(0, "ref", 1), tie(0), tie(1)]
    values = [(1.0, 0, 0), (1.0, 1, 1, 0, 0), (1.0, 1, 0, 0, 0)]  # the last has a right one no better than wrong ones
    out = [Output(row["id"], value) for row, value in zip(rows, values, strict=True)]
    score = ties_score(run(BENCHMARK, outputs={"r": out}, data=rows).entries[0])
    assert score == pytest.approx(0.3 * 0.5 + 0.3 + 0.2 + 0.2 + 0.01)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "7"}, "the id of a Ties item"),
        ({"rejected": []}, "no wrong answer"),
        ({"subset": None}, "unknown group"),
    ],
)
def test_what_is_no_item_says_why(change: dict[str, Any], why: str) -> None:
    with pytest.raises(BenchError, match=why):
        run(BENCHMARK, {"knows": knows()}, data=[{**tie(1), **change}])


def test_ties_that_could_not_be_read_are_wrong() -> None:
    rows = [tie(0, "ref", 1), tie(0), tie(1, "ref", 1), tie(1)]
    values = [tuple(map(float, item(row).gold)) for row in rows]
    out = [Output(row["id"], value) for row, value in zip(rows, values, strict=True)]
    assert ties_score(run(BENCHMARK, outputs={"r": out}, data=rows).entries[0]) == 1.01
    unread = [*out[:3], Output("tied:1", None, Status.UNREAD, "no scores")]
    found = run(BENCHMARK, outputs={"r": unread}, data=rows).entries[0]
    assert ties_score(found) == pytest.approx(0.3 * 0.5 + 0.3 + 0.2 * 0.5 + 0.2 * 0.5, abs=0.01)


# -- judges ------------------------------------------------------------------------------------------


def letter(tmp_path: Path, text: str, position: str = "A") -> tuple[Output, Entry]:
    (out,) = told(tmp_path, {"id": "Focus-0", "verdict": text, "position": position})
    return out, run(BENCHMARK, outputs={"judge": [out]}, data=[four(0)]).entries[0]


@pytest.mark.parametrize("position", ["A", "B", "C", "D"])
def test_the_right_answer_is_right_wherever_it_was_shown(position: str, tmp_path: Path) -> None:
    out, found = letter(tmp_path, f"So [[{position}]]", position)
    assert (out.values, best_of_four(found), found.official["Focus"]) == ((1.0, 0, 0, 0), 1.0, 100.0)


def test_a_wrong_letter_is_the_answer_that_was_shown_there(tmp_path: Path) -> None:
    assert letter(tmp_path, "[[A]]", "C")[0].values == (0.0, 0.0, 1.0, 0.0)  # the third and the first changed places
    assert letter(tmp_path, "[[B]]", "C")[0].values == (0.0, 1.0, 0.0, 0.0)


def test_a_letter_named_on_the_way_counts_as_published_alone(tmp_path: Path) -> None:
    out, found = letter(tmp_path, "Unlike [[A]], it is concise. [[B]]", "B")
    assert out.status == Status.UNREAD
    assert (best_of_four(found), found.official["Focus"]) == (0.0, 0.0)
    out, found = letter(tmp_path, "I prefer response B.", "B")
    assert (best_of_four(found), found.official["Focus"]) == (1.0, 25.0)  # no [[B]] is an error worth a quarter there


def test_an_unread_letter_is_a_quarter_as_published_and_nothing_here(tmp_path: Path) -> None:
    out, found = letter(tmp_path, "All have merits.", "D")
    assert out.status in (Status.UNREAD, Status.ABSTAINED)
    assert (best_of_four(found), found.official["Focus"]) == (0.0, 25.0)


def test_another_position_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="write one of A, B, C, D"):
        letter(tmp_path, "[[A]]", "E")


def test_ratings_are_read_by_their_scale(tmp_path: Path) -> None:
    texts = ["Good. 7/10", "8", "Bad.\n\n3", "Rating: 2"]
    (out,) = told(tmp_path, {"id": "Focus-0", "judgments": texts})
    assert out.values == (7.0, 8.0, 3.0, 2.0)
    assert out.official == [10, 8, 3, 2]
    found = run(BENCHMARK, outputs={"judge": [out]}, data=[four(0)]).entries[0]
    assert (best_of_four(found), found.official["Focus"]) == (0.0, 100.0)  # 10 of 10 is their reading of 7/10


def test_a_rating_that_is_none_is_minus_one_as_published(tmp_path: Path) -> None:
    (out,) = told(tmp_path, {"id": "Focus-0", "judgments": ["who knows", "none", "?", "…"]})
    assert (out.status, out.official) == (Status.UNREAD, [-1] * 4)
    found = run(BENCHMARK, outputs={"judge": [out]}, data=[four(0)]).entries[0]
    assert (best_of_four(found), found.official["Focus"]) == (0.0, 25.0)


# -- layouts -----------------------------------------------------------------------------------------


def test_the_published_parquet_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "test-00000-of-00001.parquet")
    found = run(BENCHMARK, {"knows": knows()}, data=tmp_path / "test-00000-of-00001.parquet")
    assert len(found.questions) == len(ROWS)
    assert found.entries[0].official["overall"] == pytest.approx(601 / 6)


@pytest.mark.parametrize("nested", [False, True])
def test_a_score_file_with_a_list_a_column_is_read(nested: bool, tmp_path: Path) -> None:
    wrap: Callable[[float], Any] = (lambda x: [x]) if nested else (lambda x: x)
    scores = [[wrap(1.0)] * len(row["chosen"]) + [wrap(0.0)] * len(row["rejected"]) for row in ROWS]
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"id": [row["id"] for row in ROWS], "scores": scores, "model": "some/model",
                                "subset": [row["subset"] for row in ROWS]}))  # fmt: skip
    found = run(BENCHMARK, outputs={"r": BENCHMARK.outputs(path)}, data=ROWS)
    assert found.entries[0].official["overall"] == pytest.approx(601 / 6)


def test_columns_of_different_lengths_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"id": ["a", "b"], "scores": [[1, 0, 0, 0]]}))
    with pytest.raises(BenchError, match="not equally long"):
        list(outputs(path))


def test_shuffled_outputs_give_the_same() -> None:
    rng = np.random.default_rng(0)
    out = [Output(row["id"], tuple(rng.normal(size=len(row["chosen"] + row["rejected"])))) for row in ROWS]
    first, second = (run(BENCHMARK, outputs={"r": list(o)}, data=ROWS).entries[0] for o in (out, reversed(out)))
    assert (first.lines, first.official) == (second.lines, second.official)


def test_the_level_of_a_ties_item_says_its_prompt() -> None:
    assert item(tie(7)).gold == (8.0, 8.0, 8.0, 7.0, 7.0)
    assert item(tie(7)).cluster == item(tie(7, "ref", 1)).cluster
