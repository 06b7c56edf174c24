"""The projection made anew beside the one that is read: loaded, given keys, caught up with; dropped again.

Reading and writing go on meanwhile. `switch` then goes over to it, and back.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

import asyncpg

from services.reporting.projections import CONSUMER
from services.reporting.rebuild.catching_up import follow
from services.reporting.rebuild.compare import Compared, compare
from services.reporting.rebuild.load import OWNER, load
from services.reporting.rebuild.shape import finish_tables, make_tables
from services.reporting.rebuild.switch import new_name, switch
from shared.bus.watermark import watermark
from shared.eventstore.pool import connect
from shared.settings import STORES, Settings

_ALONE = "SELECT pg_advisory_xact_lock(hashtext('dyad projection'))"
_ONE_AT_A_TIME = "SELECT pg_try_advisory_lock(hashtext('dyad rebuild'))"
_LIST = """
SELECT v.schema, v.made_at, v.ready, (SELECT count(*) FROM projection_news AS n WHERE n.schema = v.schema) AS behind
FROM projection_versions AS v ORDER BY v.made_at
"""


class Busy(Exception):
    """Another rebuild, or a switch, is at work."""


class NoSuchVersion(Exception):
    """There is no version in this schema beside the one that is read."""


class Unfinished(Exception):
    """The version is still being made, or whoever made it was killed: it can only be dropped."""


class NotComplete(Exception):
    """Not every store has been heard: there is no instant up to which two versions could be compared."""


class Made(NamedTuple):
    """A version that was made."""

    schema: str
    events: int
    load_s: float
    """Reading, folding and writing."""
    keys_s: float
    """Keys, indexes and statistics."""


class Version(NamedTuple):
    """A version beside the one that is read."""

    schema: str
    made_at: datetime
    ready: bool
    """False: it is still being made, or whoever made it was killed."""
    behind: int
    """Cases and teams that were touched since it was caught up with."""


@asynccontextmanager
async def _owner(settings: Settings) -> AsyncGenerator[asyncpg.Connection, None]:
    """A connection of the owner, as long as no other rebuild or switch is at work."""
    conn = await connect(settings, "reporting", OWNER, application_name="dyad rebuild")
    try:
        if not await conn.fetchval(_ONE_AT_A_TIME):
            raise Busy
        yield conn
    finally:
        await conn.close()


async def make(settings: Settings, *, processes: int = 2, say: Callable[[str], object] = str) -> Made:
    """Makes a version from all that reporting has heard, and catches up with what came meanwhile.

    Args:
        settings: where Postgres is.
        processes: how many fold beside each other.
        say: told what is being done.

    Raises:
        Busy: see there.
        UnknownEventType, ValueError, KeyError: a stored document cannot be decoded; nothing is left of the version.
        OSError, asyncpg.PostgresError: the server.
    """
    async with _owner(settings) as conn:
        async with conn.transaction():
            schema = await new_name(conn)
            await make_tables(conn, schema)
            await conn.execute("INSERT INTO projection_versions (schema, ready) VALUES ($1, false)", schema)
        try:
            async with conn.transaction():
                await conn.execute(_ALONE)  # whoever writes from here on notes it for this version
            return await _fill(settings, conn, schema, processes, say)
        except BaseException:
            await _drop(conn, schema)
            raise


async def _fill(
    settings: Settings, conn: asyncpg.Connection, schema: str, processes: int, say: Callable[[str], object]
) -> Made:
    say(f"{schema}: folding what was heard")
    begun = time.monotonic()
    events = await load(settings, schema, processes)
    loaded = time.monotonic()
    say(f"{schema}: {events:,} events; keys and indexes")
    await finish_tables(conn, schema)
    finished = time.monotonic()
    say(f"{schema}: catching up")
    following, follower = await follow(settings, schema)
    try:
        await follower.catch_up()
    finally:
        await following.close()
    await conn.execute("UPDATE projection_versions SET ready = true WHERE schema = $1", schema)
    return Made(schema, events, loaded - begun, finished - loaded)


async def compared(settings: Settings, schema: str) -> tuple[datetime, list[Compared]]:
    """Catches up with a version and compares it with the one that is read, in all that both believed up to an instant.

    Gives the instant too: the watermark, up to which both are complete.

    Raises:
        NoSuchVersion, Unfinished, NotComplete: see there.
    """
    await _ready(settings, schema)
    conn, follower = await follow(settings, schema)
    try:
        known_at = await watermark(conn, CONSUMER, STORES)
        if known_at is None:
            raise NotComplete
        await follower.catch_up()
        return known_at, await compare(conn, schema, known_at)
    finally:
        await conn.close()


async def go_over(settings: Settings, schema: str) -> str:
    """Makes a version the one that is read and written; gives the schema in which the one of before now is.

    Raises:
        Busy, NoSuchVersion, Unfinished, NotReached: see there.
    """
    await _ready(settings, schema)
    async with _owner(settings):
        return await switch(settings, schema)


async def versions(settings: Settings) -> list[Version]:
    """All versions beside the one that is read, the oldest first."""
    conn = await connect(settings, "reporting", OWNER)
    try:
        return [Version(*row) for row in await conn.fetch(_LIST)]
    finally:
        await conn.close()


async def drop(settings: Settings, schema: str) -> None:
    """Removes a version that is not read; there is no way back to it.

    Raises:
        Busy, NoSuchVersion: see there.
    """
    await _known(settings, schema)
    async with _owner(settings) as conn:
        await _drop(conn, schema)


async def _drop(conn: asyncpg.Connection, schema: str) -> None:
    async with conn.transaction():
        await conn.execute("DELETE FROM projection_versions WHERE schema = $1", schema)
        await conn.execute(f"DROP SCHEMA {schema} CASCADE")


async def _known(settings: Settings, schema: str) -> Version:
    for version in await versions(settings):
        if version.schema == schema:
            return version
    raise NoSuchVersion(schema)


async def _ready(settings: Settings, schema: str) -> None:
    if not (await _known(settings, schema)).ready:
        raise Unfinished(schema)
