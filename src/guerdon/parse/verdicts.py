"""What judges decide: which answer is better, and how good one is.

Forms are tried from the most explicit to the least, and only the first kind that occurs counts, so that
the analysis before a verdict does not outvote it. Under the default `which="only"` all verdicts
of that kind must agree. A reply that cannot be read is UNREAD, one that declines to judge ABSTAINED; neither
is ever a tie or a middle score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from guerdon.geometry import Span
from guerdon.parse.jsons import json_value
from guerdon.parse.policy import MAX_CHARS, Which, check_which, too_long
from guerdon.parse.result import Parsed
from guerdon.parse.text import declines, narrow
from guerdon.scores import Status

TIE = "tie"
MAX_VERDICTS = 1_000

_WINNER_KEYS = ("winner", "verdict", "preferred", "preference", "better", "choice", "judgment", "judgement", "answer")
_SCORE_KEYS = ("score", "rating", "overall", "overall_score", "final_score", "grade")
_NOUN = r"(?:the\s++)?(?:(?:answer|response|assistant|model|image|video|option|candidate|output|caption|completion|text)\s*+)?"
_TIED = (
    r"(?:both|(?:the\s++)?two)\b[^.\n]{0,40}?\b(?:equal(?:ly)?|same|similar(?:ly)?|tied)\b|\bit(?:'s|\s++is)\s++a\s++(?:tie|draw)\b"
    r"|\bneither\b[^.\n]{0,40}?\bbetter\b|\bequally\s++good\b"
)
