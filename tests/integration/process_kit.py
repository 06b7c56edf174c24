"""Deciding services in the test's own process, on real PostgreSQL; what Kafka would carry is handed over by SQL."""

import copy
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson

from services.assessment.main import service as assessment
from services.intervention.main import service as intervention
from services.referral.main import service as referral
from shared.kernel.codec import to_json
from shared.kernel.ids import team_key
from shared.migrations import ensure_roles, migrate
from shared.process.aggregate import Aggregate
from shared.process.manager import ProcessManager
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer

SERVICES = {"referral": referral, "assessment": assessment, "intervention": intervention}
STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json"}

_HAND_OVER = """
INSERT INTO inbox
    (consumer, store, stream, version, case_id, event_id, leaf_hash, type, recorded_at, doc, waiting)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false)
ON CONFLICT DO NOTHING
"""
_HEADS = """
INSERT INTO stream_heads (consumer, store, stream, version, recorded_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (consumer, stream, store) DO UPDATE SET version = excluded.version
"""


def settings_of(platform: Platform, namespace: str) -> Settings:
    """Settings of one installation on the test's platform."""
    fields = {
        name.removeprefix("DYAD_").lower(): value
        for name, value in platform.environment(namespace).items()
        if name.startswith("DYAD_")
    }
    return Settings(**fields)  # type: ignore[arg-type]


@contextmanager
def installed(platform: Platform, *services: str) -> Iterator[Settings]:
    """Databases of some services, empty, for as long as the block."""
    prefix = servers.new_namespace()
    settings = settings_of(platform, prefix)
    ensure_roles(settings)
    for service in services:
        migrate(settings, service)
    try:
        yield settings
    finally:
        servers.remove_namespace(platform, prefix)


@asynccontextmanager
async def client_of(
    settings: Settings, service: str, who: Mapping[str, str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of a service's application, without a network in between; a clinical system of every team."""
    who = bearer(settings) if who is None else who
    app = SERVICES[service].app(settings, True, {})
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=who) as client:
            yield client


def event(name: str, data: Any, **attributes: Any) -> dict[str, Any]:
    """A structured CloudEvent with an id of its own; an attribute None is left out."""
    members = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/north-records",
        "type": f"dyad.{name}.v1",
        "data": data,
        **attributes,
    }
    return {name: value for name, value in members.items() if value is not None}


def request_example(aggregate: Aggregate[Any, Any, Any, Any], name: str) -> dict[str, Any]:
    """JSON data of a valid request, to be changed freely."""
    return copy.deepcopy(orjson.loads(to_json(aggregate.request_examples[name])))


async def hand_over(settings: Settings, store: str, aggregate: Aggregate[Any, Any, Any, Any], place: UUID | str) -> int:
    """Gives the events of a case (or of a team's own streams) in `store` to another service, as the bus does.

    Returns:
        The number of new rows in its inbox.
    """
    case_id = place if isinstance(place, UUID) else team_key(place)
    source = await asyncpg.connect(settings.dsn(store, "dyad_owner"))
    target = await asyncpg.connect(settings.dsn(aggregate.store, "dyad_consumer"))
    new = 0
    try:
        rows = await source.fetch("SELECT *, doc::text AS text FROM events WHERE key = $1 ORDER BY version", str(place))
        for row in rows:
            values = (row["stream"], row["version"], case_id, row["event_id"], row["leaf_hash"], row["type"])
            status = await target.execute(_HAND_OVER, aggregate.store, store, *values, row["recorded_at"], row["text"])
            new += int(status.rpartition(" ")[2])
            head = (aggregate.store, store, row["stream"], row["version"], row["recorded_at"])
            await target.execute(_HEADS, *head)
    finally:
        await source.close()
        await target.close()
    return new


async def apply(settings: Settings, aggregate: Aggregate[Any, Any, Any, Any], *cases: UUID) -> None:
    """Runs a service's rules for some cases, as its consumer does."""
    conn = await asyncpg.connect(settings.dsn(aggregate.store, "dyad_consumer"))
    try:
        async with conn.transaction():
            await ProcessManager(aggregate).apply(conn, list(cases))
    finally:
        await conn.close()


async def rows(settings: Settings, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """What a query gives as the service's reader."""
    conn = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
    try:
        return list(await conn.fetch(query, *arguments))
    finally:
        await conn.close()


async def event_names(settings: Settings, service: str, case_id: object) -> list[str]:
    """Names of the events of a case in one service, in order."""
    found = await rows(
        settings, service, "SELECT type FROM events WHERE case_id = $1 ORDER BY version", UUID(str(case_id))
    )
    return [row[0].split(".")[1] for row in found]
