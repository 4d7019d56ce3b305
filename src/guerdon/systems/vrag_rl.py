"""An agent that searches page images, zooms in, and answers; a judge's verdict mixed with ranking (Wang et al. 2025).

Each turn thinks, then searches, crops a region of the last page, or answers. If the agent both searched and
answered, it earns 0.7 · judge + 0.2 · NDCG of the pages it retrieved + 0.1, else 0. NDCG tells good searches apart
where a judge only says right or wrong, and may err.

Rows have `response`, the transcript as one text with chat marks, or else `transcript`, its messages; `retrieved`,
page ids in the order of their first retrieval; `relevant`, those of the true pages; and `verdict`, what a judge
replied about the last answer, unless `judge` is a reward that asks one. By default only the agent's own turns
open the gate, with a search before the last answer, a verdict is a `<judge>` block that says either True or
False, and a page retrieved twice counts once. `as_published=True` repeats the official code: the
environment's own reminder of the format, which spans lines, opens the gate, and "True or False" is true.

The official loop around a judge that cannot be read never ends; here such a row is UNREAD and has no value.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from guerdon import parse
from guerdon.branch import gate
from guerdon.geometry import Box, Frame
from guerdon.leaf import reward
from guerdon.metrics.text import anls as similarity
from guerdon.parse import Parsed, malformed
from guerdon.reward import Reward
from guerdon.rules import ranking
from guerdon.rules.where import bounded, compare, gold_texts, read_answer
from guerdon.sample import Row, content_text
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.systems import _vrag_rl as published
from guerdon.world.policy import Softmax, group_relative


def training(*, judge: Reward | None = None, as_published: bool = False) -> Reward:
    """0.7 · judge + 0.2 · NDCG + 0.1 behind the gate, else 0. `judge` gives 0 or 1; by default it reads `verdict`."""
    mix = 0.7 * correct(judge=judge, as_published=as_published).named("judge") + 0.2 * retrieval() + 0.1
    return gate(searched_and_answered(as_published=as_published).named("gate"), mix)


def correct(*, judge: Reward | None = None, as_published: bool = False) -> Reward:
    """The judge's verdict alone: what the paper evaluates with."""
    if judge is not None:
        return judge
    return published.verdict() if as_published else verdict()


def searched_and_answered(*, as_published: bool = False) -> Reward:
    """1 if the agent searched and then answered, else 0."""
    return published.gate() if as_published else searched()


def retrieval() -> Reward:
    """NDCG of the pages retrieved, each where it first came up."""
    return ranking.ndcg(within=None).reading(response="retrieved")


def anls() -> Reward:
    """Average normalised Levenshtein similarity of the last answer, behind the gate; the paper does not train on it."""
    return gate(searched_and_answered().named("gate"), last_answer_anls())


@reward("vrag_rl.searched", range=(0, 1), binary=True)
def searched(response: str, transcript: Any = None) -> float:
    """1 if a search block ends before the agent's last answer block begins, in its own turns."""
    own = own_turns(response if transcript is None else transcript)
    answer = own.rfind("<answer>")
    return float(
        parse.blocks(own[: max(answer, 0)], "search").ok and parse.tag(own[answer:], "answer", which="first").ok
    )


@reward("vrag_rl.verdict", range=(0, 1), binary=True)
def verdict(verdict: str) -> float | Score:
    """1 or 0 as the one `<judge>` block in the column `verdict` says True or False; anything else is unread."""
    said = read_answer(partial(parse.yes_no, words=("true", "false")), verdict, "judge")
    return Score.unread(said.reason) if said.value is None else float(said.value)


@reward("vrag_rl.anls", range=(0, 1))
def last_answer_anls(response: str, answer: Any, transcript: Any = None) -> float | Score:
    """1 − edit distance / longer length of the agent's last answer and the nearest true one; 0 from a half on."""
    own = own_turns(response if transcript is None else transcript)
    found = read_answer(bounded, own, "answer", "last")
    return compare(found, gold_texts(answer, None), similarity)


def own_turns(transcript: Any) -> str:
    """What the agent itself wrote, of a transcript as text with chat marks or as messages.

    >>> own_turns("<search>a</search><|im_start|>user\\n<answer>b</answer><|im_end|>")
    '<search>a</search>'
    """
    if isinstance(transcript, str):
        return published.without_user_turns(transcript)
    return "\n".join(content_text(m.get("content")) for m in transcript if m.get("role", "assistant") == "assistant")


class Action(NamedTuple):
    """What a turn does."""

    kind: Literal["search", "answer", "bbox"]
    body: str


def action(turn: str) -> Parsed[Action]:
    """The one action of a turn, after its thought; several, or none, are malformed.

    >>> action("<think>Where?</think><search>boiling point</search>").value
    Action(kind='search', body='boiling point')
    """
    kinds: tuple[Literal["search", "answer", "bbox"], ...] = ("search", "answer", "bbox")
    for kind in kinds:
        read = parse.layout(turn, f"think {kind}")
        if read.value is not None and not any(f"<{other}>" in turn for other in kinds if other != kind):
            return Parsed(Action(kind, read.value[1].strip()), span=read.span)
    return malformed("a thought and then one search, answer or bbox block are wanted")


def region(body: str, shown: Frame, page: Frame) -> Parsed[Box]:
    """The box of a bbox action, written on the page as it was shown, in pixels of the page itself, within its edges.

    >>> region("[10, 10, 60, 200]", Frame(100, 100), Frame(1000.0, 2000.0)).value.corners
    (100.0, 200.0, 600.0, 2000.0)
    """
    read = parse.box(body, frame=shown)
    if read.value is None or min(read.value.corners) < 0:
        return malformed(read.reason or "a box has no negative corner")
    box = read.value.to(page)
    clamped = box._replace(x2=min(box.x2, page.width), y2=min(box.y2, page.height))
    return Parsed(clamped) if clamped.x1 < clamped.x2 and clamped.y1 < clamped.y2 else malformed("off the page")


system = System(
    id="vrag-rl",
    title="VRAG-RL: Empower Vision-Perception-Based RAG for Visually Rich Information Understanding "
    "via Iterative Reasoning with Reinforcement Learning",
    year=2025,
    url="https://arxiv.org/abs/2505.22019",
    about=__doc__,
    rewards={
        "training": training, "judge": correct, "gate": searched_and_answered, "ndcg": retrieval, "anls": anls,
    },
    published=(
        Published(
            "Overall accuracy on SlideVQA, ViDoSeek and MMLongBench-Doc, %",
            "arXiv:2505.22019, from memory, not checked against the paper",
            ("Qwen2.5-VL-3B", "Qwen2.5-VL-7B"),
            ((53.5, 57.1),),
        ),
    ),
)  # fmt: skip


TOPICS, PAGES, WORDS, GENERIC, SLOTS, TOP = 200, 3, 6, 50, 64, 10
TEMPLATES = ((0, 5), (2, 3), (4, 2), (6, 12), (6, 6), (6, 0))
"""How many words a query takes from its topic, and how many from those that any page may have."""
PROMPTS, GROUP, STEPS, RATE = 16, 5, 20, 1.0
FLIPPED = 0.2
"""How often the judge is wrong."""


@system.proof(claim="beside a judge that errs, NDCG teaches better searches in as many steps", seconds=20)
def ranking_helps(seed: int) -> Measured:
    """Expected NDCG of the trained agent over all topics; the baseline is trained on the judge alone."""
    alone = _searching(correct(), seed)
    return Measured(_searching(training(), seed), at_least=alone + 0.04, baseline=alone)


@system.proof(claim="the environment's reminder of the format opens the published gate, not the default one", seconds=2)
def the_gate_is_the_agents(seed: int) -> Measured:
    """What a transcript without any search or answer of the agent earns; the baseline is as published."""
    word = np.random.default_rng(seed).choice(["banana", "nothing", "yes"])
    reminder = "Your action is invalid.\nWrite <search> query </search> or <answer> answer </answer>.\n"
    transcript = f"<think>{word}</think><|im_start|>user\n{reminder}<|im_end|>"
    row = {"response": transcript, "retrieved": ["a_1"], "relevant": ["a_1"], "verdict": "<judge>True</judge>"}
    paid = training(as_published=True).one(row).value
    return Measured(training().one(row).value or 0.0, at_most=0.0, baseline=paid or 0.0)


def _searching(reward: Reward, seed: int) -> float:
    """GRPO of an agent that chooses how to write its query; expected NDCG at the end."""
    rng = np.random.default_rng(seed)
    found = _retrieved(rng)
    policy, ndcg = Softmax([1], len(TEMPLATES)), retrieval()
    context = np.zeros(PROMPTS * GROUP, dtype=np.intp)
    for _ in range(STEPS):
        topics = rng.integers(TOPICS, size=PROMPTS).repeat(GROUP)
        chosen = policy.draw(rng, context)
        flips = rng.random(len(chosen)) < FLIPPED
        drawn = zip(topics.tolist(), chosen.tolist(), flips.tolist(), strict=True)
        rows = [_transcript(found[t][k], t, flip) for t, k, flip in drawn]
        advantages = group_relative(reward(rows).values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(chosen, advantages, context, rate=RATE)
    rows = [_transcript(pages, t, False) for t, by_template in enumerate(found) for pages in by_template]
    table = ndcg(rows).values.reshape(TOPICS, len(TEMPLATES))
    return float(table.mean(axis=0) @ policy.probabilities([0])[0])


def _retrieved(rng: np.random.Generator) -> list[list[list[str]]]:
    """The pages that each template finds for each topic, best first, by hashed words. A topic's page 0 has all of its
    words and is the relevant one, the others have at most two of them."""
    slots = rng.integers(SLOTS, size=TOPICS * WORDS + GENERIC)
    words = rng.permuted(np.arange(TOPICS * WORDS).reshape(TOPICS, WORDS), axis=1)

    def bag(topic: int, own: int, generic: int) -> Floats:
        used = [*words[topic, :own], *rng.integers(TOPICS * WORDS, len(slots), size=generic)]
        return np.bincount(slots[used], minlength=SLOTS).astype(np.float64)

    shared = rng.integers(3, size=(TOPICS, PAGES))
    shared[:, 0] = WORDS
    pages = np.array([bag(t, own, 8) for t, counts in enumerate(shared.tolist()) for own in counts])
    pages /= np.linalg.norm(pages, axis=1, keepdims=True)
    names = [f"deck{t}_{page}" for t in range(TOPICS) for page in range(PAGES)]
    queries = np.array([bag(t, own, generic) for t in range(TOPICS) for own, generic in TEMPLATES])
    order = np.argsort(-(queries @ pages.T), axis=1, kind="stable")[:, :TOP]
    found = [[names[page] for page in best] for best in order.tolist()]
    return [found[t * len(TEMPLATES) : (t + 1) * len(TEMPLATES)] for t in range(TOPICS)]


def _transcript(retrieved: list[str], topic: int, flipped: bool) -> Row:
    """A search and an answer, right if the relevant page came up; the judge says so unless it errs."""
    relevant = f"deck{topic}_0"
    pages = "<|im_start|>user\n…<|im_end|>"
    return {
        "response": f"<think>?</think><search>…</search>{pages}<think>!</think><answer>…</answer>",
        "retrieved": retrieved,
        "relevant": [relevant],
        "verdict": f"<judge>{(relevant in retrieved) != flipped}</judge>",
    }
