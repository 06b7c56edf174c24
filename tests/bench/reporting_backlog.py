"""Reporting working off a backlog in Kafka, beside a bare getmany with one upsert per batch."""

import asyncio
import hashlib
from collections.abc import Sequence
from itertools import islice

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from deploy.local.network.records import Written
from services.reporting.projections import CONSUMER
from shared.bus.record import headers_of
from shared.bus.topics import ensure_topics
from shared.settings import STORES
from shared.testing.bus import query
from shared.testing.services import running
from tests.bench.material import Material
from tests.bench.rows import Row
from tests.bench.work import Bench, Stopwatch, until

SERVICE = "reporting"
WITHIN_S = 600.0
BATCH = 2_000
TARGET_EVENTS_S = 8_000
READ = "SELECT coalesce(sum(next_offset), 0)::bigint AS read FROM consumer_offsets WHERE consumer = $1"
BARE_TABLE = """
CREATE TABLE bare (topic text, partition integer, kafka_offset bigint, leaf_hash bytea, doc text,
                   PRIMARY KEY (topic, partition, kafka_offset))
"""
BARE_UPSERT = """
INSERT INTO bare SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bytea[], $5::text[])
ON CONFLICT (topic, partition, kafka_offset) DO UPDATE SET leaf_hash = excluded.leaf_hash, doc = excluded.doc
"""


async def reporting_backlog(bench: Bench, material: Material) -> list[Row]:
    """The row about reporting."""
    count = bench.size(30_000, 100_000)
    await ensure_topics(bench.settings)
    await _fill(bench, list(islice(material.network.written, count)))
    bench.say(f"reporting: backlog of {count:,}")
    bare = await _bare(bench, count)
    ours = await _ours(bench, count)
    return [
        Row(
            name=f"reporting, backlog of {count:,} / bare getmany and upsert",
            value=ours,
            unit="events/s",
            versus=bare,
            ratio=ours / bare,
            target=f">= {TARGET_EVENTS_S:,} events/s",
            met=ours >= TARGET_EVENTS_S,
        )
    ]


async def _fill(bench: Bench, written: Sequence[Written]) -> None:
    """Puts events on their topics as the relays would."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bench.settings.kafka_bootstrap, acks="all", enable_idempotence=True, max_batch_size=256 * 1024
    )
    await producer.start()
    try:
        for each in written:
            stored = each.stored
            topic = bench.settings.topic(each.store)
            await producer.send(topic, stored.doc.encode(), key=stored.key.encode(), headers=headers_of(stored))
        await producer.flush()
    finally:
        await producer.stop()


async def _ours(bench: Bench, count: int) -> float:
    """Events a second from the first batch that was applied to the last; the process's start is not counted."""

    async def read() -> int:
        [row] = await query(bench.settings, SERVICE, READ, CONSUMER)
        number: int = row["read"]
        return number

    with running(bench.settings, bench.environment, [SERVICE], role="consumer"):
        first = 0

        async def begun() -> bool:
            nonlocal first
            first = await read()
            return first > 0

        async def done() -> bool:
            return await read() >= count

        await until(begun, within_s=WITHIN_S, every_s=0.02)
        watch = Stopwatch()
        await until(done, within_s=WITHIN_S, every_s=0.05)
        return watch.rate(count - first)


async def _bare(bench: Bench, count: int) -> float:
    conn = await asyncpg.connect(bench.settings.admin_dsn(bench.settings.database(SERVICE)))
    partitions = [
        TopicPartition(bench.settings.topic(store), number)
        for store in STORES
        for number in range(bench.settings.partitions)
    ]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bench.settings.kafka_bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        await conn.execute(BARE_TABLE)
        consumer.assign(partitions)
        watch = Stopwatch()
        left = count
        async with asyncio.timeout(WITHIN_S):
            while left > 0:
                found = await consumer.getmany(timeout_ms=200, max_records=BATCH)
                records = [record for mine in found.values() for record in mine]
                left -= len(records)
                await conn.execute(
                    BARE_UPSERT,
                    [record.topic for record in records],
                    [record.partition for record in records],
                    [record.offset for record in records],
                    [hashlib.sha256(b"\x00" + record.value).digest() for record in records],
                    [record.value.decode() for record in records],
                )
        return watch.rate(count)
    finally:
        await consumer.stop()
        await conn.execute("DROP TABLE IF EXISTS bare")
        await conn.close()
