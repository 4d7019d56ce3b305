"""Learning to Summarize as published: how queries are cut and padded, and at which token a score is read.

`guerdon.systems.learning_to_summarize` says what to use instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

Side = Literal["left", "right"]
END, PADDING = 50256, -1
"""Tokens: the end of a text, and nothing after it."""


def first_true(flags: Sequence[bool]) -> int:
    """Position of the first true one; their number if none is."""
    return next((i for i, flag in enumerate(flags) if flag), len(flags))


def score_position(tokens: Sequence[int], padding: int = PADDING) -> int:
    """Position of the token at which a response's score is read: the last one before padding, at least 0.

    Padding inside a response ends it.

    >>> [score_position(tokens) for tokens in ([5, 6, 7, -1, -1], [5, 6, 7], [5, -1, 7], [-1, -1])]
    [2, 2, 0, 0]
    """
    return max(first_true([token == padding for token in tokens]) - 1, 0)


def ended(tokens: Sequence[int], end: int = END, padding: int = PADDING) -> list[int]:
    """A response with everything behind its first end of text replaced by padding.

    >>> ended([5, 50256, 7])
    [5, 50256, -1]
    """
    stop = first_true([token == end for token in tokens]) + 1
    return [*tokens[:stop], *[padding] * (len(tokens) - stop)]


def fitted(
    tokens: Sequence[int], length: int, pad: Sequence[int], *, side: Side = "left", truncate: Side | None = None
) -> list[int]:
    """Exactly `length` tokens: padded on a side from `pad`, or with tokens dropped from the side `truncate`.

    Padding on the left takes the end of `pad`, on the right its beginning. Raises ValueError for more tokens
    where none may be dropped.
    """
    missing = length - len(tokens)
    if missing < 0:
        if truncate is None:
            raise ValueError(f"{len(tokens)} tokens do not fit into {length}")
        return list(tokens[-missing:] if truncate == "left" else tokens[:length])
    if side == "right":
        return [*tokens, *pad[:missing]]
    return [*pad[len(pad) - missing :], *tokens]


def query(
    info: Mapping[str, str],
    length: int,
    *,
    encode: Callable[[str], Sequence[int]],
    pad: Sequence[int],
    form: str,
    field: str = "post",
    cut: str = "\n",
    side: Side = "left",
) -> list[int]:
    """A prompt of exactly `length` tokens: while it is too long, `field` loses what follows its last `cut`.

    Without a `cut` it loses its last character. `form` names the fields of `info` in braces. Raises ValueError where
    there is no such field or nothing of it is left to lose.
    """
    if field not in info:
        raise ValueError(f"there is no field {field!r} to shorten")
    fields = dict(info)
    while len(tokens := encode(_filled(form, fields))) > length:
        if not fields[field]:
            raise ValueError(f"without {field!r} it still does not fit into {length} tokens")
        at = fields[field].rfind(cut)
        fields[field] = fields[field][: at if at >= 0 else -1]
    return fitted(tokens, length, pad, side=side)


def _filled(form: str, fields: Mapping[str, str]) -> str:
    """The form with its fields put in, and nothing else of format strings understood."""
    parts = form.split("{")
    out = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        out.append(f"{fields[name]}{rest}")
    return "".join(out)
