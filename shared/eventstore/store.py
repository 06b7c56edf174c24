"""Appending to a store and reading from it; the caller owns the connection and its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from shared.eventstore.envelope import NewEvent, StoredEvent

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
"""A connection of one's own, or one lent by a pool."""

_WRONG_VERSION = "DY001"
"""SQLSTATE that the SQL function `append` raises; see sql/030_append.sql."""

_APPEND = """
SELECT first_version, last_version, last_position, recorded_at
FROM append($1, $2, $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::bytea[])
"""

_APPEND_ONE = """
SELECT first_version, last_version, last_position, recorded_at FROM append_one($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""

COLUMNS = (
    "position, stream, version, event_id, type, key, case_id, team_id, recorded_at, doc::text AS doc, leaf_hash, sealed"
)
"""What a `StoredEvent` is made of, in its order."""

_READ_STREAM = f"SELECT {COLUMNS} FROM events WHERE stream = $1 AND version > $2 ORDER BY version"
_READ_AFTER = f"SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2"


class ConcurrencyConflict(Exception):
    """The stream is not at the version that the append expected; the transaction (or savepoint) must be rolled back."""

    def __init__(self, stream: str, expected: int) -> None:
        super().__init__(f"{stream} is not at version {expected}")
        self.stream = stream
        self.expected = expected


class EventIdTaken(Exception):
    """The store holds an event of this id already; the transaction (or savepoint) must be rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where the events of one append stand."""

    first_version: int
    last_version: int
    last_position: int
    recorded_at: datetime
    """UTC instant that they all share."""


async def append(conn: Connection, stream: str, expected: int, events: Sequence[NewEvent]) -> Appended:
    """Adds events to one stream, all or none; one statement, one round trip.

    Make it the last statement of a transaction, streams in sorted order, at most about 100 events: from here until the
    commit every reader of the store waits for this transaction.

    Args:
        conn: as `dyad_writer` or `dyad_consumer`, READ COMMITTED.
        stream: e.g. `referral-<case id>`.
        expected: the stream's current version, 0 for a new stream.
        events: at least one.

    Raises:
        ConcurrencyConflict: the stream is at another version.
        EventIdTaken: an event of one of these ids is stored already.
        asyncpg.PostgresError: anything else; nothing is stored then either.
    """
    try:
        if len(events) == 1:
            [row] = await conn.fetch(_APPEND_ONE, stream, expected, *_row(events[0]))
        else:
            [row] = await conn.fetch(_APPEND, stream, expected, *_columns(events))
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "events_stream_version":
            raise ConcurrencyConflict(stream, expected) from error
        raise EventIdTaken(stream) from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == _WRONG_VERSION:
            raise ConcurrencyConflict(stream, expected) from error
        raise
    return Appended(first_version=row[0], last_version=row[1], last_position=row[2], recorded_at=row[3])


def _row(event: NewEvent) -> tuple[object, ...]:
    return (
        *(event.event_id, event.type, event.key, event.case_id),
        *(event.team_id, event.doc, event.sealed),
    )


def _columns(
    events: Sequence[NewEvent],
) -> tuple[list[UUID], list[str], list[str], list[UUID | None], list[str], list[str], list[bytes | None]]:
    return (
        [event.event_id for event in events],
        [event.type for event in events],
        [event.key for event in events],
        [event.case_id for event in events],
        [event.team_id for event in events],
        [event.doc for event in events],
        [event.sealed for event in events],
    )


async def read_stream(conn: Connection, stream: str, *, after: int = 0) -> list[StoredEvent]:
    """The events of one stream above version `after`, by version; empty for a stream that does not exist."""
    return [stored(row) for row in await conn.fetch(_READ_STREAM, stream, after)]


async def read_after(conn: Connection, position: int, limit: int) -> list[StoredEvent]:
    """At most `limit` events above a position, by position. Not gap-safe: for verify and restore, never to tail."""
    return [stored(row) for row in await conn.fetch(_READ_AFTER, position, limit)]


def stored(row: asyncpg.Record) -> StoredEvent:
    """A row of `COLUMNS` as a value."""
    return StoredEvent(
        position=row[0],
        stream=row[1],
        version=row[2],
        event_id=row[3],
        type=row[4],
        key=row[5],
        case_id=row[6],
        team_id=row[7],
        recorded_at=row[8],
        doc=row[9],
        leaf_hash=row[10],
        sealed=row[11],
    )
