"""A clinic's knowledge as a reward for a conversation: each answer right, and all of them one story (2024).

Five questions about a patch of bone marrow are asked turn by turn: is it of use, what does it show, is it
normal, in which detail, what is the diagnosis. Each free text is read as a symbol; a table of five
conditions says which symbols go together. A turn earns 1 for the right symbol and −0.5 for none, and two
neighbouring turns earn 1 more if they fit together: at most 9.

Rows have `turns` and `answer`, the replies and the true ones, and where fewer are asked `slots`, their names.
By default a pair counts only where both turns are right, since a wrong story that is consistent would earn 4
of the 9 points; words are read whole and with negation; pairs are neighbours in the clinical order; and a
row whose true answer cannot be read is not scored. `as_published=True` repeats the official code with the
column `categories` (1 to 5), without its length term, which raises there. Losses and the PPO trainer wait.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from guerdon.reward import Reward
from guerdon.rules import consistency
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, System
from guerdon.systems import _dr_llava as published
from guerdon.world.policy import Indices, Softmax

_UNUSABLE = (
    "inadequate", "unsuitable", "insufficient", "low quality", "low-quality", "poor quality", "quality is low",
    "quality is poor", "unclear", "impossible", "not suitable", "not adequate", "not sufficient", "cannot be",
)  # fmt: skip
SYMBOLS = {
    "quality": {
        "adequate": (
            "suitable", "adequate", "appropriate", "effective", "optimal", "apt", "sufficient", "can be used",
        ),
        "inadequate": (*_UNUSABLE, "not appropriate", "not effective", "not optimal", "not apt", "inappropriate"),
    },
    "image": {
        "adequate": ("near", "close to", "adjacent", "proxim*", "vicinity"),
        "blood": ("blood", "rbc", "rbcs"),
        "clot": ("clot*", "far from", "hinder*", "adverse*", "not near", "not close to", "not adjacent"),
    },
    "pathology": {
        "normal": ("normal", "healthy", "not abnormal*", "not malignan*", "not cancer*"),
        "abnormal": ("abnormal*", "malignan*", "cancer*", "disorder*", "not normal", "not healthy"),
        "inadequate": _UNUSABLE,
    },
    "detail": {
        "no abnormality": ("not abnormal*", "not plasma cell*", "not myeloblast*", "nothing unusual", "normal"),
        "myeloblasts": ("myeloblast*",),
        "plasma cells": ("plasma cell*",),
        "inadequate": _UNUSABLE,
    },
    "diagnosis": {
        "normal": ("healthy", "normal", "not cancer*", "not blood cancer*", "not malignan*"),
        "AML": ("acute myeloid leukemia", "acute myeloid leukaemia", "aml"),
        "MM": ("multiple myeloma", "mm"),
        "inadequate": _UNUSABLE,
    },
}  # fmt: skip
"""What each question can be answered with, and the words for it (`guerdon.parse.symbols`)."""
CONDITIONS = {
    "normal": ("adequate", "adequate", "normal", "no abnormality", "normal"),
    "AML": ("adequate", "adequate", "abnormal", "myeloblasts", "AML"),
    "MM": ("adequate", "adequate", "abnormal", "plasma cells", "MM"),
    "blood": ("inadequate", "blood", "inadequate", "inadequate", "inadequate"),
    "clot": ("inadequate", "clot", "inadequate", "inadequate", "inadequate"),
}
"""The answers that are true together."""


def symbolic(*, consistency_weight: float = 1.0, joint: bool = True, as_published: bool = False) -> Reward:
    """Right answers plus consistent neighbours; `joint` counts only neighbours that are right."""
    if as_published:
        return published.symbolic()
    return consistency.path(
        symbols=SYMBOLS, paths=list(CONDITIONS.values()), consistency=consistency_weight, joint=joint
    )


def replies(conversation: str) -> list[str]:
    """What the assistant says, turn by turn, in a text of "USER: … ASSISTANT: …".

    >>> replies("USER: Is it of use? ASSISTANT: Yes. USER: And now? ASSISTANT: It is normal.")
    ['Yes.', 'It is normal.']
    """
    turns = (turn.partition("ASSISTANT:") for turn in conversation.split("USER: "))
    return [said.strip() for _, marker, said in turns if marker]


def reference(text: str) -> tuple[str, str]:
    """A true answer and the name of its question, from a text that ends in "order" and its number.

    Raises ValueError for any other text.

    >>> reference("The cells look normal order 3")
    ('The cells look normal', 'pathology')
    """
    said, _, number = text.rstrip().rpartition(" order ")
    if number not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"{text[-80:]!r} does not end in 'order' and a number from 1 to 5")
    return said.strip(), list(SYMBOLS)[int(number) - 1]


system = System(
    id="dr-llava",
    title="Dr-LLaVA: Visual Instruction Tuning with Symbolic Clinical Grounding",
    year=2024,
    url="https://arxiv.org/abs/2405.19567",
    about=__doc__,
    rewards={"symbolic": symbolic},
)


STEPS, BATCH, RATE = 400, 256, 8.0
NOISE = 0.35
"""How often a cue is replaced by a random one."""
STORIES = list(CONDITIONS.values())
OPTIONS = [list(symbols) for symbols in SYMBOLS.values()]
TRUE = np.array([[options.index(a) for options, a in zip(OPTIONS, story, strict=True)] for story in STORIES])
"""[conditions, slots], which option is true."""
Teacher = Literal["correct", "both", "joint", "consistent", "consistent and right"]
"""Correctness alone, with consistency, with joint consistency, or one of these two consistencies alone."""


class Learned(NamedTuple):
    """How a trained policy answers, as shares."""

    slots: float
    """Right turns."""
    valid: float
    """Conversations that tell the story of some condition."""
    whole: float
    """Conversations with every turn right."""


@system.proof(claim="consistency teaches to get all five turns right together", seconds=15)
def whole_conversations(seed: int) -> Measured:
    """Share of conversations with every turn right; the baseline is trained on correctness alone."""
    return Measured(_learned("both", seed).whole, at_least=0.65, baseline=_learned("correct", seed).whole)


@system.proof(claim="joint consistency, the default, teaches that too", seconds=10)
def whole_conversations_jointly(seed: int) -> Measured:
    """Share of conversations with every turn right; the baseline is trained on correctness alone."""
    return Measured(_learned("joint", seed).whole, at_least=0.58, baseline=_learned("correct", seed).whole)


@system.proof(claim="consistency makes nearly every conversation one story", seconds=10)
def one_story(seed: int) -> Measured:
    """Share of conversations that some condition tells; the baseline is trained on correctness alone."""
    return Measured(_learned("both", seed).valid, at_least=0.95, baseline=_learned("correct", seed).valid)


@system.proof(claim="consistency alone is hacked: the stories fit and the answers are wrong", seconds=10)
def fitting_nonsense(seed: int) -> Measured:
    """Share of right turns under consistency alone; the baseline is trained with correctness too."""
    return Measured(_learned("consistent", seed).slots, at_most=0.45, baseline=_learned("both", seed).slots)


@system.proof(claim="joint consistency cannot be earned by a wrong story", seconds=15)
def joint_cures(seed: int) -> Measured:
    """Share of right turns under joint consistency alone; the baseline under consistency alone."""
    joint = _learned("consistent and right", seed).slots
    return Measured(joint, at_least=0.7, baseline=_learned("consistent", seed).slots)


@cache
def _learned(teacher: Teacher, seed: int) -> Learned:
    """REINFORCE of one softmax a slot, each seeing a noisy cue of the condition, shared, and one of its own."""
    rng = np.random.default_rng(seed)
    points = _points(teacher)
    policies = [Softmax([len(STORIES), len(options)], len(options)) for options in OPTIONS]
    for _ in range(STEPS):
        condition, cues = _seen(rng)
        said = _answers(rng, policies, cues)
        earned = points[(condition, *said.T)]
        advantages = (earned - earned.mean()) / (earned.std() + 1e-6)
        for slot, policy in enumerate(policies):
            policy.learn(said[:, slot], advantages, *cues[slot], rate=RATE)
    condition, cues = _seen(rng, 20 * BATCH)
    said = _answers(rng, policies, cues)
    right = said == TRUE[condition]
    valid = (said[:, None] == TRUE).all(axis=-1).any(axis=-1)
    return Learned(float(right.mean()), float(valid.mean()), float(right.all(axis=1).mean()))


def _seen(rng: np.random.Generator, n: int = BATCH) -> tuple[Indices, list[tuple[Indices, Indices]]]:
    """Conditions [n], and for each slot the shared cue and its own."""
    condition = rng.integers(len(STORIES), size=n)
    shared = _noisy(rng, condition, len(STORIES))
    return condition, [
        (shared, _noisy(rng, TRUE[condition, slot], len(options))) for slot, options in enumerate(OPTIONS)
    ]


def _noisy(rng: np.random.Generator, cue: Indices, options: int) -> Indices:
    return np.where(rng.random(len(cue)) < NOISE, rng.integers(options, size=len(cue)), cue)


def _answers(rng: np.random.Generator, policies: list[Softmax], cues: list[tuple[Indices, Indices]]) -> Indices:
    """Which option each slot says, [n, slots]."""
    return np.stack([policy.draw(rng, *seen) for policy, seen in zip(policies, cues, strict=True)], axis=1)


@cache
def _points(teacher: Teacher) -> Floats:
    """What every conversation earns in every condition, [conditions, *options]: each is written and scored once."""
    rows: list[Row] = [
        {"turns": [_text(*one) for one in zip(SYMBOLS, turns, strict=True)],
         "answer": [_text(*one) for one in zip(SYMBOLS, story, strict=True)]}
        for story in STORIES
        for turns in product(*OPTIONS)
    ]  # fmt: skip
    scores = symbolic(joint=teacher in ("joint", "consistent and right"))(rows)
    component = {"correct": "correct", "both": None, "joint": None}.get(teacher, "consistent")
    column = scores if component is None else scores.components[f"consistency.path/{component}"]
    return column.values.reshape(len(STORIES), *map(len, OPTIONS))


def _text(slot: str, symbol: str) -> str:
    """A reply that says it."""
    return f"It is {SYMBOLS[slot][symbol][0].rstrip('*')}."
