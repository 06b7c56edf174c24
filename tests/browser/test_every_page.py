"""What holds of every page and screen: readable by all, by keyboard alone, on any width, without scripts."""

import pytest
from playwright.async_api import Browser, expect

from services.reporting.pages import site as pages
from services.reporting.pages.frame import Page
from tests.browser.conftest import NORTH, SignedInAs
from tests.browser.kit import NARROW, Site, accessible, accessible_when_moved, fits, opened, readable, shoot, walked

pytestmark = pytest.mark.asyncio(loop_scope="session")
FILTERS = f"?team={NORTH}&at=2025-06-01"
SCREENS = {
    "not-found": ("/pages/no-such-page", "Page not found"),
    "broken-filter": (f"{pages.PAGES[0].path}?at=yesterday", "There is a problem"),
}
"""Screens for when something is wrong: address and what it says."""
PRINTED_ADDRESSES = """
() => [...document.querySelectorAll("a")].filter(
  (one) => getComputedStyle(one, "::after").content.includes("Link")).length
"""
"""How many links print where they lead: beside every number that would hide the numbers."""
FAILED = ("Failed to load resource",)
"""What Chromium's console says of a page whose status is an error."""


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-")


@pytest.mark.parametrize("page_of_menu", pages.PAGES, ids=lambda page: name_of(page.path))
async def test_a_page_holds_for_everybody(
    browser: Browser, site: Site, signed_in_as: SignedInAs, page_of_menu: Page
) -> None:
    address = page_of_menu.path + FILTERS
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH)) as page:
        await expect(page.locator("h1")).to_have_count(1)
        await expect(page.locator("#live")).to_be_visible()
        await accessible(page)
        await walked(page)
        await shoot(page, name_of(page_of_menu.path))
        await page.set_viewport_size(NARROW)
        await fits(page)
        await accessible_when_moved(page)
        await page.emulate_media(forced_colors="active")
        await readable(page)
        await page.emulate_media(media="print", forced_colors="none")
        await expect(page.locator(".dyad-navigation")).to_be_hidden()
        await expect(page.locator("h1")).to_be_visible()
        assert await page.evaluate(PRINTED_ADDRESSES) == 0
    async with opened(browser, site, address, signed_in=await signed_in_as("lead", NORTH), scripts=False) as page:
        await expect(page.locator("#answer")).to_be_visible()
        await expect(page.locator("#live")).to_be_hidden()
        await page.get_by_role("button", name="Show").click()
        await expect(page.locator("#answer")).to_be_visible()
        assert f"team={NORTH}" in page.url


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_that_says_what_is_wrong_holds_for_everybody(
    browser: Browser, site: Site, signed_in_as: SignedInAs, name: str
) -> None:
    path, words = SCREENS[name]
    signed_in = await signed_in_as("lead", NORTH)
    async with opened(browser, site, path, signed_in=signed_in, expected=FAILED) as page:
        await expect(page.get_by_text(words)).to_be_visible()
        await accessible(page)
        await shoot(page, f"screen-{name}")
        await page.set_viewport_size(NARROW)
        await fits(page)
