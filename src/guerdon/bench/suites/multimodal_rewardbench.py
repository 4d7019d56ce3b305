"""Multimodal RewardBench: about 5,000 pairs of answers over six areas (Yasunaga et al. 2025).

Its licence lets nobody pass it on: build `all_data.json` with the authors' script and say where it is. Rows have
`ID`, `Text`, `Image`, `Output1`, `Output2`, `Better` and `Category`. Outputs may be judges' texts as their script
writes them, with `ID`, `output` (or a list, `outputs`) and `Meta`, or with `output` alone, in the order of the items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError, Item, Questions, digest, ranked
from guerdon.bench.outputs import Output, judged, output, voted
from guerdon.bench.published import Published
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.sample import Broken, Comparison, Row, Vote

SEED = 123
BETTER = {"Output1": ((0,), (1,)), "Output2": ((1,), (0,))}
PREFIXES = {"safety": ("pairs", "bias", "toxicity"), "reasoning": ("math", "math", "coding")}
"""Of categories in two parts: how ids of the first begin, in any case, and what both are called."""


def item(row: Row) -> Item:
    """A row whose better output is one of its two."""
    if isinstance(row, Broken):
        raise ValueError(row.reason)
    if row["Better"] not in BETTER:
        raise ValueError("no winner")
    name, texts = str(row["ID"]), (row["Output1"], row["Output2"])
    pair = Comparison(row["Text"], texts, (Vote(BETTER[row["Better"]]),), id=name, image=row.get("Image"))
    return replace(ranked(pair, group=group(name, str(row["Category"]))), alias=_alias(name, *texts))


def group(id: str, category: str) -> str:
    """A category, and for safety and reasoning which part of it an id is of.

    >>> group("PAIRS_1", "safety"), group("EMMA-Coding_9", "reasoning"), group("x_1", "vqa")
    ('safety/bias', 'reasoning/coding', 'vqa')
    """
    if category not in PREFIXES:
        return category
    prefix, one, other = PREFIXES[category]
    return f"{category}/{one if id.lower().startswith(prefix) else other}"


def coins(texts: Iterable[str]) -> list[str]:
    """A or B for each text as the script reads: [[A]], else [[B]], wherever it stands, else a coin.

    The coin depends on how many texts before needed one.

    >>> coins(["[[B]] … no, [[A]]", "?", "?"])
    ['A', 'A', 'A']
    """
    rng = Random(SEED)
    return ["A" if "[[A]]" in t else "B" if "[[B]]" in t else "A" if rng.random() < 0.5 else "B" for t in texts]


def tally(groups: Iterable[str], right: Iterable[bool]) -> dict[str, tuple[int, int]]:
    """How many are right and how many there are: of all, then of each group."""
    found: dict[str, list[int]] = {}
    for name, hit in zip(groups, right, strict=True):
        for key in ("all", name):
            counts = found.setdefault(key, [0, 0])
            counts[0] += hit
            counts[1] += 1
    return {name: (hits, n) for name, (hits, n) in found.items()}


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Accuracy as the script prints it: of texts with its coin, of values with a tie for wrong."""
    labels = answers.official or [None] * len(answers)
    first = questions.gold[:, 0] > questions.gold[:, 1]
    right = [
        (said == "A") == better if said else credit == 1.0
        for said, better, credit in zip(labels, first.tolist(), _strict(answers, questions), strict=True)
    ]
    known = answers.answered.tolist()
    groups = [name for name, there in zip(questions.groups, known, strict=True) if there]
    counts = tally(groups, [hit for hit, there in zip(right, known, strict=True) if there])
    return {name: hits / n for name, (hits, n) in counts.items()}


def _strict(answers: Answers, questions: Questions) -> list[float]:
    credits: list[float] = pair_credit(answers.values, questions.gold, ties=0.0).tolist()
    return credits


def outputs(path: Path) -> Iterable[Output]:
    """Judges' texts as the script writes them, else guerdon's own form."""
    first = next(iter(stream(path)), None)
    theirs = isinstance(first, Mapping) and ("Meta" in first or set(first) <= {"ID", "Label", "output", "outputs"})
    return predictions(stream(path)) if theirs else map(output, stream(path))


def predictions(rows: Iterable[Row]) -> Iterator[Output]:
    """Judges' texts, each beside what the script would read; of several, which it cannot, that is the first.

    Raises BenchError for a row that cannot be read.
    """
    kept = [(_key(row), _texts(row)) for row in rows]
    said = coins(texts[0] for _, texts in kept)
    for (key, texts), label in zip(kept, said, strict=True):
        yield voted(key, [judged(key, text) for text in texts])._replace(official=label)


def _key(row: Row) -> str | None:
    if isinstance(row, Broken):
        raise BenchError(f"the outputs hold a row that cannot be read: {row.reason}")
    meta = row.get("Meta") or {}
    if row.get("ID") is None:
        return None
    if "Output1" in meta and "Output2" in meta:
        return _alias(str(row["ID"]), meta["Output1"], meta["Output2"])
    return str(row["ID"])


def _texts(row: Row) -> list[str]:
    given: Any = row.get("output") if row.get("outputs") is None else row.get("outputs")
    texts = list(given) if isinstance(given, (list, tuple)) else [given]
    return [text if isinstance(text, str) else "" for text in texts] or [""]


def _alias(id: str, one: Any, two: Any) -> str:
    return digest(id, str(one), str(two))


benchmark = Benchmark(
    name="multimodal-rewardbench",
    title="Multimodal RewardBench: Holistic Evaluation of Reward Models for Vision Language Models",
    url="https://github.com/facebookresearch/multimodal_rewardbench",
    licence="CC-BY-NC 4.0, and of its sources",
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often the better answer is preferred; a tie counts ½, unread is wrong.", pair_credit),
        Metric("strict", "The same; a tie counts 0.", partial(pair_credit, ties=0.0)),
        Metric("unread half", "As accuracy; what cannot be read counts ½, as a coin would.", pair_credit, unread=0.5),
    ),
    files=("multimodal_rewardbench/all_data.json",),
    media={"Image": "image"},
    official=Official(
        official,
        (
            "a text without [[A]] or [[B]] is a coin there (seed 123, by the order of the file), wrong in ours",
            "a text with both is an A there, unread in ours",
            "a tie counts 0, ½ in our accuracy",
            "judges see Output1 first, always; ours are asked in both orders",
        ),
        Protocol(orders="given"),
    ),
    outputs=outputs,
    published=(
        Published(
            "Multimodal RewardBench, accuracy",
            "README of the repository",
            ("model", "all", "correctness", "preference", "knowledge", "reasoning", "safety", "vqa"),
            (
                ("Claude 3.5 Sonnet", 0.720, 0.626, 0.678, 0.739, 0.668, 0.687, 0.856),
                ("Gemini 1.5 Pro", 0.720, 0.635, 0.677, 0.663, 0.618, 0.765, 0.872),
                ("GPT-4o", 0.715, 0.626, 0.690, 0.720, 0.647, 0.669, 0.872),
                ("Llama-3.2-90B-Vision-Instruct", 0.624, 0.600, 0.684, 0.612, 0.546, 0.519, 0.771),
                ("Aria", 0.573, 0.595, 0.635, 0.555, 0.524, 0.502, 0.642),
                ("Molmo-7B-D-0924", 0.543, 0.568, 0.594, 0.546, 0.521, 0.442, 0.603),
                ("Llama-3.2-11B-Vision-Instruct", 0.524, 0.578, 0.658, 0.555, 0.512, 0.355, 0.558),
                ("LLaVA-1.5-13B", 0.489, 0.533, 0.552, 0.505, 0.513, 0.349, 0.518),
            ),
        ),
    ),
)  # fmt: skip
