"""One batch in one transaction: offsets, inbox and effect, or none of them; a poisonous event parks its case only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import asyncpg
from aiokafka.errors import KafkaError

from shared.bus.inbox import Arrival, Decodes, park, take
from shared.bus.offsets import Fenced, Move, move_and_lock
from shared.bus.record import Unreadable
from shared.bus.trouble import Trouble, hold, place_of
from shared.eventstore.store import Connection
from shared.telemetry.logs import logger

log = logger(__name__)

_OF_THE_DATA = ("22", "23", "P0001")
"""SQLSTATEs that speak about the data of an event; all others speak about the server or the schema."""


class Handler(Protocol):
    """What a consumer does with news."""

    async def apply(self, conn: Connection, cases: Sequence[UUID]) -> None:
        """Brings everything about these cases up to date, inside the batch's transaction.

        Inbox rows and offsets are written and the rows of the cases are locked. What it raises rolls everything back;
        the batch is then repeated case by case, and the new events of the case that fails are parked.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Who reads, and what it does with what it reads."""

    consumer: str
    """Name of the projection version or process manager; inbox, offsets and watermark are its own."""
    handler: Handler
    decodes: Decodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records of some partitions, and how far they go."""

    moves: Sequence[Move]
    arrivals: Sequence[Arrival]
    """Records with what decoding them found, in the order of the log."""
    unreadable: Sequence[Unreadable] = ()
    """Those that do not say what they are."""


def is_poison(error: Exception) -> bool:
    """Whether an error comes from the event and the code, so that trying again changes nothing."""
    if isinstance(error, asyncpg.PostgresError):
        return (error.sqlstate or "").startswith(_OF_THE_DATA)
    if isinstance(error, asyncpg.InterfaceError):
        return isinstance(error, ValueError)  # a value that cannot be sent; otherwise the connection
    return not isinstance(error, OSError | TimeoutError | MemoryError | KafkaError | Fenced)


async def apply_batch(conn: Connection, reading: Reading, batch: Batch) -> Counter[str]:
    """Applies one batch and gives how many records were new, repeated, or held back and why.

    Args:
        conn: of the consumer, in no transaction.
        reading: who reads.
        batch: what was read.

    Raises:
        Fenced: another member has these partitions; nothing was written.
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the server; nothing was written.
    """
    try:
        async with conn.transaction():
            await _begin(conn, reading.consumer, batch)
            counts = await _apply(conn, reading, batch.arrivals)
    except Exception as error:
        if not is_poison(error):
            raise
        log.error("batch_broke", consumer=reading.consumer, error=place_of(error))  # noqa: TRY400 - it may quote content
        counts = await _case_by_case(conn, reading, batch)
    counts["unreadable"] += len(batch.unreadable)
    return counts


async def _begin(conn: Connection, consumer: str, batch: Batch) -> None:
    await move_and_lock(conn, consumer, batch.moves, (arrival.event.case_id for arrival in batch.arrivals))
    for record in batch.unreadable:
        await hold(conn, consumer, record, Trouble("unreadable", record.error))


async def _apply(conn: Connection, reading: Reading, arrivals: Sequence[Arrival]) -> Counter[str]:
    taken = await take(conn, reading.consumer, arrivals)
    if taken.cases:
        await reading.handler.apply(conn, taken.cases)
    return taken.counts


async def _case_by_case(conn: Connection, reading: Reading, batch: Batch) -> Counter[str]:
    by_case: dict[UUID, list[Arrival]] = {}
    for arrival in batch.arrivals:
        by_case.setdefault(arrival.event.case_id, []).append(arrival)
    counts: Counter[str] = Counter()
    async with conn.transaction():
        await _begin(conn, reading.consumer, batch)
        for mine in by_case.values():
            counts += await _one_case(conn, reading, mine)
    return counts


async def _one_case(conn: Connection, reading: Reading, arrivals: Sequence[Arrival]) -> Counter[str]:
    try:
        async with conn.transaction():
            return await _apply(conn, reading, arrivals)
    except Exception as error:
        if not is_poison(error):
            raise
        trouble = Trouble("poison", place_of(error))
    case_id = str(arrivals[0].event.case_id)
    log.error("case_parked", consumer=reading.consumer, case_id=case_id, error=trouble.error)
    poisoned = [each if each.trouble else each._replace(trouble=trouble) for each in arrivals]
    return await park(conn, reading.consumer, poisoned)
