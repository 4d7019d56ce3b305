"""MJ-Bench: judges of generated pictures, on pairs about alignment, safety and quality (Chen et al. 2024).

Of the pairs on safety and quality the first picture is always the better one, so a judge that sees both in the order
of the data and says "1" is perfect there: ours are asked in both orders. Bias has no pairs; see mj-bench-bias.

Items may come from the data set or from the released score files, which have captions and labels and no pictures.
Outputs may be such files, or a folder of them, or the results of the authors' script: numbers, ratings in words, or
what a judge of both pictures answered under BETTER IMAGE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import FILE, Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, digest
from guerdon.bench.outputs import Output, number, output, scored
from guerdon.bench.published import Published
from guerdon.bench.suites import _mj_bench as script
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Floats

ENDINGS = (".json", ".jsonl", ".parquet")


def item(row: Row) -> Item:
    """A caption and two pictures, one of which is better: `label` is 0 or 1."""
    if isinstance(row, Broken):
        raise ValueError(row.reason)
    if str(row["label"]) not in ("0", "1"):
        raise ValueError("no winner")
    caption, first = str(row["caption"]), str(row["label"]) == "0"
    samples = tuple(Sample(caption, **_picture(row, i)) for i in (0, 1))
    return Item(_key(row) or digest(caption), samples, (float(first), float(not first)), script.subset(row), caption)


def official(questions: Questions, answers: Answers, tie: float = 0.0) -> Mapping[str, float]:
    """Percent by subset and their means: with ties, which are wrong, and without those pairs that are ties."""
    found: dict[str, float] = {}
    for name, index in questions.members().items():
        said = [_said(questions, answers, i, tie) for i in index.tolist() if answers.answered[i]]
        decided = [right for right in said if right is not None]
        found[f"{name} w/ tie"] = 100 * sum(map(bool, said)) / len(said) if said else NAN
        found[f"{name} w/o tie"] = 100 * sum(decided) / len(decided) if decided else NAN
    means = {
        f"mean {end}": float(np.mean([value for name, value in found.items() if name.endswith(f" {end}")]))
        for end in ("w/ tie", "w/o tie")
    }
    return found | means


def _said(questions: Questions, answers: Answers, i: int, tie: float) -> bool | None:
    """Whether an answer is right; None for a tie."""
    values, better = answers.values[i], int(questions.gold[i, 1] > questions.gold[i, 0])
    if np.isnan(values[:2]).any():
        return False
    said = script.prediction(float(values[0]), float(values[1]), tie)
    return None if said == "tie" else said == str(better)


def without_ties(tie: float) -> Callable[[Floats, Floats], float]:
    """Accuracy of the pairs whose values differ by more than `tie`; one without values is wrong."""

    def figure(values: Floats, gold: Floats) -> float:
        credit = pair_credit(values, gold, tie=tie, ties=NAN)
        credit[np.isnan(values).any(axis=1)] = 0.0
        decided = credit[~np.isnan(credit)]
        return float(decided.mean()) if len(decided) else NAN

    return figure


def outputs(path: Path) -> Iterable[Output]:
    """Released score files, one or a folder of them, results of the authors' script, or guerdon's own form."""
    files = sorted(p for p in path.iterdir() if p.suffix in ENDINGS) if path.is_dir() else [path]
    return (_output(row, file) for file in files for row in stream(file))


def _output(row: Row, file: Path) -> Output:
    if isinstance(row, Broken) or not {"caption", "score_0", "score_1"} <= set(row):
        return output(row)
    key = _key({FILE: file.stem, **row})
    if row.get("analysis") is not None:  # both pictures were shown at once
        read = script.better(str(row.get("vlm_pred")))
        return Output(key, None if read.value is None else script.SHARES[read.value], read.status, read.reason)
    given = [row["score_0"], row["score_1"]]
    if any(number(score) == number(score) for score in given):
        return scored(key, given)
    rated = script.ratings([str(score) for score in given])
    return Output(key, rated.value, rated.status, rated.reason)


def _key(row: Row) -> str | None:
    """Subset and number of a row of a score file; None for a row without a number."""
    return None if row.get("id") is None else f"{script.subset(row)}/{row['id']}"


def _picture(row: Row, i: int) -> dict[str, Any]:
    picture = row.get(f"image{i}")
    return {} if picture is None else {"image": picture}


def suite(tie: float = 0.0) -> Benchmark:
    """The benchmark where values that differ by `tie` at most are a tie, in the unit of the scorer."""
    return Benchmark(
        name="mj-bench",
        title="MJ-Bench: Is Your Multimodal Reward Model Really a Good Judge for Text-to-Image Generation?",
        url="https://huggingface.co/datasets/MJ-Bench/MJ-Bench",
        licence="MIT (code and score files)",
        about=__doc__,
        item=item,
        metrics=(
            Metric("accuracy", "How often the better picture is preferred; a tie counts ½.",
                   partial(pair_credit, tie=tie)),
            Metric("w/ tie", "The same; a tie counts 0.", partial(pair_credit, tie=tie, ties=0.0)),
            Metric("w/o tie", "The same of the pairs that are no tie.", figure=without_ties(tie), with_unread=True),
        ),
        hub="MJ-Bench/MJ-Bench",
        split="alignment+safety+quality",
        files=("mjbench/clipscore_v2/*0.0.json", "mjbench/*-of-*.parquet"),
        media={"image0": "image", "image1": "image"},
        official=Official(
            partial(official, tie=tie),
            (
                "a tie counts 0 or is left out, ½ in our accuracy",
                "judges of both pictures see them in the order of the data, where the first is always the better one "
                "outside alignment; ours are asked in both orders",
            ),
            Protocol(orders="given"),
        ),
        outputs=outputs,
        published=(RELEASED,),
    )  # fmt: skip


RELEASED = Published(
    "MJ-Bench, accuracy with ties wrong, %, of released scores", "score files in github.com/MJ-Bench/MJ-Bench",
    ("scorer", *(f"{perspective}/{name}" for name, perspective in script.PERSPECTIVES.items())),
    (
        ("CLIP-v2", 93.3, 18.7, 82.6, 60.0, 35.5, 78.0), ("HPS-v2.1", 87.8, 57.7, 98.9, 98.0, 75.0, 98.0),
        ("PickScore", 86.7, 53.7, 95.4, 95.0, 79.5, 99.0), ("ImageReward", 95.6, 21.7, 92.9, 67.0, 67.7, 66.0),
        ("Aesthetics", 57.8, 72.8, 97.1, 96.0, 85.5, 76.0), ("BLIP", 4.4, 69.2, 60.0, 29.0, 32.3, 22.0),
    ),
)  # fmt: skip
"""Counted anew by others; the paper's own table has other figures."""
benchmark = suite()
