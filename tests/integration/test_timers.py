"""Deadlines: kept with every change of a case, decided once when time has passed, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import orjson
import pytest
from prometheus_client import REGISTRY

from services.intervention.team.aggregate import aggregate as team
from services.referral.aggregate import aggregate as referral
from shared.eventstore.restore import restore
from shared.eventstore.store import read_after
from shared.kernel.civil import civil_date, end_of, working_days_after
from shared.kernel.errors import Rejected
from shared.kernel.rule import Deadline
from shared.process.aggregate import Aggregate
from shared.process.following import follow_teams
from shared.process.overdue import list_overdue, try_again
from shared.process.timers import Timers
from shared.settings import Settings
from shared.testing.platform import Platform
from tests.integration.process_kit import (
    STRUCTURED,
    client_of,
    event,
    hand_over,
    installed,
    request_example,
    rows,
)

RECEIVED = request_example(referral, "ReferralReceived")
RECEIVED.pop("received_at", None)
CONFIGURED = request_example(team, "TeamConfigured")
TODAY = civil_date(datetime.now(UTC))
ACKNOWLEDGE_BY = end_of(working_days_after(TODAY, 1))
DECIDE_BY = end_of(TODAY + timedelta(days=14))
TIMERS = "SELECT name, due_at, code, attempts FROM timers WHERE stream = $1 ORDER BY name"
RECHECKS = "SELECT code FROM rechecks WHERE stream = $1"
SAID = "SELECT doc::text FROM events WHERE case_id = $1 AND type LIKE 'dyad.TargetBreached.%' ORDER BY version"
BLOCKED = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'timers'::regclass"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        """The instant at which it stands."""
        return self.now


@pytest.fixture
def settings(platform: Platform) -> Iterator[Settings]:
    """Empty databases: a clock that is moved must find nothing of another test."""
    with installed(platform, "referral", "intervention") as made:
        yield made


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Of the referral service."""
    async with client_of(settings, "referral") as made:
        yield made


@asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection such as the runner has."""
    conn = await asyncpg.connect(settings.dsn("referral", "dyad_consumer"))
    try:
        yield conn
    finally:
        await conn.close()


async def look(settings: Settings, now: datetime, aggregate: Aggregate[Any, Any, Any, Any] = referral) -> int:
    """Looks until nothing is due at an instant; how many streams were looked at."""
    timers, looked_at = Timers(settings, (aggregate,), Clock(now)), 0
    async with at_work(settings) as conn:
        while number := await timers.look(conn):
            looked_at += number
    return looked_at


async def received(client: httpx.AsyncClient, team_id: str = "team-north", on: date = TODAY) -> UUID:
    case_id = uuid4()
    data = {**RECEIVED, "received_on": on.isoformat()}
    body = event("ReferralReceived", data, subject=str(case_id), teamid=team_id)
    answer = await client.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
    assert answer.status_code == 201, answer.text
    return case_id


async def kept(settings: Settings, case_id: UUID) -> dict[str, datetime]:
    return {row["name"]: row["due_at"] for row in await rows(settings, "referral", TIMERS, f"referral-{case_id}")}


async def breaches(settings: Settings, case_id: UUID) -> list[str]:
    found = await rows(settings, "referral", SAID, case_id)
    return [orjson.loads(row[0])["data"]["target_code"] for row in found]


async def test_a_post_keeps_the_deadlines_of_its_case_and_takes_away_those_that_were_met(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await received(client)
    assert await kept(settings, case_id) == {"P1": ACKNOWLEDGE_BY, "P9-decide": DECIDE_BY}
    withdrawn = event("ReferralWithdrawn", request_example(referral, "ReferralWithdrawn") | {"on": TODAY.isoformat()})
    withdrawn["subject"] = str(case_id)
    answer = await client.post("/events", content=orjson.dumps(withdrawn), headers=STRUCTURED)
    assert answer.status_code == 201, answer.text
    assert await kept(settings, case_id) == {}


async def test_a_deadline_rings_once_it_has_passed_and_not_before(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await received(client)
    assert await look(settings, ACKNOWLEDGE_BY - timedelta(seconds=1)) == 0
    assert await look(settings, ACKNOWLEDGE_BY) == 1
    assert await breaches(settings, case_id) == ["acknowledge"]
    assert await kept(settings, case_id) == {"P9-decide": DECIDE_BY}
    assert await look(settings, ACKNOWLEDGE_BY) == 0
    await look(settings, DECIDE_BY + timedelta(days=400))
    assert await breaches(settings, case_id) == ["acknowledge", "decide"]
    assert await kept(settings, case_id) == {}


async def test_the_role_rings_by_itself_and_shows_what_is_left(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await received(client)
    timers, stop = Timers(settings, (referral,), Clock(ACKNOWLEDGE_BY)), asyncio.Event()
    running = asyncio.create_task(timers.run(stop))
    try:
        async with asyncio.timeout(30):
            while await breaches(settings, case_id) != ["acknowledge"]:
                assert not running.done(), "it ended"
                await asyncio.sleep(0.02)
        assert timers.ready
    finally:
        stop.set()
        await running
    assert REGISTRY.get_sample_value("dyad_timers_overdue", {"service": "referral"}) == 0
    assert not timers.ready


async def test_a_breach_names_its_rule_and_nobody_as_its_cause(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await received(client)
    await look(settings, ACKNOWLEDGE_BY)
    [row] = await rows(settings, "referral", SAID, case_id)
    said = orjson.loads(row[0])
    assert (said["rule"], said["actor"], said["actorrole"]) == ("P1", "dyad", "system")
    assert "causationid" not in said


async def test_two_runners_at_once_say_each_breach_once(client: httpx.AsyncClient, settings: Settings) -> None:
    cases = [await received(client) for _ in range(12)]
    await asyncio.gather(*(look(settings, DECIDE_BY) for _ in range(2)))
    assert [await breaches(settings, case_id) for case_id in cases] == [["acknowledge", "decide"]] * len(cases)


async def test_a_case_that_somebody_has_locked_keeps_nobody_waiting(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    locked, free = await received(client), await received(client)
    async with at_work(settings) as other, other.transaction():
        await other.fetchval("SELECT lock_cases('referral', $1)", [locked])
        assert await look(settings, ACKNOWLEDGE_BY) == 1
    assert (await breaches(settings, locked), await breaches(settings, free)) == ([], ["acknowledge"])
    assert await look(settings, ACKNOWLEDGE_BY) == 1
    assert await breaches(settings, locked) == ["acknowledge"]


async def test_a_runner_that_is_killed_in_between_is_repeated_without_effect(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await received(client)
    owner = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE timers IN SHARE MODE")  # it decides, and waits where it would write
            looking = asyncio.create_task(look(settings, ACKNOWLEDGE_BY))
            async with asyncio.timeout(30):
                while (pid := await owner.fetchval(BLOCKED)) is None:
                    assert not looking.done(), "it did not come to write"
                    await asyncio.sleep(0)
            admin = await asyncpg.connect(settings.admin_dsn(settings.database("referral")))
            assert await admin.fetchval("SELECT pg_terminate_backend($1)", pid)
            await admin.close()
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await looking
    finally:
        await owner.close()
    assert await breaches(settings, case_id) == []
    assert await look(settings, ACKNOWLEDGE_BY) == 1
    assert await breaches(settings, case_id) == ["acknowledge"]


async def test_nothing_old_rings_after_a_restore_and_later_deadlines_are_set(
    client: httpx.AsyncClient, settings: Settings, platform: Platform
) -> None:
    """Restored is a case whose acknowledgement was due before the end of its history, its decision after that."""
    old, young = await received(client, on=TODAY - timedelta(days=5)), await received(client)
    source = await asyncpg.connect(settings.dsn("referral", "dyad_owner"))
    history = await read_after(source, 0, 100)
    await source.close()
    with installed(platform, "referral") as other:
        target = await asyncpg.connect(other.dsn("referral", "dyad_owner"))
        await restore(target, history)
        await target.close()
        assert await kept(other, old) == {}
        assert await look(other, datetime.now(UTC)) == 2
        assert await kept(other, old) == {"P9-decide": end_of(TODAY + timedelta(days=9))}
        assert await kept(other, young) == {"P1": ACKNOWLEDGE_BY, "P9-decide": DECIDE_BY}
        await look(other, DECIDE_BY)
        assert (await breaches(other, old), await breaches(other, young)) == (["decide"], ["acknowledge", "decide"])


async def test_another_configuration_moves_the_deadlines_of_all_cases_of_the_team(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    mine, others = await received(client, "team-mine"), await received(client, "team-others")
    targets = {**CONFIGURED["targets"], "acknowledge_working_days": 3, "decide_days": 5}
    body = event("TeamConfigured", {**CONFIGURED, "targets": targets}, teamid="team-mine")
    async with client_of(settings, "intervention") as intervention:
        answer = await intervention.post("/events", content=orjson.dumps(body), headers=STRUCTURED)
    assert answer.status_code == 201, answer.text
    await hand_over(settings, "intervention", referral, "team-mine")
    async with at_work(settings) as conn:
        assert await follow_teams(conn, "referral") == 1
        assert await follow_teams(conn, "referral") == 0
    assert await look(settings, datetime.now(UTC)) == 1
    moved = {"P1": end_of(working_days_after(TODAY, 3)), "P9-decide": end_of(TODAY + timedelta(days=5))}
    assert await kept(settings, mine) == moved
    assert await kept(settings, others) == {"P1": ACKNOWLEDGE_BY, "P9-decide": DECIDE_BY}


async def test_a_deadline_that_is_refused_is_tried_again_later_and_keeps_no_other_from_ringing(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    case_id = await received(client)

    def refuse(_state: Any, _command: Any, _known: Any) -> tuple[Any, ...]:
        raise Rejected("never-today")

    decider = replace(referral.decider, decide=refuse)
    assert await look(settings, ACKNOWLEDGE_BY, replace(referral, decider=decider)) == 1
    found = await rows(settings, "referral", TIMERS, f"referral-{case_id}")
    assert [(row["name"], row["code"], row["attempts"]) for row in found] == [
        ("P1", "never-today", 1),
        ("P9-decide", None, 0),
    ]
    assert await look(settings, ACKNOWLEDGE_BY + timedelta(seconds=59)) == 0
    async with at_work(settings) as conn:
        [listed] = await list_overdue(conn)
        assert (listed.stream, listed.name, listed.code) == (f"referral-{case_id}", "P1", "never-today")
        assert not await try_again(conn, listed.stream, "P9-decide")
        assert await try_again(conn, listed.stream, listed.name)
    assert await look(settings, ACKNOWLEDGE_BY, replace(referral, decider=decider)) == 1
    assert await look(settings, ACKNOWLEDGE_BY + timedelta(seconds=119)) == 0
    assert await look(settings, ACKNOWLEDGE_BY + timedelta(seconds=120)) == 1
    assert await breaches(settings, case_id) == ["acknowledge"]


async def test_a_deadline_that_asks_in_vain_is_no_endless_loop(client: httpx.AsyncClient, settings: Settings) -> None:
    case_id = await received(client)
    silent = replace(referral.decider, decide=lambda _state, _command, _known: ())
    assert await look(settings, ACKNOWLEDGE_BY, replace(referral, decider=silent)) == 1
    [first, _] = await rows(settings, "referral", TIMERS, f"referral-{case_id}")
    assert (first["name"], first["code"]) == ("P1", "not-settled")


async def test_deadlines_that_break_refuse_no_post_and_hold_up_no_other_case(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    broken, sound = await received(client, on=TODAY - timedelta(days=1)), await received(client)

    def break_for_one(state: Any, known: Any) -> tuple[Deadline[Any], ...]:
        if state.received[0].received_on < TODAY:
            raise KeyError("deadlines")
        return referral.deadlines(state, known)

    assert await look(settings, ACKNOWLEDGE_BY, replace(referral, deadlines=break_for_one)) == 2
    assert await breaches(settings, sound) == ["acknowledge"]
    assert await breaches(settings, broken) == []
    found = await rows(settings, "referral", TIMERS, f"referral-{broken}")
    assert [row["code"] for row in found] == ["KeyError", None]
    assert await look(settings, ACKNOWLEDGE_BY + timedelta(minutes=1)) == 1
    assert await breaches(settings, broken) == ["acknowledge"]
