"""Rewards of a car football player whose parts cannot buy each other out (Moschopoulos et al. 2023).

Kinesthetic reward combination is a signed geometric mean instead of a weighted sum: negative where a part is, and 0
where one is 0. It makes the offensive potential (aligned, moving to the ball, near it). Potentials are shaped by
γ·Φ(t) − Φ(t − 1), events are added, and a team shares what its players earn. The combination works for any rewards:
`signed_geometric_mean(alignment, aesthetics, safety)`.

The released code has three rules for the sign. That of the paper (all parts positive) and that of the offensive
potential (alignment and speed not negative, the distance always positive) agree but for −0, and are
`sign="all"`; two negatives make a positive only in the distance-weighted alignment, `sign="product"`. The mean has an
infinite slope at 0, so noise there flips its sign with a visible size.

The first shaped step is 0. Weights are those of one released configuration. Rows are described in
`guerdon.systems._lucy_skg`; those of `shaped` have `steps`, a list of such rows, and those of `total` also `group` and
`team`. Auxiliary heads and the training itself are not rewards.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from guerdon.combine import signed_geometric_mean, team_share
from guerdon.compose import weighted_sum
from guerdon.leaf import reward
from guerdon.reward import Reward
from guerdon.rules.process import step_scores
from guerdon.sample import Row
from guerdon.shaping import each_step, potential_shaping
from guerdon.systems import Measured, Published, System
from guerdon.systems import _lucy_skg as game
from guerdon.world.policy import Floats, Softmax, group_relative

GAMMA, SPIRIT = 0.99, 0.3
WEIGHTS = (8.0, 2.0, 1.0, 0.5, 0.5, 0.65, 0.5)


def offensive_potential(*, dispersion: float = 1.0, density: float = 1.0) -> Reward:
    """Aligned with ball and goal, moving towards the ball, and near it: the signed geometric mean of the three."""
    near = game.near_ball(dispersion=dispersion, density=density)
    return signed_geometric_mean(game.align(), game.towards_ball(), near).named("offensive_potential")


def weighted_align(*, dispersion: float = 1.0, density: float = 1.0) -> Reward:
    """Alignment with ball and goal that counts more near the ball."""
    near = game.near_ball(dispersion=dispersion, density=density)
    return signed_geometric_mean(game.align(), near, sign="product").named("weighted_align")


def potential() -> Reward:
    """The potential of a state: ball and player in good places, going to better ones, with boost to spare."""
    parts = (
        game.signed_ball_near_goal(), game.ball_towards_goal(), game.ball_ahead(), game.towards_ball(),
        game.near_ball(), weighted_align(), game.boost(),
    )  # fmt: skip
    return weighted_sum(*parts, weights=WEIGHTS)


def shaped(*, gamma: float = GAMMA, negative_slope: float = 1.0) -> Reward:
    """One player's episode: its shaped potential and its events, step by step."""
    gains = potential_shaping(each_step(potential()).named("potential"), gamma=gamma, negative_slope=negative_slope)
    return gains + each_step(game.events()).named("events")


def total(*, gamma: float = GAMMA, negative_slope: float = 1.0, spirit: float = SPIRIT) -> Reward:
    """The episodes of all players of a match, shared within teams and charged to the others."""
    return team_share(shaped(gamma=gamma, negative_slope=negative_slope), spirit=spirit)


system = System(
    id="lucy-skg",
    title="Lucy-SKG: Learning to Play Rocket League Efficiently Using Deep Reinforcement Learning",
    year=2023,
    url="https://arxiv.org/abs/2305.15801",
    about=__doc__,
    rewards={
        "offensive_potential": offensive_potential, "weighted_align": weighted_align, "potential": potential,
        "shaped": shaped, "total": total, "pressure": game.pressure, "touch_acceleration": game.touch_acceleration,
    },
    published=(
        Published(
            "Games against Necto after a billion steps, wins of each",
            "a third party's summary, not checked against the paper",
            ("Lucy-SKG", "Necto"),
            ((300, 4),),
        ),
    ),
)  # fmt: skip


EFFORTS, GROUP, STEPS, RATE = 21, 64, 300, 4.0
SIDE, ACTIONS, TIES = 5, ((-1, 0), (1, 0), (0, -1), (0, 1)), 1e-9


@reward("lucy_skg.effort", range=(0, 1))
def effort(effort: float) -> float:
    """The share of effort that went into the first skill."""
    return effort


@reward("lucy_skg.other_effort", range=(0, 1))
def other_effort(effort: float) -> float:
    """The share of effort that was left for the second skill."""
    return 1 - effort


@system.proof(claim="a policy paid by the geometric mean trains both skills, by a sum only the better paid", seconds=6)
def no_part_is_bought_out(seed: int) -> Measured:
    """How far the trained policy is from equal effort, 0 to ½; the baseline earns 0.6 · A + 0.4 · B."""
    mean, total = signed_geometric_mean(effort(), other_effort()), 0.6 * effort() + 0.4 * other_effort()
    return Measured(abs(_trained(mean, seed) - 0.5), at_most=0.05, baseline=abs(_trained(total, seed) - 0.5))


@system.proof(
    claim="shaping by a potential leaves the best policy as it is, a bonus of the same size does not", seconds=6
)
def shaping_changes_nothing(seed: int) -> Measured:
    """Share of a grid's states with the same best actions as without; the baseline is paid γ·Φ of where it goes."""
    potentials = np.random.default_rng(seed).normal(size=SIDE * SIDE)
    potentials[-1] = 0.0  # the goal, where the episode ends
    moves = _moves()
    rows = [{"step_scores": [potentials[s], potentials[t]]} for s in range(len(moves)) for t in moves[s]]
    gains = potential_shaping(step_scores(), gamma=GAMMA)(rows).values.reshape(moves.shape)
    plain = _best_actions(np.zeros(moves.shape))
    same, changed = (_best_actions(bonus) == plain for bonus in (gains, GAMMA * potentials[moves]))
    return Measured(float(same.all(axis=1).mean()), at_least=1.0, baseline=float(changed.all(axis=1).mean()))


def _trained(reward: Reward, seed: int) -> float:
    """Mean effort in the first skill after GRPO."""
    rng = np.random.default_rng(seed)
    policy, one, levels = Softmax([1], EFFORTS), np.zeros(GROUP, dtype=np.intp), np.linspace(0, 1, EFFORTS)
    for _ in range(STEPS):
        chosen = policy.draw(rng, one)
        rows: list[Row] = [{"effort": share} for share in levels[chosen].tolist()]
        policy.learn(chosen, group_relative(reward(rows).values[None])[0], one, rate=RATE)
    return float(policy.probabilities([0])[0] @ levels)


@cache
def _moves() -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """Where each action leads, [states but the goal, actions]; walls stop it."""
    places = [divmod(state, SIDE) for state in range(SIDE * SIDE - 1)]
    inside = [[(min(max(r + i, 0), SIDE - 1), min(max(c + j, 0), SIDE - 1)) for i, j in ACTIONS] for r, c in places]
    return np.array([[r * SIDE + c for r, c in row] for row in inside])


def _best_actions(bonus: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """The best actions in every state by value iteration, with 1 for reaching the goal and a bonus for each move."""
    moves, values = _moves(), np.zeros(SIDE * SIDE)
    paid = bonus + (moves == SIDE * SIDE - 1)
    for _ in range(5000):
        q = paid + GAMMA * values[moves]
        values[:-1] = q.max(axis=1)
    best: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = q >= q.max(axis=1, keepdims=True) - TIES
    return best
