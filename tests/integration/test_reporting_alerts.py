"""`GET /alerts`: what the pathway watch has left behind, for whom it may be."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.reporting import watch_tables
from services.reporting.alert_records import Said, State
from services.reporting.main import app
from services.reporting.wait_alerts import Alert, Rule, alert_id
from services.reporting.windows import Count, Window, begin_of, monday_of
from shared.eventstore.store import Connection
from shared.kernel.civil import civil_date
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.bus import query
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import deliver, emptied, migrated
from tests.unit.reporting.histories import History

NORTH, SOUTH = "team-north", "team-south"


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


def received(name: str, team: str, day: date) -> History:
    history = History(name, team)
    history.received(day.isoformat())
    return history


def raised(history: History) -> Said:
    key = alert_id(history.case_id, Rule.BREACHED, "decide")
    alert = Alert(key, history.case_id, history.team, Rule.BREACHED, "decide", date(2026, 1, 2), "triage_clinician")
    return Said(alert, State.RAISED, utc_now())


async def leave_behind(conn: Connection) -> list[History]:
    """Six alerts in the north, one in the south, and a week whose like there were eight of before."""
    now = utc_now()
    today, monday = civil_date(now), monday_of(civil_date(now))
    histories = [received(f"n{number}", NORTH, monday - timedelta(days=1 + number)) for number in range(6)]
    histories.append(received("s", SOUTH, monday - timedelta(days=3)))
    for history in histories:
        await deliver(conn, history.documents)
    await watch_tables.replace_alerts(conn, [raised(history) for history in histories])
    minute = now.replace(second=0, microsecond=0)
    counts = [
        Count(NORTH, Window.EVENTS, minute, "SessionHeld", 3),
        Count(NORTH, Window.SESSIONS_TODAY, begin_of(today), "", 3),
        Count(NORTH, Window.REFERRALS_WEEK, begin_of(monday), "", 7),
        Count(SOUTH, Window.SESSIONS_TODAY, begin_of(today), "", 1),
    ]
    await watch_tables.apply_counts(conn, await watch_tables.counted(conn), counts)
    return histories


@pytest.fixture
async def conn(database: Settings) -> AsyncIterator[Connection]:
    async with emptied(database) as record:
        yield record.projection


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    application = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting") as opened:
            yield opened


async def ask(client: httpx.AsyncClient, who: dict[str, str], team: str | None = NORTH, **more: str) -> dict[str, Any]:
    asked = {"team": team, **more} if team else more
    answer = await client.get("/alerts", params=asked, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_clinician_sees_the_cases_of_the_team_and_its_numbers(
    client: httpx.AsyncClient, database: Settings, conn: Connection
) -> None:
    histories = await leave_behind(conn)
    await watch_tables.seen(conn, utc_now())
    found = await ask(client, bearer(database, "triage_clinician", NORTH), limit="4")
    assert found["stale"] is False
    assert found["raised"] == {"will_breach": 0, "breached": 6, "no_session": 0, "not_brought": 0}
    assert (found["sessions_today"], found["referrals_this_week"], found["usual_referrals_a_week"]) == (3, 7, 0.75)
    assert [(each["type"], each["number"]) for each in found["events"]] == [("SessionHeld", 3)]
    assert len(found["alerts"]) == 4
    assert {each["case_id"] for each in found["alerts"]} <= {str(each.case_id) for each in histories[:6]}
    reads = await query(database, "reporting", "SELECT route, cardinality(cases) FROM reads ORDER BY id DESC LIMIT 1")
    assert [tuple(each) for each in reads] == [("/alerts", 4)]


async def test_an_analyst_gets_pseudonyms_and_no_small_numbers(
    client: httpx.AsyncClient, database: Settings, conn: Connection
) -> None:
    histories = await leave_behind(conn)
    found = await ask(client, bearer(database, "analyst", NORTH, SOUTH), None)
    assert found["suppressed"] is True
    assert (found["raised"]["breached"], found["sessions_today"], found["referrals_this_week"]) == (5, "*", 5)
    assert found["events"] is None
    assert len(found["alerts"]) == 7
    assert not {each["case_id"] for each in found["alerts"]} & {str(each.case_id) for each in histories}
    assert not {each["alert_id"] for each in found["alerts"]} & {str(raised(each).alert.alert_id) for each in histories}


async def test_a_manager_sees_numbers_and_no_case(
    client: httpx.AsyncClient, database: Settings, conn: Connection
) -> None:
    await leave_behind(conn)
    found = await ask(client, bearer(database, "manager", NORTH))
    assert found["alerts"] is None
    assert (found["raised"]["breached"], found["sessions_today"]) == (6, 3)


async def test_nobody_sees_another_team(client: httpx.AsyncClient, database: Settings, conn: Connection) -> None:
    await leave_behind(conn)
    found = await ask(client, bearer(database, "triage_clinician", SOUTH), SOUTH)
    assert found["raised"]["breached"] == 1
    answer = await client.get("/alerts", params={"team": NORTH}, headers=bearer(database, "triage_clinician", SOUTH))
    assert answer.status_code == 403


async def test_without_the_watch_the_answer_says_that_it_is_old(
    client: httpx.AsyncClient, database: Settings, conn: Connection
) -> None:
    await conn.execute("DELETE FROM watch_seen")
    await leave_behind(conn)
    found = await ask(client, bearer(database, "triage_clinician", NORTH))
    assert (found["seen_at"], found["stale"]) == (None, True)
    await watch_tables.seen(conn, utc_now() - timedelta(minutes=5))
    assert (await ask(client, bearer(database, "triage_clinician", NORTH)))["stale"] is True


async def test_what_was_cleared_is_gone_and_what_is_not_counted_any_more_too(conn: Connection) -> None:
    histories = await leave_behind(conn)
    said = raised(histories[0])
    await watch_tables.apply_alerts(conn, [said, Said(said.alert, State.CLEARED, utc_now())])
    assert await conn.fetchval("SELECT count(*) FROM alerts") == 6
    before = await watch_tables.counted(conn)
    [kept] = [each for each in before if each.team_id == SOUTH]
    await watch_tables.apply_counts(conn, before, [kept._replace(number=2)])
    assert await watch_tables.counted(conn) == {kept._replace(number=2)}
