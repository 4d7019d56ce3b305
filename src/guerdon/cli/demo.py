"""`guerdon demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, explain
from guerdon.cli.outputs import console, print_json, today

if TYPE_CHECKING:
    from guerdon.cli.story import Story

Out = Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the report goes.")]


def demo(out: Out = Path("out/demo"), json: o.Json = False) -> None:
    """The whole story in a minute: a cheat wins under a naive reward and loses under a sound one.

    Draws scenes, lets three simulated models answer, scores them twice and writes an HTML report with
    pictures. Needs no network, no model and no torch. Exits with 1 if the cheat is not found out.
    """
    from guerdon.cli.story import play

    story = play()
    path = out / "report.html"
    story.write(path, today())
    if json:
        print_json(_figures(story) | {"report": str(path)})
    else:
        _print(story, path)
    if not story.holds:
        raise typer.Exit(explain("the hacker does not win under the naive reward and lose under the sound one", MISSED))


def _figures(story: Story) -> dict[str, Any]:
    parts = {"naive": story.naive, "sound": story.sound}
    return {
        name: {"reward": part.spec, "responders": [g.to_dict() for g in part.groups]} for name, part in parts.items()
    }


def _print(story: Story, path: Path) -> None:
    from guerdon.report.figures import fixed, number, spread
    from guerdon.report.terminal import add_columns, literal, table

    out = console()
    out.print(
        f"{len(story.rows):,} responses of three simulated models to pictures of which all is known", style="bold"
    )
    out.print("careful sees well, sloppy badly, and hacker never looks: boxes everywhere, every option named")
    for name, found in (("naive", story.naive), ("sound", story.sound)):
        out.print(literal(f"\n{name} reward: {found.spec}", 1000), style="dim")
    columns = ["naive", "95 % interval", "sound", "95 % interval", "boxes a picture"]
    made, boxes = add_columns(table(), ["responder"], columns), story.boxes_written()
    for naive, sound in zip(story.naive.groups, story.sound.groups, strict=True):
        figures = [text for g in (naive, sound) for text in (fixed(g.mean.mean if g.mean else None), spread(g))]
        made.add_row(naive.name, *figures, number(boxes[naive.name]))
    out.print()
    out.print(made)
    if story.holds:
        out.print("\nThe hacker comes first under the naive reward and last under the sound one.")
    out.print(literal(f"report: {path}"))
