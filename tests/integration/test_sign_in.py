"""Signing in to the pages at an OpenID provider, staying signed in, signing out: over HTTP, with the real tables."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest

from shared.settings import Settings
from shared.testing import platform as servers
from shared.testing.platform import Platform
from shared.web.access.browser import ATTEMPT_COOKIE, SESSION_COOKIE
from shared.web.access.verify import Verifier
from tests.integration.access_kit import NORTH, query
from tests.integration.reporting_kit import migrated
from tests.integration.sign_in_kit import (
    HERE,
    ISSUER,
    PAGE,
    PAGES,
    Pages,
    asked,
    chosen,
    csrf_of,
    local_issuer,
    pages,
    signed_in,
    with_provider,
)


@pytest.fixture(scope="module")
def settings(platform: Platform) -> Iterator[Settings]:
    prefix = servers.new_namespace()
    yield with_provider(migrated(platform, prefix))
    servers.remove_namespace(platform, prefix)


@pytest.fixture
def issuer(settings: Settings, tmp_path: Path) -> httpx.ASGITransport:
    return local_issuer(settings, tmp_path / "memory")


@pytest.fixture
async def site(settings: Settings, issuer: httpx.ASGITransport) -> AsyncIterator[Pages]:
    async with pages(settings, issuer) as found:
        yield found


@pytest.fixture
async def browser(site: Pages) -> AsyncIterator[httpx.AsyncClient]:
    async with site.browser() as found:
        yield found


def with_words(address: str, **words: str | None) -> str:
    parts = urlsplit(address)
    query_of = {**dict(parse_qsl(parts.query)), **words}
    return parts._replace(query=urlencode({name: word for name, word in query_of.items() if word is not None})).geturl()


async def test_who_signs_in_comes_back_to_where_he_was_as_who_he_is(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    wanted = f"{PAGE}?team={NORTH}&at=2026-03-31"
    answer = await signed_in(browser, issuer, page=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    page = await browser.get(wanted)
    assert page.status_code == 200
    assert "Sign out" in page.text
    assert (await browser.get(f"{PAGE}?team=team-south")).status_code == 422


async def test_the_provider_is_asked_with_state_nonce_and_a_challenge_that_are_new_each_time(
    browser: httpx.AsyncClient,
) -> None:
    first, second = [parse_qs(urlsplit(await asked(browser)).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]
    assert (first["code_challenge_method"], first["response_type"]) == (["S256"], ["code"])
    assert first["redirect_uri"] == [f"{PAGES}/sign-in/callback"]


async def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    answer = await signed_in(browser, issuer)
    session, attempt = answer.headers.get_list("set-cookie")
    assert session.startswith(f"{SESSION_COOKIE}=")
    assert attempt.startswith(f'{ATTEMPT_COOKIE}="";')
    for cookie in (session, attempt):
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()


async def test_the_table_of_sessions_lets_nobody_in_and_names_nobody(
    settings: Settings, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    rows = await query(settings, "reporting", "dyad_owner", None, "SELECT to_json(b)::text FROM browser_sessions b")
    key = browser.cookies[SESSION_COOKIE]
    for [row] in rows:
        assert key not in row
        assert key.encode().hex() not in row
        assert b"demo-lead".hex() not in row
        assert b"eyJ".hex() not in row


async def test_each_sign_in_has_a_new_session_and_ends_the_one_before(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    planted = "A" * 43
    browser.cookies.set(SESSION_COOKIE, planted, domain="127.0.0.1", path="/")
    await signed_in(browser, issuer)
    first = browser.cookies[SESSION_COOKIE]
    assert first != planted
    address = await chosen(issuer, (await browser.get("/sign-in/start")).headers["location"])
    await browser.get(address)
    assert browser.cookies[SESSION_COOKIE] != first
    async with site.browser(**{SESSION_COOKIE: first}) as former:
        assert (await former.get(PAGE)).status_code == 303


async def test_who_may_not_look_at_views_is_told_so_and_not_let_in(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    answer = await signed_in(browser, issuer, user="demo-referrer-team-north")
    assert answer.status_code == 403
    assert "does not let you look" in answer.text
    assert SESSION_COOKIE not in browser.cookies


async def test_without_the_state_of_this_very_browser_nobody_is_let_in(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    async with site.browser() as other:
        theirs = await chosen(issuer, await asked(other))
        own = await chosen(issuer, await asked(browser))
        for address in (theirs, with_words(own, state=None), with_words(own, state="x" * 43)):
            answer = await browser.get(address)
            assert answer.status_code == 403
            assert "sign in again" in answer.text
            assert SESSION_COOKIE not in browser.cookies


async def test_a_code_lets_in_once(site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport) -> None:
    address = await asked(browser)
    attempt = browser.cookies[ATTEMPT_COOKIE]
    back = await chosen(issuer, address)
    assert (await browser.get(back)).status_code == 303
    async with site.browser(**{ATTEMPT_COOKIE: attempt}) as thief:
        answer = await thief.get(back)
        assert (answer.status_code, SESSION_COOKIE in thief.cookies) == (403, False)


async def test_a_stolen_code_is_of_no_use_in_another_browsers_own_sign_in(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    stolen = parse_qs(urlsplit(await chosen(issuer, await asked(browser))).query)["code"][0]
    async with site.browser() as thief:
        own = await chosen(issuer, await asked(thief))
        answer = await thief.get(with_words(own, code=stolen))
        assert (answer.status_code, SESSION_COOKIE in thief.cookies) == (403, False)


@pytest.mark.parametrize("words", [{"iss": "https://evil.example"}, {"code": ""}, {"error": "access_denied"}])
async def test_an_answer_of_another_provider_or_without_a_code_lets_nobody_in(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport, words: dict[str, str]
) -> None:
    answer = await browser.get(with_words(await chosen(issuer, await asked(browser)), **words))
    assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (403, False)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_signing_in_leads_nowhere_else(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport, wanted: str
) -> None:
    started = await browser.get("/sign-in/start", params={"next": wanted})
    answer = await browser.get(await chosen(issuer, started.headers["location"]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_browser_that_names_this_machine_otherwise_goes_on_under_the_name_that_comes_back(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("https://localhost:8104/sign-in/start?next=/live")
    assert answer.headers["location"] == f"{PAGES}/sign-in/start?next=/live"


async def test_signing_out_ends_the_session_here_and_offers_the_providers_end(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    key = browser.cookies[SESSION_COOKIE]
    csrf = csrf_of(await browser.get(PAGE))
    out = await browser.post("/sign-out", data={"csrf": csrf}, headers=HERE)
    assert out.status_code == 200
    assert f"{ISSUER}/end-session?" in out.text
    assert SESSION_COOKIE not in browser.cookies
    async with site.browser(**{SESSION_COOKIE: key}) as copied:
        assert (await copied.get(PAGE)).status_code == 303
        assert (await copied.post("/sign-out", headers=HERE)).status_code == 200


@pytest.mark.parametrize("path", ["/sign-out", "/signed-in"])
async def test_a_form_without_the_sessions_own_token_changes_nothing(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport, path: str
) -> None:
    await signed_in(browser, issuer)
    async with site.browser() as other:
        await signed_in(other, issuer)
        theirs = csrf_of(await other.get(PAGE))
    for form in ({}, {"csrf": ""}, {"csrf": theirs}):
        answer = await browser.post(path, data=form, headers={**HERE, "accept": "application/json"})
        assert (answer.status_code, answer.json()["rule"]) == (403, "csrf-token")
        assert "This form was not taken" in (await browser.post(path, data=form, headers=HERE)).text
    assert (await browser.get(PAGE)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
)
@pytest.mark.parametrize("path", ["/sign-out", "/signed-in"])
async def test_another_sites_form_is_refused_even_with_the_token(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport, path: str, headers: dict[str, str]
) -> None:
    await signed_in(browser, issuer)
    csrf = csrf_of(await browser.get(PAGE))
    answer = await browser.post(path, data={"csrf": csrf}, headers={**headers, "accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site-request")
    assert (await browser.get(PAGE)).status_code == 200


async def test_who_does_nothing_for_half_an_hour_signs_in_again_and_goes_on_where_he_was(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    site.clock.ahead += timedelta(minutes=29)
    assert (await browser.get(PAGE)).status_code == 200
    site.clock.ahead += timedelta(minutes=29)
    assert (await browser.get(PAGE)).status_code == 200
    site.clock.ahead += timedelta(minutes=31)
    sent = await browser.get(f"{PAGE}?team={NORTH}")
    assert sent.headers["location"] == f"/sign-in?next={PAGE}%3Fteam%3D{NORTH}&ended=1"
    page = await browser.get(sent.headers["location"])
    assert "You have been signed out" in page.text


async def test_nobody_stays_longer_than_his_token(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    for _ in range(19):  # the demo users' tokens last eight hours, which are 480 minutes
        site.clock.ahead += timedelta(minutes=25)
        assert (await browser.get(PAGE)).status_code == 200
    site.clock.ahead += timedelta(minutes=6)
    assert (await browser.get(PAGE)).status_code == 303


@pytest.mark.parametrize("headers", [{"dyad-refresh": "live"}, {"accept": "application/json, text/event-stream"}])
async def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport, headers: dict[str, str]
) -> None:
    await signed_in(browser, issuer)
    site.clock.ahead += timedelta(minutes=20)
    assert (await browser.get(PAGE, headers=headers)).status_code == 200
    site.clock.ahead += timedelta(minutes=11)
    assert (await browser.get(PAGE)).status_code == 303


async def test_until_when_one_is_signed_in_is_told_without_moving_it_and_moved_by_a_form(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    asking = {"accept": "application/json", "dyad-refresh": "live"}
    site.clock.ahead += timedelta(minutes=20)
    before = (await browser.get("/signed-in", headers=asking)).json()
    assert 4 * 60 < before["warns_in_s"] <= 5 * 60 < before["ends_in_s"] <= 10 * 60
    site.clock.ahead += timedelta(minutes=6)
    soon = (await browser.get("/signed-in", headers=asking)).json()
    assert soon["warns_in_s"] < 0 < soon["ends_in_s"]
    assert soon["ends"] == before["ends"]
    page = await browser.get("/signed-in", params={"next": PAGE}, headers={"dyad-refresh": "live"})
    assert "you will be signed out on" in page.text
    assert re.search(r"\d\d:\d\d:\d\d (GMT|BST)", page.text)
    stayed = await browser.post("/signed-in", data={"csrf": csrf_of(page), "next": PAGE}, headers=HERE)
    assert (stayed.status_code, stayed.headers["location"]) == (303, PAGE)
    after = (await browser.get("/signed-in", headers=asking)).json()
    assert 24 * 60 < after["warns_in_s"] < after["ends_in_s"] <= 30 * 60
    assert after["may_be_extended"]


async def test_scripts_learn_that_the_session_is_over_instead_of_getting_the_sign_in_page(
    site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    site.clock.ahead += timedelta(minutes=31)
    by_htmx = {"hx-request": "true", "hx-current-url": f"{PAGES}{PAGE}?team={NORTH}"}
    answer = await browser.get("/pages/caseload", headers=by_htmx)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (
        401,
        f"/sign-in?next={PAGE}%3Fteam%3D{NORTH}&ended=1",
    )
    stranger = {**by_htmx, "hx-current-url": "https://evil.example/x"}
    assert (await browser.get(PAGE, headers=stranger)).headers["hx-redirect"] == "/sign-in?next=/&ended=1"
    stream = await browser.get("/live", headers={"accept": "text/event-stream"})
    assert stream.status_code == 401
    posted = await browser.post("/signed-in", headers={"referer": f"{PAGES}{PAGE}?team={NORTH}"})
    assert posted.headers["location"] == f"/sign-in?next={PAGE}%3Fteam%3D{NORTH}&ended=1"


async def test_the_cookie_opens_pages_and_never_the_api(
    browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    answer = await browser.get("/caseload", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token-needed")


@pytest.mark.parametrize("of", [{"token_audience": "another"}, {"token_issuer": "urn:another"}])
async def test_an_access_token_that_is_not_for_us_lets_nobody_in(
    settings: Settings, tmp_path: Path, of: dict[str, str]
) -> None:
    issuer = local_issuer(settings.model_copy(update=of), tmp_path / "memory")
    async with pages(settings, issuer) as site, site.browser() as browser:
        answer = await signed_in(browser, issuer)
        assert (answer.status_code, SESSION_COOKIE in browser.cookies) == (403, False)


async def test_a_key_that_the_issuer_withdraws_ends_the_sessions_of_its_tokens(
    settings: Settings, site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport, tmp_path: Path
) -> None:
    await signed_in(browser, issuer)
    known = site.app.state.verifier
    jwks = tmp_path / "jwks.json"
    jwks.write_text('{"keys": []}')
    site.app.state.verifier = Verifier.of(settings.model_copy(update={"jwks": str(jwks)}))
    assert (await browser.get(PAGE)).headers["location"].endswith("&ended=1")
    site.app.state.verifier = known
    assert (await browser.get(PAGE)).status_code == 303


async def test_keys_that_cannot_be_read_let_nobody_in_and_end_no_session(
    settings: Settings, site: Pages, browser: httpx.AsyncClient, issuer: httpx.ASGITransport
) -> None:
    await signed_in(browser, issuer)
    known = site.app.state.verifier
    site.app.state.verifier = Verifier.of(settings.model_copy(update={"jwks": "/nowhere/jwks.json"}))
    assert (await browser.get(PAGE)).status_code == 503
    site.app.state.verifier = known
    assert (await browser.get(PAGE)).status_code == 200


async def test_where_a_provider_is_named_no_pasted_token_is_taken(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/sign-in", data={"token": "x"}, headers=HERE)).status_code == 404


async def test_a_provider_that_does_not_answer_is_told_to_the_reader(settings: Settings) -> None:
    async def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with pages(settings, httpx.MockTransport(silent)) as site, site.browser() as browser:
        answer = await browser.get("/sign-in/start")
        assert answer.status_code == 503
        assert "cannot be reached" in answer.text
