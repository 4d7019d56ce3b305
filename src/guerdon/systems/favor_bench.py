"""Fine-grained video motion: multiple choice, and a caption score that needs no judge (Tu et al. 2025).

A caption, taken apart into subjects with their actions, all actions in time order, and camera moves, is compared with
the annotation of the video. That is a dense reward for captions, if it does not pay for any caption: as
published, the annotation of another video earns 0.40 of 1, since places alone make actions alike, one
action may be matched many times, left-out subjects are not missed, and order is never below half.

By default actions are paired one to one by the words they share, an action of one subject never stands for that
of another, what is made up or left out costs, and order counts the true pairs of actions that came out in
order. `caption(floor=floor(rows))` takes off what the annotations of other videos earn, so that 0 is a caption
of anything. On 400 real annotations, itself / another video's: 0.99 / 0.40 as published, 1.00 / 0.03 calibrated.
`as_published=True` repeats the official score and its choice rule, which naming all options satisfies.

Rows have `prediction` and `annotation`, mappings with `camera_motion`, `motion_list` ("Subject 1: Man [walks, sits]")
and `chronological_motion_list` ("Walks (Subject 1), …"); a model takes the caption apart. Choices have `response`,
`answer` and `options`, texts without letters. A better measure of likeness than shared words, such as a
sentence encoder, is a function of two lists of texts in `SIMILARITIES`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from math import fsum
from typing import Any, NamedTuple

import numpy as np

from guerdon.leaf import reward
from guerdon.metrics.pairs import pair_up
from guerdon.metrics.sequences import Agreement, agree, jaccard_matrix
from guerdon.metrics.text import words
from guerdon.reward import Reward
from guerdon.rules import answers
from guerdon.sample import Row
from guerdon.scores import ContractError, Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _favor_bench as published
from guerdon.systems._favor_bench import MAX_CHARS, Similarity, split_actions

WEIGHTS = {
    "camera": 0.05, "subject_precision": 0.2, "subject_recall": 0.2, "subject_order": 0.05,
    "timeline_precision": 0.2, "timeline_recall": 0.2, "timeline_order": 0.1,
}  # fmt: skip
ALIKE = 0.3
"""Similarity from which two actions may be the same."""
NOBODY = -1
"""Who a predicted subject is that goes with none."""
TASKS = {"AS": 2637, "HAC": 1541, "SAD": 1662, "MAD": 1205, "CM": 1075, "NSM": 64, "ALL": 8184}
"""Questions of each task; what is not answered counts as wrong."""
_SUBJECT = re.compile(r"subject\s?(\d{1,6})|\[([^\[\]]*+)\]", re.IGNORECASE)
_PLACED = re.compile(r"\(\s?subject\s?(\d{1,6})\s?\)", re.IGNORECASE)
_CAMERA = re.compile(r"\b(?:the )?camera\b|[.;]|\b(?:and|then)\b", re.IGNORECASE)


def word_jaccard(a: Sequence[str], b: Sequence[str]) -> Floats:
    """Shared over all words of lower-cased texts, [n, m], 0–1."""
    return jaccard_matrix([*map(words, a)], [*map(words, b)])


Pairs = list[tuple[int, int, Agreement]]
"""Subjects that go together, and how nearly they do the same."""
SIMILARITIES: dict[str, Similarity] = {"words": word_jaccard, "whitespace": published.whitespace_jaccard}
"""By the name that settings use."""


def caption(*, floor: float = 0.0, similarity: str = "words", as_published: bool = False) -> Reward:
    """How nearly a caption is the annotation, 0–1; with a `floor`, how far above that, over how far it could be."""
    if as_published:
        return published_caption(similarity="whitespace" if similarity == "words" else similarity)
    plain = structured_caption(similarity=similarity)
    return ((plain - floor) / (1 - floor)).clip(0.0, 1.0) if floor else plain


def choice(*, as_published: bool = False) -> Reward:
    """1 if the answer is the text of the true option; naming several is malformed."""
    return published.choice() if as_published else answers.choice(within=None)


def floor(rows: Sequence[Row], *, similarity: str = "words") -> float:
    """What the annotations of these rows earn on average as captions of the next row's video."""
    shifted = [{"prediction": rows[i - 1]["annotation"], "annotation": row["annotation"]} for i, row in enumerate(rows)]
    return structured_caption(similarity=similarity)(shifted).mean()


def accuracy(right: Sequence[tuple[str, bool]]) -> dict[str, float]:
    """Per cent of each task's questions, and of all, from (task, whether right) of those that were answered."""
    hits = dict.fromkeys(TASKS, 0)
    for task, hit in right:
        hits[task] += hit
        hits["ALL"] += hit
    return {task: 100 * n / TASKS[task] for task, n in hits.items()}


@reward("favor_bench.caption", range=(0, 1), components=tuple(WEIGHTS))
def structured_caption(prediction: Any, annotation: Any, *, similarity: str = "words") -> Score:
    """Weighted precision, recall and order of camera moves, of each subject's actions, and of all of them in time.

    >>> true = {"motion_list": "Subject 1: Man [Walks in, sits]",
    ...         "chronological_motion_list": "Walks in (Subject 1), sits (Subject 1)"}
    >>> structured_caption().one({"prediction": true, "annotation": true}).value
    1.0
    """
    if similarity not in SIMILARITIES:
        raise ContractError(f"similarity={similarity!r}: write one of {', '.join(SIMILARITIES)}")
    measure = SIMILARITIES[similarity]
    if not isinstance(prediction, Mapping):
        return Score.malformed(f"a prediction is a mapping, not a {type(prediction).__name__}")
    found, true = _read(prediction), _read(annotation)
    subjects = _paired(found.subjects, true.subjects, measure)
    camera = agree(measure(found.camera, true.camera), ALIKE)
    parts = [
        _parts([camera]).f1,
        *_subject_parts(found, true, subjects),
        *_timeline_parts(found, true, subjects, measure),
    ]
    named = dict(zip(WEIGHTS, parts, strict=True))
    value = fsum(WEIGHTS[name] * part for name, part in named.items())
    return Score(value, components={name: Score(part) for name, part in named.items()})


@reward("favor_bench.published.caption", range=(0, 1))
def published_caption(prediction: Any, annotation: Any, *, similarity: str = "whitespace") -> float | Score:
    """The official score; see `guerdon.systems._favor_bench`."""
    if not isinstance(prediction, Mapping):
        return Score.malformed(f"a prediction is a mapping, not a {type(prediction).__name__}")
    return published.score(prediction, annotation, SIMILARITIES[similarity])


class Subject(NamedTuple):
    """Someone in the video, and what they do."""

    name: str
    actions: list[str]


class Story(NamedTuple):
    """A caption taken apart."""

    camera: list[str]
    subjects: dict[int, Subject]
    timeline: list[tuple[str, int]]
    """Actions and the number of their subject."""


class Parts(NamedTuple):
    """Of one kind of events, 0–1 each."""

    precision: float
    recall: float
    order: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def _parts(agreements: Sequence[Agreement], n_found: int | None = None, n_true: int | None = None) -> Parts:
    """What lists that were compared are worth together; nothing on either side is 1, on exactly one side 0."""
    n_found = sum(one.found for one in agreements) if n_found is None else n_found
    n_true = sum(one.true for one in agreements) if n_true is None else n_true
    if not (n_found and n_true):
        return Parts(*[float(n_found == n_true)] * 3)
    shared = sum(one.shared for one in agreements)
    kept = sum(one.true * one.order_recall for one in agreements)
    return Parts(shared / n_found, shared / n_true, kept / n_true)


def _subject_parts(found: Story, true: Story, pairs: Pairs) -> Parts:
    n_found, n_true = (sum(len(one.actions) for one in story.subjects.values()) for story in (found, true))
    return _parts([agreement for _, _, agreement in pairs], n_found, n_true)


def _timeline_parts(found: Story, true: Story, pairs: Pairs, measure: Similarity) -> Parts:
    partner = {i: j for i, j, _ in pairs}
    theirs = np.array([partner.get(i, NOBODY) for _, i in found.timeline], dtype=np.intp)
    similar = measure([text for text, _ in found.timeline], [text for text, _ in true.timeline])
    similar = similar * (theirs[:, None] == np.array([j for _, j in true.timeline], dtype=np.intp))
    return _parts([agree(similar, ALIKE)])


def _paired(found: Mapping[int, Subject], true: Mapping[int, Subject], measure: Similarity) -> Pairs:
    """Subjects that do alike things, one to one: by F1 of their actions, and a tenth by what they are called."""
    agreements = {
        (i, j): agree(measure(a.actions, b.actions), ALIKE) for i, a in found.items() for j, b in true.items()
    }
    names = measure([one.name for one in found.values()], [one.name for one in true.values()])
    called = dict(zip(agreements, names.ravel().tolist(), strict=True))
    alike = [(0.9 * one.f1 + 0.1 * called[pair], *pair) for pair, one in agreements.items()]
    return [(i, j, agreements[i, j]) for _, i, j in pair_up([one for one in alike if one[0] > 0], "hungarian")]


def _read(given: Mapping[str, Any]) -> Story:
    camera, motion, timeline = (
        text[:MAX_CHARS] if isinstance(text := given.get(name), str) else ""
        for name in ("camera_motion", "motion_list", "chronological_motion_list")
    )
    moves = [move for part in camera.split(",") for one in _CAMERA.split(part) if (move := one.strip())]
    return Story(moves, _subjects(motion), _timeline(timeline))


def _subjects(text: str) -> dict[int, Subject]:
    subjects: dict[int, Subject] = {}
    number, start = None, 0
    for token in _SUBJECT.finditer(text):
        if token[1]:
            number, start = int(token[1]), token.end()
        elif number is not None:
            name = text[start : token.start()].strip(" :\n")
            subjects[number] = Subject(name, split_actions(token[2]))
            number = None
    return subjects


def _timeline(text: str) -> list[tuple[str, int]]:
    actions, start = [], 0
    for place in _PLACED.finditer(text):
        if action := text[start : place.start()].strip(" ,;.\n\t"):
            actions.append((action, int(place[1])))
        start = place.end()
    return actions


system = System(
    id="favor-bench",
    title="FAVOR-Bench: A Comprehensive Benchmark for Fine-Grained Video Motion Understanding",
    year=2025,
    url="https://arxiv.org/abs/2503.14935",
    about=__doc__,
    rewards={"caption": caption, "choice": choice},
    published=(
        Published(
            "Multiple choice %, GPT-rated correctness and detail 0–10, judge-free caption score × 100",
            "the official repository",
            ("model", "choice", "correct", "detail", "judge-free"),
            (
                ("Gemini-1.5-Pro", 49.77, 4.52, 4.68, 52.91), ("Qwen2.5-VL-72B", 47.96, 3.37, 3.44, 49.72),
                ("LLaVA-Video-72B", 45.81, 3.42, 3.42, 46.06), ("Claude-3.7", 43.35, 4.32, 4.63, 43.03),
                ("GPT-4o", 41.18, 4.33, 4.01, 49.50), ("Qwen2.5-VL-7B", 40.49, 3.28, 3.41, 48.46),
                ("Qwen2.5-VL-7B, trained on FAVOR-Train", 41.56, 3.55, 3.53, 56.33),
                ("Tarsier2-Recap-7B", "–", 4.60, 4.38, 56.58), ("LLaVA-NeXT-Video-7B", 22.45, 2.57, 2.02, 29.48),
            ),
        ),
    ),
)  # fmt: skip


VIDEOS = 100
WHO = ("A man", "A woman", "A girl in red", "A boy with a hat", "A brown dog")
VERBS = (
    "picks up", "puts down", "opens", "closes", "lifts", "pushes", "pulls", "throws", "wipes", "cuts",
    "holds", "shakes", "turns over", "points at", "looks at", "walks towards", "leans on", "drops",
)  # fmt: skip
THINGS = ("cup", "door", "bag", "ball", "phone", "box", "chair", "towel", "bottle", "book", "lamp", "rope")
MOVES = ("pans left", "pans right", "tilts up", "tilts down", "zooms in", "zooms out", "shakes", "follows the subject")


@system.proof(claim="the annotation of another video earns much as published", seconds=10)
def anything_goes_as_published(seed: int) -> Measured:
    """Mean score of annotations as captions of the next video; the baseline is calibrated."""
    rows = _annotated(seed)
    return Measured(_mean(caption(as_published=True), rows), at_least=0.3, baseline=_mean(_calibrated(rows), rows))


@system.proof(claim="and hardly anything calibrated", seconds=10)
def another_video_calibrated(seed: int) -> Measured:
    """The same two figures, the other way round."""
    rows = _annotated(seed)
    return Measured(_mean(_calibrated(rows), rows), at_most=0.1, baseline=_mean(caption(as_published=True), rows))


@system.proof(claim="while the annotation of the video itself keeps its score", seconds=5)
def itself_calibrated(seed: int) -> Measured:
    """Mean score of annotations as captions of their own video; the baseline is as published."""
    rows, same = _annotated(seed), partial(_mean, shift=0)
    return Measured(same(_calibrated(rows), rows), at_least=0.97, baseline=same(caption(as_published=True), rows))


@system.proof(claim="naming the first action again and again stops paying", seconds=5)
def repetition_costs(seed: int) -> Measured:
    """Mean score of a caption that says each subject's first action as often as there are actions; the baseline
    is as published."""
    rows = _annotated(seed)
    stuck = [{**row, "annotation": _annotation(_stuck(row["story"]))} for row in rows]
    pairs = [{"prediction": b["annotation"], "annotation": a["annotation"]} for a, b in zip(rows, stuck, strict=True)]
    paid = caption(as_published=True)(pairs).mean()
    return Measured(_calibrated(rows)(pairs).mean(), at_most=paid - 0.2, baseline=paid)


def _calibrated(rows: Sequence[Row]) -> Reward:
    return caption(floor=floor(rows))


def _mean(reward: Reward, rows: Sequence[Row], shift: int = 1) -> float:
    """Of captions that are the annotation of the video `shift` before."""
    pairs = [
        {"prediction": rows[i - shift]["annotation"], "annotation": row["annotation"]} for i, row in enumerate(rows)
    ]
    return reward(pairs).mean()


def _annotated(seed: int) -> list[Row]:
    rng = np.random.default_rng(seed)
    stories = [_story(rng) for _ in range(VIDEOS)]
    return [{"annotation": _annotation(story), "story": story} for story in stories]


def _story(rng: np.random.Generator) -> Story:
    subjects = {
        number: Subject(str(name), [f"{rng.choice(VERBS)} the {rng.choice(THINGS)}" for _ in range(rng.integers(2, 8))])
        for number, name in enumerate(rng.choice(WHO, rng.integers(1, 4), replace=False), 1)
    }
    owners = rng.permutation([number for number, one in subjects.items() for _ in one.actions]).tolist()
    left = {number: iter(one.actions) for number, one in subjects.items()}
    moves = [str(move) for move in rng.choice(MOVES, rng.integers(0, 4), replace=False)]
    return Story(moves, subjects, [(next(left[number]), number) for number in owners])


def _stuck(story: Story) -> Story:
    first = {number: one.actions[0] for number, one in story.subjects.items()}
    return Story(
        story.camera,
        {number: one._replace(actions=[first[number]] * len(one.actions)) for number, one in story.subjects.items()},
        [(first[number], number) for _, number in story.timeline],
    )


def _annotation(story: Story) -> dict[str, str]:
    subjects = [f"Subject {i}: {one.name} [{', '.join(one.actions)}]" for i, one in story.subjects.items()]
    return {
        "camera_motion": ", ".join(story.camera),
        "motion_list": "\n".join(subjects),
        "chronological_motion_list": ", ".join(f"{text} (Subject {i})" for text, i in story.timeline),
    }
