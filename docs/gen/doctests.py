"""Griffe extension: fences the `>>>` examples of docstrings, which Markdown would read as quotations."""

from typing import Any

import griffe


class FencedDoctests(griffe.Extension):
    """Wraps every paragraph of a docstring that starts with `>>>` in a fence."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one object's docstring."""
        if obj.docstring is not None:
            paragraphs = obj.docstring.value.split("\n\n")
            fenced = [f"```pycon\n{p}\n```" if p.startswith(">>>") else p for p in paragraphs]
            obj.docstring.value = "\n\n".join(fenced)
