"""Names on the pages that show cases: told by the referral service to who may read them, and kept nowhere else.

Both services, each on its own PostgreSQL database.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import httpx
import pytest

from deploy.local.ports import free_port
from services.reporting.main import service as reporting
from services.reporting.names import MOST, NO_ANSWER, NO_RIGHT, NamesDesk
from services.reporting.pages import case_list, worklist
from shared.settings import STORES, Settings
from shared.testing.platform import Platform
from shared.testing.tokens import bearer, token
from shared.web.access.browser import SESSION_COOKIE
from shared.web.access.sessions import Sessions
from tests.integration.access_kit import instant, query, reads_of
from tests.integration.canary_kit import found_in, tables
from tests.integration.process_kit import client_of, installed
from tests.integration.reporting_kit import announce, deliver, reporting_pool
from tests.integration.vault_kit import TEAM, Family, entry, new_family, post, refer
from tests.unit.reporting.histories import Document

NAME = "Wilhelmina <Quackenbush>"
SHOWN = "Wilhelmina &lt;Quackenbush&gt;"
MOTHER = "Hildegunde Zwiebelring"
WORDS = [NAME, SHOWN, MOTHER]
LISTS = ("/pages/worklist", "/pages/cases")
BROWSER = {"accept": "text/html"}


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    with installed(platform, "referral", "reporting") as made:
        yield made.model_copy(update={"referral_port": free_port()})


@pytest.fixture
async def referral(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(settings, "referral") as client:
        yield client


@asynccontextmanager
async def pages_of(
    settings: Settings, asks: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """Reporting's pages; they ask the referral service by this transport, and without one where nobody answers."""
    app = reporting.app(settings, True, {})
    async with app.router.lifespan_context(app):
        app.state.stopping.set()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=BROWSER) as browser,
            httpx.AsyncClient(transport=asks, base_url="http://referral") as asking,
        ):
            if asks is not None:
                app.state.names = NamesDesk(asking)
            yield browser


@pytest.fixture
async def pages(settings: Settings, referral: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    async with pages_of(settings, referral._transport) as browser:
        yield browser


@pytest.fixture
async def family(settings: Settings, referral: httpx.AsyncClient) -> Family:
    """A family whose names the referral service keeps, and of whose case reporting has heard."""
    made = new_family()
    answer = await refer(referral, made, entry(made.infant, "full_name", NAME), entry(made.mother, "full_name", MOTHER))
    assert answer.status_code == 201, answer.text
    await heard(settings, made.case_id)
    return made


async def heard(settings: Settings, case_id: UUID) -> None:
    """What the bus does: everything that the referral service has said of a case is told to reporting."""
    sql = "SELECT *, doc::text AS text FROM events WHERE case_id = $1 ORDER BY version"
    rows = await query(settings, "referral", "dyad_owner", None, sql, case_id)
    documents = [
        Document(
            "referral", row["stream"], row["version"], case_id, row["event_id"], row["type"], row["recorded_at"],
            row["text"],
        )
        for row in rows
    ]  # fmt: skip
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        await deliver(conn, documents)
        await announce(conn, datetime.now(UTC), STORES)


async def open_to_lead(settings: Settings, referral: httpx.AsyncClient, family: Family) -> dict[str, str]:
    """A lead who has broken the glass of the family's case."""
    subject = f"lead-{uuid4().hex[:8]}"
    lead = bearer(settings, "lead", TEAM, subject=subject, practitioner=uuid4())
    now = datetime.now(UTC) - timedelta(minutes=1)
    glass = {
        "actor_id": subject,
        "reason": "safeguarding",
        "opened_at": instant(now),
        "until": instant(now + timedelta(hours=2)),
    }
    broken = await referral.post(f"/cases/{family.case_id}/break-glass", json=glass, headers=lead)
    assert broken.status_code == 201, broken.text
    await heard(settings, family.case_id)
    return lead


def title_of(page: httpx.Response) -> str:
    return page.text.partition("<title>")[2].partition("</title>")[0]


async def test_who_has_a_relationship_is_told_the_names_of_the_family_on_all_three_pages(
    settings: Settings, referral: httpx.AsyncClient, pages: httpx.AsyncClient, family: Family
) -> None:
    lead = await open_to_lead(settings, referral, family)
    for path in (*LISTS, f"/pages/cases/{family.case_id}"):
        page = await pages.get(path, headers=lead)
        assert page.status_code == 200, page.text
        assert (SHOWN in page.text, MOTHER in page.text) == (True, True), path
        assert NAME not in page.text, "a name is text, whatever it holds"
        assert "Names are not shown" not in page.text
        assert (SHOWN in title_of(page), MOTHER in title_of(page)) == (False, False)
        assert page.headers["cache-control"] == "no-store"
        assert not found_in(str(page.headers.raw).encode(), WORDS)
    read = (await reads_of(settings, "referral", str(family.case_id)))[-3:]
    assert [each[1:] for each in read] == [("break-glass", "/people", True)] * 3


async def test_a_lead_without_a_relationship_is_told_nobodys_name(
    settings: Settings, pages: httpx.AsyncClient, family: Family
) -> None:
    stranger = bearer(settings, "lead", TEAM, practitioner=uuid4())
    for path in LISTS:
        page = await pages.get(path, headers=stranger)
        assert (page.status_code, "(pseudonym)" in page.text) == (200, True)
        assert (SHOWN in page.text, MOTHER in page.text) == (False, False)
    assert (await pages.get(f"/pages/cases/{family.case_id}", headers=stranger)).status_code == 403


async def test_what_the_referral_service_no_longer_tells_is_not_shown_though_reporting_has_not_heard_yet(
    settings: Settings, referral: httpx.AsyncClient, pages: httpx.AsyncClient, family: Family
) -> None:
    reader = bearer(settings, "administrator", TEAM, subject="a-relative")
    denial = {"subject_ref": str(family.mother), "actor_id": "a-relative", "on": "2025-03-05", "reason": "relative"}
    assert (await post(referral, "AccessDenied", family, denial)).status_code == 201
    page = await pages.get(f"/pages/cases/{family.case_id}", headers=reader)
    assert (page.status_code, SHOWN in page.text, MOTHER in page.text) == (200, False, False)


async def test_an_adopted_child_is_called_by_the_new_name_alone_whatever_day_is_looked_at(
    settings: Settings, referral: httpx.AsyncClient, pages: httpx.AsyncClient, family: Family
) -> None:
    known_at = instant(datetime.now(UTC))
    adopted = uuid4()
    replaced = {"infant_id": str(family.infant), "new_infant_id": str(adopted), "on": "2025-06-02"}
    assert (await post(referral, "InfantIdentityReplaced", family, replaced)).status_code == 201
    details = {"subject_ref": str(adopted), "entry_id": str(uuid4()), "on": "2025-06-03"}
    named = {**details, "personal": [entry(adopted, "full_name", "Ottoline Ferncastle")]}
    assert (await post(referral, "PersonDetailsRecorded", family, named)).status_code == 201
    path = f"/pages/cases/{family.case_id}"
    page = await pages.get(path, params={"known_at": known_at}, headers=bearer(settings, "administrator", TEAM))
    assert (page.status_code, "Ottoline Ferncastle" in page.text, SHOWN in page.text) == (200, True, False)


@pytest.mark.parametrize("role", ["analyst", "auditor"])
async def test_a_role_that_reads_no_names_is_told_so_and_the_referral_service_is_not_asked(
    settings: Settings, pages: httpx.AsyncClient, family: Family, role: str
) -> None:
    for path in LISTS:
        page = await pages.get(path, headers=bearer(settings, role, TEAM))
        assert (page.status_code, NO_RIGHT in page.text) == (200, True)
        assert (SHOWN in page.text, MOTHER in page.text) == (False, False)
    assert "/people" not in {route for _, _, route, _ in await reads_of(settings, "referral", str(family.case_id))}


async def test_a_manager_sees_no_page_of_cases(settings: Settings, pages: httpx.AsyncClient, family: Family) -> None:
    for path in (*LISTS, f"/pages/cases/{family.case_id}"):
        assert (await pages.get(path, headers=bearer(settings, "manager", TEAM))).status_code == 403


async def test_a_token_narrowed_to_less_than_names_is_told_none(
    settings: Settings, pages: httpx.AsyncClient, family: Family
) -> None:
    narrowed = bearer(settings, "administrator", TEAM, scope="views:read cases:list")
    page = await pages.get("/pages/cases", headers=narrowed)
    assert (page.status_code, NO_RIGHT in page.text, SHOWN in page.text) == (200, True, False)
    assert str(family.case_id) in page.text


async def test_a_signed_in_browser_is_told_the_names_by_the_token_of_its_session(
    settings: Settings, referral: httpx.AsyncClient, family: Family
) -> None:
    administrator = token(settings, "administrator", TEAM)
    async with pages_of(settings, referral._transport) as browser:
        sessions: Sessions = browser._transport.app.state.sessions  # type: ignore[attr-defined]
        session = await sessions.begin(administrator, datetime.now(UTC) + timedelta(hours=1))
        page = await browser.get("/pages/cases", headers={"cookie": f"{SESSION_COOKIE}={session.key}"})
    assert (page.status_code, SHOWN in page.text) == (200, True)


async def test_without_the_referral_service_the_pages_work_and_say_that_names_are_not_shown(
    settings: Settings, family: Family
) -> None:
    administrator = bearer(settings, "administrator", TEAM)
    async with pages_of(settings) as pages:
        for path in (*LISTS, f"/pages/cases/{family.case_id}"):
            page = await pages.get(path, headers=administrator)
            assert (page.status_code, NO_ANSWER in page.text, SHOWN in page.text) == (200, True, False)
            assert str(family.case_id)[-8:] in page.text


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, json={"code": "token-expired"}),
        httpx.Response(307, headers={"location": "http://elsewhere.example/people"}),
        httpx.Response(200, json={"people": [{"case_id": NAME, "names": []}]}),
        httpx.Response(200, text="<html>"),
    ],
    ids=["refused", "sent-elsewhere", "nonsense", "no-json"],
)
async def test_whatever_else_answers_in_its_place_is_no_name_and_no_error(
    settings: Settings, family: Family, answer: httpx.Response
) -> None:
    async with pages_of(settings, httpx.MockTransport(lambda _request: answer)) as pages:
        page = await pages.get(f"/pages/cases/{family.case_id}", headers=bearer(settings, "administrator", TEAM))
    assert (page.status_code, NO_ANSWER in page.text, SHOWN in page.text) == (200, True, False)


async def test_names_and_tokens_stand_in_no_log_no_file_and_no_metric(
    settings: Settings,
    pages: httpx.AsyncClient,
    family: Family,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    administrator = bearer(settings, "administrator", TEAM)
    file = await pages.get("/pages/worklist.csv", headers=administrator)
    await every_page(pages, administrator, family)
    metrics = await pages.get("/metrics")
    printed = capsys.readouterr()
    logged = caplog.text + printed.out + printed.err
    assert "POST http://referral/people" in logged
    assert not found_in(logged.encode(), [*WORDS, administrator["authorization"].removeprefix("Bearer ")])
    assert (file.status_code, metrics.status_code) == (200, 200)
    with ZipFile(BytesIO(file.content)) as packed:
        cases = b"".join(packed.read(name) for name in packed.namelist())
    assert str(family.case_id).encode() in cases
    assert not found_in(cases + metrics.content, WORDS)


async def test_names_stand_in_no_table_of_reporting(
    settings: Settings, platform: Platform, pages: httpx.AsyncClient, family: Family
) -> None:
    await every_page(pages, bearer(settings, "administrator", TEAM), family)
    kept = list(tables(platform, settings, ["reporting"]))
    assert any(str(family.case_id).encode() in content for _, content in kept)
    assert [name for name, content in kept if found_in(content, WORDS)] == []


async def every_page(pages: httpx.AsyncClient, reader: dict[str, str], family: Family) -> None:
    for path in (*LISTS, f"/pages/cases/{family.case_id}"):
        assert SHOWN in (await pages.get(path, headers=reader)).text


def test_a_page_of_cases_is_one_question() -> None:
    assert max(worklist.MOST, case_list.MOST) <= MOST


@pytest.mark.parametrize("address", ["http://referral.example.org", "ftp://referral", "referral:8101"])
def test_a_readers_token_is_never_sent_unencrypted_to_another_machine(settings: Settings, address: str) -> None:
    with pytest.raises(ValueError, match="DYAD_REFERRAL_ADDRESS"):
        NamesDesk.of(settings.model_copy(update={"referral_address": address}))
