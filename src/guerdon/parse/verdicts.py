"""What judges decide: which answer is better, and how good one is.

Forms are tried from the most explicit to the least and only the first kind that occurs counts, so that
the analysis before a verdict does not outvote it: the whole reply, [[…]], a JSON key, "final verdict: …",
a sentence, the last line. Under the default `which="only"` all finds of that kind must agree. A reply that
cannot be read is UNREAD, one that declines to judge ABSTAINED; neither is ever a tie or a middle score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeVar

from guerdon.geometry import Span
from guerdon.parse.jsons import salvage
from guerdon.parse.policy import MAX_CHARS, Which, check_which, too_long
from guerdon.parse.result import Parsed
from guerdon.parse.text import declines, narrow
from guerdon.scores import Status

TIE = "tie"

V = TypeVar("V")
_Find = tuple[V, Span]

_WINNER_KEYS = ("winner", "verdict", "preferred", "preference", "better", "choice", "judgment", "judgement", "answer")
_SCORE_KEYS = ("overall_score", "final_score", "overall", "score", "rating", "grade")

_OPEN = r"[\s*_\"'`<(\[#]{0,16}+"
_CLOSE = r"[\s*_\"'`>)\].!,]*+"
_QUOTE = r"[\"'(\[*]{0,6}+"
_IS = r"[\s*_\"'`]{0,16}+(?:is|:|=)(?:\s?:)?[\s*_\"'`<(\[:]{0,16}+(?:that\s++)?"
_THING = r"(?:answer|response|assistant|model|image|video|option|candidate|output|caption|completion)s?"
_NOUN = rf"(?:the\s++)?(?:{_THING}\s*+#?)?"
_DEGREE = r"(?:a\s(?:bit|little)|clearly|far|much|marginally|overall|significantly|slightly|somewhat|strongly|the)"
_VERY = rf"(?:{_DEGREE}\s++){{0,3}}"
_EQUAL = (
    r"(?:tie[ds]?\b|draw\b|equal\b|equally\s++good\b|neither\b[^.\n]{0,40}?\bbetter\b"
    r"|(?:both|(?:the\s++)?two)\b[^.\n]{0,40}?\b(?:equal(?:ly)?|the\ssame|similar(?:ly)?|tied)\b)"
)
_BEST = r"(?:better|best|superior|preferable|preferred|stronger|winner)"
_LOSES = r"(?:is|was)\s++(?:not\b|(?:\w++\s++)?(?:worse|inferior|weaker)\b)"
_DECISION = (
    r"verdict|judge?ment|decision|winner|preference|choice|conclusion|answer"
    rf"|{_BEST}\s++(?:{_THING}|one)"
)
_HENCE = r"therefore|thus|hence|overall|in\s(?:conclusion|summary)"
_TIED = rf"(?:\b(?:a|it(?:'s|\sis)(?:\sa)?)\s++(?:tie|draw)\b|\b{_EQUAL})"


def verdict(text: str, *, names: tuple[str, ...] = ("A", "B"), which: Which = "only") -> Parsed[str]:
    """The name of the better answer, or `TIE`.

    Read are "[[A]]" ("[[C]]" is a tie between A and B), "[[A>>B]]", {"winner": "A"}, "Final verdict: A",
    "Answer A is slightly better", "I prefer response A", and a reply or last line that is just "A".

    >>> verdict("Overall Judgment: Answer 2 is better.", names=("1", "2")).value
    '2'
    >>> verdict("[[A]] … no, [[B]]")
    Parsed(value=None, status=<Status.UNREAD: 4>, span=None, reason='conflicting verdicts: A, B')
    """
    check_which(which)
    forms = _verdict_forms(names)
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    text = narrow(text)
    kinds = (
        _whole(text, forms),
        _named(((m[1], Span(*m.span())) for m in _DOUBLE.finditer(text)), forms),
        _named(_json_values(text, _WINNER_KEYS), forms),
        _named(_groups(forms.marked, text), forms),
        _sentences(text, forms),
        _named(_last_line(text), forms),
    )
    return _settle(kinds, which, "verdict", text)


def rating(text: str, *, low: float, high: float, which: Which = "only", key: str | None = None) -> Parsed[float]:
    """A score from `low` to `high`; one outside, or out of another total ("7/10" where high=5), is UNREAD.

    Read are a reply that is just a number, "[[8]]", {"score": 8}, "Final score: 8/10", "Rating: 8",
    "8 out of 10" and a last line that is just a number. `key` names one of several aspects: then only
    what is labelled so counts.

    >>> rating("Clear, but slow. **Rating:** 7/10", low=1, high=10).value
    7.0
    >>> rating("perception score: 1\\naction score: 0", low=0, high=1, key="action").value
    0.0
    """
    check_which(which)
    if not low < high:
        raise ValueError(f"low={low} must be less than high={high}")
    forms = _rating_forms(key)
    if len(text) > MAX_CHARS:
        return too_long(text, Status.UNREAD)
    text = narrow(text)
    keys = _SCORE_KEYS if key is None else (key.lower(),)
    kinds: list[Iterable[_Find[str]]] = [_json_values(text, keys), *(_groups(form, text) for form in forms)]
    if key is None:
        whole = [(text, Span(0, len(text)))]
        brackets = ((m[1], Span(*m.span())) for m in _DOUBLE.finditer(text))
        kinds = [whole, brackets, *kinds, _groups(_OUT_OF, text), _last_line(text)]
    found = _settle((_scores(kind, high) for kind in kinds), which, "score", text)
    if found.value is not None and not low <= found.value <= high:
        return _unread(f"the score {found.value:g} is not between {low:g} and {high:g}")
    return found


def _settle(kinds: Iterable[Iterable[_Find[V | None]]], which: Which, what: str, text: str) -> Parsed[V]:
    """The result of the first kind with any finds; a find of None is one that could not be read."""
    for finds in kinds:
        chosen: _Find[V | None] | None = None
        distinct: dict[V | None, None] = {}
        for find in finds:
            chosen = chosen if chosen and which == "first" else find
            distinct[find[0]] = None
        if which == "only" and len(distinct) > 1:
            return _unread(f"conflicting {what}s: {', '.join(str(value) for value in list(distinct)[:10])}")
        if chosen and chosen[0] is None:
            return _unread(f"{text[chosen[1].start : chosen[1].stop][:40]!r} is on another scale")
        if chosen:
            return Parsed(chosen[0], Status.OK, chosen[1])
    if declines(text):
        return Parsed(None, Status.ABSTAINED, None, "the judge declines")
    return _unread(f"no {what} found")


def _unread(reason: str) -> Parsed[V]:
    return Parsed(None, Status.UNREAD, None, reason)


_DOUBLE = re.compile(r"\[\[([^\[\]]{1,40})\]\]")


def _groups(pattern: re.Pattern[str], text: str) -> Iterator[_Find[str]]:
    return ((match["it"], Span(*match.span())) for match in pattern.finditer(text))


def _last_line(text: str) -> Iterator[_Find[str]]:
    body = text.rstrip()
    start = body.rfind("\n") + 1
    yield body[start:], Span(start, len(body))


def _json_values(text: str, keys: tuple[str, ...]) -> Iterator[_Find[str]]:
    read = salvage(text, lenient=True) if "{" in text else None
    for item in (read.value or []) if read else []:
        fields = {name.lower(): value for name, value in item.items()}
        value = next((fields[key] for key in keys if isinstance(fields.get(key), (str, int, float))), None)
        if value is not None and read and read.span:
            yield str(value), read.span


class _VerdictForms(NamedTuple):
    names: tuple[str, ...]
    label: re.Pattern[str]
    marked: re.Pattern[str]
    sentence: re.Pattern[str]


@lru_cache(maxsize=64)
def _verdict_forms(names: tuple[str, ...]) -> _VerdictForms:
    folded = {name.lower() for name in names}
    if len(names) < 2 or len(folded) < len(names) or TIE in folded or not all(re.fullmatch(r"\w+", n) for n in names):
        raise ValueError(f"names={names!r}: write two or more different words")
    name = rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)"
    any_case = rf"(?i:{name})"
    return _VerdictForms(
        names,
        label=re.compile(
            rf"{_OPEN}(?i:{_NOUN}){_OPEN}(?:(?P<one>{any_case})\+{{0,2}}"
            rf"|(?P<left>{any_case})\s*(?P<sign>[<>]{{1,3}}|=)\s*(?P<right>{any_case})"
            rf"|(?i:(?P<tie>{_EQUAL}|(?:a|it\sis\sa)\s(?:tie|draw)))){_CLOSE}(?:(?i:is\s{_BEST}){_CLOSE})?"
        ),
        marked=re.compile(
            rf"(?:(?P<firm>(?i:\b(?:{_DECISION})\b{_IS}))|(?i:\b(?:{_HENCE})\b[\s*_,:]*+))(?i:{_NOUN}){_QUOTE}"
            rf"(?P<it>{name}(?(firm)(?!\s++(?i:{_LOSES}))|(?=[*\s]++(?i:(?:is|was|seems)\s++{_VERY}{_BEST}|wins)\b))"
            rf"|(?i:(?:a\s++)?{_EQUAL}))"
        ),
        sentence=re.compile(
            rf"(?i:{_NOUN}){_QUOTE}(?P<one>{name})[*\"')\]]{{0,6}}+\s++(?:(?i:is|was|seems|performs|does)\s++(?:{_VERY})"
            rf"(?:{_BEST}|(?P<worse>worse|inferior|weaker))\b|(?i:wins)\b)"
            rf"|(?i:(?<!not\s)(?<!n't\s)\b(?:prefer|choose|favou?r|pick|select)\s++{_NOUN}){_QUOTE}(?P<chosen>{name})"
            rf"|(?P<tie>(?i:{_TIED}))"
        ),
    )


def _named(finds: Iterable[_Find[str]], forms: _VerdictForms) -> Iterator[_Find[str]]:
    """The finds that are verdicts, by name."""
    for written, span in finds:
        if value := _name(written, forms):
            yield value, span


def _whole(text: str, forms: _VerdictForms) -> Iterator[_Find[str]]:
    return _named([(text, Span(0, len(text)))], forms)


def _name(written: str, forms: _VerdictForms) -> str | None:
    found = forms.label.fullmatch(written)
    if found is None:
        return TIE if forms.names == ("A", "B") and written.strip() in ("C", "c") else None
    if found["tie"] or found["sign"] == "=":
        return TIE
    winner = found["one"] or (found["left"] if ">" in found["sign"] else found["right"])
    return next(name for name in forms.names if name.lower() == winner.lower())


def _sentences(text: str, forms: _VerdictForms) -> Iterator[_Find[str]]:
    for found in forms.sentence.finditer(text):
        span = Span(*found.span())
        if found["tie"]:
            yield TIE, span
        elif found["worse"] and len(forms.names) == 2:
            yield forms.names[1 - forms.names.index(found["one"])], span
        elif not found["worse"]:
            yield found["one"] or found["chosen"], span


_NUM = r"[-+]?[0-9]{1,9}(?:\.[0-9]{1,9})?(?![0-9]|\.[0-9]|\s?[-–]\s?[0-9])"
_TOTAL = rf"(?:\s*+(?:/|out\s++of)\s*+{_NUM}|\s?%)?"
_SCORE = re.compile(
    rf"{_OPEN}(?P<value>{_NUM})(?:\s*+(?:/|out\s++of)\s*+(?P<total>{_NUM})|(?P<percent>\s?%))?{_CLOSE}", re.IGNORECASE
)
_OUT_OF = re.compile(rf"(?<![\w./])(?P<it>{_NUM}\s*+(?:/|out\s++of)\s*+{_NUM})", re.IGNORECASE)


@lru_cache(maxsize=64)
def _rating_forms(key: str | None) -> tuple[re.Pattern[str], ...]:
    noun = r"(?:score|rating|grade)"
    general = (rf"(?:overall|final|total)\s++{noun}|overall", noun)
    words = general if key is None else (rf"{re.escape(key)}(?:\s++{noun})?",)
    after = rf"\b[\s*_\"'`]*+(?:\([^()\n]{{0,40}}+\)[\s*_\"'`]*+)?(?:is\b|of\b|:|=)?+{_OPEN}(?P<it>{_NUM}{_TOTAL})"
    return tuple(re.compile(rf"(?<!\w)(?:{word}){after}", re.IGNORECASE) for word in words)


def _scores(finds: Iterable[_Find[str]], high: float) -> Iterator[_Find[float | None]]:
    for written, span in finds:
        if found := _SCORE.fullmatch(written):
            total = 100.0 if found["percent"] else float(found["total"] or high)
            yield (float(found["value"]) if total == high else None), span
