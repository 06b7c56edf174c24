"""Every stored event reaches Kafka and every view, exactly once in effect."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from shared.bus.consumer import Consumer
from shared.bus.topics import PartitionMismatch, ensure_topics
from shared.bus.watermark import has_rules, state_of
from shared.settings import Settings
from shared.testing.bus import Seeing, fill, migrated, query, seen, settings_of, until, write
from tests.integration.bus_kit import NAME, SERVICE, consumer, relays, running


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, "referral", "assessment", SERVICE)
    return made


async def test_every_stored_event_is_seen_once_and_the_watermark_follows(settings: Settings) -> None:
    cases = await fill(settings, "referral", cases=40, each=5)
    viewer = consumer(settings, Seeing(NAME), members=2)
    async with relays(settings, "referral"), running(viewer):
        await until(lambda: _seen_all(settings, cases, 5), "every event in the view")
        last = (await query(settings, "referral", "SELECT max(recorded_at) FROM events"))[0][0]
        await until(lambda: _watermark_at(settings, last), "the watermark at the last event")
        stream = await write(settings, "referral", uuid4(), 3)
        await until(lambda: _reached(settings, stream, 3), "the view as fresh as the post")
        await until(lambda: _ready(viewer), "a consumer that says it is ready")
    rows = await query(
        settings, SERVICE, "SELECT stream, version, count(*) FROM inbox GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert rows == []


async def test_the_value_on_kafka_is_the_stored_text_and_the_headers_say_what_it_is(settings: Settings) -> None:
    stream = await write(settings, "referral", uuid4(), 1)
    [stored] = await query(settings, "referral", "SELECT doc::text, leaf_hash, event_id, recorded_at, key FROM events")
    async with relays(settings, "referral"):
        await until(lambda: _relayed(settings, "referral"), "the event on Kafka")
    [record] = await records(settings, "referral")
    headers = dict(record.headers)
    assert record.value.decode() == stored["doc"]
    assert record.key.decode() == stored["key"]
    assert headers["content-type"].startswith(b"application/cloudevents+json")
    assert headers["stream"].decode() == stream
    assert headers["version"] == b"1"
    assert headers["leafhash"].decode() == stored["leaf_hash"].hex()
    assert headers["eventid"].decode() == str(stored["event_id"])
    assert headers["recordedat"].decode() == stored["recorded_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def test_an_installation_with_another_number_of_partitions_refuses_to_start(settings: Settings) -> None:
    await ensure_topics(settings)
    other = settings.model_copy(update={"partitions": settings.partitions + 1})
    with pytest.raises(PartitionMismatch, match="partitions"):
        await ensure_topics(other)
    with pytest.raises(ExceptionGroup):
        async with relays(other, "referral"):
            await until(lambda: _relayed(settings, "referral"), "never")


async def test_a_rule_that_waits_or_is_parked_holds_the_watermark_of_its_service(settings: Settings) -> None:
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_consumer"))
    try:
        assert await has_rules(conn)
        assert (await state_of(conn, "referral", rules=True)).below_all is None
        add = (
            "INSERT INTO rule_outcomes (rule, cause, case_id, team_id, outcome, cause_recorded_at)"
            " VALUES ($1, $2, $2, '', $3, $4)"
        )
        at = datetime(2026, 11, 23, 9, tzinfo=UTC)
        for minutes, outcome in enumerate(("acted", "nothing", "discarded", "parked", "waiting")):
            await conn.execute(add, "P2", uuid4(), outcome, at + timedelta(minutes=minutes))
        assert (await state_of(conn, "referral", rules=True)).below_all == at + timedelta(minutes=3)
    finally:
        await conn.close()
    reports = await asyncpg.connect(settings.dsn(SERVICE, "dyad_consumer"))
    assert not await has_rules(reports)
    await reports.close()


async def _ready(viewer: Consumer) -> bool:
    return viewer.ready


async def _seen_all(settings: Settings, cases: list[UUID], each: int) -> bool:
    return await seen(settings, SERVICE, NAME) == dict.fromkeys(cases, each)


async def _watermark_at(settings: Settings, instant: object) -> bool:
    rows = await query(settings, SERVICE, "SELECT complete_to FROM watermarks WHERE complete_to >= $1", instant)
    return bool(rows)


async def _reached(settings: Settings, stream: str, version: int) -> bool:
    rows = await query(
        settings, SERVICE, "SELECT 1 FROM stream_heads WHERE stream = $1 AND version >= $2", stream, version
    )
    return bool(rows)


async def _relayed(settings: Settings, store: str) -> bool:
    sql = "SELECT position = (SELECT max(position) FROM events) FROM relay_position"
    return bool((await query(settings, store, sql))[0][0])


async def records(settings: Settings, store: str) -> list[ConsumerRecord]:
    """All records of a store's topic."""
    reader = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await reader.start()
    try:
        parts = [TopicPartition(settings.topic(store), number) for number in range(settings.partitions)]
        reader.assign(parts)
        await reader.seek_to_beginning(*parts)
        ends = await reader.end_offsets(parts)
        found: list[object] = []
        while len(found) < sum(ends.values()):
            for batch in (await reader.getmany(timeout_ms=500)).values():
                found += batch
        return found
    finally:
        await reader.stop()
