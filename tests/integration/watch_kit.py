"""What tests of the pathway watch share: families that wait, what is on the topics, and poison for them."""

from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from services.reporting import queries
from services.reporting.alert_records import Said, State
from services.reporting.metrics.scope import Scope
from services.reporting.wait_alerts import Rule
from services.reporting.waiting import wait_alerts
from services.reporting.watch_topic import ALERTS
from shared.eventstore.envelope import leaf_hash
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.testing.bus import query
from tests.unit.reporting.histories import Document, History

OVERDUE_DAYS, SOON_DAYS = 20, 10
"""A referral is to be decided within 14 days."""


def today() -> date:
    return civil_date(utc_now())


def waiting_since(days: int) -> History:
    """A referral that arrived so many days ago, and of which nothing was heard since."""
    history = History(str(uuid4()))
    history.received((today() - timedelta(days=days)).isoformat())
    return history


async def log_of(settings: Settings, topic: str, partitions: int) -> list[ConsumerRecord]:
    """Every record of a topic, oldest first in each partition."""
    kafka = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, isolation_level="read_committed")
    await kafka.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(partitions)]
        kafka.assign(parts)
        await kafka.seek_to_beginning(*parts)
        ends = await kafka.end_offsets(parts)
        found: list[ConsumerRecord] = []
        while any([await kafka.position(part) < ends[part] for part in parts]):
            for records in (await kafka.getmany(timeout_ms=500)).values():
                found += records
        return found
    finally:
        await kafka.stop()


async def said(settings: Settings, *, strict: bool = True) -> list[Said]:
    """Everything that was ever said of an alert, in order; unless `strict`, without what is no alert."""
    found = []
    for each in await log_of(settings, settings.topic(ALERTS), 1):
        with nullcontext() if strict else suppress(ValueError, KeyError, TypeError):
            if each.value is not None:
                found.append(Said.from_json(each.value))
    return found


def words(found: Sequence[Said], case_id: UUID) -> list[tuple[Rule, str, State]]:
    return [(each.alert.rule, each.alert.target, each.state) for each in found if each.alert.case_id == case_id]


async def shown(pool: asyncpg.Pool) -> set[tuple[UUID, str, str]]:
    async with queries.snapshot(pool, None) as conn:
        return {tuple(row) for row in await conn.fetch("SELECT case_id, rule, target FROM alerts")}


async def due_by_the_views(pool: asyncpg.Pool) -> set[tuple[UUID, str, str]]:
    async with queries.snapshot(pool, None) as conn:
        found = await wait_alerts(conn, Scope(at=today()))
    return {(each.case_id, each.rule.value, each.target) for each in found}


async def counted(settings: Settings, kind: str) -> int:
    rows = await query(
        settings, "reporting", "SELECT coalesce(sum(number), 0) FROM live_counts WHERE counted = $1", kind
    )
    return int(rows[0][0])


def claiming(document: Document, **members: Any) -> tuple[bytes, Any]:
    """Value and headers of a record like that of an event, with other members in its document and headers to match."""
    now = utc_now().isoformat()  # what is older than the week is not even looked at
    value = orjson.dumps(orjson.loads(document.text) | {"recordedat": now} | members)
    said = orjson.loads(value)
    headers = [
        ("type", str(said["type"]).encode()),
        ("stream", str(said["stream"]).encode()),
        ("version", str(said["streamversion"]).encode()),
        ("recordedat", said["recordedat"].encode()),
        ("leafhash", leaf_hash(value).hex().encode()),
        ("eventid", said["id"].encode()),
    ]
    return value, headers


def poison_like(document: Document) -> list[tuple[bytes | None, Any]]:
    """Records that nobody should believe: no event at all, ends of what fits, and forgeries of the envelope."""
    _, headers = claiming(document, streamversion=55)
    return [
        (b"?", []),
        (None, []),
        (b'{"not": "it"}', [("leafhash", b"no hash")]),
        (b"x" * 1_500_000, []),
        (b"\x00\xff{", [*headers[:-2], ("leafhash", leaf_hash(b"\x00\xff{").hex().encode()), headers[-1]]),
        claiming(document, type="dyad.FromTheFuture.v99", streamversion=50),
        claiming(document, data={"received_on": "soon"}, streamversion=51),
        claiming(document, streamversion=2**40),
        claiming(document, stream="referral-\x00", streamversion=1),
        claiming(document, teamid=["of", "nobody"], streamversion=52),
        claiming(document, teamid="nobody\x00", streamversion=53),
        claiming(document, recordedat="2999-01-01T00:00:00Z", streamversion=54),
    ]


async def poison(settings: Settings, topic: str, like: Document) -> int:
    """Puts on a topic what nobody should believe; gives how many records."""
    records = poison_like(like)
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, acks="all", max_request_size=4_000_000
    ) as producer:
        for value, headers in records:
            await producer.send_and_wait(topic, value, key=str(like.case_id).encode(), headers=headers, partition=0)
    return len(records)


async def repeat(settings: Settings, topic: str) -> None:
    """Puts on a topic everything that is on it once more."""
    records = await log_of(settings, topic, settings.partitions)
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, acks="all", max_request_size=4_000_000
    ) as producer:
        for each in records:
            await producer.send_and_wait(
                topic, each.value, key=each.key, partition=each.partition, headers=list(each.headers)
            )
