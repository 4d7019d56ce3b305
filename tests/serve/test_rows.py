"""What rows from the network may hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guerdon import from_spec
from guerdon.media import Audio, Image, Video
from guerdon.serve.limits import Limits, Refused
from guerdon.serve.rows import Gate, Request

REWARDS = Path(__file__).with_name("rewards.py")
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # one pixel


def admitted(row: dict[str, Any], **limits: int) -> Any:
    (only,) = Gate(Limits(**limits)).admit([row])
    return only


def test_a_data_uri_becomes_a_picture() -> None:
    assert admitted({"images": [DOT]})["images"][0].size == (1, 1)
    assert isinstance(admitted({"video": DOT})["video"], Video)
    assert isinstance(admitted({"audio": "data:audio/wav;base64,"})["audio"], Audio)


@pytest.mark.parametrize(
    "place",
    ["/etc/passwd", "../secret.png", "secret.png", "file:///etc/passwd", "FILE:/etc/passwd", "http://127.0.0.1/a.png",
     "https://example.org/a.png", "ftp://example.org/a", {"path": "/etc/passwd"}, {"bytes": "abc"}, 5, ["/etc/passwd"],
     "", [[DOT]]],
)  # fmt: skip
@pytest.mark.parametrize("column", ["image", "images"])
def test_no_path_and_no_url_is_let_in(column: str, place: Any) -> None:
    with pytest.raises(Refused, match="media come as data URIs, not as") as refused:
        admitted({column: place})
    assert refused.value.status == 422


def test_nor_are_they_in_messages() -> None:
    for part in (
        {"type": "image", "image": "/etc/passwd"},
        {"type": "image_url", "image_url": {"url": "file:///etc/passwd"}},
        {"type": "video", "video": ["/etc/passwd"]},
        {"type": "audio", "audio": {"path": "/etc/passwd"}},
    ):
        with pytest.raises(Refused, match="sample 0, prompt: media come as data URIs"):
            admitted({"prompt": [{"role": "user", "content": [part]}]})


def test_openai_parts_become_guerdons() -> None:
    parts = [{"type": "image_url", "image_url": {"url": DOT}}, {"type": "text", "text": "What is it?"}]
    (message,) = admitted({"prompt": [{"role": "user", "content": parts}]})["prompt"]
    assert message["content"][0]["type"] == "image"
    assert message["content"][0]["image"].size == (1, 1)
    assert message["content"][1] == parts[1]


def test_a_list_of_frames_is_a_video() -> None:
    (video,) = admitted({"videos": [[DOT, DOT]]})["videos"]
    assert [type(frame) for frame in video] == [Image, Image]


def test_named_hosts_may_be_fetched_from_and_no_others() -> None:
    (row,) = Gate(Limits(), ["pictures.example"]).admit([{"image": "https://pictures.example/a.png"}])
    assert row["image"].content.allow_http == ("pictures.example",)
    (other,) = Gate(Limits(), ["pictures.example"]).admit([{"image": "http://localhost/a.png"}])
    with pytest.raises(ValueError, match="'localhost' is not among the allowed hosts"):
        other["image"].size  # noqa: B018


@pytest.mark.parametrize(
    "row", [{"response": "x" * 11}, {"response": [{"role": "assistant", "content": "x" * 11}]},
            {"responses": ["x", "x" * 11]}],
)  # fmt: skip
def test_a_response_has_a_limit(row: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="sample 0: 11 characters of response; at most 10 are read"):
        admitted(row, characters=10)


@pytest.mark.parametrize("row", [{"response": 5}, {"response": {"content": 5}}, {"prompt": 5}, {"prompt": [5]},
                                 {"prompt": [{"content": [5, None]}]}, {"responses": 5}])  # fmt: skip
def test_what_cannot_be_read_is_left_for_scoring_to_tell(row: dict[str, Any]) -> None:
    assert admitted(row) == row


def test_a_request_has_so_many_samples() -> None:
    with pytest.raises(Refused, match="3 samples in one request; at most 2 are taken"):
        Gate(Limits(samples=2)).admit([{}] * 3)


def test_rows_are_scored_together_only_where_they_must_be() -> None:
    rows: list[Any] = [{"value": 1, "group": "a", "id": "x"}, {"value": 1, "group": "a"}]
    single, group = (Request.of(from_spec(f"{REWARDS}:{name}"), rows) for name in ("echo", "share"))
    assert [len(unit.rows) for unit in single.units] == [1, 1]
    assert [len(unit.rows) for unit in group.units] == [2]
    assert single.keys == group.keys == ("x", "1")


def test_limits_that_no_request_could_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="a request of 10 samples could never be accepted: 5 may wait"):
        Limits(samples=10, waiting=5)
    with pytest.raises(ValueError, match="body_bytes must be positive"):
        Limits(body_bytes=0)
