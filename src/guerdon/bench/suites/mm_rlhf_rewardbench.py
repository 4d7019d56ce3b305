"""MM-RLHF-RewardBench: 170 pairs of answers about images and videos, several to an instruction (Zhang et al. 2025).

ACC is over pairs; ACC+ is the share of instructions all of whose pairs are right. The better answer is the longer one
in 71.8 % of the pairs, and 170 pairs leave an interval of 6 points to either side. Outputs are rows with `rewards`, of
the better and of the worse answer; with `id`, `chosen` and `rejected` beside them they find their pair in any order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, digest, ranked
from guerdon.bench.outputs import Output, output
from guerdon.bench.published import Published
from guerdon.load import stream
from guerdon.media import Image, Video
from guerdon.metrics.pairwise import all_pairs_right, pair_credit
from guerdon.preferences import comparison
from guerdon.sample import Broken, Comparison, Row

CATEGORIES = ("mcq", "long", "short", "safety", "video")
"""The first of them that a path contains is its category."""
FRAMES = (".jpg", ".jpeg", ".png", ".webp")


class Performance(NamedTuple):
    """What the script prints of some pairs."""

    accuracy: float
    acc_plus: float
    total: int


def item(row: Row) -> Item:
    """A pair, of the category that the path of its image or video says; a folder of frames is a video."""
    pair = comparison(row)
    if isinstance(pair, Comparison) and isinstance(pair.get("video"), Video):
        pair = pair.with_columns(video=_of_frames(pair["video"]))
    path = place(row)
    name, (chosen, rejected) = str(row["id"]), (row["chosen"], row["rejected"])
    made = ranked(pair, group=category(path), facts={"id": name, "path": path})
    return replace(made, key=_key(name, chosen, rejected), alias=name)


def place(row: Row) -> str:
    """The path of a row's image or video as the data has it; empty for none."""
    if isinstance(row, Broken):
        raise ValueError(row.reason)
    medium = row.get("image") or row.get("video") or ""
    found = getattr(medium.content, "place", "") if isinstance(medium, (Image, Video)) else medium
    return "" if isinstance(found, bytes) else str(found)


def category(path: str) -> str:
    """The first of `CATEGORIES` that a path contains, else "other".

    >>> category("safety/1.png"), category("video/shortcut"), category("1.png")
    ('safety', 'short', 'other')
    """
    return next((name for name in CATEGORIES if name in path), "other")


def performance(ids: Sequence[str], paths: Sequence[str], right: Sequence[bool]) -> dict[str, Performance]:
    """What the script prints, by category, and `overall`.

    An id is counted for the first category that any of its paths contains, out of all ids with a path that contains
    it, which matters only where one id has several.
    """
    whole = all_pairs_right(right, ids)
    found = {"overall": Performance(float(np.mean(right)), float(np.mean(list(whole.values()))), len(ids))}
    theirs: dict[str, list[str]] = {}
    for name, path in zip(ids, paths, strict=True):
        theirs.setdefault(name, []).append(path)
    containing = {c: [name for name in theirs if any(c in path for path in theirs[name])] for c in CATEGORIES}
    counted = {name: next((c for c in CATEGORIES if name in containing[c]), "") for name in theirs}
    for c in CATEGORIES:
        mine = [hit for path, hit in zip(paths, right, strict=True) if category(path) == c]
        if mine:
            hits = sum(whole[name] for name in theirs if counted[name] == c)
            found[c] = Performance(float(np.mean(mine)), hits / len(containing[c]), len(mine))
    return found


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """ACC and ACC+ of all pairs that were answered and of each category; a pair is right where chosen > rejected."""
    right = pair_credit(answers.values, questions.gold, ties=0.0) == 1.0
    there = np.flatnonzero(answers.answered).tolist()
    facts = [questions.facts[i] for i in there]
    found = performance([f["id"] for f in facts], [f["path"] for f in facts], [bool(right[i]) for i in there])
    return {
        f"{name} {what}": value
        for name, each in found.items()
        for what, value in (("ACC", each.accuracy), ("ACC+", each.acc_plus))
    }


def outputs(path: Path) -> Iterator[Output]:
    """Rewards as the script has them, or guerdon's own form."""
    return map(_output, stream(path))


def _output(row: Row) -> Output:
    found = output(row)
    if all(row.get(name) is not None for name in ("id", "chosen", "rejected")):
        return found._replace(key=_key(str(row["id"]), row["chosen"], row["rejected"]))
    return found


def _key(id: str, chosen: Any, rejected: Any) -> str:
    """The pairs of an instruction share its id; with their answers they are told apart."""
    return f"{id}/{digest(str(chosen), str(rejected))}"


def _of_frames(video: Video) -> Video:
    """A folder of pictures as a video of them, by name; anything else as it is."""
    root, path = getattr(video.content, "root", None), getattr(video.content, "place", None)
    if root is None or not isinstance(path, Path):
        return video
    folder = (root / path).resolve()
    if not folder.is_dir() or not folder.is_relative_to(root.resolve()):
        return video
    names = sorted(file.name for file in folder.iterdir() if file.suffix.lower() in FRAMES)
    return Video.of([str(path / name) for name in names], root=root)


strict = partial(pair_credit, ties=0.0)

benchmark = Benchmark(
    name="mm-rlhf-rewardbench",
    title="MM-RLHF-RewardBench, of MM-RLHF: The Next Step Forward in Multimodal LLM Alignment",
    url="https://huggingface.co/datasets/yifanzhang114/MM-RLHF-RewardBench",
    licence="of its sources",
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often the better answer is preferred; a tie counts ½.", pair_credit),
        Metric("ACC", "The same; a tie counts 0.", strict),
        Metric("ACC+", "Share of instructions all of whose pairs are right, of those answered in full.", strict,
               whole="id"),
    ),
    hub="yifanzhang114/MM-RLHF-RewardBench",
    files=("mm_rlhf_rewardbench/mm_reward_bench.jsonl",),
    official=Official(
        official,
        (
            "a tie counts 0, ½ in our accuracy",
            "an instruction of which some pairs were not answered counts as whole there; its way to resume a run loses "
            "such pairs",
        ),
    ),
    outputs=outputs,
    published=(
        Published(
            "MM-RLHF-RewardBench", "arXiv:2502.10391, from memory",
            ("model", "ACC", "ACC+"),
            (("MM-RLHF-Reward-7B", 0.85, 0.67), ("GPT-4o", 0.74, 0.50)),
        ),
    ),
)  # fmt: skip
