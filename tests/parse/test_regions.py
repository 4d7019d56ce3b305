"""What is said of numbered regions."""

import pytest

from guerdon.parse import regions
from guerdon.scores import Status


@pytest.mark.parametrize(
    "text",
    [
        "Region 1: black cat\nRegion 3: dog",
        "Region 1:black cat\n\nregion 3 : dog\nThat is all.",
        "<Region 1>: black cat; <Region 3>: dog",
        "Mark 1: black cat, Mark #3: dog",
    ],
)
def test_regions_are_read_by_number(text: str) -> None:
    assert regions(text).value == {1: "black cat", 3: "dog"}


@pytest.mark.parametrize("text", ["", "a cat", "Region one: cat", "Region 1: cat\nRegion 1: dog"])
def test_no_region_and_a_region_named_twice_are_malformed(text: str) -> None:
    assert regions(text).status == Status.MALFORMED
