"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from guerdon.scores import ContractError
from guerdon.serve import native, openrlhf, rerank
from guerdon.serve.guard import Guard
from guerdon.serve.limits import Refused
from guerdon.serve.service import Service
from guerdon.serve.wire import Unscored, reply

DIALECTS = ("guerdon", "openrlhf", "rerank")


class State(BaseModel):
    """How the service is."""

    status: str
    reward: str


def create_app(
    service: Service, *, dialects: Collection[str] = (), unscored: Unscored = "raise", token: str | None = None
) -> FastAPI:
    """The application that serves a reward; its lifespan is the service's.

    `dialects` are by default all that the reward can be asked in. `unscored` is what those of numbers alone get
    for a row without a value. With a `token`, requests need it as a bearer. Raises ContractError for a dialect that
    has no place for such a reward.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service:
            yield

    app = FastAPI(
        title="guerdon", description=service.reward.spec(), version=version("guerdon"), lifespan=lifespan,
        docs_url=None, redoc_url=None,  # these pages would load scripts from elsewhere
    )  # fmt: skip
    needed: list[Any] = [] if token is None else [Depends(HTTPBearer(auto_error=False))]
    for dialect in dialects or spoken(service):
        app.include_router(_router(service, dialect, unscored), dependencies=needed)
    app.include_router(_about(service, needed))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _problem)
    paths = frozenset(app.openapi()["paths"])
    app.add_middleware(Guard, limits=service.limits, metrics=service.metrics, token=token, paths=paths)
    return app


def spoken(service: Service) -> tuple[str, ...]:
    """The dialects that a reward can be asked in: those of other hosts send no groups, sets or comparisons."""
    alone = all(part.over == "sample" for part in service.reward.walk())
    return DIALECTS if alone else DIALECTS[:1]


def _router(service: Service, dialect: str, unscored: Unscored) -> APIRouter:
    if dialect not in DIALECTS:
        raise ContractError(f"there is no dialect {dialect!r}, only {', '.join(DIALECTS)}")
    if dialect not in spoken(service):
        raise ContractError(f"the dialect {dialect} sends single samples, and {service.reward} needs more: use guerdon")
    if dialect == "guerdon":
        return native.router(service)
    of_numbers = {"openrlhf": openrlhf.router, "rerank": rerank.router}
    return of_numbers[dialect](service, unscored)


def _about(service: Service, needed: list[Any]) -> APIRouter:
    routes = APIRouter()
    spec = service.reward.spec()

    @routes.get("/health", response_model=State, summary="Whether the process lives.")
    async def health() -> Response:
        return reply({"status": "alive", "reward": spec})

    @routes.get("/ready", response_model=State, responses={503: {"model": State}}, summary="Whether to send requests.")
    async def ready() -> Response:
        return reply(
            {"status": "ready" if service.ready else "stopping", "reward": spec}, 200 if service.ready else 503
        )

    @routes.get("/metrics", response_class=PlainText, dependencies=needed, summary="Counts, for Prometheus.")
    async def metrics() -> Response:
        return PlainText(service.metrics.text())

    return routes


class PlainText(Response):
    """Prometheus's text format."""

    media_type = "text/plain; version=1.0.0; charset=utf-8"


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return reply({"detail": error.detail}, error.status, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """What is wrong with a body, without repeating what was sent, which may be long."""
    assert isinstance(error, RequestValidationError)
    found = [f"{'.'.join(str(x)[:80] for x in e['loc'])}: {e['msg']}" for e in error.errors()[:5]]
    return reply({"detail": "; ".join(found)}, 422)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return reply({"detail": str(error.detail)}, error.status_code, dict(error.headers or {}))
