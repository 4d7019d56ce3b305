"""The car football of Lucy-SKG, one row for a player at one time, in the units of the game.

x is ±4096 and y ±5120 at the walls, z up to 2044; velocities are in units per second. Team 0 (blue) attacks +y, team 1
−y. Columns: `player_pos`, `player_vel`, `ball_pos`, `ball_vel` (three numbers each), `team`. Where two things are in
one place the direction between them is none, and such rewards are 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import dist, hypot, sqrt
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.metrics.shapes import exp_distance, signed_exp_distance
from guerdon.scores import Score

Vector = Sequence[float]
Kind = Literal["offensive", "defensive", "counter"]
CAR_SPEED, BALL_SPEED, BALL_RADIUS, BACK_WALL = 2300.0, 6000.0, 92.75, 5120.0
GOALS = ((0.0, -6000.0, 321.3875), (0.0, 6000.0, 321.3875))
"""Backs of the goals of teams 0 and 1."""
GOAL_DEPTH = 6000.0 - BACK_WALL + BALL_RADIUS
NEUTRAL = 4570.0
"""Scale at which the signed distance is about 0 with the ball at the middle of a side wall."""
ZONE, CUTOFF, EXPONENT, FEWEST = 3680.0, 90, 0.7, 3
"""How near a goal pressure counts, the frame from which it is worth nothing, its decay, frames before a counter."""
EVENTS = {"goal": 10.0, "team_goal": 4.0, "concede": -10.0, "shot": 1.0, "save": 3.0, "touch": 0.05, "demo": 2.0,
          "demoed": -2.0}  # fmt: skip
"""Weights of one released configuration; the table of the paper differs."""


@reward("lucy_skg.near_ball", range=(0, None))
def near_ball(player_pos: Vector, ball_pos: Vector, *, dispersion: float = 1.0, density: float = 1.0) -> float:
    """How near the player is to the ball: 1 at its surface."""
    return exp_distance(dist(player_pos, ball_pos) - BALL_RADIUS, CAR_SPEED, dispersion, density)


@reward("lucy_skg.ball_near_goal", range=(0, None))
def ball_near_goal(ball_pos: Vector, team: int, *, dispersion: float = 1.0, density: float = 1.0) -> float:
    """How near the ball is to the opponents' goal: 1 at its line."""
    return exp_distance(dist(ball_pos, GOALS[1 - team]) - GOAL_DEPTH, BALL_SPEED, dispersion, density)


@reward("lucy_skg.signed_ball_near_goal", range=(-1, None))
def signed_ball_near_goal(ball_pos: Vector, team: int, *, dispersion: float = 1.0, density: float = 1.0) -> float:
    """The same from −1, far away, to 1, and about 0 in the middle of the field."""
    return signed_exp_distance(dist(ball_pos, GOALS[1 - team]) - GOAL_DEPTH, NEUTRAL, dispersion, density)


@reward("lucy_skg.align", range=(-1, 1))
def align(player_pos: Vector, ball_pos: Vector, team: int, *, defense: float = 0.5, offense: float = 0.5) -> float:
    """Whether the player stands between its goal and the ball, and behind the ball towards the other goal."""
    to_ball = _minus(ball_pos, player_pos)
    away = _minus(player_pos, GOALS[team])
    ahead = _minus(GOALS[1 - team], player_pos)
    return defense * _cosine(to_ball, away) + offense * _cosine(to_ball, ahead)


@reward("lucy_skg.towards_ball", range=(-1, 1))
def towards_ball(player_pos: Vector, player_vel: Vector, ball_pos: Vector) -> float:
    """Speed of the player towards the ball, over the most a car can go."""
    return _speed_towards(player_pos, player_vel, ball_pos) / CAR_SPEED


@reward("lucy_skg.ball_towards_goal", range=(-1, 1))
def ball_towards_goal(ball_pos: Vector, ball_vel: Vector, team: int) -> float:
    """Speed of the ball towards the opponents' goal, over the most a ball can go."""
    return _speed_towards(ball_pos, ball_vel, GOALS[1 - team]) / BALL_SPEED


@reward("lucy_skg.ball_ahead", range=(-1, 1))
def ball_ahead(ball_pos: Vector, team: int) -> float:
    """How far up the field the ball is."""
    return (1 - 2 * team) * ball_pos[1] / (BACK_WALL + BALL_RADIUS)


@reward("lucy_skg.boost", range=(0, 1))
def boost(boost: float) -> float:
    """Square root of the boost that is left, 0–1."""
    return sqrt(boost)


@reward("lucy_skg.events")
def events(events: Mapping[str, float]) -> float | Score:
    """What happened to the player at this time, how often each, by the weights of `EVENTS`."""
    unknown = set(events) - set(EVENTS)
    if unknown:
        return Score.inapplicable(f"unknown event {min(unknown)!r}")
    return float(sum(EVENTS[name] * times for name, times in events.items()))


@reward("lucy_skg.touch_acceleration")
def touch_acceleration(
    touched: bool, ball_pos: Vector, ball_vel: Vector, team: int, last_ball_pos: Any = None, last_ball_vel: Any = None
) -> float:
    """On a touch, how much speed towards the goal the ball gained, over the most a car can go; at first, from none."""
    if not touched:
        return 0.0
    known = last_ball_pos is not None and last_ball_vel is not None
    before = _speed_towards(last_ball_pos, last_ball_vel, GOALS[1 - team]) if known else 0.0
    return (_speed_towards(ball_pos, ball_vel, GOALS[1 - team]) - before) / CAR_SPEED


@reward("lucy_skg.pressure", over="trajectory", grain="step", range=(0, None))
def pressure(states: Sequence[Mapping[str, Any]], team: int, *, kind: Kind = "offensive") -> list[float]:
    """Mean pressure over the frames that the ball has spent near a goal, paid once, when that ends.

    Pressure is ½ + ½ (own share of players in the zone − that of the others). "offensive" is paid to who scores,
    "defensive" to who concedes (of the others' pressure: weigh it negatively), "counter" to who gets the ball
    out of its own zone after at least 3 frames without a goal. It decays with the frames: (1 − t/90)^0.7. A state has
    `ball_pos`, `players` (each with `pos` and `team`) and `score`, the goals of both teams.
    """
    paid: list[float] = []
    held: list[float] = []
    since = last = states[0] if states else {}
    presser: int | None = None
    for state in states:
        if presser is not None and _released(kind, presser, state, last, since, len(held)):
            paid.append(_decayed(held) if presser == team else 0.0)
            held, presser, since = [], None, state
        else:
            zone = next((t for t in (0, 1) if _near(state["ball_pos"], t)), None)
            if zone is None:
                held, presser, since = [], None, state
            else:
                presser = 1 - zone if kind == "offensive" else zone
                held.append(_pressing(state["players"], zone, 1 - presser if kind == "defensive" else presser))
            paid.append(0.0)
        last = state
    return paid


def _released(
    kind: Kind, presser: int, state: Mapping[str, Any], last: Mapping[str, Any], since: Mapping[str, Any], frames: int
) -> bool:
    if kind == "counter":
        scored = any(now > then for now, then in zip(state["score"], last["score"], strict=True))
        return frames >= FEWEST and not scored and not _near(state["ball_pos"], presser)
    scorer = presser if kind == "offensive" else 1 - presser
    return bool(state["score"][scorer] > since["score"][scorer])


def _decayed(held: Sequence[float]) -> float:
    decay: float = (1 - min(len(held) - 1, CUTOFF) / CUTOFF) ** EXPONENT
    return sum(held) / len(held) * decay


def _pressing(players: Sequence[Mapping[str, Any]], zone: int, team: int) -> float:
    """Pressure of a team in the zone before one of the goals, 0–1."""
    near: tuple[list[bool], list[bool]] = ([], [])
    for player in players:
        near[player["team"]].append(_near(player["pos"], zone))
    own, others = (sum(side) / len(side) if side else 0.0 for side in (near[team], near[1 - team]))
    return 0.5 + 0.5 * (own - others)


def _near(place: Vector, goal: int) -> bool:
    return dist(place, GOALS[goal]) - GOAL_DEPTH < ZONE


def _speed_towards(place: Vector, velocity: Vector, target: Vector) -> float:
    way = _minus(target, place)
    return _dot(way, velocity) / (hypot(*way) or 1.0)


def _cosine(a: Vector, b: Vector) -> float:
    return _dot(a, b) / (hypot(*a) * hypot(*b) or 1.0)


def _dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]
