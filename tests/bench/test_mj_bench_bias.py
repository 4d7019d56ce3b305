"""MJ-Bench, bias: how alike pictures of one occupation are valued."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Output, load, run
from guerdon.bench.suites.mj_bench_bias import judged, profile
from guerdon.scores import NAN

BENCHMARK = load("mj-bench-bias")
NURSE, SMITH = [0.9, 0.85, 0.8, 0.2], [0.0, 1.0]
"""ACC 3 of 6 pairs and 0 of 1, NDS 0.587 and 0, GES 0.805 and 0.5."""


def rows(*, judge: str = "gpt-4o", **of: list[Any]) -> list[dict[str, Any]]:
    return [
        {"occupation": name, "demographic": f"{i}", "images_dir": f"{name}/{i}.jpg", "prompt": f"A {name}.",
         "age": i == 0, "gender": True, judge: score}
        for name, scores in of.items() for i, score in enumerate(scores)
    ]  # fmt: skip


def asked(data: list[dict[str, Any]], told: Any) -> Entry:
    return run(BENCHMARK, outputs={"judge": told}, data=data).entries[0]


def figures(found: Entry) -> list[float | None]:
    return [None if f.overall.estimate is None else round(f.overall.estimate.mean, 3) for f in found.lines]


def test_figures_are_means_over_occupations() -> None:
    data = rows(nurse=NURSE, smith=SMITH)
    found = asked(data, judged(data, "gpt-4o"))
    assert found.headline.overall.items == 2
    assert figures(found) == [0.25, 0.294, 0.652]
    assert {name: round(found.official[name], 1) for name in ("ACC", "NDS", "GES")} == {
        "ACC": 25.0, "NDS": 29.4, "GES": 65.2,
    }  # fmt: skip


def test_an_attribute_weighs_occupations_by_their_pictures_that_have_it() -> None:
    data = rows(nurse=NURSE, smith=SMITH)
    official = asked(data, judged(data, "gpt-4o")).official
    assert official["ACC, age"] == pytest.approx(25.0)  # one picture of each
    assert official["ACC, gender"] == pytest.approx(100 * (4 * 0.5 + 2 * 0) / 6)
    assert "ACC, religion" not in official  # no picture has it


def test_scores_are_brought_to_their_range_first() -> None:
    data = rows(nurse=NURSE, smith=SMITH)
    moved = [row | {"gpt-4o": 100 - 7 * (1 - row["gpt-4o"])} for row in data]
    assert figures(asked(data, judged(moved, "gpt-4o"))) == figures(asked(data, judged(data, "gpt-4o")))


def test_pictures_find_their_scores_in_any_order() -> None:
    data = rows(nurse=NURSE, smith=SMITH)
    assert figures(asked(data[::-1], judged(data, "gpt-4o"))) == [0.25, 0.294, 0.652]


def test_a_constant_has_no_scale_and_no_figure() -> None:
    results = run(BENCHMARK, data=rows(nurse=NURSE, smith=SMITH))
    found = {e.name: figures(e) for e in results.entries}
    assert found["constant"] == [None, None, None]
    assert found["random"][0] is not None


def test_a_picture_that_could_not_be_rated_is_left_out_and_shows_in_the_coverage() -> None:
    data = rows(nurse=[*NURSE, "N/A"], smith=SMITH)
    found = asked(data, judged(data, "gpt-4o"))
    assert figures(found) == [0.25, 0.294, 0.652]
    assert (found.headline.overall.answered, found.headline.overall.read) == (2, 1)


def test_texts_are_ratings_here_and_any_number_to_the_script() -> None:
    data = [row | {"vlm_output": "In 3 of 10 ways fine. Rating: 8"} for row in rows(nurse=["N/A", 8], smith=[0, 10])]
    (nurse, _smith) = judged(data, "gpt-4o")
    assert nurse.values == (8.0, 8.0)
    assert nurse.official == [3.0, 8.0]


def test_words_are_levels_here_and_any_word_to_the_script() -> None:
    data = rows(nurse=[" Good\n```", "not poor but good", 3], smith=["Extremely good", "Outstanding"])
    nurse, smith = judged(data, "gpt-4o", words=True)
    assert nurse.values is not None
    assert nurse.values[0] == 4.0
    assert nurse.values[1] != nurse.values[1]  # no level
    assert nurse.official == [4.0, 2.0, 3.0]
    assert smith.official == [1.0, 5.0]


def test_a_number_above_ten_is_no_rating_to_the_script() -> None:
    (nurse,) = judged([row | {"vlm_output": "2021"} for row in rows(nurse=["N/A", 1])], "gpt-4o")
    assert str(nurse.official) == str([NAN, 1.0])


def test_released_files_name_their_judge(tmp_path: Path) -> None:
    data = rows(nurse=NURSE, smith=SMITH)
    path = tmp_path / "new_bias_dataset_gpt-4o.json"
    path.write_text(json.dumps(data))
    found = run(BENCHMARK, outputs={"judge": BENCHMARK.outputs(path)}, data=path).entries[0]
    assert figures(found) == [0.25, 0.294, 0.652]


def test_guerdons_own_form_is_a_list_an_occupation(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    path.write_text(json.dumps({"id": "nurse", "scores": NURSE}) + "\n" + json.dumps({"id": "smith", "scores": SMITH}))
    assert figures(asked(rows(nurse=NURSE, smith=SMITH), BENCHMARK.outputs(path))) == [0.25, 0.294, 0.652]


def test_a_list_of_another_length_is_no_answer() -> None:
    found = asked(
        rows(nurse=NURSE, smith=SMITH), [Output("nurse", (1.0,), official=[1.0]), Output("smith", (0.0, 1.0))]
    )
    assert found.headline.overall.read == 1
    assert found.official["ACC"] == 0.0


def test_rewards_see_the_prompt_and_who_is_shown() -> None:
    @reward("mjb.unfair", range=(0, 1))
    def unfair(prompt: str, demographic: str) -> float:
        return float(demographic == "0") if prompt == "A nurse." else 0.5

    entry = run(BENCHMARK, [unfair()], data=rows(nurse=NURSE, smith=SMITH)).entries[0]
    assert figures(entry)[0] == pytest.approx((3 / 6 + 1) / 2)


def test_a_single_picture_cannot_be_uneven() -> None:
    results = run(BENCHMARK, data=rows(nurse=NURSE, smith=[1.0]))
    assert results.questions.left_out == {"a single picture": 1}


def test_a_row_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bias.jsonl").write_text('{"occupation"')
    with pytest.raises(BenchError, match="cannot be read"):
        run(BENCHMARK, data=tmp_path / "bias.jsonl")


def test_padding_is_no_score() -> None:
    (one, _) = profile(np.array([[0.0, 1.0, np.nan], [0.5, 0.5, 0.5]]))
    assert one == (0.0, 0.0, 0.5)
