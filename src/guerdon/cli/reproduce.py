"""`guerdon reproduce`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, explain
from guerdon.cli.outputs import check_paths, console, print_json, rows_table, say, write_results

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from guerdon.systems import Evidence

Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="Systems, such as vlm-r1; `guerdon systems` lists them.")]
Seeds = Annotated[int, typer.Option("--seeds", min=1, help="On how many seeds each proof has to hold: 0, 1, ….")]


def reproduce(ids: Ids, seeds: Seeds = 3, out: o.Out = None, json: o.Json = False) -> None:
    """Run the proofs of published systems and say which bars they reach.

    Exits with 1 if one is missed.
    """
    from guerdon import systems

    check_paths(out)
    found: list[Evidence] = []
    for system in [systems.load(id) for id in ids]:
        for proof in system.proofs:
            say(f"{system.id}: {proof.name} (about {proof.seconds:g} s)")
            found.append(proof.run(range(seeds)))
    lines = [evidence.to_dict() for evidence in found]
    if json:
        print_json(lines)
    else:
        console().print(_table(found))
    if out is not None:
        write_results(out, "evidence", lines, lambda: rows_table(lines), {})
    missed = [evidence for evidence in found if not evidence.passed]
    if missed:
        text = "; ".join(f"{e.system} {e.proof}: {e.reason}" for e in missed)
        raise typer.Exit(explain(f"{len(missed)} of {len(found)} bars missed: {text}", MISSED))


def _table(found: Sequence[Evidence]) -> Table:
    from guerdon.report.figures import number, seconds
    from guerdon.report.terminal import literal, table

    made = table()
    for name in ("system", "claim"):
        made.add_column(name, overflow="fold")
    for name in ("measured", "baseline", "bar", "", "time"):
        made.add_column(name, justify="right", no_wrap=True)
    for e in found:
        sign = {"at_least": "≥", "at_most": "≤"}.get(e.direction, "")
        verdict = "[green]reached[/]" if e.passed else "[red]missed[/]"
        bar = f"{sign} {number(e.bar)}"
        made.add_row(
            literal(e.system),
            literal(e.claim),
            number(e.measured),
            number(e.baseline),
            bar,
            verdict,
            seconds(e.seconds),
        )
    return made
