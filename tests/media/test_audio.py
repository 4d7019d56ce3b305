import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import soundfile

from guerdon.media import Audio, Limits, MediaError

RATE = 8000
SINE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE // 2) / RATE)).astype(np.float32)


def encoded(samples: np.ndarray = SINE, format: str = "WAV") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format=format)
    return buffer.getvalue()


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG", "MP3"])
def test_a_sound_file_gives_its_samples(tmp_path: Path, format: str) -> None:
    (tmp_path / "a.bin").write_bytes(encoded(format=format))
    audio = Audio.of("a.bin", root=tmp_path)
    assert audio.rate == RATE
    assert audio.seconds == pytest.approx(0.5, abs=0.2)
    assert audio.samples().dtype == np.float32
    if format in ("WAV", "FLAC"):
        assert audio.samples().shape == (4000, 1)
        assert np.abs(audio.samples()[:, 0] - SINE).max() < 1e-4  # 16 bits


def test_channels_are_columns() -> None:
    assert Audio.of(encoded(np.stack([SINE, -SINE], 1))).samples().shape == (4000, 2)


def test_arrays_and_datasets_dicts_are_sounds() -> None:
    for source in (
        (SINE, RATE),
        {"array": SINE.astype(float), "sampling_rate": RATE},
        {"array": SINE.tolist(), "sampling_rate": RATE},
    ):
        audio = Audio.of(source)
        assert (audio.rate, audio.seconds) == (RATE, 0.5)
        assert (audio.samples()[:, 0] == SINE).all()
    sixteen = Audio.of((np.array([-(2**15), 2**14], np.int16), RATE))
    assert sixteen.samples()[:, 0].tolist() == [-1.0, 0.5]


@pytest.mark.parametrize(
    "source", [(SINE * 9, RATE), (SINE, 0), (SINE, None), (np.zeros((2, 2, 2)), RATE), (np.zeros(3, int), RATE)]
)
def test_an_array_that_is_no_sound_is_refused(source: object) -> None:
    with pytest.raises(MediaError):
        Audio.of(source)


def test_a_sound_is_bounded_in_seconds_and_in_memory() -> None:
    for source in (encoded(), (SINE, RATE)):
        with pytest.raises(MediaError, match=r"0\.5 seconds exceed"):
            Audio.of(source, limits=Limits(seconds=0.4)).samples()
        with pytest.raises(MediaError, match="16,000 bytes exceed"):  # 4000 samples of 4 bytes; the file has 8044
            Audio.of(source, limits=Limits(bytes=15_000)).samples()


@pytest.mark.parametrize("content", [b"", b"not a sound at all", b"PK\3\4" + b"\0" * 99])
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(MediaError, match="cannot be decoded"):
        Audio.of(content).samples()


def test_a_truncated_sound_is_refused() -> None:
    whole = encoded(np.random.default_rng(0).uniform(-1, 1, RATE * 2), "FLAC")
    with pytest.raises(MediaError):
        Audio.of(whole[: len(whole) // 2]).samples()


def test_digests_and_pickles_follow_the_content() -> None:
    assert Audio.of((SINE, RATE)).digest != Audio.of((SINE, RATE * 2)).digest
    for source in (encoded(), (SINE, RATE)):
        assert pickle.loads(pickle.dumps(Audio.of(source))).digest == Audio.of(source).digest
