"""A benchmark in the terminal and as JSON."""

import json
from typing import Any

import pytest
from rich.console import Console
from tests.report import toys

from guerdon.bench import Official, Output, Results, run
from guerdon.report import benchmarks
from guerdon.scores import Status


def printed(results: Results) -> str:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))
    for table in benchmarks.tables(results):
        console.print(table)
    return console.export_text()


@pytest.fixture(scope="module")
def results() -> Results:
    rewards = {"good": toys.good(), "long": toys.long()}
    benchmark = toys.suite(official=Official(lambda *_: {"its own": 12.346}, ("ties are right there",)))
    return run(benchmark, rewards, data=[*toys.pairs(39), toys.pair(39, better="good?", kind="b")])
