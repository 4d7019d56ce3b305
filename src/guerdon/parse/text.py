"""The same answer in different clothes: width, case, punctuation, articles, whitespace."""

from __future__ import annotations

import re

_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {
    ord(wide): narrow for wide, narrow in zip("\u3000\u00a0−–‘’“”、。【】", "  --''\"\",.[]", strict=True)
}

_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
# Signs, decimals, fractions and times keep theirs: "-5" is not "5".
_PUNCTUATION = re.compile(
    r"(?!(?<!\w)-\.?\d)(?!(?<=\d)[.,/:](?=\d))[!\"#&'()*,\-./:;?@\[\\\]_{}`…“”‘’—–·、。「」《》¿¡]"
)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b", re.IGNORECASE)
_DECLINES = re.compile(
    r"\b(?:cannot|can't|can not|could not|couldn't|unable to|not able to|impossible to)\s+(?:be\s+)?"
    r"(?:accurately\s+|really\s+|reliably\s+|definitively\s+)?"
    r"(?:answer|assist|choose|compare|decide|determine|evaluate|fulfil|fulfill|help|judge|pick|process|provide|rate|"
    r"say|score|see|select|tell)"
    r"|\b(?:do not|don't)\s+know\b|\bi\s+(?:refuse|decline)\b|\bas an ai\b"
    r"|\b(?:not|in)\s*(?:enough|sufficient)\s+information\b|无法|不知道",
    re.IGNORECASE,
)


def narrow(text: str) -> str:
    """Full-width letters, typographic quotes and minus signs as ASCII, one for one, so that spans hold.

    >>> narrow("（Ｂ）−5")
    '(B)-5'
    """
    return text if text.isascii() else text.translate(_NARROW)


def normalise(text: str, *, case: bool = True, punctuation: bool = True, articles: bool = True) -> str:
    """Text as answers are compared: NFKC, and without case, punctuation, articles and extra space.

    Symbols of maths stay, and so do the punctuation marks inside numbers.

    >>> normalise("The  T-shirt is RED!")
    't shirt is red'
    >>> normalise("-3.5%")
    '-3.5%'
    """
    if not text.isascii():
        from guerdon.metrics.characters import composed

        text = composed(text, "NFKC").replace("−", "-")
    if case:
        text = text.casefold()
    if punctuation:
        text = _PUNCTUATION.sub(" ", _APOSTROPHE.sub("", text))
    if articles:
        text = _ARTICLE.sub(" ", text)
    return " ".join(text.split())


def declines(text: str) -> bool:
    """Whether a writer says that no answer can be given ("I cannot determine", "not enough information")."""
    return _DECLINES.search(narrow(text)) is not None
