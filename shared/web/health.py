"""Whether a process lives, can work, and how it does: `/livez`, `/readyz`, `/metrics`.

The only routes that ask for no token: whoever starts and watches a process must learn how it is also when the issuer or
its keys are what is missing. They name parts and counts, nobody and no case.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.telemetry.logs import logger

Check = Callable[[], Awaitable[bool]]
"""Whether one thing that this process needs is there; may raise, which means no."""
_BOUND_S = 2.0
_log = logger(__name__)


async def _holds(name: str, check: Check) -> bool:
    try:
        return await asyncio.wait_for(check(), _BOUND_S)
    except Exception as error:  # noqa: BLE001 - any trouble means "not ready"; the log says which
        _log.warning("not_ready", check=name, error=type(error).__name__)
        return False


def health_routes(checks: Mapping[str, Check]) -> APIRouter:
    """The three routes; `checks` decide readiness, liveness depends on nothing but the event loop."""
    router = APIRouter(tags=["health"])

    @router.get("/livez", response_class=PlainTextResponse)
    async def live() -> str:
        """The process answers."""
        return "ok"

    @router.get("/readyz", responses={503: {"description": "Something that this process needs is missing"}})
    async def ready() -> Response:
        """Database, schema and roles are there; which one is missing, without detail."""
        answers = await asyncio.gather(*(_holds(name, check) for name, check in checks.items()))
        results = {name: "ok" if answer else "missing" for name, answer in zip(checks, answers, strict=True)}
        return JSONResponse({"ready": all(answers), "checks": results}, 200 if all(answers) else 503)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Prometheus text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
