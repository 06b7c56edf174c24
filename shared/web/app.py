"""The application factory: one middleware for ids, metrics and whatever goes wrong; problems for every exception."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from prometheus_client import Histogram
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel.errors import Refusal
from shared.kernel.ids import new_id
from shared.telemetry.logs import logger
from shared.web.access.verify import Verifier
from shared.web.health import Check, health_routes
from shared.web.problems import MEDIA_TYPE, Problem, of_exception

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DURATION = Histogram(
    "dyad_http_request_duration_seconds",
    "Time to answer a request, by route template",
    ["service", "method", "route", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_log = logger(__name__)

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "rule"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "rule": {"type": "string"},
        "detail": {"type": "string"},
        "field": {"type": "string", "description": "JSON pointer"},
        "within": {"type": "string", "enum": ["data", "event", "body", "query", "header", "path"]},
        "expected": {"type": "string", "description": "the codes that the schema takes there"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "request_id": {"type": "string"},
    },
}
"""RFC 9457 with the members that this kit adds."""


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` of a route that may answer these problems."""
    return {
        status: {"description": "Problem", "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}} for status in statuses
    }


READ_PROBLEMS = problem_responses(400, 401, 403, 404, 405, 422, 500, 503)
WRITE_PROBLEMS = problem_responses(400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 500, 503)


Draw = Callable[[Request, Problem], Response | None]
"""Draws a problem for a person's browser; None where a program asks, which gets the problem itself."""


def _no_pages(_request: Request, _problem: Problem) -> None:
    return None


class Edge:
    """The outermost layer of ours: request id in and out, duration by route template, no exception passes it."""

    def __init__(self, app: ASGIApp, service: str, draw: Draw = _no_pages) -> None:
        self._app = app
        self._service = service
        self._draw = draw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers.setdefault("cache-control", "no-store")  # whatever names a case is kept nowhere on its way
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last line: everything becomes a problem, and content stays out of the log
            problem = of_exception(error)
            if problem.status == 500:
                _log.error("unexpected_exception", exc_info=error)
            if status:  # half an answer is out already: cutting the connection is the only honest end
                raise ConnectionAbortedError("the answer broke off") from None
            drawn = self._draw(Request(scope), problem) or problem.response(request_id)
            await drawn(scope, receive, answer)
        finally:
            self._observe(scope, status, time.perf_counter() - started)

    def _observe(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", "none")
        _DURATION.labels(self._service, method, route, str(status)).observe(seconds)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return str(new_id())


def create_app(
    service: str,
    *,
    title: str,
    routers: list[APIRouter],
    checks: Mapping[str, Check],
    verifier: Verifier,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    draw: Draw = _no_pages,
) -> FastAPI:
    """One service's HTTP application.

    Args:
        service: short name, a label of the metrics.
        title: of the OpenAPI document.
        routers: the service's own routes.
        checks: by name, what `/readyz` asks.
        verifier: of the access tokens.
        lifespan: opens and closes what the routes need.
        draw: shows a problem to a person, for a service that has pages.

    FastAPI's documentation pages are off: they would load scripts from another host.
    """
    app = FastAPI(
        title=title,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        responses=problem_responses(405, 500),
    )

    async def answer_problem(request: Request, error: Exception) -> Response:
        problem = of_exception(error)
        return draw(request, problem) or problem.response(getattr(request.state, "request_id", None))

    for kind in (Problem, Refusal, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer_problem)
    app.add_middleware(Edge, service=service, draw=draw)
    app.state.verifier = verifier
    app.state.stopping = asyncio.Event()  # set when the process has been told to stop: what never ends must end then
    app.state.checks = dict(checks)  # a lifespan adds those that need its connections
    app.include_router(health_routes(app.state.checks))
    for router in routers:
        app.include_router(router)
    return app
