"""The relay: one at a time, no event left out, and a Kafka that was emptied is filled again."""

from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.announcement import Announcement
from shared.bus.held import discard, list_held
from shared.bus.topics import WATERMARKS
from shared.settings import Settings
from shared.testing.bus import Seeing, fill, migrated, query, seen, settings_of, until
from shared.testing.topics import topic_ids
from tests.integration.bus_kit import NAME, SERVICE, consumer, relays, running

POSITION = "SELECT position, topic_id, next_offsets FROM relay_position"
BACKENDS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = 7412 AND granted"

STOP_BEFORE_MARK = """
CREATE FUNCTION stop_before_mark() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM pg_advisory_xact_lock(99); RETURN new; END'
"""
STOP_BEFORE_MARK_TRIGGER = """
CREATE TRIGGER stop_before_mark BEFORE UPDATE ON relay_position FOR EACH ROW
WHEN (new.position > old.position) EXECUTE FUNCTION stop_before_mark()
"""


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, "referral", SERVICE)
    return made


async def test_one_relay_is_active_and_another_takes_over_when_its_connection_ends(settings: Settings) -> None:
    async with relays(settings, "referral", "referral"):
        await fill(settings, "referral", cases=3, each=2)
        await until(lambda: relayed(settings), "the first events on Kafka")
        [active] = await _holders(settings)
        admin = await asyncpg.connect(settings.admin_dsn(settings.database("referral")))
        await admin.execute("SELECT pg_terminate_backend($1)", active)
        await admin.close()
        await fill(settings, "referral", cases=3, each=2)
        await until(lambda: relayed(settings), "the later events on Kafka")
        [successor] = await _holders(settings)
        assert successor != active
    versions = await on_kafka(settings)
    assert len(set(versions)) == 12


async def test_a_relay_whose_position_was_moved_by_another_begins_again_from_there(settings: Settings) -> None:
    await fill(settings, "referral", cases=2, each=2)
    async with relays(settings, "referral"):
        await until(lambda: relayed(settings), "everything on Kafka")
        await query(settings, "referral", "UPDATE relay_position SET position = 0")
        await fill(settings, "referral", cases=1, each=1)
        await until(lambda: relayed(settings), "everything on Kafka again")
    assert len(set(await on_kafka(settings))) == 5


async def test_topics_that_were_deleted_are_made_and_filled_again_and_the_view_stays_right(settings: Settings) -> None:
    cases = await fill(settings, "referral", cases=10, each=3)
    viewer = consumer(settings, Seeing(NAME))
    async with relays(settings, "referral"), running(viewer):
        await until(lambda: sees(settings, cases, 3), "the view")
        before = await id_of_topic(settings)
        await delete_topics(settings, settings.topic("referral"))
        cases += await fill(settings, "referral", cases=2, each=3)
        await until(lambda: sees(settings, cases, 3), "the view after the refill")
        await until(lambda: relayed(settings), "everything on Kafka again")
        await until(lambda: applied_from_another_log(settings, before), "offsets about the new log")
        await until(lambda: watermark_passed(settings), "a watermark above the last event")
    assert len(set(await on_kafka(settings))) == 36
    rows = await query(settings, SERVICE, "SELECT max(touched) FROM seen")
    assert rows[0][0] == 1, "a refilled topic changes nothing that was heard before"


async def test_nothing_is_final_before_a_refill_has_caught_up(settings: Settings) -> None:
    """Topic deleted and inbox emptied: no announcement, no watermark, until all is there again."""
    cases = await fill(settings, "referral", cases=4, each=2)
    viewer = consumer(settings, Seeing(NAME))
    async with relays(settings, "referral"), running(viewer):
        await until(lambda: watermark_passed(settings), "a first watermark")
    await query(settings, SERVICE, "TRUNCATE inbox")
    await delete_topics(settings, settings.topic("referral"))
    await query(settings, "referral", STOP_BEFORE_MARK)
    await query(settings, "referral", STOP_BEFORE_MARK_TRIGGER)
    gate = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    await gate.execute("SELECT pg_advisory_lock(99)")
    async with relays(settings, "referral"), running(viewer):
        await until(lambda: waits_for(gate), "the relay that has sent and cannot mark")
        fresh = await id_of_topic(settings)
        await until(lambda: sees(settings, cases, 2), "the view, made again")
        assert await query(settings, SERVICE, "SELECT 1 FROM watermarks") == []
        assert all(each.topic_id != fresh for each in await announcements(settings))
        await gate.execute("SELECT pg_advisory_unlock(99)")
        await until(lambda: watermark_passed(settings), "the watermark after the refill")
    await gate.close()
    last = (await announcements(settings))[-1]
    assert sum(last.next_offsets) >= 8


async def test_a_record_that_does_not_say_what_it_is_holds_the_watermark_until_it_is_discarded(
    settings: Settings,
) -> None:
    cases = await fill(settings, "referral", cases=1, each=1)
    viewer = consumer(settings, Seeing(NAME))
    async with relays(settings, "referral"), running(viewer):
        await until(lambda: sees(settings, cases, 1), "the view")
        await until(lambda: watermark_passed(settings), "the watermark above the first event")
        producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
        await producer.start()
        await producer.send_and_wait(settings.topic("referral"), b"?", key=b"nobody", partition=0)
        await producer.stop()
        conn = await asyncpg.connect(settings.dsn(SERVICE, "dyad_consumer"))
        await until(lambda: list_held(conn, NAME), "the record among what is held")
        cases += await fill(settings, "referral", cases=1, each=1)
        await until(lambda: sees(settings, cases, 1), "the partition goes on")
        assert not await watermark_passed(settings)
        [item] = await list_held(conn, NAME)
        assert item.kind == "unreadable"
        await discard(conn, item.id, "ada", "sent by hand")
        await until(lambda: watermark_passed(settings), "the watermark after the decision")
        await conn.close()


async def _holders(settings: Settings) -> list[int]:
    sql = BACKENDS + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    return [row[0] for row in await query(settings, "referral", sql)]


async def relayed(settings: Settings) -> bool:
    sql = "SELECT position = (SELECT max(position) FROM events) FROM relay_position"
    return bool((await query(settings, "referral", sql))[0][0])


async def id_of_topic(settings: Settings) -> UUID:
    topic = settings.topic("referral")
    return (await topic_ids(settings.kafka_bootstrap, [topic]))[topic]


async def waits_for(gate: asyncpg.Connection) -> bool:
    sql = """SELECT count(*) FROM pg_locks WHERE NOT granted AND objid = 99
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    return bool(await gate.fetchval(sql))


async def sees(settings: Settings, cases: list[UUID], each: int) -> bool:
    return await seen(settings, SERVICE, NAME) == dict.fromkeys(cases, each)


async def applied_from_another_log(settings: Settings, before: UUID) -> bool:
    rows = await query(settings, SERVICE, "SELECT DISTINCT topic_id FROM consumer_offsets")
    return len(rows) == 1 and rows[0][0] != before


async def watermark_passed(settings: Settings) -> bool:
    last = (await query(settings, "referral", "SELECT max(recorded_at) FROM events"))[0][0]
    return bool(await query(settings, SERVICE, "SELECT 1 FROM watermarks WHERE complete_to >= $1", last))


async def announcements(settings: Settings) -> list[Announcement]:
    return [Announcement.from_json(value) for value in await values(settings, settings.topic(WATERMARKS), 1)]


async def on_kafka(settings: Settings) -> list[bytes]:
    return await values(settings, settings.topic("referral"), settings.partitions)


async def values(settings: Settings, topic: str, partitions: int) -> list[bytes]:
    """The values of all records of a topic."""
    reader = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await reader.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(partitions)]
        reader.assign(parts)
        await reader.seek_to_beginning(*parts)
        ends = await reader.end_offsets(parts)
        found: list[bytes] = []
        while any([await reader.position(part) < ends[part] for part in parts]):
            for batch in (await reader.getmany(timeout_ms=200)).values():
                found += [record.value for record in batch]
        return found
    finally:
        await reader.stop()


async def delete_topics(settings: Settings, *topics: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    await admin.delete_topics(list(topics))
    await admin.close()
