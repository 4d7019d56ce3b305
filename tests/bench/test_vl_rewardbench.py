"""VL-RewardBench: its data, released outputs, judges' texts, and three ways to group it."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Protocol, Results, load, run
from guerdon.bench.suites import _vl_rewardbench as script
from guerdon.bench.suites.vl_rewardbench import item, predictions
from guerdon.load import LoadError
from guerdon.scores import Status

BENCHMARK = load("vl-rewardbench")
SIZES = {"general": 183, "hallucination": 749, "reasoning": 318}


def pair(n: int, *, id: str = "wildvision-{}", ranking: tuple[int, int] = (0, 1)) -> dict[str, Any]:
    texts = ["good", "bad"] if ranking == (0, 1) else ["bad", "good"]
    return {"id": id.format(n), "query": f"{n}?", "response": texts, "human_ranking": list(ranking)}


def prediction(row: dict[str, Any], text: str | None, turned: int = 0) -> dict[str, Any]:
    return {
        "id": row["id"], "query": row["query"], "response": row["response"], "ranking": row["human_ranking"],
        "models": [], "judge": "human", "rationale": "", "meta": {"filter_choice": text, "random_number": turned},
    }  # fmt: skip


def says(number: int) -> str:
    return f"**Overall Judgment:** Answer {number} is better."


def judged(rows: list[dict[str, Any]], told: Iterable[dict[str, Any]]) -> Entry:
    return run(BENCHMARK, outputs={"judge": predictions(told)}, data=rows).entries[0]


def entry(results: Results, name: str) -> Entry:
    return next(found for found in results.entries if found.name == name)


def percent(found: Entry, metric: int = 0) -> float:
    estimate = found.lines[metric].overall.estimate
    assert estimate is not None
    return round(100 * estimate.mean, 2)


# -- real data ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(data_dir: Path) -> Results:
    folder = data_dir / "vl_rewardbench"
    return run(BENCHMARK, outputs={"ixc": BENCHMARK.outputs(folder / "ixc_2_5_reward_results.json")}, data=folder)


def test_the_released_file_of_ixc_gives_its_figures(released: Results) -> None:
    line = entry(released, "ixc").headline
    assert {name: figure.items for name, figure in line.groups.items()} == SIZES
    means = {name: round(100 * f.estimate.mean, 2) for name, f in line.groups.items() if f.estimate}
    assert means == {"general": 84.70, "hallucination": 60.35, "reasoning": 62.89}
    assert percent(entry(released, "ixc")) == 64.56
    assert line.macro is not None
    assert round(100 * line.macro.mean, 2) == 69.31
    assert (round(100 * line.macro.low, 1), round(100 * line.macro.high, 1)) == (66.6, 72.1)
    official = {name: round(value, 2) for name, value in entry(released, "ixc").official.items()}
    assert official == means | {"overall": 64.56, "macro": 69.31}  # which item a flag is of is not known: no other map


def test_length_does_worse_than_chance(released: Results) -> None:
    longer, shorter = entry(released, "longer"), entry(released, "shorter")
    assert (percent(longer), percent(shorter)) == (43.08, 56.92)  # ties half
    assert round(percent(longer, metric=1), 1) == 42.6  # ties wrong
    strict = {n: round(100 * f.estimate.mean, 1) for n, f in longer.lines[1].groups.items() if f.estimate}
    assert strict == {"general": 37.2, "hallucination": 40.3, "reasoning": 51.3}
    estimate = longer.headline.overall.estimate
    assert estimate is not None
    assert estimate.low == pytest.approx(0.404, abs=0.005)
    assert estimate.high == pytest.approx(0.459, abs=0.005)


def test_the_better_answer_stands_first_nearly_always(released: Results) -> None:
    assert percent(entry(released, "first")) == 99.6
    assert percent(entry(released, "constant")) == 50.0
    assert abs(percent(entry(released, "random")) - 50) < 3


def test_texts_find_their_items_in_either_file_though_ids_repeat(data_dir: Path) -> None:
    rows = json.loads((data_dir / "vl_rewardbench" / "unifiedreward_data.json").read_bytes())
    told = [prediction(row, says(1 + row["human_ranking"].index(0))) for row in reversed(rows)]
    for name in ("unifiedreward_data.json", "data.jsonl"):
        found = run(BENCHMARK, outputs={"j": predictions(told)}, data=data_dir / "vl_rewardbench" / name).entries[0]
        assert percent(found) == 100.0
        assert found.headline.overall.answered == 1250


@pytest.mark.parametrize(
    ("map", "sizes"),
    [("", (183, 749, 318)), ("UnifiedReward-Think", (631, 301, 318)), ("R1-Reward", (484, 448, 318))],
)
def test_each_map_has_the_sizes_that_its_papers_figures_pool_to(
    data_dir: Path, map: str, sizes: tuple[int, int, int]
) -> None:
    rows = json.loads((data_dir / "vl_rewardbench" / "unifiedreward_data.json").read_bytes())
    groups = [script.group(row["id"], map) for row in rows]
    assert tuple(groups.count(name) for name in script.GROUPS) == sizes


def test_published_groups_pool_to_their_published_whole_under_their_own_map_alone() -> None:
    def pooled(groups: tuple[float, float, float], sizes: tuple[int, int, int]) -> float:
        return round(sum(g * n for g, n in zip(groups, sizes, strict=True)) / 1250, 2)

    assert pooled((63.84, 85.71, 64.78), (484, 448, 318)) == 71.92  # R1-Reward, as published
    assert pooled((63.84, 85.71, 64.78), (183, 749, 318)) == 77.18


def test_flags_may_be_texts_and_others_are_unread(tmp_path: Path) -> None:
    path = tmp_path / "ixc.json"
    path.write_text(json.dumps({"out_general": ["0", "1", "maybe"], "out_hallucination": [], "out_reasoning": []}))
    found = run(BENCHMARK, outputs={"ixc": BENCHMARK.outputs(path)}, data=[pair(i) for i in range(3)]).entries[0]
    assert (percent(found), found.headline.overall.read) == (33.33, 2)


@pytest.mark.parametrize("text", ["{{{", '{"out_general": [1]', "[" * 100_000])
def test_a_file_that_is_not_json_is_an_error_of_loading(tmp_path: Path, text: str) -> None:
    path = tmp_path / "o.json"
    path.write_text(text)
    with pytest.raises(LoadError, match="is not JSON"):
        list(BENCHMARK.outputs(path))


def test_a_row_without_an_id_is_of_no_group() -> None:
    row = {name: cell for name, cell in pair(0).items() if name != "id"}
    assert run(BENCHMARK, data=[pair(0), row]).questions.left_out == {"no id, which says the group": 1}


# -- rewards -----------------------------------------------------------------------------------------


@reward("vlrb.first", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    return 1.0


def test_always_the_first_is_chance_when_swapped_and_perfect_when_the_better_comes_first() -> None:
    rows = [{"id": f"svit-{i}", "prompt": f"{i}?", "chosen": "a", "rejected": "b"} for i in range(2500)]
    assert percent(run(BENCHMARK, [first()], data=rows).entries[0]) == 50.0
    assert abs(percent(run(BENCHMARK, [first()], data=rows, official=True).entries[0]) - 50) < 3
    as_r1_reward = replace(BENCHMARK, protocol=Protocol(orders="given"))
    assert percent(run(as_r1_reward, [first()], data=rows).entries[0]) == 100.0


def test_a_parquet_file_with_image_bytes_is_read(tmp_path: Path) -> None:
    image = io.BytesIO()
    PIL.Image.new("RGB", (32, 32)).save(image, "png")
    cell = {"bytes": image.getvalue(), "path": "p.png"}
    rows = [pair(i) | {"image": cell, "models": [], "judge": "human"} for i in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "test-00000-of-00001.parquet")

    @reward("vlrb.sees", range=(0, 1))
    def sees(response: str, images: list[Any]) -> float:
        return float(images[0].size == (32, 32) and response == "good")

    assert percent(run(BENCHMARK, [sees()], data=tmp_path).entries[0]) == 100.0


def test_a_row_without_a_winner_is_left_out() -> None:
    results = run(BENCHMARK, data=[pair(0), {**pair(1), "human_ranking": [0, 0]}])
    assert results.questions.left_out == {"no winner": 1}


# -- judges' texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ranking", [(0, 1), (1, 0)])
@pytest.mark.parametrize("turned", [0, 1])
def test_a_verdict_is_about_the_order_that_was_shown(ranking: tuple[int, int], turned: int) -> None:
    row = pair(0, ranking=ranking)
    better = 1 + (ranking.index(0) ^ turned)
    for number in (1, 2):
        found = judged([row], [prediction(row, says(number), turned)])
        assert percent(found) == found.official["overall, k=1"] == 100.0 * (number == better)


def test_the_majority_of_the_verdicts_counts() -> None:
    row = pair(0)
    found = judged([row], [prediction(row, says(n)) for n in (1, 1, 2)])
    assert percent(found) == found.official["overall, k=3"] == 100.0
    assert found.answers.values.tolist() == [[pytest.approx(2 / 3), pytest.approx(1 / 3)]]


def test_votes_without_a_majority_are_a_tie_that_the_script_leaves_out() -> None:
    row = pair(0)
    found = judged([row], [prediction(row, says(n)) for n in (1, 2)])
    assert percent(found) == 50.0
    assert found.official["overall, k=3"] != found.official["overall, k=3"]  # nothing agrees or rejects


def test_the_script_leaves_out_what_it_cannot_read_and_calls_nonsense_right() -> None:
    rows = [pair(i) for i in range(4)]
    texts = [says(1), "Both are fine.", "Overall Judgment: Answer 3 is better", "I cannot determine which is better."]
    found = judged(rows, [prediction(row, text) for row, text in zip(rows, texts, strict=True)])
    assert percent(found) == 25.0
    assert found.official["overall, k=1"] == 100.0
    assert found.official["doesntMatch, k=1"] == 50.0
    assert found.official["verdicts unread"] == 75.0
    assert found.answers.status.tolist() == [Status.OK, Status.UNREAD, Status.UNREAD, Status.ABSTAINED]


def test_a_text_that_is_missing_is_unread() -> None:
    assert judged([pair(0)], [prediction(pair(0), None)]).answers.status.tolist() == [Status.UNREAD]


def test_the_share_of_verdicts_for_the_answer_shown_first_is_told() -> None:
    rows = [pair(i) for i in range(4)]
    found = judged(rows, [prediction(row, says(1), turned) for row, turned in zip(rows, (0, 1, 0, 1), strict=True)])
    assert found.official["first answer preferred"] == 100.0
    assert percent(found) == 50.0


def test_the_other_maps_are_shown_with_their_sizes() -> None:
    rows = [pair(0, id="hallucination_{}"), pair(1, id="RLAIF-V-{}"), pair(2, id="mmmu_{}"), pair(3)]
    found = judged(rows, [prediction(row, says(1)) for row in rows]).official
    assert found["hallucination of 1, UnifiedReward-Think's map"] == 100.0
    assert found["general of 2, R1-Reward's map"] == 100.0


def test_a_prediction_without_what_it_needs_is_an_error() -> None:
    with pytest.raises(BenchError, match="prediction 1 cannot be read: KeyError: 'random_number'"):
        list(predictions([{**prediction(pair(0), ""), "meta": {"filter_choice": ""}}]))


def test_predictions_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "judge.jsonl"
    path.write_text("\n".join(json.dumps(prediction(pair(i), says(1 + i % 2))) for i in range(4)))
    rows = [pair(i) for i in range(4)]
    assert percent(run(BENCHMARK, outputs={"j": BENCHMARK.outputs(path)}, data=rows).entries[0]) == 50.0


def test_outputs_in_guerdons_own_form_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    path.write_text('{"id": "wildvision-0", "scores": [2, 1]}\n')
    assert percent(run(BENCHMARK, outputs={"j": BENCHMARK.outputs(path)}, data=[pair(0)]).entries[0]) == 100.0


def test_votes_are_drawn_as_the_script_draws_them() -> None:
    of_a: list[script.Label] = ["agree", "agree", "reject", "reject", "reject"]
    of_b: list[script.Label] = ["agree"] * 5
    labels = [*(("a", label) for label in of_a), *(("b", label) for label in of_b)]
    found = script.cast(labels)
    assert found["b"] == dict.fromkeys(script.VOTES, "agree")
    assert found["a"][5] == found["a"][9] == "reject"  # all five of its votes
    assert found["a"] == script.cast(labels)["a"]  # the same in every run


@pytest.mark.parametrize(
    "make", [lambda n: "Therefore " * n, lambda n: "Therefore Answer 1 is" + " " * n, "Answer 1".__mul__]
)
def test_long_texts_take_linear_time(make: Callable[[int], str]) -> None:
    assert script.label(make(200_000), 1) == "doesntMatch"


def test_an_item_keeps_the_order_of_the_data() -> None:
    assert item(pair(0)).gold == (1.0, 0.0)
    assert item(pair(0, ranking=(1, 0))).gold == (0.0, 1.0)
    assert item(pair(0)).alias != item(pair(1)).alias
