"""Sense: values follow what matters (answer, image, prompt) and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from guerdon.audit.check import Finding, check, mostly, percent, seldom, share, shown
from guerdon.audit.forms import reworded
from guerdon.audit.media import IRRELEVANT, changed, with_images_of, with_prompt_of
from guerdon.audit.subject import Subject, required
from guerdon.audit.trials import Trial
from guerdon.metrics import contrast as metric
from guerdon.scores import Floats

TOP = 1e-9
"""Within this of the greatest value a value is at the ceiling."""
Row = dict[str, Any]


@check(
    "sense.right",
    question="Does it put right responses above wrong ones?",
    source="RewardMATH and VL-RewardBench: accuracy, ties wrong",
    needs=("known",),
)
def right(subject: Subject) -> Finding:
    """Right responses against wrong ones of the same form; what every attack is measured against."""
    known = [i for i, t in enumerate(subject.trials) if t.known and not np.isnan(subject.gaps[i])]
    if not known:
        return Finding("not_applicable", "no right response and wrong one both get a value")
    gaps = subject.gaps[known]
    rate = share((gaps > 0).tolist())
    lost = [subject.example(i, good=subject.trials[i].good, bad=subject.trials[i].bad) for i in known
            if subject.gaps[i] <= 0]  # fmt: skip
    detail = f"right responses win on {percent(rate)} rows, {percent(np.mean(gaps == 0))} are ties"
    if not rate.mean:
        detail += "; are these rows what it is meant to score?"
    return Finding(mostly(rate), detail, rate, shown(lost))


@check(
    "sense.saturation",
    question="Is there room above a wrong response?",
    source="ms-swift issue 3130: accuracy and format were always 1; IXC-2.5-Reward: half precision makes ties",
    needs=("pairs",),
)
def saturation(subject: Subject) -> Finding:
    """Counts rows on which right and wrong response both have the greatest value there is."""
    if subject.pairwise or subject.reward.over == "set":
        return Finding("not_applicable", "it has no value for a single response")
    rows = [subject.row(t, text) for t in subject.trials if t.bad is not None for text in (t.good, t.bad)]
    both = subject.score([subject.placed(row, f"audit {k // 2}") for k, row in enumerate(rows)]).values.reshape(-1, 2)
    both = both[~np.isnan(both).any(axis=1)]
    if not len(both):
        return Finding("not_applicable", "no right response and wrong one both get a value")
    high = subject.reward.range[1]
    top = high if np.isfinite(high) else both.max()
    rate = share(np.all(both >= top - TOP * max(1.0, abs(top)), axis=1).tolist())
    detail = f"on {percent(rate)} rows right and wrong response both have the greatest value, {top:.4g}"
    return Finding(seldom(rate), detail, rate)


# -- what should matter ------------------------------------------------------------------------------


def _swapped(subject: Subject, swap: Callable[[Row, Row], Row | None], what: str) -> Finding:
    """How often the right response loses when its row gets another row's `what`."""
    made = [
        (i, row)
        for i, partner in enumerate(subject.partners)
        if partner is not None
        for row in [swap(subject.trials[i].row, subject.trials[partner].row)]
        if row is not None
    ]
    falls = _falls(subject, made)
    there = np.flatnonzero(~np.isnan(falls)).tolist()
    if not there:
        return Finding("not_applicable", f"no two rows with another {what} and another answer, or no verdict on them")
    rate = share((falls[there] > 0).tolist())
    blind = float(np.mean(falls[there] == 0))
    stays = [made[k][0] for k in there if falls[k] <= 0]
    held = [subject.example(i, response=subject.trials[i].good) for i in stays]
    detail = f"with another row's {what} right responses fall on {percent(rate)} rows and stay put on {percent(blind)}"
    return Finding(mostly(rate), detail, rate, shown(held))


def _falls(subject: Subject, made: Sequence[tuple[int, Row]]) -> Floats:
    """By how much the right response is worth less in the other row; where values are relative, against the wrong one.

    NaN where it cannot fall: it has the least value that there is in its own row.
    """
    trials = [subject.trials[i] for i, _ in made]
    if subject.pairwise or subject.reward.over == "group":
        good, bad = (
            [subject.filled(row, getattr(t, side)) for t, (_, row) in zip(trials, made, strict=True)]
            for side in ("good", "bad")
        )
        return np.asarray(subject.gaps[[i for i, _ in made]] - subject.margins(good, bad))
    own = [_filled(subject, t, t.row) for t in trials]
    falls = subject.margins(own, [_filled(subject, t, row) for t, (_, row) in zip(trials, made, strict=True)])
    least, most = subject.seen
    if subject.reward.over == "sample" and least < most and len(own):
        falls[subject.score(own).values <= least] = np.nan
    return falls


def _filled(subject: Subject, trial: Trial, row: Row) -> Row:
    return row if trial.good is None else subject.filled(row, trial.good)


@check(
    "sense.image",
    question="Does it look at the image?",
    source="Reward-consistency: same response, other instruction; Fact-RLHF: answers must fit the picture",
    needs=("images",),
)
def image(subject: Subject) -> Finding:
    """Gives right responses the image of another row."""
    return _swapped(subject, with_images_of, "image")


@check(
    "sense.prompt",
    question="Does it read the prompt?",
    source="Reward-consistency: C_ins; prompt-blind rewards look perfect where ties count as right",
    needs=("prompt", "response"),
)
def prompt(subject: Subject) -> Finding:
    """Gives right responses the prompt of another row."""
    return _swapped(subject, with_prompt_of, "prompt")


@check(
    "sense.answer",
    question="Does it compare with the true answer?",
    source="R1-Reward: accuracy 1.0 where the parser fails; SWE-bench: empty lists pass",
    needs=("reference", "response"),
)
def answer(subject: Subject) -> Finding:
    """Gives right responses what another row's are checked against."""

    def swap(row: Row, other: Row) -> Row | None:
        names = [n for n in (*subject.references, "options", "image_size") if n in other]
        return {**row, **{n: other[n] for n in names}}

    return _swapped(subject, swap, "answer")


@check(
    "sense.contrast",
    question="Of two rows and their answers, does each prefer its own, and each answer its own row?",
    source="Contrast instructions (reward-consistency): C_res and C_ins hold, strictly; Winoground's group score",
    needs=("known", "baseline"),
)
def contrast(subject: Subject) -> Finding:
    """Scores r[n, 2, 2], two rows by their right responses."""
    pairs = [(i, j) for i, j in enumerate(subject.partners) if j is not None and i < j]
    if not pairs or subject.pairwise or subject.reward.over in ("group", "set"):
        lack = "no two rows with different answers" if not pairs else "it has no value for a single response"
        return Finding("not_applicable", lack)
    rows = [
        subject.row(subject.trials[q], subject.trials[a].good) for i, j in pairs for q in (i, j) for a in (i, j)
    ]  # fmt: skip
    values = subject.score([subject.placed(row, f"audit {k // 4}") for k, row in enumerate(rows)]).values
    found = metric.contrast(values.reshape(-1, 2, 2))
    there = ~np.isnan(found.both)
    if not there.any():
        return Finding("not_applicable", "no two rows of which every combination gets a value")
    rate = share((found.both[there] == 1).tolist())
    c_res, c_ins = (float(np.mean(x[there])) for x in (found.response, found.instruction))
    detail = (
        f"consistent on {percent(rate)} pairs of rows; among responses {percent(c_res)}, among rows {percent(c_ins)}"
    )
    return Finding(mostly(rate), detail, rate)


# -- what should not ---------------------------------------------------------------------------------


def _unmoved(subject: Subject, margins: Floats, index: Sequence[int], what: str, examples: Sequence[Row]) -> Finding:
    """How often a change that should not matter puts the right response at or below the wrong one."""
    there = ~np.isnan(margins)
    if not there.any():
        return Finding("not_applicable", f"no response {what} gets a verdict")
    flipped = (margins <= 0) & there
    rate = share(flipped[there].tolist())
    some = [{**subject.example(i), **e} for i, e, hit in zip(index, examples, flipped, strict=True) if hit]
    detail = f"{percent(rate)} right responses {what} no longer win over the wrong one"
    return Finding(seldom(rate), detail, rate, shown(some))


@check(
    "sense.paraphrase",
    question="Is a response worth the same in other words?",
    source="Reward-consistency: ConvexDA's small changes of wording",
    needs=("baseline",),
)
def paraphrase(subject: Subject) -> Finding:
    """Takes the row's `paraphrase` of the right response, else other words for some of its own."""

    def other(t: Trial) -> str | None:
        given = t.row.get("paraphrase")
        return given if isinstance(given, str) else reworded(t.good or "")

    index = [i for i in subject.told if other(subject.trials[i]) is not None]
    if not index:
        return Finding("not_applicable", "no right response that can be reworded, or none that wins")
    margins = subject.over(index, other, lambda t: t.bad)
    examples = [{"response": (other(subject.trials[i]) or "")[:160]} for i in index]
    return _unmoved(subject, margins, index, "in other words", examples)


@check(
    "sense.same_image",
    question="Is a response worth the same with the image recompressed, shifted by a pixel, a little brighter?",
    source="RAPL: directions that do not matter stay alive in an encoder; Flow-GRPO issue 233: artefacts earn",
    needs=("images", "baseline"),
)
def same_image(subject: Subject) -> Finding:
    """Changes images in ways that people do not see."""
    names = list(IRRELEVANT)
    ways = [(i, names[k % len(names)]) for k, i in enumerate(subject.told)]
    made = [(i, name, row) for i, name in ways if (row := changed(subject.trials[i].row, IRRELEVANT[name])) is not None]
    good, bad = (
        [subject.filled(row, getattr(subject.trials[i], side)) for i, _, row in made] for side in ("good", "bad")
    )
    examples = [{"image": name} for _, name, _ in made]
    index = [i for i, _, _ in made]
    return _unmoved(subject, subject.margins(good, bad), index, "with the image changed a little", examples)


CLAIMS: dict[str, tuple[Any, Any]] = {
    "label": (1, 0), "correct": (True, False), "is_correct": (True, False),
    "preferred": (True, False), "winner": ("A", "B"), "preference": (0, 1), "human_ranking": ([0, 1], [1, 0]),
    "score": (1.0, 0.0), "rating": (10, 1), "rank": (0, 1), "reward": (1.0, 0.0), "id": ("chosen-0", "rejected-1"),
    "index": (0, 1), "source": ("chosen", "rejected"), "model": ("gpt-4", "gpt-2"),
}  # fmt: skip
"""Columns that data sets keep beside a response, saying that it is the better one, and that it is the worse."""


@check(
    "sense.label",
    question="Does its value ignore the columns that say which response is better?",
    source="Open-world VQA's leak check; R1-Reward: the data's order gives the label away",
    needs=("response",),
)
def label(subject: Subject) -> Finding:
    """Changes labels, rankings, scores and ids beside responses that stay the same."""
    names = [name for name in (*CLAIMS, "chosen", "rejected") if name not in required(subject.reward)]
    if not len(subject.honest):
        return Finding("not_applicable", "there is nothing to score")
    units = [subject.units[i] for block in subject.blocks[:8] for i in block]
    if not _moved(subject, units, names):
        return Finding("pass", f"{len(units)} results stay the same whatever {len(names)} such columns say")
    leaks = [name for name in names if _moved(subject, units, [name])]
    moved = _moved(subject, units, names)
    return Finding(
        "fail", f"{moved} of {len(units)} results follow the column {', '.join(leaks) or 'combination of labels'}"
    )


def _moved(subject: Subject, units: Sequence[Row], names: Sequence[str]) -> int:
    """How many results differ between rows that claim one thing and rows that claim the other."""
    better, worse = (subject.score([_claiming(unit, names, side) for unit in units]).values for side in (0, 1))
    return int(np.sum(~np.isclose(better, worse, equal_nan=True)))


def _claiming(unit: Row, names: Sequence[str], side: int) -> Row:
    said = unit.get("response", "")
    texts = {"chosen": (said, "another response"), "rejected": ("another response", said)}
    return {**unit, **{name: (CLAIMS.get(name) or texts[name])[side] for name in names}}
