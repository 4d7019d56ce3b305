"""What a command leaves: tables or JSON on stdout, files, and nothing else there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.cli.failures import Misuse

if TYPE_CHECKING:
    from rich.console import Console

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


def print_json(value: Any) -> None:
    """One JSON document on stdout; a figure that does not exist is null."""
    from guerdon.report import plain

    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def check_out(path: Path | None) -> None:
    """Raise Misuse now rather than after the work if results cannot be written to this path."""
    if path is not None and path.suffix not in ("", ".jsonl", ".parquet"):
        raise Misuse(f"--out {path}: name a FILE.jsonl, a FILE.parquet or a folder")


def write_scores(scores: Scores, out: Path, summary: Mapping[str, Any]) -> None:
    """Scores to a .jsonl or .parquet file, or with the summary and the reward's record to a folder."""
    if out.suffix == ".parquet":
        _write_parquet(scores, out)
    elif out.suffix == ".jsonl":
        write_lines(scores.to_rows(), out)
    else:
        write_lines(scores.to_rows(), out / "scores.jsonl")
        write_text(json.dumps(scores.header(), indent=2, ensure_ascii=False) + "\n", out / "reward.json")
        write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", out / "summary.json")


def write_lines(rows: Sequence[Mapping[str, Any]], out: Path) -> None:
    """One JSON object a line."""
    with _replacing(out) as path, path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_text(text: str, out: Path) -> None:
    """A text file."""
    with _replacing(out) as path:
        path.write_text(text, encoding="utf-8")


def _write_parquet(scores: Scores, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from guerdon.scores import STATUS_NAMES, Status

    def named(codes: Any) -> list[str]:
        return [STATUS_NAMES[Status(code)] for code in codes.tolist()]

    n = len(scores)
    columns: dict[str, Any] = {
        "key": list(scores.key), "value": pa.array(scores.values, from_pandas=True), "status": named(scores.status),
        "reason": pa.array([scores.reasons.get(i) for i in range(n)], pa.string()),
        "rationale": pa.array([scores.rationale.get(i) for i in range(n)], pa.string()),
        "seconds": pa.array(scores.seconds, from_pandas=True),
    }  # fmt: skip
    for name, column in scores.components.items():
        columns[name] = pa.array(column.values, from_pandas=True)
        columns[f"{name}.status"] = named(column.status)
    table = pa.table(columns).replace_schema_metadata({"guerdon": json.dumps(scores.header())})
    with _replacing(out) as path:
        pq.write_table(table, path)


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
