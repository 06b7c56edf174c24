"""The worklist as a page: the same cases as the watch's alerts, read by right and on record; in real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from random import Random
from zipfile import ZipFile

import httpx
import pytest

from services.reporting.metrics.scope import Filters, Scope
from services.reporting.waiting import wait_alerts
from services.reporting.worklist import Reason
from services.reporting.worklist_rows import worklist
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.access_kit import NORTH, Person, clients_of, query
from tests.integration.reporting_kit import Record, announce, deliver, emptied, migrated
from tests.unit.reporting.histories import History
from tests.unit.reporting.pathways import pathway

AT = date(2025, 6, 1)
OF_DIARY = {Reason.NO_DATE, Reason.BOOKED_LATE}


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(settings: Settings) -> AsyncIterator[Record]:
    async with emptied(settings) as opened:
        yield opened


@pytest.fixture
async def clients(settings: Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with clients_of(settings, "reporting") as found:
        yield found


@pytest.mark.parametrize("filters", [Filters(), Filters(source="GP")])
async def test_the_reasons_are_the_alerts_of_the_watch_and_what_the_diary_says(
    record: Record, filters: Filters
) -> None:
    random = Random(5)
    for number in range(30):
        await deliver(record.projection, pathway(random, str(number)).documents)
    scope = Scope(at=AT, filters=filters)
    items = await worklist(record.reader, scope)
    found = {(each.case_id, reason.value) for each in items for reason in each.reasons if reason not in OF_DIARY}
    assert found == {(each.case_id, each.rule.value) for each in await wait_alerts(record.reader, scope)}
    assert found or filters.any


async def test_what_is_booked_or_offered_is_a_date(record: Record) -> None:
    booked, offered, without = (History(name, NORTH) for name in "abc")
    for history in (booked, offered, without):
        history.received("2025-03-10")
        history.accepted("2025-03-17")
        history.opened("2025-03-17")
    booked.booked("2025-06-03T09:00:00Z", session="first")
    offered.say("assessment", "AssessmentOffered", {"offer_on": "2025-03-18", "appt_on": "2025-06-04"})
    for history in (booked, offered, without):
        await deliver(record.projection, history.documents)
    found = {each.case_id: each for each in await worklist(record.reader, Scope(at=AT))}
    assert found[booked.case_id].booked_on == date(2025, 6, 3)
    assert found[offered.case_id].booked_on == date(2025, 6, 4)
    assert Reason.NO_DATE in found[without.case_id].reasons
    assert Reason.NO_DATE not in found[booked.case_id].reasons


async def test_who_lists_cases_gets_links_on_record_and_others_pseudonyms(
    settings: Settings, record: Record, clients: dict[str, httpx.AsyncClient]
) -> None:
    history = History("a", NORTH)
    history.received("2025-04-01")
    await deliver(record.projection, history.documents)
    asked = {"team": NORTH, "at": "2025-06-01", "sort": "-received", "reason": "breached"}
    office = Person(settings, clients, "administrator", NORTH, subject="office")
    page = (await office.get("reporting", "/pages/worklist", **asked)).text
    assert f'href="/pages/cases/{history.case_id}?at=2025-06-01"' in page
    assert "Decision" in page
    sql = "SELECT actor_id, route, cases FROM reads ORDER BY id DESC LIMIT 1"
    [row] = await query(settings, "reporting", "dyad_owner", None, sql)
    assert tuple(row) == ("office", "/pages/worklist", [history.case_id])
    analyst = Person(settings, clients, "analyst", NORTH)
    hidden = (await analyst.get("reporting", "/pages/worklist", **asked)).text
    assert "(pseudonym)" in hidden
    assert str(history.case_id)[-8:] not in hidden
    assert ">*<span" in hidden, "numbers that leave the team are suppressed"
    manager = Person(settings, clients, "manager", NORTH)
    assert (await manager.get("reporting", "/pages/worklist")).status_code == 403


@pytest.mark.parametrize("wrong", [{"sort": "name"}, {"page": "0"}, {"reason": "soon"}, {"target": "x"}])
async def test_a_wrong_order_or_reason_is_told(
    settings: Settings, clients: dict[str, httpx.AsyncClient], wrong: dict[str, str]
) -> None:
    office = Person(settings, clients, "administrator", NORTH)
    answer = await office.get("reporting", "/pages/worklist", **wrong)
    assert (answer.status_code, "There is a problem" in answer.text) == (422, True)


async def test_the_whole_list_can_be_had_as_a_file_with_its_provenance_and_on_record(
    settings: Settings, record: Record, clients: dict[str, httpx.AsyncClient]
) -> None:
    history = History("a", NORTH)
    history.received("2025-04-01")
    await deliver(record.projection, history.documents)
    office = Person(settings, clients, "administrator", NORTH, subject="filing")
    asked = {"team": NORTH, "at": "2025-06-01", "reason": "breached"}
    assert (await office.get("reporting", "/pages/worklist.csv", **asked)).status_code == 503
    await announce(record.projection, datetime.now(UTC), STORES)
    answer = await office.get("reporting", "/pages/worklist.csv", **asked)
    with ZipFile(BytesIO(answer.content)) as files:
        assert str(history.case_id) in files.read("worklist.csv").decode()
        assert "breached" in files.read("provenance.csv").decode()
    sql = "SELECT actor_id, cases FROM reads ORDER BY id DESC LIMIT 1"
    [row] = await query(settings, "reporting", "dyad_owner", None, sql)
    assert tuple(row) == ("filing", [history.case_id])
    analyst = await Person(settings, clients, "analyst", NORTH).get("reporting", "/pages/worklist.csv", **asked)
    with ZipFile(BytesIO(analyst.content)) as files:
        assert str(history.case_id) not in files.read("worklist.csv").decode()
    assert (await office.get("reporting", "/pages/worklist.xlsx", sort="name")).status_code == 422
