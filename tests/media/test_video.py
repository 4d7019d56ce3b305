import io
import pickle
from pathlib import Path
from typing import Any

import av
import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.media import Limits, MediaError, Video
from guerdon.media.video import choose

VideoFrame: Any = av.VideoFrame  # its stubs are partly untyped


def grey(k: int, width: int = 64, height: int = 48) -> PIL.Image.Image:
    """Frame k: its brightness is 10 k, and its left half is darker."""
    pixels = np.full((height, width, 3), 10 * k, np.uint8)
    pixels[:, : width // 2] //= 2
    return PIL.Image.fromarray(pixels)


def encode(container: str = "mp4", codec: str = "mpeg4", frames: int = 20, rate: int = 10, rotate: int = 0) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 48, "yuv420p", 4
        stream.bit_rate = 2_000_000
        if rotate:
            stream.set_display_rotation(rotate)
        for k in range(frames):
            out.mux(stream.encode(VideoFrame.from_image(grey(k))))
        out.mux(stream.encode())
    return buffer.getvalue()


def animate(count: int = 20, format: str = "GIF", **options: object) -> bytes:
    buffer = io.BytesIO()
    first, *rest = (grey(k) for k in range(count))
    first.save(buffer, format, save_all=True, append_images=rest, **{"duration": 100, "lossless": True, **options})
    return buffer.getvalue()


def which(pictures: list[PIL.Image.Image]) -> list[int]:
    """The k of each frame, by its brightness."""
    return [round(float(np.array(p)[:, -8:].mean()) / 10) for p in pictures]


SOURCES = {
    "mp4": encode(), "mkv": encode("matroska"), "avi": encode("avi"), "h264": encode("mp4", "libx264"),
    "webm": encode("webm", "libvpx-vp9"), "gif": animate(),
    "webp": animate(format="WEBP"), "png": animate(format="PNG"),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_any_frame_can_be_had_in_any_order(name: str) -> None:
    video = Video.of(SOURCES[name])
    images, seconds = video.frames(indices=[19, 0, 7, 7, 8, 3])
    assert which(images) == [19, 0, 7, 7, 8, 3]
    assert seconds == pytest.approx([1.9, 0.0, 0.7, 0.7, 0.8, 0.3], abs=1e-3)
    assert {(p.size, p.mode) for p in images} == {((64, 48), "RGB")}


@pytest.mark.parametrize("name", SOURCES)
def test_times_and_even_spacing_cover_the_whole_video(name: str) -> None:
    video = Video.of(SOURCES[name])
    assert video.times() == pytest.approx([k / 10 for k in range(20)], abs=1e-3)
    assert which(video.frames(4).images) == [0, 6, 13, 19]  # 19·k/3 = 0, 6.33, 12.67, 19
    assert which(video.frames(fps=2.5).images) == [0, 4, 8, 12, 16]


def test_lists_and_arrays_are_videos_with_a_given_rate() -> None:
    frames = [grey(k) for k in range(20)]
    for source in (frames, np.stack([np.array(f) for f in frames])):
        images, seconds = Video.of(source, rate=10.0).frames(2)
        assert (which(images), seconds) == ([0, 19], [0.0, 1.9])


def test_a_phone_video_is_turned_upright() -> None:
    flat, upright = (Video.of(encode(rotate=r)).frames(indices=[9]).images[0] for r in (0, 90))
    assert upright.size == (48, 64)
    turned = np.array(flat.rotate(90, expand=True)).astype(int)  # 90 degrees counterclockwise
    assert np.abs(np.array(upright).astype(int) - turned).mean() < 2


def test_a_file_by_path_and_its_bytes_are_the_same_video(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(SOURCES["mp4"])
    video = Video.of("a.mp4", root=tmp_path)
    assert video.digest == Video.of(SOURCES["mp4"]).digest
    assert pickle.loads(pickle.dumps(video)).times() == video.times()
    assert len(pickle.dumps(video)) < 700


@pytest.mark.parametrize("name", SOURCES)
def test_a_video_is_bounded_in_frames_seconds_pixels_and_bytes(name: str) -> None:
    source = SOURCES[name]
    for limits, reason in (
        (Limits(frames=19), "20 frames exceed the limit of 19"), (Limits(seconds=1.0), "1.1 seconds exceed"),
        (Limits(pixels=64 * 48 - 1), "pixels exceed"), (Limits(bytes=100), "bytes exceed"),
    ):  # fmt: skip
        with pytest.raises(MediaError, match=reason):
            Video.of(source, limits=limits).frames(2)


def test_kept_frames_share_one_limit_of_pixels() -> None:
    video = Video.of(SOURCES["mp4"], limits=Limits(pixels=3 * 64 * 48))
    assert len(video.frames(3).images) == 3
    with pytest.raises(MediaError, match="12,288 pixels exceed"):
        video.frames(4)


def test_stills_are_bounded_before_any_is_opened() -> None:
    with pytest.raises(MediaError, match="4 frames exceed"):
        Video.of([b""] * 4, limits=Limits(frames=3))


def test_a_playlist_that_names_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").write_bytes(SOURCES["mp4"])
    for text in (f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{tmp_path}/secret.mp4\n#EXT-X-ENDLIST\n",
                 f"ffconcat version 1.0\nfile '{tmp_path}/secret.mp4'\n"):  # fmt: skip
        (tmp_path / "a.mp4").write_text(text)
        with pytest.raises(MediaError, match="cannot be decoded"):
            Video.of("a.mp4", root=tmp_path).frames()


@pytest.mark.parametrize(
    "content", [b"", b"not a video", b"PK\3\4" + b"\0" * 99, SOURCES["mp4"][:600], SOURCES["mp4"][:-600]]
)
def test_what_is_no_whole_video_is_refused(content: bytes) -> None:
    with pytest.raises(MediaError):
        Video.of(content).frames()


def test_a_sound_is_no_video() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        stream: Any = out.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    with pytest.raises(MediaError, match="no video stream"):
        Video.of(buffer.getvalue()).frames()


@pytest.mark.parametrize(
    "question",
    [{"indices": [20]}, {"indices": [-1]}, {"fps": 0}, {"fps": float("nan")}, {"fps": float("inf")}, {"n": 0}],
)
def test_frames_that_do_not_exist_are_refused(question: dict[str, float]) -> None:
    with pytest.raises(MediaError):
        Video.of(SOURCES["gif"]).frames(**question)  # type: ignore[arg-type]


def test_no_frames_of_none_and_all_frames_of_few() -> None:
    with pytest.raises(MediaError, match="no frames"):
        Video.of([]).frames()
    assert len(Video.of([grey(1)] * 3).frames(8).images) == 3
    assert Video.of([grey(1)]).frames(indices=[]).images == []


def test_an_array_without_frames_is_refused() -> None:
    with pytest.raises(MediaError, match=r"\(48, 64, 3\) is not"):
        Video.of(np.zeros((48, 64, 3), np.uint8))


@given(st.lists(st.floats(0.01, 2), min_size=1, max_size=30), st.floats(0.1, 50))
def test_fps_takes_the_frame_on_show_at_each_tick(gaps: list[float], fps: float) -> None:
    times = [0.0, *np.cumsum(gaps).tolist()]
    ticks = np.arange(int(times[-1] * fps + 1e-9) + 1) / fps
    shown = sorted({int(np.searchsorted(times, tick + 1e-9 / fps, side="right")) - 1 for tick in ticks})
    assert choose(times, 0, fps, None) == shown
