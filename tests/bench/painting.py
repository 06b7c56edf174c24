"""The front page in a real Chromium, nothing of it kept from before: bytes on the way, and when something is seen."""

from dataclasses import dataclass
from statistics import median

from playwright.async_api import Browser, async_playwright

from services.reporting.pages.frame import Page
from shared.web.access.browser import SESSION_COOKIE
from tests.bench.asking import Unanswered, signed_in
from tests.bench.history import LAST_DAY
from tests.bench.rows import Row, below
from tests.bench.work import Bench
from tests.browser.kit import launched

TARGET_KB, TARGET_S = 100, 1
TIMES = 5
_TEAM = "team-25"
_SEEN = "performance.getEntriesByName('first-contentful-paint').map((each) => each.startTime)[0]"
_SENT = """
[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
  (each) => each.encodedBodySize).reduce((sum, each) => sum + each, 0)
"""


@dataclass(frozen=True, slots=True)
class _Visit:
    seen_ms: float
    sent_bytes: int


async def painting(bench: Bench, page: Page) -> list[Row]:
    """Two rows about a page, as the lead of one team sees it: weight of all that is fetched, first paint."""
    bench.say(f"first paint: {page.path}")
    cookie, _ = await signed_in(bench.settings, _TEAM)
    async with async_playwright() as playwright:
        browser = await launched(playwright)
        try:
            visits = [await _visit(browser, bench, page, cookie) for _ in range(TIMES)]
        finally:
            await browser.close()
    return [
        below(f"{page.title}: all that is fetched, compressed", visits[-1].sent_bytes / 1000, "kB", target=TARGET_KB),
        below(f"{page.title}: first paint", median(each.seen_ms for each in visits) / 1000, "s", target=TARGET_S),
    ]


async def _visit(browser: Browser, bench: Bench, page: Page, cookie: str) -> _Visit:
    """One visit by a browser that has never been there."""
    key = cookie.split("=", 1)[1]
    address = bench.settings.url("reporting").replace(bench.settings.host, "localhost")
    window = await browser.new_context(locale="en-GB")
    try:
        await window.add_cookies([{"name": SESSION_COOKIE, "value": key, "url": address.replace("http", "https")}])
        shown = await window.new_page()
        await shown.goto(f"{address}{page.path}?team={_TEAM}&at={LAST_DAY}", wait_until="load")
        if page.path not in shown.url:
            raise Unanswered(f"{page.path} led to {shown.url}")
        await shown.wait_for_function(f"{_SEEN} > 0")
        return _Visit(seen_ms=await shown.evaluate(_SEEN), sent_bytes=await shown.evaluate(_SENT))
    finally:
        await window.close()
