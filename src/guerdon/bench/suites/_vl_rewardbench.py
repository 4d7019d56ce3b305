"""VL-RewardBench as its script counts: which texts are verdicts, how votes are cast, and which group an id is of.

Three maps from ids to groups are in circulation. Only the first is right, and only figures of all items are the same
under each, so a published mean of groups says little unless it says how large its groups were.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

import numpy as np

from guerdon.scores import NAN

Label = Literal["agree", "reject", "doesntMatch", "other"]
GROUPS = ("general", "hallucination", "reasoning")
DATASETS = {
    "RLAIF": "rlaif-v", "RLHF": "rlhf-v", "hallucination": "povid", "mathverse": "reasoning_tasks",
    "mmmu": "reasoning_tasks", "wildvision": "wildvision-battle",
}  # fmt: skip
"""Of an id, by what stands before its first _ or -; all others are of vlfeedback."""
_REASONING = {"reasoning_tasks": "reasoning"}
MAPS: dict[str, dict[str, str]] = {
    "": {"povid": "hallucination", "rlaif-v": "hallucination", "rlhf-v": "hallucination"} | _REASONING,
    "UnifiedReward-Think": {"rlaif-v": "hallucination", "rlhf-v": "hallucination"} | _REASONING,
    "R1-Reward": {"povid": "hallucination"} | _REASONING,
}
"""The official map since its fix (183, 749 and 318 items); a copy from before it (631, 301, 318); and one that looks
for prefixes in lower case (484, 448, 318). What none of them names is general."""
VOTES = (1, 3, 5, 7, 9)
SEED = 1234

_KEY = re.compile(r"Overall Judgment|Therefore", re.IGNORECASE)
_VERDICT = re.compile(r"Answer\s*+(\d++)\s*+is\s*+(?:the\s*+)?(?:slightly\s*+)?better", re.IGNORECASE)
_DIGITS = 9
"""A longer number is no answer's."""


class Ballot(NamedTuple):
    """What several verdicts on one item came to."""

    labels: Mapping[int, Label]
    """By the number of votes."""
    first: float
    """Share of the verdicts that could be read which prefer the answer shown first; NaN without any."""
    unread: float
    """Share of the verdicts that could not be read."""


def dataset(id: str) -> str:
    """The data set that an item is from.

    >>> dataset("RLAIF-V-0"), dataset("mathverse_2"), dataset("rlaif-1")
    ('rlaif-v', 'reasoning_tasks', 'vlfeedback')
    """
    return DATASETS.get(id.replace("-", "_").partition("_")[0], "vlfeedback")


def group(id: str, map: str = "") -> str:
    """The group of an item under one of `MAPS`.

    >>> group("RLAIF-V-0"), group("RLAIF-V-0", "R1-Reward")
    ('hallucination', 'general')
    """
    return MAPS[map].get(dataset(id), "general")


def label(text: str, better: int) -> Label:
    """Whether a text prefers the answer that is shown as number `better`, 1 or 2.

    Line breaks and stars are deleted; then the last "Answer N is better" (with "the" or "slightly", nothing else)
    after the first "Overall Judgment" or "Therefore" counts. Whatever is not the worse answer's number agrees.

    >>> label("Overall Judgment: Answer 1 is better.", 1), label("Overall Judgment: Answer 3 is better.", 1)
    ('agree', 'agree')
    >>> label("Overall Judgment: Answer 1 is much better.", 1)
    'doesntMatch'
    """
    plain = text.replace("\n", "").replace("*", "")
    key = _KEY.search(plain)
    said = [found[1] for found in _VERDICT.finditer(plain, key.end())] if key else []
    if not said:
        return "doesntMatch"
    return "reject" if len(said[-1]) <= _DIGITS and int(said[-1]) == 3 - better else "agree"


def majority(labels: Sequence[Label]) -> Label:
    """The label that more than half of the votes are for, else "other".

    >>> majority(["agree", "agree", "reject"]), majority(["agree", "reject"])
    ('agree', 'other')
    """
    most, n = Counter(labels).most_common(1)[0]
    return most if 2 * n > len(labels) else "other"


def cast(verdicts: Sequence[tuple[Hashable, Label]]) -> dict[Hashable, dict[int, Label]]:
    """The label of each item by the number of votes: the first so many of its verdicts, shuffled as the script does.

    It goes through `VOTES` with one random state, swapping each place with any other.
    """
    rng, found = Random(SEED), dict[Hashable, dict[int, Label]]()
    last = len(verdicts) - 1
    for k in VOTES:
        order = list(verdicts)
        for i in range(len(order)):
            j = rng.randint(0, last)
            order[i], order[j] = order[j], order[i]
        first: dict[Hashable, list[Label]] = {}
        for item, said in order:
            first.setdefault(item, []).append(said)
        for item, votes in first.items():
            found.setdefault(item, {})[k] = majority(votes[:k])
    return found


def percentages(groups: Iterable[str], labels: Iterable[Label | None]) -> dict[str, float]:
    """Percent that agree among those that agree or reject: of each group, of all, and the mean of groups.

    What matched no pattern, or has no majority, is left out. NaN where nothing is left.
    """
    said = Counter(zip(groups, labels, strict=True))
    agree = np.array([said[name, "agree"] for name in GROUPS], dtype=np.float64)
    counted = agree + [said[name, "reject"] for name in GROUPS]
    shares = 100 * np.divide(agree, counted, out=np.full(len(GROUPS), NAN), where=counted > 0)
    overall = 100 * float(agree.sum() / counted.sum()) if counted.any() else NAN
    return dict(zip(GROUPS, shares.tolist(), strict=True)) | {"overall": overall, "macro": float(shares.mean())}
