"""What the two halves of RMB share: pairs, and lists with one best answer (Zhou et al. 2024).

Its score is the mean of four figures, helpfulness and harmlessness of either half, each over items.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import FILE
from guerdon.bench.items import Item, Questions, digest
from guerdon.bench.published import Published
from guerdon.bench.suites._means import by_group
from guerdon.load import as_messages
from guerdon.sample import Row, Sample
from guerdon.scores import Floats

GOALS = ("Helpfulness", "Harmlessness")
PUBLISHED = Published(
    "RMB, %", "results in the repository of RM-R1, arXiv:2505.02387",
    ("model", "helpful pairs", "harmless pairs", "helpful lists", "harmless lists", "mean"),
    (("RM-R1-Qwen2.5-Instruct-32B", 80.2, 80.6, 65.1, 66.2, 73.0),),
)  # fmt: skip


def asked(row: Row, key: str, answers: Sequence[Mapping[str, Any]]) -> Item:
    """The answers to a conversation, the best one first. Raises ValueError for a row without a conversation."""
    turns = as_messages(row["conversation_input"])
    if turns is None:
        raise ValueError("no conversation")
    samples = tuple(Sample(turns, str(one["answer"]), model=one.get("llm_name")) for one in answers)
    gold = (1.0,) + (0.0,) * (len(answers) - 1)
    return Item(str(row[key]), samples, gold, group(row), digest(json.dumps(turns, sort_keys=True)))


def group(row: Row) -> str:
    """Goal and category of a row, else its file's name.

    >>> group({"category_path": "BoN_set/Helpfulness/Chat/Discussion"}), group({"file": "S1"})
    ('Helpfulness/Chat', 'S1')
    """
    parts = str(row.get("category_path") or "").split("/")
    return "/".join(parts[1:3]) if len(parts) > 2 else str(row.get(FILE) or "all")


def by_goal(credit: Floats, questions: Questions, answers: Answers) -> dict[str, float]:
    """Percent over the items of each goal, and the mean of both where both are there."""
    found = {name: 100 * mean for name, mean in by_group(credit, questions, answers, _goal).items() if name in GOALS}
    return found | ({"mean": sum(found.values()) / 2} if len(found) == 2 else {})


def _goal(group: str) -> str:
    return group.partition("/")[0]
