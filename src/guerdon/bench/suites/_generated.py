"""Pairs of pictures or videos made from one prompt, on which people may call a tie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.items import ALL, Item, Questions
from guerdon.metrics.pairwise import tie_calibrated, without_ties
from guerdon.sample import Sample
from guerdon.scores import NAN, Floats


def pair(
    key: str,
    prompt: str,
    media: tuple[Any, Any],
    lead: float,
    *,
    kind: str,
    aspect: str = ALL,
    facts: Mapping[str, Any] | None = None,
) -> Item:
    """An item of two samples that differ in the column `kind`; a positive lead prefers the first, 0 is a tie.

    Items of one prompt share a cluster. An aspect is the item's group, and a column of its samples. Raises
    ValueError where a medium is missing.
    """
    if any(medium is None for medium in media):
        raise ValueError(f"a {kind} is not in the data")
    columns = {} if aspect == ALL else {"aspect": aspect}
    samples = tuple(Sample(prompt, **{kind: medium}, **columns) for medium in media)
    return Item(key, samples, (float(lead > 0), float(lead < 0)), aspect, prompt, facts or {})


def place(medium: Any) -> str:
    """Where a medium lies, as its data has it."""
    return str(getattr(getattr(medium, "content", medium), "place", medium))


def human(questions: Questions) -> Floats:
    """[n], 1 where people prefer the first of two, −1 the second, 0 where they call a tie."""
    return np.asarray(np.sign(questions.gold[:, 0] - questions.gold[:, 1]))


def gaps(answers: Answers) -> Floats:
    """[n], by how much the first of two is valued more."""
    return np.asarray(answers.values[:, 0] - answers.values[:, 1])


def said(answers: Answers) -> Floats:
    """[n], 1, −1 or 0 as the published scripts read a judge's text, else as values say; NaN where nothing is said."""
    by_value = np.sign(gaps(answers))
    if answers.official is None:
        return by_value
    first = np.array([np.nan if text is None else text for text in answers.official], dtype=np.float64)
    there = np.array([text is not None for text in answers.official])
    return np.where(there, np.nan_to_num(2.0 * first - 1.0), by_value)


def swept(questions: Questions, answers: Answers, mine: Any = slice(None)) -> tuple[float, float]:
    """Percent with and without ties of VideoAlign's script, of those of some items that were read; NaN for none.

    Without ties, a tie of the reward is wrong.
    """
    so, gap = human(questions)[mine], gaps(answers)[mine]
    if np.isnan(gap).all():
        return NAN, NAN
    right = without_ties(so, gap)
    decided = right[~np.isnan(right)]
    without = 100 * float(decided.mean()) if len(decided) else NAN
    return 100 * tie_calibrated(so, gap, sweep="one_by_one").accuracy, without
