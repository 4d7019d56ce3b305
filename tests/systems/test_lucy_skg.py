"""Lucy-SKG: the game's geometry, the combination of its parts, pressure, and what a team shares."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest

from guerdon import Reward, Status
from guerdon.systems import _lucy_skg as game
from guerdon.systems.lucy_skg import offensive_potential, potential, shaped, system, total, weighted_align

STATE: dict[str, Any] = {
    "player_pos": [0, -1000, 17], "player_vel": [0, 2300, 0], "ball_pos": [0, 0, 93], "ball_vel": [0, 0, 0],
    "team": 0, "boost": 0.25, "events": {},
}  # fmt: skip


def value(made: Reward, **changes: Any) -> float:
    scored = made.one(STATE | changes).value
    assert scored is not None
    return scored


def test_a_player_behind_the_ball_at_full_speed_has_nearly_the_whole_potential() -> None:
    # (.995 · .997 · .820)^(1/3)
    assert value(offensive_potential()) == pytest.approx((0.995076123 * 0.997124451 * 0.820488665) ** (1 / 3))


def test_a_player_on_the_wrong_side_has_a_negative_one_whichever_way_it_goes() -> None:
    for speed in (2300, -2300):
        assert value(offensive_potential(), player_pos=[0, 1000, 17], player_vel=[0, speed, 0]) < -0.9


def test_two_negatives_are_negative_in_the_potential() -> None:
    wrong = {"player_pos": [0, 1000, 17], "player_vel": [0, 2300, 0]}
    assert value(game.align(), **wrong) < 0
    assert value(game.towards_ball(), **wrong) < 0
    assert value(offensive_potential(), **wrong) < 0


def test_the_aligned_distance_is_the_root_of_the_product() -> None:
    assert value(weighted_align()) == pytest.approx(sqrt(value(game.align()) * value(game.near_ball())))


def test_both_teams_see_a_mirrored_field_alike() -> None:
    mirrored = {
        "player_pos": [0, 1000, 17], "player_vel": [0, -2300, 0], "ball_vel": [0, 0, 0], "team": 1,
    }  # fmt: skip
    for made in (offensive_potential(), weighted_align(), potential()):
        assert value(made, **mirrored) == pytest.approx(value(made))


def test_the_signed_distance_is_about_0_at_the_middle_of_a_side_wall() -> None:
    assert abs(value(game.signed_ball_near_goal(), ball_pos=[4096, 0, 93])) < 0.01
    assert value(game.signed_ball_near_goal(), ball_pos=[0, 5120 - 92.75, 321.3875]) == pytest.approx(1.0)


def test_things_in_one_place_have_no_direction() -> None:
    assert value(game.towards_ball(), player_pos=STATE["ball_pos"]) == 0.0
    assert value(game.align(), player_pos=STATE["ball_pos"]) == 0.0


def test_the_potential_is_the_weighted_sum_of_its_parts() -> None:
    parts = [
        8 * value(game.signed_ball_near_goal()), 2 * value(game.ball_towards_goal()), value(game.ball_ahead()),
        0.5 * value(game.towards_ball()), 0.5 * value(game.near_ball()), 0.65 * value(weighted_align()), 0.5 * 0.5,
    ]  # fmt: skip
    assert value(potential()) == pytest.approx(sum(parts))


def test_events_are_weighted_and_unknown_ones_refused() -> None:
    assert value(game.events(), events={"goal": 1, "touch": 2, "demoed": 1}) == pytest.approx(10 + 0.1 - 2)
    assert game.events().one({"events": {"win": 1}}).status == Status.INAPPLICABLE


def test_a_touch_pays_for_the_speed_it_gives_towards_the_goal() -> None:
    goal_line = {"ball_pos": [0, 0, 321.3875], "ball_vel": [0, 2300, 0]}
    before = {"last_ball_pos": [0, 0, 321.3875], "last_ball_vel": [0, 1150, 0]}
    assert value(game.touch_acceleration(), touched=True, **goal_line) == pytest.approx(1.0)
    assert value(game.touch_acceleration(), touched=True, **goal_line, **before) == pytest.approx(0.5)
    assert value(game.touch_acceleration(), touched=False, **goal_line) == 0.0


def test_an_episode_is_shaped_from_its_second_step_on() -> None:
    steps = [STATE, STATE, STATE | {"events": {"goal": 1}}]
    fine = shaped().one({"steps": steps}).fine
    assert fine is not None
    # a potential that stays costs (1 − γ)·Φ a step; the first step is 0
    cost = -0.01 * value(potential())
    assert fine.values == pytest.approx((0.0, cost, cost + 10.0))


def test_a_match_is_shared_within_teams() -> None:
    scorer = [STATE, STATE | {"events": {"goal": 1}}]
    rows = [{"group": 1, "team": t, "steps": steps} for t, steps in ((0, scorer), (0, [STATE, STATE]))]
    alone = shaped()(rows).values
    shared = total()(rows).values
    assert shared == pytest.approx(0.3 * alone.mean() + 0.7 * alone)
    assert len(total()(rows).fine[0].values) == 2


# -- pressure ----------------------------------------------------------------------------------------

MID, OWN, FAR = [0, 0, 93], [0, -4000, 93], [0, 4000, 93]


def state(ball: list[int], score: tuple[int, int] = (0, 0), blue: Any = MID, orange: Any = MID) -> dict[str, Any]:
    players = [{"pos": blue, "team": 0}, {"pos": orange, "team": 1}]
    return {"ball_pos": ball, "players": players, "score": score}


def paid(kind: game.Kind, team: int, *states: dict[str, Any]) -> list[float]:
    fine = game.pressure(kind=kind).one({"states": states, "team": team}).fine
    return list(fine.values) if fine else []


def test_attackers_are_paid_their_pressure_when_they_score() -> None:
    # blue alone in the zone: ½ + ½(1 − 0) in both frames; the second frame decays by (1 − 1/90)^.7
    play = [state(FAR, blue=FAR), state(FAR, blue=FAR), state(MID, (1, 0))]
    assert paid("offensive", 0, *play) == pytest.approx([0.0, 0.0, (89 / 90) ** 0.7])
    assert paid("offensive", 1, *play) == [0.0, 0.0, 0.0]


def test_defenders_are_charged_with_the_pressure_on_them_when_they_concede() -> None:
    play = [state(OWN, orange=OWN), state(MID, (0, 1))]
    assert paid("defensive", 0, *play) == pytest.approx([0.0, 1.0])
    assert paid("defensive", 1, *play) == [0.0, 0.0]


def test_defenders_are_paid_for_getting_the_ball_out_after_three_frames() -> None:
    # nobody or both in the zone: ½
    assert paid("counter", 0, *[state(OWN)] * 3, state(MID)) == pytest.approx([0, 0, 0, 0.5 * (88 / 90) ** 0.7])
    assert paid("counter", 0, *[state(OWN)] * 2, state(MID)) == [0.0, 0.0, 0.0]
    assert paid("counter", 0, *[state(OWN)] * 3, state(MID, (0, 1))) == [0.0, 0.0, 0.0, 0.0]


def test_pressure_is_paid_once_and_starts_over() -> None:
    play = [state(FAR, blue=FAR), state(MID, (1, 0)), state(MID, (1, 0)), state(FAR, (1, 0)), state(MID, (2, 0))]
    assert paid("offensive", 0, *play) == pytest.approx([0.0, 1.0, 0.0, 0.0, 0.5])


def test_pressure_that_lasts_too_long_is_worth_nothing() -> None:
    assert paid("offensive", 0, *[state(FAR, blue=FAR)] * 100, state(MID, (1, 0)))[-1] == 0.0


def test_an_episode_without_states_does_not_apply() -> None:
    assert game.pressure().one({"states": [], "team": 0}).status == Status.INAPPLICABLE


def test_the_proofs_hold() -> None:
    assert [evidence.reason for evidence in system.reproduce()] == ["", ""]
