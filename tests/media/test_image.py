import base64
import contextlib
import io
import pickle
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.media import Image, Limits, MediaError, as_images


def encoded(picture: PIL.Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def gradient(width: int = 8, height: int = 6) -> PIL.Image.Image:
    y, x = np.mgrid[:height, :width]
    return PIL.Image.fromarray(np.stack([x * 30, y * 40, x * 0 + 90], -1).astype(np.uint8))


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 9)),
        (b"IEND", b""),
    ]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body


def test_one_picture_is_the_same_however_it_is_given(tmp_path: Path) -> None:
    picture = gradient()
    png = encoded(picture)
    (tmp_path / "a.png").write_bytes(png)
    uri = "data:image/png;base64," + base64.b64encode(png).decode()
    for source in (tmp_path / "a.png", str(tmp_path / "a.png"), png, uri, picture, np.array(picture),
                   np.array(picture) / 255, {"bytes": png, "path": "gone.png"}):  # fmt: skip
        image = Image.of(source)
        assert image.size == (8, 6)
        assert image.array().shape == (6, 8, 3)
        assert (image.array() == np.array(picture)).all()


def test_a_handle_of_a_handle_is_itself() -> None:
    image = Image.of(b"")
    assert Image.of(image) is image


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_every_format_on_the_list_opens_whatever_the_file_is_called(tmp_path: Path, format: str) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(gradient(), format))
    assert Image.of("a.jpg", root=tmp_path).pil().size == (8, 6)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_turns_the_size_and_the_pixels(format: str, orientation: int) -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    image = Image.of(encoded(gradient(), format, exif=exif))
    assert image.size == image.pil().size == ((8, 6) if orientation < 5 else (6, 8))


def test_exif_orientation_6_shows_the_left_edge_at_the_top() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turn 90 degrees clockwise to display
    shown = Image.of(encoded(gradient(), "PNG", exif=exif)).array()
    assert (shown == np.rot90(np.array(gradient()), k=-1)).all()


def test_size_reads_the_header_alone() -> None:
    noise = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8))
    cut = encoded(noise)[:500]
    assert Image.of(cut).size == (80, 60)
    with pytest.raises(MediaError, match="cannot be decoded"):
        Image.of(cut).pil()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_truncated_image_is_refused(format: str) -> None:
    noise = PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8))
    whole = encoded(noise, format)
    with pytest.raises(MediaError, match="cannot be decoded"):
        Image.of(whole[: len(whole) // 2]).pil()


def test_a_bomb_is_refused_by_its_header() -> None:
    bomb = png_header(60_000, 60_000)
    assert len(bomb) < 100
    with pytest.raises(MediaError, match="3,600,000,000 pixels exceed the limit of 134,217,728"):
        Image.of(bomb).pil()


def test_our_limit_replaces_that_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Image.of(encoded(gradient())).size == (8, 6)
    with pytest.raises(MediaError, match="48 pixels exceed the limit of 47"):
        Image.of(encoded(gradient()), limits=Limits(pixels=47)).pil()


def test_arrays_and_pil_images_are_bounded_too() -> None:
    for source in (gradient(), np.array(gradient())):
        with pytest.raises(MediaError, match="48 pixels exceed"):
            Image.of(source, limits=Limits(pixels=47))


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"PK\3\4" + b"\0" * 40, "a ZIP archive"), (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
     (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"), (b"\n<!DOCTYPE html><html>", "HTML"),
     (b"%PDF-1.7", "PDF"), (b"\x1f\x8b\x08\0", "a gzip archive"), (b"P6 8 6 255 ", "unknown"), (b"", "is empty")],
)  # fmt: skip
def test_what_only_claims_to_be_an_image_is_named_and_refused(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(MediaError, match=what):
        Image.of("a.png", root=tmp_path).pil()


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBP"]),
    st.binary(max_size=80),
)
def test_garbage_behind_a_true_signature_is_a_media_error(signature: bytes, rest: bytes) -> None:
    image = Image.of(signature + rest)
    with contextlib.suppress(MediaError):  # anything else it raises fails the test
        assert min(image.size) > 0
    with contextlib.suppress(MediaError):
        assert image.array().size > 0


def test_transparency_is_shown_on_white() -> None:
    clear = PIL.Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    clear.putpixel((1, 0), (200, 10, 10, 255))
    assert Image.of(encoded(clear)).array().tolist() == [[[255, 255, 255], [200, 10, 10]]]


def test_16_bit_grey_keeps_its_upper_byte() -> None:
    deep = PIL.Image.fromarray(np.array([[0, 0x7FFF, 0xFFFF]], dtype=np.uint16))
    assert Image.of(encoded(deep)).array()[0, :, 0].tolist() == [0, 127, 255]


def test_pixels_without_a_standard_range_are_refused() -> None:
    for mode in ("I", "F"):
        with pytest.raises(MediaError, match="32-bit pixels"):
            Image.of(PIL.Image.new(mode, (2, 2))).pil()


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [(np.zeros((3, 8, 6), np.uint8), "not .height, width"), (np.full((4, 4, 3), 255.0), "divide by 255"),
     (np.zeros((4, 4), np.int32), "uint8"), (np.full((4, 4), np.nan), "0–1"),
     (np.zeros((2, 2, 2, 3), np.uint8), "shape")],
)  # fmt: skip
def test_an_array_that_could_mean_two_things_is_refused(pixels: np.ndarray, reason: str) -> None:
    with pytest.raises(MediaError, match=reason):
        Image.of(pixels)


def test_a_pil_image_is_neither_changed_nor_handed_out() -> None:
    mine = gradient()
    got = Image.of(mine).pil()
    got.putpixel((0, 0), (1, 2, 3))
    assert mine.getpixel((0, 0)) == (0, 0, 90)


def test_the_digest_is_that_of_the_bytes_or_of_the_pixels() -> None:
    png = encoded(gradient())
    assert Image.of(png).digest == Image.of({"bytes": png}).digest
    assert Image.of(gradient()).digest == Image.of(np.array(gradient())).digest
    assert Image.of(gradient(8, 6)).digest != Image.of(gradient(6, 8)).digest


def test_a_handle_survives_pickling(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(gradient()))
    image = Image.of("a.png", root=tmp_path)
    image.pil()
    sent = pickle.dumps(image)
    assert len(sent) < 600
    assert pickle.loads(sent).digest == image.digest


def test_one_bad_picture_costs_one_sample() -> None:
    rows = [encoded(gradient()), b"PK\3\4", encoded(gradient())]
    sizes = []
    for row in rows:
        try:
            sizes.append(Image.of(row).size)
        except MediaError:
            sizes.append((0, 0))
    assert sizes == [(8, 6), (0, 0), (8, 6)]


def test_as_images_makes_one_flat_list() -> None:
    png = encoded(gradient())
    cases: list[tuple[object, int]] = [
        (None, 0), ([], 0), (png, 1), (gradient(), 1), ({"bytes": png, "path": None}, 1), ([png, None, gradient()], 2),
        ([[png], [png, png]], 3), (np.zeros((6, 8, 3), np.uint8), 1), (np.zeros((4, 6, 8, 3), np.uint8), 4),
        ([{"image": {"bytes": png, "path": None}}], 1),
    ]  # fmt: skip
    for value, count in cases:
        images = as_images(value)
        assert len(images) == count
        assert all(image.size == (8, 6) for image in images)


def test_as_images_passes_its_options_on(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="leads out"):
        as_images(["../a.png"], root=tmp_path)[0].pil()


def test_lists_nested_for_ever_are_refused() -> None:
    nested: list[object] = []
    nested.append(nested)
    with pytest.raises(MediaError, match="from a list"):
        as_images(nested)
