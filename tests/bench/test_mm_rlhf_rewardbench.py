"""MM-RLHF-RewardBench: pairs, and instructions all of whose pairs are right."""

import json
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import Entry, Output, Results, load, run
from guerdon.bench.suites.mm_rlhf_rewardbench import item, performance
from guerdon.media import Video
from guerdon.scores import Status

BENCHMARK = load("mm-rlhf-rewardbench")


def pair(id: str, n: int = 0, path: str = "mcq/1.png", kind: str = "image") -> dict[str, Any]:
    return {"id": id, "prompt": "?", kind: path, "chosen": f"good {n}", "rejected": "bad"}


def scored(rows: list[dict[str, Any]], rewards: list[list[Any]]) -> Entry:
    told = [Output(item(r).key, tuple(v)) for r, v in zip(rows, rewards, strict=True)]
    return run(BENCHMARK, outputs={"rewards": told}, data=rows).entries[0]


def figures(found: Entry, group: str | None = None) -> list[float | None]:
    lines = [line.overall if group is None else line.groups[group] for line in found.lines]
    return [None if f.estimate is None else round(f.estimate.mean, 3) for f in lines]


# -- real data ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(data_dir: Path) -> Results:
    return run(BENCHMARK, data=data_dir / "mm_rlhf_rewardbench")


def test_the_data_has_170_pairs_of_46_instructions_in_five_categories(real: Results) -> None:
    members = {name: len(index) for name, index in real.questions.members().items()}
    assert members == {"mcq": 42, "short": 34, "long": 37, "safety": 32, "video": 25}
    ids = {facts["id"] for facts in real.questions.facts}
    assert len(ids) == 46
    assert real.questions.notes == []


def test_longer_wins_72_percent_of_the_pairs(real: Results) -> None:
    found = {e.name: figures(e) for e in real.entries}
    assert found["longer"] == [0.724, 0.718, 0.478]
    assert found["shorter"][:2] == [0.276, 0.271]
    assert found["constant"] == [0.5, 0.0, 0.0]
    assert found["first"] == [1.0, 1.0, 1.0]  # chosen is written first
    estimate = next(e for e in real.entries if e.name == "longer").lines[1].overall.estimate
    assert estimate is not None
    assert estimate.high - estimate.low == pytest.approx(0.18, abs=0.015)  # by instruction: 170 pairs say little


def test_released_rewards_find_their_pairs_though_ids_repeat(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / "mm_rlhf_rewardbench" / "mm_reward_bench.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    told = [json.dumps(row | {"rewards": [1.0, float(i % 2)]}) for i, row in enumerate(rows)]
    (tmp_path / "result.jsonl").write_text("\n".join(reversed(told)))
    found = run(BENCHMARK, outputs={"r": BENCHMARK.outputs(tmp_path / "result.jsonl")}, data=path).entries[0]
    assert found.answers.values.tolist() == [[1.0, float(i % 2)] for i in range(170)]
    assert found.official["overall ACC"] == 0.5


# -- figures -----------------------------------------------------------------------------------------


def test_a_tie_is_half_a_point_and_breaks_its_instruction() -> None:
    found = scored([pair("a"), pair("a", 1)], [[2, 1], [1, 1]])
    assert figures(found) == [0.75, 0.5, 0.0]
    assert (found.official["mcq ACC"], found.official["mcq ACC+"]) == (0.5, 0.0)


def test_an_instruction_is_right_if_all_its_pairs_are() -> None:
    found = scored([pair("a"), pair("a", 1), pair("b")], [[2, 1], [3, 1], [1, 2]])
    assert figures(found) == [0.667, 0.667, 0.5]
    assert found.official["overall ACC+"] == 0.5


def test_a_pair_that_could_not_be_read_breaks_its_instruction() -> None:
    rows = [pair("a"), pair("a", 1), pair("b")]
    told = [Output(item(rows[0]).key, (1.0, 0.0)), Output(item(rows[1]).key, None, Status.UNREAD, "?")]
    found = run(BENCHMARK, outputs={"r": [*told, Output(item(rows[2]).key, (1.0, 0.0))]}, data=rows).entries[0]
    assert figures(found) == [0.667, 0.667, 0.5]


def test_an_instruction_of_which_a_pair_was_skipped_is_left_out() -> None:
    rows = [pair("a"), pair("a", 1), pair("b"), pair("b", 1)]
    told = [Output(item(row).key, (1.0, 0.0)) for row in rows[:3]]
    told[2] = told[2]._replace(values=(0.0, 1.0))
    found = run(BENCHMARK, outputs={"r": told}, data=rows).entries[0]
    assert figures(found) == [0.667, 0.667, 1.0]  # b was not answered in full
    assert found.official["overall ACC+"] == 0.5
    assert any("partial" in note for note in found.notes)


def test_rewards_without_answers_beside_them_belong_to_pairs_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text('{"id": "a", "rewards": ["10", "9"]}\n{"id": "a", "rewards": [0, 1]}')
    rows = [pair("a"), pair("a", 1)]
    found = run(BENCHMARK, outputs={"r": BENCHMARK.outputs(tmp_path / "r.jsonl")}, data=rows).entries[0]
    assert found.answers.values.tolist() == [[10.0, 9.0], [0.0, 1.0]]


def test_an_id_counts_for_the_first_category_that_its_paths_name() -> None:
    found = performance(["a", "a", "b"], ["video/x", "long/y", "video/z"], [True, True, True])
    assert found["long"] == (1.0, 1.0, 1)
    assert found["video"] == (1.0, 0.5, 2)  # of the ids with a video, a is counted for long
    assert "mcq" not in found
    halves = performance(["a", "a", "b", "b"], ["mcq/x"] * 4, [True, True, True, False])
    assert halves["mcq"] == halves["overall"] == (0.75, 0.5, 4)


# -- rows --------------------------------------------------------------------------------------------


def test_a_folder_of_frames_is_a_video(tmp_path: Path) -> None:
    (tmp_path / "video" / "clip").mkdir(parents=True)
    for n, size in enumerate([(4, 4), (6, 4), (8, 4)]):
        PIL.Image.new("RGB", size).save(tmp_path / "video" / "clip" / f"{n}.png")
    (tmp_path / "mm_reward_bench.jsonl").write_text(json.dumps(pair("a", 0, "video/clip", kind="video")))

    @reward("mmrlhf.watches", range=(0, 1))
    def watches(response: str, videos: list[Video]) -> float:
        return float([f.width for f in videos[0].frames(3).images] == [4, 6, 8] and response != "bad")

    found = run(BENCHMARK, [watches()], data=tmp_path)
    assert found.questions.groups == ["video"]
    assert figures(found.entries[0]) == [1.0, 1.0, 1.0]


def test_a_folder_outside_the_data_is_not_looked_into(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    PIL.Image.new("RGB", (4, 4)).save(tmp_path / "out" / "0.png")
    video = Video.of("../out", root=tmp_path / "in")
    assert item(pair("a") | {"image": None, "video": video}).samples[0]["video"] is video


def test_a_parquet_file_with_paths_of_images_is_read(tmp_path: Path) -> None:
    rows = [pair("a") | {"image": {"bytes": None, "path": "safety/1.png"}}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x.parquet")
    questions = run(BENCHMARK, data=tmp_path / "x.parquet").questions
    assert questions.groups == ["safety"]


def test_a_path_that_names_no_category_is_of_another() -> None:
    assert item(pair("a", path="1.png")).group == "other"
    assert performance(["a"], ["1.png"], [True]) == {"overall": (1.0, 1.0, 1)}
