"""`guerdon doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain
from guerdon.cli.hosts import is_host, look_at_host
from guerdon.cli.inputs import engine_options, read_reward, read_rows
from guerdon.cli.outputs import console, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from guerdon.doctor import Diagnosis, Health, Machine
    from guerdon.report import Overview

Data = Annotated[
    str | None, typer.Argument(help="Data to look at, or a host such as trl; without it, what is installed.")
]
Spec = Annotated[
    str | None, typer.Option("--reward", "-r", metavar="SPEC", help="Also score the rows, and look at the scores.")
]
Rows = Annotated[str | None, typer.Option("--rows", metavar="DATA", help="With a host: rows to try the reward on.")]
By = Annotated[str, typer.Option("--group-by", metavar="COLUMN", help="Which rows belong to one prompt.")]


def doctor(
    data: Data = None,
    reward: Spec = None,
    map: o.Map = None,
    split: o.Split = None,
    limit: o.Limit = None,
    root: o.Root = None,
    imports: o.Imports = None,
    engine: o.EngineName = o.Engine.inline,
    workers: o.Workers = None,
    seconds: o.Seconds = None,
    memory: o.Memory = None,
    group_by: By = "group",
    rows: Rows = None,
    json: o.Json = False,
) -> None:
    """What is installed; what a data set looks like, and which parts of a reward say nothing on it; or whether a reward
    fits a host.

    Exits with 1 if something guerdon always needs is missing, or the reward cannot work in the host.
    """
    if data is None:
        if reward is not None:
            raise Misuse("--reward needs rows to score: guerdon doctor DATA --reward SPEC")
        _look_at_machine(json)
        return
    if is_host(data):
        look_at_host(data, reward, rows, map, split, limit, imports, json)
        return
    from guerdon import doctor as checks
    from guerdon import engine as engines
    from guerdon import report

    given = read_rows(data, map, split, limit, root)
    found: dict[str, Any] = {"data": checks.diagnose(given)}
    if reward is not None:
        options = engine_options(engine, workers, seconds, memory, None, False)
        scored = report.overview(engines.map(read_reward(reward, imports), given, **options), given)
        found |= {"scores": scored, "health": checks.health(scored.scores, scored.rows, group_by)}
    if json:
        print_json({name: part.to_dict() if name == "scores" else part for name, part in found.items()})
    else:
        _print(found["data"], found.get("scores"), found.get("health"))


def _look_at_machine(json: bool) -> None:
    from guerdon.doctor import machine

    found = machine()
    if json:
        print_json(found)
    else:
        _print_machine(found)
    if found.missing("core"):
        raise typer.Exit(explain(f"{', '.join(found.missing('core'))} missing: {found.cure('core')}", MISSED))


def _print_machine(found: Machine) -> None:
    from guerdon.report.terminal import literal, table

    memory = "memory unknown" if found.memory_bytes is None else f"{found.memory_bytes / 2**30:.1f} GiB memory"
    out = console()
    out.print(f"guerdon {found.guerdon}, Python {found.python}, {found.system}", style="bold")
    out.print(f"{found.cores} cores, {memory}")
    out.print(literal(f"a store in this folder: {found.store or 'works'}"), style="red" if found.store else "")
    made = table()
    for name in ("extra", "installed", "missing", "to install"):
        made.add_column(name, overflow="fold")
    for extra, packages in found.extras.items():
        there = ", ".join(f"{p.name} {p.found}" for p in packages if p.found is not None)
        made.add_row(extra, literal(there), ", ".join(found.missing(extra)), literal(found.cure(extra)))
    out.print()
    out.print(made)


def _print(data: Diagnosis, scored: Overview | None, health: Health | None) -> None:
    from guerdon.doctor import findings
    from guerdon.report.terminal import literal, reasons_table, scores_table

    tables = [_columns_table(data), _lengths_table(data)] + ([_boxes_table(data)] if data.boxes else [])
    if scored is not None:
        tables.append(scores_table(scored.summaries, "Scores"))
        tables += [reasons_table(scored.reasons[:8])] if scored.reasons else []
    out = console()
    out.print(f"{data.rows:,} rows, {len(data.broken):,} broken, {data.duplicates:,} duplicates", style="bold")
    for made in tables:
        out.print()
        out.print(made)
    if scored is not None:
        out.print(literal(_time(scored)), style="dim")
    noted = findings(data, health)
    out.print()
    out.print("Worth a look" if noted else "Nothing stands out.", style="bold")
    for text in noted:
        out.print(literal(f"• {text}"))


def _time(scored: Overview) -> str:
    from guerdon.report.figures import seconds

    timing = scored.summaries[0].timing
    return "" if timing is None else f"{seconds(timing.median)} a row (median), {seconds(timing.total)} in all"


def _columns_table(data: Diagnosis) -> Table:
    from guerdon.report.terminal import literal, table

    made = table("Columns")
    for name in ("column", "type", "missing", "example"):
        made.add_column(name, overflow="fold", justify="right" if name == "missing" else "left")
    for c in data.columns:
        made.add_row(literal(c.name, 60), literal(", ".join(c.types) or "–"), f"{c.missing:,}", literal(c.example))
    return made


def _lengths_table(data: Diagnosis) -> Table:
    from guerdon.report.terminal import add_columns, table

    made = add_columns(table("Lengths in characters"), ["column"], ["rows", "empty", "min", "median", "95 %", "max"])
    for found in data.lengths:
        made.add_row(found.column, *(f"{n:,}" for n in found[1:]))
    return made


def _boxes_table(data: Diagnosis) -> Table:
    from guerdon.report.figures import number
    from guerdon.report.terminal import literal, table

    made = table("Boxes")
    for name in ("column", "boxes", "coordinates", "frame", "because"):
        made.add_column(name, overflow="fold", justify="right" if name == "boxes" else "left")
    for b in data.boxes:
        ends = f"{number(b.low)} to {number(b.high)}"
        made.add_row(literal(b.column), f"{b.boxes:,}", ends, b.frame or "unclear", literal(b.evidence))
    return made
