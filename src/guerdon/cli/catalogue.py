"""`guerdon list`, `guerdon show` and `guerdon systems`: what there is."""

from __future__ import annotations

import inspect
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import Misuse
from guerdon.cli.inputs import run_imports
from guerdon.cli.outputs import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from guerdon.leaf import LeafFactory
    from guerdon.systems import System

Family = Annotated[str | None, typer.Option("--family", help="Only ids that begin with this, such as boxes.")]
Id = Annotated[str, typer.Argument(help="Of a reward (boxes.iou, boxes.iou@1) or a system (vlm-r1).")]


def list_(family: Family = None, imports: o.Imports = None, json: o.Json = False) -> None:
    """All rewards there are: what each is, its range, and the columns it reads."""
    from guerdon import registry

    run_imports(imports)
    found = [f for f in registry.every() if family is None or f.id == family or f.id.startswith(f"{family}.")]
    if not found:
        families = sorted({f.id.partition(".")[0] for f in registry.every()})
        raise Misuse(f"there is no family {family!r}, only {', '.join(families)}")
    if json:
        print_json([_described(factory) for factory in found])
    else:
        console().print(_rewards_table(found))


def systems(json: o.Json = False) -> None:
    """All published methods there are; `guerdon show` explains one, `guerdon reproduce` runs its proofs."""
    from guerdon import systems as published

    found = published.every()
    if json:
        print_json([_system(s) for s in found])
    else:
        console().print(_systems_table(found))


def show(id: Id, imports: o.Imports = None, json: o.Json = False) -> None:
    """All about one reward or system."""
    from guerdon import registry
    from guerdon import systems as published

    run_imports(imports)
    if not registry.ID.fullmatch(id.partition("@")[0]):  # systems have dashes, or no dots
        system = published.load(id)
        if json:
            print_json(_system(system))
        else:
            from rich.markdown import Markdown

            console().print(Markdown(system.markdown()))
        return
    factory = registry.lookup(id)
    if json:
        print_json(_described(factory))
    else:
        _show_reward(factory)


def _described(factory: LeafFactory) -> dict[str, Any]:
    d = factory.declared
    required = {name: value for name, value in factory.settings.items() if value is inspect.Parameter.empty}
    return {
        "id": f"{factory.id}@{factory.version}", "title": factory.title, "about": inspect.getdoc(factory.fn) or "",
        "columns": list(factory.required), "optional_columns": dict(factory.optional),
        "settings": {k: v for k, v in factory.settings.items() if k not in required},
        "required_settings": list(required), "range": list(d.range), "malformed": d.malformed, "over": d.over,
        "grain": d.grain, "components": list(d.components), "binary": d.binary, "native": d.native,
        "deterministic": d.deterministic, "differentiable": d.differentiable, "needs": list(d.needs),
    }  # fmt: skip


def _system(system: System) -> dict[str, Any]:
    return {
        "id": system.id, "title": system.title, "year": system.year, "url": system.url, "about": system.about,
        "rewards": {name: make().spec() for name, make in system.rewards.items()},
        "proofs": [{"name": p.name, "claim": p.claim, "seconds": p.seconds} for p in system.proofs],
    }  # fmt: skip


def _rewards_table(found: Sequence[LeafFactory]) -> Table:
    from guerdon.report.terminal import literal, table

    made = table()
    for name in ("id", "range", "reads", "what it is"):
        made.add_column(name, overflow="fold", no_wrap=name in ("id", "range"))
    for factory in found:
        optional = [f"{name}?" for name in factory.optional]
        reads = ", ".join([*factory.required, *optional])
        made.add_row(literal(factory.id), _range(factory), literal(reads), literal(factory.title))
    return made


def _systems_table(found: Sequence[System]) -> Table:
    from guerdon.report.terminal import literal, table

    made = table()
    for name in ("id", "year", "title", "proofs"):
        made.add_column(name, overflow="fold", justify="right" if name == "proofs" else "left")
    for system in found:
        made.add_row(literal(system.id), str(system.year), literal(system.title), str(len(system.proofs)))
    return made


def _show_reward(factory: LeafFactory) -> None:
    from guerdon.report.terminal import literal

    out = console()
    out.print(literal(f"{factory.id}@{factory.version}"), style="bold")
    out.print(literal(inspect.getdoc(factory.fn) or "", 20_000))
    out.print()
    for name, text in _facts(factory).items():
        out.print(literal(f"{name:<10}"), end="", style="dim")
        out.print(literal(text))
    out.print(literal(f"\nguerdon score DATA --reward '{factory.id}'"), style="dim")


def _facts(factory: LeafFactory) -> dict[str, str]:
    """What there is to know beside the docstring, without what is usual."""
    d = factory.declared
    facts = {
        "columns": ", ".join([*factory.required, *(f"{name} (optional)" for name in factory.optional)]),
        "settings": ", ".join(_setting(name, value) for name, value in factory.settings.items()) or "none",
        "range": _range(factory),
        "malformed": "no value" if d.malformed is None else f"{d.malformed:g}",
        "over": d.over, "grain": d.grain, "parts": ", ".join(d.components), "needs": ", ".join(d.needs),
        "native": d.native, "same twice": "yes" if d.deterministic else "no",
    }  # fmt: skip
    usual = {
        "over": "sample",
        "grain": "response",
        "parts": "",
        "needs": "",
        "native": "pointwise",
        "same twice": "yes",
    }
    return {name: text for name, text in facts.items() if usual.get(name) != text}


def _setting(name: str, value: Any) -> str:
    return f"{name} (required)" if value is inspect.Parameter.empty else f"{name}={value!r}"


def _range(factory: LeafFactory) -> str:
    low, high = (f"{x:g}" if isfinite(x) else "" for x in factory.declared.range)
    return f"{low or 'any'} to {high or 'any'}" if low or high else "any"
