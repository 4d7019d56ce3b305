"""Lettering compared in the characters that people see: for text read off pictures, in any script.

A unit is an extended grapheme cluster (Unicode Standard Annex 29): a Hangul syllable however it is encoded,
an Arabic letter with its vowel marks, a letter with its accents, an emoji of several code points. Edit distances
on code points charge for one of them several times.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence
from typing import Literal

import regex
from rapidfuzz.distance import Levenshtein

Form = Literal["NFC", "NFKC"]
"""How Unicode composes characters; NFKC also takes other forms of a letter (full width, joined, raised) for it."""

_CLUSTER = regex.compile(r"\X")
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_NO_SPACE = regex.compile(rf"(?<={_UNSPACED}) | (?={_UNSPACED})")
_UNSEEN = regex.compile(r"[\p{Bidi_Control}\uFEFF\u00AD\u200B]++")
"""Marks that steer the direction of writing and the breaking of lines, which engines add as they like."""
_PILED = regex.compile(r"(\p{M}{30})\p{M}++")
"""More marks than any writing puts on a letter; putting them in order takes the square of their number."""


def composed(text: str, form: Form = "NFC") -> str:
    """A Unicode normal form, in linear time: of marks piled on one letter the first thirty are kept."""
    return text if text.isascii() else unicodedata.normalize(form, _PILED.sub(r"\1", text))


def graphemes(text: str) -> list[str]:
    """The grapheme clusters of a text.

    >>> len(graphemes("각")), len(graphemes("\\u1100\\u1161\\u11a8")), graphemes("e\\u0301a") == ["e\\u0301", "a"]
    (1, 1, True)
    """
    return list(text) if text.isascii() and "\r" not in text else _CLUSTER.findall(text)


def tidy(text: str, *, form: Form = "NFC", case: bool = True) -> str:
    """Text as lettering is compared: composed, runs of white space as one space, none at the ends.

    Scripts that are written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have none beside them,
    since readers put them where they like. Unseen marks are left out, and so is what is piled on a letter beyond
    30 accents. `case=False` folds case.

    >>> tidy("  Hello \\n world "), tidy("你 好 world"), tidy("ＡＢ", form="NFKC", case=False)
    ('Hello world', '你好world', 'ab')
    """
    if not text.isascii():
        text = composed(_UNSEEN.sub("", text), form)
    if not case:
        text = unicodedata.normalize(form, text.casefold())
    spaced = " ".join(text.split())
    return spaced if spaced.isascii() else _NO_SPACE.sub("", spaced)


def error_rate(found: Sequence[Hashable], true: Sequence[Hashable]) -> float:
    """Levenshtein distance / number of true units, from 0 on; for no true units, the number found.

    Of graphemes it is the character error rate (CER), of words the word error rate (WER).

    >>> error_rate("Helo wrld", "Hello world") == 2 / 11, error_rate("a b b".split(), "a b".split())
    (True, 0.5)
    """
    return int(Levenshtein.distance(found, true)) / max(len(true), 1)


def accuracy(found: Sequence[Hashable], true: Sequence[Hashable]) -> float:
    """1 − `error_rate`, at least 0: 1 for the same units, and for none where there are none.

    >>> accuracy(graphemes("cafe"), graphemes("cafe\\u0301"))  # one of four letters is wrong
    0.75
    """
    return max(0.0, 1.0 - error_rate(found, true))


def matches(found: Sequence[Hashable], true: Sequence[Hashable]) -> list[int | None]:
    """For each true unit, the place of the unit that was found for it in one best alignment; None if it was not.

    >>> matches("Helo", "Hello")
    [0, 1, 2, None, 3]
    """
    places: list[int | None] = [None] * len(true)
    for step in Levenshtein.opcodes(found, true):
        if step.tag == "equal":
            places[step.dest_start : step.dest_end] = range(step.src_start, step.src_end)
    return places


def lines_accuracy(found: Sequence[Sequence[Hashable]], true: Sequence[Sequence[Hashable]]) -> float:
    """`accuracy` of lines in reading order, averaged by their lengths, 0–1.

    Each true line is paired with at most one found line, in order, for the greatest sum. Units of a found line
    that is not paired count as well, and are all wrong, so that more lines never pay. Nothing found where
    nothing is true is 1.

    >>> lines_accuracy(["AB", "CDEF"], ["AB", "XX", "CDEF"])  # 2 and 4 of 8 letters
    0.75
    >>> lines_accuracy(["AB", "junk"], ["AB"])  # 2 of 6
    0.3333333333333333
    """
    true = [line for line in true if len(line)]
    # best[j] = most points, and fewest units in found lines left over, with all lines so far and j found ones
    best = [(0.0, sum(map(len, found[:j]))) for j in range(len(found) + 1)]
    for line in true:
        before, best = best, best[:1]
        for j, other in enumerate(found):
            paired = before[j][0] + len(line) * accuracy(other, line), before[j][1]
            skipped = best[j][0], best[j][1] + len(other)
            best.append(max(paired, skipped, before[j + 1], key=lambda x: (x[0], -x[1])))
    points, surplus = best[-1]
    total = sum(map(len, true)) + surplus
    return points / total if total else 1.0
