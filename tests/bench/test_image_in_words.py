"""ImageInWords: five axes a row, and text-only baselines that are hard to beat."""

from pathlib import Path
from typing import Any

import pytest

from guerdon import from_spec
from guerdon.bench import Output, Results, load, run
from guerdon.bench.suites.image_in_words import AXES, items, lead
from guerdon.scores import Status

BENCHMARK = load("image-in-words")
PUBLISHED = {  # better, neutral, worse: counted in the released files
    "iiw_400": {"comprehensiveness": (83, 12, 5), "specificity": (93, 5, 2), "hallucination": (79, 17, 4),
                "human-like": (59, 34, 7), "tldr": (72, 14, 14)},
    "docci_test": {"comprehensiveness": (52, 38, 10), "specificity": (87, 8, 5), "hallucination": (47, 41, 12),
                   "human-like": (69, 30, 1), "tldr": (84, 11, 5)},
}  # fmt: skip
HUMAN_WINS = {
    "comprehensiveness": 0.943,
    "specificity": 0.979,
    "hallucination": 0.952,
    "human-like": 0.894,
    "tldr": 0.837,
}
LONGER_WINS = {
    "comprehensiveness": 0.932,
    "specificity": 0.958,
    "hallucination": 0.880,
    "human-like": 0.833,
    "tldr": 0.791,
}


def results(data_dir: Path, name: str) -> Results:
    words = from_spec("length.words")
    return run(BENCHMARK, {"words": words}, data=data_dir / "imageinwords" / f"{name}.jsonl")


def by_axis(found: Results, name: str) -> dict[str, float]:
    line = next(entry.headline for entry in found.entries if entry.name == name)
    return {axis: round(f.estimate.mean, 3) for axis, f in line.groups.items() if f.estimate}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_votes_are_those_of_the_files(data_dir: Path, name: str) -> None:
    questions = results(data_dir, name).questions
    for axis, index in questions.members().items():
        leads = (questions.gold[index, 0] - questions.gold[index, 1]).tolist()
        assert tuple(sum(1 for x in leads if (x > 0) - (x < 0) == sign) for sign in (1, 0, -1)) == PUBLISHED[name][axis]


def test_text_baselines_are_those_of_the_specification(data_dir: Path) -> None:
    found = results(data_dir, "iiw_400")
    assert by_axis(found, "first") == pytest.approx(HUMAN_WINS, abs=6e-4)
    assert by_axis(found, "words") == pytest.approx(LONGER_WINS, abs=6e-4)
    assert by_axis(found, "constant") == dict.fromkeys(HUMAN_WINS, 0.5)


def test_a_text_that_is_missing_is_not_paired_with_another(data_dir: Path) -> None:
    left_out = results(data_dir, "iiw_400").questions.left_out
    assert left_out == {"not judged side by side": 300}


def row(**columns: Any) -> dict[str, Any]:
    return {"image": "x", "IIW": "long text", "DOCCI": "short", **columns}


def test_a_row_is_an_item_an_axis() -> None:
    found = items(row(**dict.fromkeys(AXES, "Neutral")))
    assert [item.group for item in found] == list(AXES.values())
    assert [sample["aspect"] for sample in found[2].samples] == ["hallucination"] * 2
    assert not found[0].decided


def test_text_of_the_other_side_must_be_there() -> None:
    with pytest.raises(ValueError, match="the text of DCI is not in the data"):
        items({"image": "x", "ex_id": 1, "IIW": "a", "metrics/Human Like": "Neutral"})


def test_an_unknown_verdict_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="nobody foresaw"):
        lead("Somebody is marginally better", "DOCCI")


def test_strength_counts_where_it_is_asked_for() -> None:
    strong, weak = "IIW is substantially better", "DOCCI is marginally better"
    rows = [row(image=str(i), **{"metrics/Human Like": v}) for i, v in enumerate((strong, weak))]
    entry = run(BENCHMARK, {"words": from_spec("length.words")}, data=rows).entries[0]
    figures = {line.metric: line.overall.estimate for line in entry.lines}
    assert figures["accuracy"] is not None
    assert figures["by strength"] is not None
    assert (figures["accuracy"].mean, figures["by strength"].mean) == (0.5, 2 / 3)


def test_an_item_is_named_after_its_picture_and_axis(data_dir: Path) -> None:
    questions = results(data_dir, "docci_test").questions
    assert questions.keys[0] == "test_00731/comprehensiveness"
    assert len(set(questions.keys)) == 500


def test_what_could_not_be_read_is_wrong_by_every_metric() -> None:
    rows = [row(image=str(i), **{"metrics/Human Like": "IIW is substantially better"}) for i in range(2)]
    told = [Output("0/human-like", (1.0, 0.0)), Output("1/human-like", None, Status.UNREAD, "no score")]
    lines = run(BENCHMARK, outputs={"it": told}, data=rows).entries[0].lines
    assert [line.overall.estimate.mean for line in lines if line.overall.estimate] == [0.5, 0.5, 0.5]
