"""Twenty rewards of every kind, and six rows that make each of them do what it does. Importable by other processes."""

from __future__ import annotations

import asyncio
from typing import Any

from guerdon import Fine, Reward, Score, clip, from_spec, group_normalise, reward, route


@reward("table.later", range=(0, 1))
async def later(response: str) -> float:
    """An async rule."""
    await asyncio.sleep(0)
    return len(response) % 7 / 7


@reward("table.judge", range=(0, 1))
async def judge(prompt: str, response: str, mood: str) -> Score:
    """Judge-like: a rationale, and every way not to answer."""
    await asyncio.sleep(0)
    if mood == "fail":
        raise ConnectionError("the judge is away")
    if mood in ("abstained", "unread"):
        return getattr(Score, mood)("said the judge")  # type: ignore[no-any-return]
    return Score(len(prompt) % 5 / 5, rationale=f"because of {response}")


@reward("table.fragile", range=(0, 1))
def fragile(mood: str) -> float:
    """Fails on some rows."""
    if mood == "fail":
        raise RuntimeError("in a mood")
    return 0.25


@reward("table.broken", range=(0, 1))
def broken(response: str) -> float:
    """Fails on every row."""
    raise OSError("no model here")


@reward("table.shy", range=(0, 1))
def shy(mood: str) -> Score | float:
    """Abstains on some rows."""
    return Score.abstained("rather not") if mood == "abstained" else 0.5


@reward("table.absent", range=(0, 1))
def absent(mood: str) -> float | None:
    """Does not apply to some rows."""
    return None if mood == "none" else 1.0


@reward("table.picky", range=(-1, 1))
def picky(response: str) -> Score | float:
    """Cannot read some responses."""
    return Score.malformed("no digit") if not any(c.isdigit() for c in response) else 1.0


@reward("table.parts", range=(0, 2), components=("half", "whole"))
def parts(response: str) -> Score:
    """A vector of two."""
    return Score(1.5, components={"half": 0.5, "whole": float(len(response))})  # type: ignore[dict-item]


@reward("table.words", range=(0, None), grain="segment", reduce="mean")
def words(response: str) -> Fine:
    """Finer than the response."""
    return Fine((1.0, 3.0), ((0, 1), (1, max(2, len(response)))))


@reward("table.bulk", range=(0, None), batched=True)
def bulk(response: list[str]) -> list[float]:
    """Takes columns."""
    return [float(len(text)) for text in response]


@reward("table.rarest", range=(0, 1), over="group")
def rarest(response: list[str]) -> list[float]:
    """Sees the group."""
    return [1 - response.count(one) / len(response) for one in response]


@reward("table.short", range=(0, 1), binary=True)
def short(response: str) -> float:
    """A condition."""
    return float(len(response) < 30)


EXACT, TAGS, IOU = (from_spec(spec) for spec in ("answer.exact", "format.tags(tags='answer')", "boxes.iou"))
REWARDS: dict[str, Reward] = {
    "rule": EXACT,
    "format": TAGS,
    "boxes": IOU,
    "sum": 0.9 * EXACT + 0.1 * TAGS,
    "product and constant": EXACT * TAGS + 1.0,
    "gate": short() >> EXACT,
    "route": route({"even": EXACT, "odd": TAGS}, by="kind"),
    "clipped": clip(3.0 * TAGS, 0.0, 2.0),
    "async": later(),
    "async in a sum": 0.5 * later() + 0.5 * TAGS,
    "judge": judge(),
    "failing": fragile(),
    "failing part": 0.5 * fragile() + 0.5 * TAGS,
    "abstaining": shy(),
    "inapplicable": absent(),
    "malformed": picky(),
    "floored": fragile().otherwise(-2.0, on=("FAILED",)),
    "vector": parts(),
    "segments": words(),
    "batched": bulk().named("bulk"),
    "group": rarest(),
    "group normalised": group_normalise(TAGS + later()),
}

MOODS = ("ok", "fail", "abstained", "unread", "none", "ok")
ROWS: list[dict[str, Any]] = [
    {
        "prompt": "Where is it?" if i < 3 else "And the other?",
        "response": f"<answer>{text}</answer>" if i % 2 else text,
        "answer": "4" if i < 3 else "cat",
        "boxes": [[0, 0, 10, 10]],
        "kind": "odd" if i % 2 else "even",
        "mood": MOODS[i],
        "group": int(i >= 3),
    }
    for i, text in enumerate(("4", "four", "[0, 0, 5, 10]", "cat", "cat", "a dog, or so it seems to me"))
]
