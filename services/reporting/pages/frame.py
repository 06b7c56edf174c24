"""What every page stands in: one way to draw a page, its headers, and the way from an address to an answer.

A page is a `Page`: its path, its filters, and one question to the database. docs/pages.md says how to add one.
"""

import gzip
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from services.reporting import queries
from services.reporting.api import CurrentViews, Views
from services.reporting.names import Names, NamesDesk
from services.reporting.pages.form import STANDARD, Choices, Field, Form, read_form
from services.reporting.pages.templates import environment
from services.reporting.parameters import said_once
from services.reporting.pseudonyms import Pseudonyms
from services.reporting.queries import Freshness
from shared.eventstore.store import Connection
from shared.web.access.browser import MayReadPages, session_of
from shared.web.access.guard import forbidden
from shared.web.access.roles import Scope
from shared.web.actor import Actor

_PACKED_FROM_BYTES = 1_000
_PACKING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page is asked, in one snapshot of the views."""

    actor: Actor
    form: Form
    fresh: Freshness
    pseudonyms: Pseudonyms
    """Under which cases are shown to who may not know them."""


Ask = Callable[[Connection, Asked], Awaitable[Mapping[str, Any]]]
"""Asks the database and gives the names that the page's template shows."""
MoreChoices = Callable[[Connection, Asked], Awaitable[Mapping[str, Choices]]]
"""By name of a filter what its list offers."""

CasesShown = Callable[[Mapping[str, Any]], Iterable[UUID]]
"""Of what `Ask` gives, the cases that the reader is shown by their own ids."""


async def _no_choices(_conn: Connection, _asked: Asked) -> Mapping[str, Choices]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the navigation."""

    path: str
    title: str
    template: str
    """Name in templates/, which extends `page.jinja`."""
    ask: Ask
    fields: tuple[Field, ...] = STANDARD
    choices: MoreChoices = _no_choices
    needs: Scope = Scope.VIEWS_READ
    """What the reader must be allowed beside reading views."""
    or_needs: Scope | None = None
    """What will do in its place."""
    on_record: bool = False
    """Whether the answer names cases: `ask` then writes the record of that read."""
    cases: CasesShown | None = None
    """Whose families the page calls by their names; nobody's unless said."""

    def open_to(self, actor: Actor) -> bool:
        """Whether a reader may see this page at all."""
        return actor.may(self.needs) or (self.or_needs is not None and actor.may(self.or_needs))


class Group(NamedTuple):
    """Pages that stand together in the menu."""

    title: str
    pages: tuple[Page, ...]


def headers_of(request: Request, nonce: str) -> dict[str, str]:
    """Of every page: only our own scripts run, nothing is asked of another host, nothing is kept by the browser."""
    found = {
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self';"
            " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",  # no other site learns an address; our own forms keep their Origin header
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Encoding, Cookie",
    }
    if request.url.scheme == "https":
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


def draw(
    request: Request,
    template: str,
    *,
    actor: Actor | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A template that extends `layout.jinja`, as a response.

    Args:
        request: whose answer it is.
        template: name in templates/.
        actor: who looks at it; without one there is no navigation and nobody to sign out.
        status: HTTP status.
        headers: beside those of every page.
        **context: the names that the template shows.
    """
    nonce = secrets.token_urlsafe(16)
    menu: Sequence[Group] = request.app.state.menu
    text = (
        environment()
        .get_template(template)
        .render(
            nonce=nonce,
            menu=_open_to(menu, actor),
            here=request.url.path,
            address=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            actor=actor,
            session=session_of(request),
            **context,
        )
    )
    body = text.encode()
    answer_headers = {**headers_of(request, nonce), **(headers or {})}
    if len(body) >= _PACKED_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, _PACKING, mtime=0)
        answer_headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status, answer_headers)


def _open_to(menu: Sequence[Group], actor: Actor | None) -> list[Group]:
    """The menu as somebody sees it, without groups of nothing."""
    if actor is None:
        return []
    groups = [Group(title, tuple(page for page in pages if page.open_to(actor))) for title, pages in menu]
    return [group for group in groups if group.pages]


def page_router(page: Page) -> APIRouter:
    """The route of a page: GET with its filters, 422 with the form when one of them is wrong."""
    router = APIRouter(tags=["pages"], include_in_schema=False, dependencies=[Depends(said_once)])

    @router.get(page.path, name=page.title)
    async def show(request: Request, actor: MayReadPages, views: CurrentViews) -> Response:
        return await answer(page, request, actor, views)

    return router


async def answer(page: Page, request: Request, actor: Actor, views: Views) -> Response:
    """Reads the form, asks in one snapshot, draws. Raises `Problem` 403 without the right that the page needs."""
    if not page.open_to(actor):
        raise forbidden(page.needs)
    form = read_form(request.query_params, page.fields, teams=actor.teams)
    async with views.snapshot(actor, on_record=page.on_record) as conn:
        asked = Asked(
            actor=actor,
            form=form,
            fresh=await queries.freshness(conn, form.scope.known_at),
            pseudonyms=views.pseudonyms,
        )
        choices = {"team": await _teams(conn), **await page.choices(conn, asked)}
        found = {} if form.errors else await page.ask(conn, asked)
    names = await _names(page, request, actor, found)  # the snapshot is closed: no connection waits for another service
    return draw(
        request,
        page.template,
        actor=actor,
        status=422 if form.errors else 200,
        headers={"HX-Push-Url": f"{page.path}?{form.query()}".removesuffix("?")},
        page=page,
        form=form,
        choices=choices,
        scope=form.scope,
        fresh=asked.fresh,
        names=names,
        **found,
    )


async def _names(page: Page, request: Request, actor: Actor, found: Mapping[str, Any]) -> Names:
    if page.cases is None or not found:
        return Names()
    desk: NamesDesk = request.app.state.names
    return await desk.names(request, actor, page.cases(found))


async def _teams(conn: Connection) -> Choices:
    return [("", "All teams"), *((team, team) for team in await queries.team_names(conn))]
