"""Signing in as a demo user, being warned before the session ends, and what the screen shows after it: in Chromium."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from deploy.local import ports
from shared.settings import Settings
from shared.testing.services import running
from tests.browser.conftest import NORTH
from tests.browser.kit import NARROW, Site, accessible, fits, opened, shoot

pytestmark = pytest.mark.asyncio(loop_scope="session")
WITHIN_S = 60.0
ASKED_AT = f"/pages/caseload?team={NORTH}&at=2025-06-01"


@pytest.fixture(scope="module")
def with_demo_users(
    installed: tuple[Settings, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The pages and the local issuer, as `make up` starts them."""
    settings, environment = installed
    issuer, pages = ports.free_port(), ports.free_port()
    settings = settings.model_copy(update={"issuer_port": issuer, "reporting_port": pages})
    logs = tmp_path_factory.mktemp("logs")
    environment = environment | {
        "DYAD_REPORTING_PORT": str(pages),
        "DYAD_ISSUER_PORT": str(issuer),
        "DYAD_ISSUER_MEMORY": str(logs / "memory"),
        "DYAD_DEMO_SIGN_IN": "true",
        "DYAD_OIDC_ISSUER": f"http://127.0.0.1:{issuer}",
    }
    with (logs / "issuer").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.issuer"], env=environment, stdout=log, stderr=log
        )
    try:
        with running(settings, environment, ["reporting"], role="api", logs=logs):
            _wait_for(f"http://127.0.0.1:{issuer}/readyz", logs / "issuer")
            yield Site(settings.url("reporting"), settings)
    finally:
        process.terminate()
        process.wait(WITHIN_S)


def _wait_for(address: str, log: Path) -> None:
    transport = httpx.HTTPTransport(retries=10)  # it started before the service did, which is ready by now
    with httpx.Client(transport=transport) as client:
        assert client.get(address).is_success, log.read_text()


async def of_other_tests(site: Site) -> list[bytes]:
    """The sessions that there are, in which other tests go on."""
    conn = await asyncpg.connect(site.settings.dsn("reporting", "dyad_owner"))
    try:
        return [row["id_hash"] for row in await conn.fetch("SELECT id_hash FROM browser_sessions")]
    finally:
        await conn.close()


async def grow_older(site: Site, minutes: int, *, but: list[bytes]) -> None:
    """As if so many minutes had passed since anybody did anything, in all sessions but those."""
    conn = await asyncpg.connect(site.settings.dsn("reporting", "dyad_owner"))
    older = f"UPDATE browser_sessions SET seen_at = seen_at - interval '{minutes} minutes' WHERE id_hash <> ALL ($1)"
    try:
        await conn.execute(older, but)
    finally:
        await conn.close()


async def warned(page: Page, site: Site, *, but: list[bytes]) -> None:
    """Half an hour but four minutes later, for the server and for the page's own timer."""
    await grow_older(site, 26, but=but)
    await page.clock.fast_forward("25:05")
    await expect(page.get_by_role("dialog", name="You will be signed out soon")).to_be_visible()


async def test_a_demo_user_signs_in_is_warned_in_time_and_leaves_nothing_on_the_screen(
    browser: Browser, with_demo_users: Site
) -> None:
    site = with_demo_users
    others = await of_other_tests(site)
    async with opened(browser, site, ASKED_AT, expected=("401",)) as page:
        await page.clock.install()
        await accessible(page)
        await shoot(page, "sign-in")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_text("For trying out only")).to_be_visible()
        await accessible(page)
        await shoot(page, "demo-users")
        await page.get_by_role("button", name=f"Team lead, {NORTH}").click()
        await expect(page.locator("#answer")).to_be_visible()
        assert page.url == site.url + ASKED_AT

        await warned(page, site, but=others)
        await expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
        await accessible(page)
        await shoot(page, "session-ends")
        await page.set_viewport_size(NARROW)
        await fits(page)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await fits(page)

        await warned(page, site, but=others)
        await grow_older(site, 5, but=others)
        await page.clock.fast_forward("05:00")
        await expect(page.get_by_text("You have been signed out")).to_be_visible()
        assert NORTH not in await page.locator("main").inner_text()
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("button", name=f"Team lead, {NORTH}").click()
        await expect(page.locator("#answer")).to_be_visible()
        assert page.url == site.url + ASKED_AT

        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_role("heading", name="You are signed out of Dyad")).to_be_visible()
        await accessible(page)
        await page.get_by_role("button", name="Sign out there too").click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert urlsplit(page.url).path == "/sign-in"


async def test_without_scripts_one_learns_until_when_one_is_signed_in_and_moves_it(
    browser: Browser, with_demo_users: Site
) -> None:
    async with opened(browser, with_demo_users, ASKED_AT, scripts=False) as page:
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("button", name="Service manager, every team").click()
        await page.get_by_role("link", name="Signed in as manager until").click()
        await expect(page.get_by_text("If you do nothing, you will be signed out on")).to_be_visible()
        await page.get_by_role("button", name="Stay signed in and go back").click()
        await expect(page.locator("#answer")).to_be_visible()
        assert page.url == with_demo_users.url + ASKED_AT
