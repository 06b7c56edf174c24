"""Reporting's pages and their files under a hostile client: nothing breaks, nothing is echoed as markup or header."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

import httpx
import pytest

from services.reporting.main import app
from services.reporting.metrics.catalogue import METRICS
from services.reporting.pages.site import PAGES
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from shared.web.access.browser import ATTEMPT_COOKIE, SESSION_COOKIE
from tests.integration.reporting_kit import migrated

BROWSER = {"accept": "text/html"}
NORTH, SOUTH = "team-north", "team-south"
HOSTILE = (
    "\x00",
    "x\r\nSet-Cookie: stolen=1",
    "\"'><script>alert(1)</script>",
    "../../etc/passwd",
    "' OR 1=1 --",
    "=cmd|' /C calc'!A0",
    "9" * 1_500,
    "٣٣٣٣-٠١-٠١",
    "9999-12-31T23:59:59.999999-14:00",
)
"""Values for every parameter."""
WITH_EVERY_FILTER = "/pages/cases"
STARTS = (("/pages/", ""), ("/pages/tables/", ".csv"), ("/tables/", ""), ("/cases/", ""), ("/static/", ""))
FORGED = ("", "x" * 4_000, "../../..", "%00", '"quoted"', "a.b.c", "eyJhbGciOiJub25lIn0.e30.")
ELSEWHERE = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/%0d%0aSet-Cookie:a=1",
    "javascript:alert(1)",
    "/\t/evil",
)


@pytest.fixture(scope="module")
def database(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def client(database: Settings) -> AsyncIterator[httpx.AsyncClient]:
    application = app(database, True, {})
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://reporting", headers=BROWSER) as opened:
            yield opened


def harmless(answer: httpx.Response, asked: str) -> None:
    """It was answered, by a page that carries nothing of ours away and none of what was sent as markup or header."""
    assert answer.status_code < 500 or answer.headers.get("content-type", "").startswith("application/problem"), asked
    assert answer.status_code != 500, asked
    assert "<script>alert" not in answer.text, asked
    assert "stolen" not in answer.headers.get("set-cookie", ""), asked
    assert not any("\n" in value or "\r" in value for value in answer.headers.values()), asked
    assert answer.headers["cache-control"] == "no-store", asked


async def test_no_value_of_a_filter_breaks_a_page(client: httpx.AsyncClient, database: Settings) -> None:
    who = bearer(database, "lead", NORTH)
    for page in PAGES:
        for value in HOSTILE if page.path == WITH_EVERY_FILTER else HOSTILE[2:3]:
            filters = {field.name: value for field in page.fields}
            answer = await client.get(page.path, params=filters | {"and-another": value}, headers=who)
            harmless(answer, f"{page.path} {value[:40]!r}")
            assert answer.status_code in {403, 422}, page.path


async def test_no_path_or_broken_encoding_breaks_anything(client: httpx.AsyncClient, database: Settings) -> None:
    who = bearer(database, "lead", NORTH)
    metric = next(iter(METRICS))
    paths = [
        f"{start}{quote(value[:300])}{end}"
        for value in HOSTILE
        for start, end in (
            ("/pages/", ""),
            ("/pages/tables/", ".csv"),
            ("/tables/", ""),
            ("/cases/", ""),
            ("/static/", ""),
        )
    ]
    paths += [f"/pages/tables/{metric}.xlsx?team=%00", f"/pages/tables/{metric}.csv?team=%ed%a0%80", "/alerts?team=%00"]
    paths += [
        f"/pages/overview?team={NORTH}&team={SOUTH}",
        "/pages/overview?%ff=%fe",
        "/alerts?limit=1e9",
    ]
    for path in paths:
        answer = await client.get(path, headers=who)
        harmless(answer, path)
        assert answer.status_code in {400, 403, 404, 422}, path


async def test_nobody_gets_another_teams_page_or_file_by_its_address(
    client: httpx.AsyncClient, database: Settings
) -> None:
    who = bearer(database, "lead", SOUTH)
    for page in PAGES:
        answer = await client.get(page.path, params={"team": NORTH}, headers=who)
        assert answer.status_code in {403, 422}, page.path
    for name in sorted(METRICS)[:3]:  # one route for all of them
        for path in (f"/pages/tables/{name}.csv", f"/tables/{name}"):
            answer = await client.get(path, params={"team": NORTH}, headers=who)
            assert answer.status_code in {403, 422}, path


@pytest.mark.parametrize("forged", FORGED)
async def test_forged_cookies_and_tokens_let_nobody_in(client: httpx.AsyncClient, forged: str) -> None:
    cookies = {"cookie": f"{SESSION_COOKIE}={forged}; {ATTEMPT_COOKIE}={forged}"}
    for path in ("/pages/overview", "/live", "/signed-in", "/pages/views"):
        answer = await client.get(path, headers=cookies)
        assert answer.status_code in {303, 401}, path
        assert answer.headers.get("location", "/sign-in").startswith("/sign-in")
        token = await client.get(path, headers={"authorization": f"Bearer {forged}"})
        assert token.status_code == 401, path
    for path in ("/sign-out", "/signed-in", "/pages/views", "/sign-in"):
        answer = await client.post(path, headers=cookies | {"sec-fetch-site": "same-origin"}, content=b"csrf=" + b"%00")
        assert answer.status_code in {200, 303, 401, 403}, path
        assert SESSION_COOKIE + "=" not in answer.headers.get("set-cookie", "").replace(f'{SESSION_COOKIE}=""', "")
    back = await client.get("/sign-in/callback?code=x&state=%00", headers=cookies)
    assert back.status_code == 403


@pytest.mark.parametrize("place", ELSEWHERE)
async def test_signing_in_leads_to_no_other_site(client: httpx.AsyncClient, place: str) -> None:
    page = await client.get("/sign-in", params={"next": place})
    assert page.status_code == 200
    assert "evil" not in page.text
    assert "javascript:" not in page.text


@pytest.mark.parametrize(
    "headers", [{"host": "["}, {"host": "evil.example/x?"}, {"origin": "http://["}, {"referer": "http://["}]
)
async def test_no_header_of_a_browser_breaks_a_page(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    for path in ("/sign-in", "/pages/overview", "/sign-in/start"):
        answer = await client.get(path, headers=headers)
        assert answer.status_code in {200, 303, 400}, path
        assert "evil" not in answer.headers.get("location", "")
    posted = await client.post("/sign-in", headers=headers, content=b"token=x")
    assert posted.status_code in {400, 403}
