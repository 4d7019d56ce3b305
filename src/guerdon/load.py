"""Rows from wherever people keep them: JSONL, JSON, CSV, Parquet, `datasets`, a hub.

What is wrong with one row costs that row (it loads as `Broken`); what is wrong with the whole raises
`LoadError`. Media named by relative path are looked for below the file's folder and nowhere else.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from guerdon.media import Audio, Image, MediaError, Video
from guerdon.sample import Broken, Row

MEDIA: dict[str, Callable[..., Any]] = {"image": Image.of, "video": Video.of, "audio": Audio.of}
MAX_CELL = 64 * 2**20
"""Longest CSV cell that is read, in characters."""
SHOWN = 100
"""Rows whose columns an error lists."""


class LoadError(ValueError):
    """The data as a whole cannot be loaded; the message says what to do."""


def load(
    source: str | Path | Iterable[Row],
    *,
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    limit: int | None = None,
    root: str | Path | None = None,
) -> list[Row]:
    """Rows of a file, a hub data set (`user/name`, one part of it `user/name:part`), a `datasets.Dataset`, or an
    iterable of dicts.

    `columns` maps names rewards use to where the data has them, with dotted paths into nested rows:
    {"response": "model_output", "answer": "question.solution", "first": "answers.0"}. `limit` takes the first
    rows, `split` a part of a hub data set, `root` the folder of media (by default the file's own).

    Raises LoadError for a file that is missing, empty or in no known format, and for a mapped column that no
    row has.
    """
    rows = list(stream(source, columns=columns, split=split, limit=limit, root=root))
    if not rows:
        raise LoadError(
            f"{source} is empty: there are no rows in it" if isinstance(source, (str, Path)) else "there are no rows"
        )
    return rows


def stream(
    source: str | Path | Iterable[Row],
    *,
    columns: Mapping[str, str] | None = None,
    split: str | None = None,
    limit: int | None = None,
    root: str | Path | None = None,
) -> Iterator[Row]:
    """As `load`, one row at a time, so that a file may be larger than memory (a .json file is read whole).

    That no row has a mapped column shows at the end, and that there is no row not at all.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        found = _read_file(path) if path.exists() or path.suffix in READERS else _read_hub(str(source), split)
        root = root or (path.parent if path.exists() else None)
    else:
        found = iter(source)
    rows: Iterator[Row] = map(_with_turns, islice(found, limit))
    if columns:
        rows = _mapped(rows, columns)
    if root is None:
        return rows
    folder = Path(root)
    return (_with_media(row, folder) for row in rows)


def parse_map(pairs: Iterable[str]) -> dict[str, str]:
    """{"response": "model_output"} from "response=model_output". Raises LoadError for anything else."""
    mapping = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not (name and equals and path):
            raise LoadError(f"a column map is written name=column, e.g. response=model_output, not {pair!r}")
        mapping[name.strip()] = path.strip()
    return mapping


def cell_at(row: Any, path: str) -> Any:
    """What lies at a dotted path of keys and list positions; None where there is nothing.

    >>> cell_at({"question": {"options": ["A", "B"]}}, "question.options.1")
    'B'
    """
    if isinstance(row, Mapping) and path in row:
        return row[path]
    for step in path.split("."):
        if isinstance(row, Mapping):
            row = row.get(step)
        elif isinstance(row, (list, tuple)) and step.lstrip("-").isdigit() and -len(row) <= int(step) < len(row):
            row = row[int(step)]
        else:
            return None
    return row


def _read_file(path: Path) -> Iterator[Row]:
    if not path.is_file():
        raise LoadError(f"there is no file {path}")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise LoadError(f"{path}: unknown format {path.suffix!r}; it should be one of {', '.join(READERS)}")
    return reader(path)


def _read_jsonl(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _json_row(line.removeprefix(b"\xef\xbb\xbf"), f"line {number}")


def _json_row(line: bytes, place: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Broken(place, f"{place} is not JSON: {error}")
    return row if isinstance(row, dict) else Broken(place, f"{place} is a {type(row).__name__}, not an object")


def _read_json(path: Path) -> Iterator[Row]:
    data = path.read_bytes()
    if not data.strip():
        return
    try:
        found = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":  # one object a line, whatever the file is called
            yield from _read_jsonl(path)
            return
        raise LoadError(f"{path} is not JSON: {error}. Is it JSON Lines? Then name it .jsonl") from error
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{path} is not JSON: {error}") from error
    if isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list)]
        if len(lists) != 1:
            raise LoadError(f"{path} holds one object with {len(lists)} lists; a list of rows is needed")
        found = lists[0]
    if not isinstance(found, list):
        raise LoadError(f"{path} holds a {type(found).__name__}; a list of rows is needed")
    for number, row in enumerate(found):
        yield row if isinstance(row, dict) else Broken(f"row {number}", f"a {type(row).__name__}, not an object")


def _read_csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as lines:
        reader = csv.DictReader(lines, dialect="excel-tab" if path.suffix == ".tsv" else "excel", restkey="")
        try:
            for row in reader:
                surplus = "" in row and isinstance(row[""], list)
                place = f"line {reader.line_num}"
                yield Broken(place, f"{place} has more cells than the header") if surplus else row
        except csv.Error as error:
            raise LoadError(f"{path}, line {reader.line_num}: {error}") from error


def _read_parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise LoadError(f"{path} is not a Parquet file that can be read: {error}") from error


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _read_jsonl,
    ".json": _read_json,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".parquet": _read_parquet,
}


def _read_hub(name: str, split: str | None) -> Iterator[Row]:
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise LoadError(f"there is no file {name}, and it is not a hub data set (user/name)")
    try:
        import datasets
    except ModuleNotFoundError as error:
        raise LoadError("loading from a hub needs `pip install 'guerdon[train]'`") from error
    try:
        place, _, part = name.partition(":")
        found = datasets.load_dataset(place, part or None, split=split)
    except Exception as error:  # the library raises dozens of kinds, network errors among them
        raise LoadError(f"the hub data set {name!r} cannot be loaded: {error}") from error
    if isinstance(found, Mapping):
        if len(found) > 1:
            raise LoadError(f"{name} has the splits {', '.join(map(str, found))}: say which with split=…")
        found = next(iter(found.values()))
    return iter(found)


def _with_turns(row: Row) -> Row:
    """Prompt and response from a list of chat turns, where the row does not name them itself."""
    if isinstance(row, Broken) or row.get("prompt") is not None:
        return row
    turns = row.get("conversations") or row.get("messages")
    messages = as_messages(turns)
    if messages is None:
        return row
    last = max((i for i, m in enumerate(messages) if m["role"] == "assistant"), default=None)
    prompt = messages if last is None else messages[:last]
    response = row.get("response") if last is None or row.get("response") is not None else messages[last]["content"]
    return {**row, "prompt": prompt, "response": response}


ROLES = {"human": "user", "gpt": "assistant", "user": "user", "assistant": "assistant", "system": "system"}


def as_messages(turns: Any) -> list[dict[str, Any]] | None:
    """Chat messages from message or ShareGPT turns; None for anything else."""
    if not isinstance(turns, (list, tuple)) or not turns:
        return None
    messages = []
    for turn in turns:
        if not isinstance(turn, Mapping):
            return None
        role = turn.get("role", turn.get("from"))
        content = turn.get("content", turn.get("value"))
        if role is None or content is None:
            return None
        messages.append({"role": ROLES.get(role, role), "content": content})
    return messages


def _mapped(rows: Iterable[Row], columns: Mapping[str, str]) -> Iterator[Row]:
    found = dict.fromkeys(columns, False)
    there: set[str] = set()
    for number, row in enumerate(rows):
        if isinstance(row, Broken):
            yield row
            continue
        if number < SHOWN:
            there.update(map(str, row))
        cells = {name: cell_at(row, path) for name, path in columns.items()}
        found = {name: seen or cells[name] is not None for name, seen in found.items()}
        yield {**row, **cells}
    absent = [columns[name] for name, seen in found.items() if not seen]
    if absent:
        raise LoadError(f"no row has {absent[0]!r}; the columns are: {', '.join(sorted(there))}")


def _with_media(row: Row, root: Path) -> Row:
    """Media given by place become handles that look below `root` alone."""
    if isinstance(row, Broken):
        return row
    names = [name for kind in MEDIA for name in (kind, kind + "s") if row.get(name) is not None]
    prompt = row.get("prompt")
    try:
        opened = {name: handles(name.rstrip("s"), row[name], root) for name in names}
        if isinstance(prompt, (list, tuple)):
            opened["prompt"] = [_message_with_media(message, root) for message in prompt]
    except MediaError as error:
        return Broken(str(row.get("id", "")), str(error))
    return {**row, **opened} if opened else row


def handles(kind: str, value: Any, root: Path) -> Any:
    """Handles of media of one kind, looked for below `root`; lists stay lists, and what names no medium stays.

    A cell of Parquet with neither path nor bytes is None. Raises MediaError for a place that is none.
    """
    if isinstance(value, (list, tuple)):
        return [handles(kind, v, root) for v in value]
    is_cell = isinstance(value, Mapping) and bool({"path", "bytes"} & set(value))
    if is_cell and value.get("path") is None and value.get("bytes") is None:
        return None
    return MEDIA[kind](value, root=root) if is_cell or isinstance(value, str) else value


def _message_with_media(message: Any, root: Path) -> Any:
    parts = message.get("content") if isinstance(message, Mapping) else None
    if not isinstance(parts, (list, tuple)):
        return message
    return {**message, "content": [_part_with_media(part, root) for part in parts]}


def _part_with_media(part: Any, root: Path) -> Any:
    kind = part.get("type") if isinstance(part, Mapping) else None
    return {**part, kind: handles(kind, part.get(kind), root)} if kind in MEDIA else part
