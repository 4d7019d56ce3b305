"""Score files that hold a list a column, as those of RewardBench do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guerdon.bench.items import BenchError
from guerdon.load import stream
from guerdon.sample import Row


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file, also of a JSON object of columns: its lists, which are equally long.

    Raises BenchError for lists of different lengths, and LoadError for a file that cannot be read.
    """
    columns = {name: value for name, value in json_object(path).items() if isinstance(value, list)}
    if len(columns) < 2:
        return stream(path)
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise BenchError(f"{path}: the columns are not equally long: {lengths}")
    return (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))


def alone(score: Any) -> Any:
    """A score that is the only one in a list, as model outputs of shape [n, 1] are written; any other as it is."""
    return score[0] if isinstance(score, (list, tuple)) and len(score) == 1 else score


def json_object(path: Path) -> dict[str, Any]:
    """What a file is that holds one JSON object; empty for any other."""
    if path.suffix != ".json" or not path.is_file():
        return {}
    with path.open("rb") as file:
        if file.read(64).lstrip()[:1] != b"{":
            return {}
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError):  # one object a line, or broken: `stream` says which
        return {}
    return found if isinstance(found, dict) else {}
