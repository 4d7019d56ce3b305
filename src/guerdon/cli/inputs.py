"""From what was typed to rows and rewards."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guerdon.cli.failures import Misuse

if TYPE_CHECKING:
    from guerdon.cli.options import Engine
    from guerdon.reward import Reward
    from guerdon.sample import Row


def read_rows(
    data: str,
    mapping: Sequence[str] | None,
    split: str | None = None,
    limit: int | None = None,
    root: Path | None = None,
) -> list[Row]:
    """The rows of a file or data set. Raises LoadError."""
    from guerdon.load import load, parse_map

    return load(data, columns=parse_map(mapping or ()), split=split, limit=limit, root=root)


def read_reward(spec: str, imports: Sequence[str] | None = None) -> Reward:
    """The reward of --reward, after --import. Raises Misuse where the user's own code fails."""
    from guerdon.returned import describe
    from guerdon.scores import ContractError
    from guerdon.spec import SpecError, from_spec

    run_imports(imports)
    try:
        return from_spec(spec)
    except (SpecError, ContractError, OSError):
        raise
    except Exception as error:  # file.py:name runs the user's file, which may raise anything
        raise Misuse(f"--reward {spec}: {describe(error)}") from error


def run_imports(names: Sequence[str] | None) -> None:
    """Run files or modules that define rewards. Raises Misuse where one fails."""
    from guerdon.returned import describe
    from guerdon.sources import load_file

    for name in names or ():
        if name.endswith(".py") and not Path(name).is_file():
            raise Misuse(f"--import {name}: there is no such file")
        try:
            load_file(name) if name.endswith(".py") else importlib.import_module(name)
        except Exception as error:  # the user's code may raise anything
            raise Misuse(f"--import {name}: {describe(error)}") from error


def engine_options(
    engine: Engine, workers: int | None, seconds: float | None, memory: int | None, store: Path | None, resume: bool
) -> dict[str, Any]:
    """Arguments of `engine.map`. Raises Misuse for --resume without a store, StoreError for one that cannot be used."""
    from guerdon.store import Store

    if resume and store is None:
        raise Misuse("--resume takes finished rows from a store: say which with --store FILE")
    return {
        "engine": engine.value, "workers": workers, "seconds": seconds,
        "memory_bytes": None if memory is None else memory * 2**20,
        "store": None if store is None else Store(store), "resume": resume, "progress": True,
    }  # fmt: skip


def unsaved(options: dict[str, Any]) -> str:
    """What the store of `engine_options` could not keep, as a message; empty if it kept all."""
    store = options["store"]
    if store is None or not store.unsaved:
        return ""
    return f"{store.unsaved:,} finished rows are not in {store.path}: they are in this run's output alone"
