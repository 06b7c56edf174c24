"""Pages in a browser: who looks at one, by the session in its cookie; and the checks of a form that changes something.

API routes take the header alone: a cookie that a browser adds by itself must never be enough to change anything.
"""

from collections.abc import Mapping
from hmac import compare_digest
from typing import Annotated, cast
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from shared.web.access.actor import Actor
from shared.web.access.guard import actor_of_token, authenticated, forbidden
from shared.web.access.roles import Scope
from shared.web.access.sessions import Session, Sessions
from shared.web.body import read_body
from shared.web.problems import Problem

SIGN_IN = "/sign-in"
SESSION_COOKIE = "__Host-dyad-session"
"""Browsers bind it to this very host and send it encrypted; to http on this machine too (docs/adr/0015-sign-in.md)."""
ATTEMPT_COOKIE = "__Host-dyad-sign-in"
CSRF_FIELD = "csrf"
AUTOMATIC = "dyad-refresh"
"""Header of a request that a page makes by itself: it does not keep the session alive."""
_CSRF_HEADER = "dyad-csrf"
_LONGEST_PATH = 2000
_LARGEST_FORM_BYTES = 64 * 1024


def keep(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Has the browser keep a value; no script can read it, no other site's form brings it.

    Args:
        response: to which the cookie is added.
        name: one of the two above.
        value: of the cookie.
        seconds: how long; until the browser is closed if not given.
    """
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def forget(response: Response, name: str) -> None:
    """Has the browser forget a value."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def own_form(request: Request) -> None:
    """Refuses a form that another site's page sent; a browser says so itself, in either of two headers.

    Raises:
        Problem: 403 `cross-site-request`, also when neither header is there.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        trusted = site in {"same-origin", "none"}
    else:
        trusted = origin is not None and origin.partition("://")[2] == request.headers.get("host")
    if not trusted:
        raise Problem(403, "cross-site-request", "this form is taken from our own pages only")


async def form_fields(request: Request) -> dict[str, str]:
    """The fields of a posted form, the first of each name.

    Raises:
        Problem: 413.
    """
    body = (await read_body(request, _LARGEST_FORM_BYTES)).decode("ascii", "replace")
    return {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}


def same_secret(given: str | None, wanted: str) -> None:
    """Compares what a form carries with what its session, or its sign-in, says that it must be.

    Raises:
        Problem: 403 `cross-site-request`, rule `csrf-token`.
    """
    if given is None or not compare_digest(given.encode(), wanted.encode()):
        raise Problem(
            403, "cross-site-request", "this form is of another session; open the page anew", rule="csrf-token"
        )


def local_path(text: str) -> str:
    """An address on this very site, to go back to after signing in; the front page for anything else."""
    fine = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if fine and len(text) <= _LONGEST_PATH else "/"


def session_of(request: Request) -> Session | None:
    """The session by which `page_reader` let somebody in; None for one who came with a token of his own."""
    return cast("Session | None", getattr(request.state, "session", None))


async def page_reader(request: Request) -> Actor:
    """Whoever looks at a page: by session, or by header as everywhere else.

    Raises:
        Problem: 303 to the sign-in page without a session (401 to what cannot follow that); 403 without the right to
            views.
    """
    if "authorization" in request.headers:
        actor = await authenticated(request)
    else:
        actor = await _of_session(request)
    if not actor.may(Scope.VIEWS_READ):
        raise forbidden(Scope.VIEWS_READ)
    return actor


async def live_session(request: Request, *, active: bool) -> Session | None:
    """The session of this browser's cookie, if there is one that is not over."""
    key = request.cookies.get(SESSION_COOKIE)
    if not key:
        return None
    sessions: Sessions = request.app.state.sessions
    return await sessions.find(key, active=active)


async def _of_session(request: Request) -> Actor:
    by_itself = AUTOMATIC in request.headers or _is_stream(request)
    session = await live_session(request, active=not by_itself)
    if session is None:
        raise _sign_in_needed(request)
    try:
        actor = await actor_of_token(request, session.token)
    except Problem as problem:
        if problem.status != 401:
            raise
        await request.app.state.sessions.end(session.key)  # the issuer has withdrawn its key, or its clock is ahead
        raise _sign_in_needed(request) from None
    request.state.session = session
    return actor


def _is_stream(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


def _sign_in_needed(request: Request) -> Problem:
    """A page goes to the sign-in; what a page's script asked for says that the page must (htmx), or that it is over."""
    ended = "&ended=1" if SESSION_COOKIE in request.cookies else ""
    place = f"{SIGN_IN}?next={quote(_going_on(request), safe='/')}{ended}"
    headers = {"Cache-Control": "no-store"}
    if request.headers.get("hx-request") == "true":
        return Problem(401, "sign-in-needed", headers={**headers, "HX-Redirect": place})
    if _is_stream(request) or request.headers.get("sec-fetch-dest") == "empty":
        return Problem(401, "sign-in-needed", headers=headers)
    return Problem(303, "sign-in-needed", headers={**headers, "Location": place})


def _going_on(request: Request) -> str:
    """The page on which the reader is: what is asked for, or where a form or a script was."""
    if request.method == "GET" and "hx-request" not in request.headers:
        return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    try:
        page = urlsplit(request.headers.get("hx-current-url") or request.headers.get("referer") or "/")
    except ValueError:
        return "/"
    if page.netloc not in {"", request.headers.get("host", "")}:
        return "/"
    return local_path((page.path or "/") + (f"?{page.query}" if page.query else ""))


MayReadPages = Annotated[Actor, Depends(page_reader)]


async def page_form(request: Request, _actor: MayReadPages) -> Mapping[str, str]:
    """The fields of a form by which a page changes something: sent by our own page, of this very session.

    Every such form has the field `csrf` with `Session.csrf`; a script may send it as the header `Dyad-Csrf`. Whoever
    comes with a token in the header is no browser that could be misled, and needs neither.

    Raises:
        Problem: 403 `cross-site-request`.
    """
    fields = await form_fields(request)
    session = session_of(request)
    if session is not None:
        own_form(request)
        same_secret(request.headers.get(_CSRF_HEADER) or fields.get(CSRF_FIELD), session.csrf)
    return fields


PageForm = Annotated[Mapping[str, str], Depends(page_form)]
"""In the signature of every route of the pages that changes something."""
