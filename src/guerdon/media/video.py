"""Videos: chosen frames with their times, from a file, an animation, or frames already at hand."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from guerdon.media.image import HEAD, Image, displayed, open_picture, sniff
from guerdon.media.source import LIMITS, File, Limits, MediaError, Source, decoding, need

if TYPE_CHECKING:
    import PIL.Image

CONTAINERS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,ogg,asf"
"""FFmpeg demuxers that may run. Playlists and concatenations, which open other files, are not among them."""
UNTIMED_FRAME = 100
"""Milliseconds a frame of an animation lasts that declares no duration: what browsers do."""


class Frames(NamedTuple):
    """Pictures of a video and when they are shown."""

    images: list[PIL.Image.Image]
    """RGB, upright."""
    seconds: list[float]
    """From the first frame of the video."""


@dataclass(frozen=True, eq=False)
class Video:
    """A lazy handle on one video; compare `digest` for content. Every access may raise MediaError."""

    content: Source | tuple[Image, ...]
    rate: float = 1.0
    limits: Limits = LIMITS

    @classmethod
    def of(
        cls,
        source: object,
        *,
        rate: float = 1.0,
        root: str | os.PathLike[str] | None = None,
        allow_http: bool | Collection[str] = False,
        limits: Limits = LIMITS,
    ) -> Video:
        """A video from a path, bytes, a URI or a `datasets` dict (a video file, or an animated GIF, WebP or
        PNG), a list of anything `Image.of` takes, or an array [frames, height, width, 1 | 3 | 4].

        `rate` is in frames per second and serves lists and arrays, which have no clock of their own.
        `root`, `allow_http` and `limits` are those of `Image.of`.
        """
        if isinstance(source, Video):
            return source
        if isinstance(source, np.ndarray) and source.ndim != 4:
            raise MediaError(f"an array of shape {source.shape} is not [frames, height, width, channels]")
        if isinstance(source, (list, tuple, np.ndarray)):
            if not rate > 0:
                raise MediaError(f"a video's rate must be positive, not {rate}")
            limits.check("frames", len(source))
            stills = tuple(Image.of(x, root=root, allow_http=allow_http, limits=limits) for x in source)
            return cls(stills, rate, limits)
        return cls(Source.of(source, root, allow_http, limits), rate, limits)

    def times(self) -> list[float]:
        """When each frame is shown, in seconds from the first; nothing is decoded for it in a video file."""
        with self._opened() as reel:
            return self._checked(reel)

    def frames(self, n: int = 8, *, fps: float | None = None, indices: Sequence[int] | None = None) -> Frames:
        """Frames at `indices`, or `fps` of them for each second, or `n` spread evenly from first to last.

        Even spacing rounds linspace(0, count - 1, n) to whole frames, all of them where there are fewer
        than n. For `fps`, the frame on show at 0, 1/fps, 2/fps … Needs PyAV for video files.
        """
        with self._opened() as reel:
            times = self._checked(reel)
            chosen = choose(times, n, fps, indices)
            pictures: dict[int, PIL.Image.Image] = {}
            room = self.limits.pixels
            for i, picture in zip(needed := sorted(set(chosen)), reel.pictures(needed), strict=True):
                room -= picture.width * picture.height
                self.limits.check("pixels", self.limits.pixels - room)
                pictures[i] = picture
        return Frames([pictures[i] for i in chosen], [times[i] for i in chosen])

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal: of the file's bytes, or of the frames' digests and the rate."""
        if isinstance(self.content, Source):
            return self.content.digest()
        return sha256(f"{self.rate} {' '.join(x.digest for x in self.content)}".encode()).hexdigest()

    def _checked(self, reel: _Reel) -> list[float]:
        times: list[float] = []
        for second in reel.times():
            times.append(second)
            self.limits.check("frames", len(times))
            self.limits.check("seconds", second)
        if not times:
            raise MediaError(f"{self.content!r:.100} has no frames")
        return times

    @contextmanager
    def _opened(self) -> Iterator[_Reel]:
        with decoding(self.content):
            if not isinstance(self.content, Source):
                yield _Stills(self.content, self.rate)
                return
            with self.content.open() as file:
                head = file.read(HEAD)
                file.seek(0)
                if sniff(head):
                    yield _Animation(file, self.limits)
                else:
                    with need("av", "video").open(file, options={"format_whitelist": CONTAINERS}) as container:
                        yield _Stream(container, self.limits)


def choose(times: Sequence[float], n: int, fps: float | None, indices: Sequence[int] | None) -> list[int]:
    """Which frames to take, given when each is shown.

    >>> choose([0.0, 0.5, 1.0, 1.5], 2, None, None), choose([0.0, 0.5, 1.0, 1.5], 8, 1.0, None)
    ([0, 3], [0, 2])
    """
    count = len(times)
    if indices is not None:
        outside = [i for i in indices if not 0 <= i < count]
        if outside:
            raise MediaError(f"frame {outside[0]} does not exist: the video has {count}")
        return list(indices)
    if fps is not None:
        if not 0 < fps < np.inf:
            raise MediaError(f"fps must be positive and finite, not {fps}")
        # A frame is taken if a tick k/fps falls before the next frame; the last one if a tick falls on it.
        ticks = np.asarray(times) * fps
        due = np.ceil(ticks - 1e-9)
        following = np.append(due[1:], np.floor(ticks[-1] + 1e-9) + 1)
        return [int(i) for i in np.flatnonzero(due < following)]
    if n < 1:
        raise MediaError(f"a video gives 1 frame or more, not {n}")
    return [int(i) for i in np.rint(np.linspace(0, count - 1, min(n, count)))]


class _Reel(Protocol):
    """An opened video."""

    def times(self) -> Iterator[float]:
        """When each frame is shown."""

    def pictures(self, indices: Sequence[int]) -> Iterator[PIL.Image.Image]:
        """The frames at increasing indices."""


class _Stills(NamedTuple):
    """Frames given one by one."""

    images: tuple[Image, ...]
    rate: float

    def times(self) -> Iterator[float]:
        return (i / self.rate for i in range(len(self.images)))

    def pictures(self, indices: Sequence[int]) -> Iterator[PIL.Image.Image]:
        return (self.images[i].pil() for i in indices)


class _Animation(NamedTuple):
    """Frames of an animated image file."""

    file: File
    limits: Limits

    def times(self) -> Iterator[float]:
        now = 0
        for picture in self._play():
            yield now / 1000
            now += picture.info.get("duration") or UNTIMED_FRAME

    def pictures(self, indices: Sequence[int]) -> Iterator[PIL.Image.Image]:
        wanted = set(indices)
        return (displayed(p) for i, p in enumerate(self._play(max(wanted, default=-1) + 1)) if i in wanted)

    def _play(self, count: int | None = None) -> Iterator[PIL.Image.Image]:
        self.file.seek(0)
        picture = open_picture(self.file, self.limits)
        for i in range(getattr(picture, "n_frames", 1) if count is None else count):
            picture.seek(i)
            self.limits.check("pixels", picture.width * picture.height)
            picture.load()
            yield picture


class _Stream:
    """The first video stream of a container opened by PyAV."""

    def __init__(self, container: Any, limits: Limits):
        if not container.streams.video:
            raise MediaError("there is no video stream in it")
        self.container = container
        self.stream = container.streams.video[0]
        self.limits = limits
        codec = self.stream.codec_context
        limits.check("pixels", codec.width * codec.height)
        # For streams that grow midway. Below 16 million FFmpeg's own padding of small pictures would trip it.
        codec.options = {"max_pixels": str(max(limits.pixels, 2**24))}
        self.shown: list[int] = []
        self.keys: list[int] = []

    def times(self) -> Iterator[float]:
        """Read off the packets, which need no decoding; they come in the order of decoding, not showing."""
        for packet in self.container.demux(self.stream):
            at = packet.dts if packet.pts is None else packet.pts
            if at is None or packet.is_discard:
                continue
            self.shown.append(at)
            self.limits.check("frames", len(self.shown))
            if packet.is_keyframe:
                self.keys.append(at)
        self.shown.sort()
        self.keys.sort()
        return (float((at - self.shown[0]) * self.stream.time_base) for at in self.shown)

    def pictures(self, indices: Sequence[int]) -> Iterator[PIL.Image.Image]:
        """Decode forward, jumping only where a keyframe lies between here and the next frame wanted."""
        frames: Iterator[Any] = iter(())
        here = None
        for at in (self.shown[i] for i in indices):
            if here is None or bisect_right(self.keys, at) > bisect_right(self.keys, here):
                self.container.seek(at, stream=self.stream)
                frames = self.container.decode(self.stream)
            frame = next((f for f in frames if _time(f) >= at), None)
            if frame is None:
                raise MediaError("the video ends before its last frames")
            self.limits.check("pixels", frame.width * frame.height)
            here = _time(frame)
            picture = frame.to_image()
            yield picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _time(frame: Any) -> int:
    at: int = frame.dts if frame.pts is None else frame.pts
    return at
