"""The pathway watch on real Kafka: what it raises, clears and counts; killed, poisoned, and hearing things twice."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.reporting import queries
from services.reporting.alert_records import Said, State
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.scope import Scope
from services.reporting.wait_alerts import Alert, Rule, alert_id
from services.reporting.watch import Watch
from services.reporting.watch_topic import ALERTS, AlertTopic
from shared.bus.metrics import RECORDS
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing.bus import migrated, settings_of, until
from shared.testing.roles import role_processes
from tests.integration.bus_kit import running
from tests.integration.reporting_flow import at_work, record
from tests.integration.watch_kit import (
    OVERDUE_DAYS,
    SOON_DAYS,
    counted,
    due_by_the_views,
    poison,
    repeat,
    said,
    shown,
    today,
    waiting_since,
    words,
)


@pytest.fixture
async def settings(settings_env: dict[str, str]) -> Settings:
    made = settings_of(settings_env)
    await migrated(made, *STORES, "reporting")
    return made


async def test_an_alert_is_raised_once_and_cleared_once_through_poison_and_repetition(settings: Settings) -> None:
    late, soon = waiting_since(OVERDUE_DAYS), waiting_since(SOON_DAYS)
    skipped_before = skipped()
    async with at_work(settings) as pool, running(Watch(settings)):
        await record(settings, late)
        await record(settings, soon)

        async def raised() -> bool:
            return len(await shown(pool)) == 4

        await until(raised, "two targets of each referral: acknowledged, decided")
        assert await shown(pool) == await due_by_the_views(pool)
        poisonous = await poison(settings, settings.topic("referral"), late.documents[0])
        await repeat(settings, settings.topic("referral"))

        async def all_skipped() -> bool:
            return skipped() - skipped_before == 2 * poisonous

        await until(all_skipped, "the records that nobody should believe")
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


def skipped() -> int:
    """How many records it could not read, in this process."""
    kinds = ("unreadable", "unknown", "poison")
    return sum(int(RECORDS.labels("watch", kind)._value.get()) for kind in kinds)


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


def an_alert(case_id: UUID) -> Said:
    key = alert_id(case_id, Rule.BREACHED, "decide")
    alert = Alert(key, case_id, "team-north", Rule.BREACHED, "decide", today(), "triage_clinician")
    return Said(alert, State.RAISED, utc_now())


async def test_who_was_taken_for_dead_and_wakes_up_says_nothing_more(settings: Settings) -> None:
    first, second = an_alert(uuid4()), an_alert(uuid4())
    async with AlertTopic(settings) as frozen:
        await frozen.say([first])
        async with AlertTopic(settings) as alive:
            assert alive.standing == {first.alert.alert_id: first}
            with pytest.raises(KafkaError):
                await frozen.say([second])
            await alive.say([second])
    assert await said(settings) == [first, second]


async def test_poison_among_the_alerts_is_passed_over_and_what_it_hid_is_said_again(settings: Settings) -> None:
    history = waiting_since(OVERDUE_DAYS)
    hidden = an_alert(history.case_id)
    nobody = an_alert(uuid4())
    async with at_work(settings) as pool:
        await record(settings, history)
        async with AlertTopic(settings) as before:
            await before.say([hidden, nobody])
        await poison_alerts(settings, hidden)
        watch = Watch(settings)
        async with running(watch):

            async def right() -> bool:
                # ready too: Faust that is stopped while it joins its group forgets to close a connection
                return watch.ready and await shown(pool) == await due_by_the_views(pool) != set()

            await until(right, "the alerts that the views say")
    spoken = [each.state for each in await said(settings, strict=False) if each.alert.alert_id == hidden.alert.alert_id]
    assert spoken == [State.RAISED, State.RAISED], "readers of the topic had lost it"
    [*_, last] = [each for each in await said(settings, strict=False) if each.alert.case_id == nobody.alert.case_id]
    assert last.state is State.CLEARED, "a case that nobody knows"


async def poison_alerts(settings: Settings, hidden: Said) -> None:
    """Records under which no alert should be believed; the last of them in the place of one that was said."""
    other = an_alert(uuid4())

    def forged(**members: Any) -> bytes:
        return orjson.dumps(orjson.loads(other.to_json()) | members)

    own = str(other.alert.alert_id).encode()
    records: list[tuple[bytes, bytes | None]] = [
        (b"no id", other.to_json()),
        (str(uuid4()).encode(), other.to_json()),
        (own, b"[" * 1_500 + b"]" * 1_500),
        (own, b"[" * 100_000),
        (own, b"[]"),
        (own, forged(case_id=5)),
        (own, forged(team_id="nobody\x00")),
        (own, forged(owner_role=None)),
        (own, forged(at="0001-01-01T00:00:00+14:00")),
        (own, forged(at="9999-12-31T23:59:59+00:00", state="cleared")),
        (own, forged(rule="no_such_rule")),
        (str(hidden.alert.alert_id).encode(), b"?"),
    ]
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap, acks="all") as producer:
        for key, value in records:
            await producer.send_and_wait(settings.topic(ALERTS), value, key=key)
