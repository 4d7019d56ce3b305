"""A benchmark as data: where it is, how its rows become items, how rewards are asked, and what is counted."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError, Item, Questions
from guerdon.bench.outputs import Reader, outputs
from guerdon.bench.published import Published
from guerdon.load import MEDIA, LoadError, handles, stream
from guerdon.media import MediaError
from guerdon.sample import Broken, Row

DATA = "GUERDON_DATA"
"""Environment variable: the folder where data sets lie."""
FILE = "file"
"""Column that is added to every row of a file: the file's name, without the ending."""


@dataclass(frozen=True)
class Official:
    """How the benchmark's own script counts."""

    figures: Callable[[Questions, Answers], Mapping[str, float]]
    """Its figures by the names it prints, in its own unit."""
    differs: tuple[str, ...] = ()
    """Where it is not what guerdon counts by default, and why that matters."""
    protocol: Protocol | None = None
    """How it asks, where that differs."""


@dataclass(frozen=True)
class Benchmark:
    """One benchmark."""

    name: str
    """Lower case, words joined by dashes; its module has underscores."""
    title: str
    url: str
    licence: str
    """Of the data."""
    item: Callable[[Row], Item | Sequence[Item]]
    """The item of a row, or several where a row holds judgements of several aspects. Raises ValueError for a row that
    is none, such as one without a winner."""
    metrics: tuple[Metric, ...]
    """For a group the first counts that is meant for it."""
    about: str = ""
    hub: str = ""
    """Name of its data set on a hub, `user/name` or `user/name:part`."""
    split: str | None = None
    files: tuple[str, ...] = ()
    """Where its files lie below a folder of data; patterns are allowed."""
    media: Mapping[str, str] = field(default_factory=dict)
    """Columns of its files that hold media under names of their own, and their kind: "image", "video" or "audio", or
    "part" where a cell says it itself: {"type": "image", "content": "a.png"}. A relative path is looked for below the
    file's folder and nowhere else."""
    groups: tuple[str, ...] = ()
    """All there may be; none: whatever the data has."""
    weights: Mapping[str, float] | None = None
    """Of groups in the mean over them; by default each counts the same."""
    together: bool = False
    """Whether the headline's mean of groups is over all of them, each by its own metric."""
    gather: Callable[[Iterable[Row]], Iterable[Row]] = iter
    """Makes one row of those of one item, where the data spreads it over several."""
    protocol: Protocol = field(default_factory=Protocol)
    official: Official | None = None
    outputs: Reader = outputs
    """Reads released outputs, also in the layout in which the authors released theirs."""
    published: tuple[Published, ...] = ()

    def metric(self, group: str) -> Metric:
        """The one that counts for a group."""
        return next(metric for metric in self.metrics if metric.of(group))

    def rows(self, data: str | Path | None = None) -> Iterator[Row]:
        """Its rows: of a file, of the files in a folder, of `$GUERDON_DATA`, or from a hub, in this order.

        Rows of files have a column more, `file`. Raises BenchError where there is no data.
        """
        files = self.find(data)
        if files:
            return (self._from(row, path) for path in files for row in stream(path))
        if data is not None and not _is_hub(str(data)):
            raise BenchError(f"{data}: there is no such file or folder")
        source = str(data or self.hub)
        if not source:
            raise BenchError(f"{self.name} is on no hub: say where its data is, or set {DATA} to a folder that has "
                             f"{', '.join(self.files)}. It comes from {self.url}")  # fmt: skip
        try:
            return stream(source, split=self.split)
        except LoadError as error:
            raise BenchError(f"{error}. Else say where its data is, or set {DATA} to a folder that has "
                             f"{', '.join(self.files)}") from error  # fmt: skip

    def find(self, data: str | Path | None = None) -> list[Path]:
        """Its files in a place, or in `$GUERDON_DATA`; none if they are not there.

        Raises BenchError for a folder that has none of them.
        """
        if data is None:
            folder = os.environ.get(DATA)
            return self._in(Path(folder)) if folder else []
        place = Path(data)
        if place.is_file():
            return [place]
        if not place.is_dir():
            return []
        found = self._in(place)
        if not found:
            raise BenchError(f"{place} has none of {', '.join(self.files) or 'the known files'}: name the file itself")
        return found

    def _from(self, row: Row, path: Path) -> Row:
        """A row of a file, with the file's name and handles of its media."""
        if isinstance(row, Broken):
            return row
        there = {name: kind for name, kind in self.media.items() if row.get(name) is not None}
        try:
            opened = {name: _opened(kind, row[name], path.parent) for name, kind in there.items()}
        except MediaError as error:
            return Broken(str(row.get("id", "")), str(error))
        return {FILE: path.stem, **row, **opened}

    def _in(self, folder: Path) -> list[Path]:
        """The files of the first pattern that fits, looked for by their whole path, then by their name."""
        for pattern in self.files:
            for short in dict.fromkeys((pattern, Path(pattern).name)):
                if found := sorted(folder.glob(short)):
                    return found
        return []


def load(name: str) -> Benchmark:
    """The benchmark with this name. Raises BenchError for an unknown one, and names the nearest."""
    module = name.replace("-", "_")
    if module not in _modules():
        names = [m.replace("_", "-") for m in _modules()]
        close = get_close_matches(name, names, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise BenchError(f"there is no benchmark {name!r}{hint}; `guerdon bench --list` shows all")
    benchmark: Benchmark = import_module(f"guerdon.bench.suites.{module}").benchmark
    return benchmark


def every() -> list[Benchmark]:
    """All benchmarks, by name."""
    return [load(name.replace("_", "-")) for name in _modules()]


def _modules() -> list[str]:
    from guerdon.bench import suites

    return sorted(module.name for module in pkgutil.iter_modules(suites.__path__) if not module.name.startswith("_"))


def _opened(kind: str, cell: Any, root: Path) -> Any:
    if kind != "part":
        return handles(kind, cell, root)
    if not isinstance(cell, Mapping) or cell.get("type") not in MEDIA:
        return cell
    return {**cell, "content": handles(cell["type"], cell.get("content"), root)}


def _is_hub(name: str) -> bool:
    return name.count("/") == 1 and not name.startswith((".", "/")) and not Path(name).suffix
