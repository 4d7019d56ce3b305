"""Multimodal RewardBench: its rows, judges' texts, and the coin of its script."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, load, run
from guerdon.bench.suites.multimodal_rewardbench import coins, item, predictions
from guerdon.scores import Status

BENCHMARK = load("multimodal-rewardbench")


def row(n: int, better: str = "Output1", category: str = "vqa", id: str = "x_{}") -> dict[str, Any]:
    return {
        "ID": id.format(n), "Text": f"{n}?", "Image": "images/x.png", "Output1": "one", "Output2": "two, longer",
        "Better": better, "Category": category,
    }  # fmt: skip


def said(rows: list[dict[str, Any]], texts: Iterable[Any]) -> Entry:
    told = [
        {"ID": r["ID"], "Label": "A", "output": text, "Meta": r} for r, text in zip(rows, texts, strict=True)
    ]  # fmt: skip
    return run(BENCHMARK, outputs={"judge": predictions(told)}, data=rows).entries[0]


def share(found: Entry, metric: int = 0) -> float:
    estimate = found.lines[metric].overall.estimate
    assert estimate is not None
    return estimate.mean


def test_the_better_output_is_read_and_rows_without_one_are_left_out() -> None:
    assert item(row(0)).gold == (1.0, 0.0)
    assert item(row(0, "Output2")).gold == (0.0, 1.0)
    results = run(BENCHMARK, data=[row(0), row(1, "neither"), {"ID": "y"}])
    assert results.questions.left_out == {"no winner": 1, "no column 'Better'": 1}


def test_safety_and_reasoning_have_two_parts_by_their_ids() -> None:
    ids = [("Pairs-1", "safety"), ("hateful_1", "safety"), ("MathVista_1", "reasoning"), ("EMMA_1", "reasoning")]
    rows = [row(0, category=category, id=id) for id, category in ids]
    results = run(BENCHMARK, data=rows)
    assert results.questions.groups == ["safety/bias", "safety/toxicity", "reasoning/math", "reasoning/coding"]


def test_baselines_stand_beside() -> None:
    results = run(BENCHMARK, data=[row(i, "Output1" if i % 4 else "Output2") for i in range(40)])
    found = {e.name: share(e) for e in results.entries}
    assert (found["constant"], found["first"], found["longer"], found["shorter"]) == (0.5, 0.75, 0.25, 0.75)


def test_always_a_is_the_share_of_as() -> None:
    rows = [row(i, "Output1" if i % 4 else "Output2") for i in range(40)]
    found = said(rows, ["[[A]]"] * 40)
    assert share(found) == found.official["all"] == 0.75


def test_a_perfect_judge_is_perfect_in_any_order_of_the_file() -> None:
    rows = [row(i, "Output1" if i % 3 else "Output2") for i in range(30)]
    told = [{"ID": r["ID"], "output": "[[A]]" if r["Better"] == "Output1" else "[[B]]", "Meta": r} for r in rows]
    for some in (told, told[::-1]):
        found = run(BENCHMARK, outputs={"judge": predictions(some)}, data=rows).entries[0]
        assert share(found) == found.official["all"] == 1.0


def test_what_cannot_be_read_is_wrong_or_half_or_a_coin() -> None:
    rows = [row(i) for i in range(400)]
    found = said(rows, ["Both have merits."] * 400)
    assert share(found) == 0.0
    assert share(found, metric=2) == 0.5
    assert found.official["all"] == coins(["?"] * 400).count("A") / 400
    assert abs(found.official["all"] - 0.5) < 0.06
    assert found.headline.overall.read == 0


def test_two_verdicts_are_none_where_the_script_takes_the_a() -> None:
    found = said([row(0)], ["[[A]] is longer, so [[B]]"])
    assert found.answers.status.tolist() == [Status.UNREAD]
    assert share(found) == 0.0
    assert found.official["all"] == 1.0


def test_the_coin_depends_on_how_many_texts_before_needed_one() -> None:
    flips = coins(["?"] * 20)
    assert coins(["?", "[[B]]", "?"])[2] == flips[1]
    assert set(flips) == {"A", "B"}


def test_of_several_texts_the_majority_counts() -> None:
    told = [{"ID": "x_0", "outputs": ["[[B]]", "[[A]]", "[[A]]"], "Meta": row(0)}]
    found = run(BENCHMARK, outputs={"judge": predictions(told)}, data=[row(0)]).entries[0]
    assert share(found) == 1.0
    assert found.official["all"] == 0.0  # the first


@pytest.mark.parametrize("name", ["judge.jsonl", "judge.parquet"])
def test_texts_without_ids_belong_to_items_in_their_order(tmp_path: Path, name: str) -> None:
    told = [{"output": "[[A]]"}, {"output": "[[B]]"}]
    if name.endswith("parquet"):
        pq.write_table(pa.Table.from_pylist(told), tmp_path / name)
    else:
        (tmp_path / name).write_text("\n".join(map(json.dumps, told)))
    rows = [row(0), row(1, "Output2")]
    found = run(BENCHMARK, outputs={"judge": BENCHMARK.outputs(tmp_path / name)}, data=rows).entries[0]
    assert share(found) == 1.0


def test_scores_in_guerdons_own_form_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "scores.jsonl").write_text('{"id": "x_0", "scores": [1, 1]}')
    found = run(BENCHMARK, outputs={"s": BENCHMARK.outputs(tmp_path / "scores.jsonl")}, data=[row(0)]).entries[0]
    assert (share(found), share(found, metric=1), found.official["all"]) == (0.5, 0.0, 0.0)


def test_a_row_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "judge.jsonl").write_text('{"output": "[[A]]"}\n{"outp')
    with pytest.raises(BenchError, match="line 2"):
        list(BENCHMARK.outputs(tmp_path / "judge.jsonl"))


def test_images_lie_below_the_folder_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    PIL.Image.new("RGB", (8, 6)).save(tmp_path / "images" / "x.png")
    (tmp_path / "all_data.json").write_text(json.dumps([row(0)]))

    @reward("mmrb.sees", range=(0, 1))
    def sees(response: str, images: list[Any]) -> float:
        return float(images[0].size == (8, 6) and response == "one")

    assert share(run(BENCHMARK, [sees()], data=tmp_path).entries[0]) == 1.0


def test_a_parquet_file_with_image_bytes_is_read(tmp_path: Path) -> None:
    image = io.BytesIO()
    PIL.Image.new("RGB", (8, 6)).save(image, "png")
    rows = [row(0) | {"Image": {"bytes": image.getvalue(), "path": "x.png"}}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "all.parquet")

    @reward("mmrb.sees_bytes", range=(0, 1))
    def sees(response: str, images: list[Any]) -> float:
        return float(images[0].size == (8, 6) and response == "one")

    assert share(run(BENCHMARK, [sees()], data=tmp_path / "all.parquet").entries[0]) == 1.0
