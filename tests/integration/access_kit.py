"""All four services in the test's own process, asked by people of every role."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.reporting.main import service as reporting
from shared.settings import Settings
from shared.testing.tokens import bearer
from shared.web.access.browser import page_reader
from shared.web.access.guard import Permitted, authenticated
from shared.web.serve import Service
from tests.integration.process_kit import SERVICES

ALL: Mapping[str, Service] = {**SERVICES, "reporting": reporting}
NORTH, SOUTH = "team-north", "team-south"


def routes_of(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Every route of an application, however deep it was included."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)


def guard_of(route: APIRoute) -> str:
    """The scopes that a route asks for, as its signature says; empty where it asks for nothing."""
    found = []
    todo = [route.dependant]
    while todo:
        dependant = todo.pop()
        todo.extend(dependant.dependencies)
        if isinstance(dependant.call, Permitted):
            found.append(",".join(scope.value for scope in dependant.call.scopes))
        elif dependant.call in {authenticated, page_reader}:
            found.append(dependant.call.__name__)
    return " and ".join(sorted(set(found)))


@asynccontextmanager
async def clients_of(settings: Settings, *services: str) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client of each service, without a token of its own."""
    async with AsyncExitStack() as undo:
        clients = {}
        for name in services:
            app: FastAPI = ALL[name].app(settings, True, {})
            await undo.enter_async_context(app.router.lifespan_context(app))
            # what streams without end says its first word and ends: this transport waits for it
            app.state.stopping.set()
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            clients[name] = await undo.enter_async_context(client)
        yield clients


class Person:
    """Somebody with a token, at one installation."""

    def __init__(
        self, settings: Settings, clients: Mapping[str, httpx.AsyncClient], role: str, *teams: str, **who: Any
    ) -> None:
        self._clients = clients
        self.headers = bearer(settings, role, *teams, **who)

    async def get(self, service: str, path: str, **query: str) -> httpx.Response:
        """What a service answers."""
        return await self._clients[service].get(path, params=query, headers=self.headers)

    async def post(self, service: str, path: str, body: Any, **headers: str) -> httpx.Response:
        """What a service answers."""
        return await self._clients[service].post(path, json=body, headers={**self.headers, **headers})

    async def event(self, service: str, event: Mapping[str, Any]) -> httpx.Response:
        """What a service answers to a CloudEvent."""
        return await self.post(service, "/events", event, **{"content-type": "application/cloudevents+json"})


async def query(
    settings: Settings, service: str, role: str, teams: str | None, sql: str, *values: Any
) -> list[asyncpg.Record]:
    """One statement as one of the database's roles, in a transaction that has said these teams (None: none)."""
    conn = await asyncpg.connect(settings.dsn(service, role))
    try:
        async with conn.transaction():
            if teams is not None:
                await conn.execute("SELECT set_config('dyad.teams', $1, true)", teams)
            return list(await conn.fetch(sql, *values))
    finally:
        await conn.close()


async def reads_of(settings: Settings, service: str, case_id: str) -> list[tuple[str, str, str, bool]]:
    """(actor, why, route, break-glass) of every record that names a case, oldest first."""
    sql = "SELECT actor_id, why, route, break_glass FROM reads WHERE cases @> ARRAY[$1::uuid] ORDER BY id"
    rows = await query(settings, service, "dyad_owner", None, sql, UUID(case_id))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def instant(at: datetime) -> str:
    """As CloudEvents data says it."""
    return at.isoformat().replace("+00:00", "Z")
