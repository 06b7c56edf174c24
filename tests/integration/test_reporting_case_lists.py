"""Number, list, case: behind every number of a page stand as many cases as it says. Against real PostgreSQL."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from random import Random

import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from services.reporting.metrics.caseload import caseload
from services.reporting.metrics.flow import flow
from services.reporting.metrics.funnel import funnel
from services.reporting.metrics.outcomes import outcomes
from services.reporting.metrics.referrals import referrals
from services.reporting.metrics.scope import Filters, Scope
from services.reporting.metrics.sessions import sessions
from services.reporting.metrics.waits import waits
from services.reporting.pages.case_list import MOST, selected
from services.reporting.pages.selections import SELECTIONS
from shared.eventstore.store import Connection
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History
from tests.unit.reporting.pathways import pathway

NORTH = "team-north"
AT = date(2025, 9, 30)
PERIOD = (date(2024, 10, 1), AT)
BROWSER = {"accept": "text/html"}
MANY = 1000


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as opened:
        yield opened


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    made: FastAPI = app(database, True, {})
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(made, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=BROWSER) as opened:
            yield opened


async def numbers(conn: Connection, scope: Scope) -> dict[str, int]:
    """By code of a selection what the metrics count."""
    first, last = PERIOD
    counted = await caseload(conn, scope)
    found = {"open": counted.open_referrals, "caseload": counted.cases}
    found |= {f"stage-{stage}": number for stage, number in counted.by_stage.items()}
    for name, wait in (await waits(conn, scope, first=first, last=last)).items():
        found |= {f"{name}-waiting": wait.incomplete.n, f"{name}-ended": wait.completed.n}
        found[f"{name}-late"] = wait.incomplete.n - wait.incomplete.in_target
    received = await referrals(conn, scope, first=first, last=last)
    found["received"] = sum(received.decided.values())
    found |= {f"received-{decision}": number for decision, number in received.decided.items()}
    found |= {f"reason-{reason}": number for reason, number in received.decline_reasons.items()}
    steps = (await funnel(conn, scope, first=first, last=last)).reached
    assert (steps["received"], steps["accepted"]) == (found["received"], found["received-accepted"])
    found |= {f"reached-{step}": number for step, number in steps.items() if step not in ("received", "accepted")}
    moved = await flow(conn, scope, first=first, last=last)
    found["closed"] = moved.closed
    found |= {f"closed-{how}": number for how, number in moved.closed_by.items()}
    found["discharged"] = (await outcomes(conn, scope, first=first, last=last)).discharged
    seen = (await sessions(conn, scope, first=first, last=last)).since_last_contact
    return found | {f"since-{band}": number for band, number in seen.items()}


@pytest.mark.parametrize("filters", [Filters(), Filters(source="GP"), Filters(age_band="0-5", concern="birth_trauma")])
async def test_behind_every_number_stand_as_many_cases_as_it_says(record: Record, filters: Filters) -> None:
    random = Random(7)
    for number in range(80):
        await deliver(record.projection, pathway(random, str(number)).documents)
    scope = Scope(at=AT, filters=filters)
    counted = await numbers(record.reader, scope)
    if not filters.any:
        assert sum(1 for number in counted.values() if number) > 25, "most numbers are more than none"
    for code, number in counted.items():
        if code != "reason-not_stated":
            rows = await selected(record.reader, scope, code, PERIOD, limit=MANY)
            assert (code, len(rows)) == (code, number)
            assert len({row["case_id"] for row in rows}) == number


async def test_every_list_can_be_asked_for(record: Record) -> None:
    await deliver(record.projection, pathway(Random(1), "a").documents)
    for code in SELECTIONS:
        assert len(await selected(record.reader, Scope(at=AT), code, PERIOD)) <= 1


async def told(conn: Connection, number: int) -> list[History]:
    histories = []
    for each in range(number):
        history = History(str(each), NORTH)
        history.received("2025-04-01")
        await deliver(conn, history.documents)
        histories.append(history)
    return histories


async def test_who_may_read_a_case_finds_it_by_the_list_and_stands_on_record(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    [history] = await told(record.projection, 1)
    asked = {"team": NORTH, "at": "2025-06-01", "which": "stage-awaiting_decision"}
    page = await client.get("/pages/cases", params=asked, headers=bearer(database, "administrator", NORTH))
    assert page.status_code == 200
    assert f'href="/pages/cases/{history.case_id}?at=2025-06-01"' in page.text
    cases = await record.reader.fetchval(
        "SELECT cases FROM reads WHERE route = '/pages/cases' AND $1 = ANY (cases) ORDER BY id DESC LIMIT 1",
        history.case_id,
    )
    assert cases == [history.case_id]


async def test_cases_of_others_are_shown_under_pseudonyms_that_lead_nowhere(
    database: Settings, record: Record, client: httpx.AsyncClient
) -> None:
    [history] = await told(record.projection, 1)
    for role in ("lead", "analyst"):
        page = await client.get("/pages/cases", params={"at": "2025-06-01"}, headers=bearer(database, role, NORTH))
        assert (page.status_code, "(pseudonym)" in page.text) == (200, True)
        assert str(history.case_id)[-8:] not in page.text
        assert 'href="/pages/cases/' not in page.text


async def test_a_manager_sees_no_list_of_cases(database: Settings, client: httpx.AsyncClient) -> None:
    answer = await client.get("/pages/cases", headers=bearer(database, "manager", NORTH))
    assert (answer.status_code, "You cannot see this page" in answer.text) == (403, True)
    front = await client.get("/pages/caseload", headers=bearer(database, "manager", NORTH))
    assert '"/pages/cases"' not in front.text


@pytest.mark.parametrize("role", ["administrator", "analyst"])
async def test_a_long_list_goes_on_and_shows_each_case_once(
    database: Settings, record: Record, client: httpx.AsyncClient, role: str
) -> None:
    await told(record.projection, MOST + 3)
    address, found = "/pages/cases?at=2025-06-01", []
    while address:
        page = (await client.get(address, headers=bearer(database, role, NORTH))).text
        found += re.findall(r"<code>(\w{8})</code>", page)
        following = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(found) == len(set(found)) == MOST + 3


async def test_a_list_of_nothing_says_what_to_do(database: Settings, client: httpx.AsyncClient) -> None:
    asked = {"at": "2025-06-01", "which": "closed-withdrawn", "source": "police_justice"}
    page = await client.get("/pages/cases", params=asked, headers=bearer(database, "administrator", NORTH))
    assert "There is no such case" in page.text
    assert "More filters" in page.text
