"""`guerdon compare`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain
from guerdon.cli.inputs import engine_options, read_reward, read_rows, unsaved
from guerdon.cli.outputs import check_paths, print_json, print_tables, rows_table, say, today, write_results

if TYPE_CHECKING:
    from guerdon.report.accuracy import Judged, Preferences


class Ties(StrEnum):
    """What a tie between two responses counts."""

    half = "half"
    wrong = "wrong"


Aspect = Annotated[
    str, typer.Option("--aspect", rich_help_panel=o.ROWS, help="Which votes count; aspects are never pooled.")
]
TiesName = Annotated[
    Ties, typer.Option("--ties", rich_help_panel=o.RESULTS, help="What a tie counts in groups and in the report.")
]
Seed = Annotated[int, typer.Option("--seed", rich_help_panel=o.RUNNING, help="Of the random baseline.")]


def compare(
    data: o.Data,
    reward: o.Spec,
    map: o.Map = None,
    split: o.Split = None,
    limit: o.Limit = None,
    root: o.Root = None,
    imports: o.Imports = None,
    aspect: Aspect = "overall",
    engine: o.EngineName = o.Engine.inline,
    workers: o.Workers = None,
    seconds: o.Seconds = None,
    memory: o.Memory = None,
    store: o.StorePath = None,
    resume: o.Resume = False,
    seed: Seed = 0,
    out: o.Out = None,
    report: o.Report = None,
    group_by: o.GroupBy = None,
    ties: TiesName = Ties.half,
    json: o.Json = False,
) -> None:
    """How often a reward prefers the response that people preferred, beside trivial baselines.

    Reads prompt + chosen + rejected, responses + votes, and the formats like them. Exits with 1 if no
    pair got a verdict.
    """
    from guerdon.preferences import comparisons
    from guerdon.report import accuracy, terminal

    check_paths(out, report)
    options = engine_options(engine, workers, seconds, memory, store, resume)
    made = read_reward(reward, imports)
    pairs = accuracy.judged(comparisons(read_rows(data, map, split, limit, root)), aspect)
    found = accuracy.preferences(made, pairs, seed=seed, **options)
    summary = found.to_dict(group_by)
    if json:
        print_json(summary)
    else:
        print_tables(
            _heading(Path(data).name, pairs), made.spec(), terminal.preference_tables(found, group_by, ties.value)
        )
    if out is not None:
        lines = found.lines()
        write_results(out, "pairs", lines, lambda: rows_table(lines), {"summary": summary})
    if report is not None:
        _write_report(found, report, Path(data).name, ties.value)
        say(f"report: {report}")
    if found.table()[0].half is None:
        raise typer.Exit(explain(f"not one of {len(pairs.better):,} pairs got a verdict: {found.why()}", MISSED))
    if lost := unsaved(options):
        raise typer.Exit(explain(lost, MISSED))


def _heading(name: str, pairs: Judged) -> str:
    left_out = "".join(f", {n:,} left out: {why}" for why, n in pairs.left_out.items())
    return f"{name}: {len(pairs.rows):,} comparisons, {len(pairs.better):,} judged pairs{left_out}"


def _write_report(found: Preferences, path: Path, name: str, ties: Literal["half", "wrong"]) -> None:
    from guerdon import report

    if found.scores is None:
        raise Misuse("--report shows the scores of every response, and a pairwise reward has none: use --out")
    board = found.board(ties)
    report.html(found.scores, found.judged.samples, path, title=name, date=today(), comparisons=[board])
