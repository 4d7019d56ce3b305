"""What a benchmark costs: 1 250 rows to the report, and how a file of any length streams.

    python benchmarks/bench.py

The rows have the layout and about the lengths of VL-RewardBench. Memory is what a process of its own takes at its
peak: twice the pairs cost more by what items leave behind, which is numbers and keys.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from _table import Figure, show

from guerdon import bench, from_spec

ROWS, BUDGET = 1_250, 5.0
"""Seconds of one core that a run over the rows may take, the report included."""
PAIRS = 100_000
CALL = "from guerdon.cli import main; main()"
KINDS = ("wildvision-battle", "hallucination_pair", "mathverse")


class Streamed(NamedTuple):
    """What it took to stream a file."""

    seconds: float
    megabytes: float
    """Of the process at its peak."""


def write(path: Path, n: int, words: int) -> None:
    """Pairs of random words, and outputs beside them that are right three times in four."""
    rng = np.random.default_rng(0)
    stock = ["".join(rng.choice(list("etaoinshrdlu"), 5)) for _ in range(500)]
    with path.open("w") as data, path.with_name("outputs.jsonl").open("w") as outputs:
        for i in range(n):
            texts = [" ".join(rng.choice(stock, rng.integers(words // 2, 2 * words))) for _ in range(2)]
            row = {"id": f"{KINDS[i % 3]}_{i}", "prompt": f"{i}?", "chosen": texts[0], "rejected": texts[1]}
            data.write(json.dumps(row) + "\n")
            outputs.write(json.dumps({"id": row["id"], "correct": bool(i % 4)}) + "\n")


def whole_run(folder: Path) -> Figure:
    """`guerdon bench` from its start to the report, in seconds of CPU."""
    write(folder / "rows.jsonl", ROWS, 120)
    command = [
        sys.executable, "-c", CALL, "bench", "vl-rewardbench", "--data", "rows.jsonl", "-r", "length.words",
        "--outputs", "outputs.jsonl", "--report", "report.html",
    ]  # fmt: skip
    best = float("inf")
    for _ in range(3):
        before = _cpu()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        best = min(best, _cpu() - before)
    return Figure(f"{ROWS:,} rows: a rule, released outputs, tables and page, CPU", best, "budget", BUDGET, goal=1.0)


def streaming(folder: Path) -> tuple[Figure, str]:
    """Pairs from a file, and what memory they leave behind."""
    path = folder / "pairs.jsonl"
    write(path, PAIRS, 40)
    half, whole = (_apart(stream, path, n) for n in (PAIRS // 2, PAIRS))
    alone = _apart(read, path, PAIRS)
    figure = Figure(
        f"{PAIRS:,} pairs from a file, each", whole.seconds / PAIRS, "reading its JSON", alone.seconds / PAIRS
    )
    left = (whole.megabytes - half.megabytes) / (PAIRS / 2) * 1e6
    size = path.stat().st_size / 1e6
    speed = f"{PAIRS / whole.seconds:,.0f} pairs a second, {whole.seconds / alone.seconds:.0f} times what JSON takes"
    memory = f"{whole.megabytes:,.0f} MB at the peak for a file of {size:,.0f} MB, {left:,.0f} MB a million pairs more"
    return figure, f"{speed}; {memory}."


def stream(path: str, n: int) -> Streamed:
    """One rule on the first n pairs."""
    start = perf_counter()
    bench.run(bench.load("vl-rewardbench"), [from_spec("length.words")], data=path, limit=n)
    return Streamed(perf_counter() - start, _peak())


def read(path: str, n: int) -> Streamed:
    """The file's JSON alone."""
    start = perf_counter()
    with open(path, "rb") as lines:
        read: list[Mapping[str, Any]] = [row for row in map(json.loads, lines) if not row]
    assert not read
    return Streamed(perf_counter() - start, _peak())


def _apart(call: Any, path: Path, n: int) -> Streamed:
    """In a process of its own, which starts with nothing in memory."""
    with get_context("spawn").Pool(1) as pool:
        found: Streamed = pool.apply(partial(call, os.fspath(path), n))
    return found


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the table; returns 1 if the budget was overrun."""
    with TemporaryDirectory() as name:
        streamed, note = streaming(Path(name))
        return show("Benchmarks of rewards", [whole_run(Path(name)), streamed], note)


if __name__ == "__main__":
    raise SystemExit(main())
