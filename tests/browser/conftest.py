"""One browser and one service for all browser tests, in one event loop: their objects belong to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState, async_playwright

from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.services import running
from tests.browser.kit import Site, launched, signed_in
from tests.integration.reporting_kit import announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import History, whole_way

SignedInAs = Callable[..., Awaitable[StorageState]]
NORTH, SOUTH = "team-north", "team-south"


def families() -> list[History]:
    """A little of everything: done, waiting, in the middle, elsewhere."""
    waiting = History("b", NORTH)
    waiting.received("2025-04-01")
    accepted = History("c", NORTH)
    accepted.received("2025-03-10")
    accepted.accepted("2025-03-20")
    return [whole_way("a", NORTH), waiting, accepted, whole_way("d", SOUTH)]


@pytest.fixture(scope="session")
def installed(platform: Platform) -> Iterator[tuple[Settings, dict[str, str]]]:
    """The reporting database of the browser tests, empty, and the environment of its service."""
    prefix = servers.new_namespace()
    migrated(platform, prefix)
    environment = platform.environment(prefix)
    fields = {name.removeprefix("DYAD_").lower(): value for name, value in environment.items() if name[:5] == "DYAD_"}
    yield Settings(**fields), environment  # type: ignore[arg-type]
    servers.remove_namespace(platform, prefix)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(
    installed: tuple[Settings, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    """Reporting's pages as a process of their own, with a few families."""
    settings, environment = installed
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        for family in families():
            await deliver(conn, family.documents)
    logs: Path = tmp_path_factory.mktemp("logs")
    with running(settings, environment, ["reporting"], role="api", logs=logs):
        yield Site(settings.url("reporting"), settings)


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def up_to_date(site: Site) -> None:
    """At the start of each test everything has arrived, as it would have with all services running."""
    async with reporting_pool(site.settings) as pool:
        await announce(pool, datetime.now(UTC), STORES)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    async with async_playwright() as playwright:
        started = await launched(playwright)
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def signed_in_as(browser: Browser, site: Site) -> SignedInAs:
    """The state of a browser in which somebody of a role has signed in, by the sign-in page; asked once for each."""
    known: dict[tuple[str, ...], StorageState] = {}

    async def sign_in(role: str = "lead", *teams: str) -> StorageState:
        if (role, *teams) not in known:
            known[role, *teams] = await signed_in(browser, site, role, *teams)
        return known[role, *teams]

    return sign_in
