"""Freezing what is on a page, and reading it again: by form, in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import NORTH, SignedInAs
from tests.browser.kit import NARROW, Site, accessible, accessible_when_moved, fits, opened, shoot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_on_a_page_is_frozen_and_found_again_verified(
    browser: Browser, site: Site, signed_in_as: SignedInAs
) -> None:
    address = f"/pages/sessions?team={NORTH}&at=2025-06-01"
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH)) as page:
        await page.get_by_text("Freeze these figures").click()
        await page.get_by_label("Name of the report").fill("Board June")
        await page.get_by_role("button", name="Freeze").click()
        await expect(page.locator("h1")).to_have_text("Frozen report: board-june")
        await expect(page.get_by_text("Verified.")).to_be_visible()
        await accessible(page)
        await shoot(page, "report")
        await page.set_viewport_size(NARROW)
        await fits(page)
        await accessible_when_moved(page)
        await page.get_by_role("link", name="What has changed since").click()
        await expect(page.get_by_text("today’s answer is the frozen one")).to_be_visible()
        await accessible(page)
