"""Verdicts that a judge has written into a column, read with care: a reply that is none is no score."""

from __future__ import annotations

from guerdon.leaf import reward
from guerdon.parse.ratings import ratings
from guerdon.parse.result import Parsed
from guerdon.parse.verdicts import rating as read_rating
from guerdon.scores import ContractError, Score


@reward("judged.relative", range=(0, None), components=("reference", "candidate"))
def relative(verdict: str, swapped: str | None = None, *, low: float = 1, high: float = 10) -> Score:
    """The candidate's score over the reference's, as a judge gave them: low/high to high/low, 1 where they are equal.

    `verdict` is the judge's reply to the reference answer followed by the candidate's, two scores on its first
    line; `swapped` that to the other order, where it was asked. With both, scores are means over the orders, so
    that a judge who favours a place favours nobody. A reply that cannot be read is UNREAD, one that declines
    ABSTAINED, and neither counts as a score. Over many rows the usual figure is the ratio of the components'
    means: Liu et al. 2023 (LLaVA), https://arxiv.org/abs/2304.08485.

    >>> relative().one({"verdict": "8 6\\nThe second leaves out the hat."}).value
    0.75
    >>> relative().one({"verdict": "9 6", "swapped": "8 7"}).value  # the reference 9 and 7, the candidate 6 and 8
    0.875
    """
    if not 0 < low < high:
        raise ContractError(f"judged.relative: 0 < low < high, not low={low}, high={high}")
    given = ratings(verdict, low=low, high=high)
    back = given if swapped is None else _reversed(ratings(swapped, low=low, high=high))
    if given.value is None or back.value is None:
        unread = given if given.value is None else back
        return Score(None, unread.status, unread.reason)
    reference, candidate = ((a + b) / 2 for a, b in zip(given.value, back.value, strict=True))
    return Score(candidate / reference, components={"reference": Score(reference), "candidate": Score(candidate)})


@reward("judged.rating", range=(0, 1))
def rating(verdict: str, *, low: float = 0, high: float = 10) -> float | Score:
    """The one score in a judge's reply, from `low` to `high`, scaled to 0–1.

    Read as `guerdon.parse.rating` does. A reply that cannot be read, or a score outside, is UNREAD.

    >>> rating().one({"verdict": "All objects are there, one floats. Score: 7"}).value
    0.7
    """
    read = read_rating(verdict, low=low, high=high)
    return Score(None, read.status, read.reason) if read.value is None else (read.value - low) / (high - low)


def _reversed(read: Parsed[tuple[float, ...]]) -> Parsed[tuple[float, ...]]:
    return read if read.value is None else Parsed(read.value[::-1])
