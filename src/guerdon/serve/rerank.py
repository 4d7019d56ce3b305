"""The dialect of inference servers: `/score` as vLLM has it, `/rerank` as Jina, Cohere and vLLM have it.

The first text is the prompt, the second the response.
"""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, Field

from guerdon.serve.limits import Refused
from guerdon.serve.service import Service
from guerdon.serve.wire import ERRORS, Asked, Texts, Unscored, numbers, reply

Whole = Annotated[int, Field(ge=0), BeforeValidator(lambda x: int(x) if isinstance(x, float) and x.is_integer() else x)]
"""In JSON, 3.0 is an integer."""


class Pairs(Asked):
    """One text against one or many, or as many against as many."""

    model: str | None = Field(None, description="Not looked at: a service has one reward.")
    text_1: str | Texts
    text_2: str | Texts


class PairScore(BaseModel):
    """One pair's score."""

    index: int
    object: Literal["score"]
    score: float | None


class Usage(BaseModel):
    """Tokens, of which a reward need not have any."""

    prompt_tokens: int
    total_tokens: int


class PairScores(BaseModel):
    """A score a pair, in order."""

    id: str
    object: Literal["list"]
    created: int
    model: str
    data: list[PairScore]
    usage: Usage


class Document(BaseModel):
    """A document by its text."""

    text: str


class Rerank(Asked):
    """A query, and documents to put in order."""

    model: str | None = Field(None, description="Not looked at: a service has one reward.")
    query: str
    documents: list[str | Document] = Field(min_length=1, fail_fast=True)
    top_n: Whole | None = Field(None, description="How many to return; all by default, and for 0.")
    return_documents: bool = True


class Ranked(BaseModel):
    """One document and its score."""

    index: int
    document: Document | None = None
    relevance_score: float | None


class Reranked(BaseModel):
    """The documents, best first."""

    id: str
    model: str
    usage: Usage
    results: list[Ranked]


USAGE = {"prompt_tokens": 0, "total_tokens": 0}


def router(service: Service, unscored: Unscored) -> APIRouter:
    """The routes of this dialect."""
    routes = APIRouter()
    model = service.reward.spec()

    async def values(prompts: list[str], responses: list[str]) -> list[float | None]:
        rows = [{"prompt": p, "response": r} for p, r in zip(prompts, responses, strict=True)]
        return numbers(await service.score(rows), unscored)[0]

    @routes.post("/score", response_model=PairScores, responses=ERRORS, summary="Score pairs of texts.")
    async def score(asked: Pairs) -> Response:
        found = await values(*_paired(asked.text_1, asked.text_2))
        data = [{"index": i, "object": "score", "score": value} for i, value in enumerate(found)]
        head = {"id": f"score-{uuid.uuid4().hex}", "object": "list", "created": int(time.time()), "model": model}
        return reply({**head, "data": data, "usage": USAGE})

    @routes.post("/rerank", response_model=Reranked, responses=ERRORS, summary="Put documents in order.")
    @routes.post("/v1/rerank", response_model=Reranked, responses=ERRORS, summary="Put documents in order.")
    @routes.post("/v2/rerank", response_model=Reranked, responses=ERRORS, summary="Put documents in order.")
    async def rerank(asked: Rerank) -> Response:
        texts = [d if isinstance(d, str) else d.text for d in asked.documents]
        found = await values([asked.query] * len(texts), texts)
        order = sorted(range(len(texts)), key=lambda i: float("inf") if (v := found[i]) is None else -v)
        results = [_ranked(i, found[i], texts[i] if asked.return_documents else None) for i in order]
        results = results[: asked.top_n or None]
        return reply({"id": f"rerank-{uuid.uuid4().hex}", "model": model, "usage": USAGE, "results": results})

    return routes


def _paired(first: str | list[str], second: str | list[str]) -> tuple[list[str], list[str]]:
    firsts = [first] if isinstance(first, str) else first
    seconds = [second] if isinstance(second, str) else second
    if len(firsts) == 1:
        firsts = firsts * len(seconds)
    if len(firsts) != len(seconds):
        raise Refused(422, f"{len(firsts)} texts against {len(seconds)}: give one, or as many")
    return firsts, seconds


def _ranked(index: int, value: float | None, text: str | None) -> dict[str, Any]:
    document = {} if text is None else {"document": {"text": text}}
    return {"index": index, **document, "relevance_score": value}
