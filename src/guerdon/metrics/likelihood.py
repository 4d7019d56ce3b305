"""The likelihood of paired battles, and its maximum by Newton's method: what `ratings` is made of.

Many weightings of the same battles, such as resamples, are fitted at once: arrays begin with an axis R of them.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.special import expit

from guerdon.metrics.battles import OUTCOMES, Battles, Floats, Indices, Sparse, strong_components

STEPS, TOLERANCE = 100, 1e-6
"""A step this small leaves an error of its square."""
INFINITE = 30.0
"""Log-odds of a battle beyond which a maximum is taken to lie at infinity: 5 000 points of Elo."""
SINGULAR, TINY = 1e-10, 1e-12
"""Share of the curvature below which parameters cannot be told apart, and one that keeps matrices invertible."""


class Likelihood:
    """ln P of battles, a concave function of parameters [p]: strengths a [m], coefficients β [f] and, with ties, ζ.

    With d = aᵢ − aⱼ + Σ βₖxₖ, a battle that i did not lose adds ln σ(d − τ), one that j did not lose ln σ(−d − τ). A
    tie adds both: halved for Bradley–Terry, where τ = 0, and with ζ for Rao–Kupper, where τ = ln ν and ζ = ln(ν² − 1).
    """

    def __init__(self, battles: Battles, *, ties: bool = False, prior: float | None = None):
        table, m, r = battles.pairings, len(battles.players), len(battles.pairings.low)
        self.battles, self.table, self.ties, self.m = battles, table, ties, m
        self.size = m + table.features.shape[1] + ties
        self.precision = 0.0 if prior is None else prior**-2
        i, j = table.low, table.high
        self.players = _entries(r, m, (i, 1.0), (j, -1.0))
        self.squares = _entries(r, m * m, (i * m + i, 1.0), (j * m + j, 1.0), (i * m + j, -1.0), (j * m + i, -1.0))

    def maximum(self, counts: Floats, start: Floats) -> Floats:
        """Parameters [R, p] that are best for counts [R, 3r], from a start [R, p]; NaN where none are finite.

        Newton's step is damped by ln(1 + s)/s, s being how far it moves the log-odds of a battle at most: so it
        converges from anywhere, the logistic loss being self-concordant in the sense of Bach 2010.
        """
        found, credit = start.copy(), self.credit(counts)
        active = np.arange(len(counts)) if self.precision else self._whole(credit)
        left = np.setdiff1d(np.arange(len(counts)), active)
        for _ in range(STEPS):
            if not len(active):
                break
            slope, curvature = self.derivatives(found[active], *(part[active] for part in credit))
            step = np.asarray(np.linalg.solve(self.pinned(curvature), slope[:, :, None])[:, :, 0], dtype=np.float64)
            reach = np.abs(self.gap(step)).max(axis=1) + (np.abs(step[:, -1]) if self.ties else 0.0)
            found[active] += step * (np.log1p(reach) / np.maximum(reach, TINY))[:, None]
            active = active[np.abs(step).max(axis=1) > TOLERANCE]
        found[np.concatenate([left, active])] = np.nan
        found[np.abs(self.gap(found)).max(axis=1) > INFINITE] = np.nan
        return found

    def covariance(self, parameters: Floats) -> Floats:
        """Sandwich [p, p]: A⁻¹ (M + prior) A⁻¹, A being the curvature and M that of the slopes of `battles.units`.

        Raises ValueError for fewer units than parameters: M has no rank for all of them then.
        """
        units, n = self.battles.units, float(self.battles.units.times.sum())
        if n < self.size and not self.precision:
            what = "battles" if self.battles.cluster is None else "clusters"
            raise ValueError(f"{n:g} {what} are too few for intervals of {self.m} players")
        _, curvature = self.derivatives(parameters[None], *self.credit((units.cells.T @ units.times)[None]))
        slopes = self._unit_slopes(parameters)
        meat = (slopes.T @ (slopes * units.times[:, None])).toarray() * n / max(n - 1, 1)
        meat[: self.m, : self.m] += self.precision * np.eye(self.m)
        inverse = np.linalg.inv(self.pinned(curvature)[0])
        return np.asarray(inverse @ meat @ inverse)

    def identified(self, counts: Floats, start: Floats) -> bool:
        """Whether no mix of parameters leaves the likelihood of counts [3r] as it is, seen from a start [p]."""
        _, curvature = self.derivatives(start[None], *self.credit(counts[None]))
        (pinned,), unit = self.pinned(curvature), np.sqrt(curvature[0].diagonal())
        return bool(unit.all() and np.linalg.eigvalsh(pinned / unit / unit[:, None])[0] > SINGULAR)

    def credit(self, counts: Floats) -> tuple[Floats, Floats, Floats]:
        """Of counts [R, 3r]: what the lower player did not lose, and the higher one [R, r]; and all ties [R]."""
        lost, tied, won = (counts[:, k::OUTCOMES] for k in range(OUTCOMES))
        share = 1.0 if self.ties else 0.5
        return won + share * tied, lost + share * tied, tied.sum(axis=1)

    def derivatives(self, at: Floats, held: Floats, gave: Floats, tied: Floats) -> tuple[Floats, Floats]:
        """Slope [R, p] and negative second derivatives [R, p, p] at parameters [R, p], for credit."""
        gap, tau = self.gap(at), self._tau(at)
        u, v = expit(tau - gap), expit(tau + gap)
        left, right = held * u, gave * v
        bend, skew = left * (1 - u) + right * (1 - v), left * (1 - u) - right * (1 - v)
        own = slice(self.size - self.ties)
        slope, curvature = np.empty_like(at), np.empty((len(at), self.size, self.size))
        slope[:, own], curvature[:, own, own] = self._onto(left - right), self._square(bend)
        if self.ties:
            turn, pull = expit(at[:, -1]) / 2, (left + right).sum(axis=1)  # dτ/dζ
            slope[:, -1] = tied - turn * pull
            curvature[:, -1, -1] = turn**2 * bend.sum(axis=1) + turn * (1 - 2 * turn) * pull
            curvature[:, own, -1] = curvature[:, -1, own] = -turn[:, None] * self._onto(skew)
        slope[:, : self.m] -= self.precision * at[:, : self.m]
        curvature[:, range(self.m), range(self.m)] += self.precision
        return slope, curvature

    def gap(self, parameters: Floats) -> Floats:
        """d [R, r] of parameters [R, p]."""
        coefficients = parameters[:, self.m : self.size - self.ties]
        gap: Floats = (self.players @ parameters[:, : self.m].T).T + coefficients @ self.table.features.T
        return gap

    def pinned(self, curvature: Floats) -> Floats:
        """Curvature [R, p, p] that holds the mean strength too, which battles leave open, and can be inverted."""
        pinned, own = curvature.copy(), range(self.size)
        size = np.einsum("rii->r", curvature[:, : self.m, : self.m])[:, None, None] / self.m
        pinned[:, own, own] += TINY * (pinned[:, own, own] + size[:, 0])
        pinned[:, : self.m, : self.m] += size / self.m
        return pinned

    def _tau(self, parameters: Floats) -> Floats | float:
        return np.logaddexp(0.0, parameters[:, -1:]) / 2 if self.ties else 0.0

    def _onto(self, pull: Floats) -> Floats:
        """Σ over pairings of pull [R, r] · dd/d(strengths, coefficients)."""
        return np.concatenate([(self.players.T @ pull.T).T, pull @ self.table.features], axis=1)

    def _square(self, bend: Floats) -> Floats:
        """Σ over pairings of bend [R, r] · the square of dd/d(strengths, coefficients)."""
        x, m = self.table.features, self.m
        out = np.empty((len(bend), m + x.shape[1], m + x.shape[1]))
        out[:, :m, :m] = (self.squares.T @ bend.T).T.reshape(-1, m, m)
        for k, column in enumerate(x.T, start=m):
            out[:, k, :] = out[:, :, k] = self._onto(bend * column)
        return out

    def _whole(self, credit: tuple[Floats, Floats, Floats]) -> Indices:
        """Those of R whose players are one group."""
        i, j = self.table.low, self.table.high
        known: dict[bytes, bool] = {}  # most resamples are alike in who beat whom
        whole = []
        for a, b in zip(credit[0] > 0, credit[1] > 0, strict=True):
            who = a.tobytes() + b.tobytes()
            if who not in known:
                known[who] = strong_components(np.append(i[a], j[b]), np.append(j[a], i[b]), self.m)[0] == 1
            whole.append(known[who])
        return np.flatnonzero(whole)

    def _unit_slopes(self, parameters: Floats) -> Sparse:
        """[u, p], the slope of each unit's battles."""
        alone = np.tile(np.eye(OUTCOMES), len(self.table.low))  # [3, 3r], one battle of each outcome in every pairing
        held, gave, _ = self.credit(alone)
        gap, tau = self.gap(parameters[None]), self._tau(parameters[None])
        left, right = held * expit(tau - gap), gave * expit(tau + gap)
        parts = [self.players, sparse.csr_array(self.table.features)]
        slopes = sparse.kron(sparse.hstack(parts), np.ones((OUTCOMES, 1))) * (left - right).T.ravel()[:, None]
        if self.ties:
            threshold = held * gave - expit(parameters[-1]) / 2 * (left + right)
            slopes = sparse.hstack([slopes, sparse.csr_array(threshold.T.ravel()[:, None])])
        return self.battles.units.cells @ slopes


def _entries(rows: int, columns: int, *of_row: tuple[Indices, float]) -> Sparse:
    """A sparse array [rows, columns] whose every row has these values at these columns [rows]."""
    at = np.tile(np.arange(rows), len(of_row))
    values = np.repeat([value for _, value in of_row], rows)
    return sparse.csr_array((values, (at, np.concatenate([c for c, _ in of_row]))), shape=(rows, columns))
