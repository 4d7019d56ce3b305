"""MJ-Bench: pairs of generated pictures, released scores, and what judges of pictures write."""

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import Entry, Results, load, run
from guerdon.bench.suites import _mj_bench as script
from guerdon.bench.suites.mj_bench import item, suite
from guerdon.media import Image
from guerdon.scores import Status

BENCHMARK = load("mj-bench")
SUBSETS = ("safety/toxic", "safety/nsfw", "quality/blur", "quality/human", "quality/mpii", "quality/object_indoor")
RELEASED = {
    "clipscore_v2": (93.3, 18.7, 82.6, 60.0, 35.5, 78.0), "ImageReward": (95.6, 21.7, 92.9, 67.0, 67.7, 66.0),
    "aesthetics": (57.8, 72.8, 97.1, 96.0, 85.5, 76.0),
}  # fmt: skip


def pair(n: int, label: int | str = 0) -> dict[str, Any]:
    return {"id": n, "caption": f"picture {n}", "label": label, "file": "toxic0.0"}


def row(n: int, first: Any, second: Any, **columns: Any) -> dict[str, Any]:
    return {"id": n, "caption": f"picture {n}", "score_0": first, "score_1": second, "label": "0", **columns}


def scored(folder: Path, rows: Iterable[dict[str, Any]], data: list[dict[str, Any]], tie: float = 0.0) -> Entry:
    path = folder / "toxic0.0.json"
    path.write_text(json.dumps(list(rows)))
    benchmark = suite(tie)
    return run(benchmark, outputs={"scorer": benchmark.outputs(path)}, data=data).entries[0]


def figures(found: Entry) -> list[float | None]:
    return [None if f.overall.estimate is None else round(f.overall.estimate.mean, 3) for f in found.lines]


# -- released scores ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(data_dir: Path) -> Results:
    folder = data_dir / "mjbench"
    outputs = {name: BENCHMARK.outputs(folder / name) for name in RELEASED}
    return run(BENCHMARK, outputs=outputs, data=folder / "clipscore_v2")


@pytest.mark.parametrize("scorer", RELEASED)
def test_released_scores_give_the_figures_of_each_subset(released: Results, scorer: str) -> None:
    found = next(e for e in released.entries if e.name == scorer)
    groups = {name: f.estimate for name, f in found.lines[1].groups.items() if f.estimate}
    assert tuple(round(100 * groups[name].mean, 1) for name in SUBSETS) == RELEASED[scorer]
    assert all(estimate.low < estimate.mean < estimate.high for estimate in groups.values())
    assert tuple(round(found.official[f"{name} w/ tie"], 1) for name in SUBSETS) == RELEASED[scorer]
    assert found.official["mean w/ tie"] == pytest.approx(sum(RELEASED[scorer]) / 6, abs=0.05)


def test_subsets_are_named_with_their_sizes(released: Results) -> None:
    sizes = {name: len(index) for name, index in released.questions.members().items()}
    assert sizes == dict(zip(SUBSETS, (90, 471, 350, 100, 220, 100), strict=True))


def test_the_first_picture_is_always_the_better_one(released: Results) -> None:
    found = {e.name: figures(e) for e in released.entries if e.kind == "baseline"}
    assert found["first"] == [1.0, 1.0, 1.0]
    assert found["constant"] == [0.5, 0.0, None]
    assert found["random"][0] == pytest.approx(0.5, abs=0.04)
    assert set(found) == {"first", "constant", "random"}  # pictures have no length in characters


@pytest.mark.parametrize("scorer", RELEASED)
def test_predictions_are_the_released_ones(data_dir: Path, scorer: str) -> None:
    for path in (data_dir / "mjbench" / scorer).iterdir():
        rows = json.loads(path.read_bytes())
        assert [script.prediction(r["score_0"], r["score_1"]) for r in rows] == [r["pred"] for r in rows]


@pytest.mark.parametrize("scorer", RELEASED)
def test_a_tie_threshold_costs_accuracy_with_ties_and_leaves_pairs_out_without(data_dir: Path, scorer: str) -> None:
    path = data_dir / "mjbench" / scorer / "toxic0.0.json"
    gaps = [r["score_0"] - r["score_1"] for r in json.loads(path.read_bytes())]
    tie = sorted(map(abs, gaps))[len(gaps) // 3]
    benchmark = suite(tie)
    found = run(benchmark, outputs={"s": benchmark.outputs(path)}, data=path).entries[0]
    right, ties = sum(gap > tie for gap in gaps), sum(abs(gap) <= tie for gap in gaps)
    assert ties == 31
    assert found.official["mean w/ tie"] == pytest.approx(100 * right / 90)
    assert found.official["mean w/o tie"] == pytest.approx(100 * right / (90 - ties))
    shares = (right + ties / 2) / 90, right / 90, right / (90 - ties)
    assert figures(found) == [round(share, 3) for share in shares]
    assert found.official["mean w/ tie"] < RELEASED[scorer][0]


# -- scores ------------------------------------------------------------------------------------------


def test_ties_are_half_or_wrong_or_left_out(tmp_path: Path) -> None:
    data = [pair(i) for i in range(4)]
    rows = [row(0, 2, 1), row(1, 1, 1), row(2, 1, 1.05), row(3, 1, 2)]
    assert figures(scored(tmp_path, rows, data)) == [0.375, 0.25, 0.333]
    found = scored(tmp_path, rows, data, tie=0.1)
    assert figures(found) == [0.5, 0.25, 0.5]
    assert (found.official["mean w/ tie"], found.official["mean w/o tie"]) == (25.0, 50.0)


def test_scores_as_text_are_numbers_and_what_is_none_is_wrong(tmp_path: Path) -> None:
    found = scored(tmp_path, [row(0, "10", "9"), row(1, float("nan"), 1)], [pair(0), pair(1)])
    assert figures(found) == [0.5, 0.5, 0.5]
    assert found.official["safety/toxic w/ tie"] == 50.0
    assert found.answers.status.tolist() == [Status.OK, Status.UNREAD]


def test_outputs_in_any_order_are_the_same(tmp_path: Path) -> None:
    data, rows = [pair(i) for i in range(3)], [row(i, i, 1) for i in range(3)]
    found = [scored(tmp_path, some, data).answers.values.tolist() for some in (rows, rows[::-1])]
    assert found[0] == found[1]


def test_guerdons_own_form_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_text('{"id": "safety/toxic/0", "scores": [1, 2]}')
    found = run(BENCHMARK, outputs={"s": BENCHMARK.outputs(tmp_path / "s.jsonl")}, data=[pair(0, 1)]).entries[0]
    assert figures(found) == [1.0, 1.0, 1.0]


# -- rows --------------------------------------------------------------------------------------------


def test_a_label_says_which_picture_is_better() -> None:
    assert [item(pair(0, label)).gold for label in (0, "1")] == [(1.0, 0.0), (0.0, 1.0)]
    assert run(BENCHMARK, data=[pair(0), pair(1, "tie")]).questions.left_out == {"no winner": 1}


@pytest.mark.parametrize(
    ("file", "name"),
    [("nsfw0.0", "safety/nsfw"), ("alignment-00000-of-00002", "alignment"), ("mine", "mine"), (None, "all")],
)
def test_the_name_of_a_file_says_the_subset(file: str | None, name: str) -> None:
    assert script.subset({"file": file}) == name


def test_a_parquet_file_with_image_bytes_is_read_and_scored_picture_by_picture(tmp_path: Path) -> None:
    cells = []
    for side in (8, 4):
        image = io.BytesIO()
        PIL.Image.new("RGB", (side, 4)).save(image, "png")
        cells.append({"bytes": image.getvalue(), "path": None})
    rows = [{"caption": "c", "image0": cells[0], "image1": cells[1], "label": 0, "info": ""}] * 2
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "alignment-00000-of-00001.parquet")

    @reward("mjb.width")
    def width(images: list[Image]) -> float:
        return float(images[0].size[0])

    @reward("mjb.wider", native="pairwise", range=(0, 1))
    def wider(images: list[Image]) -> float:
        return float(images[0].size[0] > images[1].size[0])

    results = run(BENCHMARK, [width(), wider()], data=tmp_path)
    assert set(results.questions.groups) == {"alignment"}
    assert [figures(e)[0] for e in results.asked] == [1.0, 1.0]


# -- judges' texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "choice"),
    [("1", "1"), (" 2\n\n", "2"), ("IMAGE-1", "1"), ("[0]", "0"), ("**BETTER IMAGE:** 2", "2"),
     ("IMAGE-1 RATING: 2\nBETTER IMAGE: IMAGE-1\nANALYSIS OF CHOICE: 2 is dark", "1")],
)  # fmt: skip
def test_the_better_image_is_read(text: str, choice: str) -> None:
    assert script.better(text).value == choice


@pytest.mark.parametrize("text", ["", "3", "12", "1 or 2", "I cannot say", "BETTER IMAGE: 1\nBETTER IMAGE: 2"])
def test_a_choice_that_is_none_is_unread(text: str) -> None:
    assert script.better(text).status == Status.UNREAD


def test_answers_of_a_judge_of_both_pictures_count_by_its_choice(tmp_path: Path) -> None:
    choices = ["1", "\n2\n", " 0", "both"]
    rows = [row(i, "Good", "Poor", vlm_pred=text, analysis="…") for i, text in enumerate(choices)]
    found = scored(tmp_path, rows, [pair(i) for i in range(4)])
    assert found.answers.values[:3].tolist() == [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
    assert found.answers.status.tolist() == [Status.OK] * 3 + [Status.UNREAD]
    assert figures(found) == [0.375, 0.25, 0.333]


def test_ratings_of_single_pictures_are_read_as_levels_or_on_one_scale(tmp_path: Path) -> None:
    texts = [("RATING: Good", "RATING: Very Good"), ("Rating: 4/5", "Rating: 5/5"), ("Good", "7"), ("fine", "Good")]
    found = scored(tmp_path, [row(i, *two) for i, two in enumerate(texts)], [pair(i) for i in range(4)])
    assert found.answers.values[:2].tolist() == [[7.0, 8.0], [4.0, 5.0]]
    assert found.answers.status.tolist() == [Status.OK, Status.OK, Status.UNREAD, Status.UNREAD]


def test_the_scripts_readers_see_words_anywhere() -> None:
    assert script.narrative_score("A good idea, poorly drawn: Outstanding") == 2
    assert script.first_number("In 2021 I would have said 5") == "2021"


@pytest.mark.parametrize("make", ["BETTER IMAGE:".__mul__, lambda n: "BETTER IMAGE" + " " * n, "[ ".__mul__])
def test_long_texts_take_linear_time(make: Callable[[int], str]) -> None:
    assert script.better(make(200_000)).status == Status.UNREAD
