"""MkDocs hook: writes a reference page for every room of the house, and a page for every system."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

SRC = Path(__file__).parents[2] / "src"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages that will be made in the place of their folder's name in the navigation."""
    made = {"reference": [*reference_pages()], "systems": ["systems/index.md", *system_pages()]}
    assert made["reference"]
    config.nav = [
        {k: made.get(v, v) if isinstance(v, str) else v for k, v in item.items()} for item in config.nav or ()
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those found on disk."""
    for uri, text in {**reference_pages(), **system_pages()}.items():
        files.append(File.generated(config, uri, content=text))
    return files


def reference_pages() -> dict[str, str]:
    """Path → Markdown, one page for each module or package directly under guerdon, its modules in order."""
    pages: dict[str, list[str]] = {}
    for module in modules():
        room = module.split(".")[1] if "." in module else module
        if room != "systems":
            pages.setdefault(f"reference/{room}.md", [f"# {room}"]).append(f"::: {module}")
    return {uri: "\n\n".join(parts) + "\n" for uri, parts in pages.items()}


def system_pages() -> dict[str, str]:
    """Path → Markdown, one page for each published system."""
    systems = [m.removeprefix("guerdon.systems.") for m in modules() if m.startswith("guerdon.systems.")]
    return {f"systems/{name}.md": f"# {name.replace('_', '-')}\n\n::: guerdon.systems.{name}\n" for name in systems}


def modules() -> list[str]:
    """Every public module by its dotted name, a package before what is in it."""
    paths = [path.relative_to(SRC).with_suffix("") for path in SRC.rglob("*.py")]
    names = {".".join(path.parts).removesuffix(".__init__") for path in paths}
    return sorted(name for name in names if not any(part.startswith("_") for part in name.split(".")))
