"""`guerdon bench`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain, without_home
from guerdon.cli.inputs import engine_options, read_reward, unsaved
from guerdon.cli.outputs import (
    check_paths,
    console,
    print_json,
    print_tables,
    rows_table,
    say,
    today,
    write_results,
    write_text,
)

if TYPE_CHECKING:
    from guerdon.bench import Benchmark, Results
    from guerdon.reward import Reward

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="Such as vl-rewardbench; --list shows all.")]
Specs = Annotated[
    list[str] | None,
    typer.Option("--reward", "-r", metavar="SPEC", help="As for `guerdon score`; NAME=SPEC names it. Repeatable."),
]
Files = Annotated[
    list[Path] | None,
    typer.Option("--outputs", metavar="FILE", help="Released outputs instead of a reward. Repeatable."),
]
Place = Annotated[
    str | None,
    typer.Option("--data", metavar="PLACE", rich_help_panel=o.ROWS, help="A file, a folder or a hub data set; "
                 "by default $GUERDON_DATA, else the benchmark's own hub data set."),
]  # fmt: skip
Official = Annotated[
    bool,
    typer.Option("--official", rich_help_panel=o.RUNNING, help="Ask pairwise rewards as the published script does."),
]
WrongPair = Annotated[
    bool,
    typer.Option("--wrong-pair", rich_help_panel=o.RUNNING, help="Also ask under another item's prompt and pictures."),
]
List = Annotated[bool, typer.Option("--list", help="All benchmarks there are.")]
Card = Annotated[
    Path | None,
    typer.Option("--card", metavar="FILE.md", rich_help_panel=o.RESULTS, help="A model card of the one reward."),
]
Audits = Annotated[
    list[Path] | None,
    typer.Option(
        "--audit", metavar="FILE.json", rich_help_panel=o.RESULTS,
        help="What `guerdon audit --json` printed, for the page and the card. Repeatable.",
    ),
]  # fmt: skip
Seed = Annotated[int, typer.Option("--seed", rich_help_panel=o.RUNNING, help="Of the random baseline.")]


def bench(
    name: Name = None,
    reward: Specs = None,
    outputs: Files = None,
    data: Place = None,
    limit: o.Limit = None,
    imports: o.Imports = None,
    official: Official = False,
    wrong_pair: WrongPair = False,
    engine: o.EngineName = o.Engine.inline,
    workers: o.Workers = None,
    seconds: o.Seconds = None,
    memory: o.Memory = None,
    store: o.StorePath = None,
    resume: o.Resume = False,
    seed: Seed = 0,
    out: o.Out = None,
    report: o.Report = None,
    card: Card = None,
    audit: Audits = None,
    list: List = False,
    json: o.Json = False,
) -> None:
    """Run a published benchmark on rewards, or on released outputs, beside trivial baselines.

    Figures are counted soundly and, where the published script differs, as it counts too. Exits with 1 if
    nothing could be read.
    """
    from guerdon import bench as benches
    from guerdon.report import benchmarks as tables

    if list:
        _list(json)
        return
    if name is None:
        raise Misuse("which benchmark? `guerdon bench --list` shows all")
    check_paths(out, report)
    check_paths(None, card)
    benchmark, audits = benches.load(name), [_read_audit(path) for path in audit or ()]
    options = engine_options(engine, workers, seconds, memory, store, resume)
    rewards, told = _rewards(reward, imports), _outputs(benchmark, outputs)
    if card is not None and (len(rewards) + len(told) != 1 or len(audits) > 1):
        raise Misuse("--card is of one reward, or of one file of outputs, and takes one --audit")
    found = benches.run(
        benchmark, rewards, outputs=told, data=data, limit=limit, official=official, wrong_pair=wrong_pair, seed=seed,
        **options,
    )  # fmt: skip
    if json:
        print_json(tables.to_dict(found))
    else:
        print_tables(tables.heading(found), f"{benchmark.title}, {benchmark.url}", tables.tables(found))
        for note in tables.notes(found):
            console().print(f"- {note}", style="dim", markup=False)
    _write(found, out, report, card, audits)
    unread = [entry.name for entry in found.asked if not entry.headline.overall.read]
    if unread:
        raise typer.Exit(explain(f"nothing could be read of {', '.join(unread)}", MISSED))
    if lost := unsaved(options):
        raise typer.Exit(explain(lost, MISSED))


def _list(json: bool) -> None:
    from guerdon import bench as benches
    from guerdon.report import benchmarks as tables

    found = benches.every()
    if json:
        print_json([{n: getattr(b, n) for n in ("name", "title", "url", "licence", "hub", "files")} for b in found])
    else:
        console().print(tables.list_table(found))


def _rewards(specs: list[str] | None, imports: list[str] | None) -> dict[str, Reward]:
    """By name: what stands before a `=` that no setting could have, else the reward's own name."""
    found: dict[str, Reward] = {}
    for text in specs or ():
        label, equals, spec = text.partition("=")
        named = bool(equals) and label.isidentifier()
        made = read_reward(spec if named else text, imports)
        key = label if named else made.name
        if key in found:
            raise Misuse(f"two rewards are called {key}: write --reward NAME=SPEC")
        found[key] = made
    return found


def _outputs(benchmark: Benchmark, files: list[Path] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in files or ():
        if not path.exists():
            raise Misuse(f"--outputs {path}: there is no such file")
        key = path.stem if path.stem not in found else str(path)
        found[key] = benchmark.outputs(path)
    return found


def _read_audit(path: Path) -> dict[str, Any]:
    """What an audit found, as `guerdon audit --json` prints it."""
    try:
        found = loads(path.read_bytes())
        known = {"reward", "verdicts", "findings"} <= found.keys()
    except (ValueError, AttributeError):
        known = False
    if not known:
        raise Misuse(f"--audit {path}: this is not what `guerdon audit --json` prints")
    return dict(found)


def _write(
    found: Results, out: Path | None, report: Path | None, card: Path | None, audits: Sequence[dict[str, Any]]
) -> None:
    from guerdon import report as reports
    from guerdon.report import benchmarks as tables

    command = without_home(shlex.join(["guerdon", *sys.argv[1:]]))
    if out is not None:
        lines = tables.lines(found)
        write_results(out, "items", lines, lambda: rows_table(lines), {"summary": tables.to_dict(found)})
    if report is not None:
        reports.bench_html(found, report, date=today(), command=command, audits=audits)
        say(f"report: {report}")
    if card is not None:
        audit = audits[0] if audits else None
        write_text(reports.reward_card(found, audit=audit, command=command, date=today()), card)
        say(f"card: {card}")
