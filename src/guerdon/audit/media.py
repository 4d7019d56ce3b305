"""Rows with other pictures: those of another row, or their own changed in ways that do not matter."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from guerdon.media import Image
from guerdon.media.source import MediaError
from guerdon.sample import Row, prompt_text, row_images

if TYPE_CHECKING:
    import PIL.Image

BRIGHTER = 1.03
QUALITY = 90


def with_images(row: Row, images: Sequence[Any]) -> dict[str, Any]:
    """The row with these images in its columns and in the messages of its prompt, in order."""
    changed = {**row, "images": list(images)}
    if row.get("image") is not None:
        changed["image"] = images[0]
    if not isinstance(row.get("prompt"), (str, type(None))):
        left = iter(images)
        changed["prompt"] = [_with_parts(message, left) for message in row["prompt"]]
    return changed


def _with_parts(message: Mapping[str, Any], left: Any) -> dict[str, Any]:
    parts = message.get("content")
    if isinstance(parts, (str, type(None))):
        return dict(message)
    made = [
        {**part, "image": next(left, part.get("image"))} if _is_image(part) else part
        for part in parts
    ]  # fmt: skip
    return {**message, "content": made}


def _is_image(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "image" and part.get("image") is not None


def images_of(row: Row) -> list[Image]:
    """The row's images; none where they cannot be found."""
    try:
        return row_images(row) or []
    except MediaError:
        return []


def with_images_of(row: Row, other: Row) -> dict[str, Any] | None:
    """The row with the images of another one; None where they are not as many, the same, or cannot be opened."""
    mine, theirs = images_of(row), images_of(other)
    if not mine or len(mine) != len(theirs):
        return None
    try:
        same = all(a.digest == b.digest for a, b in zip(mine, theirs, strict=True))
    except MediaError:
        return None
    return None if same else with_images(row, theirs)


def with_prompt_of(row: Row, other: Row) -> dict[str, Any] | None:
    """The row with the text of another prompt and its own images; None where the prompts are the same."""
    text = prompt_text(other)
    if not text or text == prompt_text(row):
        return None
    images = images_of(row)
    return {**row, "prompt": text, **({"images": images} if images else {})}


def recompressed(picture: PIL.Image.Image) -> PIL.Image.Image:
    """Through JPEG and back."""
    import PIL.Image

    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return PIL.Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def shifted(picture: PIL.Image.Image) -> PIL.Image.Image:
    """One pixel to the right."""
    import PIL.ImageChops

    moved = PIL.ImageChops.offset(picture, 1, 0)
    moved.paste(picture.crop((0, 0, 1, picture.height)), (0, 0))
    return moved


def brightened(picture: PIL.Image.Image) -> PIL.Image.Image:
    """3 % brighter."""
    import PIL.ImageEnhance

    return PIL.ImageEnhance.Brightness(picture).enhance(BRIGHTER)


IRRELEVANT: dict[str, Callable[[Any], Any]] = {
    "recompressed": recompressed, "shifted by a pixel": shifted, "3 % brighter": brightened,
}  # fmt: skip
"""Changes of a picture that people do not see."""


def changed(row: Row, change: Callable[[Any], Any]) -> dict[str, Any] | None:
    """The row with each of its images changed; None where it has none that can be opened."""
    try:
        images = [change(image.pil()) for image in images_of(row)]
    except MediaError:
        return None
    return with_images(row, images) if images else None
