"""What a model says of marked regions of an image, region by region.

The response and the column `answer` say "Region 1: …", "Region 2: …"; `answer` may also be a dict by number,
or the list of what regions 1, 2, … are. Regions are matched by number, so that one left out costs itself alone;
the sum over regions is divided by the number of regions that either side names, so that surplus ones cost too.
After Lin et al. 2024 (Draw-and-Understand), https://arxiv.org/abs/2403.20271.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.text import edit_similarity, words
from guerdon.parse.regions import regions as read_regions
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.where import MAX_COMPARED, compare, read_answer
from guerdon.sample import Row
from guerdon.scores import Score

Regions = dict[int, str]


@reward("regions.labels", range=(0, 1))
def labels(
    response: str, answer: Any, *, similarity: Literal["words", "exact"] = "words", within: str | None = None
) -> float | Score:
    """Mean over regions of how alike the two labels are: shared words / all words, or 1 for the same words, else 0.

    Case, punctuation, underscores and how often or in which order words come do not matter. A label without
    words is like none.

    >>> sample = {"response": "Region 1: Cat.", "answer": "Region 1: black_cat\\nRegion 2: dog"}
    >>> labels().one(sample).value  # (½ + 0) / 2
    0.25
    """
    alike = _same_words if similarity == "exact" else _shared_words
    return compare(read_answer(read_regions, response, within), true_regions(answer), _mean(alike))


@reward("regions.text", range=(0, 1))
def text(
    response: str, answer: Any, *, similarity: Literal["exact", "edit"] = "exact", within: str | None = None
) -> float | Score:
    """Mean over regions of whether the text read there is the true one, or of 1 − edit distance / longer length.

    The text is what stands in brackets, "Region 1: a sign (STOP)", else all of it. Case and outer space do not
    matter. Nothing read where nothing is written is 1.

    >>> sample = {"response": "Region 1: sign (Stop)\\nRegion 2: EXIL", "answer": ["STOP", "EXIT"]}
    >>> text().one(sample).value, text(similarity="edit").one(sample).value
    (0.5, 0.875)
    """
    alike = _same_text if similarity == "exact" else _near_text
    return compare(read_answer(read_regions, response, within), true_regions(answer), _mean(alike))


def true_regions(answer: Any) -> Parsed[Regions]:
    """The true regions of a row.

    >>> true_regions(["cat", "dog"]).value == true_regions({"1": "cat", "2": "dog"}).value
    True
    """
    if isinstance(answer, str):
        return read_regions(answer)
    pairs = answer.items() if isinstance(answer, Mapping) else enumerate(answer, 1)
    found = {int(number): str(said) for number, said in pairs}
    return Parsed(found) if found else malformed("no true regions")


def region_rows(rows: Iterable[Row]) -> list[Row]:
    """One row a true region, for a reward that compares two texts: `response`, `answer`, and `group`, its old row.

    A region that the response leaves out, or a response that names none, is an empty text.

    >>> region_rows([{"response": "Region 2: a dog", "answer": ["cat", "dog"]}])[1]
    {'response': 'a dog', 'answer': 'dog', 'group': 0}
    """
    return [
        {"response": (read_regions(str(row.get("response"))).value or {}).get(number, ""), "answer": said, "group": i}
        for i, row in enumerate(rows)
        for number, said in (true_regions(row.get("answer")).value or {}).items()
    ]


def _mean(alike: Callable[[str, str], float]) -> Callable[[Regions, Regions], float]:
    def score(found: Regions, true: Regions) -> float:
        total = sum(alike(found[number][:MAX_COMPARED], said) for number, said in true.items() if number in found)
        return total / len(found.keys() | true.keys())

    return score


def _shared_words(found: str, true: str) -> float:
    a, b = set(words(found)), set(words(true))
    return len(a & b) / len(a | b) if a and b else 0.0


def _same_words(found: str, true: str) -> float:
    return float(_shared_words(found, true) == 1.0)


def _same_text(found: str, true: str) -> float:
    return float(_written(found) == _written(true))


def _near_text(found: str, true: str) -> float:
    return edit_similarity(_written(found), _written(true))


def _written(said: str) -> str:
    """The text that is quoted in brackets, else all of it."""
    start, stop = said.find("("), said.rfind(")")
    return (said[start + 1 : stop] if 0 <= start < stop else said).strip().casefold()
