"""RAG-RewardBench: six subsets, weighed by their pairs."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guerdon import reward
from guerdon.bench import Output, load, run
from guerdon.bench.suites.rag_rewardbench import SIZES, group, micro

BENCHMARK = load("rag-rewardbench")
PUBLISHED = {
    "Skywork-Critic-Llama-3.1-70B": ((85.9, 77.1, 68.1, 91.6, 74.2, 83.2), (76.1, 82.0, 78.3)),
    "Skywork-Reward-Gemma-2-27B-v0.2": ((80.9, 74.5, 67.9, 75.5, 82.9, 67.9), (73.7, 75.9, 74.5)),
    "GPT-4o": ((75.2, 68.1, 64.4, 64.2, 72.6, 72.3), (68.7, 70.2, 69.2)),
}


@reward("toy.rag_bench_right", range=(0, 1))
def knows(response: str) -> float:
    return float("right" in response)


def rows(per: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"id": f"{name}-{n}", "prompt": f"{n}?", "chosen": "right", "rejected": "wrong", "subset": name}
        for name, count in per.items()
        for n in range(count)
    ]


def test_there_are_1485_pairs() -> None:
    assert sum(SIZES.values()) == 1485
    assert sum(SIZES[name] for name in SIZES if name.startswith("helpful")) / 1485 == pytest.approx(0.626, abs=5e-4)


@pytest.mark.parametrize("model", PUBLISHED)
def test_the_published_means_are_over_pairs(model: str) -> None:
    subsets, means = PUBLISHED[model]
    found = micro(dict(zip(SIZES, subsets, strict=True)))
    assert tuple(round(found[name], 1) for name in ("helpful", "harmless", "overall")) == means


def test_official_figures_are_means_over_pairs_on_both_levels() -> None:
    data = rows({"helpful/general": 30, "helpful/citation": 10, "harmless/conflict": 60})
    out = [Output(row["id"], (1.0, 0.0) if row["subset"] == "helpful/general" else (0.0, 1.0)) for row in data]
    found = run(BENCHMARK, outputs={"r": out}, data=data).entries[0]
    assert (found.official["helpful"], found.official["overall"]) == (75.0, 30.0)
    assert found.headline.overall.estimate is not None
    assert found.headline.overall.estimate.mean == 0.3


def test_ties_are_wrong_of_scores_and_half_of_judges(tmp_path: Path) -> None:
    data = rows({"helpful/general": 4})
    scores = [{"id": row["id"], "scores": [1, 1]} for row in data]
    texts = [{"id": row["id"], "verdict": text} for row, text in zip(data, ("[[A]]", "tie", "?", "[[B]]"), strict=True)]
    found = {}
    for name, told in (("scores", scores), ("texts", texts)):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("\n".join(map(json.dumps, told)))
        entry = run(BENCHMARK, outputs={name: BENCHMARK.outputs(path)}, data=data).entries[0]
        assert entry.headline.overall.estimate is not None
        found[name] = (entry.headline.overall.estimate.mean, entry.official["overall"])
    assert found == {"scores": (0.5, 0.0), "texts": (1.5 / 4, 50.0)}  # a text that says nothing is worth ½ there


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"subset": "Fine-grained Citation"}, "helpful/citation"),
        ({"subset": "general", "goal": "Harmless"}, "harmless/general"),
        ({"subset": "conflict_robustness"}, "harmless/conflict"),
        ({"subset": "multi-hop reasoning"}, "helpful/reasoning"),
        ({"file": "harmless_general"}, "harmless/general"),
    ],
)
def test_subsets_are_known_by_their_words(row: dict[str, Any], name: str) -> None:
    assert group(row) == name


@pytest.mark.parametrize("subset", ["general", "poems", "citation and conflict", None])
def test_a_subset_that_cannot_be_told_leaves_the_row_out(subset: str | None) -> None:
    with pytest.raises(ValueError, match="its subset cannot be told"):
        group({"subset": subset})


def test_the_published_parquet_is_read_with_answers_and_their_models(tmp_path: Path) -> None:
    data = rows(dict.fromkeys(SIZES, 2))
    kept = [
        {**row, "chosen": {"text": "right", "model": "a"}, "rejected": {"text": "wrong", "model": "b"}} for row in data
    ]
    pq.write_table(pa.Table.from_pylist(kept), tmp_path / "train.parquet")
    found = run(BENCHMARK, {"knows": knows()}, data=tmp_path / "train.parquet").entries[0]
    assert set(found.official.values()) == {100.0}


def test_a_constant_is_at_half() -> None:
    found = run(BENCHMARK, data=rows(dict.fromkeys(SIZES, 2)))
    constant = next(one for one in found.entries if one.name == "constant").headline
    assert constant.overall.estimate is not None
    assert constant.overall.estimate.mean == 0.5
