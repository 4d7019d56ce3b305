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

import re
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from guerdon.reward import Reward
from guerdon.rules import consistency
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
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
        "normal": ("normal", "healthy", "no abnormalit*", "not abnormal*", "not malignan*", "not cancer*"),
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
    found = re.fullmatch(r"(.*\S)\s+order ([1-5])\s*", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{text[-80:]!r} does not end in 'order' and a number from 1 to 5")
    return found[1], list(SYMBOLS)[int(found[2]) - 1]


system = System(
    id="dr-llava",
    title="Dr-LLaVA: Visual Instruction Tuning with Symbolic Clinical Grounding",
    year=2024,
    url="https://arxiv.org/abs/2405.19567",
    about=__doc__,
    rewards={"symbolic": symbolic},
)
