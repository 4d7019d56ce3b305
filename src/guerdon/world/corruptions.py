"""Captions with one thing made wrong: something to find, and pairs of which the better one is known.

A caption names every object of a scene and some relations, each once, so that it never contradicts itself:
what is wrong can only be seen in the picture. A change that is true of the picture as well is never made. Only
numbers give themselves away, since most scenes have one object of a kind.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from guerdon.geometry import Span
from guerdon.world.scenes import COLOURS, SHAPES, Relation, Scene, scene

Kind = Literal["object", "colour", "count", "relation"]
"""What is wrong: the shape, the colour or the number of something, or how two things stand to each other."""
KINDS: tuple[Kind, ...] = get_args(Kind)
NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight")
MOST = 2
"""By how many a number is put too high. Too low would be no lie: who sees three sees two."""
EITHER_WAY = ("left of", "above", "larger than")
"""Relations that hold of two things as often as not: the others mostly do not, so that reading would tell."""

FIND = (
    "One phrase of this description does not fit the picture: {}\n"
    "Think between <think> and </think>, then quote the phrase in \\boxed{{}}."
)
DESCRIBE = "Describe the picture in one sentence."


class Mention(NamedTuple):
    """So many objects of one look."""

    number: int
    colour: str
    shape: str

    @property
    def text(self) -> str:
        """As a caption has it."""
        return f"{NUMBERS[self.number - 1]} {self.colour} {self.shape}{'s' if self.number > 1 else ''}"


class Link(NamedTuple):
    """How the object before it stands to the one after it."""

    relation: Relation

    @property
    def text(self) -> str:
        """As a caption has it."""
        return self.relation.name


Phrase = Mention | Link


@dataclass(frozen=True)
class Corruption:
    """A caption that is right, the same with one phrase made wrong, and where."""

    original: str
    corrupted: str
    span: Span
    """The wrong phrase, in `corrupted`."""
    right: str
    """The phrase that it stands for."""
    kind: Kind
    said: tuple[Phrase, ...]
    """All phrases of `corrupted`."""

    @property
    def phrase(self) -> str:
        """The wrong phrase."""
        return self.corrupted[self.span.start : self.span.stop]


class Example(NamedTuple):
    """A scene, and a caption of it with one phrase made wrong."""

    id: str
    scene: Scene
    corruption: Corruption


def phrases(about: Scene) -> list[Phrase]:
    """What a caption says of a scene: every look with its number, and between some pairs how they stand.

    >>> about = scene(3)
    >>> caption(phrases(about))
    'The picture shows a yellow circle, a red triangle larger than a yellow star and two yellow triangles.'
    """
    counts = Counter((thing.colour, thing.shape) for thing in about.objects)
    index = {(thing.colour, thing.shape): i for i, thing in enumerate(about.objects)}
    looks, out, linked = list(counts), list[Phrase](), False
    for at, look in enumerate(looks):
        out.append(Mention(counts[look], *look))
        following = looks[at + 1] if at + 1 < len(looks) else None
        link = None
        if following and not linked and counts[look] == counts[following] == 1:
            link = _link(about, index[look], index[following])
        linked = link is not None
        out += [link] if link else []
    return out


def caption(said: Sequence[Phrase]) -> str:
    """The phrases as one sentence."""
    return "".join(text for text, _ in _pieces(said))


def fits(about: Scene, phrase: Phrase) -> bool:
    """Whether a phrase could be said of a scene: so many objects or more, a relation that does not clearly fail."""
    if isinstance(phrase, Link):
        return about.truth(phrase.relation) is not False
    return sum((thing.colour, thing.shape) == phrase[1:] for thing in about.objects) >= phrase.number


def corruptions(about: Scene, *, kinds: Sequence[Kind] = KINDS) -> list[Corruption]:
    """Every way to make one phrase of a scene's caption wrong."""
    said = phrases(about)
    ways = ((i, kind, wrong) for i in range(len(said)) for kind, wrong in _wrong(about, said, i))
    return [_made(said, i, kind, wrong) for i, kind, wrong in ways if kind in kinds]


def corruption(about: Scene, seed: int | Sequence[int], *, kinds: Sequence[Kind] = KINDS) -> Corruption | None:
    """One of them at random: each phrase as likely, then each kind, then each way. None if there is none.

    >>> one = corruption(scene(3), 0, kinds=["colour"])
    >>> one.corrupted
    'The picture shows a yellow circle, a red triangle larger than a yellow star and two green triangles.'
    """
    rng = np.random.default_rng(seed)
    said = phrases(about)
    for i in rng.permutation(len(said)).tolist():
        ways: dict[Kind, list[Phrase]] = {}
        for kind, wrong in _wrong(about, said, i):
            if kind in kinds:
                ways.setdefault(kind, []).append(wrong)
        if ways:
            kind = list(ways)[int(rng.integers(len(ways)))]
            return _made(said, i, kind, ways[kind][int(rng.integers(len(ways[kind])))])
    return None


def examples(
    n: int,
    seed: int,
    *,
    kinds: Sequence[Kind] = KINDS,
    objects: tuple[int, int] = (2, 5),
    size: tuple[int, int] = (320, 240),
) -> list[Example]:
    """n scenes, each with one corruption. Raises ValueError if scenes of so many objects have none of these kinds."""
    found: list[Example] = []
    for i in range(100 * (n + 1)):
        if len(found) == n:
            return found
        about = scene((seed, i), objects=objects, size=size)
        one = corruption(about, (seed, i, 1), kinds=kinds)
        if one is not None:
            found.append(Example(f"corruption-{seed}-{len(found)}", about, one))
    raise ValueError(f"scenes of {objects} objects have nothing of {kinds} to make wrong")


def dataset(
    n: int,
    seed: int,
    *,
    kinds: Sequence[Kind] = KINDS,
    objects: tuple[int, int] = (2, 5),
    size: tuple[int, int] = (320, 240),
) -> list[dict[str, Any]]:
    """n rows, each a picture and a caption in which one phrase is wrong.

    Columns: id, prompt, images ([{"bytes": PNG, "path": None}]), caption, answer (the wrong phrase), span (its
    place in the caption), right (what should stand there), kind, original (the right caption), group.
    """
    return [
        {
            "id": name, "prompt": FIND.format(one.corrupted), "images": _picture(about), "caption": one.corrupted,
            "answer": one.phrase, "span": list(one.span), "right": one.right, "kind": one.kind,
            "original": one.original, "group": name,
        }
        for name, about, one in examples(n, seed, kinds=kinds, objects=objects, size=size)
    ]  # fmt: skip


def pairs(
    n: int,
    seed: int,
    *,
    kinds: Sequence[Kind] = KINDS,
    objects: tuple[int, int] = (2, 5),
    size: tuple[int, int] = (320, 240),
) -> list[dict[str, Any]]:
    """n preference pairs, the right caption chosen and the wrong one rejected.

    Columns: id, prompt, images, chosen, rejected, kind, span (what is wrong in the rejected one).
    """
    return [
        {
            "id": name, "prompt": DESCRIBE, "images": _picture(about), "chosen": one.original,
            "rejected": one.corrupted, "kind": one.kind, "span": list(one.span),
        }
        for name, about, one in examples(n, seed, kinds=kinds, objects=objects, size=size)
    ]  # fmt: skip


def _link(about: Scene, first: int, second: int) -> Link | None:
    """A relation that holds between two objects, if another one clearly does not."""
    truths = {name: about.truth(Relation(first, name, second)) for name in EITHER_WAY}
    holding = [name for name, truth in truths.items() if truth]
    if not holding or False not in truths.values():
        return None
    turn = int(about.objects[first].box.x1) % len(holding)  # so that all occur
    return Link(Relation(first, holding[turn], second))


def _pieces(said: Sequence[Phrase]) -> Iterator[tuple[str, int | None]]:
    """The sentence in pieces, each with the phrase that it is."""
    last = max(i for i, phrase in enumerate(said) if isinstance(phrase, Mention) and not _follows_link(said, i))
    for i, phrase in enumerate(said):
        if i == 0:
            yield "The picture shows ", None
        elif isinstance(phrase, Link) or _follows_link(said, i):
            yield " ", None
        else:
            yield " and " if i == last else ", ", None
        yield phrase.text, i
    yield ".", None


def _follows_link(said: Sequence[Phrase], i: int) -> bool:
    return i > 0 and isinstance(said[i - 1], Link)


def _made(said: Sequence[Phrase], i: int, kind: Kind, wrong: Phrase) -> Corruption:
    """The caption with phrase i replaced."""
    claimed = (*said[:i], wrong, *said[i + 1 :])
    pieces = list(_pieces(claimed))
    start = sum(len(text) for text, _ in pieces[: [at for _, at in pieces].index(i)])
    span = Span(start, start + len(wrong.text))
    return Corruption(caption(said), "".join(text for text, _ in pieces), span, said[i].text, kind, claimed)


def _wrong(about: Scene, said: Sequence[Phrase], i: int) -> Iterator[tuple[Kind, Phrase]]:
    """Every phrase to put in place of phrase i that does not fit the scene."""
    original = caption(said)
    for kind, changed in _changed(said[i]):
        # A look that the caption has elsewhere, under another number, would contradict itself there.
        elsewhere = kind != "count" and isinstance(changed, Mention) and fits(about, changed._replace(number=1))
        if not (elsewhere or fits(about, changed) or changed.text in original):
            yield kind, changed


def _changed(phrase: Phrase) -> Iterator[tuple[Kind, Phrase]]:
    if isinstance(phrase, Link):
        yield from (("relation", Link(phrase.relation._replace(name=name))) for name in EITHER_WAY)
        return
    yield from (("object", phrase._replace(shape=shape)) for shape in SHAPES)
    yield from (("colour", phrase._replace(colour=colour)) for colour in COLOURS)
    most = min(phrase.number + MOST, len(NUMBERS))
    yield from (("count", phrase._replace(number=number)) for number in range(phrase.number + 1, most + 1))


def _picture(about: Scene) -> list[dict[str, Any]]:
    png = io.BytesIO()
    about.image().save(png, "PNG")
    return [{"bytes": png.getvalue(), "path": None}]
