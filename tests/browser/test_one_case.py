"""From a number to the event that makes it, in three clicks; what the page of a case says, and for everybody."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import NORTH, SignedInAs
from tests.browser.kit import NARROW, Site, accessible, accessible_when_moved, fits, opened, shoot
from tests.unit.reporting.histories import whole_way

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_number_list_case_and_event_are_three_clicks_apart(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    history = whole_way("a", NORTH)
    caseload = f"/pages/caseload?team={NORTH}&at=2025-06-01"
    signed_in = await signed_in_as("administrator", NORTH)
    async with opened(browser, site, caseload, signed_in=signed_in) as page:
        await page.locator("a[href*='which=stage-active']").first.click()
        await page.get_by_role("link", name=str(history.case_id)[-8:]).click()
        await expect(page.locator("h1")).to_have_text(f"Case {str(history.case_id)[-8:]}")
        await expect(page.get_by_text("the team is held to it").first).to_be_visible()
        await accessible(page)
        await shoot(page, "one-case")
        await page.get_by_role("link", name="10 March 2025").first.click()
        event = page.locator(f"#event-{history.documents[0].event_id}")
        await expect(event).to_be_in_viewport()
        await event.locator("summary").click()
        await expect(event.get_by_text("health_visitor")).to_be_visible()
        await page.set_viewport_size(NARROW)
        await fits(page)
        await accessible_when_moved(page)
