"""The rows rewards look at: Sample, Comparison and Trajectory.

All three are read-only mappings from column name to value, so a plain dict can stand in for any of
them. A missing cell and None are the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from guerdon.scores import Score

if TYPE_CHECKING:
    from guerdon.media import Audio, Image, Video

Row = Mapping[str, Any]
Message = Mapping[str, Any]
"""A chat message: {"role": …, "content": text or a list of {"type": "text" | "image" | …} parts}."""


class Columns(Mapping[str, Any]):
    """A read-only row."""

    __slots__ = ("_columns",)
    _columns: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def get(self, name: str, default: Any = None) -> Any:
        """The cell, or `default` where the row has no such column."""
        return self._columns.get(name, default)

    def with_columns(self, **columns: Any) -> Self:
        """A copy with columns added or replaced."""
        new = object.__new__(type(self))
        new._columns = {**self._columns, **columns}
        return new

    def __repr__(self) -> str:
        inside = ", ".join(f"{k}={v!r:.60}" for k, v in self._columns.items())
        return f"{type(self).__name__}({inside})"


class Broken(Columns):
    """A row that could not be read: every cell but its id raises, so it costs itself and no other."""

    __slots__ = ("reason",)

    def __init__(self, id: str, reason: str):
        self._columns = {"id": id}
        self.reason = reason

    def get(self, name: str, default: Any = None) -> Any:
        """The id; raises ValueError for any other column."""
        if name == "id":
            return self._columns["id"]
        raise ValueError(self.score.reason)

    @property
    def score(self) -> Score:
        """What a reward that looks at the row itself makes of it."""
        return Score.failed(f"the row could not be read: {self.reason}")


class Sample(Columns):
    """One prompt, one response, what it is checked against, and any other column of its dataset row.

    `prompt` is text or chat messages whose parts are text, image, video or audio.
    """

    __slots__ = ()

    def __init__(self, prompt: str | Sequence[Message] = "", response: Any = None, answer: Any = None, **columns: Any):
        self._columns = {"prompt": prompt, "response": response, "answer": answer, **columns}

    @property
    def prompt(self) -> str:
        """The prompt's text."""
        return prompt_text(self) or ""

    @property
    def response(self) -> str | None:
        """The response's text."""
        return response_text(self)

    @property
    def answer(self) -> Any:
        """What the response is checked against."""
        return self._columns["answer"]

    @property
    def images(self) -> list[Image]:
        """The images of the row's columns, else of its messages; empty if there are none."""
        return row_images(self) or []


class Vote(NamedTuple):
    """One judgement of a Comparison: tiers of response indices, best first, ties share a tier.

    >>> Vote(((0,), (1, 2))).prefers(0, 2), Vote(((0,), (1, 2))).prefers(1, 2), Vote(((0,),)).prefers(0, 1)
    (1.0, 0.5, None)
    """

    tiers: tuple[tuple[int, ...], ...]
    """Unnamed responses were not judged."""
    strength: float = 1.0
    aspect: str = "overall"
    annotator: str = ""
    reason: str = ""
    spans: tuple[tuple[int, int, int], ...] = ()
    """Marked text: (response index, start, stop)."""

    def prefers(self, i: int, j: int) -> float | None:
        """1, ½ or 0 for response i over j; None if this vote did not judge both."""
        tier = {k: t for t, ks in enumerate(self.tiers) for k in ks}
        if i not in tier or j not in tier:
            return None
        return 0.5 if tier[i] == tier[j] else float(tier[i] < tier[j])


class Share(NamedTuple):
    """How much of the votes prefer one response over another."""

    value: float
    """Strength-weighted mean of 1, ½ and 0."""
    weight: float
    """Total strength of the votes that judged both."""


class Comparison(Columns):
    """One prompt, two or more responses, and the votes on them."""

    __slots__ = ()

    def __init__(
        self,
        prompt: str | Sequence[Message],
        responses: Sequence[Any],
        votes: Sequence[Vote] = (),
        **columns: Any,
    ):
        if len(responses) < 2:
            raise ValueError(f"a Comparison needs two or more responses, not {len(responses)}")
        named = {k for vote in votes for tier in vote.tiers for k in tier}
        if not named <= set(range(len(responses))):
            raise ValueError(f"votes name responses {sorted(named)} of {len(responses)}")
        self._columns = {"prompt": prompt, "responses": tuple(responses), "votes": tuple(votes), **columns}

    @property
    def responses(self) -> tuple[Any, ...]:
        """The responses, in their given order."""
        responses: tuple[Any, ...] = self._columns["responses"]
        return responses

    @property
    def votes(self) -> tuple[Vote, ...]:
        """All votes, of every aspect."""
        votes: tuple[Vote, ...] = self._columns["votes"]
        return votes

    def samples(self) -> list[Sample]:
        """One Sample a response, each with the Comparison's other columns."""
        shared = {k: v for k, v in self._columns.items() if k not in ("responses", "votes")}
        return [Sample(response=response, **shared) for response in self.responses]

    def share(self, i: int, j: int, *, aspect: str = "overall") -> Share | None:
        """How strongly the votes of one aspect prefer response i over j; None if none judged both.

        Aspects are never pooled: ask for each.
        """
        judged = [(vote.prefers(i, j), vote.strength) for vote in self.votes if vote.aspect == aspect]
        weighted = [(p * w, w) for p, w in judged if p is not None and w > 0]
        if not weighted:
            return None
        weight = sum(w for _, w in weighted)
        return Share(sum(pw for pw, _ in weighted) / weight, weight)


class Trajectory(Columns):
    """Frames, actions and steps of one episode; rewards are often added later by `relabel`."""

    __slots__ = ()

    def __init__(
        self,
        frames: Sequence[Any] = (),
        actions: Sequence[Any] = (),
        steps: Sequence[Any] = (),
        rewards: Sequence[float] | None = None,
        **columns: Any,
    ):
        self._columns = {"frames": frames, "actions": actions, "steps": steps, "rewards": rewards, **columns}

    def relabel(self, rewards: Sequence[float]) -> Trajectory:
        """A copy with these rewards, one a step. Raises ValueError if the lengths differ."""
        length = len(self["steps"]) or len(self["actions"])
        if len(rewards) != length:
            raise ValueError(f"{len(rewards)} rewards for {length} steps")
        return self.with_columns(rewards=tuple(rewards))


def content_text(content: Any) -> str:
    """The text of a message's content: a string, or the text parts of a part list joined."""
    if isinstance(content, str):
        return content
    texts = (p if isinstance(p, str) else p.get("text") for p in content or ())
    return "".join(t for t in texts if isinstance(t, str))


def prompt_text(row: Row) -> str | None:
    """The text of all messages of the prompt, a line each."""
    prompt = row.get("prompt")
    if prompt is None or isinstance(prompt, str):
        return prompt
    return "\n".join(content_text(m.get("content")) for m in prompt)


def response_text(row: Row) -> str | None:
    """The response's text; of a list of messages that of the last one the assistant wrote."""
    return _reply_text(row.get("response"))


def responses_text(row: Row) -> list[str | None] | None:
    """The texts of a Comparison's responses."""
    responses = row.get("responses")
    return None if responses is None else [_reply_text(r) for r in responses]


def _reply_text(response: Any) -> str | None:
    if response is None or isinstance(response, str):
        return response
    if isinstance(response, Mapping):
        return content_text(response.get("content"))
    if not isinstance(response, Sequence):
        raise ValueError(f"a response is a text or chat messages, not of type {type(response).__name__}")
    for message in reversed(response):
        if isinstance(message, Mapping) and message.get("role", "assistant") == "assistant":
            return content_text(message.get("content"))
    return None


def row_messages(row: Row) -> list[Message] | None:
    """The prompt as chat messages; text becomes one message of the user."""
    prompt = row.get("prompt")
    if prompt is None:
        return None
    return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)


def row_images(row: Row) -> list[Image] | None:
    """Images as lazy handles, from `images`, `image`, or the parts of the prompt's messages."""
    from guerdon.media import Image

    found = _media(row, "image")
    return None if found is None else [Image.of(x) for x in found]


def row_videos(row: Row) -> list[Video] | None:
    """Videos as lazy handles, found as `row_images` finds images."""
    from guerdon.media import Video

    found = _media(row, "video")
    return None if found is None else [Video.of(x) for x in found]


def row_audios(row: Row) -> list[Audio] | None:
    """Audio clips as lazy handles, found as `row_images` finds images."""
    from guerdon.media import Audio

    found = _media(row, "audio")
    return None if found is None else [Audio.of(x) for x in found]


def _media(row: Row, kind: str) -> list[Any] | None:
    found = row.get(kind + "s")
    if found is None:
        found = row.get(kind)
    if found is not None:
        return list(found) if isinstance(found, (list, tuple)) else [found]
    prompt = row.get("prompt")
    if prompt is None or isinstance(prompt, str):
        return None
    parts = [p for m in prompt if not isinstance(m.get("content"), str) for p in m.get("content") or ()]
    media = [p[kind] for p in parts if isinstance(p, Mapping) and p.get("type") == kind and p.get(kind) is not None]
    return media or None


DERIVED: dict[str, Callable[[Row], Any]] = {
    "prompt": prompt_text,
    "response": response_text,
    "responses": responses_text,
    "messages": row_messages,
    "images": row_images,
    "videos": row_videos,
    "audios": row_audios,
}
"""Columns that rewards always get in one form, whatever form the row has them in."""


def cell(row: Row, name: str) -> Any:
    """One cell of a row as rewards get it; None where there is none."""
    derived = DERIVED.get(name)
    return row.get(name) if derived is None else derived(row)


MEDIA = ("image", "images", "video", "videos", "audio", "audios")


def shared(row: Row) -> Hashable | None:
    """What tells whether rows are about the same thing: their `group`, else prompt and media; None if there is none.

    "Describe this image" is another question with every image.
    """
    if isinstance(row, Broken):
        return None
    if (group := row.get("group")) is not None:
        return str(group)
    prompt = _identity(row.get("prompt"))
    media = tuple(_identity(row.get(name)) for name in MEDIA)
    return (prompt, media) if prompt or any(media) else None


def same_medium(one: Any, other: Any) -> bool:
    """Whether two cells name the same picture, video or sound, as far as can be told without reading it."""
    return one is other or _identity(one) == _identity(other)


def _identity(medium: Any) -> Hashable:
    """What tells media apart without opening them."""
    if medium is None or isinstance(medium, str):
        return medium
    if isinstance(medium, (list, tuple)):
        return tuple(_identity(one) for one in medium)
    if isinstance(medium, Mapping):
        return tuple(_identity(one) for one in medium.values())
    place = getattr(getattr(medium, "content", medium), "place", medium)
    if isinstance(place, bytes):  # names are kept for every row, and must not keep pictures
        return blake2b(place, digest_size=16).digest()
    return place if isinstance(place, Hashable) else id(place)
