"""A reward model from comparisons, a policy held near its start, and what too much of it does (Stiennon et al. 2020).

The recipe that others vary: people compare two summaries; a model is trained so that log σ(r(better) − r(worse)) is
greatest; its scores are shifted so that reference summaries have mean 0; the policy earns r − β·log(π/π₀). Rows have
`score`, from a model that ran elsewhere, and `log_ratio`, the log-probability of the response under the policy minus
that under its start. Scores of two models can be compared only after the shift.

`guerdon.preferences.comparisons` reads the released records (`info`, `summaries`, `choice`); report on their split
`valid2`, since `valid1` chose the models. The released code has no training loops: formulas and constants of those
are from memory. What it has, cutting queries to length and finding the token to score, is in
`_learning_to_summarize`; the model itself waits.

The proofs: gold = u − max(u − 1.5, 0)² for a linear utility u of 10 features, so a better model of u does not help:
best-of-n by the model first raises gold, then ruins it, while the model's own score never stops rising. In the
trials behind the bars gold went from −0.01 at n = 1 over 1.45 at n = 64 to −0.81 at n = 4096.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.audit.curves import Curve, Peak, peak
from guerdon.audit.optimisers import best_of_n
from guerdon.audit.overoptimise import overoptimise
from guerdon.metrics.overoptimisation import best_of_n_kl, normal_best_of_n
from guerdon.reward import Reward
from guerdon.rules.given import score
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System

BETA = 0.05


def reward_model(*, reference: float = 0.0) -> Reward:
    """The model's score minus `reference`, its mean over reference summaries."""
    return (score() - reference).named("rm")


def total(*, reference: float = 0.0, beta: float = BETA) -> Reward:
    """r − β·log(π/π₀), once for the whole response."""
    return reward_model(reference=reference) - beta * score().reading(score="log_ratio").named("log_ratio")


system = System(
    id="learning-to-summarize",
    title="Learning to summarize from human feedback",
    year=2020,
    url="https://arxiv.org/abs/2009.01325",
    about=__doc__,
    rewards={"total": total, "reward_model": reward_model},
    published=(
        Published(
            "Summaries preferred to the reference, %",
            "arXiv:2009.01325, from memory, not checked against the paper",
            ("policy", "preferred"),
            (("6.7B, human feedback", 70), ("1.3B, human feedback", 61), ("12.9B, supervised", 43)),
        ),
        Published(
            "Agreement, %",
            "arXiv:2009.01325, from memory, not checked against the paper",
            ("pair", "agreement"),
            (("labeller and labeller", "73–77"), ("6.7B reward model and labellers, pairs of equal length", 65)),
        ),
    ),
)

WIDE, PAIRS, SHUFFLES = 20, 2000, 80
FEATURES, FEW_PAIRS, SHARPNESS = 10, 300, 2.0
"""The models that are optimised learn from few pairs, labelled with odds of exp(2·Δu)."""
SUMMIT = 1.5
"""Utility beyond which more of it is worse."""
PROMPTS, POOL = 100, 4096
NS = [4**k for k in range(7)]
CURED = 60, 512
"""Prompts and candidates of the cure, which is a reward and scored as rows."""


@system.proof(claim="a linear model learns a linear utility from 2 000 noisy comparisons", seconds=5)
def recovery(seed: int) -> Measured:
    """Accuracy over that of the true utility on new pairs; the baseline is the mean of models of shuffled labels."""
    learned, shuffled, best = _recovered(seed)
    return Measured(learned / best, at_least=0.98, baseline=shuffled / best)


@system.proof(claim="and nothing from shuffled ones", seconds=5)
def nothing_from_noise(seed: int) -> Measured:
    """Distance from 50 % of the mean accuracy of 80 models of shuffled labels; the baseline has the right ones."""
    learned, shuffled, _ = _recovered(seed)
    return Measured(abs(shuffled - 0.5), at_most=0.03, baseline=abs(learned - 0.5))


@system.proof(claim="the model's own score rises with every step of best-of-n", seconds=10)
def the_proxy_rises(seed: int) -> Measured:
    """Least rise from one n to four times as many, up to 4 096; the baseline is that of gold."""
    curve = _trial(seed).curve
    return Measured(_least_rise(curve.proxy), at_least=0.0, baseline=_least_rise(curve.gold))


@system.proof(claim="gold peaks between n = 16 and 64 and is negative at 4 096", seconds=10)
def gold_falls(seed: int) -> Measured:
    """Gold at n = 4 096; the baseline is the best of n = 16 and n = 64, and counts only if that is the best of all."""
    gold = _trial(seed).curve.gold.mean(axis=0)
    return Measured(
        float(gold[-1]), at_most=0.0, baseline=float(gold.max()) if NS[gold.argmax()] in (16, 64) else np.nan
    )


@system.proof(claim="the measured peak lies where the closed form has it", seconds=20)
def peak_found(seed: int) -> Measured:
    """Distance in √KL from the true peak, at most that of the interval's farther end; the baseline is the law of
    Gao et al. 2023 for the whole curve, which is not this curve's."""
    trial = _trial(seed)
    found = trial.peak.at
    true = trial.true_peak()
    reach = found.high - found.at if true > found.at else found.at - found.low
    return Measured(abs(found.at - true), at_most=reach, baseline=abs(trial.peak.by_law.at - true))


@system.proof(claim="a score that counts up to its proxy point alone keeps gold from falling", seconds=30)
def clipped(seed: int) -> Measured:
    """Gold at the greatest n over that of the uncured peak, the point being found on other prompts; the baseline is
    uncured."""
    point = _trial(seed).peak.proxy
    rows = _rows(seed)
    truth = score().reading(score="gold").named("gold")
    study = overoptimise(reward_model(), truth, rows, cures={"clipped": reward_model().clip(high=point).named("cut")})
    end, cured = (float(curve.gold[:, -1].mean()) for curve in (study.curve, study.cured["clipped"]))
    return Measured(cured / study.peak.gold, at_least=0.9, baseline=end / study.peak.gold)


class Trial(NamedTuple):
    """One model optimised by best-of-n."""

    curve: Curve
    peak: Peak
    """Of the same with more values of n."""
    fidelity: float
    """Correlation of the model's score with utility."""

    def true_peak(self) -> float:
        """√KL at which expected gold is greatest."""
        n = np.logspace(0, np.log10(POOL), 2000)
        return float(np.sqrt(best_of_n_kl(n[normal_best_of_n(n, self.expected).argmax()])))

    def expected(self, z: Floats) -> Floats:
        """Gold where the model's score is z, in standard deviations: what the normal rest of u makes of it."""
        from scipy.special import ndtr

        rest = np.sqrt(1 - self.fidelity**2)
        over = self.fidelity * z - SUMMIT
        density = np.exp(-((over / rest) ** 2) / 2) / np.sqrt(2 * np.pi)
        return np.asarray(self.fidelity * z - (over**2 + rest**2) * ndtr(over / rest) - over * rest * density)


@cache
def _recovered(seed: int) -> tuple[float, float, float]:
    """Accuracy on 20 000 new pairs: learned, learned from shuffled labels (a mean), and of the true utility."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=WIDE)
    pairs, labels = _labelled(rng, truth, PAIRS)
    tests, answers = _labelled(rng, truth, 20_000)
    shuffled = [_agreement(tests @ _fit(pairs, rng.permutation(labels)), answers) for _ in range(SHUFFLES)]
    learned = _agreement(tests @ _fit(pairs, labels), answers)
    return learned, float(np.mean(shuffled)), _agreement(tests @ truth, answers)


@cache
def _trial(seed: int) -> Trial:
    rng = np.random.default_rng(seed)
    truth, model = _model(rng)
    features = rng.normal(size=(PROMPTS, POOL, FEATURES))
    proxy, gold = features @ model, _gold(features @ truth)
    fidelity = float(model @ truth / np.linalg.norm(model))
    return Trial(best_of_n(proxy, gold, NS), peak(best_of_n(proxy, gold)), fidelity)


def _rows(seed: int) -> list[dict[str, float]]:
    """Candidates for new prompts with the model's score and gold."""
    rng = np.random.default_rng(seed)
    truth, model = _model(rng)
    features = np.random.default_rng((seed, 1)).normal(size=(*CURED, FEATURES))
    proxy, gold = (features @ model).tolist(), _gold(features @ truth).tolist()
    return [
        {"group": p, "score": x, "gold": y}
        for p, pool in enumerate(zip(proxy, gold, strict=True))
        for x, y in zip(*pool, strict=True)
    ]


def _model(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The true utility's weights, of length 1, and those learned."""
    truth = rng.normal(size=FEATURES)
    truth /= np.linalg.norm(truth)
    return truth, _fit(*_labelled(rng, SHARPNESS * truth, FEW_PAIRS))


def _gold(utility: Floats) -> Floats:
    return np.asarray(utility - np.maximum(utility - SUMMIT, 0.0) ** 2)


def _labelled(rng: np.random.Generator, weights: Floats, n: int) -> tuple[Floats, Floats]:
    """Differences of the features of n pairs, and 1 where the first was preferred, with odds of exp(Δu)."""
    gaps = rng.normal(size=(n, len(weights))) - rng.normal(size=(n, len(weights)))
    return gaps, (rng.random(n) < 1 / (1 + np.exp(-gaps @ weights))).astype(np.float64)


def _fit(gaps: Floats, labels: Floats) -> Floats:
    """Weights of greatest likelihood under log σ(Δr)."""
    from scipy.optimize import minimize
    from scipy.special import expit

    signs = 2 * labels - 1

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (gaps @ weights)
        return float(np.logaddexp(0.0, -margins).sum()), -gaps.T @ (signs * expit(-margins))

    return np.asarray(minimize(loss, np.zeros(gaps.shape[1]), jac=True, method="L-BFGS-B").x)


def _agreement(gaps: Floats, labels: Floats) -> float:
    return float(np.mean((gaps > 0) == (labels > 0)))


def _least_rise(values: Floats) -> float:
    return float(np.diff(values.mean(axis=0)).min())
