"""Pages of the families' pathway in Chromium: from a number to its cases, a wait in detail, a view that is kept."""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import NORTH, SignedInAs
from tests.browser.kit import NARROW, Site, accessible, accessible_when_moved, fits, opened, shoot
from tests.integration.reporting_kit import deliver, reporting_pool
from tests.unit.reporting.histories import History

pytestmark = pytest.mark.asyncio(loop_scope="session")
WEST = "team-west"
AT = "at=2025-06-01"


async def waiting_family(site: Site) -> History:
    history = History("waits", WEST)
    history.received("2025-03-03", at=datetime(2025, 3, 3, 9, tzinfo=UTC))
    async with reporting_pool(site.settings) as pool, pool.acquire() as conn:
        await deliver(conn, history.documents)
    return history


async def test_from_a_number_of_the_overview_to_its_list_and_from_there_to_the_case(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    history = await waiting_family(site)
    signed_in = await signed_in_as("administrator", WEST)
    async with opened(browser, site, f"/pages/overview?team={WEST}&{AT}", signed_in=signed_in) as page:
        await expect(page.get_by_text("One family only is known here.")).to_be_visible()
        await expect(
            page.get_by_text("waiting longer than the target for a first contact (W2)", exact=True)
        ).to_be_visible()
        async with page.expect_download() as download:
            await page.get_by_role("link", name="CSV of Waits").click()
        assert (await download.value).suggested_filename == f"waits-{WEST}-2025-06-01.csv.zip"
        await page.get_by_role("link", name=re.compile(r"^1\s+open referrals: cases")).click()
        await expect(page.get_by_role("heading", name="Every open referral")).to_be_visible()
        case = page.get_by_role("table").get_by_role("link")
        await expect(case).to_have_attribute("href", f"/pages/cases/{history.case_id}?{AT}")


async def test_a_wait_is_shown_in_detail_and_by_group(browser: Browser, site: Site, signed_in_as: SignedInAs) -> None:
    signed_in = await signed_in_as("lead", NORTH)
    async with opened(browser, site, f"/pages/waits?team={NORTH}&{AT}", signed_in=signed_in) as page:
        await page.get_by_label("Wait in detail").select_option("w6")
        await page.get_by_label("Broken down by").select_option("tier")
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_role("heading", name="W6 by tier")).to_be_visible()
        detail = page.get_by_role("figure", name="W6 Referral received to first treatment: still waiting at the date")
        await expect(detail).to_be_visible()
        assert page.url.endswith("&wait=w6&by=tier")
        await accessible(page)
        await shoot(page, "pages-waits-by-tier")


async def test_a_view_is_saved_shared_opened_by_a_colleague_and_deleted(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    async with opened(
        browser, site, f"/pages/flow?team={NORTH}&source=GP", signed_in=await signed_in_as("lead", NORTH)
    ) as page:
        await page.get_by_text("Save this view").click()
        await page.get_by_label("Name of the view").fill("From the GPs")
        await page.get_by_label(f"Share it with everybody of {NORTH}").check()
        await accessible(page)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", level=1, name="Saved views")).to_be_visible()
        await expect(page.get_by_text(f"shared with everybody of {NORTH}")).to_be_visible()
        await accessible(page)
        await shoot(page, "saved-views")
        await page.set_viewport_size(NARROW)
        await fits(page)
        await accessible_when_moved(page)
        async with opened(
            browser, site, "/pages/views", signed_in=await signed_in_as("administrator", NORTH), scripts=False
        ) as other:
            await other.get_by_role("link", name="From the gps").click()
            await expect(other.get_by_role("heading", level=1)).to_have_text(f"Flow: {NORTH}")
            assert re.search(rf"/pages/flow\?team={NORTH}&source=GP$", other.url)
        await page.get_by_role("button", name=re.compile("Delete.*From the gps")).click()
        await expect(page.get_by_text("You have saved none yet.")).to_be_visible()
