"""A real Chromium in front of a real reporting service: what every browser test asks of a page."""

import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Playwright, StorageState, ViewportSize, expect

from services.reporting.pages.assets import FETCHED
from shared.settings import Settings
from shared.testing.tokens import token

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 320, "height": 640}
"""320 CSS pixels: what WCAG 1.4.10 asks for, and what a window of 1280 is at 400 % zoom."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = ("--lang=en-GB", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update")
TIMEOUT_MS = 15_000
expect.set_options(timeout=TIMEOUT_MS)
_FOCUSED = """
() => {
  const YELLOW = "rgb(255, 235, 59)";
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return {
    place: [...document.querySelectorAll("*")].indexOf(one),
    name: (one.tagName + " " + (one.id || one.name || one.getAttribute("href") || one.getAttribute("aria-label") ||
      one.textContent.trim().slice(0, 40))).toLowerCase(),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    marked: style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor === YELLOW,
  };
}
"""
_REACHABLE = """
() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(
  (one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length
"""
_PROBLEMS = """
async (how) => (await axe.run(document, how)).violations.map(
  (each) => each.id + ": " + each.help + " " + each.nodes.map((node) => node.html).join(" | "))
"""


def chromium_path() -> str:
    """Where the system's browser is; a machine without one fails the test, with what to do."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("The browser tests need Chromium: apt-get install chromium (as .ci/run does).")
    return found


async def launched(playwright: Playwright) -> Browser:
    """One browser, without a sandbox where the tests run as root (in a container)."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    return await playwright.chromium.launch(executable_path=chromium_path(), args=flags)


@dataclass(frozen=True, slots=True)
class Site:
    """The service under test."""

    url: str
    settings: Settings


@dataclass(slots=True)
class Watched:
    """What a page must never do, noted while it is used."""

    said: list[str] = field(default_factory=list)
    """Errors and warnings of its console, and exceptions."""
    left: list[str] = field(default_factory=list)
    """Requests to other hosts."""

    def watch(self, page: Page) -> None:
        """Notes from now on."""
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.said.append(text)

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.left.append(url)


@asynccontextmanager
async def opened(
    browser: Browser,
    site: Site,
    path: str = "/",
    *,
    signed_in: StorageState | None = None,
    size: ViewportSize = WIDE,
    expected: tuple[str, ...] = (),
    scripts: bool = True,
) -> AsyncIterator[Page]:
    """A page in a window of its own; afterwards it must have kept quiet and stayed on this machine.

    Args:
        browser: the session's.
        site: the service.
        path: where the reader goes first.
        signed_in: a storage state, as `signed_in_as` of the fixtures gives.
        size: of the window, CSS pixels.
        expected: parts of what its console may say, such as the status of an error page.
        scripts: whether this browser runs any.
    """
    window: BrowserContext = await browser.new_context(
        base_url=site.url, viewport=size, storage_state=signed_in, locale="en-GB", java_script_enabled=scripts
    )
    window.set_default_timeout(TIMEOUT_MS)
    watched = Watched()
    try:
        page = await window.new_page()
        watched.watch(page)
        await page.goto(path)
        yield page
    finally:
        await window.close()
    said = [text for text in watched.said if not any(part in text for part in expected)]
    assert not said, said
    assert not watched.left, watched.left


async def signed_in(browser: Browser, site: Site, role: str, *teams: str) -> StorageState:
    """The state of a browser in which somebody of a role has signed in, by the sign-in page."""
    async with opened(browser, site, "/sign-in") as page:
        await page.fill("textarea[name=token]", token(site.settings, role, *teams))
        await page.click("main button[type=submit]")
        await page.wait_for_url(lambda url: "sign-in" not in url)
        return await page.context.storage_state()


async def accessible(page: Page) -> None:
    """axe finds nothing: WCAG 2.2 A and AA, and its best practice."""
    await _checked(page, {"runOnly": RULES})


async def accessible_when_moved(page: Page) -> None:
    """The same after only the layout changed: colours, the slowest rule, are left out."""
    await _checked(page, {"runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}})


async def readable(page: Page) -> None:
    """Only colours changed: text still stands out."""
    await _checked(page, {"runOnly": {"type": "rule", "values": ["color-contrast"]}})


async def _checked(page: Page, how: Mapping[str, Any]) -> None:
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate((FETCHED / "axe.js").read_text())
    problems = await page.evaluate(_PROBLEMS, how)
    assert not problems, "\n".join(problems)


async def fits(page: Page) -> None:
    """The page does not have to be moved sideways to be read."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels stick out"


async def walked(page: Page) -> list[str]:
    """Every control, reached by the tab key alone, in order: each is seen, and seen to have the focus.

    Returns:
        Tag and name of each, in lower case.
    """
    wanted = await page.evaluate(_REACHABLE)
    names: list[str] = []
    places: list[int] = []
    for _ in range(wanted * 3 + 5):  # a date has three parts and a button
        await page.keyboard.press("Tab")
        found = await page.evaluate(_FOCUSED)
        if found is None:
            break
        assert found["seen"], f"{found['name']} has the focus and is not in view"
        assert found["marked"], f"{found['name']} has the focus and does not show it"
        if not places or places[-1] != found["place"]:
            places.append(found["place"])
            names.append(found["name"])
    assert len(names) >= wanted, f"{wanted} controls, of which the tab key reached {names}"
    assert "skip" in names[0] or "main" in names[0], "the first stop is the way past the menu"
    return names


async def shoot(page: Page, name: str) -> None:
    """A picture of the whole page, as the documentation shows it."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
