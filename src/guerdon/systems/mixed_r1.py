"""One run of reinforcement learning on tasks of four kinds, each row scored as its kind asks (Xu et al. 2025).

Yes/no and multiple-choice answers are matched, chart answers may be 5 % off, boxes earn IoU, and long texts
BMAS: how well each token's vector matches the other text's best, in both directions, with the model's own
input embeddings and no judge. A think block and an answer block earn 1 more.

Rows have `task_type` (yes_no, mcq, chart, grounding, open_ended), `response` and `answer` (a word, a letter, a
number or text, a box, a text). `similarity` is a reward for open-ended rows such as
`guerdon.embed.relevance.Bmas(table, within="answer")`; without one the column `similarity` is read. The
official code is not public: the weight of the format, the treatment of an empty text and the clip of cosines at
0 are assumptions, and so is that charts are graded right or wrong (`graded=True` pays 1 − relative error).
BMAS is blind to order, so by default it is multiplied by the share of the shared words that stand in the
reference's order; `as_published=True` leaves that out, and a soup of the reference's words is perfect. Keywords in
the right order still pass. Scores of a prompt's group should be normalised, as the kinds differ in spread.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.distance import LCSseq

from guerdon.branch import route
from guerdon.compose import product
from guerdon.embed.relevance import Bmas
from guerdon.embed.tables import ppmi
from guerdon.leaf import reward
from guerdon.metrics.text import words
from guerdon.normalise import group_normalise
from guerdon.parse.numbers import number
from guerdon.reward import Reward
from guerdon.rules import answers, boxes, format, given, text
from guerdon.rules.units import comparable
from guerdon.rules.where import bounded, compare, gold_text, gold_texts, read_answer
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, System

RELAXED = 0.05
"""How far off a number read from a chart may be."""


def total(
    *,
    similarity: Reward | None = None,
    graded: bool = False,
    format_weight: float = 1.0,
    as_published: bool = False,
) -> Reward:
    """The reward that `task_type` names, plus the format."""
    branches: dict[str | int, Reward] = {
        "yes_no": answers.yes_no(),
        "mcq": answers.choice(),
        "chart": chart(graded=graded),
        "grounding": boxes.iou().reading(boxes="answer"),
        "open_ended": open_ended(similarity=similarity, as_published=as_published),
    }
    return route(branches, by="task_type").named("accuracy") + format_weight * format.tags()


def open_ended(*, similarity: Reward | None = None, as_published: bool = False) -> Reward:
    """Similarity of meaning, times the share of shared words in the right order."""
    alike = given.score().reading(score="similarity").named("similarity") if similarity is None else similarity
    return alike if as_published else product(alike, in_order())


@reward("mixed_r1.chart", range=(0, 1))
def chart(response: str, answer: Any, *, graded: bool = False) -> float | Score:
    """1 for a number at most 5 % off, or for the same text where the truth is no number; 0 must be met exactly.

    With `graded`, max(0, 1 − |p − t| / |t|) for a number p where the truth is t.

    >>> [chart().one({"response": f"<answer>{n}</answer>", "answer": "20%"}).value for n in ("20.9", "21.1%")]
    [1.0, 0.0]
    """
    true = number(gold_text(answer, "answer"), match="whole")
    if true.value is None:
        score: float | Score = answers.exact.fn(response, answer)
    elif graded:
        score = compare(read_answer(number, response, "answer"), true, _closeness)
    else:
        score = answers.numeric.fn(response, answer, relative=RELAXED)
    return score


@reward("mixed_r1.in_order", range=(0, 1))
def in_order(response: str, answer: Any) -> float | Score:
    """Longest common subsequence of words over words shared, with the best reference; nothing shared is 1."""
    found = read_answer(bounded, response, "answer")
    return compare(found, gold_texts(answer, "answer"), lambda said, true: max(_ordered(said, one) for one in true))


def _closeness(found: Any, true: Any) -> float:
    errors = [float(abs(p - t) / abs(t)) if t else float(p != t) for p, t in comparable(found, true)]
    return max(0.0, 1 - min(errors, default=1.0))


def _ordered(said: str, true: str) -> float:
    a, b = words(said), words(true)
    shared = (Counter(a) & Counter(b)).total()
    return LCSseq.similarity(a, b) / shared if shared else 1.0


system = System(
    id="mixed-r1",
    title="Mixed-R1: Unified Reward Perspective For Reasoning Capability in Multimodal Large Language Models",
    year=2025,
    url="https://arxiv.org/abs/2505.24164",
    about=__doc__,
    rewards={"total": total, "open_ended": open_ended, "chart": chart},
)


TOPICS, CONCEPTS, WORDS_EACH, CORPUS, CASES = 8, 4, 3, 3000, 200
FRAMES = ("the {0} {1} the {2} near the {3}", "near the {3} the {0} {1} a {2}", "a {2} by the {3} is what the {0} {1}")
SHORT = 0.5
"""Share of the words that a truncated text keeps."""


Topic = list[list[str]]
"""Words by concept; those of one concept mean the same."""


class Texts(NamedTuple):
    """A reference, and responses to be told apart."""

    reference: str
    paraphrase: str
    """Another word for every concept, in another frame."""
    near: str
    """The reference's own words and frames, but three of four concepts are of another topic."""
    off: str
    """About another topic."""
    truncated: str
    shuffled: str


@system.proof(claim="BMAS puts paraphrases above texts off the topic", seconds=8)
def paraphrase_first(seed: int) -> Measured:
    """Share of pairs put right with vectors made from a corpus; the baseline is F1 of shared words."""
    pair = "paraphrase", "off"
    return Measured(_preferred(_bmas(seed), seed, *pair), at_least=0.9, baseline=_preferred(OVERLAP, seed, *pair))


@system.proof(claim="BMAS knows synonyms, where shared words mislead", seconds=8)
def synonyms(seed: int) -> Measured:
    """Share of paraphrases without a word in common put above near misses in the same words; the baseline is F1."""
    pair = "paraphrase", "near"
    return Measured(_preferred(_bmas(seed), seed, *pair), at_least=0.9, baseline=_preferred(OVERLAP, seed, *pair))


@system.proof(claim="a soup of the reference's words is perfect under BMAS, and not when order counts", seconds=8)
def soup(seed: int) -> Measured:
    """Share of soups that beat the paraphrase under the default; the baseline is as published."""
    rewards = [open_ended(similarity=_bmas(seed), as_published=published) for published in (False, True)]
    guarded, bare = (_preferred(reward, seed, "shuffled", "paraphrase") for reward in rewards)
    return Measured(guarded, at_most=0.05, baseline=bare)


@system.proof(claim="within groups, advantages of all kinds of tasks have zero mean and unit scale", seconds=8)
def routed(seed: int) -> Measured:
    """Greatest |mean| + |standard deviation − 1| over the kinds; the baseline has the rewards only centred."""
    rows = _mixed(seed)
    reward = total(similarity=_bmas(seed))
    kinds = np.array([row["task_type"] for row in rows])
    scaled, centred = (_off_scale(group_normalise(reward, scale=scale), rows, kinds) for scale in (True, False))
    return Measured(scaled, at_most=0.01, baseline=centred)


OVERLAP = text.token_f1(within="answer")


def _preferred(reward: Reward, seed: int, better: str, worse: str) -> float:
    first, second = ([_row(case, name) for case in _cases(seed)] for name in (better, worse))
    return reward.compare(first, second).accuracy()


def _row(case: Texts, name: str) -> Row:
    return {"response": _block(getattr(case, name)), "answer": case.reference}


def _block(answer: str) -> str:
    return f"<think>Let me look.</think><answer>{answer}</answer>"


@cache
def _bmas(seed: int) -> Bmas:
    """With vectors of a corpus in which synonyms keep the same company."""
    rng = np.random.default_rng([seed, 1])
    corpus = [_sentence(rng, _lexicon()[rng.integers(TOPICS)]) for _ in range(CORPUS)]
    return Bmas(ppmi(corpus, dimensions=48, window=8), within="answer")


@cache
def _lexicon() -> list[Topic]:
    return [[[f"w{t}{c}{w}" for w in "abc"] for c in range(CONCEPTS)] for t in range(TOPICS)]


def _sentence(rng: np.random.Generator, topic: Topic) -> str:
    return str(rng.choice(FRAMES)).format(*(rng.choice(concept) for concept in topic))


@cache
def _cases(seed: int) -> list[Texts]:
    rng = np.random.default_rng(seed)
    return [_case(rng) for _ in range(CASES)]


def _case(rng: np.random.Generator) -> Texts:
    order = rng.permutation(TOPICS)
    told = [_told(rng, *(_lexicon()[t] for t in pair)) for pair in zip(order[::2], order[1::2], strict=True)]
    reference, paraphrase, near, off = (" ".join(sentences) for sentences in zip(*told, strict=True))
    tokens = reference.split()
    return Texts(
        reference, paraphrase, near, off,
        " ".join(tokens[: int(SHORT * len(tokens))]), " ".join(rng.permutation(tokens).tolist()),
    )  # fmt: skip


def _told(rng: np.random.Generator, topic: Topic, other: Topic) -> tuple[str, str, str, str]:
    """A sentence, it in other words, one of its concepts among strangers, and a sentence on the other topic."""
    frame, another, third = rng.permutation(FRAMES).tolist()
    picks = [rng.permutation(WORDS_EACH) for _ in range(CONCEPTS)]
    first, second = ([words[pick[i]] for words, pick in zip(topic, picks, strict=True)] for i in (0, 1))
    strangers = [words[pick[0]] for words, pick in zip(other, picks, strict=True)]
    return (
        frame.format(*first),
        another.format(*second),
        frame.format(first[0], *strangers[1:]),
        third.format(*strangers),
    )


def _mixed(seed: int) -> list[Row]:
    """Groups of responses to prompts of every kind, each right in its own measure."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for group in range(100):
        kind = ("yes_no", "mcq", "chart", "grounding", "open_ended")[group % 5]
        answer, said = _task(rng, kind)
        rows += [{"task_type": kind, "group": group, "answer": answer, "response": _block(text)} for text in said]
    return rows


def _task(rng: np.random.Generator, kind: str) -> tuple[Any, list[str]]:
    """A true answer and eight answers, good and bad."""
    if kind == "grounding":
        return [0, 0, 100, 100], [f"[{x}, 0, {x + 100}, 100]" for x in rng.integers(0, 100, 8).tolist()]
    if kind == "open_ended":
        case = _case(rng)
        return case.reference, [case[i] for i in [1, 4, *rng.integers(1, 6, 6).tolist()]]
    right, wrong = {"yes_no": ("yes", "no"), "mcq": ("B", "C"), "chart": ("20", "30")}[kind]
    return right, [right, wrong, *rng.choice([right, wrong], 6).tolist()]


def _off_scale(reward: Reward, rows: list[Row], kinds: np.ndarray[Any, Any]) -> float:
    values, groups = reward(rows).values, np.array([row["group"] for row in rows])
    worst = []
    for kind in np.unique(kinds):
        spread = np.mean([values[groups == g].std(ddof=1) for g in np.unique(groups[kinds == kind])])
        worst.append(abs(values[kinds == kind].mean()) + abs(spread - 1))
    return float(max(worst))
