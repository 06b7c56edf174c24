"""Frozen reports and limits as pages: frozen by a form, shown with what they rest on, decided with a reason."""

import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from services.reporting.main import app
from services.reporting.metrics.catalogue import METRICS
from shared.kernel.ids import utc_now
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import Record, announce, deliver, emptied, migrated
from tests.unit.reporting.histories import History, whole_way

NORTH = "team-north"
QUERY = f"team={NORTH}&at=2025-06-30"
REPORTS, LIMITS = "/pages/reports", "/pages/limits"


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def record(database: Settings) -> AsyncIterator[Record]:
    async with emptied(database) as found:
        for number in range(2):
            await deliver(found.projection, whole_way(f"case-{number}", NORTH).documents)
        await announce(found.projection, utc_now(), STORES)
        yield found


@pytest.fixture
async def lead(database: Settings, record: Record) -> AsyncIterator[httpx.AsyncClient]:
    """The pages as the lead of the team sees them."""
    assert record.reader is not None
    application = app(database, True, {})
    transport = httpx.ASGITransport(application)
    headers = {**bearer(database, "lead", NORTH), "accept": "text/html"}
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=headers) as opened,
    ):
        yield opened


async def frozen(client: httpx.AsyncClient, name: str, **fields: str) -> str:
    """Address of a report that was frozen by a form."""
    asked = {"name": name, "metrics": "caseload waits", "query": QUERY, **fields}
    answer = await client.post(REPORTS, data=asked)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_view_is_frozen_by_a_form_listed_and_shown_verified(lead: httpx.AsyncClient) -> None:
    place = await frozen(lead, "Board June")
    page = (await lead.get(place)).text
    assert '<h1 class="nhsuk-heading-l">Frozen report: board-june</h1>' in page
    assert "<strong>Verified.</strong>" in page
    for name in ("caseload", "waits"):
        assert f'<h2 id="section-{name}">{METRICS[name].title}</h2>' in page
        assert METRICS[name].source in page
    assert "for use inside the team only" in page
    listed = (await lead.get(REPORTS)).text
    assert f'<a href="{place}">board-june</a>' in listed
    file = await lead.get(f"{place}.json")
    assert (file.status_code, file.headers["dyad-verified"]) == (200, "true")


async def test_what_came_since_stands_on_the_page_of_differences(lead: httpx.AsyncClient, record: Record) -> None:
    place = await frozen(lead, "before it came")
    assert "today’s answer is the frozen one" in (await lead.get(f"{place}/diff")).text
    late = History(case="late", team=NORTH, clock=utc_now())
    late.received("2025-04-02")
    await deliver(record.projection, late.documents)
    page = (await lead.get(f"{place}/diff")).text
    assert "<li>ReferralReceived: 1</li>" in page
    assert "2 April 2025" in page
    assert "Awaiting decision" in page


async def test_an_evidence_pack_has_every_definition_beside_its_numbers(lead: httpx.AsyncClient) -> None:
    page = (await lead.get(await frozen(lead, "for the board", kind="evidence-pack"))).text
    assert "Evidence pack: for-the-board" in page
    assert "hidden: counts under 5 are *" in page
    shown = set(re.findall(r'<h2 id="section-([a-z-]+)">', page))
    assert shown == set(METRICS) - {"caseload-by-practitioner", "network"}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x"}, 422),
        ({"query": "team=team-north&at=yesterday"}, 422),
        ({"query": "team=team-south"}, 422),
        ({"metrics": "nonsense"}, 422),
        ({"query": "team=team-north&known_at=2099-01-01T00:00"}, 409),
    ],
)
async def test_what_cannot_be_frozen_is_said_on_a_screen(
    lead: httpx.AsyncClient, fields: dict[str, str], status: int
) -> None:
    answer = await lead.post(REPORTS, data={"name": "fine", "metrics": "waits", "query": QUERY, **fields})
    assert answer.status_code == status
    assert "<h1" in answer.text


async def test_a_report_that_there_is_not_is_a_page_not_found(lead: httpx.AsyncClient) -> None:
    answer = await lead.get(f"{REPORTS}/01a20b42-6483-739e-92b5-13866f6a069d")
    assert (answer.status_code, "Page not found" in answer.text) == (404, True)


async def test_limits_are_computed_anew_by_a_form_and_it_is_taken_back_by_another(
    lead: httpx.AsyncClient, database: Settings
) -> None:
    asked = {"team": NORTH, "series": "caseload", "month": "2025-03-01", "reason": "Second clinic opened"}
    assert (await lead.post(LIMITS, data=asked | {"reason": ""})).status_code == 422
    assert (await lead.post(LIMITS, data=asked | {"month": "soon"})).status_code == 422
    answer = await lead.post(LIMITS, data=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{LIMITS}?team={NORTH}")
    page = (await lead.get(f"{LIMITS}?team={NORTH}")).text
    assert "Open caseload at the end of the month from 1 March 2025: second-clinic-opened" in page
    assert "second clinic opened" in page
    practitioner = bearer(database, "practitioner", NORTH)
    assert (await lead.post(LIMITS, data=asked, headers=practitioner)).status_code == 403
    acts = (await lead.get(f"/rebases?team={NORTH}")).json()
    back = await lead.post(f"{LIMITS}/{acts[-1]['act_id']}/withdrawal", data={"reason": "It was closed"})
    assert back.status_code == 303
    page = (await lead.get(f"{LIMITS}?team={NORTH}")).text
    assert "No limits of team-north are computed anew" in page
    assert "no longer computed anew from 1 March 2025: it-was-closed" in page
