"""VL-RewardBench: 1,250 pairs of answers about an image, in three groups (Li et al. 2024).

Outputs may be judges' texts in the layout of its own scripts, one object for each repeat, with `id`, `query`,
`response`, `ranking` and `meta`, which has the text and whether the answers were swapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError, Item, Questions, digest, ranked
from guerdon.bench.outputs import GROUP, Output, flag, judged, voted
from guerdon.bench.outputs import outputs as plain
from guerdon.bench.published import Published
from guerdon.bench.suites._columns import json_object
from guerdon.bench.suites._vl_rewardbench import GROUPS, MAPS, VOTES, Ballot, Label, cast, group, label, percentages
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.preferences import comparison
from guerdon.sample import Row
from guerdon.scores import Status


class Verdict(NamedTuple):
    """One row of a file of judges' texts."""

    item: str
    told: Output
    """A value for each answer, in the order of the file."""
    label: Label
    best: int
    """Which answer of the file people preferred."""
    first: int
    """Which answer was shown first."""


def item(row: Row) -> Item:
    """A row with a winner, of the group that its id says."""
    row = comparison(row)
    if row.get("id") is None:
        raise ValueError("no id, which says the group")
    made = ranked(row, group=group(str(row.get("id"))))
    if not made.decided:
        raise ValueError("no winner")
    texts = [str(sample.get("response")) for sample in made.samples]
    return replace(made, alias=_alias(row.get("id"), row.get("prompt"), texts))


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """What the script prints, for values or for each number of votes, and the same under the other two group maps.

    Of votes also the share of verdicts that could not be read, and of those that prefer the answer shown first. The
    other maps need to know which answer is to which item.
    """
    if answers.official is None:
        credit = pair_credit(answers.values, questions.gold, ties=0.0).tolist()
        said: dict[float, Label] = {1.0: "agree", 0.0: "reject"}
        return _of_maps(questions, [said.get(c) for c in credit], MAPS if answers.placed else [""])
    ballots = [found for found in answers.official if found is not None]
    figures: dict[str, float] = {}
    for k in VOTES:
        labels = [None if found is None else found.labels[k] for found in answers.official]
        of_k = percentages(questions.groups, labels)
        figures |= {f"{name}, k={k}": value for name, value in of_k.items()}
        figures[f"doesntMatch, k={k}"] = 100 * labels.count("doesntMatch") / len(ballots)
    once = [None if found is None else found.labels[1] for found in answers.official]
    others = _of_maps(questions, once, [map for map in MAPS if map])
    unread = {"verdicts unread": 100 * float(np.mean([found.unread for found in ballots]))}
    read = [found.first for found in ballots if found.first == found.first]
    return figures | others | unread | ({"first answer preferred": 100 * float(np.mean(read))} if read else {})


def _of_maps(questions: Questions, labels: list[Label | None], maps: Iterable[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for map in maps:
        groups = [group(key, map) for key in questions.keys]
        sizes = {name: groups.count(name) for name in GROUPS}
        for name, value in percentages(groups, labels).items():
            if not map:
                found[name] = value
            elif name != "overall":
                size = f" of {sizes[name]}" if name in sizes else ""
                found[f"{name}{size}, {map}'s map"] = value
    return found


def outputs(path: Path) -> Iterable[Output]:
    """Also judges' texts as the script has them, and IXC-2.5-Reward's released file: right or wrong, a list a group."""
    released = json_object(path)
    if "out_general" in released:
        return (_right(GROUP + name, told) for name in GROUPS for told in released[f"out_{name}"])
    first = next(iter(stream(path)), None)
    return predictions(stream(path)) if isinstance(first, Mapping) and "meta" in first else plain(path)


def predictions(rows: Iterable[Row]) -> Iterator[Output]:
    """Judges' texts, several an item, as one output an item: the share of verdicts for the preferred answer.

    Raises BenchError for a row without what it needs.
    """
    verdicts = [_verdict(row, number) for number, row in enumerate(rows, 1)]
    labels = cast([(verdict.item, verdict.label) for verdict in verdicts])
    by_item: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_item.setdefault(verdict.item, []).append(verdict)
    for name, mine in by_item.items():
        out = voted(name, [verdict.told for verdict in mine])
        read = [verdict.told.values[verdict.first] for verdict in mine if verdict.told.values is not None]
        ballot = Ballot(labels[name], float(np.mean(read)) if read else np.nan, 1 - len(read) / len(mine))
        right = None if out.values is None else out.values[mine[0].best]
        yield out._replace(values=None, right=right, official=ballot)


def _verdict(row: Row, number: int) -> Verdict:
    try:
        text, turned = row["meta"]["filter_choice"], int(row["meta"]["random_number"])
        best, texts = list(row["ranking"]).index(0), [str(text) for text in row["response"]]
        name = _alias(row["id"], row["query"], texts)
    except (KeyError, TypeError, ValueError) as error:
        raise BenchError(f"prediction {number} cannot be read: {type(error).__name__}: {error}") from error
    text = text if isinstance(text, str) else ""
    shown = 1 + (best if turned == 0 else 1 - best)
    told = judged(name, text, swapped=turned == 1, names=("1", "2"))
    return Verdict(name, told, label(text, shown), best, turned)


def _right(key: str, told: Any) -> Output:
    right = flag(told)
    if right is None:
        return Output(key, None, Status.UNREAD, f"{told!r:.20} is neither right nor wrong")
    return Output(key, right=float(right))


def _alias(id: Any, query: Any, texts: Iterable[str]) -> str:
    """Ids occur up to twice; with question and answers they do not."""
    return digest(str(id), str(query), *sorted(texts))


benchmark = Benchmark(
    name="vl-rewardbench",
    title="VL-RewardBench: A Challenging Benchmark for Vision-Language Generative Reward Models",
    url="https://huggingface.co/datasets/MMInstruction/VL-RewardBench",
    licence="of its sources",
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often the better answer is preferred; a tie counts ½.", pair_credit),
        Metric("strict", "The same; a tie counts 0.", partial(pair_credit, ties=0.0)),
    ),
    hub="MMInstruction/VL-RewardBench",
    files=("vl_rewardbench/unifiedreward_data.json", "vl_rewardbench/data.jsonl", "vl_rewardbench/test-*.parquet"),
    groups=GROUPS,
    official=Official(
        official,
        (
            "a tie counts 0, ½ in our accuracy",
            "verdicts that fit no pattern are left out; in ours an item without any other is wrong",
            "votes without a majority are left out, a tie in ours",
            'any number but the worse answer\'s is right ("Answer 3 is better"), and "much better" fits no pattern',
            "three maps from ids to groups are in circulation: 183, 749 and 318 items are right, UnifiedReward-Think "
            "counts 631, 301 and 318, R1-Reward 484, 448 and 318, so only figures of all items compare across papers",
        ),
        Protocol(orders="drawn"),
    ),
    outputs=outputs,
    published=(
        Published(
            "VL-RewardBench, %", "arXiv:2411.17451, from memory",
            ("model", *GROUPS, "overall", "macro"),
            (
                ("GPT-4o", 49.1, 67.6, 70.5, 65.8, 62.4), ("Gemini-1.5-Pro", 50.8, 72.5, 64.2, 67.2, 62.5),
                ("Claude-3.5-Sonnet", 43.4, 55.0, 62.3, 55.3, 53.6), ("Qwen2-VL-72B", 38.1, 32.8, 58.0, 39.5, 43.0),
                ("Llama-3.2-90B", 42.6, 57.3, 61.7, 56.2, 53.9), ("LLaVA-OneVision-7B", 32.2, 20.1, 57.1, 29.6, 36.5),
            ),
        ),
        Published(
            "VL-RewardBench as others report it, %; the groups of the last two are of their own maps",
            "the papers of the models, from memory",
            ("model", *GROUPS, "overall", "macro"),
            (
                ("IXC-2.5-Reward-7B", 84.7, 62.5, 62.9, 65.8, 70.0),
                ("UnifiedReward-Think-7B", 78.1, 72.7, 66.0, 73.8, 72.3),
                ("R1-Reward-7B", 63.84, 85.71, 64.78, 71.92, 71.44),
            ),
        ),
        Published(
            "VL-RewardBench, %: a released file, counted again", "per-item results in the repository of IXC-2.5-Reward",
            ("model", *GROUPS, "overall", "macro"),
            (("IXC-2.5-Reward-7B", 84.70, 60.35, 62.89, 64.56, 69.31),),
        ),
    ),
)  # fmt: skip
