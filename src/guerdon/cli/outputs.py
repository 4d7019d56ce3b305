"""What a command leaves: tables or JSON on stdout, files, and nothing else there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.cli.failures import Misuse

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from guerdon.scores import Scores

WIDTH = 100
"""Columns of tables that are not written to a terminal, and the most on one."""


@cache
def console() -> Console:
    """Where tables go."""
    from rich.console import Console

    made = Console(highlight=False, soft_wrap=False)
    made.width = min(made.width, WIDTH) if made.is_terminal else WIDTH
    return made


def say(text: str) -> None:
    """A line for people, on stderr: stdout is for results."""
    sys.stderr.write(f"{text}\n")


def print_tables(title: str, spec: str, tables: Sequence[Table]) -> None:
    """A heading, what was asked, and the tables, on stdout."""
    from guerdon.report.terminal import literal

    out = console()
    out.print(literal(title), style="bold")
    out.print(literal(spec, 2000), style="dim")
    for table in tables:
        out.print()
        out.print(table)


def today() -> str:
    """The date for a report."""
    from datetime import date

    return date.today().isoformat()


def print_json(value: Any) -> None:
    """One JSON document on stdout; a figure that does not exist is null."""
    from guerdon.report import plain

    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def check_paths(out: Path | None, report: Path | None = None) -> None:
    """Make the folders of results and see that they can be written to: now, rather than after an hour's work.

    Raises Misuse or OSError.
    """
    if out is not None and out.suffix not in ("", ".jsonl", ".parquet"):
        raise Misuse(f"--out {out}: name a FILE.jsonl, a FILE.parquet or a folder")
    for path in (out, report):
        if path is not None:
            folder = path if path is out and not path.suffix else path.parent
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK):
                raise Misuse(f"{folder} cannot be written to: name another place for {path.name}")


def write_results(
    out: Path, name: str, lines: Sequence[Mapping[str, Any]], table: Callable[[], Any], others: Mapping[str, Any]
) -> None:
    """Rows to a .jsonl file or, as an Arrow table, a .parquet file; to a folder with the others, as JSON."""
    if out.suffix == ".parquet":
        import pyarrow.parquet as pq

        with _replacing(out) as path:
            pq.write_table(table(), path)
    elif out.suffix == ".jsonl":
        write_text("".join(f"{_line(row)}\n" for row in lines), out)
    else:
        write_text("".join(f"{_line(row)}\n" for row in lines), out / f"{name}.jsonl")
        for other, value in others.items():
            write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", out / f"{other}.json")
    say(f"results: {out}")


def write_text(text: str, out: Path) -> None:
    """A text file, in place of an earlier one once it is whole."""
    with _replacing(out) as path:
        path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def scores_table(scores: Scores) -> Any:
    """Scores as an Arrow table: two columns a component, value and status; how they were made in its metadata."""
    import pyarrow as pa

    from guerdon.scores import STATUS_NAMES, Status

    def named(codes: Any) -> list[str]:
        return [STATUS_NAMES[Status(code)] for code in codes.tolist()]

    def texts(sparse: Mapping[int, str]) -> Any:
        return pa.array([sparse.get(i) for i in range(len(scores))], pa.string())

    columns: dict[str, Any] = {
        "key": list(scores.key), "value": pa.array(scores.values, from_pandas=True), "status": named(scores.status),
        "reason": texts(scores.reasons), "rationale": texts(scores.rationale),
        "seconds": pa.array(scores.seconds, from_pandas=True),
    }  # fmt: skip
    for name, column in scores.components.items():
        columns[name] = pa.array(column.values, from_pandas=True)
        columns[f"{name}.status"] = named(column.status)
    return pa.table(columns).replace_schema_metadata({"guerdon": json.dumps(scores.header())})


def rows_table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Flat rows of one shape as an Arrow table."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows))


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `out` once it is whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    try:
        yield part
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
