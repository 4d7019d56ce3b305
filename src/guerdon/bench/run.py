"""Running a benchmark: every item passes once, whatever number of rewards is asked about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from guerdon.bench.answers import Answers, Protocol, Told, ask
from guerdon.bench.benchmark import Benchmark
from guerdon.bench.figures import Line, credits, line, weighted
from guerdon.bench.items import Asked, BenchError, Item, Questions, chunks
from guerdon.bench.outputs import Book, Output
from guerdon.engine import Progress, bar
from guerdon.metrics.standings import Standing, standings
from guerdon.reward import Reward
from guerdon.sample import Row, Sample
from guerdon.scores import NAN, Floats, Status

Kind = Literal["reward", "outputs", "baseline"]
BASELINES = ("constant", "random", "longer", "shorter", "first")
LEVEL_BASELINES = ("commonest level", "random at base rate")
STEP_BASELINES = ("all right", "all wrong", "random at base rate")
RESERVED = {*BASELINES, *LEVEL_BASELINES, *STEP_BASELINES}
UNTELLING = ("random", "first", "random at base rate")
"""Baselines that a reward need not beat: by luck, and by how the data is written."""
ASKED_ABOUT = ("prompt", "messages", "image", "images", "video", "videos", "audio", "audios")
"""Columns that say what a response is a response to."""
CHUNK = 1024
"""Items in memory at a time."""


@dataclass(frozen=True)
class Entry:
    """What one reward, one file of outputs or one baseline came to."""

    name: str
    kind: Kind
    answers: Answers
    lines: list[Line]
    """One a metric, the headline first."""
    official: Mapping[str, float] = field(default_factory=dict)
    """As the benchmark's own script counts."""
    notes: list[str] = field(default_factory=list)
    record: Mapping[str, Any] = field(default_factory=dict)
    """The reward with every setting; empty for outputs and baselines."""

    @property
    def headline(self) -> Line:
        """The first metric."""
        return self.lines[0]


@dataclass(frozen=True)
class Results:
    """A benchmark, its items in numbers, and what everyone said of them."""

    benchmark: Benchmark
    questions: Questions
    entries: list[Entry]
    """Rewards and outputs in the order given, then the baselines."""
    protocol: Protocol = field(default_factory=Protocol)
    """How rewards were asked."""

    @property
    def asked(self) -> list[Entry]:
        """The entries that are no baseline."""
        return [entry for entry in self.entries if entry.kind != "baseline"]

    @property
    def placed(self) -> list[Entry]:
        """Those of them of which it is known which item an answer is for."""
        return [entry for entry in self.asked if entry.answers.placed]

    @property
    def clusters(self) -> list[int] | None:
        """[n], equal for items that share something; None where no two do."""
        return self.questions.clusters.tolist() if self.questions.clustered else None

    @cached_property
    def standings(self) -> list[Standing]:
        """The placed entries compared item by item, with each other and with the best trivial baseline.

        Empty where there are none, no item was answered by all of them, or items have no credit of their own.
        """
        credits = self.credits()
        mine = {entry.name: credits[entry.name] for entry in self.placed}
        answered = np.all([~np.isnan(credit) for credit in mine.values()], axis=0)
        if not mine or not answered.any():
            return []
        trivial = {
            entry.name: credits[entry.name]
            for entry in self.entries
            if entry.kind == "baseline" and entry.name not in UNTELLING
            if not np.isnan(credits[entry.name][answered]).any()
        }
        return standings(mine, self.clusters, baselines=trivial or None)

    def credits(self) -> dict[str, Floats]:
        """The headline's credit [n] by entry, NaN where an item was not answered; without metrics of all items."""
        groups = np.array(self.questions.groups)
        found: dict[str, Floats] = {}
        for entry in self.entries:
            credit = np.full(len(self.questions), NAN)
            for group in dict.fromkeys(self.questions.groups):
                metric = self.benchmark.metric(group)
                if metric.credit is not None:
                    mine = groups == group
                    credit[mine] = credits(metric, self.questions, entry.answers)[0][mine]
            found[entry.name] = credit
        return found


def run(
    benchmark: Benchmark,
    rewards: Mapping[str, Reward] | Sequence[Reward] = (),
    *,
    outputs: Mapping[str, Iterable[Output]] | None = None,
    data: str | Path | Iterable[Row] | None = None,
    limit: int | None = None,
    official: bool = False,
    wrong_pair: bool = False,
    seed: int = 0,
    progress: Progress = False,
    **options: Any,
) -> Results:
    """Ask rewards, or released outputs, about a benchmark's items, beside trivial baselines.

    `data` is a file, a folder, a hub data set or rows; by default the benchmark knows where it is. With `official`,
    pairwise rewards are asked as its own script asks. `wrong_pair` also asks every reward about responses under
    the prompt and pictures of another item. `progress` and `options` are those of `engine.map`.

    Items pass in chunks and leave only numbers behind, so memory does not grow with their texts. Raises
    BenchError where there is no item, or outputs belong to other items, and ContractError for a reward that
    cannot answer.
    """
    named = _named(rewards)
    books = {name: Book(found, name) for name, found in (outputs or {}).items()}
    _check_names([*named, *books])
    how = (benchmark.official.protocol if official and benchmark.official else None) or benchmark.protocol
    rows = iter(data) if isinstance(data, Iterable) and not isinstance(data, (str, Path)) else benchmark.rows(data)
    gathered = iter(benchmark.gather(rows))
    asked, told = Asked(benchmark.groups), {name: Told() for name in (*named, *books)}
    wrong = {name: Told() for name in named} if wrong_pair else {}
    before: list[Item] = []
    with bar(None, progress) as advance:
        for chunk in chunks(asked.admit(islice(gathered, limit), benchmark.item), CHUNK):
            for name, reward in named.items():
                ask(reward, chunk, how, told[name], progress=advance, **options)
                if wrong_pair:
                    ask(reward, list(_mismatched(chunk, before)), how, wrong[name], progress=advance, **options)
            for name, book in books.items():
                for item in chunk:
                    book.tell(item, told[name])
            before = chunk[-1:]
    questions = asked.questions()
    if limit is not None and next(gathered, None) is not None:
        questions.notes.append(f"only the first {limit:,} rows of the data were read")
    left_out = sum(questions.left_out.values())
    notes = {name: book.close(whole=limit is None, left_out=left_out) for name, book in books.items()}
    notes |= {name: _unused(reward, options) for name, reward in named.items()}
    entries = [
        _entry(benchmark, questions, name, "outputs" if name in books else "reward", found.answers(), notes.get(name))
        for name, found in told.items()
    ]
    entries = [replace(e, record=named[e.name].record) if e.name in named else e for e in entries]
    entries += [
        _entry(benchmark, questions, f"{name}, wrong pair", "baseline", found.answers())
        for name, found in wrong.items()
    ]
    trivial = (baselines if benchmark.protocol.asks == "responses" else step_baselines)(questions, seed)
    entries += [_entry(benchmark, questions, name, "baseline", answers) for name, answers in trivial.items()]
    return Results(benchmark, questions, entries, how)


def baselines(questions: Questions, seed: int = 0) -> dict[str, Answers]:
    """What needs no reward: all the same, chance, the longer, the shorter, the first response.

    Length says nothing of responses that are no text; then the two are left out. Where every item has one candidate
    there is nothing to prefer: then the commonest level, and gold dealt out anew; neither where there is one level.
    """
    gold, lengths = questions.gold, questions.lengths
    k = gold.shape[1]
    if k < 2:
        return _level_baselines(gold, seed)
    values = {
        "constant": np.zeros_like(gold), "random": np.random.default_rng(seed).random(gold.shape), "longer": lengths,
        "shorter": -lengths, "first": np.broadcast_to(-np.arange(k, dtype=np.float64), gold.shape),
    }  # fmt: skip
    found = {name: _values(values[name], gold) for name in BASELINES}
    return {name: answers for name, answers in found.items() if answers.read(gold).any()}


def _level_baselines(gold: Floats, seed: int) -> dict[str, Answers]:
    levels, counts = np.unique(gold, return_counts=True)
    if len(levels) < 2:
        return {}
    values = np.full_like(gold, levels[np.argmax(counts)]), np.random.default_rng(seed).permutation(gold)
    return {name: _values(value, gold) for name, value in zip(LEVEL_BASELINES, values, strict=True)}


def step_baselines(questions: Questions, seed: int = 0) -> dict[str, Answers]:
    """What needs no reward where steps are judged: every step right, every step wrong, and gold dealt out anew."""
    gold = questions.gold
    levels = gold[~np.isnan(gold)]
    dealt = np.random.default_rng(seed).choice(levels, gold.shape)
    values = np.full_like(gold, levels.max()), np.full_like(gold, levels.min()), dealt
    return {name: _values(value, gold) for name, value in zip(STEP_BASELINES, values, strict=True)}


def _values(values: Floats, gold: Floats) -> Answers:
    if values.shape != gold.shape:  # candidates are not what has a value here
        values = np.full(gold.shape, NAN)
    return Answers(np.where(np.isnan(gold), NAN, values), np.full(len(gold), Status.OK, dtype=np.int8))


def _entry(
    benchmark: Benchmark,
    questions: Questions,
    name: str,
    kind: Kind,
    answers: Answers,
    notes: list[str] | None = None,
) -> Entry:
    lines = [line(metric, questions, answers, benchmark.weights) for metric in benchmark.metrics]
    if benchmark.together:
        groups = {name: figure for found in reversed(lines) for name, figure in found.groups.items()}
        lines[0] = replace(lines[0], macro=weighted(groups, benchmark.weights))
    counted = dict(benchmark.official.figures(questions, answers)) if benchmark.official and kind != "baseline" else {}
    return Entry(name, kind, answers, lines, counted, list(notes or ()))


def _unused(reward: Reward, options: Mapping[str, Any]) -> list[str]:
    """A note on options of the engine, which pairs do not pass."""
    given = [name for name, value in options.items() if value not in (None, False, "inline")]
    if reward.native != "pairwise" or not given:
        return []
    return [f"compares pairs without the engine, so these options were not used: {', '.join(given)}"]


def _named(rewards: Mapping[str, Reward] | Sequence[Reward]) -> dict[str, Reward]:
    if isinstance(rewards, Mapping):
        return dict(rewards)
    _check_names([reward.name for reward in rewards])
    return {reward.name: reward for reward in rewards}


def _check_names(names: Sequence[str]) -> None:
    double = sorted({name for name in names if names.count(name) > 1 or name in RESERVED})
    if double:
        raise BenchError(f"{', '.join(double)}: every entry needs a name of its own, and no baseline's; use .named(…)")


def _mismatched(chunk: Sequence[Item], before: Sequence[Item] = ()) -> Iterator[Item]:
    """Every item's responses under the prompt and pictures of the next item that shares nothing with it.

    Pictures in which the candidates of an item differ are its responses, and stay. Raises BenchError where there is
    no such item, in the chunk or among the ones `before`.
    """
    for i, item in enumerate(chunk):
        others = (*chunk[i + 1 :], *chunk[:i], *before)
        other = next((o for o in others if o.cluster is None or o.cluster != item.cluster), None)
        if other is None:
            raise BenchError("a wrong pair needs an item with another prompt, and all are about the same")
        given = [name for name in ASKED_ABOUT if _one(item, name) and _one(other, name)]
        theirs = {name: other.samples[0].get(name) for name in given}
        yield replace(item, samples=tuple(Sample(**{**sample, **theirs}) for sample in item.samples))


def _one(item: Item, name: str) -> bool:
    """Whether the candidates of an item share what they have in a column; the pictures of one without text it made."""
    if len(item.samples) == 1 and item.samples[0].get("response") is None and name not in ("prompt", "messages"):
        return False
    return all(sample.get(name) is item.samples[0].get(name) for sample in item.samples)
