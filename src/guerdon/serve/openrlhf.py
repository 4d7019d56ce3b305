"""OpenRLHF's dialect: what `--reward.remote_url http://host:port/get_reward` sends and reads (OpenRLHF 0.11)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from guerdon.parse import continuation
from guerdon.parse.queries import label_columns
from guerdon.scores import NAN, over_range
from guerdon.serve.limits import Refused
from guerdon.serve.service import Service
from guerdon.serve.wire import ERRORS, Asked, Texts, Unscored, numbers, reply, same_length


class GetReward(Asked):
    """Lists of one length, in OpenRLHF's own calls always one."""

    query: Texts = Field(
        description="Prompt and response, decoded with their special tokens.",
        examples=[["How many cats?<|im_start|>assistant\nTwo.<|im_end|>"]],
    )
    prompts: Texts = Field(
        description="The prompts, which their queries begin with.",
        examples=[["How many cats?<|im_start|>assistant\n"]],
    )
    labels: list[Any] = Field(
        description="What to check against; an object, or JSON text of one, has further columns.", examples=[["2"]]
    )


class Rewards(BaseModel):
    """A number a query."""

    rewards: list[float | None]
    scores: list[float | None] = Field(description="The same within 0–1, where the reward's range is finite.")
    extra_logs: dict[str, list[float | None]] = Field(description="The components; NaN where one has no value.")


def router(service: Service, unscored: Unscored) -> APIRouter:
    """The routes of this dialect."""
    routes = APIRouter()

    @routes.post("/get_reward", response_model=Rewards, responses=ERRORS, summary="Score queries as OpenRLHF does.")
    async def get_reward(asked: GetReward) -> Response:
        same_length(query=asked.query, prompts=asked.prompts, labels=asked.labels)
        rows = [row(*cells) for cells in zip(asked.query, asked.prompts, asked.labels, strict=True)]
        values, parts = numbers(await service.score(rows), unscored)
        scores = over_range(values, service.reward.range)
        # OpenRLHF makes tensors of these: null would end the training, and it does read NaN.
        logs = {name: [NAN if v is None else v for v in column] for name, column in parts.items()}
        return reply({"rewards": values, "scores": scores, "extra_logs": logs})

    return routes


def row(query: str, prompt: str, label: Any) -> dict[str, Any]:
    """The row that OpenRLHF means. Raises Refused where the query does not hold the prompt.

    >>> row("<s>How many?<|im_start|>assistant\\nTwo<|im_end|>", "How many?<|im_start|>assistant\\n", '{"answer": 2}')
    {'answer': 2, 'prompt': 'How many?<|im_start|>assistant\\n', 'response': 'Two'}
    """
    response = continuation(query, prompt=prompt)
    if response.value is None:
        raise Refused(422, response.reason)
    return {**label_columns(label), "prompt": prompt, "response": response.value}
