"""Saved views: kept, shared with the teams that they are about, opened, deleted; against real PostgreSQL."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from services.reporting.pages.saved import PATH
from services.reporting.saved_views import LONGEST_NAME, MOST, name_of
from shared.eventstore.pool import open_pool
from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import bearer
from tests.integration.reporting_kit import migrated
from tests.integration.sign_in_kit import HERE, Pages, csrf_of, local_issuer, pages, signed_in, with_provider

NORTH, SOUTH = "team-north", "team-south"
WAITS = "/pages/waits"


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield with_provider(migrated(platform, prefix))
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Pages]:
    pool = await open_pool(settings, "reporting", "dyad_owner", min_size=1, max_size=1)
    await pool.execute("TRUNCATE saved_views")
    await pool.close()
    async with pages(settings) as found:
        yield found


class Reader:
    """Somebody with a token in the header: no browser that another site could mislead, so there is no CSRF field."""

    def __init__(self, site: Pages, settings: Settings, role: str, *teams: str) -> None:
        self.browser = site.browser()
        self.browser.headers.update(bearer(settings, role, *teams, subject=f"{role}-{'-'.join(teams)}"))

    async def save(self, name: str, path: str = WAITS, *, shared: bool = False, **filters: str) -> httpx.Response:
        fields = {"name": name, "path": path, "query": urlencode(filters)} | ({"shared": "yes"} if shared else {})
        return await self.browser.post(PATH, data=fields)

    async def views(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Title and address of his own views, and of those that others share with him."""
        page = (await self.browser.get(PATH)).text
        own, _, others = page.partition("Shared with you")
        links = re.compile(r'<li>\s*<p>\s*<a href="([^"]+)">([^<]+)</a>')
        return [(title, unescape(address)) for address, title in links.findall(own)], [
            (title, unescape(address)) for address, title in links.findall(others)
        ]

    async def act(self, what: str, **fields: str) -> httpx.Response:
        """Does something with the first view of his page."""
        found = re.search(r"/pages/views/[0-9a-f-]{36}", (await self.browser.get(PATH)).text)
        assert found is not None
        return await self.browser.post(f"{found[0]}/{what}", data=fields)


@pytest.fixture
def north(site: Pages, settings: Settings) -> Reader:
    return Reader(site, settings, "lead", NORTH)


def test_the_name_of_a_view_becomes_a_code() -> None:
    assert name_of(" Long waits, by GP! ") == "long-waits-by-gp"
    assert name_of("–é") == ""
    assert len(name_of("a b" * 100)) <= LONGEST_NAME
    assert not name_of(f"{'a' * (LONGEST_NAME - 1)} b").endswith("-")


async def test_a_view_is_saved_with_what_its_page_asks_and_opened_again(north: Reader) -> None:
    answer = await north.save("Long waits, by GP", team=NORTH, source="GP", wait="w6", first_day="")
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    address = f"{WAITS}?team={NORTH}&wait=w6&source=GP"
    assert await north.views() == ([("Long waits by gp", address)], [])
    assert (await north.browser.get(address)).status_code == 200


async def test_a_view_of_the_same_name_replaces_the_first(north: Reader) -> None:
    await north.save("mine", team=NORTH)
    await north.save("Mine", "/pages/flow", team=NORTH)
    assert await north.views() == ([("Mine", f"/pages/flow?team={NORTH}")], [])


async def test_the_place_in_a_list_is_no_part_of_a_view(north: Reader) -> None:
    await north.save("open ones", "/pages/cases", which="open", after="0" * 38)
    assert (await north.views())[0] == [("Open ones", "/pages/cases?which=open")]


async def test_a_view_is_shared_with_its_team_alone_and_only_by_its_owner(
    site: Pages, settings: Settings, north: Reader
) -> None:
    await north.save("ours", team=NORTH)
    colleague = Reader(site, settings, "administrator", NORTH)
    others = [Reader(site, settings, "lead", SOUTH), Reader(site, settings, "administrator", SOUTH)]
    everywhere = Reader(site, settings, "manager")
    ours = [("Ours", f"{WAITS}?team={NORTH}")]
    assert await colleague.views() == ([], [])
    assert (await north.act("sharing", shared="yes")).status_code == 303
    assert await colleague.views() == ([], ours)
    assert await everywhere.views() == ([], ours)
    assert [await other.views() for other in others] == [([], []), ([], [])]
    view = re.search(r"/pages/views/[0-9a-f-]{36}", (await north.browser.get(PATH)).text)
    assert view is not None
    for act in ("sharing", "deletion"):
        refused = await colleague.browser.post(f"{view[0]}/{act}")
        assert (refused.status_code, "Page not found" in refused.text) == (404, True)
    assert await colleague.views() == ([], ours)
    assert (await north.act("sharing")).status_code == 303
    assert await colleague.views() == ([], [])
    assert (await north.act("deletion")).status_code == 303
    assert await north.views() == ([], [])


async def test_who_no_longer_has_a_team_no_longer_finds_its_views(
    site: Pages, settings: Settings, north: Reader
) -> None:
    await north.save("both", team=NORTH, shared=True)
    moved = Reader(site, settings, "lead", NORTH)
    moved.browser.headers.update(bearer(settings, "lead", SOUTH, subject=f"lead-{NORTH}"))
    assert await moved.views() == ([], [])


async def test_a_shared_view_of_a_page_that_one_cannot_see_is_not_listed(
    site: Pages, settings: Settings, north: Reader
) -> None:
    await north.save("list", "/pages/cases", team=NORTH, shared=True)
    assert (await Reader(site, settings, "administrator", NORTH).views())[1] != []
    assert (await Reader(site, settings, "manager", NORTH).views())[1] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": "a", "path": "//evil.example/x", "query": ""}, "page-unknown"),
        ({"name": "a", "path": "/pages/no-such-page", "query": ""}, "page-unknown"),
        ({"name": "a", "path": WAITS, "query": "at=yesterday"}, "wrong-filter"),
        ({"name": "a", "path": WAITS, "query": "surname=x"}, "wrong-filter"),
        ({"name": "a", "path": WAITS, "query": f"team={SOUTH}"}, "wrong-filter"),
        ({"name": " ! ", "path": WAITS, "query": ""}, "name-needed"),
        ({}, "page-unknown"),
    ],
)
async def test_what_is_no_page_with_its_filters_under_a_name_is_not_saved(
    north: Reader, fields: dict[str, str], code: str
) -> None:
    answer = await north.browser.post(PATH, data=fields, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await north.views() == ([], [])


async def test_nobody_keeps_more_than_a_hundred(settings: Settings, north: Reader) -> None:
    pool = await open_pool(settings, "reporting", "dyad_owner", min_size=1, max_size=1)
    await pool.execute(
        "INSERT INTO saved_views (view_id, actor_id, name, path, query, teams, shared)"
        f" SELECT gen_random_uuid(), 'lead-{NORTH}', 'v' || n, '{WAITS}', '', '{{{NORTH}}}', false"
        f" FROM generate_series(1, {MOST}) n"
    )
    await pool.close()
    refused = await north.save("one more", team=NORTH)
    assert refused.status_code == 409
    assert (await north.save("v1", "/pages/flow", team=NORTH)).status_code == 303
    assert len((await north.views())[0]) == MOST


async def test_in_a_browser_a_view_is_saved_by_the_form_of_its_own_session_alone(
    settings: Settings, tmp_path: Path
) -> None:
    issuer = local_issuer(settings, tmp_path / "memory")
    async with pages(settings, issuer) as site, site.browser() as browser:
        await signed_in(browser, issuer)
        page = await browser.get(WAITS, params={"team": NORTH})
        assert "Save this view" in page.text
        fields = {"name": "by form", "path": WAITS, "query": f"team={NORTH}"}
        for bad in ({}, {"csrf": "0" * 64}):
            assert (await browser.post(PATH, data=fields | bad, headers=HERE)).status_code == 403
        fine = fields | {"csrf": csrf_of(page)}
        assert (await browser.post(PATH, data=fine, headers={"sec-fetch-site": "cross-site"})).status_code == 403
        assert (await browser.post(PATH, data=fine, headers=HERE)).status_code == 303
        assert "By form" in (await browser.get(PATH)).text
