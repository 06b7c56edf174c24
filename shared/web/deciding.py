"""The composition of a deciding service: its aggregate and routes to an application, a relay and a consumer."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from shared.bus.consumer import Consumer
from shared.eventstore.pool import open_pool
from shared.process.aggregate import Aggregate
from shared.process.manager import ProcessManager
from shared.process.timers import Timers
from shared.relay.relay import Relay
from shared.schema import schema_is_current
from shared.settings import Settings
from shared.vault.tombstones import reapply
from shared.vault.vault import Vault
from shared.web.access.verify import Verifier
from shared.web.actor import MayPostEvents
from shared.web.app import WRITE_PROBLEMS, create_app
from shared.web.desk import RECEIPT, Desk
from shared.web.etag import parse_if_match
from shared.web.health import Check
from shared.web.parked_routes import parked_routes
from shared.web.person_routes import person_routes
from shared.web.posted import PostedTypes
from shared.web.reads_routes import reads_routes
from shared.web.schemas import events_body, schema_routes
from shared.web.serve import Runner, Service
from shared.web.wait import parse_tokens

_CONNECTIONS = 8
"""Of one API process: more would only wait for each other's commits."""


def decodes(aggregate: Aggregate[Any, Any, Any, Any]) -> Callable[[str, bytes], None]:
    """What the consumer asks about each record: can this service read it?"""

    def check(_store: str, doc: bytes) -> None:
        members = orjson.loads(doc)
        if aggregate.heard is not None:
            aggregate.heard.load(members["type"], members["data"])

    return check


def deciding_service(
    aggregate: Aggregate[Any, Any, Any, Any],
    *,
    title: str,
    routes: Callable[[PostedTypes], APIRouter],
    also: Sequence[Aggregate[Any, Any, Any, Any]] = (),
) -> Service:
    """A service with an event store.

    Args:
        aggregate: what it decides about cases.
        also: what it decides about the teams' own streams.
        title: of its OpenAPI document.
        routes: its resource API.
    """

    def relay(settings: Settings) -> Runner:
        return Relay(settings, aggregate.store)

    def consumer(settings: Settings) -> Runner:
        return Consumer(
            settings,
            aggregate.store,
            name=aggregate.store,
            stores=aggregate.hears,
            handler=ProcessManager(aggregate, settings.tombstones),
            decodes=decodes(aggregate),
        )

    def timers(settings: Settings) -> Runner:
        return Timers(settings, (aggregate, *also))

    def app(settings: Settings, api: bool, checks: Mapping[str, Check]) -> FastAPI:
        types = PostedTypes(aggregate, settings.reference_key, also)
        return _app(types, title, routes, settings, checks, api=api)

    return Service(name=aggregate.store, app=app, runners={"relay": relay, "consumer": consumer, "timers": timers})


def _app(
    types: PostedTypes,
    title: str,
    routes: Callable[[PostedTypes], APIRouter],
    settings: Settings,
    checks: Mapping[str, Check],
    *,
    api: bool,
) -> FastAPI:
    aggregate = types.aggregate

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncGenerator[None, None]:
        vault = Vault(aggregate.store, settings.secrets_dir, settings.tombstones)
        vault.keyring.newest()  # without a key-encryption key nothing could be sealed: say so at the start
        pool = await open_pool(settings, aggregate.store, "dyad_writer", min_size=2, max_size=_CONNECTIONS)

        async def current() -> bool:
            async with pool.acquire() as conn:
                return await schema_is_current(conn, aggregate.store)

        application.state.desk = Desk(types, pool, settings.reference_key, vault)
        application.state.settings = settings
        application.state.checks["database"] = current
        try:
            async with pool.acquire() as conn:
                await reapply(conn, settings.tombstones)
            yield
        finally:
            await pool.close()

    people = person_routes(names=bool(aggregate.mints))
    reads = reads_routes(lambda state: state.desk.pool, aggregate.stream)
    routers = [_events_route(types), routes(types), people, schema_routes(types), parked_routes(), reads] if api else []
    return create_app(
        aggregate.store, title=title, routers=routers, checks=checks, verifier=Verifier.of(settings), lifespan=lifespan
    )


def _events_route(types: PostedTypes) -> APIRouter:
    router = APIRouter(tags=["events"], responses=WRITE_PROBLEMS)
    answers: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "Everything was on record already; or the answers to a batch, one for each event",
            "content": {"application/json": {"schema": {"anyOf": [RECEIPT, {"type": "array"}]}}},
        },
        201: {"description": "Recorded", "content": {"application/json": {"schema": RECEIPT}}},
    }

    # The busiest route reads its two headers itself: FastAPI's dependencies cost as much as deciding and storing.
    @router.post("/events", status_code=201, responses=answers, openapi_extra=events_body(types))
    async def post_events(request: Request, actor: MayPostEvents) -> Response:
        """Post a CloudEvent (structured or binary mode) or a batch of them: a request in the event's shape."""
        desk: Desk = request.app.state.desk
        headers = request.headers
        if "wait-for" in headers or request.scope["query_string"]:
            wanted = (headers.get("wait-for"), request.query_params.get("wait_for"))
            await desk.wait(tuple(token for text in wanted for token in parse_tokens(text)), actor)
        return await desk.ingest.post(request, actor, parse_if_match(headers.get("if-match")))

    return router
