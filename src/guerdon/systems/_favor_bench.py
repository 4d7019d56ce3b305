"""FAVOR-Bench as published: its parsers, its matching, its score, with their free points.

`guerdon.systems.favor_bench` says what to use instead. The official text similarity is that of a sentence
encoder, raised where a tagger and a dictionary find the same or a related verb; here it is whatever
`Similarity` is given. Steps of the official code that can change nothing are left out: low matches
are dropped below 0.15 when none lies below 0.24, subjects are matched many to one after none is left, and
the discount for long sequences cancels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from guerdon.leaf import reward
from guerdon.metrics.sequences import concordance, jaccard_matrix
from guerdon.scores import Floats, Score

Similarity = Callable[[Sequence[str], Sequence[str]], Floats]
"""How alike texts [n] and [m] are, [n, m], 0–1."""
Actions = list[str]

WEIGHTS = (0.05, 0.2, 0.2, 0.05, 0.2, 0.2, 0.1)
"""Of camera F1; precision, recall and order of the subjects' actions; and of all actions in time order."""
THRESHOLD, CAMERA_THRESHOLD, LEAST_THRESHOLD, MOST_THRESHOLD = 0.3, 0.24, 0.25, 0.7
JOINED = 0.1
"""How much more alike joined actions must be than the threshold."""
POSITION, FALL = 0.3, 4.0
"""Share of a similarity that the place in the list decides, and how fast it falls with the squared distance."""
FURTHEST = 15
"""Places that a pair may lie apart."""
LENGTH_PENALTY, ORDER_PENALTY, SUBJECT_THRESHOLD = 0.2, 0.5, 0.15
MAX_CHARS = 20_000
"""Of one field of an annotation: some of the official patterns take the square of its length."""

_SUBJECT = re.compile(r"Subject (\d{1,9}):?\s+(.*?)\s*\[(.*?)\]")
_BARE_SUBJECT = re.compile(r"Subject (\d{1,9})\s*\[(.*?)\]")
_LINE = re.compile(r"subject\s+(\d{1,9})")
_DESCRIBED = re.compile(r"subject\s+\d{1,9}:\s*(.*?)\s*\[")
_BRACKETS = re.compile(r"\[(.*?)\]")
_PLACED = re.compile(r"\(Subject (\d{1,9})\)")
_COUNTS = {"two": 2, "couple": 2, "pair": 2, "three": 3, "four": 4, "five": 5}


class Match(NamedTuple):
    """What matching two lists of actions came to."""

    precision: float
    recall: float
    mapping: dict[int, int]
    """Predicted place → true place; several may share one."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both > 0 else 0.0


def whitespace_jaccard(a: Sequence[str], b: Sequence[str]) -> Floats:
    """Shared over all words of lower-cased texts, split at white space."""
    return jaccard_matrix([text.lower().split() for text in a], [text.lower().split() for text in b])


def score(prediction: Mapping[str, Any], annotation: Mapping[str, Any], similarity: Similarity) -> float:
    """The score of one video, 0–1, from its extracted and its annotated fields; 0 where subjects lack true actions."""
    camera = 1.0
    if _field(annotation, "camera_motion").strip():
        found, true = (camera_segments(_field(given, "camera_motion")) for given in (prediction, annotation))
        camera = matched(found, true, similarity, threshold=CAMERA_THRESHOLD).f1
    subjects = _subjects_score(_field(prediction, "motion_list"), _field(annotation, "motion_list"), similarity)
    if subjects is None:
        return 0.0
    timeline = _timeline_score(
        _field(prediction, "chronological_motion_list"), _field(annotation, "chronological_motion_list"), similarity
    )
    return float(np.dot(WEIGHTS, (camera, *subjects, *timeline)))


def matched(found: Actions, true: Actions, similarity: Similarity, *, threshold: float = THRESHOLD) -> Match:
    """Each action with the true one it is most like, place included; joined neighbours may replace weaker matches."""
    if not (found and true):
        return Match(0.0, 0.0, {})
    similar = placed_similarity(found, true, similarity)
    adaptive = max(LEAST_THRESHOLD, min(MOST_THRESHOLD, float(similar.mean() - 0.5 * similar.std())))
    threshold = min(threshold, adaptive)
    pairs: dict[int, tuple[int, float]] = {}
    for i, row in enumerate(similar):
        j = int(row.argmax())
        if row[j] >= threshold and abs(i - j) <= FURTHEST:
            pairs[i] = j, float(row[j])
    _join(pairs, similar, found, true, similarity, threshold + JOINED)
    if not pairs:
        return Match(0.0, 0.0, {})
    mean = sum(value for _, value in pairs.values()) / len(pairs)
    length = 1.0 - (1.0 - min(len(found), len(true)) / max(len(found), len(true))) * LENGTH_PENALTY
    mapping = {i: j for i, (j, _) in pairs.items()}
    return Match(
        len(pairs) / len(found) * mean * length, len(set(mapping.values())) / len(true) * mean * length, mapping
    )


def placed_similarity(found: Actions, true: Actions, similarity: Similarity) -> Floats:
    """How alike the actions are, [found, true], and how alike their places, where both lists have several."""
    similar = action_similarity(found, true, similarity)
    n, m = similar.shape
    if n < 2 or m < 2:
        return similar
    apart = np.arange(n)[:, None] / (n - 1) - np.arange(m) / (m - 1)
    blend: Floats = (1 - POSITION) * similar + POSITION * np.exp(-FALL * apart**2)
    return blend


def action_similarity(a: Sequence[str], b: Sequence[str], similarity: Similarity) -> Floats:
    """`similarity`, but 1 for the same text whatever its case, and 0 for no text."""
    similar = np.array(similarity(a, b), dtype=np.float64)
    left, right = (np.array([text.lower().strip() for text in texts], dtype=object) for texts in (a, b))
    similar[left[:, None] == right] = 1.0
    similar[[not text for text in a], :] = 0.0
    similar[:, [not text for text in b]] = 0.0
    return similar


def _join(
    pairs: dict[int, tuple[int, float]],
    similar: Floats,
    found: Actions,
    true: Actions,
    similarity: Similarity,
    threshold: float,
) -> None:
    """Let two or three neighbours, not all matched, take a true action together, if they beat the mean of theirs."""
    for size in range(2, min(3, len(found)) + 1):
        for i in range(len(found) - size + 1):
            window = range(i, i + size)
            if all(k in pairs for k in window):
                continue
            joined = action_similarity([" ".join(found[i : i + size])], true, similarity)[0]
            for j, value in enumerate(joined.tolist()):
                held = [similar[k, pairs[k][0]] for k in window if k in pairs]
                if value > threshold and abs(i - j) <= FURTHEST and value > sum(held) / max(1, len(held)):
                    for k in window:
                        pairs.pop(k, None)
                    pairs[i] = j, value


def order(mapping: Mapping[int, int], n_found: int, n_true: int) -> float:
    """0.5–1: ½ + ½ · the share of matched pairs in order, the first prediction of each true action counting.

    Fewer than three matches are 1 where both lists are shorter than three, 0.8 where only the prediction is, else 0.7.
    """
    if len(mapping) < 3:
        return 0.7 if n_found >= 3 else 1.0 if n_true < 3 else 0.8
    firsts: dict[int, int] = {}
    for i, j in sorted(mapping.items()):
        firsts.setdefault(j, i)
    places = [j for _, j in sorted((i, j) for j, i in firsts.items())]
    return 1.0 - (1.0 - concordance(places)) * ORDER_PENALTY


def _subjects_score(found: str, true: str, similarity: Similarity) -> tuple[float, float, float] | None:
    """Precision, recall and order of the matched subjects' actions, by true actions; None where they have none."""
    given, wanted = subjects_and_actions(found), subjects_and_actions(true)
    totals, weight = np.zeros(3), 0
    pairs = _matched_subjects(given, wanted, similarity)
    for i, j in pairs:
        mine, theirs = given[i][1], wanted[j][1]
        match = matched(mine, theirs, similarity)
        totals += len(theirs) * np.array([match.precision, match.recall, order(match.mapping, len(mine), len(theirs))])
        weight += len(theirs)
    if pairs and not weight:
        return None
    p, r, kept = (totals / max(weight, 1)).tolist()
    return p, r, kept


def _matched_subjects(
    found: dict[int, tuple[str, Actions]], true: dict[int, tuple[str, Actions]], similarity: Similarity
) -> list[tuple[int, int]]:
    """Pairs of subjects, one to one, at least one where there are any."""
    from scipy.optimize import linear_sum_assignment

    if not (found and true):
        return []
    similar = np.array([[_subject_similarity(a, b, similarity) for b in true.values()] for a in found.values()])
    rows, columns = linear_sum_assignment(similar, maximize=True)
    values = similar[rows, columns]
    kept = np.flatnonzero(values > SUBJECT_THRESHOLD)
    if not len(kept):
        kept = np.array([values.argmax()])
    return [(list(found)[rows[k]], list(true)[columns[k]]) for k in kept.tolist()]


def _subject_similarity(a: tuple[str, Actions], b: tuple[str, Actions], similarity: Similarity) -> float:
    described = float(action_similarity([a[0].lower()], [b[0].lower()], similarity)[0, 0])
    if not (a[1] and b[1]):
        return described
    joined = float(action_similarity([" ".join(a[1])], [" ".join(b[1])], similarity)[0, 0])
    similar = placed_similarity(a[1], b[1], similarity)
    best = (similar.max(axis=1).mean() + similar.max(axis=0).mean()) / 2
    return float(0.1 * described + 0.95 * (0.2 * joined + 0.8 * best))


def _timeline_score(found: str, true: str, similarity: Similarity) -> tuple[float, float, float]:
    """Precision, recall and order of all actions in time order; up to a tenth less for wrong subjects."""
    given, wanted = chronological_actions(found), chronological_actions(true)
    if not (given and wanted):
        return 0.0, 0.0, 0.0
    match = matched([text for text, _ in given], [text for text, _ in wanted], similarity)
    same = [given[i][1] == wanted[j][1] for i, j in match.mapping.items()]
    share = 0.9 + 0.1 * (sum(same) / len(same) if same else 0.0)
    return match.precision * share, match.recall * share, order(match.mapping, len(given), len(wanted))


def subjects_and_actions(text: str) -> dict[int, tuple[str, Actions]]:
    """Subject number → description and actions, from "Subject 1: Man [walks, sits]" or what looks like it."""
    if found := _SUBJECT.findall(text):
        return {int(number): (name.strip(), split_actions(actions)) for number, name, actions in found}
    if found := _BARE_SUBJECT.findall(text):
        return {int(number): (f"Subject {int(number)}", split_actions(actions)) for number, actions in found}
    subjects = {}
    for line in text.split("\n"):
        number, actions = _LINE.search(line.lower()), _BRACKETS.search(line)
        if number and actions:
            name = _DESCRIBED.search(line.lower())
            described = name[1].strip() if name else f"Subject {int(number[1])}"
            subjects[int(number[1])] = described, split_actions(actions[1])
    if not subjects and (actions := _BRACKETS.search(text)):
        return {1: ("Subject 1", split_actions(actions[1]))}
    return subjects


def split_actions(text: str) -> Actions:
    """The parts of a list at commas, or without any at semicolons and "and", less one mark at the end of each."""
    text = text.strip()
    parts = text.split(",") if "," in text else re.split(r";|\sand\s", text)
    return [part for part in (_less_mark(part.strip()) for part in parts) if part]


def chronological_actions(text: str) -> list[tuple[str, int]]:
    """Actions and their subjects from "Walks (Subject 1), sits (Subject 2)"; all but the first keep their comma."""
    placed = list(_PLACED.finditer(text))
    if not placed:
        return _loosely_placed(text)
    starts = [0, *(place.end() for place in placed)]
    actions = []
    for start, place in zip(starts, placed, strict=False):
        action = text[start : place.start()].rstrip().rpartition("\n")[2].strip()
        if action:
            actions.append((_less_mark(action), int(place[1])))
    return actions


def _loosely_placed(text: str) -> list[tuple[str, int]]:
    actions = []
    for item in text.split(","):
        start, end = item.rfind("("), item.rfind(")")
        words = item[start + 1 : end].split() if start >= 0 and end >= 0 else []
        action = item[:start].strip()
        if len(words) > 1 and words[0].lower().startswith("subject") and words[1].isdigit() and action:
            actions.append((_less_mark(action), int(words[1])))
    return actions


def camera_segments(text: str) -> list[str]:
    """Camera moves at commas, else full stops, else "camera", else semicolons, "then" and "and"; each says Camera."""
    text = " ".join(text.split())
    if "," in text:
        segments = [part.strip() for part in text.split(",")]
    elif "." in text:
        segments = [part.strip() for part in text.split(".") if part.strip()]
    elif "camera" in text.lower():
        before, *rest = text.lower().split("camera ")
        segments = [before.strip()] * bool(before) + [f"camera {part}".strip() for part in rest]
    else:
        segments = [part.strip() for part in re.split(r";|\sthen\s|\sand\s", text) if part.strip()]
    return [part if "camera" in part.lower() else f"Camera {part}" for part in segments or [text]]


def number_of_subjects(text: str) -> int:
    """How many subjects a text speaks of; "no one" and "11" are one."""
    text = text.lower()
    if any(word in text for word in ("single", "one", "1")):
        return 1
    if digits := re.search(r"\d+", text):
        return int(digits[0])
    if "multiple" in text:
        return next((_COUNTS[word] for word in ("two", "couple", "pair", "three", "four") if word in text), 2)
    return next((n for word, n in _COUNTS.items() if word in text), 1)


def _less_mark(text: str) -> str:
    return re.sub(r"[,.;!?]\Z", "", text).strip()


def _field(given: Mapping[str, Any], name: str) -> str:
    text = given.get(name)
    return text[:MAX_CHARS] if isinstance(text, str) else ""


@reward("favor_bench.published.choice", range=(0, 1), binary=True)
def choice(response: str, answer: Any, options: Sequence[str]) -> float | Score:
    """1 if the response holds the true option, in any case, and none of the options that hold the true one's text."""
    said, gold = response.lower(), str(answer)
    longer = [option.lower() for option in options if option != gold and gold in option]
    return float(gold.lower() in said and not any(option in said for option in longer))
