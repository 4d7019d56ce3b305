"""`guerdon score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain
from guerdon.cli.inputs import engine_options, read_reward, read_rows, unsaved
from guerdon.cli.outputs import check_paths, print_json, print_tables, say, scores_table, today, write_results

Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against", metavar="COMPONENT=COLUMN", rich_help_panel=o.RESULTS,
        help="Also say on how many rows a component, or the total, is the number the data has. Repeatable.",
    ),
]  # fmt: skip


def score(
    data: o.Data,
    reward: o.Spec,
    map: o.Map = None,
    split: o.Split = None,
    limit: o.Limit = None,
    root: o.Root = None,
    imports: o.Imports = None,
    engine: o.EngineName = o.Engine.inline,
    workers: o.Workers = None,
    seconds: o.Seconds = None,
    memory: o.Memory = None,
    store: o.StorePath = None,
    resume: o.Resume = False,
    out: o.Out = None,
    report: o.Report = None,
    group_by: o.GroupBy = None,
    against: Against = None,
    json: o.Json = False,
) -> None:
    """Score every row of a data set, and say what the scores look like.

    Exits with 1 if every row failed, or the store could not keep all of them.
    """
    from guerdon import engine as engines
    from guerdon import report as reports
    from guerdon.report.terminal import tables

    check_paths(out, report)
    pairs = [_pair(text) for text in against or ()]
    options = engine_options(engine, workers, seconds, memory, store, resume)
    made = read_reward(reward, imports)
    rows = read_rows(data, map, split, limit, root)
    found = reports.overview(engines.map(made, rows, **options), rows, by=group_by, against=pairs)
    if json:
        print_json(found.to_dict())
    else:
        print_tables(f"{Path(data).name}: {len(rows):,} rows", made.spec(), tables(found))
    if out is not None:
        others = {"summary": found.to_dict(), "reward": found.scores.header()}
        write_results(out, "scores", found.scores.to_rows(), lambda: scores_table(found.scores), others)
    if report is not None:
        reports.write(found, report, title=Path(data).name, date=today())
        say(f"report: {report}")
    counts = found.scores.counts()
    if counts == {"FAILED": len(found.scores)}:
        why = found.reasons[0]
        raise typer.Exit(explain(f"all {len(found.scores):,} rows FAILED; most often: {why.part}: {why.text}", MISSED))
    if lost := unsaved(options):
        raise typer.Exit(explain(lost, MISSED))


def _pair(text: str) -> tuple[str, str]:
    """(component, column) of one --against; the column alone means the total."""
    part, equals, column = text.rpartition("=")
    if not column or (equals and not part):
        raise Misuse(f"--against is written COMPONENT=COLUMN, or COLUMN for the total, not {text!r}")
    return part or "total", column
