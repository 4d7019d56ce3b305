"""`guerdon audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain
from guerdon.cli.inputs import read_reward, read_rows, run_imports
from guerdon.cli.outputs import (
    check_paths,
    console,
    print_json,
    print_tables,
    rows_table,
    say,
    today,
    write_results,
)

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from guerdon.audit import Audit, Check
    from guerdon.audit.overoptimise import Study
    from guerdon.reward import Reward
    from guerdon.sample import Row

STYLES = {"pass": "green", "weak": "yellow", "fail": "bold red"}
CHECKS = "Checks"
Spec = Annotated[str | None, typer.Option("--reward", "-r", metavar="SPEC", help="As for guerdon score.")]
Data = Annotated[
    str | None,
    typer.Option(
        "--data", metavar="DATA", rich_help_panel=o.ROWS,
        help="Comparisons, outputs or rows with answers; without it, guerdon's own World.",
    ),
]  # fmt: skip
Most = Annotated[
    int | None,
    typer.Option(
        "--limit", metavar="N", min=1, rich_help_panel=o.ROWS,
        help="Rows to use, evenly spread. By default 64, or 10 of a judge, and fewer of a slow reward.",
    ),
]  # fmt: skip
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CHECK", rich_help_panel=CHECKS, help="A check or a family: attack. Repeatable."),
]
Skip = Annotated[
    list[str] | None, typer.Option("--skip", metavar="CHECK", rich_help_panel=CHECKS, help="The same. Repeatable.")
]
Listed = Annotated[
    bool, typer.Option("--list", rich_help_panel=CHECKS, help="Only say what is asked, and where it comes from.")
]
Time = Annotated[
    float, typer.Option("--seconds", metavar="SECONDS", min=0.0, rich_help_panel=o.RUNNING, help="For the whole audit.")
]
Seed = Annotated[int, typer.Option("--seed", rich_help_panel=o.RUNNING, help="Of the World's rows.")]
Gold = Annotated[
    str | None,
    typer.Option(
        "--optimise", metavar="GOLD", rich_help_panel=CHECKS,
        help="Instead of checks: optimise the reward and see what becomes of GOLD, a reward that says what is really "
        "wanted, on the rows of --data (several responses a group); 'world' is the World's truth on its own rows.",
    ),
]  # fmt: skip
WORLD = "world"


def audit(
    reward: Spec = None,
    data: Data = None,
    map: o.Map = None,
    split: o.Split = None,
    limit: Most = None,
    root: o.Root = None,
    imports: o.Imports = None,
    only: Only = None,
    skip: Skip = None,
    list_: Listed = False,
    optimise: Gold = None,
    seconds: Time = 60.0,
    seed: Seed = 0,
    out: o.Out = None,
    report: o.Report = None,
    json: o.Json = False,
) -> None:
    """Find out whether a reward can be trusted or hacked, with no knowledge of its insides.

    Every check passes, is weak, fails, or does not apply. Exits with 1 if one fails.
    """
    from guerdon import audit as audits
    from guerdon.report import audit_html

    check_paths(out, report)
    if list_:
        run_imports(imports)
        _print_checks(audits.checks(only, skip or ()), json)
        return
    if reward is None:
        raise Misuse("say which reward to audit: guerdon audit --reward SPEC, or --list for what is asked")
    made = read_reward(reward, imports)
    rows = None if data is None else read_rows(data, map, split, None, root)
    if optimise is not None:
        _optimise(made, optimise, rows, seed, out=out, report=report, json=json)
        return
    found = audits.audit(made, rows, only=only, skip=skip or (), limit=limit, seconds=seconds, seed=seed)
    if json:
        print_json(found.to_dict())
    else:
        print_tables(_heading(found, data), found.reward, [findings_table(found)])
        _print_rest(found)
    if out is not None:
        write_results(out, "findings", found.table, lambda: rows_table(found.table), {"audit": found.to_dict()})
    if report is not None:
        audit_html(found.to_dict(), report, date=today())
        say(f"report: {report}")
    if found.failed:
        total = sum(f.verdict != "not_applicable" for f in found.findings)
        raise typer.Exit(explain(f"{len(found.failed)} of {total} checks failed: {', '.join(found.failed)}", MISSED))


def _optimise(
    made: Reward, gold: str, rows: list[Row] | None, seed: int, *, out: Path | None, report: Path | None, json: bool
) -> None:
    from guerdon.audit.overoptimise import in_world, overoptimise, table
    from guerdon.report import audit_html

    if (gold == WORLD) != (rows is None):
        raise Misuse("--optimise world needs no --data; any other GOLD needs rows with several responses a group")
    study = in_world(made, seed=seed) if rows is None else overoptimise(made, read_reward(gold).named("gold"), rows)
    found = study.to_dict()
    if json:
        print_json(found)
    else:
        left_out = f", {study.curve.left_out:,} responses left out" if study.curve.left_out else ""
        print_tables(
            f"{made.name} optimised{left_out}: {study.peak}",
            made.spec(),
            [curve_table(study), _as_table(*table(study))],
        )
    if out is not None:
        lines = [
            {"n": n, "kl": kl, "proxy": proxy.mean, "gold": truth.mean, "low": truth.low, "high": truth.high}
            for n, kl, proxy, truth in study.curve.points()
        ]
        write_results(out, "curve", lines, lambda: rows_table(lines), {"study": found})
    if report is not None:
        audit_html({}, report, date=today(), curves=found["curves"])
        say(f"report: {report}")


def curve_table(study: Study) -> Table:
    """Proxy and gold at every strength of optimisation."""
    from guerdon.report.figures import fixed
    from guerdon.report.terminal import add_columns, table

    made = add_columns(table(), (), ["n", "√KL", "proxy", "gold", "95 % interval"])
    for n, kl, proxy, gold in study.curve.points():
        made.add_row(
            f"{n:.0f}",
            f"{kl**0.5:.2f}",
            fixed(proxy.mean),
            fixed(gold.mean),
            f"{fixed(gold.low)} to {fixed(gold.high)}",
        )
    return made


def _as_table(headings: list[str], rows: list[list[str]]) -> Table:
    from guerdon.report.terminal import add_columns, literal, table

    made = add_columns(table(), headings[:1], headings[1:])
    for row in rows:
        made.add_row(*map(literal, row))
    return made


def findings_table(found: Audit) -> Table:
    """Every check that applies, with the share it measured; in words what is not a share, or not as it should be."""
    from rich.text import Text

    from guerdon.report.figures import percent
    from guerdon.report.terminal import add_columns, literal, table

    made = add_columns(table(), ["check", "verdict"], ["share", "95 %", "n"])
    made.add_column("what was found", overflow="fold")
    for one in found.findings:
        if one.verdict != "not_applicable":
            rate = one.rate
            figures = ["", "", ""]
            if rate is not None:
                figures = [percent(rate.mean, 0), f"{100 * rate.low:.0f}–{100 * rate.high:.0f}", f"{rate.n:,}"]
            told = one.detail if rate is None or one.verdict != "pass" else ""
            made.add_row(one.check, Text(one.verdict, style=STYLES[one.verdict]), *figures, literal(told, 1000))
    return made


def _heading(found: Audit, data: str | None) -> str:
    told = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in found.counts().items())
    return f"{data or 'the World'}, {found.rows:,} rows: {told}"


def _print_rest(found: Audit) -> None:
    """What was not asked, and a few rows that show what failed."""
    from guerdon.report.terminal import literal

    out = console()
    idle = [f.check for f in found.findings if f.verdict == "not_applicable" and f.check not in found.unasked]
    for what, names in (("does not apply", idle), ("no time was left for", found.unasked)):
        if names:
            out.print()
            out.print(literal(f"{what}: {', '.join(names)}", 3000), style="dim")
    for name in found.failed:
        for example in found[name].examples[:1]:
            out.print()
            out.print(literal(f"{name}, for example"), style="bold")
            for key, value in example.items():
                out.print(literal(f"  {key}: {value}"))


def _print_checks(checks: list[Check], json: bool) -> None:
    from guerdon.report.terminal import literal, table

    if json:
        names = ("name", "question", "source", "needs")
        print_json([{name: getattr(one, name) for name in names} for one in checks])
        return
    made = table()
    made.add_column("check", no_wrap=True)
    made.add_column("what it asks", overflow="fold", max_width=38)
    made.add_column("where it comes from", overflow="fold", style="dim")
    for one in checks:
        made.add_row(one.name, literal(one.question), literal(one.source))
    console().print(made)
