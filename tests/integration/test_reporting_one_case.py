"""One case as a page: number, list, case, event; by the same right and with the same record as over the API."""

from collections.abc import AsyncIterator, Iterator
from datetime import date
from random import Random
from uuid import uuid4

import httpx
import pytest

from services.reporting.metrics.scope import Scope
from services.reporting.pages.case_list import selected
from services.reporting.pages.one_case import counted_in
from services.reporting.pages.selections import SELECTIONS
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from tests.integration.access_kit import NORTH, Person, clients_of, query
from tests.integration.reporting_kit import Record, deliver, emptied, migrated
from tests.unit.reporting.histories import History, whole_way
from tests.unit.reporting.pathways import pathway

AT = date(2025, 9, 30)
PERIOD = (date(2024, 10, 1), AT)


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


async def told(record: Record) -> History:
    history = whole_way(str(uuid4()), NORTH)
    await deliver(record.projection, history.documents)
    return history


async def test_a_case_says_which_lists_it_is_in_and_no_other(record: Record) -> None:
    random = Random(11)
    histories = [pathway(random, str(number)) for number in range(12)]
    for history in histories:
        await deliver(record.projection, history.documents)
    scope = Scope(at=AT)
    lists = {
        code: {row["case_id"] for row in await selected(record.reader, scope, code, PERIOD)} for code in SELECTIONS
    }
    for history in histories:
        found = [code for code, _ in await counted_in(record.reader, scope, history.case_id, PERIOD)]
        assert found == [code for code, cases in lists.items() if history.case_id in cases]
    assert any(lists.values())


async def test_the_page_shows_clocks_waits_numbers_and_every_event_and_stands_on_record(
    settings: Settings, record: Record, clients: dict[str, httpx.AsyncClient]
) -> None:
    history = await told(record)
    clinician = Person(settings, clients, "triage_clinician", NORTH, subject="duty")
    answer = await clinician.get("reporting", f"/pages/cases/{history.case_id}", at="2025-06-01")
    page = answer.text
    assert answer.status_code == 200
    received = history.documents[0].event_id
    assert f'<a href="#event-{received}">10 March 2025</a>' in page, "a milestone leads to the event that says it"
    for document in history.documents:
        assert f'<li id="event-{document.event_id}">' in page
    assert f"/pages/cases?at=2025-06-01&amp;team={NORTH}&amp;which=stage-active" in page
    assert "health_visitor" in page.split("<dt>Source</dt>")[1][:60]
    sql = "SELECT actor_id, route, cases FROM reads ORDER BY id DESC LIMIT 1"
    [row] = await query(settings, "reporting", "dyad_owner", None, sql)
    assert tuple(row) == ("duty", "/pages/cases/{case_id}", [history.case_id])


SCREENS = {
    "practitioner": "This case is not one of yours",
    "analyst": "You cannot see this page",
    "manager": "You cannot see this page",
}


@pytest.mark.parametrize("role", SCREENS)
async def test_who_may_not_read_the_case_gets_a_screen_that_says_what_to_do(
    settings: Settings, record: Record, clients: dict[str, httpx.AsyncClient], role: str
) -> None:
    history = await told(record)
    person = Person(settings, clients, role, NORTH, practitioner=uuid4())
    person.headers["accept"] = "text/html"
    answer = await person.get("reporting", f"/pages/cases/{history.case_id}")
    assert (answer.status_code, SCREENS[role] in answer.text) == (403, True)
    assert str(history.case_id)[-8:] not in answer.text.replace(f"/pages/cases/{history.case_id}", "")


async def test_a_case_that_was_not_known_then_is_not_found(
    settings: Settings, record: Record, clients: dict[str, httpx.AsyncClient]
) -> None:
    history = await told(record)
    clinician = Person(settings, clients, "triage_clinician", NORTH)
    answer = await clinician.get("reporting", f"/pages/cases/{history.case_id}", known_at="2024-01-01T00:00")
    assert answer.status_code == 404
    assert (await clinician.get("reporting", f"/pages/cases/{uuid4()}")).status_code == 404
