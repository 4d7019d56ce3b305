"""The laboratory: two optimisers against closed forms, cures beside the uncured, and the World."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

from guerdon import ContractError, Reward, from_spec, reward, worst
from guerdon.audit.curves import peak
from guerdon.audit.optimisers import Multipliers, best_of_n, half_octaves, policy_gradient
from guerdon.audit.overoptimise import GOLD as GOLD_OF_THE_WORLD
from guerdon.audit.overoptimise import MIX, Study, in_world, overoptimise, table
from guerdon.combine import constrained, lower_bound
from guerdon.metrics.overoptimisation import best_of_n_kl, normal_best_of_n
from guerdon.normalise import residual
from guerdon.rules.given import score
from guerdon.shaping import refine_steps
from guerdon.world.responders import candidates
from guerdon.world.tasks import dataset

N = [1, 2, 4, 8, 16, 32]


def column(name: str) -> Reward:
    """The number in a column."""
    return score().reading(score=name).named(name)


# -- best-of-n ---------------------------------------------------------------------------------------


def test_drawn_best_of_n_is_the_closed_form_within_error() -> None:
    rng = np.random.default_rng(0)
    proxy = rng.integers(0, 20, (30, 64)).astype(float)  # with ties
    gold = proxy + rng.normal(size=proxy.shape)
    exact, drawn = best_of_n(proxy, gold, N), best_of_n(proxy, gold, N, draws=400, seed=1)
    error = gold.std() / (30 * 400) ** 0.5
    for which in ("proxy", "gold"):
        gap = getattr(drawn, which).mean(axis=0) - getattr(exact, which).mean(axis=0)
        assert (np.abs(gap) < 5 * error).all()
    assert drawn.gold.std() > 0


def test_best_of_n_of_a_noisy_proxy_is_the_order_statistic() -> None:
    rng, sigma = np.random.default_rng(2), 1.0
    gold = rng.normal(size=(300, 512))
    points = best_of_n(gold + sigma * rng.normal(size=gold.shape), gold, N).points()
    expected = normal_best_of_n(N) / (1 + sigma**2) ** 0.5
    assert sum(p.gold.low <= x <= p.gold.high for p, x in zip(points, expected, strict=True)) >= 5
    assert [p.kl for p in points] == pytest.approx(best_of_n_kl(N).tolist())


def test_pools_may_differ_in_size() -> None:
    pools = np.array([[3.0, 1.0, 2.0, np.nan], [1.0, 2.0, 3.0, 4.0]])
    curve = best_of_n(pools, -pools, [1, 3])
    assert curve.proxy == pytest.approx(np.array([[2, 3], [2.5, 3.75]]))  # of four, 4 in 3 of 4 triples
    assert curve.gold == pytest.approx(-curve.proxy)
    with pytest.raises(ValueError, match="the smallest has 3"):
        best_of_n(pools, pools, [4])
    with pytest.raises(ValueError, match="no candidate"):
        best_of_n([[np.nan, np.nan]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"\[prompts, m\]"):
        best_of_n([1.0], [1.0])


def test_the_usual_n_go_up_by_half_octaves_to_the_pool() -> None:
    assert half_octaves(1) == [1]
    assert half_octaves(64) == [1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64]
    assert best_of_n([[1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0]]).at.tolist() == [1, 2, 3]


# -- policy gradient ---------------------------------------------------------------------------------


def test_a_policy_gradient_ends_at_what_its_divergence_allows() -> None:
    rng = np.random.default_rng(0)
    proxy = rng.normal(size=(5, 20))
    curve = policy_gradient(proxy, proxy, budget=1.0)
    assert curve.kl.mean(axis=0)[-1] == pytest.approx(1.0, abs=0.1)
    assert (curve.kl.mean(axis=0) <= 1.0).all()
    assert (np.diff(curve.proxy.mean(axis=0)) > 0).all()
    assert curve.gold == pytest.approx(curve.proxy)


def test_no_policy_as_near_earns_more() -> None:
    # The Gibbs policy start·exp(r / β) is the best at its KL; so is every policy on the way.
    rng = np.random.default_rng(1)
    proxy = rng.normal(size=(1, 30))
    curve = policy_gradient(proxy, proxy, rate=0.2)
    for beta in (2.0, 1.0, 0.5):
        gibbs = np.exp(proxy[0] / beta) / np.exp(proxy[0] / beta).sum()
        kl, best = float((gibbs * np.log(gibbs * 30)).sum()), float(gibbs @ proxy[0])
        assert np.interp(kl, curve.kl[0], curve.proxy[0]) == pytest.approx(best, abs=0.01)


def test_a_start_and_missing_candidates_count() -> None:
    proxy = np.array([[1.0, 0.0, np.nan]])
    curve = policy_gradient(proxy, proxy, start=[[0.1, 0.9, 0.0]], budget=10.0, steps=1000)
    assert curve.proxy[0, 0] == pytest.approx(0.1)
    assert curve.proxy[0, -1] == pytest.approx(1.0, abs=1e-3)
    assert curve.kl[0, -1] == pytest.approx(np.log(10), abs=0.01)  # all on what had one tenth


def test_multipliers_hold_a_part_at_its_threshold() -> None:
    rng = np.random.default_rng(0)
    parts = rng.random((2, 4, 50))
    rule = constrained(column("a"), column("b"), thresholds=(0.7, 0.6), equal=True)
    gains = Multipliers(rule, parts)
    ends = [policy_gradient(part, part, gains=Multipliers(rule, parts), budget=9.0, steps=2000) for part in parts]
    assert [curve.gold[:, -1].mean() for curve in ends] == pytest.approx([0.7, 0.6], abs=0.01)
    assert rule.settings["multipliers"] == gains.reward.settings["multipliers"] == (0.0, 0.0)  # rewards do not change


def test_a_part_without_a_threshold_is_the_task() -> None:
    parts = np.array([[[0.0, 1.0]], [[1.0, 0.0]]])
    rule = constrained(column("task"), column("b"), thresholds=(None, 0.4), equal=True)
    gains = Multipliers(rule, parts, rate=0.0)
    assert gains(np.array([[0.5, 0.5]])).tolist() == [[0.0, 1.0]]  # λ = 0: all weight on the task


# -- cures -------------------------------------------------------------------------------------------

MEMBERS = ("first", "second", "third")


@cache
def noisy(seed: int, prompts: int = 40, pool: int = 256) -> list[dict[str, float]]:
    """Gold, and three scores of it whose errors have heavy tails: rarely, one is far too high."""
    rng = np.random.default_rng(seed)
    gold = rng.normal(size=(prompts, pool))
    scores = [gold + 0.5 * rng.standard_t(2, gold.shape) for _ in MEMBERS]
    names = ("gold", *MEMBERS)
    return [
        {"group": p, **dict(zip(names, values, strict=True))}
        for p in range(prompts)
        for values in zip(gold[p].tolist(), *(one[p].tolist() for one in scores), strict=True)
    ]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_ensemble_moves_the_peak_of_one_that_is_sometimes_far_off(seed: int) -> None:
    parts = [column(name) for name in MEMBERS]
    cures = {"worst": worst(*parts), "sure": lower_bound(*parts), "mean": lower_bound(*parts, k=0.0)}
    study = overoptimise(parts[0], column("gold"), noisy(seed), cures=cures)
    assert study.peak.within
    effects = {effect.name: effect for effect in study.effects}
    assert effects["early stopping"].gain.low > 0
    for name in ("worst", "sure"):
        moved = effects[name].shift
        assert moved is not None
        assert moved.low > 0
        assert effects[name].gain.low > 0.5
        assert effects[name].end.mean > effects["mean"].end.mean + 0.3  # the honest baseline of both


def test_a_score_that_counts_up_to_its_proxy_point_alone_keeps_gold() -> None:
    rng = np.random.default_rng(0)
    quality = rng.normal(size=(40, 256))
    rows = [{"group": p, "proxy": x, "gold": x - 2 * max(x - 1.0, 0.0)} for p in range(40) for x in quality[p].tolist()]
    proxy, gold = column("proxy"), column("gold")
    point = peak(best_of_n(quality[:20], quality[:20] - 2 * np.maximum(quality[:20] - 1, 0))).proxy
    study = overoptimise(proxy, gold, rows[20 * 256 :], cures={"cut": proxy.clip(high=point).named("cut")})
    cut = study.effects[1]
    assert study.peak.fall.low > 0.5
    assert cut.gain.low > 0.5
    # Whatever lies above the point is picked evenly: gold is that of a normal value above it.
    above = quality[quality > point]
    assert cut.end.mean == pytest.approx((above - 2 * np.maximum(above - 1, 0)).mean(), abs=0.05)


def test_process_rewards_paid_by_the_step_are_cured_by_clip_and_delta() -> None:
    rng = np.random.default_rng(0)
    rows = [
        {"group": p, "step_scores": [*([0.9] * filler), 0.8 if right else 0.3], "gold": float(right)}
        for p in range(30)
        for filler, right in zip(rng.geometric(0.4, 64).tolist(), (rng.random(64) < 0.5).tolist(), strict=True)
    ]
    plain = from_spec("process.step_scores")
    cures = {how: refine_steps(plain, how=how, threshold=0.5).named(how) for how in ("clip", "delta")}
    effects = {e.name: e for e in overoptimise(plain, column("gold"), rows, cures=cures).effects}
    assert effects["clip"].gain.low > 0.15
    assert effects["clip"].end.mean == pytest.approx(1.0)
    assert abs(effects["delta"].end.mean - 0.5) < 0.2  # here all that is paid by the step is filler


def test_constraints_run_beside_the_uncured_sum() -> None:
    rng = np.random.default_rng(0)
    first = rng.random((8, 60))
    second = 0.7 * first + 0.3 * rng.random(first.shape)
    gold = sum(np.minimum(x, 0.7) - 2 * np.maximum(x - 0.7, 0) for x in (first, second))
    rows = [
        {"group": p, "a": x, "b": y, "gold": z}
        for p in range(8)
        for x, y, z in zip(first[p].tolist(), second[p].tolist(), gold[p].tolist(), strict=True)
    ]
    both = column("a") + column("b")
    held = constrained(column("a"), column("b"), thresholds=(0.6, 0.6), equal=True)
    study = overoptimise(both, column("gold"), rows, cures={"held": held}, how="policy_gradient")
    assert study.peak.within
    assert study.effects[1].gain.low > 0.2
    assert study.cured["held"].proxy[:, -1].mean() == pytest.approx(0.6, abs=0.02)


# -- the World ---------------------------------------------------------------------------------------

GOLD = from_spec(GOLD_OF_THE_WORLD)


@reward("test_overoptimise.mentions", range=(0, 1), binary=True)
def mentions(response: str, answer: str) -> float:
    """1 if the right answer is somewhere in the answer."""
    return float(answer in response.partition("<answer>")[2].partition("</answer>")[0])


NAIVE = (mentions() + 0.5 * from_spec("format.tags") + 0.01 * from_spec("length.chars")).named("naive")


@cache
def world(seed: int) -> list[dict[str, Any]]:
    """Pools of answers to 36 questions whose truth is known."""
    rows = [row for row in dataset(60, seed, size=(96, 72)) if row["boxes"] is None]
    return candidates(rows, 48, seed, mix=MIX)


@cache
def played(seed: int, how: Any = "best_of_n") -> Study:
    rows = world(seed)
    return overoptimise(
        NAIVE, GOLD, rows, cures={"no length": residual(NAIVE, from_spec("length.chars")).fit(rows)}, how=how
    )


@pytest.mark.parametrize("how", ["best_of_n", "policy_gradient"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_naive_reward_is_overoptimised_and_without_length_it_is_not(seed: int, how: Any) -> None:
    study = played(seed, how)
    assert study.curve.gold[:, 0].mean() < study.peak.gold - 0.05  # some optimisation helps
    assert study.peak.within
    assert study.peak.fall.low > 0.3  # too much ends below the start
    early, cured = study.effects
    assert early.gain.low > 0.3
    assert cured.gain.low > 0.5
    assert cured.end.mean > 0.9
    assert cured.shift is not None
    assert cured.shift.low > 0.1


@pytest.mark.parametrize("how", ["best_of_n", "policy_gradient"])
def test_the_world_tells_a_sound_reward_from_one_for_length(how: Any) -> None:
    length = in_world(from_spec("length.chars"), prompts=15, pool=32, how=how)
    assert length.curve.gold[:, -1].mean() < length.curve.gold[:, 0].mean() - 0.2
    sound = in_world(GOLD.named("sound"), prompts=15, pool=32, how=how)
    assert not sound.peak.within
    assert sound.curve.gold[:, -1].mean() > 0.9


def test_a_reward_that_never_differs_moves_nothing() -> None:
    rows = noisy(0, 8, 10)
    for how in ("best_of_n", "policy_gradient"):
        study = overoptimise(0 * column("first"), column("gold"), rows, how=how)
        assert np.ptp(study.curve.gold.mean(axis=0)) < 1e-9
        assert not study.peak.within


def test_too_little_to_go_by_is_refused() -> None:
    with pytest.raises(ContractError, match="3 prompts"):
        overoptimise(column("first"), column("gold"), noisy(0, 3, 10))
    with pytest.raises(ContractError, match="otherwise than 'first'"):
        overoptimise(column("first"), column("gold"), noisy(0, 8, 10), cures={"first": column("second")})


def test_a_study_is_a_table_and_plain_data() -> None:
    headings, rows = table(played(0))
    assert headings == ["reward", "gold peaks at √KL", "gold at the end", "against uncured"]
    assert [row[0] for row in rows] == ["naive", "early stopping", "no length"]
    assert rows[2][1].startswith("none up to")
    assert rows[2][3].startswith("+")
    plain = json.loads(json.dumps(played(0).to_dict(), allow_nan=False))
    assert [curve["name"] for curve in plain["curves"]] == ["naive", "no length"]
    assert plain["effects"][1]["gain"]["low"] > 0.5


def test_candidates_without_a_value_are_left_out_and_counted() -> None:
    rows: list[Mapping[str, Any]] = list(noisy(0, 8, 10))
    rows[0] = {**rows[0], "first": None}
    study = overoptimise(column("first"), column("gold"), rows)
    assert study.curve.left_out == 1
    assert study.curve.at.max() == 8
    with pytest.raises(ContractError, match="a prompt has 5 candidates with values"):
        overoptimise(column("first"), column("gold"), rows[5:])


def test_prompts_may_be_named_in_another_column() -> None:
    rows = [{**row, "question": row["group"], "group": None} for row in noisy(0, 8, 10)]
    run = partial(overoptimise, column("first"), column("gold"), rows)
    assert len(run(by="question").curve.gold) == 8
    with pytest.raises(ContractError, match="'group'"):
        run()


def test_curves_are_the_same_on_shuffled_candidates() -> None:
    rows = noisy(0, 8, 32)
    order = np.random.default_rng(0).permutation(len(rows))

    def last(samples: list[dict[str, float]]) -> list[float]:
        return [p.gold.mean for p in overoptimise(column("first"), column("gold"), samples).curve.points()]

    assert last([rows[i] for i in order]) == pytest.approx(last(rows))
