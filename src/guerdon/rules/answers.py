"""Short answers checked against the true one in the column `answer`.

All take `within`, the tag that holds the answer ("answer"; None for the whole response), and `which`
of several counts: the default refuses more than one. An answer that cannot be read is malformed, and a
true answer that cannot be read makes the row inapplicable.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.text import indel_ratio
from guerdon.parse.choices import LETTERS
from guerdon.parse.choices import choice as read_choice
from guerdon.parse.choices import choices as read_choices
from guerdon.parse.numbers import number
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed
from guerdon.parse.text import normalise
from guerdon.parse.yesno import yes_no as read_yes_no
from guerdon.rules.units import comparable
from guerdon.rules.where import answer_text, bounded, compare, gold_text, gold_texts, read_answer
from guerdon.scores import Score


@reward("answer.exact", range=(0, 1), binary=True)
def exact(
    response: str, answer: Any, *, within: str | None = "answer", which: Which = "only", normalised: bool = True
) -> float | Score:
    """1 if the answer is the true one, or one of them where `answer` is a list; else 0.

    `normalised` ignores case, width, punctuation outside numbers, English articles and extra space;
    without it only space around the answer is ignored.

    >>> exact().one({"response": "<answer>The Eiffel tower.</answer>", "answer": "eiffel tower"}).value
    1.0
    """
    clean = _clean if normalised else str.strip
    found = answer_text(response, within, which)
    return compare(found, gold_texts(answer, within), lambda p, gold: float(clean(p) in map(clean, gold)))


@reward("answer.fuzzy", range=(0, 1))
def fuzzy(
    response: str, answer: Any, *, within: str | None = "answer", which: Which = "only", normalised: bool = True
) -> float | Score:
    """Levenshtein ratio with the nearest true answer: 1 − (insertions + deletions) / (sum of both lengths).

    `normalised` as for `answer.exact`. Two empty answers are 1.

    >>> fuzzy().one({"response": "<answer>color</answer>", "answer": "colour"}).value == 1 - 1 / 11
    True
    """
    clean = _clean if normalised else str.strip
    found = read_answer(bounded, response, within, which)
    return compare(
        found, gold_texts(answer, within), lambda p, gold: max(indel_ratio(clean(p), clean(g)) for g in gold)
    )


@reward("answer.numeric", range=(0, 1), binary=True)
def numeric(
    response: str,
    answer: Any,
    *,
    within: str | None = "answer",
    which: Which = "only",
    relative: float = 0.0,
    absolute: float = 0.0,
) -> float | Score:
    """1 if the number p is the true one g: |p − g| ≤ max(relative·|g|, absolute); else 0.

    Compared exactly, not as floats. Units are converted ("1.5 km" is "1500 m"), different kinds of
    quantity are never equal, a unit only one side has is ignored, and "50%" equals both 50 and 0.5.
    `relative=0.05` is the relaxed accuracy of chart questions: Masry et al. 2022, https://arxiv.org/abs/2203.10244.

    >>> numeric().one({"response": "<answer>1.5 km</answer>", "answer": "1,500 m"}).value
    1.0
    """
    found = read_answer(partial(number, which=which), response, within, which)
    gold = number(gold_text(answer, within), which="only")
    near, floor = Fraction(relative), Fraction(absolute)
    return compare(
        found, gold, lambda p, g: float(any(abs(a - b) <= max(near * abs(b), floor) for a, b in comparable(p, g)))
    )


@reward("answer.yes_no", range=(0, 1), binary=True)
def yes_no(
    response: str,
    answer: Any,
    *,
    within: str | None = "answer",
    which: Which = "only",
    words: Sequence[str] = ("yes", "no"),
) -> float | Score:
    """1 if the answer says the true one of two words; else 0. Saying neither or both is malformed.

    `answer` is one of the words, or a truth value.

    >>> yes_no().one({"response": "<answer>No, it is not.</answer>", "answer": "no"}).value
    1.0
    """
    say = partial(read_yes_no, words=(words[0], words[1]))
    gold = Parsed(answer) if isinstance(answer, bool) else say(gold_text(answer, within))
    return compare(read_answer(say, response, within, which), gold, _equal)


@reward("answer.choice", range=(0, 1), binary=True)
def choice(
    response: str,
    answer: Any,
    options: Sequence[str] | None = None,
    *,
    within: str | None = "answer",
    which: Which = "only",
    letters: str | None = None,
) -> float | Score:
    """1 if the answer chooses the true option; else 0. Refusing and choosing two are malformed.

    Options go by letters: those of `letters`, else as many as the column `options` has texts, else A to
    H. With `options`, both the answer and the true one may be an option's text.

    >>> choice().one({"response": "<answer>(B) a rabbit</answer>", "answer": "B"}).value
    1.0
    """
    pick = partial(read_choice, letters=letters, options=options)
    return compare(read_answer(pick, response, within, which), pick(gold_text(answer, within)), _equal)


@reward("answer.choices", range=(0, 1))
def choices(
    response: str,
    answer: Any,
    *,
    within: str | None = "answer",
    which: Which = "only",
    letters: str = LETTERS,
    credit: Literal["exact", "subset"] = "exact",
) -> float | Score:
    """1 if the chosen letters are the true ones. With credit="subset", right ones / true ones if none is wrong.

    Anything wrong among them is 0 either way, so naming all of them never pays. The true letters are a
    text such as "A,C" or a list.

    >>> sample = {"response": "<answer>A</answer>", "answer": "A,B"}
    >>> choices().one(sample).value, choices(credit="subset").one(sample).value
    (0.0, 0.5)
    """
    pick = partial(read_choices, letters=letters)
    true = gold_texts(answer, within)
    gold = pick(",".join(true.value)) if true.value is not None else Parsed[frozenset[str]](None, true.status)
    found = read_answer(pick, response, within, which)
    return compare(found, gold, _subset if credit == "subset" else _equal)


def _clean(text: str) -> str:
    # "A" must not become nothing, or nothing would be a right answer.
    return normalise(text) or normalise(text, articles=False) or text.strip()


def _equal(a: object, b: object) -> float:
    return float(a == b)


def _subset(found: frozenset[str], gold: frozenset[str]) -> float:
    return len(found) / len(gold) if found <= gold else 0.0
