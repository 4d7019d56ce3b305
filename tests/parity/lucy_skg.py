"""Lucy-SKG's rewards, and those of RLGym that they are made of, on recorded states."""

from typing import Any

from guerdon import Reward, reward
from guerdon.combine import signed_geometric_mean
from guerdon.rules.process import step_scores
from guerdon.shaping import potential_shaping
from guerdon.systems import _lucy_skg as game
from guerdon.systems.lucy_skg import offensive_potential, weighted_align


@reward("parity.lucy_alignment", range=(-1, 1))
def alignment(alignment: float) -> float:
    """The column alignment."""
    return float(alignment)


@reward("parity.lucy_velocity", range=(-1, 1))
def velocity(velocity: float) -> float:
    """The column velocity."""
    return float(velocity)


@reward("parity.lucy_distance", range=(0, 1))
def distance(distance: float) -> float:
    """The column distance."""
    return float(distance)


def scored(made: Reward, **row: Any) -> float | None:
    return made.one(row).value


def half(defense: float = 0.5, offense: float = 0.5) -> None:
    """Composites are assembled with equal weights, as every configuration of the code has them."""
    assert defense == offense == 0.5


def shaped(potentials: list[float], gamma: float, negative_slope: float) -> tuple[float, ...]:
    made = potential_shaping(step_scores(), gamma=gamma, negative_slope=negative_slope)
    fine = made.one({"step_scores": potentials}).fine
    return fine.values if fine else ()


def near_ball(dispersion: float = 1.0, density: float = 1.0, **row: Any) -> float | None:
    return scored(game.near_ball(dispersion=dispersion, density=density), **row)


def ball_near_goal(dispersion: float = 1.0, density: float = 1.0, **row: Any) -> float | None:
    return scored(game.ball_near_goal(dispersion=dispersion, density=density), **row)


def signed_ball_near_goal(dispersion: float = 1.0, density: float = 1.0, **row: Any) -> float | None:
    return scored(game.signed_ball_near_goal(dispersion=dispersion, density=density), **row)


def potential(defense: float = 0.5, offense: float = 0.5, **row: Any) -> float | None:
    half(defense, offense)
    return scored(offensive_potential(), **row)


def align_near(defense: float = 0.5, offense: float = 0.5, **row: Any) -> float | None:
    half(defense, offense)
    return scored(weighted_align(), **row)


CALLS = {
    "LiuDistancePlayerToBallReward": near_ball,
    "LiuDistanceBallToGoalReward": ball_near_goal,
    "SignedLiuDistanceBallToGoalReward": signed_ball_near_goal,
    "AlignBallGoal": lambda defense, offense, **row: scored(game.align(defense=defense, offense=offense), **row),
    "VelocityPlayerToBallReward": lambda **row: scored(game.towards_ball(), **row),
    "VelocityBallToGoalReward": lambda **row: scored(game.ball_towards_goal(), **row),
    "BallYCoordinateReward": lambda **row: scored(game.ball_ahead(), **row),
    "DistanceWeightedAlignBallGoal": align_near,
    "OffensivePotentialReward": potential,
    "OffensivePotential.combine": lambda **row: scored(
        signed_geometric_mean(alignment(), velocity(), distance()), **row
    ),
    "DiffPotentialReward": shaped,
}
