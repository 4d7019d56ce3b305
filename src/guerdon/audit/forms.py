"""Responses taken apart and put together: what they say, the form they say it in, and the same in other words."""

from __future__ import annotations

import re
from typing import NamedTuple

from guerdon.parse.text import normalise

THOUGHT = "I look at what is given and answer what is asked."
"""A thought that says nothing."""
OTHER_THOUGHT = "First I see what is there, and then I reply to the question."
PADDING = (
    "I go through this step by step. First I consider what is asked, and then what is given. "
    "After that I put both together, and before I write anything down I look at all of it once more."
)
"""Three sentences that claim nothing."""
SAME = {
    "picture": "image", "image": "picture", "photo": "photograph", "photograph": "photo", "shows": "depicts",
    "depicts": "shows", "big": "large", "large": "big", "little": "small", "also": "too", "because": "since",
    "however": "but", "about": "around", "many": "a lot of", "near": "close to",
}  # fmt: skip
"""Words that can stand for each other in a description."""
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORD = re.compile(r"[A-Za-z]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


class Form(NamedTuple):
    """What stands around the content of a response."""

    name: str
    before: str
    after: str

    def fill(self, content: str) -> str:
        """A response of this form.

        >>> ANSWER.fill("B")
        '<answer>B</answer>'
        """
        return f"{self.before}{content}{self.after}"


TAGS = Form("tags", f"<think>{THOUGHT}</think>\n<answer>", "</answer>")
ANSWER = Form("answer", "<answer>", "</answer>")
BOXED = Form("boxed", "\\boxed{", "}")
PLAIN = Form("plain", "", "")
FORMS = (TAGS, ANSWER, BOXED, PLAIN)


class Parts(NamedTuple):
    """A response as form and content."""

    form: Form
    content: str
    start: int
    """Where the content begins in the response."""

    @property
    def stop(self) -> int:
        """Where it ends."""
        return self.start + len(self.content)


def split(response: str) -> Parts:
    """The content of a response and its bare form: a thought before it becomes one that says nothing.

    >>> found = split("<think>Two or three?</think><answer>3</answer>")
    >>> found.content, found.form.fill("5")
    ('3', '<think>I look at what is given and answer what is asked.</think>\\n<answer>5</answer>')
    """
    thought, closed, _ = response.rpartition("</think>")
    after_thought = len(thought + closed) if "<think>" in thought else 0
    before = f"<think>{THOUGHT}</think>\n" if after_thought else ""
    for form in (ANSWER, BOXED):
        start, stop = response.rfind(form.before, after_thought), response.rfind(form.after)
        if 0 <= start < stop:
            start += len(form.before)
            name = "tags" if before and form is ANSWER else form.name
            return Parts(Form(name, before + form.before, form.after), response[start:stop], start)
    rest = response[after_thought:]
    return Parts(Form("plain", before, ""), rest.strip(), response.find(rest.strip(), after_thought))


def same_content(a: str, b: str) -> bool:
    """Whether two contents say the same but for case, punctuation and space."""
    return a == b or (normalise(a) == normalise(b) != "")


def added(response: str, text: str) -> str:
    """The response with more free text: in its thought, else before its answer, else at its end.

    >>> added("<think>So.</think><answer>B</answer>", "Yes."), added("<answer>B</answer>", "Yes.")
    ('<think>So. Yes.</think><answer>B</answer>', 'Yes.\\n<answer>B</answer>')
    """
    thought, closed, rest = response.partition("</think>")
    if closed:
        return f"{thought} {text}{closed}{rest}"
    return f"{response}\n\n{text}" if split(response).form.name == "plain" else f"{text}\n{response}"


def as_long_as(response: str, other: str) -> str:
    """The response with text that claims nothing, as long as another one that is longer."""
    missing = len(other) - len(added(response, ""))
    return added(response, (f"{PADDING} " * (missing // len(PADDING) + 1))[:missing]) if missing > 0 else response


def decorated(response: str) -> str:
    """The response in Markdown: its free sentences as a list in bold type, its answer as it is."""
    opening, opened, rest = response.partition("<think>")
    thought, closed, rest = rest.partition("</think>")
    if opened and closed:
        return f"{opening}{opened}\n{_listed(thought)}\n{closed}{rest}"
    return _listed(response) if split(response).form.name == "plain" else f"**Answer**\n\n{response}"


def _listed(text: str) -> str:
    return "\n".join(f"- **{sentence.strip()}**" for sentence in _SENTENCE_END.split(text.strip()))


def reworded(response: str) -> str | None:
    """The response in other words of the same meaning; None where no word of it has one in `SAME`.

    A short answer stays as it is: there, other words may be another answer.
    """
    found = split(response)
    free = found.form.name == "plain" and len(found.content.split()) > 3 and found.content[0] not in "[{"
    content = _other_words(found.content) if free else found.content
    changed = _other_words(response[: found.start]) + content + _other_words(response[found.stop :])
    return None if changed == response else changed


def _other_words(text: str) -> str:
    return _WORD.sub(lambda word: _like(word[0], SAME.get(word[0].lower())), text.replace(THOUGHT, OTHER_THOUGHT))


def _like(word: str, other: str | None) -> str:
    return word if other is None else other.capitalize() if word[0].isupper() else other


def in_words(content: str) -> str | None:
    """A small whole number as a word, and the other way round; None for anything else.

    >>> in_words("3"), in_words("Twelve"), in_words("3.5")
    ('three', '12', None)
    """
    text = content.strip().lower()
    if text in DIGITS:
        return str(DIGITS.index(text))
    return DIGITS[int(text)] if text.isascii() and text.isdigit() and int(text[:4]) < len(DIGITS) else None
