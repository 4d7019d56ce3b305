"""Answers over several turns: each right, and all of them true together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from guerdon.leaf import reward
from guerdon.metrics.paths import path_score
from guerdon.parse.result import Parsed
from guerdon.parse.symbols import Phrases, symbol
from guerdon.scores import ContractError, Score


@reward("consistency.path", components=("correct", "consistent"))
def path(
    turns: Sequence[str],
    answer: Sequence[str],
    slots: Sequence[str] | None = None,
    *,
    symbols: Mapping[str, Phrases],
    paths: Sequence[Sequence[str]],
    consistency: float = 1.0,
    unread: float = -0.5,
    joint: bool = True,
) -> Score:
    """Points for turns: 1 for each right answer, and `consistency` for each pair of neighbours that fit together.

    `symbols` says what can be answered in each slot and in which words (`guerdon.parse.symbols`), slots in
    their order; `paths` lists the answers, slot by slot, that are true together. Turns and the column `answer`
    are texts for the column `slots`, for all slots in order where there is none; pairs are neighbours in the
    order of the slots, whatever that of the turns. A turn that says nothing, two things, or is missing costs
    `unread`. With `joint` a pair counts only where both answers are right: else a consistent story earns
    points for being wrong. From unread × n to n + consistency × (n − 1) for n turns. Sun et al. 2024
    (Dr-LLaVA), https://arxiv.org/abs/2405.19567, whose reward is not joint.

    >>> symbols = {"looks": {"ill": ["sick"], "well": ["fine"]}, "has": {"flu": ["flu"], "nothing": ["not flu"]}}
    >>> reward = path(symbols=symbols, paths=[["ill", "flu"], ["well", "nothing"]])
    >>> reward.one({"turns": ["They look sick.", "It is the flu."], "answer": ["sick", "flu"]}).value  # 2 right, 1 pair
    3.0
    >>> reward.one({"turns": ["They look fine.", "It is no flu."], "answer": ["sick", "flu"]}).value
    0.0
    """
    asked = list(symbols) if slots is None else list(slots)
    places = {slot: place for place, slot in enumerate(symbols)}
    if not set(asked) <= set(places) or any(len(p) != len(places) for p in paths):
        raise ContractError(f"consistency.path: slots {asked} among {list(places)}, and paths of one answer a slot")
    if not asked or len(answer) != len(asked):
        return Score.inapplicable(f"{len(answer)} true answers to {len(asked)} questions")
    true = [_stated(text, slot, symbols) for text, slot in zip(answer, asked, strict=True)]
    for read, slot in zip(true, asked, strict=True):
        if read.value is None:
            return Score.inapplicable(f"the true answer to {slot!r} cannot be read: {read.reason}")
    said = [*turns[: len(asked)], *[""] * (len(asked) - len(turns))]
    found = [symbol(text, symbols[slot]).value for slot, text in zip(asked, said, strict=True)]
    order = sorted(range(len(asked)), key=lambda i: places[asked[i]])
    scored = path_score(
        [found[i] for i in order],
        [true[i].value for i in order],
        paths,
        questions=[places[asked[i]] for i in order],
        unread=unread,
        joint=joint,
    )
    value = scored.correct + consistency * scored.consistent
    return Score(value, components={"correct": Score(scored.correct), "consistent": Score(scored.consistent)})


def _stated(text: str, slot: str, symbols: Mapping[str, Phrases]) -> Parsed[str]:
    return _remembered(text, tuple([(name, tuple(listed)) for name, listed in symbols[slot].items()]))


@lru_cache(maxsize=4096)
def _remembered(text: str, phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> Parsed[str]:
    return symbol(text, dict(phrases))
