"""What the two parts of GenAI-Bench share: votes between a left and a right picture or video."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isnan

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, digest
from guerdon.bench.suites import _generated as generated
from guerdon.bench.suites._graded import calibrated, decided
from guerdon.sample import Row

VOTES = {"both": 0.0, "tie": 0.0, "left": 1.0, "right": -1.0}
"""What a vote's name has in it, looked for in this order, and how far the left one leads."""

METRICS = (
    Metric("accuracy", "How often the better one is preferred, where people decided; a tie counts ½.", decided),
    Metric(
        "with ties", "Ties and both bad included, at the threshold for ties that is best on these pairs.",
        figure=calibrated(), with_unread=True,
    ),
)  # fmt: skip
DIFFERS = (
    "acc: UnifiedReward counts ties and both bad as pairs that are always answered wrongly",
    "acc w/o tie: a tie of the reward is wrong there, ½ in ours; a judge's sentence counts wherever it stands in its "
    "text, in its thoughts too, and of both sentences the one on the first",
    "MJ-Video acc: ties are right where both values are above 0, both bad where neither is; pairs people decided "
    "by the greater value",
    "VideoAlign: pairs of equal gap become ties one after another, so no threshold may reach its figure",
)


def item(row: Row, kind: str) -> Item:
    """A row with its vote. Raises ValueError for a vote that is none of the four."""
    vote = str(row["vote_type"])
    name = next((name for name in VOTES if name in vote), None)
    if name is None:
        raise ValueError(f"a vote nobody foresaw: {vote!r:.40}")
    media = (_side(row, "left", kind), _side(row, "right", kind))
    prompt = str(row["prompt"])
    key = row.get("id")
    if key is None:
        key = digest(prompt, *(str(row.get(f"{side}_model")) for side in ("left", "right")))
    return generated.pair(str(key), prompt, media, VOTES[name], kind=kind, facts={"vote": name})


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Percent as three papers count; see `DIFFERS`."""
    votes = np.array([facts["vote"] for facts in questions.facts])
    so, says = generated.human(questions), generated.said(answers)
    known = answers.answered
    right = known & (so == says) & (so != 0)
    both = np.where(votes == "tie", (answers.values > 0).all(axis=1), (answers.values <= 0).all(axis=1))
    with_ties, without = generated.swept(questions, answers)
    found = {
        "acc": 100 * right.sum() / max(1, known.sum()),
        "acc w/o tie": 100 * right.sum() / max(1, (known & (so != 0)).sum()),
        "VideoAlign with ties": with_ties,
        "VideoAlign without ties": without,
    }
    if answers.official is None:  # verdicts have no zero between good and bad
        found["MJ-Video acc"] = 100 * np.where(so != 0, right, known & both).sum() / max(1, known.sum())
    return {name: float(value) for name, value in found.items() if not isnan(value)}


def _side(row: Row, side: str, kind: str) -> object:
    return next((row[name] for name in (f"{side}_{kind}", f"{kind}_{side}") if row.get(name) is not None), None)


image, video = partial(item, kind="image"), partial(item, kind="video")
