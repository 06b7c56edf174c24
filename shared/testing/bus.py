"""For tests of relay and consumers: stores filled with plain events, handlers that show what they did, waiting."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from shared.bus.cases import heard_of
from shared.eventstore.envelope import NewEvent
from shared.eventstore.store import Connection, append
from shared.kernel.codec import UnknownEventType
from shared.kernel.ids import new_id
from shared.migrations import ensure_roles, migrate
from shared.settings import Settings

WITHIN_S = 120.0
"""Bound of every wait: a broker that was killed needs 13 s to come back."""
MADE = "dyad.Made.v1"
"""The one type of event that these tests write, unless they say otherwise."""
_TABLES = """
CREATE TABLE seen (
    consumer text, case_id uuid, events integer, touched integer, PRIMARY KEY (consumer, case_id)
);
CREATE TABLE steps (step bigint GENERATED ALWAYS AS IDENTITY, consumer text, case_id uuid, events integer);
GRANT ALL ON seen, steps TO dyad_consumer, dyad_reader;
"""
_SEE = """
INSERT INTO seen AS s VALUES ($1, $2, $3, 1)
ON CONFLICT (consumer, case_id) DO UPDATE SET events = excluded.events, touched = s.touched + 1
"""
_STEP = "INSERT INTO steps (consumer, case_id, events) VALUES ($1, $2, $3)"
_WRONG_STEPS = """
SELECT case_id, events FROM (
    SELECT case_id, events, lag(events, 1, 0) OVER (PARTITION BY case_id ORDER BY step) AS before
    FROM steps WHERE consumer = $1
) AS s WHERE events <= before
"""


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Settings from an environment that is not this process's own."""
    names = {name.removeprefix("DYAD_").lower(): value for name, value in environment.items() if name[:5] == "DYAD_"}
    return Settings.model_validate(names)


async def migrated(settings: Settings, *services: str) -> None:
    """Makes the databases of these services; each gets the tables that `Seeing` writes."""
    await asyncio.to_thread(ensure_roles, settings)
    for service in services:
        await asyncio.to_thread(migrate, settings, service)
        conn = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
        await conn.execute(_TABLES)
        await conn.close()


def made(store: str, case_id: UUID, *, kind: str = MADE, data: Any = None, size: int = 0) -> NewEvent:
    """One event of a case, ready for `append`."""
    event_id = new_id()
    members = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/dyad/{store}",
        "type": kind,
        "subject": str(case_id),
        "time": "2026-11-23T09:00:00Z",
        "data": data if data is not None else {"filling": "x" * size},
    }
    return NewEvent(
        event_id=event_id,
        type=kind,
        key=str(case_id),
        case_id=case_id,
        team_id="team-north",
        doc=orjson.dumps(members).decode(),
    )


async def write(
    settings: Settings, store: str, case_id: UUID, events: int | Sequence[NewEvent], *, expected: int = 0
) -> str:
    """Appends events of one case in one transaction and gives the stream's name."""
    wanted = [made(store, case_id) for _ in range(events)] if isinstance(events, int) else list(events)
    stream = f"{store}-{case_id}"
    conn = await asyncpg.connect(settings.dsn(store, "dyad_writer"))
    try:
        async with conn.transaction():
            await append(conn, stream, expected, wanted)
    finally:
        await conn.close()
    return stream


async def fill(settings: Settings, store: str, *, cases: int, each: int, size: int = 300) -> list[UUID]:
    """Writes a backlog: `each` events of about `size` bytes for every one of so many new cases."""
    ids = [uuid4() for _ in range(cases)]
    conn = await asyncpg.connect(settings.dsn(store, "dyad_writer"))
    try:
        for case_id in ids:
            async with conn.transaction():
                events = [made(store, case_id, size=size) for _ in range(each)]
                await append(conn, f"{store}-{case_id}", 0, events)
    finally:
        await conn.close()
    return ids


class Seeing:
    """A handler that writes, for every case, how many events it has now heard of it; and each time that it was called.

    Its steps are not idempotent: an effect that came twice, or rested on an old reading, stays visible in them.

    Args:
        consumer: its name.
        break_on: raises when a case has an event whose document contains this text.
    """

    def __init__(self, consumer: str, *, break_on: str | None = None) -> None:
        self.consumer = consumer
        self.break_on = break_on

    async def apply(self, conn: Connection, cases: Sequence[UUID]) -> None:
        """See the class."""
        rows = await heard_of(conn, self.consumer, cases)
        if self.break_on is not None and any(self.break_on in row.doc for row in rows):
            raise RuntimeError("this event breaks the code")
        number = Counter(row.case_id for row in rows)
        rows_seen = [(self.consumer, case_id, number[case_id]) for case_id in cases]
        await conn.executemany(_SEE, rows_seen)
        await conn.executemany(_STEP, rows_seen)


class Doing:
    """A handler that does nothing: measures what a consumer itself costs."""

    async def apply(self, conn: Connection, cases: Sequence[UUID]) -> None:
        """See the class."""


def decodes(kind: str, document: bytes) -> None:
    """Knows `dyad.Made.v1` only; a document must be JSON."""
    orjson.loads(document)
    if kind != MADE:
        raise UnknownEventType(kind)


async def seen(settings: Settings, service: str, consumer: str) -> dict[UUID, int]:
    """How many events of each case `Seeing` has seen."""
    rows = await query(settings, service, "SELECT case_id, events FROM seen WHERE consumer = $1", consumer)
    return {row[0]: row[1] for row in rows}


async def wrong_steps(settings: Settings, service: str, consumer: str) -> list[tuple[UUID, int]]:
    """Where `Seeing` was called for a case without knowing more than the time before: twice, or on an old reading."""
    return [(row[0], row[1]) for row in await query(settings, service, _WRONG_STEPS, consumer)]


async def query(settings: Settings, service: str, sql: str, *values: object) -> list[asyncpg.Record]:
    """Runs one statement in a service's database as its owner."""
    conn = await asyncpg.connect(settings.dsn(service, "dyad_owner"))
    try:
        return list(await conn.fetch(sql, *values))
    finally:
        await conn.close()


async def until(condition: Callable[[], Awaitable[object]], what: str, *, within_s: float = WITHIN_S) -> None:
    """Waits until a condition holds, asking again and again; fails after the bound and says for what it waited."""
    end_s = time.monotonic() + within_s
    while not await condition():
        if time.monotonic() > end_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        await asyncio.sleep(0.02)
