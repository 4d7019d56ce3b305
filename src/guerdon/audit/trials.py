"""What a reward is tried on: rows with a right response and a wrong one, the user's own or the World's.

Where rows have no responses, right and wrong ones are made from their answers, in the form that the reward reads
best: what an audit then measures is what the reward can be paid without knowing the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from guerdon.audit.forms import FORMS, PLAIN, Form, Parts, same_content, split
from guerdon.preferences import comparisons
from guerdon.sample import Broken, Comparison, Row, cell
from guerdon.scores import ContractError, Floats
from guerdon.store import digest
from guerdon.world import corruptions, tasks

TRIED = 6
"""Trials of a task on which forms are tried."""
LONGEST = 20_000
"""Characters of a response that attacks are made from."""


@dataclass(frozen=True)
class Trial:
    """A row, a right response to it, and a wrong one."""

    row: dict[str, Any]
    """Every column but the response."""
    good: str | None = None
    """None where the row has no response that is text, and no answer to make one of."""
    bad: str | None = None
    """None where there is none."""
    known: bool = False
    """Whether it is said that one is right and the other wrong; else they are an output and that of another row."""

    seal: str = ""
    """What the row's content was before any reward saw it; "" where it cannot be told."""

    @cached_property
    def parts(self) -> Parts:
        """The right response as form and content."""
        return split(self.good or "")

    @property
    def content(self) -> str:
        """What the right response says."""
        return self.parts.content

    def said(self, content: str) -> str:
        """A response in the form of the right one."""
        return self.parts.form.fill(content)


class Draft(NamedTuple):
    """A row whose right and wrong contents are known, but not yet the form that they take."""

    row: dict[str, Any]
    right: str
    wrong: str | None
    seal: str = ""
    kind: str = ""

    def trial(self, form: Form) -> Trial:
        """Both in one form."""
        wrong = None if self.wrong is None else form.fill(self.wrong)
        return Trial(self.row, form.fill(self.right), wrong, True, self.seal)


def seal(row: Mapping[str, Any]) -> str:
    """The content of a row as a hash; "" where it holds something whose content cannot be told."""
    try:
        return digest(dict(row))
    except TypeError:
        return ""


Gaps = Callable[[Sequence[Trial]], Floats]
"""By how much a reward puts the right response above the wrong one."""


# -- the user's rows ---------------------------------------------------------------------------------


def from_rows(rows: Iterable[Row], gaps: Gaps, limit: int, forms: Sequence[Form] = FORMS) -> list[Trial]:
    """Trials of comparisons, of rows with responses, or of rows with answers alone: `limit` of them, evenly spread.

    Raises ContractError if there is not one that can be read.
    """
    given = [row for row in rows if not isinstance(row, Broken)]
    given = [given[i] for i in spread(len(given), limit)]
    if not given:
        raise ContractError("there is no row to audit the reward on")
    if any(_compares(row) for row in given):
        return _of_comparisons(given)
    said = [cell(row, "response") for row in given]
    if any(isinstance(text, str) for text in said):
        return _of_outputs(given, said)
    drafts = _of_answers(given)
    if drafts:
        form = in_best_form(drafts, gaps, forms).form
        return [draft.trial(form) for draft in drafts]
    return [Trial(dict(row), seal=seal(row)) for row in given]


def spread(n: int, limit: int) -> list[int]:
    """`limit` of n positions, evenly spread; all of them where there are no more.

    >>> spread(10, 4)
    [0, 2, 5, 7]
    """
    return [i * n // min(n, limit) for i in range(min(n, limit))]


def _compares(row: Row) -> bool:
    return any(row.get(name) is not None for name in ("responses", "human_ranking", "chosen"))


def _of_comparisons(rows: Sequence[Row]) -> list[Trial]:
    trials = []
    for comparison in comparisons(rows):
        if not isinstance(comparison, Broken) and (pair := _decided(comparison)) is not None:
            samples = comparison.samples()
            good, bad = (samples[i].response for i in pair)
            row = {k: v for k, v in comparison.items() if k not in ("responses", "votes")}
            models = row.get("models")
            if isinstance(models, (list, tuple)) and len(models) == len(samples):
                row["models"] = [models[i] for i in pair]
            trials.append(Trial(row, (good or "")[:LONGEST], (bad or "")[:LONGEST], True, seal(row)))
    if not trials:
        raise ContractError("no comparison is decided by its votes, so none has a right response")
    return trials


def _decided(comparison: Comparison) -> tuple[int, int] | None:
    """The first two responses of which one is preferred, the better one first."""
    n = len(comparison.responses)
    for i in range(n):
        for j in range(n):
            share = comparison.share(i, j, aspect=comparison.votes[0].aspect) if comparison.votes else None
            if share is not None and share.value > 0.5:
                return i, j
    return None


def _of_outputs(rows: Sequence[Row], said: Sequence[Any]) -> list[Trial]:
    """Outputs, each beside that of another row which says something else."""
    trials = []
    for i, (row, output) in enumerate(zip(rows, said, strict=True)):
        text = output[:LONGEST] if isinstance(output, str) else None
        others = (t[:LONGEST] for t in [*said[i + 1 :], *said[:i]] if isinstance(t, str))
        content = "" if text is None else split(text).content
        other = None if text is None else next((t for t in others if not same_content(split(t).content, content)), None)
        bare = {k: v for k, v in row.items() if k != "response"}
        trials.append(Trial(bare, text, other, seal=seal(bare)))
    return trials


def _of_answers(rows: Sequence[Row]) -> list[Draft]:
    """Drafts of the rows that have an answer or boxes that can be written down."""
    rights = [_right(row) for row in rows]
    drafts = []
    for i, (row, right) in enumerate(zip(rows, rights, strict=True)):
        if right is not None:
            others = (other for other in rights[i + 1 :] + rights[:i] if other and not same_content(other, right))
            bare = {k: v for k, v in row.items() if k != "response"}
            drafts.append(Draft(bare, right, next(others, None), seal(bare)))
    return drafts


def _right(row: Row) -> str | None:
    answer = row.get("answer")
    if isinstance(answer, (list, tuple)) and answer and isinstance(answer[0], str):
        answer = answer[0]
    return str(answer) if isinstance(answer, (str, int, float)) else None


# -- the World's -------------------------------------------------------------------------------------


def from_world(
    required: Collection[str], gaps: Gaps, limit: int, seed: int, forms: Sequence[Form] = FORMS
) -> list[Trial]:
    """Trials of the World's tasks and captions that have the columns a reward requires, and that it can read.

    Kinds on which it tells right from wrong half as often as on the best or less, or by a tenth of the difference, are
    left out: it is not meant for them.
    Raises ContractError if no kind has the columns.
    """
    kinds = [*tasks.KINDS, "point", "caption"]
    chat = "messages" in required
    drafts = {kind: _drafts(kind, TRIED, seed, chat) for kind in kinds}
    lacking = {n for n in required if all(cell(d.row, n) is None for ds in drafts.values() for d in ds)}
    fit = {k: ds for k, ds in drafts.items() if all(cell(ds[0].row, n) is not None for n in required)}
    if not fit:
        what = f"the column {min(lacking)!r}" if lacking else f"the columns {', '.join(sorted(required))} together"
        raise ContractError(f"guerdon's own World has no rows with {what}: audit it on rows of yours (--data)")
    tried = {kind: in_best_form(some, gaps, forms) for kind, some in fit.items()}
    told, gap = (max(getattr(some, name) for some in tried.values()) for name in ("told", "gap"))
    read = {kind: one for kind, one in tried.items() if 2 * one.told >= told and 10 * one.gap >= gap}
    each = -(-limit // len(read))
    return [draft.trial(one.form) for kind, one in read.items() for draft in _drafts(kind, each, seed, chat)][:limit]


def _drafts(kind: str, n: int, seed: int, chat: bool) -> list[Draft]:
    """Drafts of one kind; with `chat`, their images are parts of the prompt's messages."""
    drafts = [draft._replace(row=deepcopy(draft.row)) for draft in _made(kind, n, seed)]  # a reward may change its rows
    if not chat:
        return drafts
    rows = [{**draft.row, "prompt": _messages(draft.row)} for draft in drafts]
    return [draft._replace(row=row, seal=seal(row)) for draft, row in zip(drafts, rows, strict=True)]


def _messages(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts = [{"type": "image", "image": image} for image in row["images"]]
    return [{"role": "user", "content": [*parts, {"type": "text", "text": row["prompt"]}]}]


@lru_cache(maxsize=32)
def _made(kind: str, n: int, seed: int) -> list[Draft]:
    if kind == "caption":
        made = []
        for pair in corruptions.pairs(n, seed):
            row = {k: pair[k] for k in ("id", "prompt", "images")} | {"answer": pair["chosen"], "task": kind}
            made.append(Draft(row, pair["chosen"], pair["rejected"], seal(row), kind))
        return made
    rows = tasks.dataset(n, seed, task="ground" if kind == "point" else kind)  # type: ignore[arg-type]
    if kind == "point":
        rows = [{**row, "id": f"point-{row['id']}", "task": kind, "answer": _centre(row["boxes"][0])} for row in rows]
    return [draft._replace(kind=kind) for draft in _of_answers(rows)]


def _centre(box: Sequence[float]) -> str:
    return f"({round((box[0] + box[2]) / 2)}, {round((box[1] + box[3]) / 2)})"


# -- the form ----------------------------------------------------------------------------------------


class Formed(NamedTuple):
    """How well a reward reads a form."""

    form: Form
    told: int
    """On how many of the drafts tried it puts the right response above the wrong one."""
    gap: float
    """By how much, on average."""


def in_best_form(drafts: Sequence[Draft], gaps: Gaps, forms: Sequence[Form] = FORMS) -> Formed:
    """The form in which the reward most often tells right from wrong, the first such form.

    Captions are tried without any form first.
    """
    order = sorted(forms, key=lambda form: form is not PLAIN) if drafts[0].kind == "caption" else forms
    found = [np.nan_to_num(gaps([draft.trial(form) for draft in drafts[:TRIED]])) for form in order]
    best = int(np.argmax([np.sum(margins > 0) for margins in found]))
    return Formed(order[best], int(np.sum(found[best] > 0)), float(np.mean(found[best])))
