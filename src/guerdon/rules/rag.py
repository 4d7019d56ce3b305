"""Answers to questions with retrieved passages: whether they cite what supports them, and abstain where nothing does.

A citation is the number of a passage in brackets, [1] for the first of the column `documents`, which are texts or
mappings with `title` and `text` (or `contents`, `content`). A statement is a sentence with the citations in it or
right behind it. Which of conflicting sources an answer follows, `answer.contains` tells, with their claims as options.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from guerdon.leaf import reward
from guerdon.parse.segments import sentences
from guerdon.parse.text import declines, normalise
from guerdon.rules.references import as_phrase
from guerdon.rules.where import bounded
from guerdon.scores import Score

FIELDS = ("title", "text", "contents", "content")
REMEMBERED = 4096
"""Passages whose words are kept: the answers of a group share theirs."""
_ONE = r"\[\s*+[0-9]{1,4}(?:\s*+,\s*+[0-9]{1,4})*+\s*+\]"
_CITED, _LEADING, _CLOSE_BEHIND = re.compile(_ONE), re.compile(rf"(?:{_ONE}\s*+)*+"), re.compile(r"(?<=[.!?])(?=\[)")
_NUMBER = re.compile(r"[0-9]+")
_SMALL = frozenset(
    """a an and are as at be by for from had has have he her his in into is it its of on or she so such that the their
    them there these they this those to was were which who will with""".split()  # noqa: SIM905
)
"""Words that say nothing of whether a passage has it."""
_MUST = re.compile(r"[^0-9]*+[0-9].*+|no|not|never|none|cannot|without")
_WORD = re.compile(r"\w")


class Statement(NamedTuple):
    """A sentence without its citations."""

    text: str
    cited: frozenset[int]
    """Numbers of passages, from 1; there may be no such passage."""


@reward("rag.citations", range=(0, 1), components=("precision", "recall"))
def citations(response: str, documents: Any, *, share: float = 0.6) -> Score:
    """F1 of the share of statements that their citations support, and of the share of citations that are needed.

    Passages support a statement if they have at least `share` of its words, small words aside, and all its numbers and
    negations. A citation is needed where its statement is supported, and the passage supports it alone or the other
    cited ones do not; one of a passage that does not exist never is. So neither citing everything nor citing once
    pays. It reads words, not meaning: a passage's words turned around are supported, and a good paraphrase may not
    be; and it does not ask whether the question is answered. A response without statements is malformed, and without
    passages the reward does not apply. After Gao et al. 2023 (ALCE), https://arxiv.org/abs/2305.14627, who ask an
    entailment model.

    >>> row = {"documents": ["Kel is a mountain of 4312 m.", "The Ro is a river of 90 km."]}
    >>> citations().one({**row, "response": "Kel is a mountain of 4312 m [1]. The Ro is 90 km [1]."}).value
    0.5
    """
    passages = _texts(documents)
    read = _statements(response)
    if not passages:
        return Score.inapplicable("no documents")
    if not read:
        return Score.malformed("no statements")
    supported = needed = 0
    for statement in read:
        words = frozenset(normalise(statement.text).split()) - _SMALL
        found = {k: words & _words(passages[k - 1]) for k in statement.cited if 0 < k <= len(passages)}
        if found and _supports(words, found.values(), share):
            supported += 1
            needed += sum(_needs(k, words, found, share) for k in found)
    cited = sum(len(statement.cited) for statement in read)
    precision, recall = needed / cited if cited else 0.0, supported / len(read)
    value = 2 * precision * recall / (precision + recall) if needed else 0.0
    return Score(value, components={"precision": Score(precision), "recall": Score(recall)})


@reward("rag.cited", range=(0, 1))
def cited(response: str, documents: Any) -> float | Score:
    """Share of the statements that cite a passage that exists, whether it supports them or not.

    Small beside `rag.citations`, it leads a policy to cite at all. Without statements a response is malformed.

    >>> cited().one({"response": "Kel is high [1]. The Ro is long.", "documents": ["Kel is 4312 m high."]}).value
    0.5
    """
    passages = _texts(documents)
    read = _statements(response)
    if not passages:
        return Score.inapplicable("no documents")
    if not read:
        return Score.malformed("no statements")
    return sum(any(0 < k <= len(passages) for k in statement.cited) for statement in read) / len(read)


@reward("rag.abstain", range=(0, 1), binary=True)
def abstain(response: str, documents: Any, answer: Any) -> float | Score:
    """1 if the response abstains exactly where no passage has the answer, else 0.

    A passage has it where the words of `answer`, or of one of several, stand in it in a row, without case and
    punctuation. Abstaining is saying that no answer can be given, in the usual forms of words, without giving that
    answer all the same. Whether an answer that is given is right, another reward has to say. An empty response
    does not abstain. Without an answer, or passages, it does not apply.

    >>> row = {"answer": "4312 m", "response": "The passages do not say; I cannot answer."}
    >>> abstain().one({**row, "documents": ["Kel is 4312 m high."]}).value
    0.0
    >>> abstain().one({**row, "documents": ["The Ro is 90 km long."]}).value
    1.0
    """
    passages = _texts(documents)
    answers = [answer] if isinstance(answer, (str, int, float)) else list(answer)
    phrases = [phrase for one in answers if (phrase := as_phrase(str(one))).strip()]
    if not passages or not phrases:
        return Score.inapplicable("no documents" if phrases else "no answer to look for")
    if not bounded(response).ok:
        return Score.malformed(bounded(response).reason)
    there = any(phrase in _phrased(passage) for passage in passages for phrase in phrases)
    abstains = declines(response) and not any(phrase in as_phrase(response) for phrase in phrases)
    return float(abstains != there)


def _texts(documents: Any) -> list[str]:
    """The passages as texts. Raises ValueError for anything but a list of texts and mappings."""
    if isinstance(documents, str) or not isinstance(documents, Sequence):
        raise ValueError(f"documents are a list, not {type(documents).__name__}")
    return [_text(document) for document in documents]


def _text(document: Any) -> str:
    if isinstance(document, Mapping):
        return "\n".join(str(document[name]) for name in FIELDS if document.get(name))
    if not isinstance(document, str):
        raise ValueError(f"a document is a text or a mapping, not {type(document).__name__}")
    return document


def _statements(response: str) -> list[Statement]:
    """The sentences that say something; citations behind the end of one belong to it. None of a text too long."""
    response = _CLOSE_BEHIND.sub(" ", response)
    found: list[Statement] = []
    for span in sentences(response).value or ():
        text = response[span.start : span.stop]
        behind = _LEADING.match(text)
        if found and behind and behind[0]:
            last = found[-1]
            found[-1] = Statement(last.text, last.cited | _numbers(behind[0]))
            text = text[behind.end() :]
        said = _CITED.sub(" ", text)
        if _WORD.search(said):
            found.append(Statement(said, _numbers(text) if len(said) < len(text) else frozenset()))
    return found


def _numbers(text: str) -> frozenset[int]:
    """The numbers cited in a text."""
    return frozenset(int(number) for one in _CITED.findall(text) for number in _NUMBER.findall(one))


@lru_cache(maxsize=REMEMBERED)
def _words(passage: str) -> frozenset[str]:
    return frozenset(normalise(passage).split())


@lru_cache(maxsize=REMEMBERED)
def _phrased(passage: str) -> str:
    return as_phrase(passage)


def _supports(words: frozenset[str], found: Iterable[frozenset[str]], share: float) -> bool:
    """Whether passages have enough of a statement's words, of which each is known to have those in `found`."""
    missing = words.difference(*found)
    return bool(words) and len(missing) <= (1 - share) * len(words) and not any(map(_MUST.fullmatch, missing))


def _needs(k: int, words: frozenset[str], found: Mapping[int, frozenset[str]], share: float) -> bool:
    """Whether a passage supports a statement alone, or the other cited ones do not."""
    alone = _supports(words, [found[k]], share)
    return alone or not _supports(words, [each for i, each in found.items() if i != k], share)
