"""Dr-LLaVA as published: its keyword classifiers and its reward, their mistakes included.

Keywords are looked for inside words: "no" in "normal", "mm" in "comma". `guerdon.systems.dr_llava` says what
to use instead. The official reward also meant to charge a difference in length, but raises there; that term
is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guerdon.leaf import reward
from guerdon.metrics.paths import path_score
from guerdon.scores import ContractError, Score

NO_MATCH = "no match"
NEAR = ("close to", "near", "close", "adjacent", "proximity", "vicinity", "proximate")
POOR = ("low", "poor", "insuffici", "inadequate", "subpar")
NEGATIONS = ("no ", "not", "devoid", "free", "absent", "absence")
INADEQUATE = (
    "inadequate", "impossible", "low-quality", "low quality", "unclear ", "unsuitable", "insufficient",
)  # fmt: skip


def quality(sentence: str) -> bool | str:
    """Whether the patch can be used; `NO_MATCH` if it does not say."""
    good = _has(sentence, ("effective", "appropriate", "suit", "apt ", "optimal"))
    if good and not _has(sentence, (" not ", " no ", " inadequate ", " unsuitable")):
        return True
    return False if _has(sentence, ("cannot", "not", "no", "inadequate", "unsuitable")) else NO_MATCH


def image(sentence: str) -> str:
    """ "adequate", "blood" or "clot"."""
    if _has(sentence, ("optimal", "advantageous", "suitable", "adequate", "well", "prime")) and _has(sentence, NEAR):
        return "adequate"
    if _has(sentence, ("blood", "rbc")):
        return "blood"
    hindered = _has(sentence, ("unsuit", "hinder", "less", "negative", "adverse")) and "particles" in sentence
    return "clot" if hindered and not _has(sentence, NEAR) else NO_MATCH


def pathology(sentence: str) -> str:
    """ "abnormal", "normal" or "inadequate"."""
    displayed = _has(sentence, ("medical", "illne")) and "display" in sentence
    if displayed or _has(sentence, ("malig", "cancer", " disorder")):
        return "abnormal"
    if _has(sentence, (" normal", "no abnormali")):
        return "normal"
    poor = "quality" in sentence and _has(sentence, POOR)
    return "inadequate" if poor or _has(sentence, INADEQUATE) else NO_MATCH


def detail(sentence: str) -> str:
    """ "plasma cells", "myeloblasts", "inadequate" or "no abnormality"."""
    if "plasma" in sentence:
        return "plasma cells"
    if "myeloblast" in sentence:
        return "myeloblasts"
    if "quality" in sentence and _has(sentence, POOR + NEGATIONS):
        return "inadequate"
    return "no abnormality" if _has(sentence, NEGATIONS) else NO_MATCH


def diagnosis(sentence: str) -> str:
    """ "normal", "MM", "AML", "inadequate" or "cancer"; the test for "quality" asks for any of its letters."""
    denied = "blood cancer" in sentence and _has(sentence, NEGATIONS) and " quality" not in sentence
    if denied or " healthy" in sentence:
        return "normal"
    if _has(sentence, ("multiple myeloma", "mm")):
        return "MM"
    if _has(sentence, ("acute myeloid leukemia", "aml")):
        return "AML"
    if _has(sentence, tuple("quality")) and _has(sentence, POOR + NEGATIONS):
        return "inadequate"
    return "cancer" if "blood cancer" in sentence else NO_MATCH


CLASSIFIERS: tuple[Callable[[str], bool | str], ...] = (quality, image, pathology, detail, diagnosis)
"""By category, 1 to 5."""
PATHS = (
    (True, "adequate", "normal", "no abnormality", "normal"),
    (True, "adequate", "abnormal", "myeloblasts", "AML"),
    (True, "adequate", "abnormal", "plasma cells", "MM"),
    (False, "blood", "inadequate", "inadequate", "inadequate"),
    (False, "clot", "inadequate", "inadequate", "inadequate"),
)


@reward("dr_llava.published", components=("correct", "consistent"))
def symbolic(turns: Sequence[str], answer: Sequence[str], categories: Sequence[int]) -> Score:
    """1 for each turn whose symbol is that of the true answer, also where neither has one, −0.5 for having none
    when it should; and 1 for each pair of turns, in the order listed, that some condition has. Raises
    ContractError for a category that is not 1 to 5."""
    if not set(categories) <= {1, 2, 3, 4, 5}:
        raise ContractError(f"dr-llava: categories {list(categories)} are not 1 to 5")
    found, true = (
        [CLASSIFIERS[category - 1](text.lower()) for category, text in zip(categories, texts, strict=True)]
        for texts in (turns, answer)
    )
    missed = sum(said == NO_MATCH != wanted for said, wanted in zip(found, true, strict=True))
    scored = path_score(found, true, PATHS, questions=[category - 1 for category in categories])
    correct = scored.correct - 0.5 * missed
    return Score(
        correct + scored.consistent,
        components={"correct": Score(correct), "consistent": Score(scored.consistent)},
    )


def _has(sentence: str, words: tuple[str, ...]) -> bool:
    return any(word in sentence for word in words)
