"""Short answers in one form, as the VQA benchmark compares them."""

from __future__ import annotations

import re

_MARKS = ';/[]"{}()=+\\_-><@`,?!'
_THOUSANDS = re.compile(r"\d,\d")
_PERIOD = re.compile(r"\.(?!\d)")
ARTICLES = {"a", "an", "the"}
NUMBER_WORDS = "zero one two three four five six seven eight nine ten"
NUMBERS = {word: str(n) for n, word in enumerate(NUMBER_WORDS.split())}
NUMBERS["none"] = "0"
_FORMS = """
    ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've
    he's how'd how'll how's isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't not've
    o'clock oughtn't 'ow's'at shan't she'd've should've shouldn't shouldn't've somebody'd've somebody'll somebody's
    someone'd someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've
    there're there's they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's
    what've when's where'd where's where've who'd who'd've who'll who's who've why'll why're why's won't would've
    wouldn't wouldn't've y'all y'all'll y'all'd've you'd you'd've you'll you're you've
"""
"""Contractions, less those that are another word without their apostrophe, such as we'll."""
_CONTRACTIONS = {form[:i] + form[i + 1 :]: form for form in _FORMS.split() for i, c in enumerate(form) if c == "'"}


def normalise_vqa(text: str) -> str:
    """Lower case, no articles, "two" as "2" and "none" as "0", "dont" as "don't", and next to no punctuation.

    A mark that stands next to a space anywhere in the text is dropped everywhere, and so are all marks of a text with
    a "1,000" in it; other marks become spaces. A period stays before a digit. Antol et al. 2015 and their
    evaluation code, https://visualqa.org/evaluation.html. Nothing may be left, so guard against an empty answer.

    >>> normalise_vqa("The two T-shirts, 1.5 m."), normalise_vqa("A")
    ('2 t shirts 1.5 m', '')
    """
    joined = _THOUSANDS.search(text) is not None
    text = text.replace("\n", " ").replace("\t", " ").strip()
    gone = {ord(m): "" if joined or f"{m} " in text or f" {m}" in text else " " for m in _MARKS if m in text}
    words = _PERIOD.sub("", text.translate(gone)).lower().split()
    kept = (word for word in (NUMBERS.get(word, word) for word in words) if word not in ARTICLES)
    return " ".join(_CONTRACTIONS.get(word, word) for word in kept)
