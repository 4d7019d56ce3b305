"""More ways to compare a text with references: characters, rare phrases, facts to be mentioned.

As `guerdon.rules.text`, which has BLEU, ROUGE-L, token F1 and edit distance. References are taken from the
column `answer`, one text or a list of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.captions import Frequencies, References, cider, cider_d, references, weighted
from guerdon.metrics.text import chrf as chrf_score
from guerdon.metrics.text import words
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import normalise
from guerdon.rules.held import Pair, TextReward
from guerdon.rules.where import bounded, compare, gold_texts, read_answer
from guerdon.scores import ContractError, Score

# Scripts that put no space between words: each of their characters is taken for a word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@reward("text.chrf", range=(0, 1))
def chrf(response: str, answer: Any, *, within: str | None = None) -> float | Score:
    """chrF2: F-score (β = 2) of character 1- to 6-grams without spaces; the best of several references.

    sacrebleu's; case counts. Kinder than BLEU to inflected forms and languages without spaces. A side
    without characters is 0. Popović 2015, https://aclanthology.org/W15-3049.

    >>> round(chrf().one({"response": "the cats sat", "answer": "the cat sat"}).value, 2)
    0.75
    """
    return compare(read_answer(bounded, response, within), gold_texts(answer, within), chrf_score)


@reward("checklist.mentioned", range=(0, 1))
def mentioned(response: str, facts: Any, *, within: str | None = None) -> float | Score:
    """Share of the column `facts` that the response mentions by their words; twice earns no more.

    A fact is a text, or a list of texts any one of which will do. It is mentioned where its words stand in a
    row in the response, compared without case, width, punctuation and English articles. That says nothing
    of whether it is affirmed or denied, for which `checklist.coverage` takes verdicts, and a response that
    names everything is not punished: put a length or precision term beside it. No facts is inapplicable.

    >>> sample = {"response": "A man in a red coat walks two dogs.", "facts": ["red coat", ["dog", "dogs"], "cat"]}
    >>> mentioned().one(sample).value == 2 / 3
    True
    """
    return compare(read_answer(bounded, response, within), _phrases(facts), _share_of)


@dataclass(frozen=True, eq=False, repr=False)
class Cider(TextReward):
    """CIDEr-D of the response against the references, 0–10: rare phrases of the corpus count for more.

    `known` are the document frequencies of a reference corpus (`guerdon.metrics.captions.frequencies`);
    words are lower-cased runs of letters and digits. `variant="cider"` leaves out the penalties on length and
    on repeating. A response without words is 0. Vedantam et al. 2015, https://arxiv.org/abs/1411.5726.

    >>> from guerdon.metrics.captions import frequencies
    >>> corpus = [["a red cat sleeps on a mat"], ["a brown dog runs in a park"], ["two men talk"]]
    >>> cider = Cider(frequencies([map(words, references) for references in corpus]))
    >>> round(cider.one({"response": "a red cat sleeps", "answer": corpus[0]}).value, 2)
    5.79
    """

    id = "text.cider"
    range = (0.0, 10.0)

    known: Frequencies
    _: KW_ONLY
    to: str = "answer"
    variant: Literal["cider_d", "cider"] = "cider_d"

    def __post_init__(self) -> None:
        if self.variant not in ("cider_d", "cider"):
            raise ContractError(f"{self.id}: variant={self.variant!r}: write cider_d or cider")

    def holding(self) -> dict[str, Any]:
        """Its variant, and the hash of its frequencies."""
        return {"variant": self.variant, "corpus": self._corpus}

    def values(self, pairs: Sequence[Pair]) -> list[float]:
        """References that several responses share are weighed once."""
        seen: dict[tuple[str, ...], References] = {}
        measure = cider_d if self.variant == "cider_d" else cider
        out = []
        for response, texts in pairs:
            key = tuple(texts)
            if key not in seen:
                seen[key] = references([words(text) for text in texts], self.known)
            out.append(measure(weighted(words(response), self.known), seen[key]))
        return out

    @cached_property
    def _corpus(self) -> str:
        lines = sorted(f"{count} {' '.join(ngram)}" for ngram, count in self.known.counts.items())
        return hashlib.sha256("\n".join((str(self.known.documents), *lines)).encode()).hexdigest()[:24]


def _phrases(facts: Any) -> Parsed[list[list[str]]]:
    """The facts as lists of phrases; phrases without words are left out, and so are facts without phrases."""
    if isinstance(facts, str) or not isinstance(facts, Sequence):
        return malformed("facts are a list")
    texts = [[fact] if isinstance(fact, str) else list(fact) for fact in facts]
    phrases = [[phrase for text in fact if (phrase := as_phrase(str(text))) != "  "] for fact in texts]
    kept = [fact for fact in phrases if fact]
    return Parsed(kept) if kept else malformed("no facts to look for")


def _share_of(text: str, facts: list[list[str]]) -> float:
    said = as_phrase(text)
    return sum(any(phrase in said for phrase in fact) for fact in facts) / len(facts)


def as_phrase(text: str) -> str:
    """The words of a text with a space on either side of each, so that a phrase in a text is a substring.

    >>> as_phrase("Red coat") in as_phrase("The man in a RED coat."), as_phrase("art") in as_phrase("party")
    (True, False)
    """
    return f" {' '.join(_UNSPACED.sub(lambda m: f' {m[0]} ', normalise(text)).split())} "
