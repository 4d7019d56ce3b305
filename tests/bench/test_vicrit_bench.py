"""ViCrit-Bench: rewards prefer true captions, models name wrong phrases."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import Results, load, run
from guerdon.bench.suites import vicrit_bench

BENCHMARK = load("vicrit-bench")
PNG = b"\x89PNG not looked at"


def row(n: int, wrong: str = "a blue car", right: str = "a red car", **columns: Any) -> dict[str, Any]:
    return {
        "id": n, "changed_caption": f"Photo {n}: {wrong} on a road.", "original_noun_phrases": [right],
        "changed_noun_phrases": [wrong], "hallucination_type": "colour",
        "image": {"bytes": PNG, "path": None}, **columns,
    }  # fmt: skip


def answered(tmp_path: Path, *responses: str) -> Results:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps({"id": n, "response": text}) + "\n" for n, text in enumerate(responses)))
    rows = [row(n) for n in range(len(responses))]
    return run(BENCHMARK, outputs={"model": BENCHMARK.outputs(path)}, data=rows)


def mean(results: Results) -> float:
    estimate = results.entries[0].headline.overall.estimate
    assert estimate is not None
    return estimate.mean


def test_the_true_caption_is_the_better_one() -> None:
    @reward("toy.vicrit_red", range=(0, 1))
    def red(response: str) -> float:
        return float("red" in response)

    assert mean(run(BENCHMARK, [red()], data=[row(n) for n in range(4)])) == 1.0


def test_naming_the_phrase_is_right(tmp_path: Path) -> None:
    results = answered(tmp_path, "\\boxed{a blue car}", "\\boxed{a road}")
    assert mean(results) == 0.5
    assert results.entries[0].official == {"accuracy": 50.0}


def test_listing_all_words_is_right_for_the_script_alone(tmp_path: Path) -> None:
    results = answered(tmp_path, "red blue green yellow", "bluebird")
    assert mean(results) == 0.0
    assert results.entries[0].official == {"accuracy": 100.0}


def test_a_phrase_that_stands_twice_is_left_out() -> None:
    twice = row(1, changed_caption="a blue car beside a blue car")
    assert run(BENCHMARK, data=[row(0), twice]).questions.left_out == {
        "the changed phrase does not stand in the caption once": 1
    }


def test_parquet_with_image_bytes_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist([row(n) for n in range(3)]), tmp_path / "test.parquet")
    questions = run(BENCHMARK, data=tmp_path / "test.parquet").questions
    assert questions.groups == ["colour"] * 3
    assert questions.examples[0].samples[0].get("image") is not None


def test_more_than_one_phrase_a_row_is_not_an_item() -> None:
    with pytest.raises(ValueError, match="2 changed phrases where one is needed"):
        vicrit_bench.item(row(0, changed_noun_phrases=["a", "b"]))
