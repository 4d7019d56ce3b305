"""RMB, lists: whether the best answer to a conversation beats each of two to six others (Zhou et al. 2024).

The published figure counts a list only if the best beats every other one; ours gives those tied for best a share.
"""

from __future__ import annotations

from collections.abc import Mapping

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions
from guerdon.bench.suites._rmb import PUBLISHED, asked, by_goal
from guerdon.metrics.pairwise import pair_credit
from guerdon.metrics.selection import best_credit, one_vs_rest
from guerdon.sample import Row


def item(row: Row) -> Item:
    """A list of the published layout. Raises ValueError for one without losers."""
    if not row["loser_list"]:
        raise ValueError("no other answer")
    return asked(row, "bon_uid", (row["bon_best"], *row["loser_list"]))


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent by goal, over its lists: the best answer strictly above all others."""
    return by_goal(one_vs_rest(answers.values, questions.gold), questions, answers)


benchmark = Benchmark(
    name="rmb-bon",
    title="RMB: Comprehensively Benchmarking Reward Models in LLM Alignment, best of N",
    url="https://github.com/Zhou-Zoey/RMB-Reward-Model-Benchmark",
    licence="not stated; Apache-2.0 in the copy of RM-R1",
    about=__doc__,
    item=item,
    metrics=(
        Metric("best of n", "How often the best answer is best; tied for best, a share.", best_credit),
        Metric("pairs", "How often it beats one other answer; a tie counts ½.", pair_credit),
    ),
    files=("rmb/bon_*.json", "RMB_dataset/BoN_set/**/*.json"),
    official=Official(official, ("a tie for best is wrong here, a share in ours",)),
    published=(PUBLISHED,),
)
