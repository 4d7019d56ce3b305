r"""Choices among lettered options.

For a single choice, the first of these that is present decides:

1. the whole text is a letter, whatever surrounds it: "B", "(b).", "**B**", "Option B";
2. the last explicit marker: "\boxed{B}", "the answer is B", "Answer: b", "I choose (B)", "选择B", "答案是B";
3. the last line is a letter;
4. a refusal ("none of the above", "I cannot tell") ends the search;
5. the text begins with a labelled option: "B) rabbit", "B. rabbit";
6. the last capital that stands alone, or small letter in parentheses;
7. the text of exactly one option, where the texts are given; a longer one hides those inside it.

A letter joined to another by "or", "and", "/" or a comma is undecided. "A" or "I" before a plain word is an
article or a pronoun ("A cat"), unless the word goes on about the choice ("A because …").
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from guerdon.geometry import Span
from guerdon.parse.policy import MAX_CHARS, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.text import declines, narrow, normalise
from guerdon.scores import Status

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = ALPHABET[:8]
REFUSED = "refused to choose"
UNDECIDED = "undecided"
"""How the reasons begin of texts that name no choice, or several."""

MAX_LISTED = 200
"""Words in which a list of letters is looked for."""
_WORD = re.compile(r"[A-Za-z]++|\w")
_SENTENCE = re.compile(r"[.!?]\s|\n")
_AND = ("and", "option", "options", "和")

_NONE = re.compile(r"\bnone of (?:the|these|them|those)\b|\bno correct (?:answer|option)\b|以上都不|都不对", re.I)
_ALONE = r"(?![A-Za-z0-9_'+#]|-\w)"
_PLAIN_WORD = (
    r"\s++(?!(?:and|as|because|but|fits|for|instead|is|or|since|was|which|with|would)\b)[^\W\d_]{2}"  # after an article
)
_ARTICLE = re.compile(_PLAIN_WORD)
_CHOICE = rf"{_ALONE}(?:(?<![AIai])|(?!{_PLAIN_WORD}))"
"""What follows a letter that is a choice."""
_START = r"(?<![A-Za-z0-9_'-])"
_IS_RIGHT = rf"{_ALONE}[)*_\"']*+\s++(?i:(?:is|would\ be)\s++(?:the\s++)?(?:correct|right|best|answer|most)\b)"
_NOT_WRONG = r"(?![)*_\"']*+\s++(?:is|are|was|were)(?:n't\b|\s++(?:not|wrong|incorrect|false)\b))"
_EDGE = r"[\W_]*+"
_FILL = (
    r"(?:[\s:=\"'`*_$(\[{\\<>]"
    r"|(?i:is|was|are|be|would|should|must|the|option|choice|answer|letter|boxed|text|mathrm|mathbf|textbf)\b){0,16}+"
)
_MARK = r"""
    \\boxed\b
  | (?i: \b(?:answer|option|choice|letter|response)s?\b (?:\s++(?:to|for)\b[^.\n:]{0,60}?)?
         [\s*_"']*+ (?: (?:is|was|are|(?:would|should|must)\ be)\b | [:=] ) )
  | (?i: (?<!not\s)(?<!n't\s) \b(?:choose|chose|pick|picked|select|selected|go\ with|went\ with|opt\ for)\b )
  | (?:答案|选项)[是为:] | 答案 | 选择 | 选
"""
_CLOSE = r"[)\]}\"'*$]*+(?:\.(?=\s*+(?:/|(?:or|and)\b)))?+"
_JOINT = r"(?:(?P<firm>[/&(\[]|\bor\b|\band\b|或|和)|[,;]|(?<=\s))\s*+(?:either\s|options?\s)?[(\[{\"'*$]*+"
_LOOSE_END = r"(?=[)\]}\"'*$]*+\s*+(?:\Z|[.;,)\n?!]|and\b|or\b|[(\[{\"'*$]*+[A-Z](?![\w'])))"
"""After a comma or a space, another letter is a rival only where no remark on it follows ("B, C is wrong")."""
_WINDOW = 32
"""Characters before a letter in which another may be joined to it."""


class _Patterns(NamedTuple):
    whole: re.Pattern[str]
    marked: re.Pattern[str]
    marked_list: re.Pattern[str]
    label: re.Pattern[str]
    lead: re.Pattern[str]
    lone: re.Pattern[str]
    after: re.Pattern[str]
    before: re.Pattern[str]


def choice(text: str, *, letters: str | None = None, options: Sequence[str] | None = None) -> Parsed[str]:
    """The letter chosen, in upper case, by the rules of this module.

    `letters` are the valid ones: by default as many as there are `options`, else A to H. The reason of a
    text that chooses none begins with `REFUSED`, that of one that names several with `UNDECIDED`.

    >>> choice("I thought of B, but the answer is (C).").value
    'C'
    >>> choice("A or B").reason
    'undecided: A, B'
    >>> choice("A cat", options=["dog", "cat"]).value
    'B'
    """
    valid = _valid(letters if letters is not None else ALPHABET[: len(options)] if options else LETTERS)
    if options and len(options) > len(valid):
        raise ValueError(f"{len(options)} options for the {len(valid)} letters {valid}")
    if len(text) > MAX_CHARS:
        return too_long(text)
    text, patterns = narrow(text), _patterns(valid)
    found, reason = _decide(text, patterns, options or ())
    if found is None:
        return malformed(reason) if reason else _by_text(text, valid, tuple(options or ()))
    place = Span(*found.span(found.lastindex or 0))
    letter = text[place.start].upper()
    rivals = _rivals(text, place, patterns) | {letter}
    return Parsed(letter, Status.OK, place) if len(rivals) == 1 else malformed(_undecided(rivals))


def choices(text: str, *, letters: str = LETTERS) -> Parsed[frozenset[str]]:
    """All letters chosen: "A,C", "A and C", "(A)(C)", "AC", "The answers are A, C.", or one labelled line each.

    Without a marker or labels, the whole text must be letters. "A or C" is undecided.

    >>> sorted(choices("Answer: A, C because …").value)
    ['A', 'C']
    """
    valid = _valid(letters)
    if len(text) > MAX_CHARS:
        return too_long(text)
    text, patterns = narrow(text), _patterns(valid)
    found = _listed(text, valid)
    if found.ok or found.reason.startswith(UNDECIDED):
        return found
    if mark := _last(patterns.marked_list.finditer(text)):
        return _listed_from(text, mark.start(mark.lastindex or 0), valid)
    lines = [line for line in text.splitlines() if line.strip()]
    labels = [label for line in lines if (label := patterns.label.match(line))]
    if labels and len(labels) == len(lines):
        return Parsed(frozenset(label[1] for label in labels), span=Span(0, len(text)))
    return malformed(REFUSED if _refuses(text) else found.reason)


def _decide(text: str, patterns: _Patterns, options: Sequence[str]) -> tuple[re.Match[str] | None, str]:
    if found := patterns.whole.fullmatch(text) or _last(patterns.marked.finditer(text)):
        return found, ""
    body = text.rstrip()
    if found := patterns.whole.fullmatch(body, body.rfind("\n") + 1):
        return found, ""
    if _refuses(text) and not any(map(_refuses, options)):
        return None, REFUSED
    labels = {label[1] for label in patterns.label.finditer(text)}
    if len(labels) > 1:
        return None, _undecided(labels)
    return patterns.lead.match(text) or _last(patterns.lone.finditer(text)), ""


def _rivals(text: str, place: Span, patterns: _Patterns) -> set[str]:
    before = text[max(0, place.start - _WINDOW) : place.start]
    joined = (patterns.after.match(text, place.stop), patterns.before.search(before))
    return {match["rival"].upper() for match in joined if match}


def _by_text(text: str, valid: str, options: tuple[str, ...]) -> Parsed[str]:
    pattern, places = _texts(options)
    named = {match[0] for match in pattern.finditer(normalise(text, articles=False))} if places else set()
    found = {valid[i] for name in named for i in places[name]}
    if len(found) == 1:
        return Parsed(found.pop(), Status.OK, Span(0, len(text)))
    return malformed(_undecided(found) if found else "no choice found")


def _listed(text: str, valid: str) -> Parsed[frozenset[str]]:
    """The letters of a text that holds nothing else."""
    found: set[str] = set()
    for n, word in enumerate(_WORD.finditer(text)):
        if n >= MAX_LISTED:
            return malformed(f"more than {MAX_LISTED} words")
        if word[0].lower() in ("or", "或"):
            return malformed(UNDECIDED)
        if _names(word[0], valid):
            found.update(word[0].upper())
        elif word[0].lower() not in _AND:
            return malformed("no list of choices found")
    return Parsed(frozenset(found), span=Span(0, len(text))) if found else malformed("no list of choices found")


def _listed_from(text: str, start: int, valid: str) -> Parsed[frozenset[str]]:
    """The letters that a text goes on with, up to another word or the end of the sentence."""
    found: set[str] = set()
    stop = start
    for word in islice(_WORD.finditer(text, start), MAX_LISTED):
        if found and _SENTENCE.search(text, stop, word.start()):
            break
        if word[0].lower() in ("or", "或"):
            return malformed(UNDECIDED)
        article = word[0] in "AIai" and _ARTICLE.match(text, word.end())
        if not article and _names(word[0], valid):
            found.update(word[0].upper())
            stop = word.end()
        elif word[0].lower() not in _AND:
            break
    return Parsed(frozenset(found), span=Span(start, stop))


def _names(word: str, valid: str) -> bool:
    """Whether a word is one letter, or several capitals in a row."""
    return set(word if len(word) > 1 else word.upper()) <= set(valid)


def _refuses(text: str) -> bool:
    return _NONE.search(text) is not None or declines(text)


def _undecided(letters: Iterable[str]) -> str:
    return f"{UNDECIDED}: {', '.join(sorted(letters))}"


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    tail = deque(matches, maxlen=1)
    return tail[0] if tail else None


@lru_cache(maxsize=64)
def _valid(letters: str) -> str:
    if not letters or len(set(letters)) < len(letters) or not set(letters) <= set(ALPHABET):
        raise ValueError(f"letters={letters!r}: write different capitals, A to Z")
    return letters


@lru_cache(maxsize=64)
def _patterns(valid: str) -> _Patterns:
    upper, both = f"[{valid}]", f"[{valid}{valid.lower()}]"
    rival = f"[{valid}{valid.lower().replace('a', '')}]"
    return _Patterns(
        whole=re.compile(rf"{_EDGE}(?:(?i:option|choice|answer|letter)\b{_EDGE})?({both}){_EDGE}"),
        marked=re.compile(rf"(?:{_MARK}){_FILL}(?<![A-Za-z0-9])({both}){_CHOICE}|{_START}({upper}){_IS_RIGHT}", re.X),
        marked_list=re.compile(rf"(?:{_MARK}){_FILL}(?<![A-Za-z0-9])({upper}++|{both}){_CHOICE}", re.X),
        label=re.compile(rf"^[ \t*_(\[-]*+({upper})[)\].:](?=[\s*_])", re.MULTILINE),
        lead=re.compile(rf"{_EDGE}(?:({upper})(?:[)\]}}*.:,]|\s+[-–]\s)|({both})[)\]])"),
        lone=re.compile(rf"{_START}(?<!not\s)(?:({upper}){_CHOICE}|(?<=\()({both})(?=\))){_NOT_WRONG}"),
        after=re.compile(rf"{_CLOSE}\s*+{_JOINT}(?P<rival>{rival}){_ALONE}(?(firm)|{_LOOSE_END})"),
        before=re.compile(rf"{_START}(?P<rival>{rival}){_CLOSE}\s*+{_JOINT}\Z"),
    )


@lru_cache(maxsize=256)
def _texts(options: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, list[int]]]:
    """A pattern of the options' texts, longest first, and which options each of them is."""
    places: dict[str, list[int]] = {}
    for i, option in enumerate(options):
        if name := normalise(option, articles=False):
            places.setdefault(name, []).append(i)
    # Chinese and Japanese have no spaces, so only a letter of another script marks the edge of a word.
    edged = [
        (r"(?<!\w)" if name[0].isascii() else "") + re.escape(name) + (r"(?!\w)" if name[-1].isascii() else "")
        for name in sorted(places, key=len, reverse=True)
    ]
    return re.compile("|".join(edged)), places
