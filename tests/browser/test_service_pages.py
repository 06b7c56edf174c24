"""Pages of the service in a real browser: from a number of data quality to its case, one number by groups, teams."""

import re
from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import NORTH, SignedInAs
from tests.browser.kit import Site, accessible, accessible_when_moved, opened
from tests.integration.reporting_kit import deliver, reporting_pool
from tests.unit.reporting.histories import History

pytestmark = pytest.mark.asyncio(loop_scope="session")
EAST = "team-east"
AT = "at=2025-06-01"


async def recorded_late(site: Site) -> History:
    history = History("late", EAST)
    history.received("2025-03-03", at=datetime(2025, 3, 12, 9, tzinfo=UTC))
    async with reporting_pool(site.settings) as pool, pool.acquire() as conn:
        await deliver(conn, history.documents)
    return history


async def test_the_number_of_a_problem_leads_to_its_cases_and_each_of_them_to_its_own_page(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    history = await recorded_late(site)
    signed_in = await signed_in_as("administrator", EAST)
    async with opened(browser, site, f"/pages/data-quality?team={EAST}&{AT}", signed_in=signed_in) as page:
        await expect(page.get_by_text("1 of 1 case has one or more of these.")).to_be_visible()
        row = page.get_by_role("row", name=re.compile("Recorded late.*Record within a week"))
        await row.get_by_role("link").click()
        await expect(page.get_by_role("heading", name="Cases to work through")).to_be_in_viewport()
        assert "reason=back_dated" in page.url
        listed = page.get_by_role("region", name="Cases to work through")
        await expect(listed.get_by_role("row")).to_have_count(2)
        case = listed.get_by_role("link", name=str(history.case_id)[-8:])
        await expect(case).to_have_attribute("href", f"/pages/cases/{history.case_id}?{AT}")
        await accessible(page)


async def test_one_number_at_a_time_is_shown_by_group_of_families(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    signed_in = await signed_in_as("lead", NORTH)
    async with opened(browser, site, f"/pages/equity?team={NORTH}&{AT}", signed_in=signed_in) as page:
        await expect(page.get_by_role("heading", name="Referrals received, by group of families")).to_be_visible()
        await page.get_by_label("Number shown").select_option("dna_rate")
        await page.get_by_role("button", name="Show").click()
        await expect(page.get_by_role("heading", name="Sessions not attended (DNA rate), by group")).to_be_visible()
        assert "number=dna_rate" in page.url
        await expect(page.get_by_role("columnheader", name="Sessions attended or not").first).to_be_visible()


async def test_teams_of_a_few_families_stand_side_by_side_without_a_number_that_tells_of_one(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    async with opened(browser, site, f"/pages/network?{AT}", signed_in=await signed_in_as("analyst")) as page:
        await expect(page.get_by_text("No team has enough cases to compare yet.").first).to_be_visible()
        shares = page.get_by_role("table", name="Sessions not attended (DNA rate)")
        await expect(shares.get_by_role("row", name=re.compile(NORTH))).to_contain_text("*")
        await accessible_when_moved(page)
