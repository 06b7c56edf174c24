"""The frame in a real browser: filters without a reload, live updates, their pause, and what is said when they fail."""

import asyncio
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from deploy.local import ports
from services.reporting.pages.live import BEHIND
from shared.settings import STORES, Settings
from shared.testing.roles import RoleProcess
from tests.browser.conftest import NORTH, SOUTH, SignedInAs
from tests.browser.kit import Site, accessible, fits, opened, shoot
from tests.integration.reporting_kit import announce, deliver, reporting_pool
from tests.unit.reporting.histories import History

pytestmark = pytest.mark.asyncio(loop_scope="session")
CASELOAD = "/pages/caseload"
OPEN_REFERRALS = "figure:has-text('Open referrals by stage') tfoot td"


async def one_more_referral(site: Site, case: str) -> None:
    history = History(case, NORTH)
    history.received("2025-05-01")
    async with reporting_pool(site.settings) as pool, pool.acquire() as conn:
        await deliver(conn, history.documents)


async def test_a_filter_changes_numbers_and_address_without_loading_the_page_again(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    start = f"{CASELOAD}?at=2025-06-01"
    async with opened(browser, site, start, signed_in=await signed_in_as("analyst")) as page:
        await page.evaluate("window.loadedOnce = true")
        await page.get_by_label("Team", exact=True).select_option(SOUTH)
        more = page.locator("details").filter(has_text="More filters")
        await more.locator("summary").click()
        show = page.get_by_role("button", name="Show")
        await show.click()
        await expect(page.locator("h1")).to_have_text(f"Caseload: {SOUTH}")
        await expect(page).to_have_title(f"Caseload: {SOUTH} – Dyad")
        await expect(show).to_be_focused()
        await expect(more).to_have_attribute("open", "")
        assert page.url == f"{site.url}{CASELOAD}?team={SOUTH}&at=2025-06-01", "nothing empty stands in an address"
        assert await page.evaluate("window.loadedOnce") is True
        await page.reload()
        await expect(page.locator("h1")).to_have_text(f"Caseload: {SOUTH}")
        await page.go_back()
        await expect(page.locator("h1")).to_have_text("Caseload: all teams")


async def test_a_wrong_period_is_told_in_place_and_the_summary_takes_the_focus(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    signed_in = await signed_in_as("lead", NORTH)
    async with opened(browser, site, CASELOAD, signed_in=signed_in, expected=("422",)) as page:
        await page.get_by_label("From", exact=True).fill("2025-03-02")
        await page.get_by_label("To", exact=True).fill("2025-03-01")
        await page.get_by_role("button", name="Show").click()
        summary = page.locator(".nhsuk-error-summary")
        await expect(summary).to_be_focused()
        await expect(page.locator("#answer")).to_have_count(0)
        await accessible(page)
        await summary.get_by_role("link").click()
        await expect(page.locator("#first_day")).to_be_focused()


async def test_a_page_shows_by_itself_what_was_recorded_and_not_while_it_is_paused(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    address = f"{CASELOAD}?team={NORTH}&at=2025-06-01"
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH)) as page:
        total = page.locator(OPEN_REFERRALS)
        before = int((await total.inner_text()).split()[0])
        await expect(page.locator("[data-live-stamp]")).to_contain_text("Data complete to")
        await page.get_by_label("As at").focus()
        await one_more_referral(site, "live-1")
        await expect(total).to_have_text(re.compile(rf"^{before + 1}\b"))
        await expect(page.get_by_label("As at")).to_be_focused()
        pause = page.locator("#live button")
        await pause.click()
        await expect(pause).to_have_text("Resume updates")
        await one_more_referral(site, "live-2")
        async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH)) as other:
            await expect(other.locator(OPEN_REFERRALS)).to_have_text(re.compile(rf"^{before + 2}\b"))
        await expect(total).to_have_text(re.compile(rf"^{before + 1}\b"))
        await pause.click()
        await expect(total).to_have_text(re.compile(rf"^{before + 2}\b"))


async def test_a_page_whose_data_is_behind_says_so(browser: Browser, site: Site, signed_in_as: SignedInAs) -> None:
    async with reporting_pool(site.settings) as pool:
        await pool.execute("DELETE FROM watermarks")
        await announce(pool, datetime.now(UTC) - BEHIND - timedelta(minutes=5), STORES)
    async with opened(browser, site, CASELOAD, signed_in=await signed_in_as("lead", NORTH)) as page:
        await expect(page.get_by_text("The numbers are behind")).to_be_visible()
        await accessible(page)
        await shoot(page, "screen-behind")


async def test_a_page_that_hears_nothing_says_so_and_hears_again_by_itself(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    signed_in = await signed_in_as("lead", NORTH)
    async with opened(browser, site, "/sign-in", signed_in=signed_in, expected=("ERR_FAILED",)) as page:
        await page.clock.install()
        await page.route("**/live", lambda route: route.abort())
        await page.goto(f"{CASELOAD}?team={NORTH}")
        await page.clock.run_for(30_000)
        await expect(page.get_by_text("No updates arrive")).to_be_visible()
        await page.unroute("**/live")
        await page.clock.run_for(30_000)
        await expect(page.get_by_text("No updates arrive")).to_be_hidden()


async def test_a_page_whose_server_was_killed_comes_back_by_itself_with_what_it_missed(
    browser: Browser, site: Site, installed: tuple[Settings, dict[str, str]], signed_in_as: SignedInAs
) -> None:
    role = RoleProcess("reporting", "api", ports.free_port(), installed[1], Path(tempfile.mkdtemp()))
    role.start()
    try:
        await asyncio.to_thread(role.wait_until_ready)
        signed_in = await signed_in_as("lead", NORTH)
        address = f"{CASELOAD}?team={NORTH}&at=2025-06-01"
        other = Site(role.url, site.settings)
        async with opened(browser, other, address, signed_in=signed_in, expected=("ERR_",)) as page:
            total = page.locator(OPEN_REFERRALS)
            before = int((await total.inner_text()).split()[0])
            await expect(page.locator("[data-live-stamp]")).to_contain_text("Data complete to")
            await asyncio.to_thread(role.kill)
            await one_more_referral(site, "while-down")
            await asyncio.to_thread(role.restart)
            await expect(total).to_have_text(re.compile(rf"^{before + 1}\b"))
            await one_more_referral(site, "after-it")
            await expect(total).to_have_text(re.compile(rf"^{before + 2}\b"))
    finally:
        role.stop()


async def test_a_page_whose_reader_signed_out_in_another_window_says_so(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    own_session = await signed_in_as("lead", NORTH, SOUTH)  # of no other test: it ends here
    async with opened(browser, site, CASELOAD, signed_in=own_session) as page:
        await expect(page.locator("[data-live-stamp]")).to_contain_text("Data complete to")
        other = await page.context.new_page()
        await other.goto(CASELOAD)
        await other.get_by_role("button", name="Sign out").first.click()
        await other.wait_for_url("**/sign-*")
        await expect(page.get_by_text("You are signed out: this page is not updated any more")).to_be_visible()


async def test_final_numbers_are_not_asked_for_again(browser: Browser, site: Site, signed_in_as: SignedInAs) -> None:
    address = f"{CASELOAD}?team={NORTH}&at=2025-06-01&known_at=2025-05-01T00:00"
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH)) as page:
        await expect(page.get_by_text("These numbers are final.")).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        today = f"{CASELOAD}?team={NORTH}&at=2025-06-01"
        async with opened(browser, site, today, signed_in=await signed_in_as("lead", NORTH)) as other:
            before = int((await other.locator(OPEN_REFERRALS).inner_text()).split()[0])
            await one_more_referral(site, "live-3")
            await expect(other.locator(OPEN_REFERRALS)).to_have_text(re.compile(rf"^{before + 1}\b"))
        assert [url for url in asked if CASELOAD in url] == []


async def test_the_skip_link_leads_past_the_menu(browser: Browser, site: Site, signed_in_as: SignedInAs) -> None:
    async with opened(browser, site, CASELOAD, signed_in=await signed_in_as("lead", NORTH)) as page:
        await page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to main content")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.locator("#main")).to_be_focused()


async def test_four_times_as_large_it_still_fits(browser: Browser, site: Site, signed_in_as: SignedInAs) -> None:
    quarter = {"width": 320, "height": 225}  # what 1280 by 900 is at 400 %
    address = f"{CASELOAD}?team={NORTH}&at=2025-06-01"
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH), size=quarter) as page:  # type: ignore[arg-type]
        await fits(page)
        await page.get_by_role("button", name="Show").scroll_into_view_if_needed()
        await expect(page.get_by_role("button", name="Show")).to_be_in_viewport()
