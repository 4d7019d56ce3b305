"""Every benchmark is documented, says where its data is, and counts its trivial baselines as it should."""

import pkgutil
from functools import cache
from importlib import import_module
from math import isfinite
from pathlib import Path

import numpy as np
import pytest

from guerdon.bench import BenchError, Benchmark, Results, every, load, run, suites

FEWEST = 29
"""The walk found this many benchmarks when it was written; it may find more, and never fewer."""
ROWS = 60
DRAWS = 300

EVERY = every()
each = pytest.mark.parametrize("suite", EVERY, ids=lambda suite: suite.name)


@cache
def there(folder: Path) -> list[Benchmark]:
    """Those whose data is in a folder."""
    return [suite for suite in EVERY if _has(folder, suite)]


@cache
def results(name: str, folder: Path, limit: int = ROWS) -> Results:
    """The baselines on the first rows."""
    return run(load(name), data=folder, limit=limit)


def _has(folder: Path, suite: Benchmark) -> bool:
    try:
        return bool(suite.find(folder))
    except BenchError:
        return False


def test_the_walk_finds_the_benchmarks() -> None:
    assert len(EVERY) >= FEWEST
    modules = [m.name for m in pkgutil.iter_modules(suites.__path__) if not m.name.startswith("_")]
    assert [suite.name for suite in EVERY] == [name.replace("_", "-") for name in modules]


def test_the_walk_finds_real_data(data_dir: Path) -> None:
    assert len(there(data_dir)) >= 8


@each
def test_it_says_what_it_is(suite: Benchmark) -> None:
    assert len(suite.about.split()) >= 15
    assert suite.title
    assert suite.licence
    assert suite.url.startswith("https://")


@each
def test_it_says_where_its_data_is(suite: Benchmark) -> None:
    assert suite.files or suite.hub
    assert not any(pattern.startswith(("/", "..")) for pattern in suite.files)


@each
def test_its_metrics_have_names_of_their_own_and_say_what_they_are(suite: Benchmark) -> None:
    names = [metric.name for metric in suite.metrics]
    assert len(set(names)) == len(names) > 0
    assert all(metric.about.endswith(".") for metric in suite.metrics)


@each
def test_every_group_has_a_headline_and_groups_are_known(suite: Benchmark) -> None:
    assert all(suite.metric(group) for group in suite.groups)
    assert not suite.groups or {group for metric in suite.metrics for group in metric.only} <= set(suite.groups)
    assert suite.weights is None or not suite.groups or set(suite.weights) <= set(suite.groups)


@each
def test_outputs_are_read_by_the_reader_of_its_module(suite: Benchmark) -> None:
    module = import_module(f"{suites.__name__}.{suite.name.replace('-', '_')}")
    own = getattr(module, "outputs", None)
    assert own is None or own.__module__ != module.__name__ or suite.outputs is own


@each
def test_published_tables_have_sources_and_a_cell_a_column(suite: Benchmark) -> None:
    for table in suite.published:
        assert table.caption
        assert table.source
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


@each
def test_official_figures_say_how_they_differ(suite: Benchmark) -> None:
    assert suite.official is None or suite.official.differs


@each
def test_an_empty_folder_is_an_error_that_names_the_files(suite: Benchmark, tmp_path: Path) -> None:
    with pytest.raises(BenchError) as error:
        run(suite, data=tmp_path)
    assert all(pattern in str(error.value) for pattern in suite.files)


@each
def test_rows_of_nothing_are_an_error(suite: Benchmark) -> None:
    with pytest.raises(BenchError):
        run(suite, data=[{"nothing": 1}])


def test_baselines_have_figures_with_intervals(data_dir: Path) -> None:
    for suite in there(data_dir):
        found = results(suite.name, data_dir)
        assert found.entries or len(np.unique(found.questions.gold)) == 1  # nothing to be right about
        for entry in found.entries:
            estimate = entry.headline.overall.estimate
            assert estimate is not None, (suite.name, entry.name)
            assert all(map(isfinite, estimate)), (suite.name, entry.name)
            assert estimate.low - 1e-9 <= estimate.mean <= estimate.high + 1e-9, (suite.name, entry.name)


def test_a_constant_is_worth_as_much_as_chance(data_dir: Path) -> None:
    """Chance is the mean credit of values that are drawn."""
    compared = 0
    for suite in there(data_dir):
        found, credit = results(suite.name, data_dir), suite.metrics[0].credit
        constant = next((entry.headline.overall.estimate for entry in found.entries if entry.name == "constant"), None)
        if constant is None or credit is None:
            continue
        gold, rng = found.questions.gold, np.random.default_rng(0)
        chance = np.mean([np.nanmean(credit(rng.random(gold.shape), gold)) for _ in range(DRAWS)])
        assert constant.mean == pytest.approx(chance, abs=0.02), suite.name
        compared += 1
    assert compared >= 8


def test_one_item_says_that_it_is_one(data_dir: Path) -> None:
    """Of rows that are several items too, which then do not say so."""
    for suite in there(data_dir):
        questions = results(suite.name, data_dir, limit=1).questions
        assert any(note.startswith("one item") for note in questions.notes) == (len(questions) == 1), suite.name
    assert any(len(results(suite.name, data_dir, limit=1).questions) == 1 for suite in there(data_dir))
