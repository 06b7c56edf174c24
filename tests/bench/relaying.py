"""The relay working off a backlog beside a bare aiokafka producer that has the same records in memory."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.bus.record import headers_of
from shared.bus.topics import ensure_topics
from shared.eventstore.envelope import StoredEvent
from shared.relay.publisher import BATCH_BYTES, REQUEST_BYTES
from shared.relay.relay import Relay
from tests.bench.material import Material
from tests.bench.rows import Row, compared
from tests.bench.work import Bench, Stopwatch, in_turn, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROUNDS = 3
STORE = "intervention"
COLUMNS = (
    *("position", "stream", "version", "event_id", "type", "key", "case_id", "team_id"),
    *("recorded_at", "leaf_hash", "doc", "sealed"),
)
WITHIN_S = 300.0
Record = tuple[bytes, bytes, list[tuple[str, bytes]]]


async def relaying(bench: Bench, material: Material) -> list[Row]:
    """The row about the relay."""
    count = bench.size(30_000, 100_000)
    backlog = [each.stored for each in material.network.written[:count]]
    await ensure_topics(bench.settings)
    conn = await asyncpg.connect(bench.settings.admin_dsn(bench.settings.database(STORE)))
    filled = 0

    async def relay() -> float:
        nonlocal filled
        async with _running(bench, conn):
            await fill(conn, backlog, after=filled)
            filled += count
            watch = Stopwatch()
            await until(all_marked, within_s=WITHIN_S)
            return watch.rate(count)

    async def all_marked() -> bool:
        return await conn.fetchval("SELECT position FROM relay_position") >= filled  # type: ignore[no-any-return]

    async def bare() -> float:
        records = [(each.key.encode(), each.doc.encode(), headers_of(each)) for each in backlog]
        return await _bare(bench, records)

    try:
        bench.say(f"relay: backlog of {count:,}")
        ours, theirs = await in_turn(ROUNDS, relay, bare)
    finally:
        await conn.close()
    return [compared(f"relay, backlog of {count:,} / bare aiokafka producer", ours, theirs, "events/s", target=0.6)]


async def fill(conn: asyncpg.Connection, backlog: Sequence[StoredEvent], *, after: int = 0) -> None:
    """Puts a backlog into a store in place of what is there, as fast as it goes; positions follow `after`."""
    rows = [
        tuple(getattr(replace(each, position=after + place), column) for column in COLUMNS)
        for place, each in enumerate(backlog, start=1)
    ]
    async with conn.transaction():
        await conn.execute("TRUNCATE events")
        await conn.copy_records_to_table("events", records=rows, columns=COLUMNS)
        await conn.execute("SELECT setval('events_position', $1)", after + len(rows))


@asynccontextmanager
async def _running(bench: Bench, conn: asyncpg.Connection) -> "AsyncIterator[None]":
    """The relay at work with an empty backlog."""
    stop = asyncio.Event()
    relay = Relay(bench.settings, STORE)
    running = asyncio.create_task(relay.run(stop))

    async def begun() -> bool:
        return relay.ready and await conn.fetchval("SELECT topic_id IS NOT NULL FROM relay_position") is True

    try:
        await until(begun, within_s=WITHIN_S)
        yield
    finally:
        stop.set()
        await running


async def _bare(bench: Bench, records: Sequence[Record]) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=bench.settings.kafka_bootstrap,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=BATCH_BYTES,
        max_request_size=REQUEST_BYTES,
    )
    await producer.start()
    try:
        topic = bench.settings.topic(STORE)
        watch = Stopwatch()
        for key, value, headers in records:
            await producer.send(topic, value, key=key, headers=headers)
        await producer.flush()
        return watch.rate(len(records))
    finally:
        await producer.stop()
