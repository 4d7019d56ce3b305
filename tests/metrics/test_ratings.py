"""Bradley–Terry and Rao–Kupper, against independent fits and simulated players."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from guerdon.metrics.battles import Battles, Floats, Indices, battles
from guerdon.metrics.ratings import (
    ELO,
    bradley_terry,
    chances,
    percentiles,
    rank_intervals,
    rao_kupper,
)

NAMES = [f"p{i}" for i in range(6)]
TRUE = np.linspace(-1, 1, 6)


def pairs(rng: np.random.Generator, n: int) -> tuple[Indices, Indices]:
    i = rng.integers(6, size=n)
    return i, (i + 1 + rng.integers(5, size=n)) % 6


def simulated(seed: int, n: int = 600, nu: float = 1.0, style: float | None = None) -> Battles:
    """Battles of six players of known strength; with `style`, a feature is worth that much."""
    rng = np.random.default_rng(seed)
    i, j = pairs(rng, n)
    x = rng.normal(size=n) + 0.5 * (TRUE[i] - TRUE[j])  # the strong are also more verbose
    win, tie, _ = chances(TRUE[i] - TRUE[j] + (style or 0.0) * x, nu)
    u = rng.random(n)
    outcome = np.where(u < win, 1.0, np.where(u < win + tie, 0.5, 0.0))
    return named(i, j, outcome, features=None if style is None else {"length": x})


def named(i: Indices, j: Indices, outcome: Any, **more: Any) -> Battles:
    return battles([NAMES[k] for k in i], [NAMES[k] for k in j], outcome, players=NAMES, **more)


def design(met: Battles) -> Floats:
    """[n, m], 1 for the first and −1 for the second."""
    players = np.eye(len(met.players))
    return np.asarray(players[met.first] - players[met.second])


# -- the maximum -------------------------------------------------------------------------------------


def test_it_is_the_logistic_regression_of_doubled_battles() -> None:
    met = simulated(0, nu=1.5, style=0.7)
    x = np.column_stack([design(met), met.features["length"]])
    doubled, won = np.concatenate([x, x]), np.concatenate([met.outcome >= 0.5, met.outcome == 1])
    reference = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=1000).fit(doubled, won).coef_[0]
    fit = bradley_terry(met)
    assert fit.strengths == pytest.approx(reference[:6] - reference[:6].mean(), abs=1e-5)
    assert fit.coefficients == pytest.approx(reference[6:], abs=1e-5)


def test_rao_kupper_is_the_maximum_of_its_likelihood() -> None:
    met = simulated(1, nu=1.8)
    d, wins, ties = design(met), met.outcome == 1, met.outcome == 0.5

    def loss(parameters: Floats) -> float:
        gap, tau = d @ parameters[:6], np.exp(parameters[6])
        up, down = log_expit(gap - tau), log_expit(-gap - tau)
        tie = up + down + np.log(np.expm1(2 * tau))
        return -float(np.where(wins, up, np.where(ties, tie, down)).sum())

    reference = minimize(loss, np.zeros(7), method="BFGS", options={"gtol": 1e-8}).x
    fit = rao_kupper(met)
    assert fit.strengths == pytest.approx(reference[:6] - reference[:6].mean(), abs=1e-4)
    assert fit.nu == pytest.approx(np.exp(np.exp(reference[6])), rel=1e-4)


def test_two_players_have_a_closed_form() -> None:
    met = battles(["a"] * 10, ["b"] * 10, [1] * 6 + [0.5] * 2 + [0] * 2)
    assert bradley_terry(met).chances().win[0, 1] == pytest.approx(0.7)  # (6 + 1) / 10
    win, tie, lose = rao_kupper(met).chances()
    assert (win[0, 1], tie[0, 1], lose[0, 1]) == pytest.approx((0.6, 0.2, 0.2))  # three shares, two parameters


def test_weights_count_as_repetition() -> None:
    met = simulated(2, n=60, nu=1.5)
    times = np.random.default_rng(0).integers(1, 4, 60)
    repeated = met.take(np.repeat(np.arange(60), times))
    weighted = named(met.first, met.second, met.outcome, weight=times)
    for fit in (bradley_terry, rao_kupper):
        assert fit(weighted).strengths == pytest.approx(fit(repeated).strengths, abs=1e-7)


@given(st.integers(0, 10_000))
def test_neither_the_order_nor_the_sides_of_battles_matter(seed: int) -> None:
    rng, met = np.random.default_rng(seed), simulated(3, nu=1.5)
    shuffled = met.take(rng.permutation(len(met)))
    turned = named(shuffled.second, shuffled.first, 1 - shuffled.outcome)
    for fit in (bradley_terry, rao_kupper):
        assert fit(turned).strengths == pytest.approx(fit(met).strengths, abs=1e-7)


def test_one_more_win_never_lowers_the_winner() -> None:
    met = simulated(4, n=60)
    more = named(np.append(met.first, 0), np.append(met.second, 5), np.append(met.outcome, 1))
    assert (bradley_terry(more).strengths - bradley_terry(met).strengths)[0] > 0


def test_it_converges_where_strengths_lie_far_apart() -> None:
    rows = [(i, i + 1, 1.0) for i in range(5) for _ in range(2000)] + [(i + 1, i, 1.0) for i in range(5)]
    i, j, outcome = (np.array(column) for column in zip(*rows, strict=True))
    fit = bradley_terry(named(i, j, outcome))
    assert -np.diff(fit.strengths) == pytest.approx([np.log(2000)] * 5)


# -- ties and style ----------------------------------------------------------------------------------


def test_rao_kupper_recovers_what_half_wins_shrink() -> None:
    met = simulated(5, n=20_000, nu=3.0)
    fit, halves = rao_kupper(met), bradley_terry(met)
    assert fit.nu == pytest.approx(3.0, rel=0.05)
    assert fit.strengths == pytest.approx(TRUE, abs=0.1)
    assert np.ptp(halves.strengths) < 0.8 * np.ptp(fit.strengths)
    assert fit.chances().tie[0, 1] == pytest.approx(float(chances(TRUE[0] - TRUE[1], 3.0).tie), abs=0.02)


def test_chances_sum_to_one_and_match_the_paper() -> None:
    d = np.linspace(-5, 5, 11)
    win, tie, lose = chances(d, 5.0)
    assert win + tie + lose == pytest.approx(np.ones(11))
    a, b = np.exp(d), 1.0
    assert win == pytest.approx(a / (a + 5 * b))
    assert tie == pytest.approx((25 - 1) * a * b / ((a + 5 * b) * (5 * a + b)))


def test_chances_need_a_threshold_of_at_least_one() -> None:
    assert chances(0.3).win == pytest.approx(expit(0.3))
    assert chances(0.3).tie == 0
    for nu in (0.9, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="at least 1"):
            chances(0.0, nu)


@pytest.mark.parametrize(("outcome", "which"), [([1, 0, 1], "no"), ([0.5, 0.5, 0.5], "every")])
def test_rao_kupper_needs_ties_and_others(outcome: list[float], which: str) -> None:
    with pytest.raises(ValueError, match=f"{which} battle is a tie"):
        rao_kupper(battles(["a", "a", "b"], ["b", "b", "a"], outcome))


def test_a_threshold_that_explains_everything_is_refused() -> None:
    met = battles(["a", "a", "b"], ["b", "c", "c"], [1, 0.5, 0.5])  # a is 1 above b, and c between: τ grows forever
    with pytest.raises(ValueError, match="no finite strengths"):
        rao_kupper(met)


def test_style_control_takes_length_out_of_the_strengths() -> None:
    met = simulated(6, n=20_000, style=1.0)
    plain = bradley_terry(named(met.first, met.second, met.outcome))
    fit = bradley_terry(met)
    assert fit.strengths == pytest.approx(TRUE, abs=0.1)
    assert np.ptp(plain.strengths) > 1.2 * np.ptp(TRUE)  # verbosity passes for strength
    value, low, high = fit.effects()
    assert low[0] < 1.0 < high[0]
    assert value[0] == pytest.approx(1.0, abs=0.1)


def test_a_constant_feature_is_the_advantage_of_coming_first() -> None:
    rng = np.random.default_rng(0)
    i, j = pairs(rng, 20_000)
    outcome = rng.random(20_000) < expit(TRUE[i] - TRUE[j] + 0.5)
    fit = bradley_terry(named(i, j, outcome, features={"first": np.ones(20_000)}))
    assert fit.coefficients == pytest.approx([0.5], abs=0.05)


@pytest.mark.parametrize("twin", ["same", "player", "none"])
def test_features_that_say_the_same_are_refused(twin: str) -> None:
    met = simulated(7, style=1.0)
    x = met.features["length"]
    second = {"same": 2 * x, "player": TRUE[met.first] - TRUE[met.second], "none": 0 * x}[twin]
    both = named(met.first, met.second, met.outcome, features={"length": x, "twin": 1000 * second})
    with pytest.raises(ValueError, match=r"\['length', 'twin'\] cannot be told from each other"):
        bradley_terry(both)


def test_a_feature_that_foretells_every_outcome_is_refused() -> None:
    met = simulated(8)
    with pytest.raises(ValueError, match="no finite strengths"):
        bradley_terry(named(met.first, met.second, met.outcome, features={"oracle": met.outcome - 0.5}))


# -- groups and priors -------------------------------------------------------------------------------


def test_groups_without_a_bridge_are_named() -> None:
    leagues = battles([*"abcd"], [*"badc"], [1, 1, 1, 1])
    with pytest.raises(ValueError, match=r"fall into 2 groups.*: a, b; c, d\. Rate one group alone"):
        bradley_terry(leagues)


def test_a_prior_makes_strengths_finite_and_admits_ignorance() -> None:
    unbeaten = battles(["a", "a"], ["b", "b"], [1, 1], players=["a", "b", "unseen"])
    fit = bradley_terry(unbeaten, prior=2.0)
    assert np.isfinite(fit.strengths).all()
    assert fit.strengths.sum() == pytest.approx(0)
    assert fit.strengths[2] == pytest.approx(0)
    width = np.subtract(fit.intervals().high, fit.intervals().low)
    assert width[2] > 1.5 * 1.96 * 2  # almost the prior's own


def test_a_prior_is_the_penalty_of_a_ridge() -> None:
    met = simulated(9, n=80)
    reference = LogisticRegression(C=0.5**2, fit_intercept=False, tol=1e-10, max_iter=1000)
    ridge = reference.fit(design(met), met.outcome == 1).coef_[0]
    assert bradley_terry(met, prior=0.5).strengths == pytest.approx(ridge, abs=1e-5)


@pytest.mark.parametrize("prior", [0.0, -1.0, float("nan"), float("inf")])
def test_a_prior_is_a_positive_number(prior: float) -> None:
    with pytest.raises(ValueError, match="standard deviation above 0"):
        bradley_terry(simulated(0), prior=prior)


# -- intervals ---------------------------------------------------------------------------------------


def test_the_interval_of_two_players_is_that_of_a_share() -> None:
    fit = bradley_terry(battles(["a"] * 100, ["b"] * 100, [1] * 60 + [0] * 40))
    value, low, high = fit.intervals(anchor="b")
    half = 1.959964 / np.sqrt(100 * 0.6 * 0.4 * 99 / 100)  # delta method: the log-odds of a share
    assert value[0] == pytest.approx(np.log(1.5))
    assert (low[0], high[0]) == pytest.approx((np.log(1.5) - half, np.log(1.5) + half), abs=1e-5)


def test_the_scale_of_elo_is_400_points_a_tenfold_chance() -> None:
    fit = bradley_terry(battles(["a"] * 11, ["b"] * 11, [1] * 10 + [0]))
    points = fit.intervals(anchor="b", scale="elo")
    assert points.value.tolist() == pytest.approx([1400, 1000])
    assert points.low[1] == points.high[1] == 1000
    assert ELO * np.log(10) == pytest.approx(400)


def test_alike_battles_of_one_cluster_count_once() -> None:
    met = simulated(10, n=300, nu=1.5)
    thrice = np.tile(np.arange(300), 3)
    again = met.take(thrice)
    clustered = named(again.first, again.second, again.outcome, clusters=thrice.tolist())
    for fit in (bradley_terry, rao_kupper):
        assert fit(clustered).intervals().low == pytest.approx(fit(met).intervals().low, abs=1e-6)


@pytest.mark.parametrize("fit", [bradley_terry, rao_kupper])
def test_the_bootstrap_agrees_with_the_sandwich(fit: Any) -> None:
    rated = fit(simulated(11, n=2000, nu=1.5, style=0.5))
    drawn = rated.resampled(400)
    value, low, high = rated.intervals()
    assert drawn.strengths.std(axis=0) == pytest.approx((high - low) / 3.92, rel=0.15)
    assert drawn.coefficients.std() == pytest.approx(float(np.subtract(*rated.effects()[:0:-1])[0] / 3.92), rel=0.15)
    assert drawn.strengths.mean(axis=0) == pytest.approx(value, abs=0.03)
    assert drawn.nu.mean() == pytest.approx(rated.nu, rel=0.02)


def test_resamples_are_fits_to_resampled_battles() -> None:
    met = simulated(12, n=200)
    rated = bradley_terry(met)
    counts = np.bincount(np.random.default_rng(0).integers(200, size=200), minlength=200)
    again = bradley_terry(met.take(np.repeat(np.arange(200), counts)))
    cells = np.bincount(met.pairings.cell, counts, 3 * len(met.pairings.low))
    warm = rated.likelihood.maximum(cells[None].astype(float), rated.parameters[None])[0]
    assert warm == pytest.approx(again.parameters, abs=1e-7)


def test_resamples_depend_on_the_seed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rated = bradley_terry(simulated(13, nu=1.5))
    drawn = rated.resampled(7, seed=3).strengths
    monkeypatch.setattr("guerdon.metrics.ratings.AT_ONCE", 1)  # a round at a time
    assert np.allclose(rated.resampled(7, seed=3).strengths, drawn)
    assert not np.allclose(rated.resampled(7, seed=4).strengths, drawn)


def test_a_resample_that_falls_apart_widens_the_interval() -> None:
    met = battles(["a"] * 9 + ["b"], ["b"] * 9 + ["a"], [1] * 10)  # the only upset is lost in (9/10)¹⁰ of them
    drawn = bradley_terry(met).resampled(400).strengths
    assert np.isnan(drawn[:, 0]).mean() == pytest.approx(0.9**10, abs=0.06)
    low, high = percentiles(drawn)
    assert (low[0], high[0]) == (-np.inf, np.inf)
    assert [r.tolist() for r in rank_intervals(drawn)] == [[1, 1], [2, 2]]
    assert np.isfinite(bradley_terry(met, prior=1.0).resampled(50).strengths).all()


def test_ranks_span_what_cannot_be_told_apart() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal([5, 0.1, 0, -5], 0.5, size=(1000, 4))
    low, high = rank_intervals(draws)
    assert (low.tolist(), high.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_a_level_lies_between_0_and_1(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        bradley_terry(simulated(0)).intervals(level=level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentiles([[0.0]], level=level)


def test_unknown_names_are_refused() -> None:
    fit = bradley_terry(simulated(0))
    with pytest.raises(ValueError, match="no player 'gpt'; there are: p0, p1"):
        fit.intervals(anchor="gpt")
    with pytest.raises(ValueError, match="write log or elo"):
        fit.intervals(scale="points")  # type: ignore[arg-type]


def of_prompts(rng: np.random.Generator, prompts: int, *, clustered: bool) -> Battles:
    """Every pair on every prompt, by qualities with Gumbel noise: Bradley–Terry, but dependent within a prompt."""
    quality = TRUE + rng.gumbel(size=(prompts, 6))
    i, j = np.triu_indices(6, 1)
    outcome = (quality[:, i] > quality[:, j]).ravel().astype(float)
    names = np.repeat(np.arange(prompts), len(i)).tolist() if clustered else None
    return named(np.tile(i, prompts), np.tile(j, prompts), outcome, clusters=names)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bradley_terry", "rao_kupper", "clustered", "bootstrap"])
def test_95_percent_intervals_of_differences_cover_93_to_97_percent(kind: str) -> None:
    covered = []
    for seed in range(500):
        if kind == "clustered":
            fit = bradley_terry(of_prompts(np.random.default_rng(seed), 100, clustered=True))
        else:
            fit = rao_kupper(simulated(seed, nu=1.5)) if kind == "rao_kupper" else bradley_terry(simulated(seed))
        if kind == "bootstrap":
            drawn = fit.resampled(400).strengths
            low, high = percentiles(drawn - drawn[:, :1])
        else:
            _, low, high = fit.intervals(anchor=NAMES[0])
        covered.append(((low <= TRUE - TRUE[0]) & (TRUE - TRUE[0] <= high))[1:])
    assert 0.93 <= np.mean(covered) <= 0.97


def test_intervals_that_ignore_prompts_are_too_narrow() -> None:
    both = [bradley_terry(of_prompts(np.random.default_rng(0), 100, clustered=c)).intervals() for c in (True, False)]
    with_prompts, without = (np.subtract(x.high, x.low).mean() for x in both)
    assert with_prompts > 1.3 * without
