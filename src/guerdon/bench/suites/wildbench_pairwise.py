"""WildBench, comparisons: a judge's five grades for a model against three others, with a length rule (Lin et al. 2024).

There is nothing to be right about: WB-Reward says how much better the judge finds a model than each of three rivals,
from −100 to 100. A released file is the data, both answers to every task, and the judge's verdicts alike. Of a reward
that is asked counts by how much it prefers the model's answer, where that is a grade, else only whether.

The published figures apply the length rule: a slight win of an answer that is longer than the other by more than K
characters is a tie; K = −1 leaves all as they are. They leave out items with an empty or cut answer, and divide by
all nevertheless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import FILE, Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError, Item, Questions
from guerdon.bench.outputs import Output, key_of, output, swapped, text_of
from guerdon.bench.published import Published
from guerdon.bench.suites import _wildbench as wildbench
from guerdon.load import stream
from guerdon.metrics.outcomes import SLIGHT, length_tied
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Floats

RIVALS = ("gpt-4-turbo-2024-04-09", "claude-3-haiku-20240307", "Llama-2-70b-chat-hf")
MORE = (500, -1)
"""K of the leaderboard's tables."""


def item(row: Row) -> Item:
    """One task, the model's answer and its rival's. Raises ValueError where it cannot be told which is the rival."""
    mine, rival = _sides(row)
    answers = [wildbench.shown(row["model_outputs"][name]) for name in (mine, rival)]
    group = next(name for name in RIVALS if name in rival)
    out = any(answer.endswith(wildbench.CUT) or answer == wildbench.EMPTY for answer in answers)
    facts = {"out": out, "tasks": tuple(dict.fromkeys(wildbench.tasks(row)))}
    samples = tuple(Sample(wildbench.asked(row), a, model=name) for a, name in zip(answers, (mine, rival), strict=True))
    return Item(f"{row['session_id']}/{group}", samples, (0.0, 0.0), group, str(row["session_id"]), facts)


def outcomes(values: Floats) -> Floats:
    """[n], the lead of the first value where it is a grade, else its sign; NaN where a value is missing."""
    lead = values[:, 0] - values[:, 1]
    return np.where(np.isin(lead, list(wildbench.OUTCOMES.values())), lead, np.sign(lead))


def reward(values: Floats, gold: Floats) -> float:
    """Mean outcome in percent, without a length rule."""
    return 100 * float(outcomes(values).mean())


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """WB-Reward in percent against each rival and their mean, by K, and over groups of tasks where there are any."""
    told = outcomes(answers.values)
    for i, one in enumerate(answers.official or ()):
        told[i] = told[i] if one is None else one
    out = np.array([facts["out"] for facts in questions.facts])
    found: dict[str, float] = {}
    for more in MORE:
        tied = told if more < 0 else length_tied(told, *questions.lengths.T, more=more)
        for name, index in questions.members().items():
            listed = index[~np.isnan(tied[index])]
            counted = listed[~out[listed]]
            if not len(counted):
                continue
            found[f"{name}, K={more}"] = 100 * float(tied[counted].sum() / len(listed))
            mean = wildbench.macro(tied[counted].tolist(), (questions.facts[i]["tasks"] for i in counted.tolist()))
            found |= {} if mean is None else {f"{name}, task macro, K={more}": 100 * mean}
        whole = [found[name] for rival in RIVALS if (name := f"{rival}, K={more}") in found]
        if len(whole) == len(RIVALS):
            found[f"mix, K={more}"] = sum(whole) / len(whole)
    return found


def outputs(path: Path) -> Iterator[Output]:
    """Released files, replies of a judge (`swapped`: the model's answer was shown as B), or guerdon's own form."""
    return (_output({FILE: path.stem, **row} if not isinstance(row, Broken) else row) for row in stream(path))


def _sides(row: Row) -> tuple[str, str]:
    """The model that is judged, and its rival: the one of the three, or of two of these the one the file is not of."""
    names = [str(name) for name in row["model_outputs"]]
    if len(names) != 2:
        raise ValueError("not two models")
    rivals = [name for name in names if any(rival in name for rival in RIVALS)]
    if len(rivals) == 2:
        rivals = [name for name in names if name.rpartition("/")[2] != row.get(FILE)]
    if len(rivals) != 1:
        raise ValueError("neither model, or both, may be the rival")
    return next(name for name in names if name != rivals[0]), rivals[0]


def _output(row: Row) -> Output:
    if isinstance(row, Broken):
        return output(row)
    text = text_of(row, wildbench.REPLIES)
    if text is not None:
        return _reply(key_of(row), text, -1 if swapped(row) else 1)
    if not isinstance(row.get("model_outputs"), Mapping):
        return output(row)
    try:
        mine, rival = _sides(row)
    except ValueError as error:
        raise BenchError(f"an output is of {', '.join(row['model_outputs'])}: {error}") from error
    key = f"{row['session_id']}/{next(name for name in RIVALS if name in rival)}"
    return Output(key, (_outcome(row, mine, rival), 0.0))


def _reply(key: str | None, text: str, sign: int) -> Output:
    read, told = wildbench.choice(text), wildbench.OUTCOMES.get(str(wildbench.parsed(text, "choice")), NAN)
    values = None if read.value is None else (sign * read.value, 0.0)
    return Output(key, values, read.status, read.reason, official=sign * told)


def _outcome(row: Row, mine: str, rival: str) -> float:
    winner, extent = row.get("winner"), {2: 1.0, 1: SLIGHT}.get(_whole(row.get("extent")), NAN)
    return 0.0 if winner == "tie" else {mine: extent, rival: -extent}.get(str(winner), NAN)


def _whole(extent: Any) -> int:
    return extent if isinstance(extent, int) else 0


benchmark = Benchmark(
    name="wildbench-pairwise",
    title="WildBench: Benchmarking LLMs with Challenging Tasks from Real Users in the Wild, comparisons",
    url=wildbench.URL,
    licence=wildbench.LICENCE,
    about=__doc__,
    item=item,
    metrics=(Metric("WB-Reward", "How much better than its rivals, −100 to 100.", figure=reward, share=False),),
    files=("wildbench/pairwise/**/*.json",),
    groups=RIVALS,
    official=Official(
        official,
        (
            "slight wins of the longer answer are ties here, by K; ours counts what the judge said",
            "items with an empty or cut answer count nothing here, and stay in the number divided by",
        ),
    ),
    outputs=outputs,
    published=(
        Published(
            "WB-Reward against GPT-4-turbo, x100", "the leaderboard of arXiv:2406.04770",
            ("model", "K=500", "K=-1"),
            (("gpt-4o-2024-05-13", -4.05, 1.66), ("claude-3-opus", -10.06, -21.19),
             ("Llama-3-70B-Instruct", -13.10, -18.43)),
        ),
    ),
)  # fmt: skip
