"""`audit`: every check put to one reward."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

from guerdon.audit.check import Check, Finding, checks
from guerdon.audit.forms import FORMS, PLAIN
from guerdon.audit.subject import Subject, required
from guerdon.audit.trials import Trial, from_rows, from_world, spread
from guerdon.batch import as_rows
from guerdon.metrics.stats import Estimate
from guerdon.reward import Reward, as_reward
from guerdon.scores import Floats

LIMIT, JUDGED = 64, 10
"""Rows an audit takes of a rule, and of a reward that waits for a judge or needs a service."""
FEWEST = 8
"""Rows below which time is overrun rather than rows given up."""
CALLS = 80
"""Responses scored for each row by a whole audit, about."""
UNASKED = "not asked"
Source = Literal["given", "world"]


@dataclass(frozen=True)
class Audit:
    """What every check found of one reward."""

    reward: str
    """Its text form."""
    record: dict[str, Any]
    """The reward with every setting."""
    findings: tuple[Finding, ...]
    source: Source
    """Whose rows: the caller's, or guerdon's own World."""
    rows: int
    asked: int
    """Responses scored; a comparison counts two."""
    seconds: float

    def __getitem__(self, name: str) -> Finding:
        """The finding of a check. Raises KeyError for one that was not asked."""
        return next((f for f in self.findings if f.check == name), None) or self._missing(name)

    def _missing(self, name: str) -> Finding:
        raise KeyError(f"{name!r} was not asked; asked were {', '.join(f.check for f in self.findings)}")

    @property
    def failed(self) -> list[str]:
        """Names of the checks that it failed."""
        return [f.check for f in self.findings if f.verdict == "fail"]

    @property
    def unasked(self) -> list[str]:
        """Names of the checks that no time was left for."""
        return [f.check for f in self.findings if f.detail.startswith(UNASKED)]

    @property
    def weak(self) -> list[str]:
        """Names of the checks that it neither passed nor failed."""
        return [f.check for f in self.findings if f.verdict == "weak"]

    def counts(self) -> dict[str, int]:
        """Checks by verdict, those that occur."""
        verdicts = [f.verdict for f in self.findings]
        return {v: verdicts.count(v) for v in ("pass", "weak", "fail", "not_applicable") if v in verdicts}

    @property
    def table(self) -> list[dict[str, Any]]:
        """One flat row a check: check, verdict, rate, low, high, n, detail."""
        return [
            {"check": f.check, "verdict": f.verdict, **_rate(f.rate, "rate"), "detail": f.detail} for f in self.findings
        ]

    def to_dict(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        found = [
            {
                "check": f.check, "verdict": f.verdict, "detail": f.detail, "rate": f.rate and _rate(f.rate, "mean"),
                "examples": list(f.examples),
            }
            for f in self.findings
        ]  # fmt: skip
        return {
            "reward": self.reward, "record": self.record, "rows": self.rows, "source": self.source,
            "asked": self.asked, "seconds": round(self.seconds, 3), "verdicts": self.counts(), "findings": found,
        }  # fmt: skip

    def __repr__(self) -> str:
        told = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in self.counts().items())
        return f"<Audit of {self.reward:.60} on {self.rows} rows: {told}>"


def audit(
    reward: Reward,
    rows: Any = None,
    *,
    only: Collection[str] | None = None,
    skip: Collection[str] = (),
    limit: int | None = None,
    seconds: float = 60.0,
    seed: int = 0,
) -> Audit:
    """Find out whether a reward can be trusted: ask every check of it, without a look at its insides.

    `rows` are comparisons, samples with responses, or samples with answers alone, as a reward takes them (also a
    path); by default the World's tasks that have the columns it reads. `only` and `skip` name checks or families of
    them ("attack"). At most `limit` rows are used, evenly spread: 64, or 10 where the reward waits for a judge;
    fewer where it is so slow that the audit would take much more than `seconds`. Checks that no time is left for
    are "not_applicable" and say so.

    Raises ContractError where there are no rows that the reward can score, or no such check.
    """
    reward, asked = as_reward(reward), checks(only, skip)
    start = monotonic()
    judged = reward.waits or bool(reward.needs)
    trials, tried = _trials(reward, rows, limit or (JUDGED if judged else LIMIT), seed, judged)
    if limit is None:
        kept = _affordable(reward, trials, seconds)
        trials = [trials[i] for i in spread(len(trials), kept)]
    subject = Subject(reward, trials, seconds=seconds)
    findings = tuple(_asked(one, subject) for one in asked)
    return Audit(
        reward.spec(), reward.record, findings, "world" if rows is None else "given", len(trials),
        tried + subject.asked, monotonic() - start,
    )  # fmt: skip


def _trials(reward: Reward, rows: Any, limit: int, seed: int, judged: bool) -> tuple[list[Trial], int]:
    """What to try it on, and how many responses were scored to choose that."""
    tried: list[Subject] = []

    def gaps(trials: Sequence[Trial]) -> Floats:
        tried.append(Subject(reward, trials))
        return tried[-1].gaps

    forms = (PLAIN,) if judged else FORMS  # a judge reads any form, and is not to be asked for nothing
    if rows is None:
        trials = from_world(required(reward), gaps, limit, seed, forms)
    else:
        trials = from_rows(as_rows(rows), gaps, limit, forms)
    return trials, sum(subject.asked for subject in tried)


def _affordable(reward: Reward, trials: Sequence[Trial], seconds: float) -> int:
    """How many rows a whole audit has the time for, by what a few of them take."""
    few = Subject(reward, trials[:2])
    kept = 0
    for _ in range(2):  # the first call may have to import or connect first
        start = monotonic()
        few.score(few.units)
        each = (monotonic() - start) / max(1, len(few.units))
        kept = max(kept, int(seconds / (CALLS * max(each, 1e-9))))
        if kept >= len(trials):
            break
    return max(FEWEST, kept)


def _asked(one: Check, subject: Subject) -> Finding:
    if subject.late:
        late = f"{UNASKED}: the {subject.seconds:g} s for this audit were over"
        return Finding("not_applicable", late, check=one.name)
    return one(subject)


def _rate(rate: Estimate | None, mean: str) -> dict[str, float | int | None]:
    if rate is None:
        return {mean: None, "low": None, "high": None, "n": None}
    return {mean: rate.mean, "low": rate.low, "high": rate.high, "n": rate.n}
