"""VideoGen-RewardBench: which of two generated videos people find better, overall and in three dimensions.

Every row of the published CSV is four items, each a group: overall, VQ (visual quality), MQ (motion quality) and TA
(text alignment), with votes A, B or same. Samples have the column `aspect`, so that `route(…, by="aspect")` asks a
reward with a value a dimension for the right one. Rewards are asked about a video once an item.

`--outputs` takes the script's `out_pair.csv` (a value a dimension of each video), or the texts of judges that
compare the two overall. Accuracy with ties is at the best threshold on the very pairs it is measured on, which
flatters; read it beside the one without. Liu et al. 2025 (VideoAlign), https://arxiv.org/abs/2501.13918.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.outputs import Output, key_of, output, scored, swapped, text_of
from guerdon.bench.published import Published
from guerdon.bench.suites import _generated as generated
from guerdon.bench.suites import _verdicts
from guerdon.bench.suites._graded import calibrated, decided
from guerdon.load import stream
from guerdon.sample import Broken, Row

ASPECTS = {"overall": "Overall", "VQ": "VQ", "MQ": "MQ", "TA": "TA"}
"""Group → column of votes. The script calls the first one ALL."""
LEADS = {"A": 1.0, "B": -1.0, "same": 0.0}


def items(row: Row) -> list[Item]:
    """The aspects of a row in which it was judged. Raises ValueError where there is none."""
    media = row["path_A"], row["path_B"]
    votes = {aspect: row.get(column) for aspect, column in ASPECTS.items()} | (
        {"overall": row["ALL"]} if row.get("ALL") is not None else {}
    )
    judged = {aspect: LEADS[str(vote)] for aspect, vote in votes.items() if vote in LEADS}
    if not judged:
        raise ValueError("no vote is A, B or same")
    return [
        generated.pair(_key(row, aspect), str(row["prompt"]), media, lead, kind="video", aspect=aspect)
        for aspect, lead in judged.items()
    ]


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent by aspect with and without ties as the script counts, and overall as UnifiedReward-Think's does."""
    groups, found = np.array(questions.groups), {}
    for aspect in ASPECTS:
        mine = answers.read(questions.gold) & (groups == aspect)
        if mine.any():
            found[f"{aspect} with ties"], found[f"{aspect} without ties"] = generated.swept(questions, answers, mine)
    overall = answers.answered & (groups == "overall")
    if overall.any():
        so, right = generated.human(questions), generated.human(questions) == generated.said(answers)
        found["acc"] = 100 * float(right[overall].mean())
        if (so[overall] != 0).any():
            found["acc w/o tie"] = 100 * float(right[overall & (so != 0)].mean())
    return found


def outputs(path: Path) -> Iterator[Output]:
    """`out_pair.csv`, with `reward_VQ_A`, `reward_VQ_B`, …; judges' texts on a pair; guerdon's own form."""
    for row in stream(path):
        if isinstance(row, Broken):
            yield output(row)
        elif "reward_ALL_A" in row:
            for aspect in ASPECTS:
                name = "ALL" if aspect == "overall" else aspect
                yield scored(_key(row, aspect), [row.get(f"reward_{name}_{side}") for side in "AB"])
        elif (text := text_of(row, _verdicts.TEXTS)) is not None:
            key = key_of(row) if row.get("path_A") is None else _key(row, "overall")
            yield _verdicts.told(key, text, "Video", swapped=swapped(row))
        else:
            yield output(row)


def _key(row: Row, aspect: str) -> str:
    return f"{generated.place(row['path_A'])} {generated.place(row['path_B'])} {aspect}"


def _metrics(aspect: str) -> tuple[Metric, Metric]:
    name = "accuracy" if aspect == "overall" else aspect
    return (
        Metric(name, f"How often the better video is preferred, {aspect}; people's ties left out, the reward's ½.",
               decided, only=(aspect,)),
        Metric(f"{name} with ties", "The same, people's ties included, at the threshold that is best on these pairs.",
               figure=calibrated(), with_unread=True, only=(aspect,)),
    )  # fmt: skip


benchmark = Benchmark(
    name="videogen-rewardbench",
    title="Improving Video Generation with Human Feedback: VideoGen-RewardBench",
    url="https://huggingface.co/datasets/KwaiVGI/VideoGen-RewardBench",
    licence="MIT (code); videos under the terms of the models that made them",
    about=__doc__,
    item=items,
    metrics=tuple(metric for aspect in ASPECTS for metric in _metrics(aspect)),
    hub="KwaiVGI/VideoGen-RewardBench",
    split="eval",
    files=("videogen_rewardbench/videogen-rewardbench.csv",),
    media={"path_A": "video", "path_B": "video"},
    groups=tuple(ASPECTS),
    official=Official(
        official,
        (
            "with ties: pairs of equal gap become ties one after another and one pair is a tie always, so the figure "
            "depends on their order, and no threshold may reach it",
            "without ties: a tie of the reward is wrong there, ½ in ours",
            "acc: a judge's sentence counts wherever it stands in its text, that on video 1 first; with neither "
            "sentence it is a tie",
            "judges see the data's first video first, always; ours are asked in both orders",
        ),
        Protocol(orders="given"),
    ),
    outputs=outputs,
    published=(
        Published(
            "VideoGen-RewardBench, accuracy with and without ties, %", "arXiv:2501.13918, from memory",
            ("model", "overall with ties", "overall", "VQ with ties", "VQ", "MQ with ties", "MQ", "TA with ties", "TA"),
            (
                ("VideoScore", 41.8, 50.2, "", "", "", "", "", ""), ("LiFT", 39.1, 57.3, "", "", "", "", "", ""),
                ("VisionReward", 56.8, 67.6, "", "", "", "", "", ""),
                ("VideoReward", 61.3, 73.6, 59.7, 75.7, 66.0, 74.7, 53.8, 72.2),
            ),
        ),
        Published(
            "VideoGen-RewardBench, overall, accuracy without ties, %", "arXiv:2505.03318, from memory",
            ("model", "accuracy"), (("UnifiedReward-Think", 80.5),),
        ),
    ),
)  # fmt: skip
