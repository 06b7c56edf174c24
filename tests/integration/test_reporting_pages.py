"""The frame of the pages over HTTP: filters in the address, headers, screens for people; against real PostgreSQL."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reporting.main import app
from services.reporting.pages.site import PAGES
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import EMPTY, announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import History, whole_way

CANARY = "canary-7411"
CASELOAD = "/pages/caseload"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def pool(database: Settings) -> AsyncIterator[asyncpg.Pool]:
    async with reporting_pool(database) as opened:
        await opened.execute(EMPTY)
        yield opened


@pytest.fixture
async def application(database: Settings, pool: asyncpg.Pool) -> AsyncIterator[FastAPI]:
    made: FastAPI = app(database, True, {})
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(database: Settings, application: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    headers = bearer(database) | BROWSER
    async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=headers) as opened:
        yield opened


async def seen(pool: asyncpg.Pool, *histories: History) -> None:
    async with pool.acquire() as conn:
        for history in histories:
            await deliver(conn, history.documents)


async def test_the_page_shows_the_numbers_of_the_address(
    database: Settings, client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await seen(pool, whole_way("a"), whole_way("b", "team-south"))
    asked = {"team": "team-north", "at": "2025-06-01", "known_at": ""}
    response = await client.get(CASELOAD, params=asked, headers=bearer(database, "lead", "team-north"))
    assert response.status_code == 200
    page = response.text
    assert re.search(r"<h1[^>]*>Caseload: team-north</h1>", page)
    assert re.search(r'<th scope="row">Active</th>\s*<td class="nhsuk-table__cell--numeric"><a [^>]*>1<', page)
    assert re.search(r'<option value="team-north" selected[^>]*>team-north</option>', page)
    assert "As at 1 June 2025" in page
    assert "provisional" in page
    assert "http://" not in page.replace("http://reporting", "")
    assert "https://" not in page
    assert response.headers["hx-push-url"] == f"{CASELOAD}?team=team-north&at=2025-06-01"


async def test_the_period_of_the_address_is_counted(
    database: Settings, client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await seen(pool, whole_way())
    lead = bearer(database, "lead", "team-north")
    asked = {"team": "team-north", "at": "2025-12-31", "first_day": "2025-01-01", "last_day": "2025-06-30"}
    page = (await client.get("/pages/waits", params=asked, headers=lead)).text
    assert "Period: 1 January 2025 to 30 June 2025." in page
    assert "which=W1-ended" in page
    earlier = (await client.get("/pages/waits", params=asked | {"last_day": "2025-01-01"}, headers=lead)).text
    assert "Period: 1 January 2025 to 1 January 2025." in earlier
    assert "which=W1-ended" not in earlier


async def test_the_front_page_leads_to_the_first_page_and_passes_nothing_on(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", params={"team": "team-north"})
    assert (answer.status_code, answer.headers["location"]) == (307, PAGES[0].path)


async def test_only_our_own_scripts_run_and_each_page_says_so_anew(client: httpx.AsyncClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = await client.get(CASELOAD)
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert {policy[name] for name in ("style-src", "img-src", "connect-src", "form-action")} == {"'self'"}
        assert (policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'")
        found = re.fullmatch(r"'nonce-([\w-]{20,})' 'strict-dynamic'", policy["script-src"])
        assert found is not None
        nonces.add(found[1])
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert len(scripts) == 2
        assert all(f'nonce="{found[1]}"' in script for script in scripts)
        assert "</script>" in answer.text
        assert re.search(r"<script[^>]*>[^<]", answer.text) is None, "no script stands in the page itself"
        assert " style=" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
    assert len(nonces) == 2


async def test_a_wrong_filter_is_named_and_nothing_is_counted(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way())
    asked = {"at": "31/03/2025", "team": f"<script>{CANARY}", "known_at": "soon", CANARY: "1"}
    response = await client.get(CASELOAD, params=asked)
    assert response.status_code == 422
    assert "There is a problem" in response.text
    for name in ("at", "team", "known_at"):
        assert f'<a href="#{name}">' in response.text
    assert "a filter that this page does not have" in response.text
    assert f"<script>{CANARY}" not in response.text
    assert "Open referrals by stage" not in response.text


async def test_a_team_of_others_cannot_be_chosen(database: Settings, client: httpx.AsyncClient) -> None:
    answer = await client.get(CASELOAD, params={"team": "team-south"}, headers=bearer(database, "lead", "team-north"))
    assert (answer.status_code, "Choose a team from the list" in answer.text) == (422, True)


async def test_a_local_time_on_the_page_is_london_time(client: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await seen(pool, whole_way())
    async with pool.acquire() as conn:
        await announce(conn, datetime(2026, 1, 1, tzinfo=UTC), STORES)
    page = (await client.get(CASELOAD, params={"at": "2025-06-01", "known_at": "2025-07-01T12:00"})).text
    assert "as known at 1 July 2025 at 12:00:00 BST" in page
    assert "These numbers are final." in page
    assert "data-final" in page


async def test_style_and_scripts_are_kept_by_the_browser_until_they_change(client: httpx.AsyncClient) -> None:
    page = (await client.get(CASELOAD)).text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) == 4
    for address in addresses:
        answer = await client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = await client.get(address, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == answer.content
    other = await client.get(re.sub(r"static/\w+", "static/0123", addresses[0]))
    assert (other.status_code, other.headers["cache-control"]) == (200, "no-store")
    assert (await client.get("/static/0123/../main.py")).status_code == 404


async def test_style_asks_no_other_host(client: httpx.AsyncClient) -> None:
    address = re.search(r'href="(/static/[^"]+\.css)"', (await client.get(CASELOAD)).text)
    assert address is not None
    style = (await client.get(address[1])).text
    assert "@font-face" not in style
    assert "@import" not in style
    for target in re.findall(r"url\(([^)]*)\)", style):
        if not target.strip("'\"").startswith("data:"):
            assert (await client.get(f"{address[1].rpartition('/')[0]}/{target}")).status_code == 200, target


async def test_a_page_is_sent_compressed_to_a_browser_that_can_read_it(
    client: httpx.AsyncClient, database: Settings
) -> None:
    async with client.stream("GET", CASELOAD, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
    assert b"<h1" in gzip.decompress(packed)
    plain = await client.get(CASELOAD, headers={"accept-encoding": "identity"})
    assert b"<h1" in plain.content
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/no-such-page", 404, "Page not found"),
        (f"{CASELOAD}?team=a&team=b", 422, "This address asks for something that cannot be answered"),
        ("/cases/no-id", 422, "This address asks for something that cannot be answered"),
    ],
)
async def test_what_goes_wrong_is_a_screen_for_people_and_a_problem_for_programs(
    client: httpx.AsyncClient, path: str, status: int, words: str
) -> None:
    shown = await client.get(path)
    assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert len(re.findall("<h1", shown.text)) == 1
    assert words in shown.text
    assert "script-src 'nonce-" in shown.headers["content-security-policy"]
    told = await client.get(path, headers={"accept": "application/json"})
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")


async def test_somebody_without_the_right_gets_a_helpful_screen(database: Settings, client: httpx.AsyncClient) -> None:
    shown = await client.get(CASELOAD, headers=bearer(database, "referrer", "team-north"))
    assert shown.status_code == 403
    assert "You cannot see this page" in shown.text


async def test_a_database_that_does_not_answer_is_said_in_plain_words(
    client: httpx.AsyncClient, application: FastAPI
) -> None:
    await application.state.views.reader.close()
    shown = await client.get(CASELOAD)
    assert (shown.status_code, shown.headers["retry-after"]) == (503, "1")
    assert "cannot be read at the moment" in shown.text


async def test_a_fault_of_ours_gives_a_reference_and_no_cause(client: httpx.AsyncClient, application: FastAPI) -> None:
    application.state.views = CANARY
    shown = await client.get(CASELOAD)
    assert shown.status_code == 500
    assert f"<code>{shown.headers['x-request-id']}</code>" in shown.text
    assert CANARY not in shown.text
    assert "Traceback" not in shown.text


@pytest.mark.parametrize(
    "path", ["/pages/overview", "/pages/waits", "/pages/caseload", "/pages/flow", "/pages/sessions"]
)
async def test_pages_of_an_empty_team_say_so_and_show_no_number(
    database: Settings, client: httpx.AsyncClient, pool: asyncpg.Pool, path: str
) -> None:
    await seen(pool, whole_way("a", "team-south"))
    lead = bearer(database, "lead", "team-north")
    page = (await client.get(path, params={"team": "team-north", "at": "2025-06-01"}, headers=lead)).text
    assert "No referral is known of team-north as at 1 June 2025" in page
    assert "<table" not in page
    south = bearer(database, "lead", "team-south")
    one = (await client.get(path, params={"team": "team-south", "at": "2025-06-01"}, headers=south)).text
    assert "One family only is known here." in one
    assert "<table" in one


async def test_a_wait_by_group_keeps_small_numbers_from_who_is_outside_the_team(
    database: Settings, client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await seen(pool, whole_way("a"), whole_way("b"))
    asked = {"team": "team-north", "at": "2025-06-01", "by": "tier", "wait": "w6"}
    counts = {}
    for role in ("lead", "analyst"):
        teams = ("team-north",) if role == "lead" else ()
        page = (await client.get("/pages/waits", params=asked, headers=bearer(database, role, *teams))).text
        group = page.partition("W6 by tier")[2].partition("Waits by bands of days")[0]
        cells = re.findall(r"<td class=\"nhsuk-table__cell--numeric\">(?:<a [^>]*>)?([^<]+)", group)
        counts[role] = {cell for cell in cells if cell not in ("–", "126")}
    assert "2" in counts["lead"]
    assert counts["analyst"] == {"*"}
