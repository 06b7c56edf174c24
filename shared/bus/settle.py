"""Carrying out decisions about held events: what is to be tried again, and streams that go on after a discard."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from shared.bus.batch import Reading, is_poison
from shared.bus.cases import lock_cases
from shared.bus.inbox import Arrival, StreamKey, examine, take
from shared.bus.record import Heard, Place
from shared.bus.trouble import place_of
from shared.eventstore.store import Connection
from shared.telemetry.logs import logger

log = logger(__name__)

_COLUMNS = """
id, store, stream, version, case_id, event_id, leaf_hash, type, recorded_at, value, topic, partition, kafka_offset
"""
_ASKED = f"SELECT {_COLUMNS} FROM held WHERE consumer = $1 AND state = 'retry' AND stream IS NOT NULL ORDER BY id"
_UNKNOWN = f"SELECT {_COLUMNS} FROM held WHERE consumer = $1 AND state = 'held' AND kind = 'unknown' ORDER BY id"
_CLAIM = "UPDATE held SET state = 'applied' WHERE id = $1 AND state IN ('held', 'retry') RETURNING id"
_BACK = """
UPDATE held SET state = 'held', error = CASE WHEN state = 'retry' THEN $2 ELSE error END
WHERE id = $1 AND state IN ('held', 'retry')
"""
_EMPTIED = """
SELECT d.store, d.stream, x.case_id FROM discards d
LEFT JOIN stream_heads h ON h.consumer = $1 AND h.store = d.store AND h.stream = d.stream
JOIN LATERAL (SELECT case_id FROM held WHERE held.store = d.store AND held.stream = d.stream LIMIT 1) x ON true
WHERE d.empties AND d.version = coalesce(h.version, 0) + 1
"""


class StillHeld(Exception):
    """The event meets trouble again."""


async def settle(conn: Connection, reading: Reading) -> int:
    """Tries again what a person asked to, and wakes streams whose missing event was discarded; how many of both.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the server.
    """
    done = 0
    for row in await conn.fetch(_ASKED, reading.consumer):
        done += await _again(conn, reading, row["id"], _heard(row))
    for store, stream, case_id in await conn.fetch(_EMPTIED, reading.consumer):
        await _go_on(conn, reading, (store, stream), [case_id])
        done += 1
    return done


async def settle_unknown(conn: Connection, reading: Reading) -> int:
    """After an upgrade: folds what an older version of the code did not know; how many it knows now."""
    done = 0
    for row in await conn.fetch(_UNKNOWN, reading.consumer):
        event = _heard(row)
        if examine(reading.decodes, event).trouble is None:
            done += await _again(conn, reading, row["id"], event)
    return done


def _heard(row: asyncpg.Record) -> Heard:
    names = ("store", "stream", "version", "case_id", "event_id", "leaf_hash", "type", "recorded_at", "value")
    place = Place(row["topic"], row["partition"], row["kafka_offset"])
    return Heard(**{name: row[name] for name in names}, place=place)


async def _again(conn: Connection, reading: Reading, item_id: int, event: Heard) -> int:
    arrival = examine(reading.decodes, event)
    async with conn.transaction():
        await lock_cases(conn, reading.consumer, [event.case_id])
        error = arrival.trouble.error if arrival.trouble else await _try(conn, reading, item_id, arrival)
        if error is not None:
            await conn.execute(_BACK, item_id, error)
            log.warning("held_event_still_held", consumer=reading.consumer, id=item_id, error=error)
            return 0
    log.info("held_event_applied", consumer=reading.consumer, id=item_id)
    return 1


async def _try(conn: Connection, reading: Reading, item_id: int, arrival: Arrival) -> str | None:
    """Applies one held event in a savepoint; None if that worked or another process did it, else what is wrong."""
    try:
        async with conn.transaction():
            if await conn.fetch(_CLAIM, item_id):
                await _apply(conn, reading, arrival)
    except StillHeld as still:
        return str(still)
    except Exception as error:
        if not is_poison(error):
            raise
        return place_of(error)
    return None


async def _apply(conn: Connection, reading: Reading, arrival: Arrival) -> None:
    taken = await take(conn, reading.consumer, [arrival])
    if taken.held:
        raise StillHeld(taken.held[0][1].error)
    if taken.cases:
        await reading.handler.apply(conn, taken.cases)


async def _go_on(conn: Connection, reading: Reading, stream: StreamKey, cases: Sequence[UUID]) -> None:
    """Moves a stream past its discarded event and applies what waited behind it."""
    async with conn.transaction():
        await lock_cases(conn, reading.consumer, cases)
        taken = await take(conn, reading.consumer, [], also=[stream])
        if taken.cases:
            await reading.handler.apply(conn, taken.cases)
