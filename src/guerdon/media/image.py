"""Pictures: opened when asked for, upright, RGB, and bounded before a pixel is decoded."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from guerdon.media.source import LIMITS, File, Limits, MediaError, Source, decoding

if TYPE_CHECKING:
    import PIL.Image

HEAD = 16
"""Bytes that tell a format."""
FORMATS = "PNG, JPEG, WEBP, GIF, BMP or TIFF"
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"),
    (b"BM", "BMP"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"),
)  # fmt: skip
FOREIGN = (
    (b"PK\3\4", "a ZIP archive"), (b"\x1f\x8b", "a gzip archive"), (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"%!PS", "PostScript"), (b"\xc5\xd0\xd3\xc6", "PostScript"), (b"%PDF", "PDF"),
    (b"<svg", "SVG"), (b"<?xml", "XML"), (b"<!doctype", "HTML"), (b"<html", "HTML"),
)  # fmt: skip
"""What is often found under an image's name; for the message alone, since only `SIGNATURES` are opened."""


@dataclass(frozen=True, eq=False)
class Image:
    """A lazy handle on one picture; compare `digest` for content. Every access may raise MediaError."""

    content: Source | PIL.Image.Image

    @classmethod
    def of(
        cls,
        source: object,
        *,
        root: str | os.PathLike[str] | None = None,
        allow_http: bool | Collection[str] = False,
        limits: Limits = LIMITS,
    ) -> Image:
        """A picture from a path, bytes, a URI, a PIL image, a pixel array or a `datasets` dict.

        Arrays are [height, width] or [height, width, 1 | 3 | 4], uint8 or floats in 0–1. The format is
        told from the content, never the name. Paths stay inside `root` where one is given; http(s) is
        refused unless `allow_http` is True (public addresses) or names the hosts. Raises MediaError
        where the type or the pixels are wrong; files and URIs are looked at only when used.
        """
        if isinstance(source, Image):
            return source
        if isinstance(source, np.ndarray):
            limits.check("pixels", source.size // max(1, source.shape[-1] if source.ndim == 3 else 1))
            return cls(_from_array(source))
        if is_pil(source):
            limits.check("pixels", source.width * source.height)
            return cls(source)
        return cls(Source.of(source, root, allow_http, limits))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) as displayed, read from the header alone."""
        with self._opened() as picture:
            width, height = picture.size
            return (height, width) if orientation(picture) >= 5 else (width, height)

    def pil(self) -> PIL.Image.Image:
        """The picture as a new RGB image, upright, transparency on white; nothing is kept."""
        with self._opened() as picture:
            return displayed(picture)

    def array(self) -> NDArray[np.uint8]:
        """The picture as [height, width, 3]."""
        return np.array(self.pil())

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal: of the file's bytes, or of mode, size and pixels where there is no file."""
        if isinstance(self.content, Source):
            return self.content.digest()
        header = f"{self.content.mode} {self.content.width} {self.content.height} ".encode()
        return hashlib.sha256(header + self.content.tobytes()).hexdigest()

    @contextmanager
    def _opened(self) -> Iterator[PIL.Image.Image]:
        with decoding(self.content):
            if isinstance(self.content, Source):
                with self.content.open() as file, open_picture(file, self.content.limits) as picture:
                    yield picture
            else:
                yield self.content


def as_images(value: object, **options: Any) -> list[Image]:
    """A flat list of pictures from none, one, or lists of anything `Image.of` takes; `options` go there.

    A dict with an "image", such as a part of a chat message, stands for that image.

    >>> as_images(None), len(as_images(["a.png", {"bytes": b"", "path": None}, ["b.png", "c.png"]]))
    ([], 4)
    """
    # Two levels of lists: a row's turns, each with its pictures. Deeper ones are refused by `Image.of`.
    items = [x for group in _listed(value) for x in _listed(group)]
    pictures = (x["image"] if isinstance(x, Mapping) and "image" in x else x for x in items)
    return [Image.of(x, **options) for x in pictures if x is not None]


def _listed(value: object) -> Sequence[object]:
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim == 4):
        return list(value)
    return [value]


def is_pil(value: object) -> TypeGuard[PIL.Image.Image]:
    """Whether this is a PIL image, told without importing PIL."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def sniff(head: bytes) -> str | None:
    """The image format these first bytes belong to; None if it is not one that is opened."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in SIGNATURES if head.startswith(magic)), None)


def open_picture(file: File, limits: Limits) -> PIL.Image.Image:
    """Read a picture's header. Raises MediaError for other formats and too many pixels."""
    head = file.read(HEAD)
    file.seek(0)
    name = sniff(head)
    if name is None:
        text = head.lstrip().lower()
        found = next((what for magic, what in FOREIGN if head.startswith(magic) or text.startswith(magic)), "unknown")
        raise MediaError(f"the content is {found}, not {FORMATS}" if head else "the file is empty")
    picture: PIL.Image.Image = _openers()[name](file)
    limits.check("pixels", picture.width * picture.height)
    return picture


def orientation(picture: PIL.Image.Image) -> int:
    """EXIF orientation 1–8 as the header gives it."""
    import PIL.Image

    # TIFF turns itself while loading. PNG's own getexif would decode the pixels first: ask the base class.
    found = 1 if picture.format == "TIFF" else PIL.Image.Image.getexif(picture).get(0x0112, 1)
    return found if found in range(1, 9) else 1


def displayed(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A new RGB image as a viewer would show it."""
    from PIL.Image import Transpose as T

    turn = orientation(picture)
    picture.load()
    turned = rgb(picture)
    turns = {2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE,
             6: T.ROTATE_270, 7: T.TRANSVERSE, 8: T.ROTATE_90}  # fmt: skip
    return turned.transpose(turns[turn]) if turn in turns else turned


def rgb(picture: PIL.Image.Image) -> PIL.Image.Image:
    """A new 8-bit RGB image: transparency on white, 16-bit grey by its upper byte."""
    import PIL.Image

    if picture.mode.startswith("I;16"):
        grey = (np.asarray(picture) >> 8).astype(np.uint8)
        return PIL.Image.fromarray(grey).convert("RGB")
    if picture.mode in ("I", "F"):
        raise MediaError("32-bit pixels have no standard range: pass an array of floats in 0–1")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    white = PIL.Image.new("RGB", clear.size, "white")
    white.paste(clear, mask=clear.getchannel("A"))
    return white


@cache
def _openers() -> dict[str, Any]:
    # Not PIL.Image.open: it would bring every plugin and its own global pixel limit in place of ours.
    from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    return {
        "PNG": PngImagePlugin.PngImageFile, "JPEG": JpegImagePlugin.jpeg_factory, "GIF": GifImagePlugin.GifImageFile,
        "BMP": BmpImagePlugin.BmpImageFile, "TIFF": TiffImagePlugin.TiffImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
    }  # fmt: skip


def _from_array(pixels: NDArray[Any]) -> PIL.Image.Image:
    import PIL.Image

    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[-1] in (3, 4))):
        raise MediaError(f"an array of shape {pixels.shape} is not [height, width] or [height, width, 1 | 3 | 4]")
    if np.issubdtype(pixels.dtype, np.floating):
        if not ((pixels >= 0) & (pixels <= 1)).all():
            raise MediaError("float pixels must lie in 0–1: divide by 255 first")
        pixels = np.rint(pixels * 255).astype(np.uint8)
    if pixels.dtype != np.uint8:
        raise MediaError(f"pixels must be uint8, or floats in 0–1, not {pixels.dtype}")
    return PIL.Image.fromarray(np.ascontiguousarray(pixels))
