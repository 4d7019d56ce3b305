"""RMB, pairs: which of two answers to a conversation is better, by goal and category (Zhou et al. 2024)."""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.suites._rmb import PUBLISHED, asked, by_goal
from guerdon.metrics.pairwise import pair_credit
from guerdon.sample import Row


def item(row: Row) -> Item:
    """A pair of the published layout."""
    return asked(row, "pair_uid", (row["chosen"], row["reject"]))


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent by goal, over its pairs; a tie is wrong."""
    return by_goal(pair_credit(answers.values, questions.gold, ties=0.0), questions, answers)


benchmark = Benchmark(
    name="rmb-pairwise",
    title="RMB: Comprehensively Benchmarking Reward Models in LLM Alignment, pairs",
    url="https://github.com/Zhou-Zoey/RMB-Reward-Model-Benchmark",
    licence="not stated; Apache-2.0 in the copy of RM-R1",
    about=__doc__,
    item=item,
    metrics=(Metric("accuracy", "How often the better answer is preferred; a tie counts ½.", pair_credit),),
    files=("rmb/pairwise_*.json", "RMB_dataset/Pairwise_set/**/*.json"),
    official=Official(official, ("ties are wrong here, ½ in ours",)),
    published=(PUBLISHED,),
)
