"""ImageInWords: what a text-only reward learns from one file is worth little more than length on the other."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from guerdon.bench import load, run
from guerdon.metrics.stats import paired_difference
from guerdon.scores import Floats
from guerdon.systems import image_in_words

BUCKETS, PENALTY, STEPS, RATE = 256, 10.0, 500, 0.5


def features(text: str) -> Floats:
    """Shares of hashed words, and how many words there are."""
    counts = np.zeros(BUCKETS)
    for word in re.findall(r"\w+", text.lower()):
        counts[int(hashlib.md5(word.encode()).hexdigest(), 16) % BUCKETS] += 1
    total = counts.sum()
    return np.append(10 * counts / total, total / 100)


def decided(data_dir: Path, name: str) -> tuple[Floats, Floats, list[str]]:
    """Differences of features [n, m], who won [n] and the image, of the pairs that people decided."""
    path = data_dir / "imageinwords" / f"{name}.jsonl"
    items = [item for item in run(load("image-in-words"), data=path).questions.examples.values() if item.decided]
    gaps = [features(item.samples[0]["response"]) - features(item.samples[1]["response"]) for item in items]
    won = np.array([np.sign(item.gold[0] - item.gold[1]) for item in items])
    return np.array(gaps), won, [str(item.cluster) for item in items]


def learned(gaps: Floats, won: Floats) -> Floats:
    """Weights of a logistic regression with a penalty on their squares."""
    weights = np.zeros(gaps.shape[1])
    for _ in range(STEPS):
        doubt = 1 / (1 + np.exp(gaps @ weights * won))
        weights += RATE * ((doubt * won) @ gaps - PENALTY * weights) / len(won)
    return weights


@pytest.mark.parametrize(
    ("train", "test", "text", "length", "first"),
    [("docci_test", "iiw_400", 0.900, 0.883, 0.923), ("iiw_400", "docci_test", 0.860, 0.839, 0.911)],
)
def test_text_alone_is_worth_little_more_than_length(
    data_dir: Path, train: str, test: str, text: float, length: float, first: float
) -> None:
    weights = learned(*decided(data_dir, train)[:2])
    gaps, won, images = decided(data_dir, test)
    by_text, by_length = np.sign(gaps @ weights) == won, np.sign(gaps[:, -1]) == won
    assert [by_text.mean(), by_length.mean(), (won == 1).mean()] == pytest.approx([text, length, first], abs=6e-4)
    assert paired_difference(by_text, by_length, images).low < 0.005
    assert by_text.mean() < (won == 1).mean()


def test_what_is_not_in_the_scene_counts_against_a_description() -> None:
    example = image_in_words._scenes(0)[0].corruption
    scores = [
        image_in_words.seen().one({"response": t, "image_name": "0/0"}).value
        for t in (example.original, example.corrupted)
    ]
    assert scores == [0.0, -1.0]
