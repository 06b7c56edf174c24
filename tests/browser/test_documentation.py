"""The pictures that README.md and docs/ show: a synthetic network as its people would see it.

They are saved in build/screenshots/docs; `make screenshots` puts them into docs/images.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Browser, StorageState, ViewportSize, expect

from deploy.local.network.generate import generate
from shared.kernel.ids import team_key
from shared.settings import STORES, Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.services import running
from tests.browser.kit import ROOT, SCREENSHOTS, Site, opened, signed_in
from tests.integration.reporting_kit import announce, deliver, migrated, reporting_pool
from tests.unit.reporting.histories import Document

pytestmark = pytest.mark.asyncio(loop_scope="session")
LAST_DAY = date(2026, 6, 30)
COMPLETE_TO = datetime(2026, 7, 1, 8, tzinfo=UTC)
ASKED = "at=2026-06-30&known_at=2026-07-01T08:00"
FAMILIES, TEAMS = 320, 4
WINDOW: ViewportSize = {"width": 1280, "height": 860}
MOST_BYTES = 150_000
"""Of one picture in the repository."""
IMAGES = ROOT / "docs" / "images"
MOMENTARY = ".dyad-session, .dyad-live"
"""What is another one at each moment, and is left out."""
FEW = 200
"""Cases that are folded in one transaction."""


class Picture(NamedTuple):
    """One page as somebody sees it."""

    path: str
    role: str
    teams: tuple[str, ...]
    reads: str
    """A heading that he reads."""
    moved: bool = True
    """Whether the picture begins with it."""


NORTH = ("team-north",)
PICTURES = {
    "overview": Picture(f"/pages/overview?team=team-north&{ASKED}", "lead", NORTH, "At a glance"),
    "waits": Picture(f"/pages/waits?team=team-north&{ASKED}", "lead", NORTH, "Waiting curves"),
    "equity": Picture(
        f"/pages/equity?team=team-north&{ASKED}", "manager", NORTH, "Referrals received, by group", moved=False
    ),
    "network": Picture(f"/pages/network?{ASKED}", "analyst", (), "Teams side by side"),
    "data-quality": Picture(
        f"/pages/data-quality?team=team-north&{ASKED}", "administrator", NORTH, "What needs a person"
    ),
}


def documents() -> list[Document]:
    """What a network of a few hundred families has recorded in two years."""
    network = generate(last_day=LAST_DAY, families=FAMILIES, team_count=TEAMS, posted_days=0)
    return [
        Document(
            each.store,
            each.stored.stream,
            each.stored.version,
            each.stored.case_id or team_key(each.stored.team_id),
            each.stored.event_id,
            each.stored.type,
            each.stored.recorded_at,
            each.stored.doc,
        )
        for each in network.written
    ]


async def load(settings: Settings) -> None:
    by_case: dict[object, list[Document]] = {}
    for document in documents():
        by_case.setdefault(document.case_id, []).append(document)
    cases = [*by_case.values()]
    async with reporting_pool(settings) as pool, pool.acquire() as conn:
        for start in range(0, len(cases), FEW):
            await deliver(conn, [document for each in cases[start : start + FEW] for document in each])
        await announce(conn, COMPLETE_TO, STORES)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def network(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Reporting with a synthetic network, complete to a day that does not move."""
    prefix = servers.new_namespace()
    migrated(platform, prefix)
    environment = platform.environment(prefix)
    fields = {name.removeprefix("DYAD_").lower(): value for name, value in environment.items() if name[:5] == "DYAD_"}
    settings = Settings(**fields)  # type: ignore[arg-type]
    await load(settings)
    with running(settings, environment, ["reporting"], role="api", logs=tmp_path_factory.mktemp("logs")):
        yield Site(settings.url("reporting"), settings)
    servers.remove_namespace(platform, prefix)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def people(browser: Browser, network: Site) -> dict[str, StorageState]:
    """Each who looks at one of the pictures, signed in."""
    seen_by = {each.role: each.teams for each in PICTURES.values()}
    return {role: await signed_in(browser, network, role, *teams) for role, teams in seen_by.items()}


@pytest.mark.parametrize("name", PICTURES)
async def test_a_picture_shows_what_its_reader_is_told(
    browser: Browser, network: Site, people: dict[str, StorageState], name: str
) -> None:
    picture = PICTURES[name]
    async with opened(browser, network, picture.path, signed_in=people[picture.role], size=WINDOW) as page:
        heading = page.get_by_role("heading", name=picture.reads)
        await expect(heading).to_be_visible()
        await expect(page.get_by_text("These numbers are final.")).to_be_visible()
        await expect(page.locator("main svg").first).to_be_attached()
        await expect(page.locator("#live")).to_contain_text("Data complete to")
        await expect(
            page.locator("[data-live-banner]")
        ).to_be_hidden()  # however old they are, final numbers are not behind
        if picture.moved:
            await heading.evaluate("(each) => each.scrollIntoView()")
        place = SCREENSHOTS / "docs" / f"{name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        await page.locator(MOMENTARY).evaluate_all("all => all.forEach((each) => each.style.visibility = 'hidden')")
        await page.screenshot(path=place)


def shown_in(page: Path) -> set[Path]:
    return {(page.parent / found).resolve() for found in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text())}


async def test_the_documentation_shows_these_pictures_and_no_other() -> None:
    shown = set().union(*(shown_in(page) for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))))
    assert {place.relative_to(IMAGES).stem for place in shown} == set(PICTURES)
    for place in shown:
        assert place.stat().st_size < MOST_BYTES
