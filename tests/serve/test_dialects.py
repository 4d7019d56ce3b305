"""The dialects, spoken to a running service."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from guerdon import from_spec
from guerdon.scores import ContractError
from guerdon.serve.app import create_app
from guerdon.serve.limits import Refused
from guerdon.serve.openrlhf import row
from guerdon.serve.service import Service

REWARDS = Path(__file__).with_name("rewards.py")
DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@pytest.fixture(scope="module")
def echo(serve: Any) -> Any:
    return serve("echo", "--seconds", "1")


@pytest.fixture(scope="module")
def length(serve: Any) -> Any:
    return serve("length", "--unscored", "none")


@pytest.fixture(scope="module")
def floor(serve: Any) -> Any:
    return serve("echo", "--unscored", "-1.5")


# -- guerdon's own -----------------------------------------------------------------------------------


def test_every_row_gets_value_status_reason_and_all_components(echo: Any) -> None:
    moods = ("", "none", "fails")
    found = echo.score(*({"value": 3, "mood": mood, "id": mood or "well"} for mood in moods), {})
    assert found["values"] == [3, None, None, None]
    assert found["status"] == ["OK", "INAPPLICABLE", "FAILED", "INAPPLICABLE"]
    assert found["reasons"][0] == ""
    assert found["reasons"][2].startswith("RuntimeError: in a mood")
    assert found["reasons"][3] == "no column 'value'"
    assert found["keys"] == ["well", "none", "fails", "3"]
    assert found["components"] == {"serve.echo": {name: found[name] for name in ("values", "status", "reasons")}}


def test_a_composite_has_all_its_parts_and_a_failing_one_is_named(serve: Any) -> None:
    served = serve("0.5*serve.echo + 0.5*format.tags", "--import", str(REWARDS))
    found = served.score({"value": 1, "mood": "fails", "response": "<think>a</think><answer>b</answer>"})
    assert found["values"] == [None]
    assert found["components"]["format.tags"]["values"] == [1]
    assert found["reasons"][0].startswith("serve.echo: RuntimeError: in a mood")


def test_a_group_comes_in_one_request(serve: Any) -> None:
    served = serve("share")
    assert served.score({"value": 1, "group": "g"}, {"value": 3, "group": "g"})["values"] == [0.25, 0.75]
    answer = served.post("/v1/score", {"samples": [{"value": 1}]})
    assert (answer.status, "needs: say which rows belong together" in answer.json["detail"]) == (422, True)
    assert served.post("/get_reward", {}).status == 404


def test_pictures_come_as_data_uris(serve: Any) -> None:
    served = serve("pixels")
    assert served.score({"images": [DOT, DOT]})["values"] == [2]
    (reason,) = served.score({"images": ["data:image/png;base64,AAAA"]})["reasons"]
    assert reason.startswith("MediaError: the content is unknown, not PNG")
    answer = served.post("/v1/score", {"samples": [{"images": [DOT]}, {"images": ["/etc/passwd"]}]})
    assert answer.status == 422
    assert answer.json == {"detail": "sample 1, images: media come as data URIs, not as '/etc/passwd'"}


def test_text_that_is_not_unicode_comes_back_as_it_was(echo: Any) -> None:
    found = echo.post("/v1/score", b'{"samples": [{"value": 1, "id": "\\ud800"}]}')
    assert (found.status, found.json["keys"]) == (200, ["\ud800"])


# -- OpenRLHF's --------------------------------------------------------------------------------------


def test_openrlhf_gets_lists_of_numbers(length: Any) -> None:
    query = {"query": ["Hi Bob</s>", "Hi "], "prompts": ["Hi ", "Hi "], "labels": ["7", None]}
    found = length.post("/get_reward", query).json
    # "Bob" has 3 characters and its label 1, of 100; nothing and no label are 0.
    assert found["rewards"] == [4, 0]
    assert found["scores"] == [0.04, 0]
    assert found["extra_logs"] == {"serve.length": [4, 0]}


def test_openrlhf_gets_the_floor_for_rows_without_a_value(floor: Any) -> None:
    query = {"query": ["a", "b"], "prompts": ["", ""], "labels": ['{"value": 2}', '{"value": 2, "mood": "fails"}']}
    found = floor.post("/get_reward", query).json
    assert found["rewards"] == [2, -1.5]
    two, none = found["extra_logs"]["serve.echo"]
    assert two == 2
    assert math.isnan(none)


def test_openrlhf_is_told_what_is_wrong(echo: Any) -> None:
    query: dict[str, Any] = {"query": ["a", "b"], "prompts": [""], "labels": [1, 2]}
    answer = echo.post("/get_reward", query)
    assert answer.json == {"detail": "lists of one length are needed: query has 2, prompts has 1, labels has 2"}
    answer = echo.post("/get_reward", {"query": ["a"], "prompts": [""], "labels": [{"value": 1, "mood": "fails"}]})
    assert answer.status == 422
    assert "in a mood" in answer.json["detail"]
    assert "--unscored says what to send instead" in answer.json["detail"].replace("`guerdon serve ", "").replace(
        "`", ""
    )


def test_the_response_is_what_follows_the_prompt() -> None:
    assert row("<s> Prompt.Reply</s>", "Prompt.", 1) == {"prompt": "Prompt.", "response": "Reply", "answer": 1}


def test_a_query_without_its_prompt_is_refused() -> None:
    with pytest.raises(Refused, match="the query does not hold its prompt, which ends with 'Another prompt'"):
        row("Prompt.Reply", "Another prompt", None)


def test_a_label_may_hold_columns_but_not_replace_the_response() -> None:
    assert row("ab", "a", {"boxes": [1], "response": "x"}) == {"boxes": [1], "prompt": "a", "response": "b"}
    assert row("ab", "a", "{not json")["answer"] == "{not json"


# -- inference servers' ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "scores"), [("q", "abc", [3]), ("q", ["abc", "a"], [3, 1]), (["p", "q"], ["ab", ""], [2, 0])]
)
def test_score_pairs_texts(length: Any, first: Any, second: Any, scores: list[float]) -> None:
    found = length.post("/score", {"model": "any", "text_1": first, "text_2": second}).json
    assert [d["score"] for d in found["data"]] == scores
    assert [d["index"] for d in found["data"]] == [*range(len(scores))]
    assert found["object"] == "list"


def test_texts_that_cannot_be_paired_are_refused(length: Any) -> None:
    answer = length.post("/score", {"text_1": ["a", "b"], "text_2": ["a", "b", "c"]})
    assert (answer.status, answer.json) == (422, {"detail": "2 texts against 3: give one, or as many"})


@pytest.mark.parametrize("path", ["/rerank", "/v1/rerank", "/v2/rerank"])
def test_rerank_puts_the_best_first(length: Any, path: str) -> None:
    asked = {"query": "q", "documents": ["a", {"text": "abc"}, "ab"], "top_n": 2}
    found = length.post(path, asked).json["results"]
    assert found == [
        {"index": 1, "document": {"text": "abc"}, "relevance_score": 3},
        {"index": 2, "document": {"text": "ab"}, "relevance_score": 2},
    ]
    bare = length.post(path, {**asked, "return_documents": False, "top_n": None}).json["results"]
    assert [(r["index"], "document" in r) for r in bare] == [(1, False), (2, False), (0, False)]


# -- malformed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422), (b"{", 422), (b"[]", 422), (b"null", 422), (b"\xff\xfe", 422), (b'{"samples": 5}', 422),
        (b'{"samples": [' + b",".join([b"5"] * 50_000) + b"]}", 422), (b'{"samples": []}', 422), (b"[" * 100_000, 400),
        (b'{"samples": [{"value": ' + b"9" * 5000 + b"}]}", 400),
    ],
)  # fmt: skip
def test_malformed_bodies_are_answered_and_not_repeated(echo: Any, body: bytes, status: int) -> None:
    answer = echo.post("/v1/score", body)
    assert answer.status == status, answer
    assert len(answer.json["detail"]) < 100


def test_rows_of_any_shape_cost_themselves_alone(echo: Any) -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    rows: list[Any] = [{"value": "x"}, {"value": [1]}, {"value": {}}, {"value": deep}, {"value": 1e400}, {"value": 8}]
    found = echo.score(*rows)
    assert found["status"] == ["FAILED"] * 5 + ["OK"]
    assert found["values"][-1] == 8


def test_a_dialect_that_has_no_place_for_a_reward_says_so() -> None:
    service = Service(from_spec(f"{REWARDS}:share"))
    with pytest.raises(ContractError, match="the dialect rerank sends single samples"):
        create_app(service, dialects=["rerank"])
    paths = create_app(service).openapi()["paths"]
    assert set(paths) == {"/v1/score", "/health", "/ready", "/metrics"}


def test_the_schema_says_what_is_asked_for() -> None:
    app = create_app(Service(from_spec("length.chars")), token="secret")
    described = json.dumps(app.openapi())
    assert "secret" not in described
    assert app.openapi()["paths"]["/v1/score"]["post"]["security"] == [{"HTTPBearer": []}]
    assert "security" not in app.openapi()["paths"]["/health"]["get"]


async def test_a_service_that_has_not_begun_is_alive_and_not_ready() -> None:
    app = create_app(Service(from_spec("length.chars")))
    codes = {}
    for path in ("/health", "/ready"):
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
        await app(scope, receive, send)
        codes[path] = sent[0]["status"]
    assert codes == {"/health": 200, "/ready": 503}
