import pytest

from guerdon.geometry import Frame, Point
from guerdon.parse.points import points


@pytest.mark.parametrize(
    "text", ["(3, 4)", "[3, 4]", '{"point_2d": [3, 4]}', "{'point': [3.0, 4]}", '{"x": 3, "y": 4}', "go to (3,4)!"]
)
def test_a_point_is_read_however_it_is_written(text: str) -> None:
    assert points(text).value == [Point(3, 4)]


def test_points_keep_order_label_and_frame() -> None:
    read = points('[{"point_2d": [1, 2], "label": "eye"}, {"point_2d": [3, 4]}]', frame="unit").value
    assert read == [Point(1, 2, "eye", Frame(1, 1)), Point(3, 4, None, Frame(1, 1))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no point found"),
        ("[1, 2, 3]", "point 1: a list of numbers that is not a point"),
        ('[1, 2] {"point_2d": [1]}', "point 2: [1] is not a point"),
        ("(1,2)" * 10_001, "more than 10000 points"),
    ],
    ids=lambda text: text[:20],
)
def test_what_cannot_be_read_is_malformed(text: str, reason: str) -> None:
    assert points(text).reason == reason
