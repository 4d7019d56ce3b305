"""What a sentence states, by whole words and with negation."""

from collections.abc import Sequence

import pytest

from guerdon.parse import symbol
from guerdon.scores import Status

HEALTH = {"ill": ("cancer", "malignan*", "not healthy"), "well": ("healthy", "not cancer", "not malignan*")}


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Malignancy is visible.", "ill"),
        ("CANCER", "ill"),
        ("There is no sign of cancer.", "well"),
        ("The cancer is absent", "well"),
        ("It isn't healthy", "ill"),
        ("No doubt: cancer", "ill"),
        ("Not healthy, but cancer", "ill"),
        ("No cancer, no malignant cells; healthy!", "well"),
        ("free of malignant cells", "well"),
    ],
)
def test_a_symbol_is_stated_by_whole_words_and_negation(text: str, stated: str) -> None:
    read = symbol(text, HEALTH)
    assert read.value == stated
    assert read.span


@pytest.mark.parametrize("text", ["", "unhealthy", "cancerous", "healthy cancer", "It is fine", "cancer or healthy?"])
def test_nothing_or_two_things_stated_are_malformed(text: str) -> None:
    assert symbol(text, HEALTH).status == Status.MALFORMED


def test_the_longest_phrase_is_the_one_that_is_read() -> None:
    table: dict[str, Sequence[str]] = {"red": ["red"], "dark": ["dark red"]}
    assert symbol("a dark  red box", table).value == "dark"
