"""Signing in to the pages with a pasted token, where no provider is named."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest

from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.testing.tokens import token
from shared.web.access.browser import ATTEMPT_COOKIE, SESSION_COOKIE
from tests.integration.access_kit import NORTH
from tests.integration.reporting_kit import migrated
from tests.integration.sign_in_kit import HERE, PAGE, PAGES, csrf_of, pages


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield migrated(platform, prefix)
    servers.remove_namespace(platform, prefix)


@pytest.fixture
async def browser(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with pages(settings) as site, site.browser() as found:
        yield found


async def paste(browser: httpx.AsyncClient, given: str, going_on: str = "/", **headers: str) -> httpx.Response:
    form = {"csrf": csrf_of(await browser.get("/sign-in")), "token": given, "next": going_on}
    return await browser.post("/sign-in", data=form, headers=headers or HERE)


async def test_a_browser_without_a_session_is_sent_to_sign_in_and_comes_back(
    settings: Settings, browser: httpx.AsyncClient
) -> None:
    wanted = f"{PAGE}?team={NORTH}"
    sent = await browser.get(wanted)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/sign-in?next={PAGE}%3Fteam%3D{NORTH}")
    assert f'value="{wanted}"' in (await browser.get(sent.headers["location"])).text
    taken = await paste(browser, token(settings, "lead", NORTH), wanted)
    assert (taken.status_code, taken.headers["location"]) == (303, wanted)
    shown = await browser.get(wanted)
    assert (shown.status_code, "team-south" in shown.text) == (200, False)
    out = await browser.post("/sign-out", data={"csrf": csrf_of(shown)}, headers=HERE)
    assert (out.status_code, "end-session" in out.text) == (200, False)
    assert (await browser.get(wanted)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
async def test_another_sites_form_signs_nobody_in(
    settings: Settings, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await paste(browser, token(settings, "lead", NORTH), **headers)
    assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (403, False)


async def test_our_own_origin_is_taken_of_a_browser_that_says_no_more(
    settings: Settings, browser: httpx.AsyncClient
) -> None:
    answer = await paste(browser, token(settings, "lead", NORTH), origin=PAGES)
    assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (303, True)


async def test_a_form_of_another_browsers_sign_in_page_signs_nobody_in(
    settings: Settings, browser: httpx.AsyncClient
) -> None:
    form = {"csrf": csrf_of(await browser.get("/sign-in")), "token": token(settings, "lead", NORTH)}
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", data=form, headers=HERE)
    assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (403, False)
    assert "sign in again" in answer.text
    del browser.cookies[ATTEMPT_COOKIE]
    answer = await browser.post("/sign-in", data=form, headers=HERE)
    assert (answer.status_code, "sign in again" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "//[", "/" + "x" * 2000, ""]
)
async def test_signing_in_leads_nowhere_else(settings: Settings, browser: httpx.AsyncClient, wanted: str) -> None:
    answer = await paste(browser, token(settings, "lead", NORTH), wanted)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("bad", ["", "a.b.c", "x" * 9000, "ä", "expired", "of-another-audience"])
async def test_a_token_that_is_not_taken_is_not_kept_or_shown(
    settings: Settings, browser: httpx.AsyncClient, bad: str
) -> None:
    given = {
        "expired": token(settings, "lead", NORTH, seconds=-int(timedelta(hours=1).total_seconds())),
        "of-another-audience": token(settings.model_copy(update={"token_audience": "another"}), "lead", NORTH),
    }.get(bad, bad)
    answer = await paste(browser, given)
    assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (403, False)
    assert "There is a problem" in answer.text
    assert given == "ä" or given not in answer.text or given == ""


async def test_a_token_for_a_week_lets_nobody_stay_for_longer_than_a_day(settings: Settings) -> None:
    async with pages(settings) as site, site.browser() as browser:
        await paste(browser, token(settings, "lead", NORTH, seconds=7 * 24 * 3600))
        for _ in range(2 * 24 - 1):
            site.clock.ahead += timedelta(minutes=29)
            assert (await browser.get("/signed-in")).status_code == 200
        site.clock.ahead += timedelta(minutes=29) * 3
        assert (await browser.get("/signed-in")).status_code == 303


async def test_who_may_not_look_at_views_is_not_let_into_the_pages(
    settings: Settings, browser: httpx.AsyncClient
) -> None:
    answer = await paste(browser, token(settings, "referrer", NORTH))
    assert (answer.status_code, "does not let you look" in answer.text) == (403, True)
