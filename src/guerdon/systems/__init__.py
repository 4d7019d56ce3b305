"""Published methods, one module each: what a paper assembled, by name, and proofs that can fail.

What only the official code does, for those who repeat its numbers, is beside it in a module with an underscore.

A proof makes one claim of the paper measurable on a CPU in seconds. It is a function of a seed that
returns what it `Measured`, beside a baseline measured in the same run and the bar to reach; on all of
a system's seeds together it becomes `Evidence`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from difflib import get_close_matches
from importlib import import_module
from inspect import getdoc
from math import isfinite
from statistics import mean
from time import perf_counter
from typing import Any, Literal, TypeVar

from guerdon.bench.published import Published as Published
from guerdon.returned import describe
from guerdon.reward import Reward
from guerdon.scores import NAN, ContractError

SEEDS = (0, 1, 2)
SECONDS = 90.0
"""What all proofs of a system on all seeds may take, on two cores."""


@dataclass(frozen=True)
class Measured:
    """What a proof found on one seed. Raises ValueError unless it has exactly one bar.

    >>> Measured(0.97, at_least=0.95, baseline=0.5).passed
    True
    """

    value: float
    _: KW_ONLY
    baseline: float
    """The same figure without what is claimed to help, from the same run."""
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"a measurement has one bar: at_least=… or at_most=…, not {self!r}")

    @property
    def bar(self) -> float:
        """The number to reach."""
        return float(self.at_most if self.at_least is None else self.at_least)  # type: ignore[arg-type]

    @property
    def direction(self) -> Literal["at_least", "at_most"]:
        """On which side of the bar the value has to be."""
        return "at_most" if self.at_least is None else "at_least"

    @property
    def passed(self) -> bool:
        """Whether value, baseline and bar are finite and the value reaches the bar."""
        if not all(map(isfinite, (self.value, self.baseline, self.bar))):
            return False
        return self.value >= self.bar if self.at_least is not None else self.value <= self.bar


@dataclass(frozen=True)
class Evidence:
    """What a proof found on several seeds. It passes only if every seed reaches its bar."""

    system: str
    proof: str
    claim: str
    runs: Mapping[int, Measured | str]
    """By seed; a run that raised is the reason."""
    seconds: float
    """Wall time of all runs."""
    budget: float
    """What the proof declared that they take; going over is reported, and fails nothing."""

    @property
    def passed(self) -> bool:
        """Whether every seed reached its bar."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why it did not pass, seed by seed; empty if it did."""
        missed = [
            f"seed {seed}: {run if isinstance(run, str) else f'measured {run.value:.4g}, bar {run.bar:.4g}'}"
            for seed, run in self.runs.items()
            if isinstance(run, str) or not run.passed
        ]
        return "; ".join(missed)

    @property
    def measured(self) -> float:
        """Mean over the seeds that ran; NaN if none did."""
        return _mean([run.value for run in self._ran])

    @property
    def spread(self) -> tuple[float, float]:
        """Least and greatest value over the seeds."""
        values = [run.value for run in self._ran] or [NAN]
        return min(values), max(values)

    @property
    def baseline(self) -> float:
        """Mean over the seeds that ran."""
        return _mean([run.baseline for run in self._ran])

    @property
    def bar(self) -> float:
        """Mean over the seeds that ran; they differ only where a bar depends on the baseline."""
        return _mean([run.bar for run in self._ran])

    @property
    def direction(self) -> str:
        """Whether values have to be "at_least" or "at_most" the bar; empty if no seed ran."""
        return next((run.direction for run in self._ran), "")

    @property
    def over_time(self) -> bool:
        """Whether the runs took longer than declared."""
        return self.seconds > self.budget

    def to_dict(self) -> dict[str, Any]:
        """One JSON-ready row; a figure that does not exist is None."""
        return {
            "system": self.system, "proof": self.proof, "claim": self.claim, "measured": _number(self.measured),
            "low": _number(self.spread[0]), "high": _number(self.spread[1]), "baseline": _number(self.baseline),
            "bar": _number(self.bar), "direction": self.direction, "passed": self.passed, "reason": self.reason,
            "seeds": list(self.runs), "seconds": round(self.seconds, 3), "budget": self.budget,
            "over_time": self.over_time,
        }  # fmt: skip

    @property
    def _ran(self) -> list[Measured]:
        return [run for run in self.runs.values() if isinstance(run, Measured)]


@dataclass(frozen=True)
class Proof:
    """A claim and the function of a seed that tests it."""

    system: str
    name: str
    claim: str
    seconds: float
    """What all runs together may take."""
    measure: Callable[[int], Measured]

    def run(self, seeds: Sequence[int] = SEEDS) -> Evidence:
        """Measure on every seed; a seed that raises has failed. Raises ValueError without seeds."""
        if not seeds:
            raise ValueError("a proof needs at least one seed")
        start = perf_counter()
        runs = {seed: self._once(seed) for seed in seeds}
        return Evidence(self.system, self.name, self.claim, runs, perf_counter() - start, self.seconds)

    def _once(self, seed: int) -> Measured | str:
        try:
            return self.measure(seed)
        except Exception as error:
            return describe(error)


Measure = TypeVar("Measure", bound=Callable[[int], Measured])


@dataclass(frozen=True, eq=False)
class System:
    """One published method."""

    id: str
    """Lower case, words joined by dashes; its module has underscores for dashes and dots."""
    title: str
    year: int
    url: str
    about: str | None
    """What it is and where guerdon differs: the docstring of its module."""
    rewards: Mapping[str, Callable[..., Reward]] = field(default_factory=dict)
    """Functions that make its rewards, by the name the paper has for them."""
    published: tuple[Published, ...] = ()
    proofs: list[Proof] = field(default_factory=list)

    def reward(self, name: str, **settings: Any) -> Reward:
        """One of its rewards. Raises ContractError for a name it does not have."""
        if name not in self.rewards:
            raise ContractError(f"{self.id} has no reward {name!r}; it has: {', '.join(self.rewards) or 'none'}")
        return self.rewards[name](**settings)

    def proof(self, *, claim: str, seconds: float) -> Callable[[Measure], Measure]:
        """Register a proof: a function of a seed. `seconds` is what all its seeds together may take.

        Raises ValueError where the proofs of the system would take more than `SECONDS`.
        """

        def register(measure: Measure) -> Measure:
            total = sum(proof.seconds for proof in self.proofs) + seconds
            if total > SECONDS:
                raise ValueError(f"the proofs of {self.id} may take {total:g} s; all of them get {SECONDS:g} s")
            self.proofs.append(Proof(self.id, measure.__name__, claim, seconds, measure))
            return measure

        return register

    def reproduce(self, seeds: Sequence[int] = SEEDS) -> list[Evidence]:
        """Run every proof on every seed."""
        return [proof.run(seeds) for proof in self.proofs]

    def markdown(self) -> str:
        """What it is, its rewards, its proofs and its published figures, as a page."""
        parts = [f"# {self.id}", f"{self.title} ({self.year}), <{self.url}>", (self.about or "").strip()]
        if self.rewards:
            made = next(iter(self.rewards))
            lines = [f"- `{name}`: {_title(make)} Of {_components(make)}." for name, make in self.rewards.items()]
            parts += ["## Rewards", "\n".join(lines)]
            parts.append(f"Make one: `guerdon.systems.load({self.id!r}).reward({made!r})`.")
        if self.proofs:
            lines = [f"- {p.claim} (`{p.name}`, at most {p.seconds:g} s)" for p in self.proofs]
            parts += ["## Proofs", "\n".join(lines), f"Run them: `guerdon reproduce {self.id}`."]
        if self.published:
            parts += ["## Published figures", *map(_table, self.published)]
        return "\n\n".join(part for part in parts if part) + "\n"


def load(id: str) -> System:
    """The system with this id. Raises ContractError for an unknown one, and names the nearest."""
    if module_name(id) not in _modules():
        ids = [name.replace("_", "-") for name in _modules()]
        close = get_close_matches(id, ids, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise ContractError(f"there is no system {id!r}{hint}; `guerdon systems` lists all")
    system: System = import_module(f"{__name__}.{module_name(id)}").system
    return system


def every() -> list[System]:
    """All systems, by id."""
    return [load(name) for name in _modules()]


def module_name(id: str) -> str:
    """The module of a system: dashes and dots become underscores.

    >>> module_name("ixc-2.5-reward")
    'ixc_2_5_reward'
    """
    return id.replace("-", "_").replace(".", "_")


def _modules() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def _title(make: Callable[..., Reward]) -> str:
    return (getdoc(make) or "").partition("\n")[0]


def _components(make: Callable[..., Reward]) -> str:
    return ", ".join(f"`{name}`" for name in make().components)


def _table(published: Published) -> str:
    lines = [
        "| " + " | ".join(map(str, cells)) + " |"
        for cells in (published.columns, ["---"] * len(published.columns), *published.rows)
    ]
    return f"{published.caption}\n\n" + "\n".join(lines) + f"\n\nSource: {published.source}."


def _mean(values: Sequence[float]) -> float:
    return mean(values) if values else NAN


def _number(x: float) -> float | None:
    return x if isfinite(x) else None
