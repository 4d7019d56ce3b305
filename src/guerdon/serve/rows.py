"""Rows from the network: what they may hold, and which of them are scored together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from guerdon.batch import row_keys
from guerdon.contained import Work
from guerdon.reward import Reward
from guerdon.sample import Row, response_text, responses_text
from guerdon.serve.limits import Limits, Refused

KINDS = ("image", "video", "audio")


class Request(NamedTuple):
    """The rows of one request as units that are scored together, and the key of each row of the result."""

    units: list[Work]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, reward: Reward, rows: list[Row]) -> Request:
        """Each row is a unit of its own, unless the reward looks at several together."""
        if reward.over == "set":
            sets = tuple(dict.fromkeys(str(row.get("set")) for row in rows))
            return cls([Work(rows, len(sets))], sets)
        whole = any(part.over in ("group", "set") for part in reward.walk())
        return cls([Work(rows, len(rows))] if whole else [Work([row], 1) for row in rows], row_keys(rows))


class Gate:
    """Lets rows in, with their media as handles: data URIs, and http(s) URIs of the given hosts. Never paths."""

    def __init__(self, limits: Limits, hosts: Collection[str] = ()):
        self._limits, self._hosts = limits, tuple(hosts)

    def admit(self, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        """The rows as rewards may see them. Raises Refused with 422 for what is not let in."""
        if len(rows) > self._limits.samples:
            raise Refused(422, f"{len(rows)} samples in one request; at most {self._limits.samples} are taken")
        return [self._row(row, f"sample {i}") for i, row in enumerate(rows)]

    def _row(self, row: Mapping[str, Any], where: str) -> Row:
        longest = max(map(len, _responses(row)), default=0)
        if longest > self._limits.characters:
            raise Refused(422, f"{where}: {longest} characters of response; at most {self._limits.characters} are read")
        return {name: self._cell(name, value, f"{where}, {name}") for name, value in row.items()}

    def _cell(self, name: str, value: Any, where: str) -> Any:
        kind = name.removesuffix("s")
        if kind in KINDS and value is not None:
            return self._media(kind, value, where)
        if name == "prompt" and isinstance(value, list):
            return [self._message(message, where) for message in value]
        return value

    def _message(self, message: Any, where: str) -> Any:
        """A chat message, with its media as guerdon has them where they come as OpenAI has them."""
        if isinstance(message, dict) and isinstance(message.get("content"), list):
            return {**message, "content": [self._part(part, where) for part in message["content"]]}
        return message

    def _part(self, part: Any, where: str) -> Any:
        form = part.get("type") if isinstance(part, dict) else None
        kind = form.removesuffix("_url") if isinstance(form, str) else ""
        if kind not in KINDS or part.get(form) is None:
            return part
        value = part[form]
        value = value["url"] if isinstance(value, dict) and "url" in value else value
        return {"type": kind, kind: self._media(kind, value, where, depth=1)}

    def _media(self, kind: str, value: Any, where: str, depth: int = 0) -> Any:
        """Handles in place of URIs, in lists of them, and in videos that are lists of frames."""
        if isinstance(value, list) and depth < (2 if kind == "video" else 1):
            return [self._media(kind, item, where, depth + 1) for item in value]
        scheme = value.partition(":")[0].lower() if isinstance(value, str) and ":" in value else ""
        if scheme != "data" and not (scheme in ("http", "https") and self._hosts):
            allowed = f" or http(s) URIs of {', '.join(self._hosts)}" if self._hosts else ""
            raise Refused(422, f"{where}: media come as data URIs{allowed}, not as {value!r:.60}")
        handle = _handles()["image" if depth == 2 else kind]
        return handle(value, allow_http=self._hosts)


def _responses(row: Mapping[str, Any]) -> Iterator[str]:
    """The texts a model wrote, as far as they can be read; what cannot be is told when the row is scored."""
    for read in (lambda row: [response_text(row)], responses_text):
        try:
            yield from (text for text in read(row) or () if isinstance(text, str))
        except Exception:  # of rows of any shape
            continue


@cache
def _handles() -> dict[str, Callable[..., Any]]:
    from guerdon.media import Audio, Image, Video  # who sends no media does not wait for them

    return {"image": Image.of, "video": Video.of, "audio": Audio.of}
