"""Finding hosts, and `guerdon doctor HOST`. The integrations are looked up by name: nothing depends on them."""

from __future__ import annotations

import difflib
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer

from guerdon.cli.failures import MISSED, Misuse
from guerdon.cli.inputs import read_reward, read_rows
from guerdon.cli.outputs import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guerdon.integrations.host import Host

PACKAGE = "guerdon.integrations"
STYLES = {"ok": "green", "warn": "yellow", "stop": "bold red"}


def integration(name: str) -> Any:
    """A module of the integrations."""
    return import_module(f"{PACKAGE}.{name}")


def host_names() -> list[str]:
    """All hosts there are."""
    names = [module.name for module in pkgutil.iter_modules(import_module(PACKAGE).__path__)]
    return [name for name in names if hasattr(integration(name), "HOST")]


def find_host(name: str) -> Host:
    """The host of that name, dashes or underscores. Raises Misuse and names the nearest."""
    names = host_names()
    if (wanted := name.replace("-", "_")) not in names:
        near = difflib.get_close_matches(wanted, names, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise Misuse(f"there is no host {name!r}{hint}, only {', '.join(names)}")
    host: Host = integration(wanted).HOST
    return host


def is_host(name: str) -> bool:
    """Whether this is a host rather than data."""
    return "." not in name and "/" not in name and name.replace("-", "_") in host_names()


def look_at_host(
    name: str,
    spec: str | None,
    rows: str | None,
    map: Sequence[str] | None,
    split: str | None,
    limit: int | None,
    imports: Sequence[str] | None,
    json: bool,
) -> None:
    """Check a reward against a host, or without one say what the host passes; exits with 1 if it cannot work there."""
    host = find_host(name)
    if spec is None:
        _print_host(host, json)
        return
    found = integration("examine").examine(
        host, read_reward(spec, imports), read_rows(rows, map, split, limit) if rows else ()
    )
    if json:
        print_json({"host": host.name, "findings": [f._asdict() for f in found]})
    else:
        _print_findings(host, found)
    if any(f.level == "stop" for f in found):
        raise typer.Exit(MISSED)


def _print_host(host: Host, json: bool) -> None:
    shown = {
        "passes": ", ".join(host.columns), "other columns": host.others or "do not arrive",
        "prompt": host.prompt or "does not arrive", "images": host.images or "do not arrive",
        "groups": host.groups or "do not arrive together", "functions": host.style,
        "rows without a value": str(host.unscored), "components": host.components,
    }  # fmt: skip
    if json:
        print_json({"host": host.name, "title": host.title, **shown})
        return
    _print_table(host.title, [(name, text, "") for name, text in shown.items()])


def _print_findings(host: Host, found: Sequence[Any]) -> None:
    _print_table(host.title, [(f.about, f.text, f.level) for f in found])


def _print_table(title: str, lines: Sequence[tuple[str, str, str]]) -> None:
    from guerdon.report.terminal import literal, table

    made = table(title)
    for heading in ("", "about", ""):
        made.add_column(heading, overflow="fold")
    for about, text, level in lines:
        made.add_row(level, literal(about, 60), literal(text, 400), style=STYLES.get(level))
    console().print(made)
