"""The pathway watch on real Kafka: what it raises, clears and counts; killed, poisoned, and hearing things twice."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from services.reporting import queries
from services.reporting.alert_records import Said, State
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.scope import Scope
from services.reporting.wait_alerts import Rule
from services.reporting.waiting import wait_alerts
from services.reporting.watch import Watch
from services.reporting.watch_topic import ALERTS
from shared.bus.metrics import RECORDS
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing.bus import migrated, query, settings_of, until
from shared.testing.roles import role_processes
from tests.integration.bus_kit import running
from tests.integration.reporting_flow import at_work, record
from tests.unit.reporting.histories import History

OVERDUE_DAYS, SOON_DAYS = 20, 10
"""A referral is to be decided within 14 days."""


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, *STORES, "reporting")
    return made


def today() -> date:
    return civil_date(utc_now())


def waiting_since(days: int) -> History:
    """A referral that arrived so many days ago, and of which nothing was heard since."""
    history = History(str(uuid4()))
    history.received((today() - timedelta(days=days)).isoformat())
    return history


async def log_of(settings: Settings, topic: str, partitions: int) -> list[ConsumerRecord]:
    """Every record of a topic, oldest first in each partition."""
    kafka = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap)
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


async def said(settings: Settings) -> list[Said]:
    """Everything that was ever said of an alert, in order."""
    records = await log_of(settings, settings.topic(ALERTS), 1)
    return [Said.from_json(each.value) for each in records if each.value is not None]


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


async def poison_and_repeat(settings: Settings, topic: str) -> None:
    """Puts on a topic everything that is on it once more, between records that nobody can read."""
    records = await log_of(settings, topic, settings.partitions)
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, b"?", key=b"nobody", partition=0)
        await producer.send_and_wait(topic, None, key=b"nobody", partition=0)
        for each in records:
            place = {"key": each.key, "partition": each.partition, "headers": list(each.headers)}
            await producer.send_and_wait(topic, each.value, **place)
            await producer.send_and_wait(topic, b'{"not": "it"}', **place)


async def test_an_alert_is_raised_once_and_cleared_once_through_poison_and_repetition(settings: Settings) -> None:
    late, soon = waiting_since(OVERDUE_DAYS), waiting_since(SOON_DAYS)
    unreadable = RECORDS.labels("watch", "unreadable")
    before = unreadable._value.get()
    async with at_work(settings) as pool, running(Watch(settings)):
        await record(settings, late)
        await record(settings, soon)

        async def raised() -> bool:
            return len(await shown(pool)) == 4

        await until(raised, "two targets of each referral: acknowledged, decided")
        assert await shown(pool) == await due_by_the_views(pool)
        await poison_and_repeat(settings, settings.topic("referral"))

        async def skipped() -> bool:
            return int(unreadable._value.get() - before) == 4

        await until(skipped, "the records that nobody can read")
        known = len(late.documents)
        late.withdrawn(today().isoformat())
        await record(settings, late, already=known)

        async def cleared() -> bool:
            return len(await shown(pool)) == 2

        await until(cleared, "the withdrawn referral to be off the list")

        async def all_counted() -> bool:
            return await counted(settings, "events") == 3

        await until(all_counted, "three events, however often they are on the topic")
        assert await shown(pool) == await due_by_the_views(pool)
    found = await said(settings)
    assert sorted(words(found, late.case_id)) == sorted(
        (Rule.BREACHED, target, state) for target in ("acknowledge", "decide") for state in State
    )
    assert sorted(words(found, soon.case_id)) == [
        (Rule.BREACHED, "acknowledge", State.RAISED),
        (Rule.WILL_BREACH, "decide", State.RAISED),
    ]


async def test_killed_and_started_again_it_loses_no_alert_and_says_none_twice(
    settings: Settings, settings_env: dict[str, str]
) -> None:
    first = [waiting_since(OVERDUE_DAYS) for _ in range(20)]
    meanwhile = [waiting_since(OVERDUE_DAYS) for _ in range(5)]
    async with at_work(settings) as pool:
        with role_processes(settings, settings_env, [("reporting", "watch")]) as roles:
            watch = roles["reporting", "watch"]
            for number, history in enumerate(first):
                await record(settings, history)
                if number == 10:
                    watch.kill()
            for history in meanwhile:
                await record(settings, history)
            withdrawn = first[0]
            known = len(withdrawn.documents)
            withdrawn.withdrawn(today().isoformat())
            await record(settings, withdrawn, already=known)

            async def views_are_right() -> bool:
                async with queries.snapshot(pool, None) as conn:
                    found = await caseload(conn, Scope(at=today()))
                return found.open_referrals == 24 and len(await due_by_the_views(pool)) == 48

            await until(views_are_right, "the views without the watch")
            watch.restart()

            async def as_the_views_say() -> bool:
                return await shown(pool) == await due_by_the_views(pool)

            await until(as_the_views_say, "the alerts that the views say")
    found = await said(settings)
    for history in (*first, *meanwhile):
        spoken = words(found, history.case_id)
        assert len(spoken) == len(set(spoken)), "nothing is said twice"
        raised = {target for _, target, state in spoken if state is State.RAISED}
        cleared = {target for _, target, state in spoken if state is State.CLEARED}
        assert raised - cleared == (set() if history is withdrawn else {"acknowledge", "decide"})


async def test_a_second_watch_waits_and_takes_over_when_the_first_is_gone(settings: Settings) -> None:
    first, second, stop = Watch(settings), Watch(settings), asyncio.Event()
    async with at_work(settings) as pool:
        working = asyncio.create_task(first.run(stop))

        async def ready(watch: Watch) -> bool:
            return watch.ready

        await until(lambda: ready(first), "the first one")
        async with running(second):
            await record(settings, waiting_since(OVERDUE_DAYS))

            async def raised(number: int) -> bool:
                return len(await shown(pool)) == number

            await until(lambda: raised(2), "its alerts")
            assert not second.ready
            stop.set()
            await working
            await until(lambda: ready(second), "the second one")
            await record(settings, waiting_since(OVERDUE_DAYS))
            await until(lambda: raised(4), "the alerts of the second one")
    found = await said(settings)
    assert len(found) == len({each.alert.alert_id for each in found}) == 4
