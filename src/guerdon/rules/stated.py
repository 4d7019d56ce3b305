"""Whether a short answer gives a true one, in whatever words around it: containment that cannot be gamed."""

from __future__ import annotations

from typing import Any

from guerdon.leaf import reward
from guerdon.parse.choices import ALPHABET, choice
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.stated import stated
from guerdon.parse.yesno import yes_no
from guerdon.rules.where import bounded, gold_texts, read_answer
from guerdon.scores import Score

MAX_GOLDS = 100


@reward("answer.states", range=(0, 1), binary=True)
def states(response: str, answer: Any, *, within: str | None = "answer", which: Which = "only") -> float | Score:
    """1 if the answer gives the true one, or one of them where `answer` is a list; else 0.

    It may stand in a sentence of a dozen words, as whole words: see `guerdon.parse.stated`, which takes no hedge, no
    list, no denial and no long text, all of which plain containment pays; what is named in passing ("a cat next to a
    dog") it cannot tell. A true answer of one letter is read as a choice, and yes or no as `answer.yes_no` reads it.
    An empty true answer, which every text contains, is none: if all are empty the row is inapplicable.

    >>> sample = {"answer": ["dog", "puppy"]}
    >>> [states(within=None).one({**sample, "response": text}).value for text in ("It is a dog.", "a hot-dog")]
    [1.0, 0.0]
    >>> states(within=None).one({**sample, "response": "a cat or a dog"}).reason
    'undecided'
    """
    given = _readings(response, answer, within, which)
    return given if isinstance(given, Score) else _credit(given, 1.0 if any(one.value for one in given) else 0.0)


@reward("answer.first_stated", range=(0, 1))
def first_stated(response: str, answer: Any, *, within: str | None = "answer", which: Which = "only") -> float | Score:
    """1 / place of the first of the true answers, best first, that the answer gives; 0 if it gives none.

    `answer.states` says what giving one is. Its mean is the mean reciprocal rank of LVLM-eHub: Xu et al. 2023,
    https://arxiv.org/abs/2306.09265.

    >>> first_stated(within=None).one({"response": "a car", "answer": ["red car", "car"]}).value
    0.5
    """
    given = _readings(response, answer, within, which)
    if isinstance(given, Score):
        return given
    return _credit(given, next((1 / place for place, one in enumerate(given, 1) if one.value), 0.0))


def gives(text: str, true: str) -> Parsed[bool]:
    """Whether a text gives a true answer; an empty one is never given.

    >>> gives("The answer is (A).", "A").value, gives("A cat.", "A").value, gives("Yes, a cat.", "yes").value
    (True, None, True)
    """
    name = true.strip().lower()
    if not any(map(str.isalnum, name)):
        return Parsed(False)
    if name in ("yes", "no"):
        said = yes_no(text)
        return said if said.value is None else Parsed(said.value == (name == "yes"))
    if len(name) == 1 and name.upper() in ALPHABET:
        chosen = choice(text, letters=ALPHABET)
        return malformed(chosen.reason) if chosen.value is None else Parsed(chosen.value == name.upper())
    return stated(text, true)


def _readings(response: str, answer: Any, within: str | None, which: Which) -> list[Parsed[bool]] | Score:
    """Whether the answer gives each true one, or why that cannot be asked."""
    said, true = read_answer(bounded, response, within, which), gold_texts(answer, within).value or []
    if said.value is None:
        return Score.malformed(said.reason)
    if not any(c.isalnum() for text in true for c in text) or len(true) > MAX_GOLDS:
        return Score.inapplicable(f"{len(true)} true answers: from 1 to {MAX_GOLDS} are compared, one not empty")
    return [gives(said.value, text) for text in true]


def _credit(given: list[Parsed[bool]], value: float) -> float | Score:
    """The value; nothing given is malformed where the answer could not be read."""
    unread = next((one.reason for one in given if one.value is None), "")
    return Score.malformed(unread) if unread and not value else value
