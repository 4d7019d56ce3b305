"""Contrast Instructions: does a reward follow the instruction, or only like the answer? (Shen et al. 2023)

Rows hold two like instructions and the answers to each. By the README the answer `_k` is the one people preferred; by
the data it is `_j`: in all 5,654 rows of the preferences that the sets were made from, `_j` has the higher score. So
`_j` is right here, and `contrast-instructions-k` is the same with `_k`. Rows with `first` and `second`, each a prompt
(and images) with its right `response`, are read too: `guerdon.bench.contrast` finds such pairs in one's own data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.contrast import metrics, quartet, table
from guerdon.bench.items import Item, Questions
from guerdon.metrics.contrast import contrast
from guerdon.sample import Row


def reader(right: str) -> Callable[[Row], Item]:
    """Reads rows of which the answer with this ending, "j" or "k", is the right one."""

    def item(row: Row) -> Item:
        if isinstance(row.get("first"), Mapping) and isinstance(row.get("second"), Mapping):
            return quartet(row["first"], row["second"], key=str(row.get("id") or ""))
        first = {"prompt": row["query"], "response": row[f"query_response_{right}"]}
        second = {"prompt": row["retrieval"], "response": row[f"retrieval_response_{right}"]}
        return quartet(first, second, key=str(row.get("id") or ""), group=str(row.get("file") or "all"))

    return item


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent of consistent combinations with ties counted as right, as the released code has it."""
    found = contrast(table(answers.values), ties=1.0)
    shares = {"C_res": found.response, "C_ins": found.instruction}
    return {name: 100 * float(np.nan_to_num(share[answers.answered]).mean()) for name, share in shares.items()}


def suite(name: str, right: str) -> Benchmark:
    """The benchmark under the assumption that answers with this ending are right."""
    return Benchmark(
        name=name,
        title=f"Contrast Instructions, answers _{right} right",
        url="https://github.com/shadowkiller33/Contrast-Instruction",
        licence="not stated",
        about=__doc__,
        item=reader(right),
        metrics=metrics(),
        files=("contrast_instruction/*_contrast.json", "contrast_instruction/*.json"),
        protocol=Protocol(across=True),
        official=Official(
            official, ("ties are right here, so a reward that ignores the instruction is perfect on C_ins",)
        ),
    )


benchmark = suite("contrast-instructions", "j")
