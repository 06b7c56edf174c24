"""Reporting's pages, a browser that signs in to them, and the provider at which it does: all in the test's process."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
from fastapi import FastAPI

from deploy.local.issuer.app import create_app
from services.reporting.main import service as reporting
from shared.kernel.ids import utc_now
from shared.settings import Settings
from shared.web.access.provider import Provider
from shared.web.access.sessions import IDLE, Sessions

PAGES = "https://127.0.0.1:8104"
ISSUER = "http://127.0.0.1:8100"
PAGE = "/pages/caseload"
LEAD = "demo-lead-0-team-north"
HERE = {"sec-fetch-site": "same-origin"}


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def with_provider(settings: Settings) -> Settings:
    """These settings, with the local issuer as the provider at which one signs in."""
    return settings.model_copy(update={"oidc_issuer": ISSUER, "pages_address": PAGES, "demo_sign_in": True})


@dataclass(slots=True)
class Pages:
    """A running application of reporting."""

    app: FastAPI
    clock: Clock

    def browser(self, **cookies: str) -> httpx.AsyncClient:
        """One that has these cookies, and keeps what it is given."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        found = httpx.AsyncClient(transport=transport, base_url=PAGES, headers={"accept": "text/html"})
        for name, value in cookies.items():
            found.cookies.set(name, value, domain="127.0.0.1")
        return found


@asynccontextmanager
async def pages(settings: Settings, provider: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[Pages]:
    """The application; with a provider if the settings name one, which is asked by this transport."""
    async with AsyncExitStack() as undo:
        app: FastAPI = reporting.app(settings, True, {})
        await undo.enter_async_context(app.router.lifespan_context(app))
        clock = Clock()
        app.state.sessions = Sessions(app.state.views.writer, IDLE, clock)
        if provider is not None:
            app.state.provider = Provider(settings, provider)
        yield Pages(app, clock)


def local_issuer(settings: Settings, memory: Path) -> httpx.ASGITransport:
    """The local issuer with its demo users."""
    return httpx.ASGITransport(app=create_app(settings, memory))


async def asked(browser: httpx.AsyncClient, page: str = PAGE) -> str:
    """Where the provider is asked to let this browser in, on the way to a page."""
    sent = await browser.get(page)
    sign_in = await browser.get(sent.headers["location"])
    start = re.search(r'href="(/sign-in/start[^"]*)"', sign_in.text)
    assert start is not None, sign_in.text
    return str((await browser.get(unescape(start[1]))).headers["location"])


async def chosen(issuer: httpx.AsyncBaseTransport, address: str, user: str = LEAD) -> str:
    """Where the local issuer sends the browser of somebody who chose whom to be."""
    async with httpx.AsyncClient(transport=issuer) as at_issuer:
        page = await at_issuer.get(address)
        assert f'value="{user}"' in page.text
        form = {**dict(parse_qsl(urlsplit(address).query)), "user": user}
        back = await at_issuer.post(address.partition("?")[0], data=form)
    return str(back.headers["location"])


async def signed_in(
    browser: httpx.AsyncClient, issuer: httpx.AsyncBaseTransport, user: str = LEAD, page: str = PAGE
) -> httpx.Response:
    """The answer that lets this browser in."""
    return await browser.get(await chosen(issuer, await asked(browser, page), user))


def csrf_of(page: httpx.Response) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found is not None, page.text
    return found[1]
