"""The over-optimisation laboratory: a proxy reward is optimised, and the gold reward says what that was worth.

Two optimisers, both on pools of candidate responses with the pool's prompts as units: best-of-n, without noise from
drawing, and a policy gradient on a softmax over each prompt's candidates, with every step exact. Cures are rewards
too, so they run on the same candidates and are compared with the uncured proxy prompt by prompt: `worst` and
`lower_bound` of an ensemble, `residual` without length, `clip` at the proxy point, `constrained` by multipliers,
`refine_steps` for process rewards. Stopping early at the peak is always measured.

Gao et al. 2023, https://arxiv.org/abs/2210.10760.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from guerdon.audit.curves import FEWEST as FEWEST_UNITS
from guerdon.audit.curves import Curve, Location, Peak, peak, shift, stopped
from guerdon.audit.optimisers import Multipliers, best_of_n, policy_gradient
from guerdon.batch import Batch, Index, as_rows
from guerdon.combine import Constrained
from guerdon.metrics.overoptimisation import Form
from guerdon.metrics.stats import Estimate, mean_interval, paired_difference
from guerdon.reward import Reward
from guerdon.sample import Row
from guerdon.scores import ContractError, Floats
from guerdon.spec import from_spec
from guerdon.world.responders import candidates
from guerdon.world.tasks import Kind, dataset

FEWEST = 6
"""Candidates of the smallest pool: fewer give fewer points than a curve needs."""
GOLD = (
    "route({'ground': boxes.iou, 'detect': boxes.match, 'count': answer.numeric, 'choice': answer.choice, "
    "'relation': answer.yes_no}, by='task')"
)
"""What is really wanted in the World, where the truth is known."""
MIX = {"careful": 0.2, "sloppy": 0.7, "hacker": 0.1}
"""Who answers there."""


class Effect(NamedTuple):
    """What a cure does, beside the uncured proxy on the same prompts."""

    name: str
    end: Estimate
    """Gold where optimisation ends: at the end of the curve, or where it was stopped."""
    gain: Estimate
    """`end` minus that of the uncured proxy, in pairs."""
    peak: Peak | None
    """None for early stopping, which has no curve of its own."""
    shift: Location | None
    """How far the cure moves the peak along √KL; ∞ where gold no longer falls."""


@dataclass(frozen=True)
class Study:
    """A proxy optimised against gold, uncured and cured, on the same candidates."""

    curve: Curve
    """Of the uncured proxy."""
    cured: Mapping[str, Curve]

    @cached_property
    def peak(self) -> Peak:
        """Where gold stops rising without a cure."""
        return peak(self.curve)

    @cached_property
    def effects(self) -> list[Effect]:
        """Early stopping at a peak found on other prompts, then every cure."""
        end, early = self.curve.gold[:, -1], stopped(self.curve)
        found = [Effect("early stopping", mean_interval(early), paired_difference(early, end), None, None)]
        for name, curve in self.cured.items():
            gold = curve.gold[:, -1]
            gain = paired_difference(gold, end)
            found.append(Effect(name, mean_interval(gold), gain, peak(curve), shift(curve, self.curve)))
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: every curve with its peak, and the effects."""
        effects = [{"name": e.name, "end": e.end._asdict(), "gain": e.gain._asdict()} for e in self.effects]
        return {"curves": [curve.to_dict() for curve in (self.curve, *self.cured.values())], "effects": effects}


class Candidates(NamedTuple):
    """What is chosen from."""

    rows: Sequence[Row]
    gold: Floats
    """[rows]."""
    prompts: Sequence[Index]
    """The rows of each."""


def overoptimise(
    proxy: Reward,
    gold: Reward,
    samples: Any,
    *,
    cures: Mapping[str, Reward] | None = None,
    how: Form = "best_of_n",
    n: Sequence[int] | None = None,
    budget: float | None = None,
    by: str = "group",
) -> Study:
    """Optimise a proxy reward, and each of its cures, and see what becomes of gold.

    `samples` are candidate responses, several to a prompt, with the prompt named in the column `by`; `gold` is what
    is really wanted: people's scores, or in the World the exact truth. Candidates that the proxy or gold cannot score
    are left out, and counted. `n` is for best-of-n, `budget` (nats) for the policy gradient; see `best_of_n` and
    `policy_gradient`. Raises ContractError for fewer than 4 prompts, a prompt with fewer than 6 candidates that have
    values, or a cure that has the proxy's name.
    """
    rows = as_rows(samples)
    batch = Batch(rows)
    blocks = batch.blocks(by, batch.all)
    if len(blocks) < FEWEST_UNITS or proxy.name in (cures or {}):
        raise ContractError(f"{len(blocks)} prompts (4 or more), and cures called otherwise than {proxy.name!r}")
    among = Candidates(rows, gold(rows).values, blocks)
    rewards = {proxy.name: proxy, **(cures or {})}
    curves = [_curve(name, reward, among, how, n, budget) for name, reward in rewards.items()]
    return Study(curves[0], {curve.name: curve for curve in curves[1:]})


def in_world(
    proxy: Reward,
    *,
    task: Kind | None = None,
    prompts: int = 40,
    pool: int = 64,
    mix: Mapping[str, float] = MIX,
    how: Form = "best_of_n",
    seed: int = 0,
) -> Study:
    """How far gold falls while a reward is optimised in the World, on simulated models' answers about scenes.

    `task` is one kind of question, None all of them in turn; `mix` says how often which responder answers. The
    hacker among them wins wherever the reward can be had without looking.
    """
    questions = dataset(prompts, seed, task=task, size=(160, 120))
    return overoptimise(proxy, from_spec(GOLD).named("gold"), candidates(questions, pool, seed, mix=mix), how=how)


def table(study: Study) -> tuple[list[str], list[list[str]]]:
    """A study as headings and rows of text: each reward, where its gold peaks, and gold at the end beside uncured."""
    curve = study.curve
    rows = [[curve.name, _where(study.peak), f"{curve.gold[:, -1].mean():.3f}", ""]]
    for effect in study.effects:
        gain = f"{effect.gain.mean:+.3f} ({effect.gain.low:+.3f} to {effect.gain.high:+.3f})"
        place = "" if effect.peak is None else _where(effect.peak)
        rows.append([effect.name, place, f"{effect.end.mean:.3f}", gain])
    return ["reward", "gold peaks at √KL", "gold at the end", "against uncured"], rows


def _where(found: Peak) -> str:
    at, low, high = found.at
    return f"{at:.2f} ({low:.2f} to {high:.2f})" if found.within else f"none up to {found.end:.2f}"


def _curve(
    name: str, reward: Reward, among: Candidates, how: Form, n: Sequence[int] | None, budget: float | None
) -> Curve:
    held = reward if isinstance(reward, Constrained) else None
    parts = np.array([part(among.rows).values for part in ((reward,) if held is None else held.children)])
    valued = ~np.isnan(parts.sum(axis=0) + among.gold)
    kept = [block[valued[block]] for block in among.prompts]
    if min(map(len, kept)) < FEWEST:
        raise ContractError(f"{name}: a prompt has {min(map(len, kept))} candidates with values, not {FEWEST}")
    pools, wanted = np.array([_pools(part, kept) for part in parts]), _pools(among.gold, kept)
    if how == "best_of_n":
        values = pools[0] if held is None else _pools(reward(among.rows).values, kept)
        curve = best_of_n(values, wanted, n, name=name)
    else:
        gains = None if held is None else Multipliers(held, pools)
        curve = policy_gradient(pools.mean(axis=0), wanted, gains=gains, budget=budget, name=name)
    return replace(curve, left_out=int((~valued).sum()))


def _pools(values: Floats, blocks: Sequence[Index]) -> Floats:
    """[prompts, m], filled up with NaN."""
    out = np.full((len(blocks), max(map(len, blocks))), np.nan)
    for line, block in zip(out, blocks, strict=True):
        line[: len(block)] = values[block]
    return out
