"""Sounds: samples and their rate, bounded before they are decoded."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.media.source import LIMITS, Limits, MediaError, Source, decoding, need

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Audio:
    """A lazy handle on one sound; compare `digest` for content. Every access may raise MediaError."""

    content: Source | tuple[Samples, int]

    @classmethod
    def of(
        cls,
        source: object,
        *,
        root: str | os.PathLike[str] | None = None,
        allow_http: bool | Collection[str] = False,
        limits: Limits = LIMITS,
    ) -> Audio:
        """A sound from a path, bytes, a URI, a pair (samples, rate), or a `datasets` dict with "bytes" and
        "path" or with "array" and "sampling_rate".

        Samples are [n] or [n, channels], floats in -1–1 or int16. `root`, `allow_http` and `limits` are
        those of `Image.of`.
        """
        if isinstance(source, Audio):
            return source
        if isinstance(source, Mapping) and source.get("array") is not None:
            source = (source["array"], source.get("sampling_rate"))
        if isinstance(source, tuple) and len(source) == 2:
            samples, rate = _from_array(np.asarray(source[0])), source[1]
            if not (isinstance(rate, (int, np.integer)) and rate > 0):
                raise MediaError(f"a rate is a positive number of samples per second, not {rate!r}")
            _check(limits, len(samples), samples.shape[1], int(rate))
            return cls((samples, int(rate)))
        return cls(Source.of(source, root, allow_http, limits))

    @property
    def rate(self) -> int:
        """Samples per second."""
        if not isinstance(self.content, Source):
            return self.content[1]
        with self._opened(self.content) as file:
            return int(file.samplerate)

    @property
    def seconds(self) -> float:
        """Length, from the header alone."""
        if not isinstance(self.content, Source):
            return len(self.content[0]) / self.content[1]
        with self._opened(self.content) as file:
            return float(file.frames / file.samplerate)

    def samples(self) -> Samples:
        """The sound as float32 [n, channels] in -1–1. Needs soundfile for anything but arrays."""
        if not isinstance(self.content, Source):
            return self.content[0].copy()
        with self._opened(self.content) as file:
            samples: Samples = file.read(dtype="float32", always_2d=True)
            if len(samples) < file.frames:
                raise MediaError(f"{self.content!r} ends after {len(samples):,} of {file.frames:,} samples")
            return samples

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hexadecimal: of the file's bytes, or of rate, channels and samples."""
        if isinstance(self.content, Source):
            return self.content.digest()
        samples, rate = self.content
        return sha256(f"{rate} {samples.shape[1]} ".encode() + samples.tobytes()).hexdigest()

    @contextmanager
    def _opened(self, source: Source) -> Iterator[Any]:
        with decoding(source), source.open() as file, need("soundfile", "audio").SoundFile(file) as sound:
            _check(source.limits, sound.frames, sound.channels, sound.samplerate)
            yield sound


def _from_array(samples: NDArray[Any]) -> Samples:
    if samples.ndim not in (1, 2):
        raise MediaError(f"samples of shape {samples.shape} are not [n] or [n, channels]")
    if samples.dtype == np.int16:
        samples = samples.astype(np.float32) / 2**15
    if not np.issubdtype(samples.dtype, np.floating) or not (np.abs(samples) <= 1).all():
        raise MediaError("samples must be int16, or floats in -1–1")
    return samples.reshape(len(samples), -1).astype(np.float32)


def _check(limits: Limits, n: int, channels: int, rate: int) -> None:
    limits.check("seconds", n / rate)
    limits.check("bytes", n * channels * np.dtype(np.float32).itemsize)
