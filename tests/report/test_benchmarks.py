"""A benchmark in the terminal and as JSON: figures fit, and say how sure they are."""

import io
import json

import pytest
from rich.console import Console
from tests.report import toys

from guerdon.bench import Official, Output, Results, run
from guerdon.report import benchmarks


def printed(results: Results) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100)
    for table in benchmarks.tables(results):
        console.print(table)
    return out.getvalue()


def line(text: str, name: str, after: str = "") -> str:
    """What a table prints of an entry, in the table that begins with `after`."""
    return next(found for found in text.partition(after)[2].splitlines() if found.startswith(name))


@pytest.fixture(scope="module")
def results() -> Results:
    rewards = {"good": toys.good(), "long": toys.long(), "length": toys.long().named("length")}
    benchmark = toys.suite(official=Official(lambda *_: {"its own": 12.346}, ("ties are right there",)))
    return run(benchmark, rewards, data=[*toys.pairs(39), toys.pair(39, better="good?", kind="b")])


def test_every_table_is_there_and_fits(results: Results) -> None:
    text = printed(results)
    titles = " ".join(text.split())
    for title in ("accuracy: ", "Standings on the 40 items", "All metrics", "As the benchmark's own script counts"):
        assert title in titles
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_standings_say_what_is_sure(results: Results) -> None:
    text = printed(results)
    first, other = line(text, "good", "Standings"), line(text, "long", "Standings")
    assert first.split()[-4:] == ["1", "1", "better,", "<0.001"]  # rank 1, and p against itself is 1
    assert "2–3" in other
    assert "as good, 1" in other  # as the baseline "longer"
    assert "length" in other.partition("as good, 1")[2]  # its twin


def test_one_entry_has_no_rank() -> None:
    assert "Standings" not in printed(run(toys.suite(), [toys.long()], data=toys.pairs(8)))


def test_entries_that_cannot_be_told_apart_say_how_many_items_it_takes() -> None:
    values = {"one": [1, 1, 1, 1, 1, -1] * 5, "other": [1, 1, 1, 1, -1, 1] * 4 + [1, 1, 1, -1, -1, 1]}
    outputs = {name: [Output(f"i{i}", (v, 0.0)) for i, v in enumerate(found)] for name, found in values.items()}
    results = run(toys.suite(), outputs=outputs, data=[toys.pair(i) for i in range(30)])
    (note,) = benchmarks.undecided(results)
    assert note.startswith("one and other are not told apart by 30 items: if the difference is as it seems, about ")
    assert int(note.split("about ")[1].split()[0].replace(",", "")) > 30


def test_entries_that_do_equally_well_take_no_number_of_items() -> None:
    outputs = {name: [Output(f"i{i}", (1.0, 0.0)) for i in range(4)] for name in ("one", "other")}
    results = run(toys.suite(), outputs=outputs, data=[toys.pair(i) for i in range(4)])
    assert benchmarks.undecided(results) == [
        "one and other are not told apart by 4 items, on which they do equally well"
    ]


def test_outputs_of_nobody_knows_which_item_have_no_rank() -> None:
    flags = {name: [Output("group:all", right=i < n) for i in range(4)] for name, n in (("one", 1), ("two", 3))}
    assert run(toys.suite(), outputs=flags, data=[toys.pair(i) for i in range(4)]).standings == []


def test_json_has_all_of_it(results: Results) -> None:
    found = json.loads(json.dumps(benchmarks.to_dict(results)))
    assert [one["name"] for one in found["standings"]] == ["good", "long", "length"]
    assert found["standings"][0]["tied_with"] == []
    assert [e["name"] for e in found["entries"]][:3] == ["good", "long", "length"]
    assert found["entries"][0]["reasons"] == {"no score found": 1}


def test_the_best_baseline_of_a_group_is_neither_luck_nor_how_the_data_is_written(results: Results) -> None:
    name, figure = benchmarks.best_trivial(results, "a") or ("", None)
    assert name in ("constant", "longer", "shorter")
    assert figure is not None
    assert figure.mean == 0.5  # "first" is always right in this data
    assert any("the preferred response always comes first in this data" in note for note in benchmarks.notes(results))


def test_many_entries_and_groups_still_fit() -> None:
    rewards = {f"reward_{k}": toys.good() for k in range(9)}
    benchmark = toys.suite(official=Official(lambda *_: {"its own": 1.0}))
    rows = [toys.pair(i, kind=f"kind {i % 6}") for i in range(12)]
    text = printed(run(benchmark, rewards, data=rows))
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert text.count("By group") == 3  # four entries at a time
