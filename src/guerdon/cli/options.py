"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

ROWS, RUNNING, RESULTS = "Rows", "Running", "Results"
"""Panels of the help text."""


class Engine(StrEnum):
    """Where rewards run."""

    inline = "inline"
    threads = "threads"
    processes = "processes"
    ray = "ray"


Data = Annotated[str, typer.Argument(help="A .jsonl, .json, .csv or .parquet file, or a hub data set (user/name).")]
Spec = Annotated[
    str,
    typer.Option(
        "--reward",
        "-r",
        metavar="SPEC",
        help='The text form ("0.9*boxes.iou + 0.1*format.tags"), a YAML file, or file.py:name.',
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map", "-m", metavar="NAME=COLUMN", rich_help_panel=ROWS,
        help="Read a column under another name, dotted paths allowed: response=model_output. Repeatable.",
    ),
]  # fmt: skip
Split = Annotated[
    str | None, typer.Option("--split", metavar="NAME", rich_help_panel=ROWS, help="The part of a hub data set.")
]
Limit = Annotated[
    int | None, typer.Option("--limit", metavar="N", min=1, rich_help_panel=ROWS, help="Only the first rows.")
]
Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        rich_help_panel=ROWS,
        help="Folder of images and videos; by default that of the data.",
    ),
]
Imports = Annotated[
    list[str] | None,
    typer.Option("--import", metavar="FILE.py", rich_help_panel=ROWS, help="Python that defines rewards. Repeatable."),
]
EngineName = Annotated[Engine, typer.Option("--engine", rich_help_panel=RUNNING, help="Where the reward runs.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", metavar="N", min=1, rich_help_panel=RUNNING, help="By default one process a core, or 32 threads."
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option("--seconds", metavar="SECONDS", min=0.0, rich_help_panel=RUNNING, help="Time limit of one row."),
]
Memory = Annotated[
    int | None,
    typer.Option("--memory", metavar="MB", min=64, rich_help_panel=RUNNING, help="Memory limit of a process, in MB."),
]
StorePath = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", rich_help_panel=RUNNING, help="Keep finished rows in this SQLite file."),
]
Resume = Annotated[
    bool, typer.Option("--resume", rich_help_panel=RUNNING, help="Take rows that --store already has from there.")
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="PATH",
        rich_help_panel=RESULTS,
        help="Write results to FILE.jsonl, FILE.parquet or a folder.",
    ),
]
Report = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE.html", rich_help_panel=RESULTS, help="Write an HTML report to this file."),
]
Json = Annotated[bool, typer.Option("--json", rich_help_panel=RESULTS, help="Print JSON instead of tables.")]
GroupBy = Annotated[
    str | None, typer.Option("--group-by", metavar="COLUMN", rich_help_panel=RESULTS, help="Also a line a group.")
]
