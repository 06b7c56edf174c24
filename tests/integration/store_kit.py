"""A migrated store of the test's own, and events without meaning to put into it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID, uuid4

import asyncpg
import psycopg
from psycopg import sql

from shared.eventstore.envelope import NewEvent, Provenance, envelope
from shared.eventstore.store import Appended, append
from shared.eventstore.tail import Tail
from shared.kernel.codec import Registry
from shared.kernel.values import event
from shared.migrations import ensure_roles, migrate
from shared.settings import Settings
from shared.testing.platform import Platform

SERVICE = "referral"
BY = Provenance(actor="local", actor_role="practitioner", correlation_id=UUID(int=7))
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@event("Said")
class Said:
    number: int


REGISTRY: Registry[Said] = Registry([Said])


def settings_of(platform: Platform, namespace: str) -> Settings:
    return Settings(
        database_url=platform.database_url,
        kafka_bootstrap=platform.kafka_bootstrap,
        secrets_dir=platform.secrets_folder,
        namespace=namespace,
    )


def migrated_store(platform: Platform, namespace: str) -> Settings:
    settings = settings_of(platform, namespace)
    ensure_roles(settings)
    migrate(settings, SERVICE)
    return settings


def empty_store(settings: Settings) -> None:
    """As it was after its migrations; much faster than another database."""
    with psycopg.connect(settings.admin_dsn(settings.database(SERVICE)), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        admin.execute("SET ROLE dyad_owner")
        admin.execute("TRUNCATE events, rule_outcomes")
        admin.execute("UPDATE tail_floor SET floor = NULL")
        admin.execute("SELECT setval('events_position', 1, false)")
        for name in ("030_append.sql", "031_append_one.sql", "050_tail_bounds.sql"):
            admin.execute(source(name))


def source(name: str) -> str:
    """A function of the store as the product has it, ready to be put in the place of what stands there."""
    text = files("shared").joinpath("eventstore", "sql", name).read_text()
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def drop_store(settings: Settings) -> None:
    with psycopg.connect(settings.database_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(settings.database(SERVICE)))
        )


@asynccontextmanager
async def connected(settings: Settings, role: str = "dyad_writer") -> AsyncIterator[asyncpg.Connection]:
    # As one who may see every team: what a role may do is asked here, not whose rows it sees.
    conn = await asyncpg.connect(settings.dsn(SERVICE, role), server_settings={"dyad.teams": "*"})
    try:
        yield conn
    finally:
        # A test may have killed the server under this connection: closing must not wait for an answer.
        conn.terminate()


def new_stream() -> str:
    return f"said-{uuid4()}"


def said(stream: str, number: int = 1) -> NewEvent:
    return envelope(
        Said(number=number),
        registry=REGISTRY,
        store=SERVICE,
        stream=stream,
        case_id=UUID(stream.removeprefix("said-")),
        team_id="team-north",
        occurred_at=AT,
        provenance=BY,
    )


async def say(conn: asyncpg.Connection, *, stream: str = "", expected: int = 0, count: int = 1) -> Appended:
    stream = stream or new_stream()
    return await append(conn, stream, expected, [said(stream, expected + n) for n in range(1, count + 1)])


async def positions_of(conn: asyncpg.Connection) -> list[int]:
    return [row[0] for row in await conn.fetch("SELECT position FROM events ORDER BY position")]


def relay_tail(conn: asyncpg.Connection, position: int = 0) -> Tail:
    """A tail that raises the floor at every poll."""
    return Tail(conn, position, raise_floor=True, busy_floor_s=0, idle_floor_s=0)


async def waits_for_a_lock(conn: asyncpg.Connection, pid: int) -> None:
    """Until the server process `pid` waits for a lock that somebody holds."""
    async with asyncio.timeout(20):
        while not await conn.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)", pid):
            pass
