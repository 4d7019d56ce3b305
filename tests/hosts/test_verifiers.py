"""verifiers 0.4: its own tasks, traces and plug-in loader (`make hosts`)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from guerdon import Score, reward
from guerdon.integrations.verifiers import task_row, to_verifiers

vf: Any = pytest.importorskip("verifiers.v1")
pytestmark = pytest.mark.hosts
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJg"
    "gg=="
)


@reward("verifierstest.red", range=(0, 1))
def red(images: list[Any], response: str) -> float:
    """1 if the response says whether the picture is red."""
    return float((images[0].array()[0, 0, 0] > 200) == ("red" in response))


@reward("verifierstest.shy", range=(0, 1))
async def shy(response: str) -> Score:
    """Always abstains."""
    return Score.abstained("rather not")


sum_of_two = to_verifiers("0.9*answer.exact + 0.1*format.tags(tags='answer')")
picture = to_verifiers(red())
declines = to_verifiers(shy())
declines_silently = to_verifiers(shy(), unscored="none")


def trace_of(task: Any, reply: str) -> Any:
    from verifiers.v1.trace import AgentInfo, Trace, TraceTask

    fields = AgentInfo.model_fields
    agent = AgentInfo.model_construct(**dict.fromkeys(fields))
    return Trace.model_construct(
        task=TraceTask(type=type(task).__name__, data=task.data), agent=agent, root_reply=reply, nodes=[], rewards={},
        metrics={}, info={},
    )  # fmt: skip


def scored(reply: str, *functions: str, **data: Any) -> Any:
    """A trace after the host's own scoring of a task with these functions plugged in."""

    class Data(vf.TaskData):  # type: ignore[misc]
        answer: str = ""

    class Plain(vf.Task[Data]):  # type: ignore[misc]
        pass

    rewards = {name: {"fn": f"{Path(__file__)}:{name}", "weight": 2.0} for name in functions}
    task = Plain(Data(**data), vf.TaskConfig(rewards=rewards))
    trace = trace_of(task, reply)
    asyncio.run(task.score(trace))
    return trace


def test_a_plugged_reward_scores_and_its_components_are_metrics() -> None:
    trace = scored("<answer>4</answer>", "sum_of_two", prompt="2+2?", answer="4")
    assert trace.rewards["sum_of_two"].score == 1.0
    assert trace.reward == 2.0  # the weight is the host's; components are not added to it
    assert trace.metrics == {"answer.exact": 1.0, "format.tags": 1.0}


def test_a_reward_sees_the_pictures_of_the_prompt() -> None:
    part = {"type": "image_url", "image_url": {"url": PIXEL}}
    prompt = [{"role": "user", "content": [{"type": "text", "text": "which colour?"}, part]}]
    assert scored("red", "picture", prompt=prompt).rewards["picture"].score in (0.0, 1.0)
    assert scored("red", "picture", prompt=prompt).reward + scored("blue", "picture", prompt=prompt).reward == 2.0


def test_a_row_without_a_value_fails_the_rollout_unless_told_otherwise() -> None:
    with pytest.raises(Exception, match=r"shy.*ABSTAINED rather not"):
        scored("x", "declines", prompt="?")
    trace = scored("x", "declines_silently", prompt="?")
    assert trace.rewards == {}


def test_the_row_has_the_tasks_fields() -> None:
    class Data(vf.TaskData):  # type: ignore[misc]
        boxes: list[int] = [1, 2]  # noqa: RUF012 - pydantic copies it

    row = task_row(Data(prompt="?"), type("Trace", (), {"last_reply": "hm"})())
    assert (row["boxes"], row["prompt"], row["response"]) == ([1, 2], "?", "hm")


class Model(BaseHTTPRequestHandler):
    """A model behind the chat API that always says the same."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        message = {"role": "assistant", "content": "<answer>4</answer>"}
        reply = {
            "id": "1", "object": "chat.completion", "created": 1, "model": "fake",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }  # fmt: skip
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def model_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def one_request() -> Any:
    """A harness whose program is a single request, made here rather than by a script that wants packages."""
    from verifiers.v1.harnesses.null import NullHarness
    from verifiers.v1.runtimes import ProgramResult

    httpx: Any = pytest.importorskip("httpx")

    class OneRequest(NullHarness):  # type: ignore[misc]
        async def setup(self, runtime: Any) -> None:
            """Nothing to install."""

        async def launch(
            self, ctx: Any, trace: Any, runtime: Any, endpoint: str, secret: str, mcp_urls: Any, data: Any, **_: Any
        ) -> Any:
            messages = [{"role": "user", "content": data.prompt}]
            async with httpx.AsyncClient(base_url=endpoint, headers={"Authorization": f"Bearer {secret}"}) as http:
                response = await http.post("/chat/completions", json={"model": ctx.model, "messages": messages})
            return ProgramResult(exit_code=int(response.is_error), stdout="", stderr=response.text)

    return OneRequest


def test_a_rollout_from_end_to_end_is_scored(model_url: str) -> None:
    from verifiers.v1.configs.agent import AgentConfig
    from verifiers.v1.configs.client import EvalClientConfig
    from verifiers.v1.harnesses.null import NullHarnessConfig
    from verifiers.v1.runtimes import SubprocessConfig

    class Data(vf.TaskData):  # type: ignore[misc]
        answer: str = ""

    class Sum(vf.Task[Data]):  # type: ignore[misc]
        pass

    async def rollout() -> Any:
        harness = NullHarnessConfig(id="null")
        client = EvalClientConfig(base_url=model_url, api_key_var="GUERDON_NO_KEY")
        agent = vf.Agent(AgentConfig(model="fake", client=client, harness=harness, runtime=SubprocessConfig()))
        agent.harness = one_request()(harness)
        config = vf.TaskConfig(rewards={"sums": {"fn": f"{__file__}:sum_of_two"}})
        async with agent:
            return await agent.run(Sum(Data(prompt="2+2?", answer="4"), config))

    trace = asyncio.run(rollout())
    assert trace.errors == []
    assert trace.last_reply == "<answer>4</answer>"
    assert trace.reward == 1.0
    assert trace.metrics["format.tags"] == 1.0
