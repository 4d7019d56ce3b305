"""Finding a thing that another process named: by module, else by file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from guerdon.scores import ContractError

MAIN = ("__main__", "__mp_main__")


def find(module: str, qualname: str, file: str) -> Any:
    """The object a module defines under a qualified name, importing the module or running its file.

    Raises ContractError where neither has it.
    """
    found = _attribute(sys.modules.get(module), qualname, file)
    if found is None and module not in MAIN:
        with suppress(ImportError):  # a script's own folder may not be on the path here; its file will do
            found = _attribute(importlib.import_module(module), qualname, file)
    if found is None and Path(file).is_file():
        found = _attribute(load_file(file), qualname, file)
    if found is None:
        raise ContractError(f"cannot find {qualname} in module {module} or file {file}")
    return found


def load_file(path: str | Path) -> ModuleType:
    """Run a Python file as a module of its own, once per process and content."""
    data = Path(path).read_bytes()
    return _load(str(Path(path).resolve()), sha256(data).hexdigest()[:16])


@cache
def _load(path: str, content: str) -> ModuleType:
    name = f"guerdon_file_{Path(path).stem}_{content}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _attribute(module: ModuleType | None, qualname: str, file: str) -> Any:
    # Another script may be __main__ here, so its file must be the one that was named.
    if module is None or (module.__name__ in MAIN and getattr(module, "__file__", None) != file):
        return None
    found: Any = module
    for name in qualname.split("."):
        found = getattr(found, name, None)
    return found
