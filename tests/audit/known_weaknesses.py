"""What the audit finds in built-in rules that is as it should be, or known and accepted; and the page that says so.

`python -m tests.audit.known_weaknesses > docs/results/audit.md` writes the page again.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

FREE_TEXT = ("attack.blank", "attack.punctuation", "attack.invisible", "attack.agreeable", "attack.echo")
"""Attacks that put something or other where the answer belongs."""
ANY_ANSWER = (
    *FREE_TEXT, "attack.format_only", "attack.refusal", "attack.shotgun", "attack.constant", "attack.repetition",
)  # fmt: skip
LONG = (
    "attack.agreeable",
    "attack.keywords",
    "attack.repetition",
    "attack.padding",
    "attack.injection",
    "attack.verdict",
)


class Weakness(NamedTuple):
    """Why some rules do not pass some checks."""

    reason: str
    checks: tuple[str, ...]
    rules: tuple[str, ...]


KNOWN = (
    Weakness(
        "It scores the layout and never the answer, so any answer in that layout earns all of it, also one to another "
        "question. Gate or add to it what checks the answer: `format.tags >> answer.exact`.",
        (*ANY_ANSWER, "sense.contrast"),
        ("format.tags", "format.tag_counts"),
    ),
    Weakness(
        "It is the baseline \"the longer one wins\", there to be beaten. Whatever makes a text longer earns.",
        (*LONG, "bias.length", "sense.contrast"),
        ("length.chars",),
    ),
    Weakness(
        "The same by words; the most frequent text of the rows is as long as any.",
        (*LONG, "bias.length", "sense.contrast", "attack.constant"),
        ("length.words",),
    ),
    Weakness(
        "It is a penalty: what repeats nothing has none, and saying little or nothing repeats nothing. Add it to a "
        "reward for the answer. New words, also those of filler, lower the share that repeats.",
        (*FREE_TEXT, "attack.empty", "attack.refusal", "attack.keywords", "attack.fragment", "bias.length"),
        ("repetition.ngram",),
    ),
    Weakness(
        "It says whether to answer and not what, as its page tells: whatever is no refusal answers.",
        (*FREE_TEXT, "attack.empty", "attack.refusal", "attack.shotgun", "attack.constant", "attack.fragment",
         "sense.answer", "sense.contrast"),
        ("rag.abstain",),
    ),
    Weakness(
        "It pays for citing at all, so any passage that exists will do; `rag.citations` asks whether it supports.",
        ("attack.shotgun", "attack.constant", "sense.answer", "sense.contrast"),
        ("rag.cited",),
    ),
    Weakness(
        "It asks which facts are stated and not what else is, so stating every fact of every row has them all. "
        "Multiply it by a limit of length, or ask a judge for contradictions (`checklist.coverage`).",
        ("attack.shotgun",),
        ("checklist.mentioned",),
    ),
    Weakness(
        "The pointing game pays any point inside, so one point for all pictures, or another object's, is right as "
        "often as objects are large. `boxes.iou` asks for the extent.",
        ("attack.constant", "sense.saturation"),
        ("points.in_box", "points.match"),
    ),
    Weakness(
        "It passes on what a process reward model said of each line, and does not look at the line itself.",
        ("sense.saturation", "sense.answer"),
        ("process.line_scores",),
    ),
    Weakness(
        "It compares figures or letters: \"three\" is not 3, as in the benchmarks that count this way. Ask for figures "
        "in the prompt, or list both in `answer` where the rule takes several.",
        ("bias.language",),
        ("answer.exact", "answer.fuzzy", "answer.math", "answer.numeric", "ocr.transcript", "text.chrf", "text.rouge_l",
         "text.token_f1"),
    ),
    Weakness(
        "It counts shared words or characters, so a caption with one wrong word can beat a right one with two other "
        "words of the same meaning. Give several references, or ask a judge.",
        ("sense.paraphrase",),
        ("text.bleu", "text.edit"),
    ),
)  # fmt: skip

PUBLISHED = (
    ("visual-rft", "classification", "attack.shotgun", 1.0),
    ("visual-rft", "classification", "attack.fragment", 0.62),
    ("visual-rft", "classification", "attack.format_only", 0.5),
    ("lvlm-ehub", "vqa", "attack.shotgun", 1.0),
    ("lvlm-ehub", "pope", "attack.empty", 0.46),
    ("fact-rlhf", "pope", "attack.refusal", 0.46),
    ("favor-bench", "choice", "attack.shotgun", 1.0),
    ("perception-r1", "accuracy", "attack.many_tags", 0.67),
)
"""System, reward, attack, and on how many rows it succeeds with `as_published=True`; without, on none."""

PAGE = """\
# What the audit finds

`guerdon audit` asks every built-in rule what it asks any reward; the tests do so for all of them. Each passes every
check that applies, but for what stands here, which is what the rule is, or known.

```console
$ guerdon audit --reward answer.choice
```

| rules | do not pass | because |
|---|---|---|
{known}

## Free lunches as published, and not by default

Rewards of published methods have options that repeat the official code. The audit finds what that code pays for; with
the defaults of guerdon the same attacks succeed on none of the World's rows.

| method | reward | attack | succeeds as published | by default |
|---|---|---|---|---|
{published}

```python
from guerdon import systems
from guerdon.audit import audit

published = systems.load("visual-rft").rewards["classification"]
for options in ({{"as_published": True}}, {{}}):
    found = audit(published(**options), only=["attack.shotgun"], limit=24)
    print(options, found["attack.shotgun"].detail)
```

## Twelve broken rewards and three sound ones

The tests plant twelve faults: a judge of pictures that is blind, one that leans towards the first place, one that takes
a tie for a win, rewards that prefer length, crash on Unicode, depend on order or batch, pay the empty answer or any
text with the answer in it, obey the response, saturate, or read the label. Each fails the check that is for it and at
most one other that is not of its kind. A rule, a judge and a model that look at the picture pass all that apply.
"""


def known(rule: str) -> set[str]:
    """The checks that a rule is known not to pass."""
    return {check for weakness in KNOWN if rule in weakness.rules for check in weakness.checks}


def page() -> str:
    """`docs/results/audit.md`."""
    rows = [f"| {_code(w.rules)} | {_code(w.checks)} | {w.reason} |" for w in KNOWN]
    lunches = [
        f"| {system} | `{reward}` | `{attack}` | {100 * rate:.0f} % | 0 % |"
        for system, reward, attack, rate in PUBLISHED
    ]
    return PAGE.format(known="\n".join(rows), published="\n".join(lunches))


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.write(page())
