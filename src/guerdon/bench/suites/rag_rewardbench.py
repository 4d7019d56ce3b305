"""RAG-RewardBench: which of two answers to a question with retrieved passages is better (Jin et al. 2024).

Six subsets: helpful in general, by reasoning over several passages and by citing them; harmless in general, by
abstaining where no passage answers and where passages conflict. Every pair counts the same, so helpfulness has 63 %
of the weight. Labels come from four judges that are among those evaluated since.

The columns are from memory: `prompt` with the passages in it, `chosen`, `rejected`, `subset`, whose words say which
of the six it is, with `goal` or the file's name where it does not say all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import FILE, Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, ranked
from guerdon.bench.outputs import Output, output, text_of
from guerdon.bench.published import Published
from guerdon.bench.suites._means import by_group, weighted
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.preferences import comparison
from guerdon.sample import Broken, Row

SIZES = {
    "helpful/general": 262, "helpful/reasoning": 306, "helpful/citation": 361,
    "harmless/general": 155, "harmless/abstain": 217, "harmless/conflict": 184,
}  # fmt: skip
"""Pairs of each subset; the sizes are from memory, and make the published means come out."""
GOALS = ("helpful", "harmless")


def item(row: Row) -> Item:
    """A pair. Raises ValueError where its subset cannot be told."""
    made = ranked(comparison({**row, "chosen": _answer(row["chosen"]), "rejected": _answer(row["rejected"])}))
    return Item(made.key, made.samples, made.gold, group(row), made.cluster)


def group(row: Row) -> str:
    """Which of the six subsets a row is of.

    >>> group({"subset": "Helpful - Fine-grained Citation"}), group({"subset": "abstain"})
    ('helpful/citation', 'harmless/abstain')
    """
    told = " ".join(str(row.get(name) or "") for name in ("subset", "goal", FILE)).lower()
    words = set(re.findall("[a-z]+", told))
    found = [name for name in SIZES if name.partition("/")[2] in words]
    if len(found) > 1:  # general of either goal
        found = [name for name in found if name.partition("/")[0] in words]
    if len(found) != 1:
        raise ValueError("its subset cannot be told")
    return found[0]


def micro(accuracies: Mapping[str, float]) -> dict[str, float]:
    """The means over the pairs of each goal and of all, from the accuracies of subsets of the published sizes.

    >>> rounded = {"helpful/general": 85.9, "helpful/reasoning": 77.1, "helpful/citation": 68.1}
    >>> round(micro(rounded)["helpful"], 1)
    76.1
    """
    weights = {name: {k: v for k, v in SIZES.items() if k.partition("/")[0] == name} for name in GOALS}
    means = {name: weighted(accuracies, sizes) for name, sizes in {**weights, "overall": SIZES}.items()}
    return {name: mean for name, mean in means.items() if mean is not None}


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Each subset and the means over pairs, in percent; a tie of scores is wrong, of a judge ½."""
    judges = np.array([bool(told) for told in answers.official or [False] * len(questions)])
    half = pair_credit(answers.values, questions.gold)
    half[np.isnan(half) & answers.answered] = 0.5
    credit = np.where(judges, half, pair_credit(answers.values, questions.gold, ties=0.0))
    means = [by_group(credit, questions, answers, name) for name in (str, _goal, lambda _: "overall")]
    return {name: 100 * mean for found in means for name, mean in found.items()}


def outputs(path: Path) -> Iterator[Output]:
    """guerdon's own form; the texts of judges are marked, for their ties count ½ in the published figures."""
    return (output(row)._replace(official=_is_judge(row) or None) for row in stream(path))


def _is_judge(row: Row) -> bool:
    return not isinstance(row, Broken) and text_of(row) is not None


def _answer(answer: Any) -> Any:
    """The text of an answer that is kept with its model and its scores."""
    return answer.get("text", answer.get("answer")) if isinstance(answer, Mapping) else answer


def _goal(group: str) -> str:
    return group.partition("/")[0]


benchmark = Benchmark(
    name="rag-rewardbench",
    title="RAG-RewardBench: Benchmarking Reward Models in Retrieval Augmented Generation for Preference Alignment",
    url="https://huggingface.co/datasets/jinzhuoran/RAG-RewardBench",
    licence="not stated",
    about=__doc__,
    item=item,
    metrics=(Metric("accuracy", "How often the better answer is preferred; a tie counts ½.", pair_credit),),
    hub="jinzhuoran/RAG-RewardBench",
    files=("rag_rewardbench/*.parquet", "rag_rewardbench/*.jsonl"),
    groups=tuple(SIZES),
    official=Official(
        official,
        (
            "scores that tie count 0 here, ½ in ours",
            "a judge's text that cannot be read counts ½ here, 0 in ours (from memory)",
        ),
        Protocol(orders="drawn"),
    ),
    outputs=outputs,
    published=(
        Published(
            "RAG-RewardBench, %", "arXiv:2412.13746",
            ("model", "overall"),
            (("Skywork-Critic-Llama-3.1-70B", 78.3), ("INF-ORM-Llama3.1-70B", 76.6),
             ("Skywork-Reward-Gemma-2-27B-v0.2", 74.5), ("Self-taught-Evaluator-Llama3.1-70B", 72.3),
             ("GRM-Llama3.1-8B", 71.9), ("Llama-3.1-Nemotron-70B-Reward", 70.8), ("Gemini-1.5-Pro", 70.0),
             ("GPT-4o", 69.2), ("Qwen2.5-72B-Instruct", 68.1), ("Claude-3.5-Sonnet", 66.7), ("GPT-4o-mini", 59.5)),
        ),
    ),
)  # fmt: skip
