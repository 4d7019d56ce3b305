"""Choosing the data that teaches something.

A prompt on which every answer earns the same has no advantage within its group, so a group-relative
method learns nothing from it. Answer each prompt several times with the model to be trained, score
the answers, and keep the prompts whose rewards differ. What is too hard or too easy changes while the model
learns, so select again from time to time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from guerdon.batch import as_rows
from guerdon.reward import Reward, as_reward
from guerdon.sample import Row
from guerdon.scores import Floats

T = TypeVar("T")
Spread = Literal["std", "gap"]
"""Standard deviation (ddof 0), or how far the best lies above the mean."""


def group_spread(rewards: Sequence[Sequence[float]] | Floats, *, by: Spread = "std") -> Floats:
    """How far the rewards of each prompt's answers differ, [prompts]; a prompt may have any number of answers.

    NaN, an answer without a value, is left out; fewer than two values have no spread, NaN. Raises ValueError
    for an unknown measure.

    >>> group_spread([[1, 0, 1, 0], [1, 1, 1, 1], [0.5]])
    array([0.5, 0. , nan])
    """
    if by not in ("std", "gap"):
        raise ValueError(f"by={by!r}: write std or gap")
    values = _padded(rewards)
    counts = (~np.isnan(values)).sum(axis=1)
    known = np.where(counts[:, None] > 1, values, 0.0)  # any number will do: these rows become NaN below
    mean = np.nanmean(known, axis=1)
    spread = np.nanstd(known, axis=1) if by == "std" else np.nanmax(known, axis=1) - mean
    # Equal values have no spread, though their mean may be off by rounding.
    same = np.nanmax(known, axis=1) == np.nanmin(known, axis=1)
    return np.where(counts > 1, np.where(same, 0.0, spread), np.nan)


def select_by_group_variance(
    samples: Sequence[T],
    rewards: Sequence[Sequence[float]] | Floats,
    *,
    above: float = 0.0,
    most: int | None = None,
    by: Spread = "std",
) -> list[T]:
    """The samples whose answers earn rewards that spread by more than `above`, in their order.

    `rewards[i]` are those of several answers to sample i. Of more than `most`, those that spread most
    are kept, the earlier one on a tie. With rewards of 0 and 1 and `above=0` that is dropping what is always
    solved or never. Li et al. 2025 (Temporal-RLT), https://arxiv.org/abs/2506.01908; also the filter of
    DAPO's dynamic sampling, Yu et al. 2025. Raises ValueError for lengths that disagree.

    >>> select_by_group_variance(["easy", "open", "hard"], [[1, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 0]])
    ['open']
    """
    if len(samples) != len(rewards):
        raise ValueError(f"{len(rewards)} groups of rewards for {len(samples)} samples")
    spread = group_spread(rewards, by=by)
    chosen = np.flatnonzero(spread > above)
    if most is not None:
        chosen = np.sort(chosen[np.argsort(-spread[chosen], kind="stable")[:most]])
    return [samples[i] for i in chosen.tolist()]


class Split(NamedTuple):
    """Samples by what a model's answer to them was worth."""

    keep_for_sft: list[Row]
    """Right: the model can learn from its own answers."""
    send_to_rl: list[Row]
    """Wrong, or not readable as an answer: here a reward still has something to say."""
    unscored: list[Row]
    """Without a value, which is neither."""


def split_by_correctness(judge: Reward, samples: Any, *, right: float = 1.0) -> Split:
    """Samples with a model's response, each in its order: right ones are worth at least `right` to the judge.

    Groups of answers to what a model solves already are all equal, and teach nothing in group-relative training, so
    only the rest goes there. Wang et al. 2025 (UnifiedReward-Think), https://arxiv.org/abs/2505.03318.

    >>> from guerdon.rules.answers import exact
    >>> samples = [{"response": said, "answer": "yes"} for said in ("yes", "no")]
    >>> [len(part) for part in split_by_correctness(exact(within=None), samples)]
    [1, 1, 0]
    """
    rows = as_rows(samples)
    values = as_reward(judge)(rows).values
    parts = Split([], [], [])
    for row, value in zip(rows, values.tolist(), strict=True):
        part = parts.unscored if value != value else parts.keep_for_sft if value >= right else parts.send_to_rl
        part.append(row)
    return parts


def _padded(rewards: Sequence[Sequence[float]] | Floats) -> Floats:
    """Groups as rows, [prompts, answers], filled up with NaN."""
    if isinstance(rewards, np.ndarray) and rewards.ndim == 2:
        return np.asarray(rewards, dtype=np.float64)
    width = max(map(len, rewards), default=0)
    out = np.full((len(rewards), max(width, 1)), np.nan)
    for row, group in zip(out, rewards, strict=True):
        row[: len(group)] = group
    return out
